//! `send-prefix`: types the prefix key itself, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct SendPrefix {
    /// The second one, prefix2
    #[arg(short = '2')]
    second: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for SendPrefix {
    const NAME: &'static str = "send-prefix";
    const SUMMARY: &'static str = "Type the prefix key into the pane";
    const PLACE: Place = Place::Client;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_client_knows_its_prefix() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("send-prefix");
        assert_eq!(world.performed(), ["send-prefix"]);
    }
}
