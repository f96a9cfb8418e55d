//! A run of lines as the history keeps it: open, or compressed to one zstd frame.

use std::sync::Arc;

use super::numbers::{Reader, put_number};
use super::open::Open;
use crate::base::{Attrs, Color, Style, Underline};

/// zstd's level while output floods: 300 MB/s.
pub(super) const QUICK: i32 = 1;
/// zstd's level for what will be kept: a sixth smaller, 12 MB/s, and opened as quickly.
pub(super) const THOROUGH: i32 = 15;
#[derive(Debug)]
pub(super) struct Chunk {
    /// The number of its first line.
    pub start: u64,
    pub stored: Stored,
}

#[derive(Debug)]
pub(super) enum Stored {
    Open(Open),
    Packed(Packed),
}

#[derive(Debug)]
pub(super) struct Packed {
    frame: Box<[u8]>,
    size: u32,
    lines: u32,
    thorough: bool,
    widest: u32,
    wraps: bool,
}

impl Chunk {
    /// Compresses an open chunk; gives back its memory for another.
    pub fn pack(&mut self, level: i32) -> Option<Open> {
        let Stored::Open(open) = &self.stored else { return None };
        let packed = Packed::new(open, level)?;
        match std::mem::replace(&mut self.stored, Stored::Packed(packed)) {
            Stored::Open(open) => Some(open),
            Stored::Packed(_) => None,
        }
    }

    /// Compresses better what was compressed in a hurry. True where there was something to do.
    pub fn repack(&mut self) -> bool {
        let Stored::Packed(packed) = &mut self.stored else { return false };
        if packed.thorough {
            return false;
        }
        packed.thorough = true;
        if let Some(better) = packed.open().and_then(|open| Packed::new(&open, THOROUGH)) {
            *packed = better;
        }
        true
    }

    pub fn open_up(&mut self) {
        if let Some(open) = self.unpacked() {
            self.stored = Stored::Open(open);
        }
    }

    pub fn unpacked(&self) -> Option<Open> {
        match &self.stored {
            Stored::Open(_) => None,
            Stored::Packed(packed) => packed.open(),
        }
    }

    pub fn fits(&self, cols: usize) -> bool {
        match &self.stored {
            Stored::Open(open) => open.fits(cols),
            Stored::Packed(packed) => !packed.wraps && packed.widest as usize <= cols,
        }
    }

    pub fn len(&self) -> usize {
        match &self.stored {
            Stored::Open(open) => open.len(),
            Stored::Packed(packed) => packed.lines as usize,
        }
    }

    pub fn heap_size(&self) -> usize {
        match &self.stored {
            Stored::Open(open) => open.heap_size(),
            Stored::Packed(packed) => packed.frame.len(),
        }
    }
}

impl Packed {
    fn new(open: &Open, level: i32) -> Option<Self> {
        let mut bytes = Vec::with_capacity(open.text.len() + open.marks.len() + open.index.len() * 3);
        for count in [open.index.len(), open.styles.len(), open.links.len(), open.marks.len(), open.text.len()] {
            put_number(&mut bytes, count as u32);
        }
        let mut before = (0, 0);
        for (index, &(text, marks)) in open.index.iter().enumerate() {
            put_number(&mut bytes, marks - before.1);
            // The end of any other line is its newline.
            if open.is_wrapped(index) {
                put_number(&mut bytes, text - before.0);
            }
            before = (text, marks);
        }
        open.styles.iter().for_each(|style| bytes.extend_from_slice(&style_bytes(style)));
        for link in &open.links {
            put_number(&mut bytes, link.len() as u32);
            bytes.extend_from_slice(link.as_bytes());
        }
        bytes.extend_from_slice(&open.marks);
        bytes.extend_from_slice(&open.text);
        let frame = zstd::bulk::compress(&bytes, level).ok()?.into_boxed_slice();
        Some(Self {
            frame,
            size: bytes.len() as u32,
            lines: open.len() as u32,
            thorough: level == THOROUGH,
            widest: open.widest,
            wraps: open.wraps,
        })
    }

    fn open(&self) -> Option<Open> {
        let bytes = zstd::bulk::decompress(&self.frame, self.size as usize).ok()?;
        let mut reader = Reader(&bytes);
        let [lines, styles, links, marks, text] = std::array::from_fn(|_| reader.number() as usize);
        let tail = bytes.len().checked_sub(marks + text)?;
        let (marks, text) = bytes.get(tail..)?.split_at(marks);
        let mut open = Open { widest: self.widest, wraps: self.wraps, ..Open::default() };
        open.read_index(lines, &mut reader, marks, text);
        open.styles = (0..styles).map(|_| style_from(reader.bytes(STYLE_BYTES))).collect();
        open.links = (0..links)
            .map(|_| {
                let length = reader.number() as usize;
                Arc::from(String::from_utf8_lossy(reader.bytes(length)).as_ref())
            })
            .collect();
        open.marks = marks.to_vec();
        open.text = text.to_vec();
        Some(open)
    }
}

const STYLE_BYTES: usize = 14;

fn style_bytes(style: &Style) -> [u8; STYLE_BYTES] {
    let color = |color| match color {
        Color::Default => [0, 0, 0, 0],
        Color::Indexed(index) => [1, index, 0, 0],
        Color::Rgb(r, g, b) => [2, r, g, b],
    };
    let mut bytes = [0; STYLE_BYTES];
    bytes[0..4].copy_from_slice(&color(style.fg));
    bytes[4..8].copy_from_slice(&color(style.bg));
    bytes[8..12].copy_from_slice(&color(style.underline_color));
    bytes[12] = style.underline as u8;
    bytes[13] = style.attrs.bits();
    bytes
}

fn style_from(bytes: &[u8]) -> Style {
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let color = |start: usize| match at(start) {
        1 => Color::Indexed(at(start + 1)),
        2 => Color::Rgb(at(start + 1), at(start + 2), at(start + 3)),
        _ => Color::Default,
    };
    const UNDERLINES: [Underline; 6] =
        [Underline::None, Underline::Single, Underline::Double, Underline::Curly, Underline::Dotted, Underline::Dashed];
    Style {
        fg: color(0),
        bg: color(4),
        underline_color: color(8),
        underline: UNDERLINES.get(usize::from(at(12))).copied().unwrap_or_default(),
        attrs: Attrs::from_bits_truncate(at(13)),
    }
}
