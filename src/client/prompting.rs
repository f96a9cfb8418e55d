//! The command prompt's memory: what was typed before, and names that may be typed.

use crate::base::limits::PROMPT_HISTORY;
use crate::command::NameKind;
use crate::keymap::Keymap;

use super::app::App;
use super::asking::Asked;

#[derive(Debug, Default)]
pub(super) struct Prompting {
    /// The newest last.
    history: Vec<String>,
    /// What of it is not on the disk yet.
    unsaved: Vec<String>,
}

impl Prompting {
    /// Begins with what was typed in other clients.
    pub(super) fn recall(&mut self, history: Vec<String>) {
        self.history = history;
    }

    pub(super) fn history(&self) -> Vec<String> {
        self.history.clone()
    }

    pub(super) fn remember(&mut self, line: String) {
        if !line.trim().is_empty() && self.history.last() != Some(&line) {
            self.unsaved.push(line.clone());
            self.history.push(line);
            let over = self.history.len().saturating_sub(PROMPT_HISTORY);
            self.history.drain(..over);
        }
    }

    /// What is to be written down.
    pub(super) fn unsaved(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unsaved)
    }
}

/// What is listed, each by a letter of its own, for [`App::learn_names`].
const LISTS: &[(char, NameKind, &[&str])] = &[
    ('s', NameKind::Session, &["list-sessions", "-F", "s#{session_name}"]),
    ('w', NameKind::Window, &["list-windows", "-a", "-F", "w#{session_name}:#{window_index}"]),
    ('p', NameKind::Pane, &["list-panes", "-a", "-F", "p#{pane_id}"]),
    ('c', NameKind::Client, &["list-clients", "-F", "c#{client_name}"]),
    ('b', NameKind::Buffer, &["list-buffers", "-F", "b#{buffer_name}"]),
    ('j', NameKind::Job, &["ps", "-a", "-F", "j#{job_name}"]),
];

impl App {
    pub(super) fn vi_prompt(&self) -> bool {
        self.told.as_ref().is_some_and(|told| told.vi_prompt)
    }

    /// Asks the server for all names.
    pub(super) fn ask_names(&mut self) {
        let lists = LISTS.iter().map(|(_, _, argv)| argv.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let argv = lists.collect::<Vec<_>>().join(&";".to_owned());
        self.inquire(argv, Asked::Names);
    }

    /// They have come. What the server cannot know is added: the keymap's tables and the keymaps.
    pub(super) fn learn_names(&mut self, text: &str) {
        let kind = |letter: char| LISTS.iter().find(|(known, ..)| *known == letter).map(|(_, kind, _)| *kind);
        let named = |line: &str| {
            let mut chars = line.chars();
            let kind = kind(chars.next()?)?;
            Some((kind, chars.as_str().to_owned()))
        };
        let mut names: Vec<(NameKind, String)> = text.lines().filter_map(named).collect();
        names.extend(self.keys.keymap().tables().map(|table| (NameKind::Table, table.to_owned())));
        names.extend(Keymap::names().map(|name| (NameKind::Keymap, name.to_owned())));
        if let Some(layer) = self.layers.last_mut() {
            layer.learn(&names);
            self.drawing.stale();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_kept_once_and_not_for_ever() {
        let mut prompting = Prompting::default();
        prompting.recall(vec!["old".into()]);
        for line in ["old", "new", "new", "  "] {
            prompting.remember(line.into());
        }
        assert_eq!(prompting.history(), ["old", "new"]);
        assert_eq!(prompting.unsaved(), ["new"]);
        assert_eq!(prompting.unsaved(), [""; 0]);
        (0..200).for_each(|n| prompting.remember(n.to_string()));
        assert_eq!((prompting.history().len(), prompting.history()[0].as_str()), (PROMPT_HISTORY, "100"));
    }

    #[test]
    fn every_list_is_a_command_line() {
        for (letter, _, argv) in LISTS {
            crate::command::check(&argv.join(" ")).unwrap();
            assert!(argv.last().unwrap().starts_with(*letter));
        }
    }
}
