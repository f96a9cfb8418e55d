//! `signal`: sends a signal to jobs.

use super::jobs::{How, Which, each, not_running};
use super::prelude::*;
use crate::base::exit::{signal_name, signal_number};

const INT: u8 = 2;
const QUIT: u8 = 3;

#[derive(Args)]
pub struct Signal {
    /// To everything that they have started, rather than to their first process
    #[arg(long)]
    tree: bool,
    /// To the job that this connection waits for
    #[arg(long, hide = true, conflicts_with = "jobs")]
    own: bool,
    /// Its name or number: HUP, SIGUSR1, 12
    #[arg(value_name = "SIGNAL")]
    signal: String,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
}

impl Command for Signal {
    const NAME: &'static str = "signal";
    const SUMMARY: &'static str = "Send a signal to jobs";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let signal = signal_number(&self.signal).ok_or_else(|| {
            Error::usage(format!("unknown signal: {}", self.signal))
                .hint("a name such as HUP, or a number from 1 to 64")
        })?;
        if self.own {
            let pane = call.state.streamed_to(call.origin.request.client);
            let pane = pane.ok_or_else(|| Error::conflict("no job is waited for here"))?;
            // Those that keys send go to all in the foreground (termios(3)), others to the one process.
            let group = matches!(signal, INT | QUIT);
            call.ask(Effect::Signal { pane, signal, group });
            return Ok(Answer::Done);
        }
        let names = self.which.chosen_to_end(call)?;
        let told = each(call, &names, |call, name| {
            let job = call.state.jobs().get(name).filter(|job| job.life.phase.is_live());
            let Some(pane) = job.and_then(|job| job.pane) else { return Err(not_running(name)) };
            call.ask(match self.tree {
                true => Effect::SignalSet { pane, signal },
                false => Effect::Signal { pane, signal, group: false },
            });
            Ok(format!("{} sent", signal_name(signal)))
        });
        Ok(self.how.answer(call, &told))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::{ExitStatus, PaneId};
    use crate::model::Effect;

    #[test]
    fn it_goes_to_the_first_process_or_to_all() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.ok("signal usr1 train");
        assert!(world.seen.contains(&Effect::Signal { pane: PaneId(0), signal: 10, group: false }));
        world.ok("signal --tree 12 'tr*'");
        assert!(world.seen.contains(&Effect::SignalSet { pane: PaneId(0), signal: 12 }));
        assert_eq!(world.fails("signal NOPE train"), "unknown signal: NOPE");
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.fails("signal HUP train"), "job train does not run");
    }
}
