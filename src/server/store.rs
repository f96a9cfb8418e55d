//! The model on disk: parts go to the live files at once, and to a generation soon after.
//!
//! Two sides. [`Store`] is the core's: it writes live files and hands a turn's changes over as one, so that no
//! generation is ever taken between two changes that belong together. [`Keep`] has a thread of its own, because
//! fsync(2) may take seconds: it gathers what comes within a moment and commits it. It sleeps while nothing changes.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Instant;

use tokio::sync::{mpsc as tasks, oneshot};

use super::before::Before;
use super::mailbox::ToCore;
use super::restore::{self, Wanted};
use crate::base::RequestId;
use crate::base::limits::{SYNC_DELAY, SYNC_RETRY};
use crate::model::{Part, Saved};
use crate::store::{
    Batch, Brief, Change, Committed, Files, Generations, Live, Offer, Run, RunFile, Turn, Why, buffer_of, buffer_part,
    session_of, session_part,
};

const JOBS: &str = "jobs.json";
const SERVER: &str = "server.json";
const OPTIONS: &str = "options.json";
/// Parts of which there is one.
pub const SAVED_PARTS: [&str; 3] = [JOBS, SERVER, OPTIONS];

/// A part that is of this run only: another one begins with the configuration, and without what was copied.
pub fn is_passing(name: &str) -> bool {
    name == OPTIONS || buffer_of(name).is_some()
}

/// How it goes with the disk, for the core.
#[derive(Debug)]
pub enum Storage {
    /// It cannot be written, for this reason.
    Failing(String),
    /// A generation has been committed after that.
    Works,
    /// What was written has vanished.
    Lost,
}

pub struct Store {
    live: Live<Files>,
    file: RunFile,
    /// What this turn has changed.
    turn: Batch,
    keep: mpsc::Sender<Order>,
    /// Everything is being ended on purpose: what goes now is not lost but let go.
    ending: bool,
}

enum Order {
    Change {
        batch: Batch,
        whole: bool,
    },
    /// See whether the disk can be written again.
    Try,
    Pin(Option<u64>),
    Find {
        request: RequestId,
        wanted: Wanted,
    },
    Last {
        why: Why,
        batch: Batch,
        done: oneshot::Sender<bool>,
    },
}

/// A part's file.
pub fn name_of(part: Part) -> String {
    match part {
        Part::Session(id) | Part::SessionGone(id) => session_part(id.0),
        Part::Jobs => JOBS.to_owned(),
        Part::Server => SERVER.to_owned(),
        Part::Options => OPTIONS.to_owned(),
        Part::Buffer(id) | Part::BufferGone(id) => buffer_part(id),
    }
}

/// What a list of generations says of it.
pub fn brief_of(saved: &Saved) -> Option<Brief> {
    let Saved::Session(session) = saved else { return None };
    let panes = session.windows.iter().map(|window| window.all_panes().count()).sum();
    let (name, windows) = (session.name.clone(), session.windows.len());
    Some(Brief { name, windows, panes, job: session.job.is_some() })
}

impl Store {
    /// Takes over what was judged, and starts the thread. The core hears of trouble by `core`.
    pub fn start(before: Before, core: tasks::UnboundedSender<ToCore>) -> io::Result<Self> {
        let Before { live, generations, file, .. } = before;
        let (keep, orders) = mpsc::channel();
        let worker = Keep {
            generations,
            run: file.run.clone(),
            pending: Batch::new(),
            whole: false,
            due: None,
            trouble: false,
            core,
        };
        std::thread::Builder::new().name("mux-disk".into()).spawn(move || worker.work(&orders))?;
        Ok(Self { live, file, turn: Batch::new(), keep, ending: false })
    }

    /// Says which run the live files belong to.
    pub fn write_run(&self) -> io::Result<()> {
        self.live.write(RunFile::NAME, &serde_json::to_vec(&self.file)?).map(drop)
    }

    pub fn offer(&self) -> Option<&Offer> {
        self.file.offer.as_ref()
    }

