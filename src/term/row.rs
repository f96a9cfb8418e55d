//! One row of cells. It knows how far it was written; what lies behind is blank in one look and takes no memory.

use super::cell::{Cell, Look};
use super::intern::Tables;
use super::snapshot::words;

#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Cells from the left; never more than the screen has columns.
    cells: Vec<Cell>,
    /// What is behind them.
    fill: Cell,
    /// The text goes on in the next row.
    pub wrapped: bool,
    /// There may be wide characters.
    wide: bool,
    /// The stamp of the last change.
    pub changed: u64,
}

impl Row {
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub fn fill(&self) -> Cell {
        self.fill
    }

    /// It is as a new one.
    pub fn is_blank(&self) -> bool {
        self.cells.is_empty() && self.fill == Cell::BLANK && !self.wrapped
    }

    #[inline]
    pub fn get(&self, col: usize) -> Cell {
        self.cells.get(col).copied().unwrap_or(self.fill)
    }

    /// Blank in this look, its memory kept.
    #[inline]
    pub fn clear(&mut self, blank: Cell) {
        self.cells.clear();
        self.fill = blank;
        self.wrapped = false;
        self.wide = false;
    }

    /// Gives back memory that is not in use.
    pub fn shrink(&mut self) {
        self.cells.shrink_to_fit();
    }

    pub fn heap_size(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
    }

    /// Takes over these cells as they are.
    pub fn set(&mut self, cells: &[Cell], fill: Cell) {
        self.cells.clear();
        self.cells.extend_from_slice(cells);
        self.fill = fill;
        self.wide = true;
    }

    #[inline]
    fn reach(&mut self, col: usize) {
        if self.cells.len() < col {
            self.cells.resize(col, self.fill);
        }
    }

    /// Takes a wide character that lies across the left edge of `col` apart.
    #[inline]
    fn cut(&mut self, col: usize) {
        if self.wide && col > 0 && self.get(col).is_tail() {
            for half in [col - 1, col] {
                if let Some(cell) = self.cells.get_mut(half) {
                    *cell = cell.emptied();
                }
            }
        }
    }

    // ---- writing ---------------------------------------------------------------------------------------------

    /// Writes ASCII from `col` on; the caller has made sure that it fits.
    #[inline]
    pub fn write_ascii(&mut self, col: usize, text: &[u8], look: Look) {
        let end = col + text.len();
        self.reach(col);
        if self.wide {
            self.cut(col);
            self.cut(end);
        }
        let old = (self.cells.len() - col).min(text.len());
        let (over, new) = text.split_at(old);
        for (cell, &byte) in self.cells[col..col + old].iter_mut().zip(over) {
            *cell = Cell::ascii(byte, look);
        }
        self.cells.extend(new.iter().map(|&byte| Cell::ascii(byte, look)));
    }

    /// Writes these cells from `col` on, whole characters; the caller has made sure that they fit.
    #[inline]
    pub fn write_cells(&mut self, col: usize, cells: &[Cell], wide: bool) {
        let end = col + cells.len();
        self.reach(col);
        if self.wide {
            self.cut(col);
            self.cut(end);
        }
        self.wide |= wide;
        let old = (self.cells.len() - col).min(cells.len());
        let (over, new) = cells.split_at(old);
        self.cells[col..col + old].copy_from_slice(over);
        self.cells.extend_from_slice(new);
    }

    /// Overwrites one cell; where that was the first half of a wide character, the second becomes blank.
    #[inline]
    fn store(&mut self, col: usize, cell: Cell) {
        match self.cells.get_mut(col) {
            Some(old) => {
                let was_wide = old.is_wide();
                *old = cell;
                if was_wide && let Some(tail) = self.cells.get_mut(col + 1) {
                    *tail = tail.emptied();
                }
            }
            None => self.cells.push(cell),
        }
    }

    /// Puts one cell, with its tail where it is wide; the caller has made sure that it fits.
    pub fn put(&mut self, col: usize, cell: Cell) {
        self.reach(col);
        self.cut(col);
        self.store(col, cell);
        if cell.is_wide() {
            self.wide = true;
            self.store(col + 1, Cell::tail(cell.look()));
        }
    }

    /// Gives one cell another content without touching its neighbours; for changes of look and of clusters.
    pub fn replace(&mut self, col: usize, cell: Cell) {
        if let Some(old) = self.cells.get_mut(col) {
            *old = cell;
        }
    }

    // ---- erasing, moving -------------------------------------------------------------------------------------

    /// Blanks the cells from `left` up to `right` in a row of `cols`.
    pub fn erase(&mut self, left: usize, right: usize, cols: usize, blank: Cell) {
        if left >= right {
            return;
        }
        self.cut(left);
        self.cut(right);
        if right < cols {
            if self.cells.len() > left || self.fill != blank {
                self.reach(right);
                self.cells[left..right].fill(blank);
            }
            return;
        }
        self.wrapped = false;
        if self.fill != blank {
            self.reach(left);
            self.fill = blank;
        }
        self.cells.truncate(left);
    }

    /// As [`Row::erase`] but leaves protected cells (DECSCA).
    pub fn erase_unprotected(&mut self, left: usize, right: usize, blank: Cell) {
        if self.fill != blank {
            self.reach(right);
        }
        for col in left..right.min(self.cells.len()) {
            if !self.cells[col].is_protected() {
                self.cut(col);
                self.cut(col + 1);
                self.cells[col] = blank;
            }
        }
    }

