//! What the keeper holds: one entry a pane, from the spawn until the server releases it.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use rustix::process::{Pid, Signal};

use crate::base::{PaneId, Timestamp, limits};
use crate::proto::packet::{Ended, FromKeeper};

use super::process::{self, Process};
use super::spawn::Spawned;
use super::strangers::{Stranger, Strangers};

/// A packet for the server, before its descriptors are sent.
pub(super) type Report = FromKeeper<Rc<OwnedFd>>;

/// All panes, by their id.
#[derive(Default)]
pub(super) struct Panes {
    held: BTreeMap<PaneId, Held>,
    /// Those whose program another keeper has started.
    pub(super) strangers: Strangers,
}

struct Held {
    /// The first process: leader of its session and of a process group of the same number.
    process: Process,
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
        let Spawned { process, started, master } = spawned;
        let (pid, pidfd, master) = (process.number(), process.pidfd.clone(), Rc::new(master));
        let report = FromKeeper::Spawned { pane, pid, started, master: Rc::clone(&master), pidfd };
        self.held.insert(pane, Held { process, started, ended: None, master, memory: None });
        report
    }

    /// Holds what another keeper has held.
    pub(super) fn take_over(&mut self, held: FromKeeper) {
        let FromKeeper::Held { pane, pid, started, ended, master, memory, pidfd } = held else { return };
        let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
        let pidfd = pidfd.or_else(|| process::find(pid, &master)).map(Rc::new);
        let process = Process { pid, pidfd };
        let mut ended = ended;
        if ended.is_none() && !process.is_child() && !self.strangers.watch(Stranger::Pane(pane), &process) {
            // Nobody knows it any more, and nobody can find out.
            ended = Some(Ended { status: process.exit(), at: Timestamp::now() });
        }
        let (master, memory) = (Rc::new(master), memory.map(Rc::new));
        self.held.insert(pane, Held { process, started, ended, master, memory });
    }

    /// The ends that are known: after a handover some of them only here.
    pub(super) fn ends(&self) -> impl Iterator<Item = Report> {
        self.held.iter().filter_map(|(pane, held)| Some(FromKeeper::Exited { pane: *pane, ended: held.ended? }))
    }

    /// For a pane that is gone already it is let go at once.
    pub(super) fn keep(&mut self, pane: PaneId, memory: OwnedFd) {
        if let Some(held) = self.held.get_mut(&pane) {
            held.memory = Some(Rc::new(memory));
        }
    }

    pub(super) fn release(&mut self, pane: PaneId) {
        if let Some(held) = self.held.remove(&pane) {
            self.strangers.forget(&held.process);
        }
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
            pid: held.process.number(),
            started: held.started,
            ended: held.ended,
            master: Rc::clone(&held.master),
            memory: held.memory.clone(),
            pidfd: held.process.pidfd.clone(),
        })
    }

    /// A child has been reaped. None: it was the first process of no pane.
    pub(super) fn ended(&mut self, pid: Pid, ended: Ended) -> Option<Report> {
        // Pids come back: an entry whose process has been reaped has no claim on its number any more.
        let found = self.held.iter_mut().find(|(_, held)| held.process.pid == pid && held.ended.is_none());
        let (pane, held) = found?;
        held.ended = Some(ended);
        Some(FromKeeper::Exited { pane: *pane, ended })
    }

    /// Reaches nobody when the pane's first process has been reaped: its number may be somebody else's.
    pub(super) fn signal(&self, pane: PaneId, signal: u32, group: bool) {
        let signal = i32::try_from(signal).ok().and_then(Signal::from_named_raw);
        let held = self.held.get(&pane).filter(|held| held.ended.is_none());
        if let (Some(signal), Some(held)) = (signal, held) {
            held.process.signal(signal, group);
        }
    }

    /// A process that is no child of ours has ended.
    pub(super) fn stranger_ended(&mut self, pane: PaneId) -> Option<Report> {
        let held = self.held.get_mut(&pane).filter(|held| held.ended.is_none())?;
        self.strangers.forget(&held.process);
        let ended = Ended { status: held.process.exit(), at: Timestamp::now() };
        held.ended = Some(ended);
        Some(FromKeeper::Exited { pane, ended })
    }

    /// Tells every program that its terminal goes away, and lets the terminals go. Stopped programs are woken, as
    /// the kernel does it for a hang-up.
    pub(super) fn hang_up(&mut self) {
        for held in self.held.values().filter(|held| held.ended.is_none()) {
            held.process.signal(Signal::HUP, true);
            held.process.signal(Signal::CONT, true);
        }
        self.held.clear();
    }
}
