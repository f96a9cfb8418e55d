//! The calls for which no library here has a safe form. The only `unsafe` of the crate.

#![expect(unsafe_code, reason = "each block below says why it is sound")]

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::unix::AsyncFd;

/// Ignores SIGHUP from now on; `execve(2)` keeps that for the program that follows, which is what nohup(1) does.
pub fn ignore_hangup() {
    // SAFETY: SIG_IGN installs no handler, so no code of ours can run in a signal context.
    unsafe {
        libc::signal(libc::SIGHUP, libc::SIG_IGN);
    }
}

/// A descriptor whose readiness tokio watches. It must be in non-blocking mode.
pub fn async_fd(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd gives the same open descriptor for as long as it lives, and the AsyncFd owns it.
    unsafe { AsyncFd::register(fd) }.map_err(io::Error::from)
}
