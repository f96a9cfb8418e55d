//! The state directory: files that say what there is, for a server that follows another, at once or after a reboot.
//!
//! Knows names and bytes, not what they mean. Two copies of everything:
//!
//! ```text
//! sessions/N.json, jobs.json, server.json, run.json     live: each replaced whole as soon as something changes,
//!                                                        never synced. What a server reads that follows a crash,
//!                                                        when the page cache still has it.
//! options.json, buffer-N.json                            live as well, and in no generation: they go with the run.
//! turn.json                                              the last change of all these, whole (see [`Turn`]).
//! generations/00000017.json                             a manifest: the files of one consistent whole, with their
//!                                                        lengths and checksums. Synced with all that it names.
//! generations/parts/session-3.17.json, pane-12.15.zst   what the manifests name. Written once, never changed;
//!                                                        unchanged parts are named again by the next manifest.
//! aside/                                                 what could not be read. Nothing here is ever deleted.
//! ```
//!
//! After a power loss live files may be torn or of different age, so that only generations count then. The newest
//! whole one is taken; a part of it that is damaged is taken from an older one, with a note. Everything is written
//! through a [`Disk`], so that tests can cut the power between any two steps.

mod disk;
mod generations;
mod live;
mod manifest;
mod record;
mod retention;
mod run;
#[cfg(test)]
mod tests;
mod turn;

pub use disk::{Disk, Files};
pub use generations::{Batch, Change, Committed, Generations, Loaded};
pub use live::Live;
pub use manifest::{Brief, Entry, Manifest, Run, Why};
pub use record::PaneRecord;
pub use run::{Gone, Offer, RunFile, waiting};
pub use turn::Turn;

/// The name of a part that holds a session.
pub fn session_part(id: u32) -> String {
    format!("session-{id}.json")
}

/// The name of a part that holds a paste buffer.
pub fn buffer_part(id: u64) -> String {
    format!("buffer-{id}.json")
}

/// The number in the name of a buffer's part.
pub fn buffer_of(name: &str) -> Option<u64> {
    name.strip_prefix("buffer-")?.strip_suffix(".json")?.parse().ok()
}

/// The name of a part that holds what a pane showed.
pub fn pane_part(id: u32) -> String {
    format!("pane-{id}.zst")
}

/// The number in the name of a session's part.
pub fn session_of(name: &str) -> Option<u32> {
    name.strip_prefix("session-")?.strip_suffix(".json")?.parse().ok()
}

/// The number in the name of a pane's part.
pub fn pane_of(name: &str) -> Option<u32> {
    name.strip_prefix("pane-")?.strip_suffix(".zst")?.parse().ok()
}

/// FNV-1a, 64 bits: it is to tell damage, not malice.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
