//! The part of a survival memory that holds packed history.
//!
//! Which of it is in use is known to the heap alone, and found out again by what a checkpoint claims. What is freed
//! may still be needed by the last checkpoint; it is used again once there is a newer one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::layout::ARENA;
use super::memory;
use crate::base::limits::SURVIVAL_SPARE;
use crate::base::sys::View;
use crate::term::{Slot, Vault};

/// What is handed out are multiples of this.
const GRAIN: u64 = 64;

/// The view grows by this at least; it is address space, not memory.
const VIEW: u64 = 4 << 20;

#[derive(Debug)]
pub struct Arena {
    file: Arc<File>,
    view: View,
    space: Arc<Space>,
    /// Bytes of the file's arena when it was opened. What lies there and is not claimed is left over.
    left: u64,
}

impl Arena {
    /// Over the arena of this file.
    pub fn new(file: Arc<File>, space: Arc<Space>) -> Self {
        let left = file.metadata().map_or(0, |metadata| metadata.len().saturating_sub(ARENA));
        Self { file, view: View::new(ARENA), space, left }
    }

    fn show(&mut self, end: u64) -> bool {
        let shown = self.view.bytes().len() as u64;
        end <= shown || self.view.grow(self.file.as_fd(), end.max(2 * shown).next_multiple_of(VIEW) as usize).is_ok()
    }
}

impl Vault for Arena {
    fn put(&mut self, bytes: &[u8]) -> Option<Slot> {
        if self.left > 0 {
            // A server before this one has put something here after its last checkpoint.
            let left = std::mem::take(&mut self.left);
            self.space.lock().give_back(&self.file, left);
        }
        let slot = Slot { offset: 0, length: u32::try_from(bytes.len()).ok()? };
        let offset = self.space.lock().take(size(slot));
        let slot = Slot { offset, ..slot };
        let written = self.show(offset + size(slot)) && memory::write_at(&self.file, ARENA + offset, bytes).is_ok();
        if !written {
            self.space.lock().let_go(&self.file, slot);
        }
        written.then_some(slot)
    }

