//! How the state answers to what happens, one behaviour a test. The server's part is played by hand.

use std::collections::HashMap;
use std::ffi::OsString;

use crate::base::{ClientId, ExitStatus, Input, Key, PaneId, RequestId, SessionId, Size, Timestamp, WindowId};
use crate::config::Options;
use crate::layout::{Axis, Split};

use super::*;

struct Rig {
    state: State,
    now: i64,
}

const LEFT_RIGHT: Split = Split { axis: Axis::Horizontal, before: false, full: false, size: None };

impl Rig {
    fn new() -> Self {
        let setup = Setup {
            socket: "/run/mux/default".into(),
            server_pid: 7,
            agent_dir: "/run/mux".into(),
            shell: "/bin/bash".into(),
            home: "/home/me".into(),
            ..Setup::default()
        };
        Self { state: State::new(Options::default(), setup), now: 0 }
    }

    fn set(&mut self, option: &str, value: &str) {
        self.state.set_option(option, Some(value)).unwrap();
        self.state.take_effects();
    }

    fn at(&mut self) -> Timestamp {
        self.now += 1000;
        Timestamp(self.now)
    }

    fn apply(&mut self, event: Event) -> Vec<Effect> {
        let now = self.at();
        let effects = self.state.apply(event, now);
        assert_eq!(self.state.check(), Vec::<String>::new());
        effects
    }

    fn context(size: Size, env: &[(&str, &str)]) -> Context {
        let env = env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
        Context { cwd: "/home/me".into(), env, size: Some(size), interactive: true, tty: None, pid: 1, umask: 0o022 }
    }

    fn start(&mut self, pane: PaneId) -> Vec<Effect> {
        let tty = format!("/dev/pts/{}", pane.0).into();
        self.apply(Event::PaneStarted { pane, pid: 100 + pane.0, tty, started: Timestamp(0) })
    }

    /// A session with one running pane; what it asked for on the way.
    fn session(&mut self, name: &str, env: &[(&str, &str)]) -> (SessionId, PaneId, Vec<Effect>) {
        let now = self.at();
        let new = NewSession { name: Some(name.into()), ..NewSession::default() };
        let context = Self::context(Size::new(80, 25), env);
        let pane = self.state.new_session(new, &context, now).unwrap();
        let mut effects = self.state.take_effects();
        effects.extend(self.start(pane));
        (self.state.home_of(pane).unwrap().0, pane, effects)
    }

    fn split(&mut self, pane: PaneId) -> PaneId {
        let new = self.state.split(pane, LEFT_RIGHT, false, Program::default()).unwrap();
        self.start(new);
        new
    }

    fn attach(&mut self, number: u32, session: SessionId, size: Size, env: &[(&str, &str)]) -> Vec<Effect> {
        let now = self.at();
        let request = RequestId { client: ClientId(number), number: 1 };
        self.state.attach(request, session, &Self::context(size, env), now);
        self.state.take_effects()
    }

    fn exit(&mut self, pane: PaneId, status: ExitStatus) -> Vec<Effect> {
        let at = self.at();
        self.apply(Event::PaneExited { pane, status, at })
    }

    fn type_in(&mut self, client: u32, pane: Option<PaneId>) -> Vec<Effect> {
        self.apply(Event::ClientInput { client: ClientId(client), pane, input: Input::Key(Key::char('x')) })
    }

    fn size(&self, session: SessionId) -> Size {
        let current = self.state.session(session).unwrap().current;
        self.state.window(current).unwrap().layout.size()
    }
}

fn leaves(effects: &[Effect]) -> Vec<(u32, &str)> {
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::Leave { client, text, .. } => Some((client.0, text.as_str())),
        _ => None,
    });
    told.collect()
}

fn env_of(effects: &[Effect]) -> HashMap<String, String> {
    let spawn = effects.iter().find_map(|effect| match effect {
        Effect::Spawn { spec, .. } => Some(spec.env.clone()),
        _ => None,
    });
    let text = |value: OsString| value.into_string().unwrap();
    spawn.unwrap().into_iter().map(|(name, value)| (text(name), text(value))).collect()
}

// ---- sizes ---------------------------------------------------------------------------------------------------

