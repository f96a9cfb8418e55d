//! The text of cells as UTF-8, gathered in a small buffer of fixed size: no decision about memory for each character.

use crate::term::cell::Cell;

/// Bytes gathered before they go to the text.
const GATHERED: usize = 256;

/// Most bytes that one step adds: a character is stored as a word and cut to its length.
const STEP: usize = 4;

/// ASCII of this length is worth a way of its own.
const WORD: usize = 8;

/// Text that is being added to.
pub(super) struct Text {
    all: Vec<u8>,
    bytes: [u8; GATHERED],
    length: usize,
}

impl Text {
    pub fn new(all: Vec<u8>) -> Self {
        Self { all, bytes: [0; GATHERED], length: 0 }
    }

    pub fn len(&self) -> usize {
        self.all.len() + self.length
    }

    fn flush(&mut self) {
        self.all.extend_from_slice(&self.bytes[..self.length]);
        self.length = 0;
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.flush();
        self.all
    }

    /// Adds the text of a cluster.
    pub fn push_str(&mut self, text: &str) {
        if self.length + text.len() > GATHERED {
            self.flush();
        }
        match self.bytes.get_mut(self.length..self.length + text.len()) {
            Some(place) => {
                place.copy_from_slice(text.as_bytes());
                self.length += text.len();
            }
            None => self.all.extend_from_slice(text.as_bytes()),
        }
    }

    /// Adds the characters at the start that look alike and are as wide; returns how many cells they are.
    pub fn run(&mut self, cells: &[Cell]) -> usize {
        let Some(&first) = cells.first() else { return 0 };
        let other = |cell: &Cell| cell.bits() ^ first.bits();
        let mut taken = 0;
        let word =
            cells.first_chunk::<WORD>().map_or(u64::MAX, |word| word.iter().fold(0, |all, one| all | other(one)));
        if first.content() < 0x80 && word < 0x80 {
            // The same look and ASCII: one comparison, and no decision for each character.
            taken = cells.iter().take_while(|cell| other(cell) < 0x80).count();
            self.ascii(&cells[..taken]);
        }
        let step = 1 + usize::from(first.is_wide());
        while taken < cells.len() {
            if self.length + STEP > GATHERED {
                self.flush();
            }
            let most = step * ((GATHERED - self.length) / STEP);
            let some = &cells[taken..cells.len().min(taken + most)];
            let count = self.characters(some, first, step);
            taken += count;
            if count < some.len() {
                break;
            }
        }
        taken
    }

    /// Adds characters that have room; returns how many cells they are.
    #[inline(always)]
    fn characters(&mut self, cells: &[Cell], first: Cell, step: usize) -> usize {
        let mut length = self.length;
        let mut taken = 0;
        while let Some(cell) = cells.get(taken).filter(|cell| cell.is_of_run(first)) {
            let (bytes, count) = encode(cell.code_or_space());
            let Some(place) = self.bytes.get_mut(length..length + STEP) else { break };
            place.copy_from_slice(&bytes);
            length += count;
            taken += step;
        }
        self.length = length;
        taken
    }

    fn ascii(&mut self, cells: &[Cell]) {
        if self.length + cells.len() > GATHERED {
            self.flush();
        }
        match self.bytes.get_mut(self.length..self.length + cells.len()) {
            Some(place) => {
                place.iter_mut().zip(cells).for_each(|(byte, cell)| *byte = cell.ascii_byte());
                self.length += cells.len();
            }
            None => self.all.extend(cells.iter().map(Cell::ascii_byte)),
        }
    }
}

/// UTF-8 of a scalar value: four bytes and how many of them count. Without branches, as texts go from one length to
/// the other and back at every space.
#[inline(always)]
fn encode(code: u32) -> ([u8; STEP], usize) {
    const HEADS: [u32; STEP] = [0, 0xc080, 0x00e0_8080, 0xf080_8080];
    let length = 1 + usize::from(code >= 0x80) + usize::from(code >= 0x800) + usize::from(code >= 0x1_0000);
    let apart = 2 * u32::from(code >= 0x80);
    let parts = code & 0x3f | (code & 0xfc0) << apart | (code & 0x3_f000) << 4 | (code & 0x1c_0000) << 6;
    let word = parts | HEADS[length - 1];
    ((word << (8 * (STEP - length))).to_be_bytes(), length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::cell::Look;

    #[test]
    fn runs_of_any_length_are_encoded() {
        let look = Look::default();
        for c in ['x', '\u{7f}', 'é', 'ж', '─', '漢', '\u{ffff}', '👍', '\u{10ffff}'] {
            for count in [0, 1, 2, 63, 64, 65, 85, 86, 127, 128, 129, 255, 256, 257, 600] {
                let expected: String = std::iter::repeat_n(c, count).collect();
                let mut text = Text::new(b"before".to_vec());
                let cells = [vec![Cell::char(c, look); count], vec![Cell::tail(look)]].concat();
                assert!(count == 0 || text.run(&cells) == count);
                let wide = [Cell::wide(c, look), Cell::tail(look)].repeat(count);
                assert_eq!(text.run(&wide), 2 * count);
                text.push_str(&expected);
                assert_eq!(text.len(), 6 + 3 * expected.len());
                assert_eq!(text.finish(), format!("before{}", expected.repeat(3)).into_bytes());
            }
        }
    }
}
