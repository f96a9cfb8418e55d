//! `rm`: forgets jobs.

use super::jobs::{How, Which, each};
use super::prelude::*;
use crate::model::Refusal;

#[derive(Args)]
pub struct Rm {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
}

impl Command for Rm {
    const NAME: &'static str = "rm";
    const SUMMARY: &'static str = "Forget jobs that do not run; their logs stay";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = self.which.chosen_to_end(call)?;
        let told = each(call, &names, |call, name| {
            let live = |job: &Job| job.life.phase.is_live() || job.life.sweeping;
            if call.state.jobs().get(name).is_some_and(live) {
                return Err(Refusal::new("runs", format!("`mux stop {name}` ends it first")));
            }
            call.state.forget_job(name);
            Ok("forgotten".into())
        });
        Ok(self.how.answer(call, &told))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn what_runs_is_not_forgotten() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        assert_eq!(world.fails("rm train"), "job train runs");
        world.exit(0, ExitStatus::Code(1));
        world.ok("rm 'tr*'");
        assert_eq!(world.ok("ps -F '#{job_name}'"), "");
        assert_eq!(world.fails("ls"), "no sessions", "its last screen goes with it");
    }
}
