//! `last-window`: goes to the window that was current before.

use super::prelude::*;

#[derive(Args)]
pub struct LastWindow {
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

impl Command for LastWindow {
    const NAME: &'static str = "last-window";
    const ALIAS: &'static [&'static str] = &["last"];
    const SUMMARY: &'static str = "Go to the window that was current before";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        select(call, self.target.as_deref())
    }
}

pub fn select(call: &mut Call<'_>, target: Option<&str>) -> Result<Answer> {
    let session = call.session(target)?;
    let last = call.state.session(session).and_then(Session::last);
    call.state.select_in(session, last.ok_or_else(|| Error::not_found("no last window"))?);
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn there_and_back() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("last -t x"), "no last window");
        world.ok("neww -t x");
        world.ok("last -t x");
        assert_eq!(world.ok("display -p -t x '#{window_index}'"), "0\n");
    }
}
