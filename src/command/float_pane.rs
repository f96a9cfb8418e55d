//! `float-pane`: lets a pane float, or tile its window again.

use super::prelude::*;
use super::spot::SpotArgs;

#[derive(Args)]
pub struct FloatPane {
    #[command(flatten)]
    spot: SpotArgs,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for FloatPane {
    const NAME: &'static str = "float-pane";
    const ALIAS: &'static [&'static str] = &["floatp"];
    const SUMMARY: &'static str = "Let a pane float above the others, or tile its window again";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        let spot = self.spot.spot()?;
        let floats = call.state.window(call.window_of(pane)?).is_some_and(|window| window.float(pane).is_some());
        if floats {
            call.state.tile_pane(pane)?
        } else {
            call.state.float_pane(pane, spot)?
        }
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn there_and_back() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        assert_eq!(world.fails("floatp -t x"), "the only pane of a window cannot float");
        world.ok("splitw -h -t x");
        world.ok("floatp -x 30 -y 10 -X 5 -Y 3 -t %1");
        let panes = "lsp -t x -F '#{pane_id} #{pane_floating_flag} #{pane_x},#{pane_y} #{pane_width}x#{pane_height}'";
        assert_eq!(world.ok(panes), "%0 0 0,0 80x24\n%1 1 5,3 30x10\n");
        world.ok("floatp -t %1");
        assert_eq!(world.ok(panes), "%0 0 0,0 40x24\n%1 0 41,0 39x24\n");
        world.ok("breakp -W -s %1");
        assert_eq!(world.ok("display -p -t %1 '#{pane_floating_flag}'"), "1\n", "tmux's way");
        world.ok("joinp -s %1 -t %1");
        assert_eq!(world.ok("display -p -t %1 '#{pane_floating_flag}'"), "0\n");
    }
}
