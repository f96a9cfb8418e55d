//! `kill-server`: ends everything.

use super::prelude::*;

#[derive(Args)]
pub struct KillServer {}

impl Command for KillServer {
    const NAME: &'static str = "kill-server";
    const SUMMARY: &'static str = "End all sessions and the server";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let clients: Vec<ClientId> = call.state.clients().map(|client| client.id).collect();
        for client in clients {
            call.ask(Effect::Leave { client, status: 0, text: "[server exited]".into() });
        }
        call.ask(Effect::Shutdown);
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn everybody_is_told() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("kill-server");
        assert!(
            world.seen.iter().any(|effect| matches!(effect, Effect::Leave { text, .. } if text == "[server exited]"))
        );
        assert_eq!(world.seen.last(), Some(&Effect::Shutdown));
    }
}
