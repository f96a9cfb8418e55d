//! What a fuzzer does with the engine; the targets in `fuzz/fuzz_targets` and the tests share it.
//!
//! To [`drive`], any bytes: 0xff, which UTF-8 never has, is followed by a width and a height to resize to.

use mux::base::{Line, Row, Size};
use mux::term::{Cursor, HeapVault, Modes, TermEvent, Terminal};

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

/// Saves a terminal, damages what was saved, and restores that. What stands before the first 0xfe, which UTF-8 never
/// has, is what the terminal was fed; behind it are damages of three bytes: a place, and what is written there. Panics
/// where that gives a terminal with which not everything can be done.
pub fn restore(data: &[u8]) {
    let text = data.split(|&byte| byte == 0xfe).next().unwrap_or_default();
    let mut first = Terminal::new(Size::new(20, 6), HISTORY);
    first.feed(text);
    first.take_replies(&mut Vec::new());
    first.take_events();
    let mut bytes = saved(&first);
    restored(&bytes).unwrap();
    for damage in data[text.len()..].get(1..).unwrap_or_default().chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([damage[0], damage[1]])) % bytes.len();
        bytes[place] = damage[2];
    }
    let Some(mut terminal) = restored(&bytes) else { return };
    let again = saved(&terminal);
    terminal.feed(b"\x1b[?25h\x1b[5;5Hafter \x1b[31m\xe6\xbc\xa2\xe5\xad\x97\x1b[m\r\n\n\n\n\n\x1b[?1049hx\x1b[?1049l");
    for size in [(3, 2), (60, 30), (20, 6)] {
        terminal.resize(Size::new(size.0, size.1));
        is_readable(&terminal);
    }
    terminal.feed(text);
    is_readable(&terminal);
    restored(&again).unwrap();
}

fn saved(terminal: &Terminal) -> Vec<u8> {
    let mut bytes = Vec::new();
    terminal.save(&mut bytes);
    bytes
}

fn restored(bytes: &[u8]) -> Option<Terminal> {
    let terminal = Terminal::restore(bytes, Box::<HeapVault>::default()).ok()?;
    is_readable(&terminal);
    Some(terminal)
}

/// Its rows fit, and it is bounded. The history may be of any length, of which only the beginning is read.
fn is_readable(terminal: &Terminal) {
    let size = terminal.size();
    for row in 0..size.rows {
        assert!(terminal.row(Row(row)).cells() <= size.cols.into());
    }
    let cursor = terminal.cursor().at;
    assert!(cursor.row.0 < size.rows && cursor.col.0 < size.cols);
    assert!((terminal.first_line()..terminal.screen_line()).take(200).all(|number| terminal.line(number).is_some()));
    assert!(terminal.memory() <= MEMORY + cells(size), "{} bytes", terminal.memory());
}

/// Bytes of two screens of this size.
fn cells(size: Size) -> usize {
    2 * 64 * usize::from(size.rows) + 2 * 8 * usize::from(size.rows) * usize::from(size.cols)
}
