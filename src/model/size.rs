//! How large windows and panes are.
//!
//! A session's windows have the room of the client that was active last (`window-size latest`), or of the largest
//! or smallest one. While nobody is attached they keep what they had. A size set by `resize-window` holds until
//! a client attaches, is resized or becomes the active one.

use crate::base::{ClientId, PaneId, SessionId, Size, WindowId, limits};
use crate::config::{Options, WindowSize};

use super::{Effect, State};

impl State {
    /// What a client's terminal leaves for a window.
    pub(super) fn room(&self, terminal: Size) -> Size {
        self.room_with(terminal, &self.options)
    }

    fn room_with(&self, terminal: Size, options: &Options) -> Size {
        let rows = terminal.rows.saturating_sub(u16::from(options.status));
        Size::new(terminal.cols, rows).clamp(limits::MIN_PANE, limits::MAX_SCREEN)
    }

    /// The size of a new session's windows: what a terminal leaves, or `default-size` where there is none.
    pub fn usual_size(&self, terminal: Option<Size>) -> Size {
        terminal.map_or(self.options.default_size, |terminal| self.room(terminal))
    }

    /// The size that the session's clients ask for, if any does.
    fn asked_size(&self, session: SessionId) -> Option<Size> {
        let clients = || self.clients.values().filter(move |client| client.session == session);
        let options = self.session_options(session);
        let rooms = || clients().map(|client| self.room_with(client.size, options));
        match self.options.window_size {
            WindowSize::Manual => None,
            WindowSize::Largest => rooms().reduce(|a, b| Size::new(a.cols.max(b.cols), a.rows.max(b.rows))),
            WindowSize::Smallest => rooms().reduce(|a, b| Size::new(a.cols.min(b.cols), a.rows.min(b.rows))),
            WindowSize::Latest => {
                clients().max_by_key(|client| client.turn).map(|client| self.room_with(client.size, options))
            }
        }
    }

    /// Gives a session's windows the size that its clients ask for.
    pub(super) fn fit_session(&mut self, id: SessionId) {
        let asked = self.asked_size(id);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let Some(size) = asked {
            session.size = size;
        }
        let size = session.size;
        let windows: Vec<WindowId> = session.windows.values().copied().collect();
        for window in windows {
            self.size_window(window, size);
        }
    }

    fn size_window(&mut self, id: WindowId, size: Size) {
        let Some(window) = self.windows.get_mut(&id).filter(|window| !window.manual) else { return };
        let session = window.session;
        if window.layout.size() != size {
            window.layout.resize(size);
            let pane = window.active;
            self.touch(session);
            self.fire_at("window-resized", pane);
        }
        self.fit_window(id);
    }

    /// A client takes over: sizes that were set by hand are over.
    pub(super) fn take_over(&mut self, client: ClientId) {
        let Some(session) = self.client(client).map(|client| client.session) else { return };
        if self.options.window_size != WindowSize::Manual {
            let windows = self.windows.values_mut().filter(|window| window.session == session);
            windows.for_each(|window| window.manual = false);
        }
        self.fit_session(session);
    }

    /// Sets a window's size by hand.
    pub fn resize_window(&mut self, id: WindowId, size: Size) {
        let Some(window) = self.windows.get_mut(&id) else { return };
        window.manual = true;
        window.layout.resize(size.clamp(limits::MIN_PANE, limits::MAX_SCREEN));
        let (session, pane) = (window.session, window.active);
        self.fit_window(id);
        self.touch(session);
        self.fire_at("window-resized", pane);
    }

    /// Tells the terminals of a window's panes the sizes that the layout gives them.
    pub(super) fn fit_window(&mut self, id: WindowId) {
        let Some(window) = self.windows.get(&id) else { return };
        let wanted: Vec<(PaneId, Size)> =
            window.panes().into_iter().filter_map(|pane| Some((pane, window.pane_size(pane)?))).collect();
        for (id, size) in wanted {
            self.size_pane(id, size.clamp(limits::MIN_PANE, limits::MAX_SCREEN));
        }
    }

    /// A pane that is being started is told once it runs.
    fn size_pane(&mut self, id: PaneId, size: Size) {
        let starting = self.starts.contains_key(&id) && !self.pane(id).is_some_and(|pane| pane.is_running());
        let Some(pane) = self.panes.get_mut(&id).filter(|pane| !starting && pane.size != size) else { return };
        pane.size = size;
        self.push(Effect::ResizePane { pane: id, size });
    }
}
