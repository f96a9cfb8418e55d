//! `split-window`: opens a pane beside another.

use super::beside::Beside;
use super::prelude::*;

#[derive(Args)]
pub struct SplitWindow {
    #[command(flatten)]
    beside: Beside,
    /// Where its program starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for its program
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Print about the pane
    #[arg(short = 'P')]
    print: bool,
    /// What -P prints
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Show it in the whole window
    #[arg(short = 'Z')]
    zoom: bool,
    /// The pane to split
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// What to run instead of a shell: one word is a shell's line, several are a program and its words
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for SplitWindow {
    const NAME: &'static str = "split-window";
    const ALIAS: &'static [&'static str] = &["splitw"];
    const SUMMARY: &'static str = "Open a pane beside another";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = call.pane(self.target.as_deref())?;
        let how = self.beside.split()?;
        let program = call.program(self.command, self.directory.as_deref(), &self.env)?;
        let pane = call.state.split(target, how, self.beside.background, program)?;
        if self.zoom {
            call.state.zoom(pane);
        }
        Ok(call.after_start(pane, self.print, self.format, "#{session_name}:#{window_index}.#{pane_index}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_window_is_divided_and_taken_back_when_nothing_starts() {
        let mut world = World::new();
        world.ok("new -d -s x -x 81 -y 24");
        assert_eq!(world.ok("splitw -h -t x -PF '#{pane_width} #{pane_active}'"), "40 1\n");
        let before = world.ok("lsw -t x -F '#{window_layout}'");
        world.fail_next("nope");
        world.fails("splitw -t x");
        assert_eq!(world.ok("lsw -t x -F '#{window_layout}'"), before);
        assert_eq!(world.fails("splitw -l 5x -t x"), "size invalid: 5x");
        assert!(world.fails("splitw -I -t x").contains("-I is not offered"));
    }

    #[test]
    fn the_former_pane_is_last() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        world.ok("splitw -d -t x");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{pane_active}#{pane_last}'"), "%0 01\n%1 10\n%2 00\n");
    }
}
