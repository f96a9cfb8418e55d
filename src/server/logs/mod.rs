//! Logs of jobs: written, cut into files, kept, and read again.
//!
//! ```text
//!   web.log                   what is written now: the program's bytes as they came
//!   web.log.idx               when they came, and of which run they are (see `index`)
//!   web.log.00000041.zst      the file before that, compressed; numbers only grow,
//!   web.log.00000041.idx      so that in the order of their names they are the whole log
//! ```
//! [`JobLog`] belongs to a pane's task and is the only writer. What is older is compressed and removed by one thread of
//! low priority ([`Archiver`]), which finds out from the directory what there is to do: whatever was interrupted is
//! done the next time. Readers ([`print`](print::print)) open the files themselves, and know each by its number.

mod archive;
mod copies;
mod display;
mod files;
mod follow;
mod index;
mod plain;
mod print;
mod render;
mod source;
mod writer;

pub use archive::Archiver;
pub use follow::Awaited;
pub use print::print;
pub use writer::{JobLog, prepare};

pub use crate::server::survival::LogNote;

/// How many lines this output is rendered to; for the benchmark.
pub fn rendered(bytes: &[u8]) -> usize {
    let mut renderer = render::Renderer::new(false);
    let mut lines = 0;
    for read in bytes.chunks(crate::base::limits::LOG_READ) {
        renderer.feed(read, (None, 0));
        lines += std::iter::from_fn(|| renderer.next()).count();
    }
    renderer.end();
    lines + std::iter::from_fn(|| renderer.next()).count()
}
