//! The end of a journal at which output comes in, lent to a thread that reads while the pane's task parses.
//!
//! ```text
//!   root.position     parsed         written        ahead            limit
//!     ├── to replay ────┼── to parse ───┼── FILLER ────┼── …  ─────────┤
//!     └──────── the lender's ───────────┴─────── the borrower's ───────┘
//! ```
//! The two share nothing but words of the header (`written` and `ahead`, stored by the borrower) and the limit, which
//! the lender moves on as it parses. What a crash leaves is the same as if the lender had read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::layout;
use super::memory::crash;
use super::ring::Ring;
use crate::base::limits::FLOOD_ROOM;
use crate::base::sys::Mapping;

pub struct Lent {
    /// The journal's pages once more, all of them there.
    pub(super) mapping: Mapping,
    pub(super) ring: Ring,
    pub(super) written: u64,
    pub(super) ahead: u64,
    /// Nothing may be written from this position on.
    pub(super) limit: Arc<AtomicU64>,
}

impl Lent {
    /// The position behind all that has been read.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// There is none while the lender has to parse first.
    pub fn has_room(&self) -> bool {
        self.written < self.limit()
    }

    /// One read by `read`, into the journal itself, and the note of it. Wants room.
    pub fn read(&mut self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<usize> {
        let edge = self.ring.edge(self.written);
        let target = (self.written + FLOOD_ROOM as u64).min(self.limit()).min(edge);
        if target > self.ahead {
            for piece in self.ring.pieces(self.ahead..target) {
                crash::point();
                self.mapping.bytes_mut()[piece].fill(layout::FILLER);
            }
            self.ahead = target;
            self.note(layout::AHEAD, target);
        }
        let room = self.ring.piece(self.written..self.ahead.min(edge));
        let count = read(&mut self.mapping.bytes_mut()[room])?;
        self.written += count as u64;
        self.note(layout::WRITTEN, self.written);
        Ok(count)
    }

    fn note(&mut self, word: usize, position: u64) {
        crash::point();
        self.mapping.store(word, position);
    }

    fn limit(&self) -> u64 {
        self.limit.load(Ordering::Acquire)
    }
}
