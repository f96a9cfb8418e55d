//! How a run came to its end, and whether that was well.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{ExitStatus, Period, Timestamp};

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// By itself, with a code.
    Exited,
    /// By a signal that was not ours.
    Signaled,
    /// The kernel had no memory left for it; its cgroup says so.
    Oom,
    /// The same, guessed: somebody's SIGKILL, while the kernel counted one more victim.
    OomProbable,
    /// It never ran.
    SpawnError,
    /// It was not ready in time.
    StartTimeout,
    /// It was found to be ill.
    Health,
    /// It ran longer than it may.
    RuntimeMax,
    /// It used more memory than it may.
    MemoryMax,
    /// A person, or what a person ordered.
    Stopped,
    /// The same, and it had to be killed.
    KilledAfterTimeout,
    /// What it needs has gone.
    Dependency,
    /// A file that is watched has changed.
    Changed,
    /// Nobody of ours saw it end.
    Lost,
    /// The machine went down.
    Reboot,
}

impl Reason {
    /// mux has ended it because it was told to.
    pub fn is_ordered(self) -> bool {
        matches!(self, Reason::Stopped | Reason::KilledAfterTimeout | Reason::Dependency | Reason::Changed)
    }

    /// As JSON and `job_reason` have it.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Exited => "exited",
            Reason::Signaled => "signaled",
            Reason::Oom => "oom",
            Reason::OomProbable => "oom-probable",
            Reason::SpawnError => "spawn-error",
            Reason::StartTimeout => "start-timeout",
            Reason::Health => "health",
            Reason::RuntimeMax => "runtime-max",
            Reason::MemoryMax => "memory-max",
            Reason::Stopped => "stopped",
            Reason::KilledAfterTimeout => "killed-after-timeout",
            Reason::Dependency => "dependency",
            Reason::Changed => "changed",
            Reason::Lost => "lost",
            Reason::Reboot => "reboot",
        }
    }
}

/// The end of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Which run, from 1.
    pub run: u32,
    pub reason: Reason,
    /// What the kernel said, where there was a process.
    pub status: Option<ExitStatus>,
    pub started: Timestamp,
    pub at: Timestamp,
    /// By the job's own rules.
    pub success: bool,
    /// What could not be started, or what a check found.
    #[serde(default)]
    pub detail: Option<String>,
}

impl Exit {
    pub fn uptime(&self) -> Period {
        self.at.since(self.started)
    }
}

/// `exit 3`, `SIGSEGV (core dumped)`, `not ready in time (SIGTERM)`.
impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map_or_else(String::new, |status| status.to_string());
        let told = match self.reason {
            Reason::Exited | Reason::Signaled if !status.is_empty() => return f.write_str(&status),
            Reason::Exited | Reason::Signaled | Reason::Lost => "lost",
            Reason::Oom => "out of memory",
            Reason::OomProbable => "probably out of memory",
            Reason::SpawnError => "could not be started",
            Reason::StartTimeout => "not ready in time",
            Reason::Health => "failed its health check",
            Reason::RuntimeMax => "ran longer than it may",
            Reason::MemoryMax => "used more memory than it may",
            Reason::Stopped => "stopped",
            Reason::KilledAfterTimeout => "killed, as it did not stop in time",
            Reason::Dependency => "stopped, as what it needs has gone",
            Reason::Changed => "restarted, as a watched file has changed",
            Reason::Reboot => "lost in reboot",
        };
        f.write_str(told)?;
        match (&self.detail, status.is_empty() || self.reason == Reason::Lost) {
            (Some(detail), _) => write!(f, ": {detail}"),
            (None, false) => write!(f, " ({status})"),
            (None, true) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(reason: Reason, status: Option<ExitStatus>) -> Exit {
        let detail = None;
        Exit { run: 1, reason, status, started: Timestamp(0), at: Timestamp(5), success: false, detail }
    }

    #[test]
    fn ends_read_as_people_would_say_them() {
        let term = Some(ExitStatus::Signal { signal: 15, core: false });
        assert_eq!(exit(Reason::Exited, Some(ExitStatus::Code(3))).to_string(), "exit 3");
        assert_eq!(exit(Reason::StartTimeout, term).to_string(), "not ready in time (SIGTERM)");
        assert_eq!(exit(Reason::Lost, Some(ExitStatus::Unknown)).to_string(), "lost");
        let spawn = Exit { detail: Some("no such file".into()), ..exit(Reason::SpawnError, None) };
        assert_eq!(spawn.to_string(), "could not be started: no such file");
    }
}
