//! `move-pane`: moves a floating pane over its window; any other one, beside another, as `join-pane` does.

use super::beside::Beside;
use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("towards").args(["left", "right", "up", "down"]))]
pub struct MovePane {
    #[command(flatten)]
    beside: Beside,
    /// A floating one, to the left
    #[arg(short = 'L')]
    left: bool,
    /// A floating one, to the right
    #[arg(short = 'R')]
    right: bool,
    /// A floating one, upwards
    #[arg(short = 'U')]
    up: bool,
    /// A floating one, downwards
    #[arg(short = 'D')]
    down: bool,
    /// The column of a floating one's left side, or with `%` a part of the window
    #[arg(short = 'X', value_name = "COL")]
    col: Option<String>,
    /// The row of a floating one's upper side, or with `%` a part of the window
    #[arg(short = 'Y', value_name = "ROW")]
    row: Option<String>,
    /// A floating one above all others (front), or below them (back)
    #[arg(short = 'P', value_name = "ORDER", value_parser = ["front", "back"])]
    order: Option<String>,
    /// The pane that moves beside another; the marked one where none is given
    #[arg(short = 's', value_name = "PANE")]
    source: Option<String>,
    /// The pane that it comes to; or the floating one
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// By how many cells
    #[arg(value_name = "CELLS", default_value_t = 1)]
    by: u16,
}

impl Command for MovePane {
    const NAME: &'static str = "move-pane";
    const ALIAS: &'static [&'static str] = &["movep"];
    const SUMMARY: &'static str = "Move a floating pane, or a pane beside another";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let towards = direction(self.left, self.right, self.up, self.down);
        let placed = self.col.is_some() || self.row.is_some();
        let order = self.order.as_deref();
        if towards.is_none() && !placed && order.is_none() {
            return super::join_pane::join(call, self.source.as_deref(), self.target.as_deref(), &self.beside);
        }
        let pane = call.pane(self.target.as_deref())?;
        if placed {
            let said = |text: &Option<String>| text.as_deref().map(extent).transpose();
            call.state.put_float(pane, said(&self.col)?, said(&self.row)?)?;
        }
        if let Some(towards) = towards {
            call.state.move_float(pane, towards, self.by)?;
        }
        if let Some(order) = order {
            call.state.restack_float(pane, order == "front")?;
        }
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn a_floating_one_stays_within_its_window() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24 ; newp -x 20 -y 5 -X 10 -Y 4 -t x");
        let place = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("display -p -t %1 '#{pane_x},#{pane_y}'")
        };
        assert_eq!(place(&mut world, "movep -t %1 -R 5"), "15,4\n");
        assert_eq!(place(&mut world, "movep -t %1 -U"), "15,3\n");
        assert_eq!(place(&mut world, "movep -t %1 -L 100"), "1,3\n", "its frame is at the edge");
        assert_eq!(place(&mut world, "movep -t %1 -X 50% -Y 100"), "40,18\n");
        world.ok("resizew -t x -x 40 -y 10");
        assert_eq!(place(&mut world, "has -t x"), "19,4\n");
        world.ok("resizew -t x -x 80 -y 24");
        assert_eq!(place(&mut world, "has -t x"), "40,18\n", "where it was put");
        assert_eq!(world.fails("movep -R -t %0"), "pane %0 does not float");
    }

    #[test]
    fn its_size_changes_at_the_right_and_below() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24 ; newp -x 20 -y 5 -X 10 -Y 4 -t x");
        let size = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("display -p -t %1 '#{pane_x},#{pane_y} #{pane_width}x#{pane_height}'")
        };
        assert_eq!(size(&mut world, "resizep -t %1 -R 4"), "10,4 24x5\n");
        assert_eq!(size(&mut world, "resizep -t %1 -U 2"), "10,4 24x3\n");
        assert_eq!(size(&mut world, "resizep -t %1 -x 50% -y 90"), "10,1 40x22\n");
        assert_eq!(size(&mut world, "resizep -Z -t %1"), "0,0 80x24\n");
        assert_eq!(size(&mut world, "resizep -Z -t %1"), "10,1 40x22\n");
    }

    #[test]
    fn the_order_changes() {
        let mut world = World::new();
        world.ok("new -d -s x -x 80 -y 24 ; newp -t x ; newp -t x");
        world.attach("x");
        let order = |world: &mut World| world.shown().into_iter().map(|pane| pane.to_string()).collect::<Vec<_>>();
        assert_eq!(order(&mut world), ["%0", "%1", "%2"]);
        world.ok("movep -P front -t %1");
        assert_eq!(order(&mut world), ["%0", "%2", "%1"]);
        world.ok("movep -P back -t %1");
        assert_eq!(order(&mut world), ["%0", "%1", "%2"]);
    }
}
