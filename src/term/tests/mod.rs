//! Tests of the whole engine through its public face.

mod behaviour;
mod memory;
mod oracle;
mod properties;
mod reflow;
mod sequences;
mod snapshot;
mod vt420;
mod xterm;

use super::*;
use crate::base::{Row, Size};

pub(super) fn terminal(cols: u16, rows: u16, bytes: impl AsRef<[u8]>) -> Terminal {
    let mut terminal = Terminal::new(Size::new(cols, rows), 1000);
    terminal.feed(bytes.as_ref());
    terminal.verify();
    terminal
}

/// The rows' texts without blanks at their ends, separated by `|`; empty rows at the end left out.
pub(super) fn text(terminal: &Terminal) -> String {
    let rows: Vec<String> = (0..terminal.size().rows).map(|row| terminal.row(Row(row)).text()).collect();
    rows.join("|").trim_end_matches('|').to_owned()
}

pub(super) fn replies(terminal: &mut Terminal) -> String {
    let mut out = Vec::new();
    terminal.take_replies(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// History and screen, one line for each.
pub(super) fn all_text(terminal: &Terminal) -> Vec<String> {
    let end = terminal.screen_line() + u64::from(terminal.size().rows);
    (terminal.first_line()..end).map(|number| terminal.line(number).unwrap().text()).collect()
}
