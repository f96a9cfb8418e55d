//! `next-window`: goes to the next window.

use super::prelude::*;

#[derive(Args)]
pub struct NextWindow {
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

impl Command for NextWindow {
    const NAME: &'static str = "next-window";
    const ALIAS: &'static [&'static str] = &["next"];
    const SUMMARY: &'static str = "Go to the next window";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        super::select_window::step(call, self.target.as_deref(), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn after_the_last_comes_the_first() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("neww -t x");
        world.ok("next -t x");
        assert_eq!(world.ok("display -p -t x '#{window_index}'"), "0\n");
    }
}
