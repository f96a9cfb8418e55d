//! Stands in for the rooms that are still being built: keymap, format, and the command table's words.

use std::str::FromStr;

use crate::base::{Key, Style};

pub use self::keys::{Binding, Keymap, Match};

mod keys {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct Binding {
        pub command: String,
        pub note: String,
        pub repeat: bool,
    }

    pub enum Match<'a> {
        None,
        Pending(Vec<(Key, String)>),
        Bound(&'a Binding),
    }

    #[derive(Clone, Debug, Default)]
    pub struct Keymap {
        rows: Vec<(&'static str, Vec<Key>, Binding)>,
    }

    const ROWS: &[(&str, &str, &str, bool)] = &[
        ("prefix", "d", "detach-client", false),
        ("prefix", "c", "new-window", false),
        ("prefix", "n", "next-window", false),
        ("prefix", "p", "previous-window", false),
        ("prefix", "%", "split-window -h", false),
        ("prefix", "\"", "split-window", false),
        ("prefix", "o", "select-pane -t :.+", false),
        ("prefix", "z", "resize-pane -Z", false),
        ("prefix", "[", "copy-mode", false),
        ("prefix", "PPage", "copy-mode -u", false),
        ("prefix", ":", "command-prompt", false),
        ("prefix", "?", "list-keys", false),
        ("prefix", "q", "display-panes", false),
        ("prefix", "x", "confirm-before -p 'kill-pane #P? (y/n)' kill-pane", false),
        ("prefix", ",", "command-prompt -I '#W' 'rename-window -- \"%%\"'", false),
        ("prefix", "C-b", "send-prefix", false),
        ("prefix", "Up", "select-pane -U", true),
        ("prefix", "Down", "select-pane -D", true),
        ("prefix", "Left", "select-pane -L", true),
        ("prefix", "Right", "select-pane -R", true),
    ];

    impl Keymap {
        pub fn builtin(_name: &str) -> Option<Self> {
            let rows = ROWS.iter().filter_map(|&(table, key, command, repeat)| {
                let binding = Binding { command: command.into(), note: command.into(), repeat };
                Some((table, vec![Key::from_str(key).ok()?], binding))
            });
            Some(Self { rows: rows.collect() })
        }

        pub fn lookup(&self, table: &str, keys: &[Key]) -> Match<'_> {
            let mut below = Vec::new();
            for (_, row, binding) in self.rows.iter().filter(|(name, row, _)| *name == table && row.starts_with(keys)) {
                match row.get(keys.len()) {
                    None => return Match::Bound(binding),
                    Some(key) => below.push((*key, binding.note.clone())),
                }
            }
            if below.is_empty() { Match::None } else { Match::Pending(below) }
        }

        pub fn table(&self, table: &str) -> Vec<(Vec<Key>, &Binding)> {
            self.rows.iter().filter(|(name, ..)| *name == table).map(|(_, keys, b)| (keys.clone(), b)).collect()
        }
    }
}

pub fn parse_style(_text: &str, over: Style) -> Result<Style, String> {
    Ok(over)
}

pub fn styled(text: &str, base: Style) -> Vec<(String, Style)> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("#[") {
        out.push_str(before);
        rest = after.split_once(']').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    vec![(out, base)]
}

pub fn words(line: &str) -> crate::base::Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

pub fn split(argv: &[String]) -> Vec<Vec<String>> {
    argv.split(|word| word == ";").map(<[String]>::to_vec).filter(|argv| !argv.is_empty()).collect()
}

const CLIENT: [&str; 6] =
    ["copy-mode", "command-prompt", "confirm-before", "send-prefix", "list-keys", "display-panes"];

/// The full name of a command whose place is the client.
pub fn client_command(name: &str) -> Option<&'static str> {
    CLIENT.into_iter().find(|known| *known == name)
}
