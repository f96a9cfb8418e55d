//! From the PTY to the screen: reading, logging, parsing, and telling what came of it.

use rustix::io::Errno;
use tokio::time::Instant;

use super::{Pane, Tap};
use crate::base::limits::{
    ACTIVITY_INTERVAL, HUNG_UP_LOOK, PACK_AFTER, PACK_LINES, PACK_PAUSE, PTY_READ, SYNCHRONIZED_LIMIT,
};
use crate::server::mailbox::ToCore;
use crate::server::survival::LogNote;
use crate::term::TermEvent;

/// A read of less than this, and of less than it had room for, was all that was there: n_tty(4) gives everything that
/// it holds at once, and tells more by another edge. In a flood it is worth asking again at once.
const FLOOD_READ: usize = 1024;

impl Pane {
    /// Reads what is there, up to [`PTY_READ`], so that mail and other panes get their turn in between. True when
    /// there is more.
    pub(super) fn read_a_while(&mut self) -> bool {
        let more = self.read_up_to(PTY_READ);
        self.after_output();
        more
    }

    /// Reads what is there, up to so many bytes, and takes it in, after each read or in larger pieces, of which the terminal
    /// may skim a part. True when there is more.
    fn read_up_to(&mut self, bytes: usize) -> bool {
        let mut budget = bytes;
        let gathers = self.flood.gathers();
        while budget > 0 && !self.ended && !self.tap_is_full() {
            let Some(count) = self.read_once() else { break };
            budget = budget.saturating_sub(count);
            if !gathers || self.screen.journal().unparsed().len() == PTY_READ {
                self.digest();
            }
        }
        self.catch_up();
        budget == 0
    }

    /// Takes in all that has been read.
    pub(super) fn catch_up(&mut self) {
        while !self.screen.journal().unparsed().is_empty() {
            self.digest();
        }
    }

