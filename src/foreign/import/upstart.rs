//! Upstart's jobs (init(5) of upstart).

use super::Input;
use crate::base::{Error, Period, Result, exit};
use crate::foreign::draft::{Cmd, Draft, JobDraft, Link, strings};
use crate::foreign::words;

/// A stanza, whole: continued lines are joined, and a script's lines are its body.
struct Stanza {
    words: Vec<String>,
    /// As it is written, on one line.
    text: String,
    body: Option<String>,
    line: usize,
}

pub(super) fn read(input: &Input<'_>, draft: &mut Draft) -> Result<()> {
    let file = input.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut job = JobDraft::new(file.strip_suffix(".conf").unwrap_or(&file), &input.name, 1);
    job.text("restart", "no");
    job.set("boot", "false".into());
    let mut rest = Rest::default();
    for stanza in stanzas(input)? {
        one(&mut job, &mut rest, input, &stanza)
            .map_err(|why| Error::refused(format!("{}:{}: {}: {why}", input.name, stanza.line, stanza.text)))?;
    }
    rest.finish(&mut job, input)?;
    draft.jobs.push(job);
    Ok(())
}

fn stanzas(input: &Input<'_>) -> Result<Vec<Stanza>> {
    let mut stanzas = Vec::new();
    let mut lines = input.text.lines().enumerate().map(|(number, line)| (number + 1, line));
    while let Some((line, first)) = lines.next() {
        let mut text = without_comment(first).trim().to_owned();
        while text.ends_with('\\') || text.matches('(').count() > text.matches(')').count() {
            text = text.trim_end_matches('\\').trim_end().to_owned();
            match lines.next() {
                Some((_, more)) => text += &format!(" {}", without_comment(more).trim()),
                None => break,
            }
        }
        if text.is_empty() {
            continue;
        }
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let body = if words.last().is_some_and(|word| word == "script") && words.len() <= 2 {
            let mut body = Vec::new();
            loop {
                match lines.next() {
                    None => return Err(Error::refused(format!("{}:{line}: {text} has no end", input.name))),
                    Some((_, end)) if end.split_whitespace().eq(["end", "script"]) => break,
                    Some((_, line)) => body.push(line),
                }
            }
            Some(dedented(&body))
        } else {
            None
        };
        stanzas.push(Stanza { words, text, body, line });
    }
    Ok(stanzas)
}

/// `#` begins a comment where a word could begin.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('#', None) if before.is_whitespace() => return &line[..at],
            _ => {}
        }
        before = c;
    }
    line
}

fn dedented(lines: &[&str]) -> String {
    let deep = |line: &&&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| deep(&line)).min().unwrap_or(0);
    lines.iter().map(|line| format!("{}\n", line.get(least..).unwrap_or("").trim_end())).collect()
}

/// What several stanzas make together.
#[derive(Default)]
struct Rest {
    pre: Vec<String>,
    main: Option<(String, bool)>,
    respawn: bool,
    task: bool,
    user: Option<String>,
    group: Option<String>,
    kill_signal: Option<String>,
    kill_timeout: Option<String>,
    limits: Vec<String>,
}

