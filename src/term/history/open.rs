//! A run of lines in one block of memory.
//!
//! ```text
//!   text    2026-03-01T… INFO …⏎2026-03-01T… WARN …漢字…⏎    the lines' texts, UTF-8, a newline after each that
//!                                                             does not go on in the next
//!   marks   [flags fill? (bytes head link?)*] …               how a line looks; nothing for a plain one
//!   index   (end of text, end of marks) …                     one for each line
//!   styles, links                                             what the heads of `marks` name by number
//! ```
//! A head is `style << 3 | kind << 1 | has link`, where kind is 0 narrow, 1 wide, 2 cluster of one cell and 3 of
//! two: the spans of [`Line`]. Numbers are LEB128.

use std::sync::Arc;

use super::numbers::{Reader, put_number, put_numbers};
use super::text::{push_any, push_ascii};
use crate::base::{Line, Span, SpanKind, Style, limits};
use crate::term::cell::{Cell, Look};
use crate::term::intern::{Link, Tables};
use crate::term::row::Row;

const WRAPPED: u8 = 1;
const FILLED: u8 = 1 << 1;
const SPANS: u8 = 1 << 2;
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    pub(super) text: Vec<u8>,
    pub(super) marks: Vec<u8>,
    pub(super) index: Vec<(u32, u32)>,
    pub(super) styles: Vec<Style>,
    pub(super) links: Vec<Arc<str>>,
    /// Which of `styles` an id of the screen's tables is: (epoch of the tables, number).
    pub(super) known: Vec<(u64, u32)>,
    /// Cells of the longest line.
    pub(super) widest: u32,
    /// Some line is wrapped.
    pub(super) wraps: bool,
}

impl Open {
    pub fn clear(&mut self) {
        self.text.clear();
        self.marks.clear();
        self.index.clear();
        self.styles.clear();
        self.links.clear();
        self.known.clear();
        self.widest = 0;
        self.wraps = false;
    }

