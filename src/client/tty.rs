//! The outer terminal as a device: opened for us alone, switched into raw mode, and given back in every way out.
//!
//! The terminal is opened anew and non-blocking, because that flag belongs to the open file, and the one that we
//! were given is shared with the shell that started us. The new one takes the place of standard input, where
//! crossterm reads.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::base::limits::{MAX_SCREEN, RESTORE_TIMEOUT};
use crate::base::{Size, Watched};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};

use super::input::{self, Gesture};
use super::modes;

/// The terminal is in our hands, and whoever ends this process has to restore it.
static TAKEN: AtomicBool = AtomicBool::new(false);

pub(super) struct Tty {
    fd: Watched,
    out: Vec<u8>,
    /// Bytes of `out` that are gone.
    sent: usize,
    /// Events may lie in crossterm that were read from the terminal already: no edge tells of them.
    behind: bool,
    /// What is shown may be on the main screen.
    inline: bool,
}

impl Tty {
    /// Takes the terminal that standard input is.
    pub(super) fn take(inline: bool) -> io::Result<Self> {
        let fd = reopen()?;
        rustix::stdio::dup2_stdin(&fd)?;
        restore_on_panic();
        let mut tty = Self { fd: Watched::new(fd)?, out: Vec::new(), sent: 0, behind: false, inline };
        TAKEN.store(true, Ordering::SeqCst);
        tty.enter()?;
        input::prepare()?;
        Ok(tty)
    }

    fn enter(&mut self) -> io::Result<()> {
        crossterm::terminal::enable_raw_mode()?;
        self.out.extend(modes::enter(self.inline));
        Ok(())
    }

    /// Takes the terminal again after the process was stopped and a shell had it.
    pub(super) fn retake(&mut self) -> io::Result<()> {
        crossterm::terminal::disable_raw_mode()?;
        self.enter()
    }

    pub(super) fn size(&self) -> Size {
        let size = rustix::termios::tcgetwinsize(&self.fd);
        let size = size.map_or(Size::default(), |size| Size::new(size.ws_col, size.ws_row));
        // A terminal that does not tell (a serial line) is taken for a VT100.
        let size = if size.is_empty() { crate::base::limits::DEFAULT_SIZE } else { size };
        size.clamp(Size::new(1, 1), MAX_SCREEN)
    }

    pub(super) async fn readable(&self) -> io::Result<()> {
        self.fd.readable().await
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        self.fd.writable().await
    }

    /// Takes what the user did. An error means that the terminal has gone.
    pub(super) fn read(&mut self, each: impl FnMut(Gesture)) -> io::Result<()> {
        if !self.behind && rustix::io::ioctl_fionread(&self.fd).is_ok_and(|count| count == 1) {
            // A single byte is a single event. Whatever comes after it is told by an edge of its own (epoll(7)),
            // also when crossterm takes it along now, and is looked for then.
            self.fd.exhausted();
            return input::read_one(each);
        }
        self.behind = !input::read(each)?;
        let state = state(self.fd.as_fd())?;
        if state.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !self.behind && !state.contains(PollFlags::IN) {
            self.fd.exhausted();
        }
        Ok(())
    }

    /// Where bytes for the terminal are put; see [`Tty::flush`].
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    pub(super) fn has_backlog(&self) -> bool {
        self.sent < self.out.len()
    }

    /// Writes what the terminal takes.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.sent < self.out.len() {
            match self.fd.write(&self.out[self.sent..]) {
                Ok(written) => self.sent += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.out.clear();
        self.sent = 0;
        Ok(())
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        restore();
    }
}

/// The terminal on standard input, as an open file of our own.
fn reopen() -> io::Result<OwnedFd> {
    let stdin = rustix::stdio::stdin();
    if !rustix::termios::isatty(stdin) {
        return Err(rustix::io::Errno::NOTTY.into());
    }
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::termios::ttyname(stdin, Vec::new())
        .and_then(|name| rustix::fs::open(name.as_c_str(), flags, Mode::empty()))
        .or_else(|_| rustix::fs::open(c"/dev/tty", flags, Mode::empty()))
        // Another user's terminal, as behind su(1): shared, so that a write may block.
        .or_else(|_| rustix::io::fcntl_dupfd_cloexec(stdin, 3))
        .map_err(Into::into)
}

fn state(fd: BorrowedFd<'_>) -> io::Result<PollFlags> {
    let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
    poll(&mut fds, Some(&Timespec::default()))?;
    Ok(fds[0].revents())
}

fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restore();
            hook(info);
        }));
    });
}

/// Gives the terminal back, once. What it was still to be shown is dropped.
fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    write_patiently(rustix::stdio::stdin(), &modes::leave());
    let _ = crossterm::terminal::disable_raw_mode();
}

/// Writes to a terminal that may be slow, for a while.
fn write_patiently(fd: BorrowedFd<'_>, mut bytes: &[u8]) {
    let end = Instant::now() + RESTORE_TIMEOUT;
    while !bytes.is_empty() {
        match rustix::io::write(fd, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let left = end.saturating_duration_since(Instant::now());
                let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::OUT)];
                let left = Timespec { tv_sec: 0, tv_nsec: left.as_nanos().min(999_999_999) as _ };
                if left.tv_nsec == 0 || poll(&mut fds, Some(&left)).is_ok_and(|ready| ready == 0) {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}
