//! `rm`: forgets jobs.

use super::jobs::chosen;
use super::prelude::*;

#[derive(Args)]
pub struct Rm {
    /// Jobs: names, patterns such as 'web-*', @GROUP
    #[arg(required = true, value_name = "JOB")]
    jobs: Vec<String>,
}

impl Command for Rm {
    const NAME: &'static str = "rm";
    const SUMMARY: &'static str = "Forget jobs that do not run; their logs stay";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let names = chosen(call, &self.jobs)?;
        let live = names
            .iter()
            .find(|name| call.state.jobs().get(name).is_some_and(|job| job.life.phase.is_live() || job.life.sweeping));
        if let Some(name) = live {
            return Err(Error::conflict(format!("job {name} runs")).hint(format!("`mux stop {name}` ends it first")));
        }
        names.iter().for_each(|name| call.state.forget_job(name));
        Ok(Answer::Done)
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
