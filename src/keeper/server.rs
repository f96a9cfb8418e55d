//! The server as the keeper sees it: a process that may die at any moment, and the link to it.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::process::{Pid, Signal};

use crate::base::{ExitStatus, Launch, limits, role};
use crate::proto::packet::{Inbox, Outbox, ToKeeper};

use super::log;
use super::panes::Report;
use super::process::Process;

/// A server that has been started and not yet reaped; so its pid is nobody else's.
pub(super) struct Server {
    process: Process,
    started: Instant,
    /// It has said that it serves.
    pub(super) ready: bool,
    /// Until when it has to say so.
    awaited: Option<Instant>,
    /// We have ended it, because it broke the protocol or lived on without its link.
    killed: bool,
    link: Option<Link>,
    /// When it will be ended, if it has not ended by then: it has closed its link.
    doomed: Option<Instant>,
}

struct Link {
    socket: UnixStream,
    inbox: Inbox,
    outbox: Outbox<Rc<OwnedFd>>,
}

impl Server {
    /// Its standard input is its end of the link; what it says goes to its log.
    /// It has to serve within `limit`.
    pub(super) fn start(launch: &Launch, binary: &Path, limit: Duration) -> io::Result<Self> {
        let (near, far) = UnixStream::pair()?;
        near.set_nonblocking(true)?;
        let log = log::open(&launch.paths).ok();
        let mut command = Command::new(binary);
        command.arg(role::name::SERVER).args(launch.to_args()).stdin(OwnedFd::from(far));
        command.stdout(output(log.as_ref())).stderr(output(log.as_ref()));
        // Not waited for here: the keeper's loop reaps every child.
        let child = command.spawn()?;
        let link = Link { socket: near, inbox: Inbox::default(), outbox: Outbox::default() };
        let process = Process::of_child(Pid::from_child(&child));
        let started = Instant::now();
        let awaited = Some(started + limit);
        Ok(Self { process, started, ready: false, awaited, killed: false, link: Some(link), doomed: None })
    }

    /// One that another keeper has started, and that may have gone over handing on what that one held.
    pub(super) fn take_over(process: Process, link: Option<(UnixStream, Inbox)>) -> io::Result<Self> {
        if let Some((socket, _)) = &link {
            socket.set_nonblocking(true)?;
        }
        let doomed = link.is_none().then(|| Instant::now() + limits::SERVER_EXIT);
        let link = link.map(|(socket, inbox)| Link { socket, inbox, outbox: Outbox::default() });
        Ok(Self { process, started: Instant::now(), ready: true, awaited: None, killed: false, link, doomed })
    }

    pub(super) fn process(&self) -> &Process {
        &self.process
    }

    pub(super) fn pid(&self) -> Pid {
        self.process.pid
    }

    /// Whether its end counts as a failed start: it never served, or fell over by itself soon. What somebody else
    /// killed is not to blame.
    pub(super) fn failed(&self, status: ExitStatus) -> bool {
        let shot = matches!(status, ExitStatus::Signal { signal: 9, .. }) && !self.killed;
        !self.ready || (!shot && self.started.elapsed() < limits::SERVER_HEALTHY)
    }

