//! The memory itself: a file without a name, of which the first part is mapped.
//!
//! What is written beyond that part goes through pwrite(2), and no page of the mapped part is touched before
//! fallocate(2) has made it: so a machine without memory gives an error here, and no SIGBUS.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use rustix::fs::FallocateFlags;

use super::layout::PAGE;
use super::spool::Spool;
use crate::base::limits::{PLAIN_JOURNAL, SURVIVAL_JOURNAL};
use crate::base::sys::Mapping;

/// Header and journal in memory, and the rest of the file behind them.
#[derive(Debug)]
pub struct Memory {
    mapped: Mapped,
    file: Option<Arc<File>>,
    /// Bytes from the start whose pages are there.
    reserved: usize,
}

#[derive(Debug)]
enum Mapped {
    Shared(Mapping),
    /// No file: nothing survives, everything else works alike.
    Plain(Vec<u8>),
}

impl Memory {
    /// A new one, all zeros.
    pub fn create() -> io::Result<Self> {
        let file = File::from(unnamed_file()?);
        file.set_len(SURVIVAL_JOURNAL as u64)?;
        seal(&file)?;
        let mut memory = Self::over(file)?;
        memory.reserve(PAGE)?;
        Ok(memory)
    }

    /// One that an earlier server has left.
    pub fn open(file: OwnedFd) -> io::Result<Self> {
        let file = File::from(file);
        if file.metadata()?.len() < SURVIVAL_JOURNAL as u64 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a survival memory that is too short"));
        }
        let mut memory = Self::over(file)?;
        memory.reserve(PAGE)?;
        Ok(memory)
    }

    fn over(file: File) -> io::Result<Self> {
        let mapped = Mapped::Shared(Mapping::new(file.as_fd(), 0, SURVIVAL_JOURNAL)?);
        Ok(Self { mapped, file: Some(Arc::new(file)), reserved: 0 })
    }

    /// Memory that dies with the process.
    pub fn plain() -> Self {
        Self { mapped: Mapped::Plain(vec![0; PLAIN_JOURNAL]), file: None, reserved: PLAIN_JOURNAL }
    }

    /// Bytes of header and journal.
    pub fn length(&self) -> usize {
        match &self.mapped {
            Mapped::Shared(mapping) => mapping.bytes().len(),
            Mapped::Plain(bytes) => bytes.len(),
        }
    }

    pub fn file(&self) -> Option<&Arc<File>> {
        self.file.as_ref()
    }

    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        match &self.mapped {
            Mapped::Shared(mapping) => &mapping.bytes()[range],
            Mapped::Plain(bytes) => &bytes[range],
        }
    }

    pub fn load(&self, offset: usize) -> u64 {
        match &self.mapped {
            Mapped::Shared(mapping) => mapping.load(offset),
            Mapped::Plain(bytes) => bytes[offset..].first_chunk().map_or(0, |word| u64::from_ne_bytes(*word)),
        }
    }

    /// Whoever comes after a crash finds either this or what was there before, and all earlier stores with it.
    pub fn store(&mut self, offset: usize, value: u64) {
        crash::point();
        match &mut self.mapped {
            Mapped::Shared(mapping) => mapping.store(offset, value),
            Mapped::Plain(bytes) => bytes[offset..][..8].copy_from_slice(&value.to_ne_bytes()),
        }
    }

    /// Bytes to be written to, which [`Memory::reserve`] has made.
    pub fn bytes_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        crash::point();
        match &mut self.mapped {
            Mapped::Shared(mapping) => &mut mapping.bytes_mut()[range],
            Mapped::Plain(bytes) => &mut bytes[range],
        }
    }

    /// Writes to a PTY as many bytes as it takes, and adds them to the word at `offset`: at one stroke where the spool
    /// can be used, else one after the other.
    pub fn send(&mut self, offset: usize, bytes: &[u8], to: BorrowedFd<'_>, spool: &Spool) -> io::Result<usize> {
        crash::point();
        let before = self.load(offset);
        if let Mapped::Shared(mapping) = &self.mapped
            && let Some(file) = spool.with(bytes, before)
        {
            let result = mapping.send_file(offset, file.as_fd(), to, bytes.len());
            let sent = (self.load(offset) - before) as usize;
            match result {
                _ if sent > 0 => return Ok(sent),
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => spool.give_up(),
                result => return result,
            }
        }
        let sent = rustix::io::write(to, bytes)?;
        self.store(offset, before + sent as u64);
        Ok(sent)
    }

    /// Makes the pages up to `end`.
    pub fn reserve(&mut self, end: usize) -> io::Result<()> {
        let end = end.next_multiple_of(PAGE).min(self.length());
        if let Some(file) = self.file.as_ref().filter(|_| end > self.reserved) {
            let (from, length) = (self.reserved as u64, (end - self.reserved) as u64);
            rustix::io::retry_on_intr(|| allocate(file, from, length))?;
            self.reserved = end;
        }
        Ok(())
    }

    /// Gives back the mapped pages but the first.
    pub fn release(&mut self) {
        if let Some(file) = &self.file {
            // An earlier server may have reserved more than this one.
            punch(file, PAGE as u64..self.length() as u64);
            self.reserved = PAGE;
        }
    }
}

