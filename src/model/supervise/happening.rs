//! What happens to a job, what is to be done about it, and what is told.

use serde::{Deserialize, Serialize};

use super::exit::Reason;
use crate::base::{ExitStatus, Timestamp};

/// What has happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum JobEvent {
    /// A person wants it to run, now. Clears what was counted against it.
    Start,
    /// It is wanted, by its file or with the machine: at once, or when its schedule says.
    Want,
    /// Somebody wants it to end.
    Stop(Reason),
    /// The same, and then to run again.
    Restart(Reason),
    /// Forget that it failed.
    Reset,
    /// What it needs is there, and there is room.
    Admitted,
    Spawned,
    SpawnFailed(String),
    /// The check for readiness has passed.
    Ready,
    /// The first process has ended. `memory`: the kernel had none left for it.
    Ended {
        status: ExitStatus,
        at: Timestamp,
        memory: Option<Reason>,
    },
    /// Nothing of its set lives any more.
    Gone,
    /// Processes of its set that still live, while it is being ended.
    Left(Vec<u32>),
    /// A check says that it is ill, as often as it may.
    Ill(Reason, String),
    /// It has gone, and nobody saw how.
    Lost(Reason),
    Pause,
    Resume,
    /// It is (about) [`Life::deadline`].
    Time,
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Start a run. `Spawned` or `SpawnFailed` follows.
    Spawn,
    /// Send this to everything in its set, and watch the set until it is empty: `Gone` or `Left` follow.
    Signal(u8),
    /// End what a run has left behind, by its plan; `Gone` follows.
    Sweep,
    /// Tell the owner.
    Tell(Notice),
}

/// What is worth telling: never one for each restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// It has failed, for the first time since it was well.
    Failed,
    /// It has failed and will not be started again, but perhaps much later.
    GaveUp,
    /// It fails again and again.
    Flapping,
    /// It is well again.
    Recovered,
    /// It was a long run, and that is over.
    Finished,
    /// It has printed something that is worth telling.
    Alert(String),
    /// These processes cannot be ended.
    Stuck(Vec<u32>),
    /// It takes longer than its schedule leaves it: starts are left out.
    Overlaps,
}
