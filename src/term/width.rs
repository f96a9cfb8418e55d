//! How many cells a character takes, and what joins what to one grapheme cluster.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How printing treats a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// One cell, never part of a cluster's middle.
    Narrow,
    /// Two cells, likewise.
    Wide,
    /// Anything else: combining, joining, an emoji, a flag, unassigned.
    Special,
}

/// A terminal breaks no line at it, so it is a hyphen that is seen: one cell, as in xterm and wcwidth(3) of glibc.
const SOFT_HYPHEN: u32 = 0xad;

/// Characters of one class, first and last.
pub(super) type Block = (u32, u32, Class);

/// Blocks in which every character is alike. No character of a narrow or wide block joins the one before it or is
/// changed by one that follows, but for combining marks.
const BLOCKS: [Block; 17] = [
    (0x20, 0x7e, Class::Narrow),
    // Latin, without the soft hyphen. U+00A9 and U+00AE are cells of their own until a variation selector follows.
    (0xa0, 0xab, Class::Narrow),
    (0xae, 0x2ff, Class::Narrow),
    // Greek, which has gaps; Cyrillic up to its combining signs and after them.
    (0x0370, 0x0482, Class::Narrow),
    (0x048a, 0x052f, Class::Narrow),
    // Hebrew letters, Latin with several marks.
    (0x05d0, 0x05ea, Class::Narrow),
    (0x1e00, 0x1eff, Class::Narrow),
    // Punctuation beyond joiners and marks; mathematics up to the first emoji; box drawing.
    (0x2010, 0x2027, Class::Narrow),
    (0x2030, 0x203b, Class::Narrow),
    (0x2200, 0x22ff, Class::Narrow),
    (0x2500, 0x259f, Class::Narrow),
    // CJK punctuation, kana, ideographs, Hangul syllables, fullwidth forms.
    (0x3001, 0x3029, Class::Wide),
    (0x3041, 0x3096, Class::Wide),
    (0x30a1, 0x30ff, Class::Wide),
    (0x4e00, 0x9fff, Class::Wide),
    (0xac00, 0xd7a3, Class::Wide),
    (0xff01, 0xff60, Class::Wide),
];

/// Up to here [`INDEX`] has a place for every [`FINE`] characters, so few that no two blocks share one; from here on,
/// where the blocks are large, for every [`COARSE`]: it is to stay in the processor's nearest cache.
const LARGE: usize = 0x3400;
const FINE: usize = 4;
const COARSE: usize = 256;
const PLACES: usize = LARGE / FINE + (0x1_0000 - LARGE) / COARSE;

/// For each place the number of the block that may hold its characters. Other planes are special.
static INDEX: [u8; PLACES] = index();

const fn index() -> [u8; PLACES] {
    let mut index = [0; PLACES];
    let mut block = 0;
    while block < BLOCKS.len() {
        let (first, last, _) = BLOCKS[block];
        let mut place = place(first);
        while place <= self::place(last) {
            index[place] = block as u8;
            place += 1;
        }
        block += 1;
    }
    index
}

#[inline(always)]
const fn place(code: u32) -> usize {
    let code = code as usize;
    if code < LARGE { code / FINE } else { LARGE / FINE + (code - LARGE) / COARSE }
}

/// The block that a character belongs to; one of its own where it is special.
#[inline(always)]
pub(super) fn block(c: char) -> Block {
    let code = u32::from(c);
    let number = INDEX.get(place(code)).map_or(0, |&number| usize::from(number));
    let block = BLOCKS[number];
    if (block.0..=block.1).contains(&code) { block } else { (code, code, Class::Special) }
}

#[inline]
pub(super) fn class(c: char) -> Class {
    block(c).2
}

/// Cells of a character of its own: 0, 1 or 2.
pub(super) fn char_width(c: char) -> u8 {
    // The most frequent, without a look-up: combining diacritical marks, emoticons.
    match u32::from(c) {
        SOFT_HYPHEN => return 1,
        0x300..=0x36f => return 0,
        0x1f600..=0x1f64f => return 2,
        _ => {}
    }
    c.width().unwrap_or(0).min(2) as u8
}

/// Cells of a cluster: 1 or 2.
pub(super) fn cluster_width(text: &str) -> u8 {
    text.width().clamp(1, 2) as u8
}

pub(super) const ZERO_WIDTH_JOINER: char = '\u{200d}';

pub(super) fn is_regional_indicator(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

/// Fitzpatrick modifiers of emoji.
pub(super) fn is_skin_tone(c: char) -> bool {
    ('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_found() {
        for expected in BLOCKS {
            for c in (expected.0..=expected.1).filter_map(char::from_u32) {
                assert_eq!(block(c), expected, "{c:?}");
            }
        }
    }

    #[test]
    fn quick_classes_agree_with_the_tables() {
        for c in (0x20..0x11_0000).filter_map(char::from_u32).filter(|c| !c.is_control()) {
            match class(c) {
                Class::Narrow => assert_eq!(char_width(c), 1, "{c:?}"),
                Class::Wide => assert_eq!(char_width(c), 2, "{c:?}"),
                Class::Special => {}
            }
        }
    }

    #[test]
    fn quick_widths_agree_with_the_tables() {
        for c in ('\u{300}'..='\u{36f}').chain('\u{1f600}'..='\u{1f64f}') {
            assert_eq!(Some(usize::from(char_width(c))), c.width(), "{c:?}");
        }
    }

    #[test]
    fn clusters_are_as_wide_as_unicode_says() {
        for (text, width) in [("e\u{301}", 1), ("👨‍👩‍👧", 2), ("❤\u{fe0f}", 2), ("🇪🇺", 2), ("👍🏽", 2)]
        {
            assert_eq!(cluster_width(text), width, "{text}");
        }
    }
}
