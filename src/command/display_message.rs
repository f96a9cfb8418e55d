//! `display-message`: expands a format and shows or prints it.

use super::prelude::*;

#[derive(Args)]
pub struct DisplayMessage {
    /// Print it
    #[arg(short = 'p')]
    print: bool,
    /// Print all variables with their values
    #[arg(short = 'a', conflicts_with = "message")]
    all: bool,
    /// The text is shown as it is
    #[arg(short = 'l')]
    literal: bool,
    /// Keys do not take it away, as they never do while `display-time` is not 0
    #[arg(short = 'N')]
    keyless: bool,
    /// The text, in another way
    #[arg(short = 'F', value_name = "FORMAT", conflicts_with = "message")]
    format: Option<String>,
    /// The client that shows it, by its terminal
    #[arg(short = 'c', value_name = "CLIENT")]
    client: Option<String>,
    /// The pane that it is about
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// The text; what strftime(3) knows is filled in first
    #[arg(value_name = "FORMAT")]
    message: Option<String>,
}

const USUAL: &str = "[#{session_name}] #{window_index}:#{window_name}, current pane #{pane_index} - (%H:%M %d-%b-%y)";

impl Command for DisplayMessage {
    const NAME: &'static str = "display-message";
    const ALIAS: &'static [&'static str] = &["display"];
    const SUMMARY: &'static str = "Show or print a text with formats";
    const REPEATABLE: bool = true;
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = match &self.target {
            None => call.spot(None).ok(),
            Some(target) => Some(call.spot(Some(target))?),
        };
        let client = self
            .client
            .as_deref()
            .map_or_else(|| call.client(None).ok().map(Ok), |client| Some(call.client(Some(client))))
            .transpose()?;
        let about_all = self.all.then(every_variable);
        let template = about_all.as_deref().or(self.message.as_deref()).or(self.format.as_deref()).unwrap_or(USUAL);
        let template = if template.contains('%') { call.origin.now.strftime(template) } else { template.to_owned() };
        let text = match client {
            Some(client) => {
                // Which window and pane are current is that client's, where it is asked about.
                let about = pane.filter(|_| self.target.is_some() || self.client.is_none());
                let origin = call.origin;
                call.state.with_eyes_of(client, |state| {
                    let lens = state.lens(origin.now).facts(&origin.facts).client(client);
                    format::expand(&template, &about.map_or(lens, |spot| lens.spot(spot)))
                })
            }
            None => format::expand(&template, &pane.map_or_else(|| call.lens(), |spot| call.lens().spot(spot))),
        };
        let text = if self.literal { self.message.clone().unwrap_or_default() } else { text };
        if self.print || self.all {
            return Ok(Answer::Text(text + "\n"));
        }
        let client = client.ok_or_else(|| Error::refused("no current client").hint("-p prints it"))?;
        call.ask(Effect::Message { client, text, error: false });
        Ok(Answer::Done)
    }
}

/// A template with a line for each variable.
fn every_variable() -> String {
    let lines: Vec<String> = model::VARS.iter().map(|(name, _)| format!("{name}=#{{{name}}}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    #[test]
    fn it_is_printed_or_shown() {
        let mut world = World::new();
        assert_eq!(world.ok("display -p '#{version}'"), "test\n");
        world.ok("new -d -s x");
        assert!(world.ok("display -a -t x").contains("\nsession_name=x\n"));
        assert_eq!(world.ok("display -p -l '#S'"), "#S\n");
        assert_eq!(world.ok("display -p -F '#S'"), "x\n");
        assert_eq!(world.fails("display hello"), "no current client");
        let client = world.attach("x");
        world.ok("display 'on #{session_name}'");
        assert!(world.seen.contains(&Effect::Message { client, text: "on x".into(), error: false }));
    }
}
