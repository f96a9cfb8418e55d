//! The core's loop: takes what has happened, lets the model decide, carries out what it wants.
//!
//! A turn handles all mail that is there, then writes the model through, then answers and refreshes, so that no
//! answer is older than the files and a burst of events costs one view.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::answers::Answers;
use super::before::Before;
use super::clients::{ClientTask, Typing};
use super::configured::Configured;
use super::handover::Keeper;
use super::hooks::Hooks;
use super::keeper_link::KeeperReceiver;
use super::logs::{Archiver, Awaited};
use super::mailbox::{ToCore, ToPane};
use super::memory::Memory;
use super::pane::Readers;
use super::panes::PaneTask;
use super::pipe::Pipe;
use super::records::Records;
use super::requests::Request;
use super::restore::Restoring;
use super::store::Store;
use super::survival::Spool;
use super::upgrade::Upgrades;
use super::usage::Usages;
use super::watch::Watching;
use super::{conn, procfs};
use crate::base::limits::{
    ACCEPT_PAUSE, CORE_QUEUE, LONGEST_WAIT, MAX_CLIENTS, MAX_SCREEN, SPAWN_MAIL, START_TIMEOUT, TURN,
};
use crate::base::{ClientId, Input, PaneId, RequestId, Size, Timestamp, peer};
use crate::config;
use crate::model::{Event, HookCall, JobTold, Part, Reply, SpawnSpec, State, Unasked};
use crate::proto::message::ToClient;
use crate::proto::packet::FromKeeper;
use crate::store::PaneRecord;

pub struct Core {
    pub(super) state: State,
    pub(super) keeper: Keeper,
    pub(super) store: Store,
    /// What clients were answered last.
    pub(super) answers: Answers,
    pub(super) panes: HashMap<PaneId, PaneTask>,
    /// Asked of the keeper and not answered yet.
    pub(super) spawning: HashMap<PaneId, Spawning>,
    /// Hung up, and kept by the keeper until the exit is known; until when they are waited for.
    pub(super) closing: HashMap<PaneId, Closing>,
    pub(super) clients: HashMap<ClientId, ClientTask>,
    pub(super) requests: HashMap<RequestId, Request>,
    /// Told to the first client that attaches.
    pub(super) problems: Vec<String>,
    /// The same, printed for the command that started the server.
    pub(super) unsaid: Vec<String>,
    /// Panes whose screens would not survive this server.
    pub(super) exposed: HashSet<PaneId>,
    /// What the user wants of restoring.
    pub(super) restore: config::Restore,
    pub(super) configured: Configured,
    pub(super) restoring: Vec<Restoring>,
    /// What new shells are to be given once they are there.
    pub(super) to_type: HashMap<PaneId, Input>,
    /// Lines of the shell in status lines that run or wait to run again.
    pub status_shells: BTreeSet<String>,
    pub(super) records: Records,
    /// What was asked of panes at the end.
    pub(super) last_records: Vec<(PaneId, PaneRecord, oneshot::Receiver<String>)>,
    /// The live files have vanished.
    pub(super) rewrite: bool,
    /// What the user was told about a disk that cannot be written.
    pub(super) storage_trouble: Option<String>,
    pub(super) upgrades: Upgrades,
    pub(super) turn: Turn,
    /// Whose input the effects that are being carried out hand to panes.
    pub(super) typing: Option<Typing>,
    /// Set by kill-server: when to stop waiting for programs to end.
    pub(super) stopping: Option<Instant>,
    pub(super) agent_dir: PathBuf,
    /// The tasks that look after a job's present run.
    pub(super) tended: HashMap<String, JoinSet<()>>,
    pub(super) watching: Watching,
    pub(super) hooks: Hooks,
    pub(super) memory: Memory,
    /// The user's files of jobs.
    pub(super) jobs_dir: PathBuf,
    /// Where journals go that the terminal engine fails on.
    pub(super) aside: PathBuf,
    /// What was seen of jobs while somebody looked.
    pub(super) usages: Usages,
    /// Bytes of history of all panes.
    pub(super) histories: Arc<AtomicUsize>,
    pub(super) readers: Readers,
    pub(super) spool: Arc<Spool>,
    pub(super) archiver: Archiver,
    /// Who waits for a run whose log is to be followed.
    pub(super) log_followers: Vec<Awaited>,
    conn_mail: mpsc::Sender<ToCore>,
    pub(super) pane_mail: mpsc::UnboundedSender<ToCore>,
    /// Panes that are connected with a line of the shell.
    pub(super) pipes: HashMap<PaneId, Pipe>,
    next_client: u32,
    /// Counts command lines that nobody has typed.
    pub(super) unasked: u32,
    /// Accepted and not gone, whether they have said hello or not.
    pub(super) connections: usize,
    /// When a client is accepted again, after that has failed.
    accept_at: Option<Instant>,
    /// Until when a server that has nothing to do waits for whoever started it; none once there was something.
    pub(super) awaited_until: Option<Instant>,
}

