//! Character sets G0 to G3 (ISO 2022) as far as UTF-8 leaves them a meaning: which set GL shows. There is no GR; in
//! its place stand the characters of UTF-8.

use super::snapshot::{Coded, Fields, Writer};

/// A set that can be designated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Charset {
    /// `B`, and every set of 94 characters that is not known.
    #[default]
    Ascii,
    /// `0`: DEC special graphics, the line drawing of VT100s.
    Special,
    /// `A`: UK national.
    British,
    /// Another national replacement set, by its place in [`NATIONAL`].
    National(u8),
    /// `<`: DEC supplemental graphic.
    Supplemental,
    /// `>`: DEC technical.
    Technical,
    /// The upper half of ISO Latin-1: `A` among the sets of 96 characters, and every such set that is not known.
    Latin1,
}

/// DEC special graphics from `_` to `~` (VT220 Programmer Reference, table 2-4).
const SPECIAL: [char; 32] = [
    ' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─', '⎼', '⎽', '├', '┤',
    '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
];

/// DEC technical from `!` to `~` (VT330/VT340 Text Programming, figure 2-3); a space where it has nothing.
const TECHNICAL: &str =
    "⎷┌─⌠⌡│⎡⎣⎤⎦⎛⎝⎞⎠⎨⎬           ≤≠≥∫∴∝∞÷Δ∇ΦΓ∼≃Θ×Λ⇔⇒≡ΠΨ Σ  √ΩΞΥ⊂⊃∩∪∧∨¬αβχδεφγηιθκλ ν∂πψρστ ƒωξυζ←↑→↓";

/// The national replacement sets (VT420 Programmer Reference, table 2-8): their final bytes, the characters that are
/// replaced, and what stands there. They are heeded in DECNRCM mode alone.
const NATIONAL: &[(&[u8], &str, &str)] = &[
    (b"4", "#@[\\]{|}~", "£¾ĳ½|¨ƒ¼´"),       // Dutch
    (b"C5", "[\\]^`{|}~", "ÄÖÅÜéäöåü"),      // Finnish
    (b"Rf", "#@[\\]{|}~", "£à°ç§éùè¨"),      // French
    (b"Q9", "@[\\]^`{|}~", "àâçêîôéùèû"),    // French Canadian
    (b"K", "@[\\]{|}~", "§ÄÖÜäöüß"),         // German
    (b"Y", "#@[\\]`{|}~", "£§°çéùàòèì"),     // Italian
    (b"E6`", "@[\\]^`{|}~", "ÄÆØÅÜäæøåü"),   // Norwegian, Danish
    (b"Z", "#@[\\]{|}", "£§¡Ñ¿°ñç"),         // Spanish
    (b"H7", "@[\\]^`{|}~", "ÉÄÖÅÜéäöåü"),    // Swedish
    (b"=", "#@[\\]^_`{|}~", "ùàéçêîèôäöüû"), // Swiss
];

impl Charset {
    /// Of 94 characters, by the final byte of SCS.
    pub fn of_94(last: u8, national: bool) -> Self {
        match last {
            b'0' | b'2' => Charset::Special,
            b'A' => Charset::British,
            b'<' => Charset::Supplemental,
            b'>' => Charset::Technical,
            _ if national => NATIONAL
                .iter()
                .position(|(finals, ..)| finals.contains(&last))
                .map_or(Charset::Ascii, |index| Charset::National(index as u8)),
            _ => Charset::Ascii,
        }
    }

    pub fn is_of_96(self) -> bool {
        self == Charset::Latin1
    }

    /// The final byte that designates it.
    pub fn designator(self) -> u8 {
        match self {
            Charset::Ascii => b'B',
            Charset::Special => b'0',
            Charset::British | Charset::Latin1 => b'A',
            Charset::National(index) => NATIONAL[usize::from(index)].0[0],
            Charset::Supplemental => b'<',
            Charset::Technical => b'>',
        }
    }

    pub fn map(self, c: char) -> char {
        match (self, c) {
            (Charset::Special, '_'..='~') => SPECIAL[c as usize - '_' as usize],
            (Charset::British, '#') => '£',
            (Charset::National(index), _) => {
                let (_, from, to) = NATIONAL[usize::from(index)];
                from.chars().zip(to.chars()).find_map(|(from, to)| (from == c).then_some(to)).unwrap_or(c)
            }
            (Charset::Supplemental, '$') => '¤',
            (Charset::Supplemental, 'W') => 'Œ',
            (Charset::Supplemental, ']') => 'Ÿ',
            (Charset::Supplemental, 'w') => 'œ',
            (Charset::Supplemental, '}') => 'ÿ',
            (Charset::Supplemental, '!'..='~') | (Charset::Latin1, ' '..='~') => char::from(c as u8 | 0x80),
            (Charset::Technical, '!'..='~') => TECHNICAL.chars().nth(c as usize - '!' as usize).unwrap_or(' '),
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

/// Above the numbers of the others: a national set has this and its first final byte.
const NATIONAL_CODE: u64 = 0x100;

impl Coded for Charset {
    fn code(&self) -> u64 {
        match self {
            Charset::Ascii => 0,
            Charset::Special => 1,
            Charset::British => 2,
            Charset::Supplemental => 3,
            Charset::Technical => 4,
            Charset::Latin1 => 5,
            Charset::National(_) => NATIONAL_CODE | u64::from(self.designator()),
        }
    }

    fn from_code(code: u64) -> Self {
        match code {
            1 => Charset::Special,
            2 => Charset::British,
            3 => Charset::Supplemental,
            4 => Charset::Technical,
            5 => Charset::Latin1,
            NATIONAL_CODE.. => Charset::of_94(code as u8, true),
            _ => Charset::Ascii,
        }
    }
}

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

    pub fn sets(&self) -> [Charset; 4] {
        self.sets
    }

    /// The set in GL.
    pub fn locked(&self) -> u8 {
        self.shifted
    }

    /// The set that the next character comes from, where it is not the one in GL.
    pub fn single(&self) -> Option<u8> {
        self.single
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole() {
        assert_eq!(TECHNICAL.chars().count(), 94);
        for (finals, from, to) in NATIONAL {
            assert_eq!(from.chars().count(), to.chars().count(), "{finals:?}");
        }
        assert_eq!(Charset::Technical.map('~'), '↓');
        assert_eq!(Charset::Technical.map('a'), 'α');
        assert_eq!(Charset::Technical.map('?'), '∫');
        assert_eq!(Charset::Supplemental.map('i'), 'é');
    }
}
