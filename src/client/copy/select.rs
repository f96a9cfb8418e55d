//! What is selected, and its text. Pure.

use std::ops::Range;

use crate::base::Line;
use crate::base::limits::MAX_COPY;
use crate::client::typed::floor_char_boundary;

use super::motion::{Place, Text, spots};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Chars,
    /// From the start of a word to the end of one.
    Words,
    Lines,
    Rect,
}

/// From where the selection began; its other end is the cursor, unless it was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) anchor: Place,
    pub(super) kind: Kind,
    /// Where it was stopped.
    pub(super) end: Option<Place>,
    /// Its last character is not in it, as in emacs.
    pub(super) exclusive: bool,
}

impl Selection {
    pub(super) fn new(anchor: Place, kind: Kind) -> Self {
        Self { anchor, kind, end: None, exclusive: false }
    }

    /// First and last line.
    pub(super) fn lines(&self, cursor: Place) -> (u64, u64) {
        let cursor = self.end.unwrap_or(cursor);
        (self.anchor.line.min(cursor.line), self.anchor.line.max(cursor.line))
    }

    /// The columns of a line that are selected; an end of `u16::MAX` is the end of the line.
    pub(super) fn columns(&self, cursor: Place, line: u64, text: &dyn Text) -> Option<Range<u16>> {
        let cursor = self.end.unwrap_or(cursor);
        let (mut start, mut end) = (self.anchor.min(cursor), self.anchor.max(cursor));
        if !(start.line..=end.line).contains(&line) {
            return None;
        }
        if self.kind == Kind::Words {
            start.col = word_at(text, start).map_or(start.col, |(from, _)| from);
            end.col = word_at(text, end).map_or(end.col, |(_, to)| to);
        }
        let behind = u16::from(!self.exclusive);
        Some(match self.kind {
            Kind::Lines => 0..u16::MAX,
            Kind::Rect => self.anchor.col.min(cursor.col)..self.anchor.col.max(cursor.col) + behind,
            Kind::Chars | Kind::Words => {
                let from = if line == start.line { start.col } else { 0 };
                let to = if line == end.line { end.col + behind } else { u16::MAX };
                from..to
            }
        })
    }

    /// The text, with a line end where a line of the program ended; cut at [`MAX_COPY`].
    pub(super) fn text(&self, cursor: Place, text: &dyn Text) -> String {
        let (first, last) = self.lines(cursor);
        let mut out = String::new();
        for number in first..=last {
            let (Some(line), Some(columns)) = (text.line(number), self.columns(cursor, number, text)) else { continue };
            out.push_str(&piece(line, columns));
            let joined = line.wrapped && matches!(self.kind, Kind::Chars | Kind::Words);
            if self.kind == Kind::Lines || (number < last && !joined) {
                out.push('\n');
            }
            if out.len() > MAX_COPY {
                out.truncate(floor_char_boundary(&out, MAX_COPY));
                break;
            }
        }
        out
    }
}

/// The characters of a line that begin within these columns.
fn piece(line: &Line, columns: Range<u16>) -> String {
    spots(line).iter().filter(|spot| columns.contains(&spot.col)).map(|spot| spot.text).collect()
}

/// The word around a place, as a double click selects it.
pub(super) fn word_at(text: &dyn Text, at: Place) -> Option<(u16, u16)> {
    let spots = spots(text.line(at.line)?);
    let index = spots.iter().position(|spot| (spot.col..spot.col + spot.width).contains(&at.col))?;
    let is_word = |c: &str| !c.trim().is_empty() && !" \t\"'`()[]{}<>|;,".contains(c);
    if !is_word(spots[index].text) {
        return None;
    }
    let start = spots[..index].iter().rposition(|spot| !is_word(spot.text)).map_or(0, |gap| gap + 1);
    let end = spots[index..].iter().position(|spot| !is_word(spot.text)).map_or(spots.len(), |gap| index + gap);
    Some((spots[start].col, spots[end - 1].col))
}

#[cfg(test)]
mod tests {
    use super::super::motion::tests::Sample;
    use super::*;

    fn text(kind: Kind, anchor: (u64, u16), cursor: (u64, u16), sample: &Sample) -> String {
        let place = |(line, col)| Place { line, col };
        Selection::new(place(anchor), kind).text(place(cursor), sample)
    }

    #[test]
    fn characters_lines_and_blocks() {
        let sample = Sample::new(&["abcd", "ef", "ghij"]);
        assert_eq!(text(Kind::Chars, (10, 2), (12, 1), &sample), "cd\nef\ngh");
        assert_eq!(text(Kind::Chars, (12, 1), (10, 2), &sample), "cd\nef\ngh", "either way round");
        assert_eq!(text(Kind::Lines, (11, 1), (12, 1), &sample), "ef\nghij\n");
        assert_eq!(text(Kind::Rect, (10, 1), (12, 2), &sample), "bc\nf\nhi");
    }

    #[test]
    fn a_line_that_the_margin_broke_is_one() {
        let mut sample = Sample::new(&["abcd", "ef"]);
        sample.0[0].wrapped = true;
        assert_eq!(text(Kind::Chars, (10, 0), (11, 1), &sample), "abcdef");
    }

    #[test]
    fn a_word_ends_at_blanks_and_brackets() {
        let sample = Sample::new(&["see (http://x.y/z) now"]);
        assert_eq!(word_at(&sample, Place { line: 10, col: 8 }), Some((5, 16)));
        assert_eq!(word_at(&sample, Place { line: 10, col: 3 }), None);
    }
}
