//! Looks, links, Unicode, events, generations, history.

use super::*;
use crate::base::{Attrs, Color, Point, SpanKind, Style, Underline};

fn style(bytes: &str) -> Style {
    terminal(10, 4, format!("{bytes}x")).row(Row(0)).spans[0].style
}

/// ECMA-48 8.3.117, ISO 8613-6, kitty's underlines, xterm's overline.
#[test]
fn sgr() {
    let plain = Style::DEFAULT;
    let with = |attrs| Style { attrs, ..plain };
    let underlined = |underline| Style { underline, ..plain };
    for (bytes, expected) in [
        ("\x1b[1m", with(Attrs::BOLD)),
        ("\x1b[2;3m", with(Attrs::DIM | Attrs::ITALIC)),
        ("\x1b[5m", with(Attrs::BLINK)),
        ("\x1b[7;8;9;53m", with(Attrs::REVERSE | Attrs::CONCEAL | Attrs::STRIKE | Attrs::OVERLINE)),
        ("\x1b[1;2;3;5;7;8;9;53m\x1b[22;23;25;27;28;29;55m", plain),
        ("\x1b[1;31m\x1b[m", plain),
        ("\x1b[4m", underlined(Underline::Single)),
        ("\x1b[21m", underlined(Underline::Double)),
        ("\x1b[4:3m", underlined(Underline::Curly)),
        ("\x1b[4:5m\x1b[4:0m", plain),
        ("\x1b[4m\x1b[24m", plain),
        ("\x1b[31;42m", Style { fg: Color::Indexed(1), bg: Color::Indexed(2), ..plain }),
        ("\x1b[97;100m", Style { fg: Color::Indexed(15), bg: Color::Indexed(8), ..plain }),
        ("\x1b[38;5;200;1m", Style { fg: Color::Indexed(200), attrs: Attrs::BOLD, ..plain }),
        ("\x1b[48;2;1;2;3;1m", Style { bg: Color::Rgb(1, 2, 3), attrs: Attrs::BOLD, ..plain }),
        ("\x1b[38:5:200;1m", Style { fg: Color::Indexed(200), attrs: Attrs::BOLD, ..plain }),
        ("\x1b[38:2:1:2:3m", Style { fg: Color::Rgb(1, 2, 3), ..plain }),
        ("\x1b[38:2::1:2:3m", Style { fg: Color::Rgb(1, 2, 3), ..plain }),
        ("\x1b[58:2::1:2:3m", Style { underline_color: Color::Rgb(1, 2, 3), ..plain }),
        ("\x1b[31m\x1b[39;49;59m", plain),
        ("\x1b[38;5;300;1m", with(Attrs::BOLD)),
        ("\x1b[>4;1m", plain),
    ] {
        assert_eq!(style(bytes), expected, "{bytes:?}");
    }
}

/// xterm, back_color_erase.
#[test]
fn erased_cells_take_the_background() {
    let terminal = terminal(10, 4, "ab\x1b[44m\x1b[K\r\n\x1b[2X\x1b[m");
    let blue = Style { bg: Color::Indexed(4), ..Style::DEFAULT };
    assert_eq!(terminal.row(Row(0)).fill, blue);
    assert_eq!(terminal.row(Row(0)).spans[0].style, Style::DEFAULT);
    assert_eq!(terminal.row(Row(1)).spans[0].style, blue);
    assert_eq!(terminal.row(Row(1)).fill, Style::DEFAULT);
}

/// OSC 8 as its specification has it: <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>.
#[test]
fn hyperlinks() {
    let terminal = terminal(20, 4, "a\x1b]8;id=1;http://x/\x1b\\bc\x1b]8;;\x1b\\d");
    let links: Vec<_> = terminal.row(Row(0)).spans.iter().map(|span| span.link.clone()).collect();
    assert_eq!(links, [None, Some("http://x/".into()), None]);
}

