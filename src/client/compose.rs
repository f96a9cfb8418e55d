//! Merges panes and plates into one picture, row by row, and only the rows that were marked.

use crate::base::{Line, Rect, Size};
use crate::config::Features;
use crate::proto::message::Cursor;

use super::ascii::Charset;
use super::capabilities::Abilities;
use super::emit::Outer;
use super::frame::{self, Cell, Frame, Symbols};
use super::plate::Plate;

/// What a pane shows, be it live or scrolled back.
pub(super) trait Content {
    /// A row of the pane, if it is known.
    fn line(&self, row: u16) -> Option<&Line>;
    /// Fore- and background are exchanged throughout (DECSCNM).
    fn reversed(&self) -> bool;
    /// Changes looks after the line is painted: selections and matches.
    fn mark(&self, row: u16, cells: &mut [Cell]);
    /// Columns that are not shown, at the left.
    fn hidden(&self) -> u16 {
        0
    }
}

/// A pane at its place on the terminal.
pub(super) struct Part<'a> {
    pub(super) place: Rect,
    pub(super) content: Box<dyn Content + 'a>,
}

/// A pane above others, with what lies under its cells and on them.
pub(super) struct Raised<'a> {
    pub(super) below: &'a Plate,
    pub(super) part: Option<Part<'a>>,
    pub(super) above: Vec<&'a Plate>,
}

/// Everything on the terminal, from below: the panes that tile the window and what lies on those, the panes that float
/// above them, and what lies on everything. Of each kind the last is on top.
#[derive(Default)]
pub(super) struct Scene<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) low: Vec<&'a Plate>,
    pub(super) raised: Vec<Raised<'a>>,
    pub(super) plates: Vec<&'a Plate>,
    /// What a layer shows of a pane lies on its plates.
    pub(super) over: Option<Part<'a>>,
    pub(super) cursor: Option<Cursor>,
}

/// The picture that is being made and the one that is shown.
pub(super) struct Canvas {
    next: Frame,
    dirty: Vec<bool>,
    symbols: Symbols,
    outer: Outer,
    plain_terminal: bool,
    plain_frames: bool,
}

impl Canvas {
    pub(super) fn new(size: Size, can: impl Into<Abilities>) -> Self {
        Self {
            next: Frame::new(size),
            dirty: vec![true; usize::from(size.rows)],
            symbols: Symbols::default(),
            outer: Outer::new(size, can.into()),
            plain_terminal: false,
            plain_frames: false,
        }
    }

    /// The terminal shows ASCII and nothing else.
    pub(super) fn plain_terminal(&mut self, plain: bool) {
        self.plain_terminal = plain;
    }

    /// What is mux's own has frames and marks of ASCII.
    pub(super) fn plain_frames(&mut self, plain: bool) {
        if self.plain_frames != plain {
            self.plain_frames = plain;
            self.mark_all();
        }
    }

    fn charset(&self) -> Charset {
        match (self.plain_terminal, self.plain_frames) {
            (true, _) => Charset::Ascii,
            (false, true) => Charset::PlainFrames,
            (false, false) => Charset::Unicode,
        }
    }

    pub(super) fn size(&self) -> Size {
        self.next.size()
    }

    /// The terminal has this size now, and shows who knows what.
    pub(super) fn resize(&mut self, size: Size) {
        self.next = Frame::new(size);
        self.dirty = vec![true; usize::from(size.rows)];
        self.outer.forget(size);
    }

    /// The terminal shows who knows what.
    pub(super) fn forget(&mut self) {
        self.outer.forget(self.next.size());
        self.mark_all();
    }

    /// The terminal shows nothing.
    pub(super) fn blanked(&mut self) {
        self.outer.blanked(self.next.size());
        self.mark_all();
    }

    /// Nothing is known of what the terminal shows.
    pub(super) fn is_stale(&self) -> bool {
        self.outer.is_stale()
    }

    pub(super) fn abilities(&self) -> Abilities {
        self.outer.abilities()
    }

