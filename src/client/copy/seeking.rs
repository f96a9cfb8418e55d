//! Searching: the server looks through all lines; this goes to what it has found.

use super::finder::{self, Came, Finder, Going, Quest, Spot};
use super::motion::Place;
use super::select;
use super::{CopyMode, Outcome, Pane};
use crate::proto::message::Hit;

impl CopyMode {
    /// Goes to the next place of a pattern, as soon as the server has found it.
    pub(in crate::client) fn search(&mut self, pattern: String, forward: bool, regex: bool, pane: &Pane) -> Outcome {
        let (pattern, regex) = match (&self.finder, pattern.is_empty()) {
            (Some(last), true) => (last.pattern.clone(), last.regex),
            (None, true) => return Outcome::Stay,
            (_, false) => (pattern, regex),
        };
        self.quests = self.quests.wrapping_add(1);
        let origin = self.spot(self.cursor, pane);
        self.finder = Some(Finder::new(pattern, regex, forward, origin, self.quests, pane));
        self.quiet = false;
        Outcome::Stay
    }

    /// The same while it is typed: always from where the search began, and without complaint.
    pub(in crate::client) fn search_typed(&mut self, pattern: String, forward: bool, regex: bool, pane: &Pane) {
        let (cursor, top) = *self.before_search.get_or_insert((self.cursor, self.top));
        (self.cursor, self.top) = (cursor, top);
        self.clamp(pane);
        if pattern.is_empty() {
            self.finder = None;
            return;
        }
        self.search(pattern, forward, regex, pane);
        self.quiet = true;
    }

    /// The text has been entered: what was found of it while it was typed is where the search ends.
    pub(in crate::client) fn search_entered(
        &mut self,
        text: String,
        forward: bool,
        regex: bool,
        pane: &Pane,
    ) -> Outcome {
        self.quiet = false;
        let typed = self.before_search.take().is_some();
        match &self.finder {
            Some(finder) if typed && !text.is_empty() && finder.pattern == text => match finder.count() {
                0 if finder.is_done() => Outcome::Say(format!("not found: {text}")),
                _ => Outcome::Stay,
            },
            _ => self.search(text, forward, regex, pane),
        }
    }

    /// The text was given up: everything is as before it.
    pub(in crate::client) fn search_given_up(&mut self, pane: &Pane) {
        if let Some((cursor, top)) = self.before_search.take() {
            (self.cursor, self.top) = (cursor, top);
            self.finder = None;
            self.clamp(pane);
        }
        self.quiet = false;
    }

    /// What is searched for is found and shown, but gone to only when that is asked for.
    pub(super) fn stay(&mut self) {
        if let Some(finder) = &mut self.finder {
            finder.going = None;
        }
    }

    pub(super) fn search_again(&mut self, reverse: bool, times: u32, pane: &Pane) -> Outcome {
        let from = self.spot(self.cursor, pane);
        let Some(finder) = &mut self.finder else { return Outcome::Say("nothing was searched yet".into()) };
        finder.going = Some(Going { forward: finder.forward != reverse, from, times });
        self.proceed(pane)
    }

    /// The word under the cursor.
    pub(super) fn search_word(&mut self, forward: bool, pane: &Pane) -> Outcome {
        let book = self.book(pane);
        let Some((start, end)) = select::word_at(&book, self.cursor) else { return Outcome::Stay };
        let anchor = Place { col: start, ..self.cursor };
        let selection = select::Selection::new(anchor, select::Kind::Chars);
        let word = selection.text(Place { col: end, ..anchor }, &book);
        self.cursor.col = start;
        self.search(word, forward, false, pane)
    }

    /// A place in terms of the text, which is what the server finds.
    fn spot(&self, place: Place, pane: &Pane) -> Spot {
        use super::motion::Text;
        let line = self.book(pane).line(place.line).map_or(0, |line| finder::byte(line, place.col));
        (place.line, line)
    }

    /// Goes where the search leads, if that is known.
    fn proceed(&mut self, pane: &Pane) -> Outcome {
        let Some(finder) = &mut self.finder else { return Outcome::Stay };
        let Some(going) = finder.going else { return Outcome::Stay };
        match finder.come(going, pane.first_line) {
            Came::Waits => Outcome::Stay,
            Came::Nowhere => {
                finder.going = None;
                let text = format!("not found: {}", finder.pattern);
                if self.quiet { Outcome::Stay } else { Outcome::Say(text) }
            }
            Came::To(spot) => {
                finder.going = None;
                self.go_to_spot(spot, pane);
                Outcome::Stay
            }
        }
    }

    fn go_to_spot(&mut self, spot: Spot, pane: &Pane) {
        let seen = (self.top..self.top + u64::from(pane.size.rows)).contains(&spot.0);
        self.cursor = Place { line: spot.0, col: 0 };
        if !seen {
            self.show_at(u64::from(pane.size.rows / 2), pane);
        }
        self.unplaced = Some(spot);
        self.place(pane);
    }

    /// Gives the cursor its column as soon as the line is here.
    pub(super) fn place(&mut self, pane: &Pane) {
        use super::motion::Text;
        let Some((number, byte)) = self.unplaced.filter(|spot| spot.0 == self.cursor.line) else {
            self.unplaced = None;
            return;
        };
        if let Some(col) = self.book(pane).line(number).map(|line| finder::column(line, byte)) {
            self.unplaced = None;
            self.cursor.col = col;
            self.wish = col;
        }
    }

    /// What the server is to search now.
    pub(in crate::client) fn quest(&mut self, pane: &Pane) -> Option<Quest> {
        self.finder.as_mut()?.quest(pane)
    }

    /// The server has found these.
    pub(in crate::client) fn found(
        &mut self,
        number: u32,
        hits: &[Hit],
        done: bool,
        problem: Option<String>,
        pane: &Pane,
    ) -> Outcome {
        let Some(finder) = &mut self.finder else { return Outcome::Stay };
        if !finder.answer(number, hits, done) {
            return Outcome::Stay;
        }
        if let Some(problem) = problem {
            self.finder = None;
            return if self.quiet { Outcome::Stay } else { Outcome::Say(problem) };
        }
        self.proceed(pane)
    }

    /// ` 3 of 17`, or how many there are where the cursor is on none.
    pub(super) fn counted(&self, pane: &Pane) -> String {
        let Some(finder) = &self.finder else { return String::new() };
        let more = if finder.cut || !finder.is_done() { "+" } else { "" };
        match finder.place_of(self.unplaced.unwrap_or_else(|| self.spot(self.cursor, pane))) {
            Some((place, count)) if more.is_empty() => format!("({place} of {count}) "),
            _ if finder.count() == 0 && !finder.is_done() => "(searching) ".into(),
            _ => format!("({}{more}) ", finder.count()),
        }
    }
}
