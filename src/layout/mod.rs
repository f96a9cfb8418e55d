//! How a window's cells are divided among its panes: a tree of splits, and the rectangles that follow from it.
//!
//! Arithmetic only: never looks at what a pane shows, never draws a border, does no I/O. Neighbours are one
//! border cell apart; rectangles and borders tile the window exactly while there is room for one cell a pane.
//! Below that the tree keeps its smallest size and the rectangles are cut at the window's edge, down to nothing.
//!
//! Splitting, presets, moving borders and the text form follow tmux's `layout.c`, so that scripts which compute
//! with them keep working. One thing differs on purpose: when the window's size changes (and where a split along
//! the whole window presses the others together), panes keep their proportions, rounded to the nearest, and those
//! are remembered as they were last arranged. tmux takes and gives equal numbers of cells, so that its layouts
//! wear off as two clients of different size take turns.
//!
//! ```text
//!  80x24,0,0{40x24,0,0,0,39x24,41,0[39x12,41,0,1,39x11,41,13,2]}     ┌────┬────┐
//!                                                                    │    │ 1  │
//!  split along Horizontal ─┬─ pane 0                                 │ 0  ├────┤
//!                          └─ split along Vertical ─┬─ pane 1        │    │ 2  │
//!                                                   └─ pane 2        └────┴────┘
//! ```

mod cell;
mod floating;
mod neighbour;
mod preset;
mod resize;
mod text;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::base::limits::MIN_PANE;
use crate::base::{Direction, PaneId, Point, Rect, Size};

use cell::Cell;
pub use floating::{Floating, centred, moved, nearest, stretched};
pub use preset::Preset;

/// The direction in which a split's children follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Axis {
    /// Side by side: `split-window -h`.
    Horizontal,
    /// One above the other: `split-window -v`.
    Vertical,
}

/// How long a new pane is to be, along the split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Extent {
    Cells(u16),
    /// Of the pane that is split, or of the window with [`Split::full`].
    Percent(u8),
}

impl Extent {
    /// In cells, of so many.
    pub fn of(self, whole: u16) -> u16 {
        match self {
            Extent::Cells(cells) => cells,
            Extent::Percent(percent) => u16::try_from(u32::from(whole) * u32::from(percent) / 100).unwrap_or(u16::MAX),
        }
    }
}

/// What `split-window` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    pub axis: Axis,
    /// The new pane comes left of or above the old one.
    pub before: bool,
    /// Along the whole window instead of the pane alone.
    pub full: bool,
    /// Half when it is not said.
    pub size: Option<Extent>,
}

/// Not every pane would have a cell, or the pane to split is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no room for another pane")]
pub struct NoRoom;

/// The division of one window. Holds at least one pane at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "text::Saved", into = "text::Saved")]
pub struct Layout {
    size: Size,
    /// As the user last arranged it, at whatever size the window had then.
    wanted: Cell,
    /// `wanted` in the present size, or in the smallest that it can have.
    shown: Cell,
}

impl Layout {
    /// One pane over the whole window. A size without cells counts as 1x1.
    pub fn new(pane: PaneId, size: Size) -> Self {
        let size = at_least_one(size);
        let cell = Cell::pane(pane, size);
        Self { size, wanted: cell.clone(), shown: cell }
    }

    pub fn size(&self) -> Size {
        self.size
    }

    /// Fits the panes into a window of this size, each in proportion.
    pub fn resize(&mut self, size: Size) {
        self.size = at_least_one(size);
        self.fit();
    }

    /// Puts `new` beside `target`, or along the whole window.
    pub fn split(&mut self, target: PaneId, new: PaneId, how: Split) -> Result<(), NoRoom> {
        let mut root = self.shown.clone();
        root.split(target, new, how)?;
        self.adopt(root);
        Ok(())
    }

    /// Gives the pane's cells to its neighbour. False: it was the last one and stays, or was not there.
    pub fn remove(&mut self, pane: PaneId) -> bool {
        let mut root = self.shown.clone();
        let removed = root.remove(pane);
        if removed {
            self.adopt(root);
        }
        removed
    }

    pub fn contains(&self, pane: PaneId) -> bool {
        self.shown.path(pane).is_some()
    }

    /// In tree order, which is the order of pane indexes.
    pub fn panes(&self) -> Vec<PaneId> {
        let mut panes = Vec::new();
        self.shown.each_pane(Point::default(), &mut |pane, _| panes.push(pane));
        panes
    }

    /// Where the pane is seen. Its size is empty when the window has no room for it.
    pub fn rect(&self, pane: PaneId) -> Option<Rect> {
        self.rects().into_iter().find_map(|(id, rect)| (id == pane).then_some(rect))
    }

    /// All panes and where they are seen, in tree order.
    pub fn rects(&self) -> Vec<(PaneId, Rect)> {
        self.whole_rects().into_iter().map(|(pane, rect)| (pane, cut(rect, self.size))).collect()
    }

