//! What the model wants, done.

use std::path::Path;

use super::core::Core;
use super::mailbox::{ToCore, ToPane};
use super::pane::Tap;
use super::{logs, stream};
use crate::base::limits::{KILL_GRACE, TAP_QUEUE};
use crate::base::{Error, PaneId, RequestId, SessionId};
use crate::model::{CaptureTarget, Effect, LogQuery, Reply};
use crate::proto::message::ToClient;
use crate::proto::packet::ToKeeper;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// The protocol since which a client knows notices.
const TELLS: u16 = 3;

/// The protocol since which a client takes along the shell that started it.
const HANGS_UP: u16 = 4;

impl Core {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.carry_out_one(effect);
        }
    }

    fn carry_out_one(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn { pane, spec } => self.spawn(pane, *spec),
            Effect::Close { pane } => self.close(pane),
            Effect::Signal { pane, signal, group } => {
                self.ask_keeper(ToKeeper::Signal { pane, signal: signal.into(), group });
            }
            Effect::Look { request, look } => self.look(request, look),
            Effect::JobFiles { request, files, directory, purpose } => {
                self.read_job_files(Some(request), files, directory, purpose);
            }
            Effect::Tend { job } => self.tend(job),
            Effect::Untend { job } => self.untend(&job),
            Effect::SignalSet { pane, signal } => self.signal_set(pane, signal),
            Effect::WatchSet { job, pane } => self.watch_set(job, pane),
            Effect::SweepSet { job, pane, plan } => self.sweep_set(job, pane, plan),
            Effect::Reload { request, order } => self.reload(request, order),
            Effect::ResizePane { pane, size } => self.resize_pane(pane, size),
            Effect::Input { pane, input } => self.type_into(pane, input),
            Effect::ClearHistory { pane } => self.tell(pane, ToPane::ClearHistory),
            Effect::Refresh { client } => drop(self.turn.refresh.insert(client)),
            Effect::Attached { request, session } => self.attached(request, session),
            Effect::Leave { client, status, text } => self.to_client(client, ToClient::Leave { status, text }),
            Effect::Message { client, text, error } => self.to_client(client, ToClient::Message { text, error }),
            Effect::Notice { client, text, error } => self.notice(client, text, error),
            Effect::Watch { job, watch } => self.watch(job, watch),
            Effect::Hook(call) => self.turn.hooks.push(*call),
            Effect::Perform { client, argv } => self.to_client(client, ToClient::Perform { argv }),
            Effect::Redraw { client, pan } => self.redraw(client, pan),
            Effect::Menu { client, menu } => self.menu(client, *menu),
            Effect::Suspend { client } => self.suspend(client),
            Effect::Show { client, text } => self.show(client, text),
            Effect::Shell(order) => self.shell(*order),
            Effect::Insert { request, line } => self.insert_line(request, &line),
            Effect::Source { request, order } => self.source(request, order),
            Effect::LoadBuffer { request, name, path } => self.load_buffer(request, name, path),
            Effect::SaveBuffer { request, text, path, append } => self.save_buffer(request, text, path, append),
            Effect::Layout { request, order } => self.read_layout(request, *order),
            Effect::Write { request, file, text, force } => self.write_file(request, file, text, force),
            Effect::TypeOnce { pane, line } => self.type_once(pane, &line),
            Effect::Pipe { pane, order } => self.pipe(pane, order.map(|order| *order)),
            Effect::Commands(unasked) => self.turn.unasked.push(*unasked),
            Effect::HangUp { client } => self.hang_up_shell(client),
            Effect::Bell { client, pane } => self.bell(client, pane),
            Effect::Notify { client, text } => self.notify(client, text),
            Effect::Reply { request, reply } => self.turn.replies.push((request, reply)),
            Effect::Capture { request, pane, capture } => self.capture(request, pane, capture),
            Effect::PrintLogs(query) => self.print_logs(*query),
            Effect::StreamPane { request, pane } => self.stream_pane(request, pane, None),
            Effect::StreamJob { request, pane, label } => self.stream_pane(request, pane, Some(label)),
            Effect::Tell { request, text } => self.say(request, &text),
            Effect::AgentLink { session, target } => self.link_agent(session, target.as_deref()),
            Effect::Save(part) => drop(self.turn.saves.insert(part)),
            Effect::OptionsChanged => self.options_changed(),
            Effect::Restore { request, order } => self.restore(request, order),
            Effect::Upgrade { request, binary, id } => self.upgrade(request, binary, id),
            Effect::Shutdown => self.shut_down(),
        }
    }

    fn bell(&self, client: crate::base::ClientId, pane: PaneId) {
        if let Some(task) = self.clients.get(&client) {
            task.send_lossy(ToClient::Bell { pane });
        }
    }

    pub(super) fn to_client(&self, client: crate::base::ClientId, message: ToClient) {
        if let Some(task) = self.clients.get(&client) {
            task.send(message);
        }
    }

    /// An older client has a line for it and no more.
    fn notice(&self, client: crate::base::ClientId, text: String, error: bool) {
        let Some(task) = self.clients.get(&client) else { return };
        task.send(match task.link().protocol >= TELLS {
            true => ToClient::Notice { text, error },
            false => ToClient::Message { text, error },
        });
    }

    /// An older client just ends.
    fn hang_up_shell(&self, client: crate::base::ClientId) {
        if let Some(task) = self.clients.get(&client).filter(|task| task.link().protocol >= HANGS_UP) {
            task.send(ToClient::HangUp);
        }
    }

    pub(super) fn ask_keeper(&mut self, packet: ToKeeper) {
        if let Err(error) = self.keeper.send(packet) {
            tracing::error!(%error, "the keeper cannot be told");
        }
    }

    fn attached(&mut self, request: RequestId, session: SessionId) {
        let Some(task) = self.clients.get_mut(&request.client) else { return };
        task.attached = true;
        task.send(ToClient::Attached { number: request.number, client: request.client, session });
        self.unsaid.clear();
        let mut problems = std::mem::take(&mut self.problems);
        // What goes on is news to who comes later, too.
        problems.extend(self.storage_trouble.clone().filter(|trouble| !problems.contains(trouble)));
        if let Some(text) = Error::first_of(&problems) {
            task.send(ToClient::Message { text, error: true });
        }
        self.turn.refresh.insert(request.client);
        if let Some(line) = self.requests.get_mut(&request) {
            line.attached = true;
            self.turn.replies.push((request, Reply::default()));
        }
    }

    fn options_changed(&mut self) {
        for (&pane, task) in &self.panes {
            let home = self.state.home_of(pane);
            let options = home.map_or(self.state.options(), |(session, _)| self.state.session_options(session));
            task.tell(ToPane::HistoryLimit(options.history_limit as usize));
        }
        self.turn.refresh.extend(self.clients.keys());
    }

    fn capture(&mut self, request: RequestId, pane: PaneId, capture: crate::model::Capture) {
        let (answer, captured) = oneshot::channel();
        let buffer = match &capture.target {
            CaptureTarget::Output => None,
            CaptureTarget::Buffer(name) => Some(name.clone()),
        };
        self.tell(pane, ToPane::Capture(capture, answer));
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            let text = captured.await.ok();
            let _ = core.send(ToCore::Captured { request, text, buffer });
        });
    }

    fn print_logs(&mut self, query: LogQuery) {
        let request = query.request;
        let Some(client) = self.start_stream(request) else { return };
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            let result = logs::print(query, &core, &client).await;
            let status = u8::from(result.is_err());
            let _ = core.send(ToCore::Finished { request, status, error: result.err() });
        });
    }

    /// Gives the logs of runs that have begun to those who wait for them.
    pub(super) fn serve_log_followers(&mut self) {
        let followers = std::mem::take(&mut self.log_followers);
        for awaited in followers.into_iter().filter(|awaited| !awaited.answer.is_closed()) {
            let Some(job) = self.state.jobs().get(&awaited.job).filter(|job| !job.is_over()) else { continue };
            let task = job.pane.filter(|_| Some(job.life.run) > awaited.after).and_then(|pane| self.panes.get(&pane));
            let Some(task) = task else {
                self.log_followers.push(awaited);
                continue;
            };
            let (answer, follow) = oneshot::channel();
            let _ = task.mail.send(Box::new(ToPane::FollowLog(answer)));
            let _ = awaited.answer.send((job.life.run, follow));
        }
    }

    /// With a label each line is behind it.
    fn stream_pane(&mut self, request: RequestId, pane: PaneId, label: Option<String>) {
        let Some(client) = self.start_stream(request) else { return };
        let mut from = 0;
        if let Some(request) = self.requests.get_mut(&request) {
            request.answered_by_model = true;
            from = request.resumes.take().unwrap_or(0);
        }
        let (chunks, output) = mpsc::channel(TAP_QUEUE);
        self.tell(pane, ToPane::Tap(Tap::new(chunks, from)));
        let core = self.pane_mail.clone();
        let resumable = self.asked(request).is_some();
        tokio::spawn(async move {
            stream::pane(request, output, label, &client, resumable).await;
            let _ = core.send(ToCore::Finished { request, status: 0, error: None });
        });
    }

    /// Re-points the session's link in one step, so that no program ever finds it missing.
    fn link_agent(&self, session: SessionId, target: Option<&Path>) {
        let link = self.agent_dir.join(format!("agent-{}", session.0));
        let result = match target {
            Some(target) => replace_link(target, &link),
            None => std::fs::remove_file(&link),
        };
        match result {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(link = %link.display(), %error, "the agent's link cannot be set");
            }
            _ => {}
        }
    }

    /// Ends everything: clients leave, programs are hung up, and the core runs on until they are gone or late.
    fn shut_down(&mut self) {
        if self.stopping.is_some() {
            return;
        }
        self.stopping = Some(Instant::now() + KILL_GRACE);
        self.ask_for_last_records();
        self.store.hold_still();
        let panes: Vec<PaneId> = self.panes.keys().copied().collect();
        for pane in panes {
            self.close(pane);
        }
    }
}

fn replace_link(target: &Path, link: &Path) -> std::io::Result<()> {
    if let Some(folder) = link.parent() {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let fresh = link.with_extension("new");
    let _ = std::fs::remove_file(&fresh);
    std::os::unix::fs::symlink(target, &fresh)?;
    std::fs::rename(&fresh, link)
}
