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
//! two: the spans of [`Line`]. Numbers are LEB128. How it all lies in the vault is told at [`Open::seal`].

use std::sync::Arc;

use super::chunk::{LARGEST, MOST_LINES};
use super::numbers::{Reader, put_number, put_numbers};
use super::text::{push_any, push_ascii, push_bytes};
use crate::base::{Line, Span, SpanKind, Style, limits};
use crate::term::cell::{Cell, Look};
use crate::term::intern::{Link, STYLE_BYTES, StyleBits, Tables};
use crate::term::row::Row;
use crate::term::snapshot::{Fields, SnapshotError, Writer};

const WRAPPED: u8 = 1;
const FILLED: u8 = 1 << 1;
const SPANS: u8 = 1 << 2;

/// Bytes at the end of a sealed one: seven numbers of four.
const FOOTER: usize = 28;

/// The look of the span before, which the next often shares: the head and the link of its marks.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    look: Option<u64>,
    head: u32,
    link: Option<u32>,
}

/// A line that is being written as text.
#[derive(Clone, Copy, Debug)]
pub(in crate::term) struct Draft {
    /// Where its text and its marks begin.
    text: usize,
    marks: usize,
    /// Bytes of text so far.
    length: usize,
    /// The span that goes on: a cell like its first, and where in the line its text begins.
    span: Option<(Cell, usize)>,
    /// It is ASCII in the default look so far.
    plain: bool,
    seen: Seen,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    text: Vec<u8>,
    marks: Vec<u8>,
    index: Vec<(u32, u32)>,
    styles: Vec<StyleBits>,
    links: Vec<Arc<str>>,
    /// Which of `styles` an id of the screen's tables is: (epoch of the tables, number).
    known: Vec<(u64, u32)>,
    /// Bytes that its own styles and links take, without those of [`Open::take_tables`].
    tables_size: usize,
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
        self.tables_size = 0;
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
        let size = self.text.len() + self.marks.len() + 8 * self.index.len() + self.tables_size;
        size >= limits::HISTORY_CHUNK_MOST
            || size >= limits::HISTORY_CHUNK && !self.is_wrapped(self.len().wrapping_sub(1))
    }

    /// No line of it changes on a screen of this width.
    pub fn fits(&self, cols: usize) -> bool {
        !self.wraps && self.widest as usize <= cols
    }

    /// Makes the marks of another's lines mean the same in this one, which is empty. False where that would take too
    /// much.
    pub fn take_tables(&mut self, from: &Open) -> bool {
        let small = from.tables_len() <= limits::HISTORY_CHUNK;
        if small {
            self.styles.clone_from(&from.styles);
            self.links.clone_from(&from.links);
        }
        small
    }

    fn tables_len(&self) -> usize {
        self.styles.len() * STYLE_BYTES + self.links.iter().map(|link| link.len()).sum::<usize>()
    }

    pub fn heap_size(&self) -> usize {
        self.text.capacity()
            + self.marks.capacity()
            + self.index.capacity() * 8
            + self.styles.capacity() * STYLE_BYTES
            + self.known.capacity() * 16
            + self.links.iter().map(|link| link.len() + 16).sum::<usize>()
    }

    // ---- in --------------------------------------------------------------------------------------------------

    #[inline]
    pub fn push(&mut self, cells: &[Cell], fill: Cell, wrapped: bool, tables: &Tables) {
        let cells = used(cells, fill);
        let plain = cells.iter().fold(fill.bits(), |all, cell| all | cell.bits()) < 0x80;
        if plain {
            push_bytes(&mut self.text, cells);
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
        let mut seen = Seen::default();
        let span = |first: Cell, length: usize| self.put_span(&mut seen, first, length, tables);
        if cells.iter().fold(0, |all, cell| all | cell.content()) < 0x80 {
            push_ascii(&mut text, cells, span);
        } else {
            push_any(&mut text, cells, tables, span);
        }
        self.text = text;
    }

    /// Marks so many bytes that look like their first cell.
    #[inline]
    fn put_span(&mut self, seen: &mut Seen, first: Cell, length: usize, tables: &Tables) {
        if seen.look != Some(first.appearance()) {
            let link = self.link(first.link(), tables);
            let head = self.style(first.style(), tables) << 3 | u32::from(link.is_some());
            *seen = Seen { look: Some(first.appearance()), head, link };
        }
        put_numbers(&mut self.marks, length as u32, seen.head | kind(first) << 1);
        if let Some(link) = seen.link {
            put_number(&mut self.marks, link);
        }
    }

    // ---- in, as text -----------------------------------------------------------------------------------------

    /// Begins a line that is written as text and not as cells.
    #[inline]
    pub fn begin(&self) -> Draft {
        Draft {
            text: self.text.len(),
            marks: self.marks.len(),
            length: 0,
            span: None,
            plain: true,
            seen: Seen::default(),
        }
    }

    /// So many more bytes are as if in cells like `first`; a cluster is told by itself.
    #[inline]
    pub fn add(&mut self, draft: &mut Draft, first: Cell, length: usize, tables: &Tables) {
        if !draft.span.is_some_and(|(open, _)| first.is_of_run(open) && !first.is_cluster()) {
            let start = draft.length;
            self.end_span(draft, start, tables);
            draft.span = Some((first, start));
        }
        draft.plain &= first.bits() < 0x80;
        draft.length += length;
    }

    /// The last so many bytes and so many more are one cluster.
    pub fn join(&mut self, draft: &mut Draft, last: usize, cluster: Cell, length: usize, tables: &Tables) {
        let start = draft.length - last;
        self.end_span(draft, start, tables);
        draft.span = Some((cluster, start));
        draft.plain = false;
        draft.length += length;
    }

    /// The bytes of what was added.
    #[inline]
    pub fn text(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    fn end_span(&mut self, draft: &mut Draft, end: usize, tables: &Tables) {
        let Some((first, start)) = draft.span.take().filter(|(_, start)| *start < end) else { return };
        if self.marks.len() == draft.marks {
            self.marks.push(SPANS);
        }
        self.put_span(&mut draft.seen, first, end - start, tables);
    }

    /// Ends such a line, of so many cells.
    #[inline]
    pub fn finish(&mut self, mut draft: Draft, cells: usize, tables: &Tables) {
        if !draft.plain {
            let end = draft.length;
            self.end_span(&mut draft, end, tables);
        }
        self.end_line(cells, false);
    }

    /// Forgets what was written of such a line.
    pub fn abandon(&mut self, draft: &Draft) {
        self.text.truncate(draft.text);
        self.marks.truncate(draft.marks);
    }

    /// Takes in a line of ASCII in the default look, which the screen would have broken after each `cols`.
    #[inline]
    pub fn push_plain(&mut self, text: &[u8], cols: usize) {
        let mut rest = text;
        while let Some((row, later)) = rest.split_at_checked(cols).filter(|(_, later)| !later.is_empty()) {
            self.text.extend_from_slice(row);
            self.marks.push(WRAPPED);
            self.end_line(cols, true);
            rest = later;
        }
        self.text.extend_from_slice(rest);
        self.end_line(rest.len(), false);
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
        self.styles.push(tables.styles.value(id).copied().unwrap_or_default());
        self.tables_size += STYLE_BYTES;
        let number = self.styles.len() as u32 - 1;
        self.known[slot] = (tables.epoch, number);
        number
    }

    fn link(&mut self, id: u32, tables: &Tables) -> Option<u32> {
        let link = tables.links.value(id)?;
        let known = self.links.iter().rposition(|known| *known == link.uri);
        Some(known.unwrap_or_else(|| {
            self.links.push(link.uri.clone());
            self.tables_size += link.uri.len();
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

    // ---- sealed ----------------------------------------------------------------------------------------------

    /// Makes one run of bytes of it, in the memory of its text; it is to be cleared then. What lies in a vault may be
    /// read by a later mux: this is never changed, another layout is another [`Form`](super::chunk::Form).
    ///
    /// ```text
    ///   text  marks  index  styles  links  footer
    ///   index   for each line the bytes of its marks; for a wrapped one also those of its text (the end of any
    ///           other is its newline)
    ///   styles  16 bytes each, as StyleBits has them; links with their lengths before them
    ///   footer  bytes of text and of marks, lines, styles, links, widest, wraps
    /// ```
    pub fn seal(&mut self) -> &[u8] {
        let mut bytes = std::mem::take(&mut self.text);
        let text = bytes.len();
        self.seal_rest(text, &mut bytes);
        self.text = bytes;
        &self.text
    }

    /// `epoch`: that of the screen's tables.
    pub fn save(&self, writer: &mut Writer<'_>, epoch: u64) {
        // Sealed but for what is only of use to one that goes on.
        let Self { text, marks: _, index: _, styles: _, links: _, known, tables_size, widest: _, wraps: _ } = self;
        writer.value(1, |out| {
            out.extend_from_slice(text);
            self.seal_rest(text.len(), out);
        });
        let known = known.iter().enumerate().filter(|(_, (known, _))| *known == epoch);
        writer.records(2, known.map(|(id, (_, number))| [id as u64 | u64::from(*number) << 32]));
        writer.count(3, *tables_size);
    }

    pub fn load(fields: Fields<'_>, epoch: u64) -> Result<Self, SnapshotError> {
        let sealed = Some(fields.bytes(1)).filter(|bytes| bytes.len() <= LARGEST as usize);
        let mut open =
            sealed.and_then(Self::unsealed).ok_or(SnapshotError::Damaged("the open lines cannot be read"))?;
        open.tables_size = fields.count(3).min(open.tables_size);
        for [word] in fields.records(2) {
            let (id, number) = (word as u32 as usize, (word >> 32) as u32);
            if id < limits::TERM_STYLES && (number as usize) < open.styles.len() {
                if id >= open.known.len() {
                    open.known.resize(id + 1, (u64::MAX, 0));
                }
                open.known[id] = (epoch, number);
            }
        }
        Ok(open)
    }

    fn seal_rest(&self, text: usize, bytes: &mut Vec<u8>) {
        let lines = self.index.len();
        bytes.reserve(self.marks.len() + 3 * lines + STYLE_BYTES * self.styles.len() + FOOTER);
        bytes.extend_from_slice(&self.marks);
        // Plain lines have no marks: zero each.
        let plain = self.marks.is_empty();
        bytes.resize(bytes.len() + if plain { lines } else { 0 }, 0);
        let mut before = (0, 0);
        for &(text, marks) in self.index.iter().filter(|_| !plain) {
            put_number(bytes, marks - before.1);
            if self.marks.get(before.1 as usize..marks as usize).is_some_and(is_wrapped) {
                put_number(bytes, text - before.0);
            }
            before = (text, marks);
        }
        self.styles.iter().for_each(|style| bytes.extend_from_slice(&style.to_bytes()));
        for link in &self.links {
            put_number(bytes, link.len() as u32);
            bytes.extend_from_slice(link.as_bytes());
        }
        let counts = [text, self.marks.len(), self.index.len(), self.styles.len(), self.links.len()];
        let footer = counts.map(|count| count as u32).into_iter().chain([self.widest, self.wraps.into()]);
        footer.for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
    }

    /// The texts of what was sealed, all lines one after the other, as they may be damaged.
    pub fn sealed_text(bytes: &[u8]) -> Option<&[u8]> {
        let (body, footer) = bytes.split_at_checked(bytes.len().checked_sub(FOOTER)?)?;
        body.get(..u32::from_le_bytes(*footer.first_chunk()?) as usize)
    }

    /// What was sealed; none where that was something else. Reads any bytes, in memory of a few times their length.
    pub fn unsealed(bytes: &[u8]) -> Option<Self> {
        let (body, footer) = bytes.split_at_checked(bytes.len().checked_sub(FOOTER)?)?;
        let mut footer = footer.chunks_exact(4).map(|number| number.try_into().map_or(0, u32::from_le_bytes));
        let [text, marks, lines, styles, links] = std::array::from_fn(|_| footer.next().unwrap_or(0) as usize);
        let (text, rest) = body.split_at_checked(text)?;
        let (marks, rest) = rest.split_at_checked(marks)?;
        let control = text.iter().any(|&byte| byte < 0x20 && byte != b'\n');
        if lines > rest.len().min(MOST_LINES as usize) || control || std::str::from_utf8(text).is_err() {
            return None;
        }
        let mut reader = Reader(rest);
        let index = read_index(lines, &mut reader, marks, text)?;
        if styles > reader.0.len() / STYLE_BYTES {
            return None;
        }
        let styles = (0..styles).map(|_| StyleBits::from_bytes(reader.bytes(STYLE_BYTES))).collect();
        if links > reader.0.len() {
            return None;
        }
        let links: Vec<Arc<str>> = (0..links)
            .map(|_| {
                let length = reader.number() as usize;
                Arc::from(String::from_utf8_lossy(reader.bytes(length)).as_ref())
            })
            .collect();
        let mut open = Self { text: text.to_vec(), marks: marks.to_vec(), index, styles, links, ..Self::default() };
        open.tables_size = open.tables_len();
        open.widest = footer.next().unwrap_or(0);
        open.wraps = footer.next().unwrap_or(0) != 0;
        Some(open)
    }

    /// Lines with nothing in them.
    pub fn blank(lines: usize) -> Self {
        let index = (1..=lines as u32).map(|end| (end, 0)).collect();
        Self { text: vec![b'\n'; lines], index, ..Self::default() }
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
        is_wrapped(self.parts(index).1)
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
        self.styles.get(number as usize).map_or(Style::DEFAULT, |bits| bits.style())
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

/// Finds where lines end: at a newline, or at a length that was written down for a wrapped one.
fn read_index(lines: usize, reader: &mut Reader<'_>, marks: &[u8], text: &[u8]) -> Option<Vec<(u32, u32)>> {
    let mut index = Vec::with_capacity(lines);
    let mut newlines = memchr::memchr_iter(b'\n', text);
    let mut end = (0u32, 0u32);
    for _ in 0..lines {
        let before = end;
        end.1 = end.1.checked_add(reader.number())?;
        end.0 = if is_wrapped(marks.get(before.1 as usize..end.1 as usize)?) {
            end.0.checked_add(reader.number())?
        } else {
            newlines.next()? as u32 + 1
        };
        if end.0 < before.0 {
            return None;
        }
        index.push(end);
    }
    (end == (text.len() as u32, marks.len() as u32)).then_some(index)
}

/// By a line's marks.
fn is_wrapped(marks: &[u8]) -> bool {
    marks.first().is_some_and(|flags| flags & WRAPPED != 0)
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
