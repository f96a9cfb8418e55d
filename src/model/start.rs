//! How programs come to run: sessions, windows and panes are built, the keeper is asked, and its answer finishes
//! the request or takes everything back.

use std::path::{Path, PathBuf};

use crate::base::{ClientId, Error, PaneId, RequestId, Result, SessionId, Size, Timestamp, WindowId, limits};
use crate::config::Options;
use crate::layout::{Layout, Split};

use super::client::{Awaited, Waiter};
use super::job::Job;
use super::pane::{Life, Pane, Program, Running};
use super::scopes::Local;
use super::session::{Own, Session};
use super::window::Window;
use super::{Attachment, ClientFlags, Context, Effect, Reply, SpawnSpec, State, environment, names};

/// A request that waits for the keeper's answer about a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    pub(super) request: Option<RequestId>,
    pub(super) then: Then,
    pub(super) undo: Undo,
}

/// What becomes of the request once the program runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// It is answered with this template, expanded for the pane.
    Print(String),
    /// It becomes a user's terminal.
    Attach { context: Box<Context>, flags: ClientFlags },
    /// As `Attach`; and it leaves with the program's status.
    Foreground { context: Box<Context> },
    /// It is sent the program's output.
    Stream,
    /// It is answered with the program's status, when that has ended.
    Await,
    /// The attached client shows the new session.
    Switch,
}

/// What is taken back when the program cannot be started.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Undo {
    /// The pane, and with it the window and the session that were made for it.
    Pane { layout: Option<Layout> },
    /// Nothing: it had ended before and stays so.
    Respawn(Life),
}

/// A session to be made.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// A free number where none is given.
    pub name: Option<String>,
    pub window_name: Option<String>,
    pub program: Program,
    pub size: Option<Size>,
    /// The first one of a group to come.
    pub group: Option<String>,
}

/// A window to be made.
#[derive(Clone, Debug)]
pub struct NewWindow {
    pub session: SessionId,
    /// The first free index where none is given.
    pub index: Option<u32>,
    /// Right behind this one; the following ones move up.
    pub after: Option<WindowId>,
    /// Right before that one instead.
    pub before: bool,
    /// The window that has the index is closed.
    pub replace: bool,
    pub name: Option<String>,
    pub program: Program,
    /// The current window stays what it is.
    pub background: bool,
}

impl NewWindow {
    /// One at the first free index, which becomes the current one.
    pub fn of(session: SessionId, program: Program) -> Self {
        Self {
            session,
            index: None,
            after: None,
            before: false,
            replace: false,
            name: None,
            program,
            background: false,
        }
    }
}

impl State {
    /// Makes a session with one window and one pane, and has its program started.
    pub fn new_session(&mut self, new: NewSession, context: &Context, now: Timestamp) -> Result<PaneId> {
        if let Some(name) = &new.name {
            self.check_free(name)?;
        }
        let pane = self.new_pane_id()?;
        let id = self.new_session_id();
        let window = self.new_window_id();
        let usual = || match &new.group {
            Some(group) => self.free_member_name(group, id),
            None => self.free_name(id),
        };
        let name = new.name.clone().unwrap_or_else(usual);
        let base = self.options.base_index;
        let size = new.size.unwrap_or(self.options.default_size);
        let session = Session {
            id,
            name,
            created: now,
            cwd: new.program.cwd.clone(),
            windows: [(base, window)].into(),
            current: window,
            recent: Vec::new(),
            alerts: Default::default(),
            group: new.group,
            env: environment::filtered(context),
            agent: None,
            size,
            activity: now,
            last_attached: None,
            job: new.program.job.clone(),
            own: Own::default(),
            local: Local::default(),
        };
        self.add_session(session);
        self.point_agent(id, context);
        self.add_window(window, id, pane, new.window_name, new.program, now);
        self.fire_at("session-created", pane);
        Ok(pane)
    }

    /// It shares what it can with the session before it.
    pub(super) fn add_session(&mut self, mut session: Session) {
        if let Some(last) = self.sessions.values().next_back() {
            session.env.share(&last.env);
        }
        self.sessions.insert(session.id, Box::new(session));
    }