/// Where a server puts what is not the model.
pub struct Folders {
    /// The links to users' agents.
    pub agents: PathBuf,
    /// Journals that the terminal engine fails on.
    pub aside: PathBuf,
    /// The user's files of jobs.
    pub jobs: PathBuf,
}

/// A pane that the keeper has been asked for.
pub(super) struct Spawning {
    pub spec: SpawnSpec,
    /// What came for it meanwhile, such as what the user types ahead. Bounded by [`SPAWN_MAIL`].
    pub mail: Vec<ToPane>,
}

/// A pane that is gone from the model and whose program is being ended.
pub(super) struct Closing {
    pub pid: u32,
    /// When it is killed.
    pub deadline: Instant,
}

/// Why a core ends without being wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// There is nothing to serve any more.
    Over,
    /// A server of another binary takes its place.
    Replaced,
    /// SIGTERM: what lives is another server's, or is ended by whoever sent it.
    Terminated,
}

/// What a turn leaves to its end.
#[derive(Default)]
pub(super) struct Turn {
    pub saves: BTreeSet<Part>,
    pub replies: Vec<(RequestId, Reply)>,
    pub refresh: BTreeSet<ClientId>,
    pub hooks: Vec<HookCall>,
    pub unasked: Vec<Unasked>,
}

impl Turn {
    /// What was done since has left nothing more to do.
    fn is_over(&self) -> bool {
        self.saves.is_empty() && self.replies.is_empty() && self.refresh.is_empty() && self.unasked.is_empty()
    }
}

/// The ends of the core's mailboxes.
pub struct Mail {
    conns: mpsc::Receiver<ToCore>,
    panes: mpsc::UnboundedReceiver<ToCore>,
}

impl Core {
    pub fn new(state: State, keeper: Keeper, mut before: Before, folders: Folders) -> io::Result<(Self, Mail)> {
        let (conn_mail, conns) = mpsc::channel(CORE_QUEUE);
        let (pane_mail, panes) = mpsc::unbounded_channel();
        let answers = std::mem::take(&mut before.answers);
        let store = Store::start(before, pane_mail.clone())?;
        let core = Self {
            state,
            keeper,
            store,
            answers,
            panes: HashMap::new(),
            spawning: HashMap::new(),
            closing: HashMap::new(),
            clients: HashMap::new(),
            requests: HashMap::new(),
            problems: Vec::new(),
            unsaid: Vec::new(),
            exposed: HashSet::new(),
            restore: config::Restore::default(),
            configured: Configured::default(),
            restoring: Vec::new(),
            to_type: HashMap::new(),
            status_shells: BTreeSet::new(),
            records: Records::default(),
            last_records: Vec::new(),
            rewrite: false,
            storage_trouble: None,
            upgrades: Upgrades::default(),
            turn: Turn::default(),
            typing: None,
            stopping: None,
            agent_dir: folders.agents,
            aside: folders.aside,
            usages: Usages::default(),
            tended: HashMap::new(),
            watching: Watching::default(),
            hooks: Hooks::start(),
            memory: Memory::default(),
            jobs_dir: folders.jobs,
            histories: Arc::default(),
            readers: Readers::of_machine(),
            spool: Arc::new(Spool::new()),
            archiver: Archiver::start()?,
            log_followers: Vec::new(),
            conn_mail,
            pane_mail,
            pipes: HashMap::new(),
            next_client: 0,
            unasked: 0,
            connections: 0,
            accept_at: None,
            awaited_until: Some(Instant::now() + START_TIMEOUT),
        };
        Ok((core, Mail { conns, panes }))
    }

