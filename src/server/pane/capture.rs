//! A pane's lines as text, for `capture-pane`.

use std::fmt::Write;

use crate::base::{Attrs, Color, Line, Size, Span, Style, Underline};
use crate::model::{Capture, Edge};
use crate::term::Terminal;

/// The captured text, each line with its newline.
pub fn text(terminal: &Terminal, capture: &Capture) -> String {
    let screen = terminal.screen_line();
    let last_row = screen + u64::from(terminal.size().rows) - 1;
    let first = edge(capture.start, screen, screen, terminal.first_line());
    let last = edge(capture.end, screen, last_row, last_row);
    let range = first.clamp(terminal.first_line(), last_row)..=last.clamp(terminal.first_line(), last_row);
    let mut out = String::new();
    let mut pen = Style::DEFAULT;
    for line in range.filter_map(|number| terminal.line(number)) {
        write_line(&mut out, &line, capture, terminal.size(), &mut pen);
        if !(capture.join && line.wrapped) {
            // A line that is cut out of the text leaves no colour behind.
            write_style(&mut out, &mut pen, Style::DEFAULT);
            out.push('\n');
        }
    }
    out
}

fn edge(edge: Edge, screen: u64, default: u64, limit: u64) -> u64 {
    match edge {
        Edge::Screen => default,
        Edge::Limit => limit,
        Edge::Line(offset) => screen.saturating_add_signed(offset.into()),
    }
}

/// Trailing blanks are dropped unless wrapped rows are joined, in which case they are part of the text.
fn write_line(out: &mut String, line: &Line, capture: &Capture, size: Size, pen: &mut Style) {
    let keep_blanks = capture.join;
    if !capture.styles {
        let start = out.len();
        line.spans.iter().for_each(|span| out.push_str(&span.text));
        if !keep_blanks {
            out.truncate(start + out[start..].trim_end_matches(' ').len());
        }
        return;
    }
    for span in &line.spans {
        write_style(out, pen, span.style);
        write_span(out, span);
    }
    let blank = usize::from(size.cols).saturating_sub(line.cells());
    if line.fill != Style::DEFAULT && blank > 0 {
        write_style(out, pen, line.fill);
        out.push_str(&" ".repeat(blank));
    }
}

fn write_span(out: &mut String, span: &Span) {
    match &span.link {
        Some(link) => {
            let _ = write!(out, "\x1b]8;;{link}\x1b\\{}\x1b]8;;\x1b\\", span.text);
        }
        None => out.push_str(&span.text),
    }
}

/// SGR from one style to another: anew from the default, which is short enough and needs no table of undoings.
fn write_style(out: &mut String, pen: &mut Style, style: Style) {
    if *pen == style {
        return;
    }
    *pen = style;
    if style == Style::DEFAULT {
        return out.push_str("\x1b[0m");
    }
    out.push_str("\x1b[0");
    for (flag, code) in ATTRS {
        if style.attrs.contains(*flag) {
            let _ = write!(out, ";{code}");
        }
    }
    match style.underline {
        Underline::None => {}
        Underline::Single => out.push_str(";4"),
        other => {
            let _ = write!(out, ";4:{}", other as u8);
        }
    }
    write_color(out, style.fg, 30, 38);
    write_color(out, style.bg, 40, 48);
    if style.underline_color != Color::Default {
        write_color(out, style.underline_color, u16::MAX, 58);
    }
    out.push('m');
}

const ATTRS: &[(Attrs, u8)] = &[
    (Attrs::BOLD, 1),
    (Attrs::DIM, 2),
    (Attrs::ITALIC, 3),
    (Attrs::BLINK, 5),
    (Attrs::REVERSE, 7),
    (Attrs::CONCEAL, 8),
    (Attrs::STRIKE, 9),
    (Attrs::OVERLINE, 53),
];

/// `basic`: the code of the first of eight colours, or none such where it is `u16::MAX`.
fn write_color(out: &mut String, color: Color, basic: u16, extended: u16) {
    let _ = match color {
        Color::Default => Ok(()),
        Color::Indexed(n @ 0..=7) if basic != u16::MAX => write!(out, ";{}", basic + u16::from(n)),
        Color::Indexed(n @ 8..=15) if basic != u16::MAX => write!(out, ";{}", basic + 52 + u16::from(n)),
        Color::Indexed(n) => write!(out, ";{extended};5;{n}"),
        Color::Rgb(r, g, b) => write!(out, ";{extended};2;{r};{g};{b}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(bytes: &str, capture: &Capture) -> String {
        let mut terminal = Terminal::new(Size::new(10, 3), 100);
        terminal.feed(bytes.as_bytes());
        text(&terminal, capture)
    }

    #[test]
    fn the_screen_is_the_default_range() {
        assert_eq!(capture("a\r\nb\r\nc\r\nd  ", &Capture::default()), "b\nc\nd\n");
    }

    #[test]
    fn negative_lines_are_history() {
        let from_start = Capture { start: Edge::Limit, ..Capture::default() };
        assert_eq!(capture("a\r\nb\r\nc\r\nd", &from_start), "a\nb\nc\nd\n");
        let one = Capture { start: Edge::Line(-1), end: Edge::Line(-1), ..Capture::default() };
        assert_eq!(capture("a\r\nb\r\nc\r\nd", &one), "a\n");
    }

    #[test]
    fn wrapped_rows_join() {
        let join = Capture { join: true, ..Capture::default() };
        assert!(capture("0123456789abc", &join).starts_with("0123456789abc"));
        assert!(capture("0123456789abc", &Capture::default()).starts_with("0123456789\nabc\n"));
    }

    #[test]
    fn styles_come_as_sgr() {
        let styles = Capture { styles: true, ..Capture::default() };
        assert_eq!(capture("a\x1b[1;31mb\x1b[m", &styles), "a\x1b[0;1;31mb\x1b[0m\n\n\n");
        assert_eq!(capture("\x1b[95mb\x1b[m", &styles), "\x1b[0;95mb\x1b[0m\n\n\n");
    }
}
