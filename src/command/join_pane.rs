//! `join-pane`: moves a pane beside another. `move-pane` is its other name.

use super::prelude::*;

#[derive(Args)]
pub struct JoinPane {
    /// Side by side
    #[arg(short = 'h', conflicts_with = "vertical")]
    horizontal: bool,
    /// One above the other, as without a flag
    #[arg(short = 'v')]
    vertical: bool,
    /// It comes left of or above the other
    #[arg(short = 'b')]
    before: bool,
    /// Do not make it the active one
    #[arg(short = 'd')]
    background: bool,
    /// Along the whole window
    #[arg(short = 'f')]
    full: bool,
    /// Its size, in cells or with `%`
    #[arg(short = 'l', value_name = "SIZE")]
    size: Option<String>,
    /// Its size in percent
    #[arg(short = 'p', value_name = "PERCENT", conflicts_with = "size")]
    percent: Option<u8>,
    /// The pane that moves; the marked one where none is given
    #[arg(short = 's', value_name = "PANE")]
    source: Option<String>,
    /// The pane that it comes to
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for JoinPane {
    const NAME: &'static str = "join-pane";
    const ALIAS: &'static [&'static str] = &["joinp", "move-pane", "movep"];
    const SUMMARY: &'static str = "Move a pane beside another";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = call.pane(self.target.as_deref())?;
        let source = call.marked_or(self.source.as_deref())?;
        let size = match (&self.size, self.percent) {
            (Some(size), _) => Some(extent(size)?),
            (None, percent) => percent.map(Extent::Percent),
        };
        let axis = if self.horizontal { Axis::Horizontal } else { Axis::Vertical };
        let how = Split { axis, before: self.before, full: self.full, size };
        call.state.join_pane(source, target, how, self.background)?;
        Ok(Answer::Done)
    }
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
