//! Inline attach: a window with one pane is on the terminal's main screen, so that what scrolls off is the terminal's
//! own to scroll back in, to search and to select.
//!
//! The screen is drawn as ever. The lines that have left it are fetched, printed over it from its first row on, and
//! followed by as many blank rows as there are, so that exactly those lines scroll off; then the screen is drawn anew.
//! What needs all of the terminal has the alternate screen meanwhile: several panes, a program that uses that screen
//! itself, reading back.

use std::mem::take;

use crossterm::cursor::MoveTo;
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType};

use crate::base::limits::MAX_FETCH;
use crate::base::{Line, PaneId, Size, Style};
use crate::config::Features;
use crate::proto::message::{KeyReports, ToServer};

use super::app::App;
use super::capabilities::Abilities;
use super::emit;
use super::modes;
use super::pen::{SetLink, SetLook};

#[derive(Debug, Default)]
pub(super) struct Inline {
    /// The pane that the main screen shows, where it shows one.
    pane: Option<PaneId>,
    /// The terminal shows its alternate screen.
    away: bool,
    /// The lines before this one are the terminal's, or lie here to be printed.
    taken: u64,
    /// To be printed.
    lines: Vec<Line>,
    /// Lines that were gone before they could be fetched.
    missed: u64,
    /// More lines have been asked for.
    asked: bool,
    /// Somebody else had the terminal in between.
    strange: bool,
    /// An update of the terminal has begun.
    begun: bool,
}

impl Inline {
    /// The terminal was taken in the usual way.
    pub(super) fn on_alternate_screen() -> Self {
        Self { away: true, ..Self::default() }
    }

    /// What was asked for does not come.
    pub(super) fn reconnected(&mut self) {
        self.asked = false;
    }

    /// Somebody else had the terminal, and left it on its main screen.
    pub(super) fn retaken(&mut self) {
        (self.away, self.strange) = (false, true);
    }

    /// What follows is one picture for the terminal.
    fn begin(&mut self, can: Abilities, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.begun, true) {
            emit::begin(can, out);
        }
    }
}

impl App {
    /// The terminal's main screen is the pane's.
    pub(super) fn is_on_main_screen(&self) -> bool {
        self.inline.is_some() && self.inline_pane().is_some()
    }

    /// The pane that the main screen is for, while it is that.
    fn inline_pane(&self) -> Option<PaneId> {
        let [only] = self.mirror.view()?.panes.as_slice() else { return None };
        let pane = self.mirror.pane(only.id)?;
        (!pane.modes.alternate_screen && !self.copies.contains_key(&only.id)).then_some(only.id)
    }

    /// All of the terminal is needed.
    fn needs_full_view(&self) -> bool {
        self.mirror.view().is_some_and(|view| match view.panes.as_slice() {
            [only] => self.mirror.pane(only.id).is_some() && self.inline_pane().is_none(),
            _ => true,
        })
    }

