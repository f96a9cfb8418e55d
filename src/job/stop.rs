//! How a job is stopped: signals and how long each is waited for, as start-stop-daemon(8) writes `--retry`:
//! `TERM/10s KILL`, `INT/5s TERM/5s KILL`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Period, exit};

/// One signal, and how long it is given to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub signal: u8,
    pub wait: Period,
}

/// The steps. KILL is always the last, added where it was left out: what does not end has to be ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StopPlan(Vec<Step>);

const KILL: u8 = 9;
const TERM: u8 = 15;

/// What a step waits whose time is not given: as long as people wait at a prompt.
const USUAL_WAIT: Period = Period::from_secs(10);

/// How long after KILL somebody is told that processes are still there. The kernel needs no time for it, unless they
/// hang in it.
const AFTER_KILL: Period = Period::from_secs(5);

/// Steps that a plan may have.
const MOST: usize = 8;

impl Default for StopPlan {
    fn default() -> Self {
        Self::new(vec![Step { signal: TERM, wait: USUAL_WAIT }])
    }
}

impl StopPlan {
    fn new(mut steps: Vec<Step>) -> Self {
        steps.retain(|step| step.signal != KILL);
        steps.push(Step { signal: KILL, wait: AFTER_KILL });
        Self(steps)
    }

    /// KILL at once.
    pub fn kill() -> Self {
        Self::new(Vec::new())
    }

    pub fn step(&self, index: usize) -> Option<Step> {
        self.0.get(index).copied()
    }

    /// The longest that all of it may take.
    pub fn longest(&self) -> Period {
        Period::from_millis(self.0.iter().map(|step| step.wait.as_millis()).sum())
    }
}

impl From<StopPlan> for String {
    fn from(plan: StopPlan) -> Self {
        plan.to_string()
    }
}

impl TryFrom<String> for StopPlan {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl FromStr for StopPlan {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad =
            |why: String| Error::usage(format!("bad way to stop: '{text}': {why}")).hint("write it as 'TERM/10s KILL'");
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() || words.len() > MOST {
            return Err(bad(format!("1 to {MOST} signals are wanted")));
        }
        let mut steps = Vec::new();
        for word in words {
            let (name, wait) = word.split_once('/').unwrap_or((word, ""));
            let signal = exit::signal_number(name).ok_or_else(|| bad(format!("no signal is called {name}")))?;
            let wait = match wait {
                "" => USUAL_WAIT,
                wait => wait.parse().map_err(|error: crate::base::period::BadPeriod| bad(error.to_string()))?,
            };
            steps.push(Step { signal, wait });
        }
        Ok(Self::new(steps))
    }
}

impl fmt::Display for StopPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            let name = exit::signal_name(step.signal);
            let name = name.strip_prefix("SIG").unwrap_or(&name);
            match step.signal {
                KILL => f.write_str(name)?,
                _ => write!(f, "{name}/{} ", step.wait)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_always_ends_in_kill() {
        let plan: StopPlan = "INT/500ms TERM".parse().unwrap();
        assert_eq!(plan.step(0), Some(Step { signal: 2, wait: Period::from_millis(500) }));
        assert_eq!(plan.step(1), Some(Step { signal: 15, wait: USUAL_WAIT }));
        assert_eq!(plan.step(2).map(|step| step.signal), Some(9));
        assert_eq!(plan.step(3), None);
        assert_eq!(plan.to_string(), "INT/500ms TERM/10s KILL");
        assert_eq!("TERM/10s KILL".parse::<StopPlan>().unwrap(), StopPlan::default());
        assert_eq!("KILL".parse::<StopPlan>().unwrap(), StopPlan::kill());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, why) in [("", "1 to 8"), ("TREM", "TREM"), ("TERM/soon", "'soon'"), ("0/1s", "called 0")] {
            let error = text.parse::<StopPlan>().unwrap_err();
            assert!(error.message.contains(why), "{error}");
        }
    }
}
