//! How panes, windows and sessions go, and what stays of them.

use crate::base::{ClientId, Error, ExitStatus, PaneId, SessionId, Timestamp, WindowId, limits};

use super::client::{Awaited, Waiter};
use super::job::{ExitRecord, Job};
use super::pane::{Life, Pane};
use super::start::Start;
use super::{Effect, Part, Reply, State};

/// What a shell says of a program that SIGHUP has ended.
const HUNG_UP: u8 = 128 + 1;

/// What timeout(1) ends with when the time is over.
const TIMED_OUT: u8 = 124;

/// What is said of an end that nobody knows.
const UNKNOWN: u8 = 255;

/// A pane that is gone while its program is being ended: what its record will say.
#[derive(Clone, Debug, PartialEq)]
pub struct Closing {
    pub(super) session: SessionId,
    pub(super) session_name: String,
    pub(super) window_name: String,
    pub(super) command: String,
}

impl Closing {
    fn record(self, pane: PaneId, status: ExitStatus, at: Timestamp) -> ExitRecord {
        let Closing { session, session_name, window_name, command } = self;
        ExitRecord { session: session_name, session_id: session, window: window_name, pane, command, status, at }
    }
}

impl State {
    /// Ends a pane's program and takes the pane away, with its window and session where it was the last.
    pub fn close_pane(&mut self, id: PaneId) {
        let Some(pane) = self.panes.get(&id) else { return };
        let ended = pane.dead().map(|(status, _)| status);
        if ended.is_none()
            && let Some(closing) = self.closing_of(pane)
        {
            self.closing.insert(id, closing);
            if self.closing.len() > limits::MAX_PANES {
                self.closing.pop_first();
            }
        }
        if let Some(Start { request: Some(request), .. }) = self.starts.remove(&id) {
            let error = Error::refused(format!("pane {id} was closed before its program ran"));
            self.push(Effect::Reply { request, reply: Reply::error(error) });
        }
        match ended {
            // As where what was to follow it could not be started.
            Some(status) => _ = self.end_stream(id, status),
            None => self.job_closed(id),
        }
        self.push(Effect::Close { pane: id });
        self.remove_pane(id);
    }

    pub fn close_window(&mut self, id: WindowId) {
        let panes = self.window(id).map(|window| window.panes()).unwrap_or_default();
        panes.into_iter().for_each(|pane| self.close_pane(pane));
    }

    /// Ends a session; windows that others hold too stay there.
    pub fn close_session(&mut self, id: SessionId) {
        let windows: Vec<WindowId> = self.windows_of(id).into_iter().map(|(_, window)| window.id).collect();
        let shared = |window: &WindowId| self.window(*window).is_some_and(|window| !window.also.is_empty());
        let own: Vec<WindowId> = windows.iter().copied().filter(|window| !shared(window)).collect();
        own.into_iter().for_each(|window| self.close_window(window));
        // What others hold too is theirs.
        if self.sessions.contains_key(&id) {
            self.remove_session(id);
        }
    }

    fn closing_of(&self, pane: &Pane) -> Option<Closing> {
        let window = self.window(pane.window)?;
        let session = self.session(window.session)?;
        Some(Closing {
            session: session.id,
            session_name: session.name.clone(),
            window_name: window.name.clone(),
            command: pane.program.line(),
        })
    }

    /// Takes a pane out of the state; what it leaves empty goes with it.
    pub(super) fn remove_pane(&mut self, id: PaneId) {
        let Some(pane) = self.panes.remove(&id) else { return };
        self.marked = self.marked.filter(|marked| *marked != id);
        self.starts.remove(&id);
        let Some(window) = self.windows.get_mut(&pane.window) else { return };
        if window.remove(id) {
            self.fit_window(pane.window);
            self.name_window(pane.window);
            self.touch_window(pane.window);
        } else {
            self.forget_window(pane.window);
        }
    }

    /// A window has lost its last pane: all its sessions lose it.
    pub(super) fn forget_window(&mut self, id: WindowId) {
        let Some(window) = self.windows.remove(&id) else { return };
        window.sessions().for_each(|session| self.remove_window(session, id));
    }

