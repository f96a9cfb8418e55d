//! A picture of the outer terminal: one fixed-size cell per place, so that comparing two pictures is comparing
//! memory. Text longer than a `char` and hyperlinks are numbers into [`Symbols`].

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use unicode_width::UnicodeWidthChar;

use crate::base::limits::MAX_SYMBOLS;
use crate::base::{Attrs, Line, Size, Span, SpanKind, Style};

use super::ascii;

/// A `char`, or with [`CLUSTER`] added the number of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph(u32);

/// Beyond every `char`.
const CLUSTER: u32 = 1 << 31;

impl Glyph {
    pub(super) const SPACE: Glyph = Glyph(' ' as u32);

    /// What the terminal shows there is not known.
    const UNKNOWN: Glyph = Glyph(u32::MAX);

    /// Control characters would act instead of showing.
    pub(super) fn of(c: char) -> Self {
        if c.is_control() { Glyph::SPACE } else { Glyph(c as u32) }
    }

    pub(super) fn cluster(self) -> Option<usize> {
        (self.0 >= CLUSTER).then_some((self.0 & !CLUSTER) as usize)
    }

    /// The character, where it is one.
    pub(super) fn char(self) -> char {
        char::from_u32(self.0).unwrap_or(' ')
    }
}

/// A hyperlink's number; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LinkId(u32);

impl LinkId {
    pub(super) const NONE: LinkId = LinkId(0);
}

/// One place on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) glyph: Glyph,
    pub(super) link: LinkId,
    pub(super) style: Style,
    /// 1 or 2 cells; 0 when the wide cell on its left covers it.
    pub(super) width: u8,
}

impl Cell {
    pub(super) const BLANK: Cell = Cell::blank(Style::DEFAULT);

    pub(super) const fn blank(style: Style) -> Self {
        Self { glyph: Glyph::SPACE, link: LinkId::NONE, style, width: 1 }
    }

    /// Like no cell that is to be shown.
    pub(super) const UNKNOWN: Cell = Cell { glyph: Glyph::UNKNOWN, ..Cell::BLANK };

    /// The right half of a wide cell.
    fn covered(self) -> Self {
        Self { glyph: Glyph::SPACE, width: 0, ..self }
    }
}

/// The cells of a whole terminal, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    size: Size,
    cells: Vec<Cell>,
}

impl Frame {
    pub(super) fn new(size: Size) -> Self {
        Self { size, cells: vec![Cell::BLANK; usize::from(size.cols) * usize::from(size.rows)] }
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    fn range(&self, row: u16) -> Range<usize> {
        let start = usize::from(row) * usize::from(self.size.cols);
        start..start + usize::from(self.size.cols)
    }

    pub(super) fn row(&self, row: u16) -> &[Cell] {
        &self.cells[self.range(row)]
    }

    pub(super) fn row_mut(&mut self, row: u16) -> &mut [Cell] {
        let range = self.range(row);
        &mut self.cells[range]
    }
}

/// Clusters and hyperlinks by number. When there are too many, everything is forgotten and drawn anew.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    clusters: Vec<Box<str>>,
    cluster_ids: HashMap<Box<str>, u32>,
    links: Vec<Arc<str>>,
    link_ids: HashMap<Arc<str>, u32>,
}

impl Symbols {
    pub(super) fn cluster(&mut self, text: &str) -> Glyph {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => return Glyph::SPACE,
            (Some(c), None) => return Glyph::of(c),
            _ => {}
        }
        if let Some(&id) = self.cluster_ids.get(text) {
            return Glyph(CLUSTER | id);
        }
        let id = self.clusters.len() as u32;
        let clean: Box<str> = text.chars().filter(|c| !c.is_control()).collect();
        self.clusters.push(clean);
        self.cluster_ids.insert(text.into(), id);
        Glyph(CLUSTER | id)
    }

    /// A link with control characters in it could end the sequence that carries it: it is none.
    pub(super) fn link(&mut self, target: Option<&Arc<str>>) -> LinkId {
        let Some(target) = target.filter(|t| !t.is_empty() && !t.chars().any(char::is_control)) else {
            return LinkId::NONE;
        };
        if let Some(&id) = self.link_ids.get(target) {
            return LinkId(id);
        }
        self.links.push(target.clone());
        let id = self.links.len() as u32;
        self.link_ids.insert(target.clone(), id);
        LinkId(id)
    }

    pub(super) fn cluster_text(&self, number: usize) -> &str {
        self.clusters.get(number).map_or(" ", |text| text)
    }

    pub(super) fn link_target(&self, link: LinkId) -> Option<&str> {
        self.links.get((link.0 as usize).checked_sub(1)?).map(|target| &**target)
    }

    /// Empties itself when it has grown too large; every cell that was made with it is void then.
    pub(super) fn overflowed(&mut self) -> bool {
        let over = self.clusters.len() + self.links.len() > MAX_SYMBOLS;
        if over {
            *self = Self::default();
        }
        over
    }
}

/// Writes a line of a pane into `room`, from its first cell, and fills what is left.
pub(super) fn paint_line(room: &mut [Cell], line: &Line, symbols: &mut Symbols) {
    let mut rest = room;
    for span in &line.spans {
        if rest.is_empty() {
            return;
        }
        rest = paint_span(rest, span, symbols);
    }
    rest.fill(Cell::blank(line.fill));
}

