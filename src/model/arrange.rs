//! How panes change places and sizes within and between windows.

use crate::base::{Error, PaneId, Result, SessionId, Timestamp, WindowId};
use crate::layout::{Layout, Preset};

use super::start::make_room;
use super::transfer::PLACEHOLDER;
use super::window::Window;
use super::{State, names};

/// The order in which `next-layout` goes through the presets.
pub const PRESETS: [Preset; 5] =
    [Preset::EvenHorizontal, Preset::EvenVertical, Preset::MainHorizontal, Preset::MainVertical, Preset::Tiled];

/// Where `break-pane` puts a pane.
#[derive(Clone, Debug)]
pub struct Place {
    pub session: SessionId,
    /// The first free index where none is given.
    pub index: Option<u32>,
    pub name: Option<String>,
    /// Windows at that index and behind it make room.
    pub shift: bool,
    /// The current window stays what it is.
    pub background: bool,
}

impl State {
    /// Makes a pane the active one of its window; `keep_zoom` shows it in the whole room where another was.
    pub fn select_pane(&mut self, id: PaneId, keep_zoom: bool) {
        if self.popup_over(id).is_none() {
            self.go_to_pane(id, keep_zoom);
        }
    }

    /// The same for a client that was there before: the popup that now has the window is another one's.
    pub fn go_to_pane(&mut self, id: PaneId, keep_zoom: bool) {
        let Some(pane) = self.pane(id).map(|pane| pane.window) else { return };
        let Some(window) = self.windows.get_mut(&pane) else { return };
        let zoomed = window.zoomed;
        let changed = window.active != id;
        window.go_to(id);
        window.zoomed = zoomed && (keep_zoom || window.zoomed);
        self.rearranged(pane);
        self.name_window(pane);
        if changed {
            self.fire_at("window-pane-changed", id);
        }
    }

    /// Shows the pane in the whole room, or all panes again.
    pub fn zoom(&mut self, id: PaneId) {
        let Some(window) = self.pane(id).map(|pane| pane.window) else { return };
        let was = self.window(window).map(Window::base);
        self.arrange(window, |window| {
            window.activate(id);
            if let Some(float) = window.float_mut(id) {
                float.full = !float.full;
                return;
            }
            let on = !(window.zoomed && was == Some(id));
            window.zoomed = on && window.layout.panes().len() > 1;
        });
    }

    /// Changes a window by a rule of its own and tells everybody.
    fn arrange(&mut self, id: WindowId, change: impl FnOnce(&mut Window)) {
        if let Some(window) = self.windows.get_mut(&id) {
            change(window);
            self.rearranged(id);
        }
    }

    pub(super) fn rearranged(&mut self, id: WindowId) {
        self.fit_window(id);
        self.touch_window(id);
    }

    /// Changes the arrangement of a window's panes; a zoom ends.
    pub fn change_layout(&mut self, id: WindowId, change: impl FnOnce(&mut Layout)) {
        self.arrange(id, |window| {
            window.zoomed = false;
            change(&mut window.layout);
        });
        self.layout_changed(id);
    }

    pub(super) fn layout_changed(&mut self, id: WindowId) {
        if let Some(active) = self.window(id).map(|window| window.active) {
            self.fire_at("window-layout-changed", active);
        }
    }

    /// Puts up a preset by its place among [`PRESETS`].
    pub fn apply_preset(&mut self, id: WindowId, place: usize) {
        let place = place % PRESETS.len();
        self.arrange(id, |window| {
            window.zoomed = false;
            window.preset = Some(place);
            window.layout.apply(PRESETS[place]);
        });
        self.layout_changed(id);
    }

    /// Puts up an arrangement that `#{window_layout}` printed.
    pub fn restore_arrangement(&mut self, id: WindowId, text: &str) -> Result<()> {
        let Some(window) = self.window(id) else { return Ok(()) };
        let size = window.layout.size();
        let mut layout = Layout::parse(text, &window.layout.panes())
            .map_err(|why| Error::usage(format!("invalid layout: {text}: {why}")))?;
        layout.resize(size);
        self.change_layout(id, |known| *known = layout);
        Ok(())
    }

