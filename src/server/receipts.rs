//! Which of a client's numbered inputs are through: given to their programs, or to nobody for good.
//!
//! The connection opens a number when an input comes, a [`Receipt`] goes with the input wherever that goes, and when the last
//! of it is dropped the number is through. The connection's task looks when it sends anyway; nobody is woken for it unless
//! it has asked.
//! Therefore it is one of the few things here that two tasks share, under a lock that is held for some instructions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub struct Receipts {
    open: Mutex<Open>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Open {
    /// From the first one that is not through, with whether it is.
    numbers: VecDeque<(u64, bool)>,
    /// All up to this one are.
    through: u64,
    /// The next one that is through is to be told.
    asked: bool,
}

/// Goes with an input; dropped when that is through.
#[derive(Debug)]
pub struct Receipt {
    receipts: Arc<Receipts>,
    number: u64,
}

impl Receipts {
    /// An input of this number has come; numbers come in order.
    pub fn open(self: &Arc<Self>, number: u64) -> Receipt {
        self.lock().numbers.push_back((number, false));
        Receipt { receipts: Arc::clone(self), number }
    }

    /// All inputs up to this number are through.
    pub fn through(&self) -> u64 {
        self.lock().through
    }

    /// Some are not.
    pub fn waits(&self) -> bool {
        !self.lock().numbers.is_empty()
    }

    /// Asks for [`Receipts::news`]; false where there will be none, because nothing waits.
    pub fn ask(&self) -> bool {
        let mut open = self.lock();
        open.asked = !open.numbers.is_empty();
        open.asked
    }

    /// Ends when one more is through.
    pub async fn news(&self) {
        self.news.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        let mut open = self.receipts.lock();
        if let Some(entry) = open.numbers.iter_mut().find(|(number, through)| *number == self.number && !through) {
            entry.1 = true;
        }
        while let Some(&(number, true)) = open.numbers.front() {
            open.numbers.pop_front();
            open.through = number;
            if std::mem::take(&mut open.asked) {
                self.receipts.news.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_through_is_told_up_to_the_first_that_is_not() {
        let receipts = Arc::new(Receipts::default());
        let [one, two, five] = [1, 2, 5].map(|number| receipts.open(number));
        drop(two);
        assert_eq!(receipts.through(), 0);
        drop(one);
        assert_eq!(receipts.through(), 2);
        assert!(receipts.waits());
        drop(five);
        assert_eq!(receipts.through(), 5);
        assert!(!receipts.waits());
    }
}
