//! The keys of a job in a file. To add one is to add a row.

use toml::de::{DeTable, DeValue};

use super::value::{self, Wrong, all, flag, map, measured, number, parsed, paths, text, texts};
use super::{Alert, Command, Health, JobSpec, Kind, Output, Reload, Watch};
use crate::base::Period;
use crate::base::problem::suggestion;

/// What is to be known of a key.
pub struct KeySpec {
    pub name: &'static str,
    /// Completes "takes …".
    pub takes: &'static str,
    pub sentence: &'static str,
    /// What other tools call it.
    pub foreign: &'static [&'static str],
    pub(super) set: fn(&mut JobSpec, &DeValue<'_>) -> Result<(), Wrong>,
}

macro_rules! keys {
    ($($name:literal, $takes:literal, [$($foreign:literal),*], $sentence:literal, $set:expr;)*) => {
        /// Every key, in the order in which people think of them.
        pub static KEYS: &[KeySpec] = &[$(KeySpec {
            name: $name, takes: $takes, foreign: &[$($foreign),*], sentence: $sentence, set: $set,
        },)*];
    };
}

keys! {
    "cmd", "a shell line, or a list of words that needs no shell", ["ExecStart", "exec", "script", "command"],
        "What is run.", |job, v| { job.command = command(v)?; Ok(()) };
    "kind", "\"service\" or \"task\"", ["Type", "task", "oneshot"],
        "A service is to be up; a task is over when it has ended well.", |job, v| {
            job.kind = match text(v)? {
                "service" => Kind::Service,
                "task" => Kind::Task,
                other => return Err(format!("'{other}' is neither service nor task")),
            };
            Ok(())
        };
    "chdir", "a directory", ["WorkingDirectory", "directory", "cwd"],
        "Where it starts; the file's directory where nothing is said.", |job, v| { job.chdir = Some(text(v)?.into()); Ok(()) };
    "env", "a table of names and values", ["Environment", "environment", "EnvironmentVariables"],
        "Variables for it.", |job, v| { job.env = map(v)?; check_names(job) };
    "env_file", "a file or a list of files", ["EnvironmentFile"],
        "Files with lines NAME=value, read at each start; a '-' in front means that it may be missing.",
        |job, v| { job.env_files = paths(v)?; Ok(()) };
    "boot", "true or false", ["enable", "WantedBy", "autostart", "startup", "start_on", "RunAtLoad"],
        "It is started with mux at boot, when it was not stopped before.", |job, v| { job.boot = flag(v)?; Ok(()) };
    "needs", "a list of \"JOB\" or \"JOB:started|ready|done\"", ["Requires", "Wants", "BindsTo", "depends_on", "depends"],
        "Jobs that must have come so far before it is started.", |job, v| { job.needs = all(v)?; Ok(()) };
    "after", "a list of jobs", ["After", "priority"],
        "It is started behind these, where they are started too.", |job, v| { job.after = texts(v)?; Ok(()) };
    "on_dep_restart", "\"keep\", \"restart\" or \"stop\"", ["PartOf", "stop_on"],
        "What becomes of it when a job that it needs ends.", |job, v| { job.on_loss = parsed(v)?; Ok(()) };
    "restart", "\"no\", \"on-failure\" or \"always\"", ["Restart", "respawn", "autorestart", "KeepAlive"],
        "After which ends it is started again.", |job, v| { job.policy.restart = parsed(v)?; Ok(()) };
    "restart_delay", "a duration", ["RestartSec", "exp_backoff_restart_delay", "ThrottleInterval"],
        "The pause before the first restart, doubled for each short run in a row.", |job, v| { job.policy.delay = parsed(v)?; Ok(()) };
    "restart_max", "a duration", ["RestartMaxDelaySec"],
        "No pause is longer.", |job, v| { job.policy.delay_most = parsed(v)?; Ok(()) };
    "restart_limit", "a number", ["StartLimitBurst", "startretries", "max_restarts", "respawn_limit"],
        "Short runs in a row after which it is given up; 0 for never.", |job, v| { job.policy.limit = number(v, "from 0")?; Ok(()) };
    "reset_after", "a duration", ["StartLimitIntervalSec", "StartLimitInterval"],
        "A run of this length is no short one.", |job, v| { job.policy.reset_after = parsed(v)?; Ok(()) };
    "retry_failed", "a duration or \"never\"", [],
        "How often a job that was given up is tried once more.", |job, v| {
            job.policy.retry_failed = if text(v)? == "never" { None } else { Some(parsed(v)?) };
            Ok(())
        };
    "success_exit", "a list of codes and signals", ["SuccessExitStatus", "exitcodes", "normal_exit"],
        "Ends that are well, beside exit 0.", |job, v| { job.success = all(v)?; Ok(()) };
    "no_restart_exit", "a list of codes and signals", ["RestartPreventExitStatus", "stop_exit_codes"],
        "Ends after which it is not started again.", |job, v| { job.no_restart = all(v)?; Ok(()) };
    "min_uptime", "a duration", ["startsecs"],
        "It is taken to run after this, where there is no check for readiness.", |job, v| { job.min_uptime = parsed(v)?; Ok(()) };
    "ready", "a check", ["wait_ready", "expect", "notification-fd"],
        "How one knows that it is ready: notify, fd=N, tcp:PORT, unix:PATH, http://…, log:/…/, exec:…, exit, up:TIME.",
        |job, v| { job.ready = Some(parsed(v)?); Ok(()) };
    "start_timeout", "a duration", ["TimeoutStartSec", "listen_timeout"],
        "When it is not ready by then it has failed; 0 waits for ever.", |job, v| { job.start_timeout = parsed(v)?; Ok(()) };
    "health", "a check, or a table of check, every, timeout, retries", ["WatchdogSec", "healthcheck", "liveness_probe"],
        "How one knows that it is well while it runs: tcp:PORT, unix:PATH, http://…, exec:….", |job, v| { job.health = Some(health(v)?); Ok(()) };
    "stop", "signals and times, \"TERM/10s KILL\"", ["KillSignal", "TimeoutStopSec", "KillMode", "ExecStop", "stopsignal", "stopwaitsecs", "stopasgroup", "killasgroup", "kill_timeout", "kill_signal", "treekill", "ExitTimeOut"],
        "How it is ended, with everything that it has started.", |job, v| { job.stop = parsed(v)?; Ok(()) };
    "reload", "a signal, or a command as a list of words", ["ExecReload", "ReloadSignal", "reload_signal"],
        "What tells it to read its settings anew.", |job, v| { job.reload = reload(v)?; Ok(()) };
    "runtime_max", "a duration", ["RuntimeMaxSec"],
        "It may run no longer.", |job, v| { job.runtime_max = Some(parsed(v)?); Ok(()) };
    "schedule", "a cron expression such as \"30 4 * * mon-fri\" or \"@daily\", or \"every 15m\"", ["OnCalendar", "OnUnitActiveSec", "cron_restart", "StartCalendarInterval", "cron"],
        "When it is run, by local time. A time that comes while it still runs is left out; those that were missed while mux was down are made up for by one run.",
        |job, v| { job.schedule = Some(parsed(v)?); Ok(()) };
    "watch", "a path or pattern, a list of them, or a table of paths, ignore, debounce", ["watch_dirs"],
        "It is restarted when these files change: `src/**/*.rs`; a directory is all that is in it. Never .git, editors' own files and mux's logs.",
        |job, v| { job.watch = Some(watch(v)?); Ok(()) };
    "on_fail", "a command as in cmd", ["OnFailure", "eventlistener"],
        "Run when it fails, is given up, fails again and again, or raises an alert, as notices do; with MUX_EVENT and others, and JSON on standard input; see assets/hooks.",
        |job, v| { job.hooks.fail = Some(command(v)?); Ok(()) };
    "on_recover", "a command as in cmd", ["OnSuccess"],
        "Run when it is well again after that.", |job, v| { job.hooks.recover = Some(command(v)?); Ok(()) };
    "on_exit", "a command as in cmd", ["ExecStopPost", "post-stop"],
        "Run at the end of each run, however it ended.", |job, v| { job.hooks.exit = Some(command(v)?); Ok(()) };
    "group", "a name", [],
        "The group that it belongs to; [group.NAME] says how many of it run at a time.", |job, v| { job.group = Some(text(v)?.into()); Ok(()) };
    "instances", "a number from 1", ["numprocs", "replicas", "scale"],
        "How many of it run, as NAME-1, NAME-2 and so on, each with MUX_INSTANCE.", |job, v| {
            job.instances = number(v, "from 1 to 1000")?;
            if (1..=1000).contains(&job.instances) { Ok(()) } else { Err("a number from 1 to 1000 is wanted".into()) }
        };
    "user", "USER or USER:GROUP", ["User", "Group", "setuid", "setgid", "uid", "gid", "UserName"],
        "As whom it runs; for root's mux alone.", |job, v| { job.user = Some(text(v)?.into()); Ok(()) };
    "umask", "an octal number as text", ["UMask"],
        "File mode bits that it leaves out.", |job, v| { job.umask = Some(octal(v)?); Ok(()) };
    "nice", "a number from -20 to 19", ["Nice"],
        "Its place behind others for the processor.", |job, v| {
            let nice = number(v, "from -20 to 19")?;
            job.nice = Some(nice);
            if (-20..=19).contains(&nice) { Ok(()) } else { Err("a number from -20 to 19 is wanted".into()) }
        };
    "ionice", "\"idle\", \"best-effort:0-7\" or \"realtime:0-7\"", ["IOSchedulingClass"],
        "Its place behind others for the disk.", |job, v| { job.ionice = Some(ionice(v)?); Ok(()) };
    "limits", "a table of prlimit(1)'s names", ["LimitNOFILE", "LimitNPROC", "LimitCORE", "limit"],
        "Its resource limits: a number, \"SOFT:HARD\" or \"unlimited\".", |job, v| { job.limits = limits(v)?; Ok(()) };
    "oom_score", "a number from -1000 to 1000", ["OOMScoreAdjust", "oom"],
        "How soon the kernel ends it when memory runs out.", |job, v| {
            let score = number(v, "from -1000 to 1000")?;
            job.oom_score = Some(score);
            if (-1000..=1000).contains(&score) { Ok(()) } else { Err("a number from -1000 to 1000 is wanted".into()) }
        };
    "memory_max", "a size", ["MemoryMax"],
        "All of it together gets no more from the kernel, which ends it there; needs a cgroup of version 2 that is ours.",
        |job, v| { job.memory_max = Some(measured(v)?); Ok(()) };
    "memory_restart", "a size", ["max_memory_restart"],
        "It is restarted when all of it uses more.", |job, v| { job.memory_restart = Some(measured(v)?); Ok(()) };
    "pty", "true or false", ["console", "TTYPath", "redirect_stderr"],
        "It has a terminal; when false, its output goes straight into its log files.", |job, v| {
            job.output = if flag(v)? { Output::Terminal } else { Output::Files };
            Ok(())
        };
    "stdin", "\"null\", \"terminal\" or a file", ["StandardInput"],
        "What it reads.", |job, v| {
            job.stdin_terminal = text(v)? == "terminal";
            job.stdin = Some(text(v)?).filter(|text| !matches!(*text, "null" | "terminal")).map(Into::into);
            Ok(())
        };
    "log", "a path, or a table of path, max_size, daily, keep, max_total, max_age, compress, journald, syslog",
        ["stdout_logfile", "stdout_logfile_maxbytes", "stdout_logfile_backups", "stdout_syslog", "redirect_stderr",
        "StandardOutput", "StandardError", "SyslogIdentifier", "out_file", "error_file", "log_file", "console_log"],
        "Where its output is written, when a new file is begun, and how long older ones are kept.",
        |job, v| job.log.set(v);
    "alert", "a table of match, within, times, or a list of them", [],
        "Lines of its output that are worth a notice.", |job, v| { job.alerts = alerts(v)?; Ok(()) };
}

