//! `why`: says in a sentence why jobs do not run, or that they do.

use serde_json::{Value, json};

use super::jobs::Which;
use super::prelude::*;
use crate::model::supervise::{Goal, Phase, Reason};

#[derive(Args)]
pub struct Why {
    /// An array of objects: name, state, why
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    which: Which,
}

impl Command for Why {
    const NAME: &'static str = "why";
    const SUMMARY: &'static str = "Say why jobs do not run";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (state, now) = (&*call.state, call.origin.now);
        let names = self.which.chosen(call)?;
        let jobs = names.iter().filter_map(|name| state.jobs().get(name));
        if self.json {
            let values: Vec<Value> = jobs
                .map(|job| json!({ "name": job.name, "state": job.state(), "why": sentence(state, job, now) }))
                .collect();
            return Ok(Answer::Text(format!("{}\n", Value::from(values))));
        }
        Ok(Answer::Text(jobs.map(|job| sentence(state, job, now) + "\n").collect()))
    }
}

/// One sentence for people.
pub fn sentence(state: &model::State, job: &Job, now: Timestamp) -> String {
    let (name, life) = (&job.name, &job.life);
    let ago = |at: Timestamp| super::ps::span(now.seconds() - at.seconds());
    let next = life.next_start.map(|at| super::ps::span((at.0 - now.0).max(0) / 1000));
    match life.phase {
        Phase::Starting | Phase::Running if life.paused => {
            format!("{name} is frozen; `mux resume {name}` lets it go on")
        }
        Phase::Running => format!("{name} runs, for {}{}", ago(life.started.unwrap_or(life.since)), ill(job)),
        Phase::Starting => match &job.spec.ready {
            Some(check) => {
                format!("{name} was started {} ago and is not ready: {check} does not pass yet", ago(life.since))
            }
            None => format!("{name} has just been started"),
        },
        Phase::Waiting if next.is_some() => format!("{name} waits for its time: {}", coming(job, now)),
        Phase::Waiting => match state.waits_for(job) {
            Some(what) => format!("{name} waits for {what}"),
            None if life.sweeping => format!("{name} waits until what its last run has left behind has ended"),
            None => format!("{name} is about to be started"),
        },
        Phase::Stopping => stopping(job, &ago(life.since)),
        Phase::Backoff => {
            let when = next.map_or_else(|| "as soon as it can be".to_owned(), |pause| format!("in {pause}"));
            format!("{name} is started again {when}: {}{}", last(job, now), row(life.short_runs))
        }
        Phase::Failed => {
            let then = match next {
                Some(pause) => format!("it is tried again in {pause}"),
                None => format!("`mux start {name}` tries it again"),
            };
            format!("{name} has failed: {}; {then}", last(job, now))
        }
        Phase::Exited if next.is_some() => {
            format!("{name} is done: {}; next start {}", last(job, now), coming(job, now))
        }
        Phase::Exited => format!("{name} is done: {}", last(job, now)),
        Phase::Stopped if life.goal == Goal::Down && life.run == 0 => {
            format!("{name} was never started; `mux start {name}` starts it")
        }
        Phase::Stopped => format!("{name} {} {} ago; `mux start {name}` starts it", stopped(job), ago(life.since)),
    }
}

/// When it starts next: `2026-11-21 04:30:00, in 05:12:00`.
pub fn coming(job: &Job, now: Timestamp) -> String {
    let Some(at) = job.life.next_start.or(job.life.due) else { return "never".into() };
    let pause = super::ps::span((at.0 - now.0).max(0) / 1000);
    format!("{}, in {pause}", at.strftime("%F %H:%M:%S"))
}

fn last(job: &Job, now: Timestamp) -> String {
    match job.life.last_exit() {
        Some(exit) => {
            format!("run {} ended: {exit}, {} ago", exit.run, super::ps::span(now.seconds() - exit.at.seconds()))
        }
        None => "it could not be started".to_owned(),
    }
}

fn ill(job: &Job) -> &'static str {
    if job.health.word() == "failing" { ", and does not pass its health check" } else { "" }
}

fn row(short_runs: u32) -> String {
    match short_runs {
        0 => String::new(),
        1 => " (1 short run)".to_owned(),
        several => format!(" ({several} short runs in a row)"),
    }
}

/// Who has ended the last run, or does not want another.
fn stopped(job: &Job) -> &'static str {
    match job.life.last_exit().map(|exit| exit.reason) {
        Some(Reason::Dependency) => "was stopped, as what it needs had gone,",
        Some(Reason::Reboot) => "ran until the machine went down, and is not wanted since",
        _ => "was stopped",
    }
}

