//! A thread that reads a PTY ahead of the parser while a program floods: the kernel's work for a read and ours for
//! what it brings then go on side by side. It is lent pieces of the journal, fills them in order, gives back what it
//! has filled, and ends when the flood does. It never parses, and never touches the journal's header.

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc as queue;
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc;

use crate::base::limits::FLOOD_PAUSE;
use crate::base::sys::Lease;

/// How many there are in this process.
static READERS: AtomicUsize = AtomicUsize::new(0);

pub struct Reader {
    /// None: it is to end.
    leases: Option<queue::Sender<Lease>>,
    done: mpsc::UnboundedReceiver<Done>,
}

/// What it has to say.
pub enum Done {
    /// The next bytes of output.
    Filled(Lease),
    /// The other side of the PTY is closed.
    Ended,
}

impl Reader {
    /// None where no processor is left for it, or no thread can be had.
    pub fn start(pty: OwnedFd) -> Option<Self> {
        let place = Place::take()?;
        let (leases, given) = queue::channel();
        let (results, done) = mpsc::unbounded_channel();
        let thread = thread::Builder::new().name("reader".to_owned()).spawn(move || {
            read(&pty, &given, &results);
            // Who hears that there are no more results may rely on that nothing is lent any more.
            drop((given, pty, place));
            drop(results);
        });
        thread.ok().map(|_| Self { leases: Some(leases), done })
    }

    /// Lends it a piece of the journal, which is dropped if it has ended.
    pub fn give(&self, lease: Lease) {
        if let Some(leases) = &self.leases {
            let _ = leases.send(lease);
        }
    }

    /// It is to end; what it has is still to be taken.
    pub fn stop(&mut self) {
        self.leases = None;
    }

    pub fn is_stopping(&self) -> bool {
        self.leases.is_none()
    }

    /// The next piece; none when it has ended. Safe to cancel.
    pub async fn done(&mut self) -> Option<Done> {
        self.done.recv().await
    }

    pub fn try_done(&mut self) -> Option<Done> {
        self.done.try_recv().ok()
    }

    /// Waits for the next piece without giving others their turn: some milliseconds after [`Reader::stop`].
    pub fn wait_done(&mut self) -> Option<Done> {
        loop {
            match self.done.try_recv() {
                Ok(done) => return Some(done),
                Err(mpsc::error::TryRecvError::Disconnected) => return None,
                Err(mpsc::error::TryRecvError::Empty) => thread::yield_now(),
            }
        }
    }
}

fn read(pty: &OwnedFd, given: &queue::Receiver<Lease>, done: &mpsc::UnboundedSender<Done>) {
    for mut lease in given {
        while lease.length() > 0 {
            let sent = match rustix::io::read(pty, lease.bytes_mut()) {
                Ok(count) if count > 0 => done.send(Done::Filled(lease.split(count))),
                Err(Errno::INTR) => continue,
                Err(Errno::AGAIN) if comes(pty) => continue,
                Err(Errno::AGAIN) => return,
                Ok(_) | Err(_) => return drop(done.send(Done::Ended)),
            };
            if sent.is_err() {
                return;
            }
        }
    }
}

/// Waits for more, for as long as it may still be the same flood.
fn comes(pty: &OwnedFd) -> bool {
    let pause = Timespec::try_from(FLOOD_PAUSE).ok();
    poll(&mut [PollFd::new(pty, PollFlags::IN)], pause.as_ref()).is_ok_and(|ready| ready > 0)
}

/// A processor that no other reader has; one is left for everything else.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let most = thread::available_parallelism().map_or(1, |count| count.get()) - 1;
        let one_more = |taken: usize| (taken < most).then_some(taken + 1);
        READERS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok().map(|_| Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        READERS.fetch_sub(1, Ordering::Relaxed);
    }
}
