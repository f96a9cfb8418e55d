//! Finding lines that need not be drawn: so many follow in the same piece of input that they leave the screen again.
//!
//! Looked at are shapes alone: text, tabs, SGR, EL to the right, and CR LF at the end. What is found is for a screen that
//! scrolls as a whole, which its owner knows.

use super::{Csi, ESC, Handler};
use crate::term::scan;

/// What is known of a piece of input. Places are told by the bytes from there to its end.
pub(super) struct Outlook {
    /// Lines up to here leave the screen.
    leave_to: usize,
    /// Up to here has been looked.
    looked_to: usize,
}

impl Outlook {
    /// For input of so many bytes.
    pub fn new(length: usize) -> Self {
        Self { leave_to: length, looked_to: length }
    }

    /// Whether there may be such lines where so many bytes are left.
    #[inline]
    pub fn is_bright(&self, left: usize) -> bool {
        left > self.leave_to || left <= self.looked_to
    }

    /// The lines at the start of what is left that leave a screen of so many rows and columns, whole lines.
    pub fn leaving<'a, H: Handler>(&mut self, rest: &'a [u8], screen: (usize, usize), handler: &H) -> &'a [u8] {
        if rest.len() <= self.looked_to {
            let (leave, looked) = look(rest, screen, handler);
            self.leave_to = rest.len() - leave;
            self.looked_to = rest.len() - looked;
        }
        &rest[..rest.len().saturating_sub(self.leave_to)]
    }
}

/// How many bytes of lines leave a screen of so many rows and columns, of which the first is blank and has the cursor; and how many
/// were looked at.
fn look<H: Handler>(bytes: &[u8], (rows, cols): (usize, usize), handler: &H) -> (usize, usize) {
    let mut shape = Shape { handler, cols, csi: Csi::default(), background: false };
    let (mut end, mut count, mut leave) = (0, 0, 0);
    while let Some(length) = shape.line(&bytes[end..]) {
        end += length;
        count += 1;
        if count >= rows {
            leave += memchr::memchr(b'\n', &bytes[leave..end]).map_or(0, |at| at + 1);
        }
    }
    // The rows that are on the screen have to be taken off it first, which pays with some lines only.
    (if count >= rows + rows / 4 { leave } else { 0 }, end)
}

struct Shape<'a, H> {
    handler: &'a H,
    cols: usize,
    csi: Csi,
    /// The pen has a background.
    background: bool,
}

impl<H: Handler> Shape<'_, H> {
    /// The bytes of a line with its end. None where there is something else, or a row that scrolls in gets a background:
    /// with one at the end, or where it may be broken.
    fn line(&mut self, bytes: &[u8]) -> Option<usize> {
        let (mut at, mut sequences, mut tabs, mut background) = (0, 0, false, false);
        loop {
            at += scan::text_end(bytes.get(at..)?);
            match bytes.get(at..)? {
                [b'\r', b'\n', ..] => {
                    // No character takes more cells than bytes.
                    let may_break = tabs || at - sequences > self.cols;
                    let comes_in = self.background || background && may_break;
                    return (!comes_in).then_some(at + 2);
                }
                [b'\t', ..] => {
                    tabs = true;
                    at += 1;
                }
                [b'\r', ..] => at += 1,
                // The others are C1 controls.
                [0xc2, second, ..] if *second >= 0xa0 => at += 2,
                [ESC, b'[', sequence @ ..] => {
                    let length = 2 + self.sequence(sequence)?;
                    background |= self.background;
                    sequences += length;
                    at += length;
                }
                _ => return None,
            }
        }
    }

    /// SGR or EL without their CSI.
    fn sequence(&mut self, bytes: &[u8]) -> Option<usize> {
        let length = self.csi.read(bytes);
        match bytes.get(length)? {
            b'm' => self.background = self.handler.has_background(self.background, &self.csi),
            b'K' if self.csi.len() == 1 && self.csi.raw(0) == 0 => {}
            _ => return None,
        }
        Some(length + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::base::Size;
    use crate::term::sequences::Interpreter;
    use crate::term::vault::HeapVault;

    fn handler() -> Interpreter {
        Interpreter::new(Size::new(80, 24), 100, Box::new(HeapVault::default()))
    }

    fn leaving(bytes: &[u8], rows: usize) -> usize {
        Outlook::new(bytes.len()).leaving(bytes, (rows, 80), &handler()).len()
    }

    #[test]
    fn the_last_rows_stay() {
        let bytes = b"one\r\ntwo\r\nthree\r\nfour\r\nfi";
        assert_eq!(leaving(bytes, 1), b"one\r\ntwo\r\nthree\r\nfour\r\n".len());
        assert_eq!(leaving(bytes, 3), b"one\r\ntwo\r\n".len());
        assert_eq!(leaving(bytes, 4), 0, "taking four rows off the screen for one line does not pay");
    }

    #[test]
    fn only_text_and_looks_are_lines() {
        for line in
            ["", "a\tb", "é ж 漢 👍🏽", "\u{a0}\u{bf}", "\x1b[1;38;5;200mx\x1b[m", "x\x1b[K", "x\x1b[0K", "x\r\r", "x\r"]
        {
            let bytes = format!("{line}\r\n").repeat(4);
            assert_eq!(leaving(bytes.as_bytes(), 2), bytes.len() * 3 / 4, "{line:?}");
        }
        for line in
            ["\x07", "\x7f", "\u{85}", "\u{9b}1m", "\x1b[1K", "\x1b[2J", "\x1b[?1m", "\x1bc", "\x1b[>1m", "a\n", "\x0e"]
        {
            let bytes = format!("{line}\r\n").repeat(4);
            assert_eq!(leaving(bytes.as_bytes(), 2), 0, "{line:?}");
        }
    }

    #[test]
    fn a_background_at_the_end_of_a_line_ends_them() {
        for (looks, ends) in [
            ("41", true),
            ("1;107", true),
            ("48;5;0", true),
            ("48:5:1", true),
            ("48;2;1;2;0", true),
            ("41;0", false),
            ("41;49", false),
            ("41;", false),
            ("41;4:0", true),
            ("38;5;0;41", true),
            ("38;5;1", false),
            ("38;5;41", false),
            ("38;2;1;41;100", false),
            ("7;39;99", false),
        ] {
            let bytes = format!("\x1b[{looks}mx\r\n").repeat(4);
            assert_eq!(leaving(bytes.as_bytes(), 2) == 0, ends, "{looks}");
        }
        let broken = format!("\x1b[41m{}\x1b[m\r\n", "x".repeat(81)).repeat(4);
        assert_eq!(leaving(broken.as_bytes(), 2), 0);
        let within = b"\x1b[41mx\x1b[0m\r\n".repeat(4);
        assert_eq!(leaving(&within, 2), within.len() * 3 / 4);
    }

    #[test]
    fn what_was_looked_at_is_not_looked_at_again() {
        let bytes = b"a\r\n".repeat(8);
        let mut outlook = Outlook::new(bytes.len());
        assert_eq!(outlook.leaving(&bytes, (3, 80), &handler()).len(), 18);
        assert_eq!(outlook.leaving(&bytes[3..], (3, 80), &handler()).len(), 15);
        assert_eq!(outlook.leaving(&bytes[18..], (3, 80), &handler()).len(), 0);
        assert_eq!(outlook.leaving(&bytes[21..], (1, 80), &handler()).len(), 0, "it is known to the end");
    }
}
