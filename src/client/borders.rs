//! The lines between panes, joined where they meet, and the dots where a window is smaller than its room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::Widget;

use crate::base::{Point, Rect, Size, Style};

use super::plate::ui;

/// Everything of a window that is no pane.
pub(super) struct Borders<'a> {
    pub(super) panes: &'a [Rect],
    pub(super) active: Option<Rect>,
    pub(super) window: Size,
    pub(super) style: Style,
    pub(super) active_style: Style,
}

/// By which neighbours are border too: 1 above, 2 below, 4 left, 8 right.
const JOINTS: [&str; 16] = ["│", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"];

/// What lies outside of a window that is smaller than its room.
const OUTSIDE: &str = "·";

impl Widget for Borders<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let map = Map::new(self.panes, self.window);
        for row in 0..area.height {
            for col in 0..area.width {
                let Some(cell) = buffer.cell_mut((area.x + col, area.y + row)) else { continue };
                if row >= self.window.rows || col >= self.window.cols {
                    cell.set_symbol(OUTSIDE).set_style(ui(self.style));
                } else if map.is_border(row, col) {
                    let style = if self.is_active(row, col) { self.active_style } else { self.style };
                    cell.set_symbol(JOINTS[map.joint(row, col)]).set_style(ui(style));
                }
            }
        }
    }
}

impl Borders<'_> {
    /// The cell touches the active pane, be it at a corner.
    fn is_active(&self, row: u16, col: u16) -> bool {
        self.active.is_some_and(|pane| {
            let rows = pane.top().saturating_sub(1)..=pane.bottom();
            let cols = pane.left().saturating_sub(1)..=pane.right();
            rows.contains(&row) && cols.contains(&col)
        })
    }
}

/// Which cells of a window are border.
pub(super) struct Map {
    size: Size,
    border: Vec<bool>,
}

impl Map {
    pub(super) fn new(panes: &[Rect], size: Size) -> Self {
        let mut map = Self { size, border: vec![true; usize::from(size.cols) * usize::from(size.rows)] };
        for pane in panes {
            for row in pane.top()..pane.bottom().min(size.rows) {
                let start = usize::from(row) * usize::from(size.cols);
                let cols = usize::from(pane.left().min(size.cols))..usize::from(pane.right().min(size.cols));
                map.border[start + cols.start..start + cols.end].fill(false);
            }
        }
        map
    }

    pub(super) fn is_border(&self, row: u16, col: u16) -> bool {
        row < self.size.rows
            && col < self.size.cols
            && self.border[usize::from(row) * usize::from(self.size.cols) + usize::from(col)]
    }

    fn joint(&self, row: u16, col: u16) -> usize {
        let side = |there: bool, bit: usize| if there { bit } else { 0 };
        side(row > 0 && self.is_border(row - 1, col), 1)
            | side(self.is_border(row + 1, col), 2)
            | side(col > 0 && self.is_border(row, col - 1), 4)
            | side(self.is_border(row, col + 1), 8)
    }
}

/// The pane whose right or lower border is at this point, and whether it is the right one.
pub(super) fn pane_before(panes: &[Rect], at: Point) -> Option<(usize, bool)> {
    let touches = |pane: &Rect| {
        let right = at.col.0 == pane.right() && (pane.top()..pane.bottom()).contains(&at.row.0);
        let below = at.row.0 == pane.bottom() && (pane.left()..pane.right()).contains(&at.col.0);
        (right || below).then_some(right)
    };
    panes.iter().enumerate().find_map(|(index, pane)| Some((index, touches(pane)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(panes: &[Rect], window: Size, room: Size) -> Vec<String> {
        let mut buffer = Buffer::empty(Area::new(0, 0, room.cols, room.rows));
        let borders = Borders { panes, active: None, window, style: Style::DEFAULT, active_style: Style::DEFAULT };
        borders.render(buffer.area, &mut buffer);
        (0..room.rows).map(|row| (0..room.cols).map(|col| buffer[(col, row)].symbol()).collect()).collect()
    }

    #[test]
    fn lines_join_where_they_meet() {
        let panes = [
            Rect::new(0, 0, Size::new(2, 3)),
            Rect::new(0, 3, Size::new(3, 1)),
            Rect::new(2, 3, Size::new(1, 1)),
            Rect::new(2, 5, Size::new(1, 1)),
        ];
        assert_eq!(drawn(&panes, Size::new(6, 3), Size::new(6, 3)), ["  │   ", "  ├─┬─", "  │ │ "]);
    }

    #[test]
    fn four_panes_meet_in_a_cross() {
        let panes = [
            Rect::new(0, 0, Size::new(1, 1)),
            Rect::new(0, 2, Size::new(1, 1)),
            Rect::new(2, 0, Size::new(1, 1)),
            Rect::new(2, 2, Size::new(1, 1)),
        ];
        assert_eq!(drawn(&panes, Size::new(3, 3), Size::new(3, 3)), [" │ ", "─┼─", " │ "]);
    }

    #[test]
    fn room_outside_the_window_is_dotted() {
        let panes = [Rect::new(0, 0, Size::new(2, 1))];
        assert_eq!(drawn(&panes, Size::new(2, 1), Size::new(4, 2)), ["  ··", "····"]);
    }

    #[test]
    fn a_border_belongs_to_the_pane_before_it() {
        let panes = [Rect::new(0, 0, Size::new(2, 3)), Rect::new(0, 3, Size::new(3, 1))];
        assert_eq!(pane_before(&panes, Point::new(1, 2)), Some((0, true)));
        assert_eq!(pane_before(&panes, Point::new(1, 4)), Some((1, false)));
        assert_eq!(pane_before(&panes, Point::new(0, 0)), None);
    }
}
