//! The lines that have left the top of the screen, packed, the older part compressed.
//!
//! ```text
//!   chunks:  [ packed ][ packed ] … [ open ][ open ][ open ◄─ lines come in here ]
//!              │                      text and marks as they are, limits::HISTORY_OPEN bytes at most
//!              └ zstd: quick when the open ones get too many, thorough when the pane is quiet (`compact`)
//! ```
//! A line is found by the number of its chunk's first line. One chunk that was unpacked for reading is kept, as
//! the next line asked for is likely to be its neighbour.

mod chunk;
mod numbers;
mod open;
mod reflow;
mod search;
mod text;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::cell::Cell;
use super::intern::Tables;
use super::row::Row;
use crate::base::{Line, limits};
use chunk::{Chunk, Stored};
use open::Open;
pub use search::Match;

#[derive(Debug)]
pub(super) struct History {
    /// Lines kept at most.
    limit: usize,
    chunks: VecDeque<Chunk>,
    /// The number of the oldest line that is kept.
    first: u64,
    /// The number of the next line that comes in.
    end: u64,
    /// A chunk that was dropped, for its memory.
    spare: Option<Open>,
    cache: Mutex<Option<(u64, Arc<Open>)>>,
}

impl History {
    pub fn new(limit: usize) -> Self {
        Self { limit, chunks: VecDeque::new(), first: 0, end: 0, spare: None, cache: Mutex::new(None) }
    }

    /// The number of the oldest line.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The number behind the newest line; the first of the screen's.
    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.trim();
    }

    pub fn clear(&mut self) {
        self.chunks.clear();
        self.spare = None;
        self.first = self.end;
        self.forget_cache();
    }

    /// Lines that leave without being kept; the screen was thrown away.
    pub fn skip(&mut self, count: u64) {
        self.clear();
        self.end += count;
        self.first = self.end;
    }

    /// Takes in a row that leaves the screen.
    #[inline]
    pub fn push(&mut self, row: &Row, tables: &Tables) {
        self.push_cells(row.cells(), row.fill(), row.wrapped, tables);
    }

    pub fn push_cells(&mut self, cells: &[Cell], fill: Cell, wrapped: bool, tables: &Tables) {
        if self.limit > 0 {
            self.open().push(cells, fill, wrapped, tables);
        }
        self.end += 1;
        self.trim();
    }

    /// The chunk that takes in lines.
    #[inline]
    fn open(&mut self) -> &mut Open {
        let ready = match self.chunks.back() {
            Some(Chunk { stored: Stored::Open(open), .. }) => !open.is_full(),
            _ => false,
        };
        if !ready {
            self.begin_chunk();
        }
        match self.chunks.back_mut() {
            Some(Chunk { stored: Stored::Open(open), .. }) => open,
            _ => unreachable!("a chunk was just begun"),
        }
    }

    fn begin_chunk(&mut self) {
        let mut open = self.spare.take().unwrap_or_default();
        open.clear();
        self.chunks.push_back(Chunk { start: self.end, stored: Stored::Open(open) });
        self.cool_down();
        self.shrink(limits::HISTORY_BYTES);
    }

    /// Compresses the oldest open chunks while they are too many.
    fn cool_down(&mut self) {
        let is_open = |chunk: &&Chunk| matches!(chunk.stored, Stored::Open(_));
        while self.chunks.iter().rev().take_while(is_open).count() > limits::HISTORY_OPEN / limits::HISTORY_CHUNK {
            let oldest = self.chunks.len() - limits::HISTORY_OPEN / limits::HISTORY_CHUNK - 1;
            let Some(chunk) = self.chunks.get_mut(oldest) else { return };
            self.spare = chunk.pack(chunk::QUICK).or(self.spare.take());
        }
    }

    /// Compresses one chunk as well as it can be, if there is one left. To be called while nothing happens, until
    /// it returns false; a call takes some ten milliseconds.
    pub fn compact(&mut self) -> bool {
        self.spare = None;
        self.forget_cache();
        let newest = self.chunks.len().saturating_sub(1);
        for chunk in self.chunks.iter_mut().take(newest) {
            if chunk.pack(chunk::THOROUGH).is_some() || chunk.repack() {
                return true;
            }
        }
        if let Some(Chunk { stored: Stored::Open(open), .. }) = self.chunks.back_mut() {
            open.shrink();
        }
        false
    }

    /// Drops what is beyond the limit.
    #[inline]
    fn trim(&mut self) {
        let least = self.end.saturating_sub(self.limit as u64);
        if self.first >= least {
            return;
        }
        self.first = least;
        while self.chunks.get(1).is_some_and(|second| second.start <= least) {
            self.drop_oldest();
        }
        if self.chunks.len() == 1 && least == self.end {
            self.drop_oldest();
        }
    }

    /// Gives up the oldest lines until no more than this many bytes are held, as far as whole chunks go.
    pub fn shrink(&mut self, most: usize) {
        let mut held = self.heap_size();
        while held > most && self.chunks.len() > 1 {
            self.drop_oldest();
            self.first = self.chunks.front().map_or(self.end, |oldest| oldest.start.max(self.first));
            held = self.heap_size();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(Chunk { stored: Stored::Open(open), .. }) = self.chunks.pop_front() {
            self.spare = Some(open);
        }
    }

    /// A line by its number.
    pub fn line(&self, number: u64) -> Option<Line> {
        let (chunk, index) = self.find(number)?;
        match &chunk.stored {
            Stored::Open(open) => open.line(index),
            Stored::Packed(_) => self.opened(chunk)?.line(index),
        }
    }

    fn find(&self, number: u64) -> Option<(&Chunk, usize)> {
        if !(self.first..self.end).contains(&number) {
            return None;
        }
        let after = self.chunks.partition_point(|chunk| chunk.start <= number);
        let chunk = self.chunks.get(after.checked_sub(1)?)?;
        Some((chunk, (number - chunk.start) as usize))
    }

    /// What is in a packed chunk, from the cache where it was the last that was asked for.
    fn opened(&self, chunk: &Chunk) -> Option<Arc<Open>> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((start, open)) = &*cache
            && *start == chunk.start
        {
            return Some(open.clone());
        }
        let open = Arc::new(chunk.unpacked()?);
        *cache = Some((chunk.start, open.clone()));
        Some(open)
    }

    fn forget_cache(&mut self) {
        *self.cache.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The newest line goes on in what would be the next.
    pub fn goes_on(&self) -> bool {
        self.end > self.first
            && self.find(self.end - 1).is_some_and(|(chunk, index)| match &chunk.stored {
                Stored::Open(open) => open.is_wrapped(index),
                Stored::Packed(_) => self.opened(chunk).is_some_and(|open| open.is_wrapped(index)),
            })
    }

    /// Takes the newest line out again.
    pub fn pop(&mut self, tables: &mut Tables) -> Option<Row> {
        if self.end == self.first {
            return None;
        }
        self.forget_cache();
        let chunk = self.chunks.back_mut()?;
        chunk.open_up();
        let Stored::Open(open) = &mut chunk.stored else { return None };
        let row = open.pop(tables)?;
        self.end -= 1;
        if open.len() == 0 || self.end == self.first {
            self.chunks.pop_back();
        }
        Some(row)
    }

    /// Memory beside the struct itself, in bytes.
    pub fn heap_size(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(Chunk::heap_size).sum();
        let spare = self.spare.as_ref().map_or(0, Open::heap_size);
        chunks + spare + self.chunks.capacity() * size_of::<Chunk>()
    }
}
