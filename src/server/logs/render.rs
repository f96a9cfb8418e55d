//! From a terminal's output to lines of text: progress bars and redraws become what they were in the end.
//!
//! Most lines of most logs only print: they are taken as they are, and the last of them are held, as many as a screen
//! has rows. Where a line does more, a terminal (`vt100`, with its capture of rows that scroll off) is set up with what
//! is held, and followed until nothing but plain lines is left on its screen.

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroU16;

use vt100::capture::{BasicFormattedCaptureState, RowContents, basic_formatted_to_plain};

use super::plain::{self, Nature};
use crate::base::limits::{LOG_LINE, LOG_SCREEN};
use crate::base::{Size, Timestamp};

/// A line of a log as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When it was ended, where that is known.
    pub at: Option<Timestamp>,
    pub run: u32,
    pub text: String,
}

/// When bytes came, and of which run.
pub type Stamp = (Option<Timestamp>, u32);

pub struct Renderer {
    colors: bool,
    size: Size,
    /// The beginning of a line.
    pending: Vec<u8>,
    held: VecDeque<Held>,
    screen: Option<Box<Screen>>,
    /// What has come to rest.
    out: VecDeque<LogLine>,
    stamp: Stamp,
}

/// A line that a later one may still change.
struct Held {
    raw: Vec<u8>,
    stamp: Stamp,
    shown: bool,
}

impl Renderer {
    pub fn new(colors: bool) -> Self {
        Self {
            colors,
            size: LOG_SCREEN,
            pending: Vec::new(),
            held: VecDeque::new(),
            screen: None,
            out: VecDeque::new(),
            stamp: (None, 0),
        }
    }

    pub fn next(&mut self) -> Option<LogLine> {
        self.out.pop_front()
    }

    /// Something has come to rest and was not taken.
    pub fn has_some(&self) -> bool {
        !self.out.is_empty()
    }

    pub fn resize(&mut self, size: Size) {
        self.leave_screen();
        self.size = size;
    }

    /// Output that came at once.
    pub fn feed(&mut self, bytes: &[u8], stamp: Stamp) {
        self.stamp = stamp;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.pending.is_empty() && piece.ends_with(b"\n") {
                self.line(piece);
                continue;
            }
            self.pending.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.pending);
                self.line(&line);
            } else if self.pending.len() > LOG_LINE {
                // It is no line, or one that never ends: a terminal has room for no more than its screen.
                let part = std::mem::take(&mut self.pending);
                self.draw(&part, Nature::Moving);
            }
        }
    }

    /// All that is there has been read: shows what is held. It stays where later output can change it.
    pub fn show(&mut self) {
        for held in &mut self.held {
            if !std::mem::replace(&mut held.shown, true) {
                self.out.push_back(of(&held.raw, held.stamp, self.colors));
            }
        }
        if let Some(screen) = &mut self.screen {
            screen.show(&mut self.out, self.colors);
        }
    }

    /// Nothing more comes, or a new screen follows.
    pub fn end(&mut self) {
        if !self.pending.is_empty() {
            let line = std::mem::take(&mut self.pending);
            self.line(&line);
        }
        self.show();
        self.screen = None;
        self.held.clear();
    }

    fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
        let line = &line[..end];
        let nature = plain::nature(line);
        if self.screen.is_none() && nature == Nature::Calm {
            self.hold(Held { raw: line.to_vec(), stamp: self.stamp, shown: false });
        } else {
            let mut whole = line.to_vec();
            whole.extend_from_slice(b"\r\n");
            self.draw(&whole, nature);
        }
    }

    fn hold(&mut self, held: Held) {
        self.held.push_back(held);
        while self.held.len() >= usize::from(self.size.rows) {
            let Some(held) = self.held.pop_front() else { return };
            if !held.shown {
                self.out.push_back(of(&held.raw, held.stamp, self.colors));
            }
        }
    }

    fn draw(&mut self, bytes: &[u8], nature: Nature) {
        let mut screen = self.screen.take().unwrap_or_else(|| {
            let mut screen = Box::new(Screen::new(self.size));
            for held in self.held.drain(..) {
                let mut line = held.raw;
                line.extend_from_slice(b"\r\n");
                screen.draw(
                    &line,
                    &Row { stamp: held.stamp, told: held.shown, shown: None },
                    &mut self.out,
                    self.colors,
                );
            }
            screen.settle_told(self.colors);
            screen
        });
        screen.draw(bytes, &Row { stamp: self.stamp, ..Row::default() }, &mut self.out, self.colors);
        screen.calm = if nature == Nature::Calm { screen.calm + 1 } else { 0 };
        screen.lasting |= nature == Nature::Lasting;
        let over = screen.calm >= usize::from(self.size.rows) && !screen.lasting;
        self.screen = Some(screen);
        if over {
            self.leave_screen();
        }
    }

    /// What is on the screen is held as lines.
    fn leave_screen(&mut self) {
        let Some(mut screen) = self.screen.take() else { return };
        screen.finish_joined(&mut self.out);
        for OnScreen { text, stamp, first } in screen.lines(self.colors) {
            let shown = screen.rows.get(first).is_some_and(|row| row.shown.as_ref() == Some(&text));
            self.hold(Held { raw: text.into_bytes(), stamp, shown });
        }
    }
}

