//! Searching the text of the history, a chunk at a time, without making lines of it. What is packed is unpacked by
//! several threads at once; they end with the search.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::History;
use super::chunk::{Chunk, Memory};
use super::open::Open;
use crate::base::limits;

/// Where a search has found something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The number of the line that it begins in.
    pub line: u64,
    /// Bytes of that line's text before it.
    pub start: usize,
    /// Bytes that it is long; more than the line has left where it goes on in the next.
    pub length: usize,
}

/// Gives the first match in a text.
pub(in crate::term) type Find<'a> = dyn Fn(&[u8]) -> Option<Range<usize>> + Sync + 'a;

/// Chunks for each thread before it is looked whether enough is found: enough that it is worth to begin a thread.
const BATCH: usize = 8;

impl History {
    /// The last matches within `lines`, newest first, at most `limit`. `find` is asked for the first match in a
    /// text whose lines end in `\n`, unless the screen's edge broke them.
    pub fn search(&self, lines: Range<u64>, limit: usize, find: &Find) -> Vec<Match> {
        let lines = lines.start.max(self.first)..lines.end.min(self.end());
        let mut found =
            if lines.end > self.open_start { matches(self.open_start, &self.open, &lines, find) } else { Vec::new() };
        let first = self.chunks.partition_point(|chunk| chunk.end() <= lines.start);
        let behind = self.chunks.partition_point(|chunk| chunk.start < lines.end);
        let mut left: Vec<Sealed> = self
            .chunks
            .range(first..behind.max(first))
            .map(|chunk| Sealed { chunk, bytes: self.vault.get(chunk.slot) })
            .collect();
        // What is looked for is often near: one chunk, then many at once.
        let mut batch = 1;
        while found.len() < limit && !left.is_empty() {
            let sealed = left.split_off(left.len().saturating_sub(batch));
            found.extend(search_all(&sealed, &lines, find).into_iter().rev().flatten());
            batch = BATCH * threads();
        }
        found.truncate(limit);
        found
    }
}

/// A chunk and what of it lies in the vault.
struct Sealed<'a> {
    chunk: &'a Chunk,
    bytes: &'a [u8],
}

impl Sealed<'_> {
    fn search(&self, memory: &mut Memory, lines: &Range<u64>, find: &Find) -> Vec<Match> {
        // Most hold nothing, and are not looked at any closer.
        match self.chunk.text(self.bytes, memory).and_then(find) {
            Some(_) => matches(self.chunk.start, &self.chunk.opened(self.bytes), lines, find),
            None => Vec::new(),
        }
    }
}

/// The matches in each of these, by as many threads as can be had.
fn search_all(sealed: &[Sealed], lines: &Range<u64>, find: &Find) -> Vec<Vec<Match>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut memory = Memory::default();
        let mut found = Vec::new();
        while let Some((at, sealed)) = take(sealed, &next) {
            found.push((at, sealed.search(&mut memory, lines, find)));
        }
        found
    };
    let mut found = thread::scope(|scope| {
        let helpers = threads().min(sealed.len()).saturating_sub(1);
        // Where there are none to be had, this one does it alone.
        let helpers: Vec<_> =
            (0..helpers).map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut found = work();
        for helper in helpers {
            match helper.join() {
                Ok(others) => found.extend(others),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        found
    });
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, matches)| matches).collect()
}

/// The next that nobody has taken yet.
fn take<'a, T>(all: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, all.get(at)?))
}

/// As many as the machine runs at once.
fn threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    *THREADS.get_or_init(|| thread::available_parallelism().map_or(1, usize::from).min(limits::SEARCH_THREADS))
}

/// Those in one run of lines, newest first.
fn matches(first: u64, open: &Open, lines: &Range<u64>, find: &Find) -> Vec<Match> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(range) = open.all_text().get(at..).and_then(find) {
        let (start, end) = (at + range.start, at + range.end);
        let index = open.line_at(start);
        let line = first + index as u64;
        if lines.contains(&line) {
            let line_start = index.checked_sub(1).map_or(0, |before| open.text_end(before));
            found.push(Match { line, start: start - line_start, length: end - start });
        }
        at = end.max(start + 1);
    }
    found.reverse();
    found
}
