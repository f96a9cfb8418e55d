//! `suspend-client`: stops a client, as C-z stops a program at a shell.

use super::prelude::*;

#[derive(Args)]
pub struct SuspendClient {
    /// The client, by its terminal
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
}

impl Command for SuspendClient {
    const NAME: &'static str = "suspend-client";
    const ALIAS: &'static [&'static str] = &["suspendc"];
    const SUMMARY: &'static str = "Stop a client, until its shell continues it";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let client = call.client(self.target.as_deref())?;
        call.ask(Effect::Suspend { client });
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn the_client_is_told() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("suspendc"), "no current client");
        let client = world.attach("x");
        world.ok("suspendc");
        assert!(world.seen.contains(&Effect::Suspend { client }));
    }
}
