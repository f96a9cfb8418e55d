//! What a pane showed before a reboot, put above its new shell.

use super::Pane;
use crate::store::PaneRecord;

impl Pane {
    /// The text of the record where it can be read, and a dim line with the note. As if it had been printed long ago:
    /// it asks nothing and is not a program's output, so there is no answer, no mark and no log.
    pub(super) fn show_preface(&mut self, packed: Option<&[u8]>, note: &str) {
        let record = packed.and_then(|packed| PaneRecord::unpack(packed).ok()).unwrap_or_default();
        let mut bytes = Vec::with_capacity(record.text.len() + note.len());
        for line in record.text.trim_end().lines() {
            bytes.extend_from_slice(line.as_bytes());
            bytes.extend_from_slice(b"\x1b[0m\r\n");
        }
        bytes.extend_from_slice(format!("\x1b[0;2m── {note} ──\x1b[0m\r\n").as_bytes());
        self.report_events();
        self.screen.preface(&bytes);
        self.checkpoint(false);
        self.send_rows();
    }
}
