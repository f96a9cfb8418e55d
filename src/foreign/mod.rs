//! Jobs as other tools write them: read into a `mux.toml`, and written as a unit, a plist or an init script.
//!
//! Text in, text out: no file is read here and nothing of the machine is looked at. What the other side cannot say is
//! never dropped: it becomes a comment where the key would stand, and a [`Note`] for the reader.

mod data;
mod draft;
pub mod export;
pub mod import;
mod words;

pub use draft::Note;
