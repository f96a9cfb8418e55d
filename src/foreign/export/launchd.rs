//! A property list for launchd (launchd.plist(5)). Nobody has tried it on macOS yet, and it says so.

use super::calendar::{self, Times};
use super::{Job, only_here, ready_note};
use crate::base::Period;
use crate::job::{JobSpec, Reload, Restart};

pub(super) fn write(job: &Job<'_>) -> (String, Vec<String>) {
    let spec = job.spec;
    let mut list = List::default();
    list.text("Label", &format!("mux.{}", job.name));
    let words: String =
        job.words_behind_files().iter().map(|word| format!("    <string>{}</string>\n", escaped(word))).collect();
    list.raw("ProgramArguments", &format!("<array>\n{words}  </array>"));
    list.text("WorkingDirectory", &job.directory().display().to_string());
    let pairs: Vec<(String, String)> = spec.env.iter().map(|(name, value)| (name.clone(), string(value))).collect();
    list.dict("EnvironmentVariables", &pairs);
    list.flag("RunAtLoad", spec.boot && spec.schedule.is_none());
    list.scheduled(spec);
    match spec.policy.restart {
        Restart::No => {}
        Restart::Always => list.flag("KeepAlive", true),
        Restart::OnFailure => list.dict("KeepAlive", &[("SuccessfulExit".into(), "<false/>".into())]),
    }
    if spec.policy.restart != Restart::No {
        list.number("ThrottleInterval", i64::try_from(seconds(spec.policy.delay)).unwrap_or(i64::MAX));
        list.notes.push("restart_max, restart_limit: launchd restarts for ever, with the same pause".into());
    }
    attributes(job, &mut list);
    list.notes.push("this has not been tried on macOS; `plutil -lint` and `launchctl load` tell".into());
    let comments: String =
        list.notes.iter().map(|note| format!("  {}\n", escaped(&note.replace("--", "- -")))).collect();
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Made by `mux export` of job {}. What cannot be said here:
{comments}-->
<plist version="1.0">
<dict>
{}</dict>
</plist>
"#,
        job.name, list.body
    );
    (text, list.notes)
}

fn attributes(job: &Job<'_>, list: &mut List) {
    let spec = job.spec;
    if let Some(user) = &spec.user {
        let (user, group) = user.split_once(':').unwrap_or((user, ""));
        list.text("UserName", user);
        if !group.is_empty() {
            list.text("GroupName", group);
        }
    }
    if let Some(umask) = spec.umask {
        list.number("Umask", umask.into());
    }
    if let Some(nice) = spec.nice {
        list.number("Nice", nice.into());
    }
    match spec.ionice.as_deref() {
        None => {}
        Some("idle") => list.flag("LowPriorityIO", true),
        Some(class) => list.notes.push(format!("ionice = \"{class}\": launchd knows only low priority")),
    }
    if let Some(file) = &spec.stdin {
        list.text("StandardInPath", &file.display().to_string());
    }
    match &spec.log.path {
        Some(path) => {
            list.text("StandardOutPath", &path.display().to_string());
            list.text("StandardErrorPath", &path.display().to_string());
        }
        None => {
            let note = "what it prints is thrown away there unless StandardOutPath and StandardErrorPath name a file";
            list.notes.push(note.into());
        }
    }
    let steps: Vec<_> = (0..).map_while(|index| spec.stop.step(index)).collect();
    let wait: u64 = steps.iter().take(steps.len().saturating_sub(1)).map(|step| step.wait.as_millis()).sum();
    list.number("ExitTimeOut", i64::try_from(seconds(Period::from_millis(wait))).unwrap_or(i64::MAX));
    if steps.first().is_some_and(|step| step.signal != 15) || steps.len() > 2 {
        list.notes.push(format!("stop = \"{}\": launchd sends TERM, and KILL after that", spec.stop));
    }
    limits(job, list);
    for (there, note) in [
        (!spec.needs.is_empty(), "needs: launchd knows no order; let the program wait and try again"),
        (!spec.after.is_empty(), "after: launchd knows no order"),
        (spec.oom_score.is_some(), "oom_score: macOS has no such thing"),
        (spec.memory_max.is_some(), "memory_max: launchd knows no such limit for all of a job"),
        (spec.runtime_max.is_some(), "runtime_max: launchd ends nothing for its age"),
        (!spec.success.is_empty(), "success_exit: only exit 0 is well to launchd"),
        (!spec.no_restart.is_empty(), "no_restart_exit: launchd knows no such ends"),
        (!matches!(spec.reload, Reload::Signal(1)), "reload: launchd reloads nothing"),
        (!spec.env_files.is_empty(), "env_file: read by a shell there, so a value with blanks wants quotes"),
    ] {
        if there {
            list.notes.push(note.into());
        }
    }
    list.notes.extend(ready_note(spec.ready.as_ref()));
    list.notes.extend(only_here(spec));
}

