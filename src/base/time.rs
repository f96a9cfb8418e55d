//! Points in time as state carries them.

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch. State is given it; nothing pure asks a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The clock of this machine, now.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_millisecond())
    }

    /// Whole seconds since the epoch.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// In the local time zone by a strftime pattern; empty when the time is out of the calendar's range.
    pub fn strftime(self, pattern: &str) -> String {
        let Ok(time) = jiff::Timestamp::from_millisecond(self.0) else { return String::new() };
        let zoned = time.to_zoned(jiff::tz::TimeZone::system());
        jiff::fmt::strtime::format(pattern, &zoned).unwrap_or_else(|_| pattern.to_owned())
    }

    /// `Fri Nov 20 23:51:07 2026`, as ctime(3) writes it.
    pub fn ctime(self) -> String {
        self.strftime("%a %b %e %H:%M:%S %Y")
    }
}
