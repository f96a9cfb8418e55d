//! Modes: SM, RM, DECSET, DECRST, XTSAVE, XTRESTORE, DECRQM over one table.

use super::Interpreter;
use crate::term::modes::{MouseEncoding, MouseMode};
use crate::term::screen::Extent;

/// A mode that can be set, reset and asked for.
struct Mode {
    number: u16,
    get: fn(&Interpreter) -> bool,
    set: fn(&mut Interpreter, bool),
}

/// ECMA-48's modes.
const ANSI: &[Mode] = &[
    // IRM
    Mode { number: 4, get: |term| term.screen.flow.insert, set: |term, on| term.screen.flow.insert = on },
    // LNM
    Mode { number: 20, get: |term| term.screen.flow.newline, set: Interpreter::set_newline },
];

/// DEC's and xterm's private modes. At most 64: XTSAVE keeps a bit for each.
const PRIVATE: &[Mode] = &[
    // DECCKM
    Mode { number: 1, get: |term| term.modes.application_cursor, set: |term, on| term.modes.application_cursor = on },
    // DECCOLM
    Mode { number: 3, get: |term| term.setup.columns_wide, set: Interpreter::set_columns },
    // DECSCNM
    Mode { number: 5, get: |term| term.modes.reverse_screen, set: |term, on| term.modes.reverse_screen = on },
    // DECOM
    Mode { number: 6, get: |term| term.screen.flow.origin, set: |term, on| term.screen.set_origin(on) },
    // DECAWM
    Mode { number: 7, get: |term| term.screen.flow.autowrap, set: |term, on| term.screen.flow.autowrap = on },
    // Mouse: presses
    Mode { number: 9, get: |term| term.has_mouse(MouseMode::X10), set: |term, on| term.set_mouse(MouseMode::X10, on) },
    // Blinking cursor
    Mode { number: 12, get: |term| term.cursor_blink, set: |term, on| term.cursor_blink = on },
    // DECTCEM
    Mode { number: 25, get: |term| !term.cursor_hidden, set: |term, on| term.cursor_hidden = !on },
    // DECCOLM is heeded
    Mode { number: 40, get: |term| term.setup.columns_allowed, set: |term, on| term.setup.columns_allowed = on },
    // DECNRCM
    Mode { number: 42, get: |term| term.setup.national, set: |term, on| term.setup.national = on },
    // Reverse wraparound
    Mode { number: 45, get: |term| term.screen.flow.reverse_wrap, set: |term, on| term.screen.flow.reverse_wrap = on },
    // Alternate screen, as it was left
    Mode { number: 47, get: |term| term.screen.is_alternate(), set: |term, on| term.set_alternate(on, false) },
    // DECNKM
    Mode { number: 66, get: |term| term.modes.application_keypad, set: |term, on| term.modes.application_keypad = on },
    // DECBKM
    Mode { number: 67, get: |term| term.modes.backspace_sends_bs, set: |term, on| term.modes.backspace_sends_bs = on },
    // DECLRMM
    Mode { number: 69, get: |term| term.screen.flow.side_margins, set: |term, on| term.screen.set_side_margins(on) },
    // DECNCSM
    Mode { number: 95, get: |term| term.setup.columns_keep_text, set: |term, on| term.setup.columns_keep_text = on },
    // Mouse: presses and releases, drags, all motion
    Mode {
        number: 1000,
        get: |term| term.has_mouse(MouseMode::Press),
        set: |term, on| term.set_mouse(MouseMode::Press, on),
    },
    Mode {
        number: 1002,
        get: |term| term.has_mouse(MouseMode::Drag),
        set: |term, on| term.set_mouse(MouseMode::Drag, on),
    },
    Mode {
        number: 1003,
        get: |term| term.has_mouse(MouseMode::Motion),
        set: |term, on| term.set_mouse(MouseMode::Motion, on),
    },
    // Focus
    Mode { number: 1004, get: |term| term.modes.focus_events, set: |term, on| term.modes.focus_events = on },
    // Mouse encodings
    Mode {
        number: 1005,
        get: |term| term.has_encoding(MouseEncoding::Utf8),
        set: |term, on| term.set_encoding(MouseEncoding::Utf8, on),
    },
    Mode {
        number: 1006,
        get: |term| term.has_encoding(MouseEncoding::Sgr),
        set: |term, on| term.set_encoding(MouseEncoding::Sgr, on),
    },
    // Alternate scroll
    Mode { number: 1007, get: |term| term.modes.alternate_scroll, set: |term, on| term.modes.alternate_scroll = on },
    Mode {
        number: 1015,
        get: |term| term.has_encoding(MouseEncoding::Urxvt),
        set: |term, on| term.set_encoding(MouseEncoding::Urxvt, on),
    },
    Mode {
        number: 1016,
        get: |term| term.has_encoding(MouseEncoding::SgrPixels),
        set: |term, on| term.set_encoding(MouseEncoding::SgrPixels, on),
    },
    // Extended reverse wraparound
    Mode {
        number: 1045,
        get: |term| term.screen.flow.reverse_wrap_far,
        set: |term, on| term.screen.flow.reverse_wrap_far = on,
    },
    // Alternate screen, cleared when it is left
    Mode { number: 1047, get: |term| term.screen.is_alternate(), set: Interpreter::set_alternate_cleared },
    // Cursor save
    Mode { number: 1048, get: |_| false, set: Interpreter::save_or_restore },
    // Alternate screen, cleared, with the cursor saved
    Mode { number: 1049, get: |term| term.screen.is_alternate(), set: Interpreter::set_alternate_and_cursor },
    // Bracketed paste
    Mode { number: 2004, get: |term| term.modes.bracketed_paste, set: |term, on| term.modes.bracketed_paste = on },
    // Synchronized output
    Mode { number: 2026, get: |term| term.synchronized, set: |term, on| term.synchronized = on },
    // Grapheme clusters
    Mode { number: 2027, get: |term| term.screen.flow.clusters, set: |term, on| term.screen.flow.clusters = on },
    // Colour scheme reports
    Mode { number: 2031, get: |term| term.report_scheme, set: |term, on| term.report_scheme = on },
    // In-band resize reports
    Mode { number: 2048, get: |term| term.report_size, set: Interpreter::set_report_size },
];

