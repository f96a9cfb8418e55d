//! What each control and sequence means. One file for each kind; in it one line for each sequence, by its name.
//!
//! | kind | where |
//! |---|---|
//! | C0 controls | here |
//! | ESC … | [`escape`] |
//! | CSI … | [`csi`], with [`sgr`] for `m`, [`mode`] for `h` and `l`, [`area`] for rectangles, [`report`] and [`presentation`] for answers |
//! | OSC … | [`osc`], with [`colors`] for 4, 10 to 12 |
//! | DCS … | [`dcs`] |

mod area;
mod colors;
mod csi;
mod dcs;
mod escape;
mod keyboard;
mod mode;
mod osc;
mod presentation;
mod report;
mod sgr;
mod snapshot;

pub use colors::{HostColors, Palette};

use super::event::TermEvent;
use super::modes::{Cursor, CursorShape, Modes};
use super::outbox::Outbox;
use super::parser::{Csi, Handler};
use super::screen::Screen;
use super::vault::{HeapVault, Vault};
use crate::base::{Point, Size, Style};
use keyboard::KeyboardStack;

/// What has been set up beside the modes that text and input need; all of it goes with RIS.
#[derive(Debug, Default)]
struct Setup {
    /// Mode 40: DECCOLM is heeded.
    columns_allowed: bool,
    /// DECCOLM: 132 columns are asked for.
    columns_wide: bool,
    /// DECNCSM: DECCOLM does not clear the screen.
    columns_keep_text: bool,
    /// DECNRCM: national replacement sets can be designated.
    national: bool,
    /// DECSACE: DECCARA and DECRARA take a rectangle, not a stream.
    rectangles: bool,
    /// DECSCL: levels below the VT420's.
    levels_down: u8,
    /// XTPUSHSGR: looks, and what of them XTPOPSGR brings back.
    looks: Vec<(Style, sgr::Parts)>,
}

/// Everything about a terminal but the state of its parser.
#[derive(Debug)]
pub(super) struct Interpreter {
    pub screen: Screen,
    pub outbox: Outbox,
    pub modes: Modes,
    pub title: String,
    pub synchronized: bool,
    pub palette: Palette,
    icon_name: String,
    titles: Vec<(String, String)>,
    cursor_hidden: bool,
    cursor_shape: CursorShape,
    cursor_blink: bool,
    setup: Setup,
    /// Mode 2031: tell when the user changes between a dark and a light scheme.
    report_scheme: bool,
    /// Mode 2048: tell a new size in the stream.
    report_size: bool,
    /// Bits of the mode table that XTSAVE has saved.
    saved_modes: u64,
    /// For the primary and the alternate screen.
    keyboards: [KeyboardStack; 2],
    /// What changes are marked with.
    stamp: u64,
    /// Something has changed that neither rows nor modes show: title, colours.
    pub changed: bool,
}

impl Interpreter {
    pub fn new(size: Size, history_limit: usize, vault: Box<dyn Vault>) -> Self {
        Self {
            screen: Screen::new(size, history_limit, vault),
            outbox: Outbox::default(),
            modes: Modes { alternate_scroll: true, ..Modes::default() },
            title: String::new(),
            synchronized: false,
            palette: Palette::default(),
            icon_name: String::new(),
            titles: Vec::new(),
            cursor_hidden: false,
            cursor_shape: CursorShape::Default,
            cursor_blink: false,
            setup: Setup::default(),
            report_scheme: false,
            report_size: false,
            saved_modes: 0,
            keyboards: Default::default(),
            stamp: 0,
            changed: false,
        }
    }

    /// Changes from now on are marked with this.
    pub fn set_stamp(&mut self, stamp: u64) {
        self.stamp = stamp;
        self.screen.grid_mut().set_stamp(stamp);
    }

    pub fn cursor(&self) -> Cursor {
        let place = self.screen.place();
        Cursor {
            at: Point::new(place.row as u16, place.col as u16),
            visible: !self.cursor_hidden,
            shape: self.cursor_shape,
            blink: self.cursor_blink,
        }
    }

    pub fn resize(&mut self, size: Size) {
        self.screen.resize(size);
        if self.report_size {
            self.reply_size();
        }
    }

    /// RIS: all but the history, what waits in the outbox, and the colours of the host.
    pub fn reset(&mut self) {
        self.screen.reset(self.stamp);
        let fresh = Self::new(Size::new(1, 1), 0, Box::new(HeapVault::default()));
        self.modes = fresh.modes;
        self.title = fresh.title;
        self.icon_name = fresh.icon_name;
        self.titles = fresh.titles;
        self.synchronized = false;
        self.palette.reset();
        self.cursor_hidden = false;
        self.cursor_shape = CursorShape::Default;
        self.cursor_blink = false;
        self.setup = fresh.setup;
        (self.report_scheme, self.report_size) = (false, false);
        self.saved_modes = 0;
        self.keyboards = fresh.keyboards;
        self.outbox.eight_bit = false;
    }

    /// DECSTR
    fn soft_reset(&mut self) {
        self.screen.soft_reset();
        self.cursor_hidden = false;
        self.modes.application_cursor = false;
        self.modes.application_keypad = false;
    }

    fn line_feed(&mut self) {
        self.screen.index();
        if self.screen.flow.newline {
            self.screen.carriage_return();
        }
    }
}

impl Handler for Interpreter {
    #[inline]
    fn print_ascii(&mut self, text: &[u8]) {
        self.screen.print_ascii(text);
    }

    #[inline]
    fn print_utf8(&mut self, bytes: &[u8]) -> usize {
        self.screen.print_utf8(bytes)
    }

    fn print_char(&mut self, c: char) {
        self.screen.print_one(c);
    }

    #[inline]
    fn control(&mut self, control: u8) {
        self.screen.take_last_char();
        match control {
            0x07 => self.outbox.event(TermEvent::Bell),
            0x08 => self.screen.backward(1),
            0x09 => self.screen.tab(1),
            // LF, VT and FF
            0x0a..=0x0c => self.line_feed(),
            0x0d => self.screen.carriage_return(),
            // SO and SI are LS1 and LS0
            0x0e => self.screen.charsets.lock(1),
            0x0f => self.screen.charsets.lock(0),
            // ENQ has an empty answerback; the others do nothing.
            _ => {}
        }
    }

    #[inline]
    fn screen_to_leave(&self) -> Option<(usize, usize)> {
        self.screen.screen_to_leave()
    }

    fn has_background(&self, before: bool, sgr: &Csi) -> bool {
        sgr::has_background(before, sgr)
    }

    fn skim(&mut self, lines: &[u8]) -> usize {
        self.screen.skim(lines, sgr::apply)
    }

    fn escape(&mut self, intermediate: u8, last: u8) {
        self.screen.take_last_char();
        self.escape_sequence(intermediate, last);
    }

    #[inline]
    fn csi(&mut self, csi: &Csi) {
        self.control_sequence(csi);
    }

    fn osc(&mut self, text: &[u8], bell: bool) {
        self.operating_system_command(text, bell);
    }

    fn dcs(&mut self, head: &Csi, data: &[u8]) {
        self.device_control_string(head, data);
    }
}
