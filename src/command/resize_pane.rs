//! `resize-pane`: moves a pane's borders, or shows it in the whole window.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["left", "right", "up", "down", "zoom"]))]
pub struct ResizePane {
    /// To the left
    #[arg(short = 'L')]
    left: bool,
    /// To the right
    #[arg(short = 'R')]
    right: bool,
    /// Upwards
    #[arg(short = 'U')]
    up: bool,
    /// Downwards
    #[arg(short = 'D')]
    down: bool,
    /// Columns, or with `%` a part of the window
    #[arg(short = 'x', value_name = "COLS")]
    cols: Option<String>,
    /// Rows, or with `%` a part of the window
    #[arg(short = 'y', value_name = "ROWS")]
    rows: Option<String>,
    /// Show it in the whole window, or all panes again
    #[arg(short = 'Z')]
    zoom: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// By how many cells
    #[arg(value_name = "CELLS", default_value_t = 1)]
    by: u16,
}

impl Command for ResizePane {
    const NAME: &'static str = "resize-pane";
    const ALIAS: &'static [&'static str] = &["resizep"];
    const SUMMARY: &'static str = "Move a pane's borders, or zoom it";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        if self.zoom {
            call.state.zoom(pane);
            return Ok(Answer::Done);
        }
        let window = call.window_of(pane)?;
        let size = call.state.window(window).map(|window| window.layout.size()).unwrap_or_default();
        let cols = self.cols.as_deref().map(|text| cells(text, size.cols)).transpose()?;
        let rows = self.rows.as_deref().map(|text| cells(text, size.rows)).transpose()?;
        let towards = direction(self.left, self.right, self.up, self.down);
        if call.state.window(window).is_some_and(|window| window.float(pane).is_some()) {
            call.state.size_float(pane, (cols, rows), towards, self.by)?;
            return Ok(Answer::Done);
        }
        call.state.change_layout(window, |layout| {
            cols.into_iter().for_each(|cols| layout.set_pane_size(pane, Axis::Horizontal, cols));
            rows.into_iter().for_each(|rows| layout.set_pane_size(pane, Axis::Vertical, rows));
            towards.into_iter().for_each(|towards| layout.resize_pane(pane, towards, self.by));
        });
        Ok(Answer::Done)
    }
}

fn cells(text: &str, whole: u16) -> Result<u16> {
    Ok(extent(text)?.of(whole))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn borders_move_and_zoom_toggles() {
        let mut world = World::new();
        world.ok("new -d -s x -x 81 -y 24");
        world.ok("splitw -h -t x");
        let widths = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("lsp -t x -F '#{pane_width}'")
        };
        assert_eq!(widths(&mut world, "resizep -t %0 -R 5"), "45\n35\n");
        assert_eq!(widths(&mut world, "resizep -t %0 -x 20"), "20\n60\n");
        assert_eq!(widths(&mut world, "resizep -Z -t %1"), "20\n81\n");
        assert_eq!(widths(&mut world, "resizep -Z -t %1"), "20\n60\n");
        assert_eq!(world.fails("resizep -x 1x -t %0"), "size invalid: 1x");
        assert!(world.fails("resizep -T -t %0").contains("-T is not offered"));
    }
}
