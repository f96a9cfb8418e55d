//! The journal of a pane: its output since the last checkpoint, in a ring that read(2) fills itself.
//!
//! ```text
//!   root.position        parsed            written           ahead
//!     ├── can be replayed ──┼── to be parsed ──┼── FILLER … ────┤── older output, or nothing
//!                                              └ the next read goes here
//! ```
//! All are positions: they count from the pane's first byte. A byte that the kernel has put behind `written` just
//! before this process was killed is found by its not being [`FILLER`](layout::FILLER).
//!
//! A journal that cannot have memory for what comes, or no checkpoint, goes on without one: it is *lost*, says so in
//! its header, and keeps only what is not parsed. The next checkpoint makes it whole again.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::arena::Space;
use super::change::Change;
use super::layout;
use super::lent::Lent;
use super::log_note::LogNote;
use super::memory::Memory;
use super::ring::Ring;
use super::root::{self, Root};
use super::spool::Spool;
use crate::base::Size;
use crate::base::limits::{
    FLOOD_ROOM, PTY_READ, QUIET_JOURNAL, READ_AHEAD, SURVIVAL_EVENTS, SURVIVAL_JOURNAL, SURVIVAL_LEDGER,
};
use crate::base::sys::Mapping;

#[derive(Debug)]
pub struct Journal {
    memory: Memory,
    root: Root,
    ring: Ring,
    parsed: u64,
    written: u64,
    ahead: u64,
    /// Events recorded ever.
    events: u64,
    /// The last read brought much, so that the next may do so too.
    flood: bool,
    /// There is nothing to go back to.
    lost: bool,
    /// The position at which a checkpoint was tried last.
    tried: u64,
    /// What the arena may not overwrite before the next checkpoint.
    space: Arc<Space>,
    /// How far whoever has been lent the end at which output comes in may go.
    lent: Option<Arc<AtomicU64>>,
}

/// Room for fewer bytes than this is not worth a read, and a read of as many is one of a flood.
const LEAST_ROOM: usize = 1024;

/// Bytes of pages that are made beyond what a read in a flood needs, as asking the kernel for each costs as much as
/// the read.
const FLOOD_PAGES: usize = 128 << 10;

impl Journal {
    /// A new one, for a terminal that begins like this.
    pub fn begin(mut memory: Memory, size: Size, history_limit: usize) -> Self {
        memory.store(layout::VERSION, layout::VERSION_VALUE);
        let length = memory.length() as u64;
        memory.store(layout::LENGTH, length);
        memory.store(layout::SIZE, u64::from(size.cols) << 16 | u64::from(size.rows));
        memory.store(layout::HISTORY, history_limit as u64);
        let lost = memory.file().is_none();
        memory.store(layout::LOST, u64::from(lost));
        memory.store(layout::MAGIC, layout::MAGIC_VALUE);
        Self {
            ring: Ring { base: 0, capacity: length - layout::JOURNAL as u64 },
            memory,
            root: Root::default(),
            parsed: 0,
            written: 0,
            ahead: 0,
            events: 0,
            flood: false,
            lost,
            tried: 0,
            space: Arc::default(),
            lent: None,
        }
    }

    /// The same in another memory, where it is lost until the next checkpoint. All that was read has been parsed.
    pub fn moved_to(&self, memory: Memory) -> Self {
        let (size, history_limit) = self.beginning();
        let mut journal = Self::begin(memory, size, history_limit);
        journal.parsed = self.parsed;
        journal.note_written(self.written);
        journal.lose();
        for note in [layout::REPLIED, layout::TOLD, layout::SHOWN] {
            journal.set_note(note, self.note(note));
        }
        journal.set_log_note(self.log_note());
        journal.set_ledger(self.ledger());
        journal
    }

