//! `respawn-pane`: starts a pane's program again.

use super::prelude::*;

#[derive(Args)]
pub struct RespawnPane {
    /// End the program that still runs
    #[arg(short = 'k')]
    kill: bool,
    /// Where it starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for it
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// Another program instead
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for RespawnPane {
    const NAME: &'static str = "respawn-pane";
    const ALIAS: &'static [&'static str] = &["respawnp"];
    const SUMMARY: &'static str = "Start a pane's program again";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let id = call.pane(self.target.as_deref())?;
        respawn(call, id, self.command, self.directory.as_deref(), &self.env, self.kill)
    }
}

/// Starts the pane's program again, with what is given in place of what it had.
pub fn respawn(
    call: &mut Call<'_>,
    id: PaneId,
    command: Vec<String>,
    directory: Option<&str>,
    env: &[String],
    kill: bool,
) -> Result<Answer> {
    let mut program = call.state.pane(id).map(|pane| pane.program.clone()).unwrap_or_default();
    if !command.is_empty() {
        program.words = command;
    }
    if let Some(dir) = directory {
        program.cwd = call.directory(Some(dir));
    }
    program.env.extend(super::call::variables(env)?);
    call.state.respawn(id, Some(program), kill)?;
    Ok(call.after_start(id, false, None, ""))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn a_running_program_wants_k() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("respawnp -t x"), "pane %0 is still active");
        world.later("respawnp -k -t x -- make all");
        world.exit(0, ExitStatus::Signal { signal: 9, core: false });
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{pane_start_command} #{pane_dead}'"), "%0 make all 0\n");
    }

    #[test]
    fn a_dead_one_starts_in_its_place() {
        let mut world = World::new();
        world.ok("set -g remain-on-exit on");
        world.ok("new -d -s x -- make");
        world.exit(0, ExitStatus::Code(2));
        assert_eq!(world.ok("lsp -t x -F '#{pane_dead} #{pane_dead_status}'"), "1 2\n");
        world.fail_next("gone");
        assert_eq!(world.fails("respawnp -t x"), "cannot start 'make': gone");
        assert_eq!(world.ok("lsp -t x -F '#{pane_dead}'"), "1\n");
        world.ok("respawnp -t x");
        assert_eq!(world.ok("lsp -t x -F '#{pane_dead}'"), "0\n");
    }
}
