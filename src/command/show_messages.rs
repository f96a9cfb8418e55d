//! `show-messages`: repeats what clients were told last.

use super::prelude::*;

#[derive(Args)]
pub struct ShowMessages {
    /// What is known of the clients' terminals instead: TERM, what they call themselves, what they can
    #[arg(short = 'T')]
    terminals: bool,
    /// The client, by its terminal; of all clients where none is given
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
}

impl Command for ShowMessages {
    const NAME: &'static str = "show-messages";
    const ALIAS: &'static [&'static str] = &["showmsgs"];
    const SUMMARY: &'static str = "Repeat the messages that were shown last";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if self.terminals {
            return Ok(Answer::Text(self.terminals(call)?));
        }
        let of = self.target.as_deref().map(|target| call.client(Some(target))).transpose()?;
        let name = of.and_then(|client| call.state.client(client)).map(|client| format!("{} ", client.name()));
        let lines = call.state.messages().iter();
        let lines = lines.filter(|(_, text)| name.as_ref().is_none_or(|name| text.starts_with(name)));
        Ok(Answer::Text(lines.map(|(at, text)| format!("{}: {text}\n", at.strftime("%H:%M:%S"))).collect()))
    }
}

impl ShowMessages {
    fn terminals(&self, call: &Call<'_>) -> Result<String> {
        let of = self.target.as_deref().map(|target| call.client(Some(target))).transpose()?;
        let clients = call.state.clients().filter(|client| of.is_none_or(|of| of == client.id));
        let or_unknown = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
        let line = |(number, client): (usize, &model::Client)| {
            let (name, features) = (or_unknown(&client.terminal), or_unknown(&client.features));
            format!("Terminal {number}: {} for {}: {name}; {features}\n", client.term, client.name())
        };
        Ok(clients.enumerate().map(line).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Event;

    #[test]
    fn what_was_shown_is_repeated_with_its_time() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.attach("x");
        world.ok("display 'look here'");
        let lines = world.ok("show-messages");
        assert!(lines.ends_with(" message: look here\n") && lines.as_bytes()[2] == b':', "{lines}");
        assert!(world.hint("show-messages -J").contains("mux ps"));
    }

    #[test]
    fn terminals_are_shown_as_far_as_they_are_known() {
        let mut world = World::new();
        world.ok("new -d -s x");
        let client = world.attach("x");
        assert!(world.ok("show-messages -T").ends_with(": unknown; unknown\n"));
        let (name, features) = ("XTerm(379)\x1b".to_owned(), "256,clipboard".to_owned());
        world.event(Event::ClientTerminal { client, name, features });
        let line = world.ok("show-messages -T");
        assert!(line.starts_with("Terminal 0: ") && line.ends_with(": XTerm(379); 256,clipboard\n"), "{line}");
        assert_eq!(
            world.ok("list-clients -F '#{client_termtype} #{client_termfeatures}'"),
            "XTerm(379) 256,clipboard\n"
        );
    }
}
