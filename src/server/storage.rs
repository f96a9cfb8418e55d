//! The state's way to the disk, as the core sees it: parts are saved, trouble is told once and so is its end, and the
//! last word is said in time.

use std::collections::BTreeSet;
use std::io;

use super::core::Core;
use super::store::{Storage, name_of, plain};
use crate::base::limits::SYNC_LAST;
use crate::model::{Part, Saved};
use crate::store::{Why, pane_part};

impl Core {
    /// Writes what has changed, and what was answered with that.
    pub(super) fn save_turn(&mut self) {
        let parts = std::mem::take(&mut self.turn.saves).into_iter();
        let parts: Vec<_> = parts.map(|part| (part, self.state.save(&part))).collect();
        if parts.is_empty() && !self.answers.is_fresh() {
            return;
        }
        let begun = self.begin_turn(&parts);
        self.answers.written();
        self.saved(begun);
        for (part, saved) in parts {
            let written = self.store.write(part, saved.as_ref());
            self.saved(written);
        }
        self.write_anew();
    }

    fn begin_turn(&self, parts: &[(Part, Option<Saved>)]) -> io::Result<bool> {
        self.store.begin_turn(parts, self.answers.note()?)
    }

    fn saved(&mut self, result: io::Result<bool>) {
        match result {
            Ok(vanished) => self.rewrite |= vanished,
            Err(error) => {
                tracing::error!(%error, "the model could not be written");
                self.storage_fails(&plain(&error));
                self.store.try_again();
            }
        }
    }

    /// The live files had vanished: all others are written too.
    fn write_anew(&mut self) {
        if std::mem::take(&mut self.rewrite) {
            self.write_everything();
        }
    }

    /// All parts' live files. False when one cannot be written.
    fn write_everything(&mut self) -> bool {
        let all = self.state.parts();
        let mut fine = self.store.write_run().is_ok();
        for part in all {
            let saved = self.state.save(&part);
            fine &= self.store.write(part, saved.as_ref()).is_ok();
        }
        // The last turn is in there.
        fine & self.begin_turn(&[]).is_ok()
    }

    /// A server that follows another: what its model does not have any more is in no generation from now on.
    pub(super) fn start_saving(&mut self, known: Vec<String>) {
        let panes = self.state.parts().into_iter().map(name_of);
        let panes = panes.chain(self.state.all_panes().map(|pane| pane_part(pane.0)));
        let now: BTreeSet<String> = panes.collect();
        for name in known.into_iter().filter(|name| !now.contains(name)) {
            self.store.keep(name, None);
        }
        if !self.write_everything() {
            self.storage_fails("the first attempt failed");
            self.store.try_again();
        }
    }

    pub(super) fn storage(&mut self, storage: Storage) {
        match storage {
            Storage::Failing(reason) => self.storage_fails(&reason),
            Storage::Lost => {
                tracing::warn!("the state's files have vanished; all are written anew");
                self.write_everything();
                self.store.end_whole_turn();
                self.record_all();
            }
            Storage::Works if self.write_everything() => self.storage_works(),
            Storage::Works => self.store.try_again(),
        }
    }

    /// Tells it, unless it is known already.
    pub(super) fn storage_fails(&mut self, reason: &str) {
        if self.storage_trouble.is_some() {
            return;
        }
        tracing::error!(reason, "the state cannot be written");
        let folder = self.state.short_path(self.state.setup().log_dir.parent().unwrap_or(&self.state.setup().log_dir));
        let text =
            format!("mux cannot write its state to {folder}: {reason}. Programs go on; a reboot would lose news");
        self.tell_everybody(&text);
        self.storage_trouble = Some(text);
    }

    fn storage_works(&mut self) {
        let Some(text) = self.storage_trouble.take() else { return };
        self.record_all();
        let told = !self.unsaid.contains(&text);
        self.unsaid.retain(|unsaid| *unsaid != text);
        self.problems.retain(|problem| *problem != text);
        if told {
            self.tell_everybody("mux can write its state again; nothing is lost");
        }
    }

    /// Who is attached, or else whoever comes next.
    fn tell_everybody(&mut self, text: &str) {
        if self.clients.values().any(|client| client.attached) {
            return self.complain(text);
        }
        self.unsaid.push(text.to_owned());
        self.problems.push(text.to_owned());
    }

    /// The machine shuts down, or somebody ends this process: what there is now is what comes back.
    pub(super) async fn be_terminated(&mut self) {
        self.ask_for_last_records();
        self.store.hold_still();
        self.take_last_records().await;
        let told = self.store.last(Why::Shutdown);
        if !matches!(tokio::time::timeout(SYNC_LAST, told).await, Ok(Ok(true))) {
            tracing::error!("the last state has not come to the disk");
        }
    }

    /// Everything has been ended on purpose.
    pub(super) async fn finish_storage(&mut self) {
        self.take_last_records().await;
        let told = self.store.last(Why::End);
        let kept = matches!(tokio::time::timeout(SYNC_LAST, told).await, Ok(Ok(true)));
        if let Err(error) = self.store.end_run(kept) {
            tracing::warn!(%error, "the model's files cannot be removed");
        }
    }
}
