//! What a keeper that has died leaves behind, as the server hands it on to the next one.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use crate::base::limits;
use crate::proto::packet::{FromKeeper, Inbox, Welcome};

use super::process::Process;

/// All of it.
pub(super) struct Estate {
    pub welcome: Welcome,
    /// Each is a `Held`.
    pub panes: Vec<FromKeeper>,
    pub server: Process,
    /// The server's link, with what has come through it already; none where the server died over it.
    pub link: Option<(UnixStream, Inbox)>,
}

impl Estate {
    /// Takes it from the server. If that dies meanwhile, what has come until then is all that there is.
    pub(super) fn receive(link: UnixStream) -> io::Result<Self> {
        let deadline = Instant::now() + limits::START_TIMEOUT;
        let (mut welcome, mut panes, mut inbox) = (None, Vec::new(), Inbox::default());
        loop {
            match inbox.take()? {
                Some(FromKeeper::Welcome(found)) => welcome = Some(found),
                Some(FromKeeper::HeldEnd) => return Self::new(welcome, panes, Some((link, inbox))),
                Some(pane @ FromKeeper::Held { .. }) => panes.push(pane),
                Some(_) => {}
                None => {
                    wait_readable(&link, deadline)?;
                    match inbox.receive(&link) {
                        Ok(count) if count > 0 => {}
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        _ => return Self::new(welcome, panes, None),
                    }
                }
            }
        }
    }

    fn new(welcome: Option<Welcome>, panes: Vec<FromKeeper>, link: Option<(UnixStream, Inbox)>) -> io::Result<Self> {
        let mut welcome = welcome.ok_or_else(|| io::Error::other("the server has given no socket"))?;
        let pid = i32::try_from(welcome.pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("the server has no number"))?;
        let server = Process { pid, pidfd: welcome.pidfd.take().map(Rc::new) };
        Ok(Self { welcome, panes, server, link })
    }
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
