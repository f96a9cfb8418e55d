//! Character sets G0 to G3 (ISO 2022) as far as UTF-8 leaves them a meaning: which set GL shows.

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

impl Charsets {
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
