//! A pane's task: the only one that reads its PTY, and the owner of its terminal.
//!
//! It reads bounded amounts into the journal that survives this server, parses them there, answers the program's
//! questions, and sends what changed to whoever watches. It never waits for a client: a feed without credit is passed over and gets the newest state
//! later. It knows nothing of sessions or windows; the core tells it what to do through [`ToPane`].

mod ahead;
mod budget;
mod capture;
mod feed;
mod input;
mod ledger;
mod output;
mod preface;
mod search;
mod survive;
mod tail;
mod tap;

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

pub use self::ahead::Readers;
use self::ahead::{Ahead, Flood, more};
use self::budget::Budget;
use self::feed::Feeds;
use self::input::InputQueue;
pub use self::input::Typed;
pub use self::ledger::{Hand, Stamp};
use self::search::Searches;
pub use self::tail::last_lines;
pub use self::tap::{Chunk, Tap};
use super::keeper_link::KeeperSender;
use super::logs::{Archiver, JobLog};
use super::mailbox::{Inbox, ToCore, ToPane};
use super::procfs;
use super::survival::{Change, Recorded, Spool};
use crate::base::limits::REDRAW_PULSE;
use crate::base::{ExitStatus, PaneId, Size, Timestamp, Watched};
use crate::command::PaneFacts;
use crate::model::{Capture, LogTarget};
use crate::proto::message::ToClient;
use crate::term::{MouseMode, Terminal};

/// What a task starts with.
pub struct Start {
    pub pane: PaneId,
    /// The server's duplicate of the PTY's master.
    pub master: OwnedFd,
    pub size: Size,
    pub history_limit: usize,
    pub pid: u32,
    /// Where its output is written, for jobs.
    pub log: Option<LogTarget>,
    pub archiver: Archiver,
    pub mail: Inbox,
    pub core: mpsc::UnboundedSender<ToCore>,
    /// True while so much input waits for the program that no more can be taken.
    pub congestion: watch::Sender<bool>,
    /// Bytes of history of all panes.
    pub histories: Arc<AtomicUsize>,
    /// Who may read ahead in a flood.
    pub readers: Readers,
    /// It lives since before this server.
    pub taken_up: bool,
    /// What an earlier server has left of it.
    pub memory: Option<OwnedFd>,
    /// By way of which input goes to programs.
    pub spool: Arc<Spool>,
    /// Who holds its memory.
    pub keeper: KeeperSender,
    /// Where journals go that the terminal engine fails on.
    pub aside: PathBuf,
}

/// Runs until the core drops its end.
pub async fn serve(start: Start) {
    if let Some(mut task) = open(start) {
        task.run().await;
    }
}

/// By itself and boxed: what a future moves about lies in it more than once, for as long as the pane lives.
fn open(mut start: Start) -> Option<Box<Pane>> {
    let pane = start.pane;
    let survive::Found { screen, news } = survive::find(&mut start);
    match Pane::new(start, screen) {
        Ok(task) => {
            let mut task = Box::new(task);
            task.go_on(news);
            Some(task)
        }
        Err(error) => {
            tracing::error!(%pane, %error, "the PTY cannot be used");
            None
        }
    }
}

struct Pane {
    id: PaneId,
    master: Watched,
    readers: Readers,
    /// Who reads ahead meanwhile. Before the screen, which is dropped after it.
    ahead: Option<Ahead>,
    flood: Flood,
    screen: Recorded,
    feeds: Feeds,
    budget: Budget,
    input: InputQueue,
    spool: Arc<Spool>,
    log: Option<JobLog>,
    /// Where to, until it is open.
    log_target: Option<LogTarget>,
    archiver: Archiver,
    /// A foreground run without a terminal reads the raw output here, and is waited for as a pipe's reader is.
    tap: Option<Tap>,
    /// What the pane is connected with: nobody waits for it.
    pipe: Option<Tap>,
    /// There is something for it that it has not taken.
    pipe_waits: bool,
    pid: u32,
    mail: Inbox,
    core: mpsc::UnboundedSender<ToCore>,
    /// The other side of the PTY is closed: nothing will come any more.
    ended: bool,
    /// The keeper has told the program's end.
    exited: bool,
    /// Nobody has the other side open, though the program lives: when that is looked at again.
    look_again: Option<Instant>,
    /// The program has ended like this; to be reported once its output has been read.
    exit: Option<(ExitStatus, Timestamp)>,
    /// No output is reported to the core before this; where `unreported`, then some is.
    quiet_until: Option<Instant>,
    unreported: bool,
    /// Up to here output was reported.
    heard: u64,
    /// When its history is packed further: some time after the last output.
    pack_at: Option<Instant>,
    /// The first line of the screen when it was packed last.
    packed_line: u64,
    /// When the window gets its size back after a [`ToPane::Redraw`].
    pulse_until: Option<Instant>,
    /// When a synchronized update that goes on is given up.
    synchronized_until: Option<Instant>,
    history_limit: usize,
    keeper: KeeperSender,
    aside: PathBuf,
    /// It has been told that this pane's screen would not survive the server.
    exposed: bool,
    /// What clients look for.
    searches: Searches,
}

