//! Keys as xterm sends them (ctlseqs, "PC-Style Function Keys" and "Alt and Meta Keys"), with modifyOtherKeys.

use std::io::Write as _;

use super::kitty::{self, Event};
use crate::base::{Key, KeyCode, Mods};
use crate::term::modes::{KittyFlags, Modes};

/// What a key is made of in the sequences of PC-style function keys.
pub(super) enum Form {
    /// `CSI 1 ; m X`, without modifiers `CSI X`, or `SS3 X` in application cursor mode.
    Cursor(char),
    /// `SS3 X`, with modifiers `CSI 1 ; m X`.
    Function(char),
    /// `CSI n ; m ~`.
    Tilde(u8),
}

pub(super) fn form(code: KeyCode) -> Option<Form> {
    const FUNCTION: [Form; 12] = [
        Form::Function('P'),
        Form::Function('Q'),
        Form::Function('R'),
        Form::Function('S'),
        Form::Tilde(15),
        Form::Tilde(17),
        Form::Tilde(18),
        Form::Tilde(19),
        Form::Tilde(20),
        Form::Tilde(21),
        Form::Tilde(23),
        Form::Tilde(24),
    ];
    Some(match code {
        KeyCode::Up => Form::Cursor('A'),
        KeyCode::Down => Form::Cursor('B'),
        KeyCode::Right => Form::Cursor('C'),
        KeyCode::Left => Form::Cursor('D'),
        KeyCode::Home => Form::Cursor('H'),
        KeyCode::End => Form::Cursor('F'),
        KeyCode::Insert => Form::Tilde(2),
        KeyCode::Delete => Form::Tilde(3),
        KeyCode::PageUp => Form::Tilde(5),
        KeyCode::PageDown => Form::Tilde(6),
        KeyCode::F(number) => return FUNCTION.into_iter().nth(usize::from(number).checked_sub(1)?),
        _ => return None,
    })
}

/// xterm's modifier parameter; 1 is none.
pub(super) fn modifier_param(mods: Mods) -> u8 {
    let value = [(Mods::SHIFT, 1), (Mods::ALT, 2), (Mods::CTRL, 4), (Mods::SUPER, 8)];
    1 + value.into_iter().filter_map(|(flag, value)| mods.contains(flag).then_some(value)).sum::<u8>()
}

/// Without the kitty protocol a key that repeats is pressed again, and of its release nobody hears.
pub(super) fn encode(modes: &Modes, key: Key, event: Event, out: &mut Vec<u8>) {
    if modes.kitty != KittyFlags::empty() {
        kitty::encode(modes, key, event, out);
    } else if event != Event::Release {
        legacy(modes, key, out);
    }
}

/// As a terminal without the kitty protocol sends it.
pub(super) fn legacy(modes: &Modes, key: Key, out: &mut Vec<u8>) {
    let key = shifted_function_key(key);
    if let Some(form) = form(key.code) {
        return function_key(&form, key.mods, modes.application_cursor, out);
    }
    if let Some(code) = other_key(modes.modify_other_keys, key) {
        return csi(out, format_args!("27;{};{code}~", modifier_param(key.mods)));
    }
    if key.mods.contains(Mods::ALT) {
        out.push(0x1b);
    }
    match key.code {
        KeyCode::Char(c) if key.mods.contains(Mods::CTRL) => control(c, out),
        KeyCode::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        KeyCode::Enter if modes.newline => out.extend_from_slice(b"\r\n"),
        KeyCode::Enter => out.push(b'\r'),
        KeyCode::Tab if key.mods.contains(Mods::SHIFT) => out.extend_from_slice(b"\x1b[Z"),
        KeyCode::Tab => out.push(b'\t'),
        KeyCode::Backspace if modes.backspace_sends_bs != key.mods.contains(Mods::CTRL) => out.push(0x08),
        KeyCode::Backspace => out.push(0x7f),
        KeyCode::Escape => out.push(0x1b),
        _ => {}
    }
}

/// F13 to F24 are Shift with F1 to F12, as xterm's terminfo entry has them.
fn shifted_function_key(key: Key) -> Key {
    match key.code {
        KeyCode::F(number @ 13..=24) => Key { code: KeyCode::F(number - 12), mods: key.mods | Mods::SHIFT },
        _ => key,
    }
}

pub(super) fn function_key(form: &Form, mods: Mods, application_cursor: bool, out: &mut Vec<u8>) {
    let modifier = modifier_param(mods);
    match *form {
        Form::Cursor(last) if modifier == 1 && !application_cursor => csi(out, format_args!("{last}")),
        Form::Cursor(last) | Form::Function(last) if modifier == 1 => {
            out.extend_from_slice(&[0x1b, b'O', last as u8]);
        }
        Form::Cursor(last) | Form::Function(last) => csi(out, format_args!("1;{modifier}{last}")),
        Form::Tilde(number) if modifier == 1 => csi(out, format_args!("{number}~")),
        Form::Tilde(number) => csi(out, format_args!("{number};{modifier}~")),
    }
}