/// Writes beyond the mapped part.
pub fn write_at(file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    let (first, second) = bytes.split_at(crash::part(bytes.len()));
    crash::point();
    file.write_all_at(first, offset)?;
    crash::point();
    file.write_all_at(second, offset + first.len() as u64)
}

/// Gives pages back to the machine, as far as they are whole. It is only about memory, so that it may fail.
pub fn punch(file: &File, range: Range<u64>) {
    crash::point();
    #[cfg(target_os = "linux")]
    if !range.is_empty() {
        let how = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        let _ = rustix::fs::fallocate(file, how, range.start, range.end - range.start);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, range);
}

#[cfg(target_os = "linux")]
fn unnamed_file() -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(memfd_create(c"mux-pane", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?)
}

/// Nobody can make it shorter under whoever has it mapped.
#[cfg(target_os = "linux")]
fn seal(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fcntl_add_seals(file, rustix::fs::SealFlags::SHRINK)?)
}

#[cfg(target_os = "linux")]
fn allocate(file: &File, from: u64, length: u64) -> rustix::io::Result<()> {
    rustix::fs::fallocate(file, FallocateFlags::empty(), from, length)
}

/// Where there is no memfd_create(2): a temporary file that has lost its name.
#[cfg(not(target_os = "linux"))]
fn unnamed_file() -> io::Result<OwnedFd> {
    use std::os::unix::fs::OpenOptionsExt;
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("mux-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    let file = File::options().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(path)?;
    Ok(file.into())
}

#[cfg(not(target_os = "linux"))]
fn seal(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Writing zeros makes a file's blocks everywhere; nothing has been there.
#[cfg(not(target_os = "linux"))]
fn allocate(file: &File, from: u64, length: u64) -> rustix::io::Result<()> {
    let zeros = [0; PAGE];
    for offset in (from..from + length).step_by(PAGE) {
        rustix::io::pwrite(file, &zeros, offset)?;
    }
    Ok(())
}

/// Tests let the process "die" before any change of a memory.
pub mod crash {
    #[cfg(test)]
    thread_local! {
        static LEFT: std::cell::Cell<Option<u32>> = const { std::cell::Cell::new(None) };
    }

    /// The memory is about to be changed.
    #[inline]
    pub fn point() {
        #[cfg(test)]
        LEFT.with(|left| match left.get() {
            Some(0) => {
                left.set(None);
                std::panic::resume_unwind(Box::new("crash"));
            }
            Some(more) => left.set(Some(more - 1)),
            None => {}
        });
    }

    /// Of so many bytes, as many as are written before the process "dies" in the middle.
    pub fn part(length: usize) -> usize {
        if cfg!(test) { length / 2 } else { length }
    }

    /// Runs `work` and lets it die before its change number `changes`; true where it came to its end before that.
    #[cfg(test)]
    pub fn after(changes: u32, work: impl FnOnce()) -> bool {
        LEFT.set(Some(changes));
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_ok();
        let died = LEFT.take().is_none();
        assert!(ended != died, "it panicked by itself");
        ended
    }
}
