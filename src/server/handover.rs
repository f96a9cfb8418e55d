//! The keeper as the server needs it: what it holds, so that another one can be given it, and how that one is started
//! when it has died.
//!
//! The server has a descriptor of everything that the keeper holds. When the link ends and the keeper has not said that
//! it stops, the server starts a keeper of its own binary and hands all of it over. Programs notice nothing: their
//! terminals stay open here. Ends of programs meanwhile are seen by the next keeper, from their pidfds.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tokio::time::Instant;

use super::core::Core;
use super::keeper_link::{KeeperLink, KeeperReceiver, KeeperSender};
use super::mailbox::ToPane;
use crate::base::limits::{SERVER_FAST_STARTS, SERVER_HEALTHY, SERVER_RETRY, START_TIMEOUT};
use crate::base::{Launch, PaneId, Timestamp, role};
use crate::model::Event;
use crate::proto::packet::{Encoded, Ended, FromKeeper, PacketError, Stage, ToKeeper, VERSION, Welcome};

/// A descriptor that is here and in packets that wait.
type Shared = Arc<OwnedFd>;

/// What the keeper holds of a pane.
struct Holding {
    pid: u32,
    started: Timestamp,
    ended: Option<Ended>,
    master: Shared,
    memory: Option<Shared>,
    pidfd: Option<Shared>,
}

/// The keeper, and all that it holds.
pub struct Keeper {
    launch: Launch,
    sender: KeeperSender,
    /// Its own process, which must be gone before there may be another one.
    pidfd: Option<OwnedFd>,
    /// The same where this server has started it, so that it is reaped.
    child: Option<Child>,
    listener: Shared,
    open_files: Option<u64>,
    socket_file: Option<(u64, u64)>,
    panes: BTreeMap<PaneId, Holding>,
    /// Starts in a row that came to nothing.
    failures: u32,
    /// When to start one; none while there is one.
    due: Option<Instant>,
    /// Until when one that has been started has to answer.
    awaited: Option<Instant>,
    /// Since when one that has been started has everything.
    since: Option<Instant>,
    /// What it has told of an upgrade at this server's start.
    pub upgrade: Option<(String, Stage)>,
}

impl Keeper {
    /// `open_files`: the soft limit that this process was started with.
    pub fn new(
        launch: Launch,
        sender: KeeperSender,
        welcome: Welcome,
        listener: OwnedFd,
        open_files: Option<u64>,
    ) -> Self {
        let Welcome { pidfd, open_files: told, socket_file, .. } = welcome;
        Self {
            launch,
            sender,
            pidfd,
            child: None,
            listener: Arc::new(listener),
            open_files: told.or(open_files),
            socket_file,
            panes: BTreeMap::new(),
            failures: 0,
            due: None,
            awaited: None,
            since: None,
            upgrade: None,
        }
    }

