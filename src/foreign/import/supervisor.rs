//! Supervisor's programs and groups (http://supervisord.org/configuration.html).

use super::ini::{self, Entry, Section};
use super::{Input, place_job};
use crate::base::{Error, Period, Result};
use crate::foreign::draft::{Cmd, Draft, JobDraft, Link, Note, job_name};
use crate::foreign::words;

pub(super) fn read(input: &Input<'_>, draft: &mut Draft) -> Result<()> {
    let sections = ini::sections(input.text, &input.name)?;
    let programs: Vec<&Section> = sections.iter().filter(|section| section.kind == "program").collect();
    let groups: Vec<&Section> = sections.iter().filter(|section| section.kind == "group").collect();
    let first = draft.jobs.len();
    for program in &programs {
        let group = groups.iter().find(|group| members(group).any(|member| member == program.name));
        draft.jobs.extend(jobs(input, program, group.map(|group| group.name.as_str()))?);
    }
    order(&mut draft.jobs[first..], &programs, input);
    for section in &sections {
        match section.kind.as_str() {
            "program" => {}
            "group" => draft.notes.extend(group_notes(input, section)),
            _ => draft.notes.extend(foreign_section(input, section)),
        }
    }
    match draft.jobs.len() > first {
        true => Ok(()),
        false => Err(Error::refused(format!("{} has no [program:NAME]", input.name))),
    }
}

fn members(group: &Section) -> impl Iterator<Item = &str> {
    group.get("programs").into_iter().flat_map(|entry| entry.value.split(',').map(str::trim))
}

fn group_notes(input: &Input<'_>, group: &Section) -> Vec<Note> {
    let others = group.entries.iter().filter(|entry| entry.key != "programs");
    others
        .map(|entry| note(input, entry, "a group has no order of its own here; `after` of its jobs says it"))
        .collect()
}

/// What is of supervisord itself.
fn foreign_section(input: &Input<'_>, section: &Section) -> Vec<Note> {
    let why = match section.kind.as_str() {
        "supervisord" | "supervisorctl" | "unix_http_server" | "inet_http_server" => {
            "is of supervisord itself; mux has a socket of its own, and `mux help` for what one types"
        }
        "include" => "other files are imported by themselves: `mux import` takes several",
        "eventlistener" => "speaks supervisord's protocol of events; mux tells of ends by notices and hooks",
        "fcgi-program" => "needs a socket that supervisord opens for it; let the program open its own",
        _ => "mux knows no such section",
    };
    let head = match section.name.is_empty() {
        true => format!("[{}]", section.kind),
        false => format!("[{}:{}]", section.kind, section.name),
    };
    let whole = Note { file: input.name.clone(), line: section.line, text: head, why: why.into() };
    std::iter::once(whole).chain(section.entries.iter().map(|entry| note(input, entry, "as its section"))).collect()
}

fn note(input: &Input<'_>, entry: &Entry, why: &str) -> Note {
    let text = format!("{}={}", entry.key, entry.value);
    Note { file: input.name.clone(), line: entry.line, text, why: why.into() }
}

/// One, or one for each process where its number is part of a value.
fn jobs(input: &Input<'_>, program: &Section, group: Option<&str>) -> Result<Vec<JobDraft>> {
    let number = |key: &str, usual: u32| -> Result<u32> {
        let Some(entry) = program.get(key) else { return Ok(usual) };
        let bad =
            || Error::refused(format!("{}:{}: {key}={}: a number is wanted", input.name, entry.line, entry.value));
        entry.value.parse().map_err(|_| bad())
    };
    let (count, start) = (number("numprocs", 1)?, number("numprocs_start", 0)?);
    if count == 0 || count > 1000 {
        return Err(Error::refused(format!("{}: numprocs={count}: from 1 to 1000 is wanted", input.name)));
    }
    let numbered = |entry: &Entry| entry.key != "process_name" && entry.value.contains("%(process_num)");
    if !program.entries.iter().any(numbered) {
        let mut job = job(input, &Expand { input, program, group, number: start }, &program.name)?;
        if count > 1 {
            job.set("instances", count.to_string());
        }
        return Ok(vec![job]);
    }
    let each = |number: u32| {
        let expand = Expand { input, program, group, number };
        let usual = format!("{}_{number:02}", program.name);
        let name = program.get("process_name").map_or(Ok(usual), |entry| expand.value(entry))?;
        let mut job = job(input, &expand, &name)?;
        job.id = program.name.clone();
        job.about.push(format!("process {number} of {}", program.name));
        Ok(job)
    };
    (start..start.saturating_add(count)).map(each).collect()
}

