//! What a job uses: processors, memory, processes, ports. Looked at only while somebody wants to know; see
//! `server/usage`.

use crate::base::Timestamp;

/// One look at all that a job has started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    pub at: Timestamp,
    /// Milliseconds of processor time so far, of all that lives and of its children that have ended.
    pub cpu_ms: u64,
    /// Of one processor, since the look before.
    pub cpu_percent: f64,
    /// Bytes.
    pub memory: u64,
    /// What is shared is counted in part for each that shares it (PSS); else wholly for each (RSS).
    pub proportional: bool,
    /// How many processes there are.
    pub count: usize,
    /// The processes themselves, the first one first; only where they were asked for.
    pub processes: Vec<ProcessUsage>,
    /// Where it can be reached; likewise.
    pub ports: Vec<Port>,
    /// The looks of the last minutes, the oldest first, with this one.
    pub past: Vec<UsagePoint>,
    /// The last lines of its screen, or else of its log; likewise.
    pub lines: Vec<String>,
}

/// An earlier look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsagePoint {
    pub at: Timestamp,
    pub cpu_percent: f64,
    pub memory: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessUsage {
    pub pid: u32,
    pub parent: u32,
    pub command: String,
    pub cpu_ms: u64,
    pub memory: u64,
}

/// A socket that is listened on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// `tcp`, `tcp6` or `unix`.
    pub protocol: &'static str,
    /// The number, where there is one.
    pub port: Option<u16>,
    /// `127.0.0.1:80`, `[::]:80`, or a path.
    pub address: String,
}

/// The processes as a tree: each with its depth, children behind their parents, in the order of their numbers.
pub fn tree(processes: &[ProcessUsage]) -> Vec<(usize, &ProcessUsage)> {
    let known = |pid: u32| processes.iter().any(|process| process.pid == pid);
    let mut out = Vec::with_capacity(processes.len());
    // What has left its parent stands beside the first one. Reversed, as the last is taken first.
    let mut next: Vec<(usize, &ProcessUsage)> = processes
        .iter()
        .filter(|process| !known(process.parent) || process.parent == process.pid)
        .rev()
        .map(|p| (0, p))
        .collect();
    while let Some((depth, process)) = next.pop() {
        if out.len() == processes.len() {
            break;
        }
        out.push((depth, process));
        let children = processes.iter().filter(|child| child.parent == process.pid && child.pid != process.pid);
        next.extend(children.rev().map(|child| (depth + 1, child)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, parent: u32) -> ProcessUsage {
        ProcessUsage { pid, parent, command: String::new(), cpu_ms: 0, memory: 0 }
    }

    #[test]
    fn children_stand_behind_their_parents() {
        let all = [process(10, 1), process(11, 10), process(12, 10), process(13, 11), process(20, 2)];
        let shown: Vec<(usize, u32)> = tree(&all).iter().map(|(depth, process)| (*depth, process.pid)).collect();
        assert_eq!(shown, [(0, 10), (1, 11), (2, 13), (1, 12), (0, 20)]);
        assert!(tree(&[]).is_empty());
        assert_eq!(tree(&[process(5, 5)]).len(), 1);
    }
}
