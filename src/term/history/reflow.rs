//! The history on a screen of another width.

use super::open::Open;
use super::{Chunk, History};
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
        if self.open.fits(cols) && self.chunks.iter().all(|chunk| chunk.fits(cols)) {
            return;
        }
        self.forget_cache();
        let chunks = std::mem::take(&mut self.chunks);
        let open = std::mem::take(&mut self.open);
        let oldest = chunks.front().map_or(self.open_start, |chunk| chunk.start);
        let mut skip = (self.first - oldest) as usize;
        self.open_start = self.first;
        let mut line = Joined::default();
        for chunk in chunks {
            if line.rows == 0 && skip == 0 && chunk.fits(cols) {
                self.move_up(chunk);
                continue;
            }
            let lines = self.take_out(&chunk);
            self.flow(&lines, std::mem::take(&mut skip), cols, tables, &mut line);
        }
        if line.rows == 0 && skip == 0 && open.fits(cols) {
            self.close();
            self.open = open;
        } else {
            self.flow(&open, skip, cols, tables, &mut line);
        }
        if line.rows > 0 {
            self.flush(&mut line, &Open::default(), cols, tables, Cell::BLANK);
        }
        self.trim();
    }

    /// Takes in a chunk as it is, behind what there is by now.
    fn move_up(&mut self, chunk: Chunk) {
        self.close();
        self.held -= chunk.slot.length as usize;
        let start = self.open_start;
        self.open_start += u64::from(chunk.lines);
        self.adopt(Chunk { start, ..chunk });
    }

    /// Breaks lines into the open chunk. What is not whole at the end stays in `line`.
    fn flow(&mut self, lines: &Open, skip: usize, cols: usize, tables: &mut Tables, line: &mut Joined) {
        self.close();
        let copies = self.open.take_tables(lines);
        for index in skip..lines.len() {
            let wrapped = lines.is_wrapped(index);
            let width = lines.width(index);
            if copies && line.rows == 0 && !wrapped && width <= cols {
                self.make_room(lines);
                self.open.push_copy(lines, index, width);
                continue;
            }
            let fill = lines.cells(index, tables, &mut line.cells);
            line.rows += 1;
            if !wrapped {
                self.flush(line, lines, cols, tables, fill);
            }
        }
    }

    fn flush(&mut self, line: &mut Joined, lines: &Open, cols: usize, tables: &Tables, fill: Cell) {
        split_line(&line.cells, cols, |piece, last| {
            self.make_room(lines);
            self.open.push(piece, if last { fill } else { Cell::BLANK }, !last, tables);
        });
        line.cells.clear();
        line.rows = 0;
    }

    fn make_room(&mut self, lines: &Open) {
        if self.open.is_full() {
            self.close();
            self.open.take_tables(lines);
        }
    }
}
