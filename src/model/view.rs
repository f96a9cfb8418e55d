//! What a client shows beside the cells of panes, computed anew from the state.

use crate::base::{ClientId, ExitStatus, Key, PaneId, Rect, SessionId, Size, Timestamp, WindowId};
use crate::config::{BorderStatus, Edge};
use crate::format;

use super::State;
use super::floating::Dress;
use super::session::Session;
use super::vars::Lens;
use super::window::Window;

/// All of it, for one client.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientView {
    pub session: SessionId,
    pub session_name: String,
    pub windows: Vec<Tab>,
    /// The visible panes of the current window.
    pub panes: Vec<PaneView>,
    /// Those of them that float, which are the last ones.
    pub floats: Vec<FloatView>,
    /// The room that the window takes.
    pub window_size: Size,
    /// Expanded but for the conversions of strftime(3).
    pub status_left: String,
    pub status_right: String,
    pub settings: Settings,
}

/// A window in the status line.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    pub id: WindowId,
    pub index: u32,
    pub name: String,
    pub current: bool,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PaneView {
    pub id: PaneId,
    pub index: u32,
    pub rect: Rect,
    pub active: bool,
    pub title: String,
    pub dead: Option<ExitStatus>,
}

/// What a pane that floats has beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatView {
    pub pane: PaneId,
    pub framed: bool,
    pub pinned: bool,
    /// Nothing else in the window can be used.
    pub modal: bool,
    /// What stands on its frame.
    pub title: String,
    pub dress: Dress,
}

/// The options that concern the client.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub prefix: Key,
    pub mouse: bool,
    pub status: bool,
    pub status_at_top: bool,
    pub status_style: String,
    pub message_style: String,
    pub pane_border_style: String,
    pub pane_active_border_style: String,
    /// Milliseconds.
    pub repeat_time: u32,
    /// Milliseconds.
    pub display_time: u32,
}

impl ClientView {
    /// For a client that knows nothing of panes that float: while one is active, it is shown alone, in its size.
    pub fn without_floats(mut self) -> Self {
        let floats = std::mem::take(&mut self.floats);
        let is_float = |pane: &PaneView| floats.iter().any(|float| float.pane == pane.id);
        match self.panes.iter().find(|pane| pane.active && is_float(pane)).cloned() {
            Some(active) => {
                self.window_size = active.rect.size;
                self.panes = vec![PaneView { rect: Rect::new(0, 0, active.rect.size), ..active }];
            }
            None => self.panes.retain(|pane| !is_float(pane)),
        }
        self
    }
}

impl State {
    /// What the client shows; `None` when it is not attached.
    pub fn client_view(&mut self, client: ClientId, now: Timestamp) -> Option<ClientView> {
        self.with_eyes_of(client, |state| state.view_of(client, now))
    }

    fn view_of(&self, client: ClientId, now: Timestamp) -> Option<ClientView> {
        let session = self.session(self.client(client)?.session)?;
        let window = self.window(session.current)?;
        let lens = self.lens(now).client(client).session(session.id);
        Some(ClientView {
            session: session.id,
            session_name: session.name.clone(),
            windows: self.tabs(session, now),
            panes: self.pane_views(window),
            floats: self.float_views(window, now),
            window_size: window.layout.size(),
            status_left: format::expand(&self.session_options(session.id).status_left, &lens),
            status_right: format::expand(&self.session_options(session.id).status_right, &lens),
            settings: Settings { status: self.has_status(client, window), ..self.settings(session.id, window.id) },
        })
    }

    fn tabs(&self, session: &Session, now: Timestamp) -> Vec<Tab> {
        let tab = |(index, window): (u32, &Window)| {
            let is_current = window.id == session.current;
            let options = self.window_options(window.id);
            let (other, current) = (&options.window_status_format, &options.window_status_current_format);
            let template = if is_current { current } else { other };
            Tab {
                id: window.id,
                index,
                name: window.name.clone(),
                current: is_current,
                label: format::expand(template, &self.lens(now).session(session.id).window(window.id)),
            }
        };
        self.windows_of(session.id).into_iter().map(tab).collect()
    }

    fn pane_views(&self, window: &Window) -> Vec<PaneView> {
        let base = self.window_options(window.id).pane_base_index;
        let view = |(id, rect): (PaneId, Rect)| {
            let pane = self.pane(id)?;
            let position = u32::try_from(window.position(id)?).ok()?;
            Some(PaneView {
                id,
                index: base.saturating_add(position),
                rect,
                active: id == window.active,
                title: pane.title.clone(),
                dead: pane.dead().map(|(status, _)| status),
            })
        };
        window.visible().into_iter().filter_map(view).collect()
    }

    fn float_views(&self, window: &Window, now: Timestamp) -> Vec<FloatView> {
        let view = |(id, _): (PaneId, Rect)| {
            let float = window.float(id)?;
            let lens = self.lens(now).pane(id);
            let options = self.pane_options(id);
            let title = match (float.dress.title.as_str(), options.pane_border_status) {
                ("", BorderStatus::Off) => self.pane_label(id, &lens),
                ("", _) => format::expand(&options.pane_border_format, &lens),
                (title, _) => title.to_owned(),
            };
            Some(FloatView {
                pane: id,
                framed: window.place_of(float).framed,
                pinned: float.pinned,
                modal: float.is_popup(),
                title,
                dress: float.dress.clone(),
            })
        };
        window.visible().into_iter().filter_map(view).collect()
    }

    /// What its program calls the pane, or else the program's name.
    fn pane_label(&self, id: PaneId, lens: &Lens<'_>) -> String {
        let title = self.pane(id).map(|pane| pane.title.clone()).filter(|title| !title.is_empty());
        title.or_else(|| lens.current_command()).unwrap_or_default()
    }

    /// One pane that is shown inline has the terminal to itself.
    fn has_status(&self, client: ClientId, window: &Window) -> bool {
        let Some(client) = self.client(client) else { return false };
        let (flags, status) = (client.flags, self.session_options(client.session).status);
        status && (!flags.inline || flags.inline_status || window.panes().len() > 1)
    }

    fn settings(&self, session: SessionId, window: WindowId) -> Settings {
        let (options, of_window) = (self.session_options(session), self.window_options(window));
        Settings {
            prefix: options.prefix,
            mouse: options.mouse,
            status: options.status,
            status_at_top: options.status_position == Edge::Top,
            status_style: options.status_style.clone(),
            message_style: options.message_style.clone(),
            pane_border_style: of_window.pane_border_style.clone(),
            pane_active_border_style: of_window.pane_active_border_style.clone(),
            repeat_time: options.repeat_time,
            display_time: options.display_time,
        }
    }

    /// The panes that the client shows.
    #[cfg(test)]
    pub fn visible_panes(&mut self, client: ClientId) -> Vec<PaneId> {
        self.with_eyes_of(client, |state| state.visible_of(client))
    }

    pub(super) fn visible_of(&self, client: ClientId) -> Vec<PaneId> {
        let session = self.client(client).and_then(|client| self.session(client.session));
        let window = session.and_then(|session| self.window(session.current));
        window.into_iter().flat_map(Window::visible).map(|(pane, _)| pane).collect()
    }
}
