//! `new-window`: opens a window.

use super::opening::Opening;
use super::prelude::*;

#[derive(Args)]
pub struct NewWindow {
    /// Right behind the window that -t names
    #[arg(short = 'a')]
    after: bool,
    /// Right before it
    #[arg(short = 'b', conflicts_with = "after")]
    before: bool,
    /// Close the window that has the index
    #[arg(short = 'k')]
    replace: bool,
    /// Only make the window current that has the name of -n, where there is one
    #[arg(short = 'S', requires = "name")]
    select: bool,
    /// Do not make it the current one
    #[arg(short = 'd')]
    background: bool,
    /// Its name
    #[arg(short = 'n', value_name = "NAME")]
    name: Option<String>,
    /// The session, or `session:index`
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
    #[command(flatten)]
    opening: Opening,
}

impl Command for NewWindow {
    const NAME: &'static str = "new-window";
    const ALIAS: &'static [&'static str] = &["neww"];
    const SUMMARY: &'static str = "Open a window";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = self.target.as_deref();
        if self.select
            && let Some((session, window)) = self.named(call)?
        {
            if !self.background {
                call.state.select_in(session, window);
            }
            return Ok(Answer::Done);
        }
        let (session, index, after) = match self.after || self.before {
            true => {
                let (session, window) = call.link(target)?;
                (session, None, Some(window))
            }
            false => {
                let (session, index) = call.state.find_place(target, call.origin)?;
                (session, index, None)
            }
        };
        if let Some(name) = &self.name {
            names::check("window", name)?;
        }
        let program = self.opening.program(call)?;
        let new = model::NewWindow {
            index,
            after,
            before: self.before,
            replace: self.replace,
            name: self.name,
            background: self.background,
            ..model::NewWindow::of(session, program)
        };
        let pane = call.state.new_window(new, call.origin.now)?;
        Ok(self.opening.opened(call, pane))
    }
}

impl NewWindow {
    /// The one window of the session that has the name.
    fn named(&self, call: &Call<'_>) -> Result<Option<(SessionId, WindowId)>> {
        let (session, _) = call.state.find_place(self.target.as_deref(), call.origin)?;
        let all = call.state.windows_of(session).into_iter();
        let named: Vec<WindowId> = all
            .filter(|(_, window)| self.name.as_ref().is_some_and(|name| *name == window.name))
            .map(|(_, window)| window.id)
            .collect();
        match named.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some((session, *only))),
            _ => Err(Error::conflict(format!("multiple windows named {}", self.name.as_deref().unwrap_or_default()))),
        }
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
    fn before_another_in_its_place_or_the_one_of_that_name() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("neww -b -t x:0 -n zero");
        let listed = |world: &mut World| world.ok("lsw -t x -F '#I #W#F'");
        assert_eq!(listed(&mut world), "0 zero*\n1 one-\n");
        world.ok("neww -k -d -t x:1 -n two");
        assert_eq!(listed(&mut world), "0 zero*\n1 two\n");
        world.ok("neww -S -t x -n two");
        assert_eq!(listed(&mut world), "0 zero-\n1 two*\n");
        world.ok("neww -S -t x -n three");
        assert_eq!(listed(&mut world), "0 zero\n1 two-\n2 three*\n");
        world.ok("neww -t x -n two");
        assert_eq!(world.fails("neww -S -t x -n two"), "multiple windows named two");
        world.ok("new -d -s y ; neww -k -t y:0 -n only");
        assert_eq!(world.ok("lsw -t y -F '#I #W'"), "0 only\n");
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
