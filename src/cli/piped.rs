//! A job in the foreground without a terminal (in a pipe, from cron): it reads what we were to read, and signals that
//! we are sent are for it.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

use signal_hook::consts::{SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

use super::oneshot::NUMBER;
use crate::base::{Error, Result};
use crate::proto::frame;
use crate::proto::message::{Run, ToServer};

/// Those that are passed on. SIGHUP is not: it says that the terminal is lost, and that does not end a job.
const PASSED: [(i32, &str); 5] =
    [(SIGINT, "INT"), (SIGQUIT, "QUIT"), (SIGTERM, "TERM"), (SIGUSR1, "USR1"), (SIGUSR2, "USR2")];

/// The connection by which the server is told of signals.
static LINE: Mutex<Option<UnixStream>> = Mutex::new(None);

/// Has signals passed on by this connection from now on.
pub fn listen(stream: &UnixStream) -> Result<()> {
    let broken = |e: io::Error| Error::internal(format!("signals cannot be passed on: {e}"));
    let mut line = LINE.lock().unwrap_or_else(PoisonError::into_inner);
    let first = line.is_none();
    *line = Some(stream.try_clone().map_err(broken)?);
    if first {
        let mut signals = Signals::new(PASSED.map(|(number, _)| number)).map_err(broken)?;
        let numbered =
            move || (NUMBER + 1..).zip(signals.forever()).for_each(|(number, signal)| pass_on(number, signal));
        std::thread::spawn(numbered);
    }
    Ok(())
}

fn pass_on(number: u32, signal: i32) {
    let Some((_, name)) = PASSED.iter().find(|(number, _)| *number == signal) else { return };
    let argv = ["signal", "--own", name].map(str::to_owned).to_vec();
    // Nobody waits for its answer.
    let request = ToServer::Run(Run { number, argv, context: None });
    let mut bytes = Vec::new();
    let mut line = LINE.lock().unwrap_or_else(PoisonError::into_inner);
    if frame::encode(&request, &mut bytes).is_ok()
        && let Some(stream) = line.as_mut()
    {
        let _ = stream.write_all(&bytes);
    }
}

/// What the job has to read, as `run` takes it: our standard input by a name that others can open, as long as what
/// this gives is kept.
pub fn input() -> Result<(String, Option<OwnedFd>)> {
    let stdin = io::stdin();
    let Ok(file) = rustix::io::dup(&stdin).map(File::from) else { return Ok(("/dev/null".into(), None)) };
    if can_be_opened(file) {
        return Ok((path_of(&stdin), None));
    }
    let broken = |e: io::Error| Error::internal(format!("standard input cannot be passed on: {e}"));
    let (reader, mut writer) = io::pipe().map_err(broken)?;
    std::thread::spawn(move || io::copy(&mut io::stdin(), &mut writer));
    Ok((path_of(&reader), Some(reader.into())))
}

/// A pipe, a device that is no terminal, or a file that nobody has read in: opening it by its name in proc(5) gives the
/// same. A socket cannot be opened, a file would be read from its start.
fn can_be_opened(mut file: File) -> bool {
    let Ok(kind) = file.metadata().map(|metadata| metadata.file_type()) else { return false };
    let unread = kind.is_file() && file.stream_position().is_ok_and(|position| position == 0);
    let device = kind.is_char_device() && !rustix::termios::isatty(&file);
    kind.is_fifo() || device || unread
}

fn path_of(file: &impl AsRawFd) -> String {
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_by_name_is_the_same() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"text").unwrap();
        assert!(!can_be_opened(file.try_clone().unwrap()), "its first four bytes have been taken");
        file.rewind().unwrap();
        assert!(can_be_opened(file));
        let (reader, _writer) = io::pipe().unwrap();
        assert!(can_be_opened(OwnedFd::from(reader).into()));
        assert!(can_be_opened(File::open("/dev/null").unwrap()));
        let (socket, _other) = UnixStream::pair().unwrap();
        assert!(!can_be_opened(OwnedFd::from(socket).into()));
    }
}
