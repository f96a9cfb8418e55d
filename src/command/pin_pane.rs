//! `pin-pane`: keeps a floating pane in sight.

use super::prelude::*;

#[derive(Args)]
pub struct PinPane {
    /// It is no more pinned, whatever it was
    #[arg(short = 'u')]
    unpin: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for PinPane {
    const NAME: &'static str = "pin-pane";
    const ALIAS: &'static [&'static str] = &["pinp"];
    const SUMMARY: &'static str = "Keep a floating pane in sight whichever pane is active, or no more";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        call.state.pin_float(pane, self.unpin.then_some(false))?;
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn a_pinned_one_is_reached_like_those_that_are_seen() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24 ; newp -t x ; newp -t x");
        assert_eq!(world.fails("pinp -t %0"), "pane %0 does not float");
        world.ok("pinp -t %1 ; selectp -t %0 ; selectp -t :.+");
        assert_eq!(world.ok("display -p -t x '#{pane_id} #{pane_pinned_flag}'"), "%1 1\n");
        world.ok("pinp -u -t %1 ; selectp -t %0 ; selectp -t :.+");
        assert_eq!(world.ok("display -p -t x '#{pane_id}'"), "%0\n", "what is not seen is not gone to");
    }
}
