//! Jobs: programs that are looked after, and the record of every program's end.

use std::collections::VecDeque;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::pane::Program;
use super::supervise::{Goal, Life, Phase};
use crate::base::{ExitStatus, PaneId, SessionId, Timestamp, limits};
use crate::job::{JobSpec, Rules};

/// A program that mux looks after: by `mux run`, or by a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub name: String,
    pub spec: JobSpec,
    /// What its pane runs, now or the next time.
    pub program: Program,
    pub life: Life,
    /// Where it runs or ran last; none before its first run.
    pub pane: Option<PaneId>,
    pub session: Option<SessionId>,
    pub log: Option<PathBuf>,
    /// Of the present or the last run. Set by the keeper's answer.
    pub pid: Option<u32>,
    pub created: Timestamp,
    /// The file that says it.
    #[serde(default)]
    pub source: Option<PathBuf>,
    /// Nobody waits for it: its ends are told.
    #[serde(default)]
    pub alone: bool,
    /// The file whose change has restarted it last.
    #[serde(default)]
    pub changed: Option<PathBuf>,
    /// What its checks of health have found; of this server's time.
    #[serde(skip)]
    pub health: Looks,
}

/// The latest looks at a job's health.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks {
    /// Milliseconds that each answer took, the oldest first; none for a bad one.
    pub times: VecDeque<Option<u32>>,
    pub last: Option<Timestamp>,
}

impl Looks {
    pub(super) fn look(&mut self, well: bool, took: u32, at: Timestamp) {
        self.times.push_back(Some(took).filter(|_| well));
        self.last = Some(at);
        while self.times.len() > limits::KEPT_LOOKS {
            self.times.pop_front();
        }
    }

    /// `ok`, `failing`, or `none` where nobody has looked.
    pub fn word(&self) -> &'static str {
        match self.times.back() {
            None => "none",
            Some(None) => "failing",
            Some(Some(_)) => "ok",
        }
    }
}

impl Job {
    pub fn state(&self) -> &'static str {
        self.life.phase.name()
    }

    pub fn rules(&self) -> Rules {
        self.spec.rules(&self.name)
    }

    /// When the present or the last run began.
    pub fn started(&self) -> Option<Timestamp> {
        self.life.started.or_else(|| Some(self.life.last_exit()?.started))
    }

    /// How and when it ended, while it does not run.
    pub fn ended(&self) -> Option<(ExitStatus, Timestamp)> {
        let exit = self.life.last_exit().filter(|_| !self.life.phase.is_live())?;
        Some((exit.status.unwrap_or(ExitStatus::Unknown), exit.at))
    }

    /// Its program has been started at least once, or will be whatever becomes of its first pane.
    pub(super) fn has_begun(&self) -> bool {
        !self.spec.once || self.pid.is_some() || self.life.last_exit().is_some()
    }

    /// Nothing will come of it by itself any more.
    pub fn is_over(&self) -> bool {
        self.life.phase.is_at_rest() && self.life.next_start.is_none()
    }

    /// The number that whoever waits for it is given, as a shell counts; none while it is not over.
    pub fn outcome(&self) -> Option<u8> {
        if !self.is_over() {
            return None;
        }
        Some(match self.life.last_exit() {
            Some(exit) => exit.status.map_or(CANNOT_RUN, ExitStatus::shell_code),
            None => 0,
        })
    }

    /// Whether its program runs or is about to.
    pub fn is_up(&self) -> bool {
        self.life.goal == Goal::Up
            && (self.life.due.is_some() || !matches!(self.life.phase, Phase::Exited | Phase::Failed))
    }
}

/// What a shell says of a program that cannot be run.
const CANNOT_RUN: u8 = 126;

/// The end of a pane's program. Kept when pane and session are gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExitRecord {
    pub session: String,
    pub session_id: SessionId,
    pub window: String,
    pub pane: PaneId,
    pub command: String,
    pub status: ExitStatus,
    pub at: Timestamp,
}

/// All jobs, oldest first, and the latest ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Jobs {
    pub(super) jobs: Vec<Job>,
    pub(super) records: VecDeque<ExitRecord>,
    /// What ran when this was written ended with the machine.
    #[serde(skip)]
    pub(super) rebooted: bool,
}

impl Jobs {
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.jobs.iter()
    }

    pub fn get(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.name == name)
    }

    pub fn of_pane(&self, pane: PaneId) -> Option<&Job> {
        self.jobs.iter().rev().find(|job| job.pane == Some(pane))
    }

    /// Adds a job in place of one of its name; of those that were run once and are over the oldest go at the bound.
    pub(super) fn add(&mut self, job: Job) {
        self.jobs.retain(|known| known.name != job.name);
        self.jobs.push(job);
        let done = |job: &Job| job.spec.once && job.is_over();
        let mut excess = self.jobs.iter().filter(|job| done(job)).count().saturating_sub(limits::KEPT_JOBS);
        self.jobs.retain(|job| {
            let goes = excess > 0 && done(job);
            excess -= usize::from(goes);
            !goes
        });
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.jobs.retain(|job| job.name != name);
    }

    pub(super) fn record(&mut self, record: ExitRecord) {
        self.records.push_back(record);
        while self.records.len() > limits::KEPT_EXITS {
            self.records.pop_front();
        }
    }

    /// No job runs any more, since the machine has been started anew. Those that are not to come back with it are not
    /// wanted any more.
    pub(super) fn lose(&mut self) {
        self.rebooted = true;
        for job in self.jobs.iter_mut().filter(|job| !job.spec.boot) {
            job.life.goal = Goal::Down;
        }
    }

    /// The latest end in a session of this name.
    pub fn last_exit(&self, session: &str) -> Option<&ExitRecord> {
        self.records.iter().rev().find(|record| record.session == session)
    }

    pub fn last_exit_of(&self, session: SessionId) -> Option<&ExitRecord> {
        self.records.iter().rev().find(|record| record.session_id == session)
    }
}

/// The name that a job takes from its program: the file name without extension, cleaned of what names may not
/// hold.
pub fn name_for(program: &str) -> String {
    let file = program.rsplit('/').next().unwrap_or(program);
    let stem = file.split('.').find(|part| !part.is_empty()).unwrap_or("job");
    let clean: String = stem.chars().filter(|c| !c.is_control() && *c != ':').collect();
    let clean = clean.trim_start_matches(['$', '@', '%', '=', '-']);
    if clean.is_empty() { "job".into() } else { super::names::cut(clean, limits::MAX_NAME - 8) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_called_after_its_program() {
        for (program, name) in
            [("./train.sh", "train"), ("/usr/bin/make", "make"), (".hidden", "hidden"), ("%", "job"), ("", "job")]
        {
            assert_eq!(name_for(program), name);
        }
    }

    #[test]
    fn exits_are_kept_up_to_the_bound() {
        let mut jobs = Jobs::default();
        for pane in 0..2 * u32::try_from(limits::KEPT_EXITS).unwrap() {
            jobs.record(ExitRecord {
                session: "s".into(),
                session_id: SessionId(0),
                window: String::new(),
                pane: PaneId(pane),
                command: String::new(),
                status: ExitStatus::Code(0),
                at: Timestamp(0),
            });
        }
        assert_eq!(jobs.records.len(), limits::KEPT_EXITS);
        assert_eq!(jobs.last_exit("s").unwrap().pane.0 as usize, 2 * limits::KEPT_EXITS - 1);
    }
}
