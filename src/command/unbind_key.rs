//! `unbind-key`: takes a key's meaning away for as long as the server side lives.

use super::bind_key::{parsed, table};
use super::prelude::*;
use crate::base::KeyChange;

#[derive(Args)]
pub struct UnbindKey {
    /// All keys of the table
    #[arg(short = 'a', conflicts_with = "keys")]
    all: bool,
    /// Without the prefix, as with -T root
    #[arg(short = 'n', conflicts_with = "table")]
    root: bool,
    /// Say nothing about a key that is none
    #[arg(short = 'q')]
    quiet: bool,
    /// In this table: prefix where none is named
    #[arg(short = 'T', value_name = "TABLE")]
    table: Option<String>,
    /// The key, or several that follow each other ('g s')
    #[arg(value_name = "KEY", required_unless_present = "all")]
    keys: Option<String>,
}

impl Command for UnbindKey {
    const NAME: &'static str = "unbind-key";
    const ALIAS: &'static [&'static str] = &["unbind"];
    const SUMMARY: &'static str = "Take a key's meaning away";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let quiet = self.quiet;
        match self.change() {
            Ok(change) => call.state.change_keys(change).map(|()| Answer::Done),
            Err(_) if quiet => Ok(Answer::Done),
            Err(error) => Err(error),
        }
    }
}

impl UnbindKey {
    pub(super) fn change(self) -> Result<KeyChange> {
        let table = table(self.root, self.table);
        match self.keys.filter(|_| !self.all) {
            Some(keys) => Ok(KeyChange::Unbind { table, keys: parsed(&keys)? }),
            None => Ok(KeyChange::Clear { table }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn a_key_or_all_of_a_table() {
        let mut world = World::new();
        world.ok("unbind -n M-x");
        world.ok("unbind -a -T copy-mode-vi");
        assert_eq!(world.ok("bind"), "unbind-key -T root M-x\nunbind-key -a -T copy-mode-vi\n");
        assert_eq!(world.fails("unbind Foo"), "no key is called 'Foo'");
        world.ok("unbind -q Foo");
        assert!(!world.fails("unbind").is_empty());
    }
}
