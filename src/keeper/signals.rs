//! Signals as readable descriptors, so that one poll(2) waits for them too.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use signal_hook::consts::{SIGCHLD, SIGTERM};
use signal_hook::low_level::pipe;

/// The signals that the keeper acts on.
pub(super) struct Signals {
    pub(super) child: Signal,
    pub(super) terminate: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { child: Signal::new(SIGCHLD)?, terminate: Signal::new(SIGTERM)? })
    }
}

/// Readable after the signal has come, until it is taken. Signals that come meanwhile count as one.
pub(super) struct Signal {
    pipe: UnixStream,
}

impl Signal {
    fn new(number: i32) -> io::Result<Self> {
        let (pipe, end) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        pipe::register(number, end)?;
        Ok(Self { pipe })
    }

    /// Whether it came since it was last asked.
    pub(super) fn take(&mut self) -> bool {
        let mut taken = false;
        let mut buffer = [0; 64];
        while matches!(self.pipe.read(&mut buffer), Ok(count) if count > 0) {
            taken = true;
        }
        taken
    }
}

impl AsFd for Signal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}
