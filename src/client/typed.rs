//! What is typed for a program: as the outer terminal told it, in the form that the program has asked for.

use crate::base::limits::HELD_KEYS;
use crate::base::{Input, Key, KeyCode, Mods};
use crate::proto::message::KeyReports;

use super::app::App;
use super::modes::MouseMode;

impl App {
    /// What the outer terminal should report of the mouse now.
    pub(super) fn mouse_mode(&self) -> MouseMode {
        let Some(view) = self.mirror.view().filter(|_| !self.is_on_main_screen()) else { return MouseMode::Off };
        let motion = view.panes.iter().any(|pane| self.mirror.pane(pane.id).is_some_and(|p| p.modes.mouse_motion));
        match (view.settings.mouse, motion) {
            (false, _) => MouseMode::Off,
            (true, false) => MouseMode::Buttons,
            (true, true) => MouseMode::Motion,
        }
    }

    /// A key that is the program's.
    pub(super) fn pass(&mut self, key: Key, what: fn(Key) -> Input) {
        let input = match (self.mirror.reports(), self.active()) {
            (KeyReports::Events, Some(pane)) => {
                self.held.retain(|(held, _)| !is_same(*held, key));
                let over = (self.held.len() + 1).saturating_sub(HELD_KEYS);
                self.held.drain(..over);
                self.held.push((key, pane));
                what(key)
            }
            (KeyReports::Distinct, _) => Input::Key(key),
            _ => as_typed(key),
        };
        self.send_input(None, input);
    }

    /// Told to the program that got the key, and only if it got it.
    pub(super) fn release_key(&mut self, key: Key) {
        if let Some(at) = self.held.iter().position(|(held, _)| is_same(*held, key)) {
            let (_, pane) = self.held.remove(at);
            self.send_input(Some(pane), Input::Release(key));
        }
    }
}

/// The last place at or before `most` where the text can be cut.
pub(super) fn floor_char_boundary(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Of one key, whatever is held with it: Shift may have come up before it.
fn is_same(one: Key, other: Key) -> bool {
    match (one.code, other.code) {
        (KeyCode::Char(one), KeyCode::Char(other)) => one.to_lowercase().eq(other.to_lowercase()),
        (one, other) => one == other,
    }
}

/// What a terminal sends for Alt with a character is Escape and the character, which is as well what two keys in
/// quick succession send (`Escape :` over a slow line): only the program can tell, so it is given the same bytes.
fn as_typed(key: Key) -> Input {
    match key.code {
        KeyCode::Char(c) if key.mods == Mods::ALT => Input::Bytes(format!("\x1b{c}").into_bytes()),
        _ => Input::Key(key),
    }
}
