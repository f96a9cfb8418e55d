//! mux: terminal sessions that outlive the terminal. See ARCHITECTURE.md for the map.

pub mod base;
pub mod cli;
pub mod command;
pub mod config;
pub mod format;
pub mod keeper;
pub mod layout;
pub mod model;
pub mod proto;
pub mod server;
pub mod term;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use base::role::{Launch, name};

/// What `main` does: the first word says which of mux's processes this one is; anything else was typed by a user.
pub fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1).peekable();
    match args.peek().and_then(|word| word.to_str()) {
        Some(name::DAEMON) => keeper::daemon_main(args.skip(1)),
        Some(name::KEEPER) => keeper::run(args.skip(1)),
        Some(name::EXEC) => keeper::exec_main(args.skip(1)),
        Some(name::SERVER) => serve(args.skip(1)),
        _ => typed(args),
    }
}

fn serve(args: impl Iterator<Item = OsString>) -> ExitCode {
    match Launch::parse(args) {
        Ok(launch) => server::run(&launch),
        Err(error) => complain(&error),
    }
}
fn typed(_args: impl Iterator<Item = OsString>) -> ExitCode { let _ = OsStr::new(""); ExitCode::SUCCESS }
fn complain(e: &base::Error) -> ExitCode { eprintln!("{e}"); ExitCode::from(e.exit_code()) }
