//! Where a job stands, and where its owner wants it.

use serde::{Deserialize, Serialize};

/// What its owner wants, whatever becomes of it. Kept on disk at each change: what was stopped stays stopped, and
/// what was wanted comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    Up,
    #[default]
    Down,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// To be started, as soon as what it needs is there.
    Waiting,
    /// Started, and not ready yet.
    Starting,
    Running,
    /// It is being ended.
    Stopping,
    /// To be started again when its pause is over.
    Backoff,
    /// It has ended well.
    Exited,
    /// It has ended badly and is not started again, but perhaps much later.
    Failed,
    /// A person wants it so.
    #[default]
    Stopped,
}

impl Phase {
    pub const NAMES: &'static [&'static str] =
        &["waiting", "starting", "running", "stopping", "backoff", "exited", "failed", "stopped"];

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// A program of it may be there.
    pub fn is_live(self) -> bool {
        matches!(self, Phase::Starting | Phase::Running | Phase::Stopping)
    }

    /// Nothing will happen to it by itself, but the rare try of one that was given up.
    pub fn is_at_rest(self) -> bool {
        matches!(self, Phase::Exited | Phase::Failed | Phase::Stopped)
    }
}
