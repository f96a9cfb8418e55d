//! Where a terminal keeps the history that is no longer written to: memory that may outlive the process.

use std::fmt;

/// Where bytes lie in a [`Vault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub offset: u64,
    pub length: u32,
}

/// Memory that a terminal keeps its packed history in. It may outlive the process.
pub trait Vault: fmt::Debug + Send {
    /// Takes in a copy; none where there is no room (the terminal then gives up its oldest lines and tries again, and
    /// at last drops the lines).
    fn put(&mut self, bytes: &[u8]) -> Option<Slot>;
    /// What was put there. A slot that is not (any more) valid gives an empty slice.
    fn get(&self, slot: Slot) -> &[u8];
    /// Is not needed any more.
    fn free(&mut self, slot: Slot);
    /// While restoring: this slot, named by a snapshot, is in use. False where it cannot be (out of bounds, overlaps).
    fn claim(&mut self, slot: Slot) -> bool;
}

/// Blocks beyond this are as long as so many of it, so that one fits in the place of another.
const ROUNDED: usize = 32 << 10;

/// The heap of this process: what lies there ends with it, so that no snapshot finds anything in a new one.
#[derive(Default)]
pub struct HeapVault {
    /// A slot's offset is its place here.
    blocks: Vec<Option<Vec<u8>>>,
    free: Vec<usize>,
    /// Memory of a freed block for one of its size: output that floods through a short history frees as it puts.
    spare: Vec<u8>,
    last_put: usize,
}

impl Vault for HeapVault {
    fn put(&mut self, bytes: &[u8]) -> Option<Slot> {
        let length = u32::try_from(bytes.len()).ok()?;
        let mut block = std::mem::take(&mut self.spare);
        if block.capacity() < bytes.len() || block.capacity() > 2 * bytes.len() {
            let large = bytes.len() > ROUNDED;
            block = Vec::with_capacity(if large { bytes.len().next_multiple_of(ROUNDED) } else { bytes.len() });
        }
        block.extend_from_slice(bytes);
        let block = Some(block);
        self.last_put = bytes.len();
        let place = match self.free.pop() {
            Some(place) => {
                self.blocks[place] = block;
                place
            }
            None => {
                self.blocks.push(block);
                self.blocks.len() - 1
            }
        };
        Some(Slot { offset: place as u64, length })
    }

    fn get(&self, slot: Slot) -> &[u8] {
        let block = usize::try_from(slot.offset).ok().and_then(|place| self.blocks.get(place)?.as_deref());
        block.filter(|block| block.len() == slot.length as usize).unwrap_or_default()
    }

    fn free(&mut self, slot: Slot) {
        if let Ok(place) = usize::try_from(slot.offset)
            && let Some(mut block) = self.blocks.get_mut(place).and_then(Option::take)
        {
            self.free.push(place);
            if block.capacity() <= 2 * self.last_put {
                block.clear();
                self.spare = block;
            }
        }
    }

    fn claim(&mut self, _: Slot) -> bool {
        false
    }
}

impl fmt::Debug for HeapVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeapVault of {} blocks", self.blocks.len() - self.free.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_gives_what_was_put_there_until_it_is_freed() {
        let mut vault = HeapVault::default();
        let (one, two) = (vault.put(b"one").unwrap(), vault.put(b"twelve").unwrap());
        assert_eq!((vault.get(one), vault.get(two)), (&b"one"[..], &b"twelve"[..]));
        vault.free(one);
        vault.free(one);
        assert_eq!(vault.get(one), b"");
        let three = vault.put(b"three").unwrap();
        assert_eq!((vault.get(one), vault.get(three)), (&b""[..], &b"three"[..]), "of another length");
        assert_eq!(vault.get(Slot { offset: u64::MAX, length: 1 }), b"");
        assert!(!vault.claim(two), "no snapshot's");
    }
}
