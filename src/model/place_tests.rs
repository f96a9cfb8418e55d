//! Clients of one session that go their own ways.

use super::*;
use crate::base::{ClientId, ExitStatus, Input, Key, PaneId, RequestId, SessionId, Size, Timestamp, WindowId};
use crate::config::Options;
use crate::layout::Axis;

const LEFT_RIGHT: Split = Split { axis: Axis::Horizontal, before: false, full: false, size: None };
const LARGE: Size = Size::new(100, 31);
const SMALL: Size = Size::new(60, 21);

/// A session with two windows, of which the first has two panes; nobody is there yet.
struct Rig {
    state: State,
    session: SessionId,
    now: i64,
}

impl Rig {
    fn new() -> Self {
        let mut state = State::new(Options::default(), Setup { shell: "/bin/sh".into(), ..Setup::default() });
        let new = NewSession { name: Some("x".into()), ..NewSession::default() };
        let pane = state.new_session(new, &Context::default(), Timestamp(0)).unwrap();
        let session = state.home_of(pane).unwrap().0;
        let mut rig = Self { state, session, now: 0 };
        rig.started(PaneId(0));
        rig.state.split(PaneId(0), LEFT_RIGHT, false, Program::default()).unwrap();
        rig.started(PaneId(1));
        let program = Program::default();
        let new = NewWindow::of(session, program);
        rig.state.new_window(new, Timestamp(0)).unwrap();
        rig.started(PaneId(2));
        rig.state.select_window(WindowId(0));
        rig.state.select_pane(PaneId(0), false);
        rig
    }

    fn started(&mut self, pane: PaneId) {
        let tty = format!("/dev/pts/{}", pane.0).into();
        self.apply(Event::PaneStarted { pane, pid: 100 + pane.0, tty, started: Timestamp(0) });
    }

    fn apply(&mut self, event: Event) -> Vec<Effect> {
        self.now += 1000;
        let effects = self.state.apply(event, Timestamp(self.now));
        assert_eq!(self.state.check(), Vec::<String>::new());
        effects
    }

    fn attach(&mut self, number: u32, size: Size, flags: ClientFlags) {
        self.now += 1000;
        let request = RequestId { client: ClientId(number), number: 1 };
        let context = Context { size: Some(size), ..Context::default() };
        let how = Attachment { flags, ..Attachment::default() };
        self.state.attach_as(request, self.session, &context, how, Timestamp(self.now));
        self.state.take_effects();
    }

    /// What a command from this client does.
    fn by(&mut self, client: u32, command: impl FnOnce(&mut State)) {
        self.now += 1000;
        let request = RequestId { client: ClientId(client), number: 2 };
        let origin = Origin {
            request,
            context: Context::default(),
            behalf: None,
            attached: true,
            pane: None,
            made: None,
            now: Timestamp(self.now),
            facts: Default::default(),
            usage: None,
        };
        self.state.begin_for(&origin);
        command(&mut self.state);
        self.state.take_effects();
        assert_eq!(self.state.check(), Vec::<String>::new());
    }

    fn types(&mut self, client: u32) -> Option<PaneId> {
        let input = Input::Key(Key::char('x'));
        let effects = self.apply(Event::ClientInput { client: ClientId(client), pane: None, input });
        effects.iter().find_map(|effect| match effect {
            Effect::Input { pane, .. } => Some(*pane),
            _ => None,
        })
    }

    /// The panes that a client sees, and the one its keys go to.
    fn sees(&mut self, client: u32) -> (Vec<u32>, u32) {
        let visible = self.state.visible_panes(ClientId(client)).iter().map(|pane| pane.0).collect();
        (visible, self.state.pane_of_client(ClientId(client)).unwrap().0)
    }

    fn size(&self, window: u32) -> Size {
        self.state.window(WindowId(window)).unwrap().layout.size()
    }

    fn pane_size(&self, pane: u32) -> Size {
        self.state.pane(PaneId(pane)).unwrap().size
    }
}

fn two() -> Rig {
    let mut rig = Rig::new();
    rig.attach(1, LARGE, ClientFlags::default());
    rig.attach(2, SMALL, ClientFlags::default());
    rig
}

