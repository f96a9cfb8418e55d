//! Processes that cannot be mistaken for others: by a descriptor where the system has such, because numbers come back.
//!
//! A keeper that came after another one is no parent of the programs that it holds. wait(2) tells it nothing of them;
//! their descriptors do.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::base::ExitStatus;

/// A process, and its descriptor where there is one.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub pid: Pid,
    pub pidfd: Option<Rc<OwnedFd>>,
}

impl Process {
    /// One that nobody else can have reaped: a child, before it is waited for.
    pub(super) fn of_child(pid: Pid) -> Self {
        Self { pid, pidfd: pidfd(pid).ok().map(Rc::new) }
    }

    pub(super) fn number(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Sends it, to the group that it leads where so wanted. A process that has ended in this moment needs none.
    pub(super) fn signal(&self, signal: Signal, group: bool) {
        if self.signal_by_descriptor(signal, group) {
            return;
        }
        let _ = if group { kill_process_group(self.pid, signal) } else { kill_process(self.pid, signal) };
    }

    /// False where that cannot be done, and the process is still there for its number to mean it.
    #[cfg(target_os = "linux")]
    fn signal_by_descriptor(&self, signal: Signal, group: bool) -> bool {
        use rustix::process::pidfd_send_signal;
        let Some(pidfd) = &self.pidfd else { return false };
        if !group {
            return !matches!(pidfd_send_signal(pidfd, signal), Err(rustix::io::Errno::NOSYS));
        }
        // A Linux before 6.9 knows no groups here. Nothing is sent by signal 0 to a process that has been reaped.
        match crate::base::sys::signal_group_of(pidfd.as_fd(), signal.as_raw()) {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::INVAL.raw_os_error()) => self.is_reaped(),
            _ => true,
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn signal_by_descriptor(&self, _signal: Signal, _group: bool) -> bool {
        false
    }

    /// Its number means it no more.
    #[cfg(target_os = "linux")]
    fn is_reaped(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let Some(pidfd) = &self.pidfd else { return false };
        let mut fds = [PollFd::new(pidfd, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok() && fds[0].revents().contains(PollFlags::HUP)
    }

    /// How it ended, of one that has ended and is no child of ours: from the kernel once it is reaped, and before that
    /// from /proc, which shows what its parent has not taken yet. None of it on a Linux before 6.15 when it is late.
    #[cfg(target_os = "linux")]
    pub(super) fn exit(&self) -> ExitStatus {
        let told = || crate::base::sys::exit_of(self.pidfd.as_ref()?.as_fd());
        let shown = || zombie_status(self.number()).filter(|_| !self.is_reaped());
        told().or_else(shown).or_else(told).map_or(ExitStatus::Unknown, exit_status)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn exit(&self) -> ExitStatus {
        ExitStatus::Unknown
    }

    /// Whether wait(2) will tell its end.
    #[cfg(target_os = "linux")]
    pub(super) fn is_child(&self) -> bool {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(self.pid), options).is_ok()
    }
}

/// Field 52 of /proc/PID/stat (proc(5)), of a process that waits to be reaped.
#[cfg(target_os = "linux")]
fn zombie_status(pid: u32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    (fields.next() == Some("Z")).then_some(())?;
    fields.next_back()?.parse().ok()
}

/// A status of wait(2) as it is kept.
pub(super) fn exit_status(raw: i32) -> ExitStatus {
    // What every Unix does, though POSIX writes no bits down: the signal in 7 bits, one for a core, then the code.
    match (raw & 0x7f, (raw >> 8) & 0xff) {
        (0, code) => ExitStatus::Code(code as u8),
        (signal, _) => ExitStatus::Signal { signal: signal as u8, core: raw & 0x80 != 0 },
    }
}

/// The first process of a pane, found by its number though it may have been reaped: only while the terminal's session
/// still has that number, which nobody else can get then. For what was held by a keeper that knew no descriptors.
#[cfg(target_os = "linux")]
pub(super) fn find(pid: Pid, master: &OwnedFd) -> Option<OwnedFd> {
    let leads = || rustix::termios::tcgetsid(master).is_ok_and(|session| session == pid);
    let found = leads().then(|| pidfd(pid).ok())??;
    leads().then_some(found)
}

/// A descriptor of a process (pidfd_open(2)) that nobody else can have reaped.
#[cfg(target_os = "linux")]
fn pidfd(pid: Pid) -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())?)
}

#[cfg(not(target_os = "linux"))]
fn pidfd(_pid: Pid) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_what_wait_says() {
        assert_eq!(exit_status(7 << 8), ExitStatus::Code(7));
        assert_eq!(exit_status(9), ExitStatus::Signal { signal: 9, core: false });
        assert_eq!(exit_status(6 | 0x80), ExitStatus::Signal { signal: 6, core: true });
    }
}