    /// Makes a window with one pane, and has its program started.
    pub fn new_window(&mut self, new: NewWindow, now: Timestamp) -> Result<PaneId> {
        let session = self.session(new.session).ok_or_else(|| Error::not_found("can't find session"))?;
        let base = self.session_options(new.session).base_index;
        let behind = u32::from(!new.before);
        let after = new.after.and_then(|window| session.index_of(window)).map(|index| index.saturating_add(behind));
        let index = after.or(new.index).unwrap_or_else(|| session.free_index(base));
        let there = session.windows.get(&index).copied().filter(|_| after.is_none());
        if there.is_some() && !new.replace {
            return Err(Error::conflict(format!("index in use: {index}")).hint("-a puts it behind that window"));
        }
        let pane = self.new_pane_id()?;
        let window = self.new_window_id();
        if let Some(session) = self.sessions.get_mut(&new.session) {
            match there {
                Some(there) => set_aside(session, there, index),
                None => make_room(session, index),
            }
            session.windows.insert(index, window);
            if !new.background || there == Some(session.current) {
                session.select(window);
            }
        }
        self.add_window(window, new.session, pane, new.name, new.program, now);
        there.into_iter().for_each(|there| self.unlink(new.session, there));
        Ok(pane)
    }

    fn add_window(
        &mut self,
        id: WindowId,
        session: SessionId,
        pane: PaneId,
        name: Option<String>,
        program: Program,
        now: Timestamp,
    ) {
        let size = self.session(session).map_or(self.options.default_size, |session| session.size);
        let mut window = Window::new(id, session, pane, size, now);
        window.titles = self.options.pane_border_status;
        window.automatic = name.is_none() && self.options.automatic_rename;
        window.name = name.unwrap_or_else(|| self.program_name(&program));
        let size = window.pane_size(pane).unwrap_or(size);
        self.windows.insert(id, Box::new(window));
        self.panes.insert(pane, Box::new(Pane::new(pane, id, program, size)));
        self.spawn(pane, Undo::Pane { layout: None });
        self.relink(session);
        self.fire_at("window-linked", pane);
    }

    /// Splits a pane's room, and has a program started in the new part.
    pub fn split(&mut self, target: PaneId, how: Split, background: bool, program: Program) -> Result<PaneId> {
        let window = self.pane(target).map(|pane| pane.window).ok_or_else(|| Error::not_found("can't find pane"))?;
        let pane = self.new_pane_id()?;
        let Some(home) = self.windows.get_mut(&window) else { return Err(Error::not_found("can't find window")) };
        if home.float(target).is_some() {
            return Err(Error::refused(format!("pane {target} floats and cannot be split"))
                .hint("`mux new-pane` opens another floating one, `mux float-pane` makes it tile its window"));
        }
        let before = home.layout.clone();
        home.zoomed = false;
        home.layout
            .split(target, pane, how)
            .map_err(|_| Error::refused("no space for a new pane").hint("close one, or `resize-window` first"))?;
        if !background {
            home.activate(pane);
        }
        let size = home.pane_size(pane).unwrap_or(limits::MIN_PANE);
        self.panes.insert(pane, Box::new(Pane::new(pane, window, program, size)));
        self.spawn(pane, Undo::Pane { layout: Some(before) });
        self.fit_window(window);
        self.touch_window(window);
        Ok(pane)
    }

    /// Starts a pane's program again, or another one in its place. One that still runs is ended first where
    /// `kill` is set.
    pub fn respawn(&mut self, id: PaneId, program: Option<Program>, kill: bool) -> Result<()> {
        if program.is_some() {
            self.job_leaves(id);
        } else if self.job_again(id, kill) {
            return Ok(());
        }
        self.run_again(id, program, kill)
    }

    /// The same, for who looks after the pane's job.
    pub(super) fn run_again(&mut self, id: PaneId, program: Option<Program>, kill: bool) -> Result<()> {
        let pane = self.panes.get_mut(&id).ok_or_else(|| Error::not_found(format!("can't find pane: {id}")))?;
        let program = program.unwrap_or_else(|| pane.program.clone());
        match pane.life.clone() {
            Life::Ended { .. } => {
                pane.program = program;
                let life = std::mem::replace(&mut pane.life, Life::Starting);
                self.spawn(id, Undo::Respawn(life));
            }
            _ if pane.respawn.is_some() => {
                return Err(Error::conflict(format!("pane {id} is being started again already")));
            }
            Life::Running(_) if kill => {
                pane.respawn = Some(program);
                let undo = Undo::Respawn(pane.life.clone());
                self.starts.insert(id, Start { request: None, then: Then::Print(String::new()), undo });
                self.push(Effect::Signal { pane: id, signal: 9, group: true });
            }
            _ => {
                return Err(Error::refused(format!("pane {id} is still active")).hint("-k ends its program first"));
            }
        }
        if let Some((_, window)) = self.home_of(id) {
            self.touch_window(window);
        }
        Ok(())
    }