#[test]
fn each_client_has_a_window_a_pane_and_a_zoom_of_its_own() {
    let mut rig = two();
    rig.by(1, |state| state.select_window(WindowId(1)));
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![2], 2), (vec![0, 1], 0)));
    rig.by(2, |state| state.select_pane(PaneId(1), false));
    rig.by(1, |state| state.select_window(WindowId(0)));
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![0, 1], 0), (vec![0, 1], 1)), "it was at the left one before");
    rig.by(1, |state| state.zoom(PaneId(0)));
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![0], 0), (vec![0, 1], 1)));
    assert_eq!((rig.types(2), rig.types(1)), (Some(PaneId(1)), Some(PaneId(0))));
    let tabs = |rig: &mut Rig, client| {
        let view = rig.state.client_view(ClientId(client), Timestamp(0)).unwrap();
        view.windows.into_iter().map(|tab| tab.label).collect::<Vec<_>>()
    };
    rig.by(2, |state| state.select_window(WindowId(1)));
    assert_eq!(tabs(&mut rig, 1), ["1:sh*Z", "2:sh-"]);
    assert_eq!(tabs(&mut rig, 2), ["1:sh-", "2:sh*"]);
}

#[test]
fn a_window_has_the_size_of_who_shows_it_and_typed_last() {
    let mut rig = two();
    rig.by(1, |state| state.select_window(WindowId(1)));
    assert_eq!((rig.size(0), rig.size(1)), (Size::new(60, 20), Size::new(100, 30)), "each its own");
    rig.types(2);
    assert_eq!((rig.size(0), rig.size(1)), (Size::new(60, 20), Size::new(100, 30)), "they do not meet");
    rig.by(2, |state| state.select_window(WindowId(1)));
    assert_eq!(rig.size(1), Size::new(60, 20));
    let why = rig.state.why_smaller(ClientId(1));
    assert_eq!(why.as_deref(), Some("60x20: client-0 typed last"));
    rig.types(1);
    assert_eq!((rig.size(1), rig.state.why_smaller(ClientId(1))), (Size::new(100, 30), None));
    rig.apply(Event::ClientInput { client: ClientId(2), pane: None, input: Input::Focus(true) });
    assert_eq!(rig.size(1), Size::new(100, 30), "coming into view is no use");
}

/// The program in a pane that is shown zoomed and not has the size that whoever typed last sees.
#[test]
fn a_zoom_counts_where_it_was_typed_last() {
    let mut rig = two();
    rig.by(1, |state| state.zoom(PaneId(0)));
    assert_eq!(rig.pane_size(0), Size::new(100, 30));
    rig.types(2);
    assert_eq!(rig.pane_size(0), Size::new(30, 20));
    assert_eq!(rig.sees(1), (vec![0], 0));
    assert!(rig.state.why_smaller(ClientId(1)).unwrap().starts_with("30x20"));
    rig.types(1);
    assert_eq!(rig.pane_size(0), Size::new(100, 30));
}

#[test]
fn who_only_looks_on_changes_nothing_and_sees_what_the_others_do() {
    let mut rig = Rig::new();
    rig.attach(1, LARGE, ClientFlags::default());
    rig.attach(2, SMALL, ClientFlags::ONLOOKER);
    assert_eq!(rig.size(0), Size::new(100, 30));
    assert_eq!(rig.types(2), None);
    rig.apply(Event::ClientResized { client: ClientId(2), size: Size::new(20, 5) });
    assert_eq!(rig.size(0), Size::new(100, 30));
    rig.by(1, |state| state.select_window(WindowId(1)));
    assert_eq!(rig.sees(2), (vec![2], 2));
    rig.apply(Event::ClientGone { client: ClientId(1) });
    assert_eq!(rig.size(1), Size::new(100, 30), "even while it is the only one");
}

#[test]
fn what_is_gone_is_gone_for_everybody() {
    let mut rig = two();
    rig.by(1, |state| state.select_window(WindowId(1)));
    rig.by(2, |state| state.zoom(PaneId(1)));
    rig.types(1);
    rig.apply(Event::PaneExited { pane: PaneId(1), status: ExitStatus::Code(0), at: Timestamp(0) });
    assert_eq!(rig.sees(2), (vec![0], 0));
    rig.types(2);
    rig.apply(Event::PaneExited { pane: PaneId(2), status: ExitStatus::Code(0), at: Timestamp(0) });
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![0], 0), (vec![0], 0)));
}