pub(super) fn csi(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.extend_from_slice(b"\x1b[");
    // Writing to a vector cannot fail.
    let _ = out.write_fmt(text);
}

/// The code of a key that modifyOtherKeys sends as `CSI 27 ; m ; code ~` at this level: at 1 those that have no
/// other encoding, at 2 all with a modifier that is not simply part of the character.
fn other_key(level: u8, key: Key) -> Option<u32> {
    let held = key.mods.intersects(Mods::CTRL | Mods::ALT | Mods::SUPER);
    match (level, key.code) {
        (0, _) => None,
        (1, KeyCode::Char(c)) => (key.mods.contains(Mods::CTRL) && control_byte(c).is_none()).then_some(c.into()),
        (_, KeyCode::Char(c)) => held.then_some(c.into()),
        (1, KeyCode::Tab) if key.mods == Mods::SHIFT => None,
        (1, KeyCode::Backspace | KeyCode::Escape) => None,
        (_, code) if !key.mods.is_empty() => kitty::control_key_code(code),
        _ => None,
    }
}

fn control(c: char, out: &mut Vec<u8>) {
    match control_byte(c) {
        Some(byte) => out.push(byte),
        None => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// The C0 control that Ctrl makes of a character, as a VT220's keyboard does.
fn control_byte(c: char) -> Option<u8> {
    Some(match c {
        'a'..='z' | 'A'..='Z' => c as u8 & 0x1f,
        '@' | ' ' | '2' => 0,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '6' | '~' => 0x1e,
        '_' | '7' | '/' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Input;
    use crate::term::encode::tests::encoded;

    fn sent(modes: &Modes, name: &str) -> String {
        encoded(modes, &Input::Key(name.parse().unwrap()))
    }

    /// xterm ctlseqs, "PC-Style Function Keys"; terminfo xterm-256color.
    #[test]
    fn legacy_keys_are_xterms() {
        for (name, bytes) in [
            ("a", "a"),
            ("é", "é"),
            ("M-a", "\x1ba"),
            ("C-a", "\x01"),
            ("C-Space", "\0"),
            ("C-@", "\0"),
            ("C-[", "\x1b"),
            ("C-\\", "\x1c"),
            ("C-_", "\x1f"),
            ("C-/", "\x1f"),
            ("C-?", "\x7f"),
            ("C-;", ";"),
            ("C-M-x", "\x1b\x18"),
            ("Enter", "\r"),
            ("M-Enter", "\x1b\r"),
            ("Tab", "\t"),
            ("BTab", "\x1b[Z"),
            ("BSpace", "\x7f"),
            ("C-BSpace", "\x08"),
            ("M-BSpace", "\x1b\x7f"),
            ("Escape", "\x1b"),
            ("Up", "\x1b[A"),
            ("C-Left", "\x1b[1;5D"),
            ("S-Home", "\x1b[1;2H"),
            ("End", "\x1b[F"),
            ("DC", "\x1b[3~"),
            ("C-DC", "\x1b[3;5~"),
            ("PPage", "\x1b[5~"),
            ("F1", "\x1bOP"),
            ("S-F1", "\x1b[1;2P"),
            ("F5", "\x1b[15~"),
            ("C-M-F12", "\x1b[24;7~"),
            ("F13", "\x1b[1;2P"),
            ("F24", "\x1b[24;2~"),
        ] {
            assert_eq!(sent(&Modes::default(), name), bytes, "{name}");
        }
    }

    /// DECCKM, LNM and DECBKM (DEC STD 070, VT420 manual).
    #[test]
    fn modes_change_keys() {
        let modes = Modes { application_cursor: true, newline: true, backspace_sends_bs: true, ..Modes::default() };
        for (name, bytes) in [
            ("Up", "\x1bOA"),
            ("Home", "\x1bOH"),
            ("S-Up", "\x1b[1;2A"),
            ("DC", "\x1b[3~"),
            ("Enter", "\r\n"),
            ("BSpace", "\x08"),
            ("C-BSpace", "\x7f"),
        ] {
            assert_eq!(sent(&modes, name), bytes, "{name}");
        }
    }

    /// xterm manual, modifyOtherKeys.
    #[test]
    fn modify_other_keys_speaks_of_what_had_no_bytes() {
        for (name, one, two) in [
            ("C-i", "\t", "\x1b[27;5;105~"),
            ("C-;", "\x1b[27;5;59~", "\x1b[27;5;59~"),
            ("M-a", "\x1ba", "\x1b[27;3;97~"),
            ("S-Enter", "\x1b[27;2;13~", "\x1b[27;2;13~"),
            ("C-Tab", "\x1b[27;5;9~", "\x1b[27;5;9~"),
            ("BTab", "\x1b[Z", "\x1b[27;2;9~"),
            ("A", "A", "A"),
            ("Enter", "\r", "\r"),
            ("C-Up", "\x1b[1;5A", "\x1b[1;5A"),
        ] {
            let level = |modify_other_keys| Modes { modify_other_keys, ..Modes::default() };
            assert_eq!(sent(&level(1), name), one, "{name} at 1");
            assert_eq!(sent(&level(2), name), two, "{name} at 2");
        }
    }
}
