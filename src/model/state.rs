//! The root of all facts, how it is looked at, and how what has changed is gathered.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::base::{ClientId, Error, KeyChange, PaneId, RequestId, Result, SessionId, Timestamp, WindowId, limits};
use crate::config::{self, Options};
use crate::job::Watch;

use super::buffer::Buffers;
use super::channel::Channels;
use super::client::{Client, Waiter};
use super::close::Closing;
use super::down::{Attending, GoingDown};
use super::event_hooks::Hooks;
use super::job::Jobs;
use super::messages::Messages;
use super::notice::Notices;
use super::pane::{Life, Pane};
use super::run::Beginning;
use super::session::{Session, SetVariables};
use super::start::Start;
use super::supervise::Reason;
use super::window::Window;
use super::{Effect, Event, Origin, Part};

/// What does not change while a server lives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setup {
    pub socket: PathBuf,
    pub server_pid: u32,
    /// Holds the sessions' stable SSH agent links, `agent-N`.
    pub agent_dir: PathBuf,
    pub host: String,
    /// The user's shell.
    pub shell: PathBuf,
    pub home: PathBuf,
    /// Holds the logs of jobs.
    pub log_dir: PathBuf,
    pub version: String,
    /// What the server itself was started with.
    pub env: Vec<(OsString, OsString)>,
}

/// Sessions, windows, panes, clients, jobs.
///
/// ```text
/// Session ─ windows by index ─► Window ─ layout ─► Pane ─► Program, Life
///    ▲                            └ session           └ window
/// Client ─ session          Job ─ pane, session    ExitRecord: stays when all else is gone
/// ```
/// What is large is boxed: a map that grows at its end leaves its nodes half empty.
pub struct State {
    pub(super) setup: Setup,
    pub(super) options: Options,
    /// What of them commands have set, or reset where there is no value: it counts more than the configuration.
    pub(super) chosen: BTreeMap<String, Option<String>>,
    /// What commands have changed of the keys, in order.
    pub(super) key_changes: Vec<KeyChange>,
    pub(super) sessions: BTreeMap<SessionId, Box<Session>>,
    pub(super) windows: BTreeMap<WindowId, Box<Window>>,
    pub(super) panes: BTreeMap<PaneId, Box<Pane>>,
    pub(super) clients: BTreeMap<ClientId, Client>,
    /// Whose place each session holds: see [`super::place`].
    pub(super) holders: BTreeMap<SessionId, ClientId>,
    pub(super) jobs: Jobs,
    pub(super) notices: Notices,
    /// How many jobs of a group run at a time; 0 for all.
    pub(super) groups: BTreeMap<String, u32>,
    /// Jobs whose set was found empty before their first process was told to have ended.
    pub(super) early_gone: BTreeSet<String>,
    /// What is watched, by the jobs that want it.
    pub(super) watched: BTreeMap<String, Watch>,
    /// Programs that have ended for want of memory, while their end is on its way.
    pub(super) starved: BTreeMap<PaneId, Reason>,
    /// Some job may be able to start now.
    pub(super) admission_due: bool,
    /// What whoever starts a job at this moment has given for its session.
    pub(super) beginnings: BTreeMap<String, Beginning>,
    pub(super) buffers: Buffers,
    pub(super) messages: Messages,
    pub(super) channels: Channels,
    /// What `set-environment -g` has set: it counts more than what sessions were begun with.
    pub(super) environment: SetVariables,
    pub(super) hooks: Hooks,
    /// A hook's command runs.
    pub(super) hooks_quiet: bool,
    /// Where commands that take a pane from somewhere take it from (`select-pane -m`).
    pub(super) marked: Option<PaneId>,
    /// Requests that are answered when the keeper has started a pane.
    pub(super) starts: BTreeMap<PaneId, Start>,
    /// Panes that are gone, while their programs are being ended.
    pub(super) closing: BTreeMap<PaneId, Closing>,
    pub(super) waiters: Vec<Waiter>,
    pub(super) attending: Vec<Attending>,
    pub(super) going_down: GoingDown,
    /// Clients without a terminal that are sent a job's output.
    pub(super) streams: BTreeMap<PaneId, RequestId>,
    /// What waits to be brought back, in one sentence.
    pub(super) offer: Option<String>,
    pub(super) next: Next,
    /// The time of the event or command that is being handled.
    pub(super) now: Timestamp,
    pub(super) out: Vec<Effect>,
    pub(super) dirty: Dirty,
}

