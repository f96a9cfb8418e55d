//! The binary: argv decides the role, the role decides the exit code. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mux::main()
}
