//! Escape sequences: `ESC [intermediate] last`.

use super::Interpreter;
use crate::term::charset::Charset;

impl Interpreter {
    pub(super) fn escape_sequence(&mut self, intermediate: u8, last: u8) {
        match (intermediate, last) {
            (0, b'6') => self.screen.back_index(),              // DECBI
            (0, b'7') => self.screen.save_cursor(),             // DECSC
            (0, b'8') => self.screen.restore_cursor(),          // DECRC
            (0, b'9') => self.screen.forward_index(),           // DECFI
            (0, b'=') => self.modes.application_keypad = true,  // DECKPAM
            (0, b'>') => self.modes.application_keypad = false, // DECKPNM
            (0, b'D') => self.screen.index(),                   // IND
            (0, b'E') => self.next_line(),                      // NEL
            (0, b'H') => self.set_tab_stop(),                   // HTS
            (0, b'M') => self.screen.reverse_index(),           // RI
            (0, b'N') => self.screen.charsets.shift_once(2),    // SS2
            (0, b'O') => self.screen.charsets.shift_once(3),    // SS3
            (0, b'V') => self.guard(true),                      // SPA
            (0, b'W') => self.guard(false),                     // EPA
            (0, b'Z') => self.primary_attributes(),             // DECID
            (0, b'c') => self.reset(),                          // RIS
            (0, b'n') => self.screen.charsets.lock(2),          // LS2
            (0, b'o') => self.screen.charsets.lock(3),          // LS3
            (b' ', b'F') => self.outbox.eight_bit = false,      // S7C1T
            (b' ', b'G') => self.outbox.eight_bit = true,       // S8C1T
            (b'#', b'8') => self.screen.alignment_pattern(),    // DECALN
            // SCS: G0 to G3, sets of 94 and of 96 characters
            (b'('..=b'+', set) => self.designate(intermediate - b'(', Charset::of_94(set, self.setup.national)),
            (b'-'..=b'/', _) => self.designate(intermediate - b',', Charset::Latin1),
            _ => {}
        }
    }

    fn designate(&mut self, set: u8, charset: Charset) {
        self.screen.charsets.designate(set.into(), charset);
    }

    /// ECMA-48's protection withstands ED, EL and ECH too, as xterm has it.
    fn guard(&mut self, protected: bool) {
        self.screen.flow.guarded = true;
        self.screen.set_protected(protected);
    }

    fn next_line(&mut self) {
        self.screen.index();
        self.screen.carriage_return();
    }

    fn set_tab_stop(&mut self) {
        let col = self.screen.place().col;
        self.screen.tabs.set(col);
    }
}
