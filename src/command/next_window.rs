//! `next-window`: goes to the next window.

use super::prelude::*;

#[derive(Args)]
pub struct NextWindow {
    /// The next one in which something has been written or rang
    #[arg(short = 'a')]
    alert: bool,
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

impl Command for NextWindow {
    const NAME: &'static str = "next-window";
    const ALIAS: &'static [&'static str] = &["next"];
    const SUMMARY: &'static str = "Go to the next window";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        match self.alert {
            true => super::select_window::step_to_alert(call, self.target.as_deref(), 1),
            false => super::select_window::step(call, self.target.as_deref(), 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::PaneId;
    use crate::model::Event;

    #[test]
    fn windows_without_a_mark_are_passed_over() {
        let mut world = World::new();
        world.ok("new -d -s x ; neww -t x ; neww -t x ; neww -t x");
        assert_eq!(world.fails("next -a -t x"), "no next window");
        world.event(Event::PaneBell { pane: PaneId(1) });
        world.ok("prev -a -t x");
        assert_eq!(world.ok("display -p -t x '#{window_index}'"), "1\n");
        assert_eq!(world.fails("prev -a -t x"), "no previous window");
    }

    #[test]
    fn after_the_last_comes_the_first() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("neww -t x");
        world.ok("next -t x");
        assert_eq!(world.ok("display -p -t x '#{window_index}'"), "0\n");
    }
}
