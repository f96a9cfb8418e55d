//! `[restore]`: what comes back after a reboot, and what of it is run again.
//!
//! ```toml
//! [restore]
//! sessions = "ask"                  # ask, yes, no
//! programs = ["vim", "ssh *"]       # what may be run again; nothing else is
//! history = 2000                    # lines of each pane that are kept for it
//! ```

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::problem::{Source, suggestion};

/// What a user has decided about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Restore {
    pub sessions: Sessions,
    /// Patterns of command lines.
    pub programs: Vec<String>,
    /// Lines of text of each pane; 0: none.
    pub history: u32,
}

/// Whether sessions of before come back by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// They are offered: `mux restore` brings them back.
    Ask,
    Yes,
    /// They are not even offered.
    No,
}

impl Default for Restore {
    fn default() -> Self {
        Self { sessions: Sessions::Ask, programs: Vec::new(), history: 2000 }
    }
}

const SESSIONS: &str = "one of ask, yes, no";
const PROGRAMS: &str = "a list of patterns like [\"vim\", \"ssh *\"]";
const HISTORY: &str = "lines from 0 to 100000";
/// More would not be kept anyway: its bytes are bounded too.
const MOST_LINES: u32 = 100_000;

/// Reads the table; what is wrong in it is reported and the rest counts.
pub(super) fn load<'a>(table: &DeTable<'a>, source: &mut Source<'a>) -> Restore {
    let mut restore = Restore::default();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "sessions" => put(&mut restore.sessions, sessions(value.get_ref()), "sessions", value, SESSIONS, source),
            "programs" => put(&mut restore.programs, programs(value.get_ref()), "programs", value, PROGRAMS, source),
            "history" => put(&mut restore.history, history(value.get_ref()), "history", value, HISTORY, source),
            other => {
                let hint = suggestion(other, ["sessions", "programs", "history"]);
                let expected = "expected sessions, programs or history";
                source.report(key.span(), format!("[restore] knows no '{other}': {expected}{hint}"));
            }
        }
    }
    restore
}

fn put<'a, T>(
    slot: &mut T,
    read: Option<T>,
    name: &str,
    value: &Spanned<DeValue<'a>>,
    expected: &str,
    source: &mut Source<'a>,
) {
    match (read, value.get_ref().as_str()) {
        (Some(read), _) => *slot = read,
        (None, Some(text)) => {
            source.report(value.span(), format!("'{text}' is no value for {name}: expected {expected}"))
        }
        (None, None) => source.wrong_type(name, value, expected),
    }
}

fn sessions(value: &DeValue<'_>) -> Option<Sessions> {
    match (value.as_str(), value) {
        (Some("ask"), _) => Some(Sessions::Ask),
        (Some("yes"), _) | (None, DeValue::Boolean(true)) => Some(Sessions::Yes),
        (Some("no"), _) | (None, DeValue::Boolean(false)) => Some(Sessions::No),
        _ => None,
    }
}

fn programs(value: &DeValue<'_>) -> Option<Vec<String>> {
    let DeValue::Array(patterns) = value else { return None };
    patterns.iter().map(|pattern| pattern.get_ref().as_str().map(str::to_owned)).collect()
}

fn history(value: &DeValue<'_>) -> Option<u32> {
    let DeValue::Integer(number) = value else { return None };
    u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|lines| *lines <= MOST_LINES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Restore, Vec<String>) {
        let (config, problems) = super::super::load(text, std::path::Path::new("c.toml"));
        (config.restore, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn it_is_read_and_has_defaults() {
        assert_eq!(read("").0, Restore::default());
        let (restore, problems) = read("[restore]\nsessions = 'yes'\nprograms = ['vim', 'ssh *']\nhistory = 10\n");
        assert_eq!(problems, [""; 0]);
        let programs = vec!["vim".to_owned(), "ssh *".to_owned()];
        assert_eq!(restore, Restore { sessions: Sessions::Yes, programs, history: 10 });
        assert_eq!(read("[restore]\nsessions = false").0.sessions, Sessions::No);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let (restore, problems) =
            read("[restore]\nsessions = 'maybe'\nprograms = 'vim'\nhistory = -1\nsession = 'yes'\n");
        let expected = [
            "c.toml:2:12: 'maybe' is no value for sessions: expected one of ask, yes, no",
            "c.toml:3:12: 'vim' is no value for programs: expected a list of patterns like [\"vim\", \"ssh *\"]",
            "c.toml:4:11: history is a number: expected lines from 0 to 100000",
            "c.toml:5:1: [restore] knows no 'session': expected sessions, programs or history; did you mean 'sessions'?",
        ];
        assert_eq!(problems, expected);
        assert_eq!(restore, Restore::default());
    }
}
