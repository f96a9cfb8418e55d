//! Windows in several sessions, and groups of sessions that have all their windows in common.
//!
//! ```text
//! Session ─ windows by index ─► Window     a link: its index, marks, and whether it is current are the session's
//! Window ─ session, also ─────► Session    the same links, seen from the window
//! Session ─ group                          its links are those of all others of the group, at the same indexes
//! ```
//! A window goes when its last pane does, from all sessions, or with its last link. A session holds it once at most: tmux
//! lets it have two indexes there, of which a current window, a mark or a target would mean either.

use std::collections::BTreeSet;

use crate::base::{Error, PaneId, Result, SessionId, Timestamp, WindowId};

use super::scopes::Local;
use super::session::{Own, Session};
use super::transfer::Destination;
use super::window::Window;
use super::{Context, NewSession, Origin, State, environment, names};

impl State {
    // ---- who holds what -------------------------------------------------------------------------------------

    /// The sessions that have all windows in common with this one, which is the only one where it is in no group.
    pub fn group_of(&self, id: SessionId) -> Vec<SessionId> {
        match self.session(id).and_then(|session| session.group.as_deref()) {
            Some(group) => self.grouped(group),
            None => vec![id],
        }
    }

    /// The sessions of a group.
    pub fn grouped(&self, group: &str) -> Vec<SessionId> {
        self.sessions().filter(|session| session.group.as_deref() == Some(group)).map(|session| session.id).collect()
    }

    /// Whether a window is in other sessions than this one and those of its group.
    pub fn is_linked(&self, session: SessionId, window: WindowId) -> bool {
        let group = self.group_of(session);
        self.window(window).is_some_and(|window| window.sessions().any(|other| !group.contains(&other)))
    }

    /// The sessions whose windows this one shares, and itself.
    pub(super) fn neighbours(&self, id: SessionId) -> BTreeSet<SessionId> {
        let windows = self.session(id).into_iter().flat_map(|session| session.windows.values());
        let others = windows.filter_map(|window| self.window(*window)).flat_map(Window::sessions);
        others.chain([id]).collect()
    }

    /// The session that is meant where a window or pane is named alone: the one at hand, or else what was used last.
    pub(super) fn nearest_session(&self, window: WindowId, origin: &Origin) -> Option<SessionId> {
        let window = self.window(window)?;
        let here = self.here(origin).map(|here| here.session);
        let near = here.filter(|here| window.sessions().any(|session| session == *here));
        near.or_else(|| self.most_recent_of(window.sessions()))
    }

    /// Of these sessions the one that was used last; attached ones first.
    pub(super) fn most_recent_of(&self, sessions: impl Iterator<Item = SessionId>) -> Option<SessionId> {
        let attached = |id| self.clients.values().any(|client| client.session == id);
        let sessions = sessions.filter_map(|id| self.session(id));
        let latest = sessions.max_by_key(|session| (attached(session.id), session.activity, session.id));
        latest.map(|session| session.id)
    }

    /// As [`State::touch`], for all sessions that hold the window.
    pub(super) fn touch_window(&mut self, window: WindowId) {
        let sessions: Vec<SessionId> = self.window(window).into_iter().flat_map(Window::sessions).collect();
        sessions.into_iter().for_each(|session| self.touch(session));
    }

    /// As [`State::redraw`], for all sessions that hold the pane's window.
    pub(super) fn redraw_pane(&mut self, pane: PaneId) {
        let window = self.pane(pane).and_then(|pane| self.window(pane.window));
        let sessions: Vec<SessionId> = window.into_iter().flat_map(Window::sessions).collect();
        sessions.into_iter().for_each(|session| self.redraw(session));
    }

    /// A session's links have changed: its group takes them over, and the windows know of them.
    pub(super) fn relink(&mut self, id: SessionId) {
        let group = self.group_of(id);
        let Some(windows) = self.session(id).map(|session| session.windows.clone()) else { return };
        for other in group.iter().filter(|other| **other != id) {
            if let Some(session) = self.sessions.get_mut(other) {
                session.mirror(&windows);
            }
            self.touch(*other);
        }
        let held: BTreeSet<WindowId> = windows.into_values().collect();
        let Self { windows, sessions, .. } = self;
        let concerned = |window: &&mut Box<Window>| {
            held.contains(&window.id) || window.sessions().any(|known| group.contains(&known))
        };
        for window in windows.values_mut().filter(concerned) {
            let holds = |id: &SessionId| sessions.get(id).is_some_and(|session| session.holds(window.id));
            let mut links: Vec<SessionId> = window.sessions().filter(holds).collect();
            let known = |id: &&SessionId| window.sessions().any(|known| known == **id);
            links.extend(group.iter().filter(|id| held.contains(&window.id) && !known(id)));
            if let Some((home, also)) = links.split_first() {
                window.session = *home;
                window.also = also.to_vec();
            }
        }
        self.touch(id);
    }

    /// A session goes: windows that it had in common with others stay theirs.
    pub(super) fn leave_windows(&mut self, id: SessionId) {
        for window in self.windows.values_mut() {
            window.also.retain(|session| *session != id);
            if window.session == id && !window.also.is_empty() {
                window.session = window.also.remove(0);
            }
        }
    }

