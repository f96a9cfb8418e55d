//! Checkpoints: which there is, and how the next one becomes it.
//!
//! There are two roots and two places for data. A checkpoint is written to the place of the older one, then its root;
//! until the last word of that root stands, the other one counts.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::layout;
use super::memory::{self, Memory};
use crate::base::limits::MAX_CHECKPOINT;

/// What the journal goes on from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// Counts checkpoints. 0: there is none, and the journal begins at the pane's first byte.
    pub generation: u64,
    /// Bytes of the saved terminal.
    pub length: u64,
    /// Of those bytes.
    pub checksum: u64,
    /// The position that it was saved at.
    pub position: u64,
    /// The position of the byte that lies, or would lie, at the journal's start.
    pub base: u64,
    /// Events recorded before it.
    pub events: u64,
    /// Bytes of replies that the output before it has asked for.
    pub replies: u64,
}

impl Root {
    fn words(&self) -> [u64; 7] {
        [self.length, self.checksum, self.position, self.base, self.events, self.replies, self.generation]
    }

    /// The newest whole one.
    pub fn newest(memory: &Memory) -> Self {
        let roots = [Self::load(memory, 0), Self::load(memory, 1)];
        roots.into_iter().flatten().max_by_key(|root| root.generation).unwrap_or_default()
    }

    fn load(memory: &Memory, place: u64) -> Option<Self> {
        let at = |index: usize| memory.load(offset(place) + 8 * index);
        let root = Self {
            generation: at(7),
            length: at(0),
            checksum: at(1),
            position: at(2),
            base: at(3),
            events: at(4),
            replies: at(5),
        };
        let whole = root.generation > 0 && root.generation % 2 == place && at(6) == sum_of(&root);
        (whole && root.length <= MAX_CHECKPOINT && root.base <= root.position).then_some(root)
    }

    /// Makes it the newest.
    pub fn store(&self, memory: &mut Memory) {
        let offset = offset(self.generation % 2);
        memory.store(offset + 8 * 7, 0);
        for (index, word) in self.words().into_iter().take(6).enumerate() {
            memory.store(offset + 8 * index, word);
        }
        memory.store(offset + 8 * 6, sum_of(self));
        memory.store(offset + 8 * 7, self.generation);
    }

    /// Writes what a checkpoint holds, where this root is going to name it.
    pub fn write(&self, file: &File, saved: &[u8]) -> io::Result<()> {
        if saved.len() as u64 > MAX_CHECKPOINT {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the screen is too large to be saved"));
        }
        memory::write_at(file, place(self.generation), saved)
    }

    /// What it holds; none where that is not what was written, or there is none.
    pub fn read(&self, file: &File) -> Option<Vec<u8>> {
        if self.generation == 0 || file.metadata().ok()?.len() < place(self.generation) + self.length {
            return None;
        }
        let mut saved = vec![0; usize::try_from(self.length).ok()?];
        file.read_exact_at(&mut saved, place(self.generation)).ok()?;
        (checksum(&saved) == self.checksum).then_some(saved)
    }

    /// Gives back the memory of the checkpoint before this one.
    pub fn release_older(&self, file: &File) {
        let older = place(self.generation + 1);
        memory::punch(file, older..older + MAX_CHECKPOINT);
    }
}

fn offset(place: u64) -> usize {
    layout::ROOTS + place as usize * layout::ROOT_LENGTH
}

fn place(generation: u64) -> u64 {
    layout::CHECKPOINTS + generation % 2 * MAX_CHECKPOINT
}

fn sum_of(root: &Root) -> u64 {
    root.words().into_iter().fold(layout::MAGIC_VALUE, mix)
}

/// Of a checkpoint: it is there to notice one that is not whole, not one that somebody has forged. Eight bytes at a
/// time, in an order of its own on every machine, as nobody else reads it.
pub fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| mix(sum, u64::from_ne_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
}

/// One step of FxHash (Firefox's), with a rotation that lets high bits reach low ones.
fn mix(sum: u64, word: u64) -> u64 {
    (sum.rotate_left(26) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}
