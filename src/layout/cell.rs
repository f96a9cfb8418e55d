//! The tree itself: a cell is a pane or a split into cells.
//!
//! Kept true by every function here: a split has two children or more, each as wide (or high) as the split
//! across its axis, and along it their lengths and one border between two of them add up to the split's length.
//! No cell is smaller than its [`Cell::least`].

use super::{Axis, NoRoom, Split};
use crate::base::limits::{MAX_LAYOUT_DEPTH, MIN_PANE};
use crate::base::{PaneId, Point, Rect, Size};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub size: Size,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Pane(PaneId),
    Split { axis: Axis, cells: Vec<Cell> },
}

impl Axis {
    pub(super) fn of(self, size: Size) -> u16 {
        match self {
            Axis::Horizontal => size.cols,
            Axis::Vertical => size.rows,
        }
    }

    /// The size with another length along this axis.
    pub(super) fn with(self, size: Size, length: u16) -> Size {
        match self {
            Axis::Horizontal => Size::new(length, size.rows),
            Axis::Vertical => Size::new(size.cols, length),
        }
    }

    pub(super) fn across(self) -> Axis {
        match self {
            Axis::Horizontal => Axis::Vertical,
            Axis::Vertical => Axis::Horizontal,
        }
    }
}

impl Cell {
    pub(super) fn pane(pane: PaneId, size: Size) -> Self {
        Self { size, kind: Kind::Pane(pane) }
    }

    /// Children as they are, sized by the caller; an only child stands for itself.
    pub(super) fn split_of(axis: Axis, size: Size, mut cells: Vec<Cell>) -> Self {
        match cells.pop() {
            Some(only) if cells.is_empty() => Self { size, ..only },
            last => {
                cells.extend(last);
                Self { size, kind: Kind::Split { axis, cells } }
            }
        }
    }

    /// The smallest size in which every pane still has a cell.
    pub(super) fn least(&self) -> Size {
        let Kind::Split { axis, cells } = &self.kind else { return MIN_PANE };
        let borders = borders(cells.len());
        let least = cells.iter().map(Cell::least);
        let (along, across) = least.fold((borders, 1), |(along, across), size| {
            (axis.of(size).saturating_add(along), axis.across().of(size).max(across))
        });
        axis.with(axis.across().with(MIN_PANE, across), along)
    }

    /// Cells that it can give away along the axis.
    pub(super) fn spare(&self, axis: Axis) -> u16 {
        axis.of(self.size).saturating_sub(axis.of(self.least()))
    }

    /// Gives the cell a size, not below [`Cell::least`], and its children their part of it in proportion.
    pub(super) fn arrange(&mut self, size: Size) {
        self.size = size;
        let Kind::Split { axis, cells } = &mut self.kind else { return };
        let room = axis.of(size).saturating_sub(borders(cells.len()));
        let parts: Vec<_> = cells.iter().map(|cell| (axis.of(cell.size), axis.of(cell.least()))).collect();
        for (cell, length) in cells.iter_mut().zip(share(room, &parts)) {
            cell.arrange(axis.with(size, length));
        }
    }

    /// Makes the cell longer, or shorter by at most [`Cell::spare`], as tmux does when a border moves: its children
    /// along the axis get or give one cell each in turn, from the first on, until it is enough.
    pub(super) fn adjust(&mut self, axis: Axis, change: i32) {
        let length = i32::from(axis.of(self.size)) + change;
        self.size = axis.with(self.size, u16::try_from(length.max(1)).unwrap_or(u16::MAX));
        match &mut self.kind {
            Kind::Pane(_) => {}
            Kind::Split { axis: own, cells } if *own == axis => in_turn(cells, axis, change),
            Kind::Split { cells, .. } => cells.iter_mut().for_each(|cell| cell.adjust(axis, change)),
        }
    }

    /// The child indexes that lead to the pane.
    pub(super) fn path(&self, pane: PaneId) -> Option<Vec<usize>> {
        match &self.kind {
            Kind::Pane(id) => (*id == pane).then(Vec::new),
            Kind::Split { cells, .. } => cells.iter().enumerate().find_map(|(index, cell)| {
                let mut path = cell.path(pane)?;
                path.insert(0, index);
                Some(path)
            }),
        }
    }

    /// The cell at a path that [`Cell::path`] gave, or the last on the way.
    pub(super) fn at(&mut self, path: &[usize]) -> &mut Cell {
        let Some((&first, rest)) = path.split_first() else { return self };
        match &mut self.kind {
            Kind::Split { cells, .. } => cells[first].at(rest),
            Kind::Pane(_) => unreachable!("paths end at panes"),
        }
    }

    pub(super) fn each_pane(&self, at: Point, visit: &mut impl FnMut(PaneId, Rect)) {
        match &self.kind {
            Kind::Pane(pane) => visit(*pane, Rect { at, size: self.size }),
            Kind::Split { axis, cells } => {
                for (cell, at) in cells.iter().zip(places(*axis, cells, at)) {
                    cell.each_pane(at, visit);
                }
            }
        }
    }

    pub(super) fn rename(&mut self, name: &impl Fn(PaneId) -> PaneId) {
        match &mut self.kind {
            Kind::Pane(pane) => *pane = name(*pane),
            Kind::Split { cells, .. } => cells.iter_mut().for_each(|cell| cell.rename(name)),
        }
    }

