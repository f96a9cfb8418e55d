//! Fields of a packet: written one after the other, found again by their tag.

use std::os::fd::OwnedFd;

use crate::base::{PaneId, Timestamp, limits};

use super::{HEADER, LENGTH, PacketError};

/// Bytes before a field's value: tag and length.
const FIELD_HEADER: usize = 6;

/// Every field there is. A number means the same in every packet and every version.
pub(super) mod tag {
    /// u32.
    pub const VERSION: u16 = 1;
    /// u32.
    pub const PANE: u16 = 2;
    /// u32.
    pub const PID: u16 = 3;
    /// i64, milliseconds since the epoch.
    pub const STARTED: u16 = 4;
    /// u8 kind (0 code, 1 signal, others unknown), u8 code or signal, u8 1 when a core was dumped.
    pub const STATUS: u16 = 5;
    /// i64, milliseconds since the epoch.
    pub const ENDED: u16 = 6;
    /// UTF-8, one line.
    pub const MESSAGE: u16 = 7;
    /// u16 columns, u16 rows.
    pub const SIZE: u16 = 8;
    /// Bytes; once a word, in order.
    pub const ARG: u16 = 9;
    /// u32 length of the name, the name, the value; once a variable.
    pub const ENV: u16 = 10;
    /// Bytes, a path.
    pub const CWD: u16 = 11;
    /// u32, as umask(2).
    pub const UMASK: u16 = 12;
    /// u32, the bits of [`SpawnFlags`](super::super::SpawnFlags).
    pub const FLAGS: u16 = 13;
    /// u32, as signal(7).
    pub const SIGNAL: u16 = 14;
    /// u32: 1 to the process group.
    pub const GROUP: u16 = 15;
    /// Bytes, one for each descriptor of the packet in their order: what it is (see [`super::role`]). Without this
    /// field the only one is the packet's main one.
    pub const ROLES: u16 = 16;
    /// u64: soft limit of open files (getrlimit(2)).
    pub const OPEN_FILES: u16 = 17;
    /// u64 device, u64 inode.
    pub const SOCKET_FILE: u16 = 18;
    /// Bytes, a path.
    pub const BINARY: u16 = 19;
    /// UTF-8: what an upgrade is known by.
    pub const UPGRADE: u16 = 20;
    /// u32: 0 under way, 1 done, 2 failed.
    pub const STAGE: u16 = 21;
    /// Bytes; once a word of the step before a program, in order.
    pub const STEP: u16 = 40;
}

/// What a descriptor is.
pub(super) mod role {
    /// What the packet is about: the listening socket, the terminal.
    pub const MAIN: u8 = 1;
    /// A pane's survival memory.
    pub const MEMORY: u8 = 2;
    /// The process that the packet names (pidfd_open(2)).
    pub const PIDFD: u8 = 3;
}

/// The descriptors of a packet, by their roles.
pub(super) struct Descriptors {
    fds: Vec<(u8, OwnedFd)>,
}

impl Descriptors {
    pub(super) fn new(body: Body<'_>, fds: Vec<OwnedFd>) -> Self {
        let roles = body.get(tag::ROLES).unwrap_or(&[role::MAIN]);
        Self { fds: roles.iter().copied().zip(fds).collect() }
    }

    pub(super) fn take(&mut self, role: u8) -> Option<OwnedFd> {
        let index = self.fds.iter().position(|(found, _)| *found == role)?;
        Some(self.fds.swap_remove(index).1)
    }

    pub(super) fn main(&mut self) -> Result<OwnedFd, PacketError> {
        self.take(role::MAIN).ok_or(PacketError::NoDescriptor)
    }
}

/// A packet as it goes on the wire, with the descriptors that go beside it.
#[derive(Debug, PartialEq, Eq)]
pub struct Encoded<Fd> {
    pub bytes: Vec<u8>,
    pub fds: Vec<Fd>,
}

