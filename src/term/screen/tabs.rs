//! Tab stops: a bit for each column.

use crate::term::snapshot::{Fields, Writer};

/// Columns between the stops of a new terminal (DEC STD 070).
const EVERY: usize = 8;

#[derive(Clone, Debug)]
pub(in crate::term) struct Tabs {
    stops: Vec<u64>,
    cols: usize,
}

impl Tabs {
    pub fn new(cols: usize) -> Self {
        let mut tabs = Self { stops: Vec::new(), cols: 0 };
        tabs.resize(cols);
        tabs
    }

    pub fn save(&self, writer: &mut Writer<'_>) {
        // As many columns as the screen has.
        let Self { stops, cols: _ } = self;
        writer.records(1, stops.iter().map(|&word| [word]));
    }

    pub fn load(fields: Fields<'_>, cols: usize) -> Self {
        let mut stops: Vec<u64> = fields.records(1).map(|[word]| word).take(cols.div_ceil(64)).collect();
        stops.resize(cols.div_ceil(64), 0);
        Self { stops, cols }
    }

    /// New columns have the stops of a new terminal.
    pub fn resize(&mut self, cols: usize) {
        self.stops.resize(cols.div_ceil(64), 0);
        for col in (self.cols..cols).filter(|col| col % EVERY == 0) {
            self.set(col);
        }
        self.cols = cols;
    }

    pub fn set(&mut self, col: usize) {
        if let Some(word) = self.stops.get_mut(col / 64) {
            *word |= 1 << (col % 64);
        }
    }

    pub fn clear(&mut self, col: usize) {
        if let Some(word) = self.stops.get_mut(col / 64) {
            *word &= !(1 << (col % 64));
        }
    }

    pub fn clear_all(&mut self) {
        self.stops.fill(0);
    }

    fn is_set(&self, col: usize) -> bool {
        self.stops.get(col / 64).is_some_and(|word| word >> (col % 64) & 1 == 1)
    }

    /// The next stop to the right of `col`, if there is one before `right`.
    pub fn next(&self, col: usize, right: usize) -> Option<usize> {
        (col + 1..right).find(|&col| self.is_set(col))
    }

    pub fn previous(&self, col: usize) -> Option<usize> {
        (0..col).rev().find(|&col| self.is_set(col))
    }

    /// All stops, for DECTABSR.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.cols).filter(|&col| self.is_set(col))
    }
}
