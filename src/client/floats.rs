//! Panes that float above the others: their frames, and what of one is under the mouse.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::Widget;

use crate::base::Key;
use crate::base::{Color, KeyCode, Line, Mods, PaneId, Point, Rect, Size, Style};
use crate::format::styled;
use crate::proto::message::{FloatView, PaneView};

use super::app::{App, Now};
use super::area::within;
use super::borders::{Frame, Lines};
use super::compose::Content;
use super::frame::Cell;
use super::pan::Panned;
use super::plate::{Plate, ui, ui_line};
use super::status::look;

/// What the mouse holds of a floating pane's frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Grip {
    /// The upper or left side, so many cells from its upper left.
    Move(Point),
    /// The right or lower side, or the corner between them.
    Size { right: bool, below: bool },
}

/// With its frame.
pub(super) fn outer(pane: &PaneView, float: &FloatView) -> Rect {
    let edge = u16::from(float.framed);
    let Rect { at, size } = pane.rect;
    let size = Size::new(size.cols.saturating_add(2 * edge), size.rows.saturating_add(2 * edge));
    Rect::new(at.row.0.saturating_sub(edge), at.col.0.saturating_sub(edge), size)
}

impl App {
    /// The topmost floating pane at a point of the window, be it its frame.
    fn float_at(&self, at: Point) -> Option<(&PaneView, &FloatView)> {
        self.mirror.floating().rev().find(|(pane, float)| outer(pane, float).contains(at))
    }

    /// The popup that has the window to itself.
    fn modal(&self) -> Option<&PaneView> {
        self.mirror.active().filter(|pane| self.mirror.float(pane.id).is_some_and(|float| float.modal))
    }

    /// The pane at a point of the terminal, and the point within it: none on frames, nor beside a popup.
    pub(super) fn pane_at(&self, at: Point) -> Option<(&PaneView, Point)> {
        let at = self.division().in_window(at)?;
        let pane = match (self.float_at(at), self.modal()) {
            (Some((pane, _)), modal) if modal.is_none_or(|modal| modal.id == pane.id) => pane,
            (None, None) => self.mirror.tiled().find(|pane| pane.rect.contains(at))?,
            _ => return None,
        };
        pane.rect.contains(at).then(|| (pane, within(at, pane.rect)))
    }

    /// The floating pane whose frame is at a point of the terminal, and how it is held there; or that nothing is below.
    pub(super) fn frame_at(&self, at: Point) -> Frames {
        let Some(at) = self.division().in_window(at) else { return Frames::Covered };
        match (self.float_at(at), self.modal()) {
            (Some((pane, float)), modal) if modal.is_none_or(|modal| modal.id == pane.id) => {
                let (right, below) = (at.col.0 >= pane.rect.right(), at.row.0 >= pane.rect.bottom());
                let outer = outer(pane, float);
                let from = Point::new(at.row.0 - outer.top(), at.col.0 - outer.left());
                // The right end of the title's row is the title's.
                let moves = at.row.0 < pane.rect.top() || !(right || below);
                Frames::Held(pane.id, if moves { Grip::Move(from) } else { Grip::Size { right, below } })
            }
            (None, None) => Frames::Open,
            _ => Frames::Covered,
        }
    }

    /// The command that brings a floating pane's frame to where the mouse is.
    pub(super) fn drag_frame(&mut self, id: PaneId, grip: Grip, at: Point) {
        let last = self.division().room();
        let at = Point::new(at.row.0.clamp(last.top(), last.bottom().saturating_sub(1)), at.col.0);
        let Some(at) = self.division().in_window(at) else { return };
        let Some((pane, float)) = self.mirror.floating().find(|(pane, _)| pane.id == id) else { return };
        let (rect, target) = (pane.rect, id.to_string());
        let line = match grip {
            Grip::Move(from) => {
                let edge = u16::from(float.framed);
                let side = |at: u16, from: u16| at.saturating_sub(from).saturating_add(edge);
                let to = Point::new(side(at.row.0, from.row.0), side(at.col.0, from.col.0));
                (to != rect.at).then(|| format!("move-pane -t {target} -X {} -Y {}", to.col.0, to.row.0))
            }
            Grip::Size { right, below } => {
                let cols = if right { at.col.0.saturating_sub(rect.left()).max(1) } else { rect.size.cols };
                let rows = if below { at.row.0.saturating_sub(rect.top()).max(1) } else { rect.size.rows };
                (Size::new(cols, rows) != rect.size).then(|| format!("resize-pane -t {target} -x {cols} -y {rows}"))
            }
        };
        if let Some(line) = line {
            self.send_run(line.split(' ').map(str::to_owned).collect());
        }
    }