/// Puts a packet together.
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn new(kind: u16) -> Self {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&kind.to_le_bytes());
        Self { bytes }
    }

    pub(super) fn bytes(mut self, tag: u16, parts: &[&[u8]]) -> Self {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.bytes.extend_from_slice(&tag.to_le_bytes());
        // A length that does not fit makes the packet too long, which `finish` refuses.
        self.bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        parts.iter().for_each(|part| self.bytes.extend_from_slice(part));
        self
    }

    pub(super) fn u32(self, tag: u16, value: u32) -> Self {
        self.bytes(tag, &[&value.to_le_bytes()])
    }

    pub(super) fn u64s<const N: usize>(self, tag: u16, values: Option<[u64; N]>) -> Self {
        let Some(values) = values else { return self };
        self.bytes(tag, &values.each_ref().map(|value| value.to_le_bytes()).each_ref().map(|bytes| bytes.as_slice()))
    }

    pub(super) fn pane(self, pane: PaneId) -> Self {
        self.u32(tag::PANE, pane.0)
    }

    pub(super) fn time(self, tag: u16, time: Timestamp) -> Self {
        self.bytes(tag, &[&time.0.to_le_bytes()])
    }

    /// Fills in the header, for those of these descriptors that there are, the packet's main one first.
    pub(super) fn finish_with<Fd>(
        self,
        fds: impl IntoIterator<Item = (u8, Option<Fd>)>,
    ) -> Result<Encoded<Fd>, PacketError> {
        let fds = fds.into_iter().filter_map(|(role, fd)| Some((role, fd?)));
        let (roles, fds): (Vec<u8>, Vec<Fd>) = fds.unzip();
        let plain = roles.iter().all(|role| *role == role::MAIN);
        if plain { self } else { self.bytes(tag::ROLES, &[&roles]) }.finish(fds)
    }

    /// Fills in the header.
    pub(super) fn finish<Fd>(mut self, fds: Vec<Fd>) -> Result<Encoded<Fd>, PacketError> {
        let length = self.bytes.len() - LENGTH;
        if length > limits::MAX_PACKET || fds.len() > limits::MAX_PACKET_FDS {
            return Err(PacketError::TooLong(length));
        }
        self.bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
        self.bytes[6..8].copy_from_slice(&(fds.len() as u16).to_le_bytes());
        Ok(Encoded { bytes: self.bytes, fds })
    }
}

/// The fields of a packet that has arrived; their lengths have been checked.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, PacketError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = split_field(rest).ok_or(PacketError::Overrun)?.2;
        }
        Ok(Self(bytes))
    }

    /// All values under a tag, in order.
    pub(super) fn all(self, wanted: u16) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.0;
        let fields = std::iter::from_fn(move || {
            let (tag, value, behind) = split_field(rest)?;
            rest = behind;
            Some((tag, value))
        });
        fields.filter(move |(tag, _)| *tag == wanted).map(|(_, value)| value)
    }

    pub(super) fn get(self, tag: u16) -> Option<&'a [u8]> {
        self.all(tag).next()
    }

    pub(super) fn bytes(self, tag: u16) -> Result<&'a [u8], PacketError> {
        self.get(tag).ok_or(PacketError::Missing(tag))
    }

    /// The first `N` bytes of a value: what a later version appends to it is skipped.
    pub(super) fn array<const N: usize>(self, tag: u16) -> Result<[u8; N], PacketError> {
        self.bytes(tag)?.first_chunk().copied().ok_or(PacketError::Bad(tag))
    }

    pub(super) fn u32(self, tag: u16) -> Result<u32, PacketError> {
        self.array(tag).map(u32::from_le_bytes)
    }

    /// None where there is no such field, or one that is too short.
    pub(super) fn u64s<const N: usize>(self, tag: u16) -> Option<[u64; N]> {
        let (values, _) = self.get(tag)?.as_chunks::<8>();
        values.first_chunk().map(|values| values.map(u64::from_le_bytes))
    }

    pub(super) fn text(self, tag: u16) -> Result<String, PacketError> {
        Ok(String::from_utf8_lossy(self.bytes(tag)?).into_owned())
    }

    pub(super) fn pane(self) -> Result<PaneId, PacketError> {
        self.u32(tag::PANE).map(PaneId)
    }

    pub(super) fn time(self, tag: u16) -> Result<Timestamp, PacketError> {
        self.array(tag).map(|bytes| Timestamp(i64::from_le_bytes(bytes)))
    }
}

/// Tag, value, and what follows; none when the bytes do not hold a whole field.
fn split_field(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let header: &[u8; FIELD_HEADER] = bytes.first_chunk()?;
    let tag = u16::from_le_bytes([header[0], header[1]]);
    let length = u32::from_le_bytes([header[2], header[3], header[4], header[5]]);
    let (value, rest) = bytes[FIELD_HEADER..].split_at_checked(usize::try_from(length).ok()?)?;
    Some((tag, value, rest))
}
