//! `send-keys`: types into a pane.

use super::prelude::*;

#[derive(Args)]
pub struct SendKeys {
    /// The words are text, not names of keys
    #[arg(short = 'l', conflicts_with = "hex")]
    literal: bool,
    /// The words are bytes in hexadecimal
    #[arg(short = 'H')]
    hex: bool,
    /// How many times
    #[arg(short = 'N', value_name = "TIMES", default_value_t = 1)]
    times: u32,
    /// The words are a command of copy mode, for an attached client
    #[arg(short = 'X')]
    copy_mode: bool,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// Names of keys (`C-c`, `Enter`); what is none is typed as it is
    #[arg(trailing_var_arg = true, value_name = "KEY")]
    keys: Vec<String>,
}

impl Command for SendKeys {
    const NAME: &'static str = "send-keys";
    const ALIAS: &'static [&'static str] = &["send"];
    const SUMMARY: &'static str = "Type into a pane";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        if self.copy_mode {
            return in_client(call, pane);
        }
        if self.times > limits::MAX_REPEAT {
            return Err(Error::usage(format!("-N is at most {}", limits::MAX_REPEAT)));
        }
        if call.state.pane(pane).is_some_and(|pane| pane.dead().is_some()) {
            return Err(
                Error::refused(format!("pane {pane} is dead")).hint("`mux respawn-pane` starts its program again")
            );
        }
        let inputs = self.inputs()?;
        for _ in 0..self.times {
            inputs.iter().for_each(|input| call.state.give_input(pane, input.clone()));
        }
        Ok(Answer::Done)
    }
}

impl SendKeys {
    fn inputs(&self) -> Result<Vec<Input>> {
        if self.literal {
            return Ok(vec![Input::Bytes(self.keys.concat().into_bytes())]);
        }
        if self.hex {
            let byte = |word: &String| {
                u8::from_str_radix(word, 16).map_err(|_| Error::usage(format!("not a byte in hexadecimal: {word}")))
            };
            return self.keys.iter().map(byte).collect::<Result<_>>().map(|bytes| vec![Input::Bytes(bytes)]);
        }
        let input = |word: &String| word.parse().map_or_else(|_| Input::Bytes(word.clone().into_bytes()), Input::Key);
        Ok(self.keys.iter().filter(|word| !word.is_empty()).map(input).collect())
    }
}

/// Copy mode is the client's: the one that shows the pane is asked.
fn in_client(call: &mut Call<'_>, pane: PaneId) -> Result<Answer> {
    let session = call.state.home_of(pane).map(|(session, _)| session);
    let client = call.own_client().or_else(|| call.state.latest_client(session?));
    let client =
        client.ok_or_else(|| Error::refused("not in a mode").hint("-X is for an attached client's copy mode"))?;
    let argv = call.argv.to_vec();
    call.ask(Effect::Perform { client, argv });
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::{Input, Key, PaneId};
    use crate::model::Effect;

    fn sent(world: &World) -> Vec<Input> {
        let input = |effect: &Effect| match effect {
            Effect::Input { pane: PaneId(0), input } => Some(input.clone()),
            _ => None,
        };
        world.seen.iter().filter_map(input).collect()
    }

    #[test]
    fn keys_are_named_and_the_rest_is_text() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("send -t x 'echo hi' Enter C-c");
        let keys = [Input::Bytes(b"echo hi".into()), Input::Key("Enter".parse().unwrap()), Input::Key(Key::ctrl('c'))];
        assert_eq!(sent(&world), keys);
    }

    #[test]
    fn text_and_bytes_go_as_they_are() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("send -l -t x Enter -l");
        world.ok("send -H -t x 1b 5b");
        world.ok("send -N 2 -t x -- -x");
        let bytes = |text: &[u8]| Input::Bytes(text.to_vec());
        assert_eq!(sent(&world), [bytes(b"Enter-l"), bytes(b"\x1b["), bytes(b"-x"), bytes(b"-x")]);
        assert_eq!(world.fails("send -H -t x zz"), "not a byte in hexadecimal: zz");
    }
}
