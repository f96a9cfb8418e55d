//! Input of a user → bytes for the program, under the modes of that moment.

mod key;
mod kitty;
mod mouse;
mod paste;

use self::kitty::Event;
use super::modes::Modes;
use crate::base::Input;

/// Appends the bytes for `input` to `out`; nothing where the program has not asked for it.
pub(super) fn encode(modes: &Modes, input: &Input, out: &mut Vec<u8>) {
    match input {
        Input::Key(key) => key::encode(modes, *key, Event::Press, out),
        Input::Repeat(key) => key::encode(modes, *key, Event::Repeat, out),
        Input::Release(key) => key::encode(modes, *key, Event::Release, out),
        Input::Paste(text) => paste::encode(modes.bracketed_paste, text, out),
        Input::Mouse(event) => mouse::encode(modes, event, out),
        Input::Focus(gained) if modes.focus_events => {
            out.extend_from_slice(if *gained { b"\x1b[I" } else { b"\x1b[O" });
        }
        Input::Focus(_) => {}
        Input::Bytes(bytes) => out.extend_from_slice(bytes),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn encoded(modes: &Modes, input: &Input) -> String {
        let mut out = Vec::new();
        encode(modes, input, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// xterm ctlseqs, "FocusIn/FocusOut".
    #[test]
    fn focus_is_told_only_to_who_asked() {
        let asked = Modes { focus_events: true, ..Modes::default() };
        assert_eq!(encoded(&asked, &Input::Focus(true)), "\x1b[I");
        assert_eq!(encoded(&asked, &Input::Focus(false)), "\x1b[O");
        assert_eq!(encoded(&Modes::default(), &Input::Focus(true)), "");
    }
}