    /// Notes how the panes are arranged, for `select-layout -o`; what was noted before.
    pub fn remember_layout(&mut self, id: WindowId) -> Option<String> {
        let window = self.windows.get_mut(&id)?;
        let now = window.layout.dump();
        window.former.replace(now)
    }

    /// The windows of these that show one pane alone, to be shown so again by [`State::zoom_again`].
    pub fn zoomed_of(&self, panes: &[PaneId]) -> Vec<WindowId> {
        let windows = panes.iter().filter_map(|pane| self.home_of(*pane));
        windows.map(|(_, window)| window).filter(|id| self.window(*id).is_some_and(|window| window.zoomed)).collect()
    }

    pub fn zoom_again(&mut self, windows: &[WindowId]) {
        for id in windows {
            self.arrange(*id, |window| window.zoomed = window.layout.panes().len() > 1);
        }
    }

    /// Exchanges two panes, of one window or of two.
    pub fn swap_panes(&mut self, a: PaneId, b: PaneId) {
        let (Some(home_a), Some(home_b)) = (self.home_of(a), self.home_of(b)) else { return };
        if home_a.1 == home_b.1 {
            return self.swap_within(home_a.1, a, b);
        }
        for (window, old, new) in [(home_a.1, a, b), (home_b.1, b, a)] {
            self.arrange(window, |window| {
                window.zoomed = false;
                window.replace(old, new);
                window.recent.retain(|&known| known != old && known != new);
                if window.active == old {
                    window.active = new;
                }
            });
            if let Some(pane) = self.panes.get_mut(&new) {
                pane.window = window;
            }
        }
        self.rearranged(home_a.1);
        self.rearranged(home_b.1);
    }

    fn swap_within(&mut self, id: WindowId, a: PaneId, b: PaneId) {
        let tiled = |window: &Window| window.layout.contains(a) && window.layout.contains(b);
        if self.window(id).is_some_and(tiled) {
            return self.change_layout(id, |layout| layout.swap(a, b));
        }
        self.arrange(id, |window| {
            window.zoomed = false;
            window.replace(a, PLACEHOLDER);
            window.replace(b, a);
            window.replace(PLACEHOLDER, b);
        });
        self.layout_changed(id);
    }

    /// Moves a pane into a window of its own.
    pub fn break_pane(&mut self, pane: PaneId, to: Place, now: Timestamp) -> Result<WindowId> {
        let (_, from) = self.home_of(pane).ok_or_else(|| Error::not_found(format!("can't find pane: {pane}")))?;
        if self.window(from).is_some_and(|window| window.panes().len() == 1) {
            return Err(Error::refused("can't break with only one pane").hint("it has a window of its own already"));
        }
        to.name.as_deref().map_or(Ok(()), |name| names::check("window", name))?;
        let session = self.session(to.session).ok_or_else(|| Error::not_found("can't find session"))?;
        let index = to.index.unwrap_or_else(|| session.free_index(self.session_options(to.session).base_index));
        if session.windows.contains_key(&index) && !to.shift {
            return Err(Error::conflict(format!("index in use: {index}")));
        }
        let size = session.size;
        let id = self.new_window_id();
        let mut window = Window::new(id, to.session, pane, size, now);
        window.titles = self.options.pane_border_status;
        window.automatic = to.name.is_none() && self.options.automatic_rename;
        window.name = to.name.unwrap_or_else(|| self.pane_program_name(pane));
        self.arrange(from, |window| {
            window.remove(pane);
        });
        self.name_window(from);
        self.windows.insert(id, Box::new(window));
        if let Some(pane) = self.panes.get_mut(&pane) {
            pane.window = id;
        }
        if let Some(session) = self.sessions.get_mut(&to.session) {
            make_room(session, index);
            session.windows.insert(index, id);
            if !to.background {
                session.select(id);
            }
        }
        self.relink(to.session);
        self.rearranged(id);
        Ok(id)
    }

    fn pane_program_name(&self, pane: PaneId) -> String {
        let name = self.pane(pane).map(|pane| self.program_name(&pane.program));
        name.unwrap_or_default()
    }
}
