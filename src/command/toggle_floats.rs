//! `toggle-floats`: shows a window's floating panes, or goes back below them.

use super::prelude::*;

#[derive(Args)]
pub struct ToggleFloats {
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for ToggleFloats {
    const NAME: &'static str = "toggle-floats";
    const SUMMARY: &'static str = "Show a window's floating panes, or go back below them";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let window = call.window(self.target.as_deref())?;
        if call.state.toggle_floats(window)? {
            return Ok(Answer::Done);
        }
        // There is none: here is one.
        let beside = call.state.window(window).map(|window| window.active);
        let beside = beside.ok_or_else(|| Error::not_found("can't find window"))?;
        let new = NewFloat {
            kind: FloatKind::Plain,
            spot: Spot::default(),
            framed: true,
            background: false,
            dress: Dress::default(),
        };
        let program = call.program(Vec::new(), None, &[])?;
        let pane = call.state.new_float(beside, new, program)?;
        Ok(call.after_start(pane, false, None, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn they_come_and_go_together_and_a_zoom_stays_below() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24 ; splitw -h -t x ; resizep -Z -t %0");
        let active = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("display -p -t x '#{pane_id} #{pane_floating_flag} #{window_zoomed_flag}'")
        };
        assert_eq!(active(&mut world, "toggle-floats -t x"), "%2 1 1\n");
        assert_eq!(world.ok("display -p -t %0 '#{pane_width}'"), "80\n");
        assert_eq!(active(&mut world, "toggle-floats -t x"), "%0 0 1\n");
        assert_eq!(active(&mut world, "toggle-floats -t x"), "%2 1 1\n");
        assert_eq!(active(&mut world, "selectp -t %1"), "%1 0 0\n");
    }
}
