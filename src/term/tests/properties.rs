//! What holds for any bytes: no panic, sound rows, the same screen however the input is cut.

use proptest::prelude::*;

use super::*;
use crate::base::Line;

/// Bytes that mean something more often than chance has it.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[ -~]{0,30}".prop_map(String::into_bytes),
        2 => any::<String>().prop_map(String::into_bytes),
        2 => prop::collection::vec(any::<u8>(), 0..20),
        2 => prop::sample::select(vec!["漢字", "e\u{301}", "👨‍👩‍👧", "🇪🇺", "❤\u{fe0f}", "\u{200d}", "한", "─", "👍🏽"])
            .prop_map(|text| text.as_bytes().to_vec()),
        2 => prop::sample::select(b"\x07\x08\t\n\x0b\r\x0e\x0f\x18\x1b".to_vec()).prop_map(|byte| vec![byte]),
        6 => (prop::sample::select(vec!["", "?", ">", "<", "="]), prop::collection::vec(parameter(), 0..7),
              prop::sample::select(vec!["", "", "", "$", "!", "\"", " ", "'", "*"]), b'@'..=b'~')
            .prop_map(|(prefix, values, intermediate, last)| {
                format!("\x1b[{prefix}{}{intermediate}{}", values.join(";"), char::from(last)).into_bytes()
            }),
        3 => (prop::sample::select(vec!["", "(", ")", "#", "*"]), b'0'..=b'~')
            .prop_map(|(intermediate, last)| format!("\x1b{intermediate}{}", char::from(last)).into_bytes()),
        1 => (prop::sample::select(vec!["0", "2", "4", "8", "9", "10", "11", "52", "133", "777"]), "[ -~]{0,20}")
            .prop_map(|(number, text)| format!("\x1b]{number};{text}\x07").into_bytes()),
        1 => "[ -~]{0,20}".prop_map(|text| format!("\x1bP{text}\x1b\\").into_bytes()),
    ]
}

fn parameter() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0u32..12).prop_map(|value| value.to_string()),
        1 => prop::sample::select(vec![4, 6, 7, 20, 25, 45, 47, 69, 1047, 1049, 2026, 2027, 38, 48, 65535])
            .prop_map(|value: u32| value.to_string()),
        1 => Just(String::new()),
        1 => (0u32..8, 0u32..9).prop_map(|(one, two)| format!("{one}:{two}")),
    ]
}

/// Prints as a byte string.
#[derive(Clone)]
pub(super) struct Stream(pub Vec<u8>);

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

pub(super) fn stream() -> impl Strategy<Value = Stream> {
    prop::collection::vec(piece(), 0..60).prop_map(|pieces| Stream(pieces.concat()))
}

pub(super) fn sizes() -> impl Strategy<Value = Size> {
    (1u16..30, 1u16..12).prop_map(|(cols, rows)| Size::new(cols, rows))
}

/// Runs of one script and what joins them, over what is there already: text that is printed in bulk.
fn unicode() -> impl Strategy<Value = Stream> {
    let piece = prop_oneof![
        4 => "[a-z ]{1,40}",
        3 => "[а-яё]{1,12}",
        3 => "[一-龠]{1,12}",
        2 => "[ぁ-んァ-ヶー、。]{1,12}",
        2 => "[─-╿]{1,20}",
        2 => "([aeo][\u{300}-\u{308}]){1,9}",
        2 => "[😀-😿 ]{1,5}",
        2 => prop::sample::select(vec![
            "👨\u{200d}👩\u{200d}👧", "👍🏽", "🇪🇺", "🇪", "❤\u{fe0f}", "\u{200d}", "\u{fe0f}", "漢\u{301}", "©\u{fe0f}",
            "\u{ad}", "«»", "ﷺ", "한", "\u{20000}", "\u{2028}", "\u{85}",
        ])
        .prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "\r\n", "\r", "\x1b[H", "\x1b[3;2H", "\x08", "\x1b[31m", "\x1b[m", "\x1b[?7l", "\x1b[?7h", "\x1b[4h", "\x1b[4l",
            "\x1b[2b", "\x1b[?2027l", "\x1b[?2027h", "\x1b(0", "\x1b(B", "\x1b[?69h\x1b[2;9s", "\x1b[?69l", "\x1b[1\"q", "\x1b[0\"q",
        ])
        .prop_map(str::to_owned),
    ];
    let broken = prop::option::weighted(0.1, prop::collection::vec(0x80..=0xffu8, 1..3));
    prop::collection::vec((piece, broken), 0..50).prop_map(|pieces| {
        Stream(
            pieces
                .into_iter()
                .flat_map(|(text, broken)| [text.into_bytes(), broken.unwrap_or_default()].concat())
                .collect(),
        )
    })
}

