//! Where prompts began (OSC 133;A, as FinalTerm had it).

use std::collections::VecDeque;
use std::ops::Range;

use super::snapshot::{Fields, Writer};
use crate::base::limits::MAX_PROMPTS;

/// The numbers of their lines, ascending.
#[derive(Clone, Debug, Default)]
pub(super) struct Prompts(VecDeque<u64>);

impl Prompts {
    pub fn note(&mut self, line: u64) {
        // After a clear of the screen, prompts come again further up.
        self.forget_from(line);
        self.0.push_back(line);
        if self.0.len() > MAX_PROMPTS {
            self.0.pop_front();
        }
    }

    /// There is no prompt in this line or below.
    pub fn forget_from(&mut self, line: u64) {
        while self.0.back().is_some_and(|last| *last >= line) {
            self.0.pop_back();
        }
    }

    pub fn from(&self, first: u64) -> impl Iterator<Item = u64> {
        self.0.iter().copied().filter(move |line| *line >= first)
    }

    /// They go along with their lines.
    pub fn renumber(&mut self) -> Renumbering<'_> {
        Renumbering { old: std::mem::take(&mut self.0), new: &mut self.0 }
    }

    pub fn save(&self, writer: &mut Writer<'_>, tag: u16) {
        writer.records(tag, self.0.iter().map(|line| [*line]));
    }

    pub fn load(fields: Fields<'_>, tag: u16) -> Self {
        let mut prompts = Self::default();
        fields.records(tag).take(MAX_PROMPTS).for_each(|[line]| prompts.note(line));
        prompts
    }
}

/// Lines get other numbers, and those of prompts with them. They are told in order, each once; one that is not told of
/// is gone.
pub(super) struct Renumbering<'a> {
    old: VecDeque<u64>,
    new: &'a mut VecDeque<u64>,
}

impl Renumbering<'_> {
    /// These lines have the numbers from `to` on now.
    pub fn moved(&mut self, lines: Range<u64>, to: u64) {
        while let Some(line) = self.next_before(lines.end) {
            self.new.extend(line.checked_sub(lines.start).map(|index| to + index));
        }
    }

    /// These lines are one of the program's, which begins at `to` now.
    pub fn joined(&mut self, lines: Range<u64>, to: u64) {
        while let Some(line) = self.next_before(lines.end) {
            if line >= lines.start && self.new.back() != Some(&to) {
                self.new.push_back(to);
            }
        }
    }

    fn next_before(&mut self, end: u64) -> Option<u64> {
        self.old.front().filter(|line| **line < end)?;
        self.old.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(prompts: &Prompts) -> Vec<u64> {
        prompts.from(0).collect()
    }

    #[test]
    fn what_a_clear_has_taken_is_forgotten() {
        let mut prompts = Prompts::default();
        [3, 5, 8, 5, 6].into_iter().for_each(|line| prompts.note(line));
        assert_eq!(lines(&prompts), [3, 5, 6]);
        assert_eq!(prompts.from(4).collect::<Vec<_>>(), [5, 6]);
        (10..10 + MAX_PROMPTS as u64).for_each(|line| prompts.note(line));
        assert_eq!((prompts.0.len(), prompts.0[0]), (MAX_PROMPTS, 10));
    }

    #[test]
    fn they_go_along_with_their_lines() {
        let mut prompts = Prompts::default();
        [1, 4, 5, 6, 9].into_iter().for_each(|line| prompts.note(line));
        let mut numbers = prompts.renumber();
        numbers.moved(2..5, 20);
        numbers.joined(5..7, 23);
        numbers.joined(7..8, 24);
        numbers.moved(8..10, 30);
        assert_eq!(lines(&prompts), [22, 23, 31]);
    }
}
