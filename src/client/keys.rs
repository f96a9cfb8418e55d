//! From keys to command lines: the prefix, keys that wait for more, and repetition. Pure; told the time.

use std::time::{Duration, Instant};

use crate::base::limits::WHICH_KEY_DELAY;
use crate::base::{Key, KeyCode};

use crate::keymap::{Keymap, Match};

/// What a key has come to.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    /// It is the program's.
    Pass,
    /// More keys are needed, or it means nothing here.
    Taken,
    /// This command line.
    Run(String),
}

/// Where in the keymap the user is.
#[derive(Debug)]
pub(super) struct KeyState {
    keymap: Keymap,
    /// Keys since the prefix; `None` outside of it.
    pending: Option<Vec<Key>>,
    /// Keys within the root table that wait for more.
    root: Vec<Key>,
    /// When what can follow is shown.
    hint_at: Option<Instant>,
    /// Until when a repeatable key needs no prefix.
    repeat_until: Option<Instant>,
}

impl KeyState {
    pub(super) fn new(keymap: Keymap) -> Self {
        Self { keymap, pending: None, root: Vec::new(), hint_at: None, repeat_until: None }
    }

    pub(super) fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// A key that no layer above has taken.
    pub(super) fn key(&mut self, key: Key, prefix: Key, repeat: Duration, now: Instant) -> Decision {
        if self.repeat_until.take_if(|until| now < *until).is_some()
            && let Some(decision) = self.repeated(key, repeat, now)
        {
            return decision;
        }
        self.repeat_until = None;
        match self.pending.take() {
            Some(keys) => self.follow(keys, key, repeat, now),
            None if key == prefix && self.root.is_empty() => {
                self.wait(Vec::new(), now);
                Decision::Taken
            }
            None => self.at_root(key, now),
        }
    }

    /// While repetition lasts, only repeatable keys count; anything else is a key without a prefix.
    fn repeated(&mut self, key: Key, repeat: Duration, now: Instant) -> Option<Decision> {
        match self.keymap.lookup("prefix", &[key]) {
            Match::Bound(binding) if binding.repeat => {
                self.repeat_until = Some(now + repeat);
                Some(Decision::Run(binding.command.clone()))
            }
            _ => None,
        }
    }

    fn follow(&mut self, mut keys: Vec<Key>, key: Key, repeat: Duration, now: Instant) -> Decision {
        keys.push(key);
        self.hint_at = None;
        match self.keymap.lookup("prefix", &keys) {
            Match::Bound(binding) => {
                let command = binding.command.clone();
                if binding.repeat && keys.len() == 1 {
                    self.repeat_until = Some(now + repeat);
                }
                Decision::Run(command)
            }
            Match::Pending(_) => {
                self.wait(keys, now);
                Decision::Taken
            }
            Match::None => Decision::Taken,
        }
    }

    fn at_root(&mut self, key: Key, now: Instant) -> Decision {
        let mut keys = std::mem::take(&mut self.root);
        let waiting = !keys.is_empty();
        keys.push(key);
        self.hint_at = None;
        match self.keymap.lookup("root", &keys) {
            Match::Bound(binding) => Decision::Run(binding.command.clone()),
            Match::Pending(_) => {
                self.root = keys;
                self.hint_at = Some(now + WHICH_KEY_DELAY);
                Decision::Taken
            }
            Match::None if waiting => Decision::Taken,
            Match::None => Decision::Pass,
        }
    }

    fn wait(&mut self, keys: Vec<Key>, now: Instant) {
        self.pending = Some(keys);
        self.hint_at = Some(now + WHICH_KEY_DELAY);
    }

    /// A key has been typed that waits for others, or may be repeated without the prefix.
    pub(super) fn is_waiting(&self, now: Instant) -> bool {
        self.pending.is_some() || !self.root.is_empty() || self.repeat_until.is_some_and(|until| now < until)
    }

