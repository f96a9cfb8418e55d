//! Lines of the shell in status lines (`#(…)`): each is run by a task of its own, once in `status-interval` while a client
//! shows it, and never twice at a time.

use tokio::time::{sleep, timeout};

use super::core::Core;
use super::mailbox::ToCore;
use super::shell::run;
use crate::base::limits::{STATUS_SHELL_TIME, STATUS_SHELLS};
use crate::base::{ClientId, Timestamp};
use crate::model::ShellOrder;

impl Core {
    /// Begins those that this client's status lines have come to and that are not under way.
    pub(super) fn begin_status_shells(&mut self, client: ClientId) {
        for line in self.state.take_wanted_shells() {
            if self.status_shells.contains(&line) {
                continue;
            }
            if self.status_shells.len() >= STATUS_SHELLS {
                tracing::warn!(line, "more than {STATUS_SHELLS} lines of the shell in status lines");
                continue;
            }
            self.begin_status_shell(client, line);
        }
    }

    fn begin_status_shell(&mut self, client: ClientId, line: String) {
        let session = self.state.client(client).map(|client| client.session);
        let Some(home) = session.and_then(|id| self.state.session(id)) else { return };
        let (cwd, env) = (home.cwd.clone(), self.state.shell_env(session, None));
        let interval = u64::from(self.state.session_options(home.id).status_interval);
        self.status_shells.insert(line.clone());
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            let order = ShellOrder { line: line.clone(), cwd, env, ..ShellOrder::default() };
            let ended = timeout(STATUS_SHELL_TIME, run(&order)).await.ok();
            let out = ended.map(|ended| String::from_utf8_lossy(&ended.out).into_owned());
            let _ = core.send(ToCore::StatusShell { line: line.clone(), out });
            if interval > 0 {
                sleep(std::time::Duration::from_secs(interval)).await;
                let _ = core.send(ToCore::StatusShellDue { line });
            }
        });
    }

    /// Nothing was printed in time: what it showed before stays.
    pub(super) fn status_shell_printed(&mut self, line: &str, out: Option<&str>) {
        if out.is_some_and(|out| self.state.shell_printed(line, out)) {
            self.show_status_anew();
        }
    }

    /// Whoever still shows it has it run again.
    pub(super) fn status_shell_due(&mut self, line: &str) {
        self.status_shells.remove(line);
        let shown: Vec<ClientId> = self.terminals();
        let now = Timestamp::now();
        shown
            .iter()
            .for_each(|client| drop((self.state.client_view(*client, now), self.state.client_status(*client, now))));
        let wanted = self.state.take_wanted_shells();
        match (wanted.contains(line), shown.first()) {
            (true, Some(client)) => self.begin_status_shell(*client, line.to_owned()),
            _ => self.state.forget_shell(line),
        }
    }

    fn show_status_anew(&mut self) {
        let shown = self.terminals();
        self.turn.refresh.extend(shown);
    }

    fn terminals(&self) -> Vec<ClientId> {
        self.clients.iter().filter(|(_, task)| task.attached).map(|(client, _)| *client).collect()
    }
}
