//! A window: panes that tile one room.

use crate::base::{PaneId, Rect, SessionId, Size, Timestamp, WindowId};
use crate::layout::Layout;

/// Panes that tile one room. Belongs to one session.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    pub id: WindowId,
    pub session: SessionId,
    pub name: String,
    /// The name follows the program in the active pane.
    pub automatic: bool,
    /// Holds exactly the window's panes, in the order of their indexes.
    pub layout: Layout,
    pub active: PaneId,
    /// The panes that were active before, the latest first, without the active one.
    pub recent: Vec<PaneId>,
    /// The active pane takes the whole room.
    pub zoomed: bool,
    /// The size was set by hand (`resize-window`), until a client takes over.
    pub manual: bool,
    /// Something was written or rang while the window was not current.
    pub activity: bool,
    pub bell: bool,
    pub last_output: Timestamp,
    /// The arrangement that next-layout put up last: its place among the presets.
    pub preset: Option<usize>,
    /// The arrangement before `select-layout` changed it last, as `#{window_layout}` prints it.
    pub former: Option<String>,
}

impl Window {
    pub fn new(id: WindowId, session: SessionId, pane: PaneId, size: Size, now: Timestamp) -> Self {
        Self {
            id,
            session,
            name: String::new(),
            automatic: true,
            layout: Layout::new(pane, size),
            active: pane,
            recent: Vec::new(),
            zoomed: false,
            manual: false,
            activity: false,
            bell: false,
            last_output: now,
            preset: None,
            former: None,
        }
    }

    pub fn panes(&self) -> Vec<PaneId> {
        self.layout.panes()
    }

    /// The pane's place in order, from 0.
    pub fn position(&self, pane: PaneId) -> Option<usize> {
        self.panes().iter().position(|&known| known == pane)
    }

    /// Where a pane is shown: the zoomed one everywhere, the others where the layout has them.
    pub fn rect(&self, pane: PaneId) -> Option<Rect> {
        match self.zoomed && pane == self.active {
            true => Some(Rect::new(0, 0, self.layout.size())),
            false => self.layout.rect(pane),
        }
    }

    /// The size that a pane's terminal should have: larger than its rect where the window cuts it.
    pub fn pane_size(&self, pane: PaneId) -> Option<Size> {
        match self.zoomed && pane == self.active {
            true => Some(self.layout.size()),
            false => self.layout.pane_size(pane),
        }
    }

    /// The panes that can be seen, with their places.
    pub fn visible(&self) -> Vec<(PaneId, Rect)> {
        match self.zoomed {
            true => vec![(self.active, Rect::new(0, 0, self.layout.size()))],
            false => self.layout.rects().into_iter().filter(|(_, rect)| !rect.size.is_empty()).collect(),
        }
    }

    /// Makes a pane the active one; the former one is the last from then on. A zoom ends.
    pub(super) fn activate(&mut self, pane: PaneId) {
        if pane == self.active || !self.layout.contains(pane) {
            return;
        }
        self.zoomed = false;
        self.recent.retain(|&known| known != pane);
        self.recent.insert(0, self.active);
        self.active = pane;
    }

    /// Takes a pane out; false when it is the only one and stays.
    pub(super) fn remove(&mut self, pane: PaneId) -> bool {
        let next = self.recent.first().copied().or_else(|| self.beside(pane));
        if !self.layout.remove(pane) {
            return false;
        }
        self.zoomed = false;
        self.recent.retain(|&known| known != pane);
        if self.active == pane {
            self.active = next.unwrap_or(self.active);
            self.recent.retain(|&known| Some(known) != next);
        }
        true
    }

    /// The pane that is next in order, or the one before where there is none.
    fn beside(&self, pane: PaneId) -> Option<PaneId> {
        let panes = self.panes();
        let at = panes.iter().position(|&known| known == pane)?;
        panes.get(at + 1).or_else(|| panes.get(at.checked_sub(1)?)).copied()
    }

    /// tmux's marks behind a window's name: `#` activity, `!` bell, `*` current, `-` last, `M` marked, `Z` zoomed.
    pub fn flags(&self, current: bool, last: bool, marked: bool) -> String {
        let last = last && !current;
        let marks =
            [(self.activity, '#'), (self.bell, '!'), (current, '*'), (last, '-'), (marked, 'M'), (self.zoomed, 'Z')];
        marks.iter().filter(|(set, _)| *set).map(|&(_, mark)| mark).collect()
    }
}
