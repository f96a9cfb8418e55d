//! The rows of one screen and what has changed in them.
//!
//! ```text
//!   order[0] ──► rows[3]      A scroll turns `order`, not the rows: 2 bytes a row move, whatever is in them.
//!   order[1] ──► rows[0]
//!   order[2] ──► rows[1]      `rows[i].changed` goes with the row; `moved[r]` stays with the place on the screen.
//!   order[3] ──► rows[2]      A place has changed when either has.
//! ```

use super::cell::{Cell, Glyph};
use super::intern::{Tables, Used};
use super::row::Row;
use super::snapshot::{Fields, Writer, put_words};

#[derive(Clone, Debug)]
pub(super) struct Grid {
    rows: Vec<Row>,
    order: Vec<u16>,
    moved: Vec<u64>,
    all_moved: u64,
    cols: usize,
    /// What changes are marked with now.
    stamp: u64,
}

impl Grid {
    pub fn new(rows: usize, cols: usize, stamp: u64) -> Self {
        Self {
            rows: vec![Row::default(); rows],
            order: (0..rows as u16).collect(),
            moved: vec![0; rows],
            all_moved: stamp,
            cols,
            stamp,
        }
    }

    #[cfg(any(test, fuzzing))]
    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn height(&self) -> usize {
        self.order.len()
    }

    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    pub fn set_stamp(&mut self, stamp: u64) {
        self.stamp = stamp;
    }

    /// The row at this place of the screen, which must be on it.
    #[inline]
    pub fn row(&self, row: usize) -> &Row {
        &self.rows[usize::from(self.order[row])]
    }

    /// The same, to change it.
    #[inline]
    pub fn row_mut(&mut self, row: usize) -> &mut Row {
        let row = &mut self.rows[usize::from(self.order[row])];
        row.changed = self.stamp;
        row
    }

    /// The stamp of the last change of what is at this place.
    pub fn changed(&self, row: usize) -> u64 {
        self.row(row).changed.max(self.moved[row]).max(self.all_moved)
    }

    /// The stamp of the last change of the line that is at this place now, wherever it was then.
    pub fn content_changed(&self, row: usize) -> u64 {
        self.row(row).changed
    }

    pub fn mark_all(&mut self) {
        self.all_moved = self.stamp;
    }

    /// The newest stamp of any row.
    pub fn last_changed(&self) -> u64 {
        let rows = self.rows.iter().map(|row| row.changed).max().unwrap_or(0);
        self.moved.iter().copied().max().unwrap_or(0).max(rows).max(self.all_moved)
    }

    /// Rows `top..bottom` go up by `count`; blank ones come in below.
    pub fn scroll_up(&mut self, top: usize, bottom: usize, count: usize, blank: Cell) {
        let count = count.min(bottom - top);
        self.order[top..bottom].rotate_left(count);
        self.come_in(bottom - count, bottom, blank);
        self.mark_moved(top, bottom);
    }

    /// Rows `top..bottom` go down by `count`; blank ones come in above.
    pub fn scroll_down(&mut self, top: usize, bottom: usize, count: usize, blank: Cell) {
        let count = count.min(bottom - top);
        self.order[top..bottom].rotate_right(count);
        self.come_in(top, top + count, blank);
        self.mark_moved(top, bottom);
    }

    fn come_in(&mut self, from: usize, to: usize, blank: Cell) {
        for row in from..to {
            self.row_mut(row).clear(blank);
        }
    }

    fn mark_moved(&mut self, top: usize, bottom: usize) {
        if bottom - top == self.height() {
            self.all_moved = self.stamp;
        } else {
            self.moved[top..bottom].fill(self.stamp);
        }
    }

    /// All blank.
    pub fn clear(&mut self, blank: Cell) {
        self.come_in(0, self.height(), blank);
    }

    /// The rows from the top, out of their places; for rebuilding.
    pub fn take_rows(&mut self) -> Vec<Row> {
        let rows = self.order.iter().map(|&index| std::mem::take(&mut self.rows[usize::from(index)])).collect();
        self.rows.clear();
        self.order.clear();
        rows
    }

    /// Puts rows in place; short of `height`, blank ones follow.
    pub fn set_rows(&mut self, mut rows: Vec<Row>, height: usize, cols: usize) {
        rows.resize_with(height, Row::default);
        for row in &mut rows {
            row.limit(cols);
        }
        self.order = (0..height as u16).collect();
        self.moved = vec![0; height];
        self.rows = rows;
        self.cols = cols;
        self.mark_all();
    }

    /// Adds the ids that its cells use.
    pub fn mark_used(&self, used: &mut Used) {
        for row in &self.rows {
            for cell in row.cells().iter().copied().chain([row.fill()]) {
                used.styles.add(cell.style());
                used.links.add(cell.link());
                if let Glyph::Cluster(id) = cell.glyph() {
                    used.clusters.add(id);
                }
            }
        }
    }

    /// Gives back memory that is not in use.
    pub fn shrink(&mut self) {
        self.rows.iter_mut().for_each(Row::shrink);
    }

    pub fn heap_size(&self) -> usize {
        let rows: usize = self.rows.iter().map(Row::heap_size).sum();
        rows + self.rows.capacity() * size_of::<Row>() + self.order.capacity() * 2 + self.moved.capacity() * 8
    }

    pub fn save(&self, writer: &mut Writer<'_>) {
        // The rows are told in their order; the stamp is set anew before each change.
        let Self { rows: _, order: _, moved, all_moved, cols: _, stamp: _ } = self;
        let heads = moved.iter().enumerate().map(|(place, &moved)| {
            let [head, fill, changed] = self.row(place).save();
            [head, fill, changed, moved]
        });
        writer.records(1, heads);
        writer.number(2, *all_moved);
        writer.value(3, |out| {
            (0..self.height()).for_each(|place| put_words(out, self.row(place).cells(), Cell::bits));
        });
    }

    /// `stamp`: the newest that there may be.
    pub fn load(fields: Fields<'_>, height: usize, cols: usize, tables: &Tables, stamp: u64) -> Self {
        let mut grid = Self::new(height, cols, stamp);
        grid.all_moved = fields.number(2).min(stamp);
        let mut cells = fields.bytes(3);
        for (place, [head, fill, changed, moved]) in fields.records(1).take(height).enumerate() {
            grid.moved[place] = moved.min(stamp);
            grid.rows[place] = Row::load([head, fill, changed.min(stamp)], &mut cells, cols, tables);
        }
        grid
    }

    #[cfg(any(test, fuzzing))]
    pub fn verify(&self) {
        let mut order = self.order.clone();
        order.sort_unstable();
        assert!(order.iter().enumerate().all(|(index, &slot)| index == usize::from(slot)));
        assert_eq!((self.rows.len(), self.moved.len()), (self.order.len(), self.order.len()));
        self.rows.iter().for_each(|row| row.verify(self.cols));
    }
}
