//! Where each client is in its session: its own current window, and in each window its own pane and zoom.
//!
//! A session and its windows hold the place of one client: of the one that was active last, its *holder*. That is
//! the place that commands start from and change, that a command from outside of any client is meant for, and that is
//! written to the disk. The places of the other clients lie aside until they are active again. So no command knows
//! of places at all, and two people in one session do not disturb each other.
//!
//! ```text
//! Session ─ current, recent ─┐
//! Window ─ active, zoomed ───┴─ the place of the holder     Client ─ aside: the place of everybody else
//! ```
//! Sessions that have windows in common have a holder each, and so does each window: the one of them that was active
//! last. The others have what is theirs of it aside.
//!
//! A client that follows (option `follow`, or for itself `attach -f follow`; `attach -r` as well) has no place of its
//! own: it shows the session's. What is put aside may name windows and panes that are gone meanwhile: it is put right
//! when it is looked at.

use std::collections::BTreeMap;

use crate::base::{ClientId, PaneId, SessionId, WindowId};

use super::State;
use super::client::Client;
use super::floating::{Float, FloatKind};
use super::session::Session;
use super::window::Window;

/// What a client shows of its session, while another one holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// None where the client holds the session, and only some of its windows are held by another.
    session: Option<Currency>,
    windows: BTreeMap<WindowId, Focus>,
}

/// Which window is shown.
#[derive(Clone, Debug, PartialEq)]
struct Currency {
    current: WindowId,
    recent: Vec<WindowId>,
}

/// What is shown of a window.
#[derive(Clone, Debug, PartialEq)]
struct Focus {
    active: PaneId,
    recent: Vec<PaneId>,
    zoomed: bool,
}

/// The window that a client shows, its active pane, and the one that would take or takes the whole room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) window: WindowId,
    pub(super) active: PaneId,
    pub(super) base: PaneId,
    pub(super) zoomed: bool,
}

impl Currency {
    fn of(session: &Session) -> Self {
        Self { current: session.current, recent: session.recent.clone() }
    }

    /// The current window, or what comes nearest now.
    fn window(&self, session: &Session) -> WindowId {
        let there = |window: &&WindowId| session.holds(**window);
        std::iter::once(&self.current).chain(&self.recent).find(there).copied().unwrap_or(session.current)
    }
}

impl Focus {
    fn of(window: &Window) -> Self {
        Self { active: window.active, recent: window.recent.clone(), zoomed: window.zoomed }
    }

    /// The active pane, or what comes nearest now, and whether it still has the whole room.
    fn pane(&self, window: &Window) -> (PaneId, bool) {
        let there = |pane: &&PaneId| window.contains(**pane);
        let active = std::iter::once(&self.active).chain(&self.recent).find(there).copied().unwrap_or(window.active);
        (active, self.zoomed && active == self.active && window.layout.panes().len() > 1)
    }
}

impl State {
    /// A client's user does something: its place is the session's from now on.
    pub(super) fn hold(&mut self, id: ClientId) {
        let Some(session) = self.client(id).filter(|client| !client.flags.follow).map(|client| client.session) else {
            return;
        };
        if self.session_options(session).follow || self.holds_all(id, session) {
            return;
        }
        let own = self.clients.get_mut(&id).and_then(|client| client.aside.take());
        let former = self.holders.insert(session, id).filter(|former| *former != id);
        let Some(known) = self.sessions.get(&session) else { return };
        if let Some(former) = former.and_then(|former| self.clients.get_mut(&former)) {
            former.aside.get_or_insert_default().session = Some(Currency::of(known));
        }
        for window in known.windows.values() {
            let Some(window) = self.windows.get_mut(window) else { continue };
            let former = window.holder.replace(id).or(former).filter(|former| *former != id);
            if let Some(former) = former.and_then(|former| self.clients.get_mut(&former)) {
                former.aside.get_or_insert_default().windows.insert(window.id, Focus::of(window));
            }
        }
        if let Some(own) = own {
            self.put(session, &own);
            self.neighbours(session).into_iter().for_each(|session| self.redraw(session));
        }
    }

    fn holds_all(&self, client: ClientId, session: SessionId) -> bool {
        let held = |window: &WindowId| self.window(*window).is_some_and(|window| window.holder == Some(client));
        self.holders.get(&session) == Some(&client)
            && self.session(session).is_some_and(|session| session.windows.values().all(held))
    }

    /// The client holds its session and its windows no longer: the one that was active before it does, if there is one.
    pub(super) fn let_go(&mut self, id: ClientId) {
        let mut orphans = Vec::new();
        for window in self.windows.values_mut().filter(|window| window.holder == Some(id)) {
            window.holder = None;
            orphans.push(window.id);
        }
        self.let_go_session(id);
        orphans.into_iter().for_each(|window| self.inherit(window));
    }

    /// A window that nobody holds is held by who was active last of those that hold a session with it.
    fn inherit(&mut self, window: WindowId) {
        let Some(window) = self.window(window).filter(|window| window.holder.is_none()) else { return };
        let holders = window.sessions().filter_map(|session| self.client(*self.holders.get(&session)?));
        let next = holders.max_by_key(|client| client.turn).map(|client| client.id);
        next.into_iter().for_each(|next| self.hold(next));
    }

