//! Memory that outlives its terminal, as the server's does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use mux::term::{Slot, Vault};

/// Blocks by their places, as the next process finds them: those that were freed are still there until another one
/// takes the place.
type Blocks = BTreeMap<u64, Arc<[u8]>>;

/// What of a vault outlives its terminal.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<Blocks>>);

#[derive(Debug)]
struct Arena {
    kept: Kept,
    used: BTreeMap<u64, (Arc<[u8]>, u32)>,
    /// Bytes that there is room for yet.
    room: usize,
}

impl Kept {
    /// A vault over this memory, with nothing in use yet.
    pub fn vault(&self, room: usize) -> Box<dyn Vault> {
        Box::new(Arena { kept: self.clone(), used: BTreeMap::new(), room })
    }

    /// A copy, for another terminal to go on with.
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.with(|blocks| blocks.clone()))))
    }

    /// Bytes of all blocks.
    pub fn len(&self) -> usize {
        self.with(|blocks| blocks.values().map(|block| block.len()).sum())
    }

    /// Writes a byte at this place among all blocks, as if they lay one behind the other.
    pub fn damage(&self, place: usize, byte: u8) {
        self.with(|blocks| {
            let mut place = place;
            for block in blocks.values_mut() {
                if let Some(left) = place.checked_sub(block.len()) {
                    place = left;
                    continue;
                }
                let mut bytes = block.to_vec();
                bytes[place] = byte;
                *block = bytes.into();
                return;
            }
        });
    }

    fn with<T>(&self, look: impl FnOnce(&mut Blocks) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Vault for Arena {
    fn put(&mut self, bytes: &[u8]) -> Option<Slot> {
        self.room = self.room.checked_sub(bytes.len())?;
        let offset = (0..).find(|offset| !self.used.contains_key(offset))?;
        let length = u32::try_from(bytes.len()).ok()?;
        let block: Arc<[u8]> = bytes.into();
        self.kept.with(|blocks| blocks.insert(offset, block.clone()));
        self.used.insert(offset, (block, length));
        Some(Slot { offset, length })
    }

    fn get(&self, slot: Slot) -> &[u8] {
        let (block, length) = &self.used[&slot.offset];
        assert_eq!(*length, slot.length, "asked for what is not there");
        &block[..slot.length as usize]
    }

    fn free(&mut self, slot: Slot) {
        let freed = self.used.remove(&slot.offset).map(|(_, length)| length);
        assert_eq!(freed, Some(slot.length), "freed twice");
        self.room += slot.length as usize;
    }

    fn claim(&mut self, slot: Slot) -> bool {
        let block = self.kept.with(|blocks| blocks.get(&slot.offset).cloned());
        let block = block.filter(|block| slot.length as usize <= block.len());
        let Some(block) = block.filter(|_| !self.used.contains_key(&slot.offset)) else { return false };
        self.room = self.room.saturating_sub(slot.length as usize);
        self.used.insert(slot.offset, (block, slot.length));
        true
    }
}