fn of(raw: &[u8], (at, run): Stamp, colors: bool) -> LogLine {
    LogLine { at, run, text: if colors { plain::colored(raw) } else { plain::text(raw) } }
}

/// A terminal, and what is known of its rows.
struct Screen {
    parser: vt100::Parser<Scrolled>,
    rows: VecDeque<Row>,
    /// Rows of one line that have scrolled off.
    joined: Option<(String, Row)>,
    /// Lines in a row that only print.
    calm: usize,
    lasting: bool,
}

#[derive(Clone, Default)]
struct Row {
    stamp: Stamp,
    /// It has been shown as this.
    shown: Option<String>,
    /// It has been shown as it is, before it came to this screen.
    told: bool,
}

/// Rows that have scrolled off: the text, and whether it goes on in the next.
#[derive(Default)]
struct Scrolled {
    rows: Vec<(String, bool)>,
}

impl vt100::Callbacks for Scrolled {
    fn on_scroll(&mut self, contents: RowContents<'_>, alternate_screen: bool) {
        if alternate_screen {
            return;
        }
        let (mut text, mut state) = (String::new(), BasicFormattedCaptureState::new());
        // Writing to a string does not fail.
        let _ = contents.write_formatted_basic(&mut text, &mut state);
        // A row that is not wrapped has a line's end before whatever is written next.
        let mut next = First::default();
        let _ = contents.write_formatted_basic(&mut next, &mut state);
        self.rows.push((text, !next.newline));
    }
}

/// Looks at the first thing that is written.
#[derive(Default)]
struct First {
    newline: bool,
}

impl fmt::Write for First {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.newline = text == "\n";
        Err(fmt::Error)
    }
}

impl Screen {
    fn new(size: Size) -> Self {
        let one = NonZeroU16::MIN;
        let (rows, cols) = (NonZeroU16::new(size.rows).unwrap_or(one), NonZeroU16::new(size.cols).unwrap_or(one));
        Self {
            parser: vt100::Parser::new_with_callbacks(rows, cols, 0, Scrolled::default()),
            rows: vec![Row::default(); usize::from(rows.get())].into(),
            joined: None,
            calm: 0,
            lasting: false,
        }
    }

    fn cursor_row(&self) -> usize {
        usize::from(self.parser.screen().cursor_position().0)
    }

