//! The one-shot side: words to a command line, a command line to the server, its answer to standard output.
//!
//! Blocking and small, because scripts start it by the hundred. It keeps no facts and draws nothing; a command
//! that turns the terminal into a client is handed to [`crate::client`] by `main`.

mod args;
pub mod boot;
pub mod config;
mod context;
pub mod doctor;
pub mod exchange;
pub mod foreground;
mod logind;
mod oneshot;
pub mod piped;
mod plan;
mod scope;
pub mod start;
mod tool;

pub use args::{Action, Invocation, parse};
pub use context::context;
pub use oneshot::{Errand, ask};
pub use plan::{BootOrder, KeysOrder, Plan, Verdict, judge, upgrade_words, waiting_words};
