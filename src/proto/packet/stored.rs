//! Packets in a piece of memory that one process leaves to the program it becomes (execve(2)): each packet's bytes as on
//! a link, then the number (i32, little-endian) of each of its descriptors, which stay open.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use super::inbox::read_header;
use super::{Encoded, HEADER, Inbox, LENGTH};

/// The bytes of these packets.
pub fn store<Fd: AsRawFd>(packets: &[Encoded<Fd>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for packet in packets {
        bytes.extend_from_slice(&packet.bytes);
        packet.fds.iter().for_each(|fd| bytes.extend_from_slice(&fd.as_raw_fd().to_le_bytes()));
    }
    bytes
}

/// An inbox with all of them. `open` takes a descriptor over by its number.
pub fn restore(mut bytes: &[u8], mut open: impl FnMut(RawFd) -> io::Result<OwnedFd>) -> io::Result<Inbox> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut inbox = Inbox::default();
    while !bytes.is_empty() {
        let (length, _, fds) = read_header(bytes.first_chunk::<HEADER>().ok_or_else(cut)?)?;
        let (packet, rest) = bytes.split_at_checked(LENGTH + length).ok_or_else(cut)?;
        let (numbers, rest) = rest.split_at_checked(fds * size_of::<RawFd>()).ok_or_else(cut)?;
        let (numbers, _) = numbers.as_chunks::<4>();
        let fds = numbers.iter().map(|number| open(RawFd::from_le_bytes(*number))).collect::<io::Result<Vec<_>>>()?;
        inbox.put(packet, fds);
        bytes = rest;
    }
    Ok(inbox)
}
