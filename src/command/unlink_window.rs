//! `unlink-window`: takes a window out of a session.

use super::prelude::*;

#[derive(Args)]
pub struct UnlinkWindow {
    /// Close it where no other session has it
    #[arg(short = 'k')]
    kill: bool,
    /// The window, by its exact name, index or id
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for UnlinkWindow {
    const NAME: &'static str = "unlink-window";
    const ALIAS: &'static [&'static str] = &["unlinkw"];
    const SUMMARY: &'static str = "Take a window out of a session";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (session, window) = call.state.find_link(self.target.as_deref(), call.origin, Purpose::Destroy)?;
        call.state.unlink_window(session, window, self.kill)?;
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_last_link_stays_unless_it_is_to_be_closed() {
        let mut world = World::new();
        world.ok("new -d -s x -n one ; new -d -s y -n two ; linkw -s x:one -t y:3");
        world.ok("unlinkw -t y:3");
        assert_eq!(world.ok("lsw -a -F '#{session_name}#I #W#F'"), "x0 one*\ny0 two*\n");
        assert_eq!(world.fails("unlinkw -t x:one"), "window only linked to one session");
        assert_eq!(world.fails("unlinkw -t x:on"), "can't find window: on");
        world.ok("unlinkw -k -t x:one");
        assert_eq!(world.ok("ls -F '#{session_name}'"), "y\n");
    }

    #[test]
    fn a_session_goes_with_its_last_window_which_lives_on() {
        let mut world = World::new();
        world.ok("new -d -s x -n one ; new -d -s y -n two ; linkw -d -s x:one -t y:3");
        world.ok("unlinkw -t x:one");
        assert_eq!(world.ok("lsw -a -F '#{session_name}#I #W#F'"), "y0 two*\ny3 one\n");
    }
}
