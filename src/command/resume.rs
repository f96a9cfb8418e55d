//! `resume`: lets frozen jobs go on (SIGCONT).

use super::jobs::{How, Which, each, not_running};
use super::prelude::*;
use crate::model::supervise::JobEvent;

#[derive(Args)]
pub struct Resume {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    how: How,
}

impl Command for Resume {
    const NAME: &'static str = "resume";
    const SUMMARY: &'static str = "Let frozen jobs go on";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = self.which.chosen(call)?;
        let now = call.origin.now;
        let told = each(call, &names, |call, name| {
            let Some(job) = call.state.jobs().get(name).filter(|job| job.life.phase.is_live()) else {
                return Err(not_running(name));
            };
            let what = if job.life.paused { "goes on" } else { "was not frozen" };
            call.state.job_event(name, JobEvent::Resume, now);
            Ok(what.into())
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
    fn what_was_frozen_goes_on() {
        let mut world = World::new();
        world.ok("run -d ./train.sh");
        world.ok("resume train");
        assert!(!world.seen.contains(&Effect::SignalSet { pane: PaneId(0), signal: 18 }), "it was not frozen");
        world.ok("pause train");
        world.ok("resume 't*'");
        assert!(world.seen.contains(&Effect::SignalSet { pane: PaneId(0), signal: 18 }));
    }
}
