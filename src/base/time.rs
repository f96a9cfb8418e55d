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

    /// When the next day begins, in the local time zone.
    pub fn next_midnight(self) -> Self {
        let zoned = jiff::Timestamp::from_millisecond(self.0).map(|time| time.to_zoned(jiff::tz::TimeZone::system()));
        let next = zoned.and_then(|time| time.tomorrow()).and_then(|time| time.start_of_day());
        next.map_or(Self(i64::MAX), |time| Self(time.timestamp().as_millisecond()))
    }

    /// What people write for a time: `10m` (ago), `2026-11-20T23:51:07Z`, `2026-11-20 23:51`, `2026-11-20`, `23:51:07`
    /// of today; without a zone it is local.
    pub fn parse(text: &str, now: Self) -> Option<Self> {
        if let Ok(ago) = text.parse::<super::Period>() {
            return Some(Self(now.0.saturating_sub(i64::try_from(ago.as_millis()).ok()?)));
        }
        if let Ok(time) = text.parse::<jiff::Timestamp>() {
            return Some(Self(time.as_millisecond()));
        }
        let zone = jiff::tz::TimeZone::system();
        let time = match text.parse::<jiff::civil::Time>() {
            Ok(time) => jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()).date().to_datetime(time),
            Err(_) => text.parse::<jiff::civil::DateTime>().ok()?,
        };
        time.to_zoned(zone).ok().map(|time| Self(time.timestamp().as_millisecond()))
    }

    /// `Fri Nov 20 23:51:07 2026`, as ctime(3) writes it.
    pub fn ctime(self) -> String {
        self.strftime("%a %b %e %H:%M:%S %Y")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now = Timestamp::parse("2026-11-20T12:00:00Z", Timestamp(0)).unwrap();
        assert_eq!(now.rfc3339(), "2026-11-20T12:00:00.000Z");
        assert_eq!(Timestamp::parse("1h30m", now).unwrap().rfc3339(), "2026-11-20T10:30:00.000Z");
        let day = Timestamp::parse("2026-11-20", now).unwrap();
        assert_eq!(Timestamp::parse("2026-11-20 01:02", now).unwrap().since(day).to_string(), "1h2m");
        assert_eq!(day.strftime("%F %T"), "2026-11-20 00:00:00");
        assert_eq!(Timestamp::parse("00:00:30", day).unwrap().since(day).to_string(), "30s");
        assert_eq!(day.next_midnight().strftime("%F %T"), "2026-11-21 00:00:00");
        for text in ["", "soon", "25:00", "2026-13-01", "-5m"] {
            assert_eq!(Timestamp::parse(text, now), None, "{text}");
        }
    }
}