/// Numbers that are never given twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Next {
    pub(super) session: u32,
    pub(super) window: u32,
    pub(super) pane: u32,
    pub(super) turn: u64,
}

/// What has changed since effects were last taken.
#[derive(Default)]
pub struct Dirty {
    sessions: BTreeSet<SessionId>,
    everything: bool,
    parts: BTreeSet<Part>,
}

impl State {
    pub fn new(options: Options, setup: Setup) -> Self {
        Self {
            setup,
            options,
            chosen: BTreeMap::new(),
            key_changes: Vec::new(),
            sessions: BTreeMap::new(),
            windows: BTreeMap::new(),
            panes: BTreeMap::new(),
            clients: BTreeMap::new(),
            holders: BTreeMap::new(),
            jobs: Jobs::default(),
            notices: Notices::default(),
            groups: BTreeMap::new(),
            early_gone: BTreeSet::new(),
            watched: BTreeMap::new(),
            starved: BTreeMap::new(),
            admission_due: false,
            beginnings: BTreeMap::new(),
            attending: Vec::new(),
            going_down: GoingDown::new(),
            buffers: Buffers::default(),
            messages: Messages::default(),
            channels: Channels::default(),
            environment: SetVariables::new(),
            hooks: Hooks::new(),
            hooks_quiet: false,
            marked: None,
            starts: BTreeMap::new(),
            closing: BTreeMap::new(),
            waiters: Vec::new(),
            streams: BTreeMap::new(),
            offer: None,
            next: Next::default(),
            now: Timestamp::default(),
            out: Vec::new(),
            dirty: Dirty::default(),
        }
    }

    /// Takes in what has happened; returns what is to be done about it, in order.
    pub fn apply(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.begin(now);
        self.on(event, now);
        self.take_effects()
    }

