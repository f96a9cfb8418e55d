//! What a client shows beside the cells of panes, computed anew from the state.

use crate::base::{ClientId, ExitStatus, Key, PaneId, Rect, SessionId, Size, Timestamp, WindowId};

use super::State;

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
    pub fn client_view(&self, _client: ClientId, _now: Timestamp) -> Option<ClientView> {
        None
    }

    /// The panes of which the client must be sent rows.
    pub fn visible_panes(&self, _client: ClientId) -> Vec<PaneId> {
        Vec::new()
    }
}