    /// One read, into the journal itself; `None` when nothing more is there.
    fn read_once(&mut self) -> Option<usize> {
        let room = self.screen.journal_mut().room();
        let size = room.len();
        match rustix::io::read(&self.master, room) {
            Ok(count) if count > 0 => {
                self.screen.journal_mut().arrived(count);
                if count < FLOOD_READ.min(size) {
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
            // Nobody has the terminal open: a program that lives may open it again (/dev/tty).
            Ok(_) | Err(Errno::IO) if !self.exited => {
                self.look_again = Some(Instant::now() + HUNG_UP_LOOK);
                None
            }
            Ok(_) | Err(_) => {
                self.ended = true;
                None
            }
        }
    }

    /// Perhaps somebody has opened the terminal again, or has done so for a moment.
    pub(super) fn look_again(&mut self) {
        self.look_again = None;
        self.read_a_while();
        if self.look_again.is_none() && !self.ended {
            match self.master.renewed() {
                Ok(master) => self.master = master,
                Err(error) => {
                    tracing::warn!(pane = %self.id, %error, "the PTY cannot be watched");
                    self.look_again = Some(Instant::now() + HUNG_UP_LOOK);
                }
            }
        }
    }

    /// Its other end is open, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        !self.ended && self.look_again.is_none()
    }

    /// Takes in what has been read.
    pub(super) fn digest(&mut self) {
        if let Some(log) = &mut self.log {
            let journal = self.screen.journal_mut();
            let mut done = 0;
            while done < journal.unparsed().len() {
                let count = log.portion(&journal.unparsed()[done..]);
                journal.set_log_note(log.note(journal.parsed() + done as u64, count));
                log.append(&journal.unparsed()[done..done + count]);
                done += count;
            }
        }
        if let Some(tap) = &mut self.tap {
            tap.pump(self.screen.journal());
        }
        self.tend_pipe();
        let (begun, skimmed) = (Instant::now(), self.terminal().skimmed());
        let Ok(count) = self.screen.feed() else { return self.poisoned() };
        let now = Instant::now();
        self.flood.parsed(now - begun, self.terminal().skimmed() - skimmed);
        self.feeds.took(count, now);
        let screen = &mut self.screen;
        self.input.push_replies(|out| screen.take_replies(out));
        self.write_input();
        if self.screen.journal().wants_checkpoint() {
            self.checkpoint(false);
        }
    }

    pub(super) fn after_output(&mut self) {
        self.report_events();
        self.report_activity();
        let new_lines = self.terminal().screen_line() >= self.packed_line + PACK_LINES;
        if new_lines || self.screen.journal().is_large() {
            self.pack_at = Some(Instant::now() + PACK_AFTER);
        }
        self.synchronized_until = match (self.terminal().synchronized(), self.synchronized_until) {
            (true, None) => Some(Instant::now() + SYNCHRONIZED_LIMIT),
            (true, until) => until,
            (false, _) => None,
        };
        self.send_rows();
    }

    /// The program is quiet: packs its history, then saves the screen if that takes less than what it saves. One step
    /// of some milliseconds at a time, so that keys and other panes do not wait for it.
    pub(super) fn pack_history(&mut self) {
        self.stop_ahead();
        if self.tap.is_some() {
            // The pages that this would give back may have to be sent once more.
            self.pack_at = None;
            return;
        }
        self.pack_at = self.screen.compact().then(|| Instant::now() + PACK_PAUSE);
        if self.pack_at.is_none() {
            let packed = self.terminal().screen_line() >= self.packed_line + PACK_LINES;
            self.packed_line = self.terminal().screen_line();
            if packed || self.screen.journal().is_large() {
                self.checkpoint(true);
            }
        }
    }

    pub(super) fn report_events(&mut self) {
        for event in self.screen.take_events() {
            let message = match event {
                TermEvent::Bell => ToCore::Bell { pane: self.id },
                TermEvent::Title(title) => ToCore::Title { pane: self.id, title },
                TermEvent::Clipboard { text, .. } => ToCore::Clipboard { pane: self.id, text },
                TermEvent::Notify { title, body } => ToCore::Notify { pane: self.id, title, body },
                _ => continue,
            };
            let _ = self.core.send(message);
        }
        self.screen.note_told();
    }

    /// Says that there was output, now or when the interval since the last time is over.
    pub(super) fn report_activity(&mut self) {
        let now = Instant::now();
        self.unreported = self.quiet_until.is_some_and(|until| now < until);
        if !self.unreported {
            self.quiet_until = Some(now + ACTIVITY_INTERVAL);
            if let Some(bytes) = self.budget.note(self.terminal().history_memory()) {
                self.screen.shrink_history(bytes);
            }
            let written = self.screen.journal().written();
            let output = std::mem::replace(&mut self.heard, written) != written;
            let _ = self.core.send(ToCore::Activity { pane: self.id, output });
        }
    }

    pub(super) fn send_rows(&mut self) {
        self.feeds.send(self.id, self.screen.terminal(), Instant::now());
        self.screen.note_shown();
    }

    pub(super) fn tap_is_full(&self) -> bool {
        self.tap.as_ref().is_some_and(Tap::is_full)
    }

    /// Gives the tap what it takes; that is over when nobody is there any more, or nothing will come.
    pub(super) fn tend_tap(&mut self) {
        let Some(tap) = &mut self.tap else { return };
        let all = tap.pump(self.screen.journal());
        let over = all && self.exited && self.exit.is_none();
        if over || tap.is_closed() {
            self.drop_tap();
        }
    }

    /// Gives what the pane is connected with what it takes. What it is late for is kept as long as the journal is.
    pub(super) fn tend_pipe(&mut self) {
        let Some(pipe) = &mut self.pipe else { return };
        self.pipe_waits = !pipe.pump(self.screen.journal());
        if pipe.is_closed() {
            self.pipe = None;
            self.pipe_waits = false;
        }
    }

    fn drop_tap(&mut self) {
        if self.tap.take().is_some() {
            self.pack_at = Some(Instant::now() + PACK_AFTER);
        }
    }

    /// The program has ended, so all that it wrote is in the kernel's buffer: take that first, then tell. What its
    /// children go on writing is read as before, but not waited for.
    pub(super) fn report_exit(&mut self) {
        if self.exit.is_none() || self.tap_is_full() {
            return;
        }
        self.stop_ahead();
        let more = self.read_up_to(PTY_READ * 4);
        self.after_output();
        if self.tap_is_full() && !more {
            return;
        }
        self.drop_tap();
        self.close_log();
        if let Some((status, at)) = self.exit.take() {
            let _ = self.core.send(ToCore::Drained { pane: self.id, status, at });
        }
    }

    fn close_log(&mut self) {
        if self.log.take().is_some() {
            self.screen.journal_mut().set_log_note(LogNote::closed());
        }
    }
}
