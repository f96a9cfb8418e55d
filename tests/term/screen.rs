//! A screen as text that a person can look at once, and that is kept.

use std::fmt::Write as _;

use mux::base::{Row, Size, Style};
use mux::term::Terminal;

/// The rows between bars, and where the cursor is.
pub fn text(terminal: &Terminal) -> String {
    let mut text = String::new();
    for row in 0..terminal.size().rows {
        writeln!(text, "|{}", terminal.row(Row(row)).text()).unwrap();
    }
    let cursor = terminal.cursor();
    let (row, col) = (cursor.at.row.0, cursor.at.col.0);
    let visible = if cursor.visible { "" } else { " hidden" };
    writeln!(text, "cursor {row} {col}{visible}").unwrap();
    text
}

/// Every look that is not the default, by row and columns.
pub fn looks(terminal: &Terminal) -> String {
    let mut looks = String::new();
    for row in 0..terminal.size().rows {
        let line = terminal.row(Row(row));
        let mut col = 0;
        for span in &line.spans {
            if span.style != Style::DEFAULT {
                writeln!(looks, "{row:2} {col:2}..{:2} {}", col + span.cells(), look(&span.style)).unwrap();
            }
            col += span.cells();
        }
        if line.fill != Style::DEFAULT {
            writeln!(looks, "{row:2} {col:2}.. {}", look(&line.fill)).unwrap();
        }
    }
    looks
}

fn look(style: &Style) -> String {
    let plain = Style::DEFAULT;
    let mut parts = Vec::new();
    for (name, color, default) in [("fg", style.fg, plain.fg), ("bg", style.bg, plain.bg)] {
        if color != default {
            parts.push(format!("{name} {color:?}"));
        }
    }
    if style.underline != plain.underline {
        parts.push(format!("underline {:?}", style.underline));
    }
    parts.extend(style.attrs.iter_names().map(|(name, _)| name.to_lowercase()));
    parts.join(", ")
}

/// The screen that this made, on 80x24.
pub fn played(bytes: &[u8], piece: usize) -> Terminal {
    let mut terminal = Terminal::new(Size::new(80, 24), 1000);
    bytes.chunks(piece).for_each(|piece| terminal.feed(piece));
    terminal
}
