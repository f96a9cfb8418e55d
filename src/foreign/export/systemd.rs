//! A unit (systemd.service(5), systemd.exec(5), systemd.kill(5)).

use super::calendar::{self, Times};
use super::{Job, comments, only_here, ready_note};
use crate::base::Period;
use crate::base::exit::signal_name;
use crate::job::{Check, Condition, JobSpec, Kind, Match, OnLoss, Reload, Restart};

pub(super) fn write(job: &Job<'_>) -> (String, Vec<String>) {
    let mut unit = Unit::default();
    let spec = job.spec;
    unit.unit.push(format!("Description={}, by mux", job.name));
    unit.order(spec);
    unit.runs(job);
    unit.restarts(spec);
    unit.stops(spec);
    unit.has(spec);
    unit.notes.extend(only_here(spec));
    unit.notes.push(match &spec.log.path {
        Some(_) => "it has no terminal there".into(),
        None => "it has no terminal there; what it prints goes to the journal".into(),
    });
    let timed = timer(job).is_some();
    if spec.schedule.is_some() && !timed {
        unit.notes.push("schedule: systemd.time(7) has no such day; nothing starts it by itself".into());
    }
    let install = match (spec.boot, job.system) {
        _ if spec.schedule.is_some() && timed => format!("# Started by {}.timer\n", job.name),
        _ if spec.schedule.is_some() => String::new(),
        (false, _) => "# boot = false: nothing starts it by itself\n".to_owned(),
        (true, true) => "[Install]\nWantedBy=multi-user.target\n".to_owned(),
        (true, false) => "[Install]\nWantedBy=default.target\n".to_owned(),
    };
    let text = format!(
        "# Made by `mux export` of job {}. What cannot be said here:\n{}[Unit]\n{}\n[Service]\n{}\n{install}",
        job.name,
        comments(&unit.notes),
        lines(&unit.unit),
        lines(&unit.service),
    );
    (text, unit.notes)
}

/// The unit that starts it by the clock (systemd.timer(5)), where it has a schedule that can be said.
pub(super) fn timer(job: &Job<'_>) -> Option<String> {
    let schedule = job.spec.schedule.as_ref()?;
    let when = match calendar::times(schedule)? {
        Times::Every(period) => {
            vec![format!("OnActiveSec={0}", span(period)), format!("OnUnitActiveSec={}", span(period))]
        }
        Times::Cron(fields) => {
            let times = calendar::on_calendar(&fields)?;
            let times = times.into_iter().map(|time| format!("OnCalendar={time}"));
            // One run makes up for those that were missed.
            times.chain(["Persistent=true".to_owned()]).collect()
        }
    };
    let install = match job.spec.boot {
        true => "[Install]\nWantedBy=timers.target\n",
        false => "# boot = false: nothing starts it by itself\n",
    };
    Some(format!(
        "# Made by `mux export` of job {}: schedule = \"{schedule}\"\n[Unit]\nDescription=When {} runs, by mux\n\n[Timer]\n\
         AccuracySec=1s\n{}\n{install}",
        job.name,
        job.name,
        lines(&when),
    ))
}

fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[derive(Default)]
struct Unit {
    unit: Vec<String>,
    service: Vec<String>,
    notes: Vec<String>,
}

impl Unit {
    fn say(&mut self, key: &str, value: impl std::fmt::Display) {
        self.service.push(format!("{key}={value}"));
    }

    fn order(&mut self, spec: &JobSpec) {
        for need in &spec.needs {
            let unit = format!("{}.service", need.job);
            let key = match spec.on_loss {
                OnLoss::Keep | OnLoss::Restart => "Requires",
                OnLoss::Stop => "BindsTo",
            };
            self.unit.push(format!("{key}={unit}"));
            self.unit.push(format!("After={unit}"));
            if spec.on_loss == OnLoss::Restart {
                self.unit.push(format!("PartOf={unit}"));
            }
            if need.condition == Some(Condition::Started) {
                self.notes.push(format!("needs = \"{need}\": it waits until {} is ready", need.job));
            }
        }
        if spec.on_loss == OnLoss::Keep && !spec.needs.is_empty() {
            self.notes.push("on_dep_restart = \"keep\": it is stopped with a unit that it requires".into());
        }
        self.unit.extend(spec.after.iter().map(|other| format!("After={other}.service")));
    }

