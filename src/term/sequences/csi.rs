//! Control sequences: `CSI [prefix] parameters [intermediate] last`.

use super::Interpreter;
use crate::base::limits;
use crate::term::event::TermEvent;
use crate::term::modes::CursorShape;
use crate::term::parser::Csi;
use crate::term::screen::Extent;

impl Interpreter {
    /// The table of control sequences, by prefix, intermediate and final byte.
    pub(super) fn control_sequence(&mut self, csi: &Csi) {
        let last = self.screen.take_last_char();
        // Counts are at least 1, places are told from 1.
        let count = usize::from(csi.get(0, 1));
        let from_one = |index| usize::from(csi.get(index, 1)) - 1;
        if csi.intermediate != 0 {
            return self.sequence_with_intermediate(csi);
        }
        match (csi.prefix, csi.last) {
            (0, b'm') => self.select_graphic_rendition(csi),                 // SGR
            (0, b'H' | b'f') => self.screen.go_to(from_one(0), from_one(1)), // CUP, HVP
            (0, b'A') => self.screen.up(count),                              // CUU
            (0, b'B') => self.screen.down(count),                            // CUD
            (0, b'e') => self.move_from_place(count as isize, 0),            // VPR
            (0, b'C') => self.screen.forward(count),                         // CUF
            (0, b'a') => self.move_from_place(0, count as isize),            // HPR
            (0, b'D') => self.screen.backward(count),                        // CUB
            (0, b'j') => self.move_from_place(0, -(count as isize)),         // HPB
            (0, b'k') => self.move_from_place(-(count as isize), 0),         // VPB
            (0, b'E') => self.lines_down(count),                             // CNL
            (0, b'F') => self.lines_up(count),                               // CPL
            (0, b'G' | b'`') => self.screen.go_to_col(from_one(0)),          // CHA, HPA
            (0, b'd') => self.screen.go_to_row(from_one(0)),                 // VPA
            (0, b'I') => self.screen.tab(count),                             // CHT
            (0, b'Z') => self.screen.back_tab(count),                        // CBT
            (0, b'J') => self.erase_in_display(csi, false),                  // ED
            (b'?', b'J') => self.erase_in_display(csi, true),                // DECSED
            (0, b'K') => self.erase_in_line(csi, false),                     // EL
            (b'?', b'K') => self.erase_in_line(csi, true),                   // DECSEL
            (0, b'X') => self.screen.erase_chars(count),                     // ECH
            (0, b'@') => self.screen.insert_cells(count),                    // ICH
            (0, b'P') => self.screen.delete_cells(count),                    // DCH
            (0, b'L') => self.screen.insert_lines(count),                    // IL
            (0, b'M') => self.screen.delete_lines(count),                    // DL
            (0, b'S') => self.screen.scroll_up(count),                       // SU
            (0, b'T') if csi.len() == 1 => self.screen.scroll_down(count),   // SD
            (0, b'^') => self.screen.scroll_down(count),                     // SD, as ECMA-48 has it
            (0, b'b') => self.screen.repeat(last, count),                    // REP
            (0, b'g') => self.clear_tab_stops(csi.raw(0)),                   // TBC
            (b'?', b'W') if csi.raw(0) == 5 => self.reset_tab_stops(),       // DECST8C
            (0, b'r') => self.set_top_and_bottom(csi),                       // DECSTBM
            (0, b's') if self.screen.flow.side_margins => self.set_left_and_right(csi), // DECSLRM
            (0, b's') => self.screen.save_cursor(),                          // SCOSC
            (0, b'u') => self.screen.restore_cursor(),                       // SCORC
            (0, b'h') => csi.values().for_each(|mode| self.set_ansi_mode(mode, true)), // SM
            (0, b'l') => csi.values().for_each(|mode| self.set_ansi_mode(mode, false)), // RM
            (b'?', b'h') => csi.values().for_each(|mode| self.set_private_mode(mode, true)), // DECSET
            (b'?', b'l') => csi.values().for_each(|mode| self.set_private_mode(mode, false)), // DECRST
            (b'?', b's') => csi.values().for_each(|mode| self.save_mode(mode)), // XTSAVE
            (b'?', b'r') => csi.values().for_each(|mode| self.restore_mode(mode)), // XTRESTORE
            (0, b'n') => self.device_status(csi.raw(0)),                     // DSR
            (b'?', b'n') => self.private_device_status(csi),                 // DSR of DEC
            (0, b'c') if csi.raw(0) == 0 => self.primary_attributes(),       // DA1
            (b'>', b'c') if csi.raw(0) == 0 => self.secondary_attributes(),  // DA2
            (b'=', b'c') if csi.raw(0) == 0 => self.tertiary_attributes(),   // DA3
            (b'>', b'q') if csi.raw(0) == 0 => self.report_version(),        // XTVERSION
            (0, b'x') => self.report_parameters(csi.raw(0)),                 // DECREQTPARM
            (b'?', b'S') => self.report_graphics(csi.raw(0)),                // XTSMGRAPHICS
            (0, b't') => self.window_operation(csi),                         // XTWINOPS
            (b'>', b'm') => self.set_key_modifiers(csi),                     // XTMODKEYS
            (b'>', b'n') => self.reset_key_modifiers(csi),                   // XTMODKEYS off
            (b'?', b'm') => self.report_key_modifiers(csi.raw(0)),           // XTQMODKEYS
            (b'>', b'u') => self.push_keyboard(csi.raw(0)),                  // kitty keyboard: push
            (b'<', b'u') => self.pop_keyboard(count),                        // pop
            (b'=', b'u') => self.set_keyboard(csi.raw(0), csi.get(1, 1)),    // set
            (b'?', b'u') => self.report_keyboard(),                          // query
            _ => {}
        }
    }

