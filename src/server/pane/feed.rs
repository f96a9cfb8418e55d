//! Feeds: what of a terminal each watching client has not seen.
//!
//! A feed has credit for one update. It is sent the rows that are newer than what it was sent last, and is
//! passed over until the client acknowledges. So coalescing, back-pressure and slow links are one thing: whoever
//! is late gets the newest state, never a backlog. An answer to a key goes out at once; other updates are
//! [`FRAME_INTERVAL`] apart, under a flood [`FLOOD_INTERVAL`] until it pauses.

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::base::limits::{ECHO_WINDOW, FLOOD_BYTES, FLOOD_INTERVAL, FLOOD_PAUSE, FRAME_INTERVAL};
use crate::base::{ClientId, PaneId, Row, Size};
use crate::proto::message::{Cursor, CursorShape, KeyReports, PaneModes, Rows, ToClient};
use crate::term::{self, KittyFlags, MouseMode, Terminal};

#[derive(Default)]
pub struct Feeds {
    feeds: Vec<Feed>,
    /// Input came at this time and nothing has been sent since.
    input: Option<Instant>,
    /// Bytes of output since the last update to anybody.
    bytes: usize,
    /// When the last of them came.
    last_output: Option<Instant>,
    /// When the next update may go to a feed that has credit and waits.
    due: Option<Instant>,
}

struct Feed {
    client: ClientId,
    rows: mpsc::UnboundedSender<ToClient>,
    since: Instant,
    /// What was sent last; `None` before the first update, which has every row.
    sent: Option<Sent>,
    /// An update is under way and not acknowledged.
    outstanding: bool,
    /// What it knows of how the program wants keys.
    reports: KeyReports,
    /// What it knows of how the program wants pastes.
    bracketed: bool,
}

#[derive(Clone, Copy)]
struct Sent {
    generation: u64,
    size: Size,
    at: Instant,
}

impl Feeds {
    /// Starts (or starts anew) to feed a client.
    pub fn add(&mut self, client: ClientId, rows: mpsc::UnboundedSender<ToClient>) {
        self.remove(client);
        self.feeds.push(Feed {
            client,
            rows,
            since: Instant::now(),
            sent: None,
            outstanding: false,
            reports: KeyReports::Legacy,
            bracketed: false,
        });
    }

    pub fn remove(&mut self, client: ClientId) {
        self.feeds.retain(|feed| feed.client != client);
    }

    pub fn acknowledge(&mut self, client: ClientId, generation: u64) {
        let feed = self.feeds.iter_mut().find(|feed| feed.client == client);
        if let Some(feed) = feed.filter(|feed| feed.sent.is_some_and(|sent| sent.generation == generation)) {
            feed.outstanding = false;
        }
    }

    /// The next output is likely the answer to a key.
    pub fn expect_echo(&mut self) {
        self.input = Some(Instant::now());
    }

    /// So much output has been parsed.
    pub fn took(&mut self, bytes: usize, now: Instant) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.last_output = Some(now);
    }

    /// When [`Feeds::send`] wants to be called again, if nothing else happens.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Sends what is new to every feed that has credit and whose time has come.
    pub fn send(&mut self, pane: PaneId, terminal: &Terminal, now: Instant) {
        self.due = None;
        if self.feeds.is_empty() || terminal.synchronized() {
            return;
        }
        let echo = self.input.is_some_and(|at| now < at + ECHO_WINDOW);
        let generation = terminal.generation();
        // A flood that has ended, or waits, is shown like anything else.
        let pause = self.last_output.filter(|_| self.bytes > FLOOD_BYTES).map(|last| last + FLOOD_PAUSE);
        let mut sent_any = false;
        for feed in &mut self.feeds {
            let Some(earliest) = feed.may_have(generation, pause) else { continue };
            let time = if echo { now } else { earliest };
            if time > now {
                self.due = Some(self.due.map_or(time, |due| due.min(time)));
                continue;
            }
            feed.send(pane, terminal, now);
            sent_any = true;
        }
        if sent_any {
            self.input = None;
            self.bytes = 0;
        }
    }
}

