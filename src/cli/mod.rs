//! The one-shot side: words to a command line, a command line to the server, its answer to standard output.
//!
//! Blocking and small, because scripts start it by the hundred. It keeps no facts and draws nothing; a command
//! that turns the terminal into a client is handed to [`crate::client`] by `main`.

mod args;
mod context;
mod oneshot;
mod plan;
pub mod start;

pub use args::{Action, Invocation, parse};
pub use context::context;
pub use oneshot::run;
pub use plan::{Plan, Verdict, judge};
