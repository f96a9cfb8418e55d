//! What is said about generations, and about what came back from one.

use std::collections::BTreeMap;

use crate::base::{Error, PaneId};
use crate::model::{PaneReturn, Reply, RestoreOrder, Return};
use crate::store::{Manifest, Run};

/// What came back, or would.
#[derive(Debug, Default)]
pub struct Report {
    pub generation: u64,
    pub sessions: Vec<Return>,
    /// Programs that could not be started, by the number of the new pane.
    pub failed: BTreeMap<PaneId, String>,
    pub notes: Vec<String>,
}

impl Report {
    /// The session is back, if not in all its parts.
    fn is_back(&self, session: &Return, order: &RestoreOrder) -> bool {
        let lives = |pane: &PaneReturn| pane.pane.is_some_and(|pane| !self.failed.contains_key(&pane));
        order.dry_run && !session.panes.is_empty() || session.panes.iter().any(lives)
    }

    pub fn reply(&self, order: &RestoreOrder) -> Reply {
        let back = self.sessions.iter().filter(|session| self.is_back(session, order)).count();
        let out = if order.json { self.json(order) } else { self.text(order, back) };
        let missing = self.sessions.len() - back;
        if missing == 0 && !self.sessions.is_empty() {
            return Reply::text(out);
        }
        let error = match self.sessions.len() {
            0 => Error::refused(format!("generation {} cannot be read", self.generation)),
            _ => Error::refused(format!("{} not come back", counted(missing, "session has", "sessions have"))),
        };
        Reply { out, ..Reply::error(error.hint("`mux restore --list` shows what else there is")) }
    }

    fn text(&self, order: &RestoreOrder, back: usize) -> String {
        let mut text = String::new();
        for session in &self.sessions {
            let called = match session.was == session.name {
                true => session.name.clone(),
                false => format!("{} as {}, as there is another {}", session.was, session.name, session.was),
            };
            let panes = counted(session.panes.len(), "pane", "panes");
            text += &format!("{called}: {panes}\n");
            for pane in &session.panes {
                text += &self.pane_line(pane, order);
            }
            text.extend(session.problems.iter().map(|problem| format!("  {problem}\n")));
        }
        text.extend(self.notes.iter().map(|note| format!("{note}\n")));
        match (order.dry_run, back) {
            (true, back) => text + &format!("{} would come back\n", counted(back, "session", "sessions")),
            (false, 0) => text,
            (false, back) => {
                let back = counted(back, "session is", "sessions are");
                text + &format!("{back} back; `mux attach` shows the one used last\n")
            }
        }
    }

    fn pane_line(&self, pane: &PaneReturn, order: &RestoreOrder) -> String {
        let failure = pane.pane.and_then(|pane| self.failed.get(&pane));
        let what = match (failure, pane.command.as_str(), pane.again, order.dry_run) {
            (Some(failure), ..) => format!("not back: {failure}"),
            (None, "", ..) => "shell".to_owned(),
            (None, command, true, false) => format!("{command}: run again"),
            (None, command, true, true) => format!("{command}: would be run again"),
            (None, command, false, _) => format!("{command}: not run again, a shell is there"),
        };
        format!("  {}  {what}\n", pane.place)
    }

    fn json(&self, order: &RestoreOrder) -> String {
        let pane = |pane: &PaneReturn| {
            serde_json::json!({
                "place": pane.place,
                "pane": pane.pane.map(|pane| pane.to_string()),
                "command": pane.command,
                "again": pane.again,
                "error": pane.pane.and_then(|pane| self.failed.get(&pane)),
            })
        };
        let session = |session: &Return| {
            serde_json::json!({
                "was": session.was,
                "name": session.name,
                "back": self.is_back(session, order) && !order.dry_run,
                "panes": session.panes.iter().map(pane).collect::<Vec<_>>(),
                "problems": session.problems,
            })
        };
        let report = serde_json::json!({
            "generation": self.generation,
            "dry_run": order.dry_run,
            "sessions": self.sessions.iter().map(session).collect::<Vec<_>>(),
            "notes": self.notes,
        });
        format!("{report}\n")
    }