/// Modes that are one way for ever (DEC STD 070): those of ECMA-48 about transmission and editing, keyboard action;
/// echo is the program's own (SRM).
const ANSI_FIXED: &[(u16, bool)] = &[
    (1, false),
    (2, false),
    (5, false),
    (7, false),
    (10, false),
    (11, false),
    (12, true),
    (13, false),
    (14, false),
    (15, false),
    (16, false),
    (17, false),
    (18, false),
    (19, false),
];

/// ANSI rather than VT52 (DECANM); no smooth scrolling (DECSCLM); keys repeat (DECARM); one page (DECHCCM, DECVCCM,
/// DECPCCM); no business keyboard (DECKBUM); XOFF is the kernel's (DECXRLM).
const PRIVATE_FIXED: &[(u16, bool)] =
    &[(2, true), (4, false), (8, true), (60, false), (61, false), (64, false), (68, false), (73, false)];

fn private(number: u16) -> Option<(usize, &'static Mode)> {
    PRIVATE.iter().enumerate().find(|(_, mode)| mode.number == number)
}

impl Interpreter {
    pub(super) fn set_ansi_mode(&mut self, number: u16, on: bool) {
        if let Some(mode) = ANSI.iter().find(|mode| mode.number == number) {
            (mode.set)(self, on);
        }
    }

    pub(super) fn set_private_mode(&mut self, number: u16, on: bool) {
        if let Some((_, mode)) = private(number) {
            (mode.set)(self, on);
        }
    }

    pub(super) fn save_mode(&mut self, number: u16) {
        if let Some((bit, mode)) = private(number) {
            self.saved_modes = self.saved_modes & !(1 << bit) | u64::from((mode.get)(self)) << bit;
        }
    }

    pub(super) fn restore_mode(&mut self, number: u16) {
        if let Some((bit, mode)) = private(number) {
            (mode.set)(self, self.saved_modes >> bit & 1 == 1);
        }
    }

