//! What the server has found of a pattern, and where to go in it. Pure.
//!
//! The lines are searched from the cursor on in the way of the search, then the rest, each part in that way too: so the
//! nearest place is known first. What the pane shows changes meanwhile, so its lines are searched again when they have.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use crate::base::Line;
use crate::base::limits::{MAX_HITS, MAX_WRAPPED};
use crate::client::mirror::Pane;
use crate::proto::message::Hit;

use super::motion::{Text, spots};

/// Where something was found: the line, and the bytes of its text before it.
pub(super) type Spot = (u64, u32);

/// A question to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::client) struct Quest {
    pub(in crate::client) number: u32,
    pub(in crate::client) pattern: String,
    pub(in crate::client) regex: bool,
    pub(in crate::client) forward: bool,
    pub(in crate::client) lines: Range<u64>,
}

/// A way to go, as soon as it is known where that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Going {
    pub(super) forward: bool,
    pub(super) from: Spot,
    pub(super) times: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    To(Spot),
    /// The server has not come so far.
    Waits,
    Nowhere,
}

#[derive(Debug)]
pub(super) struct Finder {
    pub(super) pattern: String,
    pub(super) regex: bool,
    pub(super) forward: bool,
    origin: Spot,
    number: u32,
    /// What is still to be asked; the first is under way where `asked`.
    parts: VecDeque<Range<u64>>,
    asked: bool,
    /// The part that lies in the way of the search is done.
    near_done: bool,
    hits: BTreeMap<Spot, u32>,
    /// There are more than are kept.
    pub(super) cut: bool,
    /// From this line on the text may have changed since.
    changing: u64,
    stale: bool,
    pub(super) going: Option<Going>,
}

impl Finder {
    pub(super) fn new(pattern: String, regex: bool, forward: bool, origin: Spot, number: u32, pane: &Pane) -> Self {
        let (first, end) = (pane.first_line, pane.last_line() + 1);
        let here = origin.0.clamp(first, end);
        let parts =
            if forward { [here..end, first..here] } else { [first..(here + 1).min(end), (here + 1).min(end)..end] };
        Self {
            pattern,
            regex,
            forward,
            origin,
            number,
            near_done: parts[0].is_empty(),
            parts: parts.into_iter().filter(|lines| !lines.is_empty()).collect(),
            asked: false,
            hits: BTreeMap::new(),
            cut: false,
            changing: pane.screen_line,
            stale: false,
            going: Some(Going { forward, from: origin, times: 1 }),
        }
    }

    /// What is to be asked now, if anything.
    pub(super) fn quest(&mut self, pane: &Pane) -> Option<Quest> {
        if self.asked {
            return None;
        }
        if self.parts.is_empty() && std::mem::take(&mut self.stale) {
            self.hits.split_off(&(self.changing, 0));
            self.parts.push_back(self.changing.max(pane.first_line)..pane.last_line() + 1);
            self.changing = pane.screen_line;
        }
        while self.parts.front().is_some_and(|lines| lines.is_empty()) {
            self.part_done();
        }
        let lines = self.parts.front()?.clone();
        self.asked = true;
        Some(Quest {
            number: self.number,
            pattern: self.pattern.clone(),
            regex: self.regex,
            forward: self.forward,
            lines,
        })
    }

    fn part_done(&mut self) {
        self.parts.pop_front();
        self.near_done = true;
    }

    /// The pane has changed.
    pub(super) fn touched(&mut self) {
        self.stale = true;
    }

    /// There is a new connection, which knows nothing of questions before.
    pub(super) fn forget_questions(&mut self) {
        self.asked = false;
    }

    /// Takes a piece of an answer; false for one to another question.
    pub(super) fn answer(&mut self, number: u32, hits: &[Hit], done: bool) -> bool {
        if number != self.number || !self.asked {
            return false;
        }
        for hit in hits {
            self.hits.insert((hit.line, hit.start), hit.length);
        }
        while self.hits.len() > MAX_HITS {
            self.cut = true;
            self.forget_farthest();
        }
        if done {
            self.asked = false;
            self.part_done();
        }
        true
    }

