//! DECRQPSR and DECRSPS: where the cursor is and how it writes (DECCIR), where tabs stop (DECTABSR); asked for and
//! brought back (VT420 Programmer Reference, chapter 5).
//!
//! Values are sums over 0x40, so that they are characters.

use super::Interpreter;
use crate::base::{Attrs, Style, Underline};
use crate::term::charset::Charset;
use crate::term::screen::Tabs;

/// The renditions of DECCIR by their bit, beside underline, which is bit 1.
const RENDITIONS: [(u8, Attrs); 3] = [(1, Attrs::BOLD), (4, Attrs::BLINK), (8, Attrs::REVERSE)];
const UNDERLINE: u8 = 2;
/// Its flags: DECOM, the single shifts, the last column flag.
const ORIGIN: u8 = 1;
const SINGLE: [(u8, u8); 2] = [(2, 2), (4, 3)];
const WRAP: u8 = 8;

impl Interpreter {
    pub(super) fn report_presentation(&mut self, which: u16) {
        match which {
            1 => self.report_cursor(),
            2 => self.report_tab_stops(),
            _ => {}
        }
    }

    fn report_cursor(&mut self) {
        let (row, col) = self.screen.reported_place();
        let style = self.screen.style();
        let mut rendition =
            RENDITIONS.iter().filter(|(_, attr)| style.attrs.contains(*attr)).fold(0, |sum, (bit, _)| sum | bit);
        rendition |= if style.underline == Underline::None { 0 } else { UNDERLINE };
        let charsets = &self.screen.charsets;
        let mut flags = if self.screen.flow.origin { ORIGIN } else { 0 };
        flags |= SINGLE.iter().find(|(_, set)| charsets.single() == Some(*set)).map_or(0, |(bit, _)| *bit);
        flags |= if self.screen.place().wrap_pending { WRAP } else { 0 };
        let sets = charsets.sets();
        let sizes = (0..4).filter(|&set| sets[set].is_of_96()).fold(0, |sum, set| sum | 1 << set);
        let designators: String = sets.iter().map(|set| char::from(set.designator())).collect();
        let sum = |bits: u8| char::from(0x40 | bits);
        self.outbox.reply(format_args!(
            "\x1bP1$u{};{};1;{};{};{};{};2;{};{designators}\x1b\\",
            row + 1,
            col + 1,
            sum(rendition),
            sum(self.screen.is_protected().into()),
            sum(flags),
            charsets.locked(),
            sum(sizes),
        ));
    }

    fn report_tab_stops(&mut self) {
        let stops: Vec<String> = self.screen.tabs.iter().map(|col| (col + 1).to_string()).collect();
        self.outbox.reply(format_args!("\x1bP2$u{}\x1b\\", stops.join("/")));
    }

    /// DECRSPS
    pub(super) fn restore_presentation(&mut self, which: u16, data: &[u8]) {
        let Ok(text) = std::str::from_utf8(data) else { return };
        match which {
            1 => drop(self.restore_cursor(text)),
            2 => {
                self.screen.tabs = Tabs::new(self.screen.cols());
                self.screen.tabs.clear_all();
                for col in text.split('/').filter_map(|col| col.parse::<usize>().ok()).filter(|&col| col > 0) {
                    self.screen.tabs.set(col - 1);
                }
            }
            _ => {}
        }
    }

    /// None, and nothing is changed, where it is no DECCIR.
    fn restore_cursor(&mut self, text: &str) -> Option<()> {
        let mut parts = text.splitn(10, ';');
        let row: usize = parts.next()?.parse().ok()?;
        let col: usize = parts.next()?.parse().ok()?;
        let _page = parts.next()?;
        let mut bits = || Some(parts.next()?.as_bytes().first()? & 0x3f);
        let (rendition, protected, flags) = (bits()?, bits()?, bits()?);
        let left: u8 = parts.next()?.parse().ok()?;
        let _right = parts.next()?;
        let sizes = parts.next()?.as_bytes().first()? & 0x3f;
        let designators: &[u8; 4] = parts.next()?.as_bytes().try_into().ok()?;

        for (set, &last) in designators.iter().enumerate() {
            let of_96 = sizes >> set & 1 == 1;
            let charset = if of_96 { Charset::Latin1 } else { Charset::of_94(last, self.setup.national) };
            self.screen.charsets.designate(set, charset);
        }
        self.screen.charsets.lock(left);
        if let Some((_, set)) = SINGLE.iter().find(|(bit, _)| flags & bit != 0) {
            self.screen.charsets.shift_once(*set);
        }
        self.screen.set_style(restored(self.screen.style(), rendition));
        self.screen.set_protected(protected & 1 == 1);
        self.screen.set_origin(flags & ORIGIN != 0);
        self.screen.go_to(row.saturating_sub(1), col.saturating_sub(1));
        if flags & WRAP != 0 {
            self.screen.set_wrap_pending();
        }
        Some(())
    }
}

/// Colours and what else DECCIR does not know stay.
fn restored(mut style: Style, rendition: u8) -> Style {
    for (bit, attr) in RENDITIONS {
        style.attrs.set(attr, rendition & bit != 0);
    }
    style.underline = match style.underline {
        _ if rendition & UNDERLINE == 0 => Underline::None,
        Underline::None => Underline::Single,
        other => other,
    };
    style
}
