//! The keeper's loop: waits for the server, a child's end, or the order to end; acts; waits again.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, WaitOptions, getpid, wait};

use crate::base::{Error, ExitStatus, Launch, Result, Timestamp, limits, role};
use crate::proto::packet::{Ended, FromKeeper, SpawnRequest, Stage, ToKeeper, VERSION, Welcome};
use crate::proto::readiness::Readiness;

use super::estate::Estate;
use super::listener::Listener;
use super::pace::Pace;
use super::panes::{Panes, Report};
use super::process::{Process, exit_status};
use super::server::Server;
use super::signals::Signals;
use super::spawn::{self, OpenFiles};
use super::strangers::Stranger;
use super::upgrade::{self, Step, Upgrade};
use super::{Starter, log};

/// All that the keeper knows.
pub(super) struct Keeper {
    launch: Launch,
    listener: Listener,
    signals: Signals,
    panes: Panes,
    files: OpenFiles,
    server: Option<Server>,
    pace: Pace,
    upgrade: Option<Upgrade>,
    /// How the last one went, for the servers that come after it.
    upgraded: Option<(String, Stage)>,
    /// Another binary for the server than our own, because we could not become it.
    server_binary: Option<PathBuf>,
}

/// What a turn of the loop comes to.
#[derive(PartialEq, Eq)]
enum Turn {
    Continue,
    Stop,
}

impl Keeper {
    pub(super) fn new(launch: Launch) -> Result<Self> {
        let signals = Signals::new().map_err(|error| Error::internal(format!("cannot catch signals: {error}")))?;
        let socket = &launch.paths.socket;
        let listener = Listener::bind(socket)
            .map_err(|error| Error::refused(format!("cannot listen on {}: {error}", socket.display())))?;
        let pace = Pace::new(Instant::now());
        let (panes, files) = (Panes::default(), OpenFiles::default());
        let (upgrade, upgraded, server_binary) = (None, None, None);
        Ok(Self { launch, listener, signals, panes, files, server: None, pace, upgrade, upgraded, server_binary })
    }

    /// After a keeper that has died or was of another binary, with all that is left of it.
    pub(super) fn take_over(launch: Launch, estate: Estate) -> Result<Self> {
        let broken = |error: io::Error| Error::internal(format!("cannot take over: {error}"));
        let signals = Signals::new().map_err(broken)?;
        let Estate { welcome, panes: held, server, link, upgrade: upgraded } = estate;
        let listener =
            Listener::take_over(&launch.paths.socket, welcome.listener, welcome.socket_file).map_err(broken)?;
        let mut panes = Panes::default();
        held.into_iter().for_each(|held| panes.take_over(held));
        if !server.is_child() {
            panes.strangers.watch(Stranger::Server, &server);
        }
        let server = Some(Server::take_over(server, link).map_err(broken)?);
        let files = OpenFiles { original: welcome.open_files };
        let pace = Pace::of_running();
        let (upgrade, server_binary) = (None, None);
        let mut keeper =
            Self { launch, listener, signals, panes, files, server, pace, upgrade, upgraded, server_binary };
        log::note(&keeper.launch.paths, &format!("mux {} keeps what another keeper held", env!("CARGO_PKG_VERSION")));
        keeper.introduce(false);
        Ok(keeper)
    }

    /// Until it is told to stop. Fails only when no server of a new server side ever came up.
    pub(super) fn run(mut self, starter: &mut Starter) -> Result<()> {
        let requests = self.server.as_mut().map(Server::first_requests).unwrap_or_default();
        let stops = self.obey(requests, starter) == Turn::Stop;
        // Signals of before are lost to a program that has just begun.
        let result = if stops || self.reap(starter) == Turn::Stop { Ok(()) } else { self.turns(starter) };
        self.stop();
        result
    }

