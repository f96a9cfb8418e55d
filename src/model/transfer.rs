//! How panes and windows go to other places: `join-pane`, `move-window`, `swap-window`, and the mark that says which.
//!
//! A window that loses its last pane, and a session that loses its last window, go as if they had been closed;
//! nothing that runs is touched.

use std::collections::BTreeSet;

use crate::base::{Error, PaneId, Result, SessionId, WindowId};
use crate::layout::Split;

use super::State;
use super::session::Session;
use super::start::{make_room, set_aside};

/// Stands for a pane while it is in two places of one layout; no pane is ever given this number.
pub(super) const PLACEHOLDER: PaneId = PaneId(u32::MAX);

/// Where `move-window` and `link-window` put a window.
#[derive(Clone, Debug)]
pub struct Destination {
    pub session: SessionId,
    /// The first free index where none is given.
    pub index: Option<u32>,
    /// Windows at that index and behind it make room.
    pub shift: bool,
    /// The window that has the index is closed.
    pub replace: bool,
    /// The current window stays what it is.
    pub background: bool,
}

impl State {
    /// Moves a pane beside another one, of the same window or of another one. The session is the one to show it in.
    pub fn join_pane(
        &mut self,
        source: PaneId,
        target: PaneId,
        session: SessionId,
        how: Split,
        background: bool,
    ) -> Result<()> {
        if source == target {
            return Err(Error::refused("source and target panes must be different"));
        }
        let gone = |pane| Error::not_found(format!("can't find pane: {pane}"));
        let (_, from) = self.home_of(source).ok_or_else(|| gone(source))?;
        let (_, to) = self.home_of(target).ok_or_else(|| gone(target))?;
        let Some(window) = self.windows.get_mut(&to) else { return Err(gone(target)) };
        if window.float(target).is_some() {
            return Err(Error::refused(format!("pane {target} floats: nothing comes beside it"))
                .hint("name one that tiles its window, or `mux float-pane` makes it one"));
        }
        window
            .layout
            .split(target, PLACEHOLDER, how)
            .map_err(|_| Error::refused("create pane failed: pane too small").hint("`resize-pane` makes it larger"))?;
        window.zoomed = false;
        self.take_out(source, from);
        if let Some(window) = self.windows.get_mut(&to) {
            window.layout.replace(PLACEHOLDER, source);
            // It was the active one of this very window, and the only one beside the target.
            if window.active == PLACEHOLDER {
                window.active = source;
            }
            if !background {
                window.activate(source);
            }
        }
        if let Some(pane) = self.panes.get_mut(&source) {
            pane.window = to;
        }
        if !background {
            self.select_in(session, to);
        }
        self.fit_window(to);
        self.name_window(to);
        self.touch_window(to);
        Ok(())
    }

    /// Takes a pane out of its window, which goes where it was the only one.
    fn take_out(&mut self, pane: PaneId, from: WindowId) {
        let Some(window) = self.windows.get_mut(&from) else { return };
        if window.remove(pane) {
            self.fit_window(from);
            self.name_window(from);
            self.touch_window(from);
        } else {
            self.forget_window(from);
        }
    }

    /// Gives a window another index, of its session or of another one.
    pub fn move_window(&mut self, from: SessionId, window: WindowId, to: Destination) -> Result<()> {
        if from != to.session {
            self.check_link(from, window, to.session)?;
        }
        let (index, replaced) = self.clear_index(window, &to)?;
        if from == to.session {
            let current = self.session(from).map(|session| session.current);
            let background = to.background && (replaced.is_none() || current != replaced);
            self.move_within(from, window, index, background);
            self.relink(from);
            replaced.into_iter().for_each(|there| self.unlink(from, there));
        } else {
            self.put_link(window, index, replaced, &to);
            self.remove_window(from, window);
        }
        self.settled_in(&[from, to.session]);
        Ok(())
    }

