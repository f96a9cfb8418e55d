//! `previous-window`: goes to the previous window.

use super::prelude::*;

#[derive(Args)]
pub struct PreviousWindow {
    /// The previous one in which something has been written or rang
    #[arg(short = 'a')]
    alert: bool,
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

impl Command for PreviousWindow {
    const NAME: &'static str = "previous-window";
    const ALIAS: &'static [&'static str] = &["prev"];
    const SUMMARY: &'static str = "Go to the previous window";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        match self.alert {
            true => super::select_window::step_to_alert(call, self.target.as_deref(), -1),
            false => super::select_window::step(call, self.target.as_deref(), -1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn before_the_first_comes_the_last() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("neww -d -t x");
        world.ok("prev -t x");
        assert_eq!(world.ok("display -p -t x '#{window_index}'"), "1\n");
    }
}
