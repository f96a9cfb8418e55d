//! `previous-layout`: puts up the previous preset.

use super::prelude::*;

#[derive(Args)]
pub struct PreviousLayout {
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for PreviousLayout {
    const NAME: &'static str = "previous-layout";
    const ALIAS: &'static [&'static str] = &["prevl"];
    const SUMMARY: &'static str = "Arrange a window's panes by the previous preset";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let window = call.window(self.target.as_deref())?;
        super::select_layout::step(call, window, false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn it_undoes_next_layout() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        world.ok("nextl -t x");
        let first = world.ok("lsw -t x -F '#{window_layout}'");
        world.ok("nextl -t x");
        world.ok("prevl -t x");
        assert_eq!(world.ok("lsw -t x -F '#{window_layout}'"), first);
    }
}
