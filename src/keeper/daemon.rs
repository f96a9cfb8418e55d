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
    let mut args = args.into_iter().peekable();
    if args.next_if(|arg| arg == role::WAITS).is_some() && !wait_for_word() {
        return ExitCode::FAILURE;
    }
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

/// Says that it is there. False when its starter wants no keeper of it, or has gone.
fn wait_for_word() -> bool {
    let said = writeln!(io::stdout(), "{}", role::WAITS);
    let mut word = String::new();
    said.is_ok() && io::stdin().read_line(&mut word).is_ok_and(|length| length > 0)
}

fn start_keeper(args: impl IntoIterator<Item = OsString>) -> io::Result<()> {
    rustix::process::setsid()?;
    let mut keeper = Command::new(role::own_executable());
    keeper.arg(role::name::KEEPER).args(args).current_dir("/");
    keeper.stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(Stdio::null()).spawn()?;
    Ok(())
}
