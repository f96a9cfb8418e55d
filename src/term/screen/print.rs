//! Writing text: in runs where nothing stands in the way, else character by character.

use std::ops::RangeInclusive;

use super::Screen;
use crate::base::limits;
use crate::term::cell::{Cell, Glyph, Look};
use crate::term::intern::Table;
use crate::term::width::{
    Class, ZERO_WIDTH_JOINER, block, char_width, class, cluster_width, is_regional_indicator, is_skin_tone,
};
use crate::term::{scan, utf8};

/// Places in the memory of joinings; a text uses few pairs of letter and accent.
pub(super) const JOINS: usize = 128;

/// What became of a cell and a character that joined it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Joining {
    /// The cell's content and the character.
    pub(super) key: u64,
    /// The cluster, or 0 where none was made.
    pub(super) id: u32,
    pub(super) wide: bool,
}

/// Cells of a run of text before it is written: enough for a word or two, and for what stands between spaces in
/// scripts without them.
const RUN: usize = 64;

/// ASCII of this length is printed faster by itself.
const LONG: usize = 24;

/// Text that is gathered before it goes to a row, so that what is in the row is looked at once.
struct Run {
    cells: [Cell; RUN],
    length: usize,
    /// Cells that may be gathered.
    most: usize,
    look: Look,
    /// There is a wide character.
    wide: bool,
    last: char,
}

impl Run {
    fn new() -> Self {
        Self { cells: [Cell::BLANK; RUN], length: 0, most: 0, look: Look::default(), wide: false, last: ' ' }
    }

    fn begin(&mut self, look: Look, room: usize) {
        self.length = 0;
        self.most = room.min(RUN);
        self.look = look;
        self.wide = false;
    }

    /// Takes characters until one does not fit, or needs more than can be told from those that are gathered. True
    /// where long ASCII follows.
    fn gather(&mut self, screen: &Screen, rest: &mut &[u8]) -> bool {
        while self.length < self.most
            && let Some(&byte) = rest.first()
        {
            let taken = if byte < 0x80 {
                match scan::printable_ascii(&rest[..rest.len().min(LONG)]) {
                    0 => break,
                    LONG => return true,
                    count => self.ascii(&rest[..count]),
                }
            } else {
                let Some((first, length)) = next_char(rest) else { break };
                match block(first) {
                    (start, end, Class::Wide) => self.wide(rest, start..=end),
                    (start, end, Class::Narrow) if length == 2 => self.narrow(rest, start..=end, 2, utf8::two),
                    (start, end, Class::Narrow) => self.narrow(rest, start..=end, 3, utf8::three),
                    (.., Class::Special) if self.special(screen, first) => length,
                    (.., Class::Special) => 0,
                }
            };
            if taken == 0 {
                break;
            }
            *rest = &rest[taken..];
        }
        false
    }

    fn ascii(&mut self, text: &[u8]) -> usize {
        let cells = &mut self.cells[self.length..self.most];
        let count = cells.len().min(text.len());
        for (cell, &byte) in cells.iter_mut().zip(text) {
            *cell = Cell::ascii(byte, self.look);
        }
        self.length += count;
        self.last = char::from(text[count - 1]);
        count
    }

    /// Takes narrow characters of a block, all of one length; `decode` is for that.
    #[inline(always)]
    fn narrow(
        &mut self,
        text: &[u8],
        block: RangeInclusive<u32>,
        length: usize,
        decode: impl Fn(u32) -> Option<u32>,
    ) -> usize {
        let mut taken = 0;
        for cell in &mut self.cells[self.length..self.most] {
            match decode(utf8::word(&text[taken..])) {
                Some(code) if block.contains(&code) => *cell = Cell::code(code, self.look),
                _ => break,
            }
            taken += length;
        }
        self.length += taken / length;
        self.took(1);
        taken
    }

    /// The same for wide ones, which all have three bytes.
    fn wide(&mut self, text: &[u8], block: RangeInclusive<u32>) -> usize {
        let mut taken = 0;
        for cells in self.cells[self.length..self.most].chunks_exact_mut(2) {
            match utf8::three(utf8::word(&text[taken..])) {
                Some(code) if block.contains(&code) => {
                    cells.copy_from_slice(&[Cell::wide_code(code, self.look), Cell::tail(self.look)]);
                }
                _ => break,
            }
            taken += 3;
        }
        self.length += taken / 3 * 2;
        self.wide |= taken > 0;
        self.took(2);
        taken
    }