fn one(job: &mut JobDraft, rest: &mut Rest, input: &Input<'_>, stanza: &Stanza) -> Result<(), String> {
    let words: Vec<&str> = stanza.words.iter().map(String::as_str).collect();
    let behind = |count: usize| {
        let mut text = stanza.text.as_str();
        for _ in 0..count {
            text = text.trim_start().split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
        }
        text.trim().to_owned()
    };
    match words.as_slice() {
        ["description" | "author" | "version" | "usage", ..] => job.about.push(unquoted(&behind(1))),
        ["exec", ..] => rest.main = Some((behind(1), false)),
        ["script"] => rest.main = Some((stanza.body.clone().unwrap_or_default(), true)),
        ["pre-start", "script"] => rest.pre.push(stanza.body.clone().unwrap_or_default()),
        ["pre-start", "exec", ..] => rest.pre.push(format!("{}\n", behind(2))),
        ["start", "on", ..] => start_on(job, input, stanza, &behind(2)),
        ["stop", "on", ..] => stop_on(job, input, stanza, &behind(2)),
        ["manual"] => job.set("boot", "false".into()),
        ["task"] => rest.task = true,
        ["respawn"] => rest.respawn = true,
        ["respawn", "limit", "unlimited"] | ["respawn", "limit", "0", _] => job.set("restart_limit", "0".into()),
        ["respawn", "limit", count, span] => {
            job.set("restart_limit", number(count)?);
            job.text(
                "reset_after",
                &Period::from_secs(span.parse().map_err(|_| "a number of seconds is wanted")?).to_string(),
            );
        }
        ["env", ..] => {
            let pair = unquoted(&behind(1));
            match pair.split_once('=') {
                Some((name, value)) => job.variable(name.trim(), &unquoted(value)),
                None => job.note(&input.name, stanza.line, &stanza.text, "a job has it from who starts it"),
            }
        }
        _ => return attribute(job, rest, input, stanza, &words),
    }
    Ok(())
}

fn attribute(
    job: &mut JobDraft,
    rest: &mut Rest,
    input: &Input<'_>,
    stanza: &Stanza,
    words: &[&str],
) -> Result<(), String> {
    match words {
        ["chdir", dir] => job.text("chdir", &unquoted(dir)),
        ["setuid", user] => rest.user = Some((*user).to_owned()),
        ["setgid", group] => rest.group = Some((*group).to_owned()),
        ["umask", mask] => job.text("umask", mask),
        ["nice", nice] => job.set("nice", number(nice)?),
        ["oom", "score", "never"] => job.set("oom_score", "-1000".into()),
        ["oom", "score", score] => job.set("oom_score", number(score)?),
        ["limit", name, soft, hard] if crate::job::LIMITS.contains(name) => {
            rest.limits.push(format!("{name} = \"{soft}:{hard}\""));
        }
        ["kill", "timeout", seconds] => {
            let seconds = seconds.parse().map_err(|_| "a number of seconds is wanted")?;
            rest.kill_timeout = Some(Period::from_secs(seconds).to_string());
        }
        ["kill", "signal", signal] => {
            let signal = exit::signal_number(signal).ok_or("no such signal")?;
            rest.kill_signal = Some(exit::signal_name(signal).trim_start_matches("SIG").to_owned());
        }
        ["reload", "signal", signal] => job.text("reload", signal),
        ["normal", "exit", ends @ ..] => {
            let ends: Vec<String> = ends.iter().map(|end| (*end).to_owned()).collect();
            job.set("success_exit", strings(&ends));
            job.set("no_restart_exit", strings(&ends));
        }
        ["console", "none"] => job.text("stdin", "null"),
        _ => job.note(&input.name, stanza.line, &stanza.text, why_not(words)),
    }
    Ok(())
}

fn why_not(words: &[&str]) -> &'static str {
    match words {
        ["expect", ..] => "mux looks after the process that it starts: let the program stay in the foreground",
        ["post-start" | "pre-stop" | "post-stop", ..] => "mux runs nothing there",
        ["console", ..] => "a job has a terminal of its own here, and a log: `mux logs`",
        ["instance", ..] => "`instances` runs a number of it, each with MUX_INSTANCE",
        ["emits", ..] | ["export", ..] => "there are no events here; what a job needs it says by `needs`",
        ["chroot" | "apparmor" | "cgroup", ..] => {
            "mux walls nothing in: chroot(1), setpriv(1) or a container in cmd can"
        }
        ["debug", ..] => "is of upstart's own",
        ["limit", ..] => "there is no such limit",
        _ => "mux knows no such stanza",
    }
}

/// Events that mean that the machine is up.
const BOOT: &[&str] = &[
    "runlevel",
    "startup",
    "filesystem",
    "local-filesystems",
    "remote-filesystems",
    "virtual-filesystems",
    "net-device-up",
    "static-network-up",
    "networking",
    "all-swaps",
    "stopped rc",
    "mounted",
    "started networking",
    "started dbus",
    "desktop-start",
    "login-session-start",
];

