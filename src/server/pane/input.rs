//! Bytes on their way to a program. Bounded: a program that does not read stops its typists, not the server.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;

use tokio::sync::watch;

use crate::base::limits::INPUT_QUEUE;

pub struct InputQueue {
    bytes: VecDeque<u8>,
    /// For what one input becomes.
    scratch: Vec<u8>,
    congestion: watch::Sender<bool>,
}

impl InputQueue {
    pub fn new(congestion: watch::Sender<bool>) -> Self {
        Self { bytes: VecDeque::new(), scratch: Vec::new(), congestion }
    }

    /// Something waits to be written.
    pub fn waiting(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Adds what `encode` gives, whole or not at all; false when there is no room for it.
    pub fn push(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> bool {
        self.scratch.clear();
        encode(&mut self.scratch);
        if self.bytes.len() + self.scratch.len() > INPUT_QUEUE {
            return self.scratch.is_empty();
        }
        self.bytes.extend(&self.scratch);
        self.note_congestion();
        true
    }

    /// Writes as much as the PTY takes; `WouldBlock` when it is full.
    pub fn write(&mut self, pty: impl AsFd) -> io::Result<()> {
        let result = loop {
            let (front, _) = self.bytes.as_slices();
            if front.is_empty() {
                break Ok(());
            }
            match rustix::io::write(&pty, front) {
                Ok(count) => drop(self.bytes.drain(..count)),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => break Err(io::ErrorKind::WouldBlock.into()),
                // The program is gone, and with it whoever would have read this.
                Err(_) => self.bytes.clear(),
            }
        };
        self.note_congestion();
        result
    }

    fn note_congestion(&self) {
        let congested = self.bytes.len() > INPUT_QUEUE / 2;
        self.congestion.send_if_modified(|was| std::mem::replace(was, congested) != congested);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_that_does_not_fit_is_refused_whole() {
        let (congestion, congested) = watch::channel(false);
        let mut queue = InputQueue::new(congestion);
        assert!(queue.push(|out| out.resize(INPUT_QUEUE - 1, b'x')));
        assert!(*congested.borrow());
        assert!(!queue.push(|out| out.extend(b"yy")));
        assert!(queue.push(|out| out.extend(b"y")));
    }

    #[test]
    fn what_the_other_side_does_not_take_stays_in_order() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        let (congestion, congested) = watch::channel(false);
        let mut queue = InputQueue::new(congestion);
        let sent: Vec<u8> = (0..600_000u32).map(|n| n as u8).collect();
        assert!(queue.push(|out| out.extend(&sent)));
        let mut got: Vec<u8> = Vec::new();
        let mut chunk = [0; 4096];
        while got.len() < sent.len() {
            let _ = queue.write(&writer);
            let count = rustix::io::read(&reader, &mut chunk).unwrap();
            got.extend(&chunk[..count]);
        }
        assert!(got == sent && !queue.waiting() && !*congested.borrow());
    }
}