    /// Before the picture is drawn: the screen that it goes to, and what scrolls off that. False while there is nothing
    /// to be drawn yet: what the main screen showed before stays until then.
    pub(super) fn scroll_main_screen(&mut self, out: &mut Vec<u8>) -> bool {
        let (shown, away) = (self.inline_pane(), self.needs_full_view());
        let (size, can) = (self.canvas.size(), self.canvas.abilities());
        let Some(inline) = &mut self.inline else { return true };
        if (away || shown.is_some()) && inline.away != away {
            inline.begin(can, out);
            inline.away = away;
            // Each screen has keyboard flags of its own.
            self.outer.set_keyboard(KeyReports::Legacy, out);
            modes::set_alternate(away, out);
            self.outer.set_keyboard(self.mirror.reports(), out);
            self.canvas.forget();
        }
        let Some((id, pane)) = shown.and_then(|id| Some((id, self.mirror.pane(id)?))) else { return away };
        if inline.pane != Some(id) || take(&mut inline.strange) {
            inline.begin(can, out);
            make_room(inline.pane.is_none(), size, out);
            let taken = if inline.pane.is_some_and(|former| former == id) { inline.taken } else { pane.screen_line };
            *inline = Inline { pane: Some(id), taken, begun: true, ..Inline::default() };
            self.canvas.forget();
        }
        if self.canvas.is_stale() {
            inline.begin(can, out);
            blank(size, out);
            self.canvas.blanked();
        }
        if !inline.lines.is_empty() {
            inline.begin(can, out);
            scroll(&take(&mut inline.lines), take(&mut inline.missed), size, can, out);
            self.canvas.blanked();
        }
        // Its lines were numbered anew, as after a change of its width.
        if pane.screen_line + u64::from(size.rows) < inline.taken {
            inline.taken = pane.screen_line;
        }
        let behind = pane.screen_line.saturating_sub(inline.taken);
        if behind > 0 && !inline.asked {
            inline.asked = true;
            let count = u16::try_from(behind).map_or(MAX_FETCH, |behind| behind.min(MAX_FETCH));
            self.outbox.push(ToServer::Fetch { pane: id, from: inline.taken, count });
        }
        modes::set_used(self.used_rows(id));
        true
    }

    /// The rows down to the last one with something on it.
    fn used_rows(&self, id: PaneId) -> u16 {
        let Some(pane) = self.mirror.pane(id) else { return 0 };
        let last = pane.rows.iter().rposition(|line| !line.text().is_empty()).map_or(0, |row| row + 1);
        let cursor = pane.cursor.map_or(0, |cursor| usize::from(cursor.at.row.0));
        u16::try_from(last.max(cursor + 1)).unwrap_or(u16::MAX).min(self.canvas.size().rows)
    }

    /// After it was drawn.
    pub(super) fn end_main_screen(&mut self, out: &mut Vec<u8>) {
        if self.inline.as_mut().is_some_and(|inline| take(&mut inline.begun)) {
            emit::end(self.canvas.abilities(), out);
        }
    }

    /// Lines that have scrolled off the pane; false where they were not asked for here.
    pub(super) fn take_scrolled(&mut self, id: PaneId, from: u64, lines: &[Line]) -> bool {
        let Some(inline) = self.inline.as_mut().filter(|inline| inline.asked && inline.pane == Some(id)) else {
            return false;
        };
        inline.asked = false;
        let Some(pane) = self.mirror.pane(id) else { return true };
        inline.missed += from.saturating_sub(inline.taken);
        inline.taken = inline.taken.max(from) + lines.len() as u64;
        inline.lines.extend_from_slice(lines);
        if lines.is_empty() {
            // They are gone, or numbered anew.
            inline.taken = pane.screen_line;
        }
        true
    }
}

/// What the terminal shows scrolls off: from the cursor up for the first time, else all of it.
fn make_room(first: bool, size: Size, out: &mut Vec<u8>) {
    let rows = usize::from(size.rows);
    if !first {
        let _ = queue!(out, MoveTo(0, size.rows.saturating_sub(1)));
    }
    out.extend(std::iter::repeat_n(b'\n', if first { rows - 1 } else { rows }));
}

/// Row by row: some terminals take what is cleared at once for something to scroll back to.
fn blank(size: Size, out: &mut Vec<u8>) {
    let _ = queue!(out, SetLink(None), SetLook { from: None, to: Style::DEFAULT });
    for row in 0..size.rows {
        let _ = queue!(out, MoveTo(0, row), Clear(ClearType::UntilNewLine));
    }
}

