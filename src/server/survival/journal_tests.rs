//! The process dies before every single change of the memory; what the next one finds is compared with what the
//! kernel had handed out.

use std::os::fd::OwnedFd;

use proptest::prelude::*;

use super::change::Change;
use super::journal::Journal;
use super::lent::Lent;
use super::log_note::LogNote;
use super::memory::{Memory, crash};
use super::{layout, memory};
use crate::base::Size;
use crate::base::limits::{READ_AHEAD, SURVIVAL_EVENTS, SURVIVAL_JOURNAL, SURVIVAL_LEDGER};

/// Stands for a terminal: all that it was fed, and its changes with their places.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    bytes: Vec<u8>,
    changes: Vec<(u64, Change)>,
}

impl Model {
    fn save(&self) -> Vec<u8> {
        let mut saved = (self.bytes.len() as u64).to_le_bytes().to_vec();
        saved.extend(&self.bytes);
        for (position, change) in &self.changes {
            saved.extend(position.to_le_bytes());
            saved.extend(change.to_word().to_le_bytes());
        }
        saved
    }

    fn restore(saved: &[u8]) -> Self {
        let word = |bytes: &[u8]| u64::from_le_bytes(*bytes.first_chunk().unwrap());
        let (bytes, rest) = saved[8..].split_at(word(saved) as usize);
        let change = |pair: &[u8]| (word(pair), Change::of_word(word(&pair[8..])).unwrap());
        Self { bytes: bytes.to_vec(), changes: rest.chunks(16).map(change).collect() }
    }
}

/// A pane's task without a pane.
struct Task {
    journal: Journal,
    model: Model,
}

impl Task {
    fn begin(memory: Memory) -> Self {
        Self { journal: Journal::begin(memory, Size::new(80, 24), 100), model: Model::default() }
    }

    fn restored(file: OwnedFd) -> Self {
        let journal = Journal::open(Memory::open(file).unwrap()).unwrap();
        let model = journal.saved().unwrap().map_or_else(Model::default, |saved| Model::restore(&saved));
        let mut task = Self { journal, model };
        for (position, change) in task.journal.recorded() {
            task.parse(position);
            task.model.changes.push((position, change));
        }
        task.parse(task.journal.written());
        task
    }

    fn parse(&mut self, until: u64) {
        while self.journal.parsed() < until {
            let most = (until - self.journal.parsed()) as usize;
            let bytes = self.journal.unparsed();
            let bytes = &bytes[..bytes.len().min(most)];
            assert!(!bytes.is_empty());
            self.model.bytes.extend(bytes);
            let count = bytes.len();
            self.journal.took(count);
        }
    }

    /// What the kernel hands out is gone from there; `delivered` counts it.
    fn read(&mut self, output: &[u8], delivered: &mut usize, most: usize) {
        let room = self.journal.room();
        let count = room.len().min(most).min(output.len() - *delivered);
        assert!(!room.is_empty());
        let half = count / 2;
        room[..half].copy_from_slice(&output[*delivered..][..half]);
        *delivered += half;
        crash::point();
        room[half..count].copy_from_slice(&output[*delivered..][..count - half]);
        *delivered += count - half;
        self.journal.arrived(count);
        self.parse(self.journal.written());
    }

    /// The same by way of what is lent.
    fn read_by(&mut self, lent: &mut Lent, output: &[u8], delivered: &mut usize, most: usize) {
        let read = |room: &mut [u8]| {
            let count = room.len().min(most).min(output.len() - *delivered);
            for part in [0..count / 2, count / 2..count] {
                room[part.clone()].copy_from_slice(&output[*delivered..][..part.len()]);
                *delivered += part.len();
                crash::point();
            }
            Ok(count)
        };
        assert!(lent.read(read).unwrap() > 0);
    }

    fn change(&mut self, change: Change, done: &mut Vec<Change>) {
        if !self.journal.record(change) {
            self.commit(false);
            assert!(self.journal.record(change));
        }
        self.model.changes.push((self.journal.parsed(), change));
        done.push(change);
    }

