//! `resume`: lets frozen jobs go on (SIGCONT).

use super::jobs::{chosen, happen};
use super::prelude::*;
use crate::model::supervise::JobEvent;

#[derive(Args)]
pub struct Resume {
    /// Jobs: names, patterns such as 'web-*', @GROUP
    #[arg(required = true, value_name = "JOB")]
    jobs: Vec<String>,
}

impl Command for Resume {
    const NAME: &'static str = "resume";
    const SUMMARY: &'static str = "Let frozen jobs go on";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = chosen(call, &self.jobs)?;
        Ok(happen(call, names, &JobEvent::Resume, false))
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
