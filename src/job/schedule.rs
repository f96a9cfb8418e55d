//! When a job is to run: a cron expression in local time, or an interval.
//!
//! Pure: the time is given, and the local time zone is the system's (see [`Timestamp::local`]). Where the clock is put
//! forward, a fixed time within the gap comes right behind it and one by steps is left out; where it is put back, a
//! fixed time comes once, and one by steps in both of the hours (as Vixie's cron(8) does it).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Zoned;
use serde::{Deserialize, Serialize};

use crate::base::{Error, Period, Timestamp};

/// Written and saved as text: `every 15m`, `*/5 9-17 * * mon-fri`, `@daily`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule {
    text: String,
    rhythm: Rhythm,
}

#[derive(Clone, Debug)]
enum Rhythm {
    Every(Period),
    Cron(Arc<Cron>),
}

/// No two starts are closer: what is to run more often is a service.
const SHORTEST: Period = Period::from_secs(1);

/// What stands for five fields (crontab(5)).
const NICKNAMES: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

impl Schedule {
    /// The first time behind `now`. `due` is the last one that was due: an interval counts on from there, so that a
    /// late start does not shift all others, and leaves out what has passed meanwhile.
    pub fn next(&self, due: Timestamp, now: Timestamp) -> Option<Timestamp> {
        self.next_at(due, &now.local()?)
    }

    fn next_at(&self, due: Timestamp, now: &Zoned) -> Option<Timestamp> {
        match &self.rhythm {
            Rhythm::Every(period) => {
                let now = Timestamp(now.timestamp().as_millisecond());
                let passed = now.since(due).as_millis() / period.as_millis() + 1;
                Some(due.min(now).after(Period::from_millis(period.as_millis().saturating_mul(passed))))
            }
            Rhythm::Cron(cron) => {
                let next = cron.find_next_occurrence(now, false).ok()?;
                Some(Timestamp(next.timestamp().as_millisecond()))
            }
        }
    }

    pub fn every(period: Period) -> Result<Self, Error> {
        if period < SHORTEST {
            return Err(Error::usage(format!("every {period}: the shortest interval is {SHORTEST}")));
        }
        Ok(Self { text: format!("every {period}"), rhythm: Rhythm::Every(period) })
    }

    fn cron(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            let error = Error::usage(format!("'{text}' is no schedule: {why}"));
            error.hint("MINUTE HOUR DAY MONTH WEEKDAY as in crontab(5), @daily and the like, or 'every 15m'")
        };
        let lower = text.to_ascii_lowercase();
        if lower == "@reboot" {
            return Err(wrong("what starts with the machine has boot = true"));
        }
        if text.contains('@') && !NICKNAMES.contains(&lower.as_str()) {
            return Err(wrong(&format!("expected one of {}", NICKNAMES.join(", "))));
        }
        let fields = text.split_whitespace().count();
        if !text.contains('@') && fields != 5 {
            return Err(wrong(&format!("it has {fields} fields and needs 5")));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(text).map_err(|error| wrong(&plain(&error.to_string())))?;
        let some_day = Zoned::new(jiff::Timestamp::UNIX_EPOCH, jiff::tz::TimeZone::UTC);
        match cron.find_next_occurrence(&some_day, false) {
            Ok(_) => Ok(Self { text: text.to_owned(), rhythm: Rhythm::Cron(Arc::new(cron)) }),
            Err(_) => Err(wrong("there is no such day")),
        }
    }
}

/// Without the name of the library's type in front, in small letters.
fn plain(text: &str) -> String {
    text.split_once(": ").map_or(text, |(_, rest)| rest).trim_end_matches('.').to_lowercase()
}

impl FromStr for Schedule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim().strip_prefix("every ") {
            Some(period) => Self::every(period.trim().parse().map_err(|error| Error::usage(format!("{error}")))?),
            None => Self::cron(text.trim()),
        }
    }
}

impl TryFrom<String> for Schedule {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.text
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// By what is written: two expressions may mean the same times and are still two.
impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Schedule {}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn schedule(text: &str) -> Schedule {
        text.parse().unwrap()
    }

