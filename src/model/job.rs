//! Jobs: programs that were started to come to an end, and the record of every program's end.

use std::collections::VecDeque;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::{ExitStatus, PaneId, SessionId, Timestamp, limits};

/// A program started with `mux run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub name: String,
    pub argv: Vec<String>,
    pub cwd: PathBuf,
    pub pane: PaneId,
    pub session: SessionId,
    pub log: Option<PathBuf>,
    pub nohup: bool,
    /// Set by the keeper's answer.
    pub pid: Option<u32>,
    pub started: Timestamp,
    pub ended: Option<(ExitStatus, Timestamp)>,
    /// It ran when the machine was started anew.
    #[serde(default)]
    pub rebooted: bool,
}

impl Job {
    /// How it has ended, in words; none while it runs.
    pub fn exit(&self) -> Option<String> {
        let (status, _) = self.ended?;
        Some(if self.rebooted { "lost in reboot".to_owned() } else { status.to_string() })
    }

    pub fn state(&self) -> &'static str {
        match (self.ended, self.pid) {
            (None, None) => "starting",
            (None, Some(_)) => "running",
            (Some((status, _)), _) if status.success() => "done",
            (Some((ExitStatus::Unknown, _)), _) => "lost",
            (Some(_), _) => "failed",
        }
    }
}

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
}

impl Jobs {
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.jobs.iter()
    }

    pub fn get(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }

    pub fn of_pane(&self, pane: PaneId) -> Option<&Job> {
        self.jobs.iter().rev().find(|job| job.pane == pane)
    }

    pub(super) fn of_pane_mut(&mut self, pane: PaneId) -> Option<&mut Job> {
        self.jobs.iter_mut().rev().find(|job| job.pane == pane)
    }

    /// Adds a job in place of an ended one of its name; the oldest ended ones go at the bound.
    pub(super) fn add(&mut self, job: Job) {
        self.jobs.retain(|known| known.name != job.name);
        self.jobs.push(job);
        let ended = self.jobs.iter().filter(|job| job.ended.is_some()).count();
        let mut excess = ended.saturating_sub(limits::KEPT_JOBS);
        self.jobs.retain(|job| {
            let goes = excess > 0 && job.ended.is_some();
            excess -= usize::from(goes);
            !goes
        });
    }

    pub(super) fn remove(&mut self, pane: PaneId) {
        self.jobs.retain(|job| job.pane != pane);
    }

    pub(super) fn record(&mut self, record: ExitRecord) {
        self.records.push_back(record);
        while self.records.len() > limits::KEPT_EXITS {
            self.records.pop_front();
        }
    }

    /// No job runs any more, since the machine has been started anew.
    pub(super) fn lose(&mut self, now: Timestamp) {
        for job in self.jobs.iter_mut().filter(|job| job.ended.is_none()) {
            job.ended = Some((ExitStatus::Unknown, now));
            job.rebooted = true;
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
    fn a_job_that_ran_at_a_reboot_is_lost_and_says_so() {
        let job = |ended| Job {
            name: "j".into(),
            argv: Vec::new(),
            cwd: PathBuf::new(),
            pane: PaneId(0),
            session: SessionId(0),
            log: None,
            nohup: false,
            pid: Some(1),
            started: Timestamp(0),
            ended,
            rebooted: false,
        };
        let done = Some((ExitStatus::Code(0), Timestamp(1)));
        let mut jobs = Jobs { jobs: vec![job(None), job(done)], ..Jobs::default() };
        jobs.lose(Timestamp(5));
        let told: Vec<_> = jobs.iter().map(|job| (job.state(), job.exit().unwrap())).collect();
        assert_eq!(told, [("lost", "lost in reboot".to_owned()), ("done", "exit 0".to_owned())]);
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