    /// A program has ended that is to be started again.
    pub(super) fn respawn_now(&mut self, id: PaneId, program: Program) {
        let Some(pane) = self.panes.get_mut(&id) else { return };
        pane.program = program;
        let life = std::mem::replace(&mut pane.life, Life::Starting);
        let former = self.starts.remove(&id);
        self.spawn(id, Undo::Respawn(life));
        if let Some(former) = former {
            self.await_start(id, former.request, former.then);
        }
    }

    pub(super) fn spawn(&mut self, id: PaneId, undo: Undo) {
        let Some(spec) = self.spec(id) else { return };
        if let Some(pane) = self.panes.get_mut(&id) {
            pane.size = spec.size;
        }
        self.starts.insert(id, Start { request: None, then: Then::Print(String::new()), undo });
        self.push(Effect::Spawn { pane: id, spec: Box::new(spec) });
    }

    /// What the pane runs and in which room: to start it, or to take it up again.
    pub fn spec(&self, id: PaneId) -> Option<SpawnSpec> {
        let pane = self.pane(id)?;
        let size = self.window(pane.window)?.pane_size(id).unwrap_or(pane.size);
        let job = pane.program.job.as_deref().and_then(|name| self.jobs.get(name));
        Some(SpawnSpec {
            argv: self.argv(&pane.program, self.home_options(pane.window)),
            cwd: pane.program.cwd.clone(),
            env: self.pane_env(pane),
            size,
            nohup: pane.program.nohup,
            umask: pane.program.umask,
            log: self.log_target(&pane.program),
            step: job.map(|job| self.step_words(job)).unwrap_or_default(),
            env_files: job.map(|job| job.spec.env_files.clone()).unwrap_or_default(),
            history_limit: self.home_options(pane.window).history_limit,
        })
    }

    fn step_words(&self, job: &Job) -> Vec<String> {
        let mut words = job.spec.step_words(job.program.log.as_deref());
        if let Some(input) = self.beginnings.get(&job.name).and_then(|beginning| beginning.input.as_ref()) {
            words.splice(0..0, ["--stdin".to_owned(), input.display().to_string()]);
        }
        words
    }

    /// The options of a window's session.
    fn home_options(&self, window: WindowId) -> &Options {
        self.window(window).map_or(&self.options, |window| self.session_options(window.session))
    }

    /// What is really executed: several words as they are, one through the shell where it holds more than a name.
    fn argv(&self, program: &Program, options: &Options) -> Vec<String> {
        let shell = |line: &str| vec!["/bin/sh".to_owned(), "-c".to_owned(), line.to_owned()];
        match program.words.as_slice() {
            [] => match (options.default_command.as_str(), options.default_shell.as_str()) {
                ("", "") => Vec::new(),
                ("", other) => vec![other.to_owned(), "-l".to_owned()],
                (line, _) => shell(line),
            },
            [line] if !is_plain(line) => shell(line),
            words => words.to_vec(),
        }
    }

    /// What a process calls itself is the name of the shell that panes are given: `-sh` for a login shell.
    pub fn is_shell(&self, name: &str) -> bool {
        let file = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let own = file(Path::new(name.trim_start_matches('-')));
        let known = [self.setup.shell.as_path(), Path::new(&self.options.default_shell)];
        own.is_some() && known.into_iter().any(|shell| file(shell) == own)
    }

    /// The name of a window that has none of its own.
    pub(super) fn program_name(&self, program: &Program) -> String {
        let shell = || self.setup.shell.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = program.name().or_else(shell).unwrap_or_else(|| "shell".into());
        names::cut(&name, limits::MAX_NAME)
    }

    /// Says what becomes of the request once the pane's program runs.
    pub fn await_start(&mut self, pane: PaneId, request: Option<RequestId>, then: Then) {
        if let Some(start) = self.starts.get_mut(&pane) {
            start.request = request;
            start.then = then;
        }
    }

    /// The program whose output this client's connection is sent.
    pub fn streamed_to(&self, client: ClientId) -> Option<PaneId> {
        self.streams.iter().find(|(_, request)| request.client == client).map(|(pane, _)| *pane)
    }

    pub(super) fn started(&mut self, id: PaneId, running: Running, now: Timestamp) {
        let Some(pane) = self.panes.get_mut(&id) else { return };
        let (window, pid) = (pane.window, running.pid);
        pane.life = Life::Running(running);
        self.job_started(id, pid, now);
        self.fit_window(window);
        self.touch_window(window);
        if let Some(Start { request: Some(request), then, .. }) = self.starts.remove(&id) {
            self.answer_start(id, request, then, now);
        }
    }

