//! Scrolling, erasing, inserting and deleting.

use super::Screen;
use crate::base::Style;

/// What ED and EL erase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::term) enum Extent {
    /// From the cursor to the end.
    After,
    /// From the start to the cursor, which is included.
    Before,
    All,
}

impl Screen {
    // ---- lines -----------------------------------------------------------------------------------------------

    /// IND, LF: down, scrolling at the bottom margin.
    #[inline]
    pub fn index(&mut self) {
        self.joinable = false;
        self.at.wrap_pending = false;
        if self.at.row + 1 != self.margins.bottom {
            self.at.row = (self.at.row + 1).min(self.rows - 1);
        } else if self.between_sides() {
            self.scroll_up(1);
        }
    }

    /// RI: up, scrolling at the top margin.
    pub fn reverse_index(&mut self) {
        self.moved();
        if self.at.row != self.margins.top {
            self.at.row = self.at.row.saturating_sub(1);
        } else if self.between_sides() {
            self.scroll_down(1);
        }
    }

    /// SU. Lines that leave the top of the primary screen go into the history.
    pub fn scroll_up(&mut self, count: usize) {
        let margins = self.margins;
        if margins.top == 0 && !self.alternate && self.full_width() {
            for row in 0..count.min(margins.bottom) {
                self.history.push(self.grid.row(row), &self.tables);
            }
        }
        self.shift_up(margins.top, count);
    }

    /// SD
    pub fn scroll_down(&mut self, count: usize) {
        self.shift_down(self.margins.top, count);
    }

    pub(super) fn full_width(&self) -> bool {
        self.margins.left == 0 && self.margins.right == self.cols
    }

    /// Moves what is between `top` and the bottom margin up, within the side margins.
    fn shift_up(&mut self, top: usize, count: usize) {
        let blank = self.blank();
        let bottom = self.margins.bottom;
        let count = count.min(bottom - top);
        if self.full_width() {
            return self.grid.scroll_up(top, bottom, count, blank);
        }
        for row in top..bottom {
            self.copy_within_sides(row, (row + count < bottom).then_some(row + count));
        }
    }

    fn shift_down(&mut self, top: usize, count: usize) {
        let blank = self.blank();
        let bottom = self.margins.bottom;
        let count = count.min(bottom - top);
        if self.full_width() {
            return self.grid.scroll_down(top, bottom, count, blank);
        }
        for row in (top..bottom).rev() {
            self.copy_within_sides(row, row.checked_sub(count).filter(|&from| from >= top));
        }
    }

    /// Puts what another row has between the side margins into this one, or blanks.
    fn copy_within_sides(&mut self, row: usize, from: Option<usize>) {
        let (left, right, cols) = (self.margins.left, self.margins.right, self.cols);
        let blank = self.blank();
        match from {
            Some(from) => {
                let source = self.grid.row(from);
                let cells: Vec<_> = (left..right).map(|col| source.get(col)).collect();
                self.grid.row_mut(row).overwrite(left, &cells);
            }
            None => self.grid.row_mut(row).erase(left, right, cols, blank),
        }
    }

    /// IL: only within the margins; the cursor goes to the left margin.
    pub fn insert_lines(&mut self, count: usize) {
        if self.within_margins() {
            self.shift_down(self.at.row, count);
            self.at.col = self.margins.left;
            self.moved();
        }
    }

    /// DL
    pub fn delete_lines(&mut self, count: usize) {
        if self.within_margins() {
            self.shift_up(self.at.row, count);
            self.at.col = self.margins.left;
            self.moved();
        }
    }

    // ---- cells -----------------------------------------------------------------------------------------------

    /// ICH
    pub fn insert_cells(&mut self, count: usize) {
        if self.between_sides() {
            let blank = self.blank();
            let (col, right, cols) = (self.at.col, self.margins.right, self.cols);
            self.grid.row_mut(self.at.row).insert(col, right, count, cols, blank);
        }
        self.at.wrap_pending = false;
    }

    /// DCH
    pub fn delete_cells(&mut self, count: usize) {
        if self.between_sides() {
            let blank = self.blank();
            let (col, right, cols) = (self.at.col, self.margins.right, self.cols);
            self.grid.row_mut(self.at.row).delete(col, right, count, cols, blank);
            self.moved();
        }
    }