impl Pane {
    fn new(start: Start, screen: Recorded) -> io::Result<Self> {
        let heard = screen.journal().written();
        Ok(Self {
            id: start.pane,
            master: Watched::new(start.master)?,
            feeds: Feeds::default(),
            budget: Budget::new(start.histories),
            input: InputQueue::new(start.congestion, &screen),
            readers: start.readers,
            ahead: None,
            flood: Flood::default(),
            spool: start.spool,
            log: None,
            log_target: start.log,
            archiver: start.archiver,
            screen,
            tap: None,
            pipe: None,
            pipe_waits: false,
            pid: start.pid,
            mail: start.mail,
            core: start.core,
            ended: false,
            exited: false,
            look_again: None,
            exit: None,
            quiet_until: None,
            unreported: false,
            heard,
            pack_at: None,
            packed_line: 0,
            pulse_until: None,
            synchronized_until: None,
            history_limit: start.history_limit,
            keeper: start.keeper,
            aside: start.aside,
            exposed: false,
            searches: Searches::default(),
        })
    }

    async fn run(&mut self) {
        loop {
            self.hand_memory_over().await;
            self.report_exit();
            let wake = self.wake_at();
            tokio::select! {
                biased;
                mail = self.mail.recv() => match mail {
                    Some(mail) => self.obey(*mail),
                    None => return,
                },
                ready = self.master.writable(), if self.input.waiting() && self.is_open() => {
                    if ready.is_err() {
                        return;
                    }
                    self.write_input();
                }
                () = tap_has_room(self.tap.as_ref()), if self.tap_is_full() => self.tend_tap(),
                () = tap_has_room(self.pipe.as_ref()), if self.pipe_waits => self.tend_pipe(),
                () = more(self.ahead.as_ref(), self.screen.journal()), if self.ahead.is_some() => {
                    self.parse_ahead();
                    self.search_between();
                    tokio::task::yield_now().await;
                }
                ready = self.master.readable(), if self.is_open() && !self.tap_is_full() && self.ahead.is_none() => {
                    if ready.is_err() {
                        return;
                    }
                    let more = self.read_a_while();
                    self.note_flood(more);
                    if more {
                        self.search_between();
                        tokio::task::yield_now().await;
                    }
                }
                room = self.searches.room(), if self.searches.waiting() => {
                    self.search_on(room);
                    tokio::task::yield_now().await;
                }
                () = until(wake), if wake.is_some() => self.do_what_is_due(Instant::now()),
            }
        }
    }

    /// When there is something to be done though nothing happens.
    fn wake_at(&self) -> Option<Instant> {
        let report = self.quiet_until.filter(|_| self.unreported);
        let rest = [self.pack_at, self.pulse_until, self.synchronized_until, self.look_again];
        [self.feeds.due(), report].into_iter().chain(rest).flatten().min()
    }

    fn do_what_is_due(&mut self, now: Instant) {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if is_due(self.look_again) {
            self.look_again();
        }
        if is_due(self.feeds.due()) {
            self.send_rows();
        }
        if is_due(self.quiet_until) && self.unreported {
            self.report_activity();
        }
        if is_due(self.pack_at) {
            self.pack_history();
        }
        if is_due(self.pulse_until) {
            self.pulse_until = None;
            self.set_window_size(self.terminal().size());
        }
        if is_due(self.synchronized_until) {
            self.synchronized_until = None;
            self.change(Change::EndSynchronized);
            self.send_rows();
        }
    }

