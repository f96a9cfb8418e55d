//! Keys in the kitty keyboard protocol (<https://sw.kovidgoyal.net/kitty/keyboard-protocol/>).

use super::key::{Form, csi, form, legacy, modifier_param};
use crate::base::{Key, KeyCode, Mods};
use crate::term::modes::{KittyFlags, Modes};

/// `CSI 57376 u` is F13.
const F13: u32 = 57376;

/// What has happened to a key, by its number in the protocol ("Event types").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Press = 1,
    Repeat = 2,
    Release = 3,
}

/// `event` is told where the program has asked for that; else a repeat is a press, and a release is nothing.
pub(super) fn encode(modes: &Modes, key: Key, event: Event, out: &mut Vec<u8>) {
    let event = match event {
        event if modes.kitty.contains(KittyFlags::EVENT_TYPES) => event,
        Event::Release => return,
        Event::Press | Event::Repeat => Event::Press,
    };
    let unlike = KittyFlags::DISAMBIGUATE | KittyFlags::ALL_AS_ESCAPES;
    if event == Event::Press && !modes.kitty.intersects(unlike) {
        return legacy(modes, key, out);
    }
    let says = |code| Says { code, shifted: None, mods: key.mods, event, text: None };
    match (key.code, form(key.code)) {
        // F3's letter is that of a cursor position report, so it has a number here.
        (KeyCode::F(3), _) => says(13).write('~', out),
        (_, Some(Form::Cursor(last) | Form::Function(last))) => says(1).write(last, out),
        (_, Some(Form::Tilde(number))) => says(number.into()).write('~', out),
        (KeyCode::F(number @ 13..=35), None) => says(F13 + u32::from(number - 13)).write('u', out),
        (KeyCode::Char(c), None) => text_key(modes, key, c, event, out),
        (code, None) => control_key(modes, key, control_key_code(code), event, out),
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

/// Enter, Tab and Backspace stay what they are without modifiers, and have no releases, so that a shell after a crash
/// can be typed to ("Report event types").
fn control_key(modes: &Modes, key: Key, code: Option<u32>, event: Event, out: &mut Vec<u8>) {
    let all = modes.kitty.contains(KittyFlags::ALL_AS_ESCAPES);
    let escape = key.code == KeyCode::Escape;
    match code {
        _ if !all && !escape && event == Event::Release => {}
        Some(code) if all || escape || !key.mods.is_empty() => {
            Says { code, shifted: None, mods: key.mods, event, text: None }.write('u', out);
        }
        _ => legacy(&Modes { modify_other_keys: 0, ..*modes }, key, out),
    }
}

fn text_key(modes: &Modes, key: Key, c: char, event: Event, out: &mut Vec<u8>) {
    let flags = modes.kitty;
    let held = key.mods.intersects(Mods::CTRL | Mods::ALT | Mods::SUPER);
    let types = !held && event != Event::Release;
    if types && !flags.contains(KittyFlags::ALL_AS_ESCAPES) {
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
    let text = (flags.contains(KittyFlags::ALL_AS_ESCAPES | KittyFlags::ASSOCIATED_TEXT) && types).then_some(c.into());
    Says { code: base.into(), shifted, mods, event, text }.write('u', out);
}

/// `CSI code [: shifted] [; modifiers [: event] [; text]] last`.
struct Says {
    code: u32,
    shifted: Option<u32>,
    mods: Mods,
    event: Event,
    text: Option<u32>,
}

impl Says {
    fn write(&self, last: char, out: &mut Vec<u8>) {
        let modifier = modifier_param(self.mods);
        let second = match self.event {
            Event::Press if modifier == 1 => String::new(),
            Event::Press => modifier.to_string(),
            event => format!("{modifier}:{}", event as u8),
        };
        let shifted = self.shifted.map(|shifted| format!(":{shifted}")).unwrap_or_default();
        match (self.code, self.text) {
            (code, Some(text)) => csi(out, format_args!("{code}{shifted};{second};{text}{last}")),
            (1, None) if second.is_empty() => csi(out, format_args!("{last}")),
            (code, None) if second.is_empty() => csi(out, format_args!("{code}{shifted}{last}")),
            (code, None) => csi(out, format_args!("{code}{shifted};{second}{last}")),
        }
    }
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

    /// "Report event types": the event follows the modifiers behind a colon, which are then told even where there are
    /// none; "if no modifiers are present … the value 1 must be used". A press needs no number. Of keys that type text,
    /// press and repeat stay text unless all keys are escape codes. "The Enter, Tab and Backspace keys will not have
    /// release events unless Report all keys as escape codes is also set".
    #[test]
    fn repeats_and_releases_are_told_to_who_asked() {
        let asked = KittyFlags::DISAMBIGUATE | KittyFlags::EVENT_TYPES;
        let all = asked | KittyFlags::ALL_AS_ESCAPES;
        for (flags, name, repeat, release) in [
            (asked, "Up", "\x1b[1;1:2A", "\x1b[1;1:3A"),
            (asked, "C-Left", "\x1b[1;5:2D", "\x1b[1;5:3D"),
            (asked, "F1", "\x1b[1;1:2P", "\x1b[1;1:3P"),
            (asked, "F3", "\x1b[13;1:2~", "\x1b[13;1:3~"),
            (asked, "F5", "\x1b[15;1:2~", "\x1b[15;1:3~"),
            (asked, "F13", "\x1b[57376;1:2u", "\x1b[57376;1:3u"),
            (asked, "Escape", "\x1b[27;1:2u", "\x1b[27;1:3u"),
            (asked, "a", "a", "\x1b[97;1:3u"),
            (asked, "A", "A", "\x1b[97;2:3u"),
            (asked | KittyFlags::ALTERNATE_KEYS, "A", "A", "\x1b[97:65;2:3u"),
            (asked, "C-c", "\x1b[99;5:2u", "\x1b[99;5:3u"),
            (asked, "Enter", "\r", ""),
            (asked, "Tab", "\t", ""),
            (asked, "BSpace", "\x7f", ""),
            (asked, "S-Enter", "\x1b[13;2:2u", ""),
            (all, "a", "\x1b[97;1:2u", "\x1b[97;1:3u"),
            (all, "Enter", "\x1b[13;1:2u", "\x1b[13;1:3u"),
            (all | KittyFlags::ASSOCIATED_TEXT, "a", "\x1b[97;1:2;97u", "\x1b[97;1:3u"),
            (KittyFlags::DISAMBIGUATE, "a", "a", ""),
            (KittyFlags::DISAMBIGUATE, "Up", "\x1b[A", ""),
            (KittyFlags::DISAMBIGUATE, "C-c", "\x1b[99;5u", ""),
            (KittyFlags::empty(), "Up", "\x1bOA", ""),
            (KittyFlags::empty(), "C-c", "\x03", ""),
            (KittyFlags::empty(), "a", "a", ""),
        ] {
            let modes = Modes { kitty: flags, application_cursor: true, ..Modes::default() };
            let key = name.parse().unwrap();
            assert_eq!(encoded(&modes, &Input::Repeat(key)), repeat, "{name} held, {flags:?}");
            assert_eq!(encoded(&modes, &Input::Release(key)), release, "{name} released, {flags:?}");
        }
    }

    /// A program that asks for event types alone has keys pressed as before ("Disambiguate escape codes" is what
    /// changes them).
    #[test]
    fn event_types_alone_change_no_press() {
        let modes = Modes { kitty: KittyFlags::EVENT_TYPES, ..Modes::default() };
        for (name, press, release) in [
            ("Escape", "\x1b", "\x1b[27;1:3u"),
            ("C-c", "\x03", "\x1b[99;5:3u"),
            ("M-a", "\x1ba", "\x1b[97;3:3u"),
            ("Up", "\x1b[A", "\x1b[1;1:3A"),
        ] {
            let key = name.parse().unwrap();
            assert_eq!(encoded(&modes, &Input::Key(key)), press, "{name}");
            assert_eq!(encoded(&modes, &Input::Release(key)), release, "{name}");
        }
    }
}
