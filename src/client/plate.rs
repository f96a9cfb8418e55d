//! What is mux's own on the screen: small ratatui buffers that lie on the panes. The only bridge between
//! ratatui's looks and ours.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::{Color as UiColor, Modifier, Style as UiStyle};
use ratatui::text::{Line as UiLine, Span as UiSpan};
use ratatui::widgets::Widget;

use crate::base::{Attrs, Color, Point, Rect, Style, Underline};

use super::ascii::{self, Charset};
use super::frame::{Cell, Symbols, put_symbol};

/// A drawn widget at its place on the terminal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plate {
    buffer: Buffer,
    /// Cells that the widget has not touched show what is below.
    open: bool,
}

impl Plate {
    pub(super) fn new(place: Rect, widget: impl Widget) -> Self {
        Self::drawn(place, widget, false)
    }

    /// One through whose untouched cells the panes show.
    pub(super) fn open(place: Rect, widget: impl Widget) -> Self {
        Self::drawn(place, widget, true)
    }

    fn drawn(place: Rect, widget: impl Widget, open: bool) -> Self {
        let mut buffer = Buffer::empty(area(place));
        widget.render(buffer.area, &mut buffer);
        Self { buffer, open }
    }

    /// What stands on it.
    #[cfg(test)]
    pub(super) fn text(&self) -> String {
        let rows = self.buffer.content().chunks(usize::from(self.buffer.area.width.max(1)));
        rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>() + "\n").collect()
    }

    /// The rows that it lies on.
    pub(super) fn rows(&self) -> std::ops::Range<u16> {
        self.buffer.area.top()..self.buffer.area.bottom()
    }

    /// Nothing of what is below shows at this place.
    pub(super) fn covers(&self, at: Point) -> bool {
        !self.open && self.buffer.area.contains((at.col.0, at.row.0).into())
    }

    /// Lays its part of `row` over what is there.
    pub(super) fn lay(&self, row: u16, cells: &mut [Cell], symbols: &mut Symbols, charset: Charset) {
        if !self.rows().contains(&row) {
            return;
        }
        let mut covered = 0;
        for col in self.buffer.area.left()..self.buffer.area.right().min(cells.len() as u16) {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            let cell = &self.buffer[(col, row)];
            if self.open && *cell == ratatui::buffer::Cell::EMPTY {
                continue;
            }
            let end = usize::from(self.buffer.area.right()).min(cells.len());
            let room = &mut cells[usize::from(col)..end];
            let symbol = if charset == Charset::Unicode { cell.symbol() } else { ascii::mark(cell.symbol()) };
            put_symbol(room, symbol, style_of(cell.fg, cell.bg, cell.modifier), symbols);
            covered = room[0].width.saturating_sub(1);
        }
    }
}

pub(super) fn area(rect: Rect) -> Area {
    Area::new(rect.left(), rect.top(), rect.size.cols, rect.size.rows)
}

const MODIFIERS: [(Attrs, Modifier); 7] = [
    (Attrs::BOLD, Modifier::BOLD),
    (Attrs::DIM, Modifier::DIM),
    (Attrs::ITALIC, Modifier::ITALIC),
    (Attrs::BLINK, Modifier::SLOW_BLINK),
    (Attrs::REVERSE, Modifier::REVERSED),
    (Attrs::CONCEAL, Modifier::HIDDEN),
    (Attrs::STRIKE, Modifier::CROSSED_OUT),
];

/// Our look as ratatui's; kinds of underline become the plain one.
pub(super) fn ui(style: Style) -> UiStyle {
    let mut modifier = MODIFIERS
        .iter()
        .filter(|(ours, _)| style.attrs.contains(*ours))
        .fold(Modifier::empty(), |all, (_, m)| all | *m);
    if style.underline != Underline::None {
        modifier |= Modifier::UNDERLINED;
    }
    UiStyle::reset().fg(ui_color(style.fg)).bg(ui_color(style.bg)).add_modifier(modifier)
}

fn ui_color(color: Color) -> UiColor {
    match color {
        Color::Default => UiColor::Reset,
        Color::Indexed(index) => UiColor::Indexed(index),
        Color::Rgb(r, g, b) => UiColor::Rgb(r, g, b),
    }
}

fn style_of(fg: UiColor, bg: UiColor, modifier: Modifier) -> Style {
    let attrs =
        MODIFIERS.iter().filter(|(_, m)| modifier.contains(*m)).fold(Attrs::empty(), |all, (ours, _)| all | *ours);
    let underline = if modifier.contains(Modifier::UNDERLINED) { Underline::Single } else { Underline::None };
    Style { fg: color_of(fg), bg: color_of(bg), attrs, underline, underline_color: Color::Default }
}

fn color_of(color: UiColor) -> Color {
    match color {
        UiColor::Indexed(index) => Color::Indexed(index),
        UiColor::Rgb(r, g, b) => Color::Rgb(r, g, b),
        UiColor::Black => Color::Indexed(0),
        UiColor::Red => Color::Indexed(1),
        UiColor::Green => Color::Indexed(2),
        UiColor::Yellow => Color::Indexed(3),
        UiColor::Blue => Color::Indexed(4),
        UiColor::Magenta => Color::Indexed(5),
        UiColor::Cyan => Color::Indexed(6),
        UiColor::Gray => Color::Indexed(7),
        _ => Color::Default,
    }
}

/// Styled runs as one line of text.
pub(super) fn ui_line(runs: Vec<(String, Style)>) -> UiLine<'static> {
    UiLine::from(runs.into_iter().map(|(text, style)| UiSpan::styled(text, ui(style))).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use ratatui::widgets::Paragraph;

    use super::*;
    use crate::base::Size;

    #[test]
    fn looks_survive_the_way_through_ratatui() {
        let style = Style {
            fg: Color::Indexed(3),
            bg: Color::Rgb(1, 2, 3),
            attrs: Attrs::BOLD | Attrs::REVERSE,
            underline: Underline::Single,
            ..Style::DEFAULT
        };
        let ui = ui(style);
        assert_eq!(style_of(ui.fg.unwrap(), ui.bg.unwrap(), ui.add_modifier), style);
    }

    #[test]
    fn an_open_plate_shows_what_is_below() {
        let plate = Plate::open(Rect::new(1, 1, Size::new(3, 1)), Paragraph::new("漢"));
        let below = Cell { glyph: super::super::frame::Glyph::of('.'), ..Cell::BLANK };
        let mut row = vec![below; 5];
        plate.lay(1, &mut row, &mut Symbols::default(), Charset::Unicode);
        let text: Vec<_> = row.iter().map(|cell| (cell.glyph.char(), cell.width)).collect();
        assert_eq!(text, [('.', 1), ('漢', 2), (' ', 0), ('.', 1), ('.', 1)]);
        plate.lay(0, &mut row, &mut Symbols::default(), Charset::Unicode);
    }
}
