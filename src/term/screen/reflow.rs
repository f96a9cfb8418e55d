//! Another size. Lines of the primary screen are broken anew at the new width, those of the history with them;
//! the cursor stays on its character. The alternate screen is cut or extended, as its program draws it anew.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Margins, Place, Screen};
use crate::base::{Size, limits};
use crate::term::cell::Cell;
use crate::term::grid::Grid;
use crate::term::row::Row;

/// Breaks the cells of a line at `cols`; the last argument tells the last piece. A line has at least one piece.
pub(in crate::term) fn split_line(cells: &[Cell], cols: usize, mut piece: impl FnMut(&[Cell], bool)) {
    let mut rest = cells;
    while rest.len() > cols {
        let torn = rest[cols].is_tail();
        if torn && cols == 1 {
            // Nothing wide fits in one column.
            piece(&[rest[0].emptied()], rest.len() == 2);
            rest = &rest[2..];
            if rest.is_empty() {
                return;
            }
            continue;
        }
        let (now, later) = rest.split_at(if torn { cols - 1 } else { cols });
        piece(now, false);
        rest = later;
    }
    piece(rest, true);
}

/// The rows of the primary screen on their way to another size.
struct Rows {
    rows: VecDeque<Row>,
    /// The cursor, then the saved cursor.
    places: [Place; 2],
    /// Text reached down to the last row.
    full: bool,
}

impl Screen {
    pub fn resize(&mut self, size: Size) {
        let (cols, rows) = (usize::from(size.cols), usize::from(size.rows));
        if (cols, rows) == (self.cols, self.rows) {
            return;
        }
        self.resize_primary(cols, rows);
        if self.alternate {
            let old = self.grid.take_rows();
            self.grid.set_rows(old, rows, cols);
        }
        (self.cols, self.rows) = (cols, rows);
        self.margins = Margins { top: 0, bottom: rows, left: 0, right: cols };
        self.tabs.resize(cols);
        self.at.wrap_pending &= self.at.col + 1 >= cols;
        self.at.row = self.at.row.min(rows - 1);
        self.at.col = self.at.col.min(cols - 1);
        self.joinable = false;
    }

    fn resize_primary(&mut self, cols: usize, rows: usize) {
        let mut taken = self.take_primary();
        if cols != self.cols {
            self.join_history(&mut taken);
            let mut numbers = self.prompts.renumber();
            let before = self.history.end();
            self.history.reflow(cols, &mut self.tables, &mut numbers);
            let after = self.history.end();
            taken.flow(cols, |rows, to| {
                numbers.joined(before + rows.start as u64..before + rows.end as u64, after + to as u64);
            });
        }
        self.push_excess(&mut taken, rows);
        self.pull(&mut taken, rows);
        self.put_primary(taken, rows, cols);
        // Blank rows that were below the cursor may be gone, and no line is where they were.
        self.prompts.forget_from(self.history.end() + rows as u64);
    }

    fn primary_mut(&mut self) -> &mut Grid {
        match &mut self.hidden {
            Some(primary) if self.alternate => primary,
            _ => &mut self.grid,
        }
    }

    /// The rows of the primary screen down to the last that has something.
    fn take_primary(&mut self) -> Rows {
        let saved = self.saved[0].at;
        let places = [if self.alternate { saved } else { self.at }, saved];
        let mut rows = self.primary_mut().take_rows();
        let height = rows.len();
        let is_blank = |row: &Row| row.cells().is_empty() && row.fill() == Cell::BLANK;
        while rows.len() > places[0].row + 1 && rows.last().is_some_and(is_blank) {
            rows.pop();
        }
        Rows { full: rows.len() == height, rows: rows.into(), places }
    }

    fn put_primary(&mut self, taken: Rows, rows: usize, cols: usize) {
        let limit = |place: Place| Place { row: place.row.min(rows - 1), col: place.col.min(cols - 1), ..place };
        let [cursor, saved] = taken.places.map(limit);
        self.saved[0].at = if self.alternate { cursor } else { saved };
        if !self.alternate {
            self.at = cursor;
        }
        let stamp = self.grid.stamp();
        let primary = self.primary_mut();
        primary.set_stamp(stamp);
        primary.set_rows(taken.rows.into(), rows, cols);
    }

