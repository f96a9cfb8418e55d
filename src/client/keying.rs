//! Keys in the client as a whole: which rules hold, which files count, what a user is shown of them.

use crate::base::Key;
use crate::base::binding::chain;
use crate::config::ExtendedKeys;
use crate::keymap::{Keymap, Wanted, heading, listing, tables};
use crate::proto::message::{KeyReports, Keys};

use super::app::{App, Now};
use super::keys::Rules;
use super::layer::{HintLine, KeyList, KeyRow, TextView};
use super::perform::Flags;

/// What is to be read of the user's files.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// A keymap, to go by.
    Use(String),
    /// The one in use and all themes, which may have been changed.
    Anew(String),
    /// One to be shown.
    Show(String),
}

impl App {
    /// What the server says of keys.
    pub(super) fn told_keys(&mut self, keys: Keys) {
        if keys.keymap != self.wished_keymap() {
            self.wish = Some(Wish::Use(keys.keymap.clone()));
        }
        self.keys.change(&keys.changes);
        self.told = Some(keys);
        self.follow_rules();
        self.drawing.stale();
    }

    /// The keymap in use, or the one that was asked for: a name with nothing behind it is looked for once.
    fn wished_keymap(&self) -> &str {
        self.told.as_ref().map_or(self.keys.keymap().name(), |told| &told.keymap)
    }

    /// Goes by the options that hold now.
    pub(super) fn follow_rules(&mut self) {
        let Some(settings) = self.mirror.view().map(|view| &view.settings) else { return };
        let table = self.told.as_ref().map_or("root", |told| &told.table).to_owned();
        let prefix2 = self.told.as_ref().and_then(|told| told.prefix2);
        let repeat = std::time::Duration::from_millis(settings.repeat_time.into());
        self.keys.set_rules(Rules { prefix: settings.prefix, prefix2, table, repeat });
    }

    /// What was read for a wish. Where that has failed, the keys stay.
    pub(super) fn wish_read(&mut self, wish: Wish, read: Result<(Keymap, Vec<String>), String>, now: Now) {
        let (keymap, problems) = match read {
            Ok(read) => read,
            Err(problem) => return self.say(problem, true, now),
        };
        match wish {
            Wish::Use(_) | Wish::Anew(_) => {
                let changes = self.told.as_ref().map_or(&[][..], |told| &told.changes);
                self.keys.set_files(keymap, changes);
                self.keys.leave_mode();
                self.follow_rules();
                self.drawing.stale();
            }
            Wish::Show(_) => self.show_keymap(&keymap),
        }
        if let Some(text) = crate::base::Error::first_of(&problems) {
            self.say(text, true, now);
        }
    }

    /// What the outer terminal is to tell of keys: what the program wants, and what the user's own keys need.
    pub(super) fn key_reports(&self) -> KeyReports {
        match (self.options.extended_keys, self.mirror.reports()) {
            (ExtendedKeys::Off, _) => KeyReports::Legacy,
            (ExtendedKeys::Always, KeyReports::Legacy) => KeyReports::Distinct,
            (ExtendedKeys::On, KeyReports::Legacy) if self.keys.needs_distinct() => KeyReports::Distinct,
            (_, reports) => reports,
        }
    }

    /// A mode that goes with copy mode goes with it.
    pub(super) fn end_stale_mode(&mut self) {
        let reads_back = self.active().is_some_and(|pane| self.copies.contains_key(&pane));
        if !reads_back && self.keys.mode().is_some_and(|mode| mode.copy) {
            self.keys.leave_mode();
        }
    }

    /// What the mode has to say on the line of messages.
    pub(super) fn hint_line(&mut self) -> Option<HintLine> {
        self.end_stale_mode();
        let mode = self.keys.mode()?;
        Some(HintLine { title: mode.title.clone(), short: mode.pass, choices: self.keys.mode_keys() })
    }

    // ---- commands ------------------------------------------------------------------------------------------------

