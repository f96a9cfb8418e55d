//! Looking after one job: what is wanted of it, where it stands, and what follows from what happens to it.
//!
//! ```text
//!            start                 spawned, ready or up long enough
//!  stopped ────────► waiting ─► starting ──────────────► running
//!     ▲                 ▲           │ ends                  │ ends, health, time limit
//!     │ gone            │ time      ▼                       ▼
//!  stopping ◄── stop    └──────  backoff  ◄── restart due ──┴──► exited (well) · failed (a person, or much later)
//! ```
//! [`Life::on`] takes an event and the time and returns [`Wish`]es; nothing here reads a clock, a process or a file.
//! Time comes back as [`JobEvent::Time`] once [`Life::deadline`] is there. What a job has started is *its set*: its
//! first process and everything that came from it. A run is over when the first process has ended; a job is stopped
//! only when the set is empty.

mod exit;
mod happening;
mod life;
mod phase;
#[cfg(test)]
mod tests;

pub use exit::{Exit, Reason};
pub use happening::{JobEvent, Notice, Wish};
pub use life::{Ending, Life};
pub use phase::{Goal, Phase};
