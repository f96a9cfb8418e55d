//! Where what lies in a survival memory. Fixed for ever: a server of any later version reads what an earlier one
//! has left.
//!
//! ```text
//!        0 ┌ header: words of 8 bytes, in the machine's order
//!      128 │   two roots: what each of the last two checkpoints is
//!      256 │   two notes about the job's log, one counts
//!      512 │   two ledgers of clients' input, one counts
//!     1536 │   events: what changed the terminal other than bytes
//!     2048 ├ journal: a ring of output, filled by read(2) itself
//!    1 MiB └ … its end; the rest of the file is sparse
//!  256 MiB   checkpoint of every even generation
//!  512 MiB   of every odd one
//!    1 GiB   arena: packed history
//! ```
//! The first page has the header and the journal's start, so that an idle pane costs one page.

use crate::base::limits;

/// `mux`, and what cannot be text.
pub const MAGIC_VALUE: u64 = u64::from_le_bytes(*b"mux\x00\xffkM\x01");
pub const VERSION_VALUE: u64 = 1;

pub const MAGIC: usize = 0;
pub const VERSION: usize = 8;
/// Bytes from the header's start to the journal's end.
pub const LENGTH: usize = 16;
/// Columns and rows (16 bits each) of the terminal at the journal's start.
pub const SIZE: usize = 24;
/// Its limit of history lines.
pub const HISTORY: usize = 32;
/// The position behind the last byte that was read from the PTY. Positions count from the pane's first byte.
pub const WRITTEN: usize = 40;
/// The position up to which the journal is filled with [`FILLER`] for the read that comes.
pub const AHEAD: usize = 48;
/// Bytes of replies that the program has been given, of all that its output ever asked for.
pub const REPLIED: usize = 56;
/// The position up to which bells, titles and clipboards have been told.
pub const TOLD: usize = 64;
/// Servers that have begun to replay this journal and have not come to its end.
pub const REPLAYS: usize = 72;
/// Not 0: the journal has gone on without a checkpoint, nothing can be restored.
pub const LOST: usize = 80;
/// Events recorded ever.
pub const EVENTS: usize = 88;
/// Ledgers written ever; the last one counts, at its number modulo 2.
pub const LEDGERS: usize = 96;
/// Notes about the log written ever, likewise.
pub const LOG_NOTES: usize = 104;
/// The newest generation of the screen that anybody has been shown.
pub const SHOWN: usize = 112;

pub const ROOTS: usize = 128;
pub const ROOT_LENGTH: usize = 64;
pub const LOG: usize = 256;
pub const LOG_LENGTH: usize = 64;
pub const LEDGER: usize = 512;
pub const EVENT_TABLE: usize = 1536;
pub const EVENT_LENGTH: usize = 16;
pub const JOURNAL: usize = 2048;

pub const CHECKPOINTS: u64 = 256 << 20;
pub const ARENA: u64 = 1 << 30;

/// Never part of UTF-8, so programs hardly ever print it.
pub const FILLER: u8 = 0xff;

/// What memory is taken and given back in. Where the machine's pages are larger, less is given back.
pub const PAGE: usize = 4096;

const _: () = assert!(LEDGER + 2 * limits::SURVIVAL_LEDGER <= EVENT_TABLE);
const _: () = assert!(EVENT_TABLE + limits::SURVIVAL_EVENTS * EVENT_LENGTH <= JOURNAL);
const _: () = assert!(CHECKPOINTS + 2 * limits::MAX_CHECKPOINT <= ARENA);
const _: () = assert!((limits::SURVIVAL_JOURNAL as u64) < CHECKPOINTS && JOURNAL < PAGE);
