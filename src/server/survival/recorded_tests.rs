//! A terminal that dies before any change of its memory and is restored, beside a twin that nothing happens to.

use std::os::fd::OwnedFd;

use super::change::Change;
use super::layout;
use super::memory::{Memory, crash};
use super::recorded::{Recorded, Restored};
use crate::base::{Row, Size};
use crate::term::Terminal;

const SIZE: Size = Size::new(40, 8);
const HISTORY: usize = 100_000;

/// All that can be asked of a terminal.
fn picture(terminal: &Terminal) -> String {
    let range = terminal.first_line()..terminal.screen_line() + u64::from(terminal.size().rows);
    let lines: Vec<String> = range.map(|number| format!("{:?}", terminal.line(number))).collect();
    let (cursor, modes, title) = (terminal.cursor(), terminal.modes(), terminal.title());
    format!("{:?} {} {cursor:?} {modes:?} {title:?}\n{}", terminal.size(), terminal.first_line(), lines.join("\n"))
}

/// What a program does to its terminal, with questions in between.
fn output() -> Vec<u8> {
    let mut output = b"\x1b]2;title\x07\x1b[?1000h\x1b[?2004h\x1b[2;7r\x1b(0qqq\x1b(B".to_vec();
    for number in 0..3000 {
        output.extend(format!("\x1b[3{}mline {number}\x1b[m \u{e4}\u{1f600}\r\n", number % 8).as_bytes());
        if number % 250 == 249 {
            output.extend(b"\x1b[r\x1b[8;1H\x1b[6n\x1b[c");
        }
    }
    output.extend(b"\x1b[?1049h\x1b[2J\x1b[3;3Halternate\x1b[4");
    output
}

/// A pane's world: the kernel's side of the PTY, and what was done to the pane.
struct Outside {
    /// Checkpoints are made.
    saves: bool,
    delivered: usize,
    changes: Vec<(usize, Change)>,
    answers: Vec<u8>,
    /// The answers have been written, and this is not noted yet.
    unnoted: usize,
}

impl Default for Outside {
    fn default() -> Self {
        Self { saves: true, delivered: 0, changes: Vec::new(), answers: Vec::new(), unnoted: 0 }
    }
}

struct Task {
    screen: Recorded,
    replied: u64,
}

impl Task {
    fn begin() -> (Self, OwnedFd) {
        let (screen, error) = Recorded::begin(SIZE, HISTORY);
        assert!(error.is_none());
        let memory = screen.memory().unwrap().unwrap();
        (Self { screen, replied: 0 }, memory)
    }

    fn restore(memory: &OwnedFd, outside: &mut Outside) -> Self {
        let Ok(Restored { screen, replies }) = Recorded::restore(memory.try_clone().unwrap()) else {
            panic!("it cannot be restored")
        };
        let mut task = Self { replied: screen.replied(), screen };
        task.answer(&replies, outside);
        task
    }

    fn answer(&mut self, replies: &[u8], outside: &mut Outside) {
        if !replies.is_empty() {
            outside.answers.extend(replies);
            outside.unnoted = replies.len();
            self.replied += replies.len() as u64;
            self.screen.note_replied(self.replied);
            outside.unnoted = 0;
        }
    }

    fn run(&mut self, output: &[u8], outside: &mut Outside) {
        let mut turn = 0u16;
        while outside.delivered < output.len() {
            turn += 1;
            let room = self.screen.journal_mut().room();
            let count = room.len().min(output.len() - outside.delivered).min(9000);
            room[..count].copy_from_slice(&output[outside.delivered..][..count]);
            outside.delivered += count;
            self.screen.journal_mut().arrived(count);
            self.screen.feed().unwrap();
            let mut replies = Vec::new();
            self.screen.take_replies(&mut replies);
            self.answer(&replies, outside);
            self.screen.take_events();
            self.screen.note_told();
            if turn.is_multiple_of(5) {
                let change = Change::Resize(Size::new(40 + turn % 20, 8 + turn % 7));
                outside.changes.push((outside.delivered, change));
                self.screen.change(change).unwrap();
            }
            if outside.saves && turn.is_multiple_of(4) {
                self.screen.checkpoint(turn.is_multiple_of(8)).unwrap();
            }
            self.screen.note_shown();
        }
    }
}

