//! `move-window`: gives a window another index, in its session or in another one.

use super::placing::Placing;
use super::prelude::*;

#[derive(Args)]
pub struct MoveWindow {
    #[command(flatten)]
    placing: Placing,
    /// Only close the gaps between the indexes of the session that -t names
    #[arg(short = 'r')]
    renumber: bool,
}

impl Command for MoveWindow {
    const NAME: &'static str = "move-window";
    const ALIAS: &'static [&'static str] = &["movew"];
    const SUMMARY: &'static str = "Give a window another index";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if self.renumber {
            let session = call.session(self.placing.target.as_deref())?;
            call.state.renumber_windows(session);
            return Ok(Answer::Done);
        }
        let (from, window) = call.link(self.placing.source.as_deref())?;
        let to = self.placing.destination(call)?;
        call.state.move_window(from, window, to)?;
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    const WINDOWS: &str = "lsw -a -F '#{session_name}#{window_index} #{window_name}#{window_flags}'";

    fn three() -> World {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("neww -t x -n two");
        world.ok("neww -t x -n three");
        world
    }

    #[test]
    fn to_a_free_index_or_in_place_of_another() {
        let mut world = three();
        world.ok("movew -s x:one -t x:7");
        assert_eq!(world.ok(WINDOWS), "x1 two\nx2 three-\nx7 one*\n");
        assert_eq!(world.fails("movew -s x:one -t x:1"), "index in use: 1");
        assert_eq!(world.fails("movew -s x:one -t x:7"), "same index: 7");
        world.ok("movew -k -s x:one -t x:1");
        assert_eq!(world.ok(WINDOWS), "x1 one*\nx2 three-\n");
        world.ok("movew -d -s x:one -t x:9");
        assert_eq!(world.ok(WINDOWS), "x2 three*\nx9 one\n");
        world.ok("movew -r -t x");
        assert_eq!(world.ok(WINDOWS), "x0 three*\nx1 one\n");
    }

    #[test]
    fn beside_another() {
        let mut world = three();
        world.ok("movew -b -s x:three -t x:one");
        assert_eq!(world.ok(WINDOWS), "x0 three*\nx1 one\nx2 two-\n");
        world.ok("movew -a -d -s x:two -t x:three");
        assert_eq!(world.ok(WINDOWS), "x0 three*\nx1 two\nx2 one-\n");
    }

    #[test]
    fn to_another_session_also_in_place_of_its_only_window() {
        let mut world = three();
        world.ok("new -d -s y -n four");
        world.ok("movew -k -s x:two -t y:0");
        assert_eq!(world.ok(WINDOWS), "x0 one-\nx2 three*\ny0 two*\n");
        world.ok("movew -d -s y:two -t x:");
        assert_eq!(world.ok(WINDOWS), "x0 one-\nx1 two\nx2 three*\n");
        assert_eq!(world.fails("has -t y"), "can't find session: y");
    }
}
