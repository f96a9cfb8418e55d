//! `select-window`: makes a window the current one.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["next", "previous", "last"]))]
pub struct SelectWindow {
    /// The next one
    #[arg(short = 'n')]
    next: bool,
    /// The previous one
    #[arg(short = 'p')]
    previous: bool,
    /// The one that was current before
    #[arg(short = 'l')]
    last: bool,
    /// The one that was current before, where the window is current already
    #[arg(short = 'T', conflicts_with = "which")]
    toggle: bool,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for SelectWindow {
    const NAME: &'static str = "select-window";
    const ALIAS: &'static [&'static str] = &["selectw"];
    const SUMMARY: &'static str = "Make a window the current one";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = self.target.as_deref();
        if self.next || self.previous {
            return step(call, target, if self.next { 1 } else { -1 });
        }
        if self.last {
            return super::last_window::select(call, target);
        }
        let (id, window) = call.link(target)?;
        let home = call.state.session(id);
        if self.toggle && home.is_some_and(|session| session.current == window) {
            let session = home.map(|session| session.id.to_string());
            return super::last_window::select(call, session.as_deref());
        }
        call.state.select_in(id, window);
        Ok(Answer::Done)
    }
}

/// Goes `by` windows further, round the end.
pub fn step(call: &mut Call<'_>, target: Option<&str>, by: i64) -> Result<Answer> {
    let session = call.session(target)?;
    let window = call.state.session(session).and_then(|session| session.beside(session.current, by));
    call.state.select_in(session, window.ok_or_else(|| Error::not_found("no such window"))?);
    Ok(Answer::Done)
}

/// As [`step`], to the first window on the way that has a mark of activity or bell.
pub fn step_to_alert(call: &mut Call<'_>, target: Option<&str>, by: i64) -> Result<Answer> {
    let id = call.session(target)?;
    let found = call.state.session(id).and_then(|session| {
        let marked = |id: &WindowId| session.alerts_of(*id).any();
        let count = i64::try_from(session.windows.len()).ok()?;
        (1..count).filter_map(|step| session.beside(session.current, by * step)).find(marked)
    });
    let none = || Error::not_found(if by > 0 { "no next window" } else { "no previous window" });
    let window = found.ok_or_else(|| none().hint("no other window has a mark"))?;
    call.state.select_in(id, window);
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn windows_are_found_by_index_name_and_specials() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("neww -t x -n two");
        world.ok("neww -t x -n three");
        let current = |world: &mut World, line: &str| {
            world.ok(line);
            world.ok("display -p -t x '#{window_name}'")
        };
        assert_eq!(current(&mut world, "selectw -t x:0"), "one\n");
        assert_eq!(current(&mut world, "selectw -t x:tw"), "two\n");
        assert_eq!(current(&mut world, "selectw -t x:!"), "one\n");
        assert_eq!(current(&mut world, "selectw -t x:-"), "three\n");
        assert_eq!(current(&mut world, "selectw -t x:^"), "one\n");
        assert_eq!(current(&mut world, "selectw -n -t x"), "two\n");
        assert_eq!(current(&mut world, "selectw -T -t x:0"), "one\n");
        assert_eq!(current(&mut world, "selectw -T -t x:0"), "two\n");
        assert_eq!(world.fails("selectw -t x:9"), "can't find window: 9");
        assert_eq!(world.fails("selectw -t x:t"), "ambiguous window: t, could be: two, three");
    }
}
