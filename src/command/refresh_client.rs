//! `refresh-client`: draws a terminal anew.

use super::prelude::*;

#[derive(Args)]
pub struct RefreshClient {
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
        call.ask(Effect::Refresh { client });
        if !self.status {
            call.ask(Effect::Perform { client, argv: vec!["refresh-client".into()] });
        }
        Ok(Answer::Done)
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
