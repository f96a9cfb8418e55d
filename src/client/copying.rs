//! Copy mode as the client runs it: who enters it, which keys are its, where copies go.

use crate::base::{Key, KeyCode, PaneId};
use crate::keymap::Match;
use crate::proto::message::ToServer;

use super::app::{App, Now};
use super::copy::{CopyMode, Outcome};
use super::layer::{Prompt, Purpose, unseparated};
use super::mirror::Touched;

impl App {
    /// Enters copy mode in a pane, or stays in it. `by_wheel`: it ends when scrolled back to the end.
    pub(super) fn enter_copy(&mut self, id: PaneId, by_wheel: bool) {
        let Some(pane) = self.mirror.pane(id) else { return };
        let copy = self.copies.entry(id).or_insert_with(|| {
            let mut copy = CopyMode::new(pane);
            copy.leaves_at_end = by_wheel;
            copy
        });
        copy.leaves_at_end &= by_wheel;
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    pub(super) fn leave_copy(&mut self, id: PaneId) {
        self.copies.remove(&id);
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    /// Whether copy mode of the active pane has taken the key. In copy mode the program gets none.
    pub(super) fn copy_key(&mut self, key: Key, now: Now) -> bool {
        let Some(id) = self.active().filter(|id| self.copies.contains_key(id)) else { return false };
        if let (Some(copy), Some(pane), KeyCode::Char(c)) = (self.copies.get_mut(&id), self.mirror.pane(id), key.code)
            && copy.jump_to(c.encode_utf8(&mut [0; 4]), pane)
        {
            self.copy_outcome(id, Outcome::Stay, now);
            return true;
        }
        match self.keys.keymap().lookup(COPY_TABLE, &[key]) {
            Match::Bound(binding) => {
                let line = binding.command.clone();
                self.run_line(&line, now);
            }
            Match::Pending(_) | Match::None => {
                if let Some(name) = fallback(key) {
                    self.copy_command(id, name, now);
                }
            }
        }
        true
    }

    pub(super) fn copy_command(&mut self, id: PaneId, name: &str, now: Now) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        match copy.command(name, pane) {
            Outcome::Unknown => self.say(format!("copy mode knows no command '{name}'"), true, now),
            outcome => self.copy_outcome(id, outcome, now),
        }
    }

    pub(super) fn copy_scroll(&mut self, id: PaneId, by: i64) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        copy.scroll(by, pane);
        if by > 0 && copy.leaves_at_end && copy.is_at_end(pane) && !copy.has_selection() {
            return self.leave_copy(id);
        }
        self.fetch_for_copy(id);
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    pub(super) fn copy_search(&mut self, text: String, forward: bool, now: Now) {
        let Some(id) = self.active() else { return };
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        let outcome = copy.search(text, forward, pane);
        self.copy_outcome(id, outcome, now);
    }

    /// What a copy-mode command has come to.
    pub(super) fn copy_outcome(&mut self, id: PaneId, outcome: Outcome, now: Now) {
        match outcome {
            Outcome::Stay | Outcome::Unknown => {}
            Outcome::Leave => self.leave_copy(id),
            Outcome::Copied { text, leave } => {
                self.copied(&text);
                if leave {
                    self.leave_copy(id);
                }
            }
            Outcome::AskSearch { forward } => self.ask_search(forward),
            Outcome::Say(text) => self.say(text, false, now),
        }
        self.fetch_for_copy(id);
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    /// Into the server's paste buffers and the outer terminal's clipboard.
    fn copied(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.clipboard(text.as_bytes());
        let words = vec!["set-buffer".to_owned(), "--".to_owned(), unseparated(text.to_owned())];
        self.send_run(words);
    }

    fn ask_search(&mut self, forward: bool) {
        let label = if forward { "(search down) " } else { "(search up) " };
        let purpose = Purpose::Search { forward };
        let (history, vi) = (self.prompting.history(), self.vi_prompt());
        self.push_layer(Prompt::new(purpose, vec![label.into()], vec![String::new()], history).with_vi(vi));
    }

    /// Asks the server for what copy mode shows or needs and does not have.
    pub(super) fn fetch_for_copy(&mut self, id: PaneId) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        for ask in copy.asks(pane) {
            self.outbox.push(ToServer::Fetch { pane: id, from: ask.from, count: ask.count });
        }
    }
}

/// The key table of copy mode.
const COPY_TABLE: &str = "copy";

/// Keys that work in copy mode even where a keymap leaves them out: nobody gets stuck in it.
const FALLBACK: &[(&str, &str)] = &[
    ("q", "cancel"),
    ("Escape", "cancel"),
    ("C-c", "cancel"),
    ("Up", "cursor-up"),
    ("Down", "cursor-down"),
    ("Left", "cursor-left"),
    ("Right", "cursor-right"),
    ("k", "cursor-up"),
    ("j", "cursor-down"),
    ("h", "cursor-left"),
    ("l", "cursor-right"),
    ("PPage", "page-up"),
    ("NPage", "page-down"),
    ("C-b", "page-up"),
    ("C-f", "page-down"),
    ("C-u", "halfpage-up"),
    ("C-d", "halfpage-down"),
    ("C-y", "scroll-up"),
    ("C-e", "scroll-down"),
    ("g", "history-top"),
    ("G", "history-bottom"),
    ("Home", "start-of-line"),
    ("End", "end-of-line"),
    ("0", "start-of-line"),
    ("^", "back-to-indentation"),
    ("$", "end-of-line"),
    ("w", "next-word"),
    ("b", "previous-word"),
    ("e", "next-word-end"),
    ("{", "previous-paragraph"),
    ("}", "next-paragraph"),
    ("H", "top-line"),
    ("M", "middle-line"),
    ("L", "bottom-line"),
    ("Space", "begin-selection"),
    ("v", "begin-selection"),
    ("V", "select-line"),
    ("C-v", "rectangle-toggle"),
    ("o", "other-end"),
    ("Enter", "copy-selection-and-cancel"),
    ("y", "copy-selection-and-cancel"),
    ("/", "search-forward"),
    ("?", "search-backward"),
    ("n", "search-again"),
    ("N", "search-reverse"),
];

fn fallback(key: Key) -> Option<&'static str> {
    FALLBACK.iter().find(|(name, _)| name.parse() == Ok(key)).map(|(_, command)| *command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fallback_key_reads() {
        for (name, command) in FALLBACK {
            assert_eq!(fallback(name.parse().unwrap()), Some(*command));
        }
    }
}
