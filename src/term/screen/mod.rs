//! A screen with its cursor, margins and pen: what the sequences act on.
//!
//! Knows nothing of bytes, replies and modes that do not change where and how text is written. Rows and columns
//! count from 0; right and bottom edges are the first place behind.

mod edit;
mod pen;
mod print;
mod rect;
mod reflow;
mod skim;
mod snapshot;
mod tabs;

pub(super) use edit::Extent;
pub(super) use print::push_text;
pub(super) use rect::Area;
pub(super) use reflow::split_line;
pub(super) use tabs::Tabs;

use super::charset::Charsets;
use super::grid::Grid;
use super::history::History;
use super::intern::Tables;
use super::prompts::Prompts;
use super::vault::Vault;
use crate::base::{Size, Style};
use pen::Pen;
use print::Joining;

/// Where the next character goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub row: usize,
    pub col: usize,
    /// The last column was written, and the next character goes to the next row (DEC's last column flag).
    pub wrap_pending: bool,
}

/// What DECSC saves, once for each screen.
#[derive(Clone, Copy, Debug, Default)]
struct Saved {
    at: Place,
    style: Style,
    protected: bool,
    origin: bool,
    charsets: Charsets,
}

/// Modes that decide where text goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    /// DECAWM
    pub autowrap: bool,
    /// IRM
    pub insert: bool,
    /// DECOM
    pub origin: bool,
    /// Mode 45
    pub reverse_wrap: bool,
    /// Mode 1045
    pub reverse_wrap_far: bool,
    /// Protected cells withstand all erasing: SPA was used last, not DECSCA.
    pub guarded: bool,
    /// DECLRMM
    pub side_margins: bool,
    /// LNM
    pub newline: bool,
    /// Mode 2027
    pub clusters: bool,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            autowrap: true,
            insert: false,
            origin: false,
            reverse_wrap: false,
            reverse_wrap_far: false,
            guarded: false,
            side_margins: false,
            newline: false,
            clusters: true,
        }
    }
}

/// The part of the screen that scrolls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Margins {
    pub top: usize,
    pub bottom: usize,
    pub left: usize,
    pub right: usize,
}

#[derive(Debug)]
pub(super) struct Screen {
    cols: usize,
    rows: usize,
    grid: Grid,
    /// The screen that is not shown: the primary one while the alternate is, else nothing or what a program left.
    hidden: Option<Grid>,
    alternate: bool,
    at: Place,
    saved: [Saved; 2],
    margins: Margins,
    pub flow: Flow,
    pen: Pen,
    pub charsets: Charsets,
    pub tabs: Tabs,
    pub tables: Tables,
    pub history: History,
    prompts: Prompts,
    /// Lines that a smaller screen has pushed into the history, and that come back when it grows.
    pushed_lines: usize,
    /// What REP repeats.
    last_char: Option<char>,
    /// Clusters that were made of a cell and a character lately.
    joins: Vec<Joining>,
    /// The cell before the cursor was printed by the character that came last, so that one may join it.
    joinable: bool,
    /// Bytes of lines that were not drawn.
    skimmed: u64,
}

impl Screen {
    pub fn new(size: Size, history_limit: usize, vault: Box<dyn Vault>) -> Self {
        let (cols, rows) = (usize::from(size.cols), usize::from(size.rows));
        Self {
            cols,
            rows,
            grid: Grid::new(rows, cols, 0),
            hidden: None,
            alternate: false,
            at: Place::default(),
            saved: [Saved::default(); 2],
            margins: Margins { top: 0, bottom: rows, left: 0, right: cols },
            flow: Flow::default(),
            pen: Pen::default(),
            charsets: Charsets::default(),
            tabs: Tabs::new(cols),
            tables: Tables::new(),
            history: History::new(history_limit, vault),
            prompts: Prompts::default(),
            pushed_lines: 0,
            last_char: None,
            joins: Vec::new(),
            joinable: false,
            skimmed: 0,
        }
    }

    /// As new, but for the history (RIS).
    pub fn reset(&mut self, stamp: u64) {
        self.show_primary();
        let tables_epoch = self.tables.epoch + 1;
        self.hidden = None;
        self.grid = Grid::new(self.rows, self.cols, stamp);
        self.tables = Tables::new();
        self.joins.clear();
        self.tables.epoch = tables_epoch;
        self.tabs = Tabs::new(self.cols);
        self.saved = [Saved::default(); 2];
        self.at = Place::default();
        self.pushed_lines = 0;
        self.soft_reset();
        self.flow = Flow::default();
        self.last_char = None;
        self.joinable = false;
    }

    /// DECSTR, as the VT420 manual lists what a soft reset touches.
    pub fn soft_reset(&mut self) {
        self.margins = Margins { top: 0, bottom: self.rows, left: 0, right: self.cols };
        self.flow = Flow { newline: self.flow.newline, clusters: self.flow.clusters, ..Flow::default() };
        self.pen = Pen::default();
        self.charsets = Charsets::default();
        self.saved[usize::from(self.alternate)] = Saved::default();
        self.at.wrap_pending = false;
    }

