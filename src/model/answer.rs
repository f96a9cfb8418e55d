//! What commands that act on jobs answer: of each job what has become of it.

use serde_json::{Value, json};

use super::job::Job;
use super::supervise::{Phase, Reason};
use super::{Reply, State};
use crate::base::Error;

/// Why a job was not treated as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Behind `job NAME`: `does not run`.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl Refusal {
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into() }
    }
}

/// Of one job, by its name: what was done, or why not.
pub type Told = (String, Result<String, Refusal>);

impl State {
    /// Where a job stands, for whoever has just asked for that.
    pub fn told(&self, name: &str) -> Told {
        let told = match self.jobs.get(name) {
            None => Ok("forgotten".to_owned()),
            Some(job) => stands(job, self.waits_for(job)),
        };
        (name.to_owned(), told)
    }

    /// One line for each job; a single one that was refused is an error by itself.
    pub fn answer(&self, all: &[Told], as_json: bool) -> Reply {
        let bad: Vec<(&str, &Refusal)> =
            all.iter().filter_map(|(name, told)| Some((name.as_str(), told.as_ref().err()?))).collect();
        let status = u8::from(!bad.is_empty());
        if as_json {
            let values: Vec<Value> = all.iter().map(|told| self.told_json(told)).collect();
            return Reply { out: format!("{}\n", Value::from(values)), status, error: None };
        }
        let error = bad.first().map(|(name, refusal)| {
            let more = if bad.len() > 1 { format!(" (and {} more)", bad.len() - 1) } else { String::new() };
            let error = Error::refused(format!("job {name} {}{more}", refusal.what));
            if refusal.hint.is_empty() { error } else { error.hint(refusal.hint.clone()) }
        });
        let line = |(name, told): &Told| match told {
            Ok(what) => format!("{name}: {what}\n"),
            Err(refusal) => format!("{name}: {}\n", refusal.what),
        };
        let alone = all.len() == 1 && error.is_some();
        let out = if alone { String::new() } else { all.iter().map(line).collect() };
        Reply { out, status, error }
    }

    fn told_json(&self, (name, told): &Told) -> Value {
        let job = self.jobs.get(name);
        let live = job.filter(|job| job.life.phase.is_live());
        json!({
            "name": name, "ok": told.is_ok(), "state": job.map(Job::state), "pid": live.and_then(|job| job.pid),
            "result": match told { Ok(what) => what, Err(refusal) => &refusal.what },
        })
    }
}

fn stands(job: &Job, waits_for: Option<String>) -> Result<String, Refusal> {
    let life = &job.life;
    let pid = job.pid.filter(|_| life.phase.is_live()).map_or_else(String::new, |pid| format!(", pid {pid}"));
    let last = life.last_exit();
    let how = || last.map_or_else(|| "it could not be started".to_owned(), ToString::to_string);
    match life.phase {
        Phase::Running if life.paused => Ok(format!("frozen{pid}")),
        Phase::Running | Phase::Starting => Ok(format!("{}{pid}", life.phase.name())),
        Phase::Waiting => {
            Ok(waits_for.map_or_else(|| "about to be started".into(), |what| format!("waits for {what}")))
        }
        Phase::Stopping => Ok("stopping".into()),
        Phase::Stopped if last.is_some_and(|exit| exit.reason == Reason::KilledAfterTimeout) => {
            Ok("stopped (killed, as it did not stop in time)".into())
        }
        Phase::Stopped => Ok("stopped".into()),
        Phase::Exited => Ok(format!("done: {}", how())),
        Phase::Backoff | Phase::Failed => {
            Err(Refusal::new(format!("failed: {}", how()), format!("`mux why {0}`, `mux logs {0}`", job.name)))
        }
    }
}