/// A flood: lines as programs print them by the thousand, and now and then something else.
fn flood() -> impl Strategy<Value = Stream> {
    let piece = prop_oneof![
        6 => "[a-z ]{1,12}",
        2 => "[ -~]{30,90}",
        2 => "[а-яё]{1,12}",
        2 => "[一-龠]{1,9}",
        2 => "([aeo][\u{300}-\u{308}]){1,5}",
        1 => "[😀-😿 ]{1,5}",
        3 => "\x1b\\[(|0|1|2|4|22|24|3[1-7]|39|4[1-7]|49|0;41|38;5;[0-9]{1,3}|48;5;1|38;2;9;44;0|4:3|1;33)m",
        2 => prop::sample::select(vec![
            "\t", "\x1b[K", "\x1b[0K", "\r", "\u{a0}", "👨\u{200d}👩\u{200d}👧", "👍🏽", "🇪🇺", "🇪", "❤\u{fe0f}", "\u{200d}",
            "\u{fe0f}", "漢\u{301}", "\u{ad}", "«»", "한", "\u{20000}", "\u{301}",
        ])
        .prop_map(str::to_owned),
    ];
    let rare = prop::sample::select(vec![
        "\x07",
        "\x08",
        "\x1b[H",
        "\x1b[9;3H",
        "\x1b[2;4r",
        "\x1b[r",
        "\x1b[?1049h",
        "\x1b[?1049l",
        "\x1b[?7l",
        "\x1b[?7h",
        "\x1b[4h",
        "\x1b[4l",
        "\x1b(0",
        "\x1b(B",
        "\x1b[1\"q",
        "\x1b[0\"q",
        "\x1b]8;;http://a\x1b\\",
        "\x1b]8;;\x1b\\",
        "\x1b[?2027l",
        "\x1b[J",
        "\u{85}",
        "\x1b]133;A\x1b\\",
        "\x1b[3g",
        "\x1b[A",
        "\x1b[1K",
        "\x1b[S",
        "\x0b",
        "\u{9b}41m",
        "\x1b7",
        "\x1b8",
        "\x1b[6n",
    ]);
    let rare = prop::option::weighted(0.02, rare).prop_map(|rare| rare.unwrap_or("").to_owned().into_bytes());
    let broken = prop::option::weighted(0.02, prop::collection::vec(0x80..=0xffu8, 1..3));
    let end = prop_oneof![40 => Just("\r\n"), 1 => Just("\n"), 1 => Just("\r\r\n"), 1 => Just("\x1b[m\r\n")];
    let line = (prop::collection::vec(piece, 0..6), broken, end, rare).prop_map(|(text, broken, end, rare)| {
        [text.concat().into_bytes(), broken.unwrap_or_default(), end.as_bytes().to_vec(), rare].concat()
    });
    prop::collection::vec(line, 0..60).prop_map(|lines| Stream(lines.concat()))
}

pub(super) type Everything = (Vec<Line>, u64, Cursor, Modes, String, String, Vec<TermEvent>);