#[test]
fn the_client_that_was_active_last_sets_the_size() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    assert_eq!(rig.size(session), Size::new(80, 24), "default-size");
    let effects = rig.attach(1, session, Size::new(100, 31), &[]);
    assert!(effects.contains(&Effect::ResizePane { pane, size: Size::new(100, 30) }), "a row is the status line's");
    rig.attach(2, session, Size::new(60, 21), &[]);
    assert_eq!(rig.size(session), Size::new(60, 20));
    rig.type_in(1, None);
    assert_eq!(rig.size(session), Size::new(100, 30));
    assert!(!rig.type_in(1, None).iter().any(|effect| matches!(effect, Effect::ResizePane { .. })));
    rig.apply(Event::ClientResized { client: ClientId(2), size: Size::new(70, 21) });
    assert_eq!(rig.size(session), Size::new(100, 30), "nobody types there");
    rig.type_in(2, None);
    assert_eq!(rig.size(session), Size::new(70, 20));
    rig.apply(Event::ClientResized { client: ClientId(2), size: Size::new(71, 21) });
    assert_eq!(rig.size(session), Size::new(71, 20));
    rig.apply(Event::ClientGone { client: ClientId(2) });
    assert_eq!(rig.size(session), Size::new(100, 30));
    rig.apply(Event::ClientGone { client: ClientId(1) });
    assert_eq!(rig.size(session), Size::new(100, 30), "a detached session keeps its size");
}

#[test]
fn other_size_policies() {
    let mut rig = Rig::new();
    let (session, ..) = rig.session("x", &[]);
    rig.attach(1, session, Size::new(100, 21), &[]);
    rig.attach(2, session, Size::new(60, 31), &[]);
    rig.set("window-size", "largest");
    assert_eq!(rig.size(session), Size::new(100, 30));
    rig.set("window-size", "smallest");
    assert_eq!(rig.size(session), Size::new(60, 20));
    rig.set("status", "off");
    assert_eq!(rig.size(session), Size::new(60, 21));
    rig.set("window-size", "manual");
    rig.state.resize_window(WindowId(0), Size::new(10, 10));
    rig.attach(3, session, Size::new(90, 40), &[]);
    assert_eq!(rig.size(session), Size::new(10, 10));
}

#[test]
fn a_terminal_of_any_size_will_do() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    rig.split(pane);
    rig.attach(1, session, Size::new(2, 1), &[]);
    assert_eq!(rig.size(session), Size::new(2, 1));
    rig.apply(Event::ClientResized { client: ClientId(1), size: Size::new(0, 0) });
    rig.apply(Event::ClientResized { client: ClientId(1), size: Size::new(u16::MAX, u16::MAX) });
    assert_eq!(rig.size(session), Size::new(2000, 999));
}

#[test]
fn zoom_gives_the_whole_room_and_back() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    let other = rig.split(pane);
    rig.attach(1, session, Size::new(81, 25), &[]);
    rig.state.zoom(pane);
    let effects = rig.state.take_effects();
    assert!(effects.contains(&Effect::ResizePane { pane, size: Size::new(81, 24) }));
    assert_eq!(rig.state.visible_panes(ClientId(1)), [pane]);
    rig.state.select_pane(other, false);
    assert_eq!(rig.state.visible_panes(ClientId(1)), [pane, other], "going elsewhere ends it");
    rig.state.zoom(other);
    rig.exit(pane, ExitStatus::Code(0));
    assert_eq!(rig.state.visible_panes(ClientId(1)), [other]);
}

// ---- environment -----------------------------------------------------------------------------------------------

