//! Where the cursor goes in a text of numbered lines, by the rules of vi. Pure.

use crate::base::{Line, SpanKind};

/// A cell in the history or on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) col: u16,
}

/// Lines by number; one that is not known yet counts as empty.
pub(super) trait Text {
    fn first(&self) -> u64;
    fn last(&self) -> u64;
    fn line(&self, number: u64) -> Option<&Line>;
}

/// A character with the cells that it takes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::client) struct Spot<'a> {
    pub(in crate::client) text: &'a str,
    pub(in crate::client) col: u16,
    pub(in crate::client) width: u16,
}

/// The characters of a line without the blanks at its end.
pub(in crate::client) fn spots(line: &Line) -> Vec<Spot<'_>> {
    let mut col = 0u16;
    let mut found = Vec::new();
    for span in &line.spans {
        let mut push = |text, width| {
            found.push(Spot { text, col, width });
            col = col.saturating_add(width);
        };
        match span.kind {
            SpanKind::Cluster(width) => push(span.text.as_str(), u16::from(width)),
            SpanKind::Narrow => chars(&span.text).for_each(|text| push(text, 1)),
            SpanKind::Wide => chars(&span.text).for_each(|text| push(text, 2)),
        }
    }
    let end = found.iter().rposition(|spot| spot.text != " ").map_or(0, |last| last + 1);
    found.truncate(end);
    found
}

fn chars(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motion {
    Left,
    Right,
    LineStart,
    Indent,
    LineEnd,
    /// Behind the last character of the line, as in emacs.
    LineBehind,
    WordStart(Words),
    WordBack(Words),
    WordEnd(Words),
    /// Behind the end of a word, as in emacs.
    WordBehind(Words),
    ParagraphBack,
    ParagraphOn,
    /// To the bracket that belongs to this one; else, to the next one that opens or closes.
    BracketOn,
    BracketBack,
}

/// What ends a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Blanks and signs; a row of signs is a word too.
    Signs,
    Blanks,
}

/// Steps after which a motion over words gives up.
const MAX_STEPS: usize = 20_000;

/// Where a motion leads.
pub(super) fn moved(text: &dyn Text, at: Place, motion: Motion) -> Place {
    let words = match motion {
        Motion::WordStart(words) | Motion::WordBack(words) | Motion::WordEnd(words) | Motion::WordBehind(words) => {
            words
        }
        _ => Words::Signs,
    };
    let walk = Walk { text, words };
    match motion {
        Motion::Left => walk.beside(at, false),
        Motion::Right => walk.beside(at, true),
        Motion::LineStart => Place { col: 0, ..at },
        Motion::Indent => Place { col: walk.indent(at.line), ..at },
        Motion::LineEnd => Place { col: walk.last_col(at.line), ..at },
        Motion::LineBehind => Place { col: walk.behind(at.line), ..at },
        Motion::WordStart(_) => walk.word_start(at),
        Motion::WordBack(_) => walk.word_back(at),
        Motion::WordEnd(_) => walk.word_end(at),
        Motion::WordBehind(_) => walk.word_behind(at),
        Motion::ParagraphBack => walk.paragraph(at, false),
        Motion::ParagraphOn => walk.paragraph(at, true),
        Motion::BracketOn => walk.bracket(at, true).unwrap_or(at),
        Motion::BracketBack => walk.bracket(at, false).unwrap_or(at),
    }
}

/// To a character in the line, or to the place beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Jump {
    pub(super) forward: bool,
    pub(super) beside: bool,
}

/// Where a jump leads, if the line has such a character there.
pub(super) fn jump(text: &dyn Text, at: Place, jump: Jump, target: &str) -> Option<Place> {
    let spots = Walk { text, words: Words::Signs }.spots(at.line);
    let here = spots.iter().position(|spot| spot.col >= at.col)?;
    // One that lies right beside is already reached.
    let skip = 1 + usize::from(jump.beside);
    let hit = |spot: &Spot<'_>| spot.text == target;
    let found = if jump.forward {
        let from = (here + skip).min(spots.len());
        from + spots[from..].iter().position(hit)? - usize::from(jump.beside)
    } else {
        let to = (here + 1).saturating_sub(skip);
        spots[..to].iter().rposition(hit)? + usize::from(jump.beside)
    };
    Some(Place { col: spots[found].col, ..at })
}

