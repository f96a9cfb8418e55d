//! Receives packets from a stream: bytes and descriptors in, whole packets out.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};

use crate::base::limits;

use super::{Body, HEADER, LENGTH, PacketError};

/// A family of packets that can be told by their type.
pub trait Decode: Sized {
    /// `None` for a type that this version does not know.
    fn decode(kind: u16, body: Body<'_>, fds: Vec<OwnedFd>) -> Result<Option<Self>, PacketError>;
}

/// Bytes and descriptors that have arrived and make no whole packet yet.
///
/// A descriptor arrives no later than the first byte of its packet and in the packets' order; so the packet at
/// the front owns as many as its header says from the front of the queue.
#[derive(Debug, Default)]
pub struct Inbox {
    bytes: Vec<u8>,
    fds: VecDeque<OwnedFd>,
}

#[cfg(target_os = "linux")]
const FLAGS: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const FLAGS: RecvFlags = RecvFlags::empty();

impl Inbox {
    /// One recvmsg(2). Returns how many bytes came; 0 is the end of the stream. Descriptors that the kernel had to
    /// drop, because this process may open no more, are an error: what follows could not be told apart.
    pub fn receive(&mut self, socket: impl AsFd) -> io::Result<usize> {
        let mut chunk = [0; limits::PACKET_READ];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(limits::MAX_PACKET_FDS))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let received = recvmsg(socket, &mut [IoSliceMut::new(&mut chunk)], &mut control, FLAGS)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(fds) = message {
                self.fds.extend(fds);
            }
        }
        if received.flags.contains(ReturnFlags::CTRUNC) {
            return Err(io::Error::other("too many open files to take a descriptor"));
        }
        close_on_exec(&self.fds)?;
        self.bytes.extend_from_slice(&chunk[..received.bytes]);
        Ok(received.bytes)
    }

    /// As if these bytes and descriptors had come.
    pub(super) fn put(&mut self, bytes: &[u8], fds: Vec<OwnedFd>) {
        self.bytes.extend_from_slice(bytes);
        self.fds.extend(fds);
    }

    /// Nothing of a further packet has come.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.fds.is_empty()
    }

    /// The next whole packet of a known type, if there is one.
    pub fn take<T: Decode>(&mut self) -> Result<Option<T>, PacketError> {
        while let Some(header) = self.bytes.first_chunk::<HEADER>() {
            let (length, kind, fds) = read_header(header)?;
            let Some(fields) = self.bytes.get(HEADER..LENGTH + length) else { break };
            if self.fds.len() < fds {
                return Err(PacketError::NoDescriptor);
            }
            let packet = T::decode(kind, Body::new(fields)?, self.fds.drain(..fds).collect())?;
            self.bytes.drain(..LENGTH + length);
            if packet.is_some() {
                return Ok(packet);
            }
        }
        self.shrink();
        Ok(None)
    }

    /// Gives memory back that only a large packet needed.
    fn shrink(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > limits::PACKET_READ {
            self.bytes = Vec::new();
        }
    }
}

/// Length, type, number of descriptors.
pub(super) fn read_header(header: &[u8; HEADER]) -> Result<(usize, u16, usize), PacketError> {
    let [l0, l1, l2, l3, k0, k1, f0, f1] = *header;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if length > limits::MAX_PACKET {
        return Err(PacketError::TooLong(length));
    }
    if length < HEADER - LENGTH {
        return Err(PacketError::TooShort);
    }
    Ok((length, u16::from_le_bytes([k0, k1]), u16::from_le_bytes([f0, f1]).into()))
}

/// Where recvmsg(2) cannot do it itself.
#[cfg(not(target_os = "linux"))]
fn close_on_exec(fds: &VecDeque<OwnedFd>) -> io::Result<()> {
    fds.iter().try_for_each(|fd| Ok(rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::CLOEXEC)?))
}

#[cfg(target_os = "linux")]
fn close_on_exec(_fds: &VecDeque<OwnedFd>) -> io::Result<()> {
    Ok(())
}
