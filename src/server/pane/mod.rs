//! A pane's task: the only one that reads its PTY, and the owner of its terminal.
//!
//! It reads bounded amounts, journals and parses them, answers the program's questions, and sends what changed to
//! whoever watches. It never waits for a client: a feed without credit is passed over and gets the newest state
//! later. It knows nothing of sessions or windows; the core tells it what to do through [`ToPane`].

mod budget;
mod capture;
mod feed;
mod input;
mod log;
mod preface;

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use rustix::io::Errno;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use self::budget::Budget;
use self::feed::Feeds;
use self::input::InputQueue;
use self::log::JobLog;
use super::mailbox::{ToCore, ToPane};
use super::procfs;
use crate::base::limits::{
    ACTIVITY_INTERVAL, PACK_AFTER, PACK_LINES, PACK_PAUSE, PTY_READ, REDRAW_PULSE, SYNCHRONIZED_LIMIT,
};
use crate::base::{ExitStatus, Input, PaneId, Size, Timestamp, Watched};
use crate::command::PaneFacts;
use crate::proto::message::ToClient;
use crate::term::{MouseMode, TermEvent, Terminal};

/// A read of less than this was all that was there: n_tty(4) gives everything that it holds at once, and tells more
/// by another edge. In a flood it is worth asking again at once.
const FLOOD_READ: usize = 1024;

/// What a task starts with.
pub struct Start {
    pub pane: PaneId,
    /// The server's duplicate of the PTY's master.
    pub master: OwnedFd,
    pub size: Size,
    pub history_limit: usize,
    pub pid: u32,
    /// Where its output is journalled, for jobs.
    pub log: Option<PathBuf>,
    pub mail: mpsc::UnboundedReceiver<ToPane>,
    pub core: mpsc::UnboundedSender<ToCore>,
    /// True while so much input waits for the program that no more can be taken.
    pub congestion: watch::Sender<bool>,
    /// Bytes of history of all panes.
    pub histories: Arc<AtomicUsize>,
}

/// Runs until the core drops its end.
pub async fn serve(start: Start) {
    let pane = start.pane;
    match Pane::new(start) {
        Ok(mut task) => task.run().await,
        Err(error) => tracing::error!(%pane, %error, "the PTY cannot be used"),
    }
}

struct Pane {
    id: PaneId,
    master: Watched,
    terminal: Terminal,
    feeds: Feeds,
    budget: Budget,
    input: InputQueue,
    log: Option<JobLog>,
    /// A foreground run without a terminal reads the raw output here, and is waited for as a pipe's reader is.
    tap: Option<mpsc::Sender<Vec<u8>>>,
    pid: u32,
    mail: mpsc::UnboundedReceiver<ToPane>,
    core: mpsc::UnboundedSender<ToCore>,
    /// The other side of the PTY is closed: nothing will come any more.
    ended: bool,
    /// The program has ended like this; to be reported once its output has been read.
    exit: Option<(ExitStatus, Timestamp)>,
    /// No output is reported to the core before this; where `unreported`, then some is.
    quiet_until: Option<Instant>,
    unreported: bool,
    /// When its history is packed further: some time after the last output.
    pack_at: Option<Instant>,
    /// The first line of the screen when it was packed last.
    packed_line: u64,
    /// When the window gets its size back after a [`ToPane::Redraw`].
    pulse_until: Option<Instant>,
    /// When a synchronized update that goes on is given up.
    synchronized_until: Option<Instant>,
}

impl Pane {
    fn new(start: Start) -> io::Result<Self> {
        Ok(Self {
            id: start.pane,
            master: Watched::new(start.master)?,
            terminal: Terminal::new(start.size, start.history_limit),
            feeds: Feeds::default(),
            budget: Budget::new(start.histories),
            input: InputQueue::new(start.congestion),
            log: start.log.map(JobLog::new),
            tap: None,
            pid: start.pid,
            mail: start.mail,
            core: start.core,
            ended: false,
            exit: None,
            quiet_until: None,
            unreported: false,
            pack_at: None,
            packed_line: 0,
            pulse_until: None,
            synchronized_until: None,
        })
    }