/// The last column with a character in it; 0 in an empty line.
pub(super) fn last_col(text: &dyn Text, line: u64) -> u16 {
    Walk { text, words: Words::Signs }.last_col(line)
}

/// The start of the character that covers a column.
pub(super) fn snap(text: &dyn Text, at: Place) -> Place {
    let spots = Walk { text, words: Words::Signs }.spots(at.line);
    let covering = spots.iter().rfind(|spot| spot.col <= at.col);
    match covering {
        Some(spot) if at.col < spot.col + spot.width => Place { col: spot.col, ..at },
        _ => at,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Word,
    Sign,
}

/// The other bracket of a pair, and whether this one opens.
fn pair(bracket: char) -> Option<(char, bool)> {
    Some(match bracket {
        '(' => (')', true),
        '[' => (']', true),
        '{' => ('}', true),
        ')' => ('(', false),
        ']' => ('[', false),
        '}' => ('{', false),
        _ => return None,
    })
}

struct Walk<'a> {
    text: &'a dyn Text,
    words: Words,
}

impl<'a> Walk<'a> {
    fn spots(&self, line: u64) -> Vec<Spot<'a>> {
        self.text.line(line).map(spots).unwrap_or_default()
    }

    fn last_col(&self, line: u64) -> u16 {
        self.spots(line).last().map_or(0, |spot| spot.col)
    }

    fn behind(&self, line: u64) -> u16 {
        self.spots(line).last().map_or(0, |spot| spot.col + spot.width)
    }

    fn indent(&self, line: u64) -> u16 {
        self.spots(line).iter().find(|spot| spot.text.trim() != "").map_or(0, |spot| spot.col)
    }

    /// One character to the side within the line.
    fn beside(&self, at: Place, right: bool) -> Place {
        let spots = self.spots(at.line);
        let found = if right {
            spots.iter().find(|spot| spot.col > at.col)
        } else {
            spots.iter().rfind(|spot| spot.col < at.col)
        };
        let col = match found {
            Some(spot) => spot.col,
            None if right => at.col,
            None => at.col.saturating_sub(1),
        };
        Place { col, ..at }
    }

    /// The next character over line ends; an empty line counts as one.
    fn next(&self, at: Place) -> Option<Place> {
        if let Some(spot) = self.spots(at.line).iter().find(|spot| spot.col > at.col) {
            return Some(Place { col: spot.col, ..at });
        }
        (at.line < self.text.last()).then(|| Place { line: at.line + 1, col: 0 })
    }

    fn previous(&self, at: Place) -> Option<Place> {
        if let Some(spot) = self.spots(at.line).iter().rfind(|spot| spot.col < at.col) {
            return Some(Place { col: spot.col, ..at });
        }
        (at.line > self.text.first()).then(|| Place { line: at.line - 1, col: self.last_col(at.line - 1) })
    }

    fn class(&self, at: Place) -> Class {
        let spots = self.spots(at.line);
        let c = spots.iter().find(|spot| spot.col == at.col).and_then(|spot| spot.text.chars().next());
        match c {
            Some(c) if c.is_alphanumeric() || c == '_' => Class::Word,
            Some(c) if !c.is_whitespace() && self.words == Words::Signs => Class::Sign,
            Some(c) if !c.is_whitespace() => Class::Word,
            _ => Class::Blank,
        }
    }

    fn word_start(&self, from: Place) -> Place {
        let class = self.class(from);
        let mut at = from;
        let mut left_word = class == Class::Blank;
        for _ in 0..MAX_STEPS {
            let Some(next) = self.next(at) else { return at };
            let now = self.class(next);
            left_word |= next.line != at.line || now != class;
            at = next;
            if left_word && now != Class::Blank {
                break;
            }
        }
        at
    }

    fn word_back(&self, from: Place) -> Place {
        let mut at = from;
        let mut class = Class::Blank;
        for _ in 0..MAX_STEPS {
            let Some(before) = self.previous(at) else { return at };
            let now = self.class(before);
            if class != Class::Blank && (now != class || before.line != at.line) {
                break;
            }
            class = now;
            at = before;
        }
        at
    }

    fn word_end(&self, from: Place) -> Place {
        let Some(mut at) = self.next(from) else { return from };
        for _ in 0..MAX_STEPS {
            let Some(next) = self.next(at) else { return at };
            let class = self.class(at);
            if class != Class::Blank && (self.class(next) != class || next.line != at.line) {
                break;
            }
            at = next;
        }
        at
    }

    fn word_behind(&self, from: Place) -> Place {
        let mut at = from;
        for _ in 0..MAX_STEPS {
            if self.class(at) == Class::Word {
                break;
            }
            let Some(next) = self.next(at) else { return at };
            at = next;
        }
        for _ in 0..MAX_STEPS {
            let end = self.spots(at.line).last().map_or(0, |spot| spot.col + spot.width);
            match self.next(at) {
                Some(next) if next.line == at.line && self.class(next) == Class::Word => at = next,
                Some(next) if next.line == at.line => return next,
                _ => return Place { col: end, ..at },
            }
        }
        at
    }

    fn sign(&self, at: Place) -> Option<char> {
        self.spots(at.line).iter().find(|spot| spot.col == at.col)?.text.chars().next()
    }

    /// The bracket that belongs to the one here or, with none here, to the next one in the line.
    fn bracket(&self, from: Place, on: bool) -> Option<Place> {
        let is_bracket = |at: Place| self.sign(at).is_some_and(|c| pair(c).is_some());
        let mut at = from;
        while !is_bracket(at) {
            at = if on { self.next(at) } else { self.previous(at) }.filter(|next| next.line == from.line)?;
        }
        let own = self.sign(at)?;
        let (other, opens) = pair(own)?;
        let mut depth = 0usize;
        for _ in 0..MAX_STEPS {
            match self.sign(at) {
                Some(c) if c == own => depth += 1,
                Some(c) if c == other => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(at);
            }
            at = if opens { self.next(at) } else { self.previous(at) }?;
        }
        None
    }

    /// The next empty line behind a line that is not.
    fn paragraph(&self, from: Place, on: bool) -> Place {
        let mut line = from.line;
        let mut in_text = false;
        for _ in 0..MAX_STEPS {
            let end = if on { line >= self.text.last() } else { line <= self.text.first() };
            let empty = self.spots(line).is_empty();
            if end || (in_text && empty) {
                break;
            }
            in_text |= !empty;
            line = if on { line + 1 } else { line - 1 };
        }
        Place { line, col: 0 }
    }
}

