//! `join-pane`: moves a pane beside another, or a floating one back among those that tile its window.

use super::beside::Beside;
use super::prelude::*;

#[derive(Args)]
pub struct JoinPane {
    #[command(flatten)]
    beside: Beside,
    /// The pane that moves; the marked one where none is given
    #[arg(short = 's', value_name = "PANE")]
    source: Option<String>,
    /// The pane that it comes to
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for JoinPane {
    const NAME: &'static str = "join-pane";
    const ALIAS: &'static [&'static str] = &["joinp"];
    const SUMMARY: &'static str = "Move a pane beside another";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        join(call, self.source.as_deref(), self.target.as_deref(), &self.beside)
    }
}

pub fn join(call: &mut Call<'_>, source: Option<&str>, target: Option<&str>, beside: &Beside) -> Result<Answer> {
    let target = call.spot(target)?;
    let source = call.marked_or(source)?;
    let how = beside.split()?;
    let floats = call.state.window(call.window_of(source)?).is_some_and(|window| window.float(source).is_some());
    match source == target.pane && floats {
        true => call.state.tile_pane(source)?,
        false => call.state.join_pane(source, target.pane, target.session, how, beside.background)?,
    }
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn a_pane_comes_beside_another_and_its_empty_window_goes() {
        let mut world = World::new();
        world.ok("new -d -s x -x 81 -y 24");
        world.ok("neww -t x");
        world.ok("joinp -h -l 20 -s %1 -t %0");
        let panes = "lsp -s -t x -F '#{window_index} #{pane_id} #{pane_active} #{pane_width}x#{pane_height}'";
        assert_eq!(world.ok(panes), "0 %0 0 60x24\n0 %1 1 20x24\n");
        world.ok("movep -b -d -s %1 -t %0");
        assert_eq!(world.ok(panes), "0 %1 0 81x12\n0 %0 1 81x11\n");
        assert_eq!(world.fails("joinp -s %0 -t %0"), "source and target panes must be different");
        assert_eq!(world.fails("joinp -l 1x -s %0 -t %1"), "size invalid: 1x");
    }

    #[test]
    fn the_marked_one_comes_where_none_is_named() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("new -d -s y");
        world.ok("selectp -m -t %0");
        world.ok("joinp -t %1");
        assert_eq!(world.ok("lsp -a -F '#{session_name} #{pane_id}#{pane_marked}'"), "y %10\ny %01\n");
        assert_eq!(world.fails("has -t x"), "can't find session: x");
    }

    #[test]
    fn nothing_moves_where_there_is_no_room() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 2");
        world.ok("neww -t x");
        let before = world.ok("lsw -t x -F '#{window_layout}'");
        assert_eq!(world.fails("joinp -v -s %1 -t %0"), "create pane failed: pane too small");
        assert_eq!(world.ok("lsw -t x -F '#{window_layout}'"), before);
    }
}