/// The same without any accident.
fn twin(output: &[u8], outside: &Outside, changes: usize) -> (Terminal, Vec<u8>) {
    let mut terminal = Terminal::new(SIZE, HISTORY);
    let mut at = 0;
    for (position, change) in &outside.changes[..changes] {
        terminal.feed(&output[at..*position]);
        at = *position;
        if let Change::Resize(size) = change {
            terminal.resize(*size);
        }
    }
    terminal.feed(&output[at..outside.delivered]);
    let mut replies = Vec::new();
    terminal.take_replies(&mut replies);
    (terminal, replies)
}

#[test]
fn a_screen_is_restored_as_if_nothing_had_happened() {
    let output = output();
    let mut doubled = 0;
    for step in 0.. {
        let (mut task, memory) = Task::begin();
        let mut outside = Outside::default();
        let ended = crash::after(step * 9, || task.run(&output, &mut outside));
        let shown = task.screen.journal().note(layout::SHOWN);
        drop(task);
        let unnoted = std::mem::take(&mut outside.unnoted);
        let task = Task::restore(&memory, &mut outside);
        let terminal = task.screen.terminal();
        let newest = (0..terminal.size().rows).map(|row| terminal.row_generation(Row(row))).min();
        assert!(newest > Some(shown), "what was shown is older than what is");
        let found = picture(terminal);
        let (mut wanted, mut replies) = twin(&output, &outside, outside.changes.len());
        if picture(&wanted) != found && !ended {
            // Killed before the last change was noted.
            (wanted, replies) = twin(&output, &outside, outside.changes.len() - 1);
        }
        assert!(picture(&wanted) == found, "step {step}\n{}\n----\n{found}", picture(&wanted));
        doubled += usize::from(unnoted > 0);
        assert_eq!(outside.answers.len(), replies.len() + unnoted, "answers, once");
        if ended {
            break;
        }
    }
    assert!(doubled < 20, "only between the write and its note: {doubled}");
}

#[test]
fn a_screen_that_found_no_memory_survives_once_there_is_some() {
    let screen = Recorded::begin_in(Memory::plain(), SIZE, HISTORY);
    let mut task = Task { screen, replied: 0 };
    let output: Vec<u8> = (0..20_000).flat_map(|line| format!("line {line}\r\n").into_bytes()).collect();
    let mut outside = Outside { saves: false, ..Outside::default() };
    task.run(&output, &mut outside);
    task.screen.journal_mut().set_ledger(b"typed");
    assert!(!task.screen.is_unkept());
    task.screen.checkpoint(true).unwrap();
    assert!(task.screen.is_unkept());
    let memory = task.screen.memory().unwrap().unwrap();
    let before = picture(task.screen.terminal());
    drop(task);
    let task = Task::restore(&memory, &mut outside);
    assert!(picture(task.screen.terminal()) == before);
    assert!(task.screen.journal().ledger().starts_with(b"typed"));
}

#[test]
fn a_journal_that_ends_its_reader_is_set_aside_at_the_third_time() {
    let (mut task, memory) = Task::begin();
    task.run(b"hello", &mut Outside::default());
    drop(task);
    let again = || Recorded::restore(memory.try_clone().unwrap());
    for _ in 0..2 {
        // Just after the note that a replay has begun.
        assert!(!crash::after(2, || drop(again())));
    }
    let Err(super::Unrestored::Poisoned(journal)) = again() else { panic!("it tries again") };
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..12 {
        let path = super::keep_aside(folder.path(), crate::base::PaneId(7), &journal).unwrap();
        let kept = std::fs::read(path).unwrap();
        assert!(kept.windows(5).any(|window| window == b"hello"));
    }
    let count = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(count <= crate::base::limits::KEPT_ASIDE, "{count}");
}