    /// The terminal can this, as is known now: where that shows, all is drawn anew.
    pub(super) fn set_abilities(&mut self, can: Abilities) {
        let plain = |can: Abilities| Abilities { features: can.features & SHOWN, ..can };
        let before = self.outer.abilities();
        self.outer.set_abilities(can);
        if plain(before) != plain(can) {
            self.forget();
        }
    }

    /// Rows that may look different now.
    pub(super) fn mark(&mut self, rows: impl IntoIterator<Item = u16>) {
        for row in rows {
            if let Some(dirty) = self.dirty.get_mut(usize::from(row)) {
                *dirty = true;
            }
        }
    }

    pub(super) fn mark_all(&mut self) {
        self.dirty.fill(true);
    }

    /// Draws the marked rows and appends what the terminal has to be told.
    pub(super) fn draw(&mut self, scene: &Scene<'_>, out: &mut Vec<u8>) {
        if self.symbols.overflowed() {
            self.outer.forget(self.next.size());
            self.mark_all();
        }
        let charset = self.charset();
        for row in 0..self.next.size().rows {
            if self.dirty[usize::from(row)] {
                compose_row(row, self.next.row_mut(row), scene, &mut self.symbols, charset);
            }
        }
        self.outer.update(&self.next, &mut self.dirty, scene.cursor, &self.symbols, out);
    }

    #[cfg(test)]
    pub(super) fn frame(&self) -> (&Frame, &Symbols) {
        (&self.next, &self.symbols)
    }
}

/// Features on which it depends what is drawn.
const SHOWN: Features = Features::UNDERLINES
    .union(Features::HYPERLINKS)
    .union(Features::OVERLINE)
    .union(Features::STRIKE)
    .union(Features::CURSOR_STYLE);

fn compose_row(row: u16, cells: &mut [Cell], scene: &Scene<'_>, symbols: &mut Symbols, charset: Charset) {
    cells.fill(Cell::BLANK);
    for part in &scene.parts {
        compose_part(row, cells, part, symbols);
    }
    scene.low.iter().for_each(|plate| plate.lay(row, cells, symbols, charset));
    for raised in &scene.raised {
        raised.below.lay(row, cells, symbols, charset);
        raised.part.iter().for_each(|part| compose_part(row, cells, part, symbols));
        raised.above.iter().for_each(|plate| plate.lay(row, cells, symbols, charset));
    }
    scene.plates.iter().for_each(|plate| plate.lay(row, cells, symbols, charset));
    if let Some(part) = &scene.over {
        let (left, right) = (usize::from(part.place.left()), usize::from(part.place.right()).min(cells.len()));
        if (part.place.top()..part.place.bottom()).contains(&row) && left < right {
            cells[left..right].fill(Cell::BLANK);
            compose_part(row, cells, part, symbols);
        }
    }
    frame::mend(cells);
    if charset == Charset::Ascii {
        frame::plain(cells);
    }
}

fn compose_part(row: u16, cells: &mut [Cell], part: &Part<'_>, symbols: &mut Symbols) {
    let place = part.place;
    let (left, right) = (usize::from(place.left()), usize::from(place.right()).min(cells.len()));
    if row < place.top() || row >= place.bottom() || left >= right {
        return;
    }
    let (row, room) = (row - place.top(), &mut cells[left..right]);
    match usize::from(part.content.hidden()) {
        0 => paint(row, room, part, symbols),
        hidden => {
            let mut whole = vec![Cell::BLANK; hidden + room.len()];
            paint(row, &mut whole, part, symbols);
            room.copy_from_slice(&whole[hidden..]);
        }
    }
}

fn paint(row: u16, room: &mut [Cell], part: &Part<'_>, symbols: &mut Symbols) {
    if let Some(line) = part.content.line(row) {
        frame::paint_line(room, line, symbols);
    }
    if part.content.reversed() {
        frame::reverse(room);
    }
    part.content.mark(row, room);
}
