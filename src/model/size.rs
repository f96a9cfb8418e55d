//! How large windows and panes are.
//!
//! A window has the room of the client that was active last among those that show it (`window-size latest`), or of
//! the largest or smallest one. What nobody shows has the room of the session's last one, and while nobody is attached
//! all keep what they had. Clients that look on only (`attach-session -r`, `-f ignore-size`) never count, and one that is
//! only resized takes nothing from the one in use. A size set by `resize-window` holds until a client attaches, is resized
//! or becomes the active one.

use crate::base::{ClientId, PaneId, SessionId, Size, WindowId, limits};
use crate::config::{Options, WindowSize};

use super::client::Client;
use super::window::Window;
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

    /// What a client's terminal leaves for a window.
    fn room_of(&self, client: &Client, window: Option<WindowId>) -> Size {
        let panes = window.and_then(|window| self.window(window)).map_or(1, |window| window.panes().len());
        match client.flags.inline && !client.flags.inline_status && panes == 1 {
            true => client.size.clamp(limits::MIN_PANE, limits::MAX_SCREEN),
            false => self.room_with(client.size, self.session_options(client.session)),
        }
    }

    /// Whose terminals count for a window's size: those that show it; where none does, all of its sessions. For what no
    /// client shows, those of one session.
    fn sizers(&self, session: SessionId, window: Option<WindowId>) -> Vec<&Client> {
        let linked = |client: &Client| {
            let window = window.and_then(|window| self.window(window));
            window.is_some_and(|window| window.also.contains(&client.session) || window.session == client.session)
        };
        let counts = |client: &&Client| (client.session == session || linked(client)) && !client.flags.ignore_size;
        let all: Vec<&Client> = self.clients.values().filter(counts).collect();
        let shows = |client: &&Client| window.is_some_and(|window| self.shows(client.id, window));
        let near: Vec<&Client> = all.iter().copied().filter(shows).collect();
        if near.is_empty() { all } else { near }
    }

    /// The one that was active last. Of those that have come back to another server, and done nothing yet, the largest.
    fn sizer(&self, session: SessionId, window: Option<WindowId>) -> Option<&Client> {
        let cells = |size: Size| u32::from(size.cols) * u32::from(size.rows);
        self.sizers(session, window).into_iter().max_by_key(|client| (client.turn, cells(client.size)))
    }

    /// The size that clients ask for, if any does: for a window, or for all that nobody shows.
    fn asked_size(&self, session: SessionId, window: Option<WindowId>) -> Option<Size> {
        let rooms = || self.sizers(session, window).into_iter().map(|client| self.room_of(client, window));
        let options = window.map_or(&self.options, |window| self.window_options(window));
        match options.window_size {
            WindowSize::Manual => None,
            WindowSize::Largest => rooms().reduce(|a, b| Size::new(a.cols.max(b.cols), a.rows.max(b.rows))),
            WindowSize::Smallest => rooms().reduce(|a, b| Size::new(a.cols.min(b.cols), a.rows.min(b.rows))),
            WindowSize::Latest => self.sizer(session, window).map(|client| self.room_of(client, window)),
        }
    }

    /// The room of the largest or the smallest terminal of a window's sessions.
    pub fn extreme_room(&self, window: WindowId, largest: bool) -> Option<Size> {
        let sessions: Vec<SessionId> = self.window(window)?.sessions().collect();
        let clients = self.clients.values().filter(|client| sessions.contains(&client.session));
        let rooms = clients.map(|client| self.room_of(client, Some(window)));
        match largest {
            true => rooms.reduce(|a, b| Size::new(a.cols.max(b.cols), a.rows.max(b.rows))),
            false => rooms.reduce(|a, b| Size::new(a.cols.min(b.cols), a.rows.min(b.rows))),
        }
    }

    /// Gives a session's windows the sizes that its clients ask for.
    pub(super) fn fit_session(&mut self, id: SessionId) {
        let asked = self.asked_size(id, None);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let Some(size) = asked {
            session.size = size;
        }
        let windows: Vec<WindowId> = session.windows.values().copied().collect();
        for window in windows {
            let asked = self.asked_size(id, Some(window));
            let home = || self.session(self.window(window)?.session).map(|session| session.size);
            asked.or_else(home).into_iter().for_each(|size| self.size_window(window, size));
        }
    }

    /// Why a client's window leaves some of its room, if it does.
    pub fn why_smaller(&self, id: ClientId) -> Option<String> {
        let client = self.client(id)?;
        let shown = self.shown(id)?;
        let window = self.window(shown.window)?;
        let room = self.room_of(client, Some(window.id));
        let zoomed = self.pane(shown.base).filter(|_| shown.zoomed).map(|pane| pane.size);
        let size = zoomed.unwrap_or(window.layout.size());
        if size.cols >= room.cols && size.rows >= room.rows {
            return None;
        }
        let sizer = self.sizer(client.session, Some(window.id)).filter(|sizer| sizer.id != id);
        let why = match (window.manual, self.window_options(window.id).window_size, sizer) {
            (true, ..) => "set by resize-window".to_owned(),
            (_, WindowSize::Manual, _) => "window-size is manual".to_owned(),
            (_, WindowSize::Smallest, _) => "the smallest terminal's".to_owned(),
            (.., Some(sizer)) => format!("{} typed last", sizer.name()),
            (.., None) => "as it was before".to_owned(),
        };
        Some(format!("{size}: {why}"))
    }

    fn size_window(&mut self, id: WindowId, size: Size) {
        let Some(window) = self.windows.get_mut(&id).filter(|window| !window.manual) else { return };
        if window.layout.size() != size {
            window.layout.resize(size);
            let pane = window.active;
            self.touch_window(id);
            self.fire_at("window-resized", pane);
        }
        self.fit_window(id);
    }

    /// A client takes over: sizes that were set by hand are over.
    pub(super) fn take_over(&mut self, client: ClientId) {
        let Some(session) = self.client(client).map(|client| client.session) else { return };
        let windows: Vec<WindowId> = self.windows_of(session).into_iter().map(|(_, window)| window.id).collect();
        for id in windows {
            let by_hand = self.window_options(id).window_size == WindowSize::Manual;
            self.windows.get_mut(&id).filter(|_| !by_hand).into_iter().for_each(|window| window.manual = false);
        }
        self.fit_session(session);
    }

    /// Sets a window's size by hand.
    pub fn resize_window(&mut self, id: WindowId, size: Size) {
        let Some(window) = self.windows.get_mut(&id) else { return };
        window.manual = true;
        window.layout.resize(size.clamp(limits::MIN_PANE, limits::MAX_SCREEN));
        let pane = window.active;
        self.fit_window(id);
        self.touch_window(id);
        self.fire_at("window-resized", pane);
    }

    /// Tells the terminals of a window's panes the sizes that the layout gives them.
    pub(super) fn fit_window(&mut self, id: WindowId) {
        let titles = self.window_options(id).pane_border_status;
        let Some(window) = self.windows.get_mut(&id) else { return };
        window.titles = titles;
        let Some(window) = self.windows.get(&id) else { return };
        let zoomed = self.zoomed_pane(window);
        let size = |pane| window.size_of(pane, zoomed == Some(pane));
        let wanted: Vec<(PaneId, Size)> =
            window.panes().into_iter().filter_map(|pane| Some((pane, size(pane)?))).collect();
        for (id, size) in wanted {
            self.size_pane(id, size.clamp(limits::MIN_PANE, limits::MAX_SCREEN));
        }
    }

    /// The pane that has the whole room where the window has its size from.
    fn zoomed_pane(&self, window: &Window) -> Option<PaneId> {
        let sizer = self.sizer(window.session, Some(window.id)).and_then(|client| self.shown(client.id));
        let (base, zoomed) = match sizer.filter(|shown| shown.window == window.id) {
            Some(shown) => (shown.base, shown.zoomed),
            None => (window.base(), window.zoomed),
        };
        zoomed.then_some(base)
    }

    /// A pane that is being started is told once it runs.
    fn size_pane(&mut self, id: PaneId, size: Size) {
        let starting = self.starts.contains_key(&id) && !self.pane(id).is_some_and(|pane| pane.is_running());
        let Some(pane) = self.panes.get_mut(&id).filter(|pane| !starting && pane.size != size) else { return };
        pane.size = size;
        self.push(Effect::ResizePane { pane: id, size });
    }
}