    /// The cursor is where a prompt begins. The alternate screen has no lines that stay.
    pub fn note_prompt(&mut self) {
        if !self.alternate {
            self.prompts.note(self.cursor_line());
        }
    }

    pub fn prompts(&self) -> impl Iterator<Item = u64> {
        self.prompts.from(self.history.first())
    }

    /// The number of the line that the cursor is in.
    pub fn cursor_line(&self) -> u64 {
        self.history.end() + self.at.row as u64
    }

    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    pub fn grid_mut(&mut self) -> &mut Grid {
        &mut self.grid
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn place(&self) -> Place {
        self.at
    }

    pub fn margins(&self) -> Margins {
        self.margins
    }

    pub fn is_alternate(&self) -> bool {
        self.alternate
    }

    pub fn style(&self) -> Style {
        self.pen.style
    }

    pub fn is_protected(&self) -> bool {
        self.pen.protected
    }

    /// Memory beside the struct itself, without history, in bytes.
    pub fn heap_size(&self) -> usize {
        self.grid.heap_size() + self.hidden.as_ref().map_or(0, Grid::heap_size) + self.tables.heap_size()
    }

    // ---- cursor ----------------------------------------------------------------------------------------------

    /// The cursor has moved by something else than printing, or what does as if: no wrap is pending.
    pub fn moved(&mut self) {
        self.at.wrap_pending = false;
        self.joinable = false;
    }

    /// Whether the cursor stands between the side margins, where alone they count.
    fn between_sides(&self) -> bool {
        (self.margins.left..self.margins.right).contains(&self.at.col)
    }

    /// Whether it stands within all four margins.
    fn within_margins(&self) -> bool {
        self.between_sides() && (self.margins.top..self.margins.bottom).contains(&self.at.row)
    }

    /// CUP, HVP: relative to the margins in origin mode.
    pub fn go_to(&mut self, row: usize, col: usize) {
        self.go_to_row(row);
        self.go_to_col(col);
    }

    /// VPA
    pub fn go_to_row(&mut self, row: usize) {
        self.at.row = if self.flow.origin {
            (self.margins.top + row).min(self.margins.bottom - 1)
        } else {
            row.min(self.rows - 1)
        };
        self.moved();
    }

    /// CHA, HPA
    pub fn go_to_col(&mut self, col: usize) {
        self.at.col = if self.flow.origin {
            (self.margins.left + col).min(self.margins.right - 1)
        } else {
            col.min(self.cols - 1)
        };
        self.moved();
    }

    /// The cursor's place as CPR tells it, from 0.
    pub fn reported_place(&self) -> (usize, usize) {
        if self.flow.origin {
            (self.at.row.saturating_sub(self.margins.top), self.at.col.saturating_sub(self.margins.left))
        } else {
            (self.at.row, self.at.col)
        }
    }

    /// As after writing in the last column, where the cursor is there.
    pub fn set_wrap_pending(&mut self) {
        self.at.wrap_pending = self.at.col + 1 == self.margins.right || self.at.col + 1 == self.cols;
    }

    /// CUU: stops at the top margin where it starts below it.
    pub fn up(&mut self, count: usize) {
        let limit = if self.at.row >= self.margins.top { self.margins.top } else { 0 };
        self.at.row = self.at.row.saturating_sub(count).max(limit);
        self.moved();
    }

    /// CUD
    pub fn down(&mut self, count: usize) {
        let limit = if self.at.row < self.margins.bottom { self.margins.bottom } else { self.rows };
        self.at.row = (self.at.row + count).min(limit - 1);
        self.moved();
    }

    /// CUF
    pub fn forward(&mut self, count: usize) {
        let limit = if self.at.col < self.margins.right { self.margins.right } else { self.cols };
        self.at.col = (self.at.col + count).min(limit - 1);
        self.moved();
    }

    /// CUB and BS
    pub fn backward(&mut self, count: usize) {
        if self.flow.autowrap && (self.flow.reverse_wrap || self.flow.reverse_wrap_far) {
            return self.backward_around(count);
        }
        let limit = if self.at.col >= self.margins.left { self.margins.left } else { 0 };
        self.at.col = self.at.col.saturating_sub(count).max(limit);
        self.moved();
    }

    /// In reverse wrap mode it goes on at the end of the row before, where that went on in this one; in the extended
    /// mode there in any case, and from the top row to the bottom.
    fn backward_around(&mut self, count: usize) {
        let Margins { top, bottom, left, right } = self.margins;
        let first = if self.at.col >= left { left } else { 0 };
        let (top, bottom) = if self.at.row >= top { (top, bottom) } else { (0, self.rows) };
        let count = count.min(self.cols * self.rows);
        // Behind the last column it steps onto it.
        for _ in usize::from(self.at.wrap_pending)..count {
            let goes_on = self.at.row > top && self.grid.row(self.at.row - 1).wrapped;
            if self.at.col > first {
                self.at.col -= 1;
            } else if goes_on || self.flow.reverse_wrap_far {
                self.at.row = if self.at.row > top { self.at.row - 1 } else { bottom - 1 };
                self.at.col = right - 1;
            } else {
                break;
            }
        }
        self.moved();
    }

    /// CR
    pub fn carriage_return(&mut self) {
        let left = self.margins.left;
        self.at.col = if self.flow.origin || self.at.col >= left { left } else { 0 };
        self.moved();
    }

    /// HT, CHT
    pub fn tab(&mut self, count: usize) {
        let right = if self.at.col < self.margins.right { self.margins.right } else { self.cols };
        for _ in 0..count {
            let next = self.tabs.next(self.at.col, right).unwrap_or(right - 1);
            if next == self.at.col {
                return;
            }
            self.at.col = next;
            self.moved();
        }
    }

    /// CBT
    pub fn back_tab(&mut self, count: usize) {
        let left = if self.flow.origin { self.margins.left } else { 0 };
        for _ in 0..count.min(self.cols) {
            self.at.col = self.tabs.previous(self.at.col).unwrap_or(left).max(left);
        }
        self.moved();
    }

    /// DECSC, SCOSC
    pub fn save_cursor(&mut self) {
        self.saved[usize::from(self.alternate)] = Saved {
            at: self.at,
            style: self.pen.style,
            protected: self.pen.protected,
            origin: self.flow.origin,
            charsets: self.charsets,
        };
    }

    /// DECRC, SCORC; what was never saved is the state of a new terminal.
    pub fn restore_cursor(&mut self) {
        let saved = self.saved[usize::from(self.alternate)];
        self.set_style(saved.style);
        self.set_protected(saved.protected);
        self.flow.origin = saved.origin;
        self.charsets = saved.charsets;
        self.at = saved.at;
        // In origin mode it does not come back beyond the margins of now, as in xterm.
        let whole = (self.rows, self.cols);
        let (bottom, right) = if saved.origin { (self.margins.bottom, self.margins.right) } else { whole };
        self.at.row = self.at.row.min(bottom - 1);
        self.at.wrap_pending &= self.at.col + 1 == self.margins.right || self.at.col + 1 == self.cols;
        self.at.col = self.at.col.min(right - 1);
        self.joinable = false;
    }

    // ---- margins ---------------------------------------------------------------------------------------------

    /// DECSTBM; both from 0, `bottom` behind the last row. At least two rows, as the VT420 demands.
    pub fn set_scroll_rows(&mut self, top: usize, bottom: usize) {
        let bottom = bottom.min(self.rows);
        if top + 1 < bottom || (top, bottom) == (0, self.rows) {
            self.margins.top = top;
            self.margins.bottom = bottom;
            self.go_to(0, 0);
        }
    }

    /// DECSLRM
    pub fn set_scroll_cols(&mut self, left: usize, right: usize) {
        let right = right.min(self.cols);
        if left + 1 < right || (left, right) == (0, self.cols) {
            self.margins.left = left;
            self.margins.right = right;
            self.go_to(0, 0);
        }
    }

    /// Back to the whole screen, with DECLRMM off.
    pub fn reset_margins(&mut self) {
        self.margins = Margins { top: 0, bottom: self.rows, left: 0, right: self.cols };
        self.flow.side_margins = false;
    }

    /// DECLRMM; off takes the side margins away.
    pub fn set_side_margins(&mut self, on: bool) {
        self.flow.side_margins = on;
        if !on {
            self.margins.left = 0;
            self.margins.right = self.cols;
        }
    }

    /// DECOM moves the cursor home.
    pub fn set_origin(&mut self, on: bool) {
        self.flow.origin = on;
        self.go_to(0, 0);
    }

    // ---- screens ---------------------------------------------------------------------------------------------

    /// Shows the alternate screen, cleared first where `clear`; the cursor stays where it is.
    pub fn show_alternate(&mut self, clear: bool, stamp: u64) {
        if !self.alternate {
            let other = self.hidden.take().unwrap_or_else(|| Grid::new(self.rows, self.cols, stamp));
            self.hidden = Some(std::mem::replace(&mut self.grid, other));
            self.alternate = true;
            self.grid.set_stamp(stamp);
            self.grid.mark_all();
            self.joinable = false;
        }
        if clear {
            let blank = self.blank();
            self.grid.clear(blank);
            self.moved();
        }
    }

    /// Shows the primary screen. The alternate one is forgotten; a program that comes back to it draws anew.
    pub fn show_primary(&mut self) {
        if self.alternate
            && let Some(primary) = self.hidden.take()
        {
            let stamp = self.grid.stamp();
            self.grid = primary;
            self.grid.set_stamp(stamp);
            self.grid.mark_all();
            self.alternate = false;
            self.joinable = false;
        }
    }

    #[cfg(any(test, fuzzing))]
    pub fn verify(&self) {
        self.history.verify();
        self.grid.verify();
        assert_eq!((self.grid.height(), self.grid.cols()), (self.rows, self.cols));
        assert!(self.at.row < self.rows && self.at.col < self.cols, "{:?}", self.at);
        let margins = self.margins;
        assert!(margins.top < margins.bottom && margins.bottom <= self.rows, "{margins:?}");
        assert!(margins.left < margins.right && margins.right <= self.cols, "{margins:?}");
        if let Some(grid) = &self.hidden {
            grid.verify();
        }
    }
}
