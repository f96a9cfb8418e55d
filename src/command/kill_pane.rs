//! `kill-pane`: closes a pane.

use super::prelude::*;

#[derive(Args)]
pub struct KillPane {
    /// All panes of the window but this one
    #[arg(short = 'a')]
    others: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for KillPane {
    const NAME: &'static str = "kill-pane";
    const ALIAS: &'static [&'static str] = &["killp"];
    const SUMMARY: &'static str = "Close a pane and end its program";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.state.find_pane(self.target.as_deref(), call.origin, Purpose::Destroy)?;
        let panes = call.state.window(call.window_of(pane)?).map(Window::panes).unwrap_or_default();
        let meant = panes.into_iter().filter(|known| (*known == pane) != self.others);
        meant.for_each(|known| call.state.close_pane(known));
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_room_goes_back_to_the_neighbour() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24");
        world.ok("splitw -h -t x");
        assert_eq!(world.fails("killp"), "no current session");
        world.ok("killp -t %1");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{pane_width}'"), "%0 80\n");
    }
}
