//! What is emitted, read back by a terminal of another make, shows the picture that was composed.

use proptest::prelude::*;
use ratatui::widgets::Paragraph;

use crate::base::{Attrs, Color, Line, Point, Rect, Size, Span, SpanKind, Style, Underline};
use crate::config::Features;

use super::capabilities::Abilities;
use super::color::Depth;
use super::compose::{Canvas, Content, Part, Scene};
use super::frame::Cell;
use super::mirror::{Pane, plain_cursor};
use super::plate::Plate;

/// The outer terminal.
fn terminal(size: Size) -> vt100::Parser {
    let side = |n| std::num::NonZeroU16::new(n).unwrap();
    vt100::Parser::new(side(size.rows), side(size.cols), 0)
}

fn color(theirs: vt100::Color) -> Color {
    match theirs {
        vt100::Color::Default => Color::Default,
        vt100::Color::Idx(index) => Color::Indexed(index),
        vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

pub(super) fn looks(cell: &vt100::Cell) -> Style {
    let flags = [
        (cell.bold(), Attrs::BOLD),
        (cell.dim(), Attrs::DIM),
        (cell.italic(), Attrs::ITALIC),
        (cell.inverse(), Attrs::REVERSE),
    ];
    Style {
        fg: color(cell.fgcolor()),
        bg: color(cell.bgcolor()),
        underline: if cell.underline() { Underline::Single } else { Underline::None },
        attrs: flags.iter().filter(|(on, _)| *on).fold(Attrs::empty(), |all, (_, attr)| all | *attr),
        ..Style::DEFAULT
    }
}

/// The first cell in which the terminal differs from the picture.
fn difference(canvas: &Canvas, terminal: &vt100::Parser) -> Option<String> {
    let (frame, symbols) = canvas.frame();
    for row in 0..frame.size().rows {
        for (col, cell) in frame.row(row).iter().enumerate().filter(|(_, cell)| cell.width > 0) {
            let theirs = terminal.screen().cell(row, col as u16).unwrap();
            let text = match cell.glyph.cluster() {
                Some(number) => symbols.cluster_text(number).to_owned(),
                None => cell.glyph.char().to_string(),
            };
            let shown = if theirs.has_contents() { theirs.contents() } else { " " };
            if shown != text || theirs.is_wide() != (cell.width == 2) || looks(theirs) != cell.style {
                return Some(format!("{row},{col}: {shown:?} {:?} instead of {cell:?}", looks(theirs)));
            }
        }
    }
    None
}

fn draw(canvas: &mut Canvas, pane: &Pane, plates: &[Plate], cursor: Point) -> Vec<u8> {
    let content: Box<dyn Content> = Box::new(pane);
    let parts = vec![Part { place: Rect::new(0, 0, pane.size), content }];
    let cursor = Some(plain_cursor(cursor));
    let scene = Scene { parts, plates: plates.iter().collect(), cursor, ..Scene::default() };
    let mut out = Vec::new();
    canvas.draw(&scene, &mut out);
    out
}

fn style() -> impl Strategy<Value = Style> {
    let color = prop_oneof![
        3 => Just(Color::Default),
        2 => any::<u8>().prop_map(Color::Indexed),
        1 => any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
    ];
    let attrs = [Attrs::empty(), Attrs::BOLD, Attrs::ITALIC, Attrs::REVERSE, Attrs::BOLD | Attrs::REVERSE];
    (color.clone(), color, prop::sample::select(attrs.to_vec()), any::<bool>()).prop_map(|(fg, bg, attrs, line)| {
        let underline = if line { Underline::Single } else { Underline::None };
        Style { fg, bg, attrs, underline, ..Style::DEFAULT }
    })
}

fn span() -> impl Strategy<Value = Span> {
    let text = prop_oneof![
        4 => "[ a-zé─]{1,9}".prop_map(|text| (SpanKind::Narrow, text)),
        2 => "[漢字あ]{1,4}".prop_map(|text| (SpanKind::Wide, text)),
        1 => prop::sample::select(vec!["e\u{301}", "o\u{308}\u{323}"])
            .prop_map(|text| (SpanKind::Cluster(1), text.to_owned())),
    ];
    (text, style()).prop_map(|((kind, text), style)| Span { style, kind, link: None, text })
}

fn line() -> impl Strategy<Value = Line> {
    let fill = prop_oneof![4 => Just(Style::DEFAULT), 1 => style()];
    (prop::collection::vec(span(), 0..5), fill).prop_map(|(spans, fill)| Line { spans, fill, wrapped: false })
}

#[derive(Clone, Debug)]
struct Change {
    rows: Vec<(u16, Line)>,
    plate: Option<(u16, u16, String)>,
    cursor: (u16, u16),
}

fn change() -> impl Strategy<Value = Change> {
    let plate = prop::option::of((0u16..8, 0u16..24, "[a-z漢]{1,6}"));
    (prop::collection::vec((0u16..8, line()), 0..4), plate, (0u16..8, 0u16..24))
        .prop_map(|(rows, plate, cursor)| Change { rows, plate, cursor })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn applying_the_difference_gives_the_picture(
        cols in 1u16..24,
        rows in 1u16..8,
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let size = Size::new(cols, rows);
        let mut canvas = Canvas::new(size, Depth::Direct);
        let mut outer = terminal(size);
        let mut pane = Pane { size, rows: vec![Line::default(); usize::from(rows)], ..Pane::default() };
        for Change { rows: changed, plate, cursor } in changes {
            canvas.mark_all();
            for (row, line) in changed {
                if let Some(place) = pane.rows.get_mut(usize::from(row)) {
                    *place = line;
                }
            }
            let plate = plate.map(|(row, col, text)| {
                let (row, col) = (row.min(rows - 1), col.min(cols - 1));
                Plate::new(Rect::new(row, col, Size::new(4.min(cols - col), 1)), Paragraph::new(text))
            });
            let plates: Vec<Plate> = plate.into_iter().collect();
            let cursor = Point::new(cursor.0.min(rows - 1), cursor.1.min(cols - 1));
            let bytes = draw(&mut canvas, &pane, &plates, cursor);
            outer.process(&bytes);
            prop_assert_eq!(difference(&canvas, &outer), None);
            prop_assert_eq!(outer.screen().cursor_position(), (cursor.row.0, cursor.col.0));
        }
    }
}

fn text(text: &str) -> Line {
    let span = Span { style: Style::DEFAULT, kind: SpanKind::Narrow, link: None, text: text.into() };
    Line { spans: vec![span], ..Line::default() }
}

fn filled(size: Size) -> Pane {
    let rows = (0..size.rows).map(|row| text(&format!("{:1$}", row, usize::from(size.cols)))).collect();
    Pane { size, rows, ..Pane::default() }
}

#[test]
fn one_changed_cell_costs_tens_of_bytes() {
    let size = Size::new(200, 50);
    let mut pane = filled(size);
    let mut canvas = Canvas::new(size, Depth::Direct);
    draw(&mut canvas, &pane, &[], Point::new(7, 3));
    assert_eq!(draw(&mut canvas, &pane, &[], Point::new(7, 3)), b"", "nothing changed");
    pane.rows[7] = text(&format!("abc{:1$}", 7, 197));
    canvas.mark([7]);
    draw(&mut canvas, &pane, &[], Point::new(7, 3));
    pane.rows[7] = text(&format!("abcd{:1$}", 7, 196));
    canvas.mark([7]);
    let bytes = draw(&mut canvas, &pane, &[], Point::new(7, 4));
    assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[?2026hd\x1b[?2026l");
}

#[test]
fn a_blank_end_is_erased_not_overwritten() {
    let size = Size::new(200, 1);
    let mut pane = filled(size);
    pane.rows[0] = text(&"x".repeat(200));
    let mut canvas = Canvas::new(size, Depth::Direct);
    draw(&mut canvas, &pane, &[], Point::default());
    pane.rows[0] = text("xxx");
    canvas.mark([0]);
    let bytes = draw(&mut canvas, &pane, &[], Point::new(0, 3));
    assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[?2026h\x1b[3C\x1b[K\x1b[?2026l");
}

#[test]
fn links_are_opened_and_ended() {
    let size = Size::new(20, 1);
    let mut linked = text("docs");
    linked.spans[0].link = Some("https://x.y/".into());
    linked.spans.push(text(" and").spans.remove(0));
    let pane = Pane { size, rows: vec![linked], ..Pane::default() };
    let mut canvas = Canvas::new(size, Depth::Direct);
    let shown = String::from_utf8(draw(&mut canvas, &pane, &[], Point::default())).unwrap();
    assert!(shown.contains(";https://x.y/\x1b\\docs\x1b[1C\x1b]8;;\x1b\\and"), "{shown:?}");
}

/// A terminal that shows each character of a cluster for itself, as this one does, must show all else as it is.
#[test]
fn a_cluster_tears_nothing_where_it_is_not_known() {
    let size = Size::new(12, 2);
    let family = || Span {
        style: Style::DEFAULT,
        kind: SpanKind::Cluster(2),
        link: None,
        text: "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}".into(),
    };
    let line = |before: &str, families: usize, after: &str| {
        let mut line = text(before);
        line.spans.extend((0..families).map(|_| family()));
        line.spans.extend(text(after).spans);
        line
    };
    let can = Abilities { depth: Depth::Direct, features: Features::all() - Features::CLUSTERS };
    let mut canvas = Canvas::new(size, can);
    let mut outer = terminal(size);
    let mut pane = Pane { size, rows: vec![text("ab          "), text("second line.")], ..Pane::default() };
    for (before, families, after, shown) in [
        ("ab", 0, "        |X", "ab        |X"),
        ("ab", 4, "|X", "|X"),
        ("ab", 2, "    |X", "    |X"),
        ("ab", 5, "", ""),
        ("abc", 1, "zzzzz|X", "zzzzz|X"),
        ("abcde", 0, "     |X", "abcde     |X"),
    ] {
        pane.rows[0] = line(before, families, after);
        canvas.mark([0]);
        outer.process(&draw(&mut canvas, &pane, &[], Point::default()));
        let rows: Vec<String> = outer.screen().rows(0, size.cols).collect();
        assert!(rows[0].starts_with(before) && rows[0].ends_with(shown), "{rows:?}");
        assert_eq!(rows[1], "second line.", "the next row is not reached");
    }
}

#[test]
fn a_resized_terminal_is_drawn_from_nothing() {
    let mut canvas = Canvas::new(Size::new(10, 2), Depth::Direct);
    draw(&mut canvas, &filled(Size::new(10, 2)), &[], Point::default());
    let size = Size::new(6, 3);
    canvas.resize(size);
    let mut outer = terminal(size);
    outer.process("garbage".as_bytes());
    outer.process(&draw(&mut canvas, &filled(size), &[], Point::default()));
    assert_eq!(difference(&canvas, &outer), None);
}

/// Prints what a frame costs: `cargo test --release --lib frame_time -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn frame_time() {
    let size = Size::new(200, 50);
    let colored = |seed: u16| {
        let row = |row: u16| {
            let span = |n: u16| {
                let mut span = text(&format!("{:10}", row * 7 + n + seed)).spans.remove(0);
                span.style.fg = Color::Indexed((n + seed) as u8);
                span
            };
            Line { spans: (0..20).map(span).collect(), ..Line::default() }
        };
        Pane { size, rows: (0..size.rows).map(row).collect(), ..Pane::default() }
    };
    let plain = |seed: u16| {
        let row = |row: u16| text(&format!("{seed:05} {row:04} {}", "the quick brown fox ".repeat(9)));
        Pane { size, rows: (0..size.rows).map(row).collect(), ..Pane::default() }
    };
    let shifted = |seed: u16| {
        let row = |row: u16| text(&"abcdefghijklmnopqrstuvwxyz".repeat(9)[usize::from((row + seed) % 26)..][..200]);
        Pane { size, rows: (0..size.rows).map(row).collect(), ..Pane::default() }
    };
    let panes: [(&str, [Pane; 2]); 3] = [
        ("log lines, few cells differ", [plain(1), plain(2)]),
        ("every cell differs", [shifted(1), shifted(2)]),
        ("20 colours a row, all rows", [colored(1), colored(2)]),
    ];
    for (name, panes) in &panes {
        let mut canvas = Canvas::new(size, Depth::Direct);
        let mut bytes = 0;
        let start = std::time::Instant::now();
        for turn in 0..1000 {
            canvas.mark_all();
            bytes += draw(&mut canvas, &panes[turn % 2], &[], Point::default()).len();
        }
        println!("{name}: {:?} and {} bytes a frame", start.elapsed() / 1000, bytes / 1000);
    }
    let mut canvas = Canvas::new(size, Depth::Direct);
    let start = std::time::Instant::now();
    for turn in 0..10_000u16 {
        canvas.mark([turn % 50]);
        draw(&mut canvas, &panes[1].1[usize::from(turn / 50 % 2)], &[], Point::default());
    }
    println!("one row of 200 cells: {:?}", start.elapsed() / 10_000);
    let blank = Cell::BLANK;
    assert_eq!(std::mem::size_of_val(&blank), 24);
}