    fn runs(&mut self, job: &Job<'_>) {
        let spec = job.spec;
        match (spec.kind, &spec.ready) {
            (Kind::Task, _) => {
                self.say("Type", "oneshot");
                if spec.schedule.is_none() {
                    self.say("RemainAfterExit", "yes");
                }
            }
            (Kind::Service, Some(Check::Notify)) => {
                self.say("Type", "notify");
                self.say("NotifyAccess", "all");
                self.say("TimeoutStartSec", or_infinity(spec.start_timeout));
            }
            (Kind::Service, ready) => {
                self.say("Type", "exec");
                self.notes.extend(ready_note(ready.as_ref()));
            }
        }
        self.say("ExecStart", command(&job.words()));
        match &spec.reload {
            Reload::Signal(signal) => {
                self.service.push("# Only for a program that catches it.".into());
                let name = signal_name(*signal);
                let line = format!("kill -{} $MAINPID", name.trim_start_matches("SIG"));
                self.say("ExecReload", command(&["/bin/sh".into(), "-c".into(), line]));
            }
            Reload::Command(crate::job::Command::Shell(line)) => {
                self.say("ExecReload", command(&["/bin/sh".into(), "-c".into(), line.clone()]));
            }
            Reload::Command(crate::job::Command::Words(words)) => self.say("ExecReload", command(words)),
        }
        self.say("WorkingDirectory", plain(&job.directory().display().to_string()));
    }

    fn restarts(&mut self, spec: &JobSpec) {
        let policy = &spec.policy;
        let restart = match (policy.restart, spec.kind) {
            (Restart::Always, Kind::Task) => {
                self.notes.push("restart = \"always\": a oneshot is restarted after failures alone".into());
                Restart::OnFailure
            }
            (restart, _) => restart,
        };
        self.say("Restart", restart.name());
        if !spec.success.is_empty() {
            self.say("SuccessExitStatus", ends(&spec.success));
        }
        if !spec.no_restart.is_empty() {
            self.say("RestartPreventExitStatus", ends(&spec.no_restart));
        }
        if restart == Restart::No {
            return;
        }
        self.say("RestartSec", span(policy.delay));
        if restart == Restart::OnFailure && spec.kind == Kind::Service {
            // Clean to systemd, a failure to mux, whose owner stops it by mux.
            let clean = ["SIGHUP", "SIGINT", "SIGPIPE", "SIGTERM"];
            let well = |name: &&str| !spec.success.iter().any(|end| String::from(*end) == **name);
            let clean: Vec<&str> = clean.into_iter().filter(well).collect();
            self.say("RestartForceExitStatus", clean.join(" "));
        }
        self.notes.push(format!(
            "restart_max = \"{}\": the pause stays the same; systemd 254 can do it by RestartSteps=6, RestartMaxDelaySec={}",
            policy.delay_most,
            span(policy.delay_most)
        ));
        match policy.limit {
            0 => self.unit.push("StartLimitIntervalSec=0".into()),
            limit => {
                // So many runs that are too short, with the pauses between them.
                let each = policy.delay.as_millis().saturating_add(policy.reset_after.as_millis());
                let all = Period::from_millis(each.saturating_mul(limit.into()));
                self.unit.push(format!("StartLimitIntervalSec={}", span(all)));
                self.unit.push(format!("StartLimitBurst={limit}"));
            }
        }
        if let Some(every) = policy.retry_failed.filter(|_| policy.limit > 0) {
            self.notes.push(format!("retry_failed = \"{every}\": it is not tried again once it was given up"));
        }
    }

