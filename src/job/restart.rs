//! When an ended job is started again, and how long after.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Period};

/// After which ends a job is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    #[default]
    No,
    OnFailure,
    Always,
}

impl Restart {
    pub const NAMES: &'static [&'static str] = &["no", "on-failure", "always"];

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl FromStr for Restart {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "no" => Ok(Restart::No),
            "on-failure" => Ok(Restart::OnFailure),
            "always" => Ok(Restart::Always),
            _ => Err(Error::usage(format!("unknown restart policy: '{text}'"))
                .hint(format!("one of {}", Self::NAMES.join(", ")))),
        }
    }
}

/// How a job is started again.
///
/// The limit counts runs in a row that were shorter than `reset_after`, not starts in a window of time: a window can
/// be outrun by the delays themselves, and then a job that can never work is restarted for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub restart: Restart,
    /// Before the first restart; doubled for each short run in a row.
    pub delay: Period,
    /// No delay is longer.
    pub delay_most: Period,
    /// Short runs in a row after which it is given up; 0 for never.
    pub limit: u32,
    /// A run of this length is no short one.
    pub reset_after: Period,
    /// A job that was given up is tried once in this time.
    pub retry_failed: Option<Period>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            restart: Restart::No,
            delay: Period::from_secs(1),
            delay_most: Period::from_secs(60),
            limit: 10,
            reset_after: Period::from_secs(60),
            retry_failed: None,
        }
    }
}

/// Delays differ by up to this part in either direction, so that jobs that fell together do not rise together.
const JITTER_PERCENT: u64 = 10;

impl Policy {
    /// The pause after this many short runs in a row. `salt` is a number of the job's own.
    pub fn pause(&self, short_runs: u32, salt: u64) -> Period {
        let doublings = short_runs.saturating_sub(1).min(40);
        let full = self.delay.as_millis().saturating_mul(1 << doublings).min(self.delay_most.as_millis());
        let spread = full * JITTER_PERCENT / 100;
        // SplitMix64's finalizer: near salts give far numbers.
        let mut mixed = salt.wrapping_add(u64::from(short_runs)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^= mixed >> 31;
        Period::from_millis(full - spread + mixed % (2 * spread + 1))
    }

    /// It is not started again after this many short runs in a row.
    pub fn gives_up(&self, short_runs: u32) -> bool {
        self.limit > 0 && short_runs > self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_most() {
        let policy = Policy::default();
        let pauses: Vec<u64> = (0..9).map(|runs| policy.pause(runs, 7).as_millis()).collect();
        for (pause, full) in pauses.iter().zip([1000, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
            assert!((full * 9 / 10..=full * 11 / 10).contains(pause), "{pause} for {full}");
        }
        assert_ne!(policy.pause(3, 1), policy.pause(3, 2), "jobs keep apart");
        assert!(policy.pause(u32::MAX, 0).as_millis() <= 66_000);
    }

    #[test]
    fn ten_short_runs_take_some_five_minutes() {
        let policy = Policy::default();
        let total: u64 = (1..=10).map(|runs| policy.pause(runs, 0).as_millis()).sum();
        assert!((230_000..310_000).contains(&total), "{total}");
        assert!(!policy.gives_up(10) && policy.gives_up(11));
        assert!(!Policy { limit: 0, ..policy }.gives_up(u32::MAX));
    }
}
