//! Copy mode: one pane's history under a cursor, for this client alone. The pane goes on below.
//!
//! Knows the lines that [`history::History`] has asked for and the mirror's screen. Never waits: what is missing
//! is asked for and shown blank until it comes.

mod history;
mod motion;
mod search;
mod select;

use std::ops::Range;

use crate::base::{Attrs, Color, Line, Point, Style};
use crate::proto::message::Cursor;

use super::compose::Content;
use super::frame::Cell;
use super::mirror::{Pane, plain_cursor};
use history::History;
use motion::{Jump, Motion, Place, Text};
use search::{Search, Step};
use select::{Kind, Selection};

pub(super) use history::Ask;

/// What a copy-mode command asks of the client.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Stay,
    Leave,
    /// Put this into the paste buffers and the clipboard.
    Copied {
        text: String,
        leave: bool,
    },
    /// Ask for a text to look for.
    AskSearch {
        forward: bool,
    },
    Say(String),
    /// There is no such command.
    Unknown,
}

/// What waits for lines.
#[derive(Debug)]
enum Waiting {
    Search(Search),
    Copy { leave: bool },
}

#[derive(Debug)]
pub(super) struct CopyMode {
    history: History,
    /// The line at the top of the pane.
    top: u64,
    cursor: Place,
    /// The column that vertical moves try to keep.
    wish: u16,
    selection: Option<Selection>,
    /// The last search, shown and repeated.
    sought: Option<(String, bool)>,
    waiting: Option<Waiting>,
    /// A jump whose character is typed next.
    jumping: Option<Jump>,
    jumped: Option<(String, Jump)>,
    /// It ends when the view is scrolled down to the end.
    pub(super) leaves_at_end: bool,
}

/// History and screen as one text.
struct Book<'a> {
    history: &'a History,
    pane: &'a Pane,
}

impl Text for Book<'_> {
    fn first(&self) -> u64 {
        self.pane.first_line
    }

    fn last(&self) -> u64 {
        self.pane.last_line()
    }

    fn line(&self, number: u64) -> Option<&Line> {
        if number >= self.pane.screen_line { self.pane.line(number) } else { self.history.get(number) }
    }
}

impl CopyMode {
    pub(super) fn new(pane: &Pane) -> Self {
        let at = pane.cursor.map_or(Point::default(), |cursor| cursor.at);
        let cursor = Place { line: pane.screen_line + u64::from(at.row.0), col: at.col.0 };
        Self {
            history: History::default(),
            top: pane.screen_line,
            cursor,
            wish: cursor.col,
            selection: None,
            sought: None,
            waiting: None,
            jumping: None,
            jumped: None,
            leaves_at_end: false,
        }
    }

    fn book<'a>(&'a self, pane: &'a Pane) -> Book<'a> {
        Book { history: &self.history, pane }
    }

    /// Lines above the screen: tmux's scroll position.
    fn offset(&self, pane: &Pane) -> u64 {
        pane.screen_line.saturating_sub(self.top)
    }

    /// `[120/3400]`
    pub(super) fn indicator(&self, pane: &Pane) -> String {
        format!("[{}/{}]", self.offset(pane), pane.screen_line - pane.first_line)
    }

    pub(super) fn has_selection(&self) -> bool {
        self.selection.is_some()
    }

    // ---- commands ------------------------------------------------------------------------------------------

