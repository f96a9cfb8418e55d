//! `start`: starts jobs; what was counted against them is forgotten. Without a job it is tmux's `start-server`.

use super::jobs::{How, Which, happen};
use super::prelude::*;
use crate::model::supervise::JobEvent;

#[derive(Args)]
pub struct Start {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
    /// Do not wait until that is so
    #[arg(long)]
    no_wait: bool,
}

impl Command for Start {
    const NAME: &'static str = "start";
    const SUMMARY: &'static str = "Start jobs, whatever they have done before";
    const REPEATABLE: bool = true;
    const STARTS_SERVER: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if self.which.is_empty() {
            return Ok(Answer::Done);
        }
        let names = self.which.chosen(call)?;
        Ok(happen(call, names, &JobEvent::Start, !self.no_wait, &self.how))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn a_job_starts_again_whatever_it_has_done() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.exit(0, ExitStatus::Code(1));
        world.later("start train");
        assert_eq!(world.replies.pop().unwrap().status, 0);
        assert_eq!(world.ok("ps -F '#{job_state} #{job_run} #{job_pid}'"), "running 2 4712\n");
        assert_eq!(world.ok("start"), "", "tmux's start-server");
        assert_eq!(world.fails("start nope"), "can't find job: nope");
    }
}
