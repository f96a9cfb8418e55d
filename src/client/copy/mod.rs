//! Copy mode: one pane's history under a cursor, for this client alone. The pane goes on below.
//!
//! Knows the lines that [`history::History`] has asked for and the mirror's screen. Never waits: what is missing
//! is asked for and shown blank until it comes.

mod commands;
mod finder;
mod history;
mod motion;
mod moves;
mod seeking;
mod select;
mod selecting;

use std::ops::Range;

use crate::base::{Attrs, Color, Line, Point, Style};
use crate::proto::message::Cursor;

use super::compose::Content;
use super::frame::Cell;
use super::mirror::{Left, Pane, plain_cursor};
use finder::Finder;
use history::History;
use motion::{Jump, Place, Text};
use select::Selection;

pub(super) use commands::Order;
pub(super) use finder::Quest;
pub(super) use history::Ask;
pub(super) use motion::spots;
#[cfg(test)]
pub(super) use motion::tests::line as sample_line;

/// What a copy-mode command asks of the client.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Stay,
    Leave,
    Copied(Copied),
    /// Ask for a text to look for.
    AskSearch {
        forward: bool,
        regex: bool,
        /// As in emacs: the keys that began it go on.
        incremental: bool,
    },
    /// Ask for what a command lacks: the label, and the command.
    Ask(String, String),
    Say(String),
    /// There is no such command.
    Unknown,
}

/// What was selected, and what is to become of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Copied {
    pub(super) text: String,
    pub(super) leave: bool,
    /// The selection stays.
    pub(super) keep: bool,
    /// Into the paste buffers and the clipboard.
    pub(super) buffer: bool,
    /// Behind what the newest buffer has.
    pub(super) append: bool,
    /// To a command: to this one, or to the one that the options name.
    pub(super) pipes: bool,
    pub(super) pipe: Option<String>,
}

#[derive(Debug)]
pub(super) struct CopyMode {
    history: History,
    /// The width at which its lines are broken.
    cols: u16,
    /// The line at the top of the pane.
    top: u64,
    cursor: Place,
    /// The column that vertical moves try to keep.
    wish: u16,
    selection: Option<Selection>,
    /// Selections are blocks.
    rect: bool,
    /// The last search, shown and repeated, and how many there were.
    finder: Option<Finder>,
    quests: u32,
    /// Where cursor and view were before a text to search was being typed.
    before_search: Option<(Place, u64)>,
    /// A search says nothing when it finds nothing.
    quiet: bool,
    /// Where the cursor belongs once its line is here.
    unplaced: Option<finder::Spot>,
    /// A copy that waits for lines.
    waiting: Option<Copied>,
    /// A jump whose character is typed next, and how often.
    jumping: Option<(Jump, u32)>,
    jumped: Option<(String, Jump)>,
    mark: Option<Place>,
    /// Lines with a prompt, in order, once the server has told them.
    prompts: Option<Vec<u64>>,
    /// Ways to prompts (down or up) that wait for that.
    ways: Vec<bool>,
    /// How often the next command is to be done, as far as it is typed.
    count: Option<u32>,
    /// In the ways of emacs.
    emacs: bool,
    hides_position: bool,
    /// Only scrolled: what is typed goes to the program, and ends it.
    pub(super) scrolls: bool,
    /// The end of the text when the live screen was last looked at.
    seen: u64,
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
            cols: pane.size.cols,
            top: pane.screen_line,
            cursor,
            wish: cursor.col,
            selection: None,
            rect: false,
            finder: None,
            quests: 0,
            before_search: None,
            quiet: false,
            unplaced: None,
            waiting: None,
            jumping: None,
            jumped: None,
            mark: None,
            prompts: None,
            ways: Vec::new(),
            count: None,
            emacs: false,
            hides_position: false,
            scrolls: false,
            seen: pane.screen_line,
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

    /// `[120/3400]`, with what a search has counted and what is new below; nothing where it is hidden.
    pub(super) fn indicator(&self, pane: &Pane) -> String {
        let new = match pane.screen_line.saturating_sub(self.seen) {
            0 => String::new(),
            1 => "↓ 1 new line ".into(),
            new => format!("↓ {new} new lines "),
        };
        // Who only selects with the mouse has no need of it, and of what is below it.
        let by_mouse = self.leaves_at_end && self.is_at_end(pane) && self.finder.is_none();
        if self.hides_position || by_mouse {
            return new;
        }
        let count = self.count.map(|count| format!("(repeat) {count} ")).unwrap_or_default();
        let place = format!("[{}/{}]", self.offset(pane), pane.screen_line - pane.first_line);
        format!("{new}{count}{}{place}", self.counted(pane))
    }

