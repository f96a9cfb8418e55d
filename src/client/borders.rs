//! The lines between panes, joined where they meet, and the dots where a window is smaller than its room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::Widget;

use crate::base::{Point, Rect, Size, Style};

use super::plate::{ui, ui_line};
use crate::format::styled;

/// Everything of a window that is no pane.
pub(super) struct Borders<'a> {
    pub(super) panes: &'a [Rect],
    pub(super) active: Option<Rect>,
    pub(super) window: Size,
    pub(super) frame: Frame,
}

/// How borders are drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) style: Style,
    pub(super) active_style: Style,
    /// As `pane-border-lines` names them.
    pub(super) lines: String,
    pub(super) indicators: Indicators,
    pub(super) titles: Titles,
}

/// How the border between two panes says which is the active one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Indicators {
    /// Only the half beside it has its colour.
    pub(super) half: bool,
    pub(super) arrows: bool,
}

/// What stands on the borders above panes, or below them.
#[derive(Clone, Debug, Default)]
pub(super) struct Titles {
    pub(super) below: bool,
    pub(super) texts: Vec<(Rect, String)>,
}

/// What borders are drawn with.
pub(super) struct Lines {
    /// By which neighbours are border too: 1 above, 2 below, 4 left, 8 right.
    joints: [&'static str; 16],
    /// Outside of a window that is smaller than its room.
    outside: &'static str,
    /// To the left, right, up and down.
    arrows: [&'static str; 4],
}

const ARROWS: [&str; 4] = ["←", "→", "↑", "↓"];
const SINGLE: Lines = Lines {
    joints: ["│", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"],
    outside: "·",
    arrows: ARROWS,
};
const DOUBLE: Lines = Lines {
    joints: ["║", "║", "║", "║", "═", "╝", "╗", "╣", "═", "╚", "╔", "╠", "═", "╩", "╦", "╬"],
    outside: "·",
    arrows: ARROWS,
};
const HEAVY: Lines = Lines {
    joints: ["┃", "┃", "┃", "┃", "━", "┛", "┓", "┫", "━", "┗", "┏", "┣", "━", "┻", "┳", "╋"],
    outside: "·",
    arrows: ARROWS,
};
const SIMPLE: Lines = Lines {
    joints: ["|", "|", "|", "|", "-", "+", "+", "+", "-", "+", "+", "+", "-", "+", "+", "+"],
    outside: ".",
    arrows: ["<", ">", "^", "v"],
};

/// Of frames alone: lines between panes have joints that are not round.
const ROUNDED: Lines = Lines {
    joints: ["│", "│", "│", "│", "─", "╯", "╮", "┤", "─", "╰", "╭", "├", "─", "┴", "┬", "┼"],
    outside: "·",
    arrows: ARROWS,
};
const PADDED: Lines = Lines { joints: [" "; 16], outside: " ", arrows: [" "; 4] };

impl Lines {
    /// As `pane-border-lines` and the flag -b of popups name them.
    pub(super) fn named(name: &str) -> &'static Self {
        match name {
            "double" => &DOUBLE,
            "heavy" => &HEAVY,
            "simple" => &SIMPLE,
            "rounded" => &ROUNDED,
            "padded" => &PADDED,
            _ => &SINGLE,
        }
    }

    /// By where it goes on from there: 1 above, 2 below, 4 left, 8 right.
    pub(super) fn joint(&self, sides: usize) -> &'static str {
        self.joints.get(sides).copied().unwrap_or(" ")
    }
}

impl Frame {
    fn lines(&self) -> &'static Lines {
        Lines::named(&self.lines)
    }
}

impl Widget for Borders<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let map = Map::new(self.panes, self.window);
        let (frame, lines) = (&self.frame, self.frame.lines());
        for row in 0..area.height {
            for col in 0..area.width {
                let Some(cell) = buffer.cell_mut((area.x + col, area.y + row)) else { continue };
                if row >= self.window.rows || col >= self.window.cols {
                    cell.set_symbol(lines.outside).set_style(ui(frame.style));
                } else if map.is_border(row, col) {
                    let style = if self.is_active(row, col) { frame.active_style } else { frame.style };
                    cell.set_symbol(lines.joints[map.joint(row, col)]).set_style(ui(style));
                }
            }
        }
        if frame.indicators.arrows {
            self.arrows(&map, area, buffer);
        }
        self.titles(area, buffer);
    }
}

