//! `doctor`: looks whether all is well.

use super::prelude::*;

#[derive(Args)]
pub struct Doctor {
    /// An array of objects
    #[arg(long)]
    json: bool,
}

impl Command for Doctor {
    const NAME: &'static str = "doctor";
    const SUMMARY: &'static str = "Look whether all is well, and say what to do";
    const PLACE: Place = Place::Cli;

    /// What it looks at is what the user's shell sees, not the server.
    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        let line = if self.json { "mux doctor --json" } else { "mux doctor" };
        Err(Error::refused("doctor is for a shell").hint(format!("type `{line}` in one")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_belongs_in_a_shell() {
        assert!(World::new().hint("doctor --json").contains("mux doctor --json"));
    }
}