    pub(super) fn has_selection(&self) -> bool {
        self.selection.is_some()
    }

    // ---- the server's answers --------------------------------------------------------------------------------

    /// What has to be asked for now.
    pub(super) fn asks(&mut self, pane: &Pane) -> Vec<Ask> {
        let mut asks: Vec<Ask> = self.ask_for_copy(pane).into_iter().collect();
        let view = self.top..self.top + u64::from(pane.size.rows);
        for line in view.filter(|line| *line < pane.screen_line) {
            asks.extend(self.history.want(line, pane));
        }
        asks
    }

    /// Takes lines that were asked for, and goes on with what waited for them.
    pub(super) fn answer(&mut self, from: u64, lines: Vec<Line>, pane: &Pane) -> Outcome {
        self.history.answer(from, lines, self.top);
        self.place(pane);
        match self.waiting.take() {
            Some(copied) => self.copy(copied, pane),
            None => Outcome::Stay,
        }
    }

    /// The lines in which prompts begin, as the server knows them.
    pub(super) fn set_prompts(&mut self, lines: Vec<u64>, pane: &Pane) {
        self.prompts = Some(lines);
        for forward in std::mem::take(&mut self.ways) {
            self.go_to_prompt(forward, pane);
        }
    }

    /// The pane's screen has moved on; these lines have left it.
    pub(super) fn moved_on(&mut self, left: Left, pane: &Pane) {
        if pane.size.cols != self.cols {
            self.cols = pane.size.cols;
            self.begin_anew(left.from, pane);
        } else {
            self.history.guess(left.from, left.lines);
        }
        if let Some(finder) = &mut self.finder {
            finder.touched();
        }
        if self.is_at_end(pane) {
            self.seen = pane.screen_line;
        }
        self.clamp(pane);
    }

    /// At another width lines are broken anew and have other numbers: what was known by number is not any more. The view stays as far above the
    /// screen as it was.
    fn begin_anew(&mut self, screen_line: u64, pane: &Pane) {
        let (above, row) = (screen_line.saturating_sub(self.top), self.cursor.line.saturating_sub(self.top));
        self.history = History::default();
        self.top = pane.screen_line.saturating_sub(above);
        self.cursor.line = self.top + row;
        self.clear_selection();
        (self.mark, self.waiting, self.unplaced, self.before_search) = (None, None, None, None);
        self.prompts = None;
        self.seen = pane.screen_line;
        if let Some(finder) = self.finder.take() {
            self.search(finder.pattern, finder.forward, finder.regex, pane);
            self.stay();
        }
    }

