//! A text with styles, piece by piece: a style, or a character with its width.

use unicode_width::UnicodeWidthChar;

/// A part of the text as it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Shown as `shown`; differs from how it is written for `##` before a bracket.
    Text { written: &'a str, shown: &'a str },
    /// What stands between `#[` and `]`.
    Style { written: &'a str, words: &'a str },
}

/// The pieces in order. A style that is not closed ends them, as in tmux.
pub(super) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text, pairs: 0, plain: 0 }
}

pub(super) struct Pieces<'a> {
    rest: &'a str,
    /// `##` that follow and stand for one each, as before a bracket.
    pairs: usize,
    /// Characters that follow and stand for themselves, whatever they are.
    plain: usize,
}

impl<'a> Pieces<'a> {
    /// Finds out what a run of hashes means. One that is left over before a bracket opens a style.
    fn measure(&mut self) {
        let hashes = self.rest.bytes().take_while(|&byte| byte == b'#').count();
        if self.rest.as_bytes().get(hashes) == Some(&b'[') {
            self.pairs = hashes / 2;
            self.plain = usize::from(hashes > 0 && hashes % 2 == 0);
        } else {
            self.plain = hashes;
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (front, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        front
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.pairs == 0 && self.plain == 0 {
            self.measure();
        }
        if self.pairs > 0 {
            self.pairs -= 1;
            let written = self.take(2);
            return Some(Piece::Text { written, shown: &written[1..] });
        }
        if self.plain == 0 && self.rest.starts_with("#[") {
            let written = self.take(self.rest.find(']')? + 1);
            return Some(Piece::Style { written, words: &written[2..written.len() - 1] });
        }
        self.plain = self.plain.saturating_sub(1);
        let written = self.take(self.rest.chars().next()?.len_utf8());
        Some(Piece::Text { written, shown: written })
    }
}

fn columns(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Text { shown, .. } => shown.chars().map(|c| c.width().unwrap_or(0)).sum(),
        Piece::Style { .. } => 0,
    }
}

fn written<'a>(piece: &Piece<'a>) -> &'a str {
    match piece {
        Piece::Text { written, .. } | Piece::Style { written, .. } => written,
    }
}

pub(super) fn width(text: &str) -> usize {
    pieces(text).map(|piece| columns(&piece)).sum()
}

/// What fits into so many columns from the left, with every style.
pub(super) fn keep_left(text: &str, limit: usize) -> String {
    let mut end = 0;
    keep(text, |_, after| {
        end = after;
        end <= limit
    })
}

/// What fits into so many columns from the right, with every style.
pub(super) fn keep_right(text: &str, limit: usize) -> String {
    let skipped = width(text).saturating_sub(limit);
    keep(text, |before, _| before >= skipped)
}

/// The styles, and those characters whose columns before and after them are wanted.
fn keep(text: &str, mut wanted: impl FnMut(usize, usize) -> bool) -> String {
    let mut before = 0;
    let mut out = String::new();
    for piece in pieces(text) {
        let after = before + columns(&piece);
        if matches!(piece, Piece::Style { .. }) || wanted(before, after) {
            out.push_str(written(&piece));
        }
        before = after;
    }
    out
}