/// An event by itself says when once; here a job waits for the state of another.
fn start_on(job: &mut JobDraft, input: &Input<'_>, stanza: &Stanza, condition: &str) {
    if BOOT.iter().any(|event| condition.contains(event)) {
        job.set("boot", "true".into());
    }
    let flat = condition.replace(['(', ')'], " ");
    let words: Vec<&str> = flat.split_whitespace().collect();
    for pair in words.windows(2) {
        let found = match pair {
            ["started", other] => Some((*other, "")),
            ["stopped", other] if *other != "rc" => Some((*other, ":done")),
            _ => None,
        };
        if let Some((other, condition)) = found {
            let (file, other) = (input.name.clone(), other.to_owned());
            job.links.push(Link { key: "needs", other, condition, file, line: stanza.line, text: stanza.text.clone() });
        }
    }
    job.note(
        &input.name,
        stanza.line,
        &stanza.text,
        "there are no events here: `boot` starts it with mux, `needs` behind others",
    );
}

fn stop_on(job: &mut JobDraft, input: &Input<'_>, stanza: &Stanza, condition: &str) {
    if condition.contains("stopping ") || condition.contains("stopped ") {
        job.text("on_dep_restart", "stop");
    }
    job.note(
        &input.name,
        stanza.line,
        &stanza.text,
        "mux ends its jobs by `mux stop` and `mux down`, and with the machine",
    );
}

fn unquoted(text: &str) -> String {
    match words::split(text) {
        Some(words) if words.len() == 1 => words[0].clone(),
        _ => text.trim().trim_matches('"').to_owned(),
    }
}

fn number(text: &str) -> Result<String, String> {
    text.parse::<i64>().map(|number| number.to_string()).map_err(|_| "a number is wanted".into())
}

impl Rest {
    fn finish(self, job: &mut JobDraft, input: &Input<'_>) -> Result<()> {
        if self.task {
            job.text("kind", "task");
        }
        if self.respawn {
            // upstart: a service comes back whatever its end, a task if that was bad.
            job.text("restart", if self.task { "on-failure" } else { "always" });
        }
        if self.kill_signal.is_some() || self.kill_timeout.is_some() {
            let signal = self.kill_signal.unwrap_or("TERM".into());
            job.text("stop", &format!("{signal}/{} KILL", self.kill_timeout.unwrap_or("5s".into())));
        }
        match (self.user, self.group) {
            (Some(user), Some(group)) => job.text("user", &format!("{user}:{group}")),
            (Some(user), None) => job.text("user", &user),
            (None, Some(group)) => job.note(&input.name, 0, &format!("setgid {group}"), "`user` takes USER:GROUP"),
            (None, None) => {}
        }
        if !self.limits.is_empty() {
            job.set("limits", format!("{{ {} }}", self.limits.join(", ")));
        }
        if job.get("chdir").is_none() {
            job.text("chdir", "/");
        }
        let none = || Error::refused(format!("{} has neither exec nor script: there is nothing to run", input.name));
        let (main, is_script) = self.main.ok_or_else(none)?;
        job.cmd = Some(command(&self.pre, main, is_script));
        Ok(())
    }
}

/// upstart runs scripts by `sh -e`, and a command by a shell where it looks like one's.
fn command(pre: &[String], main: String, is_script: bool) -> Cmd {
    if pre.is_empty() && !is_script {
        let plain = Some(()).filter(|()| !words::wants_shell(&main)).and_then(|()| words::split(&main));
        return plain.map_or_else(|| Cmd::Shell(format!("exec {main}")), Cmd::Words);
    }
    let pre: String = pre.iter().map(|script| format!("(\n{script})\n")).collect();
    let main = if is_script { main } else { format!("exec {main}\n") };
    Cmd::Shell(format!("set -e\n{pre}{main}"))
}
