//! The history on a screen of another width.

use super::chunk::{Chunk, Stored};
use super::open::Open;
use super::{History, VecDeque};
use crate::term::cell::Cell;
use crate::term::intern::Tables;
use crate::term::screen::split_line;

/// A line that goes on over the rows read so far.
#[derive(Default)]
struct Joined {
    cells: Vec<Cell>,
    rows: usize,
}

impl History {
    /// Breaks its lines at `cols`. Chunks in which nothing changes stay as they are, compressed or not. The oldest
    /// line keeps its number. The newest line must be whole.
    pub fn reflow(&mut self, cols: usize, tables: &mut Tables) {
        if self.chunks.iter().all(|chunk| chunk.fits(cols)) {
            return;
        }
        self.forget_cache();
        let old = std::mem::take(&mut self.chunks);
        let skipped = old.front().map_or(0, |chunk| (self.first - chunk.start) as usize);
        self.end = self.first;
        let mut line = Joined::default();
        let mut done = VecDeque::with_capacity(old.len());
        let mut skip = skipped;
        for chunk in old {
            if line.rows == 0 && skip == 0 && chunk.fits(cols) {
                self.adopt(chunk, &mut done);
                continue;
            }
            let Some(open) = into_open(chunk) else { continue };
            let mut out = open.with_same_tables();
            for index in std::mem::take(&mut skip)..open.len() {
                line.add(&open, index, cols, tables, &mut out);
            }
            self.adopt(Chunk { start: 0, stored: Stored::Open(out) }, &mut done);
        }
        if line.rows > 0 {
            let mut out = Open::default();
            line.flush(cols, tables, &mut out, Cell::BLANK);
            self.adopt(Chunk { start: 0, stored: Stored::Open(out) }, &mut done);
        }
        self.chunks = done;
        self.cool_down();
        self.trim();
    }

    fn adopt(&mut self, mut chunk: Chunk, done: &mut VecDeque<Chunk>) {
        chunk.start = self.end;
        let lines = chunk.len();
        if lines > 0 {
            self.end += lines as u64;
            done.push_back(chunk);
        }
    }
}

fn into_open(chunk: Chunk) -> Option<Open> {
    let unpacked = chunk.unpacked();
    match chunk.stored {
        Stored::Open(open) => Some(open),
        Stored::Packed(_) => unpacked,
    }
}

impl Joined {
    fn add(&mut self, open: &Open, index: usize, cols: usize, tables: &mut Tables, out: &mut Open) {
        let wrapped = open.is_wrapped(index);
        if self.rows == 0 && !wrapped {
            let width = open.width(index);
            if width <= cols {
                return out.push_copy(open, index, width);
            }
        }
        let fill = open.cells(index, tables, &mut self.cells);
        self.rows += 1;
        if !wrapped {
            self.flush(cols, tables, out, fill);
        }
    }

    fn flush(&mut self, cols: usize, tables: &Tables, out: &mut Open, fill: Cell) {
        split_line(&self.cells, cols, |piece, last| {
            out.push(piece, if last { fill } else { Cell::BLANK }, !last, tables);
        });
        self.cells.clear();
        self.rows = 0;
    }
}
