//! Ends of a program as a job's rules name them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::exit::{signal_name, signal_number};
use crate::base::{Error, ExitStatus};

/// One kind of end that a job's rules name: a code or a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Match {
    Code(u8),
    Signal(u8),
}

impl Match {
    pub fn fits(self, status: ExitStatus) -> bool {
        match (self, status) {
            (Match::Code(wanted), ExitStatus::Code(code)) => wanted == code,
            (Match::Signal(wanted), ExitStatus::Signal { signal, .. }) => wanted == signal,
            _ => false,
        }
    }
}

impl FromStr for Match {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let code = text.parse().ok().map(Match::Code);
        code.or_else(|| signal_number(text).map(Match::Signal)).ok_or_else(|| {
            Error::usage(format!("'{text}' is no way to end")).hint("a code from 0 to 255, or a signal such as SIGUSR1")
        })
    }
}

impl From<Match> for String {
    fn from(end: Match) -> Self {
        match end {
            Match::Code(code) => code.to_string(),
            Match::Signal(signal) => signal_name(signal),
        }
    }
}

impl TryFrom<String> for Match {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_signals_are_told_apart() {
        let usr1: Match = "SIGUSR1".parse().unwrap();
        assert!(usr1.fits(ExitStatus::Signal { signal: 10, core: false }));
        assert!(!usr1.fits(ExitStatus::Code(10)));
        assert!("10".parse::<Match>().unwrap().fits(ExitStatus::Code(10)));
        assert!("256".parse::<Match>().is_err() && "SIGNOPE".parse::<Match>().is_err());
        assert_eq!(String::from(usr1), "SIGUSR1");
    }
}
