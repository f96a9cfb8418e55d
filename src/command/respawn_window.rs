//! `respawn-window`: starts a window's program again, in one pane.

use super::prelude::*;

#[derive(Args)]
pub struct RespawnWindow {
    /// End the programs that still run
    #[arg(short = 'k')]
    kill: bool,
    /// Where it starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for it
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
    /// Another program instead
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for RespawnWindow {
    const NAME: &'static str = "respawn-window";
    const ALIAS: &'static [&'static str] = &["respawnw"];
    const SUMMARY: &'static str = "Start a window's first program again, without its other panes";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let id = call.window(self.target.as_deref())?;
        let panes = call.state.window(id).map(Window::panes).unwrap_or_default();
        let runs = |pane: &PaneId| call.state.pane(*pane).is_some_and(|pane| pane.dead().is_none());
        if !self.kill && panes.iter().any(runs) {
            return Err(Error::refused(format!("window {id} is still active")).hint("-k ends its programs first"));
        }
        let (first, others) = panes.split_first().ok_or_else(|| Error::not_found("can't find window"))?;
        let (env, directory) = (self.env, self.directory.as_deref());
        let answer = super::respawn_pane::respawn(call, *first, self.command, directory, &env, self.kill)?;
        others.iter().for_each(|pane| call.state.close_pane(*pane));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn the_first_pane_starts_again_and_the_others_go() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        assert_eq!(world.fails("respawnw -t x"), "window @0 is still active");
        world.later("respawnw -k -t x -- make all");
        world.exit(0, ExitStatus::Signal { signal: 9, core: false });
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{pane_start_command} #{pane_height}'"), "%0 make all 24\n");
    }
}
