//! What was told of jobs, and whether somebody has seen it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::supervise::Notice;
use crate::base::{Timestamp, limits};

/// One notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Counts up, over restarts of the server too.
    pub number: u64,
    pub at: Timestamp,
    pub job: String,
    pub notice: Notice,
    pub text: String,
    pub seen: bool,
}

/// The latest notices, the oldest first, up to [`limits::KEPT_NOTICES`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notices {
    list: VecDeque<Told>,
    next: u64,
}

impl Notices {
    pub(super) fn add(&mut self, job: &str, notice: Notice, text: String, at: Timestamp) {
        self.list.push_back(Told { number: self.next, at, job: job.to_owned(), notice, text, seen: false });
        self.next += 1;
        while self.list.len() > limits::KEPT_NOTICES {
            self.list.pop_front();
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Told> {
        self.list.iter()
    }

    /// How many nobody has seen.
    pub fn unseen(&self) -> usize {
        self.list.iter().filter(|told| !told.seen).count()
    }

    /// True where that is news.
    pub(super) fn mark_seen_of(&mut self, jobs: &[String]) -> bool {
        let mut news = false;
        for told in self.list.iter_mut().filter(|told| !told.seen && jobs.contains(&told.job)) {
            told.seen = true;
            news = true;
        }
        news
    }

    pub(super) fn mark_seen(&mut self) {
        self.list.iter_mut().for_each(|told| told.seen = true);
    }
}
