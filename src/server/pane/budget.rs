//! What the histories of all panes may take together. The pane whose output goes on gives way: it is the one that
//! would grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::base::limits::ALL_HISTORY_BYTES;

/// A pane's part in the sum.
pub struct Budget {
    total: Arc<AtomicUsize>,
    mine: usize,
}

impl Budget {
    pub fn new(total: Arc<AtomicUsize>) -> Self {
        Self { total, mine: 0 }
    }

    /// Takes note of what the pane's history takes now, and says to how much it has to shrink, if it has to.
    pub fn note(&mut self, bytes: usize) -> Option<usize> {
        self.total.fetch_add(bytes, Ordering::Relaxed);
        self.total.fetch_sub(std::mem::replace(&mut self.mine, bytes), Ordering::Relaxed);
        let over = self.total.load(Ordering::Relaxed).checked_sub(ALL_HISTORY_BYTES + 1)?;
        // More than it is over, so that it is not over again at once.
        Some(bytes.saturating_sub(over + bytes / 8))
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        self.total.fetch_sub(self.mine, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_grows_beyond_the_sum_shrinks() {
        let total = Arc::new(AtomicUsize::new(0));
        let mut quiet = Budget::new(Arc::clone(&total));
        let mut busy = Budget::new(Arc::clone(&total));
        assert_eq!(quiet.note(ALL_HISTORY_BYTES / 2), None);
        assert_eq!(busy.note(ALL_HISTORY_BYTES / 2), None);
        let wanted = busy.note(ALL_HISTORY_BYTES).unwrap();
        assert!(wanted < ALL_HISTORY_BYTES / 2, "{wanted}");
        assert_eq!(busy.note(wanted), None);
        drop((quiet, busy));
        assert_eq!(total.load(Ordering::Relaxed), 0);
    }
}