/// The row of a key.
pub(super) fn spec(name: &str) -> Option<&'static KeySpec> {
    KEYS.iter().find(|key| key.name == name)
}

/// What to say of a key that is not ours: what it is called here, or what was probably meant.
pub(super) fn unknown(name: &str) -> String {
    let same = |foreign: &&str| foreign.eq_ignore_ascii_case(name);
    match KEYS.iter().find(|key| key.foreign.iter().any(same)) {
        Some(key) => format!("no key is called '{name}'; here that is '{}', which takes {}", key.name, key.takes),
        None => format!("no key is called '{name}'{}", suggestion(name, KEYS.iter().map(|key| key.name))),
    }
}

fn command(v: &DeValue<'_>) -> Result<Command, Wrong> {
    let command = match v {
        DeValue::Array(_) => Command::Words(texts(v)?),
        _ => Command::Shell(text(v)?.to_owned()),
    };
    if command.is_empty() { Err("there is nothing to run".into()) } else { Ok(command) }
}

fn check_names(job: &mut JobSpec) -> Result<(), Wrong> {
    match job.env.keys().find(|name| name.is_empty() || name.contains(['=', '\0'])) {
        Some(name) => Err(format!("'{name}' cannot be a variable's name")),
        None => Ok(()),
    }
}

