//! `show-messages`: repeats what clients were told last.

use super::prelude::*;

#[derive(Args)]
pub struct ShowMessages {
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
        let of = self.target.as_deref().map(|target| call.client(Some(target))).transpose()?;
        let name = of.and_then(|client| call.state.client(client)).map(|client| format!("{} ", client.name()));
        let lines = call.state.messages().iter();
        let lines = lines.filter(|(_, text)| name.as_ref().is_none_or(|name| text.starts_with(name)));
        Ok(Answer::Text(lines.map(|(at, text)| format!("{}: {text}\n", at.strftime("%H:%M:%S"))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

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
}
