//! A whole terminal as bytes, to go on with in another process: each type's `save` and `load` stand beside it (or in
//! a `snapshot.rs` below it); here is what they are written with.
//!
//! ```text
//!   snapshot   "muxscr" version(2) field…
//!   field      tag(2) length(4) value          numbers little-endian, here and in values
//!   value      a number (no more bytes than it needs), text, cells of 8 bytes, records of words, or fields again
//! ```
//! The format grows and never changes: a tag means the same for ever within its part, one that is not known is passed
//! over, one that is missing means the default, records may get longer. A snapshot may be of an earlier mux or a later
//! one, and memory may be damaged: whatever the bytes, loading gives a sound terminal or an error, in memory that the
//! bytes' own length and the bounds of a terminal limit.
//!
//! Not in it: the replies and events that wait in the outbox (its owner takes them after each feed), what is only kept
//! for its memory, and caches.

mod reader;
mod writer;

pub(super) use reader::{Fields, clean_text, words};
pub(super) use writer::{Writer, put_words};

const MAGIC: &[u8] = b"muxscr";

/// Raised when a snapshot cannot be read by those who know the versions before, which additions do not need.
const VERSION: u16 = 1;

/// Why bytes give no terminal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    #[error("this is no snapshot of a terminal")]
    Foreign,
    #[error("the snapshot has format {0}, and this mux reads format {VERSION}")]
    Version(u16),
    #[error("the snapshot is damaged: {0}")]
    Damaged(&'static str),
}

/// Begins a snapshot.
pub(super) fn begin(out: &mut Vec<u8>) -> Writer<'_> {
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    Writer::new(out)
}

/// What is in a snapshot.
pub(super) fn read(bytes: &[u8]) -> Result<Fields<'_>, SnapshotError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::Foreign)?;
    let (version, rest) = rest.split_first_chunk().ok_or(SnapshotError::Foreign)?;
    match u16::from_le_bytes(*version) {
        VERSION => Fields::new(rest),
        other => Err(SnapshotError::Version(other)),
    }
}

/// A choice that has a number in snapshots.
pub(super) trait Coded: Default {
    fn code(&self) -> u64;
    /// The default where the number is not known.
    fn from_code(code: u64) -> Self;
}

/// Gives the variants of an enum their numbers, for ever. One that is left out does not compile.
macro_rules! codes {
    ($type:ty { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $crate::term::snapshot::Coded for $type {
            fn code(&self) -> u64 {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            fn from_code(code: u64) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    _ => Self::default(),
                }
            }
        }
    };
}
pub(super) use codes;