    /// Takes a window out of a session and its group. Where it was the only one there, they go.
    pub(super) fn remove_window(&mut self, id: SessionId, window: WindowId) {
        let options = self.session_options(id);
        let (renumber, base) = (options.renumber_windows, options.base_index);
        let group = self.group_of(id);
        let Some(session) = self.sessions.get_mut(&id).filter(|session| session.holds(window)) else { return };
        if session.windows.len() <= 1 {
            group.into_iter().for_each(|member| self.remove_session(member));
            return;
        }
        session.remove(window);
        if renumber {
            session.renumber(base);
        }
        self.relink(id);
        for member in group {
            self.seen(member);
            self.fire_of("window-unlinked", member, None);
        }
    }

    fn remove_session(&mut self, id: SessionId) {
        self.fire("session-closed", Some(id), None, None);
        let Some(session) = self.sessions.remove(&id) else { return };
        self.leave_windows(id);
        self.holders.remove(&id);
        if session.agent.is_some() {
            self.push(Effect::AgentLink { session: id, target: None });
        }
        self.save_part(Part::SessionGone(id));
        for client in self.clients.values_mut() {
            client.last_session = client.last_session.filter(|&last| last != id);
        }
        let detaches = session.local.options(&self.options).detach_on_destroy;
        let heir = if detaches { None } else { self.most_recent_session() };
        for client in self.clients_of(id) {
            match heir {
                Some(heir) => self.move_client(client, heir),
                None => {
                    // A job that was waited for here has been hung up, not ended well.
                    let waited = self.client(client).is_some_and(|client| client.foreground.is_some());
                    self.dismiss(client, if waited { HUNG_UP } else { 0 }, "[exited]");
                }
            }
        }
    }

    /// Gives a client's terminal back to its user.
    pub(super) fn dismiss(&mut self, client: ClientId, status: u8, text: &str) {
        self.let_go(client);
        if let Some(gone) = self.clients.remove(&client) {
            self.release_popups(gone.session);
            self.fire_of("client-detached", gone.session, None);
            self.push(Effect::Leave { client, status, text: text.to_owned() });
        }
    }

    /// A program has ended by itself or by our doing.
    pub(super) fn exited(&mut self, id: PaneId, status: ExitStatus, at: Timestamp) {
        self.save_part(Part::Jobs);
        if let Some(closing) = self.closing.remove(&id) {
            self.jobs.record(closing.record(id, status, at));
            self.end_stream(id, status);
            self.job_ended(id, status, at);
            return;
        }
        let Some(pane) = self.panes.get_mut(&id) else { return };
        if pane.dead().is_some() {
            return;
        }
        pane.life = Life::Ended { ran: pane.ran().cloned(), status, at };
        let respawn = pane.respawn.take();
        if let Some(closing) = self.panes.get(&id).and_then(|pane| self.closing_of(pane)) {
            self.jobs.record(closing.record(id, status, at));
        }
        match respawn {
            Some(program) => self.respawn_now(id, program),
            None => {
                self.job_ended(id, status, at);
                self.settle(id, status);
            }
        }
    }

    /// The client waits for the program in front of it, and leaves with its status: at once where that has ended.
    pub fn wait_in_foreground(&mut self, id: ClientId) {
        let Some(pane) = self.pane_of_client(id) else { return };
        if let Some(client) = self.clients.get_mut(&id) {
            client.foreground = Some(pane);
        }
        if let Some((status, _)) = self.pane(pane).and_then(Pane::dead) {
            self.settle(pane, status);
        }
    }

    /// What becomes of a pane whose program has ended.
    fn settle(&mut self, id: PaneId, status: ExitStatus) {
        let Some((_, window)) = self.home_of(id) else { return };
        if self.job_goes_on(id) {
            self.touch_window(window);
            return;
        }
        let waiting: Vec<ClientId> =
            self.clients.values().filter(|client| client.foreground == Some(id)).map(|client| client.id).collect();
        let streamed = self.end_stream(id, status);
        let told = !waiting.is_empty() || streamed;
        for client in waiting {
            self.dismiss(client, status.shell_code(), "");
        }
        let is_job = self.pane(id).is_some_and(|pane| pane.program.job.is_some());
        let stays = self.popup_stays(id, status);
        if stays.unwrap_or((is_job && !told) || self.pane_options(id).remain_on_exit) {
            self.touch_window(window);
            self.fire_at("pane-died", id);
        } else {
            self.fire_at("pane-exited", id);
            self.close_pane(id);
        }
    }