    /// Takes back the part of the first line that is in the history already.
    fn join_history(&mut self, taken: &mut Rows) {
        let mut joined = 0;
        while joined < limits::TERM_JOINED && self.history.goes_on() {
            let Some(row) = self.history.pop(&mut self.tables) else { break };
            taken.rows.push_front(row);
            joined += 1;
        }
        taken.move_places(joined as isize);
    }

    /// What does not fit goes into the history, but never the cursor's row.
    fn push_excess(&mut self, taken: &mut Rows, rows: usize) {
        let excess = taken.rows.len().saturating_sub(rows).min(taken.places[0].row);
        for row in taken.rows.drain(..excess) {
            self.pushed_lines += usize::from(!row.wrapped);
            self.history.push(&row, &self.tables);
        }
        taken.move_places(-(excess as isize));
    }

    /// Brings back what a smaller screen had pushed out, and more where the screen was full.
    fn pull(&mut self, taken: &mut Rows, rows: usize) {
        let mut pulled = 0;
        while taken.rows.len() < rows && (self.pushed_lines > 0 || taken.full) {
            let Some(row) = self.history.pop(&mut self.tables) else { break };
            self.pushed_lines = self.pushed_lines.saturating_sub(usize::from(!row.wrapped));
            taken.rows.push_front(row);
            pulled += 1;
        }
        // The beginning of a line that was pulled belongs with it.
        while pulled > 0 && taken.rows.len() < rows && self.history.goes_on() {
            let Some(row) = self.history.pop(&mut self.tables) else { break };
            taken.rows.push_front(row);
            pulled += 1;
        }
        taken.move_places(pulled);
    }
}

impl Rows {
    fn move_places(&mut self, by: isize) {
        for place in &mut self.places {
            place.row = place.row.saturating_add_signed(by);
        }
    }

    /// Breaks all lines at `cols`; `moved` is told which rows have become those from where on.
    fn flow(&mut self, cols: usize, mut moved: impl FnMut(Range<usize>, usize)) {
        let old = std::mem::take(&mut self.rows);
        let count = old.len();
        let mut places = [None; 2];
        let mut cells = Vec::new();
        let mut marks = [None; 2];
        let mut start = 0;
        for (index, row) in old.into_iter().enumerate() {
            for (mark, place) in marks.iter_mut().zip(self.places) {
                if place.row == index {
                    let col = place.col + usize::from(place.wrap_pending);
                    *mark = Some(cells.len() + if row.wrapped { col.min(row.cells().len()) } else { col });
                }
            }
            cells.extend_from_slice(row.cells());
            if !row.wrapped {
                moved(start..index + 1, self.rows.len());
                start = index + 1;
                self.end_line(&mut cells, row.fill(), &mut marks, &mut places, cols);
            }
        }
        moved(start..count, self.rows.len());
        if !cells.is_empty() || marks.iter().any(Option::is_some) {
            self.end_line(&mut cells, Cell::BLANK, &mut marks, &mut places, cols);
        }
        self.places = places.map(|place| place.unwrap_or_default());
    }

    /// Breaks one line, and finds the places that are in it.
    fn end_line(
        &mut self,
        cells: &mut Vec<Cell>,
        fill: Cell,
        marks: &mut [Option<usize>; 2],
        places: &mut [Option<Place>; 2],
        cols: usize,
    ) {
        let mut start = 0;
        split_line(cells, cols, |piece, last| {
            for (mark, place) in marks.iter_mut().zip(places.iter_mut()) {
                if let Some(offset) = *mark
                    && (last || offset < start + piece.len())
                {
                    let col = offset - start;
                    let wrap_pending = col == cols && col == piece.len();
                    *place = Some(Place { row: self.rows.len(), col: col.min(cols - 1), wrap_pending });
                    *mark = None;
                }
            }
            let mut row = Row::default();
            row.set(piece, if last { fill } else { Cell::BLANK });
            row.wrapped = !last;
            self.rows.push_back(row);
            start += piece.len();
        });
        cells.clear();
    }
}
