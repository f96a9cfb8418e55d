//! Reading a keymap's file over what is bound already.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Binding, Chain, Keymap, Mode, Node, TABLES};
use crate::base::Key;
use crate::base::problem::{Problem, Source, suggestion};

/// Says what is wrong with a command line.
type Check<'c> = &'c dyn Fn(&str) -> Result<(), String>;
type Value<'a> = Spanned<DeValue<'a>>;

/// What a key's table may hold.
const FIELDS: &[&str] = &["run", "note", "repeat", "keys"];

/// What says which prefix a file's keys are made for.
const PREFIX: &str = "prefix-key";

/// The same of a mode.
const MODE_FIELDS: &[&str] = &["title", "pass", "copy"];

impl Keymap {
    /// Binds what the text of a file says, key by key; other keys stay. `check` is asked about each command line.
    /// What is wrong is left out and told.
    pub fn overlay(&mut self, text: &str, file: &Path, check: &dyn Fn(&str) -> Result<(), String>) -> Vec<Problem> {
        let (source, tables) = Source::parse(text, file);
        let mut reader = Reader { source, check, reserved: Vec::new() };
        let mut strange = Vec::new();
        for (name, value) in &tables {
            match name.get_ref().as_ref() {
                PREFIX => {
                    self.prefix = reader.prefix(value).or(self.prefix);
                }
                "modes" => reader.modes(value, &mut self.modes),
                table => {
                    // As it was called while there was one such table.
                    let table = if table == "copy" { "copy-mode-vi" } else { table };
                    if let Some(keys) = reader.source.table(table, value) {
                        if !self.has_table(table) {
                            strange.push((table.to_owned(), name.span()));
                        }
                        reader.reserved = if table == "root" { self.reserved.clone() } else { Vec::new() };
                        reader.keys(keys, self.chain_mut(table));
                    }
                }
            }
        }
        for (table, at) in strange {
            if self.mode(&table).is_none() && !self.leads_to(&table) {
                self.tables.retain(|(name, _)| *name != table);
                let hint = suggestion(&table, TABLES.iter().copied());
                let expected = TABLES.join(", ");
                let message = format!(
                    "'{table}' is no key table: expected {expected}, or one that a key leads to (switch-client -T){hint}"
                );
                reader.source.report(at, message);
            }
        }
        reader.source.finish()
    }
}

struct Reader<'a, 'c> {
    source: Source<'a>,
    check: Check<'c>,
    /// Keys that are taken before the table that is being read is looked at.
    reserved: Vec<Key>,
}

