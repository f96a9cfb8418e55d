//! `list-keys`: shows key bindings, which the client knows.

use super::prelude::*;

#[derive(Args)]
pub struct ListKeys {
    /// Of this table: root, prefix, copy mode's, or another one of the keymap
    #[arg(short = 'T', value_name = "TABLE")]
    table: Option<String>,
    /// With what they are for instead of their commands; of root and prefix where no table is named
    #[arg(short = 'N')]
    notes: bool,
    /// Those without a note too, with their command
    #[arg(short = 'a')]
    all: bool,
    /// Only the first
    #[arg(short = '1')]
    first: bool,
    /// What stands before each key, with -N; the prefix where none is given
    #[arg(short = 'P', value_name = "TEXT")]
    prefix: Option<String>,
    /// Only this key
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

impl Command for ListKeys {
    const NAME: &'static str = "list-keys";
    const ALIAS: &'static [&'static str] = &["lsk"];
    const SUMMARY: &'static str = "Show what keys do";
    const PLACE: Place = Place::Client;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_client_shows_them() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("list-keys -T prefix");
        assert_eq!(world.performed(), ["list-keys", "-T", "prefix"]);
    }
}