    /// Does what tmux's `send-keys -X NAME` does.
    pub(super) fn command(&mut self, name: &str, pane: &Pane) -> Outcome {
        let page = i64::from(pane.size.rows);
        match name {
            "cancel" => return Outcome::Leave,
            "cursor-left" => self.go(Motion::Left, pane),
            "cursor-right" => self.go(Motion::Right, pane),
            "start-of-line" => self.go(Motion::LineStart, pane),
            "back-to-indentation" => self.go(Motion::Indent, pane),
            "end-of-line" => self.go(Motion::LineEnd, pane),
            "next-word" | "next-space" => self.go(Motion::WordStart, pane),
            "previous-word" | "previous-space" => self.go(Motion::WordBack, pane),
            "next-word-end" | "next-space-end" => self.go(Motion::WordEnd, pane),
            "previous-paragraph" => self.go(Motion::ParagraphBack, pane),
            "next-paragraph" => self.go(Motion::ParagraphOn, pane),
            "cursor-up" => self.vertical(-1, pane),
            "cursor-down" => self.vertical(1, pane),
            "top-line" => self.go_to_line(self.top, pane),
            "middle-line" => self.go_to_line(self.top + (page / 2).unsigned_abs(), pane),
            "bottom-line" => self.go_to_line(self.top + (page - 1).unsigned_abs(), pane),
            "page-up" => self.page(-(page - 1).max(1), pane),
            "page-down" => self.page((page - 1).max(1), pane),
            "halfpage-up" => self.page(-(page / 2).max(1), pane),
            "halfpage-down" => self.page((page / 2).max(1), pane),
            "scroll-up" => self.scroll(-1, pane),
            "scroll-down" => self.scroll(1, pane),
            "history-top" => self.go_to_line(pane.first_line, pane),
            "history-bottom" => self.go_to_line(pane.last_line(), pane),
            _ => return self.select_or_search(name, pane),
        }
        Outcome::Stay
    }

    fn select_or_search(&mut self, name: &str, pane: &Pane) -> Outcome {
        match name {
            "begin-selection" => self.select(Kind::Chars),
            "select-line" => self.select(Kind::Lines),
            "rectangle-toggle" | "rectangle-on" => self.toggle_rect(),
            "clear-selection" => self.selection = None,
            "other-end" => self.other_end(pane),
            "select-word" => self.select_word(pane),
            "copy-selection" | "copy-pipe" => return self.copy(false, pane),
            "copy-selection-and-cancel" | "copy-pipe-and-cancel" => return self.copy(true, pane),
            "jump-forward" => self.jumping = Some(Jump { forward: true, beside: false }),
            "jump-backward" => self.jumping = Some(Jump { forward: false, beside: false }),
            "jump-to-forward" => self.jumping = Some(Jump { forward: true, beside: true }),
            "jump-to-backward" => self.jumping = Some(Jump { forward: false, beside: true }),
            "jump-again" => self.jump_again(false, pane),
            "jump-reverse" => self.jump_again(true, pane),
            "search-forward" | "search-forward-incremental" => return Outcome::AskSearch { forward: true },
            "search-backward" | "search-backward-incremental" => return Outcome::AskSearch { forward: false },
            "search-again" => return self.search_again(false, pane),
            "search-reverse" => return self.search_again(true, pane),
            _ => return Outcome::Unknown,
        }
        Outcome::Stay
    }

    fn go(&mut self, motion: Motion, pane: &Pane) {
        self.cursor = motion::moved(&self.book(pane), self.cursor, motion);
        self.wish = self.cursor.col;
        self.show_cursor(pane);
    }

    /// Whether a jump has taken this character as its target.
    pub(super) fn jump_to(&mut self, target: &str, pane: &Pane) -> bool {
        let Some(jump) = self.jumping.take() else { return false };
        self.jumped = Some((target.to_owned(), jump));
        self.jump_again(false, pane);
        true
    }

    fn jump_again(&mut self, reverse: bool, pane: &Pane) {
        let Some((target, jump)) = self.jumped.clone() else { return };
        let jump = Jump { forward: jump.forward != reverse, ..jump };
        if let Some(place) = motion::jump(&self.book(pane), self.cursor, jump, &target) {
            self.cursor = place;
            self.wish = place.col;
        }
    }

    fn vertical(&mut self, by: i64, pane: &Pane) {
        self.go_to_line(self.cursor.line.saturating_add_signed(by), pane);
    }