    async fn run(&mut self) {
        loop {
            self.report_exit();
            let frame = self.feeds.due();
            let report = self.quiet_until.filter(|_| self.unreported);
            tokio::select! {
                biased;
                mail = self.mail.recv() => match mail {
                    Some(mail) => self.obey(mail),
                    None => return,
                },
                ready = self.master.writable(), if self.input.waiting() && !self.ended => {
                    if ready.is_err() {
                        return;
                    }
                    self.write_input();
                }
                () = tap_has_room(self.tap.as_ref()), if self.tap_is_full() => self.drop_dead_tap(),
                ready = self.master.readable(), if !self.ended && !self.tap_is_full() => {
                    if ready.is_err() {
                        return;
                    }
                    if self.read_a_while() {
                        tokio::task::yield_now().await;
                    }
                }
                () = until(frame), if frame.is_some() => self.send_rows(),
                () = until(report), if report.is_some() => self.report_activity(),
                () = until(self.pack_at), if self.pack_at.is_some() => self.pack_history(),
                () = until(self.pulse_until), if self.pulse_until.is_some() => {
                    self.pulse_until = None;
                    self.set_window_size(self.terminal.size());
                }
                () = until(self.synchronized_until), if self.synchronized_until.is_some() => {
                    self.terminal.end_synchronized();
                    self.synchronized_until = None;
                    self.send_rows();
                }
            }
        }
    }

    fn obey(&mut self, mail: ToPane) {
        match mail {
            ToPane::Input(input) => self.take_input(&input),
            ToPane::Resize(size) => self.resize(size),
            ToPane::HistoryLimit(lines) => self.terminal.set_history_limit(lines),
            ToPane::ClearHistory => self.terminal.clear_history(),
            ToPane::Exited { status, at } => self.exit = Some((status, at)),
            ToPane::Watch { client, rows } => {
                self.feeds.add(client, rows);
                self.send_rows();
            }
            ToPane::Unwatch { client } => self.feeds.remove(client),
            ToPane::Ack { client, generation } => {
                self.feeds.acknowledge(client, generation);
                self.send_rows();
            }
            ToPane::Fetch { from, count, answer } => self.fetch(from, count, &answer),
            ToPane::Facts(answer) => drop(answer.send(self.facts())),
            ToPane::Capture(capture, answer) => drop(answer.send(capture::text(&self.terminal, &capture))),
            ToPane::Tap(receiver) => self.tap = Some(receiver),
            ToPane::FollowLog(answer) => drop(answer.send(self.log.as_ref().map(JobLog::follow))),
            ToPane::Preface { packed, note } => self.show_preface(packed.as_deref(), &note),
            ToPane::Redraw => self.redraw(),
        }
    }

    fn take_input(&mut self, input: &Input) {
        self.feeds.expect_echo();
        let terminal = &self.terminal;
        if !self.input.push(|out| terminal.encode(input, out)) {
            let _ = self.core.send(ToCore::Bell { pane: self.id });
        }
        self.write_input();
    }

    /// Writes what the PTY takes now; the rest goes when the loop finds it writable.
    fn write_input(&mut self) {
        if !self.ended {
            let _ = self.input.write(&self.master);
        }
    }

    fn resize(&mut self, size: Size) {
        if size == self.terminal.size() {
            return;
        }
        self.terminal.resize(size);
        self.set_window_size(size);
        self.send_rows();
    }

    fn set_window_size(&self, size: Size) {
        let window = rustix::termios::Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
        if let Err(error) = rustix::termios::tcsetwinsize(&self.master, window) {
            tracing::debug!(pane = %self.id, %error, "the PTY takes no size");
        }
    }

    /// A program draws itself anew when its window changes; one row less for a moment is such a change.
    fn redraw(&mut self) {
        let size = self.terminal.size();
        self.set_window_size(Size::new(size.cols, size.rows.saturating_sub(1).max(1)));
        self.pulse_until = Some(Instant::now() + REDRAW_PULSE);
    }

    /// Reads what is there, up to [`PTY_READ`], so that mail and other panes get their turn in between. True when
    /// there is more.
    fn read_a_while(&mut self) -> bool {
        let mut budget = PTY_READ;
        while budget > 0 && !self.tap_is_full() {
            let Some(count) = self.read_once() else { break };
            budget = budget.saturating_sub(count);
        }
        self.after_output();
        budget == 0
    }

    /// One read and all that follows from it; `None` when nothing is there. On the stack, so that an idle pane
    /// holds no buffer.
    fn read_once(&mut self) -> Option<usize> {
        let mut chunk = [MaybeUninit::uninit(); PTY_READ];
        match rustix::io::read(&self.master, &mut chunk) {
            Ok((bytes, _)) if !bytes.is_empty() => {
                let count = bytes.len();
                self.digest(bytes);
                if count < FLOOD_READ {
                    self.master.exhausted();
                    return None;
                }
                Some(count)
            }
            Err(Errno::INTR) => Some(0),
            Err(Errno::AGAIN) => {
                self.master.exhausted();
                None
            }
            Ok(_) | Err(_) => {
                self.ended = true;
                None
            }
        }
    }

