//! systemd's units (systemd.unit(5), systemd.service(5), systemd.exec(5)).

use std::path::Path;

use super::unit_words::{self, Exec};
use super::{Input, unit_keys};
use crate::base::{Error, Result};
use crate::foreign::draft::{Cmd, Draft, JobDraft, Link};

/// A line `KEY=VALUE`, with its specifiers expanded.
pub(super) struct Entry {
    pub section: String,
    pub key: String,
    pub value: String,
    pub line: usize,
}

impl Entry {
    pub fn shown(&self) -> String {
        format!("{}={}", self.key, self.value)
    }
}

pub(super) fn read(input: &Input<'_>, draft: &mut Draft) -> Result<()> {
    let mut entries = entries(input)?;
    let unit = Unit::of(input, &entries);
    let mut job = JobDraft::new(&unit.prefix_and_instance(), &input.name, 1);
    job.id = unit.name.clone();
    for entry in &mut entries {
        unit.expand(&mut job, input, entry);
    }
    let mut service = Service::default();
    job.text("restart", "no");
    for entry in &entries {
        one(&mut job, &mut service, input, entry)?;
    }
    service.finish(&mut job, input)?;
    if job.get("chdir").is_none() {
        job.text("chdir", if unit.user { input.home.to_str().unwrap_or("/") } else { "/" });
    }
    if !entries.iter().any(|entry| entry.section == "Install") {
        job.set("boot", "false".into());
        job.note(&input.name, 0, "no [Install]", "nothing starts it at boot");
    }
    draft.jobs.push(job);
    Ok(())
}

/// Lines that end in a backslash go on; comments between them are passed over (systemd.syntax(7)).
fn entries(input: &Input<'_>) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut section = String::new();
    let mut pending: Option<(usize, String)> = None;
    let lines = input.text.lines().chain([""]).enumerate().map(|(number, line)| (number + 1, line));
    for (number, line) in lines {
        let bad = |why: &str| Error::refused(format!("{}:{number}: {why}: '{}'", input.name, line.trim()));
        let is_comment = line.trim_start().starts_with(['#', ';']);
        if is_comment {
            continue;
        }
        let (start, mut whole) = pending.take().unwrap_or((number, String::new()));
        if let Some(rest) = line.trim_end().strip_suffix('\\') {
            whole += &format!("{} ", if whole.is_empty() { rest } else { rest.trim_start() });
            pending = Some((start, whole));
            continue;
        }
        whole += if whole.is_empty() { line } else { line.trim_start() };
        let whole = whole.trim();
        if whole.is_empty() {
            continue;
        }
        if let Some(name) = whole.strip_prefix('[').and_then(|head| head.strip_suffix(']')) {
            section = name.to_owned();
            continue;
        }
        let (key, value) = whole.split_once('=').ok_or_else(|| bad("expected KEY=VALUE"))?;
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        entries.push(Entry { section: section.clone(), key, value, line: start });
    }
    let is_service = entries.iter().any(|entry| entry.section == "Service");
    let none = || {
        Error::refused(format!("{} has no [Service]", input.name))
            .hint("timers, sockets and targets run nothing by themselves")
    };
    if is_service { Ok(entries) } else { Err(none()) }
}

/// What its name says.
struct Unit {
    /// `web@1.service`.
    name: String,
    prefix: String,
    instance: Option<String>,
    /// It is a user's own, not the machine's.
    user: bool,
    home: String,
}