    fn obey(&mut self, mail: ToPane) {
        match mail {
            ToPane::Input(typed) => self.take_input(typed),
            ToPane::Resize(size) => self.resize(size),
            ToPane::HistoryLimit(lines) => {
                self.history_limit = lines;
                self.change(Change::HistoryLimit(lines));
            }
            ToPane::ClearHistory => self.change(Change::ClearHistory),
            ToPane::Exited { status, at } => {
                self.exited = true;
                self.exit = Some((status, at));
            }
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
            ToPane::Facts { screen, answer } => {
                let mut facts = self.facts();
                if screen {
                    facts.screen = capture::text(self.terminal(), &Capture::default());
                }
                drop(answer.send(facts));
            }
            ToPane::Search { wanted, answer } => self.searches.begin(wanted, answer),
            ToPane::Prompts(answer) => self.tell_prompts(&answer),
            ToPane::Capture(capture, answer) => drop(answer.send(capture::text(self.terminal(), &capture))),
            ToPane::Tap(tap) => {
                self.stop_ahead();
                self.tap = Some(tap);
                self.tend_tap();
            }
            ToPane::Pipe(chunks) => {
                self.stop_ahead();
                self.pipe = chunks.map(|chunks| Tap::new(chunks, self.screen.journal().written()));
                self.pipe_waits = false;
            }
            ToPane::FollowLog(answer) => drop(answer.send(self.log.as_ref().map(JobLog::follow))),
            ToPane::Keep(keeper) => self.change_keeper(keeper),
            ToPane::Preface { packed, note } => self.show_preface(packed.as_deref(), &note),
        }
    }

    fn take_input(&mut self, typed: Typed) {
        self.feeds.expect_echo();
        let terminal = self.screen.terminal();
        if !self.input.push_typed(typed, |input, out| terminal.encode(input, out)) {
            let _ = self.core.send(ToCore::Bell { pane: self.id });
        }
        self.write_input();
    }

    /// Writes what the PTY takes now; the rest goes when the loop finds it writable.
    fn write_input(&mut self) {
        if self.is_open() {
            let _ = self.input.write(&self.master, &mut self.screen, &self.spool);
        }
    }

    fn resize(&mut self, size: Size) {
        if size == self.terminal().size() {
            return;
        }
        self.change(Change::Resize(size));
        if let Some(log) = &mut self.log {
            log.resize(size);
        }
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
        let size = self.terminal().size();
        self.set_window_size(Size::new(size.cols, size.rows.saturating_sub(1).max(1)));
        self.pulse_until = Some(Instant::now() + REDRAW_PULSE);
    }

    fn terminal(&self) -> &Terminal {
        self.screen.terminal()
    }

    fn fetch(&self, from: u64, count: u16, answer: &mpsc::Sender<ToClient>) {
        let first_line = self.terminal().first_line();
        let from = from.max(first_line);
        let count = u64::from(count.min(crate::base::limits::MAX_FETCH));
        let lines = (from..from.saturating_add(count)).map_while(|number| self.terminal().line(number)).collect();
        let screen_line = self.terminal().screen_line();
        // A client that asks faster than it reads loses answers, not the server its memory.
        let _ = answer.try_send(ToClient::Lines { pane: self.id, from, first_line, screen_line, lines });
    }

    fn facts(&self) -> PaneFacts {
        let foreground = procfs::foreground(&self.master).unwrap_or(self.pid);
        let modes = self.terminal().modes();
        PaneFacts {
            cursor: self.terminal().cursor().at,
            cursor_visible: self.terminal().cursor().visible,
            history_size: self.terminal().screen_line() - self.terminal().first_line(),
            history_bytes: self.terminal().history_memory() as u64,
            alternate_on: modes.alternate_screen,
            mouse: modes.mouse != MouseMode::Off,
            current_command: procfs::program(foreground).unwrap_or_default(),
            current_path: procfs::current_dir(foreground).or_else(|| procfs::current_dir(self.pid)).unwrap_or_default(),
            title: self.terminal().title().to_owned(),
            screen: String::new(),
        }
    }
}

/// Ends when the tap can take more, or never will.
async fn tap_has_room(tap: Option<&Tap>) {
    if let Some(tap) = tap {
        tap.has_room().await;
    }
}

async fn until(at: Option<Instant>) {
    sleep_until(at.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600))).await;
}
