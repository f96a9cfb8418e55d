//! How far a job's log is, so that after a crash its end is what the program printed, once.
//!
//! The note is stored before the log is written to; afterwards the file's length tells how much of it was done.

use super::layout;
use super::memory::Memory;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogNote {
    /// The file, by device and inode. Zeros before the first.
    pub device: u64,
    pub inode: u64,
    /// Its length before what is being appended.
    pub length: u64,
    /// The position of the first byte that is being appended. The highest: nothing will be any more.
    pub position: u64,
    /// Bytes before that which could not be written, and of which the log has to tell first.
    pub lost: u64,
    /// Bytes that are being appended.
    pub count: u64,
    /// Bytes of remarks that are put before them. Zero with a loss: an earlier version, with the remark of that alone.
    pub remarks: u64,
}

impl LogNote {
    const CLOSED: u64 = u64::MAX;

    /// There is no log any more.
    pub fn closed() -> Self {
        Self { position: Self::CLOSED, ..Self::default() }
    }

    pub fn is_closed(self) -> bool {
        self.position == Self::CLOSED
    }

    pub fn load(memory: &Memory) -> Self {
        let slot = slot(memory.load(layout::LOG_NOTES));
        let at = |index: usize| memory.load(slot + 8 * index);
        Self { device: at(0), inode: at(1), length: at(2), position: at(3), lost: at(4), count: at(5), remarks: at(6) }
    }

    pub fn store(self, memory: &mut Memory) {
        let next = memory.load(layout::LOG_NOTES).wrapping_add(1);
        let slot = slot(next);
        let words = [self.device, self.inode, self.length, self.position, self.lost, self.count, self.remarks];
        for (index, word) in words.into_iter().enumerate() {
            memory.store(slot + 8 * index, word);
        }
        memory.store(layout::LOG_NOTES, next);
    }
}

fn slot(number: u64) -> usize {
    layout::LOG + (number % 2) as usize * layout::LOG_LENGTH
}
