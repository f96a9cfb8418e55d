//! A few keys for who is new, in what the status line leaves free. They go for good once the user has found the prefix
//! or has had time to read them.

use std::time::Instant;

use crate::base::binding::chain;
use crate::base::limits::{NEWCOMER_PREFIXES, NEWCOMER_TIME};
use crate::keymap::Keymap;

use super::app::{App, Now};

/// How far somebody has come.
#[derive(Debug)]
pub(super) struct Newcomer {
    prefixes: u32,
    until: Instant,
}

/// The commands that matter first, and what they are called here.
const FIRST: &[(&str, &str)] = &[
    ("list-keys -N", "keys"),
    ("detach-client", "detach"),
    ("new-window", "window"),
    ("split-window -h", "split"),
    ("command-prompt", "command"),
];

/// Rows below which nothing is said: there every cell is wanted.
const LEAST_ROWS: u16 = 10;

impl App {
    /// Whoever attaches here has never done so.
    pub(super) fn greet(&mut self, now: Now) {
        self.newcomer = Some(Newcomer { prefixes: 0, until: now.instant + NEWCOMER_TIME });
    }

    /// When somebody has had time enough.
    pub(super) fn greeting_ends(&self) -> Option<Instant> {
        self.newcomer.as_ref().map(|newcomer| newcomer.until)
    }

    pub(super) fn end_greeting(&mut self, now: Now) {
        if self.newcomer.take_if(|newcomer| newcomer.until <= now.instant).is_some() {
            self.knows_keys = true;
            self.drawing.stale();
        }
    }

    /// The prefix was pressed.
    pub(super) fn count_prefix(&mut self) {
        let Some(newcomer) = &mut self.newcomer else { return };
        newcomer.prefixes += 1;
        if newcomer.prefixes >= NEWCOMER_PREFIXES {
            self.newcomer = None;
            self.knows_keys = true;
        }
    }

    /// What is said, the most important first; nothing to who is not new, or has a keymap that tells its own keys.
    pub(super) fn greeting(&self) -> Vec<String> {
        let wanted = self.option("newcomer-hints") == "on" && self.canvas.size().rows >= LEAST_ROWS;
        if self.newcomer.is_none() || !wanted || self.keys.mode().is_some() {
            return Vec::new();
        }
        let prefix = self.keys.rules().prefix.to_string();
        let prefix = prefix.strip_prefix("C-").map_or(prefix.clone(), |key| format!("Ctrl-{key}"));
        let known =
            FIRST.iter().filter_map(|(command, name)| Some(format!("{} {name}", key(self.keys.keymap(), command)?)));
        let mut hints: Vec<String> = known.collect();
        if let Some(first) = hints.first_mut() {
            *first = format!("{prefix} {first}");
        }
        hints
    }
}

/// The shortest way to a command behind the prefix.
fn key(keymap: &Keymap, command: &str) -> Option<String> {
    let keys = keymap.table("prefix").into_iter().filter(|(_, binding)| binding.command == command);
    keys.map(|(keys, _)| keys).min_by_key(Vec::len).map(|keys| chain(&keys))
}

/// As many of them as fit, with marks between.
pub(super) fn fitting(hints: &[String], columns: usize) -> String {
    let mut text = String::new();
    for hint in hints {
        let next = if text.is_empty() { hint.clone() } else { format!("{text} · {hint}") };
        if next.chars().count() + 2 > columns {
            break;
        }
        text = next;
    }
    text.replace('#', "##")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hint_is_cut() {
        let hints = ["Ctrl-b ? keys", "d detach", "# more"].map(str::to_owned);
        assert_eq!(fitting(&hints, 14), "");
        assert_eq!(fitting(&hints, 15), "Ctrl-b ? keys");
        assert_eq!(fitting(&hints, 26), "Ctrl-b ? keys · d detach");
        assert_eq!(fitting(&hints, 80), "Ctrl-b ? keys · d detach · ## more");
    }

    #[test]
    fn the_keys_are_those_of_the_keymap() {
        let keymap = Keymap::builtin("tmux").unwrap();
        for (command, name) in FIRST {
            assert!(key(&keymap, command).is_some(), "{name}");
        }
        assert_eq!(key(&keymap, "detach-client").as_deref(), Some("d"));
    }
}
