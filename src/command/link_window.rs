//! `link-window`: puts a window into one more session.

use super::placing::Placing;
use super::prelude::*;

#[derive(Args)]
pub struct LinkWindow {
    #[command(flatten)]
    placing: Placing,
}

impl Command for LinkWindow {
    const NAME: &'static str = "link-window";
    const ALIAS: &'static [&'static str] = &["linkw"];
    const SUMMARY: &'static str = "Put a window into one more session";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (from, window) = call.link(self.placing.source.as_deref())?;
        let to = self.placing.destination(call)?;
        call.state.link_window(from, window, to)?;
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    const WINDOWS: &str = "lsw -a -F '#{session_name}#{window_index} #{window_name}#{window_flags}'";

    fn two() -> World {
        let mut world = World::new();
        world.ok("new -d -s x -n one ; neww -d -t x -n two");
        world.ok("new -d -s y -n three");
        world
    }

    #[test]
    fn a_window_is_in_both_at_an_index_of_each() {
        let mut world = two();
        world.ok("linkw -d -s x:two -t y:7");
        assert_eq!(world.ok(WINDOWS), "x0 one*\nx1 two\ny0 three*\ny7 two\n");
        assert_eq!(world.fails("linkw -s x:one -t y:7"), "index in use: 7");
        assert_eq!(world.fails("linkw -s x:two -t y:8"), "window is there already: y:7");
        let about = "#{window_linked}#{window_linked_sessions} #{window_linked_sessions_list}";
        assert_eq!(world.ok(&format!("lsw -t y -F '{about}'")), "01 y\n12 x,y\n");
        world.ok("renamew -t y:7 both ; splitw -t y:7");
        assert_eq!(world.ok("lsw -t x -F '#W #{window_panes}'"), "one 1\nboth 2\n");
        world.ok("linkw -b -s x:one -t y:three");
        assert_eq!(world.ok("lsw -t y -F '#I #W#F'"), "0 one*\n1 three-\n7 both\n");
    }

    #[test]
    fn what_has_the_index_is_only_taken_out_where_others_have_it() {
        let mut world = two();
        world.ok("new -d -s z -n four ; linkw -d -s z:four -t y:1");
        world.ok("linkw -k -d -s x:two -t y:1");
        assert_eq!(world.ok(WINDOWS), "x0 one*\nx1 two\ny0 three*\ny1 two\nz0 four*\n");
        world.ok("linkw -k -s x:one -t y:0");
        assert_eq!(world.ok(WINDOWS), "x0 one*\nx1 two\ny0 one*\ny1 two\nz0 four*\n", "three is closed");
    }

    #[test]
    fn a_window_closes_in_all_sessions_and_they_with_their_last() {
        let mut world = two();
        world.ok("linkw -k -s x:two -t y:0");
        assert_eq!(world.ok(WINDOWS), "x0 one*\nx1 two\ny0 two*\n");
        world.ok("killw -t x:two");
        assert_eq!(world.ok(WINDOWS), "x0 one*\n");
        assert_eq!(world.fails("has -t y"), "can't find session: y");
    }

    #[test]
    fn the_end_of_a_session_leaves_the_window_to_the_other() {
        let mut world = two();
        world.ok("linkw -d -s x:two -t y:1");
        world.ok("kill-session -t x");
        assert_eq!(world.ok(WINDOWS), "y0 three*\ny1 two\n");
        assert_eq!(world.ok("lsw -t y:two -F '#{window_linked_sessions}'"), "1\n1\n");
        world.ok("splitw -t y:1 ; neww -t y -n more");
        assert_eq!(world.ok("lsp -s -t y -F '#I.#P'"), "0.0\n1.0\n1.1\n2.0\n");
    }

    #[test]
    fn marks_are_of_each_session() {
        use crate::base::{PaneId, Timestamp};
        use crate::model::Event;
        let mut world = two();
        world.ok("linkw -d -s x:two -t y:1 ; selectw -t x:two");
        world.state.apply(Event::PaneBell { pane: PaneId(1) }, Timestamp(1));
        assert_eq!(world.ok(WINDOWS), "x0 one-\nx1 two*\ny0 three*\ny1 two!\n");
        world.ok("selectw -t y:1 ; selectw -t y:0");
        assert_eq!(world.ok(WINDOWS), "x0 one-\nx1 two*\ny0 three*\ny1 two-\n");
    }

    #[test]
    fn moving_and_swapping_go_by_the_session_that_is_named() {
        let mut world = two();
        world.ok("linkw -d -s x:two -t y:5");
        world.ok("movew -d -s y:5 -t y:1");
        assert_eq!(world.ok(WINDOWS), "x0 one*\nx1 two\ny0 three*\ny1 two\n");
        world.ok("swapw -s y:1 -t x:0");
        assert_eq!(world.ok("lsw -a -F '#{session_name}#I #W'"), "x0 two\nx1 one\ny0 three\ny1 one\n");
        assert_eq!(world.fails("movew -s x:1 -t y:"), "window is there already: y:1");
        world.ok("movew -d -s x:0 -t y:");
        assert_eq!(world.ok("lsw -a -F '#{session_name}#I #W'"), "x1 one\ny0 three\ny1 one\ny2 two\n");
    }
}
