//! The seam over the `vt100` crate: correct where that crate is, slow, and to be replaced.

use std::collections::VecDeque;
use std::num::NonZeroU16;

use ::vt100 as vt;

use super::builder::LineBuilder;
use super::encode;
use super::event::TermEvent;
use super::modes::{Cursor, CursorShape, Modes, MouseEncoding, MouseMode};
use crate::base::{Attrs, Color, Input, Line, Point, Row, Size, Style, Underline, limits};

/// Events kept between two calls of `take_events`; the oldest goes first.
const MAX_EVENTS: usize = 256;
/// Bytes of replies kept between two calls of `take_replies`; further questions stay unanswered.
const MAX_REPLIES: usize = 64 << 10;

/// A terminal: what a program's bytes make of a screen.
pub struct Terminal {
    parser: vt::Parser<Side>,
    rows: Vec<(u64, Line)>,
    cursor: Cursor,
    modes: Modes,
    generation: u64,
}

/// What vt100 does not keep itself.
struct Side {
    size: Size,
    limit: usize,
    history: VecDeque<(String, bool)>,
    /// Lines that have left the top of the main screen so far.
    scrolled: u64,
    capture: vt::capture::BasicFormattedCaptureState,
    title: String,
    events: VecDeque<TermEvent>,
    replies: Vec<u8>,
    synchronized: bool,
    focus_events: bool,
    alternate_scroll: bool,
}

impl Terminal {
    /// `history_limit`: lines kept above the screen.
    pub fn new(size: Size, history_limit: usize) -> Self {
        let size = size.clamp(limits::MIN_PANE, limits::MAX_SCREEN);
        let mut terminal = Self {
            parser: new_parser(size, Side::new(size, history_limit)),
            rows: Vec::new(),
            cursor: Cursor::default(),
            modes: Modes::default(),
            generation: 0,
        };
        terminal.notice_changes();
        terminal
    }