    /// There is a new connection.
    pub(super) fn reconnected(&mut self) {
        self.history.forget_questions();
        if let Some(finder) = &mut self.finder {
            finder.forget_questions();
        }
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
const CURRENT: (Color, Color) = (Color::Indexed(0), Color::Indexed(5));

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
        let book = self.mode.book(self.pane);
        if let Some(finder) = &self.mode.finder {
            let cursor = self.mode.cursor;
            for (spot, columns) in finder.columns(number, &book) {
                let here = spot.0 == cursor.line && (number != spot.0 || columns.contains(&cursor.col));
                paint(cells, columns, if here { CURRENT } else { MATCHED });
            }
        }
        let selection = self.mode.selection.as_ref();
        if let Some(columns) = selection.and_then(|selection| selection.columns(self.mode.cursor, number, &book)) {
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
        let order = |name| Order { name, args: &[], times: None, emacs: false };
        commands.iter().map(|name| mode.command(order(name), pane)).last().unwrap_or(Outcome::Stay)
    }

    fn copied(text: &str, leave: bool) -> Outcome {
        let copied =
            Copied { text: text.into(), leave, keep: false, buffer: true, append: false, pipes: false, pipe: None };
        Outcome::Copied(copied)
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

    fn hit(line: u64, start: u32, length: u32) -> crate::proto::message::Hit {
        crate::proto::message::Hit { line, start, length }
    }

    fn with_args(mode: &mut CopyMode, pane: &Pane, name: &str, args: &[&str]) -> Outcome {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        mode.command(Order { name, args: &args, times: None, emacs: false }, pane)
    }

    #[test]
    fn paging_goes_through_history_and_asks_for_what_it_shows() {
        let (mut mode, pane) = mode();
        assert_eq!(mode.indicator(&pane), "[0/100]");
        run(&mut mode, &pane, &["page-up"]);
        assert_eq!(mode.indicator(&pane), "[1/100]");
        serve(&mut mode, &pane);
        assert_eq!(mode.content(&pane).line(0), Some(&line("line 99")));
        assert_eq!(mode.content(&pane).line(1), Some(&line("alpha one")));
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
        mode.moved_on(Left { from: 100, lines: left }, &pane);
        assert_eq!(mode.indicator(&pane), "↓ 1 new line [2/101]");
        assert_eq!(mode.content(&pane).line(1), Some(&line("alpha one")), "it stands where it stood");
    }

    #[test]
    fn a_selection_is_copied() {
        let (mut mode, pane) = mode();
        let keys = ["top-line", "start-of-line", "begin-selection", "next-word-end"];
        run(&mut mode, &pane, &keys);
        let outcome = run(&mut mode, &pane, &["copy-selection-and-cancel"]);
        assert_eq!(outcome, copied("alpha", true));
        run(&mut mode, &pane, &["cursor-down", "select-line"]);
        assert_eq!(run(&mut mode, &pane, &["copy-selection"]), copied("beta two\n", false));
    }

    #[test]
    fn copying_waits_for_lines_that_are_not_here() {
        let (mut mode, pane) = mode();
        run(&mut mode, &pane, &["top-line", "start-of-line", "begin-selection", "cursor-up", "cursor-up"]);
        assert_eq!(run(&mut mode, &pane, &["copy-selection"]), Outcome::Stay);
        let outcome = serve(&mut mode, &pane);
        assert_eq!(outcome, copied("line 98\nline 99\na", false));
    }

    #[test]
    fn a_search_goes_where_the_server_has_found_something() {
        let (mut mode, pane) = mode();
        assert_eq!(mode.search("line 7".into(), false, false, &pane), Outcome::Stay);
        let quest = mode.quest(&pane).unwrap();
        assert_eq!((quest.pattern.as_str(), quest.lines), ("line 7", 0..103));
        mode.found(quest.number, &[hit(79, 0, 6), hit(78, 0, 6)], true, None, &pane);
        serve(&mut mode, &pane);
        assert_eq!(mode.content(&pane).line(mode.cursor().at.row.0), Some(&line("line 79")));
        assert_eq!(mode.indicator(&pane), "(2 of 2) [22/100]");
        run(&mut mode, &pane, &["search-again"]);
        assert_eq!(mode.content(&pane).line(mode.cursor().at.row.0), Some(&line("line 78")));
        run(&mut mode, &pane, &["search-reverse", "search-reverse"]);
        assert_eq!(mode.indicator(&pane), "(1 of 2) [22/100]", "round the end");
        mode.search("nowhere".into(), true, true, &pane);
        let mut outcome = Outcome::Stay;
        while let Some(quest) = mode.quest(&pane) {
            outcome = mode.found(quest.number, &[], true, None, &pane);
        }
        assert_eq!(outcome, Outcome::Say("not found: nowhere".into()));
    }

    #[test]
    fn what_is_typed_is_searched_from_where_it_began() {
        let (mut mode, pane) = mode();
        run(&mut mode, &pane, &["top-line"]);
        mode.search_typed("ga".into(), true, true, &pane);
        let quest = mode.quest(&pane).unwrap();
        mode.found(quest.number, &[hit(102, 0, 2)], true, None, &pane);
        assert_eq!(mode.cursor().at.row.0, 2);
        mode.search_typed("be".into(), true, true, &pane);
        assert_eq!(mode.cursor().at.row.0, 0);
        let quest = mode.quest(&pane).unwrap();
        assert_eq!(mode.found(quest.number, &[], true, Some("no".into()), &pane), Outcome::Stay, "nothing is said");
        mode.search_typed("ga".into(), true, true, &pane);
        let quest = mode.quest(&pane).unwrap();
        mode.found(quest.number, &[hit(102, 0, 2)], true, None, &pane);
        mode.search_given_up(&pane);
        assert_eq!(mode.cursor().at.row.0, 0, "Escape goes back");
        mode.search_typed("ga".into(), true, true, &pane);
        let quest = mode.quest(&pane).unwrap();
        mode.found(quest.number, &[hit(102, 0, 2), hit(102, 4, 1)], true, None, &pane);
        assert_eq!(mode.search_entered("ga".into(), true, true, &pane), Outcome::Stay);
        assert_eq!((mode.cursor().at.row.0, mode.cursor().at.col.0), (2, 0), "Enter stays with what was found");
    }

    #[test]
    fn counts_marks_prompts_and_lines() {
        let (mut mode, pane) = mode();
        with_args(&mut mode, &pane, "count", &["1"]);
        assert!(mode.count_digit(2));
        assert_eq!(mode.indicator(&pane), "(repeat) 12 [0/100]");
        run(&mut mode, &pane, &["cursor-up"]);
        assert_eq!(mode.indicator(&pane), "[10/100]");
        assert!(!mode.count_digit(2), "it is used up");
        run(&mut mode, &pane, &["set-mark", "history-top", "jump-to-mark"]);
        assert_eq!((mode.indicator(&pane).as_str(), mode.cursor.line), ("[12/100]", 90));
        run(&mut mode, &pane, &["jump-to-mark"]);
        assert_eq!(mode.indicator(&pane), "[100/100]");
        run(&mut mode, &pane, &["next-prompt"]);
        mode.set_prompts(vec![5, 50, 101], &pane);
        assert_eq!(mode.cursor.line, 5, "it waited for them");
        run(&mut mode, &pane, &["next-prompt"]);
        assert_eq!((mode.cursor.line, mode.cursor.col), (50, 0));
        run(&mut mode, &pane, &["previous-prompt", "previous-prompt"]);
        assert_eq!(mode.cursor.line, 5);
        with_args(&mut mode, &pane, "goto-line", &["30"]);
        assert_eq!(mode.indicator(&pane), "[30/100]");
        assert!(matches!(with_args(&mut mode, &pane, "goto-line", &["x"]), Outcome::Say(_)));
        assert_eq!(run(&mut mode, &pane, &["goto-line"]), Outcome::Ask("(goto line) ".into(), "goto-line".into()));
    }

    #[test]
    fn selections_of_every_kind_are_taken() {
        let (mut mode, pane) = mode();
        let start = ["history-bottom", "top-line", "start-of-line"];
        let mut taken = |keys: &[&str]| match run(&mut mode, &pane, &[&start, keys].concat()) {
            Outcome::Copied(copied) => copied.text,
            other => panic!("{other:?}"),
        };
        assert_eq!(taken(&["copy-end-of-line"]), "alpha one");
        assert_eq!(taken(&["cursor-down", "copy-line"]), "beta two\n");
        assert_eq!(
            taken(&["begin-selection", "cursor-right", "stop-selection", "cursor-down", "copy-selection"]),
            "al"
        );
        assert_eq!(taken(&["select-word", "next-word", "copy-selection"]), "alpha one", "by whole words");
        assert_eq!(taken(&["rectangle-on", "begin-selection", "cursor-down", "cursor-right", "pipe"]), "al\nbe");
        assert_eq!(
            taken(&["begin-selection", "next-word", "other-end", "cursor-right", "copy-pipe-no-clear"]),
            "lpha o"
        );
    }

    #[test]
    fn emacs_leaves_out_what_is_under_the_cursor() {
        let (mut mode, pane) = mode();
        let order = |name| Order { name, args: &[], times: None, emacs: true };
        for name in ["top-line", "start-of-line", "begin-selection", "next-word-end"] {
            mode.command(order(name), &pane);
        }
        assert_eq!(mode.command(order("copy-selection-and-cancel"), &pane), copied("alpha", true));
    }

    #[test]
    fn the_mouse_selects_by_cells() {
        let (mut mode, pane) = mode();
        mode.drag(Point::new(0, 6), Point::new(1, 3), &pane);
        assert_eq!(run(&mut mode, &pane, &["copy-selection-and-cancel"]), copied("one\nbeta", true));
    }
}
