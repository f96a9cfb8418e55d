//! The undisturbed twin of a pane: a terminal in the test's own process that gets, from the program's own copy, the
//! bytes that the pane has got through a server that was being killed. Both must be the same in every cell.

use std::fmt::Write;

use mux::base::{Input, Line, PaneId, Row, Size};
use mux::proto::message::{Cursor, CursorShape, PaneModes};
use mux::term::{self, MouseMode, Terminal};

use crate::eye::Seen;
use crate::troupe::Actor;

pub struct Twin {
    pub actor: Actor,
    pub pane: PaneId,
    pub session: String,
    terminal: Terminal,
    /// Bytes of the program's copy that it has got.
    fed: u64,
    /// All that the program must have been typed: answers to its questions, and what the test typed.
    expected: Vec<u8>,
    /// Bytes of that, and of what it was typed, that have been compared.
    compared: usize,
    heard: usize,
    /// How often an answer was written twice: the server was killed while write(2) gave it to the terminal, so that
    /// nobody knows whether it came to that. Nothing else is forgiven.
    pub doubled: u64,
    /// The lines below this number have been compared.
    pub verified: u64,
}

impl Twin {
    pub fn new(actor: Actor, pane: PaneId, session: String, size: Size, history_limit: usize) -> Self {
        let terminal = Terminal::new(size, history_limit);
        Self {
            actor,
            pane,
            session,
            terminal,
            fed: 0,
            expected: Vec::new(),
            compared: 0,
            heard: 0,
            doubled: 0,
            verified: 0,
        }
    }

    pub fn title(&self) -> &str {
        self.terminal.title()
    }

    /// The text of its rows.
    pub fn text(&self) -> Vec<String> {
        (0..self.terminal.size().rows).map(|row| self.terminal.row(Row(row)).text()).collect()
    }

    /// Takes in what the program has printed up to this byte.
    pub fn feed(&mut self, until: u64) {
        let bytes = self.actor.printed(self.fed);
        let bytes = &bytes[..bytes.len().min((until - self.fed) as usize)];
        self.terminal.feed(bytes);
        self.terminal.take_replies(&mut self.expected);
        self.terminal.take_events();
        self.fed += bytes.len() as u64;
    }

    /// The pane's history has been cleared.
    pub fn clear_history(&mut self) {
        self.terminal.clear_history();
        self.verified = self.verified.max(self.terminal.first_line());
    }

    /// This has been typed into the pane. Its bytes tell whether the modes are the same, to the last flag.
    pub fn typed(&mut self, input: &Input) {
        self.terminal.encode(input, &mut self.expected);
    }

    /// Says how the screen differs, if it does.
    pub fn differs(&self, seen: Option<&Seen>) -> Option<String> {
        let Some(seen) = seen else { return Some("the client is not shown the pane".to_owned()) };
        if seen.size != self.terminal.size() {
            return Some(format!("size {:?} instead of {:?}", seen.size, self.terminal.size()));
        }
        let rows = (0..seen.size.rows).map(|row| self.terminal.row(Row(row)));
        let wrong = rows.zip(&seen.rows).position(|(ours, theirs)| Some(&ours) != theirs.as_ref());
        if let Some(row) = wrong {
            let theirs = seen.rows[row].clone().unwrap_or_default();
            let what = different(&self.terminal.row(Row(row as u16)), &theirs);
            return Some(format!("row {row}: {what}\n{}", self.side_by_side(seen)));
        }
        let (cursor, modes) = (cursor(self.terminal.cursor()), modes(self.terminal.modes()));
        if seen.cursor != cursor {
            return Some(format!("cursor {:?} instead of {cursor:?}", seen.cursor));
        }
        if seen.modes != modes {
            return Some(format!("modes {:?} instead of {modes:?}", seen.modes));
        }
        let numbers = (seen.first_line, seen.screen_line);
        let ours = (self.terminal.first_line(), self.terminal.screen_line());
        (numbers != ours).then(|| format!("lines {numbers:?} instead of {ours:?} (first of history, first of screen)"))
    }

