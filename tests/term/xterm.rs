//! xterm as the oracle: what it answered, once, to some hundred pieces of output, and the engine must say the same.
//!
//! `xterm/answers.txt` was written by `xterm/record.py` inside xterm patch 379 (Debian 12), which says how to run it.
//! A case is, on a fresh screen of 20x6:
//!
//! ```text
//! case <fill>\e[2;5r\e[3;4H\e[M     what is printed; <fill> stands for rows of letters, each another
//! at 3;1 @0BBBB 2;5 1;20 1/9/17     CPR; DECCIR's flags, GL and G0 to G3; margins; tab stops
//! 3|text                            a row that is not as it was filled, or not blank
//! 3 4-9=1;31                        columns that have a look, by the parameters of SGR
//! ```
//!
//! Not among the cases is what is otherwise on purpose: halves of wide characters keep their look, and a wide character
//! that does not fit leaves blanks; CBT, DECSTR and printing without DECAWM leave no wrap pending; protection outlives
//! DECSTR; an alternate screen that was left is forgotten, and 1049 moves nothing where there is none to leave;
//! concealed text is kept; DECRARA without a parameter turns all over; missing edges of areas in origin mode are those
//! of the margins; reverse wraparound and DECST8C are those of later patches.

use std::fmt::Write as _;
use std::path::Path;

use mux::base::{Attrs, Color, Row, Size, Style, Underline};
use mux::term::Terminal;

const COLS: u16 = 20;
const ROWS: u16 = 6;

fn filled(row: u16) -> String {
    (0..COLS).map(|col| char::from(b'a' + ((row * COLS + col) % 26) as u8)).collect()
}

/// What a case prints.
fn unescaped(case: &str) -> String {
    let mut text = String::new();
    let mut rest = case.chars();
    while let Some(c) = rest.next() {
        text.push(match (c, if c == '\\' { rest.next() } else { None }) {
            (_, Some('e')) => '\x1b',
            (_, Some('n')) => '\n',
            (_, Some('r')) => '\r',
            (_, Some('t')) => '\t',
            (_, Some('b')) => '\x08',
            (_, Some('x')) => {
                let digits: String = rest.by_ref().take(2).collect();
                char::from(u8::from_str_radix(&digits, 16).unwrap())
            }
            (c, _) => c,
        });
    }
    let fill: String = (0..ROWS).map(|row| format!("\x1b[{}H{}", row + 1, filled(row))).collect();
    text.replace("<fill>", &fill)
}

/// Between what stands before it and after it.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

fn state(terminal: &mut Terminal) -> String {
    let mut ask = |question: &[u8]| {
        let mut out = Vec::new();
        terminal.feed(question);
        terminal.take_replies(&mut out);
        String::from_utf8(out).unwrap()
    };
    let cursor = ask(b"\x1b[1$w");
    let fields: Vec<&str> = between(&cursor, "$u", "\x1b\\").splitn(10, ';').collect();
    format!(
        "at {} {}{}{} {} {} {}\n",
        between(&ask(b"\x1b[6n"), "\x1b[", "R"),
        fields[5],
        fields[6],
        fields[9],
        between(&ask(b"\x1bP$qr\x1b\\"), "$r", "r"),
        between(&ask(b"\x1bP$qs\x1b\\"), "$r", "s"),
        between(&ask(b"\x1b[2$w"), "$u", "\x1b\\"),
    )
}

/// The parameters of SGR for it, as far as xterm tells them; of a space what shows.
fn look(style: &Style, c: char) -> String {
    const ATTRS: [(Attrs, &str); 6] = [
        (Attrs::BOLD, "1"),
        (Attrs::DIM, "2"),
        (Attrs::ITALIC, "3"),
        (Attrs::BLINK, "5"),
        (Attrs::REVERSE, "7"),
        (Attrs::STRIKE, "9"),
    ];
    let plain = c == ' ' && !style.attrs.contains(Attrs::REVERSE);
    let mut parts: Vec<String> = Vec::new();
    if !plain {
        let set = ATTRS.iter().filter(|(attr, _)| style.attrs.contains(*attr));
        parts.extend(set.map(|(_, number)| (*number).to_owned()));
    }
    if style.underline != Underline::None {
        parts.push("4".to_owned());
    }
    parts.sort();
    let color = |color: Color, base: u8| match color {
        Color::Default => None,
        Color::Indexed(index @ 0..8) => Some((base + index).to_string()),
        other => panic!("{other:?} is in no case"),
    };
    if !plain {
        parts.extend(color(style.fg, 30));
    }
    parts.extend(color(style.bg, 40));
    parts.join(";")
}

fn row(terminal: &Terminal, row: u16, blank: &str) -> String {
    let line = terminal.row(Row(row));
    let mut looks: Vec<String> = Vec::new();
    for span in &line.spans {
        let width = span.cells() / span.text.chars().count().max(1);
        looks.extend(span.text.chars().flat_map(|c| std::iter::repeat_n(look(&span.style, c), width)));
    }
    looks.resize(COLS.into(), look(&line.fill, ' '));
    let mut text = String::new();
    if line.text() != blank {
        writeln!(text, "{}|{}", row + 1, line.text()).unwrap();
    }
    let mut runs = String::new();
    let mut col = 0;
    for run in looks.chunk_by(|one, other| one == other) {
        if !run[0].is_empty() {
            write!(runs, " {}-{}={}", col + 1, col + run.len(), run[0]).unwrap();
        }
        col += run.len();
    }
    if !runs.is_empty() {
        writeln!(text, "{}{runs}", row + 1).unwrap();
    }
    text
}

/// The engine's answers to a case, as `answers.txt` has them.
fn answers(case: &str) -> String {
    let mut terminal = Terminal::new(Size::new(COLS, ROWS), 100);
    terminal.feed(unescaped(case).as_bytes());
    let mut text = state(&mut terminal);
    for number in 0..ROWS {
        let blank = if case.contains("<fill>") { filled(number) } else { String::new() };
        text.push_str(&row(&terminal, number, &blank));
    }
    text
}

#[test]
fn the_engine_does_what_xterm_did() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/term/xterm/answers.txt");
    let recorded = std::fs::read_to_string(path).unwrap();
    let mut cases = 0;
    let mut different = String::new();
    for part in recorded.split("\ncase ").skip(1) {
        let (case, expected) = part.trim_end_matches('\n').split_once('\n').unwrap();
        let ours = answers(case);
        cases += 1;
        if ours.trim_end_matches('\n') != expected {
            write!(different, "{case}\nxterm:\n{expected}\nmux:\n{ours}\n").unwrap();
        }
    }
    assert!(cases >= 500, "{cases}");
    assert!(different.is_empty(), "\n{different}");
}
