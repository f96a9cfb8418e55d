//! Keys in the kitty keyboard protocol (<https://sw.kovidgoyal.net/kitty/keyboard-protocol/>). Releases are never
//! sent: no client tells them.

use super::key::{Form, csi, form, function_key, legacy, modifier_param};
use crate::base::{Key, KeyCode, Mods};
use crate::term::modes::{KittyFlags, Modes};

/// `CSI 57376 u` is F13.
const F13: u32 = 57376;

pub(super) fn encode(modes: &Modes, key: Key, out: &mut Vec<u8>) {
    match (key.code, form(key.code)) {
        // F3's letter is that of a cursor position report, so it has a number here.
        (KeyCode::F(3), _) => function_key(&Form::Tilde(13), key.mods, false, out),
        (_, Some(Form::Cursor(last) | Form::Function(last))) => {
            function_key(&Form::Cursor(last), key.mods, false, out);
        }
        (_, Some(form)) => function_key(&form, key.mods, false, out),
        (KeyCode::F(number @ 13..=35), None) => {
            unicode(F13 + u32::from(number - 13), None, key.mods, None, out);
        }
        (KeyCode::Char(c), None) => text_key(modes, key, c, out),
        (code, None) => control_key(modes, key, control_key_code(code), out),
    }
}

/// The Unicode code point of the keys that have one beside characters.
pub(super) fn control_key_code(code: KeyCode) -> Option<u32> {
    Some(match code {
        KeyCode::Enter => 13,
        KeyCode::Tab => 9,
        KeyCode::Backspace => 127,
        KeyCode::Escape => 27,
        _ => return None,
    })
}

/// Enter, Tab and Backspace stay what they are without modifiers, so that a shell after a crash can be typed to.
fn control_key(modes: &Modes, key: Key, code: Option<u32>, out: &mut Vec<u8>) {
    let all = modes.kitty.contains(KittyFlags::ALL_AS_ESCAPES);
    let plain = key.mods.is_empty() && key.code != KeyCode::Escape;
    match code {
        Some(code) if all || !plain => unicode(code, None, key.mods, None, out),
        _ => legacy(&Modes { modify_other_keys: 0, ..*modes }, key, out),
    }
}

fn text_key(modes: &Modes, key: Key, c: char, out: &mut Vec<u8>) {
    let flags = modes.kitty;
    let held = key.mods.intersects(Mods::CTRL | Mods::ALT | Mods::SUPER);
    if !held && !flags.contains(KittyFlags::ALL_AS_ESCAPES) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    // The protocol names a key by its unshifted character. Beyond letters that is the layout's secret.
    let mut lower = c.to_lowercase();
    let (base, mods) = match (lower.next(), lower.next()) {
        (Some(base), None) if base != c => (base, key.mods | Mods::SHIFT),
        _ => (c, key.mods),
    };
    let shifted = (base != c && flags.contains(KittyFlags::ALTERNATE_KEYS)).then_some(c.into());
    let text = (flags.contains(KittyFlags::ALL_AS_ESCAPES | KittyFlags::ASSOCIATED_TEXT) && !held).then_some(c.into());
    unicode(base.into(), shifted, mods, text, out);
}

/// `CSI code [: shifted] [; modifiers [; text]] u`.
fn unicode(code: u32, shifted: Option<u32>, mods: Mods, text: Option<u32>, out: &mut Vec<u8>) {
    csi(out, format_args!("{code}"));
    if let Some(shifted) = shifted {
        out.extend_from_slice(format!(":{shifted}").as_bytes());
    }
    let modifier = modifier_param(mods);
    match text {
        Some(text) if modifier == 1 => out.extend_from_slice(format!(";;{text}").as_bytes()),
        Some(text) => out.extend_from_slice(format!(";{modifier};{text}").as_bytes()),
        None if modifier == 1 => {}
        None => out.extend_from_slice(format!(";{modifier}").as_bytes()),
    }
    out.push(b'u');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Input;
    use crate::term::encode::tests::encoded;

    /// kitty keyboard protocol, "Progressive enhancement" and "Legacy functional keys".
    #[test]
    fn flags_decide_the_form() {
        let disambiguate = KittyFlags::DISAMBIGUATE;
        let all = disambiguate | KittyFlags::ALL_AS_ESCAPES;
        for (flags, name, bytes) in [
            (disambiguate, "a", "a"),
            (disambiguate, "A", "A"),
            (disambiguate, "C-i", "\x1b[105;5u"),
            (disambiguate, "M-A", "\x1b[97;4u"),
            (disambiguate, "Escape", "\x1b[27u"),
            (disambiguate, "Enter", "\r"),
            (disambiguate, "S-Enter", "\x1b[13;2u"),
            (disambiguate, "C-BSpace", "\x1b[127;5u"),
            (disambiguate, "Up", "\x1b[A"),
            (disambiguate, "F1", "\x1b[P"),
            (disambiguate, "C-F3", "\x1b[13;5~"),
            (disambiguate, "F13", "\x1b[57376u"),
            (all, "a", "\x1b[97u"),
            (all, "Enter", "\x1b[13u"),
            (all | KittyFlags::ALTERNATE_KEYS, "A", "\x1b[97:65;2u"),
            (all | KittyFlags::ASSOCIATED_TEXT, "A", "\x1b[97;2;65u"),
            (all | KittyFlags::ASSOCIATED_TEXT, "a", "\x1b[97;;97u"),
        ] {
            let modes = Modes { kitty: flags, application_cursor: true, ..Modes::default() };
            assert_eq!(encoded(&modes, &Input::Key(name.parse().unwrap())), bytes, "{name} {flags:?}");
        }
    }
}
