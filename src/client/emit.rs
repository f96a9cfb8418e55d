//! One difference between two pictures becomes bytes for the outer terminal.
//!
//! Knows what the terminal shows, where its cursor is and how it would print, and assumes nothing else of it.

use crossterm::cursor::{Hide, MoveRight, MoveTo, SetCursorStyle, Show};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};

use unicode_width::UnicodeWidthChar;

use crate::base::{Point, Size, Style};
use crate::config::Features;
use crate::proto::message::{Cursor, CursorShape};

use super::capabilities::Abilities;
use super::frame::{Cell, Frame, LinkId, Symbols};
use super::pen::{SetLink, SetLook};

/// Blank cells at the end of a row from which on one erase is shorter than spaces.
const WORTH_ERASING: usize = 4;

/// What is known of the outer terminal.
#[derive(Debug)]
pub(super) struct Outer {
    shown: Frame,
    can: Abilities,
    /// How it prints; `None` when not known.
    look: Option<Style>,
    link: LinkId,
    /// Where it prints; `None` when not known.
    at: Option<Point>,
    /// The cursor as it was last set; `None` when not known.
    cursor: Option<Option<Cursor>>,
    /// Nothing on it is known: it is cleared first.
    stale: bool,
}

impl Outer {
    pub(super) fn new(size: Size, can: Abilities) -> Self {
        let shown = Frame::new(size);
        Self { shown, can, look: None, link: LinkId::NONE, at: None, cursor: None, stale: true }
    }

    /// Forgets what the terminal shows, as after a change of its size.
    pub(super) fn forget(&mut self, size: Size) {
        *self = Self::new(size, self.can);
    }

    /// Somebody else has blanked it.
    pub(super) fn blanked(&mut self, size: Size) {
        *self = Self { stale: false, ..Self::new(size, self.can) };
    }

    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    pub(super) fn abilities(&self) -> Abilities {
        self.can
    }

    /// It can this, as is known now.
    pub(super) fn set_abilities(&mut self, can: Abilities) {
        self.can = can;
    }

    /// Appends what makes the terminal show `next`, of which only the `dirty` rows can differ, with the cursor.
    pub(super) fn update(
        &mut self,
        next: &Frame,
        dirty: &mut [bool],
        cursor: Option<Cursor>,
        symbols: &Symbols,
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        begin(self.can, out);
        let body = out.len();
        if self.stale {
            self.clear(out);
            dirty.fill(true);
        }
        for row in (0..next.size().rows).filter(|&row| std::mem::take(&mut dirty[usize::from(row)])) {
            self.row(row, next.row(row), symbols, out);
        }
        let text = out.len() > body;
        self.place_cursor(cursor, text, out);
        if out.len() == body { out.truncate(start) } else { end(self.can, out) }
    }

    fn clear(&mut self, out: &mut Vec<u8>) {
        self.stale = false;
        self.set_look(Style::DEFAULT, out);
        let _ = queue!(out, SetLink(None), Clear(ClearType::All));
        self.shown = Frame::new(self.shown.size());
        self.at = None;
    }

    fn row(&mut self, row: u16, next: &[Cell], symbols: &Symbols, out: &mut Vec<u8>) {
        let tail = blank_tail(next);
        let mut col = 0;
        while let Some(step) = first_difference(&self.shown.row(row)[col..], &next[col..]) {
            col += step;
            if col >= tail && self.shown.row(row)[col..].iter().filter(|c| **c != Cell::BLANK).count() >= WORTH_ERASING
            {
                self.erase_rest(row, col, out);
                break;
            }
            self.print(row, col, next[col], symbols, out);
            col += 1;
        }
        self.shown.row_mut(row).copy_from_slice(next);
    }

    fn erase_rest(&mut self, row: u16, col: usize, out: &mut Vec<u8>) {
        self.go(row, col, out);
        self.set_look(Style::DEFAULT, out);
        self.end_link(out);
        let _ = queue!(out, Clear(ClearType::UntilNewLine));
    }

    fn print(&mut self, row: u16, col: usize, cell: Cell, symbols: &Symbols, out: &mut Vec<u8>) {
        if cell.width == 0 {
            return; // its lead has changed too and has been printed
        }
        self.go(row, col, out);
        self.set_look(cell.style, out);
        let link = if self.can.can(Features::HYPERLINKS) { cell.link } else { LinkId::NONE };
        if link != self.link {
            let _ = queue!(out, SetLink(symbols.link_target(link)));
            self.link = link;
        }
        let after = col as u16 + u16::from(cell.width);
        let last = after >= self.shown.size().cols;
        match cell.glyph.cluster() {
            Some(number) => self.print_cluster(row, col, cell.width, symbols.cluster_text(number), out),
            None => {
                let c = cell.glyph.char();
                out.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                // How wide an emoji is depends on the terminal's edition of Unicode.
                let certain = c < EMOJI || self.can.can(Features::CLUSTERS);
                self.at = (!last && certain).then_some(Point::new(row, after));
            }
        }
    }

