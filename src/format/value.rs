//! What modifiers do to a value.

use regex::{Captures, RegexBuilder};

use super::expand::{Expander, room};
use super::modifier::Modifier;
use super::pieces;
use crate::base::Timestamp;
use crate::base::limits::{MAX_FORMAT_OUTPUT, MAX_FORMAT_PATTERN};

type Change = fn(&str, &Modifier, &Expander<'_>) -> String;

/// In the order in which they are applied, however they were written: tmux's.
const CHANGES: &[(&str, Change)] = &[
    ("t", |value, modifier, expander| time(value, modifier, expander)),
    ("b", |value, _, _| base_name(value).to_owned()),
    ("d", |value, _, _| directory(value).to_owned()),
    ("q", |value, modifier, _| quote(value, modifier.arg(0))),
    ("E", |value, _, expander| expander.run(value)),
    ("T", |value, _, expander| expander.run(value)),
    ("s", |value, modifier, _| substitute(value, modifier)),
    ("=", |value, modifier, _| truncate(value, modifier)),
    ("p", |value, modifier, _| pad(value, number(modifier.arg(0)))),
    ("n", |value, _, _| value.len().to_string()),
    ("w", |value, _, _| pieces::width(value).to_string()),
];

pub(super) fn modify(value: String, modifiers: &[Modifier], expander: &Expander<'_>) -> String {
    CHANGES.iter().fold(value, |value, (name, change)| {
        let wanted = modifiers.iter().filter(|modifier| modifier.name == *name);
        wanted.fold(value, |value, modifier| change(&value, modifier, expander))
    })
}

/// Appends what there is room for.
pub(super) fn push_bounded(out: &mut String, text: &str) {
    let mut end = text.len().min(room(out));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    out.push_str(&text[..end]);
}

fn number(text: &str) -> i32 {
    text.parse().unwrap_or(0)
}

/// Seconds since the epoch as a date; `p` in short, `f` by a pattern.
fn time(value: &str, modifier: &Modifier, expander: &Expander<'_>) -> String {
    let Some(time) = value.parse::<i64>().ok().filter(|&seconds| seconds != 0).map(at_second) else {
        return String::new();
    };
    match modifier.arg(0) {
        "p" => {
            let now = expander.variable("now").and_then(|now| now.parse().ok()).map_or(time, at_second);
            time.strftime(short_pattern(now.seconds().saturating_sub(time.seconds())))
        }
        "f" => time.strftime(modifier.arg(1)),
        _ => time.ctime(),
    }
}

fn at_second(seconds: i64) -> Timestamp {
    Timestamp(seconds.saturating_mul(1000))
}

/// The clock today, the day in the last weeks, the date in the last year, then the month.
fn short_pattern(age: i64) -> &'static str {
    const DAY: i64 = 24 * 60 * 60;
    match age {
        ..DAY => "%H:%M",
        _ if age < 28 * DAY => "%a%d",
        _ if age < 365 * DAY => "%d%b",
        _ => "%b%y",
    }
}

/// basename(3).
fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some((_, name)) => name,
        None if trimmed.is_empty() => {
            if path.is_empty() {
                "."
            } else {
                "/"
            }
        }
        None => trimmed,
    }
}

/// dirname(3).
fn directory(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some((parent, _)) if !parent.trim_end_matches('/').is_empty() => parent.trim_end_matches('/'),
        Some(_) => "/",
        None if trimmed.is_empty() && !path.is_empty() => "/",
        None => ".",
    }
}

/// For a shell; with `e` or `h` against being taken for a style or a template.
fn quote(value: &str, flags: &str) -> String {
    const SHELL: &str = "|&;<>()$`\\\"'*?[# =%";
    let (special, escape) = if flags.contains(['e', 'h']) { ("#", '#') } else { (SHELL, '\\') };
    let mut out = String::new();
    for c in value.chars() {
        if special.contains(c) {
            out.push(escape);
        }
        out.push(c);
    }
    out
}

/// `s/pattern/text/i`: every match; `\1` is its first group. A pattern that cannot be read matches nothing.
fn substitute(value: &str, modifier: &Modifier) -> String {
    let Some(pattern) = pattern(modifier.arg(0), modifier.arg(2).contains('i')) else { return value.to_owned() };
    let mut out = String::new();
    let mut from = 0;
    for groups in pattern.captures_iter(value) {
        let Some(whole) = groups.get(0) else { break };
        push_bounded(&mut out, &value[from..whole.start()]);
        push_groups(&mut out, modifier.arg(1), &groups);
        from = whole.end();
        if room(&out) == 0 {
            break;
        }
    }
    push_bounded(&mut out, &value[from..]);
    out
}

fn push_groups(out: &mut String, text: &str, groups: &Captures<'_>) {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        match escaped.and_then(|c| c.to_digit(10)) {
            Some(group) => push_bounded(out, groups.get(group as usize).map_or("", |group| group.as_str())),
            None => push_bounded(out, escaped.unwrap_or(c).encode_utf8(&mut [0; 4])),
        }
    }
}

/// An extended regular expression, matched in time that is linear in the text.
pub(super) fn pattern(text: &str, ignore_case: bool) -> Option<regex::Regex> {
    RegexBuilder::new(text).case_insensitive(ignore_case).size_limit(MAX_FORMAT_PATTERN).build().ok()
}

/// `=N` keeps so many columns from the left, `=-N` from the right; a second argument marks what was cut.
fn truncate(value: &str, modifier: &Modifier) -> String {
    let limit = number(modifier.arg(0));
    let columns = limit.unsigned_abs() as usize;
    let marker = modifier.arg(1);
    if limit == 0 || pieces::width(value) <= columns {
        return value.to_owned();
    }
    if limit > 0 {
        pieces::keep_left(value, columns) + marker
    } else {
        marker.to_owned() + &pieces::keep_right(value, columns)
    }
}

/// `pN` fills up to so many columns at the right, `p-N` at the left.
fn pad(value: &str, columns: i32) -> String {
    let wanted = (columns.unsigned_abs() as usize).min(MAX_FORMAT_OUTPUT);
    let blanks = " ".repeat(wanted.saturating_sub(pieces::width(value)));
    if columns > 0 { value.to_owned() + &blanks } else { blanks + value }
}
