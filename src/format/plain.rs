//! Plain text on a terminal: how wide it is, and cut to a width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cells that a text takes.
pub fn cells(text: &str) -> usize {
    text.width()
}

/// The text in at most so many cells, with `…` where something is missing. Control characters, which would act, are
/// blanks.
pub fn cut(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if cells(&clean) <= most {
        return clean;
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= most
    };
    let mut out: String = clean.chars().take_while(fits).collect();
    if most > 0 {
        out.push('…');
    }
    out
}

/// The text in exactly so many cells.
pub fn pad(text: &str, width: usize, right: bool) -> String {
    let text = cut(text, width);
    let blanks = " ".repeat(width.saturating_sub(cells(&text)));
    if right { blanks + &text } else { text + &blanks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_wider_than_its_room() {
        for (text, most, wanted) in [
            ("worker", 6, "worker"),
            ("worker", 5, "work…"),
            ("漢字漢字", 5, "漢字…"),
            ("漢字漢字", 4, "漢…"),
            ("a\nb\x1b[2J", 9, "a b [2J"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
            ("", 0, ""),
        ] {
            assert_eq!(cut(text, most), wanted, "{text:?} in {most}");
            assert!(cells(&cut(text, most)) <= most);
            assert_eq!(cells(&pad(text, most, true)), most);
        }
    }
}