    /// How many cells a cluster takes, and how far it moves the cursor, is where terminals disagree most. One that does
    /// not know clusters shows each of its characters: what those may cover is printed anew, and where they could reach
    /// the next row, there is only the first.
    fn print_cluster(&mut self, row: u16, col: usize, width: u8, text: &str, out: &mut Vec<u8>) {
        self.at = None;
        if self.can.can(Features::CLUSTERS) {
            return out.extend(text.as_bytes());
        }
        let (least, most) = widths(text);
        let after = col + usize::from(width);
        if col + most > usize::from(self.shown.size().cols) {
            return out.extend(text.chars().take(1).collect::<String>().bytes());
        }
        if least < usize::from(width) {
            // It may leave what is shown now in its second half.
            let _ = queue!(out, Print("  "), MoveTo(col as u16, row));
        }
        out.extend(text.as_bytes());
        if let Some(covered) = self.shown.row_mut(row).get_mut(after..col + most) {
            covered.fill(Cell::UNKNOWN);
        }
    }

    fn go(&mut self, row: u16, col: usize, out: &mut Vec<u8>) {
        let to = Point::new(row, col as u16);
        let _ = match self.at {
            Some(at) if at == to => return,
            Some(at) if at.row == to.row && at.col < to.col => queue!(out, MoveRight(to.col.0 - at.col.0)),
            _ => queue!(out, MoveTo(to.col.0, to.row.0)),
        };
        self.at = Some(to);
    }

    fn set_look(&mut self, style: Style, out: &mut Vec<u8>) {
        let style = self.can.fit_style(style);
        if self.look != Some(style) {
            let _ = queue!(out, SetLook { from: self.look, to: style });
            self.look = Some(style);
        }
    }

    fn end_link(&mut self, out: &mut Vec<u8>) {
        if self.link != LinkId::NONE {
            let _ = queue!(out, SetLink(None));
            self.link = LinkId::NONE;
        }
    }

    fn place_cursor(&mut self, cursor: Option<Cursor>, printed: bool, out: &mut Vec<u8>) {
        if self.cursor == Some(cursor) && !printed {
            return;
        }
        let known = self.cursor.replace(cursor);
        let before = known.flatten();
        let Some(cursor) = cursor else {
            if known != Some(None) {
                let _ = queue!(out, Hide);
            }
            return;
        };
        self.go(cursor.at.row.0, usize::from(cursor.at.col.0), out);
        let styled = before.map(|b| (b.shape, b.blink)) == Some((cursor.shape, cursor.blink));
        if !styled && self.can.can(Features::CURSOR_STYLE) {
            let _ = queue!(out, style_of(cursor));
        }
        if before.is_none() {
            let _ = queue!(out, Show);
        }
    }
}

/// The cells that a cluster takes, at least and at most, where each character counts for itself: flags are two letters,
/// narrow or wide.
fn widths(text: &str) -> (usize, usize) {
    let width = |c: char| match c {
        '\u{1f1e6}'..='\u{1f1ff}' => (1, 2),
        c => (c.width().unwrap_or(0), c.width().unwrap_or(0)),
    };
    text.chars().map(width).fold((0, 0), |(least, most), (narrow, wide)| (least + narrow, most + wide))
}

/// From here on Unicode has emoji, and adds more with each edition.
const EMOJI: char = '\u{1f000}';

/// One picture begins, for a terminal that is known to show it at once.
pub(super) fn begin(can: Abilities, out: &mut Vec<u8>) {
    if can.can(Features::SYNC) {
        let _ = queue!(out, BeginSynchronizedUpdate);
    }
}

pub(super) fn end(can: Abilities, out: &mut Vec<u8>) {
    if can.can(Features::SYNC) {
        let _ = queue!(out, EndSynchronizedUpdate);
    }
}

/// The column from which on the row is blank in the default look.
fn blank_tail(row: &[Cell]) -> usize {
    row.iter().rposition(|cell| *cell != Cell::BLANK).map_or(0, |last| last + 1)
}

fn first_difference(old: &[Cell], new: &[Cell]) -> Option<usize> {
    old.iter().zip(new).position(|(old, new)| old != new)
}

fn style_of(cursor: Cursor) -> SetCursorStyle {
    match (cursor.shape, cursor.blink) {
        (CursorShape::Default, _) => SetCursorStyle::DefaultUserShape,
        (CursorShape::Block, true) => SetCursorStyle::BlinkingBlock,
        (CursorShape::Block, false) => SetCursorStyle::SteadyBlock,
        (CursorShape::Underline, true) => SetCursorStyle::BlinkingUnderScore,
        (CursorShape::Underline, false) => SetCursorStyle::SteadyUnderScore,
        (CursorShape::Bar, true) => SetCursorStyle::BlinkingBar,
        (CursorShape::Bar, false) => SetCursorStyle::SteadyBar,
    }
}
