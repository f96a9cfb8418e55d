//! `reset`: forgets that jobs have failed; they are not tried again by themselves.

use super::jobs::{chosen, happen};
use super::prelude::*;
use crate::model::supervise::JobEvent;

#[derive(Args)]
pub struct Reset {
    /// Jobs: names, patterns such as 'web-*', @GROUP
    #[arg(required = true, value_name = "JOB")]
    jobs: Vec<String>,
}

impl Command for Reset {
    const NAME: &'static str = "reset";
    const SUMMARY: &'static str = "Forget that jobs have failed";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = chosen(call, &self.jobs)?;
        Ok(happen(call, names, &JobEvent::Reset, false))
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