impl<'a> Reader<'a, '_> {
    fn prefix(&mut self, value: &Value<'a>) -> Option<Key> {
        match value.get_ref().as_str() {
            Some(typed) => self.key(typed, value.span()),
            None => {
                self.source.wrong_type(PREFIX, value, "a key like C-a");
                None
            }
        }
    }

    fn modes(&mut self, value: &Value<'a>, modes: &mut Vec<(String, Mode)>) {
        let Some(table) = self.source.table("modes", value) else { return };
        for (name, value) in table {
            let name = name.get_ref().as_ref();
            let mode = match value.get_ref() {
                DeValue::String(title) => Mode { title: title.to_string(), ..Mode::default() },
                DeValue::Table(fields) => self.mode(name, fields),
                _ => {
                    self.source.wrong_type(name, value, "a title, or { title = …, pass = … }");
                    continue;
                }
            };
            modes.retain(|(known, _)| known != name);
            modes.push((name.to_owned(), mode));
        }
    }

    fn mode(&mut self, name: &str, fields: &DeTable<'a>) -> Mode {
        for (field, _) in fields {
            let typed = field.get_ref().as_ref();
            if !MODE_FIELDS.contains(&typed) {
                let hint = suggestion(typed, MODE_FIELDS.iter().copied());
                let message = format!("'{typed}' says nothing of a mode: expected {}{hint}", MODE_FIELDS.join(", "));
                self.source.report(field.span(), message);
            }
        }
        let title = self.text(fields, "title").unwrap_or_else(|| name.to_uppercase());
        Mode { title, pass: self.flag(fields, "pass"), copy: self.flag(fields, "copy") }
    }

    fn keys(&mut self, table: &DeTable<'a>, chain: &mut Chain) {
        let mut seen: Vec<(Key, &str)> = Vec::new();
        for (name, value) in table {
            let typed = name.get_ref().as_ref();
            let Some(key) = self.key(typed, name.span()) else { continue };
            if let Some((_, other)) = seen.iter().find(|(known, _)| *known == key) {
                self.source.report(name.span(), format!("'{typed}' is bound here already, as '{other}'"));
                continue;
            }
            seen.push((key, typed));
            if self.reserved.contains(&key) {
                self.source
                    .report(name.span(), format!("'{typed}' is a prefix: what is bound to it here is never reached"));
            }
            self.entry(key, typed, value, chain);
        }
    }

    fn key(&mut self, typed: &str, at: Range<usize>) -> Option<Key> {
        let key = typed.parse();
        if key.is_err() {
            let message = format!("no key is called '{typed}': expected one like c, C-b, M-Left, F5 or Space");
            self.source.report(at, message);
        }
        key.ok()
    }

    fn entry(&mut self, key: Key, name: &str, value: &Value<'a>, chain: &mut Chain) {
        match value.get_ref() {
            DeValue::String(command) if command.is_empty() => chain.unbind(&[key]),
            DeValue::String(_) => {
                let command = self.command(value);
                self.bind(key, command, String::new(), false, chain);
            }
            DeValue::Table(fields) => self.fields(key, name, fields, value.span(), chain),
            _ => self.source.wrong_type(name, value, "a command, or { run = …, note = … }"),
        }
    }

    fn fields(&mut self, key: Key, name: &str, fields: &DeTable<'a>, at: Range<usize>, chain: &mut Chain) {
        for (field, _) in fields {
            let typed = field.get_ref().as_ref();
            if !FIELDS.contains(&typed) {
                let hint = suggestion(typed, FIELDS.iter().copied());
                let message = format!("'{typed}' says nothing of a key: expected {}{hint}", FIELDS.join(", "));
                self.source.report(field.span(), message);
            }
        }
        let note = self.text(fields, "note").unwrap_or_default();
        match (fields.get("run"), fields.get("keys")) {
            (Some(_), Some(keys)) => {
                let message = format!("'{name}' both runs a command and begins a chain: expected run or keys");
                self.source.report(keys.span(), message);
            }
            (Some(run), None) => {
                let command = self.command(run);
                let repeat = self.flag(fields, "repeat");
                self.bind(key, command, note, repeat, chain);
            }
            (None, Some(keys)) => self.chain(key, note, keys, chain),
            (None, None) => self.source.report(at, format!("'{name}' does nothing: expected run or keys in it")),
        }
    }

    fn chain(&mut self, key: Key, note: String, keys: &Value<'a>, chain: &mut Chain) {
        let Some(keys) = self.source.table("keys", keys) else { return };
        let (mut next, was_chain) = match chain.get(key) {
            Some(Node::Chain(old)) => (old.clone(), true),
            _ => (Chain::default(), false),
        };
        if !note.is_empty() {
            next.note = note;
        }
        self.keys(keys, &mut next);
        if !next.keys.is_empty() {
            chain.set(key, Node::Chain(next));
        } else if was_chain {
            chain.unbind(&[key]);
        }
    }

    fn bind(&mut self, key: Key, command: Option<String>, note: String, repeat: bool, chain: &mut Chain) {
        if let Some(command) = command {
            chain.set(key, Node::Bound(Binding { command, note, repeat }));
        }
    }

    /// A command line that can be run.
    fn command(&mut self, value: &Value<'a>) -> Option<String> {
        let Some(command) = value.get_ref().as_str() else {
            self.source.wrong_type("run", value, "a command");
            return None;
        };
        match (self.check)(command) {
            Ok(()) => Some(command.to_owned()),
            Err(message) => {
                self.source.report(value.span(), message);
                None
            }
        }
    }

    fn text(&mut self, fields: &DeTable<'a>, field: &str) -> Option<String> {
        let value = fields.get(field)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.source.wrong_type(field, value, "a sentence");
        }
        text.map(str::to_owned)
    }

    fn flag(&mut self, fields: &DeTable<'a>, field: &str) -> bool {
        let Some(value) = fields.get(field) else { return false };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.source.wrong_type(field, value, "true or false");
        }
        flag.unwrap_or(false)
    }
}