    /// Takes in what the program has printed. Any bytes, cut anywhere. Replies and events queue up inside.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.notice_changes();
    }

    /// Moves the answers to the program's questions (DA, DSR, …) to the end of `out`, in order; they are to be
    /// written to the PTY.
    pub fn take_replies(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.parser.callbacks_mut().replies);
    }

    /// What has happened since the last call that is more than cells: bounded in number and size.
    pub fn take_events(&mut self) -> Vec<TermEvent> {
        self.parser.callbacks_mut().events.drain(..).collect()
    }

    pub fn resize(&mut self, size: Size) {
        let size = size.clamp(limits::MIN_PANE, limits::MAX_SCREEN);
        let old = self.size();
        self.parser.callbacks_mut().size = size;
        self.parser.set_size(nonzero(size.rows), nonzero(size.cols));
        if size.rows > old.rows && !self.parser.screen().alternate_screen() {
            self.pull_from_history(size.rows - old.rows);
        }
        self.notice_changes();
    }

    /// vt100 keeps no history here, so a screen that grew has got blank rows where its history belongs.
    fn pull_from_history(&mut self, rows: u16) {
        let side = self.parser.callbacks_mut();
        let count = side.scrolled.min(rows.into());
        side.scrolled -= count;
        let mut text = String::from("\x1b7");
        for row in (0..count).rev() {
            if let Some((line, _)) = side.history.pop_back() {
                text.push_str(&format!("\x1b[{};1H\x1b[m{line}", row + 1));
            }
        }
        text.push_str("\x1b8");
        self.parser.process(text.as_bytes());
    }

    pub fn size(&self) -> Size {
        self.parser.callbacks().size
    }

    pub fn set_history_limit(&mut self, lines: usize) {
        let side = self.parser.callbacks_mut();
        side.limit = lines;
        side.trim();
    }

    pub fn clear_history(&mut self) {
        self.parser.callbacks_mut().history.clear();
    }

    /// Forgets everything but size and limit, as a new terminal (RIS).
    pub fn reset(&mut self) {
        let side = self.parser.callbacks();
        let mut new = Side::new(side.size, side.limit);
        new.scrolled = side.scrolled + u64::from(side.size.rows);
        self.parser = new_parser(new.size, new);
        self.notice_changes();
    }

    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    pub fn modes(&self) -> Modes {
        self.modes
    }

    pub fn title(&self) -> &str {
        &self.parser.callbacks().title
    }

    /// Moves with every change that can be seen (rows, cursor, modes, title); never goes back.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The generation in which this row last changed.
    pub fn row_generation(&self, row: Row) -> u64 {
        self.rows.get(usize::from(row.0)).map_or(0, |(generation, _)| *generation)
    }

    /// Between BSU and ESU (mode 2026): what is on the screen is half a frame.
    pub fn synchronized(&self) -> bool {
        self.parser.callbacks().synchronized
    }

    /// Ends a synchronized update that took too long (the caller has the clock).
    pub fn end_synchronized(&mut self) {
        self.parser.callbacks_mut().synchronized = false;
        self.generation += 1;
    }

    /// A row of the screen.
    pub fn row(&self, row: Row) -> Line {
        self.rows.get(usize::from(row.0)).map(|(_, line)| line.clone()).unwrap_or_default()
    }

    /// Any kept line by its number, in history or on screen.
    pub fn line(&self, number: u64) -> Option<Line> {
        if let Some(row) = number.checked_sub(self.screen_line()) {
            return self.rows.get(usize::try_from(row).ok()?).map(|(_, line)| line.clone());
        }
        let index = number.checked_sub(self.first_line())?;
        let (text, wrapped) = self.parser.callbacks().history.get(usize::try_from(index).ok()?)?;
        let mut parser = vt::Parser::new(nonzero(1), nonzero(limits::MAX_SCREEN.cols), 0);
        parser.process(text.as_bytes());
        Some(Line { wrapped: *wrapped, fill: Style::DEFAULT, ..read_row(parser.screen(), 0) })
    }

    pub fn first_line(&self) -> u64 {
        self.screen_line() - self.parser.callbacks().history.len() as u64
    }

    pub fn screen_line(&self) -> u64 {
        self.parser.callbacks().scrolled
    }

    /// The bytes for this input under the modes of this moment; nothing where the program has not asked for it
    /// (mouse, focus).
    pub fn encode(&self, input: &Input, out: &mut Vec<u8>) {
        encode::encode(&self.modes, input, out);
    }

    fn notice_changes(&mut self) {
        self.generation += 1;
        let screen = self.parser.screen();
        let rows = (0..self.size().rows).map(|row| read_row(screen, row)).collect::<Vec<_>>();
        self.rows.resize_with(rows.len(), || (0, Line::default()));
        for (kept, new) in self.rows.iter_mut().zip(rows) {
            if kept.0 == 0 || kept.1 != new {
                *kept = (self.generation, new);
            }
        }
        self.cursor = read_cursor(screen, self.size());
        self.modes = read_modes(screen, self.parser.callbacks());
    }
}

fn nonzero(value: u16) -> NonZeroU16 {
    NonZeroU16::new(value).unwrap_or(NonZeroU16::MIN)
}

fn new_parser(size: Size, side: Side) -> vt::Parser<Side> {
    vt::Parser::new_with_callbacks(nonzero(size.rows), nonzero(size.cols), 0, side)
}

fn read_row(screen: &vt::Screen, row: u16) -> Line {
    let mut builder = LineBuilder::default();
    for col in 0..screen.size().1.get() {
        let Some(cell) = screen.cell(row, col) else { break };
        if cell.is_wide_continuation() {
            continue;
        }
        match cell.contents() {
            "" => builder.push_blanks(1, style(cell)),
            text => builder.push(text, if cell.is_wide() { 2 } else { 1 }, style(cell), None),
        }
    }
    builder.finish(screen.row_wrapped(row))
}