    /// For who did not ask: how many are back, and what went wrong.
    pub fn summary(&self) -> Vec<String> {
        let back = self.sessions.iter().filter(|session| self.is_back(session, &RestoreOrder::default())).count();
        let said = format!("{} back from before", counted(back, "session is", "sessions are"));
        let problems = self.sessions.iter().flat_map(|session| session.problems.iter()).chain(&self.notes);
        std::iter::once(said).chain(problems.cloned()).collect()
    }
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// `mux restore --list`: the newest first.
pub fn listing(all: &[Manifest], run: &Run, offered: Option<u64>, json: bool) -> String {
    if json {
        let array: Vec<_> = all.iter().rev().map(|manifest| json_row(manifest, run, offered)).collect();
        return format!("{}\n", serde_json::Value::Array(array));
    }
    let head = ["GENERATION", "TIME", "WHY", "RUN", "SESSIONS", "PANES", "NAMES"].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(head)
        .chain(all.iter().rev().map(|manifest| {
            let waits = if offered == Some(manifest.generation) { " (waits)" } else { "" };
            [
                manifest.generation.to_string(),
                manifest.at.strftime("%F %H:%M:%S"),
                manifest.why.name().to_owned(),
                format!("{}{waits}", run_name(manifest, run)),
                manifest.sessions().count().to_string(),
                manifest.panes().to_string(),
                names(manifest).join(", "),
            ]
        }))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let line = |row: &[String; 7]| {
        let cells = widths.iter().zip(row).map(|(width, cell)| format!("{cell:<width$}  "));
        format!("{}{}", cells.collect::<String>(), row[6]).trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn run_name(manifest: &Manifest, run: &Run) -> &'static str {
    match (manifest.run == *run, manifest.run.boot == run.boot) {
        (true, _) => "this",
        (false, true) => "earlier",
        (false, false) => "before reboot",
    }
}

/// As many as one looks at.
fn names(manifest: &Manifest) -> Vec<String> {
    let all: Vec<String> = manifest.sessions().map(|(_, brief)| brief.name.clone()).collect();
    match all.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => all[..SHOWN].iter().cloned().chain([format!("{more} more")]).collect(),
        _ => all,
    }
}

/// Names in a line of the list; `--json` has all.
const SHOWN: usize = 8;

fn json_row(manifest: &Manifest, run: &Run, offered: Option<u64>) -> serde_json::Value {
    let sessions: Vec<_> = manifest
        .sessions()
        .map(|(_, brief)| {
            serde_json::json!({
                "name": brief.name, "windows": brief.windows, "panes": brief.panes, "job": brief.job,
            })
        })
        .collect();
    serde_json::json!({
        "generation": manifest.generation,
        "time": manifest.at.seconds(),
        "why": manifest.why.name(),
        "run": run_name(manifest, run),
        "boot": manifest.run.boot,
        "waits": offered == Some(manifest.generation),
        "sessions": sessions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::store::{Brief, Entry, Why};

    #[test]
    fn the_newest_generation_is_listed_first() {
        let session = Some(Brief { name: "web".into(), windows: 1, panes: 2, job: false });
        let entry = std::sync::Arc::new(Entry { file: "x".into(), bytes: 1, checksum: 1, session });
        let parts = [("session-0.json".to_owned(), entry)].into();
        let run = Run { boot: "a".into(), ..Run::default() };
        let first = Manifest { version: 1, generation: 3, at: Timestamp(0), why: Why::Change, run: run.clone(), parts };
        let second = Manifest { generation: 4, why: Why::End, parts: BTreeMap::new(), ..first.clone() };
        let now = Run { boot: "b".into(), ..Run::default() };
        let text = listing(&[first.clone(), second.clone()], &now, Some(3), false);
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0][..3], ["GENERATION", "TIME", "WHY"]);
        assert_eq!(lines[1][3..], ["end", "before", "reboot", "0", "0"]);
        assert_eq!(lines[2][3..], ["change", "before", "reboot", "(waits)", "1", "2", "web"]);
        let json: serde_json::Value = serde_json::from_str(&listing(&[first, second], &run, None, true)).unwrap();
        assert_eq!(json[1]["sessions"][0]["name"], "web");
        assert_eq!(json[1]["run"], "this");
    }
}
