//! Writing fields.

use super::Coded;

/// Appends fields to bytes.
pub(in crate::term) struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// A field whose value is appended by `write`.
    pub fn value(&mut self, tag: u16, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.extend_from_slice(&tag.to_le_bytes());
        self.out.extend_from_slice(&[0; 4]);
        let start = self.out.len();
        write(self.out);
        let length = (self.out.len() - start) as u32;
        self.out[start - 4..start].copy_from_slice(&length.to_le_bytes());
    }

    /// A field that consists of fields.
    pub fn part(&mut self, tag: u16, write: impl FnOnce(&mut Writer<'_>)) {
        self.value(tag, |out| write(&mut Writer::new(out)));
    }

    pub fn number(&mut self, tag: u16, number: u64) {
        let length = (71 - number.leading_zeros() as usize) / 8;
        self.bytes(tag, &number.to_le_bytes()[..length]);
    }

    pub fn count(&mut self, tag: u16, count: usize) {
        self.number(tag, count as u64);
    }

    pub fn flag(&mut self, tag: u16, flag: bool) {
        self.number(tag, flag.into());
    }

    pub fn code(&mut self, tag: u16, choice: &impl Coded) {
        self.number(tag, choice.code());
    }

    pub fn bytes(&mut self, tag: u16, bytes: &[u8]) {
        self.value(tag, |out| out.extend_from_slice(bytes));
    }

    /// Records of some words each.
    pub fn records<const N: usize>(&mut self, tag: u16, records: impl Iterator<Item = [u64; N]>) {
        self.value(tag, |out| {
            out.extend_from_slice(&(N as u16).to_le_bytes());
            for word in records.flatten() {
                out.extend_from_slice(&word.to_le_bytes());
            }
        });
    }
}

/// Appends words in one go; the compiler makes a copy of memory of it where that is little-endian.
pub(in crate::term) fn put_words<T: Copy>(out: &mut Vec<u8>, words: &[T], word: impl Fn(T) -> u64) {
    let start = out.len();
    out.resize(start + 8 * words.len(), 0);
    for (bytes, &from) in out[start..].chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word(from).to_le_bytes());
    }
}