    /// One that an earlier server has left, to be parsed from its last checkpoint on. Everything in it is doubted.
    pub fn open(memory: Memory) -> io::Result<Self> {
        let word = |offset| memory.load(offset);
        let length = memory.length() as u64;
        let head = [word(layout::MAGIC), word(layout::VERSION), word(layout::LENGTH), word(layout::LOST)];
        if head != [layout::MAGIC_VALUE, layout::VERSION_VALUE, length, 0] {
            return Err(unusable("it holds no journal"));
        }
        let root = Root::newest(&memory);
        let (written, ahead, events) = (word(layout::WRITTEN), word(layout::AHEAD), word(layout::EVENTS));
        let room = length - layout::JOURNAL as u64;
        let in_order = root.position <= written && written <= ahead && ahead - root.position <= room;
        if !in_order || events.checked_sub(root.events).is_none_or(|count| count > SURVIVAL_EVENTS as u64) {
            return Err(unusable("its journal is inconsistent"));
        }
        let space = Arc::new(Space::new(root.generation > 0));
        let (ring, parsed) = (Ring { base: root.base, capacity: room }, root.position);
        let (flood, lost, lent) = (false, false, None);
        let mut journal =
            Self { memory, root, ring, parsed, written, ahead, events, flood, lost, tried: parsed, space, lent };
        journal.find_unnoted();
        Ok(journal)
    }

    /// Takes in what came between the last read and the note of it.
    fn find_unnoted(&mut self) {
        let came = |journal: &Self, range: Range<u64>| {
            let bytes = journal.slice(range);
            bytes.iter().rposition(|byte| *byte != layout::FILLER).map_or(0, |last| last + 1) as u64
        };
        // The room of one read never goes over the ring's end; its rest is looked at all the same.
        let end = self.ahead.min(self.ring.edge(self.written));
        let beyond = came(self, end..self.ahead);
        let found = if beyond > 0 { end + beyond } else { self.written + came(self, self.written..end) };
        self.note_written(found);
    }

    // ---- reading ------------------------------------------------------------------------------------------------

    /// Where the next read may put its bytes. Never empty while all that was read has been parsed.
    pub fn room(&mut self) -> &mut [u8] {
        if self.make_room().is_err() {
            // Not even a page more: what is there already has to do, and can when nothing in it is needed.
            self.lose();
            let start = self.ring.place(self.written);
            let left = (layout::PAGE.min(self.memory.length()) - start.min(layout::PAGE)) as u64;
            self.fill_to(self.written + left);
        }
        let end = self.ahead.min(self.ring.edge(self.written));
        self.memory.bytes_mut(self.ring.piece(self.written..end))
    }

    fn make_room(&mut self) -> io::Result<()> {
        let wanted = if self.flood { FLOOD_ROOM } else { self.calm_room() } as u64;
        let target = (self.written + wanted).min(self.kept() + self.ring.capacity).min(self.ring.edge(self.written));
        if target > self.ahead {
            let ahead = if self.flood { FLOOD_PAGES } else { 0 };
            self.memory.reserve(self.ring.place(target - 1) + 1 + ahead)?;
            self.fill_to(target);
        }
        Ok(())
    }

    /// What is before this may be overwritten.
    fn kept(&self) -> u64 {
        if self.lost { self.parsed } else { self.root.position }
    }

    /// To the end of the page, or of the next one: a quiet pane touches no memory that it does not need.
    fn calm_room(&self) -> usize {
        let start = self.ring.place(self.written);
        let left = start.next_multiple_of(layout::PAGE) - start;
        if left < LEAST_ROOM { left + layout::PAGE } else { left }
    }

    fn fill_to(&mut self, target: u64) {
        for range in self.ring.pieces(self.ahead..target) {
            self.memory.bytes_mut(range).fill(layout::FILLER);
        }
        self.ahead = target;
        self.memory.store(layout::AHEAD, target);
    }

    /// So many bytes have been read into the room.
    pub fn arrived(&mut self, count: usize) {
        self.flood = count >= LEAST_ROOM;
        self.note_written(self.written + count as u64);
    }

    fn note_written(&mut self, position: u64) {
        self.written = position;
        self.memory.store(layout::WRITTEN, position);
    }

    /// What has been read and not parsed, up to [`PTY_READ`] and as far as it lies in one piece.
    pub fn unparsed(&self) -> &[u8] {
        let end = self.written.min(self.parsed + PTY_READ as u64);
        self.slice(self.parsed..end.min(self.ring.edge(self.parsed)))
    }

    /// So many bytes of that have been parsed.
    pub fn took(&mut self, count: usize) {
        self.parsed += count as u64;
        self.move_limit();
    }

    /// The position of the next byte to be parsed.
    pub fn parsed(&self) -> u64 {
        self.parsed
    }

    pub fn written(&self) -> u64 {
        self.written
    }

