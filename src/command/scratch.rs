//! `scratch`: the session's scratch terminal, which comes and goes.

use super::prelude::*;
use crate::config::Length;

#[derive(Args)]
pub struct Scratch {
    /// Its columns when it is made, or with `%` a part of the window; as scratch-size says where none are given
    #[arg(short = 'x', value_name = "COLS")]
    cols: Option<String>,
    /// Its rows, the same
    #[arg(short = 'y', value_name = "ROWS")]
    rows: Option<String>,
    /// Where its program starts when it is made
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for its program
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// The window that it comes to
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
    /// What to run instead of a shell when it is made
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for Scratch {
    const NAME: &'static str = "scratch";
    const SUMMARY: &'static str = "Show the session's scratch terminal, or put it away";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let window = call.window(self.target.as_deref())?;
        let (session, beside) = call
            .state
            .window(window)
            .map(|window| (window.session, window.base()))
            .ok_or_else(|| Error::not_found("can't find window"))?;
        if let Some(scratch) = call.state.scratch_of(session) {
            call.state.toggle_scratch(scratch, window)?;
            return Ok(Answer::Done);
        }
        let usual = call.state.session_options(session).scratch_size;
        let length = |said: Option<&str>, usual: Length| match (said, usual) {
            (Some(said), _) => extent(said),
            (None, Length::Cells(cells)) => Ok(Extent::Cells(cells)),
            (None, Length::Percent(percent)) => Ok(Extent::Percent(percent)),
        };
        let spot = Spot {
            cols: Some(length(self.cols.as_deref(), usual.cols)?),
            rows: Some(length(self.rows.as_deref(), usual.rows)?),
            ..Spot::default()
        };
        let dress = Dress { title: "scratch".to_owned(), ..Dress::default() };
        let new = NewFloat { kind: FloatKind::Scratch, spot, framed: true, background: false, dress };
        let program = call.program(self.command, self.directory.as_deref(), &self.env)?;
        let pane = call.state.new_float(beside, new, program)?;
        Ok(call.after_start(pane, false, None, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn one_for_a_session_that_comes_along() {
        let mut world = World::new();
        world.ok("new -d -s x -x 100 -y 40 ; splitw -t x");
        world.ok("set -g scratch-size 50%x10");
        let active = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("display -p -t x '#{pane_id} #{pane_scratch_flag} #{pane_width}x#{pane_height}'")
        };
        assert_eq!(active(&mut world, "scratch -t x"), "%2 1 50x10\n");
        assert_eq!(active(&mut world, "scratch -t x"), "%1 0 100x19\n");
        assert_eq!(active(&mut world, "selectp -t :.+"), "%0 0 100x20\n", "it is put away");
        assert_eq!(active(&mut world, "neww -t x ; scratch -t x"), "%2 1 50x10\n", "the same one");
        assert_eq!(world.ok("lsp -s -t x -F '#{window_index} #{pane_id}'"), "0 %0\n0 %1\n1 %3\n1 %2\n");
        assert_eq!(active(&mut world, "killp -t %2 ; scratch -t x -x 20 -y 5"), "%4 1 20x5\n");
        assert!(world.fails("set -g scratch-size 5").contains("expected columns and rows like 80x24 or 60%x50%"));
    }
}