    fn side_by_side(&self, seen: &Seen) -> String {
        let mut text = String::from("  must be | is\n");
        for (ours, theirs) in self.text().iter().zip(&seen.rows) {
            let theirs = theirs.as_ref().map(Line::text).unwrap_or_default();
            let _ = writeln!(text, "{} {ours}\n    | {theirs}", if *ours == theirs { "   " } else { ">>>" });
        }
        text
    }

    /// The range of lines of the history that have not been compared yet.
    pub fn news(&self) -> (u64, u64) {
        (self.verified.max(self.terminal.first_line()), self.terminal.screen_line())
    }

    /// All of its history.
    pub fn everything(&self) -> (u64, u64) {
        (self.terminal.first_line(), self.terminal.screen_line())
    }

    /// Says where lines from this number on differ, if they do.
    pub fn history_differs(&mut self, from: u64, end: u64, lines: &[Line]) -> Option<String> {
        for number in from..end {
            let ours = self.terminal.line(number).expect("its own line");
            match lines.get((number - from) as usize) {
                Some(theirs) if *theirs == ours => {}
                Some(theirs) => return Some(format!("line {number}: {}", different(&ours, theirs))),
                None => return Some(format!("line {number} of {from}..{end} is missing: '{}'", ours.text())),
            }
        }
        self.verified = self.verified.max(end);
        None
    }

    /// Says how what the program was typed differs from what it should have been, if it does.
    pub fn input_differs(&mut self) -> Option<String> {
        let typed = self.actor.typed(self.heard as u64);
        let expected = &self.expected[self.compared..];
        let once = without_double(&typed, expected);
        if typed == expected || once {
            self.doubled += u64::from(once);
            self.heard += typed.len();
            self.compared = self.expected.len();
            return None;
        }
        let at = typed.iter().zip(expected).take_while(|(theirs, ours)| theirs == ours).count();
        let part = |bytes: &[u8]| String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 60)]).into_owned();
        Some(format!(
            "{} was typed {} bytes instead of {}; from byte {} on {:?} instead of {:?}",
            self.actor.name,
            typed.len(),
            expected.len(),
            self.heard + at,
            part(&typed),
            part(expected)
        ))
    }
}

/// It is what was expected, but for one piece that comes twice in a row.
fn without_double(typed: &[u8], expected: &[u8]) -> bool {
    let Some(length) = typed.len().checked_sub(expected.len()).filter(|length| *length > 0) else { return false };
    let same = typed.iter().zip(expected).take_while(|(theirs, ours)| theirs == ours).count();
    // What follows it may begin as it does, so that they part only later.
    (length..=same)
        .rev()
        .any(|end| typed[end - length..end] == typed[end..end + length] && typed[end + length..] == expected[end..])
}

#[test]
fn only_a_piece_that_comes_twice_in_a_row_is_forgiven() {
    assert!(without_double(b"abab", b"ab"));
    assert!(without_double(b"x1y2y2z", b"x1y2z"));
    assert!(!without_double(b"ab", b"ab"));
    assert!(!without_double(b"abc", b"ab"));
    assert!(!without_double(b"a", b"ab"));
    assert!(!without_double(b"y2x1y2", b"x1y2"), "not in a row");
}

fn different(ours: &Line, theirs: &Line) -> String {
    if ours.text() != theirs.text() {
        return format!("'{}' instead of '{}'", theirs.text(), ours.text());
    }
    format!("the same text, but {theirs:?} instead of {ours:?}")
}

fn cursor(cursor: term::Cursor) -> Cursor {
    let shape = match cursor.shape {
        term::CursorShape::Default => CursorShape::Default,
        term::CursorShape::Block => CursorShape::Block,
        term::CursorShape::Underline => CursorShape::Underline,
        term::CursorShape::Bar => CursorShape::Bar,
    };
    Cursor { at: cursor.at, visible: cursor.visible, shape, blink: cursor.blink }
}

fn modes(modes: term::Modes) -> PaneModes {
    PaneModes {
        mouse: modes.mouse != MouseMode::Off,
        mouse_motion: modes.mouse == MouseMode::Motion,
        alternate_screen: modes.alternate_screen,
        reverse: modes.reverse_screen,
    }
}