    /// These have come back; what is left is offered on.
    pub fn take_from_offer(&mut self, generation: u64, parts: &[String]) -> io::Result<()> {
        let Some(offer) = self.file.offer.as_mut().filter(|offer| offer.generation == generation) else {
            return Ok(());
        };
        offer.left.retain(|left| !parts.contains(left));
        if offer.left.is_empty() {
            self.file.offer = None;
            self.send(Order::Pin(None));
        }
        self.write_run()
    }

    /// Replaces a part's live file, or removes it when there is nothing to save. True when all others have vanished.
    pub fn write(&mut self, part: Part, saved: Option<&Saved>) -> io::Result<bool> {
        let name = name_of(part);
        if self.ending && session_of(&name).is_some() {
            return Ok(false);
        }
        if is_passing(&name) {
            return match saved {
                Some(saved) => self.live.write(&name, &serde_json::to_vec(saved)?),
                None => self.live.remove(&name).map(|()| false),
            };
        }
        let Some(saved) = saved else {
            self.turn.insert(name.clone(), Change::Gone);
            return self.live.remove(&name).map(|()| false);
        };
        let bytes: Arc<[u8]> = serde_json::to_vec(saved)?.into();
        self.turn.insert(name.clone(), Change::Put { bytes: Arc::clone(&bytes), session: brief_of(saved) });
        self.live.write(&name, &bytes)
    }

    /// Writes what a turn has changed in one piece, before its parts are written one by one: all of it survives this
    /// server, or nothing. True when all else has vanished.
    pub fn begin_turn(&self, parts: &[(Part, Option<Saved>)], note: String) -> io::Result<bool> {
        if self.ending {
            return Ok(false);
        }
        let text = |saved: &Option<Saved>| saved.as_ref().map(serde_json::to_string).transpose();
        let parts: Result<Vec<_>, _> = parts.iter().map(|(part, saved)| Ok((name_of(*part), text(saved)?))).collect();
        let turn = Turn { run: self.file.run.clone(), parts: parts.map_err(|error: serde_json::Error| error)?, note };
        // What cannot be written must not be taken for the newest later.
        turn.write(&self.live).inspect_err(|_| drop(Turn::forget(&self.live)))
    }

    /// A part that is in generations only; none when it is gone.
    pub fn keep(&mut self, name: String, bytes: Option<Vec<u8>>) {
        let change = bytes.map_or(Change::Gone, |bytes| Change::Put { bytes: bytes.into(), session: None });
        if !self.ending || matches!(change, Change::Put { .. }) {
            self.turn.insert(name, change);
        }
    }

    /// The changes of a turn belong together.
    pub fn end_turn(&mut self) {
        if !self.turn.is_empty() && !self.ending {
            let batch = std::mem::take(&mut self.turn);
            self.send(Order::Change { batch, whole: false });
        }
    }

    /// This turn's changes are all there is: the generations have vanished.
    pub fn end_whole_turn(&mut self) {
        let batch = std::mem::take(&mut self.turn);
        self.send(Order::Change { batch, whole: true });
    }

    /// Asks to be told when the disk can be written again.
    pub fn try_again(&self) {
        self.send(Order::Try);
    }

    pub fn find(&self, request: RequestId, wanted: Wanted) {
        self.send(Order::Find { request, wanted });
    }

    /// From now on sessions go on purpose, or with the machine: their files stay as they are.
    pub fn hold_still(&mut self) {
        self.end_turn();
        self.ending = true;
    }

    /// The last generation, with what was kept since [`Store::hold_still`]; tells whether the disk has it.
    pub fn last(&mut self, why: Why) -> oneshot::Receiver<bool> {
        let (done, told) = oneshot::channel();
        let batch = std::mem::take(&mut self.turn);
        self.send(Order::Last { why, batch, done });
        told
    }

    /// Nothing of this run waits for anybody. Live files of sessions go where a generation has them.
    pub fn end_run(&mut self, kept: bool) -> io::Result<()> {
        self.file.ended = true;
        self.write_run()?;
        forget_passing(&self.live)?;
        if kept {
            self.live.session_parts().iter().try_for_each(|name| self.live.remove(name))?;
        }
        Ok(())
    }