    /// Back to the beginning.
    pub(super) fn cancel(&mut self) {
        self.pending = None;
        self.root.clear();
        self.hint_at = None;
        self.repeat_until = None;
    }

    /// When [`KeyState::choices`] begin to be shown.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        self.hint_at.filter(|at| *at > now)
    }

    /// What can follow, once the user has hesitated: the keys typed so far, then key and meaning.
    pub(super) fn choices(&self, now: Instant) -> Option<Vec<(Key, String)>> {
        self.hint_at.filter(|at| *at <= now)?;
        let (table, keys) = match &self.pending {
            Some(keys) => ("prefix", keys),
            None => ("root", &self.root),
        };
        if let Match::Pending(choices) = self.keymap.lookup(table, keys) {
            return Some(choices);
        }
        let rows = self.keymap.table(table).into_iter().filter(|(row, _)| row.len() == keys.len() + 1);
        Some(rows.map(|(row, binding)| (row[keys.len()], meaning(&binding.note, &binding.command))).collect())
    }

    /// Escape while keys are awaited goes back instead of being looked up.
    pub(super) fn leaves(&self, key: Key) -> bool {
        (self.pending.is_some() || !self.root.is_empty()) && key == Key::code(KeyCode::Escape)
    }
}

/// The note of a binding, or the command where it has none.
pub(super) fn meaning(note: &str, command: &str) -> String {
    if note.is_empty() { command.to_owned() } else { note.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPEAT: Duration = Duration::from_millis(500);

    fn state() -> KeyState {
        KeyState::new(Keymap::builtin("tmux").unwrap())
    }

    fn key(name: &str) -> Key {
        name.parse().unwrap()
    }

    fn press(state: &mut KeyState, name: &str, now: Instant) -> Decision {
        state.key(key(name), Key::ctrl('b'), REPEAT, now)
    }

    fn runs(decision: &Decision, start: &str) -> bool {
        matches!(decision, Decision::Run(line) if line.starts_with(start))
    }

    #[test]
    fn the_prefix_makes_the_next_key_a_command() {
        let (mut state, now) = (state(), Instant::now());
        assert_eq!(press(&mut state, "d", now), Decision::Pass);
        assert_eq!(press(&mut state, "C-b", now), Decision::Taken);
        assert!(runs(&press(&mut state, "d", now), "detach"));
        assert_eq!(press(&mut state, "d", now), Decision::Pass);
    }

    #[test]
    fn an_unknown_key_after_the_prefix_is_dropped() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        assert_eq!(press(&mut state, "F11", now), Decision::Taken);
        assert_eq!(press(&mut state, "a", now), Decision::Pass);
    }

    #[test]
    fn a_repeatable_key_repeats_for_a_while() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        assert!(runs(&press(&mut state, "Up", now), "select-pane"));
        let soon = now + Duration::from_millis(400);
        assert!(runs(&press(&mut state, "Up", soon), "select-pane"));
        assert!(runs(&press(&mut state, "Up", soon + Duration::from_millis(400)), "select-pane"));
        assert_eq!(press(&mut state, "Up", soon + Duration::from_secs(2)), Decision::Pass);
    }

    #[test]
    fn another_key_ends_the_repetition_and_is_the_programs() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        press(&mut state, "Up", now);
        assert_eq!(press(&mut state, "x", now), Decision::Pass);
        assert_eq!(press(&mut state, "Up", now), Decision::Pass);
    }

    #[test]
    fn hesitation_shows_what_can_follow() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        assert_eq!(state.choices(now), None);
        let due = state.deadline(now).unwrap();
        let choices = state.choices(due).unwrap();
        assert!(choices.iter().any(|(choice, _)| *choice == key("d")));
        assert_eq!(state.deadline(due), None, "the timer fires once");
        assert!(state.leaves(key("Escape")));
        state.cancel();
        assert_eq!(state.choices(due), None);
    }
}