#[test]
fn unicode_takes_the_cells_it_should() {
    for (bytes, kinds) in [
        ("漢字", vec![(SpanKind::Wide, "漢字")]),
        ("a漢b", vec![(SpanKind::Narrow, "a"), (SpanKind::Wide, "漢"), (SpanKind::Narrow, "b")]),
        ("e\u{301}x", vec![(SpanKind::Cluster(1), "e\u{301}"), (SpanKind::Narrow, "x")]),
        ("👨‍👩‍👧!", vec![(SpanKind::Cluster(2), "👨‍👩‍👧"), (SpanKind::Narrow, "!")]),
        ("🇪🇺🇩🇪", vec![(SpanKind::Cluster(2), "🇪🇺"), (SpanKind::Cluster(2), "🇩🇪")]),
        ("👍🏽", vec![(SpanKind::Cluster(2), "👍🏽")]),
        ("❤\u{fe0f}x", vec![(SpanKind::Cluster(2), "❤\u{fe0f}"), (SpanKind::Narrow, "x")]),
        ("\u{301}a", vec![(SpanKind::Narrow, "a")]),
        ("a\u{200b}b", vec![(SpanKind::Cluster(1), "a\u{200b}"), (SpanKind::Narrow, "b")]),
        ("\u{ad}a\u{ad}", vec![(SpanKind::Narrow, "\u{ad}a\u{ad}")]),
        ("한글", vec![(SpanKind::Wide, "한글")]),
        ("\u{1100}\u{1161}", vec![(SpanKind::Cluster(2), "\u{1100}\u{1161}")]),
        ("😀😁", vec![(SpanKind::Wide, "😀😁")]),
        ("a\u{fffd}", vec![(SpanKind::Narrow, "a\u{fffd}")]),
    ] {
        let line = terminal(20, 4, bytes).row(Row(0));
        let found: Vec<_> = line.spans.iter().map(|span| (span.kind, span.text.as_str())).collect();
        assert_eq!(found, kinds, "{bytes}");
    }
}

/// Mode 2027 off: characters with a width of their own stand alone, as wcwidth(3) has it.
#[test]
fn clusters_can_be_switched_off() {
    let line = terminal(20, 4, "\x1b[?2027l👍🏽🇪🇺").row(Row(0));
    assert_eq!(line.cells(), 2 + 2 + 1 + 1);
}

#[test]
fn wide_characters_at_edges() {
    for (source, bytes, screen) in [
        ("at the margin the cell before stays blank", "abcd漢", "abcd|漢"),
        ("overwritten by its first half", "漢字\rx", "x 字"),
        ("overwritten by its second half", "漢字\x1b[2Gx", " x字"),
        ("over two others", "漢字\x1b[2G字", " 字"),
        ("erased by half", "漢字\x1b[2G\x1b[X", "  字"),
        ("deleted by half", "漢字\x1b[2G\x1b[P", " 字"),
        ("inserted within", "漢字\x1b[2G\x1b[@", "   字"),
        ("no wrap", "\x1b[?7labcd漢", "abc漢"),
        ("a mark joins the last column", "abcde\u{301}f", "abcde\u{301}|f"),
        ("a mark joins a wide character there", "abc漢\u{301}f", "abc漢\u{301}|f"),
        ("a joiner does not let the last column grow", "abcd❤\u{fe0f}f", "abcd❤\u{fe0f}|f"),
    ] {
        let terminal = terminal(5, 4, bytes);
        assert_eq!(text(&terminal), screen, "{source}");
    }
    assert_eq!(text(&terminal(1, 2, "漢a")), "a", "nothing wide fits in one column");
}

