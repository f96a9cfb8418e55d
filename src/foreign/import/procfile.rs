//! Procfile: `NAME: COMMAND`, as Heroku and foreman have it.

use super::{Input, place_job};
use crate::base::{Error, Result};
use crate::foreign::draft::{Cmd, Draft, JobDraft, Note};

/// The first port that foreman gives; each further process type has 100 more (foreman(1), PORT).
const FIRST_PORT: u32 = 5000;
const PORT_STEP: u32 = 100;

pub(super) fn read(input: &Input<'_>, draft: &mut Draft) -> Result<()> {
    let mut port = FIRST_PORT;
    for (number, line) in input.text.lines().enumerate().map(|(number, line)| (number + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, command)) = line.split_once(':').filter(|(name, _)| is_name(name.trim())) else {
            return Err(Error::refused(format!("{}:{number}: expected NAME: COMMAND, not '{line}'", input.name)));
        };
        let (name, command) = (name.trim(), command.trim());
        if command.is_empty() {
            return Err(Error::refused(format!("{}:{number}: {name} has no command", input.name)));
        }
        let mut job = JobDraft::new(name, &input.name, number);
        // As foreman: the shell goes when the program is there, so that signals reach that.
        job.cmd = Some(Cmd::Shell(command.to_owned()));
        if command.contains("$PORT") || command.contains("${PORT") {
            job.variable("PORT", &port.to_string());
            job.note(&input.name, number, "$PORT", "the number that foreman would give it; set what you need");
        }
        port += PORT_STEP;
        if input.env_file {
            job.text("env_file", "-.env");
        }
        if name == "release" {
            job.text("kind", "task");
            job.note(&input.name, number, name, "is run once at each `mux up` here; Heroku runs it before a release");
        }
        place_job(input, &mut job);
        draft.jobs.push(job);
    }
    if draft.jobs.is_empty() {
        return Err(Error::refused(format!("{} has no line NAME: COMMAND", input.name)));
    }
    if input.env_file {
        let why = "is read at each start; foreman reads it once".to_owned();
        draft.notes.push(Note { file: input.name.clone(), line: 0, text: ".env".into(), why });
    }
    Ok(())
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