pub(super) fn everything(terminal: &mut Terminal) -> Everything {
    let lines = (terminal.first_line()..terminal.screen_line() + u64::from(terminal.size().rows))
        .map(|number| terminal.line(number).unwrap())
        .collect();
    let (title, answers, events) = (terminal.title().to_owned(), replies(terminal), terminal.take_events());
    (lines, terminal.screen_line(), terminal.cursor(), terminal.modes(), title, answers, events)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_gives_the_same(size in sizes(), bytes in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let mut whole = Terminal::new(size, 50);
        let bytes = bytes.0;
        whole.feed(&bytes);
        whole.verify();
        let mut cut = Terminal::new(size, 50);
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        for pair in places.windows(2) {
            cut.feed(&bytes[pair[0]..pair[1]]);
            cut.verify();
        }
        prop_assert_eq!(everything(&mut whole), everything(&mut cut));
    }

    #[test]
    fn text_in_bulk_is_text_byte_by_byte(cols in 1u16..90, rows in 1u16..6, bytes in unicode()) {
        let mut bulk = Terminal::new(Size::new(cols, rows), 50);
        bulk.feed(&bytes.0);
        bulk.verify();
        let mut single = Terminal::new(Size::new(cols, rows), 50);
        for byte in &bytes.0 {
            single.feed(std::slice::from_ref(byte));
        }
        prop_assert_eq!(everything(&mut bulk), everything(&mut single));
    }

    #[test]
    fn a_flood_in_one_piece_is_what_it_is_byte_by_byte(
        cols in 1u16..100,
        rows in 1u16..7,
        limit in prop::sample::select(vec![0, 3, 40, 1000]),
        start in 0u16..9,
        bytes in flood(),
    ) {
        let size = Size::new(cols, rows);
        let (mut bulk, mut single) = (Terminal::new(size, limit), Terminal::new(size, limit));
        for terminal in [&mut bulk, &mut single] {
            terminal.feed(format!("\x1b[{start}Bbefore\x1b[{start}A").as_bytes());
        }
        bulk.feed(&bytes.0);
        bulk.verify();
        bulk.verify_looks();
        for byte in &bytes.0 {
            single.feed(std::slice::from_ref(byte));
        }
        prop_assert_eq!(everything(&mut bulk), everything(&mut single));
    }

    #[test]
    fn any_bytes_and_sizes_are_survived(start in sizes(), steps in prop::collection::vec((stream(), sizes()), 1..6)) {
        let mut terminal = Terminal::new(start, 30);
        let mut generation = 0;
        for (bytes, size) in steps {
            terminal.feed(&bytes.0);
            terminal.verify();
            terminal.resize(size);
            terminal.verify();
            terminal.compact();
            prop_assert!(terminal.generation() >= generation);
            generation = terminal.generation();
            prop_assert!(terminal.screen_line() - terminal.first_line() <= 30);
            for row in 0..size.rows {
                prop_assert!(terminal.row(Row(row)).cells() <= size.cols.into());
                prop_assert!(terminal.row_generation(Row(row)) <= generation);
            }
            everything(&mut terminal);
        }
    }

    #[test]
    fn a_row_that_changed_has_a_newer_generation(size in sizes(), one in stream(), two in stream()) {
        let mut terminal = Terminal::new(size, 50);
        terminal.feed(&one.0);
        let rows = |terminal: &Terminal| -> Vec<Line> { (0..size.rows).map(|row| terminal.row(Row(row))).collect() };
        let (before, generation) = (rows(&terminal), terminal.generation());
        terminal.feed(&two.0);
        for (row, (old, new)) in before.iter().zip(rows(&terminal)).enumerate() {
            if *old != new {
                prop_assert!(terminal.row_generation(Row(row as u16)) > generation, "row {}", row);
            }
        }
    }
}

#[test]
fn the_largest_screen_is_survived() {
    let mut terminal = Terminal::new(crate::base::limits::MAX_SCREEN, 10);
    terminal.feed("漢".repeat(3000).as_bytes());
    terminal.feed(b"\x1b#8\x1b[65535b\x1b[65535S\x1b[65535L\x1b[65535@\x1b[65535X\x1b[65535I\x1b[65535Z");
    terminal.verify();
    for size in [Size::new(1, 1), Size::new(2000, 1), Size::new(1, 1000), Size::new(2000, 1000)] {
        terminal.resize(size);
        terminal.verify();
    }
}