fn stopping(job: &Job, since: &str) -> String {
    let name = &job.name;
    let ending = job.life.ending.as_ref();
    let why = match ending.map_or(Reason::Stopped, |ending| ending.reason) {
        Reason::Stopped | Reason::KilledAfterTimeout => "as it was told to",
        Reason::Dependency => "as what it needs has gone",
        Reason::Changed => "as a watched file or its settings have changed",
        Reason::StartTimeout => "as it was not ready in time",
        Reason::Health => "as it does not pass its health check",
        Reason::RuntimeMax => "as it has run longer than it may",
        Reason::MemoryMax => "as it uses more memory than it may",
        Reason::Oom | Reason::OomProbable => "as there was no memory left for it",
        Reason::SpawnError => "as it could not be started",
        Reason::Exited | Reason::Signaled | Reason::Lost | Reason::Reboot => "with what it has left behind",
    };
    let then = if ending.is_some_and(|ending| ending.again) { ", and is started again then" } else { "" };
    format!("{name} is being ended {why}, for {since}{then}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::World;
    use super::*;
    use crate::base::ExitStatus;
    use crate::model::supervise::{Ending, Exit};

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
        world.reply("stop --no-wait train");
        assert!(world.ok("why train").starts_with("train was stopped 00:00:0"));
        assert_eq!(world.fails("why nope"), "can't find job: nope");
        let json: Value = serde_json::from_str(&world.ok("why --json --all")).unwrap();
        assert_eq!((&json[1]["name"], &json[1]["state"]), (&"eval".into(), &"waiting".into()));
    }

    const REASONS: &[Reason] = &[
        Reason::Exited,
        Reason::Signaled,
        Reason::Oom,
        Reason::OomProbable,
        Reason::SpawnError,
        Reason::StartTimeout,
        Reason::Health,
        Reason::RuntimeMax,
        Reason::MemoryMax,
        Reason::Stopped,
        Reason::KilledAfterTimeout,
        Reason::Dependency,
        Reason::Changed,
        Reason::Lost,
        Reason::Reboot,
    ];

    const PHASES: &[Phase] = &[
        Phase::Waiting,
        Phase::Starting,
        Phase::Running,
        Phase::Stopping,
        Phase::Backoff,
        Phase::Exited,
        Phase::Failed,
        Phase::Stopped,
    ];

    const STATUSES: &[Option<ExitStatus>] = &[
        None,
        Some(ExitStatus::Unknown),
        Some(ExitStatus::Code(3)),
        Some(ExitStatus::Signal { signal: 11, core: true }),
        Some(ExitStatus::Signal { signal: 40, core: false }),
    ];

    /// A sentence as people write it: begins with the name, has no hole, no blank too many, no full stop.
    fn is_odd(text: &str) -> bool {
        let marks = ["  ", ": ;", ": ,", ";;", ",,", "()", "( ", " )", ": :", " ,", " ;", "None", "Some", "{", "}"];
        let brackets = text.matches('(').count() != text.matches(')').count();
        let ends = text.ends_with([' ', ':', ';', ',', '.', '(']);
        !text.starts_with("train ")
            || brackets
            || ends
            || text.matches('`').count() % 2 == 1
            || marks.iter().any(|mark| text.contains(mark))
            || text.chars().any(char::is_control)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        /// Each phase with each reason and each end in one case; what else there is by chance.
        #[test]
        fn every_state_has_a_sentence_that_is_none_odd(
            (goal, paused, sweeping, again, probed) in any::<(bool, bool, bool, bool, bool)>(),
            (short_runs, run) in (0..3u32, 0..3u32),
            (next, since) in (proptest::option::of(-5000..100_000_000i64), -5000..500_000_000i64),
            detail in proptest::option::of("[a-z]{1,9}: [a-z]{1,9}( [a-z]{1,9})?"),
            had in any::<bool>(),
        ) {
            let mut world = World::new();
            world.ok("run -d ./train.sh");
            let now = Timestamp(1_000_000_000);
            let mut job = world.state.jobs().get("train").unwrap().clone();
            job.spec.ready = probed.then_some(crate::job::Check::Notify);
            for (phase, reason, status) in PHASES.iter().flat_map(|phase| REASONS.iter().map(move |reason| (phase, reason)))
                .flat_map(|(phase, reason)| STATUSES.iter().map(move |status| (*phase, *reason, *status)))
            {
                let life = &mut job.life;
                life.phase = phase;
                life.goal = if goal { Goal::Up } else { Goal::Down };
                (life.paused, life.sweeping, life.short_runs, life.run) = (paused, sweeping, short_runs, run);
                life.since = Timestamp(now.0 - since);
                life.next_start = next.map(|next| Timestamp(now.0 + next));
                life.ending = (phase == Phase::Stopping).then(|| Ending::new(reason, detail.clone()));
                if let Some(ending) = &mut life.ending {
                    ending.again = again;
                }
                let exit = Exit {
                    run, reason, status, started: Timestamp(5), at: Timestamp(now.0 - since), success: false,
                    detail: detail.clone(),
                };
                life.history = had.then_some(exit).into_iter().collect();
                let text = sentence(&world.state, &job, now);
                prop_assert!(!is_odd(&text), "{phase:?} {reason:?} {status:?}: {text:?}");
            }
        }
    }
}
