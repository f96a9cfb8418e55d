//! Digits of three by five cells, for what is to be read from afar.

const DIGITS: [[&str; 5]; 10] = [
    ["███", "█ █", "█ █", "█ █", "███"],
    ["  █", "  █", "  █", "  █", "  █"],
    ["███", "  █", "███", "█  ", "███"],
    ["███", "  █", "███", "  █", "███"],
    ["█ █", "█ █", "███", "  █", "  █"],
    ["███", "█  ", "███", "  █", "███"],
    ["███", "█  ", "███", "█ █", "███"],
    ["███", "  █", "  █", "  █", "  █"],
    ["███", "█ █", "███", "█ █", "███"],
    ["███", "█ █", "███", "  █", "███"],
];

const COLON: [&str; 5] = [" ", "█", " ", "█", " "];

/// The five rows of a text of digits and colons; anything else is left out.
pub(super) fn large(text: &str) -> Vec<String> {
    let glyph = |c: char| match c.to_digit(10) {
        Some(digit) => Some(DIGITS[digit as usize]),
        None => (c == ':').then_some(COLON),
    };
    let glyphs: Vec<_> = text.chars().filter_map(glyph).collect();
    (0..5).map(|row| glyphs.iter().map(|glyph| glyph[row]).collect::<Vec<_>>().join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rows_are_of_one_width() {
        let rows = large("12:30");
        assert_eq!(rows.len(), 5);
        assert!(rows.iter().all(|row| row.chars().count() == 17), "{rows:?}");
    }
}
