//! `split-window`: opens a pane beside another.

use super::beside::Beside;
use super::opening::Opening;
use super::prelude::*;

#[derive(Args)]
pub struct SplitWindow {
    #[command(flatten)]
    beside: Beside,
    /// Show it in the whole window
    #[arg(short = 'Z')]
    zoom: bool,
    /// The pane to split
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    #[command(flatten)]
    opening: Opening,
}

impl Command for SplitWindow {
    const NAME: &'static str = "split-window";
    const ALIAS: &'static [&'static str] = &["splitw"];
    const SUMMARY: &'static str = "Open a pane beside another";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = call.pane(self.target.as_deref())?;
        let how = self.beside.split()?;
        let program = self.opening.program(call)?;
        let pane = call.state.split(target, how, self.beside.background, program)?;
        if self.zoom {
            call.state.zoom(pane);
        }
        Ok(self.opening.opened(call, pane))
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