#[test]
fn titles_and_their_stack() {
    let mut terminal = terminal(10, 4, "\x1b]0;one\x07\x1b[22;0t\x1b]2;two\x07");
    assert_eq!(terminal.title(), "two");
    terminal.feed(b"\x1b[23;0t");
    assert_eq!(terminal.title(), "one");
    let titles: Vec<_> = terminal.take_events().into_iter().filter(|e| matches!(e, TermEvent::Title(_))).collect();
    assert_eq!(titles.len(), 3);
    terminal.feed(format!("\x1b]2;{}\x07", "é".repeat(5000)).as_bytes());
    assert_eq!(terminal.title().len(), crate::base::limits::MAX_TITLE);
    terminal.feed("\x1b[22t".repeat(1000).as_bytes());
    terminal.feed(b"\x1b]2;a\x1b[31mb\x07");
    assert!(!terminal.title().contains('\x1b'));
}

#[test]
fn events() {
    for (bytes, event) in [
        ("\x07", TermEvent::Bell),
        ("\x1b]1;i\x07", TermEvent::IconName("i".into())),
        ("\x1b]7;file://h/d\x07", TermEvent::WorkingDirectory("file://h/d".into())),
        ("\x1b]9;done\x07", TermEvent::Notify { title: None, body: "done".into() }),
        ("\x1b]9;4;1;42\x07", TermEvent::Progress { state: 1, percent: 42 }),
        ("\x1b]777;notify;t;b\x07", TermEvent::Notify { title: Some("t".into()), body: "b".into() }),
        ("\x1b]99;;hi\x1b\\", TermEvent::Notify { title: None, body: "hi".into() }),
        ("\x1b]52;c;aGk=\x07", TermEvent::Clipboard { selection: "c".into(), text: b"hi".to_vec() }),
        ("\n\x1b]133;D;3\x07", TermEvent::PromptMark { mark: PromptMark::OutputEnd(Some(3)), line: 1 }),
    ] {
        assert_eq!(terminal(10, 4, bytes).take_events(), [event], "{bytes:?}");
    }
    assert_eq!(terminal(10, 4, "\x07\x07\x07").take_events().len(), 1);
    assert_eq!(terminal(10, 4, "\x1b]52;c;?\x07\x1b]52;c;!!\x07").take_events(), []);
}

#[test]
fn pictures_are_never_text() {
    let sixel = format!("\x1bPq#0;2;0;0;0{}\x1b\\", "~".repeat(100_000));
    let kitty = format!("\x1b_Gf=24,s=10;{}\x1b\\", "A".repeat(100_000));
    assert_eq!(text(&terminal(10, 4, format!("a{sixel}b{kitty}c"))), "abc");
}

#[test]
fn cursor_and_modes_are_told() {
    let terminal = terminal(10, 4, "\x1b[?25l\x1b[3 q\x1b[?1;5;1003;1006;1004;2004h\x1b=\x1b[2;3H");
    let cursor = terminal.cursor();
    assert_eq!((cursor.at, cursor.visible), (Point::new(1, 2), false));
    assert_eq!((cursor.shape, cursor.blink), (CursorShape::Underline, true));
    let modes = terminal.modes();
    assert!(modes.application_cursor && modes.application_keypad && modes.reverse_screen);
    assert!(modes.focus_events && modes.bracketed_paste && modes.alternate_scroll);
    assert_eq!((modes.mouse, modes.mouse_encoding), (MouseMode::Motion, MouseEncoding::Sgr));
}

#[test]
fn generations_move_with_what_changed_only() {
    let mut terminal = terminal(10, 4, "a\r\nb\r\nc");
    let before = terminal.generation();
    terminal.feed(b"");
    terminal.feed(b"\x1b[6n\x07");
    assert_eq!(terminal.generation(), before, "nothing to be seen");
    terminal.feed(b"d");
    assert!(terminal.generation() > before);
    let newer = |terminal: &Terminal| -> Vec<u16> {
        (0..4).filter(|&row| terminal.row_generation(Row(row)) > before).collect()
    };
    assert_eq!(newer(&terminal), [2]);
    terminal.feed(b"\r\n\r\n");
    assert_eq!(newer(&terminal), [0, 1, 2, 3], "all have moved");
    assert_eq!(terminal.screen_line(), 1);
    let unmoved = (1..5).filter(|&number| terminal.line_generation(number).unwrap() <= before);
    assert_eq!(unmoved.collect::<Vec<_>>(), [1, 3], "by number only what changed is newer");
    for bytes in ["\x1b[?25l", "\x1b]2;t\x07", "\x1b[?1h", "\x1b[H"] {
        let before = terminal.generation();
        terminal.feed(bytes.as_bytes());
        assert!(terminal.generation() > before, "{bytes:?}");
    }
}