    /// The size that the pane's terminal should have: never empty, larger than [`Layout::rect`] where the window
    /// cuts it.
    pub fn pane_size(&self, pane: PaneId) -> Option<Size> {
        self.whole_rects().into_iter().find_map(|(id, rect)| (id == pane).then_some(rect.size))
    }

    /// The pane beyond that edge, round the window's edge if need be. Of several the one that comes first in
    /// `recent` wins, then the first in tree order.
    pub fn neighbour(&self, pane: PaneId, direction: Direction, recent: &[PaneId]) -> Option<PaneId> {
        neighbour::find(&self.whole_rects(), self.shown.size, pane, direction, recent)
    }

    /// Two panes change places; the places keep their sizes.
    pub fn swap(&mut self, a: PaneId, b: PaneId) {
        if self.contains(a) && self.contains(b) {
            self.rename(|pane| match pane {
                pane if pane == a => b,
                pane if pane == b => a,
                pane => pane,
            });
        }
    }

    /// Another pane takes the place of `old`.
    pub fn replace(&mut self, old: PaneId, new: PaneId) {
        self.rename(|pane| if pane == old { new } else { pane });
    }

    /// `resize-pane -L/-R/-U/-D`: moves the border behind the pane (the one before it for the last pane of a
    /// row) that way, as far as the panes beyond it give room.
    pub fn resize_pane(&mut self, pane: PaneId, towards: Direction, cells: u16) {
        let (axis, sign) = match towards {
            Direction::Left => (Axis::Horizontal, -1),
            Direction::Right => (Axis::Horizontal, 1),
            Direction::Up => (Axis::Vertical, -1),
            Direction::Down => (Axis::Vertical, 1),
        };
        let mut root = self.shown.clone();
        root.move_border(pane, axis, sign * i32::from(cells));
        self.adopt(root);
    }

    /// `resize-pane -x/-y`: gives the pane that length, or what comes nearest.
    pub fn set_pane_size(&mut self, pane: PaneId, axis: Axis, cells: u16) {
        let mut root = self.shown.clone();
        root.set_length(pane, axis, cells);
        self.adopt(root);
    }

    /// `select-layout -E`: the pane and those beside it get equal lengths.
    pub fn spread(&mut self, pane: PaneId) {
        let mut root = self.shown.clone();
        root.spread(pane);
        self.adopt(root);
    }

    /// Panes move on by one place. Forwards (`rotate-window -D`) the last one comes first; backwards
    /// (`rotate-window -U`, tmux's default) the first one goes last.
    pub fn rotate(&mut self, forwards: bool) {
        let old = self.panes();
        let mut new = old.clone();
        if forwards {
            new.rotate_right(1);
        } else {
            new.rotate_left(1);
        }
        self.rename(|pane| old.iter().position(|&id| id == pane).map_or(pane, |index| new[index]));
    }

    /// Arranges all panes anew, in their present order.
    pub fn apply(&mut self, preset: Preset) {
        if let Some(root) = preset.build(&self.panes(), self.size) {
            self.adopt(root);
        }
    }

    /// tmux's `window_layout`, with its checksum.
    pub fn dump(&self) -> String {
        text::dump(&self.shown)
    }

    /// Reads what [`Layout::dump`] or tmux wrote and puts the panes into its places in order. Places too many at
    /// the end are given to their neighbours; too few are an error, in words for the user.
    pub fn parse(text: &str, panes: &[PaneId]) -> Result<Self, String> {
        let mut root = text::parse(text)?;
        root.seat(panes)?;
        Ok(Self { size: root.size, wanted: root.clone(), shown: root })
    }

    /// Takes a tree over as what the user wants.
    fn adopt(&mut self, root: Cell) {
        self.wanted = root;
        self.fit();
    }

    fn fit(&mut self) {
        let least = self.wanted.least();
        self.shown = self.wanted.clone();
        self.shown.arrange(Size::new(self.size.cols.max(least.cols), self.size.rows.max(least.rows)));
    }

    /// Every pane is called otherwise; no two alike.
    pub fn rename(&mut self, name: impl Fn(PaneId) -> PaneId) {
        self.wanted.rename(&name);
        self.shown.rename(&name);
    }

    /// Without the cut at the window's edge.
    fn whole_rects(&self) -> Vec<(PaneId, Rect)> {
        let mut rects = Vec::new();
        self.shown.each_pane(Point::default(), &mut |pane, rect| rects.push((pane, rect)));
        rects
    }
}

fn at_least_one(size: Size) -> Size {
    Size::new(size.cols.max(MIN_PANE.cols), size.rows.max(MIN_PANE.rows))
}

fn cut(rect: Rect, window: Size) -> Rect {
    let cols = rect.size.cols.min(window.cols.saturating_sub(rect.left()));
    let rows = rect.size.rows.min(window.rows.saturating_sub(rect.top()));
    Rect { at: rect.at, size: Size::new(cols, rows) }
}