    /// The bytes from a position on, as far as they are still here and lie in one piece; and the first position that
    /// is here.
    pub fn since(&self, position: u64) -> (u64, &[u8]) {
        let oldest = self.ring.base.max(self.ahead.saturating_sub(self.ring.capacity));
        let from = position.clamp(oldest, self.written);
        (from, self.slice(from..self.written.min(self.ring.edge(from))))
    }

    // ---- reading in another thread ------------------------------------------------------------------------------

    /// Lends the end at which output comes in. Until it is taken back there are no reads here, no quiet checkpoints and
    /// no losses; [`Journal::look`] brings what has come.
    pub fn lend(&mut self) -> io::Result<Lent> {
        let file = self.memory.file().cloned().ok_or(io::ErrorKind::Unsupported)?;
        self.memory.reserve(self.memory.length())?;
        let mapping = Mapping::new(file.as_fd(), 0, self.memory.length())?;
        let limit = Arc::new(AtomicU64::new(self.ahead));
        let lent = Lent { mapping, ring: self.ring, written: self.written, ahead: self.ahead, limit: limit.clone() };
        self.lent = Some(limit);
        self.move_limit();
        Ok(lent)
    }

    /// Whoever reads goes on as far as it is ahead of the parser by no more than [`READ_AHEAD`].
    fn move_limit(&mut self) {
        let Some(limit) = &self.lent else { return };
        let end = (self.parsed + READ_AHEAD).min(self.kept() + self.ring.capacity);
        // Any of that may be filled from now on.
        self.ahead = self.ahead.max(end);
        limit.store(self.ahead, Ordering::Release);
    }

    /// Bytes that have been read and not parsed, whoever has read them.
    pub fn waiting(&self) -> u64 {
        self.memory.load(layout::WRITTEN) - self.parsed
    }

    /// Takes note of what another thread has read.
    pub fn look(&mut self) {
        self.written = self.memory.load(layout::WRITTEN);
    }

    /// Whoever was lent the journal's end has let it go.
    pub fn take_back(&mut self) {
        self.lent = None;
        self.written = self.memory.load(layout::WRITTEN);
        self.ahead = self.memory.load(layout::AHEAD);
    }

    // ---- events -------------------------------------------------------------------------------------------------

    /// Notes that the terminal is changed at this position. False: there is no room before the next checkpoint.
    pub fn record(&mut self, change: Change) -> bool {
        if !self.lost && self.events - self.root.events >= SURVIVAL_EVENTS as u64 {
            return false;
        }
        let slot = event_slot(self.events);
        self.memory.store(slot, self.parsed);
        self.memory.store(slot + 8, change.to_word());
        self.events += 1;
        self.memory.store(layout::EVENTS, self.events);
        true
    }

    /// What was recorded after the checkpoint, with the position that it happened at.
    pub fn recorded(&self) -> Vec<(u64, Change)> {
        let read = |event: u64| {
            let slot = event_slot(event);
            Some((self.memory.load(slot), Change::of_word(self.memory.load(slot + 8))?))
        };
        (self.root.events..self.events).filter_map(read).collect()
    }

    // ---- checkpoints --------------------------------------------------------------------------------------------

    /// Half of the journal is full.
    pub fn wants_checkpoint(&self) -> bool {
        self.parsed - self.tried >= SURVIVAL_JOURNAL as u64 / 2
    }

    /// More is kept than a quiet pane should.
    pub fn is_large(&self) -> bool {
        self.lost || self.written - self.root.position > QUIET_JOURNAL
    }

    /// From now on the journal goes on from this saved terminal, which has seen everything that was parsed. `replies`
    /// bytes of answers have been asked for up to here. `quiet`: gives back all memory that it can.
    pub fn commit(&mut self, saved: &[u8], replies: u64, quiet: bool) -> io::Result<()> {
        self.tried = self.parsed;
        let file = self.memory.file().cloned().ok_or(io::ErrorKind::Unsupported)?;
        if quiet && self.parsed == self.written {
            // No read is under way, so nothing is looked for behind `written`.
            self.ahead = self.written;
            self.memory.store(layout::AHEAD, self.ahead);
        }
        let rebased = quiet && self.ahead == self.parsed;
        let root = Root {
            generation: self.root.generation + 1,
            length: saved.len() as u64,
            checksum: root::checksum(saved),
            position: self.parsed,
            base: if rebased { self.parsed } else { self.ring.base },
            events: self.events,
            replies,
        };
        root.write(&file, saved)?;
        root.store(&mut self.memory);
        self.root = root;
        self.ring.base = root.base;
        if self.lost {
            self.memory.store(layout::LOST, 0);
            self.lost = false;
        }
        self.space.commit(&file, quiet);
        self.move_limit();
        if rebased {
            self.flood = false;
            self.memory.release();
            root.release_older(&file);
        }
        Ok(())
    }

