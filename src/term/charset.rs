//! Character sets G0 to G3 (ISO 2022) as far as UTF-8 leaves them a meaning: which set GL shows.

use super::snapshot::{Coded as _, Fields, Writer, codes};

/// A set that can be designated. All sets that are not here print as ASCII.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Charset {
    /// `B`, and everything unknown.
    #[default]
    Ascii,
    /// `0`: DEC special graphics, the line drawing of VT100s.
    Special,
    /// `A`: UK national.
    British,
}

/// DEC special graphics from `_` to `~` (VT220 Programmer Reference, table 2-4).
const SPECIAL: [char; 32] = [
    ' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─', '⎼', '⎽', '├', '┤',
    '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
];

impl Charset {
    /// By the final byte of SCS.
    pub fn designated(last: u8) -> Self {
        match last {
            b'0' | b'2' => Charset::Special,
            b'A' => Charset::British,
            _ => Charset::Ascii,
        }
    }

    pub fn map(self, c: char) -> char {
        match (self, c) {
            (Charset::Special, '_'..='~') => SPECIAL[c as usize - '_' as usize],
            (Charset::British, '#') => '£',
            _ => c,
        }
    }
}

/// The four sets and which of them is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Charsets {
    sets: [Charset; 4],
    /// Which one GL shows (SI, SO, LS2, LS3).
    shifted: u8,
    /// Which one it shows for one character (SS2, SS3).
    single: Option<u8>,
}

codes!(Charset { Ascii = 0, Special = 1, British = 2 });

impl Charsets {
    pub fn save(&self, writer: &mut Writer<'_>) {
        let Self { sets, shifted, single } = self;
        writer.records(1, sets.iter().map(|set| [set.code()]));
        writer.number(2, (*shifted).into());
        // One more than the set, 0 for none.
        writer.number(3, single.map_or(0, |set| u64::from(set) + 1));
    }

    pub fn load(fields: Fields<'_>) -> Self {
        let mut charsets = Self::default();
        for ([code], set) in fields.records(1).zip(&mut charsets.sets) {
            *set = Charset::from_code(code);
        }
        charsets.lock(fields.number(2) as u8);
        charsets.single = fields.number(3).checked_sub(1).map(|set| set as u8 & 3);
        charsets
    }

    pub fn designate(&mut self, set: usize, charset: Charset) {
        self.sets[set & 3] = charset;
    }

    pub fn lock(&mut self, set: u8) {
        self.shifted = set & 3;
    }

    pub fn shift_once(&mut self, set: u8) {
        self.single = Some(set & 3);
    }

    /// Text prints as it is.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.single.is_none() && self.sets[usize::from(self.shifted)] == Charset::Ascii
    }

    /// The character to print for one that came in; ends a single shift.
    pub fn map(&mut self, c: char) -> char {
        let set = self.single.take().unwrap_or(self.shifted);
        self.sets[usize::from(set)].map(c)
    }
}