    /// `touched`: what is then known of the rows that the cursor has come by.
    fn draw(&mut self, bytes: &[u8], touched: &Row, out: &mut VecDeque<LogLine>, colors: bool) {
        let before = self.cursor_row();
        self.parser.process(bytes);
        let scrolled = std::mem::take(&mut self.parser.callbacks_mut().rows);
        let after = self.cursor_row();
        let first = before.saturating_sub(scrolled.len()).min(after);
        for (text, wrapped) in scrolled {
            let row = self.rows.pop_front().unwrap_or_default();
            self.rows.push_back(Row::default());
            // A line that was longer than the screen has gone before its time was noted.
            let unknown = row.stamp == Stamp::default() && row.shown.is_none() && !row.told;
            let row = if unknown { touched.clone() } else { row };
            self.join(&text, row, wrapped, out, colors);
        }
        let last = before.max(after).max(first + 1);
        for row in self.rows.range_mut(first.min(self.rows.len())..last.min(self.rows.len())) {
            (row.stamp, row.told) = (touched.stamp, touched.told);
        }
    }

    /// From now on lines that were shown before are known by what they hold.
    fn settle_told(&mut self, colors: bool) {
        let lines = self.lines(colors);
        for (text, first) in lines.into_iter().map(|line| (line.text, line.first)) {
            if let Some(row) = self.rows.get_mut(first).filter(|row| row.told) {
                row.shown = Some(text);
            }
        }
        self.rows.iter_mut().for_each(|row| row.told = false);
    }

    fn join(&mut self, text: &str, row: Row, wrapped: bool, out: &mut VecDeque<LogLine>, colors: bool) {
        let text = shown(text, colors);
        let joined = self.joined.get_or_insert_with(|| (String::new(), row.clone()));
        joined.0 += &text;
        joined.1.stamp = row.stamp;
        if !wrapped || joined.0.len() > LOG_LINE {
            self.finish_joined(out);
        }
    }

    fn finish_joined(&mut self, out: &mut VecDeque<LogLine>) {
        let Some((text, row)) = self.joined.take() else { return };
        let text = text.trim_end().to_owned();
        if !row.told && row.shown.as_ref() != Some(&text) {
            out.push_back(LogLine { at: row.stamp.0, run: row.stamp.1, text });
        }
    }

    /// The lines on the screen down to the cursor's, or the last that has text.
    fn lines(&self, colors: bool) -> Vec<OnScreen> {
        let screen = self.parser.screen();
        let contents = screen.contents_formatted_basic();
        let mut texts = contents.split('\n');
        let mut lines: Vec<OnScreen> = Vec::new();
        let mut first = 0;
        for (number, row) in self.rows.iter().enumerate() {
            if screen.row_wrapped(u16::try_from(number).unwrap_or(u16::MAX)) {
                continue;
            }
            let text = shown(texts.next().unwrap_or_default(), colors).trim_end().to_owned();
            lines.push(OnScreen { text, stamp: row.stamp, first });
            first = number + 1;
        }
        let cursor = self.cursor_row();
        while lines.last().is_some_and(|line| line.first >= cursor && line.text.is_empty()) {
            lines.pop();
        }
        lines
    }

    fn show(&mut self, out: &mut VecDeque<LogLine>, colors: bool) {
        self.finish_joined(out);
        for OnScreen { text, stamp: (at, run), first } in self.lines(colors) {
            let Some(row) = self.rows.get_mut(first) else { return };
            if row.shown.as_ref() != Some(&text) {
                out.push_back(LogLine { at, run, text: text.clone() });
                row.shown = Some(text);
            }
        }
    }
}

/// A line on the screen, which may take several rows.
struct OnScreen {
    text: String,
    stamp: Stamp,
    /// Its first row.
    first: usize,
}

