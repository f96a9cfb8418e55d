//! A process that cannot be mistaken for another one: by a descriptor where the system has such, because numbers
//! come back.

use std::io;
use std::os::fd::OwnedFd;

use rustix::process::Pid;

/// A descriptor of a process (pidfd_open(2)) that nobody else can have reaped.
#[cfg(target_os = "linux")]
pub(super) fn pidfd(pid: Pid) -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn pidfd(_pid: Pid) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}