fn style(cell: &vt::Cell) -> Style {
    let flags = [
        (cell.bold(), Attrs::BOLD),
        (cell.dim(), Attrs::DIM),
        (cell.italic(), Attrs::ITALIC),
        (cell.inverse(), Attrs::REVERSE),
    ];
    Style {
        fg: color(cell.fgcolor()),
        bg: color(cell.bgcolor()),
        underline: if cell.underline() { Underline::Single } else { Underline::None },
        underline_color: Color::Default,
        attrs: flags.into_iter().filter_map(|(on, flag)| on.then_some(flag)).collect(),
    }
}

fn color(color: vt::Color) -> Color {
    match color {
        vt::Color::Default => Color::Default,
        vt::Color::Idx(index) => Color::Indexed(index),
        vt::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

fn read_cursor(screen: &vt::Screen, size: Size) -> Cursor {
    let (row, col) = screen.cursor_position();
    let (shape, blink) = match screen.cursor_style() {
        vt::CursorStyle::Default => (CursorShape::Default, false),
        vt::CursorStyle::BlinkBlock => (CursorShape::Block, true),
        vt::CursorStyle::SteadyBlock => (CursorShape::Block, false),
        vt::CursorStyle::BlinkUnderline => (CursorShape::Underline, true),
        vt::CursorStyle::SteadyUnderline => (CursorShape::Underline, false),
        vt::CursorStyle::BlinkVerticalBar => (CursorShape::Bar, true),
        vt::CursorStyle::SteadyVerticalBar => (CursorShape::Bar, false),
    };
    let at = Point::new(row.min(size.rows - 1), col.min(size.cols - 1));
    Cursor { at, visible: !screen.hide_cursor(), shape, blink }
}

fn read_modes(screen: &vt::Screen, side: &Side) -> Modes {
    Modes {
        alternate_screen: screen.alternate_screen(),
        application_cursor: screen.application_cursor(),
        application_keypad: screen.application_keypad(),
        bracketed_paste: screen.bracketed_paste(),
        mouse: match screen.mouse_protocol_mode() {
            vt::MouseProtocolMode::None => MouseMode::Off,
            vt::MouseProtocolMode::Press => MouseMode::X10,
            vt::MouseProtocolMode::PressRelease => MouseMode::Press,
            vt::MouseProtocolMode::ButtonMotion => MouseMode::Drag,
            vt::MouseProtocolMode::AnyMotion => MouseMode::Motion,
        },
        mouse_encoding: match screen.mouse_protocol_encoding() {
            vt::MouseProtocolEncoding::Default => MouseEncoding::X10,
            vt::MouseProtocolEncoding::Utf8 => MouseEncoding::Utf8,
            vt::MouseProtocolEncoding::Sgr => MouseEncoding::Sgr,
        },
        focus_events: side.focus_events,
        alternate_scroll: side.alternate_scroll,
        ..Modes::default()
    }
}

impl Side {
    fn new(size: Size, limit: usize) -> Self {
        Self {
            size,
            limit,
            history: VecDeque::new(),
            scrolled: 0,
            capture: vt::capture::BasicFormattedCaptureState::new(),
            title: String::new(),
            events: VecDeque::new(),
            replies: Vec::new(),
            synchronized: false,
            focus_events: false,
            alternate_scroll: true,
        }
    }

    fn trim(&mut self) {
        let excess = self.history.len().saturating_sub(self.limit);
        self.history.drain(..excess);
    }

    fn event(&mut self, event: TermEvent) {
        if self.events.back() == Some(&event) {
            return;
        }
        if self.events.len() >= MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    fn reply(&mut self, text: &str) {
        if self.replies.len() + text.len() <= MAX_REPLIES {
            self.replies.extend_from_slice(text.as_bytes());
        }
    }

    fn private_mode(&mut self, mode: u16, on: bool) {
        match mode {
            1004 => self.focus_events = on,
            1007 => self.alternate_scroll = on,
            2026 => self.synchronized = on,
            _ => {}
        }
    }

    fn mode_report(&mut self, screen: &vt::Screen, mode: u16) {
        let state = match mode {
            1 => Some(screen.application_cursor()),
            25 => Some(!screen.hide_cursor()),
            47 | 1047 | 1049 => Some(screen.alternate_screen()),
            1004 => Some(self.focus_events),
            1007 => Some(self.alternate_scroll),
            2004 => Some(screen.bracketed_paste()),
            2026 => Some(self.synchronized),
            _ => None,
        };
        let value = state.map_or(0, |on| if on { 1 } else { 2 });
        self.reply(&format!("\x1b[?{mode};{value}$y"));
    }
}

/// Printable text of at most [`limits::MAX_TITLE`] bytes.
fn clean(bytes: &[u8]) -> String {
    let mut text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).collect();
    let mut end = text.len().min(limits::MAX_TITLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

fn decode_base64(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in data.iter().take_while(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

impl vt::Callbacks for Side {
    fn audible_bell(&mut self, _: &mut vt::Screen) {
        self.event(TermEvent::Bell);
    }

    fn set_window_icon_name(&mut self, _: &mut vt::Screen, name: &[u8]) {
        self.event(TermEvent::IconName(clean(name)));
    }

    fn set_window_title(&mut self, _: &mut vt::Screen, title: &[u8]) {
        self.title = clean(title);
        self.event(TermEvent::Title(self.title.clone()));
    }

    fn copy_to_clipboard(&mut self, _: &mut vt::Screen, selection: &[u8], data: &[u8]) {
        self.event(TermEvent::Clipboard { selection: clean(selection), text: decode_base64(data) });
    }

    fn unhandled_osc(&mut self, _: &mut vt::Screen, params: &[&[u8]]) {
        match params {
            [b"7", url] => self.event(TermEvent::WorkingDirectory(clean(url))),
            [b"9", body] => self.event(TermEvent::Notify { title: None, body: clean(body) }),
            [b"777", b"notify", title, body] => {
                self.event(TermEvent::Notify { title: Some(clean(title)), body: clean(body) });
            }
            _ => {}
        }
    }

    fn unhandled_csi(&mut self, screen: &mut vt::Screen, i1: Option<u8>, i2: Option<u8>, params: &[&[u16]], c: char) {
        let param = params.first().and_then(|param| param.first()).copied().unwrap_or(0);
        match (i1, i2, c) {
            (Some(b'?'), None, 'h' | 'l') => {
                for mode in params.iter().filter_map(|param| param.first()) {
                    self.private_mode(*mode, c == 'h');
                }
            }
            (None, None, 'n') if param == 5 => self.reply("\x1b[0n"),
            (None, None, 'n') if param == 6 => {
                let (row, col) = screen.cursor_position();
                self.reply(&format!("\x1b[{};{}R", row + 1, (col + 1).min(self.size.cols)));
            }
            (None, None, 'c') if param == 0 => self.reply("\x1b[?62;22c"),
            (Some(b'>'), None, 'c') if param == 0 => self.reply("\x1b[>41;0;0c"),
            (Some(b'='), None, 'c') if param == 0 => self.reply("\x1bP!|00000000\x1b\\"),
            (Some(b'>'), None, 'q') if param == 0 => {
                self.reply(concat!("\x1bP>|mux ", env!("CARGO_PKG_VERSION"), "\x1b\\"));
            }
            (Some(b'?'), Some(b'$'), 'p') => self.mode_report(screen, param),
            _ => {}
        }
    }

    fn on_scroll(&mut self, contents: vt::capture::RowContents<'_>, alternate_screen: bool) {
        if alternate_screen {
            return;
        }
        // Only the newline that a second writing starts with tells whether the row was wrapped.
        let (mut text, mut again) = (String::new(), String::new());
        let mut state = std::mem::take(&mut self.capture);
        let _ = contents.write_formatted_basic(&mut text, &mut state);
        let _ = contents.write_formatted_basic(&mut again, &mut state);
        let wrapped = !again.starts_with('\n');
        self.history.push_back((text, wrapped));
        self.scrolled += 1;
        self.trim();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(bytes: &str) -> Terminal {
        let mut terminal = Terminal::new(Size::new(10, 3), 100);
        terminal.feed(bytes.as_bytes());
        terminal
    }

    fn replies(bytes: &str) -> String {
        let mut out = Vec::new();
        terminal(bytes).take_replies(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_keep_their_number_when_they_scroll_off() {
        let mut terminal = terminal("");
        for number in 0..10 {
            terminal.feed(format!("\x1b[3{}mline {number}\r\n", number % 8).as_bytes());
        }
        assert_eq!((terminal.first_line(), terminal.screen_line()), (0, 8));
        for number in 0..10 {
            assert_eq!(terminal.line(number).unwrap().text(), format!("line {number}"));
        }
        assert_eq!(terminal.line(3).unwrap().spans[0].style.fg, Color::Indexed(3));
        assert_eq!(terminal.line(11), None);
        terminal.set_history_limit(4);
        assert_eq!((terminal.first_line(), terminal.screen_line()), (4, 8));
        assert_eq!(terminal.line(3), None);
        terminal.resize(Size::new(10, 5));
        assert_eq!((terminal.screen_line(), terminal.row(Row(0)).text()), (6, "line 6".into()));
    }

    #[test]
    fn wraps_are_known_in_history() {
        let terminal = terminal("0123456789abc\r\n\r\n\r\n\r\n");
        assert!(terminal.line(0).unwrap().wrapped);
        assert!(!terminal.line(1).unwrap().wrapped);
        assert_eq!(terminal.line(1).unwrap().text(), "abc");
    }

    #[test]
    fn only_changed_rows_get_a_new_generation() {
        let mut terminal = terminal("a\r\nb");
        let before = terminal.generation();
        terminal.feed(b"c");
        assert!(terminal.row_generation(Row(1)) > before);
        assert!(terminal.row_generation(Row(0)) <= before);
    }

    #[test]
    fn questions_are_answered_in_order() {
        assert_eq!(replies("ab\x1b[6n\x1b[5n"), "\x1b[1;3R\x1b[0n");
        assert_eq!(replies("\x1b[c\x1b[>c\x1b[=c"), "\x1b[?62;22c\x1b[>41;0;0c\x1bP!|00000000\x1b\\");
        assert_eq!(replies("\x1b[?2004h\x1b[?2004$p\x1b[?7777$p"), "\x1b[?2004;1$y\x1b[?7777;0$y");
        assert!(replies("\x1b[>q").starts_with("\x1bP>|mux "));
    }

    #[test]
    fn titles_bells_and_clipboard_are_events() {
        let mut terminal = terminal("\x1b]2;hi\x07\x07\x07\x1b]52;c;aGVsbG8=\x07\x1b]9;done\x07");
        assert_eq!(terminal.title(), "hi");
        assert_eq!(
            terminal.take_events(),
            [
                TermEvent::Title("hi".into()),
                TermEvent::Bell,
                TermEvent::Clipboard { selection: "c".into(), text: b"hello".to_vec() },
                TermEvent::Notify { title: None, body: "done".into() },
            ]
        );
        assert_eq!(terminal.take_events(), []);
    }

    #[test]
    fn synchronized_updates_are_told() {
        let mut terminal = terminal("\x1b[?2026h");
        assert!(terminal.synchronized());
        terminal.feed(b"\x1b[?2026l");
        assert!(!terminal.synchronized());
    }
}