fn limits(job: &Job<'_>, list: &mut List) {
    const NAMES: &[(&str, &str)] = &[
        ("core", "Core"),
        ("cpu", "CPU"),
        ("data", "Data"),
        ("fsize", "FileSize"),
        ("memlock", "MemoryLock"),
        ("nofile", "NumberOfFiles"),
        ("nproc", "NumberOfProcesses"),
        ("rss", "ResidentSetSize"),
        ("stack", "Stack"),
    ];
    let (mut soft, mut hard) = (Vec::new(), Vec::new());
    for (name, value) in &job.spec.limits {
        let known = NAMES.iter().find(|(known, _)| known == name).map(|(_, key)| (*key).to_owned());
        let Some(key) = known else {
            list.notes.push(format!("limits: launchd has none of {name}"));
            continue;
        };
        let (low, high) = value.split_once(':').unwrap_or((value, value));
        // "unlimited" is what is said by leaving it out.
        let number = |text: &str| text.parse::<u64>().ok().map(|number| format!("<integer>{number}</integer>"));
        soft.extend(number(low).map(|number| (key.clone(), number)));
        hard.extend(number(high).map(|number| (key.clone(), number)));
    }
    list.dict("SoftResourceLimits", &soft);
    list.dict("HardResourceLimits", &hard);
}

#[derive(Default)]
struct List {
    body: String,
    notes: Vec<String>,
}

impl List {
    /// When it runs: at intervals, or at a time of single numbers.
    fn scheduled(&mut self, spec: &JobSpec) {
        let Some(schedule) = &spec.schedule else { return };
        match calendar::times(schedule) {
            Some(Times::Every(period)) => {
                self.number("StartInterval", i64::try_from(seconds(period)).unwrap_or(i64::MAX));
            }
            Some(Times::Cron(fields)) if calendar::interval(&fields).is_some() => {
                let number = |(key, number): (&str, u32)| (key.to_owned(), format!("<integer>{number}</integer>"));
                let pairs: Vec<_> = calendar::interval(&fields).into_iter().flatten().map(number).collect();
                match pairs.is_empty() {
                    true => self.raw("StartCalendarInterval", "<dict/>"),
                    false => self.dict("StartCalendarInterval", &pairs),
                }
            }
            _ => self.notes.push(format!(
                "schedule = \"{schedule}\": launchd takes a time of single numbers; nothing starts it by itself"
            )),
        }
    }

    fn raw(&mut self, key: &str, value: &str) {
        self.body += &format!("  <key>{}</key>\n  {value}\n", escaped(key));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &string(value));
    }

    fn number(&mut self, key: &str, value: i64) {
        self.raw(key, &format!("<integer>{value}</integer>"));
    }

    fn flag(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "<true/>" } else { "<false/>" });
    }

    fn dict(&mut self, key: &str, pairs: &[(String, String)]) {
        if pairs.is_empty() {
            return;
        }
        let pairs: String =
            pairs.iter().map(|(name, value)| format!("    <key>{}</key>\n    {value}\n", escaped(name))).collect();
        self.raw(key, &format!("<dict>\n{pairs}  </dict>"));
    }
}

fn seconds(period: Period) -> u64 {
    period.as_millis().div_ceil(1000)
}

fn string(text: &str) -> String {
    format!("<string>{}</string>", escaped(text))
}

/// XML has no way to write most control characters.
fn escaped(text: &str) -> String {
    let fine = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = text.chars().filter(fine).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
