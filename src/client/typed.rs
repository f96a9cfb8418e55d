//! What was typed or pasted, on its way to a program.

use crate::base::{Input, Key, KeyCode, Mods};

/// Cuts a text into pieces of at most `most` bytes, between characters.
pub(super) fn chunks(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, behind) = rest.split_at(floor_char_boundary(rest, most).max(1));
        rest = behind;
        Some(piece)
    })
}

/// The last place at or before `most` where the text can be cut.
pub(super) fn floor_char_boundary(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Of one key, whatever is held with it: Shift may have come up before it.
pub(super) fn is_same(one: Key, other: Key) -> bool {
    match (one.code, other.code) {
        (KeyCode::Char(one), KeyCode::Char(other)) => one.to_lowercase().eq(other.to_lowercase()),
        (one, other) => one == other,
    }
}

/// What a terminal sends for Alt with a character is Escape and the character, which is as well what two keys in
/// quick succession send (`Escape :` over a slow line): only the program can tell, so it is given the same bytes.
pub(super) fn as_typed(key: Key) -> Input {
    match key.code {
        KeyCode::Char(c) if key.mods == Mods::ALT => Input::Bytes(format!("\x1b{c}").into_bytes()),
        _ => Input::Key(key),
    }
}
