//! A terminal together with the journal of all that it is made of: the only way by which a pane changes its terminal.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::arena::Arena;
use super::change::Change;
use super::journal::Journal;
use super::layout;
use super::memory::Memory;
use super::spool::Spool;
use crate::base::limits::REPLAY_TRIES;
use crate::base::{Size, hooks};
use crate::term::{TermEvent, Terminal};

pub struct Recorded {
    terminal: Terminal,
    journal: Journal,
    /// Bytes of replies that the output up to here has asked for.
    replies: u64,
    /// The memory is new: the keeper has to be given it before anything is read.
    unkept: bool,
}

/// What came of an attempt to go on where an earlier server was killed.
pub struct Restored {
    pub screen: Recorded,
    /// Answers that the program waits for, or would.
    pub replies: Vec<u8>,
}

/// The terminal engine has failed on this output.
#[derive(Debug)]
pub struct Poisoned;

/// Why there is nothing to go on from.
pub enum Unrestored {
    /// It cannot be read.
    Unusable(io::Error),
    /// Reading it ends the server, or fails. What there is to report about it.
    Poisoned(Box<Journal>),
}

impl Recorded {
    /// A new terminal. Its output survives if there is memory for it; why there is none comes beside it.
    pub fn begin(size: Size, history_limit: usize) -> (Self, Option<io::Error>) {
        let (memory, error) = match Memory::create() {
            Ok(memory) => (memory, None),
            Err(error) => (Memory::plain(), Some(error)),
        };
        (Self::begin_in(memory, size, history_limit), error)
    }

    pub(super) fn begin_in(memory: Memory, size: Size, history_limit: usize) -> Self {
        let journal = Journal::begin(memory, size, history_limit);
        let terminal = terminal(&journal, size, history_limit);
        Self { terminal, unkept: journal.file().is_some(), journal, replies: 0 }
    }

    /// The terminal whose journal an earlier server has left.
    pub fn restore(memory: OwnedFd) -> Result<Restored, Unrestored> {
        let mut journal = Memory::open(memory).and_then(Journal::open).map_err(Unrestored::Unusable)?;
        let tries = journal.note(layout::REPLAYS);
        if tries >= REPLAY_TRIES {
            return Err(Unrestored::Poisoned(Box::new(journal)));
        }
        journal.set_note(layout::REPLAYS, tries + 1);
        let terminal = saved_terminal(&journal).map_err(Unrestored::Unusable)?;
        let replies = journal.replies_before();
        let mut screen = Self { terminal, journal, replies, unkept: false };
        let Ok(replies) = screen.replay() else { return Err(Unrestored::Poisoned(Box::new(screen.journal))) };
        screen.journal.set_note(layout::REPLAYS, 0);
        Ok(Restored { screen, replies })
    }

    /// Parses the journal from its last checkpoint on; gives the replies that the program has not got.
    fn replay(&mut self) -> Result<Vec<u8>, Poisoned> {
        let told = self.journal.note(layout::TOLD);
        let mut replies = Vec::new();
        for (position, change) in self.journal.recorded() {
            self.replay_to(position, told, &mut replies)?;
            apply(&mut self.terminal, change);
        }
        self.replay_to(self.journal.written(), told, &mut replies)?;
        let given = self.journal.note(layout::REPLIED).saturating_sub(self.journal.replies_before());
        replies.drain(..replies.len().min(usize::try_from(given).unwrap_or(usize::MAX)));
        // Rows may have been stamped otherwise when they were shown; nobody may take an old one for a new one.
        self.terminal.outdate(self.journal.note(layout::SHOWN));
        Ok(replies)
    }

    fn replay_to(&mut self, position: u64, told: u64, replies: &mut Vec<u8>) -> Result<(), Poisoned> {
        while self.journal.parsed() < position.min(self.journal.written()) {
            let parsed = self.journal.parsed();
            // Up to there everything has been told.
            let stop = if parsed < told { position.min(told) } else { position };
            self.feed_at_most(usize::try_from(stop - parsed).unwrap_or(usize::MAX))?;
            self.take_replies(replies);
            if self.journal.parsed() <= told {
                self.terminal.take_events();
            }
        }
        Ok(())
    }

    // ---- output -------------------------------------------------------------------------------------------------

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    pub fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// Parses the next piece of what has been read ([`Journal::unparsed`]); how many bytes that were.
    pub fn feed(&mut self) -> Result<usize, Poisoned> {
        self.feed_at_most(usize::MAX)
    }

    fn feed_at_most(&mut self, most: usize) -> Result<usize, Poisoned> {
        let bytes = self.journal.unparsed();
        let bytes = &bytes[..bytes.len().min(most)];
        let terminal = &mut self.terminal;
        catch_unwind(AssertUnwindSafe(|| {
            hooks::before_feed(bytes);
            terminal.feed(bytes);
        }))
        .map_err(|_| Poisoned)?;
        let count = bytes.len();
        self.journal.took(count);
        Ok(count)
    }

    /// Moves the answers that the output has asked for to the end of `out`.
    pub fn take_replies(&mut self, out: &mut Vec<u8>) {
        let before = out.len();
        self.terminal.take_replies(out);
        self.replies += (out.len() - before) as u64;
    }

    pub fn take_events(&mut self) -> Vec<TermEvent> {
        self.terminal.take_events()
    }

    /// The events of all output so far have been told.
    pub fn note_told(&mut self) {
        self.journal.set_note(layout::TOLD, self.journal.parsed());
    }

