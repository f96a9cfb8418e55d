//! `choose-job`: picks a job, in the client.

use super::picking::Picking;
use super::prelude::*;

#[derive(Args)]
pub struct ChooseJob {
    #[command(flatten)]
    picking: Picking,
    /// The command to run, with %% for what was chosen; its pane, or status, where none is given
    #[arg(value_name = "COMMAND")]
    template: Option<String>,
}

impl Command for ChooseJob {
    const NAME: &'static str = "choose-job";
    const SUMMARY: &'static str = "Pick a job";
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
        world.ok("choose-job -Z");
        assert_eq!(world.performed(), ["choose-job", "-Z"]);
    }
}
