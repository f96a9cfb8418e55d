//! Where a pane is that floats above those which tile the window.
//!
//! What its user wants stays as it was put; where it is follows from that and from the window's size of the moment, so
//! that a window which becomes smaller and larger again has it where it was.
//!
//! ```text
//!   window ┌──────────────────────┐
//!          │   ┌──────────┐       │     the frame is one cell round the pane, and within the window
//!          │   │ pane     │       │
//!          │   └──────────┘       │
//!          └──────────────────────┘
//! ```

use super::at_least_one;
use crate::base::limits::{LEAST_FRAMED, MIN_PANE};
use crate::base::{Direction, Point, Rect, Size};

/// A floating pane's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floating {
    /// The pane's own cells.
    pub rect: Rect,
    /// There is a frame of one cell round it.
    pub framed: bool,
}

impl Floating {
    /// Where a pane is that is wanted there: cut and moved until it is within the window. Where there is no room for one, it
    /// has no frame.
    pub fn within(wanted: Rect, framed: bool, window: Size) -> Self {
        let window = at_least_one(window);
        let framed = framed && window.cols >= LEAST_FRAMED.cols && window.rows >= LEAST_FRAMED.rows;
        let edge = u16::from(framed);
        let room = Size::new(window.cols - 2 * edge, window.rows - 2 * edge);
        let size = wanted.size.clamp(MIN_PANE, room);
        let top = wanted.top().clamp(edge, window.rows - edge - size.rows);
        let left = wanted.left().clamp(edge, window.cols - edge - size.cols);
        Self { rect: Rect::new(top, left, size), framed }
    }

    /// With its frame.
    pub fn outer(self) -> Rect {
        let edge = u16::from(self.framed);
        let size = Size::new(self.rect.size.cols + 2 * edge, self.rect.size.rows + 2 * edge);
        Rect::new(self.rect.top() - edge, self.rect.left() - edge, size)
    }
}

/// In the middle of the window.
pub fn centred(size: Size, window: Size) -> Rect {
    Rect::new(window.rows.saturating_sub(size.rows) / 2, window.cols.saturating_sub(size.cols) / 2, size)
}

/// Which of these lies furthest in that direction's sense nearest to the first: by their middles.
pub fn nearest<T: Copy>(own: Rect, others: &[(T, Rect)], direction: Direction) -> Option<T> {
    let from = middle(own);
    let distance = |rect: Rect| {
        let to = middle(rect);
        let (right, down) = (to.0 - from.0, to.1 - from.1);
        let (along, across) = match direction {
            Direction::Left => (-right, down),
            Direction::Right => (right, down),
            Direction::Up => (-down, right),
            Direction::Down => (down, right),
        };
        (along > 0).then_some(along + 2 * across.abs())
    };
    let ahead = others.iter().filter_map(|&(name, rect)| Some((name, distance(rect)?)));
    ahead.min_by_key(|&(_, distance)| distance).map(|(name, _)| name)
}

/// Twice the place of its middle, to the right and down.
fn middle(rect: Rect) -> (i32, i32) {
    (i32::from(rect.left()) + i32::from(rect.right()), i32::from(rect.top()) + i32::from(rect.bottom()))
}

/// Moved by so many cells, as far as numbers go.
pub fn moved(rect: Rect, towards: Direction, cells: u16) -> Rect {
    let Point { row, col } = rect.at;
    let at = match towards {
        Direction::Left => Point::new(row.0, col.0.saturating_sub(cells)),
        Direction::Right => Point::new(row.0, col.0.saturating_add(cells)),
        Direction::Up => Point::new(row.0.saturating_sub(cells), col.0),
        Direction::Down => Point::new(row.0.saturating_add(cells), col.0),
    };
    Rect { at, ..rect }
}

/// With its right or lower edge moved by so many cells.
pub fn stretched(rect: Rect, towards: Direction, cells: u16) -> Rect {
    let Size { cols, rows } = rect.size;
    let size = match towards {
        Direction::Left => Size::new(cols.saturating_sub(cells), rows),
        Direction::Right => Size::new(cols.saturating_add(cells), rows),
        Direction::Up => Size::new(cols, rows.saturating_sub(cells)),
        Direction::Down => Size::new(cols, rows.saturating_add(cells)),
    };
    Rect { size: Size::new(size.cols.max(MIN_PANE.cols), size.rows.max(MIN_PANE.rows)), ..rect }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_stays_within_the_window() {
        let place = |wanted, window| Floating::within(wanted, true, window);
        let wanted = Rect::new(5, 60, Size::new(30, 10));
        assert_eq!(place(wanted, Size::new(200, 50)).rect, wanted);
        assert_eq!(place(wanted, Size::new(80, 24)).rect, Rect::new(5, 49, Size::new(30, 10)));
        assert_eq!(place(wanted, Size::new(20, 4)).rect, Rect::new(1, 1, Size::new(18, 2)));
        let tiny = place(wanted, Size::new(4, 2));
        assert_eq!((tiny.rect, tiny.framed), (Rect::new(0, 0, Size::new(4, 2)), false));
    }

    #[test]
    fn the_nearest_that_way_is_found() {
        let own = Rect::new(5, 20, Size::new(10, 5));
        let others = [(1, Rect::new(5, 0, Size::new(10, 5))), (2, Rect::new(0, 40, Size::new(10, 5)))];
        assert_eq!(nearest(own, &others, Direction::Left), Some(1));
        assert_eq!(nearest(own, &others, Direction::Right), Some(2));
        assert_eq!(nearest(own, &others, Direction::Down), None);
    }

    proptest! {
        #[test]
        fn any_place_fits_any_window(
            (top, left, cols, rows) in any::<(u16, u16, u16, u16)>(),
            window in (0u16..300, 0u16..100),
            framed: bool,
        ) {
            let window = Size::new(window.0, window.1);
            let place = Floating::within(Rect::new(top, left, Size::new(cols, rows)), framed, window);
            let outer = place.outer();
            prop_assert!(!place.rect.size.is_empty());
            prop_assert!(outer.right() <= window.cols.max(1) && outer.bottom() <= window.rows.max(1));
        }
    }
}
