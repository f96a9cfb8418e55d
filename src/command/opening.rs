//! What the commands that open a pane have in common: what runs in it, and what is printed about it.

use super::prelude::*;

#[derive(Args)]
pub struct Opening {
    /// Where its program starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for its program
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Print about what was opened
    #[arg(short = 'P')]
    print: bool,
    /// What -P prints
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// What to run instead of a shell: one word is a shell's line, several are a program and its words
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Opening {
    pub fn program(&self, call: &Call<'_>) -> Result<model::Program> {
        call.program(self.command.clone(), self.directory.as_deref(), &self.env)
    }

    /// The answer when the program has started.
    pub fn opened(self, call: &mut Call<'_>, pane: PaneId) -> Answer {
        call.after_start(pane, self.print, self.format, "#{session_name}:#{window_index}.#{pane_index}")
    }
}