    /// A popup whose program has ended goes by Escape or C-c; whether it was that.
    pub(super) fn closes_popup(&mut self, key: Key, now: Now) -> bool {
        let escape = key == Key::code(KeyCode::Escape) || key == Key::new(KeyCode::Char('c'), Mods::CTRL);
        let Some(popup) = self.modal().filter(|pane| escape && pane.dead.is_some()).map(|pane| pane.id) else {
            return false;
        };
        self.run_words(&["kill-pane".into(), "-t".into(), popup.to_string()], now);
        true
    }

    /// What lies under a floating pane's cells: its frame, or nothing but room.
    pub(super) fn float_plate(&self, pane: &PaneView, float: &FloatView, frame: &Frame) -> Plate {
        let division = self.division();
        let outer = outer(pane, float);
        let base = if pane.active { frame.active_style } else { frame.style };
        let style = look(&float.border_style, base);
        let pinned = if float.pinned { PINNED } else { "" };
        let widget = FloatFrame {
            size: outer.size,
            framed: float.framed,
            lines: Lines::named(if float.lines.is_empty() { &frame.lines } else { &float.lines }),
            style,
            title: styled(&format!("{}{pinned}", float.title), style),
        };
        Plate::new(division.place(outer), Panned { widget, pan: division.hidden(outer) })
    }

    /// Of a pane's place on the terminal, a part over which nothing floats: the largest beside each of those that do.
    pub(super) fn uncovered(&self, pane: &PaneView) -> Rect {
        let division = self.division();
        let above = self.mirror.floating().rev().take_while(|(other, _)| other.id != pane.id);
        let above = above.map(|(other, float)| division.place(outer(other, float)));
        above.fold(division.place(pane.rect), largest_beside)
    }

    /// The cursor of a pane is under one that floats above it.
    pub(super) fn is_covered(&self, id: PaneId, at: Point) -> bool {
        let Some(at) = self.division().in_window(at) else { return false };
        let above = self.mirror.floating().rev().take_while(|(pane, _)| pane.id != id);
        above.into_iter().any(|(pane, float)| outer(pane, float).contains(at))
    }
}

/// The largest part of a place that is above, below, left or right of another one.
fn largest_beside(place: Rect, over: Rect) -> Rect {
    if !place.overlaps(over) {
        return place;
    }
    let (cols, rows) = (place.size.cols, place.size.rows);
    let above = Rect::new(place.top(), place.left(), Size::new(cols, over.top().saturating_sub(place.top())));
    let left = Rect::new(place.top(), place.left(), Size::new(over.left().saturating_sub(place.left()), rows));
    let below = place.bottom().saturating_sub(over.bottom());
    let below = Rect::new(over.bottom(), place.left(), Size::new(cols, below));
    let right = place.right().saturating_sub(over.right());
    let right = Rect::new(place.top(), over.right(), Size::new(right, rows));
    let cells = |rect: &Rect| u32::from(rect.size.cols) * u32::from(rect.size.rows);
    [above, left, below, right].into_iter().max_by_key(cells).unwrap_or(place)
}

/// Stands behind the title of a pane that is pinned.
const PINNED: &str = " (pinned)";

/// What is at a point where no pane's cells are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Frames {
    /// A floating pane's frame.
    Held(PaneId, Grip),
    /// No floating pane.
    Open,
    /// What cannot be used now.
    Covered,
}

/// A frame with a title in its upper side.
struct FloatFrame {
    /// With the frame.
    size: Size,
    framed: bool,
    lines: &'static Lines,
    style: Style,
    title: Vec<(String, Style)>,
}