#[test]
fn synchronized_updates_are_told() {
    let mut terminal = terminal(10, 4, "\x1b[?2026h");
    assert!(terminal.synchronized());
    terminal.end_synchronized();
    assert!(!terminal.synchronized());
    terminal.feed(b"\x1b[?2026h\x1b[?2026l");
    assert!(!terminal.synchronized());
}

#[test]
fn lines_keep_their_number_when_they_scroll_off() {
    let mut terminal = terminal(20, 3, "");
    for number in 0..10 {
        terminal.feed(format!("\x1b[3{}mline {number}\x1b[m 漢\r\n", number % 8).as_bytes());
    }
    assert_eq!((terminal.first_line(), terminal.screen_line()), (0, 8));
    for number in 0..10 {
        let line = terminal.line(number).unwrap();
        assert_eq!(line.text(), format!("line {number} 漢"));
        assert_eq!(line.spans[0].style.fg, Color::Indexed(number as u8 % 8));
    }
    assert_eq!(terminal.line(11), None);
    terminal.set_history_limit(4);
    assert_eq!((terminal.first_line(), terminal.screen_line()), (4, 8));
    assert_eq!(terminal.line(3), None);
    terminal.feed(b"\x1b[3J");
    assert_eq!((terminal.first_line(), terminal.screen_line()), (8, 8));
}

#[test]
fn the_alternate_screen_has_no_history() {
    let mut terminal = terminal(10, 2, "a\r\nb\r\n\x1b[?1049h1\r\n2\r\n3\r\n4\x1b[?1049l");
    assert_eq!(all_text(&terminal), ["a", "b", ""]);
    terminal.feed(b"\x1bc");
    assert_eq!(all_text(&terminal), ["a", "", ""], "RIS keeps the history");
}

#[test]
fn a_reset_terminal_is_as_new() {
    let mut used = terminal(10, 4, "a\r\n\n\n\n\x1b[?1049h\x1b[1m\x1b[?1;25;2004h\x1b]2;t\x07x");
    used.reset();
    assert_eq!((used.title(), used.modes()), ("", Terminal::new(Size::new(10, 4), 0).modes()));
    assert_eq!(text(&used), "");
    assert_eq!(used.first_line(), used.screen_line());
    used.feed(b"x");
    assert_eq!(used.row(Row(0)).spans[0].style, Style::DEFAULT);
}

#[test]
fn search_finds_the_newest_first_across_wraps_but_not_across_lines() {
    let mut terminal = Terminal::new(Size::new(10, 2), 100_000);
    for number in 0..20_000 {
        terminal.feed(format!("line {number}\r\n").as_bytes());
    }
    terminal.feed(b"0123456789abcdef\r\nfoo\r\nbar\r\n\r\n");
    while terminal.compact() {}
    let find = |needle: &'static [u8]| {
        move |text: &[u8]| memchr::memmem::find(text, needle).map(|start| start..start + needle.len())
    };
    let all = 0..u64::MAX;
    let found = terminal.search_history(all.clone(), 3, find(b"ne 19"));
    assert_eq!(found.iter().map(|found| found.line).collect::<Vec<_>>(), [19_999, 19_998, 19_997]);
    assert_eq!(found[0], Match { line: 19_999, start: 2, length: 5 });
    assert_eq!(terminal.search_history(all.clone(), 9, find(b"89ab"))[0], Match { line: 20_000, start: 8, length: 4 });
    assert_eq!(terminal.search_history(all.clone(), 9, find(b"oob")), []);
    assert_eq!(terminal.search_history(0..100, 1, find(b"line"))[0].line, 99);
}