    fn get(&self, slot: Slot) -> &[u8] {
        let start = usize::try_from(slot.offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(slot.length as usize);
        // Beyond `end` of the free part nothing has been written, and the file may be shorter than the view.
        let known = slot.offset.saturating_add(slot.length.into()) <= self.space.lock().free.end;
        self.view.bytes().get(start..end).filter(|_| known).unwrap_or_default()
    }

    fn free(&mut self, slot: Slot) {
        let mut parts = self.space.lock();
        if parts.committed { parts.waiting.push(slot) } else { parts.let_go(&self.file, slot) }
    }

    fn claim(&mut self, slot: Slot) -> bool {
        let inside = slot.offset.checked_add(slot.length.into()).is_some_and(|end| end <= self.left);
        inside
            && slot.offset.is_multiple_of(GRAIN)
            && self.space.lock().free.claim(slot.offset, slot.offset + size(slot))
            && self.show(slot.offset + size(slot))
    }
}

/// What of an arena is in use: shared by the arena, which hands it out, and who makes the checkpoints.
#[derive(Debug, Default)]
pub struct Space {
    parts: Mutex<Parts>,
}

#[derive(Debug, Default)]
struct Parts {
    free: Free,
    /// Bytes that are free and still take memory: those freed since memory was given back, without those taken.
    spare: u64,
    /// There has been a checkpoint.
    committed: bool,
    /// Freed since then: it may need them.
    waiting: Vec<Slot>,
}

impl Space {
    /// `committed`: there is a checkpoint already.
    pub fn new(committed: bool) -> Self {
        Self { parts: Mutex::new(Parts { committed, ..Parts::default() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a new checkpoint. `quiet`: the arena may not be asked for anything for long, so all memory that is
    /// not in use goes back.
    pub fn commit(&self, file: &File, quiet: bool) {
        let mut parts = self.lock();
        parts.committed = true;
        for slot in std::mem::take(&mut parts.waiting) {
            parts.let_go(file, slot);
        }
        if quiet {
            parts.give_back(file, 0);
        }
    }
}

impl Parts {
    /// The start of so many bytes.
    fn take(&mut self, length: u64) -> u64 {
        self.spare = self.spare.saturating_sub(length);
        self.free.take(length)
    }

    /// Nobody needs it. Its memory stays for what comes next, as far as that is not too much: a flood that runs
    /// through a short history would take and give back a page for each that it fills.
    fn let_go(&mut self, file: &File, slot: Slot) {
        self.free.add(slot.offset, slot.offset + size(slot));
        self.spare += size(slot);
        if self.spare > SURVIVAL_SPARE {
            self.give_back(file, 0);
        }
    }

    /// Gives back the memory of what is not in use, up to `end` if that is beyond it.
    fn give_back(&mut self, file: &File, end: u64) {
        self.spare = 0;
        let unused = self.free.extents().chain([(self.free.end, end)]);
        for (start, end) in unused.filter(|(start, end)| start < end) {
            memory::punch(file, ARENA + start..ARENA + end);
        }
    }
}

/// Bytes that it takes.
fn size(slot: Slot) -> u64 {
    u64::from(slot.length).next_multiple_of(GRAIN)
}

/// The parts that are not in use, none beside another one, and everything from `end` on.
#[derive(Debug, Default)]
struct Free {
    /// By their start.
    ends: BTreeMap<u64, u64>,
    /// The same by their length.
    lengths: BTreeSet<(u64, u64)>,
    end: u64,
}

impl Free {
    fn extents(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ends.iter().map(|(start, end)| (*start, *end))
    }

    fn insert(&mut self, start: u64, end: u64) {
        if start < end {
            self.ends.insert(start, end);
            self.lengths.insert((end - start, start));
        }
    }

    fn remove(&mut self, start: u64, end: u64) {
        self.ends.remove(&start);
        self.lengths.remove(&(end - start, start));
    }

    /// The start of so many bytes, from the smallest part that has them.
    fn take(&mut self, length: u64) -> u64 {
        let Some(&(found, start)) = self.lengths.range((length, 0)..).next() else {
            let start = self.end;
            self.end += length;
            return start;
        };
        self.remove(start, start + found);
        self.insert(start + length, start + found);
        start
    }

    /// Not in use any more.
    fn add(&mut self, mut start: u64, mut end: u64) {
        if let Some((&before, _)) = self.ends.range(..start).next_back().filter(|(_, before)| **before == start) {
            self.remove(before, start);
            start = before;
        }
        if let Some(&behind) = self.ends.get(&end) {
            self.remove(end, behind);
            end = behind;
        }
        self.insert(start, end);
    }

    /// Takes exactly these; false where not all of them are free.
    fn claim(&mut self, start: u64, end: u64) -> bool {
        if start >= self.end {
            self.add(self.end, start);
            self.end = end;
            return true;
        }
        let Some((&from, &to)) = self.ends.range(..=start).next_back().filter(|(_, to)| **to >= end) else {
            return start == end;
        };
        self.remove(from, to);
        self.insert(from, start);
        self.insert(end, to);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::memory::Memory;
    use super::*;

    fn arena() -> (Arena, Arc<Space>, Arc<File>) {
        let space = Arc::new(Space::default());
        let file = Memory::create().unwrap().file().cloned().unwrap();
        (Arena::new(Arc::clone(&file), Arc::clone(&space)), space, file)
    }

    /// Kibibytes that the file takes.
    fn taken(file: &File) -> u64 {
        use std::os::unix::fs::MetadataExt;
        file.metadata().unwrap().blocks() / 2
    }

    #[test]
    fn what_the_last_checkpoint_needs_is_not_overwritten() {
        let (mut arena, space, file) = arena();
        let first = arena.put(&[1; 1000]).unwrap();
        space.commit(&file, false);
        arena.free(first);
        let second = arena.put(&[2; 1000]).unwrap();
        assert_ne!(second.offset, first.offset);
        assert_eq!(arena.get(first), [1; 1000]);
        space.commit(&file, false);
        assert_eq!(arena.put(&[3; 900]).unwrap().offset, first.offset);
        assert_eq!(arena.get(second), [2; 1000]);
    }

    #[test]
    fn memory_that_is_not_needed_is_given_back() {
        let (mut arena, space, file) = arena();
        let slots: Vec<Slot> = (0..64).map(|n| arena.put(&[n; 10_000]).unwrap()).collect();
        let kept = slots[20];
        let full = taken(&file);
        assert!(full >= 625, "{full}");
        space.commit(&file, false);
        slots.iter().filter(|slot| **slot != kept).for_each(|slot| arena.free(*slot));
        assert_eq!(taken(&file), full, "the checkpoint still needs it");
        space.commit(&file, false);
        assert_eq!(taken(&file), full, "what comes next may go there");
        space.commit(&file, true);
        assert!(taken(&file) <= 4 + 64 * 4 + 16, "{}, but for pages that two share", taken(&file));
        let new = arena.put(b"x").unwrap();
        assert!(taken(&file) <= 4 + 4 + 16, "{}", taken(&file));
        assert_eq!((arena.get(kept), arena.get(new)), (&[20; 10_000][..], &b"x"[..]));
    }

    #[test]
    fn the_next_server_finds_what_is_claimed_and_clears_the_rest() {
        let (mut arena, _, file) = arena();
        let slots: Vec<Slot> = (0..8).map(|n| arena.put(&[n; 8192]).unwrap()).collect();
        drop(arena);
        let mut arena = Arena::new(Arc::clone(&file), Arc::new(Space::new(true)));
        assert!(arena.claim(slots[5]) && arena.claim(slots[2]));
        assert!(!arena.claim(slots[5]), "twice");
        assert!(!arena.claim(Slot { offset: slots[2].offset + 64, length: 8 }), "overlaps");
        assert!(
            !arena.claim(Slot { offset: 0, length: u32::MAX }) && !arena.claim(Slot { offset: u64::MAX, length: 1 })
        );
        assert_eq!(arena.get(slots[5]), [5; 8192]);
        let new = arena.put(&[9; 100]).unwrap();
        assert_eq!((arena.get(new), arena.get(slots[2])), (&[9; 100][..], &[2; 8192][..]));
        assert!(taken(&file) <= 4 + 16 + 4, "{}", taken(&file));
        assert_eq!(arena.get(Slot { offset: 1 << 40, length: 9 }), b"");
    }

    #[derive(Clone, Debug)]
    enum Step {
        Put(u8, usize),
        Free(usize),
        Commit,
        Reopen,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (any::<u8>(), 0..20_000usize).prop_map(|(byte, length)| Step::Put(byte, length)),
            3 => any::<usize>().prop_map(Step::Free),
            1 => Just(Step::Commit),
            1 => Just(Step::Reopen),
        ];
        proptest::collection::vec(step, 1..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// What is in use, and what the last checkpoint has, is never touched.
        #[test]
        fn nothing_is_overwritten(steps in steps()) {
            let (mut arena, mut space, file) = arena();
            let mut live: Vec<(Slot, Vec<u8>)> = Vec::new();
            let mut saved: Vec<(Slot, Vec<u8>)> = Vec::new();
            for step in steps {
                match step {
                    Step::Put(byte, length) => live.push((arena.put(&vec![byte; length]).unwrap(), vec![byte; length])),
                    Step::Free(_) if live.is_empty() => {}
                    Step::Free(at) => arena.free(live.swap_remove(at % live.len()).0),
                    Step::Commit => {
                        saved = live.clone();
                        space.commit(&file, false);
                    }
                    Step::Reopen => {
                        let committed = space.lock().committed;
                        space = Arc::new(Space::new(committed));
                        arena = Arena::new(Arc::clone(&file), Arc::clone(&space));
                        live = saved.clone();
                        for (slot, _) in &live {
                            prop_assert!(arena.claim(*slot));
                        }
                    }
                }
                for (slot, bytes) in live.iter().chain(&saved) {
                    prop_assert_eq!(arena.get(*slot), &bytes[..]);
                }
            }
        }
    }
}
