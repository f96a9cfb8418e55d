//! Connects to a server, and starts the server side where there is none: once, however many clients want it at
//! the same moment.
//!
//! Everything here blocks, and ends: connecting is answered by the keeper's socket, starting by one line through
//! a pipe or by [`limits::START_TIMEOUT`]. No threads.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::scope;
use crate::base::{Error, Launch, Paths, Result, limits, peer, role};
use crate::proto::readiness::Readiness;

/// Connects to the server of these places. `None`: there is none.
pub fn connect(paths: &Paths) -> Result<Option<UnixStream>> {
    match fs::symlink_metadata(&paths.runtime_dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused("look at", &paths.runtime_dir, &error)),
        Ok(_) => check_dir(paths)?,
    }
    let socket = match UnixStream::connect(&paths.socket) {
        Ok(socket) => socket,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(refused("connect to", &paths.socket, &error)),
    };
    match peer::is_trusted(&socket) {
        Ok(true) => Ok(Some(socket)),
        Ok(false) => Err(Error::refused(format!("the server at {} is another user's", paths.socket.display()))
            .hint("choose another place with -S PATH")),
        Err(error) => Err(refused("check the server at", &paths.socket, &error)),
    }
}

/// Nobody listens: no file, or a file that a server has left behind.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

/// Connects, and starts the server side before that where there is none. `config` is `-f FILE`.
pub fn ensure(paths: &Paths, config: Option<&Path>) -> Result<UnixStream> {
    let absolute = |file: &Path| {
        std::path::absolute(file).map_err(|error| Error::usage(format!("bad path '{}': {error}", file.display())))
    };
    let config = config.map(absolute).transpose()?;
    let launch = Launch { paths: paths.clone(), config, server_binary: None };
    ensure_with(&launch, &role::own_executable())
}

/// The same, with the server side among our descendants whatever becomes of the login session.
pub fn ensure_here(paths: &Paths, config: Option<&Path>) -> Result<UnixStream> {
    let launch = Launch { paths: paths.clone(), config: config.map(Path::to_owned), server_binary: None };
    ensure_by(&launch, &role::own_executable(), false)
}

/// The same with the binary named that plays all roles.
pub fn ensure_with(launch: &Launch, binary: &Path) -> Result<UnixStream> {
    ensure_by(launch, binary, true)
}

fn ensure_by(launch: &Launch, binary: &Path, may_leave: bool) -> Result<UnixStream> {
    let paths = &launch.paths;
    if let Some(socket) = connect(paths)? {
        return Ok(socket);
    }
    make_dir(paths)?;
    let _lock = lock(&paths.lock, limits::LOCK_TIMEOUT)?;
    if let Some(socket) = connect(paths)? {
        return Ok(socket);
    }
    remove_stale(&paths.socket)?;
    start(launch, binary, may_leave)?;
    connect(paths)?.ok_or_else(|| Error::internal("the server has gone as soon as it was there").hint(log_hint(paths)))
}

/// Makes mux's own directory; where the user named the place, its directory has to be there.
fn make_dir(paths: &Paths) -> Result<()> {
    let dir = &paths.runtime_dir;
    if paths.private_dir {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|error| refused("create", dir, &error))?;
    }
    check_dir(paths)
}

/// Nobody else may be able to put a socket of theirs where ours should be. Follows no symbolic link.
fn check_dir(paths: &Paths) -> Result<()> {
    let dir = &paths.runtime_dir;
    let name = dir.display();
    let found = fs::symlink_metadata(dir).map_err(|error| refused("use", dir, &error))?;
    let (mode, owner) = (found.mode() & 0o7777, found.uid());
    let ours = owner == rustix::process::geteuid().as_raw();
    let (shared, sticky) = (mode & 0o022 != 0, mode & 0o1000 != 0);
    if !found.is_dir() {
        return Err(Error::refused(format!("{name} is not a directory")).hint(ELSEWHERE));
    }
    if !ours && (paths.private_dir || owner != 0) {
        return Err(Error::refused(format!("{name} belongs to another user (uid {owner})")).hint(ELSEWHERE));
    }
    if paths.private_dir && mode & 0o077 != 0 {
        return Err(Error::refused(format!("{name} is open to other users (mode {mode:03o})"))
            .hint(format!("chmod 700 {name}")));
    }
    if shared && !sticky {
        return Err(Error::refused(format!("others may replace files in {name} (mode {mode:03o})")).hint(ELSEWHERE));
    }
    Ok(())
}

const ELSEWHERE: &str = "choose another place with -S PATH or $MUX_RUNTIME_DIR";

/// Waits while another client starts the server side. That has its own time limit, but may have been stopped.
fn lock(path: &Path, limit: Duration) -> Result<File> {
    let no_follow = OFlags::NOFOLLOW.bits().cast_signed();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600).custom_flags(no_follow);
    let file = options.open(path).map_err(|error| refused("open", path, &error))?;
    let deadline = Instant::now() + limit;
    // flock(2) knows no time limit.
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK) if Instant::now() < deadline => std::thread::sleep(limits::LOCK_PAUSE),
            Err(Errno::WOULDBLOCK) => {
                let seconds = limit.as_secs();
                let error =
                    format!("another mux has been starting the server for {seconds} s and does not come to an end");
                return Err(Error::refused(error).hint(format!("`fuser {}` shows which one", path.display())));
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(refused("lock", path, &error.into())),
        }
    }
}

