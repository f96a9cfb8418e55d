//! The terminal as the rest of mux sees it.

use super::builder::LineBuilder;
use super::cell::{Cell, Glyph};
use super::encode;
use super::event::TermEvent;
use super::history::Match;
use super::modes::{Cursor, Modes};
use super::parser::Parser;
use super::row::Row as CellRow;
use super::screen::push_text;
use super::sequences::{HostColors, Interpreter, Palette};
use super::snapshot::{self, SnapshotError};
use super::vault::{HeapVault, Vault};
use crate::base::{Input, Line, Row, Size, limits};

/// A terminal: what a program's bytes make of a screen.
#[derive(Debug)]
pub struct Terminal {
    parser: Parser,
    state: Interpreter,
    size: Size,
    generation: u64,
}

/// What can be seen apart from the rows, to notice a change.
type Visible = (Cursor, Modes, bool);

impl Terminal {
    /// `history_limit`: lines kept above the screen.
    pub fn new(size: Size, history_limit: usize) -> Self {
        Self::in_vault(size, history_limit, Box::new(HeapVault::default()))
    }

    /// A terminal that keeps its packed history in memory of the caller's.
    pub fn in_vault(size: Size, history_limit: usize, vault: Box<dyn Vault>) -> Self {
        let size = size.clamp(limits::MIN_PANE, limits::MAX_SCREEN);
        let mut state = Interpreter::new(size, history_limit, vault);
        state.set_stamp(1);
        state.screen.grid_mut().mark_all();
        Self { parser: Parser::default(), state, size, generation: 1 }
    }

    /// Appends all that it is to `out`, as bytes that [`Terminal::restore`] of this and later versions reads. Its packed
    /// history stays in the vault and is named only. Replies and events that wait are not in it: take them before.
    pub fn save(&self, out: &mut Vec<u8>) {
        let Self { parser, state, size, generation } = self;
        let mut writer = snapshot::begin(out);
        writer.number(1, size.cols.into());
        writer.number(2, size.rows.into());
        writer.number(3, *generation);
        writer.part(4, |part| parser.save(part));
        writer.part(5, |part| state.save(part));
    }

    /// The terminal that was saved, with its generation, so that who has seen that knows what is new. Any bytes give
    /// a sound terminal or an error. Of the history comes back what the vault has; see [`Vault::claim`].
    pub fn restore(bytes: &[u8], vault: Box<dyn Vault>) -> Result<Self, SnapshotError> {
        let fields = snapshot::read(bytes)?;
        let [cols, rows] = [1, 2].map(|tag| u16::try_from(fields.number(tag)).unwrap_or(0));
        let size = Size::new(cols, rows);
        if size != size.clamp(limits::MIN_PANE, limits::MAX_SCREEN) {
            return Err(SnapshotError::Damaged("it has an impossible size"));
        }
        let generation = fields.counter(3)?;
        let state = Interpreter::load(fields.part(5)?, size, generation, vault)?;
        Ok(Self { parser: Parser::load(fields.part(4)?), state, size, generation })
    }

