//! Searching the text of the history, a chunk at a time, without making lines of it.

use std::ops::Range;

use super::History;
use super::open::Open;

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

impl History {
    /// The last matches within `lines`, newest first, at most `limit`. `find` is asked for the first match in a
    /// text whose lines end in `\n`, unless the screen's edge broke them.
    pub fn search(
        &self,
        lines: Range<u64>,
        limit: usize,
        find: &mut dyn FnMut(&[u8]) -> Option<Range<usize>>,
    ) -> Vec<Match> {
        let mut found = Vec::new();
        let lines = lines.start.max(self.first)..lines.end.min(self.end());
        if lines.end > self.open_start {
            search_chunk(self.open_start, &self.open, &lines, find, &mut found);
        }
        for chunk in self.chunks.iter().rev().filter(|chunk| chunk.start < lines.end) {
            if found.len() >= limit || chunk.end() <= lines.start {
                break;
            }
            search_chunk(chunk.start, &chunk.read(&*self.vault), &lines, find, &mut found);
        }
        found.truncate(limit);
        found
    }
}

fn search_chunk(
    first: u64,
    open: &Open,
    lines: &Range<u64>,
    find: &mut dyn FnMut(&[u8]) -> Option<Range<usize>>,
    found: &mut Vec<Match>,
) {
    let before = found.len();
    let mut at = 0;
    while let Some(range) = open.all_text().get(at..).and_then(&mut *find) {
        let (start, end) = (at + range.start, at + range.end);
        let index = open.line_at(start);
        let line = first + index as u64;
        if lines.contains(&line) {
            let line_start = index.checked_sub(1).map_or(0, |before| open.text_end(before));
            found.push(Match { line, start: start - line_start, length: end - start });
        }
        at = end.max(start + 1);
    }
    found[before..].reverse();
}
