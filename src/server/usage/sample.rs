//! One look at what sets of processes use. Reads `/proc` only; for a thread of its own.

use tokio::time::Instant;

use super::super::probe::memory;
use super::super::procfs::{self, Process};
use super::super::sets::{Owner, sets};
use super::ports;
use crate::base::Timestamp;
use crate::base::limits::SHOWN_PROCESSES;
use crate::model::{Port, ProcessUsage};

/// What one set uses at a moment.
#[derive(Clone, Debug)]
pub struct Sample {
    pub at: Timestamp,
    pub when: Instant,
    pub cpu_ms: u64,
    pub memory: u64,
    pub proportional: bool,
    pub count: usize,
    pub processes: Vec<ProcessUsage>,
    pub ports: Vec<Port>,
}

/// Milliseconds of a tick: USER_HZ is 100 on every Linux but alpha's and ia64's (time(7)).
const TICK: u64 = 10;

/// Each set, in the order of its owners. `detail`: with processes and ports.
pub fn take(owners: &[Owner], detail: bool) -> Vec<Sample> {
    sets(owners).iter().map(|set| sample(set, detail)).collect()
}

fn sample(set: &[Process], detail: bool) -> Sample {
    let memories: Vec<_> = set.iter().map(|process| memory::of(process.pid)).collect();
    let known = memories.iter().flatten();
    let ticks: u64 = set.iter().map(|process| process.ticks.saturating_add(process.children_ticks)).sum();
    let mut sample = Sample {
        at: Timestamp::now(),
        when: Instant::now(),
        cpu_ms: ticks.saturating_mul(TICK),
        memory: known.clone().map(|memory| memory.bytes).sum(),
        proportional: known.clone().all(|memory| memory.proportional),
        count: set.len(),
        processes: Vec::new(),
        ports: Vec::new(),
    };
    if detail {
        let shown = set.iter().zip(&memories).take(SHOWN_PROCESSES);
        sample.processes =
            shown.map(|(process, memory)| told(process, memory.map_or(0, |memory| memory.bytes))).collect();
        sample.ports = ports::of(&set.iter().map(|process| process.pid).collect::<Vec<_>>());
    }
    sample
}

fn told(process: &Process, memory: u64) -> ProcessUsage {
    let words = procfs::arguments(process.pid).join(" ");
    let command = if words.is_empty() { procfs::command(process.pid).unwrap_or_default() } else { words };
    let command = command.replace(char::is_control, " ");
    let cpu_ms = process.ticks.saturating_mul(TICK);
    ProcessUsage { pid: process.pid, parent: process.parent, command, cpu_ms, memory }
}