    /// `switch-client -T TABLE`.
    pub(super) fn key_table(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, super::perform::SWITCH_CLIENT_VALUED);
        let Some(table) = flags.value('T') else { return };
        if self.keys.keymap().has_table(table) {
            self.keys.enter(table, now.instant);
            self.drawing.stale();
        } else {
            let known = tables(self.keys.keymap());
            self.say(format!("table {table} doesn't exist: there are {known}"), true, now);
        }
    }

    /// `send-prefix`: the key itself, to the program.
    pub(super) fn prefix_to_send(&self, second: bool) -> Option<Key> {
        self.mirror.view()?;
        let rules = self.keys.rules();
        if second { rules.prefix2 } else { Some(rules.prefix) }
    }

    pub(super) fn list_keys(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, "TP");
        let wanted = Wanted {
            table: flags.value('T').map(str::to_owned),
            notes: flags.has('N'),
            all: flags.has('a'),
            first: flags.has('1'),
            before: flags.value('P').map(str::to_owned),
            key: flags.rest().first().cloned(),
        };
        let keymap = self.keys.keymap();
        if let Some(table) = wanted.table.as_ref().filter(|table| !keymap.has_table(table)) {
            let text = format!("table {table} doesn't exist: there are {}", tables(keymap));
            return self.say(text, true, now);
        }
        let whole = Wanted { table: wanted.table.clone(), notes: true, ..Wanted::default() };
        if wanted == whole {
            return self.push_layer(KeyList::new(self.key_rows(keymap, wanted.table.as_deref())));
        }
        let text = listing(keymap, self.keys.rules().prefix, &wanted);
        match text.lines().count() {
            0 => self.say(format!("unknown key: {}", wanted.key.unwrap_or_default()), true, now),
            1 => self.say(text.split_whitespace().collect::<Vec<_>>().join(" "), false, now),
            _ => self.push_layer(TextView::new("keys", &text)),
        }
    }

    /// `keys`.
    pub(super) fn show_keys(&mut self, words: &[String]) {
        let reload = words.iter().any(|word| word == "--reload");
        let named = words.iter().position(|word| word.starts_with("--keymap"));
        let named = named.and_then(|at| match words[at].split_once('=') {
            Some((_, name)) => Some(name),
            None => words.get(at + 1).map(String::as_str),
        });
        match (reload, named) {
            (true, _) => self.wish = Some(Wish::Anew(self.wished_keymap().to_owned())),
            (_, Some(name)) => self.wish = Some(Wish::Show(name.to_owned())),
            (false, None) => self.push_layer(KeyList::new(self.key_rows(self.keys.keymap(), None))),
        }
    }

    fn show_keymap(&mut self, keymap: &Keymap) {
        self.push_layer(KeyList::new(self.key_rows(keymap, None)));
    }

    /// Every key of a table, or of all: that of the prefix first, which is what most look for.
    fn key_rows(&self, keymap: &Keymap, table: Option<&str>) -> Vec<KeyRow> {
        let prefix = if keymap.name() == self.keys.keymap().name() {
            self.keys.rules().prefix
        } else {
            keymap.prefix().unwrap_or(self.keys.rules().prefix)
        };
        let mut names: Vec<&str> = keymap.tables().filter(|name| table.is_none_or(|table| table == *name)).collect();
        names.sort_by_key(|name| *name != "prefix");
        let mut rows = Vec::new();
        for name in names {
            let bindings = keymap.table(name);
            if !bindings.is_empty() {
                rows.push(KeyRow::Heading(heading(keymap, name, prefix)));
            }
            let before = if name == "prefix" { format!("{prefix} ") } else { String::new() };
            rows.extend(bindings.into_iter().map(|(keys, binding)| KeyRow::Key {
                keys: format!("{before}{}", chain(&keys)),
                note: if binding.note.is_empty() { binding.command.clone() } else { binding.note.clone() },
                command: binding.command.clone(),
            }));
        }
        rows
    }
}
