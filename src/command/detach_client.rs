//! `detach-client`: gives terminals back; sessions go on.

use super::prelude::*;

#[derive(Args)]
pub struct DetachClient {
    /// All but the one meant
    #[arg(short = 'a')]
    others: bool,
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
        let clients = match &self.session {
            Some(session) => call.state.clients_of(call.session(Some(session))?),
            None => {
                let client = call.client(self.target.as_deref())?;
                let all = call.state.clients().map(|known| known.id);
                all.filter(|known| (*known == client) != self.others).collect()
            }
        };
        clients.into_iter().for_each(|client| call.state.detach(client));
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
