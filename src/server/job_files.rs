//! Files of jobs: read, looked at as far as this machine can tell, and handed to the model.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::core::Core;
use super::mailbox::ToCore;
use crate::base::limits::MAX_JOB_FILE;
use crate::base::{Error, Problem, RequestId, Result, Timestamp, sys};
use crate::job::{self, Command, JobFile, JobSpec};
use crate::model::{FilePurpose, Reply};

/// Files with the jobs in them, and everything that is wrong.
pub struct Loaded {
    pub files: Vec<(PathBuf, JobFile)>,
    /// What stands in them, in the same order.
    pub texts: Vec<String>,
    pub problems: Vec<Problem>,
}

impl Core {
    /// Reads on a thread of its own: a file may be on a disk that sleeps.
    pub(super) fn read_job_files(&mut self, request: RequestId, files: Vec<PathBuf>, purpose: FilePurpose) {
        let core = self.pane_mail.clone();
        tokio::task::spawn_blocking(move || {
            let loaded = load(&files);
            let _ = core.send(ToCore::JobFiles { request, loaded, purpose });
        });
    }

    pub(super) fn take_job_files(&mut self, request: RequestId, loaded: Result<Loaded>, purpose: FilePurpose) {
        let reply = loaded.and_then(|loaded| self.use_job_files(request, &loaded, purpose));
        let effects = self.state.take_effects();
        self.carry_out(effects);
        match reply {
            Ok(None) => {}
            Ok(Some(reply)) => self.turn.replies.push((request, reply)),
            Err(error) => self.turn.replies.push((request, Reply::error(error))),
        }
    }

    /// The answer, or none where the model gives it later.
    fn use_job_files(&mut self, request: RequestId, loaded: &Loaded, purpose: FilePurpose) -> Result<Option<Reply>> {
        let now = Timestamp::now();
        self.state.begin(now);
        if !loaded.problems.is_empty() && !matches!(purpose, FilePurpose::Down { .. }) {
            let json = matches!(purpose, FilePurpose::Check { json: true });
            let out = if json { loaded.json()? } else { loaded.shown() };
            return Ok(Some(Reply { out, status: 1, error: None }));
        }
        match purpose {
            FilePurpose::Check { json: true } => Ok(Some(Reply::text("[]\n".to_owned()))),
            FilePurpose::Check { json: false } => {
                let count: usize = loaded.files.iter().map(|(_, file)| file.jobs.len()).sum();
                Ok(Some(Reply::text(format!("{count} jobs, nothing wrong\n"))))
            }
            FilePurpose::Up(options) => {
                let context = self.clients.get(&request.client).and_then(|task| task.context.as_deref().cloned());
                let context = context.map(super::requests::model_context).unwrap_or_default();
                let report = self.state.up(&loaded.files, &options, &context, now)?;
                let text = report.lines.iter().map(|line| format!("{line}\n")).collect::<String>();
                if options.attend {
                    self.say(request, &text);
                    self.state.attend(request, report.all, options.exit_with)?;
                    return Ok(None);
                }
                if options.dry_run || !options.wait || report.begun.is_empty() {
                    return Ok(Some(Reply::text(text)));
                }
                self.say(request, &text);
                self.state.await_settled(request, report.begun);
                Ok(None)
            }
            FilePurpose::Down { names, kill } => {
                let stopped = self.state.down(&loaded.files, &names, kill, now)?;
                self.state.await_settled(request, stopped);
                Ok(None)
            }
        }
    }
}

impl Loaded {
    fn text(&self, problem: &Problem) -> &str {
        let at = self.files.iter().position(|(file, _)| *file == problem.file);
        at.and_then(|at| self.texts.get(at)).map_or("", String::as_str)
    }

    /// Each with its line.
    fn shown(&self) -> String {
        self.problems.iter().map(|problem| problem.with_line(self.text(problem))).collect()
    }

    fn json(&self) -> Result<String> {
        let object = |problem: &Problem| {
            serde_json::json!({
                "file": problem.file, "line": problem.line, "column": problem.column, "message": problem.message,
                "text": self.text(problem).lines().nth(problem.line.saturating_sub(1)).unwrap_or_default(),
            })
        };
        let objects: Vec<_> = self.problems.iter().map(object).collect();
        let text = serde_json::to_string_pretty(&objects).map_err(|error| Error::internal(error.to_string()))?;
        Ok(text + "\n")
    }
}

/// What several files cannot have at the same time.
fn together(files: &[(PathBuf, JobFile)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, (path, file)) in files.iter().enumerate() {
        for name in file.jobs.keys() {
            if let Some((other, _)) = files[..at].iter().find(|(_, other)| other.jobs.contains_key(name)) {
                let (line, column) = file.place(name, "");
                let message = format!("two jobs are called {name}: the other is in {}", other.display());
                problems.push(Problem { file: path.clone(), line, column, message });
            }
        }
    }
    problems
}

