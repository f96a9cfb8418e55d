//! The keeper's loop: waits for the server, a child's end, or the order to end; acts; waits again.

use std::io;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, WaitOptions, getpid, wait};

use crate::base::{Error, ExitStatus, Launch, Result, Timestamp};
use crate::proto::packet::{Ended, FromKeeper, SpawnRequest, ToKeeper, VERSION, Welcome};
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
        Ok(Self { launch, listener, signals, panes, files, server: None, pace })
    }

    /// After a keeper that has died, with all that its server still has of it.
    pub(super) fn take_over(launch: Launch, estate: Estate) -> Result<Self> {
        let broken = |error: io::Error| Error::internal(format!("cannot take over: {error}"));
        let signals = Signals::new().map_err(broken)?;
        let Estate { welcome, panes: held, server, link } = estate;
        let listener =
            Listener::take_over(&launch.paths.socket, welcome.listener, welcome.socket_file).map_err(broken)?;
        let mut panes = Panes::default();
        held.into_iter().for_each(|held| panes.take_over(held));
        panes.strangers.watch(Stranger::Server, &server);
        let server = Some(Server::take_over(server, link).map_err(broken)?);
        let files = OpenFiles { original: welcome.open_files };
        let mut keeper = Self { launch, listener, signals, panes, files, server, pace: Pace::of_running() };
        log::note(&keeper.launch.paths, "another keeper has died, this one goes on");
        keeper.introduce(false);
        Ok(keeper)
    }

    /// Until it is told to stop. Fails only when no server of a new server side ever came up.
    pub(super) fn run(mut self, starter: &mut Starter) -> Result<()> {
        let requests = self.server.as_mut().map(Server::first_requests).unwrap_or_default();
        let result = match self.obey(requests, starter) {
            Turn::Continue => self.turns(starter),
            Turn::Stop => Ok(()),
        };
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
        match Server::start(&self.launch) {
            Ok(server) => {
                self.pace.started();
                self.server = Some(server);
                self.introduce(true);
            }
            Err(error) => {
                log::note(&self.launch.paths, &format!("cannot start the server: {error}"));
                self.pace.ended(now, true);
            }
        }
        Ok(())
    }

    /// Tells a server who speaks, and one that is `new` what there is. One that has handed it over knows that, but for
    /// the ends that came before it could.
    fn introduce(&mut self, new: bool) {
        let Some(server) = &mut self.server else { return };
        server.report(FromKeeper::Welcome(Welcome {
            version: VERSION,
            pid: std::process::id(),
            listener: self.listener.socket.clone(),
            pidfd: Process::of_child(getpid()).pidfd,
            open_files: self.files.original,
            socket_file: Some(self.listener.file()),
        }));
        if new {
            self.panes.reports().for_each(|report| server.report(report));
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
        for request in requests {
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
            ToKeeper::Stop => return Turn::Stop,
        }
        Turn::Continue
    }

    fn server_is_ready(&mut self, starter: &mut Starter) {
        if let Some(server) = &mut self.server {
            server.ready = true;
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
        self.pace.ended(Instant::now(), server.failed(status));
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

    fn stop(&mut self) {
        if let Some(server) = &mut self.server {
            server.report(FromKeeper::Stopping);
            server.flush();
        }
        self.panes.hang_up();
        self.listener.remove();
    }
}
