//! `restart`: ends jobs and starts them again.

use super::jobs::{How, Which, happen};
use super::prelude::*;
use crate::model::supervise::{JobEvent, Reason};

#[derive(Args)]
pub struct Restart {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
    /// Do not wait until that is so
    #[arg(long)]
    no_wait: bool,
}

impl Command for Restart {
    const NAME: &'static str = "restart";
    const SUMMARY: &'static str = "End jobs and start them again";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = self.which.chosen_to_end(call)?;
        Ok(happen(call, names, &JobEvent::Restart(Reason::Stopped), !self.no_wait, &self.how))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;
    use crate::model::Event;

    #[test]
    fn the_next_run_waits_for_the_end_of_this_one() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.later("restart train");
        world.event(Event::JobSet { job: "train".into(), left: Vec::new() });
        assert_eq!(world.ok("ps -F '#{job_state}'"), "stopping\n", "its status is on the way");
        world.exit(0, ExitStatus::Code(0));
        assert_eq!(world.ok("ps -F '#{job_state} #{job_run}'"), "running 2\n");
        assert_eq!(world.replies.pop().unwrap().status, 0);
    }
}
