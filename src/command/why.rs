//! `why`: says in a sentence why a job does not run, or that it does.

use super::prelude::*;
use crate::model::supervise::{Goal, Phase};

#[derive(Args)]
pub struct Why {
    /// The job
    #[arg(value_name = "JOB")]
    job: String,
}

impl Command for Why {
    const NAME: &'static str = "why";
    const SUMMARY: &'static str = "Say why a job does not run";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let job = super::logs::find_job(call, &self.job)?;
        Ok(Answer::Text(sentence(call.state, job, call.origin.now) + "\n"))
    }
}

/// One sentence for people.
pub fn sentence(state: &model::State, job: &Job, now: Timestamp) -> String {
    let (name, life) = (&job.name, &job.life);
    let ago = |at: Timestamp| super::ps::span(now.seconds() - at.seconds());
    let last = life.last_exit().map(|exit| format!("run {} ended: {exit}, {} ago", exit.run, ago(exit.at)));
    let last = |other: &str| last.clone().unwrap_or_else(|| other.to_owned());
    let next = life.next_start.map(|at| super::ps::span((at.0 - now.0).max(0) / 1000));
    match life.phase {
        Phase::Running if life.paused => format!("{name} is frozen; `mux resume {name}` lets it go on"),
        Phase::Running => format!("{name} runs, for {}", ago(life.started.unwrap_or(life.since))),
        Phase::Starting => match &job.spec.ready {
            Some(check) => {
                format!("{name} has been started {} ago and is not ready: {check} does not pass yet", ago(life.since))
            }
            None => format!("{name} has just been started"),
        },
        Phase::Waiting if next.is_some() => format!("{name} waits for its time: {}", coming(job, now)),
        Phase::Waiting => match state.waits_for(job) {
            Some(what) => format!("{name} waits for {what}"),
            None => format!("{name} is about to be started"),
        },
        Phase::Stopping => {
            let reason = life.ending.as_ref().map_or("stopped", |ending| ending.reason.name());
            format!("{name} is being ended ({reason}), for {}", ago(life.since))
        }
        Phase::Backoff => {
            let pause = next.unwrap_or_default();
            format!(
                "{name} is started again in {pause}: {} ({} short runs in a row)",
                last("it failed"),
                life.short_runs
            )
        }
        Phase::Failed => {
            let then = match next {
                Some(pause) => format!("it is tried again in {pause}"),
                None => format!("`mux start {name}` tries it again"),
            };
            format!("{name} has failed: {}; {then}", last("it could not be started"))
        }
        Phase::Exited if next.is_some() => {
            format!("{name} is done: {}; next start {}", last("it has ended"), coming(job, now))
        }
        Phase::Exited => format!("{name} is done: {}", last("it has ended")),
        Phase::Stopped if life.goal == Goal::Down && life.run == 0 => format!("{name} was never started"),
        Phase::Stopped => format!("{name} was stopped {} ago; `mux start {name}` starts it", ago(life.since)),
    }
}

/// When it starts next: `2026-11-21 04:30:00, in 05:12:00`.
pub fn coming(job: &Job, now: Timestamp) -> String {
    let Some(at) = job.life.next_start.or(job.life.due) else { return "never".into() };
    let pause = super::ps::span((at.0 - now.0).max(0) / 1000);
    format!("{}, in {pause}", at.strftime("%F %H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::base::ExitStatus;

    #[test]
    fn the_reason_is_a_sentence() {
        let mut world = World::new();
        world.ok("run -d --restart on-failure ./train.sh");
        assert_eq!(world.ok("why train"), "train runs, for 00:00:01\n");
        world.exit(0, ExitStatus::Code(3));
        let text = world.ok("why train");
        assert!(text.contains("is started again in 00:00:0") && text.contains("run 1 ended: exit 3"), "{text}");
        world.ok("run -d -s eval --after train:done -- ./eval.sh");
        assert_eq!(world.ok("why eval"), "eval waits for train to be done (it is backoff)\n");
        world.ok("stop --no-wait train");
        assert!(world.ok("why train").starts_with("train was stopped 00:00:0"));
        assert_eq!(world.fails("why nope"), "can't find job: nope");
    }
}
