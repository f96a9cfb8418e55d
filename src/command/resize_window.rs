//! `resize-window`: gives a window a size until a client takes over.

use super::prelude::*;

#[derive(Args)]
pub struct ResizeWindow {
    /// Columns
    #[arg(short = 'x', value_name = "COLS", value_parser = clap::value_parser!(u16).range(1..))]
    cols: Option<u16>,
    /// Rows
    #[arg(short = 'y', value_name = "ROWS", value_parser = clap::value_parser!(u16).range(1..))]
    rows: Option<u16>,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for ResizeWindow {
    const NAME: &'static str = "resize-window";
    const ALIAS: &'static [&'static str] = &["resizew"];
    const SUMMARY: &'static str = "Give a window a size, until a client attaches or is resized";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let id = call.window(self.target.as_deref())?;
        let size = call.state.window(id).map(|window| window.layout.size()).unwrap_or_default();
        let size = Size::new(self.cols.unwrap_or(size.cols), self.rows.unwrap_or(size.rows));
        call.state.resize_window(id, size);
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
        world.attach("x");
        assert_eq!(world.ok("display -p -t x '#{window_width}x#{window_height}'"), "80x24\n");
    }
}
