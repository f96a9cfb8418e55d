//! `resize-window`: gives a window a size until a client takes over.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["left", "right", "up", "down", "largest", "smallest"]))]
pub struct ResizeWindow {
    /// As large as the largest terminal of its sessions
    #[arg(short = 'A')]
    largest: bool,
    /// As small as the smallest
    #[arg(short = 'a')]
    smallest: bool,
    /// Narrower
    #[arg(short = 'L')]
    left: bool,
    /// Wider
    #[arg(short = 'R')]
    right: bool,
    /// Less high
    #[arg(short = 'U')]
    up: bool,
    /// Higher
    #[arg(short = 'D')]
    down: bool,
    /// Columns
    #[arg(short = 'x', value_name = "COLS", value_parser = clap::value_parser!(u16).range(1..))]
    cols: Option<u16>,
    /// Rows
    #[arg(short = 'y', value_name = "ROWS", value_parser = clap::value_parser!(u16).range(1..))]
    rows: Option<u16>,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
    /// By how many cells
    #[arg(value_name = "CELLS", default_value_t = 1)]
    by: u16,
}

impl Command for ResizeWindow {
    const NAME: &'static str = "resize-window";
    const ALIAS: &'static [&'static str] = &["resizew"];
    const SUMMARY: &'static str = "Give a window a size, until a client attaches or is resized";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let id = call.window(self.target.as_deref())?;
        let size = call.state.window(id).map(|window| window.layout.size()).unwrap_or_default();
        let size = Size::new(self.cols.unwrap_or(size.cols), self.rows.unwrap_or(size.rows));
        let towards = direction(self.left, self.right, self.up, self.down);
        let size = match towards {
            Some(Direction::Left) => Size::new(size.cols.saturating_sub(self.by), size.rows),
            Some(Direction::Right) => Size::new(size.cols.saturating_add(self.by), size.rows),
            Some(Direction::Up) => Size::new(size.cols, size.rows.saturating_sub(self.by)),
            Some(Direction::Down) => Size::new(size.cols, size.rows.saturating_add(self.by)),
            None => size,
        };
        let room = (self.largest || self.smallest).then(|| call.state.extreme_room(id, self.largest)).flatten();
        call.state.resize_window(id, room.unwrap_or(size));
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_size_holds_until_a_client_comes() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("resizew -t x -x 50 -y 10");
        assert_eq!(world.ok("display -p -t x '#{window_width}x#{window_height}'"), "50x10\n");
        assert!(world.fails("resizew -t x -x 0").contains("0"));
        world.ok("resizew -R -t x 5 ; resizew -U -t x");
        assert_eq!(world.ok("display -p -t x '#{window_width}x#{window_height}'"), "55x9\n");
        world.attach("x");
        assert_eq!(world.ok("display -p -t x '#{window_width}x#{window_height}'"), "80x24\n");
    }
}
