//! `stop`: ends jobs, and all that they have started.

use super::jobs::{How, Which, happen};
use super::prelude::*;
use crate::model::supervise::{JobEvent, Reason};

#[derive(Args)]
pub struct Stop {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
    /// Do not wait until that is so
    #[arg(long)]
    no_wait: bool,
}

impl Command for Stop {
    const NAME: &'static str = "stop";
    const SUMMARY: &'static str = "End jobs with everything that they have started";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = self.which.chosen_to_end(call)?;
        Ok(happen(call, names, &JobEvent::Stop(Reason::Stopped), !self.no_wait, &self.how))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::{ExitStatus, PaneId};
    use crate::model::{Effect, Event};

    #[test]
    fn it_is_stopped_when_nothing_of_it_is_left() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.later("stop train");
        assert!(world.seen.contains(&Effect::SignalSet { pane: PaneId(0), signal: 15 }));
        world.exit(0, ExitStatus::Signal { signal: 15, core: false });
        assert_eq!(world.ok("ps -F '#{job_state}'"), "stopping\n");
        assert!(world.replies.is_empty());
        world.event(Event::JobSet { job: "train".into(), left: Vec::new() });
        assert_eq!(world.replies.pop().unwrap().status, 0);
        assert_eq!(world.ok("ps -F '#{job_state}'"), "stopped\n");
    }
}
