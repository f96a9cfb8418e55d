//! A schedule in the words of systemd.time(7) and launchd.plist(5).

use crate::base::Period;
use crate::job::Schedule;

/// A schedule, taken apart.
pub(super) enum Times {
    Every(Period),
    Cron([String; 5]),
}

/// What cron's nicknames stand for (crontab(5)). systemd has words like these with other meanings: its week begins on
/// Monday.
const NICKNAMES: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `None` for what this module does not know to read, which the schedule's own words then tell.
pub(super) fn times(schedule: &Schedule) -> Option<Times> {
    let text = schedule.to_string().to_ascii_lowercase();
    if let Some(period) = text.strip_prefix("every ") {
        return period.trim().parse().ok().map(Times::Every);
    }
    let text = NICKNAMES.iter().find(|(name, _)| *name == text).map_or(text.as_str(), |(_, fields)| fields);
    let fields: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    fields.try_into().ok().map(Times::Cron)
}

/// The values of `OnCalendar=`, which together mean the same: a day of the month or of the week, where cron has both.
/// `None` where a field has what cron alone knows, such as the last day of a month.
pub(super) fn on_calendar([minute, hour, day, month, weekday]: &[String; 5]) -> Option<Vec<String>> {
    let time = format!("{}:{}:00", field(hour, 0, &[])?, field(minute, 0, &[])?);
    let (day, month) = (field(day, 1, &[])?, field(month, 1, &MONTHS)?);
    let date = |day: &str| format!("*-{month}-{day} {time}");
    let on_days = |days: Vec<&str>| format!("{} {}", days.join(","), date("*"));
    Some(match (day.as_str(), weekdays(weekday)?) {
        (day, None) => vec![date(day)],
        ("*", Some(days)) => vec![on_days(days)],
        (day, Some(days)) => vec![date(day), on_days(days)],
    })
}

/// One dictionary of `StartCalendarInterval`, which knows single numbers alone.
pub(super) fn interval([minute, hour, day, month, weekday]: &[String; 5]) -> Option<Vec<(&'static str, u32)>> {
    // A day of the month and one of the week are either here too, but nobody has tried it.
    if day != "*" && weekday != "*" {
        return None;
    }
    let keys = [("Minute", minute), ("Hour", hour), ("Day", day), ("Month", month), ("Weekday", weekday)];
    let given = keys.into_iter().filter(|(_, field)| *field != "*");
    given.map(|(key, field)| field.parse().ok().map(|number| (key, number))).collect()
}

/// Ranges and steps as systemd writes them. `first` is the least number of this field.
fn field(text: &str, first: u32, names: &[&str]) -> Option<String> {
    if text == "*" {
        return Some(text.to_owned());
    }
    let parts = text.split(',').map(|part| {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let (from, to) = match range {
            "*" => (first, None),
            _ => span(range, first, names)?,
        };
        let step: Option<u32> = step.map(str::parse).transpose().ok()?;
        let to = to.map_or_else(String::new, |to| format!("..{to:02}"));
        let step = step.map_or_else(String::new, |step| format!("/{step}"));
        Some(format!("{from:02}{to}{step}"))
    });
    parts.collect::<Option<Vec<String>>>().map(|parts| parts.join(","))
}

/// `N` or `N-M`, upwards. Names count from `first`.
fn span(text: &str, first: u32, names: &[&str]) -> Option<(u32, Option<u32>)> {
    let number = |word: &str| match names.iter().position(|name| name.eq_ignore_ascii_case(word)) {
        Some(at) => u32::try_from(at).ok().map(|at| at + first),
        None => word.parse::<u32>().ok(),
    };
    match text.split_once('-') {
        None => Some((number(text)?, None)),
        Some((from, to)) => Some((number(from)?, Some(number(to)?))).filter(|(from, to)| Some(*from) <= *to),
    }
}

/// By name, from Sunday; `Some(None)` where every day will do.
fn weekdays(text: &str) -> Option<Option<Vec<&'static str>>> {
    if text == "*" {
        return Some(None);
    }
    let mut on = [false; 7];
    for part in text.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let (from, to) = match range {
            "*" => (0, Some(6)),
            _ => span(range, 0, &DAYS)?,
        };
        let last = to.unwrap_or(if part.contains('/') { 6 } else { from });
        let step: usize = step.parse().ok().filter(|step| *step > 0)?;
        for day in (from..=last).step_by(step) {
            // 7 is Sunday too.
            *on.get_mut(usize::try_from(day % 7).ok()?)? = true;
        }
    }
    Some(Some(DAYS.iter().zip(on).filter(|(_, on)| *on).map(|(day, _)| *day).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(text: &str) -> Option<Vec<String>> {
        match times(&text.parse().unwrap())? {
            Times::Cron(fields) => on_calendar(&fields),
            Times::Every(period) => panic!("every {period} is no calendar"),
        }
    }

    #[test]
    fn fields_of_cron_become_those_of_systemd() {
        for (cron, expected) in [
            ("30 4 * * mon-fri", &["Mon,Tue,Wed,Thu,Fri *-*-* 04:30:00"][..]),
            ("*/15 9-17 * * *", &["*-*-* 09..17:00/15:00"]),
            ("0 0 1,15 * *", &["*-*-01,15 00:00:00"]),
            ("5 0 1-7/2 jan,jul *", &["*-01,07-01..07/2 00:05:00"]),
            ("0 12 13 * fri", &["*-*-13 12:00:00", "Fri *-*-* 12:00:00"]),
            ("@weekly", &["Sun *-*-* 00:00:00"]),
            ("@hourly", &["*-*-* *:00:00"]),
            ("0 0 * * 7", &["Sun *-*-* 00:00:00"]),
        ] {
            assert_eq!(calendar(cron).unwrap(), expected, "{cron}");
        }
    }

    #[test]
    fn what_cron_alone_knows_is_not_guessed() {
        assert_eq!(calendar("0 0 L * *"), None);
        assert_eq!(calendar("0 0 * * fri#2"), None);
    }

    #[test]
    fn launchd_takes_single_numbers() {
        let fields = |text: &str| match times(&text.parse().unwrap()) {
            Some(Times::Cron(fields)) => interval(&fields),
            _ => panic!("{text} is no cron expression"),
        };
        assert_eq!(fields("30 4 * * 1"), Some(vec![("Minute", 30), ("Hour", 4), ("Weekday", 1)]));
        assert_eq!(fields("*/5 * * * *"), None);
        assert_eq!(fields("0 0 13 * 5"), None);
    }
}
