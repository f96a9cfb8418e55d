//! Bytes on their way to a program. Bounded: a program that does not read stops its typists, not the server.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use tokio::sync::watch;

use super::ledger::{Given, Ledger, Stamp};
use crate::base::Input;
use crate::base::limits::{INPUT_QUEUE, INPUT_RUNS};
use crate::server::receipts::Receipt;
use crate::server::survival::{Recorded, Spool};

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

pub struct InputQueue {
    bytes: VecDeque<u8>,
    /// What they are, in their order.
    runs: VecDeque<Run>,
    /// Who has typed what.
    ledger: Ledger,
    /// The count that the ledger speaks of.
    typed: u64,
    /// Bytes of replies that are no more waiting, ever.
    replied: u64,
    /// For what one input becomes.
    scratch: Vec<u8>,
    congestion: watch::Sender<bool>,
}

/// Bytes in the queue that belong together.
#[derive(Debug)]
struct Run {
    length: usize,
    what: What,
}

#[derive(Debug)]
enum What {
    /// Of a client that would send it again: the kernel counts it, the ledger knows it.
    Numbered(Numbered),
    /// Of nobody in particular.
    Input,
    /// Answers to the program's questions.
    Replies,
    /// Answers that found no room here, which makes them done when those before them are. They take none.
    Refused(u64),
}

#[derive(Debug)]
struct Numbered {
    stamp: Stamp,
    /// Bytes of it that have left already.
    gone: u64,
    receipt: Option<Arc<Receipt>>,
}

impl Run {
    fn stamp(&self) -> Option<Stamp> {
        match &self.what {
            What::Numbered(numbered) => Some(numbered.stamp),
            _ => None,
        }
    }
}

impl InputQueue {
    /// For a screen that may have been another server's.
    pub fn new(congestion: watch::Sender<bool>, screen: &Recorded) -> Self {
        Self {
            bytes: VecDeque::new(),
            runs: VecDeque::new(),
            ledger: Ledger::from_bytes(screen.journal().ledger()),
            typed: screen.typed(),
            replied: screen.replied(),
            scratch: Vec::new(),
            congestion,
        }
    }

