//! `kill-window`: closes a window.

use super::prelude::*;

#[derive(Args)]
pub struct KillWindow {
    /// All windows of the session but this one
    #[arg(short = 'a')]
    others: bool,
    /// The window, by its exact name, index or id
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for KillWindow {
    const NAME: &'static str = "kill-window";
    const ALIAS: &'static [&'static str] = &["killw"];
    const SUMMARY: &'static str = "Close a window and end its programs";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (session, window) = call.state.find_link(self.target.as_deref(), call.origin, Purpose::Destroy)?;
        let session = call.state.session(session);
        let all: Vec<WindowId> = session.map(|session| session.windows.values().copied().collect()).unwrap_or_default();
        let meant = all.into_iter().filter(|known| (*known == window) != self.others);
        meant.for_each(|known| call.state.close_window(known));
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_last_window_takes_the_session_along() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("neww -t x -n two");
        assert_eq!(world.fails("killw -t x:tw"), "can't find window: tw");
        assert_eq!(world.fails("killw"), "no current session");
        world.ok("killw -t x:two");
        assert_eq!(world.ok("display -p -t x '#{window_name}'"), "one\n");
        world.ok("killw -t x:one");
        assert_eq!(world.fails("ls"), "no sessions");
    }
}