    /// Runs until kill-server, until nothing is left to serve, until it is told to end, or until the keeper is gone.
    pub async fn run(&mut self, listener: UnixListener, keeper: KeeperReceiver, mut mail: Mail) -> io::Result<End> {
        let mut keeper = Some(keeper);
        let mut terminate = signal(SignalKind::terminate())?;
        self.end_turn();
        while !self.is_over() {
            if self.upgrades.going.is_some() {
                return Ok(End::Replaced);
            }
            let overdue = self.next_deadline();
            let job = self.next_job_event();
            tokio::select! {
                packet = hear(keeper.as_mut()) => match packet {
                    Ok(Some(FromKeeper::Stopping)) => return Ok(End::Terminated),
                    Ok(Some(packet)) => self.keeper_says(packet),
                    Ok(None) => keeper = self.keeper_lost(),
                    Err(error) => {
                        tracing::error!(%error, "the keeper cannot be understood");
                        keeper = self.keeper_lost();
                    }
                },
                Some(message) = mail.conns.recv() => self.take(message),
                Some(message) = mail.panes.recv() => self.take(message),
                accepted = accept(&listener, self.accept_at) => match accepted {
                    Ok((stream, _)) => self.accept(stream),
                    Err(error) => self.accept_later(&error),
                },
                _ = terminate.recv() => return Ok(End::Terminated),
                () = sleep_until(overdue.unwrap_or_else(Instant::now)), if overdue.is_some() => {
                    self.kill_overdue();
                    keeper = self.keeper_due().or(keeper);
                    self.record_due();
                }
                () = sleep_until(job.unwrap_or_else(Instant::now)), if job.is_some() => self.apply(Event::Time),
            }
            self.take_waiting(&mut mail);
            self.end_turn();
        }
        Ok(End::Over)
    }

    /// What else is there already belongs to the same turn, up to a bound.
    fn take_waiting(&mut self, mail: &mut Mail) {
        for _ in 0..TURN {
            if let Ok(message) = mail.panes.try_recv().or_else(|_| mail.conns.try_recv()) {
                self.take(message);
            } else {
                return;
            }
        }
    }

    /// kill-server has nothing more to wait for, or nothing lives here and nobody is connected.
    fn is_over(&self) -> bool {
        let ended = self.panes.is_empty() && self.closing.is_empty() && self.spawning.is_empty();
        match self.stopping {
            Some(deadline) => ended || Instant::now() >= deadline,
            None => ended && self.connections == 0 && self.state.is_empty() && !self.is_awaited(),
        }
    }

    /// Who has started this server may still be on the way to it, while others have come and gone.
    fn is_awaited(&self) -> bool {
        self.awaited_until.is_some_and(|until| Instant::now() < until)
    }

    fn next_deadline(&self) -> Option<Instant> {
        let idle = self.connections == 0 && self.state.is_empty();
        let awaited = self.awaited_until.filter(|_| idle);
        let closing = self.closing.values().map(|closing| closing.deadline);
        let others = self.keeper.next_deadline().into_iter().chain(self.records.next());
        closing.chain(self.stopping).chain(awaited).chain(others).min()
    }

    /// When a job's time has come. Capped, so that a clock that is set is noticed.
    fn next_job_event(&self) -> Option<Instant> {
        let wait = self.state.deadline()?.since(Timestamp::now());
        Some(Instant::now() + std::time::Duration::from(wait).min(LONGEST_WAIT))
    }

    /// A client cannot be taken because something is short (descriptors, memory): it waits at the socket, which is
    /// ready all the time. Said once, until one has been taken again.
    fn accept_later(&mut self, error: &io::Error) {
        if self.accept_at.replace(Instant::now() + ACCEPT_PAUSE).is_none() {
            tracing::warn!(%error, "cannot accept a client; trying on");
            self.complain(&format!("mux cannot take new clients for now: {error}"));
        }
    }

    fn accept(&mut self, stream: tokio::net::UnixStream) {
        self.accept_at = None;
        if !peer::is_trusted(&stream).unwrap_or(false) {
            tracing::warn!("turned away a client of another user");
            return;
        }
        if self.connections >= MAX_CLIENTS {
            tracing::warn!("turned away a client: {MAX_CLIENTS} are connected");
            return;
        }
        let client = ClientId(self.next_client);
        self.next_client += 1;
        self.connections += 1;
        tokio::spawn(conn::serve(stream, client, self.conn_mail.clone()));
    }