#[cfg(test)]
pub(in crate::client) mod tests {
    use super::*;
    use crate::base::{Span, Style};

    /// Lines from number 10 on.
    pub(crate) struct Sample(pub(crate) Vec<Line>);

    impl Sample {
        pub(crate) fn new(lines: &[&str]) -> Self {
            Self(lines.iter().map(|text| line(text)).collect())
        }
    }

    pub(crate) fn line(text: &str) -> Line {
        let spans = text.split_inclusive('漢').map(|part| {
            let kind = if part == "漢" { SpanKind::Wide } else { SpanKind::Narrow };
            Span { style: Style::DEFAULT, kind, link: None, text: part.into() }
        });
        Line { spans: spans.collect(), ..Line::default() }
    }

    impl Text for Sample {
        fn first(&self) -> u64 {
            10
        }
        fn last(&self) -> u64 {
            9 + self.0.len() as u64
        }
        fn line(&self, number: u64) -> Option<&Line> {
            self.0.get(number.checked_sub(10)? as usize)
        }
    }

    fn path(text: &Sample, start: (u64, u16), motion: Motion, times: usize) -> Vec<(u64, u16)> {
        let mut at = Place { line: start.0, col: start.1 };
        (0..times)
            .map(|_| {
                at = moved(text, at, motion);
                (at.line, at.col)
            })
            .collect()
    }