fn job(input: &Input<'_>, expand: &Expand<'_>, name: &str) -> Result<JobDraft> {
    let mut job = JobDraft::new(name, &input.name, expand.program.line);
    job.text("restart", "on-failure");
    if let Some(group) = expand.group {
        job.text("group", &job_name(group));
    }
    let mut stop = (None, None);
    for entry in &expand.program.entries {
        let value = expand.value(entry)?;
        match entry.key.as_str() {
            "stopsignal" => stop.0 = Some(value),
            "stopwaitsecs" => stop.1 = Some(value),
            _ => key(&mut job, input, entry, &value)?,
        }
    }
    if stop != (None, None) {
        let (signal, wait) = (stop.0.unwrap_or("TERM".into()), stop.1.unwrap_or("10".into()));
        job.text("stop", &format!("{signal}/{wait}s KILL"));
    }
    if job.cmd.is_none() {
        return Err(Error::refused(format!("{}:{}: program {name} has no command", input.name, expand.program.line)));
    }
    place_job(input, &mut job);
    Ok(job)
}

fn key(job: &mut JobDraft, input: &Input<'_>, entry: &Entry, value: &str) -> Result<()> {
    let file = &input.name;
    let bad = |why: &str| Error::refused(format!("{file}:{}: {}={value}: {why}", entry.line, entry.key));
    let seconds = || value.parse().map(Period::from_secs).map_err(|_| bad("a number of seconds is wanted"));
    let shown = format!("{}={}", entry.key, entry.value);
    match entry.key.as_str() {
        "command" => job.cmd = Some(command(words::split(value).ok_or_else(|| bad("a quote is left open"))?)),
        _ if value.contains(VARIABLE) => {
            return Err(bad("a variable's value is taken in command alone: write it there"));
        }
        "directory" => job.text("chdir", value),
        "umask" => job.text("umask", value),
        "user" => job.text("user", value),
        "startsecs" => job.text("min_uptime", &seconds()?.to_string()),
        "startretries" => job.set("restart_limit", number(value).ok_or_else(|| bad("a number is wanted"))?),
        "autostart" if !is_true(value) => {
            job.set("boot", "false".into());
            job.note(
                file,
                entry.line,
                &shown,
                "is not started at boot; `mux up` starts what it is not told to leave out",
            );
        }
        "autostart" => job.set("boot", "true".into()),
        "autorestart" => match value.to_ascii_lowercase().as_str() {
            "unexpected" => job.text("restart", "on-failure"),
            value => job.text("restart", if is_true(value) { "always" } else { "no" }),
        },
        "exitcodes" => {
            let codes: Option<Vec<String>> = value.split(',').map(|code| number(code.trim())).collect();
            let codes = codes.ok_or_else(|| bad("numbers are wanted"))?;
            if !codes.iter().any(|code| code == "0") {
                job.note(file, entry.line, &shown, "exit 0 is a good end here in any case");
            }
            let codes: Vec<String> = codes.into_iter().filter(|code| code != "0").collect();
            if !codes.is_empty() {
                job.set("success_exit", format!("[{}]", codes.join(", ")));
            }
        }
        "environment" => {
            for (name, value) in environment(value).ok_or_else(|| bad("expected NAME=\"value\",…"))? {
                job.variable(&name, &value);
            }
        }
        // Taken account of elsewhere.
        "numprocs" | "numprocs_start" | "process_name" | "priority" => {}
        _ => job.note(file, entry.line, &shown, why_not(&entry.key)),
    }
    Ok(())
}

/// Stand round the name of a variable until it is known where it is used.
const VARIABLE: char = '\u{1}';
const END: char = '\u{2}';

/// For a shell where a variable of the environment is a part of it.
fn command(words: Vec<String>) -> Cmd {
    if !words.iter().any(|word| word.contains(VARIABLE)) {
        return Cmd::Words(words);
    }
    let word = |word: &String| {
        let (first, rest) = word.split_once(VARIABLE).unwrap_or((word, ""));
        let mut line = if first.is_empty() { String::new() } else { words::quoted(first) };
        for part in rest.split(VARIABLE).filter(|part| !part.is_empty()) {
            let (name, text) = part.split_once(END).unwrap_or((part, ""));
            line += &format!("\"${name}\"");
            line += &if text.is_empty() { String::new() } else { words::quoted(text) };
        }
        if word.contains(VARIABLE) { line } else { words::quoted(word) }
    };
    Cmd::Shell(format!("exec {}", words.iter().map(word).collect::<Vec<_>>().join(" ")))
}