    /// Those with an intermediate byte.
    fn sequence_with_intermediate(&mut self, csi: &Csi) {
        let count = usize::from(csi.get(0, 1));
        match (csi.prefix, csi.intermediate, csi.last) {
            (0, b' ', b'@') => self.shift_columns(count, true),         // SL
            (0, b' ', b'A') => self.shift_columns(count, false),        // SR
            (0, b'\'', b'}') => self.screen.insert_columns(count),      // DECIC
            (0, b'\'', b'~') => self.screen.delete_columns(count),      // DECDC
            (0, b'$', b'p') => self.report_ansi_mode(csi.raw(0)),       // DECRQM
            (b'?', b'$', b'p') => self.report_private_mode(csi.raw(0)), // DECRQM
            (0, b'!', b'p') => self.soft_reset(),                       // DECSTR
            (0, b' ', b'q') => self.set_cursor_style(csi.raw(0)),       // DECSCUSR
            (0, b'"', b'q') => self.set_protected(csi.raw(0) == 1),     // DECSCA
            (0, b'"', b'p') => self.set_level(csi),                     // DECSCL
            (0, b'"', b'v') => self.report_displayed_extent(),          // DECRQDE
            (0, b'&', b'u') => self.report_preferred_set(),             // DECRQUPSS
            (0, b'$', b'w') => self.report_presentation(csi.raw(0)),    // DECRQPSR
            (0, b'#', b'{' | b'p') => self.push_look(csi),              // XTPUSHSGR
            (0, b'#', b'}' | b'q') => self.pop_look(),                  // XTPOPSGR
            (0, b'#', b'|') => self.report_common_look(csi),            // XTREPORTSGR
            (0, b'$', b'v') => self.copy_area(csi),                     // DECCRA
            (0, b'$', b'x') => self.fill_area(csi),                     // DECFRA
            (0, b'$', b'z') => self.erase_area(csi),                    // DECERA
            (0, b'$', b'{') => self.empty_area(csi),                    // DECSERA
            (0, b'$', b'r') => self.change_area(csi),                   // DECCARA
            (0, b'$', b't') => self.reverse_area(csi),                  // DECRARA
            (0, b'*', b'x') => self.setup.rectangles = csi.raw(0) == 2, // DECSACE
            (0, b'*', b'y') => self.report_checksum(csi),               // DECRQCRA
            _ => {}
        }
    }

    /// HPR, VPR, HPB, VPB: as CUP from here, so margins stop them in origin mode alone, as in xterm.
    fn move_from_place(&mut self, rows: isize, cols: isize) {
        let (row, col) = self.screen.reported_place();
        self.screen.go_to(row.saturating_add_signed(rows), col.saturating_add_signed(cols));
    }