    /// Takes the characters out of the cells from `left` up to `right` and leaves their looks; not out of protected
    /// cells where `spare`.
    pub fn empty(&mut self, left: usize, right: usize, spare: bool) {
        for col in left..right.min(self.cells.len()) {
            if !(spare && self.cells[col].is_protected()) {
                self.cut(col);
                self.cut(col + 1);
                self.cells[col] = self.cells[col].emptied();
            }
        }
    }

    /// Gives the cells from `left` up to `right` another look.
    pub fn repaint(&mut self, left: usize, right: usize, mut look: impl FnMut(Cell) -> Look) {
        self.reach(right);
        for cell in &mut self.cells[left..right] {
            *cell = cell.with_look(look(*cell));
        }
    }

    /// Moves the cells from `left` up to `right` by `count` to the right; what leaves is lost (ICH).
    pub fn insert(&mut self, left: usize, right: usize, count: usize, cols: usize, blank: Cell) {
        let count = count.min(right.saturating_sub(left));
        self.make_movable(left, right, cols);
        self.cells[left..right].rotate_right(count);
        self.cells[left..left + count].fill(blank);
        self.mend(left, right, cols);
    }

    /// Moves the cells from `left` up to `right` by `count` to the left; blanks come in (DCH).
    pub fn delete(&mut self, left: usize, right: usize, count: usize, cols: usize, blank: Cell) {
        let count = count.min(right.saturating_sub(left));
        self.make_movable(left, right, cols);
        self.cut(left + count);
        self.cells[left..right].rotate_left(count);
        self.cells[right - count..right].fill(blank);
        self.mend(left, right, cols);
    }

    fn make_movable(&mut self, left: usize, right: usize, cols: usize) {
        self.reach(right.max(left));
        self.cut(left);
        self.cut(right);
        if right == cols {
            self.wrapped = false;
        }
    }

    /// Clears up halves that were torn at the edges, and blanks at the end.
    fn mend(&mut self, left: usize, right: usize, cols: usize) {
        if self.wide && right > left && self.get(right - 1).is_wide() {
            self.cells[right - 1] = self.cells[right - 1].emptied();
        }
        if right == cols {
            self.trim();
        }
    }

    /// Forgets cells at the end that look like what is behind them.
    pub fn trim(&mut self) {
        let fill = self.fill;
        let used = self.cells.iter().rposition(|&cell| cell != fill).map_or(0, |last| last + 1);
        self.cells.truncate(used);
    }

    /// Writes cells over those from `left` on, taking torn wide characters at both edges apart (DECCRA).
    pub fn overwrite(&mut self, left: usize, cells: &[Cell]) {
        if cells.is_empty() {
            return;
        }
        let right = left + cells.len();
        self.reach(right);
        self.cut(left);
        self.cut(right);
        self.cells[left..right].copy_from_slice(cells);
        self.wide = true;
        if self.cells[left].is_tail() {
            self.cells[left] = self.cells[left].emptied();
        }
        if self.cells[right - 1].is_wide() {
            self.cells[right - 1] = self.cells[right - 1].emptied();
        }
    }

    /// Cuts it down to `cols`, without reflow.
    pub fn limit(&mut self, cols: usize) {
        if self.cells.len() > cols {
            self.cut(cols);
            self.cells.truncate(cols);
            self.wrapped = false;
        }
    }

    // ---- snapshots -------------------------------------------------------------------------------------------

    /// What is told of a row beside its cells: how many, with flags above; fill; stamp.
    pub fn save(&self) -> [u64; 3] {
        let Self { cells, fill, wrapped, wide, changed } = self;
        [cells.len() as u64 | u64::from(*wrapped) << 32 | u64::from(*wide) << 33, fill.bits(), *changed]
    }

    /// A row of `cols` of any words and cells; takes its cells from the front of `bytes`.
    pub fn load([head, fill, changed]: [u64; 3], bytes: &mut &[u8], cols: usize, tables: &Tables) -> Self {
        let (now, later) = bytes.split_at_checked((head as u32 as usize).saturating_mul(8)).unwrap_or((bytes, &[]));
        *bytes = later;
        let mut cells: Vec<Cell> = words(now).take(cols).map(|bits| Cell::from_bits(bits, tables)).collect();
        let mut wide = head >> 33 & 1 == 1;
        let mut before = false;
        for col in 0..cells.len() {
            let torn = cells[col].is_wide() && !cells.get(col + 1).is_some_and(|next| next.is_tail());
            if torn || cells[col].is_tail() != before {
                cells[col] = cells[col].emptied();
            }
            before = cells[col].is_wide();
            wide |= before;
        }
        Self { cells, fill: Cell::from_bits(fill, tables).emptied(), wrapped: head >> 32 & 1 == 1, wide, changed }
    }

    /// The row's invariants: no half of a wide character without the other.
    #[cfg(any(test, fuzzing))]
    pub fn verify(&self, cols: usize) {
        assert!(self.cells.len() <= cols, "{} cells in {cols} columns", self.cells.len());
        for (col, cell) in self.cells.iter().enumerate() {
            assert_eq!(cell.is_wide(), self.get(col + 1).is_tail(), "torn at {col}: {:?}", self.cells);
            assert!(self.wide || !cell.is_wide());
        }
        assert!(!self.get(0).is_tail());
    }
}