    /// The session is held by the client that was active before this one, if it held it.
    fn let_go_session(&mut self, id: ClientId) {
        let held = self.holders.iter().find(|(_, holder)| **holder == id).map(|(session, _)| *session);
        let Some(session) = held else { return };
        self.holders.remove(&session);
        let others = self.clients.values().filter(|client| client.session == session && client.id != id);
        let next =
            others.filter(|client| !client.flags.follow).max_by_key(|client| client.turn).map(|client| client.id);
        next.into_iter().for_each(|next| self.hold(next));
    }

    /// A client has gone from this session: a popup that only it saw is a floating pane as others from now on.
    pub(super) fn release_popups(&mut self, session: SessionId) {
        let places = self.clients.values().filter_map(|client| client.aside.as_ref());
        let seen: Vec<PaneId> = places.flat_map(|place| place.windows.values()).map(|focus| focus.active).collect();
        for window in self.sessions.get(&session).into_iter().flat_map(|session| session.windows.values()) {
            let Some(window) = self.windows.get_mut(window) else { continue };
            let active = window.active;
            let unseen = |float: &&mut Float| float.is_popup() && float.pane != active && !seen.contains(&float.pane);
            window.floats.iter_mut().filter(unseen).for_each(|float| float.kind = FloatKind::Plain);
        }
    }

    /// It has come to this session and is where that is.
    pub(super) fn settle_down(&mut self, client: ClientId) {
        let place = self.client(client).and_then(|client| self.place_of(client.session));
        if let Some(client) = self.clients.get_mut(&client) {
            client.aside = place;
        }
    }

    /// `follow` was switched on or off: everybody is where the session is, and stays or goes his own way.
    pub(super) fn gather_clients(&mut self) {
        let together: Vec<SessionId> =
            self.sessions.keys().copied().filter(|session| self.session_options(*session).follow).collect();
        for session in &together {
            self.holders.remove(session);
        }
        let gathered: Vec<ClientId> =
            self.clients.values().filter(|client| together.contains(&client.session)).map(|client| client.id).collect();
        for window in self.windows.values_mut() {
            window.holder = window.holder.filter(|holder| !gathered.contains(holder));
        }
        for client in self.clients.values_mut().filter(|client| together.contains(&client.session)) {
            client.aside = None;
        }
        let placeless = |client: &&Client| {
            let held = self.holders.get(&client.session) == Some(&client.id);
            client.aside.is_none() && !held && !together.contains(&client.session)
        };
        let placeless: Vec<ClientId> = self.clients.values().filter(placeless).map(|client| client.id).collect();
        placeless.into_iter().for_each(|client| self.settle_down(client));
        let latest: Vec<ClientId> = self.sessions.keys().filter_map(|session| self.latest_client(*session)).collect();
        latest.into_iter().for_each(|client| self.hold(client));
    }

    /// Looks at everything as if this client's place were its session's.
    pub fn with_eyes_of<T>(&mut self, client: ClientId, look: impl FnOnce(&State) -> T) -> T {
        let known = self.client(client).and_then(|client| Some((client.session, self.own_place(client)?.clone())));
        let kept = known.as_ref().and_then(|(session, _)| self.place_of(*session));
        if let Some((session, place)) = &known {
            self.put(*session, place);
        }
        let seen = look(self);
        if let (Some((session, _)), Some(kept)) = (known, kept) {
            self.put(session, &kept);
        }
        seen
    }

    /// What a client shows.
    pub(super) fn shown(&self, client: ClientId) -> Option<Shown> {
        let client = self.client(client)?;
        let session = self.session(client.session)?;
        let place = self.own_place(client);
        let own = place.and_then(|place| place.session.as_ref());
        let window = self.window(own.map_or(session.current, |own| own.window(session)))?;
        let focus = place.and_then(|place| place.windows.get(&window.id));
        let (active, zoomed) = focus.map_or((window.active, window.zoomed), |focus| focus.pane(window));
        let base = window.base_of(active, focus.map_or(&window.recent, |focus| &focus.recent));
        Some(Shown { window: window.id, active, base, zoomed })
    }

    pub(super) fn shows(&self, client: ClientId, window: WindowId) -> bool {
        self.shown(client).is_some_and(|shown| shown.window == window)
    }

    /// The pane that a client's keys go to.
    pub fn pane_of_client(&self, client: ClientId) -> Option<PaneId> {
        self.shown(client).map(|shown| shown.active)
    }

    /// The place that a client has aside from its session's.
    fn own_place<'a>(&self, client: &'a Client) -> Option<&'a Place> {
        let follows = client.flags.follow || self.session_options(client.session).follow;
        client.aside.as_ref().filter(|_| !follows)
    }

    fn place_of(&self, session: SessionId) -> Option<Place> {
        let session = self.session(session)?;
        let windows = session.windows.values().filter_map(|id| Some((*id, Focus::of(self.window(*id)?)))).collect();
        Some(Place { session: Some(Currency::of(session)), windows })
    }

    fn put(&mut self, id: SessionId, place: &Place) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let Some(own) = &place.session {
            let current = own.window(session);
            session.recent = own.recent.iter().copied().filter(|id| *id != current && session.holds(*id)).collect();
            session.current = current;
        }
        for (id, focus) in place.windows.iter().filter(|(id, _)| session.holds(**id)) {
            let Some(window) = self.windows.get_mut(id) else { continue };
            let (active, zoomed) = focus.pane(window);
            window.recent =
                focus.recent.iter().copied().filter(|pane| *pane != active && window.contains(*pane)).collect();
            window.active = active;
            window.zoomed = zoomed;
        }
    }
}
