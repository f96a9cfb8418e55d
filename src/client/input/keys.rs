//! Keys as terminals send them: control characters, `SS3 x`, `CSI … x`, `CSI n ~`, and the two forms that tell all
//! keys apart: `CSI code ; mods u` (kitty's protocol, and xterm's formatOtherKeys=1) and `CSI 27 ; mods ; code ~`
//! (xterm's modifyOtherKeys).

use super::{Gesture, parameter, part};
use crate::base::{Key, KeyCode, Mods};

/// A character of ASCII, as it comes without any protocol.
pub(super) fn byte(byte: u8, mods: Mods) -> Option<Key> {
    let (code, more) = match byte {
        0 => (KeyCode::Char(' '), Mods::CTRL),
        b'\t' => (KeyCode::Tab, Mods::empty()),
        b'\r' => (KeyCode::Enter, Mods::empty()),
        0x1b => (KeyCode::Escape, Mods::empty()),
        0x7f => (KeyCode::Backspace, Mods::empty()),
        // Ctrl takes away the two high bits: C-a is 1, C-\ is 0x1c.
        1..0x1b => (KeyCode::Char(char::from(byte | 0x60)), Mods::CTRL),
        0x1c..0x20 => (KeyCode::Char(char::from(byte | 0x40)), Mods::CTRL),
        0x20..0x7f => (KeyCode::Char(char::from(byte)), Mods::empty()),
        0x80.. => return None,
    };
    Some(Key::new(code, mods | more))
}

/// `SS3 x`: cursor keys and F1 to F4 in application mode, and the keypad's.
pub(super) fn single_shift(byte: u8) -> Option<Key> {
    let code = match byte {
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b' ' => KeyCode::Char(' '),
        b'X' => KeyCode::Char('='),
        b'j'..=b'y' => KeyCode::Char(char::from(byte - b'j' + b'*')),
        // rxvt's cursor keys with Ctrl.
        b'a'..=b'd' => return Some(Key::new(lettered(byte.to_ascii_uppercase())?, Mods::CTRL)),
        _ => lettered(byte)?,
    };
    Some(Key::code(code))
}

/// `CSI [ x`: the console of Linux has these for F1 to F5.
pub(super) fn linux(byte: u8) -> Option<Key> {
    matches!(byte, b'A'..=b'E').then(|| Key::code(KeyCode::F(byte - b'A' + 1)))
}

/// `CSI parameters last`.
pub(super) fn sequence(parameters: &[u8], last: u8) -> Option<Gesture> {
    let number = part(parameter(parameters, 0), 0);
    let modifiers = parameter(parameters, 1);
    let mods = mods(part(modifiers, 0).unwrap_or(1));
    let key = match (last, number) {
        (b'u', Some(_)) => return told(coded(parameters, mods)?, modifiers),
        (b'~', Some(27)) => by_code(part(parameter(parameters, 2), 0)?, mods)?,
        (b'Z', _) => Key::new(KeyCode::Tab, mods | Mods::SHIFT),
        (b'~', Some(number)) => Key::new(numbered(number)?, mods),
        // rxvt tells modifiers by the last byte.
        (b'^', Some(number)) => Key::new(numbered(number)?, Mods::CTRL),
        (b'@', Some(number)) => Key::new(numbered(number)?, Mods::CTRL | Mods::SHIFT),
        (b'a'..=b'd', None) => Key::new(lettered(last.to_ascii_uppercase())?, Mods::SHIFT),
        (_, None | Some(1)) => Key::new(lettered(last)?, mods),
        _ => return None,
    };
    told(key, modifiers)
}

/// Whether it went down, comes again or came up: a part of the modifiers in kitty's protocol.
fn told(key: Key, modifiers: &[u8]) -> Option<Gesture> {
    Some(match part(modifiers, 1) {
        Some(2) => Gesture::Repeat(key),
        Some(3) => Gesture::Release(key),
        _ => Gesture::Key(key),
    })
}

/// One more than the sum of the modifiers' bits. Hyper has no name here; the locks change nothing.
fn mods(number: u32) -> Mods {
    let bits = number.saturating_sub(1);
    let table = [(1, Mods::SHIFT), (2, Mods::ALT), (4, Mods::CTRL), (8, Mods::SUPER), (32, Mods::ALT)];
    table.iter().filter(|(bit, _)| bits & bit != 0).fold(Mods::empty(), |all, (_, flag)| all | *flag)
}

/// `CSI code:shifted:base ; mods … u`.
fn coded(parameters: &[u8], mods: Mods) -> Option<Key> {
    let codes = parameter(parameters, 0);
    match (part(codes, 1), mods.contains(Mods::SHIFT)) {
        (Some(shifted), true) => by_code(shifted, mods - Mods::SHIFT),
        _ => by_code(part(codes, 0)?, mods),
    }
}

/// A key by its character, or by kitty's number in the private area of Unicode.
fn by_code(code: u32, mods: Mods) -> Option<Key> {
    let key = match code {
        8 | 127 => KeyCode::Backspace,
        9 => KeyCode::Tab,
        10 | 13 => KeyCode::Enter,
        27 => KeyCode::Escape,
        1..27 | 28..32 => return byte(code as u8, mods),
        57_344..=63_743 => functional(code)?,
        _ => match char::from_u32(code)? {
            c if c.is_control() => return None,
            c if mods.contains(Mods::SHIFT) => KeyCode::Char(c.to_ascii_uppercase()),
            c => KeyCode::Char(c),
        },
    };
    Some(Key::new(key, mods))
}

/// kitty's numbers for keys that have no character. Keys that only modify, and those of media, are nobody's.
fn functional(code: u32) -> Option<KeyCode> {
    const KEYPAD: [KeyCode; 28] = [
        KeyCode::Char('0'),
        KeyCode::Char('1'),
        KeyCode::Char('2'),
        KeyCode::Char('3'),
        KeyCode::Char('4'),
        KeyCode::Char('5'),
        KeyCode::Char('6'),
        KeyCode::Char('7'),
        KeyCode::Char('8'),
        KeyCode::Char('9'),
        KeyCode::Char('.'),
        KeyCode::Char('/'),
        KeyCode::Char('*'),
        KeyCode::Char('-'),
        KeyCode::Char('+'),
        KeyCode::Enter,
        KeyCode::Char('='),
        KeyCode::Char(','),
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Insert,
        KeyCode::Delete,
    ];
    match code {
        57_376..=57_387 => Some(KeyCode::F((code - 57_376) as u8 + 13)),
        57_399..=57_426 => KEYPAD.get((code - 57_399) as usize).copied(),
        _ => None,
    }
}

/// `CSI n ~`, by the numbers of the VT220, and rxvt's for Home and End.
fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        // There are gaps between groups of keys.
        11..=15 => KeyCode::F(number as u8 - 10),
        17..=21 => KeyCode::F(number as u8 - 11),
        23..=26 => KeyCode::F(number as u8 - 12),
        28 | 29 => KeyCode::F(number as u8 - 13),
        31..=34 => KeyCode::F(number as u8 - 14),
        _ => return None,
    })
}

fn lettered(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}
