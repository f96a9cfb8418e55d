//! Amounts of bytes as people write them: `512`, `64K`, `10M`, `2G`, in steps of 1024.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount of bytes. Written and saved as text: `10M`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bytes(pub u64);

const UNITS: [(&str, u32); 4] = [("T", 40), ("G", 30), ("M", 20), ("K", 10)];

/// The text is no amount of bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a size: '{0}' (write 512, 64K, 10M or 2G)")]
pub struct BadSize(pub String);

impl FromStr for Bytes {
    type Err = BadSize;

    /// `10M`, also as `10MB` and `10MiB`: whoever writes that means the same here.
    fn from_str(text: &str) -> Result<Self, BadSize> {
        let bad = || BadSize(text.chars().take(40).collect());
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: u64 = text[..digits].parse().map_err(|_| bad())?;
        let unit = text[digits..].to_ascii_uppercase();
        let unit = unit.strip_suffix("IB").or_else(|| unit.strip_suffix('B')).unwrap_or(&unit);
        let shift = match UNITS.iter().find(|(name, _)| *name == unit) {
            Some((_, shift)) => *shift,
            None if unit.is_empty() => 0,
            None => return Err(bad()),
        };
        let most = u64::MAX >> (shift + 1);
        if number > most { Err(bad()) } else { Ok(Self(number << shift)) }
    }
}

impl TryFrom<String> for Bytes {
    type Error = BadSize;

    fn try_from(text: String) -> Result<Self, BadSize> {
        text.parse()
    }
}

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> Self {
        bytes.to_string()
    }
}

impl fmt::Display for Bytes {
    /// In the largest unit that leaves no rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().find(|(_, shift)| self.0 > 0 && self.0.trailing_zeros() >= *shift);
        match whole {
            Some((name, shift)) => write!(f, "{}{name}", self.0 >> shift),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written_back() {
        for (text, bytes, back) in
            [("10M", 10 << 20, "10M"), ("1536", 1536, "1536"), ("2GiB", 2 << 30, "2G"), ("64kb", 64 << 10, "64K")]
        {
            let size: Bytes = text.parse().unwrap();
            assert_eq!((size.0, size.to_string().as_str()), (bytes, back), "{text}");
        }
        for text in ["", "M", "-1", "1.5G", "1X", "9999999999T", "10 M"] {
            assert!(text.parse::<Bytes>().is_err(), "{text}");
        }
    }
}
