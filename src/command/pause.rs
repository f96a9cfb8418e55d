//! `pause`: freezes jobs (SIGSTOP).

use super::jobs::{chosen, happen};
use super::prelude::*;
use crate::model::supervise::JobEvent;

#[derive(Args)]
pub struct Pause {
    /// Jobs: names, patterns such as 'web-*', @GROUP
    #[arg(required = true, value_name = "JOB")]
    jobs: Vec<String>,
}

impl Command for Pause {
    const NAME: &'static str = "pause";
    const SUMMARY: &'static str = "Freeze jobs with everything that they have started";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = chosen(call, &self.jobs)?;
        Ok(happen(call, names, &JobEvent::Pause, false))
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
