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

/// Blocks in which every character is alike, the most frequent first; all else is looked up.
#[inline]
pub(super) fn class(c: char) -> Class {
    match u32::from(c) {
        0x20..=0x2ff => Class::Narrow,
        // Cyrillic up to its combining signs; Greek is full of gaps but has no special ones.
        0x0370..=0x0482 | 0x048a..=0x052f => Class::Narrow,
        // CJK ideographs, kana, Hangul syllables.
        0x4e00..=0x9fff | 0x3041..=0x3096 | 0x30a1..=0x30fa | 0xac00..=0xd7a3 => Class::Wide,
        // Punctuation beyond joiners and marks; arrows and mathematics up to the first emoji; box drawing.
        0x2010..=0x2027 | 0x2030..=0x203b | 0x2200..=0x22ff | 0x2500..=0x259f => Class::Narrow,
        _ => Class::Special,
    }
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
