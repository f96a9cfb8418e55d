//! Which command a key stands for: tries of keys with labels, read from `keymaps/*.toml`.
//!
//! Knows no command: a binding is a command line in the user's own language, and whether it can be run is asked
//! of the caller. Reads no file by itself, and keeps no state of what was typed: a caller gives all keys since the
//! table was entered. A chain that was begun lists what may follow, so a client can show it.
//!
//! ```toml
//! [prefix]
//! "c" = { run = "new-window", note = "Open a window" }
//! "Up" = { run = "select-pane -U", note = "Go to the pane above", repeat = true }
//! "e" = "split-window -h"                      # the short form
//! "t" = ""                                     # takes the key away
//! "g" = { note = "Git", keys = { "s" = "new-window git status" } }
//! ```
//!
//! Beside `root`, `prefix` and copy mode's, a table may have any name that some key leads to (`switch-client -T NAME`).
//! It counts for one key, or where `[modes]` has it until a key leaves it:
//!
//! ```toml
//! prefix-key = "C-a"                           # what the keys are made for
//!
//! [modes]
//! resize = "RESIZE"                            # what the hint line calls it
//! locked = { title = "LOCKED", pass = true }   # other keys are the program's
//! ```

mod file;
mod listing;
mod reference;

#[cfg(test)]
mod tests;

use crate::base::{Key, KeyChange};

pub use crate::base::{Binding, Problem};
pub use listing::{Wanted, heading, listing, overview, tables};
pub use reference::reference;

/// The tables that every keymap has: keys as they come, keys after the prefix, keys in copy mode in the ways of vi and
/// of emacs. The names are tmux's.
pub const TABLES: &[&str] = &["root", "prefix", "copy-mode-vi", "copy-mode"];

/// The keymap where none is chosen.
const DEFAULT: &str = "tmux";

/// Copy mode's tables, which lie under every keymap, each with the text of its file.
pub const COPY: &[(&str, &str)] = &[
    ("vi-copy", include_str!("../../keymaps/vi-copy.toml")),
    ("emacs-copy", include_str!("../../keymaps/emacs-copy.toml")),
];

/// The keymaps that are compiled in, with the text of their files.
const BUILTIN: &[(&str, &str)] = &[
    (DEFAULT, include_str!("../../keymaps/tmux.toml")),
    ("screen", include_str!("../../keymaps/screen.toml")),
    ("zellij", include_str!("../../keymaps/zellij.toml")),
];

/// A table that stays until a key leaves it (`switch-client -T` another), and how it is with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    /// What the hint line calls it.
    pub title: String,
    /// Keys that it has not bound are the program's, and the prefix is too; else they do nothing.
    pub pass: bool,
    /// It ends with copy mode, whose keys count where it has bound none.
    pub copy: bool,
}

/// What the keys so far come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match<'a> {
    None,
    /// They begin a chain: the keys that may follow, each with its note, or its command if it has none.
    Pending(Vec<(Key, String)>),
    Bound(&'a Binding),
}

/// Key tables by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    name: String,
    tables: Vec<(String, Chain)>,
    modes: Vec<(String, Mode)>,
    /// The prefix that its keys are made for.
    prefix: Option<Key>,
    /// Keys that never come as far as the root table.
    reserved: Vec<Key>,
}

/// Keys that may come next, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chain {
    note: String,
    keys: Vec<(Key, Node)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Bound(Binding),
    Chain(Chain),
}

