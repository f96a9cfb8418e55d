//! `display-panes`: shows the panes' numbers to choose from, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct DisplayPanes {
    /// Milliseconds
    #[arg(short = 'd', value_name = "TIME")]
    duration: Option<u32>,
    /// Do not wait until they are gone; it never does
    #[arg(short = 'b')]
    background: bool,
    /// Digits do nothing but what they do anyway
    #[arg(short = 'N')]
    keyless: bool,
    /// The client that shows them, by its terminal
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
    /// The command for the chosen one, with %% for it; else it is made the active one
    #[arg(value_name = "COMMAND")]
    template: Option<String>,
}

impl Command for DisplayPanes {
    const NAME: &'static str = "display-panes";
    const ALIAS: &'static [&'static str] = &["displayp"];
    const SUMMARY: &'static str = "Show the panes' numbers to choose from";
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
        world.ok("displayp -d 500");
        assert_eq!(world.performed(), ["displayp", "-d", "500"]);
    }
}
