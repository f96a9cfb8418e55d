//! What keys are bound to, and what commands have changed of it while the server side lives.

use serde::{Deserialize, Serialize};

use super::Key;

/// What keys do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// A command line, as at the command prompt.
    pub command: String,
    /// What it does, for people. May be empty.
    pub note: String,
    /// For a moment, keys of the table that repeat are taken without the prefix.
    pub repeat: bool,
}

/// One change of a keymap. Those that come later count more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyChange {
    Bind {
        table: String,
        /// One, or several that are typed one after the other.
        keys: Vec<Key>,
        binding: Binding,
    },
    Unbind {
        table: String,
        keys: Vec<Key>,
    },
    /// Nothing of the table is left.
    Clear {
        table: String,
    },
}

impl KeyChange {
    pub fn table(&self) -> &str {
        match self {
            Self::Bind { table, .. } | Self::Unbind { table, .. } | Self::Clear { table } => table,
        }
    }

    /// Nothing of `earlier` is left once this is done too.
    pub fn undoes(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Clear { .. }, _) => self.table() == earlier.table(),
            (
                Self::Bind { keys, .. } | Self::Unbind { keys, .. },
                Self::Bind { keys: known, .. } | Self::Unbind { keys: known, .. },
            ) => self.table() == earlier.table() && keys == known,
            (_, Self::Clear { .. }) => false,
        }
    }
}

/// `g s`: keys that are typed one after the other, by their names.
pub fn chain(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_change_of_the_same_keys_is_all_that_counts() {
        let keys = |name: char| vec![Key::char(name)];
        let table = || "prefix".to_owned();
        let bind = |name| KeyChange::Bind {
            table: table(),
            keys: keys(name),
            binding: Binding { command: "x".into(), note: String::new(), repeat: false },
        };
        let unbind = |name| KeyChange::Unbind { table: table(), keys: keys(name) };
        assert!(bind('a').undoes(&unbind('a')) && unbind('a').undoes(&bind('a')));
        assert!(!bind('a').undoes(&bind('b')));
        assert!(!bind('a').undoes(&KeyChange::Clear { table: table() }), "the others stay away");
        assert!(KeyChange::Clear { table: table() }.undoes(&bind('a')));
        assert!(!KeyChange::Clear { table: "root".into() }.undoes(&bind('a')));
        assert_eq!(chain(&[Key::char('g'), Key::ctrl('s')]), "g C-s");
    }
}