    fn go_to_line(&mut self, line: u64, pane: &Pane) {
        let line = line.clamp(pane.first_line, pane.last_line());
        let book = self.book(pane);
        let col = self.wish.min(motion::last_col(&book, line).max(if self.is_rect() { self.wish } else { 0 }));
        self.cursor = motion::snap(&book, Place { line, col });
        self.show_cursor(pane);
    }

    fn is_rect(&self) -> bool {
        self.selection.is_some_and(|selection| selection.kind == Kind::Rect)
    }

    /// Scrolls so that the cursor is in view.
    fn show_cursor(&mut self, pane: &Pane) {
        let rows = u64::from(pane.size.rows.max(1));
        if self.cursor.line < self.top {
            self.top = self.cursor.line;
        } else if self.cursor.line >= self.top + rows {
            self.top = self.cursor.line + 1 - rows;
        }
        self.clamp(pane);
    }

    fn clamp(&mut self, pane: &Pane) {
        self.top = self.top.clamp(pane.first_line, pane.screen_line);
        let rows = u64::from(pane.size.rows.max(1));
        self.cursor.line = self.cursor.line.clamp(self.top, self.top + rows - 1);
        self.cursor.col = self.cursor.col.min(pane.size.cols.saturating_sub(1));
    }

    /// Moves the view; the cursor keeps its line as long as that is in view.
    pub(super) fn scroll(&mut self, by: i64, pane: &Pane) {
        self.top = self.top.saturating_add_signed(by);
        self.clamp(pane);
    }

    /// Moves the view and the cursor with it.
    fn page(&mut self, by: i64, pane: &Pane) {
        let before = self.top;
        self.top = self.top.saturating_add_signed(by).clamp(pane.first_line, pane.screen_line);
        let moved = self.top as i64 - before as i64;
        let line = self.cursor.line.saturating_add_signed(if moved == 0 { by } else { moved });
        self.go_to_line(line, pane);
    }

    /// The view shows the newest line again.
    pub(super) fn is_at_end(&self, pane: &Pane) -> bool {
        self.top >= pane.screen_line
    }

    // ---- selection -----------------------------------------------------------------------------------------

    fn select(&mut self, kind: Kind) {
        self.selection = Some(Selection { anchor: self.cursor, kind });
    }

    fn toggle_rect(&mut self) {
        let kind = if self.is_rect() { Kind::Chars } else { Kind::Rect };
        match &mut self.selection {
            Some(selection) => selection.kind = kind,
            None => self.select(kind),
        }
    }

    fn other_end(&mut self, pane: &Pane) {
        if let Some(selection) = &mut self.selection {
            std::mem::swap(&mut selection.anchor, &mut self.cursor);
            self.show_cursor(pane);
        }
    }

    fn select_word(&mut self, pane: &Pane) {
        if let Some((start, end)) = select::word_at(&self.book(pane), self.cursor) {
            let anchor = Place { col: start, ..self.cursor };
            self.selection = Some(Selection { anchor, kind: Kind::Chars });
            self.cursor.col = end;
        }
    }

    /// Puts the cursor where the mouse is, within the pane.
    pub(super) fn point(&mut self, at: Point, pane: &Pane) {
        let line = (self.top + u64::from(at.row.0)).min(pane.last_line());
        self.cursor = Place { line, col: at.col.0 };
        self.wish = at.col.0;
        self.clamp(pane);
    }

    /// Drags a selection from one place of the pane to another.
    pub(super) fn drag(&mut self, from: Point, to: Point, pane: &Pane) {
        if self.selection.is_none() {
            self.point(from, pane);
            self.select(Kind::Chars);
        }
        // At the edge the view goes on.
        if to.row.0 == 0 {
            self.scroll(-1, pane);
        } else if to.row.0 + 1 >= pane.size.rows {
            self.scroll(1, pane);
        }
        self.point(to, pane);
    }

