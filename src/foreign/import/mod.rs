//! What other tools run, as a `mux.toml`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::draft::{Draft, JobDraft, Note};
use crate::base::{Error, Result};
use crate::job;

mod ini;
mod pm2;
mod procfile;
mod supervisor;
mod systemd;
mod unit_keys;
mod unit_words;
mod upstart;

/// What a file is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Procfile,
    Supervisor,
    Pm2,
    Systemd,
    Upstart,
}

impl Kind {
    pub const NAMES: [&'static str; 5] = ["procfile", "supervisor", "pm2", "systemd", "upstart"];

    /// By its name, else by what stands in it.
    pub fn guess(path: &Path, text: &str) -> Option<Self> {
        let file = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| file.ends_with(ending));
        if file.starts_with("procfile") || ends(&[".procfile"]) {
            return Some(Kind::Procfile);
        }
        if ends(&[".service"]) {
            return Some(Kind::Systemd);
        }
        if ends(&[".json", ".config.js", ".config.cjs", ".config.mjs", ".json5"]) {
            return Some(Kind::Pm2);
        }
        let begins = |starts: &[&str]| {
            text.lines().map(str::trim_start).any(|line| starts.iter().any(|start| line.starts_with(start)))
        };
        if begins(&["[program:", "[supervisord]", "[eventlistener:"]) {
            return Some(Kind::Supervisor);
        }
        if begins(&["[Service]", "[Unit]"]) {
            return Some(Kind::Systemd);
        }
        if begins(&["module.exports", "export default"]) || text.trim_start().starts_with(['{', '[']) {
            return Some(Kind::Pm2);
        }
        if begins(&["exec ", "script", "start on", "stop on", "respawn"]) {
            return Some(Kind::Upstart);
        }
        let mut lines =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).peekable();
        let named = |line: &str| line.split_once(':').is_some_and(|(name, _)| procfile::is_name(name.trim()));
        (lines.peek().is_some() && lines.all(named)).then_some(Kind::Procfile)
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        const KINDS: [Kind; 5] = [Kind::Procfile, Kind::Supervisor, Kind::Pm2, Kind::Systemd, Kind::Upstart];
        let found = Kind::NAMES.iter().position(|name| *name == text);
        found.map(|at| KINDS[at]).ok_or_else(|| {
            Error::usage(format!("mux reads nothing of '{text}'")).hint(format!("one of {}", Kind::NAMES.join(", ")))
        })
    }
}

/// A file, and what is to be known about where it lies.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// As the user has typed it.
    pub name: String,
    /// Absolute.
    pub path: PathBuf,
    pub text: &'a str,
    pub kind: Kind,
    /// The result does not lie beside it.
    pub elsewhere: bool,
    /// There is a `.env` beside it.
    pub env_file: bool,
    /// Who imports, for what is said by `%h` and the like in a user's own files.
    pub home: PathBuf,
}

/// The text of a `mux.toml`, and what is not in it.
pub fn import(inputs: &[Input<'_>]) -> Result<(String, Vec<Note>)> {
    let mut draft = Draft::default();
    for input in inputs {
        match input.kind {
            Kind::Procfile => procfile::read(input, &mut draft)?,
            Kind::Supervisor => supervisor::read(input, &mut draft)?,
            Kind::Pm2 => pm2::read(input, &mut draft)?,
            Kind::Systemd => systemd::read(input, &mut draft)?,
            Kind::Upstart => upstart::read(input, &mut draft)?,
        }
    }
    let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    let (text, notes) = draft.finish(&names.join(", "));
    let (_, problems) = job::load(&text, Path::new("/mux.toml"));
    match problems.first() {
        None => Ok((text, notes)),
        // Values are passed on as they are: what is wrong there is wrong here too.
        Some(problem) => {
            let line = text.lines().nth(problem.line.saturating_sub(1)).unwrap_or_default();
            Err(Error::refused(format!("what {} says makes no job: {line}: {}", names.join(", "), problem.message)))
        }
    }
}

/// A job starts where its file lies, also when what is made of it lies elsewhere.
fn place_job(input: &Input<'_>, job: &mut JobDraft) {
    let here = input.path.parent().unwrap_or(Path::new("/"));
    if input.elsewhere && job.get("chdir").is_none() {
        job.text("chdir", &here.display().to_string());
        if job.get("env_file").is_some_and(|file| file == "\"-.env\"") {
            job.text("env_file", &format!("-{}", here.join(".env").display()));
        }
    }
}

#[cfg(test)]
mod tests;
