//! `keys`: shows what keys do and what for, which the client knows.

use super::prelude::*;

#[derive(Args)]
pub struct Keys {
    /// Of this keymap instead of the one in use: tmux, screen, zellij, or one of your own
    #[arg(long, value_name = "KEYMAP")]
    keymap: Option<String>,
    /// In an attached client: read the files in keymaps/ anew
    #[arg(long, conflicts_with = "keymap")]
    reload: bool,
}

impl Command for Keys {
    const NAME: &'static str = "keys";
    const SUMMARY: &'static str = "Show keys and what they are for";
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
        world.ok("keys --keymap screen");
        assert_eq!(world.performed(), ["keys", "--keymap", "screen"]);
    }
}