    fn copy(&mut self, leave: bool, pane: &Pane) -> Outcome {
        let Some(selection) = self.selection else {
            return if leave { Outcome::Leave } else { Outcome::Stay };
        };
        let (first, last) = selection.lines(self.cursor);
        if last - first >= crate::base::limits::HISTORY_CACHE as u64 {
            return Outcome::Say("the selection is too long to copy".into());
        }
        if self.first_missing(first, last, pane).is_some() {
            self.waiting = Some(Waiting::Copy { leave });
            return Outcome::Stay;
        }
        let text = selection.text(self.cursor, &self.book(pane));
        self.selection = None;
        Outcome::Copied { text, leave }
    }

    /// The first line of a range that can still be had and is not here.
    fn first_missing(&self, first: u64, last: u64, pane: &Pane) -> Option<u64> {
        let end = (last + 1).min(pane.screen_line);
        (first.max(pane.first_line)..end).find(|line| self.history.get(*line).is_none())
    }

    // ---- search --------------------------------------------------------------------------------------------

    pub(super) fn search(&mut self, needle: String, forward: bool, pane: &Pane) -> Outcome {
        let needle = match (&self.sought, needle.is_empty()) {
            (Some((last, _)), true) => last.clone(),
            (None, true) => return Outcome::Stay,
            (_, false) => needle,
        };
        self.sought = Some((needle.clone(), forward));
        self.run_search(Search::new(needle, forward, self.cursor), pane)
    }

    fn search_again(&mut self, reverse: bool, pane: &Pane) -> Outcome {
        let Some((needle, forward)) = self.sought.clone() else {
            return Outcome::Say("nothing was searched yet".into());
        };
        self.run_search(Search::new(needle, forward != reverse, self.cursor), pane)
    }

    fn run_search(&mut self, mut search: Search, pane: &Pane) -> Outcome {
        match search.step(&self.book(pane)) {
            Step::Found(place) => {
                self.waiting = None;
                self.cursor = place;
                self.wish = place.col;
                self.show_cursor(pane);
                Outcome::Stay
            }
            Step::NotFound => {
                self.waiting = None;
                Outcome::Say(format!("not found: {}", search.needle))
            }
            Step::Needs(_) => {
                self.waiting = Some(Waiting::Search(search));
                Outcome::Stay
            }
        }
    }

    // ---- the server's answers --------------------------------------------------------------------------------

    /// What has to be asked for now.
    pub(super) fn asks(&mut self, pane: &Pane) -> Vec<Ask> {
        let mut asks = Vec::new();
        match &self.waiting {
            Some(Waiting::Search(search)) => {
                let mut search = search.clone();
                if let Step::Needs(line) = search.step(&self.book(pane)) {
                    asks.extend(self.history.want_many(line, pane));
                }
            }
            Some(Waiting::Copy { .. }) => {
                let (first, last) = self.selection.map_or((0, 0), |selection| selection.lines(self.cursor));
                let missing = self.first_missing(first, last, pane);
                asks.extend(missing.and_then(|line| self.history.want_many(line, pane)));
            }
            None => {}
        }
        let view = self.top..self.top + u64::from(pane.size.rows);
        for line in view.filter(|line| *line < pane.screen_line) {
            asks.extend(self.history.want(line, pane));
        }
        asks
    }

    /// Takes lines that were asked for, and goes on with what waited for them.
    pub(super) fn answer(&mut self, from: u64, lines: Vec<Line>, pane: &Pane) -> Outcome {
        let near = self.near();
        self.history.answer(from, lines, near);
        match self.waiting.take() {
            Some(Waiting::Search(mut search)) => {
                self.pass_holes(&mut search, pane);
                self.run_search(search, pane)
            }
            Some(Waiting::Copy { leave }) => self.copy(leave, pane),
            None => Outcome::Stay,
        }
    }

    /// Lines that the server no longer has are stepped over.
    fn pass_holes(&mut self, search: &mut Search, pane: &Pane) {
        while let Step::Needs(line) = search.step(&self.book(pane)) {
            let askable = (pane.first_line..pane.screen_line).contains(&line);
            if askable && !self.history.is_hole(line) {
                return;
            }
            if !search.skip(&self.book(pane)) {
                return;
            }
        }
    }