    fn move_within(&mut self, id: SessionId, window: WindowId, index: u32, background: bool) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        // As if it had been closed and opened elsewhere.
        match session.windows.len() {
            1 => session.windows.clear(),
            _ => session.remove(window),
        }
        session.windows.insert(index, window);
        if !background {
            session.select(window);
        }
    }

    /// The index that a window will have, free, and the window that is to be closed for it.
    pub(super) fn clear_index(&mut self, window: WindowId, to: &Destination) -> Result<(u32, Option<WindowId>)> {
        let base = self.session_options(to.session).base_index;
        let session = self.sessions.get_mut(&to.session).ok_or_else(|| Error::not_found("can't find session"))?;
        let index = to.index.unwrap_or_else(|| session.free_index(base));
        if to.shift {
            make_room(session, index);
            return Ok((index, None));
        }
        match session.windows.get(&index).copied() {
            None => Ok((index, None)),
            Some(there) if there == window => Err(Error::conflict(format!("same index: {index}"))),
            Some(_) if !to.replace => {
                Err(Error::conflict(format!("index in use: {index}")).hint("-k closes what is there"))
            }
            Some(there) => {
                set_aside(session, there, index);
                Ok((index, Some(there)))
            }
        }
    }

    /// Two windows exchange their indexes. What is current stays so by its index; `follow` goes with the windows.
    pub fn swap_windows(
        &mut self,
        (from, source): (SessionId, WindowId),
        (to, target): (SessionId, WindowId),
        follow: bool,
    ) -> Result<()> {
        let index = |session, window| self.session(session).and_then(|session: &Session| session.index_of(window));
        let (Some(from_index), Some(to_index)) = (index(from, source), index(to, target)) else { return Ok(()) };
        if from != to && self.group_of(from).contains(&to) {
            return Err(Error::refused("can't move window, sessions are grouped"));
        }
        let all: BTreeSet<SessionId> = [from, to].into_iter().flat_map(|id| self.group_of(id)).collect();
        for id in all {
            if let Some(session) = self.sessions.get_mut(&id) {
                exchange(session, source, target);
            }
        }
        self.relink(from);
        self.relink(to);
        if follow {
            for (id, index) in [(from, from_index), (to, to_index)] {
                let there = self.session(id).and_then(|session| session.windows.get(&index).copied());
                // Within one session the place of the target is the one that is gone to.
                if from != to || index == to_index {
                    there.into_iter().for_each(|window| self.select_in(id, window));
                }
            }
        }
        self.settled_in(&[from, to]);
        Ok(())
    }

    /// Closes the gaps between a session's indexes (`move-window -r`).
    pub fn renumber_windows(&mut self, id: SessionId) {
        let base = self.session_options(id).base_index;
        if let Some(session) = self.sessions.get_mut(&id) {
            session.renumber(base);
            self.relink(id);
        }
    }

    pub(super) fn settled_in(&mut self, sessions: &[SessionId]) {
        for &id in sessions.iter().filter(|id| self.sessions.contains_key(id)).collect::<Vec<_>>() {
            self.fit_session(id);
            self.seen(id);
            self.touch(id);
        }
    }

    // ---- the mark -------------------------------------------------------------------------------------------

    /// The pane that `select-pane -m` has marked.
    pub fn marked(&self) -> Option<PaneId> {
        self.marked
    }

    /// Marks this pane and no other.
    pub fn mark_pane(&mut self, pane: Option<PaneId>) {
        let former = std::mem::replace(&mut self.marked, pane);
        for pane in [former, pane].into_iter().flatten() {
            self.redraw_pane(pane);
        }
    }

    /// Whether what is typed reaches the pane's program (`select-pane -d`, `-e`).
    pub fn set_input(&mut self, id: PaneId, on: bool) {
        let Some(pane) = self.panes.get_mut(&id) else { return };
        pane.input_off = !on;
        let window = pane.window;
        self.touch_window(window);
    }
}

/// Each of the two takes the other's part in the session, where it has one.
fn exchange(session: &mut Session, a: WindowId, b: WindowId) {
    let other = |window: WindowId| match window {
        window if window == a => b,
        window if window == b => a,
        window => window,
    };
    session.windows.values_mut().for_each(|window| *window = other(*window));
    session.current = other(session.current);
    session.recent.iter_mut().for_each(|window| *window = other(*window));
}
