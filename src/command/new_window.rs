//! `new-window`: opens a window.

use super::prelude::*;

#[derive(Args)]
pub struct NewWindow {
    /// Right behind the window that -t names
    #[arg(short = 'a')]
    after: bool,
    /// Do not make it the current one
    #[arg(short = 'd')]
    background: bool,
    /// Its name
    #[arg(short = 'n', value_name = "NAME")]
    name: Option<String>,
    /// Where its program starts
    #[arg(short = 'c', value_name = "DIR")]
    directory: Option<String>,
    /// A variable for its program
    #[arg(short = 'e', value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Print about the window
    #[arg(short = 'P')]
    print: bool,
    /// What -P prints
    #[arg(short = 'F', value_name = "FORMAT")]
    format: Option<String>,
    /// The session, or `session:index`
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
    /// What to run instead of a shell: one word is a shell's line, several are a program and its words
    #[arg(trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Command for NewWindow {
    const NAME: &'static str = "new-window";
    const ALIAS: &'static [&'static str] = &["neww"];
    const SUMMARY: &'static str = "Open a window";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = self.target.as_deref();
        let (session, index, after) = match self.after {
            true => {
                let window = call.window(target)?;
                let session = call.state.window(window).map(|window| window.session);
                (session.ok_or_else(|| Error::not_found("can't find window"))?, None, Some(window))
            }
            false => {
                let (session, index) = call.state.find_place(target, call.origin)?;
                (session, index, None)
            }
        };
        if let Some(name) = &self.name {
            names::check("window", name)?;
        }
        let program = call.program(self.command, self.directory.as_deref(), &self.env)?;
        let new = model::NewWindow { session, index, after, name: self.name, program, background: self.background };
        let pane = call.state.new_window(new, call.origin.now)?;
        Ok(call.after_start(pane, self.print, self.format, "#{session_name}:#{window_index}.#{pane_index}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn windows_take_free_indexes_or_the_one_asked_for() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.ok("neww -t x -PF '#{window_index}'"), "1\n");
        assert_eq!(world.ok("neww -t x:5 -P"), "x:5.0\n");
        assert_eq!(world.fails("neww -t x:5"), "index in use: 5");
        assert_eq!(world.ok("neww -a -t x:0 -n mid -PF '#{window_index}'"), "1\n");
        assert_eq!(world.ok("lsw -t x -F '#{window_index} #{window_name}'"), "0 sh\n1 mid\n2 sh\n5 sh\n");
    }

    #[test]
    fn one_that_cannot_start_is_taken_back() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.fail_next("not found");
        assert_eq!(world.fails("neww -t x nope"), "cannot start 'nope': not found");
        assert_eq!(world.ok("lsw -t x -F '#{window_index}'"), "0\n");
    }
}