    /// Where lines are worth keeping.
    fn near(&self) -> u64 {
        match &self.waiting {
            Some(Waiting::Search(search)) => search.line(),
            _ => self.top,
        }
    }

    /// The pane's screen has moved on; these lines have left it.
    pub(super) fn moved_on(&mut self, left: Vec<Line>, pane: &Pane) {
        let from = pane.screen_line.saturating_sub(left.len() as u64);
        self.history.insert(from, left, self.near());
        self.clamp(pane);
    }

    /// There is a new connection.
    pub(super) fn reconnected(&mut self) {
        self.history.forget_questions();
    }

    // ---- what is seen ----------------------------------------------------------------------------------------

    pub(super) fn content<'a>(&'a self, pane: &'a Pane) -> impl Content + 'a {
        View { mode: self, pane }
    }

    /// Within the pane.
    pub(super) fn cursor(&self) -> Cursor {
        let row = (self.cursor.line - self.top.min(self.cursor.line)).min(u64::from(u16::MAX)) as u16;
        plain_cursor(Point::new(row, self.cursor.col))
    }
}

struct View<'a> {
    mode: &'a CopyMode,
    pane: &'a Pane,
}

impl View<'_> {
    fn number(&self, row: u16) -> u64 {
        self.mode.top + u64::from(row)
    }
}

const SELECTED: (Color, Color) = (Color::Indexed(0), Color::Indexed(3));
const MATCHED: (Color, Color) = (Color::Indexed(0), Color::Indexed(6));

impl Content for View<'_> {
    fn line(&self, row: u16) -> Option<&Line> {
        let number = self.number(row);
        if number >= self.pane.screen_line { self.pane.line(number) } else { self.mode.history.get(number) }
    }

    fn reversed(&self) -> bool {
        self.pane.modes.reverse
    }

    fn mark(&self, row: u16, cells: &mut [Cell]) {
        let number = self.number(row);
        if let (Some((needle, _)), Some(line)) = (&self.mode.sought, self.line(row)) {
            for columns in search::matches(line, needle) {
                paint(cells, columns, MATCHED);
            }
        }
        let selection = self.mode.selection.as_ref();
        if let Some(columns) = selection.and_then(|selection| selection.columns(self.mode.cursor, number)) {
            paint(cells, columns, SELECTED);
        }
    }
}

/// Both colours, and reversed where there are no colours.
fn paint(cells: &mut [Cell], columns: Range<u16>, (fg, bg): (Color, Color)) {
    let end = usize::from(columns.end).min(cells.len());
    let start = usize::from(columns.start).min(end);
    for cell in &mut cells[start..end] {
        let attrs = cell.style.attrs - Attrs::REVERSE;
        cell.style = Style { fg, bg, attrs, ..cell.style };
    }
}

#[cfg(test)]
mod tests {
    use super::motion::tests::line;
    use super::*;
    use crate::base::Size;

    /// A screen of three rows, numbered 100 to 102, over a hundred lines of history.
    fn pane() -> Pane {
        Pane {
            size: Size::new(20, 3),
            rows: ["alpha one", "beta two", "gamma"].map(line).to_vec(),
            cursor: Some(plain_cursor(Point::new(2, 0))),
            first_line: 0,
            screen_line: 100,
            ..Pane::default()
        }
    }

    fn mode() -> (CopyMode, Pane) {
        let pane = pane();
        (CopyMode::new(&pane), pane)
    }

    fn run(mode: &mut CopyMode, pane: &Pane, commands: &[&str]) -> Outcome {
        commands.iter().map(|name| mode.command(name, pane)).last().unwrap_or(Outcome::Stay)
    }

    /// Answers all questions with `line N`.
    fn serve(mode: &mut CopyMode, pane: &Pane) -> Outcome {
        let mut outcome = Outcome::Stay;
        loop {
            let asks = mode.asks(pane);
            if asks.is_empty() {
                return outcome;
            }
            for ask in asks {
                let lines = (ask.from..ask.from + u64::from(ask.count)).map(|n| line(&format!("line {n}")));
                outcome = mode.answer(ask.from, lines.collect(), pane);
            }
        }
    }