    fn stops(&mut self, spec: &JobSpec) {
        let steps: Vec<_> = (0..).map_while(|index| spec.stop.step(index)).collect();
        if let Some(first) = steps.first() {
            self.say("KillSignal", signal_name(first.signal));
        }
        if steps.len() > 2 {
            self.notes.push(format!("stop = \"{}\": only the first signal, and KILL", spec.stop));
        }
        let wait: u64 = steps.iter().take(steps.len().saturating_sub(1)).map(|step| step.wait.as_millis()).sum();
        if wait > 0 {
            self.say("TimeoutStopSec", span(Period::from_millis(wait)));
        }
        if let Some(most) = spec.runtime_max {
            self.say("RuntimeMaxSec", span(most));
        }
    }

    fn has(&mut self, spec: &JobSpec) {
        for (name, value) in &spec.env {
            let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
            match name.chars().all(fine) && !name.starts_with(|c: char| c.is_ascii_digit()) {
                true => self.say("Environment", quoted(&format!("{name}={value}"))),
                false => self.notes.push(format!("env: '{name}' is no name of a variable there")),
            }
        }
        spec.env_files.iter().for_each(|file| self.say("EnvironmentFile", plain(&file.display().to_string())));
        if let Some(user) = &spec.user {
            let (user, group) = user.split_once(':').unwrap_or((user, ""));
            self.say("User", user);
            if !group.is_empty() {
                self.say("Group", group);
            }
        }
        if let Some(umask) = spec.umask {
            self.say("UMask", format!("{umask:04o}"));
        }
        if let Some(nice) = spec.nice {
            self.say("Nice", nice);
        }
        if let Some(class) = &spec.ionice {
            let (class, level) = class.split_once(':').unwrap_or((class, ""));
            self.say("IOSchedulingClass", class);
            if !level.is_empty() {
                self.say("IOSchedulingPriority", level);
            }
        }
        for (name, value) in &spec.limits {
            self.say(&format!("Limit{}", name.to_uppercase()), value.replace("unlimited", "infinity"));
        }
        if let Some(score) = spec.oom_score {
            self.say("OOMScoreAdjust", score);
        }
        if let Some(most) = spec.memory_max {
            self.say("MemoryMax", most.0);
        }
        if let Some(path) = &spec.log.path {
            self.say("StandardOutput", format!("append:{}", plain(&path.display().to_string())));
            self.say("StandardError", "inherit");
        }
        if let Some(file) = &spec.stdin {
            self.say("StandardInput", format!("file:{}", plain(&file.display().to_string())));
        }
    }
}

fn or_infinity(period: Period) -> String {
    if period.is_zero() { "infinity".into() } else { span(period) }
}

/// As systemd.time(7) has it.
fn span(period: Period) -> String {
    match period.as_millis() {
        whole if whole % 1000 == 0 => format!("{}s", whole / 1000),
        part => format!("{part}ms"),
    }
}

fn ends(ends: &[Match]) -> String {
    ends.iter().map(|end| String::from(*end)).collect::<Vec<_>>().join(" ")
}

/// A value that is taken as it stands, but for specifiers.
fn plain(text: &str) -> String {
    text.replace('%', "%%")
}

/// The words of a command: neither specifiers nor variables are expanded in them. The first is a path, in which a `$`
/// is none.
fn command(words: &[String]) -> String {
    let word = |(at, word): (usize, &String)| quoted(&if at == 0 { word.clone() } else { word.replace('$', "$$") });
    words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// As systemd.syntax(7) reads it back.
fn quoted(word: &str) -> String {
    let mut text = String::new();
    for c in word.chars() {
        match c {
            '\\' => text += "\\\\",
            '"' => text += "\\\"",
            '%' => text += "%%",
            '\n' => text += "\\n",
            '\t' => text += "\\t",
            c if c.is_control() => text += &format!("\\x{:02x}", c as u32),
            c => text.push(c),
        }
    }
    let bare = |c: char| c.is_ascii_alphanumeric() || "_./+@:,-=%$".contains(c);
    if !text.is_empty() && text.chars().all(bare) { text } else { format!("\"{text}\"") }
}
