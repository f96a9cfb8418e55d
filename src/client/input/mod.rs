//! What the user does at the terminal, and what the terminal answers: bytes become gestures. No I/O, no clock.
//!
//! Its own reader, because a terminal's answers have to be told apart from keys however they come: crossterm's tells
//! OSC and DCS as keys, and waits for the end of a report that it does not know (DECRPM) over everything that is
//! typed meanwhile. Here whatever is shaped like an answer is one, and what is not known of those is dropped.
//!
//! ECMA-48 (5.4, 5.6) says where a sequence ends; ctlseqs of xterm and the pages of the kitty keyboard protocol, what
//! it says. What has begun is held until it ends, or until [`Decoder::patience`] is over.

mod answers;
mod keys;
mod mouse;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::base::limits::{ANSWER_GAP, ESCAPE_TIME, MAX_ANSWER, MAX_PASTED};
use crate::base::{Key, KeyCode, Mods, MouseEvent};

pub(super) use answers::Answer;

/// Something the user did, or the terminal said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Gesture {
    Key(Key),
    /// A key that is held down comes again; told only by a terminal that was asked for it.
    Repeat(Key),
    /// A key has come up; the same.
    Release(Key),
    Paste(String),
    /// `at` is on the whole terminal.
    Mouse(MouseEvent),
    Focus(bool),
    /// To a question of ours.
    Answer(Answer),
}

const ESC: u8 = 0x1b;
const BEL: u8 = 7;
const PASTE_END: &[u8] = b"\x1b[201~";

/// Puts together what comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The beginning of something.
    held: Vec<u8>,
    /// What has come of a paste.
    paste: Option<Vec<u8>>,
    /// How long an Escape may be the beginning of something (option escape-time).
    pub(super) escape_time: Duration,
    /// An answer is under way: whatever begins like one is given more time.
    pub(super) expects: bool,
}

/// What the beginning of some bytes is.
enum Step {
    /// So many bytes, which say this.
    Whole(usize, Option<Gesture>),
    /// A paste begins behind so many bytes.
    Paste(usize),
    /// The end has not come yet.
    Part,
}

impl Decoder {
    pub(super) fn new(escape_time: Duration) -> Self {
        Self { escape_time, ..Self::default() }
    }

    /// Takes what was read.
    pub(super) fn take(&mut self, bytes: &[u8], each: &mut impl FnMut(Gesture)) {
        if self.is_escape_alone(bytes) {
            self.give_up(each);
        }
        if self.held.is_empty() {
            let used = self.steps(bytes, each);
            self.held.extend_from_slice(&bytes[used..]);
            return;
        }
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        let used = self.steps(&all, each);
        all.drain(..used);
        self.held = all;
    }

    /// An Escape that came by itself is the key where no sequence follows it: a terminal sends Alt with a letter at once, and
    /// what types two keys within so short a time is a script. Who has set a longer one types Escape in place of Alt.
    fn is_escape_alone(&self, bytes: &[u8]) -> bool {
        let follows: &[u8] = if self.expects { b"[O]P\x1b" } else { b"[O\x1b" };
        let typed = bytes.first().is_some_and(|byte| !follows.contains(byte));
        self.held == [ESC] && typed && self.escape_time <= ESCAPE_TIME
    }

    /// How long what is held may wait for its rest.
    pub(super) fn patience(&self) -> Option<Duration> {
        if self.held.is_empty() || self.paste.is_some() {
            return None;
        }
        // Nobody types the beginning of a sequence and its parameters within the time that an Escape is held.
        let begun = self.held.len() > 2 && self.held[0] == ESC;
        Some(if begun || self.expects { ANSWER_GAP.max(self.escape_time) } else { self.escape_time })
    }

