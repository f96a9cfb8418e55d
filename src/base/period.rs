//! Spans of time as people write them: `250ms`, `10s`, `5m`, `1h30m`, `2d`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A span of time in whole milliseconds. Written and saved as text: `1h30m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period(u64);

/// The units, largest first, in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// A century: longer than anything that waits here, and far from where sums would overflow.
const MOST: u64 = 100 * 365 * 86_400_000;

/// The text is no span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a duration: '{0}' (write 250ms, 10s, 5m, 1h30m or 2d)")]
pub struct BadPeriod(pub String);

impl Period {
    pub const ZERO: Period = Period(0);

    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds * 1000)
    }

    pub fn as_millis(self) -> u64 {
        self.0
    }

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl From<Period> for std::time::Duration {
    fn from(period: Period) -> Self {
        Self::from_millis(period.0)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = BadPeriod;

    fn try_from(text: String) -> Result<Self, BadPeriod> {
        text.parse()
    }
}

impl FromStr for Period {
    type Err = BadPeriod;

    /// Numbers with units, largest first, each unit once. `0` needs none.
    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let bad = || BadPeriod(text.chars().take(40).collect());
        if text == "0" {
            return Ok(Self::ZERO);
        }
        let (mut rest, mut total, mut units) = (text, 0u64, UNITS.iter());
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
            let number: u64 = rest[..digits].parse().map_err(|_| bad())?;
            let end = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |next| digits + next);
            let (_, worth) = units.find(|(name, _)| *name == &rest[digits..end]).ok_or_else(bad)?;
            total = number.checked_mul(*worth).and_then(|part| total.checked_add(part)).ok_or_else(bad)?;
            rest = &rest[end..];
        }
        if text.is_empty() || total > MOST { Err(bad()) } else { Ok(Self(total)) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        for (name, worth) in UNITS {
            if rest >= worth {
                write!(f, "{}{name}", rest / worth)?;
                rest %= worth;
            }
        }
        if self.0 == 0 { f.write_str("0s") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read_and_written_back() {
        for (text, milliseconds, back) in [
            ("10s", 10_000, "10s"),
            ("1h30m", 5_400_000, "1h30m"),
            ("90m", 5_400_000, "1h30m"),
            ("250ms", 250, "250ms"),
            ("2d", 172_800_000, "2d"),
            ("0", 0, "0s"),
            ("0s", 0, "0s"),
            ("1m500ms", 60_500, "1m500ms"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.as_millis(), period.to_string().as_str()), (milliseconds, back), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for text in ["", "10", "s", "-1s", "1.5s", "10 s", "1s1m", "1s1s", "5x", "99999999999999999999s", "36501d"] {
            let error = text.parse::<Period>().unwrap_err();
            assert!(error.to_string().contains(&format!("'{text}'")), "{error}");
        }
    }
}