    /// Goes on without a checkpoint.
    pub fn lose(&mut self) {
        self.tried = self.parsed;
        if !self.lost {
            self.memory.store(layout::LOST, 1);
            self.lost = true;
        }
        if self.parsed == self.written && self.lent.is_none() {
            self.ring.base = self.written;
            self.ahead = self.written;
            self.memory.store(layout::AHEAD, self.ahead);
        }
    }

    /// What the last checkpoint holds; none where there has been none. An error where it cannot be read.
    pub fn saved(&self) -> io::Result<Option<Vec<u8>>> {
        if self.root.generation == 0 {
            return Ok(None);
        }
        let saved = self.memory.file().and_then(|file| self.root.read(file));
        saved.map(Some).ok_or_else(|| unusable("its checkpoint is not whole"))
    }

    /// Bytes that the last checkpoint takes.
    pub fn saved_size(&self) -> usize {
        self.root.length as usize
    }

    /// Size and history limit that the terminal began with.
    pub fn beginning(&self) -> (Size, usize) {
        let size = self.memory.load(layout::SIZE);
        let size = Size::new((size >> 16) as u16, size as u16);
        (size, usize::try_from(self.memory.load(layout::HISTORY)).unwrap_or(usize::MAX))
    }

    /// Bytes of replies that were asked for before the last checkpoint.
    pub fn replies_before(&self) -> u64 {
        self.root.replies
    }

    pub fn space(&self) -> &Arc<Space> {
        &self.space
    }

    pub fn file(&self) -> Option<&Arc<File>> {
        self.memory.file()
    }

    /// Header and journal as they are, for a report.
    pub fn raw(&self) -> &[u8] {
        self.memory.bytes(0..self.memory.length())
    }

    // ---- notes in the header ------------------------------------------------------------------------------------

    pub fn note(&self, offset: usize) -> u64 {
        self.memory.load(offset)
    }

    pub fn set_note(&mut self, offset: usize, value: u64) {
        self.memory.store(offset, value);
    }

    /// Who typed what up to where, as it was stored last; at first all zeros.
    pub fn ledger(&self) -> &[u8] {
        let slot = ledger_slot(self.memory.load(layout::LEDGERS));
        self.memory.bytes(slot..slot + SURVIVAL_LEDGER)
    }

    /// Stores that, whole or not at all. `bytes` beyond [`SURVIVAL_LEDGER`] are left out; missing ones are zeros.
    pub fn set_ledger(&mut self, bytes: &[u8]) {
        let next = self.memory.load(layout::LEDGERS).wrapping_add(1);
        let slot = ledger_slot(next);
        let length = bytes.len().min(SURVIVAL_LEDGER);
        let place = self.memory.bytes_mut(slot..slot + SURVIVAL_LEDGER);
        place[..length].copy_from_slice(&bytes[..length]);
        place[length..].fill(0);
        self.memory.store(layout::LEDGERS, next);
    }

    /// Gives a program bytes that are counted in the header.
    pub fn send(&mut self, count: usize, bytes: &[u8], pty: BorrowedFd<'_>, spool: &Spool) -> io::Result<usize> {
        self.memory.send(count, bytes, pty, spool)
    }

    pub fn log_note(&self) -> LogNote {
        LogNote::load(&self.memory)
    }

    pub fn set_log_note(&mut self, note: LogNote) {
        note.store(&mut self.memory);
    }

    /// Bytes that lie in one piece.
    fn slice(&self, range: Range<u64>) -> &[u8] {
        self.memory.bytes(self.ring.piece(range))
    }
}

fn event_slot(event: u64) -> usize {
    layout::EVENT_TABLE + (event % SURVIVAL_EVENTS as u64) as usize * layout::EVENT_LENGTH
}

fn ledger_slot(number: u64) -> usize {
    layout::LEDGER + (number % 2) as usize * SURVIVAL_LEDGER
}

fn unusable(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
