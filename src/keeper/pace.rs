//! When the server is started again: at once, but with pauses when it keeps failing.

use std::time::{Duration, Instant};

use crate::base::limits;

/// Counts failed starts. Asks no clock.
#[derive(Debug)]
pub(super) struct Pace {
    failures: u32,
    /// When to start the next one; none while one runs.
    due: Option<Instant>,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { failures: 0, due: Some(now) }
    }

    /// A server runs already.
    pub(super) fn of_running() -> Self {
        Self { failures: 0, due: None }
    }

    /// How long to wait before the next start; none while a server runs.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        self.due.map(|due| due.saturating_duration_since(now))
    }

    pub(super) fn started(&mut self) {
        self.due = None;
    }

    /// The server has ended, or could not be started.
    pub(super) fn ended(&mut self, now: Instant, failed: bool) {
        self.failures = if failed { self.failures.saturating_add(1) } else { 0 };
        let pause = if self.fails() { limits::SERVER_RETRY } else { Duration::ZERO };
        self.due = Some(now + pause);
    }

    /// It has failed too often in a row to go on at once.
    pub(super) fn fails(&self) -> bool {
        self.failures >= limits::SERVER_FAST_STARTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_at_once_until_they_fail_too_often() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 1..limits::SERVER_FAST_STARTS {
            assert_eq!(pace.wait(now), Some(Duration::ZERO));
            pace.started();
            assert_eq!(pace.wait(now), None);
            pace.ended(now, true);
        }
        assert_eq!(pace.wait(now), Some(Duration::ZERO));
        pace.ended(now, true);
        assert_eq!(pace.wait(now), Some(limits::SERVER_RETRY));
        assert_eq!(pace.wait(now + limits::SERVER_RETRY), Some(Duration::ZERO));
        pace.ended(now, false);
        assert_eq!(pace.wait(now), Some(Duration::ZERO));
    }
}
