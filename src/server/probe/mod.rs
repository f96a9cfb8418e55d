//! Looking after jobs from outside: whether they are ready, whether they are well, what they print, what they use.
//!
//! One task for each run of a job that wants any of it. It ends with the run; what it finds goes to the core, with
//! the number of the run that it was found of.

mod lines;
mod look;
pub(super) mod memory;
mod notify;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::core::Core;
use super::mailbox::{ToCore, ToPane};
use super::sets::Owner;
use crate::base::Timestamp;
use crate::base::limits::{MEMORY_LOOK, PROBE_PAUSE, READY_LOOK};
use crate::job::{Check, Health};
use crate::model::supervise::Reason;
pub use lines::plain as plain_line;
pub use look::Looker;
pub use notify::make_pipe;

/// One run that is looked after.
struct Run {
    job: String,
    number: u32,
    core: mpsc::UnboundedSender<ToCore>,
    looker: Looker,
}

impl Core {
    /// A run of this job has begun.
    pub(super) fn tend(&mut self, name: String) {
        self.untend(&name);
        let Some(job) = self.state.jobs().get(&name) else { return };
        let (spec, number, pane) = (job.spec.clone(), job.life.run, job.pane);
        let Some(looker) = pane.and_then(|pane| Looker::new(self, pane)) else { return };
        let Some(pane) = pane else { return };
        let mut tasks = JoinSet::new();
        let run =
            |looker: &Looker| Run { job: name.clone(), number, core: self.pane_mail.clone(), looker: looker.clone() };
        if let Some(check) = spec.ready.clone() {
            let socket = notify::bind(&self.agent_dir, &name).filter(|_| check == Check::Notify);
            tasks.spawn(run(&looker).until_ready(check, socket, job.log.clone(), self.log_of_pane(pane)));
        }
        if let Some(health) = spec.health.clone() {
            tasks.spawn(run(&looker).while_well(health));
        }
        if let Some(most) = spec.memory_restart {
            tasks.spawn(run(&looker).while_small(most.0, self.owner(pane)));
        }
        if let Some(log) = job.log.clone().filter(|_| !spec.alerts.is_empty()) {
            tasks.spawn(lines::alert(run(&looker), spec.alerts.clone(), log, self.log_of_pane(pane)));
        }
        if !tasks.is_empty() {
            self.tended.insert(name, tasks);
        }
    }

    pub(super) fn untend(&mut self, name: &str) {
        self.tended.remove(name);
    }

    /// Tells when the pane's log has grown.
    fn log_of_pane(&self, pane: crate::base::PaneId) -> impl Future<Output = Option<watch::Receiver<u64>>> + use<> {
        let (answer, follow) = tokio::sync::oneshot::channel();
        if let Some(task) = self.panes.get(&pane) {
            task.tell(ToPane::FollowLog(answer));
        }
        async move { follow.await.ok().flatten() }
    }
}

impl Run {
    fn ready(&self) {
        let _ = self.core.send(ToCore::JobReady { job: self.job.clone(), run: self.number });
    }

    fn ill(&self, reason: Reason, detail: String) {
        let _ = self.core.send(ToCore::JobIll { job: self.job.clone(), run: self.number, reason, detail });
    }

    /// Looks until it is ready. When that takes too long is the model's matter.
    async fn until_ready(
        self,
        check: Check,
        socket: Option<notify::Socket>,
        log: Option<PathBuf>,
        follow: impl Future<Output = Option<watch::Receiver<u64>>>,
    ) {
        match (&check, log) {
            (Check::Up(_) | Check::Exit, _) => return,
            (Check::Notify, _) => match socket {
                Some(socket) => socket.ready().await,
                None => return self.ill(Reason::StartTimeout, "no socket could be made for sd_notify".into()),
            },
            (Check::Descriptor(_), _) => match notify::Pipe::open(&self.looker, &self.job) {
                Some(pipe) => pipe.line().await,
                None => return self.ill(Reason::StartTimeout, "no pipe could be made for it".into()),
            },
            (Check::Log(pattern), Some(log)) => lines::find(pattern, &log, follow.await).await,
            (Check::Log(_), None) => return,
            _ => {
                while let Err(error) = self.look(&check, READY_LOOK).await {
                    tracing::debug!(job = self.job, %check, error, "not ready");
                    sleep(PROBE_PAUSE).await;
                }
            }
        }
        self.ready();
    }

    async fn look(&self, check: &Check, most: Duration) -> Result<(), String> {
        match timeout(most, self.looker.look(check)).await {
            Ok(result) => result,
            Err(_) => Err(format!("no answer within {} ms", most.as_millis())),
        }
    }

    /// Looks as long as it is well; then says what was wrong.
    async fn while_well(self, health: Health) {
        let mut bad = 0;
        loop {
            sleep(health.every.into()).await;
            let begun = Instant::now();
            let result = self.look(&health.check, health.timeout.into()).await;
            let took = begun.elapsed().as_millis().try_into().unwrap_or(u32::MAX);
            let well = result.is_ok();
            let seen = ToCore::JobHealth { job: self.job.clone(), run: self.number, well, took, at: Timestamp::now() };
            if self.core.send(seen).is_err() {
                return;
            }
            bad = if well { 0 } else { bad + 1 };
            if let (true, Err(error)) = (bad >= health.retries, result) {
                return self.ill(Reason::Health, format!("{}: {error}", health.check));
            }
        }
    }

    async fn while_small(self, most: u64, owner: Owner) {
        loop {
            sleep(MEMORY_LOOK).await;
            let owner = owner.clone();
            let used = tokio::task::spawn_blocking(move || memory::resident(&owner.members())).await.unwrap_or(0);
            if used > most {
                let (used, most) = (used >> 20, most >> 20);
                return self.ill(Reason::MemoryMax, format!("{used} MiB of {most} MiB"));
            }
        }
    }
}
