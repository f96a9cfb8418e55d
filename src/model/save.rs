//! The state as it is written to files and read again. Serde types of their own: a field may be added (with a
//! default), never reused; a change that older builds would misread counts the version up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::{ExitStatus, KeyChange, PaneId, SessionId, Size, Timestamp, WindowId};
use crate::config::Options;
use crate::layout::Layout;

use super::buffer::Buffer;
use super::event_hooks::Hooks;
use super::floating::Float;
use super::job::Jobs;
use super::notice::Notices;
use super::pane::{Life, Pane, Program, Running};
use super::scopes::{Local, Overrides};
use super::session::{Own, Session, SetVariables};
use super::state::Next;
use super::supervise::Reason;
use super::window::Window;
use super::{Effect, Part, Setup, State};

/// Of all parts together.
pub const VERSION: u32 = 1;

/// One part, as its file holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum Saved {
    Session(SavedSession),
    Jobs(SavedJobs),
    Server(SavedServer),
    Options(SavedOptions),
    Buffer(SavedBuffer),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedSession {
    pub version: u32,
    pub id: SessionId,
    pub name: String,
    pub created: Timestamp,
    pub cwd: PathBuf,
    pub current: WindowId,
    pub recent: Vec<WindowId>,
    pub env: Vec<(OsString, OsString)>,
    pub agent: Option<PathBuf>,
    pub size: Size,
    pub activity: Timestamp,
    pub last_attached: Option<Timestamp>,
    pub job: Option<String>,
    #[serde(default)]
    pub own: Own,
    #[serde(default)]
    pub options: Overrides,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub windows: Vec<SavedWindow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedWindow {
    pub id: WindowId,
    pub index: u32,
    pub name: String,
    pub automatic: bool,
    pub layout: Layout,
    pub active: PaneId,
    pub recent: Vec<PaneId>,
    pub zoomed: bool,
    pub manual: bool,
    #[serde(default)]
    pub options: Overrides,
    /// Those that tile it.
    pub panes: Vec<SavedPane>,
    /// Those that float above them, the last on top.
    #[serde(default)]
    pub floats: Vec<SavedFloat>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedFloat {
    pub float: Float,
    pub pane: SavedPane,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedPane {
    pub id: PaneId,
    pub program: Program,
    pub ran: Option<Running>,
    pub ended: Option<(ExitStatus, Timestamp)>,
    pub size: Size,
    pub title: String,
    pub command: String,
    #[serde(default)]
    pub input_off: bool,
    #[serde(default)]
    pub options: Overrides,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedJobs {
    pub version: u32,
    pub jobs: Jobs,
    #[serde(default)]
    pub notices: Notices,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedServer {
    pub version: u32,
    pub next_session: u32,
    pub next_window: u32,
    pub next_pane: u32,
}

/// What commands have set, none where they have reset it, and what they have changed of the keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedOptions {
    pub version: u32,
    pub set: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub environment: SetVariables,
    #[serde(default)]
    pub hooks: Hooks,
    #[serde(default)]
    pub keys: Vec<KeyChange>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedBuffer {
    pub version: u32,
    pub id: u64,
    pub name: String,
    pub text: SavedText,
    pub created: Timestamp,
    pub automatic: bool,
}

/// Bytes, which are text nearly always.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SavedText {
    Text(String),
    Bytes(Vec<u8>),
}

impl Saved {
    /// Which version of mux's files it is of.
    pub fn version(&self) -> u32 {
        match self {
            Saved::Session(session) => session.version,
            Saved::Jobs(jobs) => jobs.version,
            Saved::Server(server) => server.version,
            Saved::Options(options) => options.version,
            Saved::Buffer(buffer) => buffer.version,
        }
    }
}

impl SavedJobs {
    /// The machine was started anew: what ran then does not any more.
    pub fn lose(&mut self) {
        self.jobs.lose();
    }
}

/// What the keeper holds for a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub pid: u32,
    pub started: Timestamp,
    /// The program has ended while no server was there.
    pub exit: Option<(ExitStatus, Timestamp)>,
}

/// A state brought back from files.
pub struct Restored {
    pub state: State,
    pub effects: Vec<Effect>,
    /// What could not be brought back, for the log.
    pub problems: Vec<String>,
}

impl State {
    /// The part as it is to be written; `None` when it is gone.
    pub fn save(&self, part: &Part) -> Option<Saved> {
        match part {
            Part::Session(id) => self.session(*id).map(|session| Saved::Session(self.save_session(session))),
            Part::SessionGone(_) | Part::BufferGone(_) => None,
            Part::Options => Some(Saved::Options(SavedOptions {
                version: VERSION,
                set: self.chosen.clone(),
                environment: self.environment.clone(),
                hooks: self.hooks.clone(),
                keys: self.key_changes.clone(),
            })),
            Part::Buffer(id) => self.buffers.of_id(*id).map(|buffer| Saved::Buffer(save_buffer(buffer))),
            Part::Jobs => Some(Saved::Jobs(SavedJobs {
                version: VERSION,
                jobs: self.jobs.clone(),
                notices: self.notices.clone(),
            })),
            Part::Server => Some(Saved::Server(SavedServer {
                version: VERSION,
                next_session: self.next.session,
                next_window: self.next.window,
                next_pane: self.next.pane,
            })),
        }
    }

    /// All parts there are.
    pub fn parts(&self) -> Vec<Part> {
        let sessions = self.sessions.keys().map(|&id| Part::Session(id));
        let buffers = self.buffers.iter().map(|buffer| Part::Buffer(buffer.id));
        sessions.chain(buffers).chain([Part::Jobs, Part::Server, Part::Options]).collect()
    }

    fn save_session(&self, session: &Session) -> SavedSession {
        SavedSession {
            version: VERSION,
            id: session.id,
            name: session.name.clone(),
            created: session.created,
            cwd: session.cwd.clone(),
            current: session.current,
            recent: session.recent.clone(),
            env: session.env.pairs(),
            agent: session.agent.clone(),
            size: session.size,
            activity: session.activity,
            last_attached: session.last_attached,
            job: session.job.clone(),
            own: session.own.clone(),
            options: session.local.set.clone(),
            group: session.group.clone(),
            windows: self.windows_of(session.id).into_iter().map(|(at, window)| self.save_window(at, window)).collect(),
        }
    }

    fn save_window(&self, index: u32, window: &Window) -> SavedWindow {
        SavedWindow {
            id: window.id,
            index,
            name: window.name.clone(),
            automatic: window.automatic,
            layout: window.layout.clone(),
            active: window.active,
            recent: window.recent.clone(),
            zoomed: window.zoomed,
            manual: window.manual,
            options: window.local.set.clone(),
            panes: window.layout.panes().into_iter().filter_map(|pane| self.pane(pane)).map(save_pane).collect(),
            floats: window.floats.iter().filter_map(|float| self.save_float(float)).collect(),
        }
    }

    fn save_float(&self, float: &Float) -> Option<SavedFloat> {
        Some(SavedFloat { float: float.clone(), pane: save_pane(self.pane(float.pane)?) })
    }

    /// Brings back what was saved. Panes that the keeper does not hold are gone, unless they had ended before
    /// and were kept to be looked at; what the keeper alone knows of, nobody can reach: it is closed.
    pub fn restore(
        options: Options,
        setup: Setup,
        saved: Vec<Saved>,
        held: &HashMap<PaneId, Held>,
        now: Timestamp,
    ) -> Restored {
        let mut state = State::new(options, setup);
        state.begin(now);
        let mut problems = Vec::new();
        for part in saved {
            match part {
                Saved::Session(session) if session.version <= VERSION => {
                    state.restore_session(session, held, now, &mut problems);
                }
                Saved::Jobs(jobs) if jobs.version <= VERSION => (state.jobs, state.notices) = (jobs.jobs, jobs.notices),
                Saved::Server(server) if server.version <= VERSION => state.restore_numbers(&server),
                Saved::Options(options) if options.version <= VERSION => state.restore_options(options, &mut problems),
                Saved::Buffer(buffer) if buffer.version <= VERSION => state.buffers.restore(restore_buffer(buffer)),
                _ => problems.push("a part was written by a newer mux and is left alone".into()),
            }
        }
        state.resolve_options();
        state.gather_groups();
        state.restore_next(held);
        state.drop_unstarted(held);
        state.lose_unheld(held, now);
        state.catch_up(held, &mut problems);
        let reason = if std::mem::take(&mut state.jobs.rebooted) { Reason::Reboot } else { Reason::Lost };
        state.resume_jobs(|pane| held.contains_key(&pane), reason, now);
        let effects = state.take_effects();
        Restored { state, effects, problems }
    }

    /// An option may have gone, or take other values, since.
    fn restore_options(&mut self, saved: SavedOptions, problems: &mut Vec<String>) {
        self.environment = saved.environment;
        self.hooks = saved.hooks;
        self.key_changes = saved.keys;
        for (name, value) in saved.set {
            if let Err(error) = self.apply_option(&name, value.as_deref()) {
                problems.push(format!("an option that was set: {error}"));
            }
        }
    }

    fn restore_numbers(&mut self, server: &SavedServer) {
        self.next = Next { session: server.next_session, window: server.next_window, pane: server.next_pane, turn: 0 };
    }

    fn restore_session(
        &mut self,
        mut saved: SavedSession,
        held: &HashMap<PaneId, Held>,
        now: Timestamp,
        problems: &mut Vec<String>,
    ) {
        let (id, name) = (saved.id, saved.name.clone());
        if self.sessions.contains_key(&id) || self.session_named(&name).is_some() {
            problems.push(format!("session {name} was saved twice; one is left out"));
            return;
        }
        let mut windows = Vec::new();
        for window in std::mem::take(&mut saved.windows) {
            let index = window.index;
            match self.link_again(&window, id).or_else(|| self.restore_window(window, id, held, now)) {
                Some(window) => windows.push((index, window)),
                None => problems.push(format!("window {index} of session {name} is not whole; it is left out")),
            }
        }
        let agent = saved.agent.clone();
        let Some(session) = saved.into_session(windows) else {
            problems.push(format!("session {name} has no window left"));
            return;
        };
        self.add_session(session);
        if let Some(agent) = agent {
            self.push(Effect::AgentLink { session: id, target: Some(agent) });
        }
    }

    /// Another session that was read before holds the window too.
    fn link_again(&mut self, saved: &SavedWindow, session: SessionId) -> Option<WindowId> {
        let window = self.windows.get_mut(&saved.id)?;
        let same = window.layout.panes().iter().any(|pane| saved.panes.iter().any(|saved| saved.id == *pane));
        same.then(|| window.also.push(session))?;
        Some(saved.id)
    }

    /// The sessions of a group have the same windows; where what was written of them differs, the first one's.
    fn gather_groups(&mut self) {
        let first = |group: &String| self.grouped(group).first().copied();
        let groups: BTreeSet<&String> = self.sessions.values().filter_map(|session| session.group.as_ref()).collect();
        let firsts: Vec<SessionId> = groups.into_iter().filter_map(first).collect();
        firsts.into_iter().for_each(|session| self.relink(session));
    }

    /// `None` when the window's parts contradict each other.
    fn restore_window(
        &mut self,
        saved: SavedWindow,
        session: SessionId,
        held: &HashMap<PaneId, Held>,
        now: Timestamp,
    ) -> Option<WindowId> {
        let id = saved.id;
        let listed: Vec<PaneId> = saved.all_panes().map(|pane| pane.id).collect();
        let fresh = !self.windows.contains_key(&id) && !listed.iter().any(|pane| self.panes.contains_key(pane));
        if !saved.is_whole() || !fresh {
            return None;
        }
        let active = Some(saved.active).filter(|active| listed.contains(active)).or_else(|| listed.first().copied())?;
        let mut window = Window::new(id, session, active, saved.layout.size(), now);
        window.titles = self.options.pane_border_status;
        window.name = saved.name;
        window.automatic = saved.automatic;
        window.layout = saved.layout;
        window.recent = saved.recent.into_iter().filter(|pane| listed.contains(pane) && *pane != active).collect();
        window.zoomed = saved.zoomed && saved.panes.len() > 1;
        window.manual = saved.manual;
        window.local = Local::of(saved.options);
        let (floats, floating): (Vec<Float>, Vec<SavedPane>) =
            saved.floats.into_iter().map(|saved| (saved.float, saved.pane)).unzip();
        window.floats = floats;
        self.windows.insert(id, Box::new(window));
        for pane in saved.panes.into_iter().chain(floating) {
            self.panes.insert(pane.id, Box::new(restore_pane(pane, id, held)));
        }
        Some(id)
    }

    /// Numbers are never given twice, whatever was not written in time.
    fn restore_next(&mut self, held: &HashMap<PaneId, Held>) {
        let over = |next: u32, known: Option<u32>| known.map_or(next, |known| next.max(known.saturating_add(1)));
        self.next.session = over(self.next.session, self.sessions.keys().map(|id| id.0).max());
        self.next.window = over(self.next.window, self.windows.keys().map(|id| id.0).max());
        self.next.pane = over(self.next.pane, self.panes.keys().chain(held.keys()).map(|id| id.0).max());
    }

    /// Programs that were running and that the keeper does not hold have been lost with it.
    fn lose_unheld(&mut self, held: &HashMap<PaneId, Held>, now: Timestamp) {
        // A job that was run once, was written down, and whose program was not started, has not been.
        self.jobs.jobs.retain(|job| job.has_begun() || job.pane.is_none_or(|pane| held.contains_key(&pane)));
        let lost: Vec<PaneId> = self
            .panes
            .values()
            .filter(|pane| pane.dead().is_none() && !held.contains_key(&pane.id))
            .map(|pane| pane.id)
            .collect();
        lost.into_iter().for_each(|pane| self.exited(pane, ExitStatus::Unknown, now));
    }

    /// What happened to held programs while no server was there.
    fn catch_up(&mut self, held: &HashMap<PaneId, Held>, problems: &mut Vec<String>) {
        let mut held: Vec<(&PaneId, &Held)> = held.iter().collect();
        held.sort_by_key(|(id, _)| **id);
        for (&id, held) in held {
            // It may have been started after the last word was written.
            self.job_found(id, held.pid, held.started);
            match (self.panes.contains_key(&id), held.exit) {
                (true, Some((status, at))) => self.exited(id, status, at),
                (true, None) => {}
                (false, exit) => {
                    // Its session has been removed, and perhaps its end has not been written.
                    if let Some((status, at)) = exit {
                        self.job_ended(id, status, at);
                    }
                    problems.push(format!("pane {id} belongs to no session any more; its program is ended"));
                    self.push(Effect::Close { pane: id });
                }
            }
        }
    }
}

impl SavedWindow {
    /// Those that tile it, then those that float.
    pub fn all_panes(&self) -> impl Iterator<Item = &SavedPane> {
        self.panes.iter().chain(self.floats.iter().map(|saved| &saved.pane))
    }

    /// Its panes are those of its layout, and those that float; none is there twice.
    pub(super) fn is_whole(&self) -> bool {
        let mut listed: Vec<PaneId> = self.panes.iter().map(|pane| pane.id).collect();
        let mut laid = self.layout.panes();
        listed.sort();
        laid.sort();
        let floats =
            self.floats.iter().all(|saved| saved.float.pane == saved.pane.id && !laid.contains(&saved.pane.id));
        !listed.is_empty() && listed == laid && floats
    }
}

impl SavedSession {
    /// With the windows that could be brought back; `None` where there are none.
    fn into_session(self, windows: Vec<(u32, WindowId)>) -> Option<Session> {
        let &(_, first) = windows.first()?;
        let known = |window: &WindowId| windows.iter().any(|(_, known)| known == window);
        let current = Some(self.current).filter(known).unwrap_or(first);
        let recent = self.recent.into_iter().filter(|window| known(window) && *window != current).collect();
        Some(Session {
            id: self.id,
            name: self.name,
            created: self.created,
            cwd: self.cwd,
            windows: windows.into_iter().collect(),
            current,
            recent,
            alerts: BTreeMap::new(),
            group: self.group,
            env: self.env.into_iter().collect(),
            agent: self.agent,
            size: self.size,
            activity: self.activity,
            last_attached: self.last_attached,
            job: self.job,
            own: self.own,
            local: Local::of(self.options),
        })
    }
}

fn save_pane(pane: &Pane) -> SavedPane {
    SavedPane {
        id: pane.id,
        program: pane.program.clone(),
        ran: pane.ran().cloned(),
        ended: pane.dead(),
        size: pane.size,
        title: pane.title.clone(),
        command: pane.command.clone(),
        input_off: pane.input_off,
        options: pane.local.set.clone(),
    }
}

fn save_buffer(buffer: &Buffer) -> SavedBuffer {
    let text = String::from_utf8(buffer.text.clone())
        .map_or_else(|error| SavedText::Bytes(error.into_bytes()), SavedText::Text);
    SavedBuffer {
        version: VERSION,
        id: buffer.id,
        name: buffer.name.clone(),
        text,
        created: buffer.created,
        automatic: buffer.automatic,
    }
}

fn restore_buffer(saved: SavedBuffer) -> Buffer {
    let text = match saved.text {
        SavedText::Text(text) => text.into_bytes(),
        SavedText::Bytes(bytes) => bytes,
    };
    Buffer { id: saved.id, name: saved.name, text, created: saved.created, automatic: saved.automatic }
}

/// Whether a program that was being started has come to run, the keeper knows.
fn restore_pane(saved: SavedPane, window: WindowId, held: &HashMap<PaneId, Held>) -> Pane {
    let mut pane = Pane::new(saved.id, window, saved.program, saved.size);
    pane.title = saved.title;
    pane.command = saved.command;
    pane.input_off = saved.input_off;
    pane.local = Local::of(saved.options);
    let held = held.get(&saved.id).map(|held| Running { pid: held.pid, tty: PathBuf::new(), started: held.started });
    pane.life = match (saved.ended, saved.ran.or(held)) {
        (Some((status, at)), ran) => Life::Ended { ran, status, at },
        (None, Some(ran)) => Life::Running(ran),
        (None, None) => Life::Starting,
    };
    pane
}
