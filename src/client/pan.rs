//! What is seen of a window that is larger than the terminal: the part round the cursor, or where the user has gone.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::Widget;

use crate::base::{Line, Point, Size, WindowId};
use crate::proto::message::Pan;

use super::app::App;
use super::compose::Content;
use super::frame::Cell;

#[derive(Debug, Default)]
pub(super) struct Panning {
    at: Point,
    /// The user has chosen it, for this window.
    chosen: Option<WindowId>,
}

impl Panning {
    pub(super) fn at(&self) -> Point {
        self.at
    }
}

impl App {
    /// As the server asks: draws everything anew, after another part of the window has been chosen.
    pub(super) fn redraw(&mut self, pan: Option<Pan>) {
        match pan {
            Some(Pan::By { rows, cols }) => {
                self.pan.chosen = self.current_window();
                let at = self.pan.at;
                self.pan.at = Point::new(at.row.0.saturating_add_signed(rows), at.col.0.saturating_add_signed(cols));
            }
            Some(Pan::Cursor) => self.pan.chosen = None,
            None => {}
        }
        self.canvas.forget();
        self.drawing.new_view();
    }

    fn current_window(&self) -> Option<WindowId> {
        self.mirror.view()?.windows.iter().find(|tab| tab.current).map(|tab| tab.id)
    }

    /// Before it is drawn: the cursor may have left what is seen, or the window may have become smaller.
    pub(super) fn follow_pan(&mut self) {
        let at = self.wanted_pan();
        if at != self.pan.at {
            self.canvas.mark_all();
            self.drawing.new_view();
        }
        self.pan.at = at;
    }

    fn wanted_pan(&mut self) -> Point {
        let room = self.division().room().size;
        let Some(window) = self.mirror.view().map(|view| view.window_size) else { return Point::default() };
        if window.rows <= room.rows && window.cols <= room.cols {
            return Point::default();
        }
        if self.pan.chosen != self.current_window() {
            self.pan.chosen = None;
        }
        match self.pan.chosen {
            Some(_) => within(self.pan.at, window, room),
            None => self.cursor_in_window().map_or(self.pan.at, |cursor| round(cursor, window, room)),
        }
    }

    fn cursor_in_window(&self) -> Option<Point> {
        let pane = self.mirror.active()?;
        let cursor = match self.copies.get(&pane.id) {
            Some(copy) => copy.cursor(),
            None => self.mirror.cursor(pane.id)?,
        };
        Some(Point::new(pane.rect.top() + cursor.at.row.0, pane.rect.left() + cursor.at.col.0))
    }
}

/// Nothing beyond the window is seen while there is more of it.
fn within(at: Point, window: Size, room: Size) -> Point {
    let side = |at: u16, window: u16, room: u16| at.min(window.saturating_sub(room));
    Point::new(side(at.row.0, window.rows, room.rows), side(at.col.0, window.cols, room.cols))
}

/// As in tmux: the first part while the cursor is there, the last one likewise, else with the cursor in the middle.
fn round(cursor: Point, window: Size, room: Size) -> Point {
    let side = |cursor: u16, room: u16| if cursor < room { 0 } else { cursor - room / 2 };
    within(Point::new(side(cursor.row.0, room.rows), side(cursor.col.0, room.cols)), window, room)
}

/// A pane of which rows and columns lie above and left of what is seen.
pub(super) struct Cut<'a> {
    pub(super) content: Box<dyn Content + 'a>,
    pub(super) hidden: Point,
}

impl Content for Cut<'_> {
    fn line(&self, row: u16) -> Option<&Line> {
        self.content.line(row + self.hidden.row.0)
    }

    fn reversed(&self) -> bool {
        self.content.reversed()
    }

    fn mark(&self, row: u16, cells: &mut [Cell]) {
        self.content.mark(row + self.hidden.row.0, cells);
    }

    fn hidden(&self) -> u16 {
        self.hidden.col.0
    }
}

/// A widget of which another part is seen.
pub(super) struct Panned<W> {
    pub(super) widget: W,
    pub(super) pan: Point,
}

impl<W: Widget> Widget for Panned<W> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let (right, down) = (self.pan.col.0, self.pan.row.0);
        let whole = Area::new(0, 0, area.width.saturating_add(right), area.height.saturating_add(down));
        let mut drawn = Buffer::empty(whole);
        self.widget.render(whole, &mut drawn);
        for row in 0..area.height {
            for col in 0..area.width {
                if let (Some(from), Some(to)) =
                    (drawn.cell((col + right, row + down)), buffer.cell_mut((area.x + col, area.y + row)))
                {
                    to.clone_from(from);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_round_the_cursor_is_seen() {
        let (window, room) = (Size::new(200, 50), Size::new(80, 23));
        assert_eq!(round(Point::new(5, 79), window, room), Point::default());
        assert_eq!(round(Point::new(30, 100), window, room), Point::new(19, 60));
        assert_eq!(round(Point::new(49, 199), window, room), Point::new(27, 120));
        assert_eq!(within(Point::new(40, 10), window, Size::new(300, 23)), Point::new(27, 0));
    }
}