fn number(text: &str) -> Option<String> {
    text.parse::<u32>().ok().map(|number| number.to_string())
}

fn why_not(key: &str) -> &'static str {
    match key {
        "stopasgroup" | "killasgroup" => "mux always ends everything that a job has started",
        "redirect_stderr" => "on its terminal both are one; `pty = false` keeps them apart",
        "serverurl" => "mux has no such server",
        "stdout_events_enabled" | "stderr_events_enabled" => "mux has `alert` for lines that are worth a notice",
        "stdout_syslog" | "stderr_syslog" => "mux writes its own log",
        _ if key.starts_with("stdout_") || key.starts_with("stderr_") => "mux keeps its log: `mux logs`",
        _ => "mux knows no such key",
    }
}

fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "1")
}

/// `A="x y",B=z`: quotes of either kind, a comma between.
fn environment(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim().trim_end_matches(',');
    while !rest.is_empty() {
        let (name, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let end = value[1..].find(quote)? + 1;
                (&value[1..end], &value[end + 1..])
            }
            _ => value.split_at(value.find(',').unwrap_or(value.len())),
        };
        pairs.push((name.trim().to_owned(), value.trim().to_owned()));
        rest = behind.trim_start().trim_start_matches(',').trim_start();
    }
    Some(pairs)
}

/// Lower numbers are started first: each waits for those of the number before its own.
fn order(jobs: &mut [JobDraft], programs: &[&Section], input: &Input<'_>) {
    const USUAL: i64 = 999;
    let priority =
        |section: &Section| section.get("priority").map_or(USUAL, |entry| entry.value.parse().unwrap_or(USUAL));
    for program in programs {
        let own = priority(program);
        let before = programs.iter().map(|other| priority(other)).filter(|other| *other < own).max();
        let line = program.get("priority").map_or(program.line, |entry| entry.line);
        for job in jobs.iter_mut().filter(|job| job.id == program.name) {
            for other in programs.iter().filter(|other| Some(priority(other)) == before) {
                let text = format!("priority={own}");
                let (file, other) = (input.name.clone(), other.name.clone());
                job.links.push(Link { key: "after", other, condition: "", file, line, text });
            }
        }
    }
}

/// `%(name)s` and its like.
struct Expand<'a> {
    input: &'a Input<'a>,
    program: &'a Section,
    group: Option<&'a str>,
    number: u32,
}

impl Expand<'_> {
    fn value(&self, entry: &Entry) -> Result<String> {
        let mut out = String::new();
        let mut rest = entry.value.as_str();
        while let Some(at) = rest.find('%') {
            out += &rest[..at];
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix('%') {
                out.push('%');
                rest = behind;
            } else if let Some((value, behind)) = self.one(rest) {
                out += &value;
                rest = behind;
            } else {
                return Err(Error::refused(format!(
                    "{}:{}: {}: mux cannot tell what %{} is",
                    self.input.name,
                    entry.line,
                    entry.key,
                    rest.split(')').next().unwrap_or(rest).to_owned() + ")"
                ))
                .hint(
                    "write its value there; known are here, program_name, group_name, process_num, numprocs, ENV_NAME",
                ));
            }
        }
        Ok(out + rest)
    }

    /// `(name)s`, and what is behind it.
    fn one<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let (name, rest) = text.strip_prefix('(')?.split_once(')')?;
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let (width, behind) = (&rest[..end], &rest[end + 1..]);
        let value = match name {
            "here" => self.input.path.parent()?.display().to_string(),
            "program_name" => self.program.name.clone(),
            "group_name" => self.group.unwrap_or(&self.program.name).to_owned(),
            "numprocs" => self.program.get("numprocs").map_or("1".into(), |entry| entry.value.clone()),
            "process_num" => {
                let digits = width.trim_start_matches('0').parse().unwrap_or(0);
                format!("{:0digits$}", self.number)
            }
            _ => format!("{VARIABLE}{}{END}", name.strip_prefix("ENV_")?),
        };
        Some((value, behind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_taken_apart() {
        let pairs = |text: &str| environment(text).map(|pairs| format!("{pairs:?}"));
        assert_eq!(pairs("A=\"x,y\",B=z, C='q=1'").unwrap(), r#"[("A", "x,y"), ("B", "z"), ("C", "q=1")]"#);
        assert_eq!(pairs("A=\"x"), None);
    }
}
