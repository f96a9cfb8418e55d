//! Another binary in place of this one: first its server, on trial; once that serves, the keeper itself, by execve(2),
//! which keeps its number, its children and its descriptors.

use std::collections::BTreeSet;
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::io::FdFlags;

use crate::base::{Launch, role, sys};
use crate::proto::packet::{Encoded, FromKeeper, Inbox, ToKeeper, restore, store};

use super::panes::Report;

/// An upgrade that has not come to its end.
pub(super) struct Upgrade {
    pub binary: PathBuf,
    /// What it is known by.
    pub name: String,
    pub stage: Step,
    /// What a server on trial has asked for. It changes nothing until it serves.
    pub held_back: Vec<ToKeeper>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The old server ends.
    Leaving,
    /// The new one is to show that it serves.
    Trial,
    /// It does; the keeper is next.
    Served,
}

/// Becomes the binary, with all that these packets tell; returns only when that fails, and then nothing has changed.
pub(super) fn become_binary(binary: &Path, launch: &Launch, packets: Vec<Report>) -> io::Error {
    match prepare(binary, launch, packets) {
        Ok(prepared) => prepared.go(),
        Err(error) => error,
    }
}

struct Prepared {
    program: CString,
    args: Vec<CString>,
    memory: File,
    packets: Vec<Encoded<Rc<OwnedFd>>>,
}

fn prepare(binary: &Path, launch: &Launch, packets: Vec<Report>) -> io::Result<Prepared> {
    let packets = packets.into_iter().map(FromKeeper::encode).collect::<Result<Vec<_>, _>>()?;
    let mut memory = memory()?;
    memory.write_all(&store(&packets))?;
    memory.rewind()?;
    let text = |word: &OsStr| CString::new(word.as_bytes()).map_err(io::Error::other);
    let words = [binary.as_os_str().to_owned(), role::name::RESUME.into()].into_iter().chain(launch.to_args());
    let args = words.map(|word| text(&word)).collect::<io::Result<Vec<_>>>()?;
    Ok(Prepared { program: text(binary.as_os_str())?, args, memory, packets })
}

impl Prepared {
    fn go(self) -> io::Error {
        let error = self.try_to_go();
        self.leave_open(FdFlags::CLOEXEC);
        if let Ok(null) = File::open("/dev/null") {
            let _ = rustix::stdio::dup2_stdin(&null);
        }
        error
    }

    fn try_to_go(&self) -> io::Error {
        if let Err(error) = rustix::stdio::dup2_stdin(&self.memory) {
            return error.into();
        }
        self.leave_open(FdFlags::empty());
        sys::become_program(&self.program, &self.args)
    }

    /// A descriptor that cannot be marked is not open, which the next one says.
    fn leave_open(&self, flags: FdFlags) {
        for fd in self.packets.iter().flat_map(|packet| &packet.fds) {
            let _ = rustix::io::fcntl_setfd(fd, flags);
        }
    }
}

/// The packets that standard input holds, and /dev/null in its place.
pub(super) fn packets_from_stdin() -> io::Result<Inbox> {
    let mut memory = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    let mut bytes = Vec::new();
    memory.read_to_end(&mut bytes)?;
    let mut taken = BTreeSet::from([memory.as_fd().as_raw_fd()]);
    restore(&bytes, |number| match taken.insert(number) {
        true => sys::inherited(number),
        false => Err(io::Error::other(format!("descriptor {number} was left twice"))),
    })
}

#[cfg(target_os = "linux")]
fn memory() -> io::Result<File> {
    Ok(rustix::fs::memfd_create("mux-keeper", rustix::fs::MemfdFlags::CLOEXEC)?.into())
}

#[cfg(not(target_os = "linux"))]
fn memory() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A packet's own hold on the server's link.
pub(super) fn duplicate(link: &UnixStream) -> io::Result<Rc<OwnedFd>> {
    let link: BorrowedFd<'_> = link.as_fd();
    Ok(Rc::new(link.try_clone_to_owned()?))
}