    /// Answers who is sent the pane's output; false where nobody is.
    pub(super) fn end_stream(&mut self, id: PaneId, status: ExitStatus) -> bool {
        let Some(request) = self.streams.remove(&id) else { return false };
        self.push(Effect::Reply { request, reply: Reply::status(status.shell_code()) });
        true
    }

    // ---- who waits ------------------------------------------------------------------------------------------

    /// Answers the request when all of these have ended, at once where they have.
    pub fn wait_for(&mut self, waiter: Waiter) {
        self.waiters.push(waiter);
    }

    pub(super) fn answer_waiters(&mut self) {
        let mut waiters = std::mem::take(&mut self.waiters);
        for waiter in &mut waiters {
            for awaited in &mut waiter.awaited {
                let now = self.progress(awaited);
                if let (Awaited::Settled(job) | Awaited::Comes(job, _), Awaited::Ended(1..)) = (&*awaited, &now) {
                    waiter.bad.push(job.clone());
                }
                *awaited = now;
            }
        }
        for waiter in waiters {
            match self.reply_to(&waiter) {
                Some(reply) => self.push(Effect::Reply { request: waiter.request, reply }),
                None => self.waiters.push(waiter),
            }
        }
    }

    fn reply_to(&self, waiter: &Waiter) -> Option<Reply> {
        match (waiter.status(), waiter.tells) {
            (Some(_), Some(json)) => {
                let told: Vec<_> = waiter.names.iter().map(|name| self.told(name)).collect();
                Some(self.answer(&told, json))
            }
            (Some(status), None) => Some(
                self.outcome(&waiter.bad).filter(|_| status != 0).map_or_else(|| Reply::status(status), Reply::error),
            ),
            (None, _) if waiter.until.is_some_and(|until| until <= self.now) => Some(self.timed_out(waiter)),
            (None, _) => None,
        }
    }

    /// The status is timeout(1)'s.
    fn timed_out(&self, waiter: &Waiter) -> Reply {
        let stands = |name: &&str| match self.jobs.get(name) {
            Some(job) => format!("job {name} is {}", job.state()),
            None => format!("session {name} goes on"),
        };
        let open: Vec<String> = waiter.open().iter().map(stands).collect();
        let error = Error::first_of(&open).map(|open| Error::refused(format!("timed out: {open}")));
        Reply { status: TIMED_OUT, error, ..Reply::default() }
    }

    fn progress(&self, awaited: &Awaited) -> Awaited {
        let ended = match awaited {
            Awaited::Ended(_) => None,
            Awaited::Settled(name) => self.settled(name),
            Awaited::Comes(name, aim) => self.comes(name, *aim),
            Awaited::Job(name) => self.jobs.get(name).map_or(Some(UNKNOWN), Job::outcome),
            Awaited::Pane(pane) => self.pane_end(*pane).map(ExitStatus::shell_code),
            Awaited::Session(session) => self.session_end(*session).map(ExitStatus::shell_code),
        };
        ended.map_or_else(|| awaited.clone(), Awaited::Ended)
    }

    fn pane_end(&self, id: PaneId) -> Option<ExitStatus> {
        match self.pane(id) {
            Some(pane) => pane.dead().map(|(status, _)| status),
            None if self.closing.contains_key(&id) => None,
            None => {
                let record = self.jobs.records.iter().rev().find(|record| record.pane == id);
                Some(record.map_or(ExitStatus::Unknown, |record| record.status))
            }
        }
    }

    /// A session has ended when all its programs have; its status is that of the last to end.
    fn session_end(&self, id: SessionId) -> Option<ExitStatus> {
        let lives = self.panes_of(id).into_iter().any(|pane| self.pane(pane).is_some_and(|pane| pane.dead().is_none()));
        let ending = self.closing.values().any(|closing| closing.session == id);
        if lives || ending {
            return None;
        }
        Some(self.jobs.last_exit_of(id).map_or(ExitStatus::Unknown, |record| record.status))
    }
}
