//! The process that keeps programs alive: parent of every program and of the server.
//!
//! It spawns programs, holds a descriptor of every terminal, the listening socket and every exit status until the
//! server has seen it, reaps, and starts the server again when it dies. It never reads what a program prints, never
//! parses what a client sends, never waits for the server, and does nothing while nothing happens. One thread,
//! one poll(2), no runtime.
//!
//! ```text
//! mod       the roles of the binary       panes     what is held, signals, exits
//! core      the loop                      spawn     a program on a new terminal
//! server    the server process, its link  program   what can be said about it beforehand
//! pace      when to start it again        exec      the last step of some programs, in their own process
//! estate    what a dead keeper has left   strangers programs that it has started
//! upgrade   another binary instead of this
//! listener, process, signals, log: what their names say
//! ```

use std::ffi::OsString;
use std::process::ExitCode;

use crate::base::{Error, Launch, sys};
use crate::proto::readiness::Readiness;

mod attributes;
mod core;
mod daemon;
mod estate;
mod exec;
mod listener;
mod log;
mod pace;
mod panes;
mod process;
mod program;
mod server;
mod signals;
mod spawn;
mod strangers;
mod upgrade;

use estate::Estate;

pub use daemon::daemon_main;
pub use exec::exec_main;

/// The keeper's `main`. `args` are the words behind the role's name. Who started it reads standard output.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut starter = Starter { waits: true };
    let result = Launch::parse(args).and_then(|launch| {
        settle(&launch, true)?;
        core::Keeper::new(launch)?.run(&mut starter)
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = error.exit_code();
            starter.tell(Readiness::Failed(error));
            ExitCode::from(code)
        }
    }
}

/// The `main` of a keeper that takes over from one that has died. Nobody waits for it but the server.
pub fn succeed(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    take_over(args, true, || Estate::receive(estate::link_from_stdin()?))
}

/// The `main` of a keeper that was of another binary until now.
pub fn resume(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    take_over(args, false, || Estate::left(upgrade::packets_from_stdin()?))
}

fn take_over(
    args: impl IntoIterator<Item = OsString>,
    close: bool,
    estate: impl FnOnce() -> std::io::Result<Estate>,
) -> ExitCode {
    let launch = match Launch::parse(args) {
        Ok(launch) => launch,
        Err(error) => return ExitCode::from(error.exit_code()),
    };
    let paths = launch.paths.clone();
    let result = settle(&launch, close).and_then(|()| {
        let estate = estate().map_err(|error| Error::internal(format!("cannot take over: {error}")))?;
        core::Keeper::take_over(launch, estate)?.run(&mut Starter { waits: false })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::note(&paths, &error.to_string());
            ExitCode::from(error.exit_code())
        }
    }
}

/// Makes a background process of this one, whoever started it.
/// What else is open is closed, unless it was left open on purpose.
fn settle(launch: &Launch, close: bool) -> Result<(), Error> {
    let broken = |what: &str, error: std::io::Error| Error::internal(format!("{what}: {error}"));
    log::panics_to(launch.paths.clone());
    if close {
        portable_pty::unix::close_random_fds();
    }
    sys::default_signals();
    sys::ignore_hangup();
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    std::env::set_current_dir("/").map_err(|error| broken("cannot enter /", error))?;
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .map_err(|error| broken("cannot become a subreaper", error.into()))?;
    Ok(())
}

/// Whoever started the server side and reads its standard output until it is up.
struct Starter {
    waits: bool,
}

impl Starter {
    /// Says it, once, and lets go of the pipe. A starter that has gone away changes nothing.
    fn tell(&mut self, readiness: Readiness) {
        if !std::mem::take(&mut self.waits) {
            return;
        }
        let _ = rustix::io::write(rustix::stdio::stdout(), readiness.to_line().as_bytes());
        if let Ok(null) = std::fs::OpenOptions::new().write(true).open("/dev/null") {
            let _ = rustix::stdio::dup2_stdout(&null);
        }
    }
}
