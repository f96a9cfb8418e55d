//! `choose-tree`: picks a session, window or pane, in the client.

use super::picking::Picking;
use super::prelude::*;

#[derive(Args)]
pub struct ChooseTree {
    /// Only sessions are shown at first
    #[arg(short = 's', conflicts_with = "windows")]
    sessions: bool,
    /// Sessions and windows are shown at first
    #[arg(short = 'w')]
    windows: bool,
    /// All sessions of each group; without it the one at hand, or the first
    #[arg(short = 'G')]
    grouped: bool,
    #[command(flatten)]
    picking: Picking,
    /// The command to run, with %% for what was chosen; switch-client where none is given
    #[arg(value_name = "COMMAND")]
    template: Option<String>,
}

impl Command for ChooseTree {
    const NAME: &'static str = "choose-tree";
    const SUMMARY: &'static str = "Pick a session, window or pane";
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
        assert!(world.fails("choose-tree").contains("no current client"));
        world.attach("x");
        world.ok("choose-tree -Zs");
        assert_eq!(world.performed(), ["choose-tree", "-Zs"]);
    }
}
