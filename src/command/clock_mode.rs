//! `clock-mode`: shows the time in a pane, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct ClockMode {
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for ClockMode {
    const NAME: &'static str = "clock-mode";
    const SUMMARY: &'static str = "Show the time in a pane until a key is pressed";
    const PLACE: Place = Place::Client;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        let _ = self.target;
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
        world.ok("clock-mode");
        assert_eq!(world.performed(), ["clock-mode"]);
    }
}