    /// Notes the last character, which takes so many cells.
    #[inline]
    fn took(&mut self, width: usize) {
        if let Some(Glyph::Char(c)) = self.cells[..self.length].iter().nth_back(width - 1).map(|cell| cell.glyph()) {
            self.last = c;
        }
    }

    /// Takes a character that may join the one before, where that is here and it is known what comes of it.
    fn special(&mut self, screen: &Screen, c: char) -> bool {
        let Some(mut col) = self.length.checked_sub(1) else { return false };
        if self.cells[col].is_tail() {
            col -= 1;
        }
        let (before, width) = (self.cells[col], char_width(c));
        if width == 0 || screen.joins_clusters(before, c) {
            let Some(joining) = screen.known_joining(before, c) else { return false };
            let grows = joining.wide && !before.is_wide() && screen.flow.clusters;
            if grows && col + 2 > self.most {
                return false;
            }
            if joining.id != 0 {
                self.cells[col] = Cell::cluster(joining.id, before.is_wide() || grows, before.look());
            }
            if joining.id != 0 && grows {
                self.cells[col + 1] = Cell::tail(self.look);
                self.length += 1;
                self.wide = true;
            }
        } else if width == 1 {
            self.cells[self.length] = Cell::char(c, self.look);
            self.length += 1;
        } else {
            let Some(cells) = self.cells[..self.most].get_mut(self.length..self.length + 2) else { return false };
            cells.copy_from_slice(&[Cell::wide(c, self.look), Cell::tail(self.look)]);
            self.length += 2;
            self.wide = true;
        }
        if width > 0 {
            self.last = c;
        }
        true
    }
}

/// The first character where it is no control.
#[inline(always)]
fn next_char(bytes: &[u8]) -> Option<(char, usize)> {
    utf8::first(bytes).filter(|&(c, _)| !c.is_control())
}

impl Screen {
    /// Bytes from 0x20 to 0x7e.
    pub fn print_ascii(&mut self, text: &[u8]) {
        if !self.charsets.is_plain() || self.flow.insert {
            return text.iter().for_each(|&byte| self.print_char(char::from(byte)));
        }
        let look = self.look();
        let mut rest = text;
        while !rest.is_empty() {
            let right = self.text_edge();
            let room = right - self.at.col;
            if rest.len() > room && !self.flow.autowrap {
                // What does not fit falls on the last column; only the last character stays there.
                self.write_ascii(&rest[..room], look);
                rest = &rest[rest.len() - 1..];
                self.at.col = right - 1;
                self.write_ascii(rest, look);
                break;
            }
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.write_ascii(now, look);
            self.advance(self.at.col + now.len(), right);
            rest = later;
        }
        self.last_char = text.last().map(|&byte| char::from(byte));
        self.joinable = true;
    }

    #[inline]
    fn write_ascii(&mut self, text: &[u8], look: Look) {
        let (col, cols) = (self.at.col, self.cols);
        let row = self.grid.row_mut(self.at.row);
        row.write_ascii(col, text, look);
        if col + text.len() == cols {
            row.wrapped = false;
        }
    }

    /// Text from its start up to a control or what is no UTF-8, or to a long run of ASCII. Returns its bytes.
    pub fn print_utf8(&mut self, bytes: &[u8]) -> usize {
        let mut run = Run::new();
        let mut rest = bytes;
        while let Some((first, length)) = next_char(rest) {
            if !self.charsets.is_plain() || self.flow.insert {
                self.print_char(first);
                rest = &rest[length..];
                continue;
            }
            // Before any wrap: it may belong to the character in the last column.
            if class(first) == Class::Special {
                self.print_special(first);
                if char_width(first) > 0 {
                    self.last_char = Some(first);
                }
                rest = &rest[length..];
                continue;
            }
            let right = self.text_edge();
            // Anew each time: a cluster may have made the tables collect.
            run.begin(self.look(), right - self.at.col);
            let long = run.gather(self, &mut rest);
            if run.length > 0 {
                self.write_run(&run, right);
            } else if !long {
                // A wide character and one column.
                self.print_char(first);
                self.last_char = Some(first);
                rest = &rest[length..];
            }
            if long {
                break;
            }
        }
        bytes.len() - rest.len()
    }