#[test]
fn programs_know_where_they_run_and_not_what_is_outside() {
    let mut rig = Rig::new();
    let outer =
        [("TERM", "xterm-kitty"), ("KITTY_PID", "1"), ("LANG", "C"), ("SSH_AUTH_SOCK", "/tmp/a"), ("TMUX", "x")];
    let (_, _, effects) = rig.session("x", &outer);
    let env = env_of(&effects);
    let wanted = [
        ("MUX", "/run/mux/default,7,0"),
        ("MUX_PANE", "%0"),
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
        ("LANG", "C"),
        ("SSH_AUTH_SOCK", "/run/mux/agent-0"),
    ];
    for (name, value) in wanted {
        assert_eq!(env.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(!env.contains_key("KITTY_PID") && !env.contains_key("TMUX") && !env.contains_key("MUX_JOB"));
}

#[test]
fn the_agent_link_follows_who_attaches_and_never_itself() {
    let mut rig = Rig::new();
    let link = |effects: &[Effect]| {
        effects.iter().rev().find_map(|effect| match effect {
            Effect::AgentLink { target, .. } => Some(target.clone()),
            _ => None,
        })
    };
    let (session, pane, effects) = rig.session("x", &[("SSH_AUTH_SOCK", "/tmp/a")]);
    assert_eq!(link(&effects), Some(Some("/tmp/a".into())));
    let effects = rig.attach(1, session, Size::new(80, 25), &[("SSH_AUTH_SOCK", "/tmp/b")]);
    assert_eq!(link(&effects), Some(Some("/tmp/b".into())));
    let effects = rig.attach(2, session, Size::new(80, 25), &[("SSH_AUTH_SOCK", "/run/mux/agent-0")]);
    assert_eq!(link(&effects), None, "typed in one of its own panes");
    let (_, _, effects) = rig.session("y", &[("SSH_AUTH_SOCK", "/run/mux/agent-0")]);
    assert_eq!(link(&effects), Some(Some("/tmp/b".into())), "another session goes to the agent itself");
    let effects = rig.exit(pane, ExitStatus::Code(0));
    assert_eq!(link(&effects), Some(None));
}

#[test]
fn what_follows_the_user_is_for_new_panes() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[("DISPLAY", ":0"), ("LANG", "C")]);
    rig.attach(1, session, Size::new(80, 25), &[("DISPLAY", ":1"), ("LANG", "de")]);
    rig.state.split(pane, LEFT_RIGHT, false, Program::default()).unwrap();
    let env = env_of(&rig.state.take_effects());
    assert_eq!(env.get("DISPLAY").map(String::as_str), Some(":1"));
    assert_eq!(env.get("LANG").map(String::as_str), Some("C"));
    rig.attach(2, session, Size::new(80, 25), &[]);
    let known = rig.state.followed_env(session);
    assert!(known.contains(&("DISPLAY".into(), None)));
}

// ---- ends ------------------------------------------------------------------------------------------------------

#[test]
fn the_last_program_takes_window_session_and_clients_along() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    let other = rig.split(pane);
    rig.attach(1, session, Size::new(80, 25), &[]);
    let effects = rig.exit(other, ExitStatus::Code(0));
    assert!(effects.contains(&Effect::Close { pane: other }));
    assert!(leaves(&effects).is_empty());
    let effects = rig.exit(pane, ExitStatus::Code(0));
    assert_eq!(leaves(&effects), [(1, "[exited]")]);
    assert!(effects.contains(&Effect::Save(Part::SessionGone(session))));
    assert!(!effects.contains(&Effect::Save(Part::Session(session))));
    assert!(rig.state.is_empty());
}

#[test]
fn clients_go_on_elsewhere_where_that_is_wanted() {
    let mut rig = Rig::new();
    rig.set("detach-on-destroy", "off");
    let (session, pane, _) = rig.session("x", &[]);
    let (other, ..) = rig.session("y", &[]);
    rig.attach(1, session, Size::new(80, 25), &[]);
    let effects = rig.exit(pane, ExitStatus::Code(0));
    assert!(leaves(&effects).is_empty());
    assert_eq!(rig.state.client(ClientId(1)).unwrap().session, other);
    assert!(effects.contains(&Effect::Refresh { client: ClientId(1) }));
}

#[test]
fn a_dead_pane_stays_where_that_is_wanted_and_takes_no_keys() {
    let mut rig = Rig::new();
    rig.set("remain-on-exit", "on");
    let (session, pane, _) = rig.session("x", &[]);
    rig.attach(1, session, Size::new(80, 25), &[]);
    rig.exit(pane, ExitStatus::Signal { signal: 11, core: true });
    let view = rig.state.client_view(ClientId(1), Timestamp(0)).unwrap();
    assert_eq!(view.panes[0].dead, Some(ExitStatus::Signal { signal: 11, core: true }));
    assert!(!rig.type_in(1, None).iter().any(|effect| matches!(effect, Effect::Input { .. })));
}

