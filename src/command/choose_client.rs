//! `choose-client`: picks an attached terminal, in the client.

use super::picking::Picking;
use super::prelude::*;

#[derive(Args)]
pub struct ChooseClient {
    #[command(flatten)]
    picking: Picking,
    /// The command to run, with %% for what was chosen; detach-client where none is given
    #[arg(value_name = "COMMAND")]
    template: Option<String>,
}

impl Command for ChooseClient {
    const NAME: &'static str = "choose-client";
    const SUMMARY: &'static str = "Pick an attached terminal";
    const PLACE: Place = Place::Client;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_client_shows_it() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("choose-client -Z");
        assert_eq!(world.performed(), ["choose-client", "-Z"]);
    }
}
