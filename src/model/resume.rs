//! Starts of programs that a server's end has cut off: what was never started is taken back, and whoever asks again
//! for what was started is answered as the first time.
//!
//! Which of the two it is, the keeper knows: the model is written before the keeper is asked, so that a pane which waits
//! for its program and is not held has none.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::base::{PaneId, RequestId, Timestamp};

use super::pane::{Life, Running};
use super::start::Then;
use super::{ClientFlags, Context, Effect, Held, Part, Reply, State};

/// [`Then`] without what its client sends anyway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SavedThen {
    Print(String),
    Attach {
        #[serde(default)]
        flags: String,
    },
    Foreground,
    Stream,
    Switch,
    Await,
}

impl Then {
    pub fn saved(&self) -> SavedThen {
        match self {
            Then::Print(template) => SavedThen::Print(template.clone()),
            Then::Attach { flags, .. } => SavedThen::Attach { flags: flags.list() },
            Then::Foreground { .. } => SavedThen::Foreground,
            Then::Stream => SavedThen::Stream,
            Then::Switch => SavedThen::Switch,
            Then::Await => SavedThen::Await,
        }
    }
}

impl SavedThen {
    pub fn with(self, context: &Context) -> Then {
        let context = || Box::new(context.clone());
        match self {
            SavedThen::Print(template) => Then::Print(template),
            SavedThen::Attach { flags } => {
                Then::Attach { context: context(), flags: ClientFlags::default().read(&flags).unwrap_or_default() }
            }
            SavedThen::Foreground => Then::Foreground { context: context() },
            SavedThen::Stream => Then::Stream,
            SavedThen::Switch => Then::Switch,
            SavedThen::Await => Then::Await,
        }
    }
}

impl State {
    /// The pane for whose program a request waits, and what becomes of the request then.
    pub fn awaits(&self, request: RequestId) -> Option<(PaneId, SavedThen)> {
        let mine = |(_, start): &(_, &super::start::Start)| start.request == Some(request);
        self.starts.iter().find(mine).map(|(pane, start)| (*pane, start.then.saved()))
    }

    /// A request comes again that had a program started in this pane, at this time. False where none was started.
    pub fn take_up_start(
        &mut self,
        pane: PaneId,
        asked: Timestamp,
        request: RequestId,
        then: Then,
        now: Timestamp,
    ) -> bool {
        if self.starts.contains_key(&pane) {
            self.await_start(pane, Some(request), then);
            return true;
        }
        let waits = matches!(then, Then::Foreground { .. } | Then::Stream | Then::Await);
        // What was there before is not what was asked for.
        let since = |running: &Running| running.started >= asked;
        let life = self.pane(pane).map(|pane| pane.life.clone());
        let ended = match life {
            Some(Life::Running(running)) if since(&running) => None,
            Some(Life::Ended { ran: Some(running), status, .. }) if since(&running) => Some(status),
            Some(_) => return false,
            None => match self.jobs.records.iter().rev().find(|record| record.pane == pane && record.at >= asked) {
                Some(record) => Some(record.status),
                None => return false,
            },
        };
        match ended {
            Some(status) if waits => {
                if self.home_of(pane).is_some() && matches!(then, Then::Stream) {
                    self.push(Effect::StreamPane { request, pane });
                }
                self.push(Effect::Reply { request, reply: Reply::status(status.shell_code()) });
            }
            _ if self.home_of(pane).is_some() => self.answer_start(pane, request, then, now),
            _ => self.push(Effect::Reply { request, reply: Reply::default() }),
        }
        true
    }

    /// Takes back what waits for a program that was never started. Jobs that have begun are their supervisor's.
    pub(super) fn drop_unstarted(&mut self, held: &HashMap<PaneId, Held>) {
        let jobs = self.jobs.jobs.iter();
        let begun: HashSet<PaneId> = jobs.filter(|job| job.has_begun()).filter_map(|job| job.pane).collect();
        let mine = |id: &PaneId| !held.contains_key(id) && !begun.contains(id);
        let waiting = self.panes.values().filter(|pane| pane.life == Life::Starting && mine(&pane.id));
        let unstarted: Vec<PaneId> = waiting.map(|pane| pane.id).collect();
        for id in unstarted {
            let before = self.jobs.records.iter().rev().find(|record| record.pane == id);
            let before = before.map(|record| (record.status, record.at));
            match (before, self.panes.get_mut(&id)) {
                // It had ended before, and was to be started again.
                (Some((status, at)), Some(pane)) => pane.life = Life::Ended { ran: None, status, at },
                _ => {
                    self.jobs.jobs.retain(|job| job.pane != Some(id));
                    self.remove_pane(id);
                    self.save_part(Part::Jobs);
                }
            }
        }
    }
}
