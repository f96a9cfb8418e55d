//! Looking through a pane's lines for its clients: a slice at a time, with program and clients served in between.

use std::collections::VecDeque;
use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};
use tokio::sync::mpsc::{
    self, OwnedPermit,
    error::{SendError, TrySendError},
};

use super::Pane;
use crate::base::PaneId;
use crate::base::limits::{
    MAX_HITS, MAX_PATTERN, MAX_PATTERN_COMPILED, MAX_SEARCHES, MAX_WRAPPED, SEARCH_PIECE, SEARCH_SLICE,
};
use crate::proto::message::{Hit, ToClient};
use crate::server::mailbox::Sought;
use crate::term::Terminal;

/// Searches under way, one turn each.
#[derive(Default)]
pub(super) struct Searches(VecDeque<Search>);

struct Search {
    wanted: Sought,
    answer: mpsc::Sender<ToClient>,
    /// What it looks for, compiled in its first turn; `Err` says why that cannot be.
    pattern: Option<Result<Regex, String>>,
    hits: usize,
}

/// Room for one message to a client; none where it has gone.
pub(super) type Room = Result<OwnedPermit<ToClient>, SendError<()>>;

impl Searches {
    /// A client has one search at a time: a new one takes the place of its last.
    pub(super) fn begin(&mut self, wanted: Sought, answer: mpsc::Sender<ToClient>) {
        self.0.retain(|search| !search.answer.same_channel(&answer));
        if self.0.len() < MAX_SEARCHES {
            self.0.push_back(Search { wanted, answer, pattern: None, hits: 0 });
        }
    }

    pub(super) fn waiting(&self) -> bool {
        !self.0.is_empty()
    }

    /// Until the client whose turn it is can take a piece of its answer.
    pub(super) fn room(&self) -> impl Future<Output = Room> + use<> {
        let answer = self.0.front().map(|search| search.answer.clone());
        async move {
            match answer {
                Some(answer) => answer.reserve_owned().await,
                None => std::future::pending().await,
            }
        }
    }
}

impl Pane {
    /// Does a slice of the search whose turn it is.
    pub(super) fn search_on(&mut self, room: Room) {
        let Some(mut search) = self.searches.0.pop_front() else { return };
        let Ok(room) = room else { return };
        let (message, done) = search.slice(self.id, self.terminal());
        // Nothing is no news until it is the end.
        if done || !matches!(&message, ToClient::Found { hits, .. } if hits.is_empty()) {
            room.send(message);
        }
        if !done {
            self.searches.0.push_back(search);
        }
    }

    /// The same between two reads of a flood, if the client can take a piece.
    pub(super) fn search_between(&mut self) {
        let Some(answer) = self.searches.0.front().map(|search| search.answer.clone()) else { return };
        match answer.try_reserve_owned() {
            Ok(room) => self.search_on(Ok(room)),
            Err(TrySendError::Closed(_)) => drop(self.searches.0.pop_front()),
            Err(TrySendError::Full(_)) => {}
        }
    }

    pub(super) fn tell_prompts(&self, answer: &mpsc::Sender<ToClient>) {
        let lines = self.terminal().prompts().collect();
        // As with lines that are fetched: a client that does not read loses the answer.
        let _ = answer.try_send(ToClient::Prompts { pane: self.id, lines });
    }
}

impl Search {
    /// The next piece of the answer, and whether it is the last.
    fn slice(&mut self, pane: PaneId, terminal: &Terminal) -> (ToClient, bool) {
        let number = self.wanted.number;
        let pattern = self.pattern.get_or_insert_with(|| compiled(&self.wanted.pattern, self.wanted.regex));
        let regex = match pattern {
            Ok(regex) => regex,
            Err(problem) => {
                let problem = Some(problem.clone());
                return (ToClient::Found { pane, number, hits: Vec::new(), done: true, problem }, true);
            }
        };
        let slice = if self.wanted.forward { oldest } else { newest };
        let (hits, left) = slice(terminal, self.wanted.lines.clone(), regex);
        self.hits += hits.len();
        self.wanted.lines = left;
        // One more than a client keeps tells it that there are more.
        let done = self.wanted.lines.is_empty() || self.hits > MAX_HITS;
        (ToClient::Found { pane, number, hits, done, problem: None }, done)
    }
}

