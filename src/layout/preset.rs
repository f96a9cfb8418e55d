//! The arrangements that `select-layout` knows by name, built as tmux's `layout-set.c` builds them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Axis;
use super::cell::{Cell, borders};
use crate::base::{PaneId, Size};

/// A named arrangement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Preset {
    EvenHorizontal,
    EvenVertical,
    MainHorizontal,
    MainVertical,
    Tiled,
}

const NAMES: [(&str, Preset); 5] = [
    ("even-horizontal", Preset::EvenHorizontal),
    ("even-vertical", Preset::EvenVertical),
    ("main-horizontal", Preset::MainHorizontal),
    ("main-vertical", Preset::MainVertical),
    ("tiled", Preset::Tiled),
];

/// Rows of the main pane in main-horizontal, and columns in main-vertical: tmux's defaults.
const MAIN: Size = Size::new(80, 24);

impl Preset {
    /// In the order in which `next-layout` goes through them.
    pub const ALL: [Preset; 5] = [NAMES[0].1, NAMES[1].1, NAMES[2].1, NAMES[3].1, NAMES[4].1];

    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, preset)| *preset == self).map_or("", |(name, _)| name)
    }

    /// The tree, or nothing for a single pane. Its size may differ from the window's where there is no room.
    pub(super) fn build(self, panes: &[PaneId], window: Size) -> Option<Cell> {
        let (&first, others) = panes.split_first()?;
        if others.is_empty() {
            return None;
        }
        Some(match self {
            Preset::EvenHorizontal => even(Axis::Horizontal, panes, window),
            Preset::EvenVertical => even(Axis::Vertical, panes, window),
            Preset::MainHorizontal => with_main(Axis::Vertical, first, others, window),
            Preset::MainVertical => with_main(Axis::Horizontal, first, others, window),
            Preset::Tiled => tiled(panes, window),
        })
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = String;

    /// A name, or its beginning while that is clear, as tmux accepts it.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut fitting = NAMES.iter().filter(|(name, _)| name.starts_with(text));
        match (fitting.next(), fitting.next()) {
            (Some((_, preset)), None) => Ok(*preset),
            _ => Err(format!("no layout is called '{text}': {}", NAMES.map(|(name, _)| name).join(", "))),
        }
    }
}

/// All panes in a row, the last taking what does not divide.
fn even(axis: Axis, panes: &[PaneId], size: Size) -> Cell {
    let count = u16::try_from(panes.len()).unwrap_or(u16::MAX);
    let least = count.saturating_mul(2) - 1;
    let whole = axis.of(size).max(least);
    let each = (whole - borders(panes.len())) / count;
    let size = axis.with(size, whole);
    let mut cells: Vec<_> = panes.iter().map(|&pane| Cell::pane(pane, axis.with(size, each))).collect();
    if let Some(last) = cells.last_mut() {
        last.size = axis.with(size, whole - (each + 1) * (count - 1));
    }
    Cell::split_of(axis, size, cells)
}

/// A large pane first along `axis`, the others beside it in an even row across.
fn with_main(axis: Axis, first: PaneId, others: &[PaneId], window: Size) -> Cell {
    let room = axis.of(window).saturating_sub(1).max(2);
    let main = axis.of(MAIN).min(room - 1);
    let rest = even(axis.across(), others, axis.with(window, room - main));
    let across = axis.across().of(rest.size);
    let size = axis.across().with(axis.with(window, room + 1), across);
    let main = Cell::pane(first, axis.with(size, main));
    Cell::split_of(axis, size, vec![main, rest])
}

/// Rows of equal panes, as square as it goes; the last row and the last of each row take what is over.
fn tiled(panes: &[PaneId], window: Size) -> Cell {
    let (rows, columns) = grid(panes.len());
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let part = |length: u16, n: usize| (length.saturating_sub(borders(n)) / count(n)).max(1);
    let each = Size::new(part(window.cols, columns), part(window.rows, rows));
    let whole = |part: u16, n: usize, length: u16| ((part + 1).saturating_mul(count(n)) - 1).max(length);
    let size = Size::new(whole(each.cols, columns, window.cols), whole(each.rows, rows, window.rows));
    let mut cells: Vec<Cell> = panes.chunks(columns).map(|row| tiled_row(row, size.cols, each)).collect();
    if let Some(last) = cells.last_mut() {
        last.arrange(Size::new(size.cols, size.rows - (each.rows + 1) * borders(rows)));
    }
    Cell::split_of(Axis::Vertical, size, cells)
}

fn tiled_row(panes: &[PaneId], width: u16, each: Size) -> Cell {
    let mut cells: Vec<Cell> = panes.iter().map(|&pane| Cell::pane(pane, each)).collect();
    if let Some(last) = cells.last_mut() {
        last.size.cols = width - (each.cols + 1) * borders(panes.len());
    }
    Cell::split_of(Axis::Horizontal, Size::new(width, each.rows), cells)
}

/// (rows, columns) for so many panes.
fn grid(count: usize) -> (usize, usize) {
    let (mut rows, mut columns) = (1, 1);
    while rows * columns < count {
        rows += 1;
        if rows * columns < count {
            columns += 1;
        }
    }
    (rows, columns)
}
