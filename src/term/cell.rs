//! One cell of a screen in 8 bytes.
//!
//! ```text
//!  bit 63 62 61           46 45              28 27 25  24   23   22    21    20            0
//!     ┌─────┬───────────────┬─────────────────┬──────┬────┬────┬────┬───────┬──────────────┐
//!     │  -  │ link (16)     │ style (18)      │  -   │prot│tail│wide│cluster│ glyph (21)   │
//!     └─────┴───────────────┴─────────────────┴──────┴────┴────┴────┴───────┴──────────────┘
//! ```
//! `glyph` is a Unicode scalar value, or with `cluster` the id of an interned grapheme cluster; 0 is a cell that
//! nothing was written in. `wide` is the left half of a wide character and `tail` its right half. `style` and
//! `link` are ids in the tables of the screen; 0 is the default and none. All of it but the glyph and its width
//! is the *look*, which text is printed with by a bitwise or. Snapshots hold cells as they are: a bit may get a
//! meaning, but none another.

use super::intern::Tables;
use crate::base::limits;

const GLYPH: u64 = (1 << 21) - 1;
const CLUSTER: u64 = 1 << 21;
const WIDE: u64 = 1 << 22;
const TAIL: u64 = 1 << 23;
const PROTECTED: u64 = 1 << 24;
const STYLE_SHIFT: u32 = 28;
const LINK_SHIFT: u32 = 46;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell(u64);

/// How a cell looks apart from its glyph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look(u64);

/// What is in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyph {
    Blank,
    Char(char),
    Cluster(u32),
    /// The right half of a wide character.
    Tail,
}

impl Look {
    pub fn new(style: u32, link: u32, protected: bool) -> Self {
        let protected = if protected { PROTECTED } else { 0 };
        Self(u64::from(style) << STYLE_SHIFT | u64::from(link) << LINK_SHIFT | protected)
    }
}

impl Look {
    /// As [`Cell::from_bits`].
    pub fn from_bits(bits: u64, tables: &Tables) -> Self {
        Cell::from_bits(bits, tables).look()
    }

    pub fn bits(self) -> u64 {
        self.0
    }
}

impl Cell {
    pub const BLANK: Cell = Cell(0);

    /// Like no cell that is on a screen.
    pub const NONE: Cell = Cell(u64::MAX);

    pub fn blank(look: Look) -> Self {
        Self(look.0)
    }

    #[inline(always)]
    pub fn ascii(byte: u8, look: Look) -> Self {
        Self(u64::from(byte) | look.0)
    }

    #[inline]
    pub fn char(c: char, look: Look) -> Self {
        Self::code(c.into(), look)
    }

    /// A narrow character by its scalar value.
    #[inline(always)]
    pub fn code(code: u32, look: Look) -> Self {
        Self(u64::from(code) | look.0)
    }

    #[inline]
    pub fn wide(c: char, look: Look) -> Self {
        Self::wide_code(c.into(), look)
    }

    /// A wide character by its scalar value.
    #[inline(always)]
    pub fn wide_code(code: u32, look: Look) -> Self {
        Self(u64::from(code) | look.0 | WIDE)
    }

    #[inline]
    pub fn tail(look: Look) -> Self {
        Self(look.0 | TAIL)
    }

    pub fn cluster(id: u32, wide: bool, look: Look) -> Self {
        Self(u64::from(id) & GLYPH | look.0 | CLUSTER | if wide { WIDE } else { 0 })
    }