    /// ECH: whatever the margins.
    pub fn erase_chars(&mut self, count: usize) {
        self.erase_row(self.at.row, self.at.col, (self.at.col + count).min(self.cols), false);
        self.moved();
    }

    /// Blanks cells of the cursor's row.
    pub fn erase_cells(&mut self, left: usize, right: usize) {
        let blank = self.blank();
        let cols = self.cols;
        self.grid.row_mut(self.at.row).erase(left, right, cols, blank);
    }

    /// EL and, `selective`, DECSEL.
    pub fn erase_line(&mut self, extent: Extent, selective: bool) {
        let (left, right) = match extent {
            Extent::After => (self.at.col, self.cols),
            Extent::Before => (0, self.at.col + 1),
            Extent::All => (0, self.cols),
        };
        self.erase_row(self.at.row, left, right, selective);
        self.moved();
    }

    /// ED and, `selective`, DECSED.
    pub fn erase_display(&mut self, extent: Extent, selective: bool) {
        let rows = match extent {
            Extent::After => self.at.row + 1..self.rows,
            Extent::Before => 0..self.at.row,
            Extent::All => 0..self.rows,
        };
        if extent == Extent::All {
            self.pushed_lines = 0;
        } else {
            self.erase_line(extent, selective);
        }
        for row in rows {
            self.erase_row(row, 0, self.cols, selective);
        }
        self.moved();
    }

    pub(super) fn erase_row(&mut self, row: usize, left: usize, right: usize, selective: bool) {
        let blank = self.blank();
        let cols = self.cols;
        let row = self.grid.row_mut(row);
        if selective || self.flow.guarded {
            row.erase_unprotected(left, right, blank);
        } else {
            row.erase(left, right, cols, blank);
        }
    }

    // ---- columns ---------------------------------------------------------------------------------------------

    /// DECIC
    pub fn insert_columns(&mut self, count: usize) {
        self.each_row_within_margins(|row, col, right, cols, blank| row.insert(col, right, count, cols, blank));
    }

    /// DECDC
    pub fn delete_columns(&mut self, count: usize) {
        self.each_row_within_margins(|row, col, right, cols, blank| row.delete(col, right, count, cols, blank));
    }

    /// SL and SR: as DECDC and DECIC at the left margin.
    pub fn shift_columns(&mut self, count: usize, left: bool) {
        if self.within_margins() {
            let col = std::mem::replace(&mut self.at.col, self.margins.left);
            if left {
                self.delete_columns(count)
            } else {
                self.insert_columns(count)
            }
            self.at.col = col;
        }
    }

    fn each_row_within_margins(
        &mut self,
        change: impl Fn(&mut crate::term::row::Row, usize, usize, usize, crate::term::cell::Cell),
    ) {
        if !self.within_margins() {
            return;
        }
        let blank = self.blank();
        let (col, right, cols) = (self.at.col, self.margins.right, self.cols);
        for row in self.margins.top..self.margins.bottom {
            change(self.grid.row_mut(row), col, right, cols, blank);
        }
        self.joinable = false;
    }

    /// DECBI: left, or at the left margin the contents right.
    pub fn back_index(&mut self) {
        if self.at.col == self.margins.left {
            self.insert_columns(1);
        } else {
            self.backward(1);
        }
    }

    /// DECFI
    pub fn forward_index(&mut self) {
        if self.at.col + 1 == self.margins.right {
            let col = self.at.col;
            self.at.col = self.margins.left;
            self.delete_columns(1);
            self.at.col = col;
        } else {
            self.forward(1);
        }
    }

    /// DECALN: E everywhere, no margins, no origin mode, no attributes but colours, cursor home.
    pub fn alignment_pattern(&mut self) {
        let text = vec![b'E'; self.cols];
        for row in 0..self.rows {
            let row = self.grid.row_mut(row);
            row.clear(Default::default());
            row.write_ascii(0, &text, Default::default());
        }
        self.margins = super::Margins { top: 0, bottom: self.rows, left: 0, right: self.cols };
        self.set_origin(false);
        let Style { fg, bg, .. } = self.pen.style;
        self.set_style(Style { fg, bg, ..Style::DEFAULT });
    }
}
