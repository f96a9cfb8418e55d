//! `help`: explains commands.

use super::prelude::*;

#[derive(Args)]
pub struct Help {
    /// The command
    #[arg(value_name = "COMMAND")]
    name: Option<String>,
}

impl Command for Help {
    const NAME: &'static str = "help";
    const SUMMARY: &'static str = "Explain a command, or list all";
    const PLACE: Place = Place::Cli;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        self.text().map(Answer::Text)
    }
}

impl Help {
    pub fn text(&self) -> Result<String> {
        super::help(self.name.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_knows_names_and_aliases() {
        let mut world = World::new();
        assert!(world.ok("help neww").contains("mux new-window"));
        assert!(world.ok("help").contains("new-session, new"));
        assert!(world.ok("splitw --help").contains("Side by side"));
        assert_eq!(world.fails("help nope-nope"), "unknown command: nope-nope");
    }
}