    fn lines_down(&mut self, count: usize) {
        self.screen.down(count);
        self.screen.carriage_return();
    }

    fn lines_up(&mut self, count: usize) {
        self.screen.up(count);
        self.screen.carriage_return();
    }

    fn erase_in_display(&mut self, csi: &Csi, selective: bool) {
        match csi.raw(0) {
            3 if !selective => self.screen.history.clear(),
            extent => {
                if let Some(extent) = extent_of(extent) {
                    self.screen.erase_display(extent, selective);
                }
            }
        }
    }

    fn erase_in_line(&mut self, csi: &Csi, selective: bool) {
        if let Some(extent) = extent_of(csi.raw(0)) {
            self.screen.erase_line(extent, selective);
        }
    }

    /// SL and SR move the whole of what is between the margins, where the cursor is there, as in xterm.
    fn shift_columns(&mut self, count: usize, left: bool) {
        self.screen.shift_columns(count, left);
    }

    fn clear_tab_stops(&mut self, which: u16) {
        match which {
            0 => {
                let col = self.screen.place().col;
                self.screen.tabs.clear(col);
            }
            3 => self.screen.tabs.clear_all(),
            _ => {}
        }
    }

    fn reset_tab_stops(&mut self) {
        self.screen.tabs = crate::term::screen::Tabs::new(self.screen.cols());
    }

    fn set_top_and_bottom(&mut self, csi: &Csi) {
        let bottom = usize::from(csi.get(1, u16::MAX));
        self.screen.set_scroll_rows(usize::from(csi.get(0, 1)) - 1, bottom);
    }

    fn set_left_and_right(&mut self, csi: &Csi) {
        let right = usize::from(csi.get(1, u16::MAX));
        self.screen.set_scroll_cols(usize::from(csi.get(0, 1)) - 1, right);
    }

    fn set_cursor_style(&mut self, style: u16) {
        (self.cursor_shape, self.cursor_blink) = match style {
            0 => (CursorShape::Default, false),
            1 => (CursorShape::Block, true),
            2 => (CursorShape::Block, false),
            3 => (CursorShape::Underline, true),
            4 => (CursorShape::Underline, false),
            5 => (CursorShape::Bar, true),
            6 => (CursorShape::Bar, false),
            _ => return,
        };
    }

    /// DEC's protection gives way to ED, EL and ECH.
    fn set_protected(&mut self, protected: bool) {
        self.screen.flow.guarded = false;
        self.screen.set_protected(protected);
    }

    /// DECSCL: the level is kept to be told, the reports get 8-bit controls or not, and the terminal is reset softly.
    fn set_level(&mut self, csi: &Csi) {
        if let level @ 61..=64 = csi.raw(0) {
            self.soft_reset();
            self.setup.levels_down = (64 - level) as u8;
            self.outbox.eight_bit = level > 61 && csi.raw(1) != 1;
        }
    }

    // ---- titles ----------------------------------------------------------------------------------------------

    /// XTWINOPS 22: both titles are kept together, whichever is named.
    pub(super) fn push_title(&mut self) {
        if self.titles.len() == limits::TERM_TITLES {
            self.titles.remove(0);
        }
        self.titles.push((self.icon_name.clone(), self.title.clone()));
    }

    /// XTWINOPS 23: 1 the icon name, 2 the title, 0 both.
    pub(super) fn pop_title(&mut self, which: u16) {
        let Some((icon_name, title)) = self.titles.pop() else { return };
        if which != 2 {
            self.set_icon_name(icon_name);
        }
        if which != 1 {
            self.set_title(title);
        }
    }

    pub(super) fn set_title(&mut self, title: String) {
        if self.title != title {
            self.title.clone_from(&title);
            self.changed = true;
            self.outbox.event(TermEvent::Title(title));
        }
    }

    pub(super) fn set_icon_name(&mut self, name: String) {
        if self.icon_name != name {
            self.icon_name.clone_from(&name);
            self.outbox.event(TermEvent::IconName(name));
        }
    }
}

fn extent_of(parameter: u16) -> Option<Extent> {
    match parameter {
        0 => Some(Extent::After),
        1 => Some(Extent::Before),
        2 => Some(Extent::All),
        _ => None,
    }
}
