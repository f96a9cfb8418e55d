//! Sessions of an earlier run come back: first as a plan, which changes nothing and can be shown, then for good.
//!
//! Everything gets new numbers. Panes come back as shells where they stood; only what the user has allowed is run
//! again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::base::{Error, PaneId, Result, SessionId, Size, Timestamp, WindowId};
use crate::format;

use super::floating::Float;
use super::pane::{Life, Pane, Program};
use super::save::{SavedPane, SavedSession, SavedWindow};
use super::scopes::Local;
use super::session::Session;
use super::start::Undo;
use super::window::Window;
use super::{State, names};

/// A session of before, with what is known of its panes besides.
#[derive(Clone, Debug)]
pub struct Before {
    pub session: SavedSession,
    pub panes: BTreeMap<PaneId, PaneBefore>,
}

/// Where a pane stood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaneBefore {
    /// A directory that is there.
    pub cwd: PathBuf,
    /// What ran in its shell.
    pub argv: Vec<String>,
    pub title: String,
}

/// The windows that have come back, by their numbers of before.
pub type Came = BTreeMap<WindowId, WindowId>;

/// How a session is to come back.
#[derive(Clone, Debug)]
pub struct Return {
    /// What it was called.
    pub was: String,
    /// What it will be called.
    pub name: String,
    pub panes: Vec<PaneReturn>,
    /// What does not come back.
    pub problems: Vec<String>,
    session: SavedSession,
}

/// How a pane is to come back.
#[derive(Clone, Debug)]
pub struct PaneReturn {
    pub was: PaneId,
    /// Set when it has come.
    pub pane: Option<PaneId>,
    /// Window and pane by their indexes: `0.1`.
    pub place: String,
    /// What ran there; empty for a shell alone.
    pub command: String,
    /// It is run again.
    pub again: bool,
    /// What is typed in its shell for that.
    pub typed: Option<String>,
    title: String,
    program: Program,
}

impl State {
    /// How a session would come back. Names in `taken` are given away, besides those of the sessions there are.
    /// `programs` are the patterns of what may be run again.
    pub fn plan_return(&self, before: Before, programs: &[String], taken: &mut BTreeSet<String>) -> Return {
        let Before { mut session, panes: known } = before;
        let (mut panes, mut problems) = (Vec::new(), Vec::new());
        session.windows.retain(|window| {
            let whole = window.is_whole();
            if !whole {
                problems.push(format!("window {} is not whole and is left out", window.index));
            }
            whole
        });
        for window in &session.windows {
            let floats = window.floats.iter().map(|saved| saved.pane.id);
            for (place, id) in window.layout.panes().into_iter().chain(floats).enumerate() {
                let Some(saved) = window.all_panes().find(|pane| pane.id == id) else { continue };
                let place = place + self.options.pane_base_index as usize;
                let place = format!("{}.{place}", window.index);
                let known = known.get(&id).cloned().unwrap_or_default();
                panes.push(plan_pane(saved, known, place, programs));
            }
        }
        let name = self.name_beside(&session.name, taken);
        taken.insert(name.clone());
        Return { was: session.name.clone(), name, panes, problems, session }
    }

    /// The name, or with a number behind it where it is in use.
    fn name_beside(&self, name: &str, taken: &BTreeSet<String>) -> String {
        let stem = names::cut(name, crate::base::limits::MAX_NAME - 8);
        let numbered = (1u32..).map(|number| format!("{stem}-{number}"));
        let free = |name: &String| self.session_named(name).is_none() && !taken.contains(name);
        std::iter::once(name.to_owned()).chain(numbered).find(free).unwrap_or(stem)
    }

