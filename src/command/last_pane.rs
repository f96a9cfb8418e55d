//! `last-pane`: goes to the pane that was active before.

use super::prelude::*;

#[derive(Args)]
pub struct LastPane {
    /// A zoom stays
    #[arg(short = 'Z')]
    keep_zoom: bool,
    /// The window
    #[arg(short = 't', value_name = "WINDOW")]
    target: Option<String>,
}

impl Command for LastPane {
    const NAME: &'static str = "last-pane";
    const ALIAS: &'static [&'static str] = &["lastp"];
    const SUMMARY: &'static str = "Go to the pane that was active before";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        select(call, self.target.as_deref(), self.keep_zoom)
    }
}

pub fn select(call: &mut Call<'_>, target: Option<&str>, keep_zoom: bool) -> Result<Answer> {
    let window = call.window(target)?;
    let last = call.state.window(window).and_then(|window| window.recent.first().copied());
    call.state.select_pane(last.ok_or_else(|| Error::not_found("no last pane"))?, keep_zoom);
    Ok(Answer::Done)
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
    }
}
