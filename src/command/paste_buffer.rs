//! `paste-buffer`: types a buffer into a pane.

use super::prelude::*;

#[derive(Args)]
pub struct PasteBuffer {
    /// The buffer; the newest where none is given
    #[arg(short = 'b', value_name = "NAME")]
    buffer: Option<String>,
    /// Delete it then
    #[arg(short = 'd')]
    delete: bool,
    /// Marked as a paste for programs that ask for that
    #[arg(short = 'p')]
    bracketed: bool,
    /// Line ends stay as they are, not made the Enter key
    #[arg(short = 'r', conflicts_with_all = ["bracketed", "separator"])]
    raw: bool,
    /// What stands between the lines, instead of the Enter key
    #[arg(short = 's', value_name = "TEXT")]
    separator: Option<String>,
    /// The pane
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
}

impl Command for PasteBuffer {
    const NAME: &'static str = "paste-buffer";
    const ALIAS: &'static [&'static str] = &["pasteb"];
    const SUMMARY: &'static str = "Type a buffer into a pane";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let pane = call.pane(self.target.as_deref())?;
        let buffer = super::show_buffer::find(call, self.buffer.as_deref())?;
        let (name, text) = (buffer.name.clone(), buffer.text.clone());
        let separator = self.separator.as_deref().map(str::as_bytes);
        let joined = |separator: &[u8]| text.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(separator);
        let input = match (self.bracketed, self.raw) {
            (true, _) => {
                let text = separator.map_or_else(|| text.clone(), joined);
                Input::Paste(String::from_utf8_lossy(&text).into_owned())
            }
            (false, true) => Input::Bytes(text),
            (false, false) => Input::Bytes(joined(separator.unwrap_or(b"\r"))),
        };
        call.state.give_input(pane, input);
        if self.delete {
            call.state.delete_buffer(&name);
        }
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::{Input, PaneId};
    use crate::model::Effect;

    #[test]
    fn lines_end_as_if_typed() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.fails("pasteb -t x"), "no buffers");
        world.ok("setb \"a\\nb\"");
        world.ok("pasteb -d -t x");
        let typed = Effect::Input { pane: PaneId(0), input: Input::Bytes(b"a\rb".into()) };
        assert!(world.seen.contains(&typed));
        assert_eq!(world.ok("lsb"), "");
    }
}
