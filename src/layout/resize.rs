//! Moving borders: `resize-pane`, `select-layout -E`.

use super::Axis;
use super::cell::{Cell, Kind};
use crate::base::PaneId;

impl Cell {
    /// Called on the root. Moves the border behind the pane (before it, for the last) by `change` cells to the
    /// right or down; to the left or up when it is negative.
    pub(super) fn move_border(&mut self, pane: PaneId, axis: Axis, change: i32) {
        let Some((cells, index)) = self.row_of(pane, axis) else { return };
        let border = index.min(cells.len() - 2);
        let mut left = change.abs();
        while left > 0 {
            let Some((taker, giver)) = pair(cells, axis, border, change > 0) else { return };
            let moved = i32::from(cells[giver].spare(axis)).min(left);
            cells[taker].adjust(axis, moved);
            cells[giver].adjust(axis, -moved);
            left -= moved;
        }
    }

    /// Called on the root. Gives the pane's place in its row the length, as far as there is room.
    pub(super) fn set_length(&mut self, pane: PaneId, axis: Axis, length: u16) {
        let Some((cells, index)) = self.row_of(pane, axis) else { return };
        let change = i32::from(length) - i32::from(axis.of(cells[index].size));
        let last = index + 1 == cells.len();
        self.move_border(pane, axis, if last { -change } else { change });
    }

    /// Called on the root. Makes the cells of the innermost split round the pane equal, or of the next one out where
    /// they are already.
    pub(super) fn spread(&mut self, pane: PaneId) {
        let path = self.path(pane).unwrap_or_default();
        for depth in (0..path.len()).rev() {
            let split = self.at(&path[..depth]);
            let before = split.clone();
            split.equalise();
            if *split != before {
                return;
            }
        }
    }

    fn equalise(&mut self) {
        let Kind::Split { axis, cells } = &mut self.kind else { return };
        // Proportions are kept when a cell is arranged: equal ones become equal lengths.
        cells.iter_mut().for_each(|cell| cell.size = axis.with(cell.size, 1));
        self.arrange(self.size);
    }

    /// The children of the innermost split along the axis that holds the pane, and which of them holds it.
    fn row_of(&mut self, pane: PaneId, axis: Axis) -> Option<(&mut Vec<Cell>, usize)> {
        let path = self.path(pane)?;
        let depth = (0..path.len())
            .rev()
            .find(|&depth| matches!(&self.at(&path[..depth]).kind, Kind::Split { axis: own, .. } if *own == axis))?;
        match &mut self.at(&path[..depth]).kind {
            Kind::Split { cells, .. } => Some((cells, path[depth])),
            Kind::Pane(_) => None,
        }
    }
}

/// Who grows and who shrinks when the border behind `border` moves. Forwards the cell before it grows from the
/// next one that can give, or else from those before it; backwards the next one grows from the nearest before.
fn pair(cells: &[Cell], axis: Axis, border: usize, forwards: bool) -> Option<(usize, usize)> {
    let gives = |&index: &usize| cells[index].spare(axis) > 0;
    if forwards {
        let giver = (border + 1..cells.len()).find(gives).or_else(|| (0..border).rev().find(gives))?;
        Some((border, giver))
    } else {
        let giver = (0..=border).rev().find(gives)?;
        Some((border + 1, giver))
    }
}