/// Searches the newest of these lines; gives what is left of them.
fn newest(terminal: &Terminal, lines: Range<u64>, regex: &Regex) -> (Vec<Hit>, Range<u64>) {
    let screen = terminal.screen_line();
    let lines = lines.start.max(terminal.first_line())..lines.end;
    if lines.end > screen && !lines.is_empty() {
        let hits = on_screen(terminal, lines.start.max(screen)..lines.end, finder(regex));
        return (hits, lines.start..screen.max(lines.start));
    }
    let start = lines.end.saturating_sub(SEARCH_SLICE).max(lines.start);
    let hits = in_history(terminal, start..lines.end, regex);
    // Where there are too many for a piece, it goes on with the line of the last one.
    let full = hits.len() == SEARCH_PIECE;
    let reached = hits.last().filter(|_| full).map_or(start, |last| (last.line + 1).min(lines.end - 1));
    (hits, lines.start..reached.max(lines.start))
}

/// Searches the oldest of these lines; gives what is left of them.
fn oldest(terminal: &Terminal, lines: Range<u64>, regex: &Regex) -> (Vec<Hit>, Range<u64>) {
    let screen = terminal.screen_line();
    let lines = lines.start.max(terminal.first_line())..lines.end;
    if lines.start >= screen {
        return (on_screen(terminal, lines.clone(), finder(regex)), lines.end..lines.end);
    }
    let mut end = lines.end.min(lines.start + SEARCH_SLICE).min(screen);
    let mut hits = in_history(terminal, lines.start..end, regex);
    // Where there are too many for a piece, the newest of them are left for the next.
    while hits.len() == SEARCH_PIECE && end > lines.start + 1 {
        end = lines.start + (end - lines.start) / 2;
        hits = in_history(terminal, lines.start..end, regex);
    }
    (hits, end..lines.end)
}

/// Finds the first match that is not empty: an empty one leads nowhere.
fn finder(regex: &Regex) -> impl Fn(&[u8]) -> Option<Range<usize>> {
    |text| regex.find_iter(text).find(|found| !found.is_empty()).map(|found| found.range())
}

/// The newest hits in these lines of the history, at most [`SEARCH_PIECE`].
fn in_history(terminal: &Terminal, lines: Range<u64>, regex: &Regex) -> Vec<Hit> {
    let found = terminal.search_history(lines, SEARCH_PIECE, finder(regex));
    found.into_iter().map(|found| hit(found.line, found.start, found.length)).collect()
}

fn hit(line: u64, start: usize, length: usize) -> Hit {
    let short = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    Hit { line, start: short(start), length: short(length) }
}

/// The same on the screen, whose rows are not in the history. A line that the screen's edge broke may begin above it.
fn on_screen(terminal: &Terminal, lines: Range<u64>, find: impl Fn(&[u8]) -> Option<Range<usize>>) -> Vec<Hit> {
    let least = lines.start.saturating_sub(MAX_WRAPPED).max(terminal.first_line());
    let goes_on = |number: &u64| terminal.line(*number).is_some_and(|line| line.wrapped);
    let first = (least..lines.start).rev().take_while(goes_on).last().unwrap_or(lines.start);
    let mut text = String::new();
    let mut starts = Vec::new();
    for line in (first..lines.end).map_while(|number| terminal.line(number)) {
        starts.push(text.len());
        line.spans.iter().for_each(|span| text.push_str(&span.text));
        if !line.wrapped {
            text.truncate(text.trim_end_matches(' ').len().max(starts.last().copied().unwrap_or(0)));
            text.push('\n');
        }
    }
    let mut hits = Vec::new();
    let mut at = 0;
    while let Some(found) = text.as_bytes().get(at..).and_then(&find) {
        let (start, end) = (at + found.start, at + found.end);
        let index = starts.partition_point(|line| *line <= start).saturating_sub(1);
        hits.push(hit(first + index as u64, start - starts[index], end - start));
        at = end.max(start + 1);
    }
    hits.reverse();
    hits
}