    /// Makes the session, and has its programs started. Fills in the numbers of its panes. What it had in common with a
    /// session that `came` before it has come already: only the link is made.
    pub fn bring_back(&mut self, plan: &mut Return, came: &mut Came, now: Timestamp) -> Result<SessionId> {
        self.skip_numbers(&plan.session);
        came.retain(|_, window| self.windows.contains_key(window));
        let linked = |id: PaneId| {
            let mut windows = plan.session.windows.iter().filter(|window| came.contains_key(&window.id));
            windows.any(|window| window.panes.iter().any(|pane| pane.id == id))
        };
        plan.panes.retain(|pane| !linked(pane.was));
        if plan.panes.is_empty() && !plan.session.windows.iter().any(|window| came.contains_key(&window.id)) {
            return Err(Error::refused(format!("nothing of session {} can be read", plan.was)));
        }
        let mut ids = BTreeMap::new();
        for pane in &mut plan.panes {
            let id = self.new_pane_id()?;
            ids.insert(pane.was, id);
            pane.pane = Some(id);
        }
        let saved = &plan.session;
        let id = self.new_session_id();
        let windows: BTreeMap<WindowId, WindowId> =
            saved.windows.iter().map(|window| (window.id, self.came_or_new(window.id, came))).collect();
        let of = |window: &WindowId| windows.get(window).copied();
        let Some(first) = saved.windows.first().and_then(|window| of(&window.id)) else {
            return Err(Error::refused(format!("session {} has no window left", plan.was)));
        };
        let current = of(&saved.current).unwrap_or(first);
        let places: BTreeMap<u32, WindowId> =
            saved.windows.iter().filter_map(|window| Some((window.index, of(&window.id)?))).collect();
        let session = Session {
            id,
            name: plan.name.clone(),
            created: saved.created,
            cwd: saved.cwd.clone(),
            group: saved.group.clone().filter(|group| self.fits_group(group, &places)),
            windows: places,
            current,
            recent: saved.recent.iter().filter_map(of).filter(|window| *window != current).collect(),
            alerts: BTreeMap::new(),
            env: saved.env.iter().map(|(name, value)| (name, value)).collect(),
            // The agent of that time is gone; whoever attaches brings another.
            agent: None,
            size: saved.size,
            activity: now,
            last_attached: saved.last_attached,
            job: None,
            own: saved.own.clone(),
            local: Local::of(saved.options.clone()),
        };
        self.add_session(session);
        for window in plan.session.windows.clone() {
            if let Some(new) = of(&window.id).filter(|_| !came.contains_key(&window.id)) {
                self.bring_window(window, new, id, &ids, now);
            }
        }
        came.extend(windows);
        self.relink(id);
        for pane in plan.panes.clone() {
            self.bring_pane(pane);
        }
        self.touch(id);
        Ok(id)
    }

    fn came_or_new(&mut self, was: WindowId, came: &Came) -> WindowId {
        came.get(&was).copied().unwrap_or_else(|| self.new_window_id())
    }

    /// Whether a session with these windows may be in a group: nobody is, or all there have the same ones.
    fn fits_group(&self, group: &str, windows: &BTreeMap<u32, WindowId>) -> bool {
        self.grouped(group).into_iter().all(|id| self.session(id).is_some_and(|session| session.windows == *windows))
    }

    /// Numbers of before are never given again, so that old and new ones cannot be mixed up.
    fn skip_numbers(&mut self, saved: &SavedSession) {
        let windows = saved.windows.iter().map(|window| window.id.0).max().unwrap_or(0);
        let panes = saved.windows.iter().flat_map(SavedWindow::all_panes).map(|pane| pane.id.0).max().unwrap_or(0);
        self.next.session = self.next.session.max(saved.id.0.saturating_add(1));
        self.next.window = self.next.window.max(windows.saturating_add(1));
        self.next.pane = self.next.pane.max(panes.saturating_add(1));
    }

    fn bring_window(
        &mut self,
        saved: SavedWindow,
        id: WindowId,
        session: SessionId,
        ids: &BTreeMap<PaneId, PaneId>,
        now: Timestamp,
    ) {
        let of = |pane: PaneId| ids.get(&pane).copied().unwrap_or(pane);
        let mut layout = saved.layout.clone();
        layout.rename(of);
        let Some(&first) = layout.panes().first() else { return };
        let saved_panes: Vec<(PaneId, Size)> = saved.all_panes().map(|saved| (of(saved.id), saved.size)).collect();
        let known = |pane: &PaneId| saved_panes.iter().any(|(known, _)| known == pane);
        let floats =
            saved.floats.iter().map(|saved| Float { pane: of(saved.float.pane), ..saved.float.clone().plain() });
        let floats: Vec<Float> = floats.collect();
        let active = Some(of(saved.active)).filter(known).unwrap_or(first);
        let mut window = Window::new(id, session, active, layout.size(), now);
        window.titles = self.options.pane_border_status;
        window.recent = saved.recent.into_iter().map(of).filter(|pane| known(pane) && *pane != active).collect();
        window.floats = floats;
        window.zoomed = saved.zoomed && layout.panes().len() > 1;
        window.layout = layout;
        window.name = saved.name;
        window.automatic = saved.automatic;
        window.manual = saved.manual;
        self.windows.insert(id, Box::new(window));
        for (pane, size) in saved_panes {
            self.panes.insert(pane, Box::new(Pane::new(pane, id, Program::default(), size)));
        }
    }

