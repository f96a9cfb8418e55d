//! What a client shows beside the cells of panes, computed anew from the state.

use crate::base::{ClientId, ExitStatus, Key, PaneId, Rect, SessionId, Size, Timestamp, WindowId};
use crate::config::Edge;
use crate::format;

use super::State;
use super::session::Session;
use super::window::Window;

/// All of it, for one client.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientView {
    pub session: SessionId,
    pub session_name: String,
    pub windows: Vec<Tab>,
    /// The visible panes of the current window.
    pub panes: Vec<PaneView>,
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

impl State {
    /// What the client shows; `None` when it is not attached.
    pub fn client_view(&mut self, client: ClientId, now: Timestamp) -> Option<ClientView> {
        self.with_eyes_of(client, |state| state.view_of(client, now))
    }

    fn view_of(&self, client: ClientId, now: Timestamp) -> Option<ClientView> {
        let session = self.session(self.client(client)?.session)?;
        let window = self.window(session.current)?;
        let lens = self.lens(now).client(client).session(session.id).shells();
        Some(ClientView {
            session: session.id,
            session_name: session.name.clone(),
            windows: self.tabs(session, now),
            panes: self.pane_views(window),
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
                label: format::expand(template, &self.lens(now).window(window.id).shells()),
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

    /// One pane that is shown inline has the terminal to itself.
    pub(super) fn has_status(&self, client: ClientId, window: &Window) -> bool {
        let flags = self.client(client).map(|client| client.flags).unwrap_or_default();
        let status = self.session_options(window.session).status;
        !status.is_off() && (!flags.inline || flags.inline_status || window.panes().len() > 1)
    }

    fn settings(&self, session: SessionId, window: WindowId) -> Settings {
        let (options, of_window) = (self.session_options(session), self.window_options(window));
        Settings {
            prefix: options.prefix,
            mouse: options.mouse,
            status: !options.status.is_off(),
            status_at_top: options.status_position == Edge::Top,
            status_style: options.status_style.clone(),
            message_style: options.message_style.clone(),
            pane_border_style: of_window.pane_border_style.clone(),
            pane_active_border_style: of_window.pane_active_border_style.clone(),
            repeat_time: options.repeat_time,
            display_time: options.display_time,
        }
    }

    /// The panes of which the client must be sent rows.
    pub fn visible_panes(&mut self, client: ClientId) -> Vec<PaneId> {
        self.with_eyes_of(client, |state| state.visible_of(client))
    }

    pub(super) fn visible_of(&self, client: ClientId) -> Vec<PaneId> {
        let session = self.client(client).and_then(|client| self.session(client.session));
        let window = session.and_then(|session| self.window(session.current));
        window.into_iter().flat_map(Window::visible).map(|(pane, _)| pane).collect()
    }
}
