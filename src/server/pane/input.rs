//! Bytes on their way to a program. Bounded: a program that does not read stops its typists, not the server.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;

use tokio::sync::watch;

use super::ledger::{Given, Ledger, Stamp};
use crate::base::Input;
use crate::base::limits::{INPUT_QUEUE, INPUT_RUNS};
use crate::server::receipts::Receipt;

/// Something typed, with whose it is where that is known.
#[derive(Debug)]
pub struct Typed {
    pub input: Input,
    pub stamp: Option<Stamp>,
    /// Kept until it is through.
    pub receipt: Option<Arc<Receipt>>,
}

impl From<Input> for Typed {
    /// Of nobody who would send it again.
    fn from(input: Input) -> Self {
        Self { input, stamp: None, receipt: None }
    }
}

/// Where the ledger is that outlives this server, and the count of bytes that it speaks of.
#[derive(Debug, Default)]
pub struct Lasting {
    pub ledger: Ledger,
    pub count: u64,
}

pub struct InputQueue {
    bytes: VecDeque<u8>,
    /// What they are, in their order.
    runs: VecDeque<Run>,
    lasting: Lasting,
    /// For what one input becomes.
    scratch: Vec<u8>,
    congestion: watch::Sender<bool>,
}

/// Bytes in the queue that belong together.
#[derive(Debug)]
struct Run {
    length: usize,
    /// Bytes of it that have left already.
    gone: u64,
    stamp: Option<Stamp>,
    receipt: Option<Arc<Receipt>>,
}

impl InputQueue {
    pub fn new(congestion: watch::Sender<bool>, lasting: Lasting) -> Self {
        Self { bytes: VecDeque::new(), runs: VecDeque::new(), lasting, scratch: Vec::new(), congestion }
    }

