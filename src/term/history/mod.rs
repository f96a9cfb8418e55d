//! The lines that have left the top of the screen, packed, the older part compressed.
//!
//! ```text
//!   in the vault: [ packed ][ packed ] … [ raw ][ raw ]      on the heap: [ open ◄─ lines come in here ]
//!                   │                      as they came, limits::HISTORY_OPEN bytes at most
//!                   └ zstd: quick when the raw ones get too many, thorough when the pane is quiet (`compact`)
//! ```
//! A line is found by the number of its chunk's first line. One chunk that was read is kept, as the next line asked
//! for is likely to be its neighbour. What the vault has lost reads as blank lines; where it has no room, the oldest
//! lines make it.

mod chunk;
mod numbers;
mod open;
mod reflow;
mod search;
mod snapshot;
mod text;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use super::cell::Cell;
use super::intern::Tables;
use super::row::Row;
use super::vault::Vault;
use crate::base::{Line, limits};
use chunk::{Chunk, Form};
pub(super) use open::Draft;
use open::Open;
pub use search::Match;

#[derive(Debug)]
pub(super) struct History {
    /// Lines kept at most.
    limit: usize,
    /// The number of the oldest line that is kept.
    first: u64,
    /// What is complete, oldest first, each beginning where the one before ends.
    chunks: VecDeque<Chunk>,
    vault: Box<dyn Vault>,
    /// Bytes that the chunks take in the vault.
    held: usize,
    /// What takes in lines.
    open: Open,
    /// The number of its first line.
    open_start: u64,
    /// A chunk that was read, and its start.
    cache: RefCell<Option<(u64, Arc<Open>)>>,
}

impl History {
    pub fn new(limit: usize, vault: Box<dyn Vault>) -> Self {
        Self {
            limit,
            first: 0,
            chunks: VecDeque::new(),
            vault,
            held: 0,
            open: Open::default(),
            open_start: 0,
            cache: RefCell::default(),
        }
    }

