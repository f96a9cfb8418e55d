//! The system calls for which no library here has a safe form. The only `unsafe` of the crate.

#![expect(unsafe_code, reason = "each block below says why it is sound")]

/// Ignores SIGHUP from now on; `execve(2)` keeps that for the program that follows, which is what nohup(1) does.
pub fn ignore_hangup() {
    // SAFETY: SIG_IGN installs no handler, so no code of ours can run in a signal context.
    unsafe {
        libc::signal(libc::SIGHUP, libc::SIG_IGN);
    }
}