#[test]
fn a_client_that_goes_while_its_session_starts_is_not_attached() {
    let mut rig = Rig::new();
    let context = Rig::context(Size::new(80, 25), &[]);
    let pane = rig.state.new_session(NewSession::default(), &context, Timestamp(0)).unwrap();
    let request = RequestId { client: ClientId(1), number: 1 };
    let then = Then::Attach { context: Box::new(context), flags: ClientFlags::default() };
    rig.state.await_start(pane, Some(request), then);
    rig.apply(Event::ClientGone { client: ClientId(1) });
    assert!(!rig.start(pane).iter().any(|effect| matches!(effect, Effect::Attached { .. })));
    assert_eq!(rig.state.clients().count(), 0);
    assert!(!rig.state.is_empty(), "the session is there all the same");
}

// ---- keys and marks --------------------------------------------------------------------------------------------

#[test]
fn keys_go_to_the_active_pane_and_never_to_another_session_s() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    let (_, foreign, _) = rig.session("y", &[]);
    let other = rig.split(pane);
    rig.attach(1, session, Size::new(80, 25), &[]);
    let input = Input::Key(Key::char('x'));
    assert_eq!(rig.type_in(1, None), [Effect::Input { pane: other, input: input.clone() }]);
    assert_eq!(rig.type_in(1, Some(pane)), [Effect::Input { pane, input }]);
    assert_eq!(rig.type_in(1, Some(foreign)), []);
    assert_eq!(rig.type_in(9, None), []);
}

#[test]
fn windows_in_the_back_are_marked_until_they_are_seen() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    let new = NewWindow::of(session, Program::default());
    let second = rig.state.new_window(new, Timestamp(0)).unwrap();
    rig.start(second);
    rig.attach(1, session, Size::new(80, 25), &[]);
    rig.state.set_option("monitor-activity", Some("on")).unwrap();
    rig.state.take_effects();
    let labels = |rig: &mut Rig| -> Vec<String> {
        let view = rig.state.client_view(ClientId(1), Timestamp(0)).unwrap();
        view.windows.into_iter().map(|tab| tab.label).collect()
    };
    assert_eq!(labels(&mut rig), ["1:bash-", "2:bash*"]);
    assert!(rig.apply(Event::PaneBell { pane }).contains(&Effect::Bell { client: ClientId(1), pane }));
    assert_eq!(rig.apply(Event::PaneOutput { pane }), [Effect::Refresh { client: ClientId(1) }]);
    assert_eq!(rig.apply(Event::PaneOutput { pane }), [], "once is enough");
    assert_eq!(labels(&mut rig), ["1:bash#!-", "2:bash*"]);
    rig.state.select_window(WindowId(0));
    assert_eq!(labels(&mut rig), ["1:bash*", "2:bash-"]);
}

#[test]
fn a_window_is_called_after_the_program_in_its_active_pane() {
    let mut rig = Rig::new();
    let (_, pane, _) = rig.session("x", &[]);
    let other = rig.split(pane);
    rig.apply(Event::PaneCommand { pane, name: "vim".into() });
    rig.apply(Event::PaneCommand { pane: other, name: "make".into() });
    let name = |rig: &Rig| rig.state.window(WindowId(0)).unwrap().name.clone();
    assert_eq!(name(&rig), "make");
    rig.state.select_pane(pane, false);
    assert_eq!(name(&rig), "vim");
    rig.exit(pane, ExitStatus::Code(0));
    assert_eq!(name(&rig), "make");
}

#[test]
fn variables_are_there_once_in_order_and_never_fail() {
    assert!(VARS.is_sorted_by(|(a, _), (b, _)| a < b));
    let mut rig = Rig::new();
    for (_, get) in VARS {
        get(&rig.state.lens(Timestamp(0)));
    }
    let (session, ..) = rig.session("x", &[]);
    rig.attach(1, session, Size::new(80, 25), &[]);
    let lens = rig.state.lens(Timestamp(0)).client(ClientId(1));
    let text = crate::format::expand("#S:#I.#P #{pane_id} #{client_width} #{window_flags} #{base-index}", &lens);
    assert_eq!(text, "x:1.1 %0 80 * 1");
}

