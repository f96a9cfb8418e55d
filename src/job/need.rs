//! What a job needs of others before it is started: `db`, `migrate:done`, `cache:started`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::Error;

/// How far another job must have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Its program runs.
    Started,
    /// It is up, as its own check for readiness says; what a service is waited for where nothing is said.
    Ready,
    /// It has ended well; what a task is waited for where nothing is said.
    Done,
}

impl Condition {
    pub const NAMES: [&'static str; 3] = ["started", "ready", "done"];

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Another job, and how far it must have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Need {
    pub job: String,
    /// By the other's kind where none is given.
    pub condition: Option<Condition>,
}

impl FromStr for Need {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (job, condition) = match text.split_once(':') {
            None => (text, None),
            Some((job, "started")) => (job, Some(Condition::Started)),
            Some((job, "ready")) => (job, Some(Condition::Ready)),
            Some((job, "done")) => (job, Some(Condition::Done)),
            Some((_, other)) => {
                return Err(Error::usage(format!("unknown condition '{other}' in '{text}'"))
                    .hint(format!("one of {}", Condition::NAMES.join(", "))));
            }
        };
        if job.is_empty() {
            return Err(Error::usage(format!("no job is named in '{text}'")));
        }
        Ok(Self { job: job.to_owned(), condition })
    }
}

impl TryFrom<String> for Need {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Need> for String {
    fn from(need: Need) -> Self {
        need.to_string()
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.condition {
            None => f.write_str(&self.job),
            Some(condition) => write!(f, "{}:{}", self.job, condition.name()),
        }
    }
}

/// What becomes of a job when one that it needs ends or is restarted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnLoss {
    #[default]
    Keep,
    Restart,
    Stop,
}

impl OnLoss {
    pub const NAMES: [&'static str; 3] = ["keep", "restart", "stop"];

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl FromStr for OnLoss {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "keep" => Ok(OnLoss::Keep),
            "restart" => Ok(OnLoss::Restart),
            "stop" => Ok(OnLoss::Stop),
            _ => Err(Error::usage(format!("'{text}' is none of {}", Self::NAMES.join(", ")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_read_and_written_back() {
        for text in ["db", "migrate:done", "cache:started", "web:ready"] {
            assert_eq!(text.parse::<Need>().unwrap().to_string(), text);
        }
        for text in ["", ":done", "db:healthy"] {
            assert!(text.parse::<Need>().is_err(), "{text}");
        }
    }
}