    fn turns(&mut self, starter: &mut Starter) -> Result<()> {
        loop {
            self.start_server_if_due(starter)?;
            self.wait()?;
            if self.signals.terminate.take() {
                if let Some(server) = &self.server {
                    server.terminate();
                }
                return Ok(());
            }
            if self.serve(starter) == Turn::Stop {
                return Ok(());
            }
            if self.signals.child.take() && self.reap(starter) == Turn::Stop {
                return Ok(());
            }
            if self.see_strangers(starter) == Turn::Stop {
                return Ok(());
            }
            if let Some(server) = &mut self.server {
                server.flush();
                server.check(Instant::now());
            }
            self.upgrade_itself();
        }
    }

    /// Sleeps until there is something to do.
    fn wait(&self) -> Result<()> {
        let now = Instant::now();
        // While a server runs none is to be started, so at most one of the two is there.
        let wait = self.pace.wait(now).or_else(|| self.server.as_ref()?.wait(now));
        let timeout = wait.and_then(|wait| Timespec::try_from(wait).ok());
        let mut fds =
            vec![PollFd::new(&self.signals.child, PollFlags::IN), PollFd::new(&self.signals.terminate, PollFlags::IN)];
        fds.extend(self.panes.strangers.readable().map(|strangers| PollFd::new(strangers, PollFlags::IN)));
        if let Some((link, flags)) = self.server.as_ref().and_then(Server::interest) {
            fds.push(PollFd::from_borrowed_fd(link, flags));
        }
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(Error::internal(format!("cannot poll: {error}"))),
        }
    }

    fn start_server_if_due(&mut self, starter: &Starter) -> Result<()> {
        let now = Instant::now();
        if self.pace.wait(now).is_none_or(|wait| !wait.is_zero()) {
            return Ok(());
        }
        if self.pace.fails() && starter.waits && self.panes.is_empty() {
            let log = self.launch.paths.server_log();
            let hint = format!("its last words are in {}", log.display());
            return Err(Error::internal("the server ends as soon as it is started").hint(hint));
        }
        let (binary, limit) = self.next_server();
        match Server::start(&self.launch, &binary, limit) {
            Ok(server) => {
                self.pace.started();
                self.server = Some(server);
                self.introduce(true);
            }
            Err(error) => {
                log::note(&self.launch.paths, &format!("cannot start the server: {error}"));
                let on_trial = self.trial_failed(&format!("it cannot be run: {error}"));
                // The keeper's own binary always can.
                self.server_binary = None;
                self.pace.ended(now, !on_trial);
            }
        }
        Ok(())
    }

    /// Tells a server who speaks, and one that is `new` what there is. One that has handed it over knows that, but for
    /// the ends that came before it could.
    fn introduce(&mut self, new: bool) {
        let welcome = self.welcome();
        let Some(server) = &mut self.server else { return };
        server.report(FromKeeper::Welcome(welcome));
        if new {
            self.panes.reports().for_each(|report| server.report(report));
        }
        if let Some(upgrade) = &self.upgrade {
            let stage = Stage::UnderWay;
            server.report(FromKeeper::Upgrade { upgrade: upgrade.name.clone(), stage });
        } else if let Some((upgrade, stage)) = self.upgraded.clone() {
            server.report(FromKeeper::Upgrade { upgrade, stage });
        }
        server.report(FromKeeper::HeldEnd);
        if !new {
            self.panes.ends().for_each(|report| server.report(report));
        }
        server.flush();
    }

    fn serve(&mut self, starter: &mut Starter) -> Turn {
        let requests = self.server.as_mut().map(Server::requests).unwrap_or_default();
        self.obey(requests, starter)
    }

    fn obey(&mut self, requests: Vec<ToKeeper>, starter: &mut Starter) -> Turn {
        for request in self.after_trial(requests) {
            if self.obey_one(request, starter) == Turn::Stop {
                return Turn::Stop;
            }
        }
        Turn::Continue
    }

    fn obey_one(&mut self, request: ToKeeper, starter: &mut Starter) -> Turn {
        match request {
            ToKeeper::Spawn(request) => self.spawn(&request),
            ToKeeper::Signal { pane, signal, group } => self.panes.signal(pane, signal, group),
            ToKeeper::Keep { pane, memory } => self.panes.keep(pane, memory),
            ToKeeper::Release { pane } => self.panes.release(pane),
            ToKeeper::Ready => self.server_is_ready(starter),
            ToKeeper::Replace { binary, upgrade } => self.replace(binary.into(), upgrade),
            ToKeeper::Stop => return Turn::Stop,
        }
        Turn::Continue
    }

    fn server_is_ready(&mut self, starter: &mut Starter) {
        if let Some(server) = &mut self.server {
            server.serves();
        }
        starter.tell(Readiness::Ready);
    }

    /// The entry is there before any child is reaped, so no exit can come too early.
    fn spawn(&mut self, request: &SpawnRequest) {
        let pane = request.pane;
        self.files.make_room(self.panes.len());
        let spawned = self.panes.check_room(pane).and_then(|()| spawn::spawn(request, &self.files));
        let report = match spawned {
            Ok(spawned) => self.panes.add(pane, spawned),
            Err(message) => FromKeeper::SpawnFailed { pane, message },
        };
        self.tell(Some(report));
    }

    /// Takes the status of every child that has ended: first processes of panes, the server, released programs,
    /// and what they left behind (a subreaper inherits orphans).
    fn reap(&mut self, starter: &mut Starter) -> Turn {
        let mut turn = Turn::Continue;
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status)))
                    if self.child_ended(pid, exit_status(status.as_raw()), starter) == Turn::Stop =>
                {
                    turn = Turn::Stop
                }
                Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
                Ok(None) | Err(_) => return turn,
            }
        }
    }

    fn child_ended(&mut self, pid: Pid, status: ExitStatus, starter: &mut Starter) -> Turn {
        if self.server.as_ref().is_some_and(|server| server.pid() == pid) {
            return self.server_ended(status, starter);
        }
        let report = self.panes.ended(pid, Ended { status, at: Timestamp::now() });
        self.tell(report);
        Turn::Continue
    }

    /// What it still had asked for is done first.
    fn server_ended(&mut self, status: ExitStatus, starter: &mut Starter) -> Turn {
        let Some(mut server) = self.server.take() else { return Turn::Continue };
        if self.obey(server.last_requests(), starter) == Turn::Stop {
            return Turn::Stop;
        }
        log::note(&self.launch.paths, &format!("the server has ended: {status}"));
        let why = match server.was_late() {
            true => "it did not come to serve in time".to_owned(),
            false => format!("it ended before it served: {status}"),
        };
        let planned = self.trial_failed(&why) || self.upgrade.is_some();
        self.pace.ended(Instant::now(), !planned && server.failed(status));
        Turn::Continue
    }

    /// The ends of those that wait(2) tells us nothing of.
    fn see_strangers(&mut self, starter: &mut Starter) -> Turn {
        for stranger in self.panes.strangers.ended() {
            let report = match stranger {
                Stranger::Pane(pane) => self.panes.stranger_ended(pane),
                Stranger::Server => match self.adopted_server_ended(starter) {
                    Turn::Continue => None,
                    Turn::Stop => return Turn::Stop,
                },
            };
            self.tell(report);
        }
        Turn::Continue
    }

    fn adopted_server_ended(&mut self, starter: &mut Starter) -> Turn {
        let Some(server) = &self.server else { return Turn::Continue };
        self.panes.strangers.forget(server.process());
        let status = server.process().exit();
        self.server_ended(status, starter)
    }

    fn tell(&mut self, report: Option<Report>) {
        if let (Some(server), Some(report)) = (&mut self.server, report) {
            server.report(report);
        }
    }

    /// The server leaves for one of this binary.
    fn replace(&mut self, binary: PathBuf, name: String) {
        if let Some(server) = &mut self.server {
            server.leaves();
        }
        self.upgrade = Some(Upgrade { binary, name, stage: Step::Leaving, held_back: Vec::new() });
    }

    /// What the next server is started from, and how soon it must serve.
    fn next_server(&mut self) -> (PathBuf, Duration) {
        if let Some(upgrade) = self.upgrade.as_mut().filter(|upgrade| upgrade.stage == Step::Leaving) {
            upgrade.stage = Step::Trial;
            return (upgrade.binary.clone(), limits::UPGRADE_TRIAL);
        }
        let binary = self.server_binary.clone().or_else(|| self.launch.server_binary.clone());
        (binary.unwrap_or_else(role::own_executable), limits::SERVER_READY)
    }

    /// What may be obeyed: nothing of a server on trial until it serves, then all of it.
    fn after_trial(&mut self, requests: Vec<ToKeeper>) -> Vec<ToKeeper> {
        let Some(upgrade) = self.upgrade.as_mut().filter(|upgrade| upgrade.stage == Step::Trial) else {
            return requests;
        };
        upgrade.held_back.extend(requests);
        if upgrade.held_back.contains(&ToKeeper::Ready) {
            upgrade.stage = Step::Served;
            return std::mem::take(&mut upgrade.held_back);
        }
        if upgrade.held_back.len() > limits::KEEPER_QUEUE
            && let Some(server) = &mut self.server
        {
            server.kill();
        }
        Vec::new()
    }

    /// If a server was on trial: it was of no use, and the old one is started again.
    fn trial_failed(&mut self, why: &str) -> bool {
        let Some(upgrade) = self.upgrade.take_if(|upgrade| upgrade.stage == Step::Trial) else { return false };
        let version = env!("CARGO_PKG_VERSION");
        let message = format!("cannot upgrade to {}: {why}; mux {version} runs on", upgrade.binary.display());
        log::note(&self.launch.paths, &message);
        self.upgraded = Some((upgrade.name, Stage::Failed(message)));
        true
    }

    /// Becomes the binary whose server serves, once nothing is on its way on the link.
    fn upgrade_itself(&mut self) {
        if self.upgrade.as_ref().is_none_or(|upgrade| upgrade.stage != Step::Served) {
            return;
        }
        let Some(server) = &self.server else {
            // It has served, and died since; the next one is of our own binary, and that is the end of it.
            self.upgrade = None;
            return;
        };
        let Some(link) = server.quiet_link().map(upgrade::duplicate) else { return };
        let Some(Upgrade { binary, name, .. }) = self.upgrade.take() else { return };
        let mut launch = self.launch.clone();
        launch.server_binary = launch.server_binary.map(|_| binary.clone());
        let error = match link {
            Ok(link) => upgrade::become_binary(&binary, &launch, self.everything(link, &name)),
            Err(error) => error,
        };
        let message = format!("the server is of {}, the keeper stays as it was: {error}", binary.display());
        log::note(&self.launch.paths, &message);
        self.server_binary = Some(binary);
        self.upgraded = Some((name.clone(), Stage::Failed(message.clone())));
        self.tell(Some(FromKeeper::Upgrade { upgrade: name, stage: Stage::Failed(message) }));
    }

    /// All that a keeper knows, for itself as another program.
    fn everything(&self, link: Rc<OwnedFd>, upgrade: &str) -> Vec<Report> {
        let mut packets = vec![FromKeeper::Welcome(self.welcome())];
        packets.extend(self.panes.reports());
        let server = self.server.as_ref().map(Server::process);
        packets.extend(server.map(|server| FromKeeper::Server {
            pid: server.number(),
            link,
            pidfd: server.pidfd.clone(),
        }));
        packets.push(FromKeeper::Upgrade { upgrade: upgrade.to_owned(), stage: Stage::Done });
        packets
    }

    fn welcome(&self) -> Welcome<Rc<OwnedFd>> {
        Welcome {
            version: VERSION,
            pid: std::process::id(),
            listener: self.listener.socket.clone(),
            pidfd: Process::of_child(getpid()).pidfd,
            open_files: self.files.original,
            socket_file: Some(self.listener.file()),
        }
    }

    fn stop(&mut self) {
        if let Some(server) = &mut self.server {
            server.report(FromKeeper::Stopping);
            server.flush();
        }
        self.panes.hang_up();
        self.listener.remove();
    }
}
