//! `swap-window`: exchanges two windows.

use super::prelude::*;

#[derive(Args)]
pub struct SwapWindow {
    /// Go to the place that -t names, and so with the window
    #[arg(short = 'd')]
    follow: bool,
    /// The one window; that of the marked pane where none is given
    #[arg(short = 's', value_name = "WINDOW")]
    source: Option<String>,
    /// The other window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for SwapWindow {
    const NAME: &'static str = "swap-window";
    const ALIAS: &'static [&'static str] = &["swapw"];
    const SUMMARY: &'static str = "Exchange two windows";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = call.link(self.target.as_deref())?;
        let source = match (&self.source, call.state.marked()) {
            (None, Some(marked)) => call.link(Some(&marked.to_string()))?,
            (source, _) => call.link(source.as_deref())?,
        };
        call.state.swap_windows(source, target, self.follow)?;
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    const WINDOWS: &str = "lsw -a -F '#{session_name}#{window_index} #{window_name}#{window_flags}'";

    #[test]
    fn the_index_stays_current_or_the_window_does() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("neww -t x -n two");
        world.ok("neww -t x -n three");
        world.ok("swapw -s x:three -t x:one");
        assert_eq!(world.ok(WINDOWS), "x0 three\nx1 two-\nx2 one*\n");
        world.ok("swapw -d -s x:one -t x:three");
        assert_eq!(world.ok(WINDOWS), "x0 one*\nx1 two\nx2 three-\n");
    }

    #[test]
    fn between_sessions() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("new -d -s y -n two -x 100 -y 30");
        world.ok("swapw -s x:one -t y:two");
        assert_eq!(world.ok(WINDOWS), "x0 two*\ny0 one*\n");
        assert_eq!(world.ok("lsw -a -F '#{window_width}'"), "80\n100\n");
    }
}
