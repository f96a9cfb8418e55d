//! What of a pane survives the server: its output since the last checkpoint, its screen and history at that, in memory
//! that the keeper holds too.
//!
//! ```text
//!   PTY ──read(2)──► journal ──parsed──► terminal ──saved──► checkpoint
//!                    (a ring)               └─ packed history ──► arena
//! ```
//! All three lie in one file without a name for each pane ([`layout`]). Whoever is killed leaves it as it is; the
//! next server takes the last checkpoint, parses the journal from there, and is where the other one was. Nothing is
//! written for that but the bytes themselves: a store after each read, and a checkpoint when the journal is half full
//! or a pane that has printed much comes to rest.

mod arena;
mod aside;
mod change;
mod journal;
#[cfg(test)]
mod journal_tests;
mod layout;
mod lent;
mod log_note;
mod memory;
mod recorded;
#[cfg(test)]
mod recorded_tests;
mod ring;
mod root;
mod spool;

pub use aside::keep as keep_aside;
pub use change::Change;
pub use journal::Journal;
pub use lent::Lent;
pub use log_note::LogNote;
pub use recorded::{Recorded, Restored, Unrestored};
pub use spool::Spool;
