//! mux: terminal sessions that outlive the terminal. See ARCHITECTURE.md for the map.

pub mod base;
pub mod cli;
pub mod keeper;
pub mod proto;
pub mod server;
pub mod term;

use std::process::ExitCode;

use base::role::name;

/// What `main` does.
pub fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next().as_deref().and_then(std::ffi::OsStr::to_str) {
        Some(name::DAEMON) => keeper::daemon_main(args),
        Some(name::KEEPER) => keeper::run(args),
        Some(name::EXEC) => keeper::exec_main(args),
        _ => ExitCode::SUCCESS,
    }
}
