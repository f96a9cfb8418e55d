//! `list-keys`: shows key bindings, which the client knows.

use super::prelude::*;

#[derive(Args)]
pub struct ListKeys {
    /// Of this table: root, prefix, copy
    #[arg(short = 'T', value_name = "TABLE")]
    table: Option<String>,
    /// With what they are for instead of their commands
    #[arg(short = 'N')]
    notes: bool,
    /// In one line what this key does
    #[arg(short = '1', requires = "key")]
    one: bool,
    /// The key for -1
    #[arg(value_name = "KEY", requires = "one")]
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
