//! The panes as the core holds them: from the request to the keeper until their program's end is known.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::process::Signal;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::core::{Closing, Core, Spawning};
use super::env_file;
use super::mailbox::ToPane;
use super::pane::{self, Start};
use super::{logs, probe, procfs};
use crate::base::limits::{CLOSE_GRACE, MAX_SCREEN, MIN_PANE, PANE_DESCRIPTORS, STARTING_PANES};
use crate::base::{PaneId, Size, Timestamp};
use crate::job::Check;
use crate::model::{Event, Held, SpawnSpec};
use crate::proto::packet::{Ended, SpawnFlags, SpawnRequest, ToKeeper};

pub struct PaneTask {
    pub mail: mpsc::UnboundedSender<Box<ToPane>>,
    pub congestion: watch::Receiver<bool>,
    pub pid: u32,
    /// A duplicate of the master, to ask the kernel about.
    pub tty: File,
    /// It was started to survive hang-ups, so a hang-up is not enough to end it.
    pub nohup: bool,
    /// Its exit has been told to its task.
    ended: bool,
}

impl PaneTask {
    /// A task that has ended needs to know nothing more.
    pub fn tell(&self, message: ToPane) {
        let _ = self.mail.send(Box::new(message));
    }
}

/// What a pane has from before this server.
pub enum Left {
    Nothing,
    /// Its program, but nothing of its screen.
    Program,
    Memory(OwnedFd),
}

impl Core {
    pub(super) fn spawn(&mut self, pane: PaneId, spec: SpawnSpec) {
        let mut flags = SpawnFlags::empty();
        if spec.nohup {
            flags |= SpawnFlags::IGNORE_HUP | SpawnFlags::STDIN_NULL;
        }
        if self.panes.remove(&pane).is_some() {
            self.ask_keeper(ToKeeper::Release { pane });
        }
        let mut spec = spec;
        let prepared = self
            .room_for_another()
            .and_then(|()| env_file::read_into(&mut spec))
            .and_then(|()| self.make_ready_pipe(pane, &mut spec))
            .and_then(|()| self.limit_memory(pane, &mut spec));
        if let Err(message) = prepared {
            self.spawning.remove(&pane);
            return self.apply(Event::PaneFailed { pane, message });
        }
        if let Some(target) = spec.log.as_ref().filter(|target| target.outside)
            && let Err(error) = logs::prepare(target, &self.archiver)
        {
            tracing::warn!(path = %target.path.display(), %error, "no record of the run in its log");
        }
        let request = SpawnRequest {
            pane,
            size: spec.size,
            argv: spec.argv.iter().map(Into::into).collect(),
            env: spec.env.clone(),
            cwd: spec.cwd.clone().into_os_string(),
            umask: spec.umask,
            flags,
            step: spec.step.iter().map(Into::into).collect(),
        };
        self.awaited_until = None;
        self.spawning.insert(pane, Spawning { spec, mail: Vec::new() });
        if let Err(error) = self.keeper.send(ToKeeper::Spawn(request)) {
            self.spawning.remove(&pane);
            self.apply(Event::PaneFailed { pane, message: error.to_string() });
        }
    }

    /// A descriptor that comes from the keeper when there is no room for it breaks the link: sees beforehand that there is,
    /// also for those panes that are being started.
    fn room_for_another(&self) -> Result<(), String> {
        let panes = (self.spawning.len() + 1).min(STARTING_PANES);
        let all: std::io::Result<Vec<File>> = (0..panes * PANE_DESCRIPTORS).map(|_| File::open("/dev/null")).collect();
        all.map(drop).map_err(|error| error.to_string())
    }

    /// The pipe by which a job tells that it is ready, where it does so by a descriptor.
    fn make_ready_pipe(&self, pane: PaneId, spec: &mut SpawnSpec) -> Result<(), String> {
        let name = self.state.pane(pane).and_then(|pane| pane.program.job.as_deref());
        let job = name.and_then(|name| self.state.jobs().get(name));
        let Some((job, Some(Check::Descriptor(number)))) = job.map(|job| (job, job.spec.ready.clone())) else {
            return Ok(());
        };
        let path = probe::make_pipe(&self.agent_dir, &job.name).map_err(|error| format!("no pipe for it: {error}"))?;
        spec.step.splice(0..0, ["--fd".to_owned(), format!("{number}={}", path.display())]);
        Ok(())
    }

    pub(super) fn spawned(&mut self, pane: PaneId, pid: u32, started: Timestamp, master: OwnedFd) {
        let Some(Spawning { spec, mail }) = self.spawning.remove(&pane) else {
            // Closed while it was being started.
            return self.hang_up(pane, pid, false);
        };
        match self.adopt(pane, pid, &spec, master, Left::Nothing) {
            Ok(tty) => {
                mail.into_iter().for_each(|message| self.tell(pane, message));
                self.apply(Event::PaneStarted { pane, pid, tty, started });
            }
            Err(error) => {
                self.hang_up(pane, pid, false);
                self.apply(Event::PaneFailed { pane, message: error.to_string() });
            }
        }
    }

