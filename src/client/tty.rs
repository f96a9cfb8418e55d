//! The outer terminal as a device: opened for us alone, switched into raw mode, and given back in every way out.
//!
//! The terminal is opened anew and non-blocking, because that flag belongs to the open file, and the one that we
//! were given is shared with the shell that started us. The new one takes the place of standard input, whose modes
//! crossterm sets.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::base::limits::{
    ANSWERS_EXPECTED, ESCAPE_TIME, LAST_ANSWERS, MAX_SCREEN, RESTORE_TIMEOUT, TTY_READ, TTY_READS,
};
use crate::base::{Size, Watched};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};

use super::input::{Answer, Decoder, Gesture};
use super::modes;

/// The terminal is in our hands, and whoever ends this process has to restore it.
static TAKEN: AtomicBool = AtomicBool::new(false);

pub(super) struct Tty {
    fd: Watched,
    out: Vec<u8>,
    /// Bytes of `out` that are gone.
    sent: usize,
    decoder: Decoder,
    /// When what has begun to come is no more waited for.
    given_up: Option<Instant>,
    /// Questions that were asked and not answered, and until when that is expected.
    open: usize,
    expected: Option<Instant>,
    /// What is shown may be on the main screen.
    inline: bool,
}

impl Tty {
    /// Takes the terminal that standard input is.
    pub(super) fn take(inline: bool) -> io::Result<Self> {
        let fd = reopen()?;
        rustix::stdio::dup2_stdin(&fd)?;
        restore_on_panic();
        let mut tty = Self {
            fd: Watched::new(fd)?,
            out: Vec::new(),
            sent: 0,
            decoder: Decoder::new(ESCAPE_TIME),
            given_up: None,
            open: 0,
            expected: None,
            inline,
        };
        TAKEN.store(true, Ordering::SeqCst);
        tty.enter()?;
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
        TAKEN.store(true, Ordering::SeqCst);
        self.enter()
    }

    /// Gives the terminal back for a while; what it was still to be shown is drawn anew later.
    pub(super) fn give_back(&mut self) {
        self.hear_out();
        self.out.clear();
        self.sent = 0;
        restore();
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

    /// The option escape-time.
    pub(super) fn set_escape_time(&mut self, time: Duration) {
        self.decoder.escape_time = time;
    }

    /// Asks the terminal, and behind that for DA1: every terminal answers that, and in order, so that whatever it is
    /// going to say has been said then.
    pub(super) fn ask(&mut self, questions: &[u8]) {
        self.out.extend_from_slice(questions);
        self.out.extend(b"\x1b[c");
        self.open += 1;
        self.expected = Some(Instant::now() + ANSWERS_EXPECTED);
        self.decoder.expects = true;
    }

    fn take_bytes(&mut self, bytes: &[u8], each: &mut impl FnMut(Gesture)) {
        let open = &mut self.open;
        self.decoder.take(bytes, &mut |gesture| {
            if matches!(gesture, Gesture::Answer(Answer::Attributes(_))) {
                *open = open.saturating_sub(1);
            }
            each(gesture);
        });
        if self.expected.is_some_and(|until| self.open == 0 || until <= Instant::now()) {
            (self.open, self.expected, self.decoder.expects) = (0, None, false);
        }
    }

    /// Takes what the terminal still has to say, so that it is not typed into the shell.
    fn hear_out(&mut self) {
        let end = Instant::now() + LAST_ANSWERS;
        let mut bytes = [0; TTY_READ];
        // What was not written was not asked.
        while self.expected.is_some_and(|until| until > Instant::now()) && self.out.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            let left = Timespec { tv_sec: 0, tv_nsec: left.as_nanos().min(999_999_999) as _ };
            let mut fds = [PollFd::new(&self.fd, PollFlags::IN)];
            if left.tv_nsec == 0 || !poll(&mut fds, Some(&left)).is_ok_and(|ready| ready > 0) {
                return;
            }
            match rustix::io::read(&self.fd, &mut bytes) {
                Ok(count @ 1..) => self.take_bytes(&bytes[..count], &mut drop),
                _ => return,
            }
        }
    }

    /// Takes what the user did. An error means that the terminal has gone.
    pub(super) fn read(&mut self, mut each: impl FnMut(Gesture)) -> io::Result<()> {
        let mut bytes = [0; TTY_READ];
        for _ in 0..TTY_READS {
            match self.fd.read(&mut bytes) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    self.take_bytes(&bytes[..count], &mut each);
                    if count < bytes.len() {
                        // What comes from now on is told by an edge of its own (epoll(7)).
                        self.fd.exhausted();
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        match self.decoder.patience() {
            Some(patience) if patience.is_zero() => self.decoder.give_up(&mut each),
            patience => self.given_up = patience.map(|patience| Instant::now() + patience),
        }
        Ok(())
    }

    /// When [`Tty::give_up`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.given_up
    }

    /// Waits no longer for the rest of what has begun, where its time is over.
    pub(super) fn give_up(&mut self, now: Instant, mut each: impl FnMut(Gesture)) {
        if self.given_up.take_if(|at| *at <= now).is_some() {
            self.decoder.give_up(&mut each);
        }
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
        self.hear_out();
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