/// A pattern without capitals finds both cases, as `smartcase` of vi's heirs has it; those of escapes do not count.
fn compiled(pattern: &str, regex: bool) -> Result<Regex, String> {
    if pattern.len() > MAX_PATTERN {
        return Err(format!("the pattern is too long: at most {MAX_PATTERN} bytes"));
    }
    let mut escaped = false;
    let capital = pattern.chars().any(|c| {
        let counts = c.is_uppercase() && !(escaped && regex);
        escaped = c == '\\' && !escaped;
        counts
    });
    let source = if regex { pattern.to_owned() } else { regex::escape(pattern) };
    RegexBuilder::new(&source)
        .case_insensitive(!capital)
        .multi_line(true)
        .size_limit(MAX_PATTERN_COMPILED)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => format!("the pattern takes too much to search for: {pattern}"),
            _ => format!("not a pattern: {pattern}"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Size;

    fn terminal(text: &str) -> Terminal {
        let mut terminal = Terminal::new(Size::new(10, 3), 100_000);
        terminal.feed(text.replace('\n', "\r\n").as_bytes());
        terminal
    }

    /// All hits, newest first, by the slices that a client would get.
    fn all(terminal: &Terminal, pattern: &str, regex: bool) -> Vec<(u64, u32, u32)> {
        all_by(newest, terminal, &compiled(pattern, regex).unwrap())
    }

    type Slice = fn(&Terminal, Range<u64>, &Regex) -> (Vec<Hit>, Range<u64>);

    fn all_by(slice: Slice, terminal: &Terminal, regex: &Regex) -> Vec<(u64, u32, u32)> {
        let mut lines = 0..u64::MAX;
        let mut found = Vec::new();
        for _ in 0..100 {
            if lines.is_empty() {
                return found;
            }
            let (hits, left) = slice(terminal, lines, regex);
            found.extend(hits.iter().map(|hit| (hit.line, hit.start, hit.length)));
            lines = left;
        }
        panic!("it comes to no end: {lines:?}");
    }

    #[test]
    fn history_and_screen_are_one() {
        let terminal = terminal("one x\ntwo\nthree\nfour\nfive X\nx");
        assert_eq!(all(&terminal, "x", false), [(5, 0, 1), (4, 5, 1), (0, 4, 1)]);
        assert_eq!(all(&terminal, "X", false), [(4, 5, 1)], "a capital counts");
        assert_eq!(all(&terminal, "^t\\w+$", true), [(2, 0, 5), (1, 0, 3)]);
        assert_eq!(all(&terminal, "t.", false), [], "a literal dot");
        assert_eq!(all(&terminal, "z*", true), [], "nothing is no match");
    }

    #[test]
    fn a_match_goes_over_the_edge_of_the_screen() {
        let terminal = terminal("0123456789abcdefghijklmnopqrstuvwxyz");
        assert_eq!(terminal.screen_line(), 1);
        assert_eq!(all(&terminal, "9abc", false).first(), Some(&(0, 9, 4)), "from the history into the screen");
        assert_eq!(all(&terminal, "ijkl", false), [(1, 8, 4)]);
    }

    #[test]
    fn slices_make_a_whole() {
        let text: String = (0..50_000).map(|number| format!("e{number}e\n")).collect();
        let terminal = terminal(&text);
        let found: std::collections::BTreeSet<_> = all(&terminal, "e", false).into_iter().collect();
        assert_eq!(found.len(), 100_000, "some may come twice");
        assert_eq!(all(&terminal, "e4999e", false), [(4999, 0, 6)]);
    }

    #[test]
    fn the_oldest_come_first_where_that_is_the_way() {
        let text: String = (0..50_000).map(|number| format!("e{number}e\n")).collect();
        let terminal = terminal(&text);
        let regex = compiled("e", false).unwrap();
        let (hits, left) = oldest(&terminal, 0..u64::MAX, &regex);
        assert!(hits.iter().all(|hit| hit.line < left.start) && left.start < 20_000, "{left:?}");
        let mut found = all_by(oldest, &terminal, &regex);
        let all: std::collections::BTreeSet<_> = found.drain(..).collect();
        assert_eq!(all.len(), 100_000);
    }

    #[test]
    fn a_bad_pattern_is_named() {
        assert_eq!(compiled("(", true).unwrap_err(), "not a pattern: (");
        assert!(compiled("(", false).is_ok());
        assert!(compiled(r"\S+", true).unwrap().is_match(b"abc"));
        assert!(compiled("(?:a{1000}){1000}", true).unwrap_err().contains("takes too much"));
    }
}