fn paint_span<'a>(room: &'a mut [Cell], span: &Span, symbols: &mut Symbols) -> &'a mut [Cell] {
    let link = symbols.link(span.link.as_ref());
    let cell = |glyph, width| Cell { glyph, link, style: span.style, width };
    match span.kind {
        SpanKind::Narrow => {
            let mut used = 0;
            for (place, c) in room.iter_mut().zip(span.text.chars()) {
                *place = cell(Glyph::of(c), 1);
                used += 1;
            }
            &mut room[used..]
        }
        SpanKind::Wide => span.text.chars().fold(room, |room, c| put(room, cell(Glyph::of(c), 2))),
        SpanKind::Cluster(width) => put(room, cell(symbols.cluster(&span.text), width.clamp(1, 2))),
    }
}

/// Sets one cell; a wide one of which only half has room becomes a blank.
fn put(room: &mut [Cell], cell: Cell) -> &mut [Cell] {
    match (cell.width, room.len()) {
        (_, 0) => room,
        (2, 1) => {
            room[0] = Cell::blank(cell.style);
            &mut room[1..]
        }
        (2, _) => {
            room[0] = cell;
            room[1] = cell.covered();
            &mut room[2..]
        }
        _ => {
            room[0] = cell;
            &mut room[1..]
        }
    }
}

/// Sets what one cell of a [`ratatui::buffer::Buffer`] holds.
pub(super) fn put_symbol(room: &mut [Cell], symbol: &str, style: Style, symbols: &mut Symbols) {
    let width = unicode_width::UnicodeWidthStr::width(symbol).clamp(1, 2) as u8;
    let mut chars = symbol.chars();
    let glyph = match (chars.next(), chars.next()) {
        (Some(c), None) if c.width().unwrap_or(0) > 0 => Glyph::of(c),
        (Some(_), Some(_)) => symbols.cluster(symbol),
        _ => Glyph::SPACE,
    };
    put(room, Cell { glyph, link: LinkId::NONE, style, width });
}

/// Exchanges fore- and background, as DECSCNM and selections do.
pub(super) fn reverse(room: &mut [Cell]) {
    for cell in room {
        cell.style.attrs.toggle(Attrs::REVERSE);
    }
}

/// Blanks the halves of wide cells whose other half something has covered.
pub(super) fn mend(row: &mut [Cell]) {
    for col in 0..row.len() {
        let lead_is_wide = col > 0 && row[col - 1].width == 2;
        let next_is_covered = row.get(col + 1).is_some_and(|cell| cell.width == 0);
        match row[col].width {
            0 if !lead_is_wide => row[col] = Cell::blank(row[col].style),
            2 if !next_is_covered => row[col] = Cell::blank(row[col].style),
            _ => {}
        }
    }
}

/// Leaves nothing but ASCII; of what is wide each cell has its own.
pub(super) fn plain(row: &mut [Cell]) {
    for cell in row {
        let c = if cell.width == 0 || cell.glyph.cluster().is_some() { '_' } else { ascii::plain(cell.glyph.char()) };
        (cell.glyph, cell.width) = (Glyph::of(c), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: SpanKind, text: &str) -> Line {
        let span = Span { style: Style::DEFAULT, kind, link: None, text: text.into() };
        Line { spans: vec![span], ..Line::default() }
    }

    #[test]
    fn a_wide_cell_cut_by_the_edge_is_blank() {
        let mut room = vec![Cell::BLANK; 3];
        paint_line(&mut room, &line(SpanKind::Wide, "漢字"), &mut Symbols::default());
        assert_eq!((room[0].glyph.char(), room[0].width, room[1].width), ('漢', 2, 0));
        assert_eq!(room[2], Cell::BLANK);
    }

    #[test]
    fn what_covers_half_of_a_wide_cell_blanks_the_other_half() {
        let mut room = vec![Cell::BLANK; 4];
        paint_line(&mut room, &line(SpanKind::Wide, "漢字"), &mut Symbols::default());
        room[1] = Cell { glyph: Glyph::of('x'), ..Cell::BLANK };
        room[2] = Cell { glyph: Glyph::of('y'), ..Cell::BLANK };
        mend(&mut room);
        let text: String = room.iter().map(|cell| cell.glyph.char()).collect();
        assert_eq!(text, " xy ");
        assert!(room.iter().all(|cell| cell.width == 1));
    }

    #[test]
    fn a_plain_row_is_as_long_as_it_was() {
        let mut room = vec![Cell::BLANK; 4];
        paint_line(&mut room, &line(SpanKind::Wide, "漢"), &mut Symbols::default());
        room[2].glyph = Glyph::of('│');
        plain(&mut room);
        let text: String = room.iter().map(|cell| cell.glyph.char()).collect();
        assert_eq!(text, "__| ");
        assert!(room.iter().all(|cell| cell.width == 1));
    }

    #[test]
    fn nothing_that_acts_reaches_a_cell() {
        assert_eq!(Glyph::of('\x1b'), Glyph::SPACE);
        assert_eq!(Glyph::of('\u{9b}'), Glyph::SPACE);
        let mut symbols = Symbols::default();
        assert_eq!(symbols.link(Some(&Arc::from("http://x\x07"))), LinkId::NONE);
        let glyph = symbols.cluster("e\u{301}\x1b[2J");
        assert_eq!(symbols.cluster_text(glyph.cluster().unwrap()), "e\u{301}[2J");
    }
}
