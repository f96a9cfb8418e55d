//! Memory that a job may have at most, and whether the kernel has ended a program for want of it.
//!
//! A limit is a cgroup of version 2 (the kernel's cgroup-v2.rst) below the one that mux itself is in, which somebody
//! must have given to mux: a cgroup with processes in it cannot hand the controller on, so mux first moves itself and
//! its panes into a leaf of their own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::core::Core;
use super::procfs;
use crate::base::{ExitStatus, PaneId, machine};
use crate::model::supervise::Reason;
use crate::model::{Event, SpawnSpec};

/// Where mux's own processes are, beside the groups of jobs.
const LEAF: &str = "mux-main";

/// Where version 2 is mounted, if it is what the machine uses.
const ROOT: &str = "/sys/fs/cgroup";

/// The kernel's count of processes that it has ended for want of memory, when it was last looked at.
pub struct Memory {
    victims: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Self { victims: victims() }
    }
}

/// proc_vmstat(5).
fn victims() -> u64 {
    counted(&machine::text("/proc/vmstat"), "oom_kill")
}

/// The number behind a word that begins a line.
fn counted(text: &str, word: &str) -> u64 {
    let number = |line: &str| line.strip_prefix(word)?.strip_prefix(' ')?.trim().parse().ok();
    text.lines().find_map(number).unwrap_or(0)
}

impl Memory {
    /// A program of ours has ended like this, or another one begins. True where it seems to be one of the victims:
    /// killed, and one more was counted since the last look. Each counts for one program.
    fn seems_victim(&mut self, status: Option<ExitStatus>, victims: u64) -> bool {
        let killed = matches!(status, Some(ExitStatus::Signal { signal: 9, .. }));
        let more = victims > self.victims;
        self.victims = if killed && more { self.victims + 1 } else { victims };
        killed && more
    }
}

impl Core {
    /// Puts the program into a group of its own where its job has a limit. The error says why that cannot be.
    pub(super) fn limit_memory(&mut self, pane: PaneId, spec: &mut SpawnSpec) -> Result<(), String> {
        self.memory.seems_victim(None, victims());
        let name = self.state.pane(pane).and_then(|pane| pane.program.job.as_deref());
        let most = name.and_then(|name| self.state.jobs().get(name)?.spec.memory_max);
        let Some(most) = most else { return Ok(()) };
        let group = base().and_then(|base| {
            make_room(&base)
                .and_then(|()| group(&base, pane, most.0))
                .map_err(|error| format!("{}: {error}", base.display()))
        });
        let group = group.map_err(|why| format!("memory_max cannot be enforced: {why}"))?;
        spec.step.splice(0..0, ["--cgroup".to_owned(), group.display().to_string()]);
        Ok(())
    }

    /// A program has ended: was it for want of memory?
    pub(super) fn ask_for_memory(&mut self, pane: PaneId, status: ExitStatus) {
        let seems = self.memory.seems_victim(Some(status), victims());
        let job = self.state.jobs().of_pane(pane);
        let limited = job.is_some_and(|job| job.spec.memory_max.is_some());
        let group = base().ok().filter(|_| limited).map(|base| group_of(&base, pane));
        let counted = group.as_ref().is_some_and(|group| was_full(group));
        if let Some(group) = group {
            // While something of it lives it stays; the next run takes it over.
            let _ = fs::remove_dir(group);
        }
        let reason = match (counted, seems) {
            (true, _) => Reason::Oom,
            (false, true) => Reason::OomProbable,
            (false, false) => return,
        };
        self.apply(Event::PaneStarved { pane, reason });
    }
}

fn group_of(base: &Path, pane: PaneId) -> PathBuf {
    base.join(format!("mux-job-{}", pane.0))
}

/// The kernel has ended something in it for want of memory.
fn was_full(group: &Path) -> bool {
    let events = fs::read_to_string(group.join("memory.events")).unwrap_or_default();
    counted(&events, "oom_kill") > 0 || counted(&events, "oom_group_kill") > 0
}