    /// Notes what the keeper tells of a pane, and gives its terminal on.
    pub fn holds(&mut self, packet: &mut FromKeeper) -> io::Result<()> {
        match packet {
            FromKeeper::Held { pane, pid, started, ended, master, memory, pidfd } => {
                let memory = memory.as_ref().map(OwnedFd::try_clone).transpose()?.map(Arc::new);
                let (pidfd, master) = (pidfd.take().map(Arc::new), Arc::new(master.try_clone()?));
                let holding = Holding { pid: *pid, started: *started, ended: *ended, master, memory, pidfd };
                self.panes.insert(*pane, holding);
            }
            FromKeeper::Spawned { pane, pid, started, master, pidfd } => {
                let (pidfd, master) = (pidfd.take().map(Arc::new), Arc::new(master.try_clone()?));
                let holding = Holding { pid: *pid, started: *started, ended: None, master, memory: None, pidfd };
                self.panes.insert(*pane, holding);
            }
            FromKeeper::Upgrade { upgrade, stage } => self.upgrade = Some((upgrade.clone(), stage.clone())),
            FromKeeper::Exited { pane, ended } => {
                if let Some(holding) = self.panes.get_mut(pane) {
                    holding.ended = Some(*ended);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Queues a packet for the keeper, and notes what it changes.
    pub fn send(&mut self, packet: ToKeeper) -> io::Result<()> {
        match &packet {
            ToKeeper::Release { pane } => drop(self.panes.remove(pane)),
            ToKeeper::Keep { pane, memory } => self.has_memory(*pane, memory.try_clone()?),
            _ => {}
        }
        if self.due.is_some() {
            return Err(io::Error::other("mux's keeper has died, and no other can be started yet"));
        }
        self.sender.send(packet)
    }

    /// For a pane, which gives its memory by itself.
    pub fn sender(&self) -> KeeperSender {
        self.sender.clone()
    }

    /// A pane has given this to the keeper.
    pub fn has_memory(&mut self, pane: PaneId, memory: OwnedFd) {
        if let Some(holding) = self.panes.get_mut(&pane) {
            holding.memory = Some(Arc::new(memory));
        }
    }

    pub async fn flushed(&self) {
        self.sender.flushed().await;
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        self.due.or(self.awaited)
    }

    /// There must never be two keepers of the same programs.
    fn end_old(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some(pidfd) = self.pidfd.take() {
            let _ = rustix::process::pidfd_send_signal(&pidfd, rustix::process::Signal::KILL);
        }
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn start(&mut self) -> io::Result<KeeperReceiver> {
        let (near, far) = UnixStream::pair()?;
        let mut command = Command::new(role::own_executable());
        command.arg(role::name::SUCCESSOR).args(self.launch.to_args()).current_dir("/");
        command.stdin(OwnedFd::from(far)).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn()?);
        let (receiver, sender) = KeeperLink::new(near.into())?.split();
        sender.hand_over(self.everything()?)?;
        self.sender = sender;
        Ok(receiver)
    }

    /// All that is held, in the words that a keeper uses for it.
    fn everything(&self) -> Result<Vec<Encoded<Shared>>, PacketError> {
        let welcome = FromKeeper::Welcome(Welcome {
            version: VERSION,
            pid: std::process::id(),
            listener: Arc::clone(&self.listener),
            pidfd: own_pidfd().map(Arc::new),
            open_files: self.open_files,
            socket_file: self.socket_file,
        });
        let panes = self.panes.iter().map(|(pane, holding)| FromKeeper::Held {
            pane: *pane,
            pid: holding.pid,
            started: holding.started,
            ended: holding.ended,
            master: Arc::clone(&holding.master),
            memory: holding.memory.clone(),
            pidfd: holding.pidfd.clone(),
        });
        let all = std::iter::once(welcome).chain(panes).chain([FromKeeper::HeldEnd]);
        all.map(FromKeeper::encode).collect()
    }

    /// Notes that a start came to nothing. True when the user should hear of it.
    fn failed(&mut self) -> bool {
        self.failures += 1;
        let often = self.failures >= SERVER_FAST_STARTS;
        self.awaited = None;
        self.due = Some(Instant::now() + if often { SERVER_RETRY } else { std::time::Duration::ZERO });
        self.failures == SERVER_FAST_STARTS
    }
}

#[cfg(target_os = "linux")]
fn own_pidfd() -> Option<OwnedFd> {
    use rustix::process::{PidfdFlags, getpid, pidfd_open};
    pidfd_open(getpid(), PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn own_pidfd() -> Option<OwnedFd> {
    None
}

impl Core {
    /// The link has ended without a word: the keeper has died. Gives the link to another one, if there is one at once.
    pub(super) fn keeper_lost(&mut self) -> Option<KeeperReceiver> {
        self.keeper.end_old();
        for pane in std::mem::take(&mut self.spawning).into_keys().collect::<Vec<_>>() {
            let message = "mux's keeper died while the program was being started".to_owned();
            self.apply(Event::PaneFailed { pane, message });
        }
        let lasted = self.keeper.since.is_none_or(|since| since.elapsed() >= SERVER_HEALTHY);
        if self.keeper.awaited.is_some() || !lasted {
            self.keeper_failed(&"it ended as soon as it was started");
            return self.keeper_due();
        }
        self.keeper.failures = 0;
        tracing::warn!("the keeper has died; another one is started");
        self.start_keeper()
    }

    fn start_keeper(&mut self) -> Option<KeeperReceiver> {
        self.keeper.due = None;
        match self.keeper.start() {
            Ok(receiver) => {
                self.keeper.awaited = Some(Instant::now() + START_TIMEOUT);
                for task in self.panes.values() {
                    task.tell(ToPane::Keep(self.keeper.sender()));
                }
                Some(receiver)
            }
            Err(error) => {
                self.keeper.end_old();
                self.keeper_failed(&error);
                None
            }
        }
    }

    fn keeper_failed(&mut self, error: &dyn std::fmt::Display) {
        tracing::error!(%error, "no keeper can be started");
        if self.keeper.failed() {
            self.complain(&format!(
                "mux's keeper has died and no other can be started: {error}. Programs run on; a server that dies now \
                 takes them with it"
            ));
        }
    }

    /// What is due with a keeper that is not there or does not answer.
    pub(super) fn keeper_due(&mut self) -> Option<KeeperReceiver> {
        let now = Instant::now();
        if self.keeper.awaited.is_some_and(|until| until <= now) {
            self.keeper.end_old();
            self.keeper_failed(&"it does not answer");
        }
        self.keeper.due.is_some_and(|due| due <= now).then(|| self.start_keeper())?
    }

    /// A keeper that has been started answers: it has everything.
    pub(super) fn keeper_is_there(&mut self, welcome: Welcome) {
        self.keeper.pidfd = welcome.pidfd;
        if self.keeper.awaited.take().is_some() {
            self.upgrade_over();
        }
        self.keeper.since = Some(Instant::now());
        if self.keeper.failures >= SERVER_FAST_STARTS {
            self.complain("mux has a keeper again");
        }
    }
}
