//! `wait-for`: scripts wait for each other, on channels that they name.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["lock", "signal", "unlock"]))]
pub struct WaitFor {
    /// Wait until the channel's lock is yours
    #[arg(short = 'L')]
    lock: bool,
    /// Let those go on that wait
    #[arg(short = 'S')]
    signal: bool,
    /// Give the lock back
    #[arg(short = 'U')]
    unlock: bool,
    /// The channel
    #[arg(value_name = "CHANNEL")]
    channel: String,
}

impl Command for WaitFor {
    const NAME: &'static str = "wait-for";
    const SUMMARY: &'static str = "Wait on a channel until another command signals it, or lock it";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (channel, request) = (self.channel.as_str(), call.origin.request);
        if self.signal {
            call.state.signal_channel(channel)?;
            return Ok(Answer::Done);
        }
        if self.unlock {
            call.state.unlock_channel(channel)?;
            return Ok(Answer::Done);
        }
        match self.lock {
            true => call.state.lock_channel(channel, request)?,
            false => call.state.wait_on(channel, request)?,
        }
        Ok(Answer::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn a_signal_wakes_those_who_wait_or_else_the_next_one() {
        let mut world = World::new();
        world.later("wait-for done");
        world.later("wait-for done");
        assert!(world.replies.is_empty());
        world.ok("wait-for -S done");
        assert_eq!(world.replies.len(), 2);
        world.ok("wait-for -S done");
        world.later("wait-for done");
        assert_eq!(world.replies.len(), 3, "it was signalled before");
        world.later("wait-for done");
        assert_eq!(world.replies.len(), 3, "once only");
    }

    #[test]
    fn a_lock_goes_from_one_to_the_next() {
        let mut world = World::new();
        assert_eq!(world.fails("wait-for -U door"), "channel door not locked");
        world.later("wait-for -L door");
        let second = world.later("wait-for -L door");
        world.later("wait-for -L door");
        assert_eq!(world.replies.len(), 1);
        world.gone(second);
        world.ok("wait-for -U door");
        assert_eq!(world.replies.len(), 2, "whoever is gone is passed over");
        world.ok("wait-for -U door");
        assert_eq!(world.fails("wait-for -U door"), "channel door not locked");
    }
}
