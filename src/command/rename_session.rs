//! `rename-session`: gives a session another name.

use super::prelude::*;

#[derive(Args)]
pub struct RenameSession {
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
    /// Its new name
    #[arg(value_name = "NAME")]
    name: String,
}

impl Command for RenameSession {
    const NAME: &'static str = "rename-session";
    const ALIAS: &'static [&'static str] = &["rename"];
    const SUMMARY: &'static str = "Give a session another name";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let session = call.session_to_change(self.target.as_deref())?;
        call.state.rename_session(session, &self.name).map(|()| Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn the_new_name_is_checked() {
        let mut world = World::new();
        world.ok("new -d -s a");
        world.ok("new -d -s b");
        assert_eq!(world.fails("rename -t a b"), "duplicate session: b");
        assert_eq!(world.fails("rename -t a ''"), "invalid session name: ");
        assert_eq!(world.fails("rename c"), "no current session", "none is guessed");
        world.ok("rename -t a c");
        world.ok("has -t=c");
    }
}
