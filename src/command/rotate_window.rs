//! `rotate-window`: lets panes change places in a round.

use super::prelude::*;

#[derive(Args)]
pub struct RotateWindow {
    /// Each takes the place of the one before, as without a flag
    #[arg(short = 'U', conflicts_with = "down")]
    up: bool,
    /// Each takes the place of the one behind
    #[arg(short = 'D')]
    down: bool,
    /// A zoom stays
    #[arg(short = 'Z')]
    keep_zoom: bool,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for RotateWindow {
    const NAME: &'static str = "rotate-window";
    const ALIAS: &'static [&'static str] = &["rotatew"];
    const SUMMARY: &'static str = "Let a window's panes change places in a round";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let window = call.window(self.target.as_deref())?;
        let place = call.state.window(window).and_then(|window| window.position(window.active));
        call.state.change_layout(window, |layout| layout.rotate(self.down));
        // The place stays the active one, whichever pane is there now.
        let pane = place.and_then(|place| call.state.window(window)?.panes().get(place).copied());
        pane.into_iter().for_each(|pane| call.state.select_pane(pane, self.keep_zoom));
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn there_and_back() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        world.ok("splitw -t x");
        world.ok("rotatew -t x");
        let order = world.ok("lsp -t x -F '#{pane_id}'");
        assert_ne!(order, "%0\n%1\n%2\n");
        world.ok("rotatew -D -t x");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id}'"), "%0\n%1\n%2\n");
        assert_eq!(world.ok("lsp -t x -F '#{pane_active}'"), "0\n0\n1\n", "the place is what is active");
    }
}
