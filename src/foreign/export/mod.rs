//! Jobs as a systemd unit, a launchd plist or a SysV init script.
//!
//! Each writer takes a [`JobSpec`] apart by name, so that a key that is added to jobs makes it think again.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::words;
use crate::base::{Error, Result};
use crate::job::{Check, Command, JobSpec, LogSpec};

mod calendar;
mod launchd;
mod systemd;
mod sysv;

/// For whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Systemd,
    Launchd,
    Sysv,
}

impl Target {
    pub const NAMES: [&'static str; 3] = ["systemd", "launchd", "sysv"];
}

impl FromStr for Target {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "systemd" => Ok(Target::Systemd),
            "launchd" => Ok(Target::Launchd),
            "sysv" => Ok(Target::Sysv),
            _ => Err(Error::usage(format!("mux writes nothing for '{text}'"))
                .hint(format!("one of {}", Target::NAMES.join(", ")))),
        }
    }
}

/// A job, and what is to be known about where it is exported.
pub struct Job<'a> {
    pub name: &'a str,
    pub spec: &'a JobSpec,
    /// For root, whose jobs are the machine's.
    pub system: bool,
    /// The file of a program that is found by its name.
    pub find: &'a dyn Fn(&str) -> Option<PathBuf>,
}

/// A file, and what it cannot say.
pub struct Exported {
    pub file: String,
    pub text: String,
    /// Of init scripts.
    pub executable: bool,
    pub notes: Vec<String>,
}

/// Its instances each for itself.
pub fn export(job: &Job<'_>, target: Target) -> Vec<Exported> {
    if job.spec.instances <= 1 {
        return files(job, target);
    }
    let each = |number: u32| {
        let name = format!("{}-{number}", job.name);
        let mut spec = JobSpec { instances: 1, ..job.spec.clone() };
        spec.env.insert("MUX_INSTANCE".into(), number.to_string());
        files(&Job { name: &name, spec: &spec, ..*job }, target)
    };
    (1..=job.spec.instances).flat_map(each).collect()
}

/// The file that says what it is, and the one that says when it runs, where that is another.
fn files(job: &Job<'_>, target: Target) -> Vec<Exported> {
    let timer = match target {
        Target::Systemd => systemd::timer(job),
        Target::Launchd | Target::Sysv => None,
    };
    let timer =
        timer.map(|text| Exported { file: format!("{}.timer", job.name), text, executable: false, notes: Vec::new() });
    let (file, (text, notes)) = match target {
        Target::Systemd => (format!("{}.service", job.name), systemd::write(job)),
        Target::Launchd => (format!("mux.{}.plist", job.name), launchd::write(job)),
        Target::Sysv => (job.name.to_owned(), sysv::write(job)),
    };
    let job = Exported { file, text, executable: target == Target::Sysv, notes };
    std::iter::once(job).chain(timer).collect()
}

impl Job<'_> {
    fn directory(&self) -> &Path {
        self.spec.chdir.as_deref().unwrap_or(Path::new("/"))
    }

    /// The words that are executed, the first of them a file where it can be found.
    fn words(&self) -> Vec<String> {
        let mut words = match &self.spec.command {
            Command::Shell(line) => return vec!["/bin/sh".into(), "-c".into(), line.clone()],
            Command::Words(words) => words.clone(),
        };
        if let Some(program) = words.first_mut() {
            let found = match program.contains('/') {
                true => Some(self.directory().join(&*program)),
                false => (self.find)(program),
            };
            if let Some(found) = found {
                *program = found.display().to_string();
            }
        }
        words
    }

    /// The same, behind files of variables that a shell reads first.
    fn words_behind_files(&self) -> Vec<String> {
        if self.spec.env_files.is_empty() {
            return self.words();
        }
        let read = self.spec.env_files.iter().map(|file| {
            let text = file.display().to_string();
            match text.strip_prefix('-') {
                Some(path) => {
                    let path = words::quoted(path);
                    format!("if [ -e {path} ]; then . {path}; fi; ")
                }
                None => format!(". {}; ", words::quoted(&text)),
            }
        });
        let line = format!("set -a; {}set +a; exec {}", read.collect::<String>(), words::line(&self.words()));
        vec!["/bin/sh".into(), "-c".into(), line]
    }
}

/// What no target but mux does. All keys are named, so that the next one is thought of here.
fn only_here(spec: &JobSpec) -> Vec<String> {
    #[rustfmt::skip]
    let JobSpec {
        health, alerts, memory_restart, stdin_terminal, group, watch, hooks, log,
        // Said by each target as far as it goes.
        command: _, kind: _, boot: _, needs: _, after: _, on_loss: _, policy: _, success: _, no_restart: _, ready: _,
        start_timeout: _, stop: _, reload: _, env: _, env_files: _, chdir: _, user: _, umask: _, nice: _, ionice: _,
        limits: _, oom_score: _, memory_max: _, runtime_max: _, schedule: _, stdin: _, instances: _,
        // Of mux's own looks at a job, and of `mux run`.
        min_uptime: _, output: _, nohup: _, once: _,
    } = spec;
    let kept = LogSpec { path: log.path.clone(), ..LogSpec::default() };
    let mut notes = Vec::new();
    for (there, note) in [
        (health.is_some(), "health: nothing asks whether it is well"),
        (!alerts.is_empty(), "alert: nothing looks at what it prints"),
        (memory_restart.is_some(), "memory_restart: nothing restarts it for its memory"),
        (*stdin_terminal, "stdin: it has no terminal there"),
        (group.is_some(), "group: nothing limits how many run at a time"),
        (watch.is_some(), "watch: nothing restarts it when files change"),
        (hooks.fail.is_some(), "on_fail: nothing is run when it fails"),
        (hooks.recover.is_some(), "on_recover: nothing is run when it is well again"),
        (hooks.exit.is_some(), "on_exit: nothing is run at its end"),
        (*log != kept, "log: only its path; logrotate(8) can cut it"),
    ] {
        if there {
            notes.push(note.to_owned());
        }
    }
    notes
}

/// How it is known that it is ready, where that cannot be said there.
fn ready_note(ready: Option<&Check>) -> Option<String> {
    ready.map(|check| format!("ready = \"{check}\": it counts as ready as soon as it is started"))
}

fn comments(notes: &[String]) -> String {
    notes.iter().map(|note| format!("# {}\n", note.replace(char::is_control, " "))).collect()
}

#[cfg(test)]
mod tests;