impl Unit {
    fn of(input: &Input<'_>, entries: &[Entry]) -> Self {
        let name = input.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".service").unwrap_or(&name);
        let (prefix, instance) = match stem.split_once('@') {
            Some((prefix, instance)) => (prefix, Some(instance)),
            None => (stem, None),
        };
        let wanted = |entry: &Entry| entry.key == "WantedBy" && entry.value.contains("default.target");
        let user = input.path.components().any(|part| part.as_os_str() == "user") || entries.iter().any(wanted);
        let home = if user { input.home.clone() } else { Path::new("/root").to_owned() };
        Self {
            prefix: prefix.to_owned(),
            instance: instance.filter(|instance| !instance.is_empty()).map(str::to_owned),
            user,
            home: home.display().to_string(),
            name,
        }
    }

    fn prefix_and_instance(&self) -> String {
        match &self.instance {
            Some(instance) => format!("{}-{instance}", self.prefix),
            None => self.prefix.clone(),
        }
    }

    /// Specifiers (systemd.unit(5)). Those that only the machine knows stay, and are told.
    fn expand(&self, job: &mut JobDraft, input: &Input<'_>, entry: &mut Entry) {
        let shown = entry.shown();
        let mut out = String::new();
        let mut chars = entry.value.chars();
        while let Some(c) = chars.next() {
            match (c == '%').then(|| chars.next()).flatten() {
                None => out.push(c),
                Some('%') => out.push('%'),
                Some(letter) => match self.specifier(letter) {
                    Some(value) => out += &value,
                    None => {
                        out.extend(['%', letter]);
                        let why = format!("mux does not know what %{letter} is; write it here");
                        job.note(&input.name, entry.line, &shown, &why);
                    }
                },
            }
        }
        entry.value = out;
    }

    fn specifier(&self, letter: char) -> Option<String> {
        let of = |machine: &str, own: &str| match self.user {
            true => format!("{}/{own}", self.home),
            false => machine.to_owned(),
        };
        Some(match letter {
            'n' => self.name.clone(),
            'N' => self.name.trim_end_matches(".service").to_owned(),
            'p' | 'P' => self.prefix.clone(),
            'j' | 'J' => self.prefix.rsplit('-').next()?.to_owned(),
            'i' => self.instance.clone()?,
            'I' => unescaped(self.instance.as_deref()?),
            'f' => format!("/{}", unescaped(self.instance.as_deref().unwrap_or(&self.prefix))),
            'h' => self.home.clone(),
            'u' if !self.user => "root".into(),
            'U' | 'G' if !self.user => "0".into(),
            't' if !self.user => "/run".into(),
            'S' => of("/var/lib", ".local/state"),
            'C' => of("/var/cache", ".cache"),
            'L' => of("/var/log", ".local/state/log"),
            'E' => of("/etc", ".config"),
            'T' => "/tmp".into(),
            'V' => "/var/tmp".into(),
            _ => return None,
        })
    }
}

