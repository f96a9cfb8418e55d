//! Where positions lie in a journal's memory.

use std::ops::Range;

use super::layout;

/// The position `base` lies at the journal's start, and all others behind it, around and around.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    pub base: u64,
    /// Bytes in one turn.
    pub capacity: u64,
}

impl Ring {
    /// The position, after this one, at which the ring begins anew.
    pub fn edge(self, position: u64) -> u64 {
        position + self.capacity - self.offset(position)
    }

    /// Where in the memory this position lies.
    pub fn place(self, position: u64) -> usize {
        layout::JOURNAL + self.offset(position) as usize
    }

    /// Where these positions lie, which do not go over the edge.
    pub fn piece(self, range: Range<u64>) -> Range<usize> {
        let start = self.place(range.start);
        start..start + (range.end - range.start) as usize
    }

    /// Where these positions lie.
    pub fn pieces(self, range: Range<u64>) -> impl Iterator<Item = Range<usize>> {
        let edge = self.edge(range.start).min(range.end);
        [range.start..edge, edge..range.end]
            .into_iter()
            .filter(|range| !range.is_empty())
            .map(move |range| self.piece(range))
    }

    fn offset(self, position: u64) -> u64 {
        (position - self.base) % self.capacity
    }
}