    #[test]
    fn words_are_vi_s() {
        let text = Sample::new(&["one two.x", "", "  end"]);
        assert_eq!(
            path(&text, (10, 0), Motion::WordStart(Words::Signs), 6),
            [(10, 4), (10, 7), (10, 8), (12, 2), (12, 4), (12, 4)]
        );
        assert_eq!(
            path(&text, (10, 0), Motion::WordEnd(Words::Signs), 5),
            [(10, 2), (10, 6), (10, 7), (10, 8), (12, 4)]
        );
        assert_eq!(
            path(&text, (12, 4), Motion::WordBack(Words::Signs), 5),
            [(12, 2), (10, 8), (10, 7), (10, 4), (10, 0)]
        );
    }

    #[test]
    fn words_between_blanks_and_words_of_emacs() {
        let text = Sample::new(&["one two.x y", "z"]);
        assert_eq!(path(&text, (10, 0), Motion::WordStart(Words::Blanks), 3), [(10, 4), (10, 10), (11, 0)]);
        assert_eq!(path(&text, (10, 0), Motion::WordEnd(Words::Blanks), 2), [(10, 2), (10, 8)]);
        assert_eq!(path(&text, (10, 10), Motion::WordBack(Words::Blanks), 2), [(10, 4), (10, 0)]);
        assert_eq!(path(&text, (10, 0), Motion::WordBehind(Words::Signs), 4), [(10, 3), (10, 7), (10, 9), (10, 11)]);
    }

    #[test]
    fn brackets_find_each_other() {
        let text = Sample::new(&["f(a[1], {", "}) x"]);
        assert_eq!(path(&text, (10, 0), Motion::BracketOn, 2), [(11, 1), (10, 1)]);
        assert_eq!(path(&text, (10, 3), Motion::BracketOn, 1), [(10, 5)]);
        assert_eq!(path(&text, (11, 3), Motion::BracketOn, 1), [(11, 3)], "there is none");
        assert_eq!(path(&text, (11, 3), Motion::BracketBack, 1), [(10, 1)]);
    }

    #[test]
    fn lines_have_ends_and_indents() {
        let text = Sample::new(&["  ab  ", ""]);
        assert_eq!(path(&text, (10, 0), Motion::LineEnd, 1), [(10, 3)]);
        assert_eq!(path(&text, (10, 0), Motion::LineBehind, 1), [(10, 4)]);
        assert_eq!(path(&text, (10, 3), Motion::Indent, 1), [(10, 2)]);
        assert_eq!(path(&text, (10, 3), Motion::Right, 1), [(10, 3)]);
        assert_eq!(path(&text, (11, 0), Motion::Left, 1), [(11, 0)]);
    }

    #[test]
    fn a_wide_character_is_one_step() {
        let mut text = Sample::new(&["a"]);
        text.0[0].spans.push(line("漢").spans.remove(0));
        text.0[0].spans.push(line("b").spans.remove(0));
        assert_eq!(path(&text, (10, 0), Motion::Right, 2), [(10, 1), (10, 3)]);
        assert_eq!(path(&text, (10, 3), Motion::Left, 1), [(10, 1)]);
        assert_eq!(snap(&text, Place { line: 10, col: 2 }).col, 1);
    }

    #[test]
    fn jumps_stay_in_the_line() {
        let text = Sample::new(&["a.b.c", "d."]);
        let from = |col, forward, beside| {
            jump(&text, Place { line: 10, col }, Jump { forward, beside }, ".").map(|place| place.col)
        };
        assert_eq!([from(0, true, false), from(1, true, false), from(3, true, false)], [Some(1), Some(3), None]);
        assert_eq!([from(0, true, true), from(2, true, true), from(4, false, true)], [Some(2), None, Some(2)]);
        assert_eq!([from(4, false, false), from(1, false, false)], [Some(3), None]);
    }

    #[test]
    fn paragraphs_end_at_empty_lines() {
        let text = Sample::new(&["a", "b", "", "c"]);
        assert_eq!(path(&text, (10, 0), Motion::ParagraphOn, 2), [(12, 0), (13, 0)]);
        assert_eq!(path(&text, (13, 0), Motion::ParagraphBack, 2), [(12, 0), (10, 0)]);
    }
}
