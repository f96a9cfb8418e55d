//! A file in memory by way of which bytes go to a PTY where the kernel itself is to count them.
//!
//! A server may be killed after the write(2) of a key and before the note that it is written; SIGKILL takes effect when
//! a system call returns, so that this is not as rare as it sounds. sendfile(2) closes the window: it advances the
//! offset that it is given, within the call, by what it has written (its manual page; `do_sendfile` in Linux's
//! fs/read_write.c stores it whether the caller is about to die or not). The offset lies in the survival memory and is
//! the count of all bytes so far; the bytes lie at that offset here. One file does for all panes, because nothing is in
//! it but for the moment of one call.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Bytes after which the file is emptied.
const ENOUGH: usize = 1 << 20;

#[derive(Debug, Default)]
pub struct Spool {
    file: Option<File>,
    /// Bytes since it was emptied.
    used: AtomicUsize,
    /// This machine's PTYs do not take it.
    useless: AtomicBool,
}

impl Spool {
    #[cfg(target_os = "linux")]
    pub fn new() -> Self {
        use rustix::fs::{MemfdFlags, memfd_create};
        Self { file: memfd_create(c"mux-spool", MemfdFlags::CLOEXEC).ok().map(File::from), ..Self::default() }
    }

    /// Elsewhere sendfile(2) is for sockets only, or counts otherwise.
    #[cfg(not(target_os = "linux"))]
    pub fn new() -> Self {
        Self::default()
    }

    /// The file with these bytes at this offset; none where it is of no use.
    pub fn with(&self, bytes: &[u8], offset: u64) -> Option<&File> {
        let file = self.file.as_ref().filter(|_| !self.useless.load(Ordering::Relaxed))?;
        if self.used.fetch_add(bytes.len(), Ordering::Relaxed) > ENOUGH {
            self.used.store(0, Ordering::Relaxed);
            file.set_len(0).ok()?;
        }
        file.write_all_at(bytes, offset).ok()?;
        Some(file)
    }

    /// It is not to be tried again.
    pub fn give_up(&self) {
        self.useless.store(true, Ordering::Relaxed);
    }
}
