//! Where things are on the terminal: the status line's row, and the window's room above or below it. Pure.

use crate::base::{Point, Rect, Size};
use crate::proto::message::Settings;

/// How the terminal is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Division {
    pub(super) size: Size,
    /// The status line's row, where there is one.
    pub(super) status: Option<u16>,
    /// The first row of the window.
    pub(super) top: u16,
    /// Rows for the window.
    pub(super) rows: u16,
    /// The point of the window that is at the room's upper left; not its own where the window is larger than that.
    pan: Point,
}

impl Division {
    /// With fewer than two rows there is no status line.
    pub(super) fn new(size: Size, settings: Option<&Settings>) -> Self {
        let shown = settings.is_some_and(|settings| settings.status) && size.rows >= 2;
        let at_top = settings.is_some_and(|settings| settings.status_at_top);
        let status = shown.then_some(if at_top { 0 } else { size.rows.saturating_sub(1) });
        Self {
            size,
            status,
            top: u16::from(shown && at_top),
            rows: size.rows - u16::from(shown),
            pan: Point::default(),
        }
    }

    pub(super) fn pan(&self) -> Point {
        self.pan
    }

    /// The same with this point of the window at the upper left.
    pub(super) fn panned(self, pan: Point) -> Self {
        Self { pan, ..self }
    }

    /// The row of prompts and messages: the status line's, or the last.
    pub(super) fn line(&self) -> u16 {
        self.status.unwrap_or(self.size.rows.saturating_sub(1))
    }

    /// The room for the window.
    pub(super) fn room(&self) -> Rect {
        Rect::new(self.top, 0, Size::new(self.size.cols, self.rows))
    }

    /// Where a pane is on the terminal, cut at its edges.
    pub(super) fn place(&self, pane: Rect) -> Rect {
        let (top, left) = (pane.top().max(self.pan.row.0), pane.left().max(self.pan.col.0));
        let cols = pane.right().min(self.pan.col.0.saturating_add(self.size.cols)).saturating_sub(left);
        let rows = pane.bottom().min(self.pan.row.0.saturating_add(self.rows)).saturating_sub(top);
        let (top, left) = (top - self.pan.row.0, left - self.pan.col.0);
        Rect::new(top.saturating_add(self.top), left, Size::new(cols, rows))
    }

    /// How many rows and columns of a pane lie above and left of what is seen.
    pub(super) fn hidden(&self, pane: Rect) -> Point {
        Point::new(self.pan.row.0.saturating_sub(pane.top()), self.pan.col.0.saturating_sub(pane.left()))
    }

    /// A point of the terminal in the window's terms.
    pub(super) fn in_window(&self, at: Point) -> Option<Point> {
        let row = at.row.0.checked_sub(self.top).filter(|row| *row < self.rows)?;
        Some(Point::new(row.saturating_add(self.pan.row.0), at.col.0.saturating_add(self.pan.col.0)))
    }
}

/// A point in the window, in the pane's terms; what is beyond an edge is at the edge.
pub(super) fn within(at: Point, pane: Rect) -> Point {
    let side = |value: u16, from: u16, length: u16| value.saturating_sub(from).min(length.saturating_sub(1));
    Point::new(side(at.row.0, pane.top(), pane.size.rows), side(at.col.0, pane.left(), pane.size.cols))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(status_at_top: bool) -> Settings {
        Settings {
            prefix: crate::base::Key::ctrl('b'),
            mouse: true,
            status: true,
            status_at_top,
            status_style: String::new(),
            message_style: String::new(),
            pane_border_style: String::new(),
            pane_active_border_style: String::new(),
            repeat_time: 500,
            display_time: 2000,
        }
    }

    #[test]
    fn the_status_line_takes_a_row_where_there_are_two() {
        let division = Division::new(Size::new(80, 24), Some(&settings(false)));
        assert_eq!((division.status, division.top, division.rows), (Some(23), 0, 23));
        let division = Division::new(Size::new(80, 24), Some(&settings(true)));
        assert_eq!((division.status, division.top, division.rows), (Some(0), 1, 23));
        let division = Division::new(Size::new(2, 1), Some(&settings(true)));
        assert_eq!((division.status, division.top, division.rows, division.line()), (None, 0, 1, 0));
    }

    #[test]
    fn panes_are_cut_at_the_terminals_edge() {
        let division = Division::new(Size::new(10, 5), Some(&settings(true)));
        let place = division.place(Rect::new(2, 6, Size::new(20, 20)));
        assert_eq!(place, Rect::new(3, 6, Size::new(4, 2)));
        assert!(division.place(Rect::new(9, 0, Size::new(5, 5))).size.is_empty());
    }

    #[test]
    fn another_part_of_a_large_window_may_be_seen() {
        let division = Division::new(Size::new(10, 5), Some(&settings(false))).panned(Point::new(3, 15));
        let pane = Rect::new(0, 0, Size::new(20, 20));
        assert_eq!(division.place(pane), Rect::new(0, 0, Size::new(5, 4)));
        assert_eq!(division.hidden(pane), Point::new(3, 15));
        assert_eq!(division.place(Rect::new(4, 21, Size::new(9, 1))), Rect::new(1, 6, Size::new(4, 1)));
        assert_eq!(division.in_window(Point::new(1, 2)), Some(Point::new(4, 17)));
    }
}