    /// Something waits to be written.
    pub fn waiting(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Adds what `encode` gives, whole or not at all; false when there is no room for it.
    pub fn push(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> bool {
        self.scratch.clear();
        encode(&mut self.scratch);
        self.add(0, None, None)
    }

    /// The same for something typed, unless the program has it or it waits here already.
    pub fn push_typed(&mut self, typed: Typed, encode: impl FnOnce(&Input, &mut Vec<u8>)) -> bool {
        let Typed { input, stamp, receipt } = typed;
        let given = match stamp {
            Some(stamp) if self.waits(&stamp, &receipt) => return true,
            Some(stamp) => self.lasting.ledger.given(&stamp, self.lasting.count),
            None => Given::Nothing,
        };
        let skipped = match given {
            Given::Everything => return true,
            Given::Bytes(count) => count,
            Given::Nothing => 0,
        };
        self.scratch.clear();
        encode(&input, &mut self.scratch);
        let known = usize::try_from(skipped).unwrap_or(usize::MAX).min(self.scratch.len());
        self.scratch.drain(..known);
        self.add(skipped, stamp, receipt)
    }

    /// It came by a connection that is gone, and waits. Then it is through for the new one when it has been written.
    fn waits(&mut self, stamp: &Stamp, receipt: &Option<Arc<Receipt>>) -> bool {
        let mine = |run: &&mut Run| run.stamp.is_some_and(|known| known.same_author(stamp));
        let Some(latest) = self.runs.iter_mut().rev().find(mine).and_then(|run| run.stamp) else { return false };
        if stamp.number > latest.number {
            return false;
        }
        if let Some(run) = self.runs.iter_mut().find(|run| run.stamp == Some(*stamp)) {
            run.receipt.clone_from(receipt);
        }
        true
    }

    /// Puts what is in `scratch` to the end, if it fits.
    fn add(&mut self, gone: u64, stamp: Option<Stamp>, receipt: Option<Arc<Receipt>>) -> bool {
        let length = self.scratch.len();
        if self.bytes.len() + length > INPUT_QUEUE || length == 0 {
            return length == 0;
        }
        self.bytes.extend(&self.scratch);
        match self.runs.back_mut().filter(|run| stamp.is_none() && run.stamp.is_none()) {
            Some(run) => run.length += length,
            None => self.runs.push_back(Run { length, gone, stamp, receipt }),
        }
        self.note_congestion();
        true
    }

    /// Writes as much as the PTY takes; `WouldBlock` when it is full.
    pub fn write(&mut self, pty: impl AsFd) -> io::Result<()> {
        let result = self.write_runs(&pty);
        self.note_congestion();
        result
    }

    fn write_runs(&mut self, pty: impl AsFd) -> io::Result<()> {
        while let Some(run) = self.runs.front_mut() {
            if let Some(stamp) = run.stamp {
                self.lasting.ledger.begin(stamp, run.gone, self.lasting.count);
            }
            let (front, _) = self.bytes.as_slices();
            let front = &front[..front.len().min(run.length)];
            let gone = match rustix::io::write(&pty, front) {
                Ok(count) => count,
                Err(rustix::io::Errno::INTR) => 0,
                Err(rustix::io::Errno::AGAIN) => return Err(io::ErrorKind::WouldBlock.into()),
                // The program is gone, and with it whoever would have read this.
                Err(_) => {
                    self.bytes.clear();
                    self.runs.clear();
                    return Ok(());
                }
            };
            self.bytes.drain(..gone);
            run.length -= gone;
            if run.stamp.is_some() {
                self.lasting.count += gone as u64;
                run.gone += gone as u64;
            }
            if run.length == 0 {
                self.runs.pop_front();
            }
        }
        Ok(())
    }

    fn note_congestion(&self) {
        let congested = self.bytes.len() > INPUT_QUEUE / 2 || self.runs.len() > INPUT_RUNS;
        self.congestion.send_if_modified(|was| std::mem::replace(was, congested) != congested);
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::super::ledger::Hand;
    use super::*;

    fn queue() -> (InputQueue, watch::Receiver<bool>) {
        let (congestion, congested) = watch::channel(false);
        (InputQueue::new(congestion, Lasting::default()), congested)
    }

    fn pipe() -> (OwnedFd, OwnedFd) {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        rustix::io::ioctl_fionbio(&reader, true).unwrap();
        (reader, writer)
    }

    fn read(reader: &OwnedFd) -> Vec<u8> {
        let mut got = Vec::new();
        let mut chunk = [0; 4096];
        while let Ok(count) = rustix::io::read(reader, &mut chunk) {
            got.extend(&chunk[..count]);
        }
        got
    }

    fn typed(author: u64, number: u64, text: &str) -> Typed {
        let stamp = Stamp { author, hand: Hand::Keyboard, number };
        Typed { stamp: Some(stamp), ..Input::Bytes(text.into()).into() }
    }

    fn plain(input: &Input, out: &mut Vec<u8>) {
        if let Input::Bytes(bytes) = input {
            out.extend(bytes);
        }
    }

    #[test]
    fn input_that_does_not_fit_is_refused_whole() {
        let (mut queue, congested) = queue();
        assert!(queue.push(|out| out.resize(INPUT_QUEUE - 1, b'x')));
        assert!(*congested.borrow());
        assert!(!queue.push(|out| out.extend(b"yy")));
        assert!(queue.push(|out| out.extend(b"y")));
    }

    #[test]
    fn many_small_ones_are_too_much_as_well() {
        let (mut queue, congested) = queue();
        for number in 1..=INPUT_RUNS as u64 + 1 {
            assert!(!*congested.borrow());
            assert!(queue.push_typed(typed(1, number, "x"), plain));
        }
        assert!(*congested.borrow());
    }

    #[test]
    fn what_the_other_side_does_not_take_stays_in_order() {
        let (reader, writer) = pipe();
        let (mut queue, congested) = queue();
        let sent: Vec<u8> = (0..600_000u32).map(|n| n as u8).collect();
        for (number, part) in sent.chunks(50_000).enumerate() {
            let stamp = Stamp { author: 1, hand: Hand::Keyboard, number: number as u64 + 1 };
            let typed = Typed { stamp: Some(stamp), ..Input::Bytes(part.to_vec()).into() };
            assert!(queue.push_typed(typed, plain));
        }
        let mut got: Vec<u8> = Vec::new();
        while got.len() < sent.len() {
            let _ = queue.write(&writer);
            got.extend(read(&reader));
        }
        assert!(got == sent && !queue.waiting() && !*congested.borrow() && queue.runs.is_empty());
    }

    #[test]
    fn what_comes_again_is_given_once() {
        let (reader, writer) = pipe();
        let (mut queue, _congested) = queue();
        queue.push_typed(typed(1, 1, "one "), plain);
        queue.push_typed(typed(1, 2, "two "), plain);
        queue.push_typed(typed(1, 2, "two "), plain);
        queue.write(&writer).unwrap();
        queue.push_typed(typed(1, 1, "one "), plain);
        queue.push_typed(typed(1, 2, "two "), plain);
        queue.push_typed(typed(2, 1, "other "), plain);
        queue.push_typed(typed(1, 3, "three"), plain);
        queue.write(&writer).unwrap();
        assert_eq!(read(&reader), b"one two other three");
    }

    #[test]
    fn of_what_was_under_way_the_rest_is_given_by_the_next_server() {
        let (reader, writer) = pipe();
        let (mut queue, _congested) = queue();
        let text = "0123456789".repeat(20_000);
        queue.push_typed(typed(1, 1, &text), plain);
        assert!(queue.write(&writer).is_err(), "a pipe holds less");
        let Lasting { ledger, count } = queue.lasting;
        let mut got = read(&reader);
        assert!(!got.is_empty());

        let lasting = Lasting { ledger: Ledger::from_bytes(&ledger.to_bytes()), count };
        let mut queue = InputQueue::new(watch::channel(false).0, lasting);
        queue.push_typed(typed(1, 1, &text), plain);
        queue.push_typed(typed(1, 2, "end"), plain);
        while queue.waiting() {
            let _ = queue.write(&writer);
            got.extend(read(&reader));
        }
        assert!(got == format!("{text}end").into_bytes());
    }
}