    fn take(&mut self, message: ToCore) {
        match message {
            ToCore::Connected { client, link } => drop(self.clients.insert(client, ClientTask::new(link))),
            ToCore::Gone { client, content } => self.client_gone(client, content),
            ToCore::Run { request, argv, context } => self.take_request(request, argv, context),
            ToCore::Resume { client, number, position } => self.resumed(client, number, position),
            ToCore::Identity { client, identity } => self.identified(client, identity),
            ToCore::Input { client, seq, receipt, pane, input } => {
                self.take_input(client, (seq, receipt), pane, input);
            }
            ToCore::Resize { client, size } => self.client_resized(client, size),
            ToCore::Ack { client, pane, generation } => self.tell(pane, ToPane::Ack { client, generation }),
            ToCore::Fetch { client, pane, from, count } => self.fetch(client, pane, from, count),
            ToCore::Preview { client, pane } => self.preview(client, pane),
            ToCore::Search { client, pane, wanted } => self.search(client, pane, wanted),
            ToCore::Prompts { client, pane } => self.prompts(client, pane),
            ToCore::Terminal { client, name, features } => self.terminal_known(client, name, features),
            ToCore::Looked { request, looked } => self.looked(request, looked),
            ToCore::Told { request, told, json } => self.told(request, &told, json),
            ToCore::Facts { request, facts } => self.run_with_facts(request, facts),
            ToCore::Shell { order, ended } => self.shell_ended(*order, ended),
            ToCore::StatusShell { line, out } => self.status_shell_printed(&line, out.as_deref()),
            ToCore::StatusShellDue { line } => self.status_shell_due(&line),
            ToCore::LayoutRead { request, order, read } => self.layout_read(request, *order, *read),
            ToCore::Answered { request, reply } => self.turn.replies.push((request, reply)),
            ToCore::Sourced { request, sourced } => self.sourced(request, sourced),
            ToCore::BufferFile { request, done } => self.buffer_file(request, done),
            ToCore::Piped { pane, input } => self.tell(pane, ToPane::Input(input.into())),
            ToCore::PipeEnded { pane, number } => self.pipe_ended(pane, number),
            ToCore::Typed { request, reply } => self.turn.replies.push((request, reply)),
            ToCore::Finished { request, status, error } => self.stream_finished(request, status, error),
            ToCore::Captured { request, text, buffer } => self.captured(request, text, buffer),
            ToCore::Recorded { pane, packed } => self.recorded(pane, packed),
            ToCore::Storage(storage) => self.storage(storage),
            ToCore::Probed { request, found } => self.probed(request, found),
            ToCore::Found { request, wanted, found } => self.found(request, &wanted, found),
            ToCore::Title { pane, title } => self.apply(Event::PaneTitle { pane, title }),
            ToCore::Bell { pane } => self.apply(Event::PaneBell { pane }),
            ToCore::Activity { pane, output } => self.pane_active(pane, output),
            ToCore::Clipboard { pane, text } => self.clipboard(pane, &text),
            ToCore::Notify { pane, title, body } => self.notified(pane, title, body),
            ToCore::JobFiles { request, loaded, purpose } => self.take_job_files(request, *loaded, purpose),
            ToCore::JobReady { job, run } => self.apply(Event::JobReady { job, run }),
            ToCore::JobIll { job, run, reason, detail } => self.apply(Event::JobIll { job, run, reason, detail }),
            ToCore::JobHealth { job, run, well, took, at } => self.apply(Event::JobHealth { job, run, well, took, at }),
            ToCore::JobAlert { job, run, line } => self.apply(Event::JobAlert { job, run, line }),
            ToCore::JobSet { job, left } => self.apply(Event::JobSet { job, left }),
            ToCore::JobChanged { job, path } => self.apply(Event::JobChanged { job, path }),
            ToCore::ConfigSaved => self.config_saved(),
            ToCore::LooksSaved => self.looks_saved(),
            ToCore::WatchTrouble { text } => self.watching_trouble(text),
            ToCore::Exposed { pane, why } => self.pane_exposed(pane, why),
            ToCore::FollowLog(awaited) => self.log_followers.push(awaited),
            ToCore::Trouble { text } => self.complain_or_keep(text),
            ToCore::Kept { pane, memory } => self.keeper.has_memory(pane, memory),
            ToCore::Drained { pane, status, at } => self.apply(Event::PaneExited { pane, status, at }),
        }
    }

    fn client_resized(&mut self, client: ClientId, size: Size) {
        let size = size.clamp(Size::new(1, 1), MAX_SCREEN);
        self.apply(Event::ClientResized { client, size });
    }