/// `-` is a slash and `\x2d` a dash (systemd-escape(1)).
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let code =
            rest.strip_prefix("\\x").and_then(|rest| rest.get(..2)).and_then(|code| u8::from_str_radix(code, 16).ok());
        if let Some(code) = code {
            out.push(char::from(code));
            rest = &rest[4..];
        } else {
            out.push(if c == '-' { '/' } else { c });
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// What several lines make together.
#[derive(Default)]
pub(super) struct Service {
    pre: Vec<Exec>,
    main: Vec<(Exec, usize)>,
    pub oneshot: bool,
    pub user: Option<String>,
    pub group: Option<String>,
    pub stop_signal: Option<String>,
    pub stop_time: Option<String>,
    pub io_class: Option<String>,
    pub io_level: Option<String>,
}

fn one(job: &mut JobDraft, service: &mut Service, input: &Input<'_>, entry: &Entry) -> Result<()> {
    let bad = |why: String| Error::refused(format!("{}:{}: {}: {why}", input.name, entry.line, entry.shown()));
    match (entry.section.as_str(), entry.key.as_str()) {
        (_, "Description" | "Documentation") => job.about.push(entry.value.clone()),
        ("Unit", "Requires" | "Wants" | "BindsTo" | "Requisite" | "After" | "PartOf") => links(job, input, entry),
        ("Service", key) if key.starts_with("Exec") => exec(job, service, input, entry).map_err(bad)?,
        ("Service", _) => {
            if !unit_keys::service(job, service, entry).map_err(bad)? {
                job.note(&input.name, entry.line, &entry.shown(), unit_keys::why_not(&entry.key));
            }
        }
        ("Install", "WantedBy" | "RequiredBy") => job.set("boot", "true".into()),
        _ => job.note(&input.name, entry.line, &entry.shown(), unit_keys::why_not(&entry.key)),
    }
    Ok(())
}

fn links(job: &mut JobDraft, input: &Input<'_>, entry: &Entry) {
    let (key, condition) = match entry.key.as_str() {
        "After" => ("after", ""),
        // systemd waits for no more than this where nothing is said of the order.
        "Wants" => ("after", ""),
        "PartOf" => ("needs", ":started"),
        _ => ("needs", ""),
    };
    if matches!(entry.key.as_str(), "BindsTo") {
        job.text("on_dep_restart", "stop");
    }
    if entry.key == "PartOf" {
        job.text("on_dep_restart", "restart");
    }
    for other in entry.value.split_whitespace() {
        let text = format!("{}={other}", entry.key);
        match other.ends_with(".service") {
            true => {
                let (file, other) = (input.name.clone(), other.to_owned());
                job.links.push(Link { key, other, condition, file, line: entry.line, text });
            }
            false => {
                let why = "is of the machine; mux starts when it is up, and `ready` of a job can look for more";
                job.note(&input.name, entry.line, &text, why);
            }
        }
    }
}

fn exec(job: &mut JobDraft, service: &mut Service, input: &Input<'_>, entry: &Entry) -> Result<(), String> {
    if entry.value.is_empty() {
        match entry.key.as_str() {
            "ExecStart" => service.main.clear(),
            "ExecStartPre" => service.pre.clear(),
            _ => {}
        }
        return Ok(());
    }
    let commands = unit_words::commands(&entry.value).ok_or("a quote or an escape has no end")?;
    for command in commands {
        if let Some(name) = &command.called {
            job.note(&input.name, entry.line, &entry.shown(), &format!("that it is called {name} cannot be said"));
        }
        if command.rights {
            job.note(&input.name, entry.line, &entry.shown(), "all of a job runs as one user: `+` and `!` are lost");
        }
        match entry.key.as_str() {
            "ExecStart" => service.main.push((command, entry.line)),
            "ExecStartPre" => service.pre.push(command),
            "ExecReload" => reload(job, input, entry, &command),
            "ExecStop" if command.kills_main().is_some() => {
                service.stop_signal = command.kills_main().map(crate::base::exit::signal_name);
            }
            "ExecStop" => job.note(&input.name, entry.line, &entry.shown(), "mux ends by signals: see `stop`"),
            "ExecCondition" => {
                job.note(&input.name, entry.line, &entry.shown(), "a task that others need can look first");
            }
            _ => job.note(&input.name, entry.line, &entry.shown(), "mux runs nothing behind a start or an end here"),
        }
    }
    Ok(())
}

fn reload(job: &mut JobDraft, input: &Input<'_>, entry: &Entry, command: &Exec) {
    if let Some(signal) = command.kills_main() {
        job.text("reload", &crate::base::exit::signal_name(signal));
    } else if let Some(words) = command.plain() {
        job.set("reload", crate::foreign::draft::strings(&words));
    } else if command.names_main() {
        job.note(
            &input.name,
            entry.line,
            &entry.shown(),
            "a command is not told the pid here; `reload` takes a signal",
        );
    } else {
        let words = ["/bin/sh".to_owned(), "-c".to_owned(), command.line()];
        job.set("reload", crate::foreign::draft::strings(&words));
    }
}

impl Service {
    fn finish(self, job: &mut JobDraft, input: &Input<'_>) -> Result<()> {
        if let Some(signal) = self.stop_signal.as_ref().or(self.stop_time.as_ref()) {
            let signal = if self.stop_signal.is_some() { signal } else { "TERM" };
            // DefaultTimeoutStopSec= (systemd-system.conf(5)).
            let wait = self.stop_time.as_deref().unwrap_or("90s");
            job.text("stop", &format!("{}/{wait} KILL", signal.trim_start_matches("SIG")));
        }
        match (self.user.clone(), self.group.clone()) {
            (Some(user), Some(group)) => job.text("user", &format!("{user}:{group}")),
            (Some(user), None) => job.text("user", &user),
            (None, Some(group)) => job.note(&input.name, 0, &format!("Group={group}"), "`user` takes USER:GROUP"),
            (None, None) => {}
        }
        if let Some(class) = &self.io_class {
            let level = self.io_level.as_deref().unwrap_or("4");
            job.text("ionice", &if class == "idle" { class.clone() } else { format!("{class}:{level}") });
        }
        let none = || Error::refused(format!("{} has no ExecStart=: there is nothing to run", input.name));
        job.cmd = Some(self.command(job, input).ok_or_else(none)?);
        Ok(())
    }

    /// One command as its words; several, or one with variables, as a line for a shell.
    fn command(&self, job: &mut JobDraft, input: &Input<'_>) -> Option<Cmd> {
        let (last, before) = self.main.split_last()?;
        if !before.is_empty() && !self.oneshot {
            job.note(
                &input.name,
                last.1,
                "ExecStart=",
                "only a oneshot has several; they are run one behind the other",
            );
        }
        if let (true, true, Some(words)) = (self.pre.is_empty() && before.is_empty(), !last.0.lenient, last.0.plain()) {
            return Some(Cmd::Words(words));
        }
        let step = |exec: &Exec| match exec.lenient {
            true => format!("{{ {} || :; }}", exec.line()),
            false => exec.line(),
        };
        let steps = self.pre.iter().chain(before.iter().map(|(exec, _)| exec)).map(step);
        let end = if last.0.lenient { step(&last.0) } else { format!("exec {}", last.0.line()) };
        let line = steps.chain([end]).collect::<Vec<_>>().join(" && ");
        let spreads = self.pre.iter().chain(self.main.iter().map(|(exec, _)| exec)).any(Exec::spreads);
        // A variable becomes words, but none of them names of files.
        Some(Cmd::Shell(if spreads { format!("set -f; {line}") } else { line }))
    }
}