    /// The program has been given so many bytes of answers, ever.
    pub fn note_replied(&mut self, bytes: u64) {
        if self.journal.note(layout::REPLIED) != bytes {
            self.journal.set_note(layout::REPLIED, bytes);
        }
    }

    pub fn replied(&self) -> u64 {
        self.journal.note(layout::REPLIED)
    }

    /// Gives the program answers, and counts them.
    pub fn give_replies(&mut self, bytes: &[u8], pty: BorrowedFd<'_>, spool: &Spool) -> io::Result<usize> {
        self.journal.send(layout::REPLIED, bytes, pty, spool)
    }

    /// Gives the program what a client has typed, and counts it.
    pub fn give_typed(&mut self, bytes: &[u8], pty: BorrowedFd<'_>, spool: &Spool) -> io::Result<usize> {
        self.journal.send(layout::TYPED, bytes, pty, spool)
    }

    /// Bytes that clients have typed and the program has been given.
    pub fn typed(&self) -> u64 {
        self.journal.note(layout::TYPED)
    }

    /// This screen follows another one; who has typed what goes on.
    pub fn go_on_typing(&mut self, former: &Journal) {
        self.journal.set_note(layout::TYPED, former.note(layout::TYPED));
        self.journal.set_ledger(former.ledger());
    }

    /// What the screen shows now has been sent to somebody.
    pub fn note_shown(&mut self) {
        self.journal.set_note(layout::SHOWN, self.terminal.generation());
    }

    // ---- everything else that changes it ------------------------------------------------------------------------

    /// An error says why the journal could not be cut for it.
    pub fn change(&mut self, change: Change) -> io::Result<()> {
        let mut result = Ok(());
        if !self.journal.record(change) {
            result = self.checkpoint(false);
            self.journal.record(change);
        }
        apply(&mut self.terminal, change);
        result
    }

    /// Packs history a piece further; true while there is more.
    pub fn compact(&mut self) -> bool {
        self.terminal.compact()
    }

    /// Gives up the oldest history. It comes back with a restoration, and is given up again.
    pub fn shrink_history(&mut self, bytes: usize) {
        self.terminal.shrink_history(bytes);
    }

    /// Shows something that the program has not printed. It is in no journal: the next thing must be a checkpoint.
    pub fn preface(&mut self, bytes: &[u8]) {
        self.terminal.feed(bytes);
        self.terminal.take_replies(&mut Vec::new());
        self.terminal.take_events();
    }

    // ---- checkpoints --------------------------------------------------------------------------------------------

    /// Saves the terminal, so that the journal can begin anew. Nothing may wait in the terminal: replies and events
    /// have been taken.
    pub fn checkpoint(&mut self, quiet: bool) -> io::Result<()> {
        let result = self.commit(quiet);
        if result.is_err() {
            self.journal.lose();
        }
        result
    }

    fn commit(&mut self, quiet: bool) -> io::Result<()> {
        if self.journal.file().is_none() {
            self.find_memory()?;
        }
        // About as large as the last one.
        let mut saved = Vec::with_capacity(self.journal.saved_size());
        self.terminal.save(&mut saved);
        self.journal.commit(&saved, self.replies, quiet)
    }

    /// There was none at the beginning; perhaps there is now.
    fn find_memory(&mut self) -> io::Result<()> {
        let journal = self.journal.moved_to(Memory::create()?);
        let arena = arena(&journal).ok_or(io::ErrorKind::Unsupported)?;
        if !self.terminal.move_to(Box::new(arena)) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.journal = journal;
        self.unkept = true;
        Ok(())
    }

    /// The keeper does not have the memory.
    pub fn is_unkept(&self) -> bool {
        self.unkept
    }

    /// The memory, where there is one.
    pub fn memory(&self) -> io::Result<Option<OwnedFd>> {
        self.journal.file().map(|file| Ok(file.try_clone()?.into())).transpose()
    }

    pub fn note_kept(&mut self) {
        self.unkept = false;
    }

    /// After the engine has failed on a piece of output: an empty screen for what comes behind it, and the journal for
    /// a report.
    pub fn begin_anew(&mut self, history_limit: usize) -> (Journal, Option<io::Error>) {
        let size = self.terminal.size();
        let (mut fresh, error) = Self::begin(size, history_limit);
        fresh.terminal.outdate(self.journal.note(layout::SHOWN));
        fresh.go_on_typing(&self.journal);
        let old = std::mem::replace(self, fresh);
        (old.journal, error)
    }
}

fn apply(terminal: &mut Terminal, change: Change) {
    match change {
        Change::Resize(size) => terminal.resize(size),
        Change::HistoryLimit(lines) => terminal.set_history_limit(lines),
        Change::ClearHistory => terminal.clear_history(),
        Change::EndSynchronized => terminal.end_synchronized(),
    }
}

/// As it is at the journal's last checkpoint.
fn saved_terminal(journal: &Journal) -> io::Result<Terminal> {
    match (journal.saved()?, arena(journal)) {
        (Some(saved), Some(arena)) => Terminal::restore(&saved, Box::new(arena)).map_err(io::Error::other),
        _ => {
            let (size, history_limit) = journal.beginning();
            Ok(terminal(journal, size, history_limit))
        }
    }
}

fn terminal(journal: &Journal, size: Size, history_limit: usize) -> Terminal {
    match arena(journal) {
        Some(arena) => Terminal::in_vault(size, history_limit, Box::new(arena)),
        None => Terminal::new(size, history_limit),
    }
}

fn arena(journal: &Journal) -> Option<Arena> {
    Some(Arena::new(journal.file()?.clone(), journal.space().clone()))
}