    #[inline]
    pub fn glyph(self) -> Glyph {
        let value = (self.0 & GLYPH) as u32;
        match self.0 & (CLUSTER | TAIL) {
            0 if value == 0 => Glyph::Blank,
            0 => Glyph::Char(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)),
            CLUSTER => Glyph::Cluster(value),
            _ => Glyph::Tail,
        }
    }

    pub fn is_wide(self) -> bool {
        self.0 & WIDE != 0
    }

    /// The columns that it takes with its tail.
    #[inline(always)]
    pub fn width(self) -> usize {
        1 + usize::from(self.is_wide())
    }

    pub fn is_cluster(self) -> bool {
        self.0 & CLUSTER != 0
    }

    pub fn is_tail(self) -> bool {
        self.0 & TAIL != 0
    }

    pub fn is_protected(self) -> bool {
        self.0 & PROTECTED != 0
    }

    pub fn look(self) -> Look {
        Look(self.0 & !(GLYPH | CLUSTER | WIDE | TAIL))
    }

    pub fn style(self) -> u32 {
        (self.0 >> STYLE_SHIFT) as u32 & (limits::TERM_STYLES as u32 - 1)
    }

    pub fn link(self) -> u32 {
        (self.0 >> LINK_SHIFT) as u32 & (limits::TERM_LINKS as u32 - 1)
    }

    /// What is in it as one number of 24 bits.
    pub fn content(self) -> u64 {
        self.0 & (GLYPH | CLUSTER | WIDE | TAIL)
    }

    /// It holds a character of ASCII.
    #[inline]
    pub fn is_ascii(self) -> bool {
        (1..0x80).contains(&self.content())
    }

    /// The character of a cell that holds ASCII or nothing.
    #[inline(always)]
    pub fn ascii_byte(&self) -> u8 {
        match self.0 as u8 & 0x7f {
            0 => b' ',
            byte => byte,
        }
    }

    /// The same of eight cells at once.
    #[inline(always)]
    pub fn ascii_bytes(cells: &[Self; 8]) -> [u8; 8] {
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let bytes = cells.iter().rev().fold(0, |bytes, cell| bytes << 8 | cell.0 & 0x7f);
        // The high bit of each byte that is 0.
        let empty = !(bytes + LOW) & !LOW;
        (bytes | empty >> 2).to_le_bytes()
    }

    /// Looks as `other` does and holds as wide a thing of the same kind: a character, or a cluster.
    #[inline(always)]
    pub fn is_of_run(self, other: Self) -> bool {
        (self.0 ^ other.0) & !(GLYPH | PROTECTED) == 0
    }

    /// The code point of a cell that holds a single character, a space for nothing.
    #[inline(always)]
    pub fn code_or_space(self) -> u32 {
        match (self.0 & GLYPH) as u32 {
            0 => 0x20,
            code => code,
        }
    }

    /// Style and link as one number, to compare cells by.
    #[inline]
    pub fn appearance(self) -> u64 {
        self.0 >> STYLE_SHIFT
    }

    /// The cell with nothing in it, its look kept.
    pub fn emptied(self) -> Self {
        Self(self.look().0)
    }

    /// From any bits: what cannot be in a cell, or names what the tables do not have, is taken out.
    pub fn from_bits(bits: u64, tables: &Tables) -> Self {
        let cell = Self(bits);
        let style = if tables.styles.has(cell.style()) { cell.style() } else { 0 };
        let link = if tables.links.has(cell.link()) { cell.link() } else { 0 };
        let look = Look::new(style, link, cell.is_protected());
        match (cell.glyph(), char::from_u32((bits & GLYPH) as u32)) {
            (Glyph::Tail, _) => Self::tail(look),
            (Glyph::Cluster(id), _) if tables.clusters.has(id) => Self::cluster(id, cell.is_wide(), look),
            (Glyph::Char(_), Some(c)) if !c.is_control() && cell.is_wide() => Self::wide(c, look),
            (Glyph::Char(_), Some(c)) if !c.is_control() => Self::char(c, look),
            _ => Self::blank(look),
        }
    }

    /// What is in it in another look.
    pub fn with_look(self, look: Look) -> Self {
        Self(self.content() | look.0)
    }

    /// All bits, for judging many cells by one bitwise or.
    #[inline(always)]
    pub fn bits(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_touch() {
        let look = Look::new(limits::TERM_STYLES as u32 - 1, limits::TERM_LINKS as u32 - 1, true);
        let cell = Cell::wide('\u{10ffff}', look);
        assert_eq!(cell.glyph(), Glyph::Char('\u{10ffff}'));
        assert_eq!((cell.style(), cell.link()), (limits::TERM_STYLES as u32 - 1, limits::TERM_LINKS as u32 - 1));
        assert!(cell.is_wide() && cell.is_protected() && !cell.is_tail());
        assert_eq!(cell.look(), look);
        assert_eq!(Cell::tail(look).glyph(), Glyph::Tail);
        assert_eq!(
            Cell::cluster(limits::TERM_CLUSTERS as u32 - 1, false, look).glyph(),
            Glyph::Cluster(limits::TERM_CLUSTERS as u32 - 1)
        );
        assert_eq!(cell.emptied().glyph(), Glyph::Blank);
        assert_eq!(size_of::<Cell>(), 8);
    }
}
