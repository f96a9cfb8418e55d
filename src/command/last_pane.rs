//! `last-pane`: goes to the pane that was active before.

use super::prelude::*;

#[derive(Args)]
pub struct LastPane {
    /// A zoom stays
    #[arg(short = 'Z')]
    keep_zoom: bool,
    /// Nothing that is typed reaches it from now on; it does not become the active one
    #[arg(short = 'd', conflicts_with = "input_on")]
    input_off: bool,
    /// What is typed reaches it again; it does not become the active one
    #[arg(short = 'e')]
    input_on: bool,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for LastPane {
    const NAME: &'static str = "last-pane";
    const ALIAS: &'static [&'static str] = &["lastp"];
    const SUMMARY: &'static str = "Go to the pane that was active before";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let target = self.target.as_deref();
        if self.input_on || self.input_off {
            let last = last(call, target)?;
            call.state.set_input(last, self.input_on);
            return Ok(Answer::Done);
        }
        select(call, target, self.keep_zoom)
    }
}

pub fn select(call: &mut Call<'_>, target: Option<&str>, keep_zoom: bool) -> Result<Answer> {
    let last = last(call, target)?;
    call.select_pane(last, keep_zoom)
}

fn last(call: &Call<'_>, target: Option<&str>) -> Result<PaneId> {
    let window = call.window(target)?;
    let last = call.state.window(window).and_then(|window| window.recent.first().copied());
    last.ok_or_else(|| Error::not_found("no last pane"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn there_and_back() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("lastp -t x"), "no last pane");
        world.ok("splitw -t x");
        world.ok("lastp -t x");
        assert_eq!(world.ok("display -p -t x '#{pane_id}'"), "%0\n");
        world.ok("lastp -d -t x");
        assert_eq!(world.ok("lsp -t x -F '#{pane_id} #{pane_input_off} #{pane_active}'"), "%0 0 1\n%1 1 0\n");
        world.ok("lastp -e -t x");
        assert_eq!(world.ok("display -p -t %1 '#{pane_input_off}'"), "0\n");
    }
}
