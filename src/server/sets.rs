//! All that a pane's program has started: found, signalled, and waited for until it is gone.
//!
//! A process belongs to a pane when it descends from the pane's first process, is in its session, or carries the
//! pane in its environment, which also what has double-forked into a session of its own has inherited. mux's own
//! processes are never meant. Looking goes through `/proc` on a thread of its own; waiting is by pidfd.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::io::Interest;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::core::Core;
use super::mailbox::ToCore;
use super::procfs::{self, Process};
use crate::base::limits::{SET_LOOK, SWEEP_STEPS};
use crate::base::{PaneId, sys};
use crate::job::StopPlan;

/// Whose set it is.
#[derive(Clone, Debug)]
pub struct Owner {
    pub pane: PaneId,
    /// Of its first process; 0 where that is not known any more.
    pub pid: u32,
    /// The server's socket, which is in the environment too.
    pub socket: PathBuf,
}

impl Owner {
    /// The processes that live, the first one first where it does.
    pub fn members(&self) -> Vec<u32> {
        sets(std::slice::from_ref(self)).concat().iter().map(|process| process.pid).collect()
    }

    fn leads(&self, process: &Process) -> bool {
        self.pid != 0 && (process.pid == self.pid || process.session == self.pid)
    }

    /// It has been started, at whatever remove, with this pane's variables.
    fn marks(&self, mark: &Mark) -> bool {
        mark.pane == self.pane.to_string().as_bytes()
            && mark
                .server
                .strip_prefix(self.socket.as_os_str().as_encoded_bytes())
                .is_some_and(|rest| rest.first() == Some(&b','))
    }

    /// Sends a signal to all of them; those that are stopped are woken for it. New ones may come meanwhile, so it
    /// looks again until nobody is new.
    fn signal(&self, signal: Signal) {
        let mut told: BTreeSet<u32> = BTreeSet::new();
        for _ in 0..SWEEP_STEPS {
            let fresh: Vec<u32> = self.members().into_iter().filter(|pid| told.insert(*pid)).collect();
            if fresh.is_empty() {
                return;
            }
            for pid in fresh {
                send(pid, signal);
            }
        }
    }
}

/// By whose pane a process says that it was started.
struct Mark {
    pane: Vec<u8>,
    server: Vec<u8>,
}

fn mark(pid: u32) -> Option<Mark> {
    let environment = procfs::environment(pid)?;
    let value = |name: &[u8]| environment.split(|byte| *byte == 0).find_map(|variable| variable.strip_prefix(name));
    Some(Mark { pane: value(b"MUX_PANE=")?.to_vec(), server: value(b"MUX=")?.to_vec() })
}

/// The processes of each set that live, the first one first where it does. One look at the machine for all of them.
pub fn sets(owners: &[Owner]) -> Vec<Vec<Process>> {
    let all = procfs::processes();
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for process in &all {
        children.entry(process.parent).or_default().push(process.pid);
    }
    let mut found: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); owners.len()];
    for process in &all {
        let led = owners.iter().position(|owner| owner.leads(process));
        let mark = if led.is_none() { mark(process.pid) } else { None };
        for (owner, found) in owners.iter().zip(&mut found) {
            if owner.leads(process) || mark.as_ref().is_some_and(|mark| owner.marks(mark)) {
                found.insert(process.pid);
            }
        }
    }
    let set = |(owner, mut found): (&Owner, BTreeSet<u32>)| {
        descend(&mut found, &children);
        let live = |process: &&Process| found.contains(&process.pid) && !process.zombie;
        let mut members: Vec<Process> = all.iter().filter(live).copied().collect();
        members.retain(|process| !procfs::is_ours(process.pid));
        members.sort_by_key(|process| (process.pid != owner.pid, process.pid));
        members
    };
    owners.iter().zip(found).map(set).collect()
}

/// With all that comes from them.
fn descend(found: &mut BTreeSet<u32>, children: &BTreeMap<u32, Vec<u32>>) {
    let mut grown: Vec<u32> = found.iter().copied().collect();
    while let Some(pid) = grown.pop() {
        for child in children.get(&pid).into_iter().flatten() {
            if found.insert(*child) {
                grown.push(*child);
            }
        }
    }
}

/// By pidfd, so that a number that was given anew is not meant.
fn send(pid: u32, signal: Signal) {
    let Some(pid) = procfs::to_pid(pid) else { return };
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    let _ = pidfd_send_signal(&process, signal);
    let wakes = signal != Signal::STOP && signal != Signal::KILL && signal != Signal::CONT;
    if wakes {
        let _ = pidfd_send_signal(&process, Signal::CONT);
    }
}

impl Core {
    pub(super) fn owner(&self, pane: PaneId) -> Owner {
        let pid = self.panes.get(&pane).map(|task| task.pid);
        let pid = pid.or_else(|| self.closing.get(&pane).map(|closing| closing.pid)).unwrap_or(0);
        Owner { pane, pid, socket: self.state.setup().socket.clone() }
    }

    pub(super) fn signal_set(&self, pane: PaneId, signal: u8) {
        let owner = self.owner(pane);
        if let Some(signal) = Signal::from_named_raw(signal.into()) {
            tokio::task::spawn_blocking(move || owner.signal(signal));
        }
    }

    pub(super) fn watch_set(&mut self, job: String, pane: PaneId) {
        let (owner, core) = (self.owner(pane), self.pane_mail.clone());
        tokio::spawn(async move { watch(&owner, &job, &core).await });
    }

    pub(super) fn sweep_set(&mut self, job: String, pane: PaneId, plan: StopPlan) {
        let (owner, core) = (self.owner(pane), self.pane_mail.clone());
        tokio::spawn(async move {
            let mut step = 0;
            while let Some(next) = plan.step(step) {
                if look(&owner).await.is_empty() {
                    break;
                }
                let (whose, signal) = (owner.clone(), Signal::from_named_raw(next.signal.into()));
                let _ = tokio::task::spawn_blocking(move || signal.map(|signal| whose.signal(signal))).await;
                if timeout(next.wait.into(), gone(&owner)).await.is_ok() {
                    break;
                }
                step += 1;
            }
            watch(&owner, &job, &core).await;
        });
    }
}

async fn look(owner: &Owner) -> Vec<u32> {
    let owner = owner.clone();
    tokio::task::spawn_blocking(move || owner.members()).await.unwrap_or_default()
}

/// Tells who is left, now and then, and at last that nobody is.
async fn watch(owner: &Owner, job: &str, core: &mpsc::UnboundedSender<ToCore>) {
    loop {
        let left = look(owner).await;
        let over = left.is_empty();
        if core.send(ToCore::JobSet { job: job.to_owned(), left: left.clone() }).is_err() || over {
            return;
        }
        let _ = timeout(SET_LOOK, ends(&left)).await;
    }
}

async fn gone(owner: &Owner) {
    loop {
        let left = look(owner).await;
        if left.is_empty() {
            return;
        }
        let _ = timeout(SET_LOOK, ends(&left)).await;
    }
}

/// Until all of these have ended.
async fn ends(pids: &[u32]) {
    for pid in pids.iter().filter_map(|pid| procfs::to_pid(*pid)) {
        let Ok(process) = pidfd_open(pid, PidfdFlags::NONBLOCK) else { continue };
        match sys::async_fd(process, Interest::READABLE) {
            Ok(process) => drop(process.readable().await.map(|mut guard| guard.retain_ready())),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