fn octal(v: &DeValue<'_>) -> Result<u32, Wrong> {
    let digits = text(v)?;
    let mask = u32::from_str_radix(digits, 8).ok().filter(|mask| *mask <= 0o777);
    mask.ok_or_else(|| format!("'{digits}' is no umask: expected \"000\" to \"777\""))
}

fn ionice(v: &DeValue<'_>) -> Result<String, Wrong> {
    let class = text(v)?;
    let level =
        |prefix: &str| class.strip_prefix(prefix).is_some_and(|level| matches!(level.as_bytes(), [b'0'..=b'7']));
    match class == "idle" || level("best-effort:") || level("realtime:") {
        true => Ok(class.to_owned()),
        false => Err(format!("'{class}' is none of idle, best-effort:0-7, realtime:0-7")),
    }
}

/// The names of prlimit(1), which are those of setrlimit(2) in small letters.
pub const LIMITS: &[&str] = &[
    "as",
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

fn limits(v: &DeValue<'_>) -> Result<std::collections::BTreeMap<String, String>, Wrong> {
    let limits = map(v)?;
    for (name, value) in &limits {
        if !LIMITS.contains(&name.as_str()) {
            return Err(format!("no limit is called '{name}'{}", suggestion(name, LIMITS.iter().copied())));
        }
        let one = |text: &str| text == "unlimited" || text.parse::<u64>().is_ok();
        let (soft, hard) = value.split_once(':').unwrap_or((value, value));
        if !one(soft) || !one(hard) {
            return Err(format!("{name}: '{value}' is no limit: expected N, SOFT:HARD or unlimited"));
        }
    }
    Ok(limits)
}

fn reload(v: &DeValue<'_>) -> Result<Reload, Wrong> {
    if matches!(v, DeValue::Array(_)) {
        return command(v).map(Reload::Command);
    }
    let name = text(v)?;
    let signal = crate::base::exit::signal_number(name);
    signal.map(Reload::Signal).ok_or_else(|| format!("no signal is called '{name}'; a command is a list of words"))
}

/// Reads a table key by key; the names of all keys are given for what is unknown.
pub(super) fn fields(
    table: &DeTable<'_>,
    names: &[&str],
    mut set: impl FnMut(&str, &DeValue<'_>) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    for (name, value) in table {
        let name = name.get_ref().as_ref();
        if !names.contains(&name) {
            let hint = suggestion(name, names.iter().copied());
            return Err(format!("no key is called '{name}' here: expected {}{hint}", names.join(", ")));
        }
        set(name, value.get_ref()).map_err(|wrong| format!("{name}: {wrong}"))?;
    }
    Ok(())
}

fn health(v: &DeValue<'_>) -> Result<Health, Wrong> {
    let mut health = None;
    let mut rest: (Option<Period>, Option<Period>, Option<u32>) = (None, None, None);
    match v.as_table() {
        None => health = Some(parsed(v)?),
        Some(table) => fields(table, &["check", "every", "timeout", "retries"], |name, v| {
            match name {
                "check" => health = Some(parsed(v)?),
                "every" => rest.0 = Some(parsed(v)?),
                "timeout" => rest.1 = Some(parsed(v)?),
                _ => rest.2 = Some(number(v, "from 1")?),
            }
            Ok(())
        })?,
    }
    let check: super::Check = health.ok_or("check: it is missing")?;
    if !check.can_repeat() {
        return Err(format!("'{check}' cannot be asked again and again: expected tcp:, unix:, http:// or exec:"));
    }
    let usual = Health::new(check);
    let health = Health {
        every: rest.0.unwrap_or(usual.every),
        timeout: rest.1.unwrap_or(usual.timeout),
        retries: rest.2.unwrap_or(usual.retries).max(1),
        ..usual
    };
    if health.every.is_zero() || health.timeout.is_zero() {
        Err("every and timeout cannot be 0".into())
    } else {
        Ok(health)
    }
}

fn watch(v: &DeValue<'_>) -> Result<Watch, Wrong> {
    let mut watch = Watch::new(Vec::new());
    match v.as_table() {
        None => watch.paths = texts(v)?,
        Some(table) => fields(table, &["paths", "ignore", "debounce"], |name, v| {
            match name {
                "paths" => watch.paths = texts(v)?,
                "ignore" => watch.ignore = texts(v)?,
                _ => watch.debounce = parsed(v)?,
            }
            Ok(())
        })?,
    }
    if watch.paths.is_empty() {
        return Err("paths: there is nothing to watch".into());
    }
    watch.matcher()?;
    Ok(watch)
}

fn alerts(v: &DeValue<'_>) -> Result<Vec<Alert>, Wrong> {
    match v {
        DeValue::Array(values) => values.iter().map(|value| alert(value.get_ref())).collect(),
        _ => Ok(vec![alert(v)?]),
    }
}

fn alert(v: &DeValue<'_>) -> Result<Alert, Wrong> {
    let mut alert = Alert { pattern: String::new(), times: 1, within: Period::from_secs(60) };
    match v.as_table() {
        None => alert.pattern = text(v)?.to_owned(),
        Some(table) => fields(table, &["match", "times", "within"], |name, v| {
            match name {
                "match" => alert.pattern = text(v)?.to_owned(),
                "times" => alert.times = value::number(v, "from 1")?,
                _ => alert.within = parsed(v)?,
            }
            Ok(())
        })?,
    }
    if alert.pattern.is_empty() {
        return Err("match: it is missing".into());
    }
    super::check_pattern(&alert.pattern).map_err(|wrong| format!("match: {wrong}"))?;
    alert.times = alert.times.max(1);
    Ok(alert)
}
