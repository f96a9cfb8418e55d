//! Looks for a text line by line, as far as the lines are known, and goes on when more have come. Pure.

use std::ops::Range;

use crate::base::Line;

use super::motion::{Place, Text, spots};

/// A search under way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Search {
    pub(super) needle: String,
    pub(super) forward: bool,
    /// Where it began: found only beyond it.
    start: Place,
    /// The line to look at next.
    line: u64,
    /// It has gone round the end.
    wrapped: bool,
}

#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Found(Place),
    NotFound,
    /// This line is needed to go on.
    Needs(u64),
}

impl Search {
    pub(super) fn new(needle: String, forward: bool, start: Place) -> Self {
        Self { needle, forward, start, line: start.line, wrapped: false }
    }

    /// The line to look at next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Goes on as far as lines are known, which the cache of them bounds.
    pub(super) fn step(&mut self, text: &dyn Text) -> Step {
        loop {
            let Some(line) = text.line(self.line) else { return Step::Needs(self.line) };
            if let Some(col) = self.pick(line) {
                return Step::Found(Place { line: self.line, col });
            }
            if !self.advance(text) {
                return Step::NotFound;
            }
        }
    }

    fn pick(&self, line: &Line) -> Option<u16> {
        let mut starts = matches(line, &self.needle).into_iter().map(|range| range.start);
        match (self.line == self.start.line && !self.wrapped, self.forward) {
            (true, true) => starts.find(|col| *col > self.start.col),
            (true, false) => starts.rfind(|col| *col < self.start.col),
            (false, true) => starts.next(),
            (false, false) => starts.next_back(),
        }
    }

    /// To the next line, round the end once; false when everything was seen.
    fn advance(&mut self, text: &dyn Text) -> bool {
        if self.wrapped && self.line == self.start.line {
            return false;
        }
        let end = if self.forward { text.last() } else { text.first() };
        let other = if self.forward { text.first() } else { text.last() };
        if self.line == end {
            self.wrapped = true;
            self.line = other;
            return other != self.start.line || end != other;
        }
        self.line = if self.forward { self.line + 1 } else { self.line.saturating_sub(1).max(end) };
        true
    }

    /// The line could not be had: go on behind it.
    pub(super) fn skip(&mut self, text: &dyn Text) -> bool {
        self.advance(text)
    }
}

/// The columns of each match in a line. A needle without capitals finds both cases.
pub(super) fn matches(line: &Line, needle: &str) -> Vec<Range<u16>> {
    if needle.is_empty() {
        return Vec::new();
    }
    let fold = !needle.chars().any(char::is_uppercase);
    let spots = spots(line);
    let mut text = String::new();
    let mut starts = Vec::with_capacity(spots.len());
    for spot in &spots {
        starts.push(text.len());
        if fold { text.extend(spot.text.chars().flat_map(char::to_lowercase)) } else { text.push_str(spot.text) }
    }
    let column = |byte: usize| starts.partition_point(|start| *start <= byte).saturating_sub(1);
    text.match_indices(needle)
        .map(|(at, found)| {
            let last = &spots[column(at + found.len() - 1)];
            spots[column(at)].col..last.col + last.width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::motion::tests::{Sample, line};
    use super::*;

    #[test]
    fn matches_are_columns() {
        assert_eq!(matches(&line("abcabc"), "bc"), [1..3, 4..6]);
        assert_eq!(matches(&line("ABC abc"), "abc"), [0..3, 4..7]);
        assert_eq!(matches(&line("ABC abc"), "ABC").first(), Some(&(0..3)));
        assert_eq!(matches(&line("漢bc"), "b").first(), Some(&(2..3)));
        assert!(matches(&line("abc"), "").is_empty());
    }

    fn run(sample: &Sample, needle: &str, forward: bool, from: (u64, u16)) -> Step {
        Search::new(needle.into(), forward, Place { line: from.0, col: from.1 }).step(sample)
    }

    #[test]
    fn it_finds_the_next_and_goes_round_once() {
        let sample = Sample::new(&["x one", "two x", "three"]);
        let found = |line, col| Step::Found(Place { line, col });
        assert_eq!(run(&sample, "x", true, (10, 0)), found(11, 4));
        assert_eq!(run(&sample, "x", true, (11, 4)), found(10, 0));
        assert_eq!(run(&sample, "x", false, (11, 4)), found(10, 0));
        assert_eq!(run(&sample, "x", false, (10, 0)), found(11, 4));
        assert_eq!(run(&sample, "nowhere", true, (11, 0)), Step::NotFound);
        assert_eq!(run(&sample, "three", true, (12, 0)), found(12, 0));
        assert_eq!(run(&Sample::new(&["one"]), "two", true, (10, 0)), Step::NotFound);
    }

    #[test]
    fn it_waits_for_lines_that_are_not_here() {
        struct Partial(Sample);
        impl Text for Partial {
            fn first(&self) -> u64 {
                0
            }
            fn last(&self) -> u64 {
                self.0.last()
            }
            fn line(&self, number: u64) -> Option<&Line> {
                self.0.line(number)
            }
        }
        let text = Partial(Sample::new(&["a", "b"]));
        let mut search = Search::new("z".into(), false, Place { line: 11, col: 0 });
        assert_eq!(search.step(&text), Step::Needs(9));
    }
}
