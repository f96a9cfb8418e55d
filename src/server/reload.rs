//! `mux reload`: a signal to a program that catches it, or a command.

use rustix::process::Signal;

use super::core::Core;
use super::mailbox::ToCore;
use super::probe::Looker;
use super::procfs;
use crate::base::exit::signal_name;
use crate::base::{PaneId, RequestId};
use crate::job::Reload;
use crate::proto::packet::ToKeeper;

impl Core {
    pub(super) fn reload(&mut self, request: RequestId, reloads: Vec<(PaneId, Reload, String)>, force: bool) {
        let mut commands = Vec::new();
        for (pane, reload, job) in reloads {
            match reload {
                Reload::Signal(signal) => {
                    let pid = self.panes.get(&pane).map(|task| task.pid);
                    let caught = pid.and_then(|pid| procfs::catches(pid, signal)).unwrap_or(true);
                    if !caught && !force {
                        let name = signal_name(signal);
                        let error = format!("job {job} does not catch {name}, which would end it; --force sends it");
                        return self.take_finished(request, error);
                    }
                    let signal =
                        Signal::from_named_raw(signal.into()).map_or(0, |signal| signal.as_raw().unsigned_abs());
                    self.ask_keeper(ToKeeper::Signal { pane, signal, group: false });
                }
                Reload::Command(command) => commands.push((pane, command, job)),
            }
        }
        let looked: Vec<_> = commands
            .into_iter()
            .filter_map(|(pane, command, job)| Some((Looker::new(self, pane)?, command, job)))
            .collect();
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            let mut error = None;
            for (looker, command, job) in looked {
                if let Err(why) = looker.run(&command).await {
                    error.get_or_insert(format!("the reload command of job {job} failed: {why}"));
                }
            }
            let _ = core.send(ToCore::Finished { request, status: u8::from(error.is_some()), error });
        });
    }

    fn take_finished(&mut self, request: RequestId, error: String) {
        let _ = self.pane_mail.send(ToCore::Finished { request, status: 1, error: Some(error) });
    }
}
