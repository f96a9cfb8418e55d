//! What the server says of jobs, as far as the dashboard shows it: the objects of `ps -v --json` and `status --json`.
//! A key that is missing, as an older server's answer may have it, is nothing.

use serde::Deserialize;

/// A line of the table.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) pid: Option<u32>,
    /// Seconds since the epoch.
    pub(super) started: Option<i64>,
    pub(super) ended: Option<i64>,
    pub(super) exit: Option<String>,
    pub(super) restarts: Option<u32>,
    pub(super) health: String,
    pub(super) paused: bool,
    pub(super) group: Option<String>,
    pub(super) cpu_percent: Option<f64>,
    pub(super) memory: Option<u64>,
    pub(super) processes: Option<usize>,
    pub(super) command: String,
    pub(super) pane: Option<String>,
}

impl Row {
    /// As people read it.
    pub(super) fn state(&self) -> &str {
        if self.paused { "frozen" } else { &self.state }
    }

    pub(super) fn is_live(&self) -> bool {
        matches!(self.state.as_str(), "starting" | "running" | "stopping")
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.state.as_str(), "failed" | "backoff")
    }

    /// Seconds that its present run lasts, or its last one did.
    pub(super) fn uptime(&self, now: i64) -> Option<i64> {
        let end = if self.is_live() { Some(now) } else { self.ended };
        Some((end? - self.started?).max(0))
    }
}

/// The selected job.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Detail {
    pub(super) name: String,
    pub(super) why: String,
    pub(super) usage: Option<Used>,
    pub(super) ports: Vec<Port>,
    pub(super) lines: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Used {
    pub(super) cpu_percent: f64,
    pub(super) memory: u64,
    pub(super) past: Vec<Point>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Point {
    pub(super) cpu_percent: f64,
    pub(super) memory: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Port {
    pub(super) protocol: String,
    pub(super) address: String,
}

/// What was done to one job.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    pub(super) name: String,
    pub(super) ok: bool,
    pub(super) result: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(Box<Detail>),
    Many(Vec<Detail>),
}

pub(super) fn rows(text: &[u8]) -> Option<Vec<Row>> {
    serde_json::from_slice(text).ok()
}

pub(super) fn detail(text: &[u8]) -> Option<Detail> {
    match serde_json::from_slice(text).ok()? {
        OneOrMany::One(detail) => Some(*detail),
        OneOrMany::Many(details) => details.into_iter().next(),
    }
}

pub(super) fn done(text: &[u8]) -> Vec<Done> {
    serde_json::from_slice(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_is_nothing() {
        let rows =
            rows(br#"[{"name":"a","state":"running","pid":7,"started":100,"memory":null,"health":"none","new":1}]"#);
        let row = &rows.unwrap()[0];
        assert_eq!((row.pid, row.memory, row.uptime(160)), (Some(7), None, Some(60)));
        assert_eq!(super::rows(b"no"), None);
        assert_eq!(detail(br#"{"name":"a","usage":null}"#).unwrap().usage, None);
        assert_eq!(detail(br#"[{"name":"a"}]"#).unwrap().name, "a");
        assert_eq!(done(b""), []);
    }
}
