//! The keys of `[Service]`, and why others have no counterpart.

use super::systemd::{Entry, Service};
use super::unit_words;
use crate::base::{Period, exit};
use crate::foreign::draft::{JobDraft, strings};

/// False for a key that mux has nothing for. The error says what is wrong with the value.
pub(super) fn service(job: &mut JobDraft, service: &mut Service, entry: &Entry) -> Result<bool, String> {
    // systemd takes an empty value for none.
    if entry.value.is_empty() {
        return Ok(true);
    }
    Ok(life(job, service, entry)? || program(job, service, entry)? || limits(job, entry)?)
}

/// How it lives.
fn life(job: &mut JobDraft, service: &mut Service, entry: &Entry) -> Result<bool, String> {
    let value = entry.value.as_str();
    match entry.key.as_str() {
        "Type" => match value {
            "simple" | "exec" | "idle" => {}
            "oneshot" => {
                service.oneshot = true;
                job.text("kind", "task");
            }
            "notify" | "notify-reload" => job.text("ready", "notify"),
            // Told by `why_not`.
            _ => return Ok(false),
        },
        "RemainAfterExit" if service.oneshot => {}
        "Restart" => match value {
            "no" | "on-failure" | "always" => job.text("restart", value),
            "on-abnormal" | "on-abort" | "on-watchdog" => {
                job.text("restart", "on-failure");
                return Ok(false);
            }
            _ => return Ok(false),
        },
        "RestartSec" => job.text("restart_delay", &time(value)?),
        "RestartMaxDelaySec" => job.text("restart_max", &time(value)?),
        "StartLimitBurst" => job.set("restart_limit", number(value)?),
        "StartLimitIntervalSec" | "StartLimitInterval" => match time(value)?.as_str() {
            "0s" => job.set("restart_limit", "0".into()),
            time => job.text("reset_after", time),
        },
        "SuccessExitStatus" => job.set("success_exit", ends(value)?),
        "RestartPreventExitStatus" => job.set("no_restart_exit", ends(value)?),
        "TimeoutStartSec" => job.text("start_timeout", &time(value)?),
        "TimeoutStopSec" => service.stop_time = Some(stop_time(value)?),
        "TimeoutSec" => {
            job.text("start_timeout", &time(value)?);
            service.stop_time = Some(stop_time(value)?);
        }
        "KillSignal" => {
            let signal = exit::signal_number(value).ok_or("no such signal")?;
            service.stop_signal = Some(exit::signal_name(signal));
        }
        "ReloadSignal" => job.text("reload", value),
        "RuntimeMaxSec" if value != "infinity" => job.text("runtime_max", &time(value)?),
        "RuntimeMaxSec" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// What it is run with.
fn program(job: &mut JobDraft, service: &mut Service, entry: &Entry) -> Result<bool, String> {
    let value = entry.value.as_str();
    match entry.key.as_str() {
        "User" => service.user = Some(value.to_owned()),
        "Group" => service.group = Some(value.to_owned()),
        "WorkingDirectory" => {
            let directory = value.trim_start_matches('-');
            job.text("chdir", if directory == "~" { "/" } else { directory });
            return Ok(directory == value && directory != "~");
        }
        "Environment" => {
            for (word, _) in unit_words::split(value).ok_or("a quote has no end")? {
                let (name, value) = word.split_once('=').ok_or("expected NAME=value")?;
                job.variable(name, value);
            }
        }
        "EnvironmentFile" => {
            let mut files: Vec<String> = Vec::new();
            if let Some(known) = job.get("env_file") {
                files.extend(known.trim_matches(['[', ']']).split(", ").map(|file| file.trim_matches('"').to_owned()));
            }
            files.push(value.to_owned());
            job.set("env_file", strings(&files));
        }
        "UMask" => job.text("umask", value.strip_prefix("0o").unwrap_or(value)),
        "Nice" => job.set("nice", number(value)?),
        "OOMScoreAdjust" => job.set("oom_score", number(value)?),
        "IOSchedulingClass" => service.io_class = Some(io_class(value)?),
        "IOSchedulingPriority" => service.io_level = Some(number(value)?),
        "StandardInput" => match value {
            "null" => job.text("stdin", "null"),
            "tty" | "tty-force" | "tty-fail" => job.text("stdin", "terminal"),
            _ => match value.strip_prefix("file:") {
                Some(file) => job.text("stdin", file),
                None => return Ok(false),
            },
        },
        "MemoryMax" => {
            let known = value != "infinity" && !value.ends_with('%');
            return Ok(known && job.set_if_known("memory_max", crate::foreign::draft::string(value)));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn io_class(value: &str) -> Result<String, String> {
    match value {
        "0" | "none" | "2" | "best-effort" => Ok("best-effort".into()),
        "1" | "realtime" => Ok("realtime".into()),
        "3" | "idle" => Ok("idle".into()),
        _ => Err("no such class".into()),
    }
}

/// `LimitNOFILE=` and its like; all are added to one table.
fn limits(job: &mut JobDraft, entry: &Entry) -> Result<bool, String> {
    let Some(name) = entry.key.strip_prefix("Limit").map(str::to_ascii_lowercase) else { return Ok(false) };
    if !crate::job::LIMITS.contains(&name.as_str()) {
        return Ok(false);
    }
    let one = |text: &str| match text {
        "infinity" => Ok("unlimited".to_owned()),
        text => amount(&name, text).map(|amount| amount.to_string()).ok_or("expected N, SOFT:HARD or infinity"),
    };
    let value = match entry.value.split_once(':') {
        Some((soft, hard)) => format!("{}:{}", one(soft)?, one(hard)?),
        None => one(&entry.value)?,
    };
    let known = job.get("limits").map(|known| known.trim_matches(['{', '}', ' ']).to_owned());
    let all: Vec<String> = known.into_iter().chain([format!("{name} = \"{value}\"")]).collect();
    job.set("limits", format!("{{ {} }}", all.join(", ")));
    Ok(true)
}

/// Bytes with a suffix, times in what setrlimit(2) counts, plain numbers.
fn amount(name: &str, text: &str) -> Option<u64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    match name {
        "cpu" => span(text).map(|milliseconds| milliseconds.div_ceil(1000)),
        "rttime" => span(text).map(|milliseconds| milliseconds * 1000),
        _ => text.parse::<crate::job::Bytes>().ok().map(|bytes| bytes.0),
    }
}

fn number(text: &str) -> Result<String, String> {
    text.parse::<i64>().map(|number| number.to_string()).map_err(|_| "a number is wanted".into())
}

fn ends(value: &str) -> Result<String, String> {
    // systemd.exec(5), "Process Exit Codes": those of sysexits.h.
    const NAMES: [&str; 15] = [
        "USAGE",
        "DATAERR",
        "NOINPUT",
        "NOUSER",
        "NOHOST",
        "UNAVAILABLE",
        "SOFTWARE",
        "OSERR",
        "OSFILE",
        "CANTCREAT",
        "IOERR",
        "TEMPFAIL",
        "PROTOCOL",
        "NOPERM",
        "CONFIG",
    ];
    const FIRST: usize = 64;
    let end = |word: &str| match NAMES.iter().position(|name| *name == word) {
        Some(at) => Ok((FIRST + at).to_string()),
        None => word.parse::<crate::job::Match>().map(|_| word.to_owned()).map_err(|error| error.to_string()),
    };
    let ends: Vec<String> = value.split_whitespace().map(end).collect::<Result<_, String>>()?;
    Ok(strings(&ends))
}

/// "infinity" waits for ever, which here is 0.
fn time(value: &str) -> Result<String, String> {
    match value {
        "infinity" => Ok("0s".into()),
        value => span(value).map(|time| Period::from_millis(time).to_string()).ok_or("no such time".into()),
    }
}

/// A stop has an end here: a day is long enough for anything.
fn stop_time(value: &str) -> Result<String, String> {
    let time = time(value)?;
    Ok(if time == "0s" { "1d".into() } else { time })
}

/// Milliseconds of systemd.time(7): `90`, `5min 20s`, `1.5h`.
pub(super) fn span(text: &str) -> Option<u64> {
    const UNITS: &[(&[&str], f64)] = &[
        (&["us", "usec", "µs"], 0.001),
        (&["ms", "msec"], 1.0),
        (&["", "s", "sec", "second", "seconds"], 1000.0),
        (&["m", "min", "minute", "minutes"], 60_000.0),
        (&["h", "hr", "hour", "hours"], 3_600_000.0),
        (&["d", "day", "days"], 86_400_000.0),
        (&["w", "week", "weeks"], 604_800_000.0),
        (&["M", "month", "months"], 2_629_800_000.0),
        (&["y", "year", "years"], 31_557_600_000.0),
    ];
    let mut total = 0.0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        let behind = rest[digits..].trim_start();
        let letters = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
        let (_, worth) = UNITS.iter().find(|(names, _)| names.contains(&&behind[..letters]))?;
        total += number * worth;
        rest = behind[letters..].trim_start();
    }
    // A century is what a period may be, and more than anybody means.
    (total < 3_155_760_000_000.0).then_some(total.ceil() as u64)
}

/// Beginnings of keys, and why there is nothing for them.
const WHY: &[(&[&str], &str)] = &[
    (
        &[
            "Private",
            "Protect",
            "Restrict",
            "NoNewPrivileges",
            "ReadOnlyPaths",
            "ReadWritePaths",
            "InaccessiblePaths",
            "ExecPaths",
            "NoExecPaths",
            "BindPaths",
            "BindReadOnlyPaths",
            "TemporaryFileSystem",
            "SystemCall",
            "Capability",
            "AmbientCap",
            "LockPersonality",
            "MemoryDenyWriteExecute",
            "RootDirectory",
            "RootImage",
            "DynamicUser",
            "SecureBits",
            "SELinux",
            "AppArmor",
            "Mount",
            "RemoveIPC",
            "Keyring",
            "ProcSubset",
            "PAMName",
            "NetworkNamespacePath",
            "SupplementaryGroups",
            "IPAddress",
        ],
        "mux walls nothing in: bwrap(1), setpriv(1) or a container in cmd can",
    ),
    (
        &["RuntimeDirectory", "StateDirectory", "CacheDirectory", "LogsDirectory", "ConfigurationDirectory"],
        "mux makes no directories: `mkdir -p` in cmd can, or tmpfiles.d",
    ),
    (
        &["CPU", "IO", "Tasks", "Memory", "Slice", "Delegate", "Device", "Block", "Startup", "OOMPolicy", "Managed"],
        "is of a control group that mux does not make for a job",
    ),
    (&["Condition", "Assert"], "mux looks at no conditions; `test …` in cmd can"),
    (
        &["Standard", "Syslog", "LogLevel", "LogRate", "LogNamespace", "LogExtra", "TTY"],
        "mux keeps its log: `mux logs`",
    ),
    (&["Type"], "mux looks after the process that it starts: let the program stay in the foreground"),
    (&["PIDFile", "GuessMainPID", "BusName", "NotifyAccess"], "mux knows the process that it has started"),
    (
        &["KillMode", "SendSIGKILL", "SendSIGHUP", "FinalKill", "RestartKill", "WatchdogSignal"],
        "mux ends all that a job has started, by `stop`",
    ),
    (&["Watchdog"], "mux asks for health by itself: `health`"),
    (&["OnFailure", "OnSuccess"], "mux has notices and hooks for that"),
    (&["Restart"], "mux restarts after failures, always, or not"),
    (&["StartLimitAction", "FailureAction", "SuccessAction"], "mux does nothing to the machine"),
    (
        &["Before", "Conflicts", "Propagates", "StopPropagated", "JoinsNamespace", "Upholds", "BindTo"],
        "the other job says it here, by `needs` or `after`",
    ),
    (
        &[
            "Alias",
            "Also",
            "DefaultInstance",
            "DefaultDependencies",
            "RefuseManual",
            "Allow",
            "Ignore",
            "StopWhenUnneeded",
            "Collect",
            "Job",
            "RequiresMounts",
        ],
        "is of systemd's own order",
    ),
    (&["Sockets", "FileDescriptor", "OpenFile", "USBFunction"], "mux opens no sockets for a job"),
    (&["PassEnvironment", "UnsetEnvironment"], "a job has the environment of who started it, and `env`"),
    (&["LoadCredential", "SetCredential", "ImportCredential"], "mux keeps no secrets: `env_file` names a file"),
];

pub(super) fn why_not(key: &str) -> &'static str {
    let begins = |starts: &[&str]| starts.iter().any(|start| key.starts_with(start));
    WHY.iter().find(|(starts, _)| begins(starts)).map_or("mux knows no such key", |(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_as_systemd_writes_them() {
        for (text, milliseconds) in
            [("90", 90_000), ("5min 20s", 320_000), ("1.5h", 5_400_000), ("100ms", 100), ("2 weeks", 1_209_600_000)]
        {
            assert_eq!(span(text), Some(milliseconds), "{text}");
        }
        assert_eq!((span("soon"), span(""), span("5 parsecs")), (None, None, None));
    }
}
