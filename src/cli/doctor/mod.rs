//! `mux doctor`: looks at what mux stands on, from where the user stands, and says in plain words how it is and what
//! to do. Changes nothing, starts no server.

mod account;
mod files;
mod server;

use super::args::Invocation;
use crate::base::Result;
use crate::command::Reply;
use server::Server;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    /// One word, for scripts.
    name: &'static str,
    level: Level,
    /// How it is, in one sentence.
    text: String,
    /// What to do about it.
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Fine,
    /// Nothing is wrong, but it is good to know.
    Note,
    Problem,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Fine => "ok",
            Level::Note => "note",
            Level::Problem => "problem",
        }
    }
}

impl Finding {
    fn fine(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, level: Level::Fine, text: text.into(), advice: None }
    }

    fn note(name: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::fine(name, text) }
    }

    fn problem(name: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Problem, advice: Some(advice.into()), ..Self::fine(name, text) }
    }

    fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// Status 0: all is well; 1: there are problems.
pub fn run(invocation: &Invocation, json: bool) -> Reply {
    let paths = &invocation.paths;
    let (server, mut findings) = Server::look(paths);
    findings.extend(files::look(paths));
    findings.extend(account::look(paths, &server));
    let problems = findings.iter().filter(|finding| finding.level == Level::Problem).count();
    let out = if json { as_json(&findings) } else { as_text(&findings, problems) };
    Reply { out, status: u8::from(problems > 0), error: None }
}

fn as_text(findings: &[Finding], problems: usize) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.level {
            Level::Fine => "ok      ",
            Level::Note => "note    ",
            Level::Problem => "PROBLEM ",
        };
        text += &format!("{mark} {:<9} {}\n", finding.name, finding.text);
        text.extend(finding.advice.iter().map(|advice| format!("{:19}→ {advice}\n", "")));
    }
    text += &match problems {
        0 => "all is well\n".to_owned(),
        1 => "there is 1 problem\n".to_owned(),
        several => format!("there are {several} problems\n"),
    };
    text
}

fn as_json(findings: &[Finding]) -> String {
    let object = |finding: &Finding| {
        serde_json::json!({
            "name": finding.name, "level": finding.level.name(), "text": finding.text, "advice": finding.advice,
        })
    };
    format!("{}\n", serde_json::Value::Array(findings.iter().map(object).collect()))
}

/// A value that was found, or why not, as a finding.
fn or_problem<T>(result: Result<T>, name: &'static str, findings: &mut Vec<Finding>) -> Option<T> {
    result
        .map_err(|error| {
            let advice = error.hint.unwrap_or_else(|| "see to it, and look again".to_owned());
            findings.push(Finding::problem(name, error.message, advice));
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_stand_out_and_have_an_advice() {
        let findings = [Finding::fine("boot", "it is"), Finding::problem("disk", "it is full", "make room")];
        let text = as_text(&findings, 1);
        assert!(text.contains("ok       boot      it is\n"), "{text}");
        assert!(text.contains("PROBLEM  disk      it is full\n                   → make room\n"), "{text}");
        assert!(text.ends_with("there is 1 problem\n"));
        let json: serde_json::Value = serde_json::from_str(&as_json(&findings)).unwrap();
        assert_eq!((json[1]["level"].as_str(), json[0]["advice"].as_str()), (Some("problem"), None));
    }
}
