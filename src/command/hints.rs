//! `hints`: two letters over what can be copied or opened, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct Hints {
    /// Open what is chosen instead of copying it
    #[arg(short = 'o')]
    open: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for Hints {
    const NAME: &'static str = "hints";
    const SUMMARY: &'static str = "Copy or open a URL, path, hash or address on the screen by two letters";
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
        world.ok("hints -o");
        assert_eq!(world.performed(), ["hints", "-o"]);
    }
}
