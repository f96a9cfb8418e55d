//! Lines that would leave the screen again in the same piece of input: they go into the history without being drawn.
//!
//! That is done with a trick that changes nothing but the time: the rows down to the cursor go into the history at once,
//! the lines behind them, and what follows is drawn on an empty screen from its top, which it fills as it would have.

use std::ops::RangeInclusive;

use super::Screen;
use crate::base::{Color, Style};
use crate::term::cell::{Cell, Look};
use crate::term::history::Draft;
use crate::term::parser::Csi;
use crate::term::width::{Class, block, char_width};
use crate::term::{scan, utf8};

/// Lines of more rows than this are drawn.
const ROWS: usize = 16;

/// A line on its way into the history.
struct Line {
    draft: Draft,
    /// Where the cursor would be, and how many cells were written.
    col: usize,
    written: usize,
    look: Look,
    /// The last character as a cell, and its bytes, where the next may join it.
    last: Option<(Cell, usize)>,
    /// The epoch of the tables that its looks are of.
    epoch: u64,
}

impl Screen {
    /// Its rows and columns where a line feed for each row makes a line at the cursor leave it into the history, and does
    /// no more than that, and the cursor is at the start of a blank line.
    pub fn screen_to_leave(&self) -> Option<(usize, usize)> {
        let margins = self.margins;
        let scrolls = !self.alternate && self.full_width() && (margins.top, margins.bottom) == (0, self.rows);
        let prints = self.flow.autowrap && !self.flow.insert && self.charsets.is_plain();
        let pen = self.pen.link == 0 && !self.pen.protected && self.pen.style.bg == Color::Default;
        let blank = || (self.at.row..self.rows).all(|row| self.grid.row(row).is_blank());
        (scrolls && prints && pen && self.at.col == 0 && blank()).then_some((self.rows, self.cols))
    }

    /// Takes whole lines of text, tabs, SGR and EL that all leave the screen into the history; `restyle` is SGR. Returns
    /// how many bytes it took: up to a line that has to be drawn.
    pub fn skim(&mut self, lines: &[u8], restyle: impl Fn(Style, &Csi) -> Style) -> usize {
        for row in 0..self.at.row {
            self.history.push(self.grid.row(row), &self.tables);
        }
        self.grid.clear(Cell::BLANK);
        self.grid.mark_all();
        self.at.row = 0;
        let mut csi = Csi::default();
        let mut rest = lines;
        while !rest.is_empty()
            && let Some(length) = self.skim_line(rest, &mut csi, &restyle)
        {
            rest = &rest[length..];
        }
        let taken = lines.len() - rest.len();
        self.skimmed += taken as u64;
        taken
    }

    /// Bytes of lines that were never drawn.
    pub fn skimmed(&self) -> u64 {
        self.skimmed
    }

    fn skim_line(&mut self, bytes: &[u8], csi: &mut Csi, restyle: impl Fn(Style, &Csi) -> Style) -> Option<usize> {
        let (look, style) = (self.look(), self.pen.style);
        if look == Look::default() {
            let length = scan::printable_ascii(bytes);
            if bytes[length..].starts_with(b"\r\n") && length <= ROWS * self.cols {
                self.history.push_plain(&bytes[..length], self.cols);
                return Some(length + 2);
            }
        }
        let draft = self.history.begin()?;
        let mut line = Line { draft, col: 0, written: 0, look, last: None, epoch: self.tables.epoch };
        let length = self.write_line(&mut line, bytes, csi, restyle);
        match length {
            Some(_) => self.history.finish(line.draft, line.written, &self.tables),
            None => {
                self.history.abandon(&line.draft);
                self.set_style(style);
            }
        }
        length
    }

    /// Writes a line up to its end; `None` where it has to be drawn.
    fn write_line(
        &mut self,
        line: &mut Line,
        bytes: &[u8],
        csi: &mut Csi,
        restyle: impl Fn(Style, &Csi) -> Style,
    ) -> Option<usize> {
        let mut rest = bytes;
        // Text that is told of and has not been copied.
        let mut text = bytes;
        loop {
            let (length, is_text) = match *rest {
                [b' '..=b'~', ..] => (self.write_ascii_run(line, rest), true),
                [0x80..=0xff, ..] => (self.write_other(line, rest)?, true),
                [b'\r', b'\n', ..] => (2, false),
                [b'\t', ..] => (self.skip_to_tab(line)?, false),
                [0x1b, b'[', ref sequence @ ..] => (2 + self.read_sequence(line, sequence, csi, &restyle)?, false),
                _ => return None,
            };
            if line.col > self.cols || self.tables.epoch != line.epoch {
                return None;
            }
            let before = rest;
            rest = &rest[length..];
            if !is_text {
                self.history.text(&text[..text.len() - before.len()]);
                if before[0] == b'\r' {
                    return Some(bytes.len() - rest.len());
                }
                text = rest;
            }
        }
    }