    pub(super) fn answer_start(&mut self, pane: PaneId, request: RequestId, then: Then, now: Timestamp) {
        let Some((session, _)) = self.home_of(pane) else { return };
        match then {
            Then::Print(template) => {
                let out = self.expand_for_pane(&template, pane, now);
                self.push(Effect::Reply { request, reply: Reply::text(out) });
            }
            Then::Attach { context, flags } => {
                self.attach_as(request, session, &context, Attachment { flags, ..Attachment::default() }, now);
            }
            Then::Foreground { context } => {
                self.attach(request, session, &context, now);
                if let Some(client) = self.clients.get_mut(&request.client) {
                    client.foreground = Some(pane);
                }
            }
            Then::Stream => {
                self.streams.insert(pane, request);
                self.push(Effect::StreamPane { request, pane });
            }
            Then::Await => self.wait_for(Waiter::new(request, vec![Awaited::Pane(pane)])),
            Then::Switch => {
                self.switch(request.client, session, now);
                self.push(Effect::Reply { request, reply: Reply::default() });
            }
        }
    }

    pub(super) fn failed(&mut self, id: PaneId, message: &str, now: Timestamp) {
        self.closing.remove(&id);
        let Some(start) = self.starts.remove(&id) else { return };
        let Some(pane) = self.panes.get_mut(&id) else { return };
        let command = pane.program.line();
        let window = pane.window;
        match start.undo {
            Undo::Respawn(life) => pane.life = life,
            Undo::Pane { layout } => {
                self.remove_pane(id);
                self.restore_layout(window, layout);
            }
        }
        self.job_failed(id, message, now);
        let ended = self.pane(id).and_then(Pane::dead).filter(|_| !self.job_goes_on(id));
        if let Some((status, _)) = ended {
            self.end_stream(id, status);
        }
        let Some(request) = start.request else { return };
        let what = if command.is_empty() { self.setup.shell.display().to_string() } else { command };
        let error = Error::refused(format!("cannot start '{what}': {message}")).hint("nothing was created");
        self.push(Effect::Reply { request, reply: Reply::error(error) });
    }

    /// Puts a window's former arrangement back where nothing else has changed since.
    fn restore_layout(&mut self, window: WindowId, layout: Option<Layout>) {
        let (Some(window), Some(layout)) = (self.windows.get_mut(&window), layout) else { return };
        let mut before = layout.panes();
        let mut after = window.layout.panes();
        before.sort();
        after.sort();
        if before == after && layout.size() == window.layout.size() {
            window.layout = layout;
            let id = window.id;
            self.fit_window(id);
        }
    }

    /// Requests of a connection that has gone are not answered, nor made a terminal.
    pub(super) fn forget_requests(&mut self, client: ClientId) {
        for start in self.starts.values_mut() {
            if start.request.is_some_and(|request| request.client == client) {
                start.request = None;
            }
        }
        self.waiters.retain(|waiter| waiter.request.client != client);
        self.streams.retain(|_, request| request.client != client);
        self.leave_channels(client);
        self.stop_attending(client);
    }

    /// The name may be given to a new session.
    pub fn check_free(&self, name: &str) -> Result<()> {
        names::check("session", name)?;
        match self.session_named(name) {
            Some(_) => {
                Err(Error::conflict(format!("duplicate session: {name}"))
                    .hint(format!("`mux attach -t {name}` joins it")))
            }
            None => Ok(()),
        }
    }

    fn free_name(&self, id: SessionId) -> String {
        let mut names = (id.0..).map(|number| number.to_string());
        names.find(|name| self.session_named(name).is_none()).unwrap_or_default()
    }

    /// A directory as typed: from where the command was typed.
    pub fn directory(typed: Option<&str>, base: &Path) -> PathBuf {
        typed.map_or_else(|| base.to_path_buf(), |typed| base.join(typed))
    }
}

/// Moves the window at `index`, and those that follow it without a gap, one up.
pub(super) fn make_room(session: &mut Session, index: u32) {
    let mut moved = Vec::new();
    let mut at = index;
    while let Some(window) = session.windows.remove(&at) {
        at = at.saturating_add(1);
        moved.push((at, window));
    }
    session.windows.extend(moved);
}

/// Moves a window that is about to be closed out of the way of the one that takes its index: a session is never without a
/// window.
pub(super) fn set_aside(session: &mut Session, window: WindowId, index: u32) {
    let last = session.windows.keys().next_back().map_or(index, |&last| last.saturating_add(1));
    session.windows.remove(&index);
    session.windows.insert(last, window);
}

/// Nothing in it means anything to a shell, so that it can be executed as it is and a failure is noticed.
fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_./+@%:,-".contains(c))
}
