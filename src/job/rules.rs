//! The rules that a job's owner has given for it, as far as its life goes.

use serde::{Deserialize, Serialize};

use super::{Match, Policy, Schedule, StopPlan};
use crate::base::{ExitStatus, Period};

/// How one job lives. What it runs, and as whom, is another matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    pub policy: Policy,
    /// Ends that are well, beside exit 0.
    pub success: Vec<Match>,
    /// Ends after which it is not started again, whatever the policy.
    pub no_restart: Vec<Match>,
    pub stop: StopPlan,
    /// It is taken to run when it has been up for this long; where there is a check for readiness, when that says so.
    pub min_uptime: Period,
    /// Somebody looks whether it is ready (`JobEvent::Ready`).
    pub probed: bool,
    /// It fails when it is not ready after this.
    pub start_timeout: Option<Period>,
    /// It may run no longer.
    pub runtime_max: Option<Period>,
    /// When it is started, beside when a person wants it.
    pub schedule: Option<Schedule>,
    /// A run that ended is the job's end: `mux run`. Else it is still wanted, at the next boot for one.
    pub once: bool,
    /// The end of a run that was longer is worth telling.
    pub tell_after: Option<Period>,
    /// Keeps the delays of jobs apart.
    pub salt: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            success: Vec::new(),
            no_restart: Vec::new(),
            stop: StopPlan::default(),
            min_uptime: Period::from_secs(1),
            probed: false,
            start_timeout: None,
            runtime_max: None,
            schedule: None,
            once: false,
            tell_after: None,
            salt: 0,
        }
    }
}

impl Rules {
    /// SIGTERM and the like from outside are failures too: who means to stop a job says it to mux, and the killers of
    /// processes that eat memory use just those.
    pub fn is_success(&self, status: ExitStatus) -> bool {
        status.success() || self.success.iter().any(|end| end.fits(status))
    }
}
