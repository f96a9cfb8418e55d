//! When a pane is recorded for the time after a reboot: some time after its output has stopped, and now and then
//! while it does not. A pane that prints nothing costs nothing.

use std::collections::{BTreeSet, HashMap};

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::core::Core;
use super::mailbox::{ToCore, ToPane};
use super::procfs;
use crate::base::limits::{RECORD_INTERVAL, RECORD_LAST, RECORD_QUIET};
use crate::base::{PaneId, Timestamp};
use crate::model::{Capture, Edge};
use crate::store::{PaneRecord, pane_part};

/// Which panes are to be recorded, and when.
#[derive(Default)]
pub struct Records {
    due: BTreeSet<(Instant, PaneId)>,
    panes: HashMap<PaneId, Marks>,
}

#[derive(Clone, Copy)]
struct Marks {
    /// Since when there is something new.
    since: Option<Instant>,
    due: Option<Instant>,
    last: Option<Instant>,
}

impl Records {
    /// The pane has printed something.
    pub fn touch(&mut self, pane: PaneId, now: Instant) {
        let marks = self.panes.entry(pane).or_insert(Marks { since: None, due: None, last: None });
        let since = *marks.since.get_or_insert(now);
        let earliest = marks.last.map_or(now, |last| last + RECORD_INTERVAL);
        let due = (now + RECORD_QUIET).min(since + RECORD_INTERVAL).max(earliest);
        if let Some(former) = marks.due.replace(due) {
            self.due.remove(&(former, pane));
        }
        self.due.insert((due, pane));
    }

    pub fn forget(&mut self, pane: PaneId) {
        if let Some(Marks { due: Some(due), .. }) = self.panes.remove(&pane) {
            self.due.remove(&(due, pane));
        }
    }

    pub fn next(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The first pane whose time has come; it counts as recorded.
    pub fn take_due(&mut self, now: Instant) -> Option<PaneId> {
        let (due, pane) = self.due.first().copied().filter(|(due, _)| *due <= now)?;
        self.due.remove(&(due, pane));
        if let Some(marks) = self.panes.get_mut(&pane) {
            *marks = Marks { since: None, due: None, last: Some(now) };
        }
        Some(pane)
    }
}

impl Core {
    /// Records the panes whose time has come.
    pub(super) fn record_due(&mut self) {
        while let Some(pane) = self.records.take_due(Instant::now()) {
            if let Some((record, text)) = self.ask_for_record(pane) {
                let core = self.pane_mail.clone();
                tokio::spawn(async move {
                    let Ok(text) = text.await else { return };
                    let packed = tokio::task::spawn_blocking(move || pack(record, text)).await;
                    if let Ok(Some(packed)) = packed {
                        let _ = core.send(ToCore::Recorded { pane, packed });
                    }
                });
            }
        }
    }

    /// What the kernel tells of a pane now, and its text soon.
    fn ask_for_record(&mut self, pane: PaneId) -> Option<(PaneRecord, oneshot::Receiver<String>)> {
        let task = self.panes.get(&pane)?;
        let foreground = procfs::foreground(&task.tty).unwrap_or(task.pid);
        let cwd = procfs::current_dir(foreground).or_else(|| procfs::current_dir(task.pid));
        let mut argv = procfs::arguments(foreground);
        if foreground == task.pid && argv.first().is_some_and(|name| self.state.is_shell(name)) {
            argv.clear();
        }
        let title = self.state.pane(pane).map(|pane| pane.title.clone()).unwrap_or_default();
        let record = PaneRecord { at: Timestamp::now(), cwd, argv, title, text: String::new() };
        let (answer, text) = oneshot::channel();
        match i32::try_from(self.restore.history) {
            Ok(lines) if lines > 0 => {
                let (start, end) = (Edge::Line(-lines), Edge::Limit);
                let capture = Capture { styles: true, join: true, start, end, ..Capture::default() };
                self.tell(pane, ToPane::Capture(capture, answer));
            }
            _ => drop(answer.send(String::new())),
        }
        Some((record, text))
    }

    pub(super) fn recorded(&mut self, pane: PaneId, packed: Vec<u8>) {
        if self.state.pane(pane).is_some() {
            self.store.keep(pane_part(pane.0), Some(packed));
        }
    }

    /// The pane is gone, and with it what was kept of it.
    pub(super) fn forget_record(&mut self, pane: PaneId) {
        self.records.forget(pane);
        self.to_type.remove(&pane);
        self.store.keep(pane_part(pane.0), None);
    }

    /// Asks every pane for the last time. Their tasks answer what is in their mail, even when the core lets go of
    /// them right after.
    pub(super) fn ask_for_last_records(&mut self) {
        let panes: Vec<PaneId> = self.panes.keys().copied().collect();
        for pane in panes {
            let asked = self.ask_for_record(pane).map(|(record, text)| (pane, record, text));
            self.last_records.extend(asked);
        }
    }

    /// Takes the answers in.
    pub(super) async fn take_last_records(&mut self) {
        let deadline = Instant::now() + RECORD_LAST;
        for (pane, record, text) in std::mem::take(&mut self.last_records) {
            let Ok(Ok(text)) = tokio::time::timeout_at(deadline, text).await else { continue };
            if let Some(packed) = pack(record, text) {
                self.store.keep(pane_part(pane.0), Some(packed));
            }
        }
    }

    /// All of them once more, soon: what was kept has vanished.
    pub(super) fn record_all(&mut self) {
        let now = Instant::now();
        let panes: Vec<PaneId> = self.panes.keys().copied().collect();
        panes.into_iter().for_each(|pane| self.records.touch(pane, now));
    }
}

fn pack(record: PaneRecord, text: String) -> Option<Vec<u8>> {
    PaneRecord { text, ..record }.pack().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_pane_is_recorded_when_it_is_quiet_and_not_too_often() {
        let (mut records, pane, start) = (Records::default(), PaneId(1), Instant::now());
        assert_eq!(records.next(), None);
        records.touch(pane, start);
        records.touch(pane, start + Duration::from_secs(1));
        assert_eq!(records.next(), Some(start + Duration::from_secs(1) + RECORD_QUIET));
        assert_eq!(records.take_due(start), None);
        let later = start + Duration::from_secs(9);
        assert_eq!(records.take_due(later), Some(pane));
        assert_eq!(records.next(), None, "nothing new, nothing to do");
        records.touch(pane, later + Duration::from_secs(1));
        assert_eq!(records.next(), Some(later + RECORD_INTERVAL));
        records.forget(pane);
        assert_eq!(records.next(), None);
    }

    #[test]
    fn one_that_is_never_quiet_is_recorded_too() {
        let (mut records, pane, start) = (Records::default(), PaneId(1), Instant::now());
        let steps = (0..200u64).map(|second| start + Duration::from_secs(second));
        let mut times = 0;
        for now in steps {
            records.touch(pane, now);
            times += usize::from(records.take_due(now).is_some());
        }
        assert_eq!(times, 3);
    }
}
