//! `copy-mode`: reads back in a pane, in the client.

use super::prelude::*;

#[derive(Args)]
pub struct CopyMode {
    /// Start one page up
    #[arg(short = 'u')]
    page_up: bool,
    /// Start one page down
    #[arg(short = 'd')]
    page_down: bool,
    /// Leave when scrolled back to the end
    #[arg(short = 'e')]
    exit_at_end: bool,
    /// Leave copy mode
    #[arg(short = 'q')]
    quit: bool,
    /// Scroll without a mode: what is typed goes to the program and back to the live screen (with -u or -d)
    #[arg(short = 'w')]
    scroll: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for CopyMode {
    const NAME: &'static str = "copy-mode";
    const SUMMARY: &'static str = "Read back, search and copy";
    const PLACE: Place = Place::Client;

    fn run(self, _call: &mut Call<'_>) -> Result<Answer> {
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_client_does_it() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("copy-mode"), "no current client");
        world.attach("x");
        world.ok("copy-mode -u");
        assert_eq!(world.performed(), ["copy-mode", "-u"]);
    }
}