/// Only under the lock, and only after nobody has answered.
fn remove_stale(socket: &Path) -> Result<()> {
    match fs::symlink_metadata(socket) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(refused("look at", socket, &error)),
        Ok(found) if found.file_type().is_socket() => {
            fs::remove_file(socket).map_err(|error| refused("remove the stale", socket, &error))
        }
        Ok(_) => Err(Error::conflict(format!("{} is there and is no socket", socket.display()))
            .hint("remove it, or choose another place with -S PATH")),
    }
}

/// Starts it and waits until it serves or says why not.
fn start(launch: &Launch, binary: &Path, may_leave: bool) -> Result<()> {
    let plain = || {
        let mut daemon = Command::new(binary);
        daemon.arg(role::name::DAEMON).args(launch.to_args()).current_dir("/");
        daemon.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        daemon.spawn().map_err(|error| refused("run", binary, &error))
    };
    let scope = may_leave.then(|| scope::start(launch, binary)).flatten();
    let mut child = scope.map_or_else(plain, Ok)?;
    let line = child.stdout.as_mut().map(|pipe| read_line(pipe, limits::START_TIMEOUT)).transpose();
    // It ends as soon as it has started the keeper; that it is reaped is all that matters here.
    let reaped = child.wait();
    let failed =
        |error: io::Error| Error::internal(format!("cannot start the server: {error}")).hint(log_hint(&launch.paths));
    reaped.map_err(failed)?;
    match Readiness::parse(&line.map_err(failed)?.unwrap_or_default()) {
        Some(Readiness::Ready) => Ok(()),
        Some(Readiness::Failed(error)) => Err(error),
        None => Err(failed(io::Error::other("it ended without a word"))),
    }
}

/// One line, bounded in length and time.
pub(super) fn read_line(pipe: &mut (impl Read + AsFd), limit: Duration) -> io::Result<String> {
    let deadline = Instant::now() + limit;
    let mut line = Vec::new();
    let mut chunk = [0; limits::READINESS_LINE];
    while line.last() != Some(&b'\n') && line.len() < limits::READINESS_LINE {
        wait_readable(&pipe, deadline, limit)?;
        match pipe.read(&mut chunk)? {
            0 => break,
            count => line.extend_from_slice(&chunk[..count]),
        }
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

fn wait_readable(pipe: impl AsFd, deadline: Instant, limit: Duration) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
    match poll(&mut [PollFd::new(&pipe, PollFlags::IN)], Some(&timeout)) {
        Ok(0) => Err(io::Error::other(format!("it is not ready after {} s", limit.as_secs()))),
        Ok(_) => Ok(()),
        Err(rustix::io::Errno::INTR) => wait_readable(pipe, deadline, limit),
        Err(error) => Err(error.into()),
    }
}

fn log_hint(paths: &Paths) -> String {
    format!("its last words are in {}", paths.server_log().display())
}

fn refused(what: &str, path: &Path, error: &io::Error) -> Error {
    let error = Error::refused(format!("cannot {what} {}: {}", path.display(), plain(error)));
    error.hint(ELSEWHERE)
}

/// The system's words without Rust's number behind them.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn paths(dir: &Path, private_dir: bool) -> Paths {
        Paths::of_socket(dir.join("s"), dir.join("state"), dir.join("config"), private_dir)
    }

    fn mode(dir: &Path, mode: u32) {
        fs::set_permissions(dir, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn our_directory_is_made_private_and_must_stay_so() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("run/mux");
        assert!(connect(&paths(&dir, true)).unwrap().is_none(), "nothing is there");
        assert!(!dir.exists(), "connecting makes nothing");
        make_dir(&paths(&dir, true)).unwrap();
        assert_eq!(fs::metadata(&dir).unwrap().mode() & 0o777, 0o700);
        mode(&dir, 0o750);
        let error = connect(&paths(&dir, true)).unwrap_err();
        assert!(error.message.ends_with("is open to other users (mode 750)"), "{error}");
        assert!(error.hint.unwrap().starts_with("chmod 700"));
    }

    #[test]
    fn a_link_or_a_file_in_its_place_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let (link, file) = (root.path().join("link"), root.path().join("file"));
        symlink(root.path(), &link).unwrap();
        fs::write(&file, "").unwrap();
        for dir in [link, file] {
            let error = connect(&paths(&dir, true)).unwrap_err();
            assert!(error.message.ends_with("is not a directory"), "{error}");
        }
    }

    #[test]
    fn a_place_that_the_user_names_may_be_shared_if_nobody_can_replace_the_socket() {
        let root = tempfile::tempdir().unwrap();
        for (bits, fine) in [(0o755, true), (0o1777, true), (0o777, false)] {
            mode(root.path(), bits);
            assert_eq!(connect(&paths(root.path(), false)).is_ok(), fine, "{bits:o}");
        }
    }

    #[test]
    fn who_holds_the_lock_for_ever_is_not_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("lock");
        let held = lock(&path, Duration::ZERO).unwrap();
        let error = lock(&path, limits::LOCK_PAUSE * 2).unwrap_err();
        assert!(error.hint.unwrap().contains("fuser"), "{}", error.message);
        drop(held);
        // A child that another test has begun holds it too until it runs its program.
        lock(&path, Duration::from_secs(10)).unwrap();
    }

    #[test]
    fn a_stale_socket_goes_and_anything_else_stays() {
        let root = tempfile::tempdir().unwrap();
        let places = paths(root.path(), false);
        drop(UnixListener::bind(&places.socket).unwrap());
        assert!(connect(&places).unwrap().is_none());
        remove_stale(&places.socket).unwrap();
        assert!(!places.socket.exists());
        fs::write(&places.socket, "precious").unwrap();
        assert!(remove_stale(&places.socket).is_err());
        assert!(places.socket.exists());
    }
}
