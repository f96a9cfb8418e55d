//! Bytes on their way to a program. Bounded: a program that does not read stops its typists, not the server.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;

use tokio::sync::watch;

use crate::base::limits::INPUT_QUEUE;

pub struct InputQueue {
    bytes: VecDeque<u8>,
    /// Whose they are, in their order.
    runs: VecDeque<Run>,
    /// Bytes of replies that are no more waiting, ever.
    replied: u64,
    /// For what one input becomes.
    scratch: Vec<u8>,
    congestion: watch::Sender<bool>,
}

/// Bytes in the queue that belong together.
#[derive(Debug)]
enum Run {
    /// What users type.
    Input(usize),
    /// Answers to the program's questions.
    Replies(usize),
    /// Answers that found no room here, which makes them done when those before them are.
    Refused(usize),
}

impl InputQueue {
    /// `replied`: bytes of answers that the program has been given before.
    pub fn new(congestion: watch::Sender<bool>, replied: u64) -> Self {
        Self { bytes: VecDeque::new(), runs: VecDeque::new(), replied, scratch: Vec::new(), congestion }
    }

    /// Something waits to be written.
    pub fn waiting(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Adds what `encode` gives of what users type, whole or not at all; false when there is no room for it.
    pub fn push(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> bool {
        self.scratch.clear();
        encode(&mut self.scratch);
        let length = self.scratch.len();
        let fits = self.add();
        if fits && length > 0 {
            match self.runs.back_mut() {
                Some(Run::Input(count)) => *count += length,
                _ => self.runs.push_back(Run::Input(length)),
            }
        }
        fits
    }

    /// The same for the answers to a program's questions. Those that find no room are dropped.
    pub fn push_replies(&mut self, take: impl FnOnce(&mut Vec<u8>)) {
        self.scratch.clear();
        take(&mut self.scratch);
        let length = self.scratch.len();
        if length == 0 {
            return;
        }
        let run = if self.add() { Run::Replies(length) } else { Run::Refused(length) };
        self.runs.push_back(run);
        self.settle(0);
    }

    /// Puts what is in `scratch` to the end of the queue, if it fits.
    fn add(&mut self) -> bool {
        if self.bytes.len() + self.scratch.len() > INPUT_QUEUE {
            return self.scratch.is_empty();
        }
        self.bytes.extend(&self.scratch);
        self.note_congestion();
        true
    }

    /// Bytes of answers that have been written, or never will be: all up to there.
    pub fn replied(&self) -> u64 {
        self.replied
    }

    /// From now on answers are counted anew; those that wait are as good as typed.
    pub fn forget_replies(&mut self) {
        self.runs = VecDeque::from([Run::Input(self.bytes.len())]);
        self.replied = 0;
    }

    /// So many bytes have left the queue.
    fn settle(&mut self, mut count: usize) {
        while let Some(run) = self.runs.front_mut() {
            let left = match run {
                Run::Refused(length) => {
                    self.replied += *length as u64;
                    0
                }
                Run::Input(length) | Run::Replies(length) => {
                    let part = count.min(*length);
                    *length -= part;
                    count -= part;
                    let left = *length;
                    if matches!(run, Run::Replies(_)) {
                        self.replied += part as u64;
                    }
                    left
                }
            };
            if left > 0 {
                return;
            }
            self.runs.pop_front();
        }
    }

    /// Writes as much as the PTY takes; `WouldBlock` when it is full.
    pub fn write(&mut self, pty: impl AsFd) -> io::Result<()> {
        let result = loop {
            let (front, _) = self.bytes.as_slices();
            if front.is_empty() {
                break Ok(());
            }
            let gone = match rustix::io::write(&pty, front) {
                Ok(count) => count,
                Err(rustix::io::Errno::INTR) => 0,
                Err(rustix::io::Errno::AGAIN) => break Err(io::ErrorKind::WouldBlock.into()),
                // The program is gone, and with it whoever would have read this.
                Err(_) => self.bytes.len(),
            };
            self.bytes.drain(..gone);
            self.settle(gone);
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
        let mut queue = InputQueue::new(congestion, 0);
        assert!(queue.push(|out| out.resize(INPUT_QUEUE - 1, b'x')));
        assert!(*congested.borrow());
        assert!(!queue.push(|out| out.extend(b"yy")));
        assert!(queue.push(|out| out.extend(b"y")));
    }

    #[test]
    fn answers_are_counted_as_they_leave() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        let mut queue = InputQueue::new(watch::channel(false).0, 10);
        assert!(queue.push(|out| out.extend(b"typed")));
        queue.push_replies(|out| out.extend(b"answer"));
        assert!(queue.push(|out| out.resize(INPUT_QUEUE - 100, b'x')));
        queue.push_replies(|out| out.resize(200, b'y'));
        assert_eq!(queue.replied(), 10, "nothing has left");
        assert!(queue.write(&writer).is_err(), "a pipe holds less");
        assert_eq!(queue.replied(), 16);
        let mut chunk = [0; 65_536];
        while queue.waiting() {
            let _ = rustix::io::read(&reader, &mut chunk).unwrap();
            let _ = queue.write(&writer);
        }
        assert_eq!(queue.replied(), 216, "what was refused is done, too");
        assert!(queue.runs.is_empty());
    }

    #[test]
    fn what_the_other_side_does_not_take_stays_in_order() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        let (congestion, congested) = watch::channel(false);
        let mut queue = InputQueue::new(congestion, 0);
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