    pub fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.marks.shrink_to_fit();
        self.index.shrink_to_fit();
        self.styles.shrink_to_fit();
        self.known = Vec::new();
    }

    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_full(&self) -> bool {
        let size = self.text.len() + self.marks.len() + 8 * self.index.len();
        size >= limits::HISTORY_CHUNK_MOST
            || size >= limits::HISTORY_CHUNK && !self.is_wrapped(self.len().wrapping_sub(1))
    }

    /// No line of it changes on a screen of this width.
    pub fn fits(&self, cols: usize) -> bool {
        !self.wraps && self.widest as usize <= cols
    }

    /// An empty one in which the marks of this one's lines mean the same.
    pub fn with_same_tables(&self) -> Open {
        Open { styles: self.styles.clone(), links: self.links.clone(), ..Open::default() }
    }

    pub fn heap_size(&self) -> usize {
        self.text.capacity()
            + self.marks.capacity()
            + self.index.capacity() * 8
            + self.styles.capacity() * size_of::<Style>()
            + self.known.capacity() * 16
            + self.links.iter().map(|link| link.len() + 16).sum::<usize>()
    }

    // ---- in --------------------------------------------------------------------------------------------------

    #[inline]
    pub fn push(&mut self, cells: &[Cell], fill: Cell, wrapped: bool, tables: &Tables) {
        let cells = used(cells, fill);
        let plain = cells.iter().fold(fill.bits(), |all, cell| all | cell.bits()) < 0x80;
        if plain {
            self.text.extend(cells.iter().map(Cell::ascii_byte));
            if wrapped {
                self.marks.push(WRAPPED);
            }
        } else {
            self.push_marked(cells, fill, wrapped, tables);
        }
        self.end_line(cells.len(), wrapped);
    }

    #[inline]
    fn end_line(&mut self, cells: usize, wrapped: bool) {
        if !wrapped {
            self.text.push(b'\n');
        }
        self.widest = self.widest.max(cells as u32);
        self.wraps |= wrapped;
        self.index.push((self.text.len() as u32, self.marks.len() as u32));
    }

    fn push_marked(&mut self, cells: &[Cell], fill: Cell, wrapped: bool, tables: &Tables) {
        let filled = fill.style() != 0;
        self.marks.push(flag(wrapped, WRAPPED) | flag(filled, FILLED) | SPANS);
        if filled {
            let style = self.style(fill.style(), tables);
            put_number(&mut self.marks, style);
        }
        let mut text = std::mem::take(&mut self.text);
        // The look of the span before, which the next often shares.
        let (mut look, mut head, mut link) = (None, 0, None);
        let span = |first: Cell, length: usize| {
            if look != Some(first.appearance()) {
                look = Some(first.appearance());
                link = self.link(first.link(), tables);
                head = self.style(first.style(), tables) << 3 | u32::from(link.is_some());
            }
            put_numbers(&mut self.marks, length as u32, head | kind(first) << 1);
            if let Some(link) = link {
                put_number(&mut self.marks, link);
            }
        };
        if cells.iter().fold(0, |all, cell| all | cell.content()) < 0x80 {
            push_ascii(&mut text, cells, span);
        } else {
            push_any(&mut text, cells, tables, span);
        }
        self.text = text;
    }

    /// The number of a style in this chunk.
    fn style(&mut self, id: u32, tables: &Tables) -> u32 {
        let slot = id as usize;
        if slot >= self.known.len() {
            self.known.resize(slot + 1, (u64::MAX, 0));
        }
        let (epoch, number) = self.known[slot];
        if epoch == tables.epoch {
            return number;
        }
        self.styles.push(tables.style_of(id));
        let number = self.styles.len() as u32 - 1;
        self.known[slot] = (tables.epoch, number);
        number
    }

    fn link(&mut self, id: u32, tables: &Tables) -> Option<u32> {
        let link = tables.links.value(id)?;
        let known = self.links.iter().rposition(|known| *known == link.uri);
        Some(known.unwrap_or_else(|| {
            self.links.push(link.uri.clone());
            self.links.len() - 1
        }) as u32)
    }

    /// Copies a line of the chunk that this one has the tables of.
    pub fn push_copy(&mut self, from: &Open, index: usize, cells: usize) {
        let (text, marks) = from.parts(index);
        self.text.extend_from_slice(text);
        self.marks.extend_from_slice(marks);
        self.end_line(cells, from.is_wrapped(index));
    }

    // ---- out -------------------------------------------------------------------------------------------------

    fn bounds(&self, index: usize) -> Option<((usize, usize), (usize, usize))> {
        let (text_end, marks_end) = *self.index.get(index)?;
        let (text, marks) = index.checked_sub(1).and_then(|before| self.index.get(before)).copied().unwrap_or((0, 0));
        Some(((text as usize, text_end as usize), (marks as usize, marks_end as usize)))
    }

    fn parts(&self, index: usize) -> (&[u8], &[u8]) {
        let Some((text, marks)) = self.bounds(index) else { return (&[], &[]) };
        let text = self.text.get(text.0..text.1).unwrap_or_default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        (text, self.marks.get(marks.0..marks.1).unwrap_or_default())
    }

    /// The texts of all lines, one after the other.
    pub fn all_text(&self) -> &[u8] {
        &self.text
    }

    /// Where the text of a line ends in [`Open::all_text`].
    pub fn text_end(&self, index: usize) -> usize {
        self.index.get(index).map_or(self.text.len(), |&(text, _)| text as usize)
    }

    /// The line that this byte of [`Open::all_text`] belongs to.
    pub fn line_at(&self, byte: usize) -> usize {
        self.index.partition_point(|&(end, _)| end as usize <= byte)
    }

    pub fn is_wrapped(&self, index: usize) -> bool {
        self.parts(index).1.first().is_some_and(|flags| flags & WRAPPED != 0)
    }

    pub fn line(&self, index: usize) -> Option<Line> {
        self.bounds(index)?;
        let (text, marks) = self.parts(index);
        let mut text = std::str::from_utf8(text).unwrap_or_default();
        let mut marks = Reader(marks);
        let flags = marks.byte();
        let mut line = Line { wrapped: flags & WRAPPED != 0, ..Line::default() };
        if flags & FILLED != 0 {
            line.fill = self.style_at(marks.number());
        }
        if flags & SPANS == 0 {
            if !text.is_empty() {
                let kind = SpanKind::Narrow;
                line.spans.push(Span { style: Style::DEFAULT, kind, link: None, text: text.to_owned() });
            }
            return Some(line);
        }
        while !marks.0.is_empty() {
            let (length, head) = (marks.number() as usize, marks.number());
            let link = (head & 1 == 1).then(|| marks.number());
            let (now, later) = text.split_at_checked(length).unwrap_or((text, ""));
            text = later;
            line.spans.push(Span {
                style: self.style_at(head >> 3),
                kind: [SpanKind::Narrow, SpanKind::Wide, SpanKind::Cluster(1), SpanKind::Cluster(2)]
                    [(head >> 1 & 3) as usize],
                link: link.and_then(|link| self.links.get(link as usize).cloned()),
                text: now.to_owned(),
            });
        }
        Some(line)
    }

    fn style_at(&self, number: u32) -> Style {
        self.styles.get(number as usize).copied().unwrap_or_default()
    }

    /// Appends the cells of a line; returns its fill.
    pub fn cells(&self, index: usize, tables: &mut Tables, cells: &mut Vec<Cell>) -> Cell {
        let Some(line) = self.line(index) else { return Cell::BLANK };
        for span in &line.spans {
            let style = tables.style(&span.style);
            let link = span.link.as_ref().map_or(0, |uri| tables.links.id(&Link { id: None, uri: uri.clone() }));
            push_span(span, Look::new(style, link, false), tables, cells);
        }
        Cell::blank(Look::new(tables.style(&line.fill), 0, false))
    }

    /// How many cells a line takes.
    pub fn width(&self, index: usize) -> usize {
        let (text, marks) = self.parts(index);
        match marks.first() {
            Some(flags) if flags & SPANS != 0 => self.line(index).map_or(0, |line| line.cells()),
            _ => text.len(),
        }
    }

    /// Finds where lines end: at a newline, or at a length that was written down for a wrapped one.
    pub fn read_index(&mut self, lines: usize, reader: &mut Reader<'_>, marks: &[u8], text: &[u8]) {
        self.index.reserve_exact(lines);
        let mut newlines = memchr::memchr_iter(b'\n', text);
        let mut end = (0, 0);
        for _ in 0..lines {
            let length = reader.number();
            let wrapped = length > 0 && marks.get(end.1 as usize).is_some_and(|flags| flags & WRAPPED != 0);
            end.1 += length;
            end.0 = if wrapped {
                end.0 + reader.number()
            } else {
                newlines.next().map_or(text.len(), |newline| newline + 1) as u32
            };
            self.index.push(end);
        }
    }

    pub fn pop(&mut self, tables: &mut Tables) -> Option<Row> {
        let last = self.len().checked_sub(1)?;
        let mut cells = Vec::new();
        let fill = self.cells(last, tables, &mut cells);
        let mut row = Row::default();
        row.set(&cells, fill);
        row.wrapped = self.is_wrapped(last);
        self.index.pop();
        let (text, marks) = self.index.last().copied().unwrap_or((0, 0));
        self.text.truncate(text as usize);
        self.marks.truncate(marks as usize);
        Some(row)
    }
}