    fn digest(&mut self, bytes: &[u8]) {
        if let Some(log) = &mut self.log {
            log.append(bytes);
        }
        if let Some(tap) = &self.tap {
            let _ = tap.try_send(bytes.to_vec());
        }
        self.terminal.feed(bytes);
        self.feeds.took(bytes.len());
        if self.input.push(|out| self.terminal.take_replies(out)) {
            self.write_input();
        }
    }

    fn after_output(&mut self) {
        self.report_events();
        self.report_activity();
        if self.terminal.screen_line() >= self.packed_line + PACK_LINES {
            self.pack_at = Some(Instant::now() + PACK_AFTER);
        }
        self.synchronized_until = match (self.terminal.synchronized(), self.synchronized_until) {
            (true, None) => Some(Instant::now() + SYNCHRONIZED_LIMIT),
            (true, until) => until,
            (false, _) => None,
        };
        self.send_rows();
    }

    /// One step of some milliseconds at a time, so that keys and other panes do not wait for it.
    fn pack_history(&mut self) {
        self.pack_at = self.terminal.compact().then(|| Instant::now() + PACK_PAUSE);
        self.packed_line = self.terminal.screen_line();
    }

    fn report_events(&mut self) {
        for event in self.terminal.take_events() {
            let message = match event {
                TermEvent::Bell => ToCore::Bell { pane: self.id },
                TermEvent::Title(title) => ToCore::Title { pane: self.id, title },
                TermEvent::Clipboard { text, .. } => ToCore::Clipboard { pane: self.id, text },
                _ => continue,
            };
            let _ = self.core.send(message);
        }
    }

    /// Says that there was output, now or when the interval since the last time is over.
    fn report_activity(&mut self) {
        let now = Instant::now();
        self.unreported = self.quiet_until.is_some_and(|until| now < until);
        if !self.unreported {
            self.quiet_until = Some(now + ACTIVITY_INTERVAL);
            if let Some(bytes) = self.budget.note(self.terminal.history_memory()) {
                self.terminal.shrink_history(bytes);
            }
            let _ = self.core.send(ToCore::Activity { pane: self.id });
        }
    }

    fn send_rows(&mut self) {
        self.feeds.send(self.id, &self.terminal, Instant::now());
    }

    fn tap_is_full(&self) -> bool {
        self.tap.as_ref().is_some_and(|tap| tap.capacity() == 0)
    }

    fn drop_dead_tap(&mut self) {
        self.tap.take_if(|tap| tap.is_closed());
    }

    /// The program has ended, so all that it wrote is in the kernel's buffer: take that first, then tell. What its
    /// children go on writing is read as before, but not waited for.
    fn report_exit(&mut self) {
        if self.exit.is_none() || self.tap_is_full() {
            return;
        }
        let mut budget = PTY_READ * 4;
        while budget > 0 && !self.ended && !self.tap_is_full() {
            let Some(count) = self.read_once() else { break };
            budget = budget.saturating_sub(count);
        }
        self.after_output();
        if self.tap_is_full() && budget > 0 {
            return;
        }
        self.tap = None;
        self.log = None;
        if let Some((status, at)) = self.exit.take() {
            let _ = self.core.send(ToCore::Drained { pane: self.id, status, at });
        }
    }

    fn fetch(&self, from: u64, count: u16, answer: &mpsc::Sender<ToClient>) {
        let first_line = self.terminal.first_line();
        let from = from.max(first_line);
        let count = u64::from(count.min(crate::base::limits::MAX_FETCH));
        let lines = (from..from.saturating_add(count)).map_while(|number| self.terminal.line(number)).collect();
        let screen_line = self.terminal.screen_line();
        // A client that asks faster than it reads loses answers, not the server its memory.
        let _ = answer.try_send(ToClient::Lines { pane: self.id, from, first_line, screen_line, lines });
    }

    fn facts(&self) -> PaneFacts {
        let foreground = procfs::foreground(&self.master).unwrap_or(self.pid);
        let modes = self.terminal.modes();
        PaneFacts {
            cursor: self.terminal.cursor().at,
            cursor_visible: self.terminal.cursor().visible,
            history_size: self.terminal.screen_line() - self.terminal.first_line(),
            history_bytes: self.terminal.history_memory() as u64,
            alternate_on: modes.alternate_screen,
            mouse: modes.mouse != MouseMode::Off,
            current_command: procfs::command(foreground).unwrap_or_default(),
            current_path: procfs::current_dir(foreground).or_else(|| procfs::current_dir(self.pid)).unwrap_or_default(),
            title: self.terminal.title().to_owned(),
        }
    }
}

/// Ends when the tap can take more, or never will.
async fn tap_has_room(tap: Option<&mpsc::Sender<Vec<u8>>>) {
    if let Some(tap) = tap {
        let _ = tap.reserve().await;
    }
}

async fn until(at: Option<Instant>) {
    sleep_until(at.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600))).await;
}
