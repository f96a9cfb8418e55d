//! `reset`: forgets that jobs have failed; they are not tried again by themselves.

use super::jobs::{How, Which, each};
use super::prelude::*;
use crate::model::supervise::JobEvent;

#[derive(Args)]
pub struct Reset {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
}

impl Command for Reset {
    const NAME: &'static str = "reset";
    const SUMMARY: &'static str = "Forget that jobs have failed";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = self.which.chosen(call)?;
        let now = call.origin.now;
        let told = each(call, &names, |call, name| {
            call.state.job_event(name, JobEvent::Reset, now);
            let state = call.state.jobs().get(name).map_or("forgotten", Job::state);
            Ok(format!("what it did is forgotten, it is {state}"))
        });
        Ok(self.how.answer(call, &told))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn what_failed_is_left_alone() {
        let mut world = World::new();
        world.ok("run -d --restart on-failure ./train.sh");
        world.exit(0, ExitStatus::Code(1));
        assert_eq!(world.ok("ps -F '#{job_state}'"), "backoff\n");
        world.ok("reset train");
        assert_eq!(world.ok("ps -F '#{job_state}#{job_next_start}'"), "stopped\n");
    }
}