    /// Drops the hit that the way of the search would come to last.
    fn forget_farthest(&mut self) {
        let beyond = match self.forward {
            true => self.hits.range(..self.origin).next_back(),
            false => self.hits.range(self.origin..).next(),
        };
        let farthest = beyond.map(|(spot, _)| *spot);
        match (farthest, self.forward) {
            (Some(spot), _) => drop(self.hits.remove(&spot)),
            (None, true) => drop(self.hits.pop_last()),
            (None, false) => drop(self.hits.pop_first()),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.parts.is_empty()
    }

    /// Where the way leads, as far as that is known.
    pub(super) fn come(&self, going: Going, first_line: u64) -> Came {
        let mut at = going.from;
        for _ in 0..going.times {
            match self.step(at, going.forward, first_line) {
                Came::To(spot) => at = spot,
                other => return other,
            }
        }
        Came::To(at)
    }

    fn step(&self, from: Spot, forward: bool, first_line: u64) -> Came {
        let kept = (first_line, 0)..;
        let (next, other) = if forward {
            (self.hits.range((from.0, from.1.saturating_add(1))..).next(), self.hits.range(kept).next())
        } else {
            (self.hits.range((first_line, 0).min(from)..from).next_back(), self.hits.range(kept).next_back())
        };
        // In the way of the search, what is nearest to where it began is known first; beyond the end of the text, what
        // is nearest to that end.
        let in_its_way = forward == self.forward;
        let ahead = if forward { from >= self.origin } else { from <= self.origin };
        let far = |spot: &Spot| if forward { *spot < self.origin } else { *spot > self.origin };
        let is_known = |spot: &Spot| in_its_way && self.near_done && far(spot);
        match (next, other) {
            (Some((spot, _)), _) if self.is_done() || (in_its_way && ahead) || is_known(spot) => Came::To(*spot),
            (None, Some((spot, _))) if self.is_done() || is_known(spot) => Came::To(*spot),
            (None, None) if self.is_done() => Came::Nowhere,
            _ => Came::Waits,
        }
    }

    /// Which one of how many starts here.
    pub(super) fn place_of(&self, spot: Spot) -> Option<(usize, usize)> {
        self.hits.contains_key(&spot).then(|| (self.hits.range(..=spot).count(), self.hits.len()))
    }

    pub(super) fn count(&self) -> usize {
        self.hits.len()
    }

    /// The columns of each hit in a line, with where it starts; a hit may have begun in a line that goes on in this.
    pub(super) fn columns(&self, number: u64, text: &dyn Text) -> Vec<(Spot, Range<u16>)> {
        let Some(line) = text.line(number) else { return Vec::new() };
        let mut found = Vec::new();
        for (&spot, &length) in self.hits.range((number.saturating_sub(MAX_WRAPPED), 0)..(number + 1, 0)) {
            let bytes = spot.1 as usize..(spot.1 as usize).saturating_add(length as usize);
            if let Some(bytes) = carried(bytes, spot.0..number, text) {
                let columns = columns_of(line, bytes);
                if !columns.is_empty() {
                    found.push((spot, columns));
                }
            }
        }
        found
    }
}

/// A range of bytes that begins in the first of these lines, as it lies in the one behind them.
fn carried(mut bytes: Range<usize>, lines: Range<u64>, text: &dyn Text) -> Option<Range<usize>> {
    for number in lines {
        let line = text.line(number)?;
        let length = line.spans.iter().map(|span| span.text.len()).sum::<usize>() + usize::from(!line.wrapped);
        bytes = bytes.start.saturating_sub(length)..bytes.end.checked_sub(length)?;
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// The columns of a range of bytes of a line's text.
fn columns_of(line: &Line, bytes: Range<usize>) -> Range<u16> {
    let mut at = 0;
    let (mut from, mut to) = (u16::MAX, 0);
    for spot in spots(line) {
        let end = at + spot.text.len();
        if at < bytes.end && end > bytes.start {
            (from, to) = (from.min(spot.col), spot.col + spot.width);
        }
        at = end;
    }
    from..to
}

/// The column of a place in a line's text.
pub(super) fn column(line: &Line, byte: u32) -> u16 {
    let columns = columns_of(line, byte as usize..byte as usize + 1);
    if columns.is_empty() { 0 } else { columns.start }
}

/// The bytes of a line's text before a column.
pub(super) fn byte(line: &Line, col: u16) -> u32 {
    spots(line).iter().take_while(|spot| spot.col < col).map(|spot| spot.text.len() as u32).sum()
}

#[cfg(test)]
mod tests {
    use super::super::motion::tests::Sample;
    use super::*;

    fn pane() -> Pane {
        Pane { first_line: 0, screen_line: 100, rows: vec![Line::default(); 10], ..Pane::default() }
    }

    fn hit(line: u64, start: u32, length: u32) -> Hit {
        Hit { line, start, length }
    }

    fn finder(forward: bool, line: u64) -> Finder {
        Finder::new("x".into(), false, forward, (line, 0), 7, &pane())
    }

    fn to(finder: &Finder, forward: bool, from: Spot) -> Came {
        finder.come(Going { forward, from, times: 1 }, 0)
    }

    #[test]
    fn backwards_the_first_piece_is_enough() {
        let mut finder = finder(false, 50);
        assert_eq!(finder.quest(&pane()).map(|quest| quest.lines), Some(0..51));
        assert_eq!(finder.quest(&pane()), None, "one question at a time");
        assert_eq!(to(&finder, false, (50, 0)), Came::Waits);
        assert!(finder.answer(7, &[hit(50, 0, 1), hit(49, 3, 1)], false));
        assert_eq!(to(&finder, false, (50, 0)), Came::To((49, 3)));
        finder.answer(7, &[], true);
        assert_eq!(finder.quest(&pane()).map(|quest| quest.lines), Some(51..110));
        finder.answer(7, &[hit(100, 1, 1)], false);
        assert_eq!(to(&finder, false, (49, 3)), Came::To((100, 1)), "round the end");
        assert!(!finder.answer(6, &[hit(1, 1, 1)], true), "an answer to what was asked before");
        finder.answer(7, &[hit(70, 1, 1)], true);
        assert_eq!((finder.place_of((70, 1)), finder.count()), (Some((3, 4)), 4));
    }

    #[test]
    fn forwards_it_is_too() {
        let mut finder = finder(true, 50);
        assert_eq!(finder.quest(&pane()).map(|quest| quest.lines), Some(50..110));
        finder.answer(7, &[hit(60, 0, 1)], false);
        assert_eq!(to(&finder, true, (50, 0)), Came::To((60, 0)));
        assert_eq!(to(&finder, false, (60, 0)), Came::Waits, "the other way is not known");
        finder.answer(7, &[hit(105, 0, 1)], true);
        assert_eq!(to(&finder, true, (105, 0)), Came::Waits, "the other part is not known");
        finder.quest(&pane());
        finder.answer(7, &[hit(4, 2, 1)], false);
        assert_eq!(to(&finder, true, (105, 0)), Came::To((4, 2)));
        assert_eq!(to(&finder, true, (4, 2)), Came::Waits, "there may be more before the place where it began");
        finder.answer(7, &[], true);
        assert_eq!(to(&finder, true, (4, 2)), Came::To((60, 0)));
        let twice = Going { forward: true, from: (50, 0), times: 2 };
        assert_eq!(finder.come(twice, 0), Came::To((105, 0)));
    }

    #[test]
    fn what_the_pane_shows_is_searched_again_when_it_changes() {
        let mut finder = finder(false, 109);
        finder.quest(&pane());
        finder.answer(7, &[hit(105, 0, 1), hit(20, 0, 1)], true);
        assert_eq!(finder.quest(&pane()), None);
        finder.touched();
        assert_eq!(finder.quest(&pane()).map(|quest| quest.lines), Some(100..110));
        finder.answer(7, &[], true);
        assert_eq!(to(&finder, false, (109, 0)), Came::To((20, 0)));
        assert_eq!(to(&finder, false, (20, 0)), Came::To((20, 0)), "there is no other");
        assert_eq!(finder.come(Going { forward: false, from: (109, 0), times: 1 }, 30), Came::Nowhere, "it is gone");
    }

    #[test]
    fn a_hit_over_a_broken_line_is_in_both() {
        let mut sample = Sample::new(&["ab漢x", "yz end"]);
        sample.0[0].wrapped = true;
        let mut finder = finder(false, 50);
        finder.quest(&pane());
        finder.answer(7, &[hit(10, 5, 3)], true);
        assert_eq!(finder.columns(10, &sample), [((10, 5), 3..4)]);
        assert_eq!(finder.columns(11, &sample), [((10, 5), 0..2)]);
        assert_eq!((column(&sample.0[0], 5), byte(&sample.0[0], 3)), (3, 5));
    }
}