    // ---- linking --------------------------------------------------------------------------------------------

    /// Puts a window into one more session.
    pub fn link_window(&mut self, from: SessionId, window: WindowId, to: Destination) -> Result<()> {
        self.check_link(from, window, to.session)?;
        let (index, replaced) = self.clear_index(window, &to)?;
        self.put_link(window, index, replaced, &to);
        let pane = self.window(window).map(|window| window.active);
        self.settled_in(&[to.session]);
        self.fire("window-linked", Some(to.session), pane, None);
        Ok(())
    }

    /// Makes the link in a session that does not have it, at an index that is free.
    pub(super) fn put_link(&mut self, window: WindowId, index: u32, replaced: Option<WindowId>, to: &Destination) {
        if let Some(session) = self.sessions.get_mut(&to.session) {
            session.windows.insert(index, window);
            if !to.background || replaced == Some(session.current) {
                session.select(window);
            }
        }
        self.relink(to.session);
        replaced.into_iter().for_each(|there| self.unlink(to.session, there));
    }

    /// Whether the window may go from the one session to the other.
    pub(super) fn check_link(&self, from: SessionId, window: WindowId, to: SessionId) -> Result<()> {
        if from != to && self.group_of(from).contains(&to) {
            let error = Error::refused("sessions are grouped");
            return Err(error.hint("they have all their windows in common already"));
        }
        let there = self.session(to).and_then(|session| Some((session.name.clone(), session.index_of(window)?)));
        match there {
            Some((name, index)) => {
                let error = Error::conflict(format!("window is there already: {name}:{index}"));
                Err(error.hint("a session holds a window once; `move-window` gives it another index"))
            }
            None => Ok(()),
        }
    }

    /// Takes a window out of a session and its group. With its last link it is closed, where that is wanted (`-k`).
    pub fn unlink_window(&mut self, session: SessionId, window: WindowId, close: bool) -> Result<()> {
        if !close && !self.is_linked(session, window) {
            let error = Error::refused("window only linked to one session");
            return Err(error.hint("-k closes it"));
        }
        self.unlink(session, window);
        Ok(())
    }

    /// Takes a window out of a session and its group, and closes it where no other session has it.
    pub(super) fn unlink(&mut self, session: SessionId, window: WindowId) {
        if !self.is_linked(session, window) {
            self.close_window(window);
            return;
        }
        let group = self.group_of(session);
        self.remove_window(session, window);
        let sessions: Vec<SessionId> = self.window(window).into_iter().flat_map(Window::sessions).collect();
        self.settled_in(&group);
        self.settled_in(&sessions);
    }

    // ---- groups ---------------------------------------------------------------------------------------------

    /// The group that `new-session -t` means, and a session that is in it or that founds it: tmux takes the name of a group,
    /// of a session, or else one for a group to come.
    pub fn group_called(&self, text: &str, origin: &Origin) -> Result<(String, Option<SessionId>)> {
        if let Some(member) = self.grouped(text).first() {
            return Ok((text.to_owned(), Some(*member)));
        }
        match self.find_session(Some(text), origin, super::Purpose::Look) {
            Ok(id) => {
                let group = self.session(id).map(|session| session.group.clone().unwrap_or(session.name.clone()));
                Ok((group.unwrap_or_default(), Some(id)))
            }
            Err(error) if error.message.starts_with("ambiguous") => Err(error),
            Err(_) => names::check("group", text).map(|()| (text.to_owned(), None)),
        }
    }

    /// Makes a session that has its windows in common with another one, which founds the group where there is none.
    pub fn new_session_beside(
        &mut self,
        other: SessionId,
        group: &str,
        new: NewSession,
        context: &Context,
        now: Timestamp,
    ) -> Result<SessionId> {
        if let Some(name) = &new.name {
            self.check_free(name)?;
        }
        let Some(known) = self.sessions.get_mut(&other) else { return Err(Error::not_found("can't find session")) };
        known.group = Some(group.to_owned());
        let (windows, size) = (known.windows.clone(), new.size.unwrap_or(known.size));
        let current = windows.values().next().copied().unwrap_or(known.current);
        let id = self.new_session_id();
        let name = new.name.clone().unwrap_or_else(|| self.free_member_name(group, id));
        self.add_session(Session {
            id,
            name,
            created: now,
            cwd: new.program.cwd,
            windows,
            current,
            recent: Vec::new(),
            alerts: Default::default(),
            group: Some(group.to_owned()),
            env: environment::filtered(context),
            agent: None,
            size,
            activity: now,
            last_attached: None,
            job: None,
            own: Own::default(),
            local: Local::default(),
        });
        self.point_agent(id, context);
        self.relink(id);
        self.touch(other);
        self.fire_of("session-created", id, None);
        Ok(id)
    }

    /// tmux calls a session of a group that nobody has named after the group and its own number.
    pub(super) fn free_member_name(&self, group: &str, id: SessionId) -> String {
        let stem = names::cut(group, crate::base::limits::MAX_NAME - 8);
        let mut all = (id.0..).map(|number| format!("{stem}-{number}"));
        all.find(|name| self.session_named(name).is_none()).unwrap_or(stem)
    }
}
