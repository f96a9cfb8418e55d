//! The terminal engine: bytes of a program in; rows, cursor, modes, replies, events and history out.
//!
//! Pure: no I/O, no clock, no async. A [`Terminal`] is used by one owner at a time and needs no lock. Nothing
//! outside this folder knows what stands behind it. All of it but the packed history, which lies in a [`Vault`], can
//! be saved as bytes and restored from them by another process.
//!
//! Lines are numbered from the first that the terminal ever had (0) for ever, so that a line keeps its number
//! when it scrolls from the screen into the history:
//!
//! ```text
//!   first_line() ┄┄ oldest kept line of the history
//!        …
//!   screen_line() ─ row 0 of the screen
//!        …
//!                   last row = screen_line() + rows - 1
//! ```

mod builder;
mod cell;
mod charset;
mod encode;
mod event;
mod grid;
mod history;
mod intern;
mod modes;
mod outbox;
mod parser;
mod prompts;
mod row;
mod scan;
mod screen;
mod sequences;
mod snapshot;
mod terminal;
mod utf8;
mod vault;
mod width;

pub use event::{PromptMark, TermEvent};
pub use history::Match;
pub use modes::{CELL_PIXELS, Cursor, CursorShape, KittyFlags, Modes, MouseEncoding, MouseMode};
pub use sequences::{HostColors, Palette};
pub use snapshot::SnapshotError;
pub use terminal::Terminal;
pub use vault::{HeapVault, Slot, Vault};

#[cfg(test)]
mod tests;
