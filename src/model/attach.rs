//! Clients come, go and change what they show.

use crate::base::{ClientId, RequestId, Result, SessionId, Size, Timestamp, WindowId};

use super::client::{Client, ClientFlags};
use super::{Context, Effect, State, names};

/// How a terminal comes to show a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    pub detach_others: bool,
    /// The shells that started them as well.
    pub hang_up_others: bool,
    /// The session keeps the environment that it has.
    pub keep_environment: bool,
    pub flags: ClientFlags,
    /// It did so before, and has lost its server.
    pub again: bool,
}

impl State {
    /// Makes the connection that asked a user's terminal that shows the session.
    pub fn attach(&mut self, request: RequestId, session: SessionId, context: &Context, now: Timestamp) {
        self.attach_as(request, session, context, Attachment::default(), now);
    }

    /// The same, with all that can be said about it.
    pub fn attach_as(
        &mut self,
        request: RequestId,
        session: SessionId,
        context: &Context,
        how: Attachment,
        now: Timestamp,
    ) {
        self.send_away(how, session, None);
        let client = Client {
            id: request.client,
            session,
            last_session: None,
            size: context.size.unwrap_or(Size::new(80, 24)),
            created: now,
            activity: now,
            turn: 0,
            tty: context.tty.clone(),
            pid: context.pid,
            term: context.var("TERM").map(|term| term.to_string_lossy().into_owned()).unwrap_or_default(),
            terminal: String::new(),
            features: String::new(),
            foreground: None,
            flags: how.flags,
            aside: None,
        };
        self.clients.insert(client.id, client);
        if !how.flags.read_only && !how.keep_environment {
            self.follow(session, context);
        }
        if let Some(session) = self.sessions.get_mut(&session) {
            session.last_attached = Some(now);
        }
        self.push(Effect::Attached { request, session });
        match how.again {
            true => self.come_back(request.client),
            false => self.arrive(request.client, now),
        }
        if let Some(session) = self.client(request.client).map(|client| client.session) {
            self.fire_of("client-attached", session, Some(request.client));
        }
    }

    /// The session's other clients go where that is asked for.
    pub fn send_away(&mut self, how: Attachment, session: SessionId, but: Option<ClientId>) {
        if !how.detach_others {
            return;
        }
        for client in self.clients_of(session).into_iter().filter(|client| Some(*client) != but) {
            if how.hang_up_others {
                self.push(Effect::HangUp { client });
            }
            self.detach(client);
        }
    }

    /// Sets where a session's new windows start.
    pub fn set_directory(&mut self, id: SessionId, cwd: std::path::PathBuf) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.cwd = cwd;
            self.touch(id);
        }
    }

    /// A client has come to show another session.
    fn arrive(&mut self, client: ClientId, now: Timestamp) {
        let Some((session, flags)) = self.client(client).map(|client| (client.session, client.flags)) else { return };
        if !flags.read_only {
            self.active_client(client, now);
            self.take_over(client);
        }
        self.seen(session);
        self.touch(session);
    }

    /// It was there before the server was another one; that its user does anything is not said.
    fn come_back(&mut self, client: ClientId) {
        let Some(session) = self.client(client).map(|client| client.session) else { return };
        self.hold(client);
        self.fit_session(session);
        self.touch(session);
    }

    /// What is special about a client from now on.
    pub fn set_flags(&mut self, id: ClientId, flags: ClientFlags) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        let (session, former) = (client.session, std::mem::replace(&mut client.flags, flags));
        if flags.follow {
            client.aside = None;
            self.let_go(id);
        } else if former.follow {
            self.settle_down(id);
            if !self.holders.contains_key(&session) {
                self.hold(id);
            }
        }
        self.fit_session(session);
        self.redraw(session);
    }

    /// Gives a client's terminal back; its session goes on.
    pub fn detach(&mut self, id: ClientId) {
        let Some(session) = self.client(id).map(|client| client.session) else { return };
        let name = self.session(session).map(|session| session.name.clone()).unwrap_or_default();
        self.dismiss(id, 0, &format!("[detached (from session {name})]"));
        self.fit_session(session);
        self.redraw(session);
    }

    /// Lets a client show another session.
    pub fn switch(&mut self, id: ClientId, session: SessionId, now: Timestamp) {
        self.move_client(id, session);
        self.arrive(id, now);
    }

    /// The client's room counts for the other session from now on.
    pub(super) fn move_client(&mut self, id: ClientId, session: SessionId) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        let former = client.session;
        if former != session {
            client.session = session;
            client.last_session = Some(former).filter(|former| self.sessions.contains_key(former));
            self.let_go(id);
            self.settle_down(id);
            self.release_popups(former);
        }
        self.fit_session(former);
        self.fit_session(session);
        self.redraw(former);
        self.touch(session);
        if former != session {
            self.fire_of("client-session-changed", session, Some(id));
        }
    }

    /// The session that was used last; attached ones first.
    pub fn most_recent_session(&self) -> Option<SessionId> {
        self.most_recent_of(self.sessions.keys().copied())
    }

    /// The client of this session that was active last; one that only looks on is none.
    pub fn latest_client(&self, session: SessionId) -> Option<ClientId> {
        let uses = |client: &&Client| client.session == session && !client.flags.read_only;
        let clients = self.clients.values().filter(uses);
        clients.max_by_key(|client| client.turn).map(|client| client.id)
    }

    // ---- names and choices ----------------------------------------------------------------------------------

    pub fn rename_session(&mut self, id: SessionId, name: &str) -> Result<()> {
        if self.session(id).is_some_and(|session| session.name == name) {
            return Ok(());
        }
        self.check_free(name)?;
        if let Some(session) = self.sessions.get_mut(&id) {
            session.name = name.to_owned();
        }
        self.touch(id);
        self.fire_of("session-renamed", id, None);
        Ok(())
    }

    /// The window keeps this name from now on.
    pub fn rename_window(&mut self, id: WindowId, name: &str) -> Result<()> {
        names::check("window", name)?;
        let Some(window) = self.windows.get_mut(&id) else { return Ok(()) };
        window.name = name.to_owned();
        window.automatic = false;
        let pane = window.active;
        self.touch_window(id);
        self.fire_at("window-renamed", pane);
        Ok(())
    }

    /// Makes a window the current one of its home.
    pub fn select_window(&mut self, id: WindowId) {
        if let Some(home) = self.window(id).map(|window| window.session) {
            self.select_in(home, id);
        }
    }

    /// Makes a window the current one of a session that holds it.
    pub fn select_in(&mut self, session: SessionId, id: WindowId) {
        let Some(known) = self.sessions.get_mut(&session).filter(|known| known.holds(id)) else { return };
        let changed = known.current != id;
        known.select(id);
        self.seen(session);
        self.touch(session);
        if changed {
            self.fire_of("session-window-changed", session, None);
        }
    }
}