    /// The effects of what was done since the last time, with refreshes and saves at their end.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        self.go_down(self.now);
        if self.admission_due {
            self.admit_jobs(self.now);
        }
        self.answer_waiters();
        self.answer_attending();
        let shared = |id: &SessionId| self.neighbours(*id).len() > 1;
        let crowded = |id: &SessionId| self.clients_of(*id).len() > 1 || shared(id);
        let crowded: Vec<SessionId> = self.dirty.sessions.iter().copied().filter(crowded).collect();
        // Who shows which window may have changed, and with that whose size it has.
        crowded.into_iter().for_each(|session| self.fit_session(session));
        let dirty = std::mem::take(&mut self.dirty);
        let stale = self.clients.values().filter(|client| dirty.everything || dirty.sessions.contains(&client.session));
        self.out.extend(stale.map(|client| Effect::Refresh { client: client.id }));
        self.out.extend(dirty.parts.into_iter().map(Effect::Save));
        std::mem::take(&mut self.out)
    }

    /// A command is handled now. The client that it was typed in is in use, and its place is the session's.
    pub fn begin_for(&mut self, origin: &Origin) {
        self.begin(origin.now);
        let client = self.origin_client(origin).and_then(|client| self.client(client));
        if let Some(client) = client.filter(|client| !client.flags.read_only).map(|client| client.id)
            && self.active_client(client, origin.now)
        {
            self.take_over(client);
        }
    }

    /// An event or a command is handled now.
    pub fn begin(&mut self, now: Timestamp) {
        self.now = now;
    }

    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The configuration has changed. What of it is another now counts more than what commands have set before; the
    /// rest of what they have set stays.
    pub fn reconfigure(&mut self, before: &Options, after: &Options) {
        self.chosen.retain(|name, _| before.get(name) == after.get(name));
        self.options = after.clone();
        for (name, value) in self.chosen.clone() {
            // It has been set before, and it could be.
            let _ = match value {
                Some(value) => self.options.set(&name, &value),
                None => self.options.reset(&name),
            };
        }
        self.save_part(Part::Options);
        self.options_changed();
        self.push(Effect::OptionsChanged);
    }

    /// Sets one option, or resets it where no value is given.
    pub fn set_option(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        self.apply_option(name, value)?;
        self.save_part(Part::Options);
        self.options_changed();
        self.push(Effect::OptionsChanged);
        Ok(())
    }

    /// The same without anybody being told.
    pub(super) fn apply_option(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        let name = config::find(name)?.name;
        match value {
            Some(value) => self.options.set(name, value)?,
            None => self.options.reset(name)?,
        }
        self.chosen.insert(name.to_owned(), value.map(str::to_owned));
        Ok(())
    }

    pub(super) fn options_changed(&mut self) {
        self.resolve_options();
        self.dirty.everything = true;
        self.gather_clients();
        let sessions: Vec<SessionId> = self.sessions.keys().copied().collect();
        sessions.into_iter().for_each(|session| self.fit_session(session));
    }

    /// The pane whose terminal this is: tells whether a command was typed in one of our own panes.
    pub fn pane_of_tty(&self, tty: &Path) -> Option<PaneId> {
        let runs_on = |pane: &&Pane| pane.is_running() && pane.ran().is_some_and(|ran| ran.tty == tty);
        self.panes.values().map(Box::as_ref).find(runs_on).map(|pane| pane.id)
    }

    /// Puts text into a paste buffer, a new one where no name is given.
    pub fn set_buffer(&mut self, name: Option<&str>, text: Vec<u8>, now: Timestamp) {
        let (id, gone) = self.buffers.set(name, text, now);
        gone.into_iter().for_each(|id| self.save_part(Part::BufferGone(id)));
        self.save_part(Part::Buffer(id));
    }

    pub fn delete_buffer(&mut self, name: &str) {
        if let Some(id) = self.buffers.remove(name) {
            self.save_part(Part::BufferGone(id));
        }
    }

    pub fn buffers(&self) -> &Buffers {
        &self.buffers
    }

    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// All notices have been looked at.
    pub fn notices_seen(&mut self) {
        if self.notices.unseen() > 0 {
            self.notices.mark_seen();
            self.save_part(Part::Jobs);
            self.redraw_all();
        }
    }

    /// A user looks at this session: what was told of its jobs is seen.
    pub(super) fn looked_at(&mut self, session: SessionId) {
        let attached = self.clients.values().any(|client| client.session == session);
        let here: Vec<String> =
            self.jobs.iter().filter(|job| job.session == Some(session)).map(|job| job.name.clone()).collect();
        if attached && self.notices.mark_seen_of(&here) {
            self.save_part(Part::Jobs);
            self.redraw_all();
        }
    }

    /// No session is left, and no job will start one by itself.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
            && self.watched.is_empty()
            && self.jobs.iter().all(|job| job.is_over() && job.life.deadline(&job.rules()).is_none())
    }

    /// The panes whose program runs or is being started.
    pub fn live_panes(&self) -> Vec<PaneId> {
        let ended = |pane: &Pane| matches!(pane.life, Life::Ended { .. });
        self.panes.values().filter(|pane| !ended(pane)).map(|pane| pane.id).collect()
    }

    pub fn all_panes(&self) -> impl Iterator<Item = PaneId> {
        self.panes.keys().copied()
    }

    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id).map(Box::as_ref)
    }

    pub fn window(&self, id: WindowId) -> Option<&Window> {
        self.windows.get(&id).map(Box::as_ref)
    }

    pub fn pane(&self, id: PaneId) -> Option<&Pane> {
        self.panes.get(&id).map(Box::as_ref)
    }

    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(&id)
    }

    pub fn sessions(&self) -> impl Iterator<Item = &Session> + Clone {
        self.sessions.values().map(Box::as_ref)
    }

    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.values()
    }

    pub fn session_named(&self, name: &str) -> Option<&Session> {
        self.sessions().find(|session| session.name == name)
    }

    /// The clients that show this session.
    pub fn clients_of(&self, session: SessionId) -> Vec<ClientId> {
        self.clients.values().filter(|client| client.session == session).map(|client| client.id).collect()
    }

    /// A session's windows in the order of their indexes.
    pub fn windows_of(&self, session: SessionId) -> Vec<(u32, &Window)> {
        let windows = self.session(session).map(|session| &session.windows);
        windows.into_iter().flatten().filter_map(|(&index, id)| Some((index, self.window(*id)?))).collect()
    }

    /// A session's panes, window by window.
    pub fn panes_of(&self, session: SessionId) -> Vec<PaneId> {
        self.windows_of(session).into_iter().flat_map(|(_, window)| window.panes()).collect()
    }

    /// The window and session that a pane is in.
    pub fn home_of(&self, pane: PaneId) -> Option<(SessionId, WindowId)> {
        let window = self.window(self.pane(pane)?.window)?;
        Some((window.session, window.id))
    }

    /// The pane that a session shows first: the active one of its current window.
    pub fn active_of(&self, session: SessionId) -> Option<PaneId> {
        Some(self.window(self.session(session)?.current)?.active)
    }

    // ---- for the other files of the model -----------------------------------------------------------------

    /// Asks for something to be done.
    pub fn push(&mut self, effect: Effect) {
        if let Effect::Message { client, text, .. } | Effect::Notice { client, text, .. } = &effect {
            self.note_message(*client, &text.clone());
        }
        self.out.push(effect);
    }

    /// What clients of this session show has changed, and what is written of it.
    pub(super) fn touch(&mut self, session: SessionId) {
        self.dirty.sessions.insert(session);
        self.dirty.parts.insert(Part::Session(session));
    }

    /// Only what is shown has changed.
    pub(super) fn redraw(&mut self, session: SessionId) {
        self.dirty.sessions.insert(session);
    }

    /// What every client shows may have changed.
    pub(super) fn redraw_all(&mut self) {
        self.dirty.everything = true;
    }

    pub(super) fn save_part(&mut self, part: Part) {
        match part {
            Part::SessionGone(session) => drop(self.dirty.parts.remove(&Part::Session(session))),
            Part::BufferGone(buffer) => drop(self.dirty.parts.remove(&Part::Buffer(buffer))),
            _ => {}
        }
        self.dirty.parts.insert(part);
    }

    pub(super) fn turn(&mut self) -> u64 {
        self.next.turn += 1;
        self.next.turn
    }

    pub(super) fn new_pane_id(&mut self) -> Result<PaneId> {
        if self.panes.len() >= limits::MAX_PANES {
            return Err(Error::refused(format!("too many panes: {}", limits::MAX_PANES)).hint("close some first"));
        }
        let id = PaneId(self.next.pane);
        self.next.pane += 1;
        self.dirty.parts.insert(Part::Server);
        Ok(id)
    }

    pub(super) fn new_window_id(&mut self) -> WindowId {
        let id = WindowId(self.next.window);
        self.next.window += 1;
        self.dirty.parts.insert(Part::Server);
        id
    }

    pub(super) fn new_session_id(&mut self) -> SessionId {
        let id = SessionId(self.next.session);
        self.next.session += 1;
        self.dirty.parts.insert(Part::Server);
        id
    }
}
