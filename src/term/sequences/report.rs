//! Answers to the program's questions. No answer holds text that came from the program: what a file that is
//! printed could make the terminal type must not be a command.

use super::Interpreter;
use crate::term::modes::CELL_PIXELS;
use crate::term::parser::Csi;

/// The xterm whose features are those of this engine, as DA2 tells it; programs compare it.
const XTERM_VERSION: u16 = 388;

impl Interpreter {
    /// DA1: a VT420 (64) with selective erase (6), horizontal scrolling (21), colour (22), rectangles (28) and,
    /// as terminals have agreed on, writing to the clipboard (52).
    pub(super) fn primary_attributes(&mut self) {
        self.outbox.reply(format_args!("\x1b[?64;6;21;22;28;52c"));
    }

    /// DA2: 41 is a VT420.
    pub(super) fn secondary_attributes(&mut self) {
        self.outbox.reply(format_args!("\x1b[>41;{XTERM_VERSION};0c"));
    }

    /// DA3: a unit id of zeros, as xterm's.
    pub(super) fn tertiary_attributes(&mut self) {
        self.outbox.reply(format_args!("\x1bP!|00000000\x1b\\"));
    }

    pub(super) fn report_version(&mut self) {
        self.outbox.reply(format_args!("\x1bP>|mux {}\x1b\\", env!("CARGO_PKG_VERSION")));
    }

    /// DECREPTPARM: no parity, 8 bits, 38400 baud both ways.
    pub(super) fn report_parameters(&mut self, which: u16) {
        if which <= 1 {
            self.outbox.reply(format_args!("\x1b[{};1;1;128;128;1;0x", which + 2));
        }
    }

    pub(super) fn device_status(&mut self, which: u16) {
        match which {
            5 => self.outbox.reply(format_args!("\x1b[0n")),
            6 => {
                let (row, col) = self.screen.reported_place();
                self.outbox.reply(format_args!("\x1b[{};{}R", row + 1, col + 1));
            }
            _ => {}
        }
    }

    pub(super) fn private_device_status(&mut self, csi: &Csi) {
        let answer = match csi.raw(0) {
            // DECXCPR, on page 1
            6 => {
                let (row, col) = self.screen.reported_place();
                return self.outbox.reply(format_args!("\x1b[?{};{};1R", row + 1, col + 1));
            }
            // Printer: none. User-defined keys: locked. Keyboard: North American. Locator: none.
            15 => "\x1b[?13n",
            25 => "\x1b[?21n",
            26 => "\x1b[?27;1;0;0n",
            53 | 55 => "\x1b[?50n",
            56 => "\x1b[?57;0n",
            // Space for macros: none. Checksum of macros, for the request of this number. Data integrity. Sessions: one.
            62 => "\x1b[0*{",
            63 => return self.outbox.reply(format_args!("\x1bP{}!~0000\x1b\\", csi.raw(1))),
            75 => "\x1b[?70n",
            85 => "\x1b[?83n",
            // Colour scheme
            996 => return self.reply_scheme(),
            _ => return,
        };
        self.outbox.reply(format_args!("{answer}"));
    }

    pub(super) fn report_checksum(&mut self, csi: &Csi) {
        let checksum = self
            .screen
            .area(csi.raw(2), csi.raw(3), csi.raw(4), csi.raw(5))
            .map_or(0, |area| self.screen.checksum(area));
        self.outbox.reply(format_args!("\x1bP{}!~{checksum:04X}\x1b\\", csi.raw(0)));
    }

    /// DECRPDE: the whole of page 1 is shown.
    pub(super) fn report_displayed_extent(&mut self) {
        let (rows, cols) = (self.screen.rows(), self.screen.cols());
        self.outbox.reply(format_args!("\x1b[{rows};{cols};1;1;1\"w"));
    }

    /// DECAUPSS: Latin-1.
    pub(super) fn report_preferred_set(&mut self) {
        self.outbox.reply(format_args!("\x1bP1!uA\x1b\\"));
    }

    /// No graphics are shown: every item fails.
    pub(super) fn report_graphics(&mut self, item: u16) {
        self.outbox.reply(format_args!("\x1b[?{item};3S"));
    }

    /// Mode 2048
    pub(super) fn reply_size(&mut self) {
        let (rows, cols) = (self.screen.rows(), self.screen.cols());
        let (width, height) = (usize::from(CELL_PIXELS.0), usize::from(CELL_PIXELS.1));
        self.outbox.reply(format_args!("\x1b[48;{rows};{cols};{};{}t", rows * height, cols * width));
    }

    /// XTWINOPS: the reports, and the stack of titles. A pane cannot move or resize its window.
    pub(super) fn window_operation(&mut self, csi: &Csi) {
        let (rows, cols) = (self.screen.rows(), self.screen.cols());
        let (width, height) = (usize::from(CELL_PIXELS.0), usize::from(CELL_PIXELS.1));
        let (x, y) = (cols * width, rows * height);
        match csi.raw(0) {
            11 => self.outbox.reply(format_args!("\x1b[1t")),
            13 => self.outbox.reply(format_args!("\x1b[3;0;0t")),
            14 => self.outbox.reply(format_args!("\x1b[4;{y};{x}t")),
            15 => self.outbox.reply(format_args!("\x1b[5;{y};{x}t")),
            16 => self.outbox.reply(format_args!("\x1b[6;{height};{width}t")),
            18 => self.outbox.reply(format_args!("\x1b[8;{rows};{cols}t")),
            19 => self.outbox.reply(format_args!("\x1b[9;{rows};{cols}t")),
            // The titles themselves are not told.
            20 => self.outbox.reply(format_args!("\x1b]L\x1b\\")),
            21 => self.outbox.reply(format_args!("\x1b]l\x1b\\")),
            22 => self.push_title(),
            23 => self.pop_title(csi.raw(1)),
            _ => {}
        }
    }
}
