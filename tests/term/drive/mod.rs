//! What a fuzzer does with the engine; the targets in `fuzz/fuzz_targets` and the tests share it.
//!
//! To [`drive`], any bytes. 0xff, which UTF-8 never has, begins a step: a width and a height to resize to, or from
//! 0xf0 up what else is done to a terminal ([`Driven::step`]), and how much of it. What follows, up to the next, is
//! what the program prints. A recorded session is thus one as it stands.

mod kept;
mod mirror;
mod script;

use mux::base::{Line, Row, Size};
use mux::term::{Cursor, Modes, Terminal};

use kept::Kept;
use script::{Driven, Manner, is_bounded, some_lines};

/// All that can be seen of a terminal.
#[derive(Debug, PartialEq)]
pub struct Seen {
    lines: Vec<Line>,
    first_line: u64,
    screen_line: u64,
    prompts: Vec<u64>,
    cursor: Cursor,
    modes: Modes,
    title: String,
    synchronized: bool,
    palette: String,
}

impl Seen {
    fn of(terminal: &Terminal) -> Self {
        Self {
            lines: some_lines(terminal).filter_map(|number| terminal.line(number)).collect(),
            first_line: terminal.first_line(),
            screen_line: terminal.screen_line(),
            prompts: terminal.prompts().collect(),
            cursor: terminal.cursor(),
            modes: terminal.modes(),
            title: terminal.title().to_owned(),
            synchronized: terminal.synchronized(),
            palette: format!("{:?}", terminal.palette()),
        }
    }
}

/// Feeds the bytes whole, byte by byte, and in pieces between which the terminal is saved and restored, doing what
/// they say. Panics where these are not the same, where what can be asked of a terminal is not as it must be, or more
/// memory is held than there may be. At last the same without room for history.
pub fn drive(data: &[u8]) {
    let whole = driven(data, Manner::Whole).end();
    for manner in [Manner::Bytes, Manner::Restored] {
        let other = driven(data, manner).end();
        assert!(other == whole, "{manner:?}: {other:?}\nis not {whole:?}");
    }
    driven(data, Manner::Cramped).end();
}

fn driven(data: &[u8], manner: Manner) -> Driven {
    let mut driven = Driven::new(manner);
    driven.play(data);
    driven
}

/// Saves a terminal, damages what was saved and its vault, and restores that. What stands before the first 0xfe,
/// which UTF-8 never has, is what was done with the terminal; behind it are damages of three bytes: a place, and what
/// is written there. Bytes that begin as a snapshot are one. Panics where that gives a terminal with which not
/// everything can be done.
pub fn restore(data: &[u8]) {
    if data.starts_with(b"muxscr") {
        return go_on(data, &Kept::default(), b"text\r\n");
    }
    let script = data.split(|&byte| byte == 0xfe).next().unwrap_or_default();
    let mut first = driven(script, Manner::Whole);
    first.take_out();
    let mut bytes = saved(&first.terminal);
    let sound = restored(&bytes, &first.kept.copy()).unwrap();
    assert!(Seen::of(&sound) == Seen::of(&first.terminal));
    for damage in data[script.len()..].get(1..).unwrap_or_default().chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([damage[0], damage[1]])) % (bytes.len() + first.kept.len());
        match place.checked_sub(bytes.len()) {
            None => bytes[place] = damage[2],
            Some(place) => first.kept.damage(place, damage[2]),
        }
    }
    go_on(&bytes, &first.kept, script);
}

/// Does this and that with what these bytes give, if they give anything.
fn go_on(bytes: &[u8], kept: &Kept, script: &[u8]) {
    let Some(terminal) = restored(bytes, kept) else { return };
    let again = saved(&terminal);
    let twin = restored(&again, &kept.copy()).unwrap();
    assert!(saved(&twin) == again && Seen::of(&twin) == Seen::of(&terminal), "what is restored is not what was saved");
    let mut driven = Driven::of(terminal, kept.clone());
    driven.terminal.feed("\x1b[?25h\x1b[5;5Hafter \x1b[31m漢字\x1b[m\r\n\n\n\n\n\x1b[?1049hx\x1b[?1049l".as_bytes());
    for size in [(3, 2), (60, 30), (20, 6)] {
        driven.terminal.resize(Size::new(size.0, size.1));
        is_readable(&driven.terminal);
    }
    driven.play(script);
    is_readable(&driven.terminal);
}

fn saved(terminal: &Terminal) -> Vec<u8> {
    let mut bytes = Vec::new();
    terminal.save(&mut bytes);
    bytes
}

fn restored(bytes: &[u8], kept: &Kept) -> Option<Terminal> {
    let terminal = Terminal::restore(bytes, kept.vault(usize::MAX)).ok()?;
    is_readable(&terminal);
    Some(terminal)
}

/// Its rows fit, and it is bounded. The history may be of any length, of which only some is read.
fn is_readable(terminal: &Terminal) {
    let size = terminal.size();
    for row in 0..size.rows {
        assert!(terminal.row(Row(row)).cells() <= size.cols.into());
    }
    let cursor = terminal.cursor().at;
    assert!(cursor.row.0 < size.rows && cursor.col.0 < size.cols);
    assert!(some_lines(terminal).all(|number| terminal.line(number).is_some()));
    is_bounded(terminal);
}
