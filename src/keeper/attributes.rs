//! What a process gives itself before it becomes the program: its place in line, its limits, its files, its user.

use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::base::sys;

/// One of them, as its words say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    /// The folder of a cgroup (cgroups(7)).
    Group(OsString),
    OomScore(OsString),
    Nice(i32),
    /// ioprio_set(2)'s number.
    IoPriority(i32),
    Limit(Resource, Rlimit),
    Input(OsString),
    Output {
        error: bool,
        file: OsString,
    },
    /// A pipe with a name, as a descriptor to write to.
    Pipe {
        number: u8,
        file: OsString,
    },
    User(String),
}

impl Attribute {
    /// The flag and its value; none where they make no sense.
    pub(super) fn parse(flag: &str, value: &OsStr) -> Option<Self> {
        let text = || value.to_str();
        match flag {
            "--cgroup" => Some(Attribute::Group(value.to_owned())),
            "--oom-score" => Some(Attribute::OomScore(value.to_owned())),
            "--nice" => text()?.parse().ok().map(Attribute::Nice),
            "--ionice" => io_priority(text()?).map(Attribute::IoPriority),
            "--limit" => limit(text()?),
            "--stdin" => Some(Attribute::Input(value.to_owned())),
            "--stdout" => Some(Attribute::Output { error: false, file: value.to_owned() }),
            "--stderr" => Some(Attribute::Output { error: true, file: value.to_owned() }),
            "--fd" => {
                let (number, file) = text()?.split_once('=')?;
                let number = number.parse().ok().filter(|number| *number > 2)?;
                Some(Attribute::Pipe { number, file: file.into() })
            }
            "--user" => text().map(|user| Attribute::User(user.to_owned())),
            _ => None,
        }
    }

    /// The error names what could not be done.
    pub(super) fn apply(&self) -> io::Result<()> {
        let named = |what: &str, result: io::Result<()>| {
            result.map_err(|error| io::Error::new(error.kind(), format!("{what}: {error}")))
        };
        match self {
            // 0 is whoever writes it.
            Attribute::Group(group) => named("cgroup", std::fs::write(Path::new(group).join("cgroup.procs"), "0")),
            Attribute::OomScore(score) => {
                named("oom_score", std::fs::write("/proc/self/oom_score_adj", score.as_encoded_bytes()))
            }
            Attribute::Nice(nice) => {
                let set = rustix::process::setpriority_process(None, *nice);
                named("nice", set.map_err(io::Error::from))
            }
            Attribute::IoPriority(priority) => named("ionice", sys::set_io_priority(*priority)),
            Attribute::Limit(resource, wanted) => named("limits", set_limit(*resource, *wanted)),
            Attribute::Input(file) => named(&file.to_string_lossy(), File::open(file).and_then(|file| onto(&file, 0))),
            Attribute::Output { error, file } => {
                let opened = append(Path::new(file)).and_then(|file| onto(&file, if *error { 2 } else { 1 }));
                named(&file.to_string_lossy(), opened)
            }
            // Waits for whoever reads it: it was told of this run before.
            Attribute::Pipe { number, file } => {
                let opened = OpenOptions::new().write(true).open(file);
                named("fd", opened.and_then(|pipe| sys::place_descriptor(pipe, (*number).into())))
            }
            Attribute::User(user) => named(&format!("user {user}"), sys::become_user(user)),
        }
    }
}

/// The directory is for nobody else, as the server makes it, who may come later.
fn append(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

fn onto(file: &File, number: u8) -> io::Result<()> {
    let fd = file.as_fd();
    let placed = match number {
        0 => rustix::stdio::dup2_stdin(fd),
        1 => rustix::stdio::dup2_stdout(fd),
        _ => rustix::stdio::dup2_stderr(fd),
    };
    Ok(placed?)
}

/// A soft limit above the hard one is the hard one: who is not root cannot have more.
fn set_limit(resource: Resource, wanted: Rlimit) -> io::Result<()> {
    let old = getrlimit(resource);
    let least = |one: Option<u64>, other: Option<u64>| match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let wanted = match rustix::process::geteuid().is_root() {
        true => wanted,
        false => Rlimit { current: least(wanted.current, old.maximum), maximum: least(wanted.maximum, old.maximum) },
    };
    Ok(setrlimit(resource, wanted)?)
}

/// `NAME=SOFT:HARD`, `NAME=BOTH`.
fn limit(text: &str) -> Option<Attribute> {
    let (name, value) = text.split_once('=')?;
    let (soft, hard) = value.split_once(':').unwrap_or((value, value));
    let one = |text: &str| match text {
        "unlimited" => Some(None),
        number => number.parse().ok().map(Some),
    };
    let resource = match name {
        "as" => Resource::As,
        "core" => Resource::Core,
        "cpu" => Resource::Cpu,
        "data" => Resource::Data,
        "fsize" => Resource::Fsize,
        "memlock" => Resource::Memlock,
        "nofile" => Resource::Nofile,
        "nproc" => Resource::Nproc,
        "rss" => Resource::Rss,
        "stack" => Resource::Stack,
        #[cfg(target_os = "linux")]
        "locks" => Resource::Locks,
        #[cfg(target_os = "linux")]
        "msgqueue" => Resource::Msgqueue,
        #[cfg(target_os = "linux")]
        "nice" => Resource::Nice,
        #[cfg(target_os = "linux")]
        "rtprio" => Resource::Rtprio,
        #[cfg(target_os = "linux")]
        "rttime" => Resource::Rttime,
        #[cfg(target_os = "linux")]
        "sigpending" => Resource::Sigpending,
        _ => return None,
    };
    Some(Attribute::Limit(resource, Rlimit { current: one(soft)?, maximum: one(hard)? }))
}

/// As ionice(1): class in bits 13 and up, level below (ioprio_set(2)).
fn io_priority(text: &str) -> Option<i32> {
    const CLASS: u32 = 13;
    let (class, level) = text.split_once(':').unwrap_or((text, "0"));
    let level: i32 = level.parse().ok().filter(|level| (0..=7).contains(level))?;
    let class = match class {
        "realtime" => 1,
        "best-effort" => 2,
        "idle" => 3,
        _ => return None,
    };
    Some(class << CLASS | level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_what_the_kernel_takes() {
        let parse = |flag: &str, value: &str| Attribute::parse(flag, OsStr::new(value));
        assert_eq!(parse("--nice", "-5"), Some(Attribute::Nice(-5)));
        assert_eq!(parse("--ionice", "idle"), Some(Attribute::IoPriority(3 << 13)));
        assert_eq!(parse("--ionice", "best-effort:7"), Some(Attribute::IoPriority(2 << 13 | 7)));
        let limit = Rlimit { current: Some(64), maximum: None };
        assert_eq!(parse("--limit", "nofile=64:unlimited"), Some(Attribute::Limit(Resource::Nofile, limit)));
        for (flag, value) in [("--nice", "x"), ("--ionice", "idle:9"), ("--limit", "nofile"), ("--what", "1")] {
            assert_eq!(parse(flag, value), None, "{flag} {value}");
        }
    }
}