/// A row's text, with its colours where they are wanted.
fn shown(text: &str, colors: bool) -> String {
    match colors {
        true if text.contains('\x1b') => format!("{text}\x1b[m"),
        true => text.to_owned(),
        false => basic_formatted_to_plain(text).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(parts: &[&[u8]], colors: bool) -> Vec<String> {
        let mut renderer = Renderer::new(colors);
        for part in parts {
            renderer.feed(part, (None, 0));
        }
        renderer.end();
        std::iter::from_fn(|| renderer.next()).map(|line| line.text).collect()
    }

    fn plain(text: &str) -> Vec<String> {
        lines(&[text.as_bytes()], false)
    }

    #[test]
    fn progress_becomes_its_last_state() {
        assert_eq!(plain("start\r\n 10%\r 50%\r100%\r\nend\r\n"), ["start", "100%", "end"]);
        assert_eq!(plain("fetching\x08\x08\x08ed\x1b[K\r\n"), ["fetched"]);
        let docker = "one: wait\r\ntwo: wait\r\n\x1b[2A\x1b[2Kone: done\r\n\x1b[2Ktwo: done\r\nend\r\n";
        assert_eq!(plain(docker), ["one: done", "two: done", "end"]);
        assert_eq!(plain("no end"), ["no end"]);
        assert_eq!(plain("a\r\n\r\nb\r\n"), ["a", "", "b"]);
    }

    #[test]
    fn colours_are_dropped_or_kept() {
        assert_eq!(plain("\x1b[31mred\x1b[m x\r\n"), ["red x"]);
        assert_eq!(lines(&[b"\x1b[31mred\x1b[m x\r\n"], true), ["\x1b[31mred\x1b[m x\x1b[m"]);
        assert_eq!(lines(&[b"1%\r\x1b[31m2%\x1b[m\r\n"], true), ["\x1b[31m2%\x1b[m"]);
    }

    #[test]
    fn lines_longer_than_the_screen_stay_one_line() {
        let long = "x".repeat(300);
        assert_eq!(plain(&format!("1%\r2%\r\n{long}\r\nend\r\n")), ["2%", &long, "end"]);
        let much = format!("{}\r\n", "y".repeat(3 * LOG_LINE));
        assert_eq!(plain(&much).concat().len(), 3 * LOG_LINE, "broken, not lost");
    }

    #[test]
    fn what_was_shown_is_not_shown_again_unless_it_changes() {
        let mut renderer = Renderer::new(false);
        let mut step = |bytes: &[u8]| {
            renderer.feed(bytes, (None, 0));
            renderer.show();
            std::iter::from_fn(|| renderer.next()).map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(step(b"one\ttab\r\ntwo\r\n"), ["one\ttab", "two"]);
        assert_eq!(step(b"1%\r2"), [] as [&str; 0]);
        assert_eq!(step(b"%\r\n"), ["2%"]);
        assert_eq!(step(b"\x1b[2Achanged\r\n\r\n"), ["changed"]);
        let many: String = (0..60).map(|line| format!("{line}\r\n")).collect();
        assert_eq!(step(many.as_bytes()).len(), 60);
        assert_eq!(step(b"end\r\n"), ["end"]);
    }

    proptest::proptest! {
        /// Whatever is taken as it is or drawn, and wherever it is cut, it reads as one terminal would show it.
        #[test]
        fn it_reads_as_a_terminal_of_any_length_would_show_it(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "word ", "\r\n", "\r\n", "\r\n", "\r", "\x1b[32m", "\x1b[m", "\x1b[A", "\x1b[K", "\x1b[2K", "end\r\n",
                "\x1b[3B", "\x1b[5G", "\x08", "many\r\nplain\r\nlines\r\nfollow\r\n\r\none\r\nanother\r\n",
            ]), 0..120),
            cut in 0..400usize,
        ) {
            let text = parts.concat();
            let cut = cut.min(text.len());
            let mut screen = Screen::new(LOG_SCREEN);
            let mut out = VecDeque::new();
            screen.draw(text.as_bytes(), &Row::default(), &mut out, false);
            screen.show(&mut out, false);
            let mut expected: Vec<String> = out.into_iter().map(|line| line.text).collect();
            let mut found = lines(&[&text.as_bytes()[..cut], &text.as_bytes()[cut..]], false);
            for list in [&mut expected, &mut found] {
                list.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
                while list.last().is_some_and(String::is_empty) {
                    list.pop();
                }
            }
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