impl Widget for FloatFrame {
    fn render(self, area: Area, buffer: &mut Buffer) {
        if !self.framed {
            return;
        }
        let (last_row, last_col) = (self.size.rows.saturating_sub(1), self.size.cols.saturating_sub(1));
        let side = |there: bool, bit: usize| if there { bit } else { 0 };
        let mut set = |row: u16, col: u16| {
            let is_edge = (row == 0 || row == last_row, col == 0 || col == last_col);
            // 1 above, 2 below, 4 left, 8 right: as the frame goes on from here.
            let joint = side(is_edge.1 && row > 0, 1)
                | side(is_edge.1 && row < last_row, 2)
                | side(is_edge.0 && col > 0, 4)
                | side(is_edge.0 && col < last_col, 8);
            if let Some(cell) = buffer.cell_mut((area.x + col, area.y + row)) {
                cell.set_symbol(self.lines.joint(joint)).set_style(ui(self.style));
            }
        };
        (0..self.size.cols).for_each(|col| {
            set(0, col);
            set(last_row, col);
        });
        (1..last_row).for_each(|row| {
            set(row, 0);
            set(row, last_col);
        });
        let room = self.size.cols.saturating_sub(4).min(area.width.saturating_sub(2));
        let is_empty = self.title.iter().all(|(text, _)| text.is_empty());
        if room > 2 && area.height > 0 && !is_empty {
            let blank = || (" ".to_owned(), self.style);
            let title = std::iter::once(blank()).chain(self.title.clone()).chain([blank()]).collect();
            buffer.set_line(area.x + 2, area.y, &ui_line(title), room);
        }
    }
}

/// A pane whose cells have colours where its program gives them none.
pub(super) struct Tinted<'a> {
    pub(super) content: Box<dyn Content + 'a>,
    pub(super) style: Style,
}

impl Content for Tinted<'_> {
    fn line(&self, row: u16) -> Option<&Line> {
        self.content.line(row)
    }

    fn reversed(&self) -> bool {
        self.content.reversed()
    }

    fn mark(&self, row: u16, cells: &mut [Cell]) {
        for cell in cells.iter_mut() {
            let own = |color: Color, usual: Color| if color == Color::Default { usual } else { color };
            cell.style.fg = own(cell.style.fg, self.style.fg);
            cell.style.bg = own(cell.style.bg, self.style.bg);
        }
        self.content.mark(row, cells);
    }

    fn hidden(&self) -> u16 {
        self.content.hidden()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_room_beside_what_floats() {
        let place = Rect::new(0, 0, Size::new(80, 23));
        let beside = |over| largest_beside(place, over);
        assert_eq!(beside(Rect::new(5, 10, Size::new(42, 13))), Rect::new(0, 52, Size::new(28, 23)));
        assert_eq!(beside(Rect::new(9, 0, Size::new(80, 14))), Rect::new(0, 0, Size::new(80, 9)));
        assert!(beside(place).size.is_empty(), "all of it is covered");
        assert_eq!(beside(Rect::new(30, 0, Size::new(9, 9))), place, "it lies elsewhere");
    }

    #[test]
    fn a_frame_has_corners_and_a_title_that_fits() {
        let draw = |size: Size, title: &str, room: Size| {
            let lines = Lines::named("simple");
            let title = vec![(title.to_owned(), Style::DEFAULT)];
            let frame = FloatFrame { size, framed: true, lines, style: Style::DEFAULT, title };
            let mut buffer = Buffer::empty(Area::new(0, 0, room.cols, room.rows));
            frame.render(buffer.area, &mut buffer);
            (0..room.rows)
                .map(|row| (0..room.cols).map(|col| buffer[(col, row)].symbol()).collect::<String>())
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(Size::new(10, 3), "sh", Size::new(10, 3)), ["+- sh ---+", "|        |", "+--------+"]);
        assert_eq!(draw(Size::new(10, 3), "a long one", Size::new(10, 3))[0], "+- a lon-+");
        assert_eq!(draw(Size::new(10, 3), "", Size::new(4, 2)), ["+---", "|   "], "cut at the terminal's edge");
    }
}
