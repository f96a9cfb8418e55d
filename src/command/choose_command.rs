//! `choose-command`: picks a command, to be typed further, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct ChooseCommand {
    /// Without a preview
    #[arg(short = 'N')]
    plain: bool,
    /// Over the whole terminal, as it always is
    #[arg(short = 'Z')]
    zoom: bool,
    /// The command to run, with %% for what was chosen; the command prompt where none is given
    #[arg(value_name = "COMMAND")]
    template: Option<String>,
}

impl Command for ChooseCommand {
    const NAME: &'static str = "choose-command";
    const SUMMARY: &'static str = "Pick a command, to be typed further";
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
        world.ok("choose-command -Z");
        assert_eq!(world.performed(), ["choose-command", "-Z"]);
    }
}
