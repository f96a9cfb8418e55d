//! Lines that have left a pane's screen, as far as this client has asked for them: a bounded cache.

use std::collections::{BTreeMap, VecDeque};

use crate::base::Line;
use crate::base::limits::{HISTORY_BLOCK, HISTORY_CACHE, MAX_FETCH};
use crate::client::mirror::Pane;

/// A question to the server: so many lines from this one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::client) struct Ask {
    pub(in crate::client) from: u64,
    pub(in crate::client) count: u16,
}

impl Ask {
    fn covers(&self, line: u64) -> bool {
        (self.from..self.from + u64::from(self.count)).contains(&line)
    }
}

#[derive(Debug, Default)]
pub(super) struct History {
    lines: BTreeMap<u64, Line>,
    /// Lines as they were seen last, shown until the server has said how they are.
    guesses: BTreeMap<u64, Line>,
    /// Asked and not yet answered; answers come in order.
    asked: VecDeque<Ask>,
    /// The server has nothing here, as far as it has said: not asked again.
    hole: Option<u64>,
}

impl History {
    /// A line to be shown.
    pub(super) fn get(&self, number: u64) -> Option<&Line> {
        self.lines.get(&number).or_else(|| self.guesses.get(&number))
    }

    /// The line is here as the server has it.
    pub(super) fn has(&self, number: u64) -> bool {
        self.lines.contains_key(&number)
    }

    /// Asks for the block around a line that is not known, unless that is under way.
    pub(super) fn want(&mut self, line: u64, pane: &Pane) -> Option<Ask> {
        self.want_block(line, HISTORY_BLOCK, pane)
    }

    /// The same with as many lines as the server gives at once; for searches and long selections.
    pub(super) fn want_many(&mut self, line: u64, pane: &Pane) -> Option<Ask> {
        self.want_block(line, MAX_FETCH, pane)
    }

    fn want_block(&mut self, line: u64, block: u16, pane: &Pane) -> Option<Ask> {
        let inside = (pane.first_line..pane.screen_line).contains(&line);
        if !inside || self.lines.contains_key(&line) || self.hole == Some(line) {
            return None;
        }
        if self.asked.iter().any(|ask| ask.covers(line)) {
            return None;
        }
        let block = u64::from(block);
        let from = (line / block * block).max(pane.first_line);
        let count = (line / block * block + block).min(pane.screen_line) - from;
        let ask = Ask { from, count: count as u16 };
        self.asked.push_back(ask);
        Some(ask)
    }

    /// The server has said that it does not have this line.
    pub(super) fn is_hole(&self, line: u64) -> bool {
        self.hole == Some(line)
    }

    /// Takes an answer. `near` is where the user looks.
    pub(super) fn answer(&mut self, from: u64, lines: Vec<Line>, near: u64) {
        let ask = self.asked.pop_front();
        let count = lines.len() as u64;
        self.insert(from, lines, near);
        if let Some(ask) = ask {
            let end = ask.from + u64::from(ask.count);
            let missing = (ask.from..end).find(|line| !(from..from + count).contains(line));
            self.hole = missing.or(self.hole);
        }
    }

    /// Lines that have just left the screen, as they were seen last: the program may have changed them before they went.
    pub(super) fn guess(&mut self, from: u64, lines: Vec<Line>) {
        self.guesses.extend((from..).zip(lines));
        while self.guesses.len() > usize::from(HISTORY_BLOCK) {
            self.guesses.pop_first();
        }
    }

    fn insert(&mut self, from: u64, lines: Vec<Line>, near: u64) {
        self.guesses.retain(|number, _| !(from..from + lines.len() as u64).contains(number));
        self.lines.extend((from..).zip(lines));
        while self.lines.len() > HISTORY_CACHE {
            let (Some(first), Some(last)) = (self.lines.keys().next(), self.lines.keys().next_back()) else { return };
            let farthest = if near.abs_diff(*first) > near.abs_diff(*last) { *first } else { *last };
            self.lines.remove(&farthest);
        }
    }

    /// The connection is another one now: what was asked is never answered.
    pub(super) fn forget_questions(&mut self) {
        self.asked.clear();
        self.hole = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pane(first_line: u64, screen_line: u64) -> Pane {
        Pane { first_line, screen_line, ..Pane::default() }
    }

    #[test]
    fn a_block_is_asked_for_once() {
        let mut history = History::default();
        let pane = pane(100, 1200);
        assert_eq!(history.want(700, &pane), Some(Ask { from: 500, count: 500 }));
        assert_eq!(history.want(710, &pane), None);
        assert_eq!(history.want(120, &pane), Some(Ask { from: 100, count: 400 }));
        assert_eq!(history.want(1100, &pane), Some(Ask { from: 1000, count: 200 }));
        assert_eq!(history.want(1200, &pane), None, "that is on the screen");
        history.answer(500, vec![Line::default(); 500], 700);
        assert_eq!(history.want(700, &pane), None);
        assert!(history.get(999).is_some() && history.get(1000).is_none());
    }

    #[test]
    fn what_the_server_does_not_have_is_not_asked_for_again() {
        let mut history = History::default();
        let pane = pane(0, 10);
        history.want(3, &pane);
        history.answer(0, Vec::new(), 3);
        assert_eq!(history.want(0, &pane), None);
    }

    #[test]
    fn what_is_farthest_away_is_forgotten_first() {
        let mut history = History::default();
        history.insert(0, vec![Line::default(); HISTORY_CACHE], 10);
        history.insert(HISTORY_CACHE as u64, vec![Line::default(); 5], 10);
        assert!(history.get(0).is_some());
        assert!(history.get(HISTORY_CACHE as u64 + 4).is_none());
    }
}