    /// The rest does not come: what can have been typed was typed, and the rest is nothing.
    pub(super) fn give_up(&mut self, each: &mut impl FnMut(Gesture)) {
        match std::mem::take(&mut self.held)[..] {
            [ESC] => each(Gesture::Key(Key::code(KeyCode::Escape))),
            [ESC, ESC] => (0..2).for_each(|_| each(Gesture::Key(Key::code(KeyCode::Escape)))),
            [ESC, byte] => keys::byte(byte, Mods::ALT).into_iter().for_each(|key| each(Gesture::Key(key))),
            _ => {}
        }
    }

    /// Tells of all that is whole; gives how many bytes that were.
    fn steps(&mut self, bytes: &[u8], each: &mut impl FnMut(Gesture)) -> usize {
        let mut used = 0;
        while used < bytes.len() {
            let rest = &bytes[used..];
            if let Some(text) = &mut self.paste {
                let (length, ended) = pasted(text, rest);
                used += length;
                if ended || text.len() >= MAX_PASTED {
                    let text = std::mem::take(text);
                    each(Gesture::Paste(String::from_utf8_lossy(&text).into_owned()));
                }
                if ended {
                    self.paste = None;
                } else if length == 0 {
                    break;
                }
                continue;
            }
            match step(rest) {
                Step::Whole(length, gesture) => {
                    used += length;
                    gesture.into_iter().for_each(&mut *each);
                }
                Step::Paste(length) => {
                    used += length;
                    self.paste = Some(Vec::new());
                }
                Step::Part => break,
            }
        }
        used
    }
}

/// Takes what belongs to a paste; gives how many bytes that were, and whether it has ended with them.
fn pasted(text: &mut Vec<u8>, bytes: &[u8]) -> (usize, bool) {
    if let Some(end) = memchr::memmem::find(bytes, PASTE_END) {
        text.extend_from_slice(&bytes[..end]);
        return (end + PASTE_END.len(), true);
    }
    let begun = (1..PASTE_END.len()).rev().find(|&length| bytes.ends_with(&PASTE_END[..length])).unwrap_or(0);
    let length = bytes.len() - begun;
    text.extend_from_slice(&bytes[..length]);
    (length, false)
}

/// What stands at the beginning of these bytes, of which there is at least one.
fn step(bytes: &[u8]) -> Step {
    match bytes {
        [ESC] => Step::Part,
        [ESC, ESC, ..] => escaped_escape(bytes),
        [ESC, b'[', ..] => csi(bytes),
        [ESC, b'O', rest @ ..] => single_shift(rest),
        // Only these two are asked for, and begin so; else it was typed with Alt.
        [ESC, b']', rest @ ..] => string(bytes, rest.first().map(u8::is_ascii_digit)),
        [ESC, b'P', rest @ ..] => string(bytes, rest.first().map(|byte| b"01>!".contains(byte))),
        [ESC, rest @ ..] => character(rest, 1, Mods::ALT),
        _ => character(bytes, 0, Mods::empty()),
    }
}

/// Two Escapes, or Alt with a key that has a sequence of its own, as rxvt sends it.
fn escaped_escape(bytes: &[u8]) -> Step {
    let escape = Step::Whole(1, Some(Gesture::Key(Key::code(KeyCode::Escape))));
    match bytes.get(2) {
        None => Step::Part,
        Some(b'[' | b'O') => match step(&bytes[1..]) {
            Step::Whole(length, Some(Gesture::Key(key))) => {
                Step::Whole(length + 1, Some(Gesture::Key(Key::new(key.code, key.mods | Mods::ALT))))
            }
            Step::Part => Step::Part,
            _ => escape,
        },
        Some(_) => escape,
    }
}

/// One character, behind so many bytes.
fn character(bytes: &[u8], before: usize, mods: Mods) -> Step {
    let length = match bytes[0] {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return Step::Whole(before + 1, None),
    };
    if length == 1 {
        return Step::Whole(before + 1, keys::byte(bytes[0], mods).map(Gesture::Key));
    }
    let there = &bytes[..bytes.len().min(length)];
    match std::str::from_utf8(there) {
        Ok(text) => {
            let key = text.chars().next().map(|c| Gesture::Key(Key::new(KeyCode::Char(c), mods)));
            Step::Whole(before + length, key)
        }
        Err(error) if error.error_len().is_none() => Step::Part,
        Err(error) => Step::Whole(before + error.error_len().unwrap_or(1), None),
    }
}