fn load(paths: &[PathBuf]) -> Result<Loaded> {
    let mut loaded = Loaded { files: Vec::new(), texts: Vec::new(), problems: Vec::new() };
    for path in paths {
        let text = read(path)?;
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let (file, problems) = job::load(&text, &path);
        loaded.problems.extend(problems);
        loaded.problems.extend(look(&path, &file));
        loaded.files.push((path, file));
        loaded.texts.push(text);
    }
    loaded.problems.extend(together(&loaded.files));
    Ok(loaded)
}

fn read(path: &Path) -> Result<String> {
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::not_found(format!("no file {}", path.display()))
            .hint("name a file of jobs, or write mux.toml; `mux help up`"),
        _ => Error::refused(format!("cannot read {}: {error}", path.display())),
    };
    let mut text = String::new();
    let file = File::open(path).map_err(refused)?;
    file.take(MAX_JOB_FILE + 1).read_to_string(&mut text).map_err(refused)?;
    if text.len() as u64 > MAX_JOB_FILE {
        return Err(Error::refused(format!("{} is longer than {MAX_JOB_FILE} bytes", path.display())));
    }
    Ok(text)
}

/// What a file cannot know: programs, directories, users, rights.
fn look(path: &Path, file: &JobFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, spec) in &file.jobs {
        for (key, message) in troubles(spec) {
            let (line, column) = file.place(name, key);
            problems.push(Problem { file: path.to_owned(), line, column, message: format!("job {name}: {message}") });
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems
}

fn troubles(spec: &JobSpec) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let directory = spec.chdir.clone().unwrap_or_else(|| "/".into());
    if !directory.is_dir() {
        found.push(("chdir", format!("there is no directory {}", directory.display())));
    }
    if let Some(program) = program(spec).filter(|program| !is_there(program, &directory)) {
        found.push(("cmd", format!("there is no program {program}")));
    }
    for file in &spec.env_files {
        let text = file.to_string_lossy();
        if !text.starts_with('-') && !file.is_file() {
            found.push(("env_file", format!("there is no file {text} (a '-' in front lets it be missing)")));
        }
    }
    if let Some(file) = spec.stdin.as_ref().filter(|file| !file.exists()) {
        found.push(("stdin", format!("there is no file {}", file.display())));
    }
    found.extend(rights(spec));
    found
}

/// The file that is executed, where that can be told; none where the job has a PATH of its own.
fn program(spec: &JobSpec) -> Option<&str> {
    let program = match &spec.command {
        Command::Words(words) => words.first()?.as_str(),
        Command::Shell(line) => {
            let line = line.trim_start();
            let line = line.strip_prefix("exec ").unwrap_or(line).trim_start();
            let word = line.split(|c: char| c.is_whitespace() || c == ';' || c == '&' || c == '|').next()?;
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-./+".contains(c);
            if word.is_empty() || !word.chars().all(plain) || SHELL_WORDS.contains(&word) {
                return None;
            }
            word
        }
    };
    let own_path = spec.env.contains_key("PATH") || !spec.env_files.is_empty();
    Some(program).filter(|program| program.contains('/') || !own_path)
}

/// What a shell does by itself (POSIX, 2.4, 2.14 and 1.7).
const SHELL_WORDS: &[&str] = &[
    ".", ":", "alias", "bg", "break", "case", "cd", "command", "continue", "do", "done", "elif", "else", "esac",
    "eval", "exec", "exit", "export", "false", "fc", "fg", "fi", "for", "function", "getopts", "hash", "if", "in",
    "jobs", "kill", "let", "local", "newgrp", "pwd", "read", "readonly", "return", "select", "set", "shift", "source",
    "test", "then", "time", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "until", "wait",
    "while", "echo", "printf",
];

/// What only root may ask for.
fn rights(spec: &JobSpec) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let root = rustix::process::geteuid().is_root();
    if let Some(user) = &spec.user {
        let name = user.split(':').next().unwrap_or(user);
        match sys::passwd_entry(name).map(|user| user.uid) {
            None => found.push(("user", format!("there is no user {name}"))),
            Some(uid) if !root && uid != rustix::process::geteuid().as_raw() => {
                found.push(("user", format!("to run as {name} mux has to run as root")));
            }
            Some(_) => {}
        }
    }
    if !root && spec.nice.is_some_and(|nice| nice < 0) {
        found.push(("nice", "a value below 0 is root's to give".into()));
    }
    if !root && spec.oom_score.is_some_and(|score| score < 0) {
        found.push(("oom_score", "a value below 0 is root's to give".into()));
    }
    if !root && spec.ionice.as_ref().is_some_and(|class| class.starts_with("realtime")) {
        found.push(("ionice", "realtime is root's to give".into()));
    }
    found
}

/// As execvp(3) looks for it, by the server's own PATH.
fn is_there(program: &str, directory: &Path) -> bool {
    let runs =
        |path: PathBuf| path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    if program.contains('/') {
        return runs(directory.join(program));
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    std::env::split_paths(&path).any(|folder| runs(folder.join(program)))
}
