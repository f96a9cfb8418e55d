//! `clear-history`: forgets what has scrolled off.

use super::prelude::*;

#[derive(Args)]
pub struct ClearHistory {
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for ClearHistory {
    const NAME: &'static str = "clear-history";
    const ALIAS: &'static [&'static str] = &["clearhist"];
    const SUMMARY: &'static str = "Forget the lines that have scrolled off";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        call.ask(Effect::ClearHistory { pane });
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::PaneId;
    use crate::model::Effect;

    #[test]
    fn the_pane_is_told() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("clearhist -t x");
        assert!(world.seen.contains(&Effect::ClearHistory { pane: PaneId(0) }));
    }
}