/// SS3: one character names the key.
fn single_shift(rest: &[u8]) -> Step {
    match rest.first() {
        None => Step::Part,
        Some(&byte) => match keys::single_shift(byte) {
            Some(key) => Step::Whole(3, Some(Gesture::Key(key))),
            None => Step::Whole(2, Some(Gesture::Key(Key::new(KeyCode::Char('O'), Mods::ALT)))),
        },
    }
}

/// `CSI`, parameters (0x30 to 0x3f), intermediates (0x20 to 0x2f), and a final byte.
fn csi(bytes: &[u8]) -> Step {
    let body = &bytes[2..];
    match body {
        // X10's mouse has three bytes behind its end; the console of Linux one, for its first five function keys.
        [b'M', rest @ ..] => {
            return match rest {
                [button, col, row, ..] => Step::Whole(6, mouse::x10([*button, *col, *row]).map(Gesture::Mouse)),
                _ => Step::Part,
            };
        }
        [b'[', rest @ ..] => {
            return match rest.first() {
                Some(&byte) => Step::Whole(4, keys::linux(byte).map(Gesture::Key)),
                None => Step::Part,
            };
        }
        _ => {}
    }
    let Some(end) = body.iter().position(|byte| !(0x20..0x40).contains(byte)) else {
        return if body.len() > MAX_ANSWER { Step::Whole(bytes.len(), None) } else { Step::Part };
    };
    let (parameters, length) = (&body[..end], end + 3);
    match body[end] {
        b'~' if parameters == b"200" => Step::Paste(length),
        0x40..0x7f => Step::Whole(length, sequence(parameters, body[end])),
        // A control character or a new Escape has cut it off.
        _ => Step::Whole(length - 1, None),
    }
}

fn sequence(parameters: &[u8], last: u8) -> Option<Gesture> {
    match (parameters.first(), last) {
        (None, b'I') => Some(Gesture::Focus(true)),
        (None, b'O') => Some(Gesture::Focus(false)),
        (Some(b'<'), b'M' | b'm') => mouse::sgr(&parameters[1..], last == b'm').map(Gesture::Mouse),
        (Some(b'?' | b'>' | b'='), _) => answers::report(parameters, last).map(Gesture::Answer),
        (Some(_), b'M') => mouse::urxvt(parameters).map(Gesture::Mouse),
        _ => keys::sequence(parameters, last),
    }
}

/// OSC or DCS, if its first byte fits: up to ST or BEL.
fn string(bytes: &[u8], fits: Option<bool>) -> Step {
    match fits {
        None => return Step::Part,
        Some(false) => return character(&bytes[1..], 1, Mods::ALT),
        Some(true) => {}
    }
    let body = &bytes[2..];
    let Some(end) = body.iter().position(|byte| *byte < 0x20) else {
        return if body.len() > MAX_ANSWER { Step::Whole(bytes.len(), None) } else { Step::Part };
    };
    let answer = || answers::string(bytes[1], &body[..end]).map(Gesture::Answer);
    match body[end..] {
        [BEL, ..] => Step::Whole(end + 3, answer()),
        [ESC, b'\\', ..] => Step::Whole(end + 4, answer()),
        [ESC] => Step::Part,
        // Something else has begun in it.
        _ => Step::Whole(end + 2, None),
    }
}

/// The parameter of this number; each may have parts with colons between them.
fn parameter(parameters: &[u8], number: usize) -> &[u8] {
    parameters.split(|byte| *byte == b';').nth(number).unwrap_or_default()
}

/// A part of a parameter; none where it is left out or no number.
fn part(parameter: &[u8], number: usize) -> Option<u32> {
    let digits = parameter.split(|byte| *byte == b':').nth(number)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