    /// The number of the oldest line.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The number behind the newest line; the first of the screen's.
    pub fn end(&self) -> u64 {
        self.open_start + self.open.len() as u64
    }

    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.trim();
    }

    pub fn clear(&mut self) {
        self.forget_before(self.end());
        self.open = Open::default();
        self.forget_cache();
    }

    /// Lines that leave without being kept; the screen was thrown away.
    pub fn skip(&mut self, count: u64) {
        self.clear();
        self.open_start += count;
        self.first = self.open_start;
    }

    /// Takes in a row that leaves the screen.
    #[inline]
    pub fn push(&mut self, row: &Row, tables: &Tables) {
        self.push_cells(row.cells(), row.fill(), row.wrapped, tables);
    }

    pub fn push_cells(&mut self, cells: &[Cell], fill: Cell, wrapped: bool, tables: &Tables) {
        if self.limit == 0 {
            self.open_start += 1;
        } else {
            if self.open.is_full() {
                self.close();
            }
            self.open.push(cells, fill, wrapped, tables);
        }
        self.trim();
    }

    /// Begins a line that is written as text and not as cells. None where none is kept.
    #[inline]
    pub fn begin(&mut self) -> Option<Draft> {
        if self.limit == 0 {
            return None;
        }
        if self.open.is_full() {
            self.close();
        }
        Some(self.open.begin())
    }

    /// So many more bytes of such a line are as if in cells like `first`; a cluster is told by itself.
    #[inline]
    pub fn add(&mut self, draft: &mut Draft, first: Cell, length: usize, tables: &Tables) {
        self.open.add(draft, first, length, tables);
    }

    /// Its last so many bytes and so many more are one cluster.
    pub fn join(&mut self, draft: &mut Draft, last: usize, cluster: Cell, length: usize, tables: &Tables) {
        self.open.join(draft, last, cluster, length, tables);
    }

    /// The bytes of what was added.
    #[inline]
    pub fn text(&mut self, text: &[u8]) {
        self.open.text(text);
    }

    /// Ends such a line, of so many cells.
    #[inline]
    pub fn finish(&mut self, draft: Draft, cells: usize, tables: &Tables) {
        self.open.finish(draft, cells, tables);
        self.trim();
    }

    /// Forgets what was written of such a line.
    pub fn abandon(&mut self, draft: &Draft) {
        self.open.abandon(draft);
    }

    /// Takes in a line of ASCII in the default look, which the screen would have broken after each `cols`.
    #[inline]
    pub fn push_plain(&mut self, text: &[u8], cols: usize) {
        if self.open.is_full() {
            self.close();
        }
        self.open.push_plain(text, cols);
        self.trim();
    }

    /// Puts what is open into the vault, and begins anew in the same memory.
    fn close(&mut self) {
        let mut open = std::mem::take(&mut self.open);
        let (start, lines) = (self.open_start, open.len() as u32);
        self.open_start += u64::from(lines);
        if lines > 0 {
            let (widest, wraps) = (open.widest, open.wraps);
            let bytes = open.seal();
            let size = bytes.len() as u32;
            let mut slot = self.vault.put(bytes);
            while slot.is_none() && self.drop_oldest() {
                slot = self.vault.put(bytes);
            }
            match slot {
                Some(slot) => self.adopt(Chunk { start, lines, slot, form: Form::Raw, size, widest, wraps }),
                None => self.first = self.open_start,
            }
        }
        open.clear();
        self.open = open;
    }

    /// Takes in a chunk that begins where the last one ends.
    fn adopt(&mut self, chunk: Chunk) {
        self.held += chunk.slot.length as usize;
        self.chunks.push_back(chunk);
        self.cool_down();
        // What is open is not asked: how much memory it has may differ after a restore, and which lines go must not.
        while self.held > limits::HISTORY_BYTES && self.drop_oldest() {}
    }

    /// Compresses the oldest raw chunks while they are too many.
    fn cool_down(&mut self) {
        let most = limits::HISTORY_OPEN / limits::HISTORY_CHUNK;
        while self.chunks.len() - self.oldest_raw() > most && self.pack_oldest() {}
    }

    /// The place of the first chunk that is as it came: all behind it are.
    fn oldest_raw(&self) -> usize {
        self.chunks.iter().rposition(|chunk| chunk.form != Form::Raw).map_or(0, |packed| packed + 1)
    }

    /// Compresses the oldest of those as they came. False where there is none, or no room.
    fn pack_oldest(&mut self) -> bool {
        let place = self.oldest_raw();
        let Some(chunk) = self.chunks.get_mut(place) else { return false };
        let before = chunk.slot.length as usize;
        let packed = chunk.pack_quickly(&mut *self.vault);
        self.held = self.held - before + chunk.slot.length as usize;
        packed
    }

    /// Compresses one chunk as well as it can be, if there is one left. To be called while nothing happens, until
    /// it returns false; a call takes some ten milliseconds.
    pub fn compact(&mut self) -> bool {
        self.forget_cache();
        for chunk in &mut self.chunks {
            let before = chunk.slot.length as usize;
            if chunk.pack_thoroughly(&mut *self.vault) {
                self.held = self.held - before + chunk.slot.length as usize;
                return true;
            }
        }
        self.open.shrink();
        false
    }

    /// Drops what is beyond the limit.
    #[inline]
    fn trim(&mut self) {
        let least = self.end().saturating_sub(self.limit as u64);
        if self.first < least {
            self.forget_before(least);
        }
    }

    /// Gives up the lines before this one.
    fn forget_before(&mut self, least: u64) {
        self.first = least;
        while self.chunks.front().is_some_and(|oldest| oldest.end() <= least) {
            self.drop_oldest();
        }
        if least == self.end() {
            self.open_start = least;
            self.open.clear();
        }
    }

    /// Compresses what it can, then gives up the oldest lines, until no more than this many bytes are held, as far as
    /// whole chunks go.
    pub fn shrink(&mut self, most: usize) {
        while self.heap_size() > most && (self.pack_oldest() || self.drop_oldest()) {}
    }

    /// Gives up the oldest chunk, if there is one.
    fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.chunks.pop_front() else { return false };
        self.vault.free(oldest.slot);
        self.held -= oldest.slot.length as usize;
        self.first = self.first.max(oldest.end());
        true
    }

    /// A line by its number.
    pub fn line(&self, number: u64) -> Option<Line> {
        if !(self.first..self.end()).contains(&number) {
            return None;
        }
        if let Some(index) = number.checked_sub(self.open_start) {
            return self.open.line(index as usize);
        }
        let after = self.chunks.partition_point(|chunk| chunk.start <= number);
        let chunk = self.chunks.get(after.checked_sub(1)?)?;
        self.opened(chunk).line((number - chunk.start) as usize)
    }

    /// What is in a chunk, from the cache where it was the last that was asked for.
    fn opened(&self, chunk: &Chunk) -> Arc<Open> {
        let mut cache = self.cache.borrow_mut();
        if let Some((start, open)) = &*cache
            && *start == chunk.start
        {
            return open.clone();
        }
        let open = Arc::new(chunk.read(&*self.vault));
        *cache = Some((chunk.start, open.clone()));
        open
    }

    fn forget_cache(&mut self) {
        *self.cache.get_mut() = None;
    }

    /// The newest line goes on in what would be the next.
    pub fn goes_on(&self) -> bool {
        if self.end() == self.first {
            return false;
        }
        match (self.open.len().checked_sub(1), self.chunks.back()) {
            (Some(last), _) => self.open.is_wrapped(last),
            (None, Some(chunk)) => chunk.wraps && self.opened(chunk).is_wrapped(chunk.lines as usize - 1),
            (None, None) => false,
        }
    }

    /// Takes the newest line out again.
    pub fn pop(&mut self, tables: &mut Tables) -> Option<Row> {
        if self.end() == self.first {
            return None;
        }
        if self.open.len() == 0 {
            let newest = self.chunks.pop_back()?;
            self.open_start = newest.start;
            self.open = self.take_out(&newest);
        }
        let row = self.open.pop(tables);
        if self.end() == self.first {
            self.forget_before(self.first);
        }
        row
    }

    /// Reads a chunk that will not be needed in the vault any more.
    fn take_out(&mut self, chunk: &Chunk) -> Open {
        self.forget_cache();
        let open = chunk.read(&*self.vault);
        self.vault.free(chunk.slot);
        self.held -= chunk.slot.length as usize;
        open
    }

    /// Moves all chunks to another vault. False where that has no room; then they stay where they are.
    pub fn move_to(&mut self, mut vault: Box<dyn Vault>) -> bool {
        let slots: Option<Vec<_>> = self.chunks.iter().map(|chunk| vault.put(self.vault.get(chunk.slot))).collect();
        let Some(slots) = slots else { return false };
        self.chunks.iter_mut().zip(slots).for_each(|(chunk, slot)| chunk.slot = slot);
        self.vault = vault;
        true
    }

    /// Memory beside the struct itself, in bytes; that of the vault is counted with it.
    pub fn heap_size(&self) -> usize {
        self.held + self.open.heap_size() + self.chunks.capacity() * size_of::<Chunk>()
    }

    #[cfg(any(test, fuzzing))]
    pub fn verify(&self) {
        let mut start = self.chunks.front().map_or(self.open_start, |oldest| oldest.start);
        assert!(start <= self.first && self.first <= self.end());
        assert_eq!(self.held, self.chunks.iter().map(|chunk| chunk.slot.length as usize).sum::<usize>());
        for chunk in &self.chunks {
            assert_eq!(chunk.start, start);
            assert!(chunk.lines > 0 && chunk.end() > self.first);
            assert_eq!(chunk.read(&*self.vault).len(), chunk.lines as usize);
            start = chunk.end();
        }
        assert_eq!(start, self.open_start);
    }
}
