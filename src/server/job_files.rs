//! Files of jobs: read, looked at as far as this machine can tell, and handed to the model.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::core::Core;
use super::mailbox::ToCore;
use super::memory;
use crate::base::limits::MAX_JOB_FILE;
use crate::base::{Error, Problem, RequestId, Result, Timestamp, sys};
use crate::job::{self, Command, JobFile, JobSpec};
use crate::model::{self, FilePurpose, Reply, UpOptions};

/// Files with the jobs in them, and everything that is wrong.
pub struct Loaded {
    pub files: Vec<(PathBuf, JobFile)>,
    /// What stands in them, in the same order.
    pub texts: Vec<String>,
    pub problems: Vec<Problem>,
    /// Files and directories whose jobs are all meant: what is there of them and in no file any more is left over.
    pub covers: Vec<PathBuf>,
}

impl Core {
    /// Reads on a thread of its own: a file may be on a disk that sleeps.
    pub(super) fn read_job_files(
        &mut self,
        request: Option<RequestId>,
        files: Vec<PathBuf>,
        directory: bool,
        purpose: FilePurpose,
    ) {
        let core = self.pane_mail.clone();
        let directory = directory.then(|| self.jobs_dir.clone());
        tokio::task::spawn_blocking(move || {
            let loaded = Box::new(load(&files, directory.as_deref()));
            let _ = core.send(ToCore::JobFiles { request, loaded, purpose });
        });
    }

    /// The machine has started: what is to start with it does. What is wrong is told to whoever comes.
    pub(super) fn start_boot_jobs(&mut self) {
        self.read_job_files(None, Vec::new(), true, FilePurpose::Boot);
    }

    pub(super) fn take_job_files(&mut self, request: Option<RequestId>, loaded: Result<Loaded>, purpose: FilePurpose) {
        let Some(request) = request else { return self.boot(loaded) };
        let reply = loaded.and_then(|loaded| self.use_job_files(request, &loaded, purpose));
        let effects = self.state.take_effects();
        self.carry_out(effects);
        match reply {
            Ok(None) => {}
            Ok(Some(reply)) => self.turn.replies.push((request, reply)),
            Err(error) => self.turn.replies.push((request, Reply::error(error))),
        }
    }

    fn boot(&mut self, loaded: Result<Loaded>) {
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(error) => return self.complain_or_keep(error.to_string()),
        };
        for problem in &loaded.problems {
            self.complain_or_keep(problem.for_user());
        }
        let now = Timestamp::now();
        self.state.begin(now);
        let options = UpOptions { at_boot: true, ..UpOptions::default() };
        let context = model::Context { env: self.state.setup().env.clone(), ..model::Context::default() };
        if let Err(error) = self.state.up(&loaded.files, &options, &context, now) {
            self.complain_or_keep(error.to_string());
        }
        let effects = self.state.take_effects();
        self.carry_out(effects);
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
        if loaded.files.is_empty() && !self.state.has_jobs_of(&loaded.covers) {
            let hint = format!("write mux.toml, or files in {}; `mux help up`", self.jobs_dir.display());
            return Err(Error::not_found("no file mux.toml here, and none in the jobs directory").hint(hint));
        }
        match purpose {
            FilePurpose::Boot => Ok(None),
            FilePurpose::Check { json: true } => Ok(Some(Reply::text("[]\n".to_owned()))),
            FilePurpose::Check { json: false } => {
                let count: usize = loaded.files.iter().map(|(_, file)| file.jobs.len()).sum();
                Ok(Some(Reply::text(format!("{count} jobs, nothing wrong\n"))))
            }
            FilePurpose::Up(mut options) => {
                options.covers.clone_from(&loaded.covers);
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

/// The files, and those of the directory. With it, the files are those that there usually are, and may be missing.
fn load(paths: &[PathBuf], directory: Option<&Path>) -> Result<Loaded> {
    let mut loaded = Loaded { files: Vec::new(), texts: Vec::new(), problems: Vec::new(), covers: Vec::new() };
    let mut all: Vec<PathBuf> = paths.iter().filter(|path| directory.is_none() || path.exists()).cloned().collect();
    if let Some(directory) = directory {
        loaded.covers = paths.iter().map(|path| settled(path)).collect();
        loaded.covers.push(settled(directory));
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut found: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
        found.sort();
        all.extend(found);
    }
    for path in &all {
        let text = read(path)?;
        let path = settled(path);
        let (file, problems) = job::load(&text, &path);
        loaded.problems.extend(problems);
        loaded.problems.extend(look(&path, &file));
        loaded.files.push((path, file));
        loaded.texts.push(text);
    }
    loaded.problems.extend(together(&loaded.files));
    Ok(loaded)
}

/// Without links and dots, as far as it is there.
fn settled(path: &Path) -> PathBuf {
    let beside = || Some(std::fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?));
    std::fs::canonicalize(path).ok().or_else(beside).unwrap_or_else(|| path.to_owned())
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
        if let Some((_, group)) = user.split_once(':')
            && sys::group_id(group).is_none()
        {
            found.push(("user", format!("there is no group {group}")));
        }
    }
    if spec.memory_max.is_some()
        && let Err(why) = memory::base()
    {
        found.push(("memory_max", format!("memory_max cannot be enforced here: {why}")));
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
