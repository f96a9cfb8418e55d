//! What a keeper leaves to the next one: through its server when it has died, in memory when it becomes another binary.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use crate::base::limits;
use crate::proto::packet::{FromKeeper, Inbox, Stage, Welcome};

use super::process::Process;

/// All of it.
pub(super) struct Estate {
    pub welcome: Welcome,
    /// Each is a `Held`.
    pub panes: Vec<FromKeeper>,
    pub server: Process,
    /// The server's link, with what has come through it already; none where the server died over it.
    pub link: Option<(UnixStream, Inbox)>,
    /// What is to be told of an upgrade.
    pub upgrade: Option<(String, Stage)>,
}

impl Estate {
    /// Takes it from the server. If that dies meanwhile, what has come until then is all that there is.
    pub(super) fn receive(link: UnixStream) -> io::Result<Self> {
        let deadline = Instant::now() + limits::START_TIMEOUT;
        let (mut welcome, mut panes, mut inbox) = (None, Vec::new(), Inbox::default());
        loop {
            match inbox.take()? {
                Some(FromKeeper::Welcome(found)) => welcome = Some(found),
                Some(FromKeeper::HeldEnd) => return Self::of_server(welcome, panes, Some((link, inbox))),
                Some(pane @ FromKeeper::Held { .. }) => panes.push(pane),
                Some(_) => {}
                None => {
                    wait_readable(&link, deadline)?;
                    match inbox.receive(&link) {
                        Ok(count) if count > 0 => {}
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        _ => return Self::of_server(welcome, panes, None),
                    }
                }
            }
        }
    }

    /// Takes what a keeper of another binary, in this same process, has left.
    pub(super) fn left(mut inbox: Inbox) -> io::Result<Self> {
        let (mut welcome, mut panes, mut server, mut upgrade) = (None, Vec::new(), None, None);
        while let Some(packet) = inbox.take()? {
            match packet {
                FromKeeper::Welcome(found) => welcome = Some(found),
                FromKeeper::Server { pid, link, pidfd } => server = Some((process(pid, pidfd)?, link)),
                FromKeeper::Upgrade { upgrade: name, stage } => upgrade = Some((name, stage)),
                pane @ FromKeeper::Held { .. } => panes.push(pane),
                _ => {}
            }
        }
        let welcome = welcome.ok_or_else(|| io::Error::other("no socket was left"))?;
        let (server, link) = server.ok_or_else(|| io::Error::other("no server was left"))?;
        Ok(Self { welcome, panes, server, link: Some((link.into(), Inbox::default())), upgrade })
    }

    fn of_server(
        welcome: Option<Welcome>,
        panes: Vec<FromKeeper>,
        link: Option<(UnixStream, Inbox)>,
    ) -> io::Result<Self> {
        let mut welcome = welcome.ok_or_else(|| io::Error::other("the server has given no socket"))?;
        let server = process(welcome.pid, welcome.pidfd.take())?;
        Ok(Self { welcome, panes, server, link, upgrade: None })
    }
}

fn process(pid: u32, pidfd: Option<OwnedFd>) -> io::Result<Process> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| io::Error::other("a process without a number"))?;
    Ok(Process { pid, pidfd: pidfd.map(Rc::new) })
}

/// The server's link, which is standard input, and /dev/null in its place.
pub(super) fn link_from_stdin() -> io::Result<UnixStream> {
    let link: OwnedFd = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    Ok(link.into())
}

fn wait_readable(link: impl AsFd, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
    match poll(&mut [PollFd::new(&link, PollFlags::IN)], Some(&timeout)) {
        Ok(0) => Err(io::Error::other("the server does not hand over what it has")),
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