#[test]
fn a_command_from_elsewhere_is_for_the_client_that_was_used_last() {
    let mut rig = two();
    rig.types(1);
    rig.state.select_window(WindowId(1));
    rig.state.take_effects();
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![2], 2), (vec![0, 1], 0)));
    rig.attach(3, SMALL, ClientFlags::default());
    assert_eq!(rig.sees(3), (vec![2], 2), "who comes starts where the session is");
    rig.apply(Event::ClientGone { client: ClientId(3) });
    rig.apply(Event::ClientGone { client: ClientId(1) });
    rig.state.select_window(WindowId(1));
    assert_eq!(rig.sees(2), (vec![2], 2), "who is left is the one used last");
}

#[test]
fn follow_brings_everybody_together_and_lets_them_part_again() {
    let mut rig = two();
    rig.by(1, |state| state.select_window(WindowId(1)));
    rig.state.set_option("follow", Some("on")).unwrap();
    assert_eq!(rig.sees(2), rig.sees(1));
    rig.by(2, |state| state.select_window(WindowId(0)));
    assert_eq!(rig.sees(1), (vec![0, 1], 0));
    rig.state.set_option_at(OptionPlace::Session(rig.session), "follow", Some("off")).unwrap();
    rig.by(1, |state| state.select_window(WindowId(1)));
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![2], 2), (vec![0, 1], 0)), "this session's go their own ways");
    rig.state.set_option_at(OptionPlace::Session(rig.session), "follow", None).unwrap();
    assert_eq!(rig.sees(2), rig.sees(1));
    rig.by(2, |state| state.select_window(WindowId(0)));
    rig.state.set_option("follow", Some("off")).unwrap();
    rig.by(1, |state| state.select_window(WindowId(1)));
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![2], 2), (vec![0, 1], 0)));
}

/// Client 1 is in `x`, client 2 in a session that has its windows in common with it.
fn grouped() -> (Rig, SessionId) {
    let mut rig = Rig::new();
    rig.attach(1, LARGE, ClientFlags::default());
    let new = NewSession { name: Some("y".into()), ..NewSession::default() };
    let (x, context) = (rig.session, Context::default());
    let y = rig.state.new_session_beside(x, "x", new, &context, Timestamp(0)).unwrap();
    rig.session = y;
    rig.attach(2, SMALL, ClientFlags::default());
    assert_eq!(rig.state.check(), Vec::<String>::new());
    (rig, y)
}

#[test]
fn two_sessions_with_the_same_window_have_a_pane_and_a_zoom_each() {
    let (mut rig, _) = grouped();
    rig.by(2, |state| state.select_pane(PaneId(1), false));
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![0, 1], 0), (vec![0, 1], 1)));
    rig.by(1, |state| state.zoom(PaneId(0)));
    assert_eq!((rig.sees(1), rig.sees(2)), ((vec![0], 0), (vec![0, 1], 1)));
    assert_eq!((rig.types(2), rig.types(1)), (Some(PaneId(1)), Some(PaneId(0))));
    rig.apply(Event::ClientGone { client: ClientId(1) });
    assert_eq!(rig.sees(2), (vec![0, 1], 1), "his own, whoever else goes");
    rig.by(2, |state| state.select_window(WindowId(1)));
    rig.apply(Event::PaneExited { pane: PaneId(0), status: ExitStatus::Code(0), at: Timestamp(0) });
    rig.apply(Event::PaneExited { pane: PaneId(1), status: ExitStatus::Code(0), at: Timestamp(0) });
    assert_eq!(rig.sees(2), (vec![2], 2), "its window has gone from both");
}

#[test]
fn a_window_of_two_sessions_has_the_size_of_who_typed_last() {
    let (mut rig, y) = grouped();
    assert_eq!(rig.size(0), Size::new(60, 20), "who came last");
    rig.types(1);
    assert_eq!(rig.size(0), Size::new(100, 30));
    assert!(rig.state.why_smaller(ClientId(1)).is_none());
    rig.by(2, |state| state.select_in(y, WindowId(1)));
    assert_eq!((rig.size(0), rig.size(1)), (Size::new(100, 30), Size::new(60, 20)), "each its own");
    rig.apply(Event::ClientGone { client: ClientId(1) });
    assert_eq!(rig.size(0), Size::new(60, 20), "nobody shows it: as large as who is there");
}