    /// Starts the task of a pane whose terminal this is; gives the terminal's name.
    pub(super) fn adopt(
        &mut self,
        pane: PaneId,
        pid: u32,
        spec: &SpawnSpec,
        master: OwnedFd,
        left: Left,
    ) -> std::io::Result<PathBuf> {
        let name = rustix::pty::ptsname(&master, Vec::new())?;
        let tty = File::from(master.try_clone()?);
        let (mail, inbox) = mpsc::unbounded_channel();
        let (congestion, congested) = watch::channel(false);
        tokio::spawn(pane::serve(Start {
            pane,
            master,
            size: spec.size.clamp(MIN_PANE, MAX_SCREEN),
            history_limit: spec.history_limit as usize,
            pid,
            log: spec.log.clone(),
            mail: inbox,
            core: self.pane_mail.clone(),
            congestion,
            histories: Arc::clone(&self.histories),
            readers: self.readers.clone(),
            spool: Arc::clone(&self.spool),
            archiver: self.archiver.clone(),
            taken_up: !matches!(left, Left::Nothing),
            memory: match left {
                Left::Memory(memory) => Some(memory),
                Left::Nothing | Left::Program => None,
            },
            keeper: self.keeper.sender(),
            aside: self.aside.clone(),
        }));
        let task = PaneTask { mail, congestion: congested, pid, tty, nohup: spec.nohup, ended: false };
        self.panes.insert(pane, task);
        self.rewatch(pane);
        Ok(PathBuf::from(std::ffi::OsString::from(name.to_string_lossy().into_owned())))
    }

    pub(super) fn resize_pane(&mut self, pane: PaneId, size: Size) {
        let size = size.clamp(MIN_PANE, MAX_SCREEN);
        self.tell(pane, ToPane::Resize(size));
    }

    /// The program has ended. A live pane drains its terminal first; a closed one is let go.
    pub(super) fn exited(&mut self, pane: PaneId, ended: Ended) {
        if self.closing.remove(&pane).is_some() {
            self.ask_keeper(ToKeeper::Release { pane });
            let Ended { status, at } = ended;
            return self.apply(Event::PaneExited { pane, status, at });
        }
        if self.panes.get(&pane).is_some_and(|task| !task.ended) {
            self.ask_for_memory(pane, ended.status);
        }
        if let Some(task) = self.panes.get_mut(&pane).filter(|task| !task.ended) {
            task.ended = true;
            task.tell(ToPane::Exited { status: ended.status, at: ended.at });
        }
    }

    /// The pane is gone from the model: its task ends, and its program is made to.
    pub(super) fn close(&mut self, pane: PaneId) {
        self.forget_record(pane);
        self.spawning.remove(&pane);
        let Some(task) = self.panes.remove(&pane) else { return };
        self.exposed.remove(&pane);
        if task.ended {
            return self.ask_keeper(ToKeeper::Release { pane });
        }
        if let Some(group) = procfs::foreground(&task.tty).and_then(procfs::to_pid) {
            let _ = rustix::process::kill_process_group(group, Signal::HUP);
        }
        self.hang_up(pane, task.pid, task.nohup);
    }

    /// The keeper holds a pane that the model does not know: it was being closed when the last server died.
    pub(super) fn let_go(&mut self, pane: PaneId, held: &Held) {
        match held.exit {
            Some(_) => self.ask_keeper(ToKeeper::Release { pane }),
            None => self.hang_up(pane, held.pid, true),
        }
    }

    /// SIGHUP as a terminal that closes sends it, and SIGTERM to who was started to ignore that. The keeper goes
    /// on holding the pane, so that the exit is learnt.
    fn hang_up(&mut self, pane: PaneId, pid: u32, nohup: bool) {
        if nohup {
            signal_session(pid, Signal::TERM);
        }
        for signal in [Signal::HUP, Signal::CONT] {
            self.ask_keeper(ToKeeper::Signal { pane, signal: signal.as_raw().unsigned_abs(), group: true });
        }
        self.closing.insert(pane, Closing { pid, deadline: Instant::now() + CLOSE_GRACE });
    }

    /// Who has not ended by now is killed, with all of its session.
    pub(super) fn kill_overdue(&mut self) {
        let now = Instant::now();
        let stopping = self.stopping.is_some_and(|deadline| deadline <= now);
        for closing in self.closing.values_mut().filter(|closing| stopping || closing.deadline <= now) {
            signal_session(closing.pid, Signal::KILL);
            // Only a program in an uninterruptible sleep is still there then.
            closing.deadline = now + CLOSE_GRACE;
        }
    }

    /// The last act: whoever is left is killed, the keeper removes the socket and exits.
    pub(super) async fn finish(&mut self) {
        self.finish_storage().await;
        for closing in self.closing.values() {
            signal_session(closing.pid, Signal::KILL);
        }
        self.ask_keeper(ToKeeper::Stop);
        self.keeper.flushed().await;
    }
}

fn signal_session(leader: u32, signal: Signal) {
    for pid in procfs::session_members(leader).into_iter().filter_map(procfs::to_pid) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}