impl Borders<'_> {
    /// The cell touches the active pane, be it at a corner; of a border that two panes share, only half is one's.
    fn is_active(&self, row: u16, col: u16) -> bool {
        self.active.is_some_and(|pane| {
            let rows = pane.top().saturating_sub(1)..=pane.bottom();
            let cols = pane.left().saturating_sub(1)..=pane.right();
            rows.contains(&row) && cols.contains(&col) && self.is_its_half(pane, row, col)
        })
    }

    /// tmux's way: the upper half of the border is the left pane's, the left half the upper one's.
    fn is_its_half(&self, pane: Rect, row: u16, col: u16) -> bool {
        let [one, two] = self.panes else { return true };
        if !self.frame.indicators.half {
            return true;
        }
        let first = pane == *one;
        if one.right() < two.left() && col == one.right() {
            return (row <= pane.top() + pane.size.rows / 2) == first;
        }
        if one.bottom() < two.top() && one.left() == two.left() && row == one.bottom() {
            return (col <= pane.left() + pane.size.cols / 2) == first;
        }
        true
    }

    /// On each border of the active pane, towards it.
    fn arrows(&self, map: &Map, area: Area, buffer: &mut Buffer) {
        let Some(pane) = self.active else { return };
        let [left, right, up, down] = self.frame.lines().arrows;
        let places = [
            (Some(pane.top() + 1), Some(pane.right()), left),
            (Some(pane.top() + 1), pane.left().checked_sub(1), right),
            (Some(pane.bottom()), Some(pane.left() + 1), up),
            (pane.top().checked_sub(1), Some(pane.left() + 1), down),
        ];
        for (row, col, arrow) in places {
            let Some((row, col)) = row.zip(col).filter(|&(row, col)| map.is_border(row, col)) else { continue };
            if let Some(cell) = buffer.cell_mut((area.x + col, area.y + row)) {
                cell.set_symbol(arrow).set_style(ui(self.frame.active_style));
            }
        }
    }

    /// Two cells in from each pane's corner, and never longer than its border.
    fn titles(&self, area: Area, buffer: &mut Buffer) {
        let titles = &self.frame.titles;
        for (pane, text) in &titles.texts {
            let row = if titles.below { Some(pane.bottom()) } else { pane.top().checked_sub(1) };
            let room = pane.size.cols.saturating_sub(4).min(area.width.saturating_sub(pane.left() + 2));
            let Some(row) = row.filter(|row| *row < area.height && room > 0) else { continue };
            let base = if self.active == Some(*pane) { self.frame.active_style } else { self.frame.style };
            buffer.set_line(area.x + pane.left() + 2, area.y + row, &ui_line(styled(text, base)), room);
        }
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
        let borders = Borders { panes, active: None, window, frame: Frame::default() };
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
    fn titles_arrows_and_plain_lines() {
        let panes = [Rect::new(1, 0, Size::new(9, 3)), Rect::new(1, 10, Size::new(8, 3))];
        let texts = panes.iter().map(|pane| (*pane, "a long title".to_owned())).collect();
        let frame = Frame {
            lines: "simple".into(),
            indicators: Indicators { half: true, arrows: true },
            titles: Titles { below: false, texts },
            ..Frame::default()
        };
        let borders = Borders { panes: &panes, active: Some(panes[0]), window: Size::new(18, 4), frame };
        assert!(borders.is_active(1, 9) && !borders.is_active(3, 9), "the upper half is the left pane's");
        let mut buffer = Buffer::empty(Area::new(0, 0, 18, 4));
        borders.render(buffer.area, &mut buffer);
        let rows: Vec<String> = (0..4).map(|row| (0..18).map(|col| buffer[(col, row)].symbol()).collect()).collect();
        assert_eq!(rows, ["-va lon--+--a lo--", "         |        ", "         <        ", "         |        "]);
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
