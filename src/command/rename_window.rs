//! `rename-window`: gives a window a name that stays.

use super::prelude::*;

#[derive(Args)]
pub struct RenameWindow {
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
    /// Its new name
    #[arg(value_name = "NAME")]
    name: String,
}

impl Command for RenameWindow {
    const NAME: &'static str = "rename-window";
    const ALIAS: &'static [&'static str] = &["renamew"];
    const SUMMARY: &'static str = "Give a window a name that stays";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let window = match self.target.as_deref() {
            None => call.state.find_window(None, call.origin, Purpose::Destroy)?,
            target => call.window(target)?,
        };
        call.state.rename_window(window, &self.name).map(|()| Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::{PaneId, Timestamp};
    use crate::model::Event;

    #[test]
    fn a_given_name_no_longer_follows_the_program() {
        let mut world = World::new();
        world.ok("new -d -s x");
        let runs = |world: &mut World, name: &str| {
            world.state.apply(Event::PaneCommand { pane: PaneId(0), name: name.into() }, Timestamp(0));
            world.ok("display -p -t x '#{window_name}'")
        };
        assert_eq!(runs(&mut world, "vim"), "vim\n");
        world.ok("renamew -t x edit");
        assert_eq!(runs(&mut world, "less"), "edit\n");
    }
}
