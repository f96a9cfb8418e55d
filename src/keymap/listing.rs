//! The keys as lines for a shell: what `mux list-keys` and `mux keys` print.

use std::fmt::Write;

use super::{Keymap, TABLES};
use crate::base::binding::chain;
use crate::base::{Binding, Key};

/// What is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this table alone.
    pub table: Option<String>,
    /// Keys and what they are for, instead of tmux's commands.
    pub notes: bool,
    /// With `notes`: also what has none, with its command.
    pub all: bool,
    pub first: bool,
    /// What stands before each key; the prefix before its table's keys where nothing is said.
    pub before: Option<String>,
    /// This key alone.
    pub key: Option<String>,
}

/// Keys, as commands or as notes.
pub fn listing(keymap: &Keymap, prefix: Key, wanted: &Wanted) -> String {
    let mut text = String::new();
    for table in keymap.tables().filter(|table| wanted.takes_table(table)) {
        for (keys, binding) in keymap.table(table) {
            if wanted.key.as_ref().is_some_and(|key| *key != chain(&keys)) {
                continue;
            }
            // Writing to a String cannot fail.
            let _ = match wanted.notes {
                true => note(&mut text, table, &keys, binding, prefix, wanted),
                false => command(&mut text, table, &keys, binding),
            };
            if wanted.first && !text.is_empty() {
                return text;
            }
        }
    }
    text
}

impl Wanted {
    /// tmux: "only keys in the root and prefix key tables are listed by default" with notes.
    fn takes_table(&self, table: &str) -> bool {
        match &self.table {
            Some(wanted) => wanted == table,
            None => !self.notes || self.all || ["root", "prefix"].contains(&table),
        }
    }
}

fn command(text: &mut String, table: &str, keys: &[Key], binding: &Binding) -> std::fmt::Result {
    let repeat = if binding.repeat { "-r" } else { "" };
    let keys: String = chain(keys).chars().map(escaped).collect();
    writeln!(text, "bind-key {repeat:<2} -T {table:<8} {keys:<11} {}", one_command(&binding.command))
}

/// As tmux writes a key, so that the list can be read back (`source-file`).
fn escaped(c: char) -> String {
    if "\"'\\#$%{};~ ".contains(c) { format!("\\{c}") } else { c.to_string() }
}

/// A command line of which none ends the one that it stands in: each `;` outside of quotes has a backslash before it.
fn one_command(line: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None | Some('"'), '\\') => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ';') => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    out
}

fn note(
    text: &mut String,
    table: &str,
    keys: &[Key],
    binding: &Binding,
    prefix: Key,
    wanted: &Wanted,
) -> std::fmt::Result {
    let meaning = match (binding.note.is_empty(), wanted.all) {
        (false, _) => &binding.note,
        (true, true) => &binding.command,
        (true, false) => return Ok(()),
    };
    let prefix = if table == "prefix" { format!("{prefix} ") } else { String::new() };
    let before = wanted.before.as_ref().unwrap_or(&prefix);
    writeln!(text, "{:<15} {meaning}", format!("{before}{}", chain(keys)))
}

/// Every table with a heading, and every key with what it is for: what `mux keys` prints.
pub fn overview(keymap: &Keymap, prefix: Key) -> String {
    let mut text = format!("Keys of the keymap {}, prefix {prefix}\n", keymap.name());
    for table in keymap.tables() {
        let bindings = keymap.table(table);
        if bindings.is_empty() {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{}", heading(keymap, table, prefix));
        for (keys, binding) in bindings {
            let note = if binding.note.is_empty() { &binding.command } else { &binding.note };
            let _ = writeln!(text, "  {:<12} {note}", chain(&keys));
        }
    }
    text
}

/// What a table is, in words for people.
pub fn heading(keymap: &Keymap, table: &str, prefix: Key) -> String {
    match (table, keymap.mode(table)) {
        ("root", _) => "Without the prefix".to_owned(),
        ("prefix", _) => format!("After the prefix, {prefix}"),
        ("copy" | "copy-mode-vi", _) => "While reading back (copy mode)".to_owned(),
        ("copy-mode", _) => "While reading back, in the way of emacs".to_owned(),
        (_, Some(mode)) => format!("In the mode {}", mode.title),
        (table, None) => format!("In the table {table}"),
    }
}

/// Tables that a keymap has, for the message about one that it has not.
pub fn tables(keymap: &Keymap) -> String {
    let mut names: Vec<&str> = TABLES.to_vec();
    names.extend(keymap.tables().filter(|name| !TABLES.contains(name)));
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_listed_as_commands_or_as_notes() {
        let keymap = Keymap::builtin("tmux").unwrap();
        let prefix = Key::ctrl('b');
        let list = |wanted: Wanted| listing(&keymap, prefix, &wanted);
        let of = |table: &str| Wanted { table: Some(table.into()), ..Wanted::default() };
        let commands = list(of("prefix"));
        assert!(commands.lines().any(|line| line == "bind-key    -T prefix   c           new-window"), "{commands}");
        assert!(commands.lines().all(|line| line.contains("-T prefix")));
        assert!(commands.contains(r#" \"          split-window -v"#), "{commands}");
        let notes = Wanted { notes: true, ..Wanted::default() };
        let text = list(notes.clone());
        assert!(text.lines().any(|line| line == "C-b c           Open a window"), "{text}");
        assert!(!text.contains("Drop the selection"), "copy mode is not among them");
        assert_eq!(list(Wanted { first: true, ..notes.clone() }).lines().count(), 1);
        let one = Wanted { key: Some("c".into()), before: Some("^B ".into()), ..notes };
        assert_eq!(list(one), "^B c            Open a window\n");
        assert_eq!(list(of("nosuch")), "");
    }

    #[test]
    fn several_commands_of_a_key_stay_together() {
        let mut keymap = Keymap::default();
        let line = r#"[prefix]
x = { keys = { y = '''a ; b 'c;d' "e\";f" \;g; h''' } }"#;
        keymap.overlay(line, "x".as_ref(), &|_| Ok(()));
        let listed = listing(&keymap, Key::ctrl('a'), &Wanted::default());
        assert_eq!(listed, "bind-key    -T prefix   x\\ y        a \\; b 'c;d' \"e\\\";f\" \\;g\\; h\n");
    }

    #[test]
    fn what_has_no_note_is_left_out_unless_all_is_wanted() {
        let mut keymap = Keymap::default();
        keymap.overlay("[prefix]\nx = 'new-window'\n", "x".as_ref(), &|_| Ok(()));
        let wanted = Wanted { notes: true, ..Wanted::default() };
        assert_eq!(listing(&keymap, Key::ctrl('a'), &wanted), "");
        let all = Wanted { all: true, ..wanted };
        assert_eq!(listing(&keymap, Key::ctrl('a'), &all), "C-a x           new-window\n");
    }

    #[test]
    fn an_overview_has_every_table_with_a_heading() {
        let text = overview(&Keymap::builtin("zellij").unwrap(), Key::ctrl('b'));
        for line in
            ["In the mode PANE", "After the prefix, C-b", "  C-g          Unlock", "While reading back (copy mode)"]
        {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