/// Without the cells at the end that look like what is behind them.
#[inline]
fn used(cells: &[Cell], fill: Cell) -> &[Cell] {
    match cells.last() {
        Some(&last) if last == fill => {
            let end = cells.iter().rposition(|&cell| cell != fill).map_or(0, |last| last + 1);
            &cells[..end]
        }
        _ => cells,
    }
}

/// The kind of span that a cell begins.
#[inline]
fn kind(first: Cell) -> u32 {
    2 * u32::from(first.is_cluster()) + u32::from(first.is_wide())
}

fn push_span(span: &Span, look: Look, tables: &mut Tables, cells: &mut Vec<Cell>) {
    match span.kind {
        SpanKind::Narrow => cells.extend(span.text.chars().map(|c| Cell::char(c, look))),
        SpanKind::Wide => cells.extend(span.text.chars().flat_map(|c| [Cell::wide(c, look), Cell::tail(look)])),
        SpanKind::Cluster(width) => {
            let id = tables.clusters.id(&Box::from(span.text.as_str()));
            let first = span.text.chars().next().unwrap_or(' ');
            match (id, width) {
                (0, 2) => cells.extend([Cell::wide(first, look), Cell::tail(look)]),
                (0, _) => cells.push(Cell::char(first, look)),
                (id, 2) => cells.extend([Cell::cluster(id, true, look), Cell::tail(look)]),
                (id, _) => cells.push(Cell::cluster(id, false, look)),
            }
        }
    }
}

fn flag(on: bool, flag: u8) -> u8 {
    if on { flag } else { 0 }
}
