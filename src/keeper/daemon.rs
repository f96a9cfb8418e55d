//! The step between a client and the keeper: leaves the terminal's session and is gone at once, so that the
//! keeper leads no session (it can never get a controlling terminal) and is no child of the client's.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Command, ExitCode, Stdio};

use crate::base::{Error, role};
use crate::proto::readiness::Readiness;

/// Starts the keeper with the same words and exits. Standard output goes to the keeper: its starter reads it.
pub fn daemon_main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    portable_pty::unix::close_random_fds();
    match start_keeper(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let failed = Readiness::Failed(Error::internal(format!("cannot start the keeper: {error}")));
            // A starter that does not listen any more cannot be told.
            let _ = io::stdout().write_all(failed.to_line().as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn start_keeper(args: impl IntoIterator<Item = OsString>) -> io::Result<()> {
    rustix::process::setsid()?;
    let mut keeper = Command::new(role::own_executable());
    keeper.arg(role::name::KEEPER).args(args).current_dir("/");
    keeper.stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(Stdio::null()).spawn()?;
    Ok(())
}
