//! `split-window`: opens a pane beside another.

use super::prelude::*;

#[derive(Args)]
pub struct SplitWindow {
    /// Side by side
    #[arg(short = 'h', conflicts_with = "vertical")]
    horizontal: bool,
    /// One above the other, as without a flag
    #[arg(short = 'v')]
    vertical: bool,
    /// The new pane comes left or above
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
    /// Where its program starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for its program
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Print about the pane
    #[arg(short = 'P')]
    print: bool,
    /// What -P prints
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// Show it in the whole window
    #[arg(short = 'Z')]
    zoom: bool,
    /// Not offered: an empty pane that shows standard input
    #[arg(short = 'I', hide = true)]
    input: bool,
    /// The pane to split
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// What to run instead of a shell: one word is a shell's line, several are a program and its words
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for SplitWindow {
    const NAME: &'static str = "split-window";
    const ALIAS: &'static [&'static str] = &["splitw"];
    const SUMMARY: &'static str = "Open a pane beside another";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if self.input {
            let error = Error::usage("split-window -I is not offered: a pane always has a program");
            return Err(error.hint("give `cat FILE` as its command, or `cat` to type into"));
        }
        let target = call.pane(self.target.as_deref())?;
        let size = match (&self.size, self.percent) {
            (Some(size), _) => Some(extent(size)?),
            (None, percent) => percent.map(Extent::Percent),
        };
        let axis = if self.horizontal { Axis::Horizontal } else { Axis::Vertical };
        let how = Split { axis, before: self.before, full: self.full, size };
        let program = call.program(self.command, self.directory.as_deref(), &self.env)?;
        let pane = call.state.split(target, how, self.background, program)?;
        if self.zoom {
            call.state.zoom(pane);
        }
        Ok(call.after_start(pane, self.print, self.format, "#{session_name}:#{window_index}.#{pane_index}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_window_is_divided_and_taken_back_when_nothing_starts() {
        let mut world = World::new();
        world.ok("new -d -s x -x 81 -y 24");
        assert_eq!(world.ok("splitw -h -t x -PF '#{pane_width} #{pane_active}'"), "40 1\n");
        let before = world.ok("lsw -t x -F '#{window_layout}'");
        world.fail_next("nope");
        world.fails("splitw -t x");
        assert_eq!(world.ok("lsw -t x -F '#{window_layout}'"), before);
        assert_eq!(world.fails("splitw -l 5x -t x"), "size invalid: 5x");
        assert!(world.fails("splitw -I -t x").contains("-I is not offered"));
    }

    #[test]
    fn the_former_pane_is_last() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("splitw -t x");
        world.ok("splitw -d -t x");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{pane_active}#{pane_last}'"), "%0 01\n%1 10\n%2 00\n");
    }
}
