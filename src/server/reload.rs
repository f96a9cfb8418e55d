//! `mux reload`: a signal to a program that catches it, or a command.

use rustix::process::Signal;

use super::core::Core;
use super::mailbox::ToCore;
use super::probe::Looker;
use super::procfs;
use crate::base::exit::signal_name;
use crate::base::{PaneId, RequestId};
use crate::job::Reload;
use crate::model::{Refusal, ReloadOrder};
use crate::proto::packet::ToKeeper;

impl Core {
    pub(super) fn reload(&mut self, request: RequestId, order: ReloadOrder) {
        let ReloadOrder { reloads, force, mut told, json } = order;
        let mut commands = Vec::new();
        for (pane, reload, job) in reloads {
            match reload {
                Reload::Signal(signal) => {
                    let result = self.send_caught(pane, signal, force);
                    told.push((job, result));
                }
                Reload::Command(command) => {
                    commands.extend(Looker::new(self, pane).map(|looker| (looker, command, job)))
                }
            }
        }
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            for (looker, command, job) in commands {
                let refused = |why| Refusal::new(format!("was not told: its reload command failed: {why}"), "");
                let result = looker.run(&command).await.map_err(refused);
                told.push((job, result.map(|()| "told by its command".to_owned())));
            }
            let _ = core.send(ToCore::Told { request, told, json });
        });
    }

    /// Sends a signal to a program that catches it.
    fn send_caught(&mut self, pane: PaneId, signal: u8, force: bool) -> Result<String, Refusal> {
        let pid = self.panes.get(&pane).map(|task| task.pid);
        let caught = pid.and_then(|pid| procfs::catches(pid, signal)).unwrap_or(true);
        let name = signal_name(signal);
        if !caught && !force {
            return Err(Refusal::new(format!("does not catch {name}, which would end it"), "--force sends it"));
        }
        let number = Signal::from_named_raw(signal.into()).map_or(0, |signal| signal.as_raw().unsigned_abs());
        self.ask_keeper(ToKeeper::Signal { pane, signal: number, group: false });
        Ok(format!("{name} sent"))
    }
}
