//! Waiting for a condition that nothing announces.

use std::time::{Duration, Instant};

/// How long anything may take before a story calls it broken. Far beyond what it takes, because the machine may be
/// busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks at a condition. Short against what a person notices, long against the cost of a look.
const LOOK: Duration = Duration::from_millis(15);

/// Asks until there is an answer. Fails the story at the deadline, saying what was waited for.
///
/// This is the one place that looks again and again. It is for what other processes do (a file, a process, the answer
/// of a command); for the screen there is [`super::Terminal::wait_for`], which is woken.
#[track_caller]
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = look() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {} s in vain for: {what}", PATIENCE.as_secs());
        std::thread::park_timeout(LOOK);
    }
}