    fn commit(&mut self, quiet: bool) {
        self.journal.commit(&self.model.save(), 7, quiet).unwrap();
    }
}

fn output(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

fn duplicate(memory: &Memory) -> OwnedFd {
    memory.file().unwrap().try_clone().unwrap().into()
}

/// Reads of changing sizes, resizes, checkpoints of both kinds, more than the ring holds.
fn scenario(task: &mut Task, output: &[u8], delivered: &mut usize, done: &mut Vec<Change>) {
    let mut turn: u16 = 0;
    while *delivered < output.len() {
        turn += 1;
        let most = [100, 4000, 16_384, 16_384, 16_384, 70_000][usize::from(turn) % 6];
        task.read(output, delivered, most);
        if turn.is_multiple_of(3) {
            task.change(Change::Resize(Size::new(turn, 24)), done);
        }
        if task.journal.wants_checkpoint() || turn.is_multiple_of(17) {
            task.commit(turn.is_multiple_of(2));
        }
    }
}

/// Lets the process die before every change of the memory, of those behind the first `dense` before every `apart`th;
/// how many changes there are.
fn die_anywhere(
    output: &[u8],
    dense: u32,
    apart: usize,
    scenario: impl Fn(&mut Task, &[u8], &mut usize, &mut Vec<Change>),
) -> u32 {
    let places = (0..dense).chain((dense..).step_by(apart));
    for changes in places {
        let memory = Memory::create().unwrap();
        let file = duplicate(&memory);
        let mut task = Task::begin(memory);
        let (mut delivered, mut done) = (0, Vec::new());
        let ended = crash::after(changes, || scenario(&mut task, output, &mut delivered, &mut done));
        let found = Task::restored(file);
        assert!(found.model.bytes == output[..delivered], "{} of {delivered}", found.model.bytes.len());
        // The change that was under way may have been noted or not.
        let known: Vec<Change> = found.model.changes.iter().map(|(_, change)| *change).collect();
        assert!(known == done || known[..known.len() - 1] == done, "{known:?} {done:?}");
        assert_eq!(found.model.changes[..task.model.changes.len()], task.model.changes);
        if ended {
            assert!(task.model.bytes == output);
            return changes;
        }
    }
    unreachable!("it ends")
}

#[test]
fn a_crash_at_any_store_loses_and_doubles_nothing() {
    let changes = die_anywhere(&output(SURVIVAL_JOURNAL * 5 / 4), 400, 7, scenario);
    assert!(changes > 500, "{changes}");
}

/// Some is read by another thread, as it were, ahead of the parser, over the ring's end and with checkpoints between.
fn scenario_ahead(task: &mut Task, output: &[u8], delivered: &mut usize, done: &mut Vec<Change>) {
    let mut turn: u16 = 0;
    while *delivered < output.len() {
        task.read(output, delivered, 16_384);
        let mut lent = task.journal.lend().unwrap();
        for _ in 0..60 {
            turn += 1;
            for most in [4096, 70, 4096, 70_000] {
                if lent.has_room() && *delivered < output.len() {
                    task.read_by(&mut lent, output, delivered, most);
                }
            }
            assert!(task.journal.waiting() <= READ_AHEAD);
            task.journal.look();
            let parsed = task.journal.parsed();
            task.parse(task.journal.written().min(parsed + u64::from(turn % 7) * 3000));
            if turn.is_multiple_of(11) {
                task.change(Change::Resize(Size::new(turn, 24)), done);
            }
            if task.journal.wants_checkpoint() || turn.is_multiple_of(31) {
                task.commit(false);
            }
        }
        drop(lent);
        task.journal.take_back();
        task.parse(task.journal.written());
        if turn.is_multiple_of(4) {
            task.commit(true);
        }
    }
}

#[test]
fn a_crash_while_another_thread_reads_loses_and_doubles_nothing() {
    let changes = die_anywhere(&output(SURVIVAL_JOURNAL * 5 / 2), 200, 29, scenario_ahead);
    assert!(changes > 1000, "{changes}");
}

#[test]
fn nobody_reads_further_ahead_than_was_lent() {
    let mut task = Task::begin(Memory::create().unwrap());
    let output = output(SURVIVAL_JOURNAL * 2);
    let mut delivered = 0;
    let mut lent = task.journal.lend().unwrap();
    while lent.has_room() {
        task.read_by(&mut lent, &output, &mut delivered, usize::MAX);
    }
    assert_eq!(delivered as u64, READ_AHEAD);
    task.journal.look();
    task.parse(1000);
    assert!(lent.has_room());
    while delivered < output.len() {
        while lent.has_room() && delivered < output.len() {
            task.read_by(&mut lent, &output, &mut delivered, 5000);
        }
        task.journal.look();
        task.parse(task.journal.written());
        // What may be overwritten is not handed out.
        let (oldest, _) = task.journal.since(0);
        assert!(oldest + (SURVIVAL_JOURNAL - layout::JOURNAL) as u64 >= lent.written());
        if task.journal.wants_checkpoint() {
            task.commit(false);
        }
    }
    assert!(task.model.bytes == output);
}

#[test]
fn a_journal_without_a_file_is_not_lent() {
    assert!(Task::begin(Memory::plain()).journal.lend().is_err());
}

#[test]
fn a_crash_during_the_restoration_is_no_worse() {
    let output = output(200_000);
    for changes in 0.. {
        let memory = Memory::create().unwrap();
        let file = duplicate(&memory);
        let mut task = Task::begin(memory);
        let mut delivered = 0;
        task.read(&output, &mut delivered, 3000);
        task.commit(false);
        while delivered < 50_000 {
            task.read(&output, &mut delivered, 16_000);
        }
        // Killed between read(2) and the note of it.
        task.journal.room()[..5].copy_from_slice(&output[delivered..][..5]);
        delivered += 5;
        drop(task);
        let ended = crash::after(changes, || {
            let mut task = Task::restored(file.try_clone().unwrap());
            while delivered < output.len() {
                task.read(&output, &mut delivered, 16_000);
            }
            task.commit(true);
        });
        assert!(Task::restored(file).model.bytes == output[..delivered]);
        if ended {
            break;
        }
    }
}

#[test]
fn an_idle_pane_costs_one_page() {
    use std::os::unix::fs::MetadataExt;
    let mut task = Task::begin(Memory::create().unwrap());
    let taken = |task: &Task| task.journal.file().unwrap().metadata().unwrap().blocks() / 2;
    let output = output(600_000);
    let mut delivered = 0;
    task.read(&output, &mut delivered, 900);
    assert_eq!(taken(&task), 4, "KiB");
    while delivered < output.len() {
        task.read(&output, &mut delivered, usize::MAX);
    }
    assert!(taken(&task) > 500);
    task.journal.commit(&[1; 5000], 0, true).unwrap();
    task.read(&[3; 600_100], &mut delivered, 100);
    assert_eq!(taken(&task), 4 + 8, "the first page, and the checkpoint");
}

#[test]
fn a_checkpoint_that_is_not_whole_does_not_count() {
    let memory = Memory::create().unwrap();
    let file = duplicate(&memory);
    let mut task = Task::begin(memory);
    let output = output(5000);
    let mut delivered = 0;
    task.read(&output, &mut delivered, 1000);
    task.commit(false);
    task.read(&output, &mut delivered, 1000);
    task.commit(false);
    // One bit of the newer root: the older one counts again.
    let mut damaged = Memory::open(file.try_clone().unwrap()).unwrap();
    let word = layout::ROOTS + 16;
    damaged.store(word, damaged.load(word) ^ 1);
    drop(damaged);
    let found = Task::restored(file);
    assert_eq!(found.model.bytes, output[..delivered]);
}

#[test]
fn what_is_lost_says_so_until_the_next_checkpoint() {
    let memory = Memory::create().unwrap();
    let file = duplicate(&memory);
    let mut task = Task::begin(memory);
    let output = output(40_000);
    let mut delivered = 0;
    task.read(&output, &mut delivered, 900);
    task.journal.lose();
    task.read(&output, &mut delivered, 900);
    assert!(Journal::open(Memory::open(file.try_clone().unwrap()).unwrap()).is_err());
    task.commit(false);
    task.read(&output, &mut delivered, 16_000);
    assert_eq!(Task::restored(file).model.bytes, output[..delivered]);
}

#[test]
fn without_a_file_everything_works_but_the_survival() {
    let mut task = Task::begin(Memory::plain());
    let output = output(3_000_000);
    let mut delivered = 0;
    for turn in 0.. {
        task.read(&output, &mut delivered, 16_384);
        task.change(Change::ClearHistory, &mut Vec::new());
        if task.journal.wants_checkpoint() {
            assert!(task.journal.commit(b"x", 0, turn % 2 == 0).is_err());
            task.journal.lose();
        }
        if delivered == output.len() {
            break;
        }
    }
    assert!(task.model.bytes == output);
}

#[test]
fn events_are_bounded() {
    let mut journal = Journal::begin(Memory::create().unwrap(), Size::new(80, 24), 100);
    assert!((0..SURVIVAL_EVENTS).all(|_| journal.record(Change::ClearHistory)));
    assert!(!journal.record(Change::ClearHistory));
    journal.commit(b"x", 0, false).unwrap();
    assert!(journal.record(Change::ClearHistory));
    assert_eq!(journal.recorded().len(), 1);
}

#[test]
fn notes_are_whole_or_not_at_all() {
    let first = LogNote { device: 1, inode: 2, length: 3, position: 4, lost: 5, count: 6, remarks: 7 };
    let second = LogNote { device: 11, inode: 12, length: 13, position: 14, lost: 15, count: 16, remarks: 17 };
    for changes in 0.. {
        let memory = Memory::create().unwrap();
        let file = duplicate(&memory);
        let mut journal = Journal::begin(memory, Size::new(80, 24), 100);
        assert_eq!(journal.ledger(), [0; SURVIVAL_LEDGER]);
        journal.set_log_note(first);
        journal.set_ledger(&[1; SURVIVAL_LEDGER]);
        let ended = crash::after(changes, || {
            journal.set_log_note(second);
            journal.set_ledger(&[2; SURVIVAL_LEDGER]);
        });
        let found = Journal::open(Memory::open(file).unwrap()).unwrap();
        assert!([first, second].contains(&found.log_note()));
        assert!([[1; SURVIVAL_LEDGER], [2; SURVIVAL_LEDGER]].contains(found.ledger().first_chunk().unwrap()));
        if ended {
            assert_eq!(found.log_note(), second);
            break;
        }
    }
}

proptest! {
    /// Whatever stands in the header: an error or a journal, never a panic.
    #[test]
    fn any_header_is_survived(words in proptest::collection::vec((0..256usize, any::<u64>(), any::<bool>()), 0..12)) {
        let memory = Memory::create().unwrap();
        let file = duplicate(&memory);
        let mut task = Task::begin(memory);
        let output = output(20_000);
        let mut delivered = 0;
        task.read(&output, &mut delivered, 9000);
        task.commit(false);
        task.read(&output, &mut delivered, 9000);
        let mut damaged = Memory::open(file.try_clone().unwrap()).unwrap();
        for (at, value, small) in words {
            let value = if small { value % 70_000 } else { value };
            damaged.store(at * 8, value);
        }
        drop((damaged, task));
        if let Ok(mut journal) = Journal::open(Memory::open(file).unwrap()) {
            let _ = (journal.saved(), journal.recorded(), journal.beginning(), journal.log_note());
            let _ = journal.ledger().len();
            while journal.parsed() < journal.written() {
                let count = journal.unparsed().len();
                journal.took(count);
            }
            prop_assert!(!journal.room().is_empty());
        }
    }
}

#[test]
fn a_file_that_is_too_short_is_refused() {
    let memory = Memory::create().unwrap();
    memory::punch(memory.file().unwrap(), 0..4096);
    assert!(Journal::open(memory).is_err(), "a header of zeros");
    let short = tempfile::tempfile().unwrap();
    assert!(Memory::open(short.into()).is_err());
}