impl Feed {
    /// When it may be sent this generation at the earliest: `None` while it has seen it, or has no credit. `pause`:
    /// when the flood that goes on will have paused.
    fn may_have(&self, generation: u64, pause: Option<Instant>) -> Option<Instant> {
        match self.sent {
            _ if self.outstanding => None,
            None => Some(self.since),
            Some(sent) if sent.generation >= generation => None,
            Some(sent) => {
                let frame = sent.at + FRAME_INTERVAL;
                Some(pause.map_or(frame, |pause| pause.max(frame).min(sent.at + FLOOD_INTERVAL)))
            }
        }
    }

    fn send(&mut self, pane: PaneId, terminal: &Terminal, now: Instant) {
        let size = terminal.size();
        let seen = self.sent.filter(|sent| sent.size == size).map(|sent| sent.generation);
        let rows = (0..size.rows)
            .filter(|&row| seen.is_none_or(|seen| terminal.row_generation(Row(row)) > seen))
            .map(|row| (row, terminal.row(Row(row))))
            .collect();
        let generation = terminal.generation();
        let update = Rows {
            pane,
            generation,
            size,
            first_line: terminal.first_line(),
            screen_line: terminal.screen_line(),
            cursor: cursor(terminal.cursor()),
            modes: modes(terminal.modes()),
            rows,
        };
        self.sent = Some(Sent { generation, size, at: now });
        self.outstanding = self.rows.send(ToClient::Rows(update)).is_ok();
        let reports = reports(&terminal.modes());
        if std::mem::replace(&mut self.reports, reports) != reports {
            let _ = self.rows.send(ToClient::Keyboard { pane, reports });
        }
        let bracketed = terminal.modes().bracketed_paste;
        if std::mem::replace(&mut self.bracketed, bracketed) != bracketed {
            let _ = self.rows.send(ToClient::Bracketed { pane, bracketed });
        }
    }
}

/// A program that asks in xterm's way (modifyOtherKeys) wants the same keys told apart as one in kitty's.
fn reports(modes: &term::Modes) -> KeyReports {
    match modes.kitty {
        flags if flags.is_empty() && modes.modify_other_keys == 0 => KeyReports::Legacy,
        flags if flags.contains(KittyFlags::EVENT_TYPES) => KeyReports::Events,
        _ => KeyReports::Distinct,
    }
}

fn cursor(cursor: term::Cursor) -> Cursor {
    let shape = match cursor.shape {
        term::CursorShape::Default => CursorShape::Default,
        term::CursorShape::Block => CursorShape::Block,
        term::CursorShape::Underline => CursorShape::Underline,
        term::CursorShape::Bar => CursorShape::Bar,
    };
    Cursor { at: cursor.at, visible: cursor.visible, shape, blink: cursor.blink }
}

