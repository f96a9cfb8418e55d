//! `signal`: sends a signal to jobs.

use super::jobs::chosen;
use super::prelude::*;
use crate::base::exit::signal_number;

const INT: u8 = 2;
const QUIT: u8 = 3;

#[derive(Args)]
pub struct Signal {
    /// To everything that they have started, rather than to their first process
    #[arg(long)]
    all: bool,
    /// To the job that this connection waits for
    #[arg(long, hide = true, conflicts_with = "jobs")]
    own: bool,
    /// Its name or number: HUP, SIGUSR1, 12
    #[arg(value_name = "SIGNAL")]
    signal: String,
    /// Jobs: names, patterns such as 'web-*', @GROUP
    #[arg(required_unless_present = "own", value_name = "JOB")]
    jobs: Vec<String>,
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
        for name in chosen(call, &self.jobs)? {
            let Some(pane) =
                call.state.jobs().get(&name).filter(|job| job.life.phase.is_live()).and_then(|job| job.pane)
            else {
                return Err(Error::conflict(format!("job {name} does not run")).hint("`mux ps` shows which do"));
            };
            call.ask(match self.all {
                true => Effect::SignalSet { pane, signal },
                false => Effect::Signal { pane, signal, group: false },
            });
        }
        Ok(Answer::Done)
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
        world.ok("signal --all 12 'tr*'");
        assert!(world.seen.contains(&Effect::SignalSet { pane: PaneId(0), signal: 12 }));
        assert_eq!(world.fails("signal NOPE train"), "unknown signal: NOPE");
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.fails("signal HUP train"), "job train does not run");
    }
}