    /// The thread lives as long as this; a send cannot fail before.
    fn send(&self, order: Order) {
        if self.keep.send(order).is_err() {
            tracing::error!("the thread that syncs the state has ended");
        }
    }
}

/// What was of a run that is over.
pub fn forget_passing(live: &Live<Files>) -> io::Result<()> {
    live.remove(OPTIONS)?;
    live.buffer_parts().iter().try_for_each(|name| live.remove(name))
}

/// The thread's side.
struct Keep {
    generations: Generations<Files>,
    run: Run,
    pending: Batch,
    whole: bool,
    /// When what is pending is committed.
    due: Option<Instant>,
    /// The last commit has failed, or the core could not write.
    trouble: bool,
    core: tasks::UnboundedSender<ToCore>,
}

impl Keep {
    fn work(mut self, orders: &mpsc::Receiver<Order>) {
        loop {
            let order = match self.due {
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => orders.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            match order {
                Ok(order) => self.obey(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // Also while orders keep coming.
            if self.due.is_some_and(|due| due <= Instant::now()) {
                self.commit(Why::Change);
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Change { batch, whole } => {
                self.take(batch, whole);
                self.due.get_or_insert_with(|| Instant::now() + SYNC_DELAY);
            }
            Order::Try => {
                self.trouble = true;
                self.due = Some(Instant::now() + SYNC_RETRY);
            }
            Order::Pin(generation) => self.generations.pin(generation),
            Order::Find { request, wanted } => {
                let found = restore::find(&self.generations, &wanted, &self.run);
                let _ = self.core.send(ToCore::Found { request, wanted: Box::new(wanted), found });
            }
            Order::Last { why, batch, done } => {
                if why == Why::Shutdown && self.is_swept() {
                    tracing::info!("what has gone just before the end is kept as it was");
                    self.pending.retain(|name, _| session_of(name).is_none() && name != JOBS);
                }
                self.take(batch, false);
                let _ = done.send(self.commit(why));
            }
        }
    }

    fn take(&mut self, batch: Batch, whole: bool) {
        if whole {
            self.pending.clear();
            self.whole = true;
        }
        self.pending.extend(batch);
    }

    /// A session or a pane has gone since the newest generation, in the moment before the end: a machine that is
    /// shut down ends programs in any order.
    fn is_swept(&self) -> bool {
        let newest = self.generations.newest();
        let panes = |name: &str| newest?.parts.get(name)?.session.as_ref().map(|brief| brief.panes);
        self.pending.iter().any(|(name, change)| match change {
            Change::Gone => session_of(name).is_some(),
            Change::Put { session, .. } => session.as_ref().map(|brief| brief.panes) < panes(name),
        })
    }

    /// True when the disk has everything.
    fn commit(&mut self, why: Why) -> bool {
        self.due = None;
        match self.generations.commit(&self.pending, self.whole, why, &self.run) {
            Ok(Committed::Lost) => {
                self.tell(Storage::Lost);
                false
            }
            Ok(_) => {
                self.pending.clear();
                self.whole = false;
                if std::mem::take(&mut self.trouble) {
                    self.tell(Storage::Works);
                }
                true
            }
            Err(error) => {
                if !std::mem::replace(&mut self.trouble, true) {
                    self.tell(Storage::Failing(plain(&error)));
                }
                self.drop_records();
                self.due = Some(Instant::now() + SYNC_RETRY);
                false
            }
        }
    }

    /// What panes showed is large, and comes again.
    fn drop_records(&mut self) {
        let large =
            |name: &str, change: &Change| crate::store::pane_of(name).is_some() && matches!(change, Change::Put { .. });
        self.pending.retain(|name, change| !large(name, change));
    }

    fn tell(&self, storage: Storage) {
        let _ = self.core.send(ToCore::Storage(storage));
    }
}

/// The system's words without Rust's number behind them.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
