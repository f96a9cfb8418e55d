//! A pane beyond the life of a server: what it finds of itself at its start, and what it leaves behind.

use std::io;
use std::path::Path;

use super::{Pane, Start};
use crate::base::{PaneId, Size};
use crate::proto::packet::ToKeeper;
use crate::server::keeper_link::KeeperSender;
use crate::server::logs::JobLog;
use crate::server::mailbox::ToCore;
use crate::server::survival::{Change, Journal, LogNote, Recorded, Restored, Unrestored, keep_aside};

/// A pane's screen at the start of its task.
pub struct Found {
    pub screen: Recorded,
    /// What the task begins with.
    pub news: News,
}

/// What has to be done about a screen before anything is read.
#[derive(Default)]
pub struct News {
    /// What the program has asked and not been answered.
    replies: Vec<u8>,
    /// What the user has to be told.
    trouble: Option<String>,
    /// Why the screen will not survive this server.
    exposed: Option<io::Error>,
    /// Nothing is known of what it showed: the program has to draw it.
    redraw: bool,
    /// The size that it has to have now.
    size: Size,
}

/// Goes on from what an earlier server has left, or begins.
pub fn find(start: &mut Start) -> Found {
    let size = start.size;
    let mut former = None;
    let trouble = match start.memory.take().map(Recorded::restore) {
        Some(Ok(Restored { screen, replies })) => {
            return Found { screen, news: News { replies, size, ..News::default() } };
        }
        Some(Err(Unrestored::Poisoned(journal))) => {
            let report = poison_report(start.pane, &start.aside, &journal);
            former = Some(journal);
            Some(report)
        }
        Some(Err(Unrestored::Unusable(error))) => {
            Some(format!("the screen of pane {} could not be restored: {error}", start.pane))
        }
        None => None,
    };
    let (mut screen, exposed) = Recorded::begin(size, start.history_limit);
    if let Some(former) = former {
        screen.go_on_typing(&former);
    }
    Found { screen, news: News { replies: Vec::new(), trouble, exposed, redraw: start.taken_up, size } }
}

/// Sets a journal aside that the engine fails on; a line for the user.
fn poison_report(pane: PaneId, aside: &Path, journal: &Journal) -> String {
    let kept = match keep_aside(aside, pane, journal) {
        Ok(path) => format!("what led to it is in {}", path.display()),
        Err(error) => format!("what led to it could not be kept: {error}"),
    };
    format!("mux failed on the output of pane {pane} and has cleared its screen; {kept}")
}

impl Pane {
    /// Brings log, program and users to where the screen is.
    pub(super) fn go_on(&mut self, news: News) {
        self.resume_log();
        self.input.push_replies(|out| out.extend_from_slice(&news.replies));
        self.write_input();
        if let Some(text) = news.trouble {
            self.tell_trouble(text);
        }
        if let Some(error) = news.exposed {
            self.expose(&error);
        }
        if news.size != self.terminal().size() {
            self.change(Change::Resize(news.size));
        }
        // The program hears of it only where its terminal has another size (ioctl_tty(2)).
        self.set_window_size(news.size);
        if news.redraw {
            self.redraw();
        }
        if !self.terminal().title().is_empty() {
            let title = self.terminal().title().to_owned();
            let _ = self.core.send(ToCore::Title { pane: self.id, title });
        }
        self.after_output();
    }

    /// Writes what the log has not got of the output that was read before this server.
    fn resume_log(&mut self) {
        let Some(target) = self.log_target.take() else { return };
        let size = self.screen.terminal().size();
        let journal = self.screen.journal_mut();
        let resumed = JobLog::resume(target, size, self.pid, self.archiver.clone(), journal.log_note());
        let Some((mut log, mut position)) = resumed else { return };
        while position < journal.written() {
            let (from, bytes) = journal.since(position);
            log.miss(from - position);
            let count = log.portion(bytes);
            let note = log.note(from, count);
            journal.set_log_note(note);
            log.append(&journal.since(from).1[..count]);
            position = from + count as u64;
        }
        self.log = Some(log);
    }

    /// Changes the terminal other than by output.
    pub(super) fn change(&mut self, change: Change) {
        self.report_events();
        if let Err(error) = self.screen.change(change) {
            self.expose(&error);
        }
    }

    /// Saves the screen; where that cannot be, whoever is attached is told once.
    pub(super) fn checkpoint(&mut self, quiet: bool) {
        self.report_events();
        match self.screen.checkpoint(quiet) {
            Ok(()) if self.exposed => {
                self.exposed = false;
                let _ = self.core.send(ToCore::Exposed { pane: self.id, why: None });
            }
            Ok(()) => {}
            Err(error) => self.expose(&error),
        }
    }

    fn expose(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.exposed, true) {
            tracing::warn!(pane = %self.id, %error, "the screen would not survive this server");
            let _ = self.core.send(ToCore::Exposed { pane: self.id, why: Some(error.to_string()) });
        }
    }

    fn tell_trouble(&self, text: String) {
        tracing::error!(pane = %self.id, "{text}");
        let _ = self.core.send(ToCore::Trouble { text });
    }

    /// The terminal engine has failed on what came last: that is set aside, the program draws anew.
    pub(super) fn poisoned(&mut self) {
        if self.ahead.take().is_some() {
            self.screen.journal_mut().take_back();
        }
        let (journal, error) = self.screen.begin_anew(self.history_limit);
        self.tell_trouble(poison_report(self.id, &self.aside, &journal));
        if self.log.is_none() {
            self.screen.journal_mut().set_log_note(LogNote::closed());
        }
        self.input.forget_replies();
        self.exposed = false;
        if let Some(error) = error {
            self.expose(&error);
        }
        self.redraw();
        self.parse_rest(&journal);
    }

    /// What came behind a piece on which the terminal engine has failed.
    fn parse_rest(&mut self, journal: &Journal) {
        let mut position = journal.parsed() + journal.unparsed().len() as u64;
        while position < journal.written() {
            let (_, bytes) = journal.since(position);
            let room = self.screen.journal_mut().room();
            let count = bytes.len().min(room.len());
            room[..count].copy_from_slice(&bytes[..count]);
            self.screen.journal_mut().arrived(count);
            position += count as u64;
            self.digest();
        }
    }

    /// Gives a new memory to the keeper, and waits until it is on its way: what is read before that would be lost
    /// with this server.
    pub(super) async fn hand_memory_over(&mut self) {
        if !self.screen.is_unkept() {
            return;
        }
        self.send_memory();
        self.screen.note_kept();
        self.keeper.flushed().await;
    }

    /// There is another keeper, which knows the pane already.
    pub(super) fn change_keeper(&mut self, keeper: KeeperSender) {
        self.keeper = keeper;
        self.send_memory();
    }

    fn send_memory(&mut self) {
        let sent = self.screen.memory().and_then(|memory| {
            let Some(memory) = memory else { return Ok(()) };
            // The core gives it to another keeper, should this one die.
            let _ = self.core.send(ToCore::Kept { pane: self.id, memory: memory.try_clone()? });
            self.keeper.send(ToKeeper::Keep { pane: self.id, memory })
        });
        if let Err(error) = sent {
            self.expose(&error);
        }
    }
}
