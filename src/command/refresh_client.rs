//! `refresh-client`: draws a terminal anew, or shows another part of a window that is larger than it.

use super::prelude::*;
use crate::model::Pan;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["cursor", "left", "right", "up", "down"]))]
pub struct RefreshClient {
    /// Only set flags of this client, with commas between them: read-only, ignore-size, follow; ! takes one away
    #[arg(short = 'f', value_name = "FLAGS")]
    flags: Option<String>,
    /// Only the status line; all of it is drawn
    #[arg(short = 'S')]
    status: bool,
    /// What is seen of a window that is larger follows the cursor again
    #[arg(short = 'c')]
    cursor: bool,
    /// See what is further left of such a window
    #[arg(short = 'L')]
    left: bool,
    /// Further right
    #[arg(short = 'R')]
    right: bool,
    /// Further up
    #[arg(short = 'U')]
    up: bool,
    /// Further down
    #[arg(short = 'D')]
    down: bool,
    /// The client, by its terminal
    #[arg(short = 't', value_name = "CLIENT")]
    target: Option<String>,
    /// By how many cells
    #[arg(value_name = "CELLS", default_value_t = 1, value_parser = clap::value_parser!(i16).range(0..))]
    by: i16,
}

impl Command for RefreshClient {
    const NAME: &'static str = "refresh-client";
    const ALIAS: &'static [&'static str] = &["refresh"];
    const SUMMARY: &'static str = "Draw a terminal anew, or show another part of a large window";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let client = call.client(self.target.as_deref())?;
        if let Some(list) = &self.flags {
            may_unlock(call)?;
            let flags = call.state.client(client).map(|client| client.flags).unwrap_or_default();
            call.state.set_flags(client, flags.read(list)?);
            return Ok(Answer::Done);
        }
        let by = self.by;
        let pan = direction(self.left, self.right, self.up, self.down).map(|direction| match direction {
            Direction::Left => Pan::By { rows: 0, cols: -by },
            Direction::Right => Pan::By { rows: 0, cols: by },
            Direction::Up => Pan::By { rows: -by, cols: 0 },
            Direction::Down => Pan::By { rows: by, cols: 0 },
        });
        let pan = pan.or(self.cursor.then_some(Pan::Cursor));
        call.ask(Effect::Refresh { client });
        if !self.status {
            call.ask(Effect::Redraw { client, pan });
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
    use crate::model::{Effect, Pan};

    #[test]
    fn the_client_is_sent_everything() {
        let mut world = World::new();
        world.ok("new -d -s x");
        let client = world.attach("x");
        world.ok("refresh -S");
        assert!(world.seen.contains(&Effect::Refresh { client }));
        assert!(!world.seen.contains(&Effect::Redraw { client, pan: None }));
        world.ok("refresh");
        assert!(world.seen.contains(&Effect::Redraw { client, pan: None }));
        world.ok("refresh -U 10");
        assert!(world.seen.contains(&Effect::Redraw { client, pan: Some(Pan::By { rows: -10, cols: 0 }) }));
        assert!(world.fails("refresh -UD").contains("cannot be used with"));
    }
}