    /// Something waits to be written.
    pub fn waiting(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Adds what `encode` gives of something typed, whole or not at all, unless the program has it or it waits here
    /// already; false when there is no room for it.
    pub fn push_typed(&mut self, typed: Typed, encode: impl FnOnce(&Input, &mut Vec<u8>)) -> bool {
        let Typed { input, stamp, receipt } = typed;
        let given = match stamp {
            Some(stamp) if self.waits(&stamp, receipt.as_ref()) => return true,
            Some(stamp) => self.ledger.given(&stamp, self.typed),
            None => Given::Nothing,
        };
        let gone = match given {
            Given::Everything => return true,
            Given::Bytes(count) => count,
            Given::Nothing => 0,
        };
        self.scratch.clear();
        encode(&input, &mut self.scratch);
        let known = usize::try_from(gone).unwrap_or(usize::MAX).min(self.scratch.len());
        self.scratch.drain(..known);
        self.add(stamp.map_or(What::Input, |stamp| What::Numbered(Numbered { stamp, gone, receipt })))
    }

    /// The same for the answers to a program's questions. Those that find no room are dropped.
    pub fn push_replies(&mut self, take: impl FnOnce(&mut Vec<u8>)) {
        self.scratch.clear();
        take(&mut self.scratch);
        let length = self.scratch.len();
        if !self.add(What::Replies) {
            self.runs.push_back(Run { length: 0, what: What::Refused(length as u64) });
        }
    }

    /// It came by a connection that is gone, and waits. Then it is through for the new one when it has been written.
    fn waits(&mut self, stamp: &Stamp, receipt: Option<&Arc<Receipt>>) -> bool {
        let mut known = self.runs.iter().rev().filter_map(Run::stamp);
        if known.find(|known| known.same_author(stamp)).is_none_or(|latest| latest.number < stamp.number) {
            return false;
        }
        if let Some(run) = self.runs.iter_mut().find(|run| run.stamp() == Some(*stamp))
            && let What::Numbered(numbered) = &mut run.what
        {
            numbered.receipt = receipt.cloned();
        }
        true
    }

    /// Puts what is in `scratch` to the end, if it fits.
    fn add(&mut self, what: What) -> bool {
        let length = self.scratch.len();
        if self.bytes.len() + length > INPUT_QUEUE || length == 0 {
            return length == 0;
        }
        self.bytes.extend(&self.scratch);
        match (self.runs.back_mut(), &what) {
            (Some(Run { length: last, what: What::Input }), What::Input) => *last += length,
            (Some(Run { length: last, what: What::Replies }), What::Replies) => *last += length,
            _ => self.runs.push_back(Run { length, what }),
        }
        self.note_congestion();
        true
    }

    /// From now on answers are counted anew; those that wait are as good as typed.
    pub fn forget_replies(&mut self) {
        self.replied = 0;
        for run in &mut self.runs {
            if matches!(run.what, What::Replies | What::Refused(_)) {
                run.what = What::Input;
            }
        }
    }

    /// Writes as much as the PTY takes; `WouldBlock` when it is full.
    pub fn write(&mut self, pty: impl AsFd, screen: &mut Recorded, spool: &Spool) -> io::Result<()> {
        let result = self.write_runs(pty.as_fd(), screen, spool);
        self.note_congestion();
        result
    }

    fn write_runs(&mut self, pty: BorrowedFd<'_>, screen: &mut Recorded, spool: &Spool) -> io::Result<()> {
        while let Some(run) = self.runs.front_mut() {
            let (front, _) = self.bytes.as_slices();
            let front = &front[..front.len().min(run.length)];
            let gone = match &run.what {
                What::Refused(count) => {
                    self.replied += count;
                    screen.note_replied(self.replied);
                    Ok(0)
                }
                What::Replies => screen.give_replies(front, pty, spool),
                What::Input => rustix::io::write(pty, front).map_err(io::Error::from),
                What::Numbered(Numbered { stamp, gone, .. }) => {
                    if self.ledger.begin(*stamp, *gone, self.typed) {
                        screen.journal_mut().set_ledger(&self.ledger.to_bytes());
                    }
                    screen.give_typed(front, pty, spool)
                }
            };
            match gone {
                Ok(gone) => self.left(gone),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
                // The program is gone, and with it whoever would have read this.
                Err(_) => {
                    self.bytes.clear();
                    self.runs.clear();
                }
            }
        }
        Ok(())
    }

    /// So many bytes of the first run have left.
    fn left(&mut self, count: usize) {
        let Some(run) = self.runs.front_mut() else { return };
        self.bytes.drain(..count);
        run.length -= count;
        match &mut run.what {
            What::Numbered(numbered) => {
                numbered.gone += count as u64;
                self.typed += count as u64;
            }
            What::Replies => self.replied += count as u64,
            What::Input | What::Refused(_) => {}
        }
        if run.length == 0 {
            self.runs.pop_front();
        }
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
    use crate::base::Size;

    /// A queue and what it is written to. A pipe, which takes less than a PTY of what it is given at once.
    struct Desk {
        queue: InputQueue,
        congested: watch::Receiver<bool>,
        screen: Recorded,
        spool: Spool,
        reader: OwnedFd,
        writer: OwnedFd,
    }

    impl Desk {
        fn new() -> Self {
            let (reader, writer) = rustix::pipe::pipe().unwrap();
            rustix::io::ioctl_fionbio(&writer, true).unwrap();
            rustix::io::ioctl_fionbio(&reader, true).unwrap();
            let (screen, _) = Recorded::begin(Size::new(10, 3), 0);
            let (congestion, congested) = watch::channel(false);
            let queue = InputQueue::new(congestion, &screen);
            Self { queue, congested, screen, spool: Spool::new(), reader, writer }
        }

        /// The server dies, and the next one takes over.
        fn next_server(&mut self) {
            let memory = self.screen.memory().unwrap().unwrap();
            let Ok(restored) = Recorded::restore(memory) else { panic!("it cannot be restored") };
            self.screen = restored.screen;
            self.queue = InputQueue::new(watch::channel(false).0, &self.screen);
        }

        fn types(&mut self, author: u64, number: u64, text: &str) -> bool {
            let stamp = Stamp { author, hand: Hand::Keyboard, number };
            let typed = Typed { stamp: Some(stamp), ..Input::Bytes(text.into()).into() };
            self.queue.push_typed(typed, plain)
        }

        fn write(&mut self) -> io::Result<()> {
            self.queue.write(&self.writer, &mut self.screen, &self.spool)
        }

        fn read(&self) -> Vec<u8> {
            let mut got = Vec::new();
            let mut chunk = [0; 4096];
            while let Ok(count) = rustix::io::read(&self.reader, &mut chunk) {
                got.extend(&chunk[..count]);
            }
            got
        }

        fn write_all(&mut self) -> Vec<u8> {
            let mut got = Vec::new();
            while self.queue.waiting() {
                let _ = self.write();
                got.extend(self.read());
            }
            got
        }
    }

    fn plain(input: &Input, out: &mut Vec<u8>) {
        if let Input::Bytes(bytes) = input {
            out.extend(bytes);
        }
    }

    #[test]
    fn input_that_does_not_fit_is_refused_whole() {
        let mut desk = Desk::new();
        assert!(desk.types(1, 1, &"x".repeat(INPUT_QUEUE - 1)));
        assert!(*desk.congested.borrow());
        assert!(!desk.types(1, 2, "yy"));
        assert!(desk.types(1, 3, "y"));
    }

    #[test]
    fn many_small_ones_are_too_much_as_well() {
        let mut desk = Desk::new();
        for number in 1..=INPUT_RUNS as u64 + 1 {
            assert!(!*desk.congested.borrow());
            assert!(desk.types(1, number, "x"));
        }
        assert!(*desk.congested.borrow());
    }

    #[test]
    fn what_the_other_side_does_not_take_stays_in_order() {
        let mut desk = Desk::new();
        let sent = "0123456789".repeat(60_000);
        for (number, at) in (0..sent.len()).step_by(50_000).enumerate() {
            assert!(desk.types(1, number as u64 + 1, &sent[at..at + 50_000]));
        }
        assert!(desk.write_all() == sent.into_bytes());
        assert!(!*desk.congested.borrow() && desk.queue.runs.is_empty());
    }

    #[test]
    fn answers_are_counted_as_they_leave() {
        let mut desk = Desk::new();
        desk.types(1, 1, "typed");
        desk.queue.push_replies(|out| out.extend(b"answer"));
        desk.types(1, 2, &"x".repeat(INPUT_QUEUE - 100));
        desk.queue.push_replies(|out| out.resize(200, b'y'));
        desk.queue.push_replies(|_| {});
        assert_eq!(desk.screen.replied(), 0, "nothing has left");
        assert!(desk.write().is_err(), "a pipe holds less");
        assert_eq!(desk.screen.replied(), 6);
        desk.write_all();
        assert_eq!(desk.screen.replied(), 206, "what was refused is done, too");
        assert!(desk.queue.runs.is_empty());
    }

    #[test]
    fn what_comes_again_is_given_once() {
        let mut desk = Desk::new();
        desk.types(1, 1, "one ");
        desk.types(1, 2, "two ");
        desk.types(1, 2, "two ");
        let mut got = desk.write_all();
        desk.next_server();
        desk.types(1, 1, "one ");
        desk.types(1, 2, "two ");
        desk.types(2, 1, "other ");
        desk.types(1, 3, "three");
        got.extend(desk.write_all());
        assert_eq!(got, b"one two other three");
    }

    #[test]
    fn of_what_was_under_way_the_rest_is_given_by_the_next_server() {
        let mut desk = Desk::new();
        let text = "0123456789".repeat(20_000);
        desk.types(1, 1, &text);
        let mut got = Vec::new();
        for _ in 0..3 {
            assert!(desk.write().is_err(), "a pipe holds less");
            got.extend(desk.read());
            desk.next_server();
            desk.types(1, 1, &text);
        }
        desk.types(1, 2, "end");
        got.extend(desk.write_all());
        assert!(got == format!("{text}end").into_bytes());
    }

    #[test]
    fn a_receipt_is_kept_until_its_input_is_written() {
        let mut desk = Desk::new();
        let receipts = Arc::new(crate::server::receipts::Receipts::default());
        let stamp = Stamp { author: 1, hand: Hand::Keyboard, number: 1 };
        let typed = |receipt| Typed { input: Input::Bytes(b"x".into()), stamp: Some(stamp), receipt: Some(receipt) };
        desk.queue.push_typed(typed(Arc::new(receipts.open(1))), plain);
        assert_eq!(receipts.through(), 0);
        let again = Arc::new(crate::server::receipts::Receipts::default());
        desk.queue.push_typed(typed(Arc::new(again.open(1))), plain);
        assert_eq!(again.through(), 0, "it waits in the place of the first");
        desk.write_all();
        assert_eq!(again.through(), 1);
    }
}
