//! `confirm-before`: asks before a command runs, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct ConfirmBefore {
    /// What to ask
    #[arg(short = 'p', value_name = "PROMPT")]
    prompt: Option<String>,
    /// Enter means yes
    #[arg(short = 'y')]
    default_yes: bool,
    /// The letter that means yes, instead of y
    #[arg(short = 'c', value_name = "KEY")]
    key: Option<char>,
    /// Do not wait for the answer; it never does
    #[arg(short = 'b')]
    background: bool,
    /// The client that asks, by its terminal
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
    /// The command
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true)]
    command: Vec<String>,
}

impl Command for ConfirmBefore {
    const NAME: &'static str = "confirm-before";
    const ALIAS: &'static [&'static str] = &["confirm"];
    const SUMMARY: &'static str = "Ask before a command runs";
    const PLACE: Place = Place::Client;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_client_asks() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("confirm -p 'kill it?' kill-pane");
        assert_eq!(world.performed(), ["confirm", "-p", "kill it?", "kill-pane"]);
        assert!(world.fails("confirm").contains("COMMAND"));
    }
}
