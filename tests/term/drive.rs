//! What a fuzzer does with the engine; `fuzz/fuzz_targets/term.rs` and the tests share it.
//!
//! Any bytes: 0xff, which UTF-8 never has, is followed by a width and a height to resize to.

use mux::base::{Line, Row, Size};
use mux::term::{Cursor, Modes, TermEvent, Terminal};

const HISTORY: usize = 40;

/// Bytes that a terminal may hold beside its history and its cells: the tables of styles, links and clusters at their
/// fullest that short input can fill, replies, events, strings.
const MEMORY: usize = 16 << 20;

/// All that can be seen of a terminal.
#[derive(Debug, PartialEq)]
pub struct Seen {
    lines: Vec<Line>,
    first_line: u64,
    cursor: Cursor,
    modes: Modes,
    title: String,
    synchronized: bool,
    replies: Vec<u8>,
    events: Vec<TermEvent>,
}

/// Feeds the bytes whole, byte by byte and in odd pieces, resizing where they say so. Panics where the three are not
/// the same, a row is too long, a kept line cannot be read, or more memory is held than there may be.
pub fn drive(data: &[u8]) {
    let whole = seen(data, usize::MAX);
    for piece in [1, 7] {
        assert!(seen(data, piece) == whole, "in pieces of {piece}: {:?}\nis not {whole:?}", seen(data, piece));
    }
}

fn seen(data: &[u8], piece: usize) -> Seen {
    let mut terminal = Terminal::new(Size::new(20, 6), HISTORY);
    let (mut replies, mut events) = (Vec::new(), Vec::new());
    for (index, part) in data.split(|&byte| byte == 0xff).enumerate() {
        let text = match part {
            [cols, rows, text @ ..] if index > 0 => {
                terminal.resize(Size::new((*cols).into(), (*rows).into()));
                text
            }
            text => text,
        };
        for piece in text.chunks(piece) {
            terminal.feed(piece);
            terminal.take_replies(&mut replies);
            join(&mut events, terminal.take_events());
        }
        check(&terminal);
        terminal.compact();
    }
    Seen {
        lines: (terminal.first_line()..end(&terminal)).filter_map(|number| terminal.line(number)).collect(),
        first_line: terminal.first_line(),
        cursor: terminal.cursor(),
        modes: terminal.modes(),
        title: terminal.title().to_owned(),
        synchronized: terminal.synchronized(),
        replies,
        events,
    }
}

/// Events that are told one by one, where a terminal that is asked less often tells the same one once.
fn join(all: &mut Vec<TermEvent>, new: Vec<TermEvent>) {
    for event in new {
        if all.last() != Some(&event) {
            all.push(event);
        }
    }
}

fn end(terminal: &Terminal) -> u64 {
    terminal.screen_line() + u64::from(terminal.size().rows)
}

fn check(terminal: &Terminal) {
    let size = terminal.size();
    for row in 0..size.rows {
        assert!(terminal.row(Row(row)).cells() <= size.cols.into());
    }
    let cursor = terminal.cursor().at;
    assert!(cursor.row.0 < size.rows && cursor.col.0 < size.cols);
    assert!(terminal.screen_line() - terminal.first_line() <= HISTORY as u64);
    assert!((terminal.first_line()..end(terminal)).all(|number| terminal.line(number).is_some()));
    assert!(terminal.memory() <= MEMORY, "{} bytes", terminal.memory());
}
