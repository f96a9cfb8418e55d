//! `boot`: sees that the server starts with the machine.

use super::prelude::*;

#[derive(Args)]
pub struct Boot {
    /// What to do about it
    #[arg(value_parser = ["enable", "disable", "status"])]
    action: String,
    /// Only print what would be written, and where
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Command for Boot {
    const NAME: &'static str = "boot";
    const SUMMARY: &'static str = "Start the server with the machine, and bring sessions back then";
    const PLACE: Place = Place::Cli;

    /// Files of the user's account and programs of the machine are none of the server's business.
    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        let line = format!("mux boot {}{}", self.action, if self.dry_run { " --dry-run" } else { "" });
        Err(Error::refused("boot is for a shell").hint(format!("type `{line}` in one")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_belongs_in_a_shell() {
        let mut world = World::new();
        assert!(world.hint("boot enable -n").contains("mux boot enable --dry-run"));
        assert!(world.fails("boot now").contains("'now'"));
        assert!(world.fails("boot").contains("<ACTION>"));
    }
}
