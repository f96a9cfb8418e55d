//! Processes as /proc tells of them. Linux only, as are the stories that look at it.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal};

/// A process, known by its id and the time of its start, so that another one with its id is not taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Process {
    pub pid: u32,
    start: u64,
}

impl Process {
    pub fn of(pid: u32) -> Option<Self> {
        let start = stat(pid)?.get(19)?.parse().ok()?;
        Some(Self { pid, start })
    }

    /// It runs: neither gone nor waiting to be reaped.
    pub fn alive(self) -> bool {
        Self::of(self.pid) == Some(self) && self.field(0).is_some_and(|state| state != "Z" && state != "X")
    }

    pub fn parent(self) -> u32 {
        self.number(1)
    }

    pub fn session(self) -> u32 {
        self.number(3)
    }

    /// The device number of its controlling terminal; 0 for none.
    pub fn terminal(self) -> i64 {
        self.field(4).and_then(|text| text.parse().ok()).unwrap_or(-1)
    }

    /// Field of /proc/PID/stat, counted from the one behind the name.
    fn field(self, index: usize) -> Option<String> {
        stat(self.pid)?.get(index).cloned()
    }

    fn number(self, index: usize) -> u32 {
        self.field(index).and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// A line of /proc/PID/status.
    pub fn status(self, name: &str) -> String {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        status_line(&text, name)
    }

    /// Whether the signal is ignored.
    pub fn ignores(self, signal: Signal) -> bool {
        let mask = u64::from_str_radix(&self.status("SigIgn"), 16).unwrap_or(0);
        mask & 1 << (signal.as_raw() - 1) != 0
    }

    pub fn cwd(self) -> PathBuf {
        fs::read_link(format!("/proc/{}/cwd", self.pid)).unwrap_or_default()
    }

    pub fn command_line(self) -> String {
        let bytes = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).trim_end_matches('\0').replace('\0', " ")
    }

    /// The names of its threads.
    pub fn threads(self) -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid)).into_iter().flatten().flatten();
        tasks
            .filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok())
            .map(|name| name.trim().into())
            .collect()
    }

    /// Open descriptors and what they lead to, in order.
    pub fn descriptors(self) -> Vec<(u32, String)> {
        let Ok(entries) = fs::read_dir(format!("/proc/{}/fd", self.pid)) else { return Vec::new() };
        let mut all: Vec<_> = entries
            .flatten()
            .filter_map(|entry| {
                let number = entry.file_name().to_str()?.parse().ok()?;
                Some((number, fs::read_link(entry.path()).ok()?.to_string_lossy().into_owned()))
            })
            .collect();
        all.sort();
        all
    }

    /// Kibibytes of memory that are its own (resident, anonymous).
    pub fn memory(self) -> u64 {
        self.status("RssAnon").trim_end_matches(" kB").parse().unwrap_or(0)
    }

    /// Kibibytes that it has in memory together with others, such as the part of panes that outlives it.
    pub fn shared_memory(self) -> u64 {
        self.status("RssShmem").trim_end_matches(" kB").parse().unwrap_or(0)
    }

    /// How often any of its threads has gone to sleep by itself: each is one time that it had been awake.
    pub fn awakenings(self) -> u64 {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.pid)) else { return 0 };
        threads
            .flatten()
            .filter_map(|thread| fs::read_to_string(thread.path().join("status")).ok())
            .map(|text| status_line(&text, "voluntary_ctxt_switches").parse::<u64>().unwrap_or(0))
            .sum()
    }

    pub fn kill(self, signal: Signal) {
        if !self.alive() {
            return;
        }
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            // It may have ended by itself meanwhile.
            let _ = rustix::process::kill_process(pid, signal);
        }
    }

    /// All that carry this directory in the environment that they were started with.
    pub fn all_of(tree: &Path) -> Vec<Self> {
        let needle = tree.as_os_str().as_encoded_bytes();
        let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|&pid| pid != std::process::id())
            .filter(|pid| {
                let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                environ.windows(needle.len()).any(|window| window == needle)
            })
            .filter_map(Self::of)
            .filter(|process| process.alive())
            .collect()
    }

    /// It and all that descend from it.
    pub fn family(self) -> Vec<Self> {
        let mut family = vec![self];
        let Ok(entries) = fs::read_dir("/proc") else { return family };
        let all: Vec<Self> =
            entries.flatten().filter_map(|e| Self::of(e.file_name().to_str()?.parse().ok()?)).collect();
        let mut next = 0;
        while let Some(&parent) = family.get(next) {
            family.extend(all.iter().filter(|process| process.parent() == parent.pid));
            next += 1;
        }
        family
    }
}

impl std::fmt::Display for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.field(0).unwrap_or_default();
        write!(f, "{} (parent {}, {state}) {}", self.pid, self.parent(), self.command_line())
    }
}

/// /proc/PID/stat behind the name, which may hold anything and ends at the last bracket.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

fn status_line(text: &str, name: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_default().trim().to_owned()
}