    fn bring_pane(&mut self, plan: PaneReturn) {
        let Some(pane) = plan.pane.and_then(|id| self.panes.get_mut(&id)) else { return };
        pane.program = plan.program;
        pane.title = plan.title;
        pane.life = Life::Starting;
        let id = pane.id;
        self.spawn(id, Undo::Pane { layout: None });
    }

    /// What waits to be brought back, in one sentence; none when nothing does.
    pub fn set_offer(&mut self, offer: Option<String>) {
        self.offer = offer;
    }

    pub fn offer(&self) -> Option<&str> {
        self.offer.as_deref()
    }

    /// There is no session: what to do about it.
    pub fn no_sessions(&self) -> Error {
        let hint = self.offer().unwrap_or("`mux new` starts one");
        Error::not_found("no sessions").hint(hint)
    }
}

fn plan_pane(saved: &SavedPane, known: PaneBefore, place: String, programs: &[String]) -> PaneReturn {
    let own = &saved.program;
    let words = if own.words.is_empty() { &known.argv } else { &own.words };
    let again = saved.ended.is_none() && !words.is_empty() && may_run(programs, words);
    let typed = (again && own.words.is_empty()).then(|| words.iter().map(|word| quoted(word)).collect::<Vec<_>>());
    let program = Program {
        words: if again { own.words.clone() } else { Vec::new() },
        cwd: known.cwd,
        env: own.env.clone(),
        umask: own.umask,
        ..Program::default()
    };
    let title = if known.title.is_empty() { saved.title.clone() } else { known.title };
    let command = printable(&words.join(" "));
    let typed = typed.map(|words| words.join(" "));
    PaneReturn { was: saved.id, pane: None, place, command, again, typed, title, program }
}

/// Whether a program may be run again. A pattern of one word names the program; one with blanks is for the whole
/// line. What only a shell can read has to be named to the letter.
fn may_run(programs: &[String], words: &[String]) -> bool {
    if words.iter().any(|word| word.chars().any(char::is_control)) {
        return false;
    }
    let line = words.join(" ");
    let for_shell = words.len() == 1 && !line.chars().all(|c| c.is_alphanumeric() || "_./+@%:,-= ".contains(c));
    if for_shell {
        return programs.contains(&line);
    }
    let (path, rest) = line.split_once(' ').unwrap_or((&line, ""));
    // A program may call itself `-bash` or `vim: notes`; what counts is its file's name.
    let name = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let line = if rest.is_empty() { name.clone() } else { format!("{name} {rest}") };
    programs.iter().any(|pattern| match pattern.contains(' ') {
        true => format::fits(pattern, &line),
        false => format::fits(pattern, &name),
    })
}