fn modes(modes: term::Modes) -> PaneModes {
    PaneModes {
        mouse: modes.mouse != MouseMode::Off,
        mouse_motion: modes.mouse == MouseMode::Motion,
        alternate_screen: modes.alternate_screen,
        reverse: modes.reverse_screen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Watcher {
        feeds: Feeds,
        terminal: Terminal,
        updates: mpsc::UnboundedReceiver<ToClient>,
        now: Instant,
    }

    impl Watcher {
        fn new() -> Self {
            let (rows, updates) = mpsc::unbounded_channel();
            let mut feeds = Feeds::default();
            feeds.add(ClientId(1), rows);
            Self { feeds, terminal: Terminal::new(Size::new(10, 3), 100), updates, now: Instant::now() }
        }

        fn feed(&mut self, text: &str) {
            self.terminal.feed(text.as_bytes());
            self.send();
        }

        fn send(&mut self) {
            self.feeds.send(PaneId(0), &self.terminal, self.now);
        }

        fn acknowledge(&mut self, generation: u64) {
            self.feeds.acknowledge(ClientId(1), generation);
            self.send();
        }

        fn update(&mut self) -> Option<Rows> {
            match self.updates.try_recv() {
                Ok(ToClient::Rows(rows)) => Some(rows),
                _ => None,
            }
        }
    }

    #[test]
    fn the_first_update_has_every_row_and_the_next_only_what_changed() {
        let mut watcher = Watcher::new();
        watcher.send();
        let first = watcher.update().unwrap();
        assert_eq!(first.rows.len(), 3);
        watcher.acknowledge(first.generation);
        watcher.now += FRAME_INTERVAL;
        watcher.feed("hi");
        let second = watcher.update().unwrap();
        assert_eq!(second.rows.len(), 1);
        assert_eq!(second.rows[0].1.text(), "hi");
    }

    #[test]
    fn without_credit_nothing_queues_and_the_newest_state_follows() {
        let mut watcher = Watcher::new();
        watcher.send();
        let first = watcher.update().unwrap();
        for number in 0..100 {
            watcher.now += FRAME_INTERVAL;
            watcher.feed(&format!("\r{number}"));
            assert!(watcher.update().is_none());
        }
        watcher.acknowledge(first.generation);
        assert_eq!(watcher.update().unwrap().rows[0].1.text(), "99");
        assert!(watcher.update().is_none());
    }

    #[test]
    fn a_flood_is_sent_at_a_frame_rate_and_an_echo_at_once() {
        let mut watcher = Watcher::new();
        watcher.send();
        let first = watcher.update().unwrap();
        watcher.acknowledge(first.generation);
        watcher.feed("flood");
        assert!(watcher.update().is_none());
        assert_eq!(watcher.feeds.due(), Some(watcher.now + FRAME_INTERVAL));
        watcher.feeds.expect_echo();
        watcher.feed("k");
        assert!(watcher.update().is_some());
    }

    #[test]
    fn a_flood_has_fewer_frames() {
        let mut watcher = Watcher::new();
        watcher.send();
        let first = watcher.update().unwrap();
        watcher.acknowledge(first.generation);
        let begin = watcher.now;
        while watcher.now < begin + FLOOD_INTERVAL {
            watcher.feeds.took(FLOOD_BYTES + 1, watcher.now);
            watcher.feed("flood");
            assert!(watcher.update().is_none());
            watcher.now += FLOOD_PAUSE / 2;
        }
        watcher.send();
        assert!(watcher.update().is_some());
    }

    #[test]
    fn the_end_of_a_flood_waits_no_longer_than_a_frame() {
        let mut watcher = Watcher::new();
        watcher.send();
        let first = watcher.update().unwrap();
        watcher.acknowledge(first.generation);
        let begin = watcher.now;
        watcher.feeds.took(FLOOD_BYTES + 1, watcher.now);
        watcher.feed("flood");
        assert_eq!(watcher.feeds.due(), Some(begin + FRAME_INTERVAL));
        watcher.now = begin + FRAME_INTERVAL + FLOOD_PAUSE;
        watcher.feeds.took(1, watcher.now);
        watcher.feed("x");
        assert_eq!(watcher.feeds.due(), Some(watcher.now + FLOOD_PAUSE));
    }

    /// After the rows: who is told must know the pane.
    #[test]
    fn how_keys_are_wanted_is_told_when_it_changes() {
        let mut watcher = Watcher::new();
        watcher.feed("\x1b[>3u");
        let first = watcher.update().unwrap();
        let told = ToClient::Keyboard { pane: PaneId(0), reports: KeyReports::Events };
        assert_eq!(watcher.updates.try_recv(), Ok(told));
        for (text, told) in [
            ("x", None),
            ("\x1b[=1u", Some(KeyReports::Distinct)),
            ("\x1b[<u", Some(KeyReports::Legacy)),
            ("\x1b[>4;1m", Some(KeyReports::Distinct)),
            ("\x1b[>4m", Some(KeyReports::Legacy)),
        ] {
            let generation = watcher.terminal.generation();
            watcher.acknowledge(generation.max(first.generation));
            watcher.now += FRAME_INTERVAL;
            watcher.feed(text);
            assert!(watcher.update().is_some());
            let told = told.map(|reports| ToClient::Keyboard { pane: PaneId(0), reports });
            assert_eq!(watcher.updates.try_recv().ok(), told);
        }
    }

    #[test]
    fn half_a_synchronized_frame_is_not_sent() {
        let mut watcher = Watcher::new();
        watcher.feed("\x1b[?2026hhalf");
        if watcher.terminal.synchronized() {
            assert!(watcher.update().is_none());
            watcher.feed("\x1b[?2026l");
        }
        assert_eq!(watcher.update().unwrap().rows[0].1.text(), "half");
    }
}
