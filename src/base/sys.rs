//! The calls for which no library here has a safe form. The only `unsafe` of the crate.

#![expect(unsafe_code, reason = "each block below says why it is sound")]

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

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

/// A duplicate, closed on exec, of a descriptor that a library shows only as a number.
pub fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: fcntl(2) touches no memory here; a number that is not open gives EBADF.
    let new = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 3) };
    if new < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made `new`, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(new) })
}

/// Back to the default for every signal that a shell, nohup(1) or a supervisor may have set to be ignored
/// for us: what is ignored stays so across `execve(2)` and would reach every program that mux starts.
pub fn default_signals() {
    let signals = [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGHUP, libc::SIGALRM, libc::SIGCHLD];
    let others = [libc::SIGUSR1, libc::SIGUSR2, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU, libc::SIGWINCH];
    for signal in signals.into_iter().chain(others) {
        // SAFETY: SIG_DFL installs no handler, so no code of ours can run in a signal context.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

/// The user at the other end of a Unix socket.
#[cfg(not(target_os = "linux"))]
pub fn peer_uid(socket: std::os::fd::BorrowedFd<'_>) -> io::Result<u32> {
    use std::os::fd::AsRawFd;
    let (mut uid, mut gid) = (0, 0);
    // SAFETY: both pointers lead to live values of the right type; the descriptor is borrowed, so it is open.
    match unsafe { libc::getpeereid(socket.as_raw_fd(), &mut uid, &mut gid) } {
        0 => Ok(uid),
        _ => Err(io::Error::last_os_error()),
    }
}
