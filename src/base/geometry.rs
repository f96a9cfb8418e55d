//! Places and sizes, in character cells. Rows count down from the top, columns right from the left, both from 0.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A row of cells, 0 at the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Row(pub u16);

/// A column of cells, 0 at the left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Col(pub u16);

/// One cell's place. Ordered as text is read: by row, then by column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Point {
    pub row: Row,
    pub col: Col,
}

impl Point {
    pub const fn new(row: u16, col: u16) -> Self {
        Self { row: Row(row), col: Col(col) }
    }
}

/// Width and height in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    pub cols: u16,
    pub rows: u16,
}

impl Size {
    pub const fn new(cols: u16, rows: u16) -> Self {
        Self { cols, rows }
    }

    /// No cell fits in it.
    pub const fn is_empty(self) -> bool {
        self.cols == 0 || self.rows == 0
    }

    /// The nearest size within both bounds, inclusive.
    pub fn clamp(self, least: Size, most: Size) -> Size {
        Size::new(self.cols.clamp(least.cols, most.cols), self.rows.clamp(least.rows, most.rows))
    }
}

impl fmt::Display for Size {
    /// `80x24`, as tmux and xterm's -geometry write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.cols, self.rows)
    }
}

/// A block of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect {
    pub at: Point,
    pub size: Size,
}

impl Rect {
    pub const fn new(row: u16, col: u16, size: Size) -> Self {
        Self { at: Point::new(row, col), size }
    }

    pub const fn top(self) -> u16 {
        self.at.row.0
    }

    pub const fn left(self) -> u16 {
        self.at.col.0
    }

    /// The first row below it.
    pub const fn bottom(self) -> u16 {
        self.at.row.0.saturating_add(self.size.rows)
    }

    /// The first column to the right of it.
    pub const fn right(self) -> u16 {
        self.at.col.0.saturating_add(self.size.cols)
    }

    pub const fn contains(self, point: Point) -> bool {
        point.row.0 >= self.top()
            && point.row.0 < self.bottom()
            && point.col.0 >= self.left()
            && point.col.0 < self.right()
    }

    pub const fn overlaps(self, other: Rect) -> bool {
        self.left() < other.right()
            && other.left() < self.right()
            && self.top() < other.bottom()
            && other.top() < self.bottom()
    }
}

/// Where a neighbour lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rects_that_touch_do_not_overlap() {
        let left = Rect::new(0, 0, Size::new(10, 5));
        let right = Rect::new(0, 10, Size::new(10, 5));
        assert!(!left.overlaps(right));
        assert!(left.overlaps(Rect::new(4, 9, Size::new(1, 1))));
        assert!(left.contains(Point::new(4, 9)));
        assert!(!left.contains(Point::new(5, 0)));
    }
}