// ---- coming back -----------------------------------------------------------------------------------------------

fn restart(rig: &Rig, held: &[(PaneId, Option<ExitStatus>)]) -> Restored {
    let saved = rig.state.parts().iter().filter_map(|part| rig.state.save(part)).collect();
    let held = held.iter().map(|&(pane, exit)| {
        let exit = exit.map(|status| (status, Timestamp(5)));
        (pane, Held { pid: 1, started: Timestamp(0), exit })
    });
    let restored = State::restore(Options::default(), rig.state.setup().clone(), saved, &held.collect(), Timestamp(9));
    assert_eq!(restored.state.check(), Vec::<String>::new());
    restored
}

#[test]
fn a_new_server_finds_sessions_as_they_were() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[("SSH_AUTH_SOCK", "/tmp/a")]);
    let other = rig.split(pane);
    rig.state.rename_window(WindowId(0), "mine").unwrap();
    let restored = restart(&rig, &[(pane, None), (other, None)]);
    assert_eq!(restored.problems, Vec::<String>::new());
    assert_eq!(restored.state.session(session), rig.state.session(session));
    assert_eq!(restored.state.pane(pane), rig.state.pane(pane));
    assert_eq!(restored.state.window(WindowId(0)).unwrap().layout, rig.state.window(WindowId(0)).unwrap().layout);
    assert!(restored.effects.contains(&Effect::AgentLink { session, target: Some("/tmp/a".into()) }));
}

#[test]
fn a_state_that_knows_nothing_of_floating_panes_is_read() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    let other = rig.split(pane);
    rig.state.float_pane(other, Spot::default()).unwrap();
    let saved = serde_json::to_value(rig.state.save(&Part::Session(session)).unwrap()).unwrap();
    let read = |saved| match serde_json::from_value(saved) {
        Ok(Saved::Session(session)) => session,
        other => panic!("{other:?}"),
    };
    let mut older = saved.clone();
    older["windows"][0].as_object_mut().unwrap().remove("floats").unwrap();
    let counts = |session: SavedSession| (session.windows[0].panes.len(), session.windows[0].floats.len());
    assert_eq!((counts(read(saved)), counts(read(older))), ((1, 1), (1, 0)));
}

/// What was closed before the server died leaves no trace but in the numbers: `%1` is never another pane.
#[test]
fn numbers_are_not_given_again_by_the_next_server() {
    let mut rig = Rig::new();
    let (_, pane, _) = rig.session("x", &[]);
    rig.state.take_effects();
    let other = rig.split(pane);
    let window = rig.state.new_window_id();
    assert!(rig.state.take_effects().contains(&Effect::Save(Part::Server)), "they are written with each that is given");
    rig.exit(other, ExitStatus::Code(0));
    let mut restored = restart(&rig, &[(pane, None)]).state;
    assert!(restored.new_pane_id().unwrap() > other);
    assert!(restored.new_window_id() > window);
}

/// The server died when it had removed the session of a job that had ended, and not yet written how.
#[test]
fn the_end_of_a_job_is_learnt_from_the_keeper_where_only_its_session_is_gone() {
    let mut rig = Rig::new();
    let job = NewJob { words: vec!["./train.sh".into()], ..NewJob::default() };
    let pane = rig.state.run_job(job, &Context::default(), Timestamp(0)).unwrap().unwrap();
    rig.start(pane);
    let saved = rig.state.parts().into_iter().filter(|part| !matches!(part, Part::Session(_)));
    let saved = saved.filter_map(|part| rig.state.save(&part)).collect();
    let exit = Some((ExitStatus::Code(61), Timestamp(5)));
    let held = HashMap::from([(pane, Held { pid: 1, started: Timestamp(0), exit })]);
    let restored = State::restore(Options::default(), Setup::default(), saved, &held, Timestamp(9));
    assert_eq!(restored.state.jobs().get("train").unwrap().ended(), exit);
    assert!(restored.effects.contains(&Effect::Close { pane }) && restored.effects.contains(&Effect::Save(Part::Jobs)));
}

