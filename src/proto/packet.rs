//! What keeper and server say to each other, over one stream socket pair with descriptors beside the bytes.
//!
//! Fixed layout, additive for ever: a keeper or a server of any later version understands this one. A packet is
//!
//! ```text
//!   u32 length of what follows   u16 type   u16 descriptors   fields: { u16 tag  u32 length  bytes } …
//! ```
//!
//! all little-endian. Unknown types and unknown tags are skipped, a value may grow at its end, numbers never
//! change their meaning and retired ones stay retired. The descriptors travel as SCM_RIGHTS (unix(7)) of the
//! packet's first byte; a field says which is which where there are others than the main one. Lengths are checked against [`limits`](crate::base::limits) before anything is allocated.
//!
//! No threads, no waiting: [`Inbox`] and [`Outbox`] do one system call at a time on whatever socket they are given.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;

use bitflags::bitflags;

use crate::base::{ExitStatus, PaneId, Size, Timestamp};

mod field;
mod from_keeper;
mod inbox;
mod outbox;
mod stored;
#[cfg(test)]
mod tests;
mod to_keeper;

pub use field::{Body, Encoded};
pub use inbox::{Decode, Inbox};
pub use outbox::Outbox;
pub use stored::{restore, store};

/// The version of these packets that this source speaks, told in [`FromKeeper::Welcome`].
pub const VERSION: u32 = 1;

/// Bytes before the fields: length, type, number of descriptors.
const HEADER: usize = 8;

/// Of the header, the bytes that its length does not count: itself.
const LENGTH: usize = 4;

/// What the server asks of the keeper. `Fd` is how the sender holds a descriptor; the receiver owns it.
#[derive(Clone, Debug)]
pub enum ToKeeper<Fd = OwnedFd> {
    /// Start a program on a new terminal; answered by `Spawned` or `SpawnFailed`.
    Spawn(SpawnRequest),
    /// Send a signal (its number in signal(7)) to the pane's first process, or to its process group.
    Signal { pane: PaneId, signal: u32, group: bool },
    /// Hold this memory for the pane, in place of what was held for it: it is given to the next server. What is in it
    /// is no matter of the keeper's.
    Keep { pane: PaneId, memory: Fd },
    /// Close the pane's terminal and forget it. A program that still lives is reaped silently later.
    Release { pane: PaneId },
    /// The server serves: who waits for that may be told.
    Ready,
    /// The server's last word: the next one is to be of this binary, and the keeper too once that one serves. If it
    /// does not come to serve, the next one is of the keeper's own binary again. `upgrade` is what it is known by.
    Replace { binary: OsString, upgrade: String },
    /// Hang up everything, remove the socket and exit. The server exits by itself.
    Stop,
}

/// Packets are equal when all but their descriptors are: those are others in each process.
impl<A, B> PartialEq<ToKeeper<B>> for ToKeeper<A> {
    fn eq(&self, other: &ToKeeper<B>) -> bool {
        use ToKeeper::*;
        match (self, other) {
            (Spawn(one), Spawn(two)) => one == two,
            (Signal { pane, signal, group }, Signal { pane: to, signal: other, group: all }) => {
                (pane, signal, group) == (to, other, all)
            }
            (Keep { pane, .. }, Keep { pane: other, .. }) => pane == other,
            (Release { pane }, Release { pane: other }) => pane == other,
            (Replace { binary, upgrade }, Replace { binary: file, upgrade: other }) => {
                (binary, upgrade) == (file, other)
            }
            (Ready, Ready) | (Stop, Stop) => true,
            _ => false,
        }
    }
}

/// A program to start. It inherits nothing that is not written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpawnRequest {
    pub pane: PaneId,
    pub size: Size,
    /// Empty: the shell that `SHELL` of `env` names, as a login shell.
    pub argv: Vec<OsString>,
    /// The complete environment.
    pub env: Vec<(OsString, OsString)>,
    /// Absolute.
    pub cwd: OsString,
    /// File mode bits to leave out (umask(2)).
    pub umask: u32,
    pub flags: SpawnFlags,
    /// What its process gives itself before it becomes the program: flags and values in turn.
    pub step: Vec<OsString>,
}

bitflags! {
    /// What the program needs before it is executed.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct SpawnFlags: u32 {
        /// SIGHUP ignored, as nohup(1) does it.
        const IGNORE_HUP = 1;
        /// Standard input is /dev/null instead of the terminal.
        const STDIN_NULL = 1 << 1;
    }
}

/// What the keeper tells the server. `Fd` is how the sender holds a descriptor; the receiver owns it.
///
/// All that a keeper holds is told as `Welcome`, any number of `Held`, and `HeldEnd`: to a new server by the keeper,
/// and to a new keeper by the server that has lost its own.
#[derive(Debug)]
pub enum FromKeeper<Fd = OwnedFd> {
    /// The first packet on a link.
    Welcome(Welcome<Fd>),
    /// A pane that the keeper holds from before. `ended` is there when its program has ended, `memory` when a server
    /// has given one, `pidfd` (of its first process) where the system has such things.
    Held {
        pane: PaneId,
        pid: u32,
        started: Timestamp,
        ended: Option<Ended>,
        master: Fd,
        memory: Option<Fd>,
        pidfd: Option<Fd>,
    },
    /// All held panes have been told.
    HeldEnd,
    /// A program runs; `master` is the terminal's other end.
    Spawned { pane: PaneId, pid: u32, started: Timestamp, master: Fd, pidfd: Option<Fd> },
    /// It does not; `message` is one line for the user.
    SpawnFailed { pane: PaneId, message: String },
    /// The pane's first process has ended. The pane stays held until it is released.
    Exited { pane: PaneId, ended: Ended },
    /// How it goes with an upgrade.
    Upgrade { upgrade: String, stage: Stage },
    /// The keeper's server and its end of the link: in what a keeper leaves to itself when it becomes another binary.
    Server { pid: u32, link: Fd, pidfd: Option<Fd> },
    /// The keeper was told to end, with everything. Where the link closes without this the keeper has died.
    Stopping,
}

/// Who speaks, and what belongs to no pane.
#[derive(Debug)]
pub struct Welcome<Fd = OwnedFd> {
    pub version: u32,
    /// The sender.
    pub pid: u32,
    pub listener: Fd,
    /// The sender again, whatever its number means later.
    pub pidfd: Option<Fd>,
    /// Soft limit of open files that programs are to have, where it is not the keeper's own.
    pub open_files: Option<u64>,
    /// Device and inode of the socket's file, by which it is known.
    pub socket_file: Option<(u64, u64)>,
}

/// How far an upgrade is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The server that is told this is the new one, and has not shown yet that it serves.
    UnderWay,
    Done,
    /// Why, as one line.
    Failed(String),
}

/// How and when a pane's program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub status: ExitStatus,
    pub at: Timestamp,
}

/// A packet that cannot be sent or understood. On the receiving side the link is lost with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    #[error("packet of {0} bytes is too long")]
    TooLong(usize),
    #[error("packet shorter than its header")]
    TooShort,
    #[error("packet with a field that overruns it")]
    Overrun,
    #[error("packet without its field {0}")]
    Missing(u16),
    #[error("packet with a bad field {0}")]
    Bad(u16),
    #[error("packet without its descriptor")]
    NoDescriptor,
}

impl From<PacketError> for io::Error {
    fn from(error: PacketError) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}