    /// The link and what to wait for on it; none when it is closed.
    pub(super) fn interest(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        let link = self.link.as_ref()?;
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, link.has_room());
        flags.set(PollFlags::OUT, !link.outbox.is_empty());
        Some((link.socket.as_fd(), flags))
    }

    /// Queues a report. After the link has gone it is dropped: the next server is told by what is held.
    pub(super) fn report(&mut self, report: Report) {
        // Nothing that we say is near the length of a packet.
        if let (Some(link), Ok(packet)) = (&mut self.link, report.encode()) {
            link.outbox.push(packet);
        }
    }

    /// Reads once, and gives the requests that are complete.
    pub(super) fn requests(&mut self) -> Vec<ToKeeper> {
        let mut requests = Vec::new();
        if let Some(link) = &mut self.link
            && let Err(error) = link.receive(&mut requests)
        {
            self.link_failed(&error);
        }
        requests
    }

    /// It has ended: what it asked for in whole packets and is still unread in the link. All of it counts, because
    /// the server went on as if it were done.
    pub(super) fn last_requests(&mut self) -> Vec<ToKeeper> {
        let mut requests = Vec::new();
        if let Some(link) = &mut self.link {
            link.outbox = Outbox::default();
            while link.receive(&mut requests).is_ok() {}
        }
        requests
    }

    /// Sends what it takes.
    pub(super) fn flush(&mut self) {
        let Some(link) = &mut self.link else { return };
        match link.outbox.flush(&link.socket) {
            // The other end has been closed. What came from there before is still to be read, up to its end.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => link.outbox = Outbox::default(),
            Err(error) => self.link_failed(&error),
            Ok(()) => {}
        }
    }

    /// There must never be two servers that read the same terminals: without a link this one has to be gone, and
    /// the next one waits until it has been reaped. A process that dies closes its link a moment before that.
    fn link_failed(&mut self, error: &io::Error) {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => {}
            io::ErrorKind::InvalidData => self.kill(),
            _ => {
                self.link = None;
                self.doomed = Some(Instant::now() + limits::SERVER_EXIT);
            }
        }
    }

    /// How long to wait until it has to be looked at again.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        let time = self.doomed.into_iter().chain(self.awaited).min();
        time.map(|time| time.saturating_duration_since(now))
    }

    /// Ends it when its time is over.
    pub(super) fn check(&mut self, now: Instant) {
        if self.doomed.into_iter().chain(self.awaited).any(|time| time <= now) {
            self.kill();
        }
    }

    /// It has said that it serves.
    pub(super) fn serves(&mut self) {
        self.ready = true;
        self.awaited = None;
    }

    /// It has said its last word and ends.
    pub(super) fn leaves(&mut self) {
        self.awaited = None;
        self.doomed = Some(Instant::now() + limits::SERVER_EXIT);
    }

    /// It was killed here because it did not come to serve in time.
    pub(super) fn was_late(&self) -> bool {
        self.killed && !self.ready
    }

    /// Nothing is on its way in either direction, as far as it has come here: the link can change hands.
    pub(super) fn quiet_link(&self) -> Option<&UnixStream> {
        let link = self.link.as_ref().filter(|link| link.inbox.is_empty() && link.outbox.is_empty());
        link.filter(|_| self.ready && self.doomed.is_none()).map(|link| &link.socket)
    }

    pub(super) fn kill(&mut self) {
        self.link = None;
        self.doomed = None;
        self.awaited = None;
        self.killed = true;
        self.process.signal(Signal::KILL, false);
    }

    /// Asks it to end, with everything else.
    pub(super) fn terminate(&self) {
        self.process.signal(Signal::TERM, false);
    }

    /// What has come whole and has not been taken: with the handover.
    pub(super) fn first_requests(&mut self) -> Vec<ToKeeper> {
        let mut requests = Vec::new();
        if let Some(link) = &mut self.link
            && let Err(error) = link.take(&mut requests)
        {
            self.link_failed(&error);
        }
        requests
    }
}

impl Link {
    fn has_room(&self) -> bool {
        self.outbox.len() < limits::KEEPER_QUEUE
    }

    /// A server that does not take what it is told is not listened to: that bounds what waits for it.
    fn receive(&mut self, requests: &mut Vec<ToKeeper>) -> io::Result<()> {
        if !self.has_room() {
            return Ok(());
        }
        if self.inbox.receive(&self.socket)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.take(requests)
    }

    fn take(&mut self, requests: &mut Vec<ToKeeper>) -> io::Result<()> {
        while let Some(request) = self.inbox.take()? {
            requests.push(request);
        }
        Ok(())
    }
}

fn output(log: Option<&File>) -> Stdio {
    log.and_then(|log| log.try_clone().ok()).map_or_else(Stdio::null, Stdio::from)
}
