//! `pause`: freezes jobs (SIGSTOP).

use super::jobs::{How, Which, each, not_running};
use super::prelude::*;
use crate::model::supervise::{JobEvent, Phase};

#[derive(Args)]
pub struct Pause {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
}

impl Command for Pause {
    const NAME: &'static str = "pause";
    const SUMMARY: &'static str = "Freeze jobs with everything that they have started";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = self.which.chosen(call)?;
        let now = call.origin.now;
        let told = each(call, &names, |call, name| {
            if !call
                .state
                .jobs()
                .get(name)
                .is_some_and(|job| matches!(job.life.phase, Phase::Starting | Phase::Running))
            {
                return Err(not_running(name));
            }
            call.state.job_event(name, JobEvent::Pause, now);
            Ok("frozen".into())
        });
        Ok(self.how.answer(call, &told))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::PaneId;
    use crate::model::Effect;

    #[test]
    fn all_of_it_is_stopped_by_signal() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.ok("pause train");
        assert!(world.seen.contains(&Effect::SignalSet { pane: PaneId(0), signal: 19 }));
        assert_eq!(world.ok("why train"), "train is frozen; `mux resume train` lets it go on\n");
    }
}
