//! The text of cells as UTF-8, and where in it the look or the kind of character changes.
//!
//! Written without decisions for each character where that is possible: texts go from one script to another and back
//! at every space, which no processor foresees.

use crate::term::cell::{Cell, Glyph};
use crate::term::intern::Tables;

/// Cells that are encoded at a time.
const BLOCK: usize = 64;

/// Room for one character; it is stored as a word, of which its length counts.
const WORD: usize = 4;

/// Appends the text of cells that hold ASCII or nothing; `span` is told of each stretch that looks alike: its first
/// cell and its bytes.
#[inline]
pub(super) fn push_ascii(text: &mut Vec<u8>, cells: &[Cell], mut span: impl FnMut(Cell, usize)) {
    push_bytes(text, cells);
    for alike in cells.chunk_by(|one, two| one.appearance() == two.appearance()) {
        span(alike[0], alike.len());
    }
}

/// Appends the text of cells that hold ASCII or nothing.
#[inline]
pub(super) fn push_bytes(text: &mut Vec<u8>, cells: &[Cell]) {
    let start = text.len();
    text.resize(start + cells.len(), 0);
    let (places, last) = text[start..].as_chunks_mut();
    let (groups, rest) = cells.as_chunks();
    for (place, group) in places.iter_mut().zip(groups) {
        *place = Cell::ascii_bytes(group);
    }
    for (place, cell) in last.iter_mut().zip(rest) {
        *place = cell.ascii_byte();
    }
}

/// [`push_ascii`] for any cells. Stretches are of one width too, and each cluster is one.
pub(super) fn push_any(text: &mut Vec<u8>, cells: &[Cell], tables: &Tables, mut span: impl FnMut(Cell, usize)) {
    let mut block = Block::new();
    // The stretch that goes on: its first cell and where its text begins.
    let mut open: Option<(Cell, usize)> = None;
    let mut at = 0;
    while let Some(&next) = cells.get(at) {
        if let Glyph::Cluster(id) = next.glyph() {
            if let Some((first, start)) = open.take() {
                span(first, text.len() - start);
            }
            let cluster = tables.clusters.value(id).map_or(" ", |text| text);
            text.extend_from_slice(cluster.as_bytes());
            span(next, cluster.len());
            at += next.width();
            continue;
        }
        let base = text.len();
        let taken = block.encode(&cells[at..], open.map(|(first, _)| first));
        text.extend_from_slice(&block.bytes[..block.length]);
        for &(cell, byte) in &block.changes[..block.changed] {
            let start = base + usize::from(byte);
            if let Some((first, before)) = open {
                span(first, start - before);
            }
            open = Some((cells[at + usize::from(cell)], start));
        }
        at += taken;
    }
    if let Some((first, start)) = open {
        span(first, text.len() - start);
    }
}

/// Some encoded cells.
struct Block {
    bytes: [u8; BLOCK * WORD],
    length: usize,
    /// The cells that differ from those before them, and where their text begins.
    changes: [(u8, u8); BLOCK],
    changed: usize,
}

impl Block {
    fn new() -> Self {
        Self { bytes: [0; BLOCK * WORD], length: 0, changes: [(0, 0); BLOCK], changed: 0 }
    }

    /// Encodes cells up to a cluster, a block at most; `before` is what came before them. Returns how many.
    #[inline(always)]
    fn encode(&mut self, cells: &[Cell], before: Option<Cell>) -> usize {
        let cells = &cells[..cells.len().min(BLOCK)];
        let (mut length, mut changed, mut at) = (0, 0, 0);
        let mut last = before.unwrap_or(Cell::NONE);
        while let Some(&cell) = cells.get(at).filter(|cell| !cell.is_cluster()) {
            let (Some(change), Some(place)) =
                (self.changes.get_mut(changed), self.bytes.get_mut(length..length + WORD))
            else {
                break;
            };
            *change = (at as u8, length as u8);
            changed += usize::from(!cell.is_of_run(last));
            last = cell;
            let (bytes, count) = encode(cell.code_or_space());
            place.copy_from_slice(&bytes);
            length += count;
            at += cell.width();
        }
        (self.length, self.changed) = (length, changed);
        at
    }
}

/// UTF-8 of a scalar value: four bytes and how many of them count.
#[inline(always)]
fn encode(code: u32) -> ([u8; WORD], usize) {
    const HEADS: [u32; WORD] = [0, 0xc080, 0x00e0_8080, 0xf080_8080];
    let length = 1 + usize::from(code >= 0x80) + usize::from(code >= 0x800) + usize::from(code >= 0x1_0000);
    let apart = 2 * u32::from(code >= 0x80);
    let parts = code & 0x3f | (code & 0xfc0) << apart | (code & 0x3_f000) << 4 | (code & 0x1c_0000) << 6;
    ((((parts | HEADS[length - 1]) << (8 * (WORD - length))).to_be_bytes()), length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::cell::Look;

    fn spans(cells: &[Cell]) -> (String, Vec<usize>) {
        let (mut text, mut spans) = (b"before".to_vec(), Vec::new());
        push_any(&mut text, cells, &Tables::new(), |_, bytes| spans.push(bytes));
        (String::from_utf8(text).unwrap(), spans)
    }

    #[test]
    fn cells_of_ascii_are_their_bytes_and_empty_ones_spaces() {
        let look = Look::new(5, 1, true);
        let cells: Vec<Cell> = (1..0x80).chain(1..0x80).map(|byte| Cell::ascii(byte, look)).collect();
        for count in 0..cells.len() {
            let mut line = cells[..count].to_vec();
            line.push(Cell::blank(look));
            let mut text = b"before".to_vec();
            push_bytes(&mut text, &line);
            let bytes: Vec<u8> = (1..0x80).chain(1..0x80).take(count).collect();
            assert_eq!(text, [b"before", &bytes[..], b" "].concat());
        }
    }

    #[test]
    fn every_character_is_encoded() {
        for c in (1..=0x10_ffff).filter_map(char::from_u32) {
            let (bytes, length) = encode(c.into());
            assert_eq!(std::str::from_utf8(&bytes[..length]), Ok(&*c.to_string()));
        }
    }

    #[test]
    fn runs_of_any_length_are_one_span() {
        let look = Look::default();
        for c in ['x', '\u{7f}', 'é', 'ж', '─', '漢', '\u{ffff}', '👍', '\u{10ffff}'] {
            for count in [1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 600] {
                let run = String::from(c).repeat(count);
                let narrow = vec![Cell::char(c, look); count];
                assert_eq!(spans(&narrow), (format!("before{run}"), vec![run.len()]));
                let wide = [Cell::wide(c, look), Cell::tail(look)].repeat(count);
                let after = [narrow, wide, vec![Cell::BLANK]].concat();
                assert_eq!(spans(&after), (format!("before{run}{run} "), vec![run.len(), run.len(), 1]));
            }
        }
    }

    #[test]
    fn looks_are_told_apart() {
        let look = |style| Look::new(style, 0, false);
        let cells: Vec<Cell> = (0..200).map(|col| Cell::char('é', look(col / 3))).collect();
        assert_eq!(spans(&cells), (format!("before{}", "é".repeat(200)), [vec![6; 66], vec![4]].concat()));
        let cells: Vec<Cell> = (0..200).map(|col| Cell::ascii(b'x', look(col / 3))).collect();
        let (mut text, mut lengths) = (Vec::new(), Vec::new());
        push_ascii(&mut text, &cells, |_, bytes| lengths.push(bytes));
        assert_eq!((text, lengths), (vec![b'x'; 200], [vec![3; 66], vec![2]].concat()));
    }
}
