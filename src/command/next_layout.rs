//! `next-layout`: puts up the next preset.

use super::prelude::*;

#[derive(Args)]
pub struct NextLayout {
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for NextLayout {
    const NAME: &'static str = "next-layout";
    const ALIAS: &'static [&'static str] = &["nextl"];
    const SUMMARY: &'static str = "Arrange a window's panes by the next preset";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let window = call.window(self.target.as_deref())?;
        super::select_layout::step(call, window, true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn presets_go_round() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -v -t x");
        let mut seen = Vec::new();
        for _ in 0..6 {
            world.ok("nextl -t x");
            seen.push(world.ok("lsw -t x -F '#{window_layout}'"));
        }
        assert_ne!(seen[0], seen[1]);
        assert_eq!(seen[0], seen[5]);
    }
}