    /// The times that follow, in a place where clocks are put forward and back.
    fn times(text: &str, from: &str, count: usize) -> Vec<String> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let mut now: Zoned = from.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap();
        let schedule = schedule(text);
        let mut due = Timestamp(now.timestamp().as_millisecond());
        let mut found = Vec::new();
        for _ in 0..count {
            due = schedule.next_at(due, &now).unwrap();
            now = jiff::Timestamp::from_millisecond(due.0).unwrap().to_zoned(zone.clone());
            found.push(now.strftime("%m-%d %H:%M %Z").to_string());
        }
        found
    }

    #[test]
    fn expressions_mean_what_crontab_says() {
        assert_eq!(
            times("*/20 9-10 * * mon-fri", "2026-11-20T10:30", 3),
            ["11-20 10:40 CET", "11-23 09:00 CET", "11-23 09:20 CET"]
        );
        assert_eq!(times("@hourly", "2026-11-20T10:30", 2), ["11-20 11:00 CET", "11-20 12:00 CET"]);
        // Day and weekday both given: either will do.
        assert_eq!(times("0 0 13 * FRI", "2026-11-12T12:00", 2), ["11-13 00:00 CET", "11-20 00:00 CET"]);
        assert_eq!(times("0 12 29 feb *", "2026-11-12T12:00", 1), ["02-29 12:00 CET"]);
    }

    #[test]
    fn clocks_that_are_put_forward_and_back_lose_and_double_no_fixed_time() {
        assert_eq!(
            times("30 2 * * *", "2026-03-28T12:00", 2),
            ["03-29 03:00 CEST", "03-30 02:30 CEST"],
            "half past two does not exist that night"
        );
        assert_eq!(times("30 2 * * *", "2026-10-24T12:00", 2), ["10-25 02:30 CEST", "10-26 02:30 CET"]);
        assert_eq!(
            times("30 * * * *", "2026-10-25T01:45", 3),
            ["10-25 02:30 CEST", "10-25 02:30 CET", "10-25 03:30 CET"]
        );
        assert_eq!(times("every 1h", "2026-10-25T01:45", 2), ["10-25 02:45 CEST", "10-25 02:45 CET"]);
    }

    #[test]
    fn an_interval_keeps_its_beat_and_leaves_out_what_has_passed() {
        let schedule = schedule("every 15m");
        let minutes = |minutes: i64| Timestamp(minutes * 60_000);
        assert_eq!(schedule.next(minutes(0), minutes(0)), Some(minutes(15)));
        assert_eq!(schedule.next(minutes(15), minutes(16)), Some(minutes(30)), "late by a minute");
        assert_eq!(schedule.next(minutes(15), minutes(100)), Some(minutes(105)));
        assert_eq!(schedule.next(minutes(900), minutes(100)), Some(minutes(115)), "the clock was set back");
    }

    #[test]
    fn what_is_no_schedule_is_refused_by_name() {
        for (text, why) in [
            ("* * *", "has 3 fields"),
            ("0 0 0 * * *", "has 6 fields"),
            ("61 * * * *", "'61 * * * *' is no schedule"),
            ("0 0 30 2 *", "no such day"),
            ("@often", "expected one of @yearly"),
            ("@reboot", "boot = true"),
            ("every day", "not a duration: 'day'"),
            ("every 10ms", "shortest interval is 1s"),
            ("", "has 0 fields"),
        ] {
            let error = text.parse::<Schedule>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn it_is_saved_as_it_was_written() {
        for text in ["*/5 * * * mon", "@daily", "every 1h30m"] {
            let saved = serde_json::to_string(&schedule(text)).unwrap();
            assert_eq!(saved, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Schedule>(&saved).unwrap(), schedule(text));
        }
    }

    proptest! {
        /// Over years: each time is behind the one before, fits the expression, and none that fits lies between.
        #[test]
        fn times_only_go_forward_and_none_is_left_out(
            minute in 0..60i8, hour in 0..24i8, start in 0..3_000i64, zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let fixed = schedule(&format!("{minute} {hour} * * *"));
            let mut now = Timestamp(1_600_000_000_000 + start * 86_400_000);
            for _ in 0..400 {
                let zoned = jiff::Timestamp::from_millisecond(now.0).unwrap().to_zoned(zone.clone());
                let next = fixed.next_at(now, &zoned).unwrap();
                prop_assert!(next > now);
                prop_assert!(next.since(now) <= Period::from_secs(26 * 3600), "{zoned}");
                let at = jiff::Timestamp::from_millisecond(next.0).unwrap().to_zoned(zone.clone());
                let moved = at.offset() != zoned.offset();
                prop_assert!(moved || (at.minute(), at.hour()) == (minute, hour), "{zoned} {at}");
                now = next;
            }
        }
    }
}