    /// SGR or EL without their CSI.
    #[inline]
    fn read_sequence(
        &mut self,
        line: &mut Line,
        bytes: &[u8],
        csi: &mut Csi,
        restyle: impl Fn(Style, &Csi) -> Style,
    ) -> Option<usize> {
        let parameters = csi.read(bytes);
        match bytes.get(parameters)? {
            b'm' => {
                self.set_style(restyle(self.pen.style, csi));
                line.look = self.look();
            }
            // What is to be erased is blank.
            b'K' if line.col < self.cols && self.pen.style.bg == Color::Default => {}
            _ => return None,
        }
        line.last = None;
        Some(parameters + 1)
    }

    #[inline]
    fn write_ascii_run(&mut self, line: &mut Line, bytes: &[u8]) -> usize {
        let length = scan::printable_ascii(bytes);
        self.write(line, Cell::ascii(bytes[length - 1], line.look), length, length, 1);
        length
    }

    /// Text that begins beyond ASCII, as far as it is alike.
    fn write_other(&mut self, line: &mut Line, bytes: &[u8]) -> Option<usize> {
        let (first, length) = utf8::first(bytes)?;
        let (start, end, class) = block(first);
        if class == Class::Special {
            self.write_special(line, first, length)?;
            return Some(length);
        }
        let (text, code) = match length {
            2 => alike(bytes, start..=end, 2, utf8::two),
            _ => alike(bytes, start..=end, 3, utf8::three),
        };
        let cell = if class == Class::Wide { Cell::wide_code(code, line.look) } else { Cell::code(code, line.look) };
        self.write(line, cell, text, text / length * cell.width(), length);
        Some(text)
    }

    /// A character of so many bytes that may join the one before.
    fn write_special(&mut self, line: &mut Line, c: char, length: usize) -> Option<()> {
        let width = char_width(c);
        match line.last {
            Some((cell, before)) if width == 0 || self.joins_clusters(cell, c) => {
                let joining = self.joined(cell, c);
                let grows = joining.wide && !cell.is_wide() && self.flow.clusters;
                if joining.id == 0 || grows && line.col == self.cols {
                    return None;
                }
                let cluster = Cell::cluster(joining.id, cell.is_wide() || grows, line.look);
                self.history.join(&mut line.draft, before, cluster, length, &self.tables);
                line.last = Some((cluster, before + length));
                line.col += usize::from(grows);
                line.written = line.col;
            }
            // Whether it joins something is told by cells.
            None if line.col > 0 || width == 0 => return None,
            _ => {
                let cell = if width == 2 { Cell::wide(c, line.look) } else { Cell::char(c, line.look) };
                self.write(line, cell, length, width.into(), length);
            }
        }
        Some(())
    }

    /// Writes text of so many bytes and cells; `last` is its last character, which has so many of the bytes.
    #[inline]
    fn write(&mut self, line: &mut Line, last: Cell, text: usize, cells: usize, length: usize) {
        // A tab has left them as they were.
        for _ in line.written..line.col {
            self.history.add(&mut line.draft, Cell::BLANK, 1, &self.tables);
            self.history.text(b" ");
        }
        self.history.add(&mut line.draft, last, text, &self.tables);
        line.last = Some((last, length));
        line.col += cells;
        line.written = line.col;
    }

    fn skip_to_tab(&mut self, line: &mut Line) -> Option<usize> {
        // Behind the last column it would stay.
        let last = self.cols.checked_sub(1).filter(|_| line.col < self.cols)?;
        line.col = self.tabs.next(line.col, self.cols).unwrap_or(last);
        line.last = None;
        Some(1)
    }
}

/// How many bytes at the start are characters of a block, each of so many, of which the first is one; and the last of them.
#[inline(always)]
fn alike(bytes: &[u8], block: RangeInclusive<u32>, length: usize, decode: impl Fn(u32) -> Option<u32>) -> (usize, u32) {
    let (mut taken, mut last) = (0, 0);
    while let Some(code) = decode(utf8::word(&bytes[taken..])).filter(|code| block.contains(code)) {
        (taken, last) = (taken + length, code);
    }
    (taken, last)
}