    /// The modes that XTRESTORE would switch on.
    pub(super) fn saved_mode_numbers(&self) -> impl Iterator<Item = u16> {
        PRIVATE.iter().enumerate().filter(|(bit, _)| self.saved_modes >> bit & 1 == 1).map(|(_, mode)| mode.number)
    }

    pub(super) fn set_saved_mode(&mut self, number: u16) {
        if let Some((bit, _)) = private(number) {
            self.saved_modes |= 1 << bit;
        }
    }

    pub(super) fn report_ansi_mode(&mut self, number: u16) {
        let state = ANSI.iter().find(|mode| mode.number == number).map(|mode| (mode.get)(self));
        self.outbox.reply(format_args!("\x1b[{number};{}$y", report_value(state, ANSI_FIXED, number)));
    }

    pub(super) fn report_private_mode(&mut self, number: u16) {
        let state = private(number).map(|(_, mode)| (mode.get)(self));
        self.outbox.reply(format_args!("\x1b[?{number};{}$y", report_value(state, PRIVATE_FIXED, number)));
    }

    /// DECCOLM as the VT420 manual has it: margins reset, side margins off, text erased (unless DECNCSM), cursor home;
    /// and as in xterm only after mode 40. The width stays: a pane cannot resize its window.
    fn set_columns(&mut self, wide: bool) {
        if !self.setup.columns_allowed {
            return;
        }
        self.setup.columns_wide = wide;
        self.screen.reset_margins();
        if !self.setup.columns_keep_text {
            self.screen.erase_display(Extent::All, false);
        }
        self.screen.go_to(0, 0);
    }

    fn set_newline(&mut self, on: bool) {
        self.screen.flow.newline = on;
        self.modes.newline = on;
    }

    fn has_mouse(&self, mode: MouseMode) -> bool {
        self.modes.mouse == mode
    }

    fn set_mouse(&mut self, mode: MouseMode, on: bool) {
        self.modes.mouse = if on { mode } else { MouseMode::Off };
    }

    fn has_encoding(&self, encoding: MouseEncoding) -> bool {
        self.modes.mouse_encoding == encoding
    }

    fn set_encoding(&mut self, encoding: MouseEncoding, on: bool) {
        if on {
            self.modes.mouse_encoding = encoding;
        } else if self.modes.mouse_encoding == encoding {
            self.modes.mouse_encoding = MouseEncoding::X10;
        }
    }

    fn set_alternate(&mut self, on: bool, clear: bool) {
        if on {
            self.screen.show_alternate(clear, self.stamp);
        } else {
            self.screen.show_primary();
        }
        self.modes.alternate_screen = on;
        self.modes.kitty = self.keyboards[usize::from(on)].flags();
    }

    /// What is left is forgotten in any case, but clearing ends a pending wrap.
    fn set_alternate_cleared(&mut self, on: bool) {
        if !on && self.screen.is_alternate() {
            self.screen.moved();
        }
        self.set_alternate(on, false);
    }

    fn save_or_restore(&mut self, save: bool) {
        if save {
            self.screen.save_cursor();
        } else {
            self.screen.restore_cursor();
        }
    }

    /// Leaving a screen that is not shown moves nothing: dialog(1) does that when it ends, at the bottom row.
    fn set_alternate_and_cursor(&mut self, on: bool) {
        let was_alternate = self.screen.is_alternate();
        if on {
            self.screen.save_cursor();
        }
        self.set_alternate(on, on);
        if !on && was_alternate {
            self.screen.restore_cursor();
        }
    }

    fn set_report_size(&mut self, on: bool) {
        self.report_size = on;
        if on {
            self.reply_size();
        }
    }
}

/// DECRPM: 0 unknown, 1 set, 2 reset, 3 set for ever, 4 reset for ever.
fn report_value(state: Option<bool>, fixed: &[(u16, bool)], number: u16) -> u8 {
    let fixed = fixed.iter().find_map(|&(known, on)| (known == number).then_some(on));
    match (state, fixed) {
        (Some(true), _) => 1,
        (Some(false), _) => 2,
        (None, Some(true)) => 3,
        (None, Some(false)) => 4,
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_a_bit_and_a_number_of_its_own() {
        assert!(PRIVATE.len() <= 64);
        assert!(PRIVATE.is_sorted_by(|one, two| one.number < two.number));
    }
}