/// As a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_./+@%:,-=".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Without what would move a cursor.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;
    use crate::layout::{Axis, Extent};
    use crate::model::{Context, Effect, Event, NewSession, Part, Saved, Setup, Split};

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn only_what_is_on_the_list_is_run_again() {
        let list = ["vim".to_owned(), "ssh *".to_owned(), "make && make test".to_owned()];
        for (line, may) in [
            ("vim", true),
            ("/usr/bin/vim notes.txt", true),
            ("vimdiff a b", false),
            ("ssh host", true),
            ("ssh", false),
            ("make", false),
        ] {
            assert_eq!(may_run(&list, &words(line)), may, "{line}");
        }
        assert!(may_run(&list, &["make && make test".to_owned()]));
        assert!(!may_run(&list, &["vim; rm -rf ~".to_owned()]), "a shell's line is more than a program");
        assert!(!may_run(&["*".to_owned()], &words("vim a\nrm")), "nothing that would be a key of its own");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }

    fn state() -> State {
        let mut state = State::new(Options::default(), Setup::default());
        let program = Program { words: words("htop -d 5"), cwd: "/".into(), ..Program::default() };
        let new = NewSession { name: Some("web".into()), program, ..NewSession::default() };
        let pane = state.new_session(new, &Context::default(), NOW).unwrap();
        let how = Split { axis: Axis::Horizontal, before: false, full: false, size: Some(Extent::Percent(50)) };
        let shell = Program { cwd: "/".into(), ..Program::default() };
        let second = state.split(pane, how, false, shell).unwrap();
        for (pane, pid) in [(pane, 1), (second, 2)] {
            state.apply(Event::PaneStarted { pane, pid, tty: "/dev/pts/0".into(), started: NOW }, NOW);
        }
        state
    }

    fn before(state: &State) -> Before {
        let part = state.parts()[0];
        let Some(Saved::Session(session)) = state.save(&part) else { panic!("{part:?}") };
        let shell = PaneBefore { cwd: "/tmp".into(), argv: words("vim a'b"), title: "notes".into() };
        Before { session, panes: [(PaneId(1), shell)].into() }
    }

    #[test]
    fn a_session_comes_back_with_new_numbers_and_its_layout() {
        let old = state();
        let before = before(&old);
        let layout = before.session.windows[0].layout.clone();
        let mut state = State::new(Options::default(), Setup::default());
        let mut plan = state.plan_return(before, &["vim".to_owned()], &mut BTreeSet::new());
        let session = state.bring_back(&mut plan, &mut Came::new(), NOW).unwrap();
        assert_eq!(state.check(), Vec::<String>::new());
        assert_eq!(state.session(session).unwrap().name, "web");
        let window = state.windows_of(session)[0].1.clone();
        assert_eq!(window.layout.size(), layout.size());
        assert_eq!(window.panes(), [PaneId(2), PaneId(3)], "numbers of before are not given again");
        assert_eq!(window.active, PaneId(3));
        assert_eq!((plan.panes[0].place.as_str(), plan.panes[0].command.as_str()), ("1.1", "htop -d 5"));
        assert!(!plan.panes[0].again && plan.panes[0].typed.is_none());
        assert_eq!(plan.panes[1].typed.as_deref(), Some("vim 'a'\\''b'"));
        let spawned: Vec<_> = state
            .take_effects()
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Spawn { pane, spec } => Some((pane, spec.argv, spec.cwd)),
                _ => None,
            })
            .collect();
        assert_eq!(spawned[0].1, Vec::<String>::new(), "htop is not on the list: a shell");
        assert_eq!(spawned[1].2, Path::new("/tmp"));
        assert!(state.save(&Part::Session(session)).is_some());
    }

    #[test]
    fn a_name_in_use_gets_a_number() {
        let mut state = state();
        let mut taken = BTreeSet::new();
        let first = state.plan_return(before(&state), &[], &mut taken);
        let mut second = state.plan_return(before(&state), &["htop".to_owned()], &mut taken);
        assert_eq!((first.name.as_str(), second.name.as_str()), ("web-1", "web-2"));
        assert!(second.panes[0].again);
        state.bring_back(&mut second, &mut Came::new(), NOW).unwrap();
        assert_eq!(state.check(), Vec::<String>::new());
        assert!(state.session_named("web-2").is_some());
    }

    #[test]
    fn what_two_sessions_had_in_common_comes_back_once() {
        let mut old = state();
        let web = old.session_named("web").unwrap().id;
        let new = NewSession { name: Some("also".into()), ..NewSession::default() };
        old.new_session_beside(web, "web", new, &Context::default(), NOW).unwrap();
        let saved = old.parts().into_iter().filter_map(|part| match old.save(&part) {
            Some(Saved::Session(session)) => Some(Before { session, panes: BTreeMap::new() }),
            _ => None,
        });
        let (mut state, mut came) = (State::new(Options::default(), Setup::default()), Came::new());
        let mut panes = Vec::new();
        for before in saved {
            let mut plan = state.plan_return(before, &[], &mut BTreeSet::new());
            state.bring_back(&mut plan, &mut came, NOW).unwrap();
            panes.push(plan.panes.len());
            assert_eq!(state.check(), Vec::<String>::new());
        }
        assert_eq!(panes, [2, 0], "no program is started twice");
        assert_eq!(state.grouped("web").len(), 2);
    }

    #[test]
    fn a_window_that_is_not_whole_is_left_out_and_told() {
        let state = state();
        let mut before = before(&state);
        before.session.windows[0].panes.pop();
        let mut plan = state.plan_return(before, &[], &mut BTreeSet::new());
        assert_eq!(plan.problems, ["window 1 is not whole and is left out"]);
        let mut state = State::new(Options::default(), Setup::default());
        assert!(state.bring_back(&mut plan, &mut Came::new(), NOW).is_err());
        assert!(state.is_empty());
    }

    #[test]
    fn a_shell_is_known_by_what_it_calls_itself() {
        let state = State::new(Options::default(), Setup { shell: "/bin/bash".into(), ..Setup::default() });
        for (name, shell) in [("bash", true), ("-bash", true), ("/usr/bin/bash", true), ("sleep", false), ("", false)] {
            assert_eq!(state.is_shell(name), shell, "{name}");
        }
    }

    #[test]
    fn a_pane_that_has_no_record_comes_back_all_the_same() {
        let state = state();
        let mut before = before(&state);
        before.panes.clear();
        before.session.size = Size::new(100, 30);
        let plan = state.plan_return(before, &[], &mut BTreeSet::new());
        assert_eq!(plan.panes.len(), 2);
        assert_eq!(plan.panes[1].command, "");
    }
}
