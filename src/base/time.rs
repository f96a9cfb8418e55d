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

    /// This much later.
    pub fn after(self, period: super::Period) -> Self {
        Self(self.0.saturating_add(i64::try_from(period.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long it is since `earlier`; nothing where that is later, as a clock may be set back.
    pub fn since(self, earlier: Self) -> super::Period {
        super::Period::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whole seconds since the epoch.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// In the local time zone; none when the time is out of the calendar's range.
    pub fn local(self) -> Option<jiff::Zoned> {
        let time = jiff::Timestamp::from_millisecond(self.0).ok()?;
        Some(time.to_zoned(jiff::tz::TimeZone::system()))
    }

    /// In the local time zone by a strftime pattern; empty when the time is out of the calendar's range.
    pub fn strftime(self, pattern: &str) -> String {
        let Some(zoned) = self.local() else { return String::new() };
        jiff::fmt::strtime::format(pattern, &zoned).unwrap_or_else(|_| pattern.to_owned())
    }

    /// `2026-11-20T23:51:07.113Z`, in UTC; empty when the time is out of the calendar's range.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
    }

    /// `Fri Nov 20 23:51:07 2026`, as ctime(3) writes it.
    pub fn ctime(self) -> String {
        self.strftime("%a %b %e %H:%M:%S %Y")
    }
}
