//! Reading ahead: in a flood a thread of its own reads the PTY into the journal while the pane's task parses.
//!
//! Where there is a second processor the one need not wait for the other. It is for floods alone, and for those that
//! are hard to parse: anything else is read and parsed sooner by one than by two. The thread ends with the flood, or
//! when the task wants the journal whole.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Pane;
use crate::base::hooks;
use crate::base::limits::{
    AHEAD_BATCH, AHEAD_LOOK, AHEAD_PAUSE, AHEAD_PERCENT, AHEAD_PORTION, AHEAD_SPIN, AHEAD_TRICKLE, PTY_READ,
};
use crate::server::survival::{Journal, Lent};

/// How many panes may be read ahead at a time: one for each processor but that on which all are parsed.
#[derive(Clone)]
pub struct Readers(Arc<AtomicUsize>);

/// One of them, until the drop.
struct Permit(Readers);

impl Readers {
    pub fn of_machine() -> Self {
        Self(Arc::new(AtomicUsize::new(thread::available_parallelism().map_or(0, |processors| processors.get() - 1))))
    }

    fn permit(&self) -> Option<Permit> {
        let one_less = |free: usize| free.checked_sub(1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).ok().map(|_| Permit(self.clone()))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What part of its time output that comes without a pause takes to be parsed, looked at in portions.
#[derive(Default)]
pub struct Flood {
    /// When this portion began.
    begun: Option<Instant>,
    bytes: usize,
    parsing: Duration,
    /// Bytes of it that the terminal has skimmed.
    skimmed: u64,
    /// Some of the portion before were.
    passes: bool,
    /// The portion before was hard to parse: the first has the screen's and the history's memory to be made, too.
    was_hard: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Hard,
    Easy,
}

impl Flood {
    /// So long has been parsed, and so many bytes of that were skimmed ([`Terminal::skimmed`](crate::term::Terminal)).
    pub fn parsed(&mut self, time: Duration, skimmed: u64) {
        self.parsing += time;
        self.skimmed += skimmed;
    }

    /// Whether [`PTY_READ`] is parsed in one piece and not read by read. Lines that pass through the screen are skimmed
    /// then; what draws on it is better drawn while the kernel has the next ready. That is tried once in each portion.
    pub fn gathers(&self) -> bool {
        self.passes || self.begun.is_some() && self.bytes == 0
    }

    /// So many bytes more have come. What is to be thought of a portion, at its end.
    fn grow(&mut self, bytes: usize, now: Instant) -> Option<Verdict> {
        let Some(begun) = self.begun else {
            *self = Self { begun: Some(now), ..Self::default() };
            return None;
        };
        self.bytes += bytes;
        if self.bytes < hooks::flood_portion(AHEAD_PORTION) {
            return None;
        }
        let percent = self.parsing.as_micros() * 100 / (now - begun).as_micros().max(1);
        let is_hard = percent >= AHEAD_PERCENT;
        let verdict = match (is_hard, self.was_hard) {
            (true, true) => Some(Verdict::Hard),
            (false, false) => Some(Verdict::Easy),
            _ => None,
        };
        *self = Self { begun: Some(now), was_hard: is_hard, passes: self.skimmed > 0, ..Self::default() };
        verdict
    }
}

/// A thread that reads ahead.
pub struct Ahead {
    signals: Arc<Signals>,
    /// None once it has been waited for.
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Signals {
    /// The task wants the journal's end back.
    stop: AtomicBool,
    /// What has been read was all for now.
    pause: AtomicBool,
    /// The thread reads no more.
    over: AtomicBool,
    news: Notify,
}

/// Tells at the thread's end, also by a panic, that it reads no more.
struct End {
    signals: Arc<Signals>,
    _permit: Permit,
}

impl Drop for End {
    fn drop(&mut self) {
        self.signals.over.store(true, Ordering::Release);
        self.signals.news.notify_one();
    }
}

impl Ahead {
    fn begin(lent: Lent, master: OwnedFd, permit: Permit) -> io::Result<Self> {
        let signals = Arc::new(Signals::default());
        let end = End { signals: Arc::clone(&signals), _permit: permit };
        let thread = thread::Builder::new().name("mux-read".into()).spawn(move || end.signals.read(lent, &master))?;
        Ok(Self { signals, thread: Some(thread) })
    }

    /// Ends when there is enough to be parsed, or all that comes for now.
    pub async fn more(&self, journal: &Journal) {
        let until = Instant::now() + AHEAD_SPIN;
        while !self.is_ready(journal) {
            if Instant::now() < until {
                tokio::task::yield_now().await;
            } else {
                self.signals.news.notified().await;
            }
        }
    }

    fn is_ready(&self, journal: &Journal) -> bool {
        let flag = |flag: &AtomicBool| flag.load(Ordering::Acquire);
        // Asked before the journal is looked at: what came before the flag is there then.
        let all = flag(&self.signals.pause);
        let waiting = journal.waiting();
        waiting >= AHEAD_BATCH || all && waiting > 0 || flag(&self.signals.over)
    }

    fn is_over(&self) -> bool {
        self.signals.over.load(Ordering::Acquire)
    }

    /// There may be room again.
    fn go_on(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.signals.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // One that has panicked reads no more either.
            let _ = thread.join();
        }
    }
}

impl Signals {
    /// The thread's work.
    fn read(&self, mut lent: Lent, master: &OwnedFd) {
        let mut told = lent.written();
        let mut looked = (Instant::now(), lent.written());
        while !self.stop.load(Ordering::Acquire) {
            if !lent.has_room() {
                thread::park();
                continue;
            }
            match lent.read(|room| Ok(rustix::io::read(master, room)?)) {
                Ok(count) if count > 0 => {
                    if lent.written() - told >= AHEAD_BATCH {
                        told = lent.written();
                        self.news.notify_one();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // A flood that stumbles goes on; what has become a trickle is not for a thread.
                    let now = Instant::now();
                    if now - looked.0 >= AHEAD_LOOK {
                        if lent.written() - looked.1 < AHEAD_TRICKLE {
                            return;
                        }
                        looked = (now, lent.written());
                    }
                    told = lent.written();
                    self.pause.store(true, Ordering::Release);
                    self.news.notify_one();
                    wait_for_more(master);
                    self.pause.store(false, Ordering::Release);
                }
                // The terminal is closed, or cannot be read: the task finds out why.
                Ok(_) | Err(_) => return,
            }
        }
    }
}

/// Until there is something to read, or [`AHEAD_PAUSE`] is over.
fn wait_for_more(master: &OwnedFd) {
    let pause = Timespec { tv_sec: 0, tv_nsec: AHEAD_PAUSE.subsec_nanos().into() };
    let _ = poll(&mut [PollFd::new(master, PollFlags::IN)], Some(&pause));
}

impl Pane {
    /// [`PTY_READ`] has been read at one go, or all that there was.
    pub(super) fn note_flood(&mut self, more: bool) {
        if !more {
            self.flood = Flood::default();
            return;
        }
        let shared = self.tap.is_some() || self.pipe.is_some() || self.exit.is_some();
        let is_hard = self.flood.grow(PTY_READ, Instant::now()) == Some(Verdict::Hard);
        if is_hard
            && !shared
            && self.is_open()
            && let Err(error) = self.read_ahead()
        {
            tracing::debug!(pane = %self.id, %error, "nothing reads ahead");
        }
    }

    fn read_ahead(&mut self) -> io::Result<()> {
        let Some(permit) = self.readers.permit() else { return Ok(()) };
        let master = self.master.as_fd().try_clone_to_owned()?;
        let journal = self.screen.journal_mut();
        let lent = journal.lend()?;
        self.ahead = Ahead::begin(lent, master, permit).inspect_err(|_| journal.take_back()).map(Some)?;
        Ok(())
    }

    /// Parses a piece of what another thread has read.
    pub(super) fn parse_ahead(&mut self) {
        self.screen.journal_mut().look();
        let count = self.screen.journal().unparsed().len();
        self.digest();
        let easy = self.flood.grow(count, Instant::now()) == Some(Verdict::Easy);
        match &self.ahead {
            Some(ahead) if easy || ahead.is_over() => self.stop_ahead(),
            Some(ahead) => ahead.go_on(),
            None => {}
        }
        self.after_output();
    }

    /// From here on all reading is done here. What has been read is parsed.
    pub(super) fn stop_ahead(&mut self) {
        if self.ahead.take().is_some() {
            self.screen.journal_mut().take_back();
            self.catch_up();
            self.flood = Flood::default();
        }
    }
}

/// Never, where nobody reads ahead.
pub async fn more(ahead: Option<&Ahead>, journal: &Journal) {
    match ahead {
        Some(ahead) => ahead.more(journal).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Size;
    use crate::base::limits::READ_AHEAD;
    use crate::server::survival::Recorded;

    /// A portion of a flood that takes 10 ms, of which so many percent is parsing.
    fn portion(flood: &mut Flood, now: &mut Instant, percent: u64) -> Option<Verdict> {
        skimmed(flood, now, percent, 0)
    }

    /// The same where so many bytes are skimmed.
    fn skimmed(flood: &mut Flood, now: &mut Instant, percent: u64, bytes: u64) -> Option<Verdict> {
        flood.parsed(Duration::from_micros(percent * 100), bytes);
        *now += Duration::from_millis(10);
        flood.grow(AHEAD_PORTION, *now)
    }

    #[test]
    fn a_flood_is_judged_by_two_portions() {
        let (mut flood, mut now) = (Flood::default(), Instant::now());
        flood.parsed(Duration::from_secs(1), 0);
        assert_eq!(flood.grow(PTY_READ, now), None, "it begins");
        let verdicts = [50, 29, 50, 50, 31, 20, 20, 50].map(|percent| portion(&mut flood, &mut now, percent));
        let (hard, easy) = (Some(Verdict::Hard), Some(Verdict::Easy));
        assert_eq!(verdicts, [None, None, None, hard, hard, None, easy, None]);
        flood.parsed(Duration::from_millis(10), 0);
        assert_eq!(flood.grow(AHEAD_PORTION / 2, now), None, "half a portion");
    }

    #[test]
    fn lines_that_pass_through_are_gathered_after_a_try() {
        let (mut flood, mut now) = (Flood::default(), Instant::now());
        assert!(!flood.gathers(), "who knows whether it is a flood");
        flood.grow(PTY_READ, now);
        assert!(flood.gathers(), "the try");
        flood.grow(PTY_READ, now);
        assert!(!flood.gathers());
        skimmed(&mut flood, &mut now, 5, 8000);
        flood.grow(PTY_READ, now);
        assert!(flood.gathers(), "it was worth it");
        portion(&mut flood, &mut now, 5);
        flood.grow(PTY_READ, now);
        assert!(!flood.gathers(), "something else has begun");
    }

    #[test]
    fn as_many_read_ahead_as_there_are_processors_to_spare() {
        let readers = Readers(Arc::new(AtomicUsize::new(1)));
        let first = readers.permit();
        assert!(first.is_some() && readers.permit().is_none());
        drop(first);
        assert!(readers.permit().is_some());
    }

    /// What a thread reads, and who parses it.
    struct Rig {
        screen: Recorded,
        ahead: Ahead,
        readers: Readers,
    }

    impl Rig {
        fn reading(output: OwnedFd) -> Self {
            let (mut screen, _) = Recorded::begin(Size::new(80, 24), 10);
            let readers = Readers(Arc::new(AtomicUsize::new(1)));
            let lent = screen.journal_mut().lend().unwrap();
            let ahead = Ahead::begin(lent, output, readers.permit().unwrap()).unwrap();
            Self { screen, ahead, readers }
        }

        async fn more(&self) {
            let limit = Duration::from_secs(20);
            tokio::time::timeout(limit, self.ahead.more(self.screen.journal())).await.expect("it comes");
        }
    }

    /// A file, in which a read never pauses.
    #[tokio::test]
    async fn all_is_read_in_order_and_the_thread_ends_with_the_output() {
        let written: Vec<u8> = (0..3_000_000_u32).map(|at| b'a' + (at % 23) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &written).unwrap();
        io::Seek::rewind(&mut file).unwrap();
        let mut rig = Rig::reading(file.into());
        let mut parsed: Vec<u8> = Vec::new();
        while !(rig.ahead.is_over() && rig.screen.journal().waiting() == 0) {
            rig.more().await;
            let journal = rig.screen.journal_mut();
            journal.look();
            parsed.extend(journal.unparsed());
            let count = journal.unparsed().len();
            journal.took(count);
            if journal.wants_checkpoint() {
                rig.screen.checkpoint(false).unwrap();
            }
            rig.ahead.go_on();
        }
        drop(rig.ahead);
        assert!(parsed == written);
        assert!(rig.readers.permit().is_some());
    }

    #[tokio::test]
    async fn what_has_become_a_trickle_is_not_for_a_thread() {
        let (output, mut input) = io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&output, true).unwrap();
        io::Write::write_all(&mut input, b"a few").unwrap();
        let rig = Rig::reading(output.into());
        while !rig.ahead.is_over() {
            rig.more().await;
        }
        assert_eq!(rig.screen.journal().waiting(), 5);
        drop(input);
    }

    /// It has read as far ahead as it may, and waits for room.
    #[tokio::test]
    async fn it_stops_when_it_is_told_though_it_waits() {
        let mut rig = Rig::reading(std::fs::File::open("/dev/zero").unwrap().into());
        while rig.screen.journal().waiting() < READ_AHEAD {
            rig.more().await;
        }
        drop(rig.ahead);
        rig.screen.journal_mut().take_back();
        assert_eq!(rig.screen.journal().waiting(), READ_AHEAD);
        assert!(rig.readers.permit().is_some());
    }
}