    fn terminal_known(&mut self, client: ClientId, name: String, features: String) {
        self.apply(Event::ClientTerminal { client, name, features });
    }

    fn told(&mut self, request: RequestId, told: &[JobTold], json: bool) {
        let answer = self.state.answer(told, json);
        self.turn.replies.push((request, answer));
    }

    fn keeper_says(&mut self, mut packet: FromKeeper) {
        if let Err(error) = self.keeper.holds(&mut packet) {
            tracing::error!(%error, "another keeper could not be given this");
        }
        match packet {
            FromKeeper::Spawned { pane, pid, started, master, .. } => self.spawned(pane, pid, started, master),
            FromKeeper::SpawnFailed { pane, message } => {
                self.spawning.remove(&pane);
                self.apply(Event::PaneFailed { pane, message });
            }
            FromKeeper::Exited { pane, ended } => self.exited(pane, ended),
            FromKeeper::Welcome(welcome) => self.keeper_is_there(welcome),
            FromKeeper::Upgrade { upgrade, stage } => self.upgrade_told(upgrade, stage),
            // Told to a server that starts; and the end of the run, seen by the loop.
            FromKeeper::Held { .. } | FromKeeper::HeldEnd | FromKeeper::Stopping | FromKeeper::Server { .. } => {}
        }
    }

    /// Lets the model take an event in, and does what it wants.
    pub(super) fn apply(&mut self, event: Event) {
        self.restore_goes_on(&event);
        let effects = self.state.apply(event, Timestamp::now());
        self.carry_out(effects);
    }

    /// A pane has output: marks in the model, and a look at what runs there now.
    fn pane_active(&mut self, pane: PaneId, output: bool) {
        if output {
            self.apply(Event::PaneOutput { pane });
        }
        self.records.touch(pane, Instant::now());
        self.type_what_waits(pane);
        let name = self.panes.get(&pane).and_then(|task| procfs::foreground_command(&task.tty, task.pid));
        if let Some(name) = name {
            self.apply(Event::PaneCommand { pane, name });
        }
    }

    fn end_turn(&mut self) {
        while !self.turn.is_over() {
            self.note_replies();
            self.save_turn();
            for (request, reply) in std::mem::take(&mut self.turn.replies) {
                self.reply(request, reply);
            }
            for client in std::mem::take(&mut self.turn.refresh) {
                self.refresh(client);
            }
            self.begin_unasked();
        }
        self.call_hooks();
        self.serve_log_followers();
        self.store.end_turn();
    }

    /// Tells every attached user.
    pub(super) fn complain(&self, text: &str) {
        for client in self.clients.values().filter(|client| client.attached) {
            client.send(ToClient::Message { text: text.to_owned(), error: true });
        }
    }

    /// Tells every attached user, or else the next one.
    pub(super) fn complain_or_keep(&mut self, text: String) {
        if self.clients.values().any(|client| client.attached) {
            self.complain(&text);
        } else {
            self.problems.push(text);
        }
    }

    /// Said of the first pane only: it is the machine's trouble, and the others have it too.
    fn pane_exposed(&mut self, pane: PaneId, why: Option<String>) {
        let Some(why) = why else {
            self.exposed.remove(&pane);
            return;
        };
        if self.exposed.is_empty() {
            self.complain_or_keep(format!("if mux's server is killed now, screens are lost with it: {why}"));
        }
        self.exposed.insert(pane);
    }

    /// Passes a message to a pane's task, or keeps it until there is one.
    pub(super) fn tell(&mut self, pane: PaneId, message: ToPane) {
        if let Some(spawning) = self.spawning.get_mut(&pane) {
            if spawning.mail.len() < SPAWN_MAIL {
                spawning.mail.push(message);
            }
        } else if let Some(task) = self.panes.get(&pane) {
            task.tell(message);
        }
    }
}

/// The next client, not before this time.
async fn accept(
    listener: &UnixListener,
    at: Option<Instant>,
) -> io::Result<(tokio::net::UnixStream, tokio::net::unix::SocketAddr)> {
    if let Some(at) = at {
        sleep_until(at).await;
    }
    listener.accept().await
}

/// What the keeper says; nothing for ever while there is none.
async fn hear(keeper: Option<&mut KeeperReceiver>) -> io::Result<Option<FromKeeper>> {
    match keeper {
        Some(keeper) => keeper.recv().await,
        None => std::future::pending().await,
    }
}
