//! Where a command is typed: told to the server with it.

use std::io::IsTerminal;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::base::{Error, Result, Size};
use crate::proto::message::Context;

/// This process's surroundings.
pub fn context() -> Result<Context> {
    let cwd = std::env::current_dir()
        .map_err(|e| Error::refused(format!("the current directory cannot be used: {e}")).hint("cd somewhere else"))?;
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let standard = [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()];
    Ok(Context {
        cwd,
        env: std::env::vars_os().collect(),
        pid: std::process::id(),
        umask: umask(),
        tty: standard.into_iter().find_map(tty_name).or_else(controlling_terminal),
        size: standard.into_iter().find_map(size),
        interactive: stdin.is_terminal() && stdout.is_terminal(),
    })
}

/// umask(2) tells the old mask only by setting a new one.
fn umask() -> u32 {
    let mask = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    rustix::process::umask(mask);
    mask.as_raw_mode()
}

fn tty_name(fd: BorrowedFd<'_>) -> Option<PathBuf> {
    let name = rustix::termios::ttyname(fd, Vec::new()).ok()?;
    Some(PathBuf::from(std::ffi::OsString::from_vec(name.into_bytes())))
}

fn size(fd: BorrowedFd<'_>) -> Option<Size> {
    let window = rustix::termios::tcgetwinsize(fd).ok()?;
    Some(Size::new(window.ws_col, window.ws_row)).filter(|size| !size.is_empty())
}

/// The terminal that the process runs in though all its standard files are redirected, where the kernel tells:
/// field 7 of /proc/PID/stat (proc(5)) is the device number, and majors 136 to 143 are the Unix 98 PTYs.
fn controlling_terminal() -> Option<PathBuf> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let device: u32 = fields.split_whitespace().nth(4)?.parse().ok()?;
    let (major, minor) = ((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00));
    (136..=143).contains(&major).then(|| PathBuf::from(format!("/dev/pts/{}", (major - 136) * 256 + minor)))
}
