//! A window: panes that tile one room.

use crate::base::{ClientId, PaneId, Rect, SessionId, Size, Timestamp, WindowId};
use crate::config::BorderStatus;
use crate::layout::Layout;

use super::scopes::Local;
use super::session::Alerts;

/// Panes that tile one room. In one session, or linked into several.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    pub id: WindowId,
    /// Its home: what its programs are given comes from there.
    pub session: SessionId,
    /// The other sessions that it is linked into, in no order that means anything.
    pub also: Vec<SessionId>,
    /// Whose active pane and zoom it has: see [`super::place`].
    pub(super) holder: Option<ClientId>,
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
    /// Where the panes' titles are: those at that edge have a row less.
    pub titles: BorderStatus,
    pub last_output: Timestamp,
    /// The arrangement that next-layout put up last: its place among the presets.
    pub preset: Option<usize>,
    /// The arrangement before `select-layout` changed it last, as `#{window_layout}` prints it.
    pub former: Option<String>,
    /// Options of its own.
    pub local: Local,
}

impl Window {
    pub fn new(id: WindowId, session: SessionId, pane: PaneId, size: Size, now: Timestamp) -> Self {
        Self {
            id,
            session,
            also: Vec::new(),
            holder: None,
            name: String::new(),
            automatic: true,
            layout: Layout::new(pane, size),
            active: pane,
            recent: Vec::new(),
            zoomed: false,
            manual: false,
            titles: BorderStatus::Off,
            last_output: now,
            preset: None,
            former: None,
            local: Local::default(),
        }
    }

    /// The sessions that hold it, its home first.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> {
        std::iter::once(self.session).chain(self.also.iter().copied())
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
            true => Some(self.below_title(Rect::new(0, 0, self.layout.size()))),
            false => Some(self.below_title(self.layout.rect(pane)?)),
        }
    }

    /// What a title at the window's edge leaves of a pane's place.
    fn below_title(&self, rect: Rect) -> Rect {
        let less = Size::new(rect.size.cols, rect.size.rows.saturating_sub(1));
        match self.titles {
            BorderStatus::Top if rect.top() == 0 && !less.is_empty() => Rect::new(1, rect.left(), less),
            BorderStatus::Bottom if rect.bottom() == self.layout.size().rows && !less.is_empty() => {
                Rect::new(rect.top(), rect.left(), less)
            }
            _ => rect,
        }
    }

    /// The size that a pane's terminal should have: larger than its rect where the window cuts it.
    pub fn pane_size(&self, pane: PaneId) -> Option<Size> {
        self.size_of(pane, self.zoomed && pane == self.active)
    }

    /// The same for one that has the whole room, or not.
    pub(super) fn size_of(&self, pane: PaneId, zoomed: bool) -> Option<Size> {
        let (size, place) = match zoomed {
            true => (self.layout.size(), Rect::new(0, 0, self.layout.size())),
            false => (self.layout.pane_size(pane)?, self.layout.rect(pane)?),
        };
        let taken = place.size.rows - self.below_title(place).size.rows;
        Some(Size::new(size.cols, size.rows - taken))
    }

    /// The panes that can be seen, with their places.
    pub fn visible(&self) -> Vec<(PaneId, Rect)> {
        match self.zoomed {
            true => vec![(self.active, self.below_title(Rect::new(0, 0, self.layout.size())))],
            false => {
                let shown = self.layout.rects().into_iter().filter(|(_, rect)| !rect.size.is_empty());
                shown.map(|(pane, rect)| (pane, self.below_title(rect))).collect()
            }
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

    /// tmux's marks behind a window's name: `#` activity, `!` bell, `~` silence, `*` current, `-` last, `M` marked, `Z` zoomed.
    pub fn flags(&self, alerts: Alerts, current: bool, last: bool, marked: bool) -> String {
        let last = last && !current;
        let marks = [
            (alerts.activity, '#'),
            (alerts.bell, '!'),
            (alerts.silence, '~'),
            (current, '*'),
            (last, '-'),
            (marked, 'M'),
            (self.zoomed, 'Z'),
        ];
        marks.iter().filter(|(set, _)| *set).map(|&(_, mark)| mark).collect()
    }
}
