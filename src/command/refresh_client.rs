//! `refresh-client`: draws a terminal anew.

use super::prelude::*;

#[derive(Args)]
pub struct RefreshClient {
    /// Only set flags of this client, with commas between them: read-only, ignore-size, follow; ! takes one away
    #[arg(short = 'f', value_name = "FLAGS")]
    flags: Option<String>,
    /// Only the status line; all of it is drawn
    #[arg(short = 'S')]
    status: bool,
    /// The client, by its terminal
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
}

impl Command for RefreshClient {
    const NAME: &'static str = "refresh-client";
    const ALIAS: &'static [&'static str] = &["refresh"];
    const SUMMARY: &'static str = "Draw a terminal anew";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let client = call.client(self.target.as_deref())?;
        if let Some(list) = &self.flags {
            may_unlock(call)?;
            let flags = call.state.client(client).map(|client| client.flags).unwrap_or_default();
            call.state.set_flags(client, flags.read(list)?);
            return Ok(Answer::Done);
        }
        call.ask(Effect::Refresh { client });
        if !self.status {
            call.ask(Effect::Perform { client, argv: vec!["refresh-client".into()] });
        }
        Ok(Answer::Done)
    }
}

/// Who looks on only does not help himself to more.
pub fn may_unlock(call: &Call<'_>) -> Result<()> {
    match call.looks_on() {
        true => Err(Error::refused("this terminal is read-only").hint("another one may take that from it")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn the_client_is_sent_everything() {
        let mut world = World::new();
        world.ok("new -d -s x");
        let client = world.attach("x");
        world.ok("refresh -S");
        assert!(world.seen.contains(&Effect::Refresh { client }));
    }
}