    #[inline]
    fn write_run(&mut self, run: &Run, right: usize) {
        let (col, cols) = (self.at.col, self.cols);
        let end = col + run.length;
        let row = self.grid.row_mut(self.at.row);
        row.write_cells(col, &run.cells[..run.length], run.wide);
        if end == cols {
            row.wrapped = false;
        }
        self.advance(end, right);
        self.joinable = true;
        self.last_char = Some(run.last);
    }

    /// One character by itself: what came in pieces, or in the place of what was none.
    pub fn print_one(&mut self, c: char) {
        let mut bytes = [0; 4];
        self.print_utf8(c.encode_utf8(&mut bytes).as_bytes());
    }

    /// One character in any mode.
    pub fn print_char(&mut self, c: char) {
        let c = self.charsets.map(c);
        match class(c) {
            Class::Narrow => self.place_char(c, 1),
            Class::Wide => self.place_char(c, 2),
            Class::Special => self.print_special(c),
        }
    }

    /// A character that may join the one before.
    fn print_special(&mut self, c: char) {
        let width = char_width(c);
        if !self.join(c, width) && width > 0 {
            self.place_char(c, width);
        }
    }

    fn place_char(&mut self, c: char, width: u8) {
        if usize::from(width) > self.cols {
            return;
        }
        let look = self.look();
        let cell = if width == 2 { Cell::wide(c, look) } else { Cell::char(c, look) };
        self.place_cell(cell, width.into());
        self.last_char = Some(c);
        self.joinable = true;
    }

    /// Writes a cell at the cursor and moves on, wrapping before where it must.
    fn place_cell(&mut self, cell: Cell, width: usize) {
        let mut right = self.text_edge();
        if self.at.col + width > right {
            if self.flow.autowrap && right - self.line_start() >= width {
                // A wide character does not fit in the last column: that stays blank, and the text goes on below.
                self.erase_cells(self.at.col, right);
                self.wrap();
                right = self.text_edge();
            } else if self.flow.autowrap || right < width {
                return;
            } else {
                self.at.col = right - width;
            }
        }
        if self.flow.insert {
            self.insert_cells(width);
        }
        let (col, cols) = (self.at.col, self.cols);
        let row = self.grid.row_mut(self.at.row);
        row.put(col, cell);
        if col + width == cols {
            row.wrapped = false;
        }
        self.advance(col + width, right);
    }

    /// Where text on this row ends: at the right margin for a cursor left of it. Wraps first where that is due.
    #[inline]
    fn text_edge(&mut self) -> usize {
        if self.at.wrap_pending {
            if self.flow.autowrap {
                self.wrap();
            } else {
                self.at.wrap_pending = false;
            }
        }
        if self.at.col < self.margins.right { self.margins.right } else { self.cols }
    }

    fn line_start(&self) -> usize {
        if self.at.col >= self.margins.left { self.margins.left } else { 0 }
    }

    #[inline]
    fn advance(&mut self, col: usize, right: usize) {
        if col < right {
            self.at.col = col;
        } else {
            self.at.col = right - 1;
            self.at.wrap_pending = self.flow.autowrap;
        }
    }

    fn wrap(&mut self) {
        self.at.wrap_pending = false;
        // Only text that fills the row from edge to edge can be flowed anew.
        if self.margins.left == 0 && self.margins.right == self.cols {
            self.grid.row_mut(self.at.row).wrapped = true;
        }
        // In this order: right of the margin, where xterm does not scroll.
        self.index();
        self.at.col = self.line_start();
    }

    /// What REP would have repeated; it counts no longer.
    #[inline]
    pub fn take_last_char(&mut self) -> Option<char> {
        self.last_char.take()
    }

    /// REP: the last character again, where nothing but that came before, as xterm understands ECMA-48.
    pub fn repeat(&mut self, last: Option<char>, count: usize) {
        let Some(c) = last else { return };
        let count = count.min(self.cols * self.rows);
        for _ in 0..count {
            self.print_char(c);
        }
        self.last_char = None;
    }

    // ---- clusters --------------------------------------------------------------------------------------------

