//! Sends packets to a stream that may take only a part of one at a time.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use crate::base::limits;

use super::Encoded;

/// Packets that wait to be sent, in order.
#[derive(Debug)]
pub struct Outbox<Fd> {
    packets: VecDeque<Encoded<Fd>>,
    /// Bytes of the first one that are sent already.
    sent: usize,
}

#[cfg(target_os = "linux")]
const FLAGS: SendFlags = SendFlags::NOSIGNAL;
#[cfg(not(target_os = "linux"))]
const FLAGS: SendFlags = SendFlags::empty();

impl<Fd> Default for Outbox<Fd> {
    fn default() -> Self {
        Self { packets: VecDeque::new(), sent: 0 }
    }
}

impl<Fd: AsFd> Outbox<Fd> {
    pub fn push(&mut self, packet: Encoded<Fd>) {
        self.packets.push_back(packet);
    }

    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Packets that wait.
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// Sends until nothing waits (`Ok`) or the socket takes no more (`WouldBlock`).
    pub fn flush(&mut self, socket: impl AsFd) -> io::Result<()> {
        while let Some(packet) = self.packets.front() {
            self.sent += send_part(socket.as_fd(), packet, self.sent)?;
            if self.sent >= packet.bytes.len() {
                self.packets.pop_front();
                self.sent = 0;
            }
        }
        Ok(())
    }
}

/// One sendmsg(2); the descriptors go with the first byte.
fn send_part<Fd: AsFd>(socket: BorrowedFd<'_>, packet: &Encoded<Fd>, sent: usize) -> io::Result<usize> {
    let fds: Vec<BorrowedFd<'_>> = packet.fds.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(limits::MAX_PACKET_FDS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if sent == 0 && !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let rest = packet.bytes.get(sent..).unwrap_or_default();
    Ok(rustix::io::retry_on_intr(|| sendmsg(socket, &[IoSlice::new(rest)], &mut control, FLAGS))?)
}
