//! `detach-client`: gives terminals back; sessions go on.

use super::prelude::*;

#[derive(Args)]
pub struct DetachClient {
    /// All but the one meant
    #[arg(short = 'a')]
    others: bool,
    /// Hang up the process that started it as well, as a shell that is to end with it
    #[arg(short = 'P')]
    hang_up: bool,
    /// All clients of this session
    #[arg(short = 's', value_name = "SESSION", conflicts_with = "target")]
    session: Option<String>,
    /// The client, by its terminal; the one at hand where none is given
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
}

impl Command for DetachClient {
    const NAME: &'static str = "detach-client";
    const ALIAS: &'static [&'static str] = &["detach"];
    const SUMMARY: &'static str = "Give a terminal back; its session goes on";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let clients: Vec<ClientId> = match &self.session {
            Some(session) => call.state.clients_of(call.session(Some(session))?),
            None => {
                let client = call.client(self.target.as_deref())?;
                let all = call.state.clients().map(|known| known.id);
                all.filter(|known| (*known == client) != self.others).collect()
            }
        };
        let own = call.own_client();
        if call.looks_on() && clients.iter().any(|client| Some(*client) != own) {
            return Err(Error::refused("this terminal is read-only: it can only detach itself"));
        }
        for client in clients {
            if self.hang_up {
                call.ask(Effect::HangUp { client });
            }
            call.state.detach(client);
        }
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn the_terminal_is_given_back_with_a_line() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("detach"), "no current client");
        let client = world.attach("x");
        world.ok("detach -s x");
        let text = "[detached (from session x)]".to_owned();
        assert!(world.seen.contains(&Effect::Leave { client, status: 0, text }));
    }
}