    /// Takes in what the program has printed. Any bytes, cut anywhere. Replies and events queue up inside.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.change(|terminal| terminal.parser.feed(bytes, &mut terminal.state));
    }

    /// Does something that may be seen; the generation moves if it is.
    fn change(&mut self, change: impl FnOnce(&mut Self)) {
        let stamp = self.generation + 1;
        let before = self.visible();
        self.state.set_stamp(stamp);
        self.state.changed = false;
        change(self);
        if self.state.changed || self.state.screen.grid().last_changed() == stamp || self.visible() != before {
            self.generation = stamp;
        }
    }

    fn visible(&self) -> Visible {
        (self.cursor(), self.state.modes, self.state.synchronized)
    }

    /// Moves the answers to the program's questions (DA, DSR, …) to the end of `out`, in order; they are to be
    /// written to the PTY.
    pub fn take_replies(&mut self, out: &mut Vec<u8>) {
        self.state.outbox.take_replies(out);
    }

    /// What has happened since the last call that is more than cells: bounded in number and size.
    pub fn take_events(&mut self) -> Vec<TermEvent> {
        self.state.outbox.take_events()
    }

    pub fn resize(&mut self, size: Size) {
        let size = size.clamp(limits::MIN_PANE, limits::MAX_SCREEN);
        if size != self.size {
            self.size = size;
            self.change(|terminal| terminal.state.resize(size));
        }
    }

    pub fn size(&self) -> Size {
        self.size
    }

    pub fn set_history_limit(&mut self, lines: usize) {
        self.state.screen.history.set_limit(lines);
    }

    pub fn clear_history(&mut self) {
        self.state.screen.history.clear();
    }

    /// Forgets everything but size and limit, as a new terminal (RIS). Lines that come get new numbers.
    pub fn reset(&mut self) {
        self.parser = Parser::default();
        let rows = u64::from(self.size.rows);
        self.change(|terminal| {
            terminal.state.reset();
            terminal.state.screen.history.skip(rows);
        });
    }

    pub fn cursor(&self) -> Cursor {
        self.state.cursor()
    }

    pub fn modes(&self) -> Modes {
        self.state.modes
    }

    pub fn title(&self) -> &str {
        &self.state.title
    }

    /// Colours that the program has set (OSC 4, 10 to 12).
    pub fn palette(&self) -> &Palette {
        &self.state.palette
    }

    /// What the outer terminal looks like; programs that ask are told.
    pub fn set_host_colors(&mut self, colors: HostColors) {
        self.state.set_host_colors(colors);
    }

    /// Moves with every change that can be seen (rows, cursor, modes, title); never goes back.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The generation in which what is shown in this row last changed.
    pub fn row_generation(&self, row: Row) -> u64 {
        if row.0 < self.size.rows { self.state.screen.grid().changed(row.0.into()) } else { 0 }
    }

    /// The generation in which this line of the screen last changed, wherever on the screen it was then. A reader
    /// that keeps lines by their number needs only those that are newer, however far the screen has scrolled.
    pub fn line_generation(&self, number: u64) -> Option<u64> {
        let row = number.checked_sub(self.screen_line())?;
        (row < u64::from(self.size.rows)).then(|| self.state.screen.grid().content_changed(row as usize))
    }

    /// Between BSU and ESU (mode 2026): what is on the screen is half a frame.
    pub fn synchronized(&self) -> bool {
        self.state.synchronized
    }

    /// Bytes so far of lines that went into the history without being drawn, as so many came in one piece that they left the
    /// screen again. Larger pieces have more of them.
    pub fn skimmed(&self) -> u64 {
        self.state.screen.skimmed()
    }

    /// Ends a synchronized update that took too long (the caller has the clock).
    pub fn end_synchronized(&mut self) {
        self.change(|terminal| terminal.state.synchronized = false);
    }

    /// Moves its packed history to another vault. False where that has no room; then it stays where it is.
    pub fn move_to(&mut self, vault: Box<dyn Vault>) -> bool {
        self.state.screen.history.move_to(vault)
    }

    /// All that is shown is newer than this generation: for a terminal that takes the place of another one.
    pub fn outdate(&mut self, generation: u64) {
        self.generation = self.generation.max(generation);
        self.change(|terminal| terminal.state.screen.grid_mut().mark_all());
    }

    /// A row of the screen.
    pub fn row(&self, row: Row) -> Line {
        if row.0 >= self.size.rows {
            return Line::default();
        }
        self.line_of(self.state.screen.grid().row(row.0.into()))
    }

    /// Any kept line by its number, in history or on screen.
    pub fn line(&self, number: u64) -> Option<Line> {
        match number.checked_sub(self.screen_line()) {
            Some(row) if row < u64::from(self.size.rows) => Some(self.row(Row(row as u16))),
            Some(_) => None,
            None => self.state.screen.history.line(number),
        }
    }

    pub fn first_line(&self) -> u64 {
        self.state.screen.history.first()
    }

    pub fn screen_line(&self) -> u64 {
        self.state.screen.history.end()
    }

    /// The lines that are kept in which prompts began (OSC 133), the oldest first.
    pub fn prompts(&self) -> impl Iterator<Item = u64> {
        self.state.screen.prompts()
    }

    /// The newest matches among the lines of the history, newest first, at most `limit`. `find` is asked for the
    /// first match in a text whose lines end in `\n` unless the screen's edge broke them, by several threads at once.
    pub fn search_history(
        &self,
        lines: std::ops::Range<u64>,
        limit: usize,
        find: impl Fn(&[u8]) -> Option<std::ops::Range<usize>> + Sync,
    ) -> Vec<Match> {
        self.state.screen.history.search(lines, limit, &find)
    }

    /// Gives up the oldest lines of the history until it holds no more than about this many bytes. A terminal does
    /// so by itself at [`limits::HISTORY_BYTES`](crate::base::limits::HISTORY_BYTES).
    pub fn shrink_history(&mut self, bytes: usize) {
        self.state.screen.history.shrink(bytes);
    }

    /// Gives back memory and compresses history, a piece of some ten milliseconds at a time; true while there is
    /// more. To be called while the program is quiet.
    pub fn compact(&mut self) -> bool {
        let more = self.state.screen.history.compact();
        if !more {
            self.state.screen.grid_mut().shrink();
        }
        more
    }

    /// Bytes of memory that this terminal holds, with its history.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.parser.heap_size() + self.state.screen.heap_size() + self.history_memory()
    }

    /// Bytes of memory that its history holds, in the vault and out of it.
    pub fn history_memory(&self) -> usize {
        self.state.screen.history.heap_size()
    }

    /// The bytes for this input under the modes of this moment; nothing where the program has not asked for it
    /// (mouse, focus).
    pub fn encode(&self, input: &Input, out: &mut Vec<u8>) {
        encode::encode(&self.state.modes, input, out);
    }

    fn line_of(&self, row: &CellRow) -> Line {
        let tables = &self.state.screen.tables;
        let mut builder = LineBuilder::default();
        let mut text = String::new();
        let cols = usize::from(self.size.cols);
        let mut rest = row.cells();
        while let Some(&cell) = rest.first() {
            let style = tables.style_of(cell.style());
            let link = tables.links.value(cell.link()).map(|link| &link.uri);
            // ASCII of one look goes over in one piece.
            let alike = rest.iter().take_while(|other| other.is_ascii() && other.bits() ^ cell.bits() < 0x80).count();
            if alike > 0 {
                builder.push_ascii(rest[..alike].iter().map(Cell::ascii_byte), style, link);
                rest = &rest[alike..];
                continue;
            }
            match cell.glyph() {
                Glyph::Tail => {}
                Glyph::Blank => builder.push_blanks(1, style),
                _ => {
                    text.clear();
                    push_text(&tables.clusters, cell, &mut text);
                    builder.push(&text, 1 + u8::from(cell.is_wide()), style, link);
                }
            }
            rest = &rest[1..];
        }
        builder.push_blanks(cols - row.cells().len().min(cols), tables.style_of(row.fill().style()));
        builder.finish(row.wrapped)
    }

    #[cfg(any(test, fuzzing))]
    pub fn verify(&self) {
        self.state.screen.verify();
    }

    #[cfg(any(test, fuzzing))]
    pub fn verify_looks(&self) {
        self.state.screen.verify_looks();
    }
}
