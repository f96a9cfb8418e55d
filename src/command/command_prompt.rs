//! `command-prompt`: asks for a line, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct CommandPrompt {
    /// What stands before the line
    #[arg(short = 'p', value_name = "PROMPT")]
    prompt: Option<String>,
    /// What is in the line already
    #[arg(short = 'I', value_name = "TEXT")]
    initial: Option<String>,
    /// One key is asked for, and its name is the answer
    #[arg(short = 'k')]
    key: bool,
    /// The same
    #[arg(short = '1')]
    single: bool,
    /// Do not wait for the answer; it never does
    #[arg(short = 'b')]
    background: bool,
    /// The client that asks, by its terminal
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
    /// The command to run, with %1 or %% for the answer; the line itself where none is given
    #[arg(value_name = "COMMAND")]
    template: Option<String>,
}

impl Command for CommandPrompt {
    const NAME: &'static str = "command-prompt";
    const SUMMARY: &'static str = "Ask for a line and run a command with it";
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
        world.ok("command-prompt -I '#W' 'rename-window %%'");
        assert_eq!(world.performed(), ["command-prompt", "-I", "#W", "rename-window %%"]);
    }
}