    /// Called on the root.
    pub(super) fn split(&mut self, target: PaneId, new: PaneId, how: Split) -> Result<(), NoRoom> {
        let path = self.path(target).filter(|path| path.len() < MAX_LAYOUT_DEPTH).ok_or(NoRoom)?;
        let path = if how.full { &[][..] } else { &path[..] };
        let cell = self.at(path);
        let (first, second) = halves(how.axis.of(cell.size), how).ok_or(NoRoom)?;
        let (kept, added) = if how.before { (second, first) } else { (first, second) };
        if kept < how.axis.of(cell.least()) {
            return Err(NoRoom);
        }
        let pane = Cell::pane(new, how.axis.with(cell.size, added));
        cell.arrange(how.axis.with(cell.size, kept));
        self.insert(path, pane, how);
        Ok(())
    }

    /// Puts a cell beside the one at the path, which has made room for it: as its sibling where that fits the
    /// axis, else under a new split of both.
    fn insert(&mut self, path: &[usize], new: Cell, how: Split) {
        if let Some((&index, above)) = path.split_last()
            && let Kind::Split { axis, cells } = &mut self.at(above).kind
            && *axis == how.axis
        {
            cells.insert(if how.before { index } else { index + 1 }, new);
            return;
        }
        let cell = self.at(path);
        let size = how.axis.with(cell.size, how.axis.of(cell.size) + how.axis.of(new.size) + 1);
        if let Kind::Split { axis, cells } = &mut cell.kind
            && *axis == how.axis
        {
            cells.insert(if how.before { 0 } else { cells.len() }, new);
            cell.size = size;
            return;
        }
        let old = std::mem::replace(cell, new.clone());
        let cells = if how.before { vec![new, old] } else { vec![old, new] };
        *cell = Cell::split_of(how.axis, size, cells);
    }

    /// Called on the root. The space goes to the previous cell, or to the next one from the first.
    pub(super) fn remove(&mut self, pane: PaneId) -> bool {
        let Some(path) = self.path(pane) else { return false };
        let Some((&index, above)) = path.split_last() else { return false };
        let parent = self.at(above);
        let Kind::Split { axis, cells } = &mut parent.kind else { return false };
        let axis = *axis;
        let freed = i32::from(axis.of(cells.remove(index).size)) + 1;
        cells[index.saturating_sub(1)].adjust(axis, freed);
        *parent = Cell::split_of(axis, parent.size, std::mem::take(cells));
        true
    }
}

/// The children's part of [`Cell::adjust`].
fn in_turn(cells: &mut [Cell], axis: Axis, change: i32) {
    let step = change.signum();
    let mut left = change;
    while left != 0 {
        let before = left;
        for cell in cells.iter_mut() {
            if left != 0 && (step > 0 || cell.spare(axis) > 0) {
                cell.adjust(axis, step);
                left -= step;
            }
        }
        if left == before {
            return;
        }
    }
}

/// The cells between so many neighbours.
pub(super) fn borders(count: usize) -> u16 {
    u16::try_from(count.saturating_sub(1)).unwrap_or(u16::MAX)
}

/// Where each of a split's cells begins, the first at `at`.
pub(super) fn places(axis: Axis, cells: &[Cell], at: Point) -> impl Iterator<Item = Point> {
    cells.iter().scan(at, move |next, cell| {
        let place = *next;
        let step = axis.of(cell.size).saturating_add(1);
        match axis {
            Axis::Horizontal => next.col.0 = next.col.0.saturating_add(step),
            Axis::Vertical => next.row.0 = next.row.0.saturating_add(step),
        }
        Some(place)
    })
}

/// The lengths of the first and the second half when a border cuts a length, as tmux rounds.
fn halves(length: u16, how: Split) -> Option<(u16, u16)> {
    if length < 3 {
        return None;
    }
    let asked = how.size.map(|extent| extent.of(length));
    let second = match asked {
        None => (length - 1) / 2,
        Some(size) if how.before => length.saturating_sub(size.saturating_add(1)),
        Some(size) => size,
    };
    let second = second.clamp(1, length - 2);
    Some((length - 1 - second, second))
}

/// Shares room among parts of (weight, least length) in proportion, each its least at the least. The room is not
/// less than all of those together. What rounding leaves goes to the largest fractions, of equal ones the last;
/// so room that equals the weights gives the weights.
pub(super) fn share(room: u16, parts: &[(u16, u16)]) -> Vec<u16> {
    let mut room = u32::from(room);
    let mut weights = parts.iter().map(|part| u32::from(part.0)).sum::<u32>();
    let mut fixed = vec![false; parts.len()];
    while let Some(index) =
        (0..parts.len()).find(|&i| !fixed[i] && room * u32::from(parts[i].0) < u32::from(parts[i].1) * weights)
    {
        fixed[index] = true;
        room = room.saturating_sub(parts[index].1.into());
        weights -= u32::from(parts[index].0);
    }
    let weights = weights.max(1);
    let exact = |i: usize| room * u32::from(parts[i].0);
    let floor = |i: usize| if fixed[i] { parts[i].1 } else { (exact(i) / weights) as u16 };
    let mut lengths: Vec<u16> = (0..parts.len()).map(floor).collect();
    let given: u32 = (0..parts.len()).filter(|&i| !fixed[i]).map(|i| u32::from(lengths[i])).sum();
    let mut free: Vec<usize> = (0..parts.len()).rev().filter(|&i| !fixed[i]).collect();
    free.sort_by_key(|&i| std::cmp::Reverse(exact(i) % weights));
    for &index in free.iter().take((room - given) as usize) {
        lengths[index] += 1;
    }
    lengths
}
