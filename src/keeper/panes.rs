//! What the keeper holds: one entry a pane, from the spawn until the server releases it.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use rustix::process::{Pid, Signal, WaitStatus, kill_process, kill_process_group};

use crate::base::{ExitStatus, PaneId, Timestamp, limits};
use crate::proto::packet::{Ended, FromKeeper};

use super::spawn::Spawned;

/// A packet for the server, before its descriptors are sent.
pub(super) type Report = FromKeeper<Rc<OwnedFd>>;

/// All panes, by their id.
#[derive(Default)]
pub(super) struct Panes {
    held: BTreeMap<PaneId, Held>,
}

struct Held {
    /// The first process: leader of its session and of a process group of the same number.
    pid: Pid,
    started: Timestamp,
    ended: Option<Ended>,
    master: Rc<OwnedFd>,
    /// What a server has given to be kept for the next.
    memory: Option<Rc<OwnedFd>>,
}

impl Panes {
    /// Whether one more may come under this id; else why not.
    pub(super) fn check_room(&self, pane: PaneId) -> Result<(), String> {
        if self.held.contains_key(&pane) {
            return Err(format!("pane {pane} is in use"));
        }
        if self.held.len() >= limits::MAX_PANES {
            return Err(format!("too many panes: {} are held", limits::MAX_PANES));
        }
        Ok(())
    }

    /// Holds it from now on.
    pub(super) fn add(&mut self, pane: PaneId, spawned: Spawned) -> Report {
        let Spawned { pid, started, master } = spawned;
        let held = Held { pid, started, ended: None, master: Rc::new(master), memory: None };
        let report = FromKeeper::Spawned { pane, pid: number(pid), started, master: Rc::clone(&held.master) };
        self.held.insert(pane, held);
        report
    }

    /// For a pane that is gone already it is let go at once.
    pub(super) fn keep(&mut self, pane: PaneId, memory: OwnedFd) {
        if let Some(held) = self.held.get_mut(&pane) {
            held.memory = Some(Rc::new(memory));
        }
    }

    pub(super) fn release(&mut self, pane: PaneId) {
        self.held.remove(&pane);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// What a new server is told.
    pub(super) fn reports(&self) -> impl Iterator<Item = Report> {
        self.held.iter().map(|(pane, held)| FromKeeper::Held {
            pane: *pane,
            pid: number(held.pid),
            started: held.started,
            ended: held.ended,
            master: Rc::clone(&held.master),
            memory: held.memory.clone(),
        })
    }

    /// A child has been reaped. None: it was the first process of no pane.
    pub(super) fn ended(&mut self, pid: Pid, ended: Ended) -> Option<Report> {
        // Pids come back: an entry whose process has been reaped has no claim on its number any more.
        let found = self.held.iter_mut().find(|(_, held)| held.pid == pid && held.ended.is_none());
        let (pane, held) = found?;
        held.ended = Some(ended);
        Some(FromKeeper::Exited { pane: *pane, ended })
    }

    /// Reaches nobody when the pane's first process has been reaped: its number may be somebody else's.
    pub(super) fn signal(&self, pane: PaneId, signal: u32, group: bool) {
        let signal = i32::try_from(signal).ok().and_then(Signal::from_named_raw);
        let held = self.held.get(&pane).filter(|held| held.ended.is_none());
        if let (Some(signal), Some(held)) = (signal, held) {
            send(held.pid, signal, group);
        }
    }

    /// Tells every program that its terminal goes away, and lets the terminals go. Stopped programs are woken, as
    /// the kernel does it for a hang-up.
    pub(super) fn hang_up(&mut self) {
        for held in self.held.values().filter(|held| held.ended.is_none()) {
            send(held.pid, Signal::HUP, true);
            send(held.pid, Signal::CONT, true);
        }
        self.held.clear();
    }
}

/// A program that has ended in this moment needs no signal.
fn send(pid: Pid, signal: Signal, group: bool) {
    let _ = if group { kill_process_group(pid, signal) } else { kill_process(pid, signal) };
}

fn number(pid: Pid) -> u32 {
    pid.as_raw_nonzero().get().unsigned_abs()
}

/// Bit of wait(2)'s status that says that a core was dumped (WCOREDUMP, not in POSIX, the same everywhere).
const CORE: i32 = 0x80;

/// wait(2)'s status as it is kept.
pub(super) fn exit_status(status: WaitStatus) -> ExitStatus {
    let small = |number: i32| u8::try_from(number).ok();
    if let Some(code) = status.exit_status().and_then(small) {
        return ExitStatus::Code(code);
    }
    match status.terminating_signal().and_then(small) {
        Some(signal) => ExitStatus::Signal { signal, core: status.as_raw() & CORE != 0 },
        None => ExitStatus::Unknown,
    }
}