#[test]
fn what_was_set_and_copied_is_there_again() {
    let mut rig = Rig::new();
    let (_, pane, _) = rig.session("x", &[]);
    rig.state.set_option("mouse", Some("off")).unwrap();
    rig.state.set_option("base-index", Some("3")).unwrap();
    rig.state.set_option("base-index", None).unwrap();
    for (name, text) in [(Some("a"), "1"), (None, "2"), (Some("a"), "3"), (None, "\u{0}4"), (Some("b"), "5")] {
        rig.state.set_buffer(name, text.into(), Timestamp(7));
    }
    rig.state.set_buffer(None, vec![0xff, 0xfe], Timestamp(7));
    rig.state.delete_buffer("b");
    let effects = rig.state.take_effects();
    assert!(effects.contains(&Effect::Save(Part::Options)) && effects.contains(&Effect::Save(Part::BufferGone(0))));
    let mut restored = restart(&rig, &[(pane, None)]).state;
    assert_eq!(restored.options(), rig.state.options());
    assert!(!restored.options().mouse);
    let list = |state: &State| state.buffers().iter().cloned().collect::<Vec<_>>();
    assert_eq!(list(&restored), list(&rig.state));
    restored.set_buffer(None, b"new".to_vec(), Timestamp(8));
    assert_eq!(restored.buffers().iter().next().unwrap().name, "buffer3", "no name is given again");
}

/// A job that was written down and whose program the keeper has, or has not, started.
#[test]
fn a_start_that_was_cut_off_is_done_or_not_done() {
    let mut rig = Rig::new();
    let spec = crate::job::JobSpec::for_run();
    let job = NewJob { words: vec!["./train.sh".into()], spec, ..NewJob::default() };
    let pane = rig.state.run_job(job, &Context::default(), Timestamp(0)).unwrap().unwrap();
    let done = restart(&rig, &[(pane, None)]).state;
    assert_eq!(done.jobs().get("train").map(|job| (job.state(), job.pid)), Some(("running", Some(1))));
    assert_eq!(restart(&rig, &[]).state.jobs().get("train"), None);
}

#[test]
fn what_ended_meanwhile_has_ended_and_what_is_lost_is_said() {
    let mut rig = Rig::new();
    let (session, pane, _) = rig.session("x", &[]);
    let other = rig.split(pane);
    let job = NewJob {
        words: vec!["./train.sh".into()],
        alone: true,
        spec: crate::job::JobSpec::for_run(),
        ..NewJob::default()
    };
    let job = rig.state.run_job(job, &Context::default(), Timestamp(0)).unwrap().unwrap();
    rig.start(job);
    let stray = PaneId(77);
    let restored = restart(&rig, &[(pane, None), (other, Some(ExitStatus::Code(3))), (stray, None)]);
    let state = &restored.state;
    assert_eq!(state.panes_of(session), [pane]);
    let train = state.jobs().get("train").unwrap();
    assert_eq!((train.state(), train.life.last_exit().unwrap().reason.name()), ("failed", "lost"));
    assert_eq!(state.jobs().last_exit("x").unwrap().status, ExitStatus::Code(3));
    assert!(restored.effects.contains(&Effect::Close { pane: stray }));
    assert_eq!(restored.problems.len(), 1);
}

#[test]
fn files_that_contradict_themselves_are_reported_and_the_rest_counts() {
    let mut rig = Rig::new();
    let (_, pane, _) = rig.session("x", &[]);
    let (_, good, _) = rig.session("y", &[]);
    let mut saved: Vec<Saved> = rig.state.parts().iter().filter_map(|part| rig.state.save(part)).collect();
    for part in &mut saved {
        if let Saved::Session(session) = part
            && session.name == "x"
        {
            session.windows[0].panes.clear();
        }
    }
    saved.push(saved[1].clone());
    let held = [pane, good].map(|pane| (pane, Held { pid: 1, started: Timestamp(0), exit: None }));
    let restored = State::restore(Options::default(), Setup::default(), saved, &HashMap::from(held), Timestamp(9));
    assert_eq!(restored.state.check(), Vec::<String>::new());
    assert_eq!(restored.state.sessions().map(|session| session.name.as_str()).collect::<Vec<_>>(), ["y"]);
    assert!(restored.problems.len() >= 3, "{:?}", restored.problems);
}