    /// Adds `c` to the character before the cursor where the two are one grapheme cluster (UAX #29) or `c` has no
    /// width of its own. False where it is a character for itself.
    fn join(&mut self, c: char, width: u8) -> bool {
        let Some(col) = self.previous_col() else { return width == 0 };
        let cell = self.grid.row(self.at.row).get(col);
        if !(width == 0 || self.joinable && self.joins_clusters(cell, c)) {
            return false;
        }
        let joined = self.joined(cell, c);
        if joined.id != 0 {
            self.replace_cluster(col, cell, joined);
        }
        true
    }

    /// The cluster of a cell and one more character.
    pub(super) fn joined(&mut self, cell: Cell, c: char) -> Joining {
        if let Some(joining) = self.known_joining(cell, c) {
            return joining;
        }
        let (key, slot) = join_key(cell, c);
        let joining = self.make_cluster(key, cell, c);
        if self.joins.is_empty() {
            self.joins.resize(JOINS, Joining::default());
        }
        self.joins[slot] = joining;
        joining
    }

    /// The same where it is remembered.
    #[inline]
    fn known_joining(&self, cell: Cell, c: char) -> Option<Joining> {
        let (key, slot) = join_key(cell, c);
        self.joins.get(slot).copied().filter(|joining| joining.key == key)
    }

    fn make_cluster(&mut self, key: u64, cell: Cell, c: char) -> Joining {
        let mut text = String::with_capacity(limits::TERM_CLUSTER);
        push_text(&self.tables.clusters, cell, &mut text);
        if text.is_empty() {
            text.push(' ');
        }
        if text.len() + c.len_utf8() > limits::TERM_CLUSTER {
            return Joining { key, id: 0, wide: false };
        }
        text.push(c);
        self.collect_if_due();
        let wide = cluster_width(&text) == 2;
        Joining { key, id: self.tables.clusters.id(&text.into_boxed_str()), wide }
    }

    /// The column of the character before the cursor.
    fn previous_col(&self) -> Option<usize> {
        let col = if self.at.wrap_pending { self.at.col } else { self.at.col.checked_sub(1)? };
        let tail = self.grid.row(self.at.row).get(col).is_tail();
        Some(if tail { col - 1 } else { col })
    }

    /// Whether a character that has a width goes on a cluster: after a joiner, as a skin tone, as half of a flag.
    pub(super) fn joins_clusters(&self, cell: Cell, c: char) -> bool {
        self.flow.clusters && self.continues(cell, c)
    }

    fn continues(&self, cell: Cell, c: char) -> bool {
        match cell.glyph() {
            Glyph::Char(before) => {
                is_regional_indicator(before) && is_regional_indicator(c) || is_skin_tone(c) && cell.is_wide()
            }
            Glyph::Cluster(id) => {
                let last = self.tables.clusters.value(id).and_then(|text| text.chars().next_back());
                last == Some(ZERO_WIDTH_JOINER) && u32::from(c) >= 0x2190 || is_skin_tone(c) && cell.is_wide()
            }
            Glyph::Blank | Glyph::Tail => false,
        }
    }

    /// Puts a cluster in the place of a shorter one, which may make it wide.
    fn replace_cluster(&mut self, col: usize, old: Cell, new: Joining) {
        let grows = self.flow.clusters && !old.is_wide() && new.wide && self.can_grow(col);
        let cell = Cell::cluster(new.id, old.is_wide() || grows, old.look());
        let row = self.grid.row_mut(self.at.row);
        if old.is_wide() {
            row.replace(col, cell);
        } else {
            row.put(col, cell);
        }
        if grows {
            let right = self.text_edge();
            self.advance(col + 2, right);
        }
    }

    /// There is a cell to grow into, and the cursor stands there.
    fn can_grow(&self, col: usize) -> bool {
        let right = if col < self.margins.right { self.margins.right } else { self.cols };
        self.joinable && !self.at.wrap_pending && col + 2 <= right
    }
}

/// What a joining is remembered by, and where.
#[inline]
fn join_key(cell: Cell, c: char) -> (u64, usize) {
    let key = cell.content() << 32 | u64::from(c);
    (key, (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % JOINS)
}

/// Appends what a cell shows, without anything for blanks.
pub(in crate::term) fn push_text(clusters: &Table<Box<str>>, cell: Cell, text: &mut String) {
    match cell.glyph() {
        Glyph::Char(c) => text.push(c),
        Glyph::Cluster(id) => text.push_str(clusters.value(id).map_or("", |text| text)),
        Glyph::Blank | Glyph::Tail => {}
    }
}
