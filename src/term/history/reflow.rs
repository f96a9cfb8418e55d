//! The history on a screen of another width.

use std::ops::Range;

use super::open::Open;
use super::{Chunk, History};
use crate::term::cell::Cell;
use crate::term::intern::Tables;
use crate::term::prompts::Renumbering;
use crate::term::screen::split_line;

/// What is on its way to another width.
struct Flow<'a, 'b> {
    cols: usize,
    tables: &'a mut Tables,
    numbers: &'a mut Renumbering<'b>,
    /// The cells of a line that goes on over the rows read so far.
    cells: Vec<Cell>,
    /// The numbers that those rows had.
    rows: Range<u64>,
}

impl Flow<'_, '_> {
    fn between_lines(&self) -> bool {
        self.rows.is_empty()
    }
}

impl History {
    /// Breaks its lines at `cols`. Chunks in which nothing changes stay as they are, compressed or not. The oldest
    /// line keeps its number; `numbers` is told of all. The newest line must be whole.
    pub fn reflow(&mut self, cols: usize, tables: &mut Tables, numbers: &mut Renumbering) {
        if self.open.fits(cols) && self.chunks.iter().all(|chunk| chunk.fits(cols)) {
            numbers.moved(self.first..self.end(), self.first);
            return;
        }
        self.forget_cache();
        let chunks = std::mem::take(&mut self.chunks);
        let open = std::mem::take(&mut self.open);
        let first = self.first;
        let open_start = std::mem::replace(&mut self.open_start, first);
        let mut flow = Flow { cols, tables, numbers, cells: Vec::new(), rows: 0..0 };
        for chunk in chunks {
            if flow.between_lines() && chunk.start >= first && chunk.fits(cols) {
                flow.numbers.moved(chunk.start..chunk.end(), self.end());
                self.move_up(chunk);
                continue;
            }
            let lines = self.take_out(&chunk);
            self.flow(&lines, chunk.start, first, &mut flow);
        }
        if flow.between_lines() && open_start >= first && open.fits(cols) {
            self.close();
            flow.numbers.moved(open_start..open_start + open.len() as u64, self.end());
            self.open = open;
        } else {
            self.flow(&open, open_start, first, &mut flow);
        }
        if !flow.between_lines() {
            self.flush(&Open::default(), Cell::BLANK, &mut flow);
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

    /// Breaks lines, numbered from `start`, into the open chunk, without those before `first`. What is not whole at
    /// the end stays in `flow`.
    fn flow(&mut self, lines: &Open, start: u64, first: u64, flow: &mut Flow) {
        self.close();
        let copies = self.open.take_tables(lines);
        let skip = first.saturating_sub(start) as usize;
        for (index, number) in (0..lines.len()).zip(start..).skip(skip) {
            let wrapped = lines.is_wrapped(index);
            let width = lines.width(index);
            if copies && flow.between_lines() && !wrapped && width <= flow.cols {
                self.make_room(lines);
                flow.numbers.joined(number..number + 1, self.end());
                self.open.push_copy(lines, index, width);
                continue;
            }
            let fill = lines.cells(index, flow.tables, &mut flow.cells);
            let begin = if flow.between_lines() { number } else { flow.rows.start };
            flow.rows = begin..number + 1;
            if !wrapped {
                self.flush(lines, fill, flow);
            }
        }
    }

    fn flush(&mut self, lines: &Open, fill: Cell, flow: &mut Flow) {
        flow.numbers.joined(flow.rows.clone(), self.end());
        split_line(&flow.cells, flow.cols, |piece, last| {
            self.make_room(lines);
            self.open.push(piece, if last { fill } else { Cell::BLANK }, !last, flow.tables);
        });
        flow.cells.clear();
        flow.rows = 0..0;
    }

    fn make_room(&mut self, lines: &Open) {
        if self.open.is_full() {
            self.close();
            self.open.take_tables(lines);
        }
    }
}
