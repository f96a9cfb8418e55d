//! The rectangle operations of the VT420.

use super::{Interpreter, sgr};
use crate::base::{Attrs, Style, Underline};
use crate::term::parser::Csi;
use crate::term::screen::Area;

impl Interpreter {
    fn area(&self, csi: &Csi, from: usize) -> Option<Area> {
        self.screen.area(csi.raw(from), csi.raw(from + 1), csi.raw(from + 2), csi.raw(from + 3))
    }

    pub(super) fn copy_area(&mut self, csi: &Csi) {
        let to = self.screen.area(csi.raw(5), csi.raw(6), 0, 0);
        if let (Some(area), Some(to)) = (self.area(csi, 0), to) {
            self.screen.copy_area(area, to);
        }
    }

    pub(super) fn fill_area(&mut self, csi: &Csi) {
        let c = char::from_u32(csi.raw(0).into()).filter(|c| !c.is_control());
        if let (Some(c), Some(area)) = (c, self.area(csi, 1)) {
            self.screen.fill_area(area, c);
        }
    }

    pub(super) fn erase_area(&mut self, csi: &Csi) {
        if let Some(area) = self.area(csi, 0) {
            self.screen.erase_area(area);
        }
    }

    pub(super) fn empty_area(&mut self, csi: &Csi) {
        if let Some(area) = self.area(csi, 0) {
            self.screen.empty_area(area);
        }
    }

    /// DECCARA: bold, underline, blink, reverse, and as xterm has it conceal; set by SGR's numbers, reset by 2x.
    pub(super) fn change_area(&mut self, csi: &Csi) {
        self.restyle_area(csi, |mut style, what| {
            match what {
                0 => {
                    style.attrs -= Attrs::BOLD | Attrs::BLINK | Attrs::REVERSE;
                    style.underline = Underline::None;
                }
                4 => style.underline = Underline::Single,
                24 => style.underline = Underline::None,
                22 => style.attrs -= Attrs::BOLD,
                set @ ..20 => style.attrs |= attribute(set),
                reset => style.attrs -= attribute(reset - 20),
            }
            style
        });
    }

    /// DECRARA: each of them turned over; 0 those that the VT420 has.
    pub(super) fn reverse_area(&mut self, csi: &Csi) {
        self.restyle_area(csi, |mut style, what| {
            if matches!(what, 0 | 4) {
                let plain = style.underline == Underline::None;
                style.underline = if plain { Underline::Single } else { Underline::None };
            }
            style.attrs ^= match what {
                0 => Attrs::BOLD | Attrs::BLINK | Attrs::REVERSE,
                _ => attribute(what),
            };
            style
        });
    }

    fn restyle_area(&mut self, csi: &Csi, change: impl Fn(Style, u16) -> Style) {
        let (top, left, bottom, right) = (csi.raw(0), csi.raw(1), csi.raw(2), csi.raw(3));
        let area = match self.setup.rectangles {
            true => self.screen.area(top, left, bottom, right),
            false => self.screen.stream(top, left, bottom, right),
        };
        let Some(area) = area else { return };
        let apply = |style| (4..csi.len().max(5)).fold(style, |style, index| change(style, csi.raw(index)));
        self.screen.restyle_area(area, self.setup.rectangles, apply);
    }

    /// XTREPORTSGR
    pub(super) fn report_common_look(&mut self, csi: &Csi) {
        if let Some(area) = self.area(csi, 0) {
            let style = self.screen.common_style(area);
            self.outbox.reply(format_args!("\x1b[{}m", sgr::parameters(&style)));
        }
    }
}

/// What DECCARA and DECRARA know beside underline, by SGR's numbers.
fn attribute(number: u16) -> Attrs {
    match number {
        1 => Attrs::BOLD,
        5 => Attrs::BLINK,
        7 => Attrs::REVERSE,
        8 => Attrs::CONCEAL,
        _ => Attrs::empty(),
    }
}
