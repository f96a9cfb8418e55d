//! Writing text: in runs where nothing stands in the way, else character by character.

use super::Screen;
use crate::base::limits;
use crate::term::cell::{Cell, Glyph, Look};
use crate::term::intern::Table;
use crate::term::row::Stop;
use crate::term::width::{
    Class, ZERO_WIDTH_JOINER, char_width, class, cluster_width, is_regional_indicator, is_skin_tone,
};

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

    pub fn print_chars(&mut self, text: &[char]) {
        if !self.charsets.is_plain() || self.flow.insert {
            return text.iter().for_each(|&c| self.print_char(c));
        }
        let mut chars = text.iter();
        while let Some(&first) = chars.as_slice().first() {
            // Before any wrap: it may belong to the character in the last column.
            if class(first) == Class::Special {
                chars.next();
                self.print_special(first);
                continue;
            }
            // Anew each time: a cluster may have made the tables collect.
            let look = self.look();
            let right = self.text_edge();
            let mut col = self.at.col;
            let start = col;
            let row = self.grid.row_mut(self.at.row);
            let stop = row.write_chars(&mut col, right, &mut chars, look);
            if col == self.cols {
                row.wrapped = false;
            }
            if col > start {
                self.advance(col, right);
                self.joinable = true;
            }
            match stop {
                Stop::End => break,
                Stop::Full => {}
                Stop::NoRoom(c) => self.print_char(c),
                Stop::Special(c) => self.print_special(c),
            }
        }
        self.last_char = text.last().copied();
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
        self.at.col = self.line_start();
        self.index();
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
        if !(width == 0 || self.joinable && self.flow.clusters && self.continues(cell, c)) {
            return false;
        }
        let joined = self.joined(cell, c);
        if joined.id != 0 {
            self.replace_cluster(col, cell, joined);
        }
        true
    }

    /// The cluster of a cell and one more character.
    fn joined(&mut self, cell: Cell, c: char) -> Joining {
        let key = cell.content() << 32 | u64::from(c);
        let slot = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % JOINS;
        if let Some(&joining) = self.joins.get(slot).filter(|joining| joining.key == key) {
            return joining;
        }
        let joining = self.make_cluster(key, cell, c);
        if self.joins.is_empty() {
            self.joins.resize(JOINS, Joining::default());
        }
        self.joins[slot] = joining;
        joining
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

/// Appends what a cell shows, without anything for blanks.
pub(in crate::term) fn push_text(clusters: &Table<Box<str>>, cell: Cell, text: &mut String) {
    match cell.glyph() {
        Glyph::Char(c) => text.push(c),
        Glyph::Cluster(id) => text.push_str(clusters.value(id).map_or("", |text| text)),
        Glyph::Blank | Glyph::Tail => {}
    }
}