/// The cgroup below which groups for jobs can be made. The error says what is missing and what to do about it.
pub fn base() -> Result<PathBuf, String> {
    let root = machine::file(ROOT);
    let usual = "or let memory_restart restart it";
    if !root.join("cgroup.controllers").is_file() {
        return Err(format!("this machine has no cgroups of version 2 at {ROOT}; boot it with them, {usual}"));
    }
    let own = machine::text("/proc/self/cgroup");
    let path = own.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let path = path.strip_suffix(LEAF).unwrap_or(path).trim_end_matches('/');
    let base = if path.is_empty() { root } else { root.join(path) };
    let text = |file: &str| fs::read_to_string(base.join(file)).unwrap_or_default();
    let scope = "start the server with `systemd-run --user --scope -p Delegate=yes mux start-server`";
    if !text("cgroup.controllers").split_whitespace().any(|name| name == "memory") {
        return Err(format!("mux's cgroup /{path} has no memory controller; {scope}, {usual}"));
    }
    let ours = |file: &str| fs::OpenOptions::new().write(true).open(base.join(file)).is_ok();
    if !ours("cgroup.subtree_control") || !ours("cgroup.procs") {
        return Err(format!("mux's cgroup /{path} is not its own; {scope}, {usual}"));
    }
    let strangers = text("cgroup.procs");
    match strangers.lines().filter_map(|pid| pid.parse().ok()).find(|pid| !is_mux_s(*pid)) {
        Some(pid) => Err(format!("mux's cgroup /{path} is shared with process {pid}; {scope}, {usual}")),
        None => Ok(base),
    }
}

/// A process of mux, or one that was started in it.
fn is_mux_s(pid: u32) -> bool {
    let marked =
        |environment: Vec<u8>| environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(b"MUX="));
    procfs::is_ours(pid) || procfs::environment(pid).is_some_and(marked)
}

/// Moves what is in the base itself into its leaf, and hands the controller on.
fn make_room(base: &Path) -> io::Result<()> {
    let control = base.join("cgroup.subtree_control");
    if fs::read_to_string(&control)?.split_whitespace().any(|name| name == "memory") {
        return Ok(());
    }
    let leaf = base.join(LEAF);
    make(&leaf)?;
    for pid in fs::read_to_string(base.join("cgroup.procs"))?.lines() {
        match fs::write(leaf.join("cgroup.procs"), pid) {
            // It has ended meanwhile.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => {}
            result => result?,
        }
    }
    fs::write(control, "+memory")
}

fn group(base: &Path, pane: PaneId, most: u64) -> io::Result<PathBuf> {
    let group = group_of(base, pane);
    make(&group)?;
    fs::write(group.join("memory.max"), most.to_string())?;
    // All of it ends together: half a job is none (kernels since 4.19).
    let _ = fs::write(group.join("memory.oom.group"), "1");
    Ok(group)
}

fn make(group: &Path) -> io::Result<()> {
    match fs::create_dir(group) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_victim_that_the_kernel_counts_is_one_program() {
        let mut memory = Memory { victims: 5 };
        let killed = Some(ExitStatus::Signal { signal: 9, core: false });
        assert!(!memory.seems_victim(killed, 5), "somebody's kill -9");
        assert!(!memory.seems_victim(Some(ExitStatus::Code(1)), 6), "another's victim");
        assert!(!memory.seems_victim(killed, 6));
        assert!(memory.seems_victim(killed, 8) && memory.seems_victim(killed, 8));
        assert!(!memory.seems_victim(killed, 8));
        assert!(!memory.seems_victim(None, 9) && !memory.seems_victim(killed, 9));
    }

    #[test]
    fn counters_are_read_by_their_whole_name() {
        let text = "low 0\noom 3\noom_kill 2\noom_group_kill 1\n";
        assert_eq!((counted(text, "oom_kill"), counted(text, "oom"), counted(text, "x")), (2, 3, 0));
    }

    #[test]
    fn a_group_has_its_limit_and_tells_of_its_end() {
        let base = tempfile::tempdir().unwrap();
        let base = base.path();
        for (file, text) in [("cgroup.subtree_control", ""), ("cgroup.procs", "")] {
            fs::write(base.join(file), text).unwrap();
        }
        make_room(base).unwrap();
        assert!(base.join(LEAF).is_dir());
        assert_eq!(fs::read_to_string(base.join("cgroup.subtree_control")).unwrap(), "+memory");
        let group = group(base, PaneId(7), 1 << 20).unwrap();
        assert_eq!(fs::read_to_string(group.join("memory.max")).unwrap(), "1048576");
        assert!(!was_full(&group));
        fs::write(group.join("memory.events"), "oom_kill 1\n").unwrap();
        assert!(was_full(&group));
    }
}
