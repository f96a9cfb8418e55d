//! A window: panes that tile one room, and panes that float above them.

use crate::base::{ClientId, Direction, PaneId, Rect, SessionId, Size, Timestamp, WindowId};
use crate::config::BorderStatus;
use crate::layout::{Floating, Layout, nearest};

use super::floating::{Dress, Float, FloatKind};
use super::scopes::Local;
use super::session::Alerts;

/// Panes that tile one room, one at least, and panes that float above them. In one session, or linked into several.
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
    /// Holds exactly the panes that tile the window, in the order of their indexes.
    pub layout: Layout,
    /// Those that float above them, the last on top.
    pub floats: Vec<Float>,
    pub active: PaneId,
    /// The panes that were active before, the latest first, without the active one.
    pub recent: Vec<PaneId>,
    /// Of the panes that tile it, the one that is active or was so last takes the whole room.
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
            floats: Vec::new(),
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

    /// In the order of their indexes: those that tile the window, then those that float, by age.
    pub fn panes(&self) -> Vec<PaneId> {
        let mut floats: Vec<PaneId> = self.floats.iter().map(|float| float.pane).collect();
        floats.sort();
        self.layout.panes().into_iter().chain(floats).collect()
    }

    pub fn contains(&self, pane: PaneId) -> bool {
        self.layout.contains(pane) || self.float(pane).is_some()
    }

    pub fn float(&self, pane: PaneId) -> Option<&Float> {
        self.floats.iter().find(|float| float.pane == pane)
    }

    pub(super) fn float_mut(&mut self, pane: PaneId) -> Option<&mut Float> {
        self.floats.iter_mut().find(|float| float.pane == pane)
    }

    /// The popup that has the window to itself, while it is the active pane.
    pub fn popup(&self) -> Option<PaneId> {
        self.float(self.active).filter(|float| float.is_popup()).map(|float| float.pane)
    }

    /// Of the panes that tile the window, the one that is active or was so last.
    pub fn base(&self) -> PaneId {
        self.base_of(self.active, &self.recent)
    }

    /// The same where this pane is active, and these were before.
    pub(super) fn base_of(&self, active: PaneId, recent: &[PaneId]) -> PaneId {
        let tiled = |pane: &&PaneId| self.layout.contains(**pane);
        let known = std::iter::once(&active).chain(recent).find(tiled).copied();
        known.or_else(|| self.layout.panes().first().copied()).unwrap_or(active)
    }

    /// The pane's place in order, from 0.
    pub fn position(&self, pane: PaneId) -> Option<usize> {
        self.panes().iter().position(|&known| known == pane)
    }

    /// Where a pane is shown: the zoomed one everywhere, the others where the layout has them or they float.
    pub fn rect(&self, pane: PaneId) -> Option<Rect> {
        if let Some(float) = self.float(pane) {
            return Some(self.place_of(float).rect);
        }
        match self.zoomed && pane == self.base() {
            true => Some(self.below_title(self.whole())),
            false => Some(self.below_title(self.layout.rect(pane)?)),
        }
    }

    fn whole(&self) -> Rect {
        Rect::new(0, 0, self.layout.size())
    }

    /// Where a pane floats, and whether it has a frame.
    pub fn place_of(&self, float: &Float) -> Floating {
        match float.full {
            true => Floating { rect: self.whole(), framed: false },
            false => Floating::within(float.wanted, float.framed, self.layout.size()),
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
        self.size_of(pane, self.zoomed && pane == self.base())
    }

    /// The same for one that has the whole room, or not.
    pub(super) fn size_of(&self, pane: PaneId, zoomed: bool) -> Option<Size> {
        if let Some(float) = self.float(pane) {
            return Some(self.place_of(float).rect.size);
        }
        let (size, place) = match zoomed {
            true => (self.layout.size(), self.whole()),
            false => (self.layout.pane_size(pane)?, self.layout.rect(pane)?),
        };
        let taken = place.size.rows - self.below_title(place).size.rows;
        Some(Size::new(size.cols, size.rows - taken))
    }

    /// The panes that can be seen, with their places, those on top last.
    pub fn visible(&self) -> Vec<(PaneId, Rect)> {
        let alone = self.float(self.active).map_or(self.zoomed, |float| float.full);
        let mut shown = match self.float(self.active).filter(|float| float.full) {
            Some(full) => vec![(full.pane, self.whole())],
            None => self.tiled(),
        };
        if !alone {
            let floats = self.shown_floats().into_iter();
            shown.extend(floats.map(|float| (float.pane, self.place_of(float).rect)));
        }
        shown
    }

    /// The active pane has the whole room, or the one below it would.
    pub fn is_zoomed(&self) -> bool {
        self.float(self.active).map_or(self.zoomed, |float| float.full || self.zoomed)
    }

    /// What can be seen of the panes that tile the window, where nothing lies above them.
    fn tiled(&self) -> Vec<(PaneId, Rect)> {
        match self.zoomed {
            true => vec![(self.base(), self.below_title(self.whole()))],
            false => {
                let shown = self.layout.rects().into_iter().filter(|(_, rect)| !rect.size.is_empty());
                shown.map(|(pane, rect)| (pane, self.below_title(rect))).collect()
            }
        }
    }

    /// The panes that float and are shown now, the last on top: the active one, those that are pinned, and while one that
    /// was opened to stay is active all of that kind. Nothing tiles above a zoomed pane that is active.
    pub fn shown_floats(&self) -> Vec<&Float> {
        let plain = self.float(self.active).is_some_and(|float| float.kind == FloatKind::Plain);
        let shown =
            |float: &&Float| float.pane == self.active || float.pinned || (plain && float.kind == FloatKind::Plain);
        self.floats.iter().filter(shown).collect()
    }

    /// The panes that a user goes through: those that are seen, or would be without a zoom.
    pub fn reachable(&self) -> Vec<PaneId> {
        let mut floats: Vec<PaneId> = self.shown_floats().into_iter().map(|float| float.pane).collect();
        floats.sort();
        self.layout.panes().into_iter().chain(floats).collect()
    }

    /// Makes a pane the active one, and the topmost where it floats; the former one is the last from then on. A zoom ends
    /// where another pane takes that place. Nothing happens under a popup.
    pub(super) fn activate(&mut self, pane: PaneId) {
        if self.popup().is_none_or(|popup| popup == pane) {
            self.go_to(pane);
        }
    }

    /// The same under a popup too, which is another client's then.
    pub(super) fn go_to(&mut self, pane: PaneId) {
        if !self.contains(pane) {
            return;
        }
        self.raise(pane);
        if pane == self.active {
            return;
        }
        if self.layout.contains(pane) && pane != self.base() {
            self.zoomed = false;
        }
        self.recent.retain(|&known| known != pane);
        self.recent.insert(0, self.active);
        self.active = pane;
    }

    /// Puts a pane above all others that float.
    pub(super) fn raise(&mut self, pane: PaneId) {
        if let Some(at) = self.floats.iter().position(|float| float.pane == pane) {
            let float = self.floats.remove(at);
            self.floats.push(float);
        }
    }

    /// Takes a pane out; false when it is the only one and stays. Where the last one that tiles the window goes, the one
    /// that floats and was used last comes down into its place.
    pub(super) fn remove(&mut self, pane: PaneId) -> bool {
        let floats = self.float(pane).is_some();
        let next = self.after(pane);
        if floats {
            self.floats.retain(|float| float.pane != pane);
        } else if !self.layout.remove(pane) {
            let Some(heir) = self.heir().filter(|_| self.layout.contains(pane)) else { return false };
            self.layout.replace(pane, heir);
            self.floats.retain(|float| float.pane != heir);
        }
        self.zoomed &= floats;
        self.recent.retain(|&known| known != pane);
        if self.active == pane {
            self.active = next.filter(|next| *next != pane).unwrap_or_else(|| self.base());
            self.recent.retain(|&known| known != self.active);
        }
        true
    }

    /// What is active when this pane is gone: nothing that was hidden away or that another client's popup is.
    fn after(&self, pane: PaneId) -> Option<PaneId> {
        let ordinary = |known: &&PaneId| match self.float(**known) {
            Some(float) => self.float(pane).is_some() && float.kind == FloatKind::Plain,
            None => true,
        };
        let before = self.recent.iter().filter(|known| **known != pane).find(ordinary).copied();
        before.or_else(|| self.beside(pane)).or_else(|| self.heir())
    }

    /// The pane after which the window is called: what is only looked into for a while gives it no name.
    pub fn namesake(&self) -> PaneId {
        let passing = self.float(self.active).is_some_and(|float| float.kind != FloatKind::Plain);
        if passing { self.base() } else { self.active }
    }

    /// Where the user was before the scratch terminal was called up.
    pub(super) fn below_scratch(&self, scratch: PaneId) -> PaneId {
        self.after(scratch).unwrap_or_else(|| self.base())
    }

    /// Of the panes that are seen, the one in that direction: those that float and those that tile the window are apart.
    pub fn neighbour(&self, pane: PaneId, direction: Direction) -> Option<PaneId> {
        let Some(own) = self.float(pane) else { return self.layout.neighbour(pane, direction, &self.recent) };
        let others = self.shown_floats().into_iter().filter(|float| float.pane != pane);
        let others: Vec<(PaneId, Rect)> = others.map(|float| (float.pane, self.place_of(float).rect)).collect();
        nearest(self.place_of(own).rect, &others, direction)
    }

    /// The panes among which this one has an order: those that float, or those that tile the window.
    pub fn peers(&self, pane: PaneId) -> Vec<PaneId> {
        let floats = self.float(pane).is_some();
        self.panes().into_iter().filter(|known| self.float(*known).is_some() == floats).collect()
    }

    /// The pane that floats and was used last.
    fn heir(&self) -> Option<PaneId> {
        let floats = |pane: &&PaneId| self.float(**pane).is_some();
        let used = std::iter::once(&self.active).chain(&self.recent).find(floats).copied();
        used.or_else(|| self.floats.last().map(|float| float.pane))
    }

    /// Of those that tile the window, the pane that is next in order, or the one before where there is none.
    fn beside(&self, pane: PaneId) -> Option<PaneId> {
        let panes = self.layout.panes();
        let at = panes.iter().position(|&known| known == pane)?;
        panes.get(at + 1).or_else(|| panes.get(at.checked_sub(1)?)).copied()
    }

    /// Another pane takes the place of `old`, which goes elsewhere. It is nobody's popup, nor the scratch terminal.
    pub(super) fn replace(&mut self, old: PaneId, new: PaneId) {
        self.layout.replace(old, new);
        if let Some(float) = self.float_mut(old) {
            (float.pane, float.kind, float.dress) = (new, FloatKind::Plain, Dress::default());
        }
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
            (self.is_zoomed(), 'Z'),
        ];
        marks.iter().filter(|(set, _)| *set).map(|&(_, mark)| mark).collect()
    }
}