impl Keymap {
    /// One that is compiled in.
    pub fn builtin(name: &str) -> Option<Self> {
        let (_, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        let mut keymap = Self::bare(name);
        // A test sees that there is no problem in it.
        keymap.overlay(text, format!("{name}.toml").as_ref(), &|_| Ok(()));
        Some(keymap)
    }

    /// One in which nothing is bound but copy mode's keys, which are the same under every keymap.
    pub fn bare(name: &str) -> Self {
        let mut keymap = Self { name: name.to_owned(), ..Self::default() };
        // A test sees that there is no problem in them.
        for (name, text) in COPY {
            keymap.overlay(text, format!("{name}.toml").as_ref(), &|_| Ok(()));
        }
        keymap
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The prefix that its keys are made for, where it says so.
    pub fn prefix(&self) -> Option<Key> {
        self.prefix
    }

    /// What is bound to these in the root table is never reached, which [`Keymap::overlay`] tells.
    pub fn reserve(&mut self, keys: Vec<Key>) {
        self.reserved = keys;
    }

    /// How it is with a table that stays.
    pub fn mode(&self, table: &str) -> Option<&Mode> {
        self.modes.iter().find_map(|(name, mode)| (name == table).then_some(mode))
    }

    /// What commands have changed, over what is in files.
    pub fn apply(&mut self, changes: &[KeyChange]) {
        for change in changes {
            match change {
                KeyChange::Bind { table, keys, binding } => self.bind(table, keys, Some(binding.clone())),
                KeyChange::Unbind { table, keys } => self.bind(table, keys, None),
                KeyChange::Clear { table } => self.chain_mut(table).keys.clear(),
            }
        }
    }

    /// Whether some key switches to this table.
    fn leads_to(&self, table: &str) -> bool {
        let leads = |binding: &Binding| {
            let mut words = binding
                .command
                .split_whitespace()
                .skip_while(|word| !"switch-client".starts_with(*word) && *word != "switchc");
            words.any(|word| word == "-T") && words.next() == Some(table)
        };
        self.tables().any(|name| self.table(name).iter().any(|(_, binding)| leads(binding)))
    }

    /// Whether there is such a table: one that every keymap has, or one with keys in it.
    pub fn has_table(&self, table: &str) -> bool {
        TABLES.contains(&table)
            || self.mode(table).is_some()
            || self.chain(table).is_some_and(|chain| !chain.keys.is_empty())
    }

    /// The names that [`Keymap::builtin`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// What these keys mean in a table; without keys, all that the table has.
    pub fn lookup(&self, table: &str, keys: &[Key]) -> Match<'_> {
        let Some(mut chain) = self.chain(table) else { return Match::None };
        for (index, key) in keys.iter().enumerate() {
            match chain.get(*key) {
                Some(Node::Chain(next)) => chain = next,
                Some(Node::Bound(binding)) if index + 1 == keys.len() => return Match::Bound(binding),
                _ => return Match::None,
            }
        }
        Match::Pending(chain.keys.iter().map(|(key, node)| (*key, node.label().to_owned())).collect())
    }

    /// Every binding of a table with the keys that lead to it, in order.
    pub fn table(&self, table: &str) -> Vec<(Vec<Key>, &Binding)> {
        let mut list = Vec::new();
        if let Some(chain) = self.chain(table) {
            chain.list(&mut Vec::new(), &mut list);
        }
        list
    }

    /// The tables' names, in order.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|(name, _)| name.as_str())
    }

    /// Binds keys in a table, whatever they or their beginning were bound to; with `None`, takes them away.
    pub fn bind(&mut self, table: &str, keys: &[Key], binding: Option<Binding>) {
        match binding {
            Some(binding) => self.chain_mut(table).bind(keys, Node::Bound(binding)),
            None => self.chain_mut(table).unbind(keys),
        }
    }

    fn chain(&self, table: &str) -> Option<&Chain> {
        self.tables.iter().find_map(|(name, chain)| (name == table).then_some(chain))
    }

    fn chain_mut(&mut self, table: &str) -> &mut Chain {
        let index = self.tables.iter().position(|(name, _)| name == table).unwrap_or_else(|| {
            self.tables.push((table.to_owned(), Chain::default()));
            self.tables.len() - 1
        });
        &mut self.tables[index].1
    }
}

impl Chain {
    fn get(&self, key: Key) -> Option<&Node> {
        self.keys.iter().find_map(|(known, node)| (*known == key).then_some(node))
    }

    /// Keeps a key's place in the order.
    fn set(&mut self, key: Key, node: Node) {
        match self.keys.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = node,
            None => self.keys.push((key, node)),
        }
    }

    fn bind(&mut self, keys: &[Key], node: Node) {
        match keys {
            [] => {}
            [key] => self.set(*key, node),
            [key, rest @ ..] => {
                let mut next = match self.get(*key) {
                    Some(Node::Chain(chain)) => chain.clone(),
                    _ => Chain::default(),
                };
                next.bind(rest, node);
                self.set(*key, Node::Chain(next));
            }
        }
    }

    /// A chain that loses its last key goes with it.
    fn unbind(&mut self, keys: &[Key]) {
        let Some((key, rest)) = keys.split_first() else { return };
        self.keys.retain_mut(|(known, node)| match node {
            _ if known != key => true,
            Node::Chain(chain) if !rest.is_empty() => {
                chain.unbind(rest);
                !chain.keys.is_empty()
            }
            _ => !rest.is_empty(),
        });
    }

    fn list<'a>(&'a self, path: &mut Vec<Key>, list: &mut Vec<(Vec<Key>, &'a Binding)>) {
        for (key, node) in &self.keys {
            path.push(*key);
            match node {
                Node::Bound(binding) => list.push((path.clone(), binding)),
                Node::Chain(chain) => chain.list(path, list),
            }
            path.pop();
        }
    }
}

impl Node {
    fn label(&self) -> &str {
        match self {
            Node::Bound(binding) if binding.note.is_empty() => &binding.command,
            Node::Bound(binding) => &binding.note,
            Node::Chain(chain) => &chain.note,
        }
    }
}