    #[test]
    fn paging_goes_through_history_and_asks_for_what_it_shows() {
        let (mut mode, pane) = mode();
        assert_eq!(mode.indicator(&pane), "[0/100]");
        run(&mut mode, &pane, &["page-up"]);
        assert_eq!(mode.indicator(&pane), "[2/100]");
        serve(&mut mode, &pane);
        assert_eq!(mode.content(&pane).line(0), Some(&line("line 98")));
        assert_eq!(mode.content(&pane).line(2), Some(&line("alpha one")));
        run(&mut mode, &pane, &["history-top"]);
        assert_eq!((mode.indicator(&pane).as_str(), mode.cursor().at), ("[100/100]", Point::new(0, 0)));
        run(&mut mode, &pane, &["history-bottom"]);
        assert!(mode.is_at_end(&pane));
        assert_eq!(mode.cursor().at.row.0, 2);
    }

    #[test]
    fn output_goes_on_below_what_is_read() {
        let (mut mode, mut pane) = mode();
        run(&mut mode, &pane, &["page-up"]);
        let left = vec![pane.rows.remove(0)];
        pane.rows.push(line("new"));
        pane.screen_line += 1;
        mode.moved_on(left, &pane);
        assert_eq!(mode.indicator(&pane), "[3/101]");
        assert_eq!(mode.content(&pane).line(2), Some(&line("alpha one")), "it stands where it stood");
    }

    #[test]
    fn a_selection_is_copied() {
        let (mut mode, pane) = mode();
        let keys = ["top-line", "start-of-line", "begin-selection", "next-word-end"];
        run(&mut mode, &pane, &keys);
        let outcome = run(&mut mode, &pane, &["copy-selection-and-cancel"]);
        assert_eq!(outcome, Outcome::Copied { text: "alpha".into(), leave: true });
        run(&mut mode, &pane, &["cursor-down", "select-line"]);
        assert_eq!(
            run(&mut mode, &pane, &["copy-selection"]),
            Outcome::Copied { text: "beta two\n".into(), leave: false }
        );
    }

    #[test]
    fn copying_waits_for_lines_that_are_not_here() {
        let (mut mode, pane) = mode();
        run(&mut mode, &pane, &["top-line", "start-of-line", "begin-selection", "cursor-up", "cursor-up"]);
        assert_eq!(run(&mut mode, &pane, &["copy-selection"]), Outcome::Stay);
        let outcome = serve(&mut mode, &pane);
        assert_eq!(outcome, Outcome::Copied { text: "line 98\nline 99\na".into(), leave: false });
    }

    #[test]
    fn a_search_goes_back_through_history_as_it_comes() {
        let (mut mode, pane) = mode();
        assert_eq!(mode.search("line 7".into(), false, &pane), Outcome::Stay);
        assert_eq!(serve(&mut mode, &pane), Outcome::Stay);
        assert_eq!(mode.content(&pane).line(mode.cursor().at.row.0), Some(&line("line 79")));
        run(&mut mode, &pane, &["search-again"]);
        assert_eq!(mode.content(&pane).line(mode.cursor().at.row.0), Some(&line("line 78")));
        mode.search("nowhere".into(), true, &pane);
        assert_eq!(serve(&mut mode, &pane), Outcome::Stay);
        assert_eq!(mode.search("nowhere".into(), true, &pane), Outcome::Say("not found: nowhere".into()));
    }

    #[test]
    fn the_mouse_selects_by_cells() {
        let (mut mode, pane) = mode();
        mode.drag(Point::new(0, 6), Point::new(1, 3), &pane);
        assert_eq!(
            mode.command("copy-selection-and-cancel", &pane),
            Outcome::Copied { text: "one\nbeta".into(), leave: true }
        );
    }
}
