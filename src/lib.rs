//! mux: terminal sessions that outlive the terminal. See ARCHITECTURE.md for the map.

pub mod base;
pub mod client;
pub mod command;
pub mod config;
pub mod format;
pub mod keymap;
pub mod layout;
pub mod model;
pub mod proto;
pub mod term;

use std::process::ExitCode;

/// What `main` does.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
