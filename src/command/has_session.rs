//! `has-session`: whether there is such a session.

use super::prelude::*;

#[derive(Args)]
pub struct HasSession {
    /// The session
    #[arg(short = 't', value_name = "SESSION")]
    target: Option<String>,
}

impl Command for HasSession {
    const NAME: &'static str = "has-session";
    const ALIAS: &'static [&'static str] = &["has"];
    const SUMMARY: &'static str = "Succeed if the session exists";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        call.session(self.target.as_deref()).map(|_| Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn a_beginning_will_do_unless_the_name_is_to_be_exact() {
        let mut world = World::new();
        world.ok("new -d -s worker");
        world.ok("has -t work");
        world.ok("has -t=worker");
        assert_eq!(world.fails("has -t=work"), "can't find session: work");
    }
}