/// Prints lines so that they, and nothing else, scroll off; the screen is blank then.
fn scroll(lines: &[Line], missed: u64, size: Size, can: Abilities, out: &mut Vec<u8>) {
    let _ = queue!(out, MoveTo(0, 0), SetLink(None), SetLook { from: None, to: Style::DEFAULT });
    if missed > 0 {
        let _ = queue!(out, Clear(ClearType::UntilNewLine));
        out.extend(format!("[{missed} lines went by too fast]\r\n").bytes());
    }
    for line in lines {
        let full = print(line, size.cols, can, out);
        if !full {
            let _ = queue!(out, Clear(ClearType::UntilNewLine));
        }
        // At the margin the terminal goes to the next row by itself, and knows the two for one line.
        if !(full && line.wrapped) {
            out.extend(b"\r\n");
        }
    }
    for row in 0..size.rows {
        let _ = queue!(out, Clear(ClearType::UntilNewLine));
        if row + 1 < size.rows {
            out.extend(b"\r\n");
        }
    }
}

/// Prints a line, cut at the margin; whether it reaches that. The look is the usual one before and after.
fn print(line: &Line, cols: u16, can: Abilities, out: &mut Vec<u8>) -> bool {
    let mut room = usize::from(cols);
    for span in &line.spans {
        let look = can.fit_style(span.style);
        let _ = queue!(out, SetLook { from: Some(Style::DEFAULT), to: look });
        let link = span.link.as_deref().filter(|target| !target.is_empty() && !target.chars().any(char::is_control));
        let link = link.filter(|_| can.can(Features::HYPERLINKS));
        if link.is_some() {
            let _ = queue!(out, SetLink(link));
        }
        let chars = span.text.chars().count().max(1);
        let width = (span.cells() / chars).max(1);
        let fits = if span.cells() <= room { usize::MAX } else { room / width };
        out.extend(span.text.chars().take(fits).filter(|c| !c.is_control()).collect::<String>().bytes());
        room = room.saturating_sub(span.cells());
        if link.is_some() {
            let _ = queue!(out, SetLink(None));
        }
        let _ = queue!(out, SetLook { from: Some(look), to: Style::DEFAULT });
        if room == 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Span, SpanKind};

    fn line(kind: SpanKind, text: &str) -> Line {
        let span = Span { style: Style::DEFAULT, kind, link: None, text: text.into() };
        Line { spans: vec![span], ..Line::default() }
    }

    /// What has scrolled off a terminal of 6x3, and what is left on it.
    fn scrolled(lines: &[Line]) -> (Vec<String>, String) {
        let side = |n| std::num::NonZeroU16::new(n).unwrap();
        let mut terminal = vt100::Parser::new(side(3), side(6), 100);
        terminal.process(b"what\r\nwas\r\nthere!");
        let mut out = Vec::new();
        scroll(lines, 0, Size::new(6, 3), super::super::color::Depth::Direct.into(), &mut out);
        terminal.process(&out);
        let mut screen = terminal.screen().clone();
        let left = screen.contents();
        screen.set_scrollback(usize::MAX);
        let mut off = Vec::new();
        for back in (1..=screen.scrollback()).rev() {
            screen.set_scrollback(back);
            off.extend(screen.rows(0, 6).next());
        }
        (off, left)
    }

    #[test]
    fn exactly_the_lines_given_scroll_off() {
        let one = line(SpanKind::Narrow, "one");
        assert_eq!(scrolled(std::slice::from_ref(&one)), (vec!["one".into()], String::new()));
        let full = line(SpanKind::Narrow, "margin");
        let wide = line(SpanKind::Wide, "漢字漢");
        let wrapped = Line { wrapped: true, ..full.clone() };
        let blank = Line::default();
        let (off, left) = scrolled(&[one, full, wrapped, wide, blank.clone(), blank]);
        assert_eq!(off, ["one", "margin", "margin", "漢字漢", "", ""]);
        assert_eq!(left, "");
    }

    #[test]
    fn what_is_too_wide_is_cut() {
        let (off, _) = scrolled(&[line(SpanKind::Narrow, "much too wide"), line(SpanKind::Wide, "漢字漢字")]);
        assert_eq!(off, ["much t", "漢字漢"]);
    }
}
