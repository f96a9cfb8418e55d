//! The socket that clients connect to. The keeper only holds it; the server accepts.

use std::fs::{self, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A bound socket and the file that stands for it.
pub(super) struct Listener {
    pub(super) socket: Rc<OwnedFd>,
    path: PathBuf,
    identity: (u64, u64),
}

impl Listener {
    /// Wants the path free: who starts a server side removes a stale socket under its lock.
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        let socket = UnixListener::bind(path)?;
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
        Ok(Self { socket: Rc::new(socket.into()), path: path.into(), identity: identity(path)? })
    }

    /// One that another keeper has bound; `file` is what that one knew its file by.
    pub(super) fn take_over(path: &Path, socket: OwnedFd, file: Option<(u64, u64)>) -> io::Result<Self> {
        Ok(Self { socket: Rc::new(socket), path: path.into(), identity: file.map_or_else(|| identity(path), Ok)? })
    }

    /// Device and inode of the file.
    pub(super) fn file(&self) -> (u64, u64) {
        self.identity
    }

    /// Removes the file unless another server's has taken its place. The socket still listens while it is looked
    /// at, so nobody takes it for stale in between.
    pub(super) fn remove(&self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let file = fs::symlink_metadata(path)?;
    Ok((file.dev(), file.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_for_the_owner_only_and_removes_nothing_but_itself() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let listener = Listener::bind(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(Listener::bind(&path).is_err());
        fs::rename(&path, directory.path().join("old")).unwrap();
        let second = Listener::bind(&path).unwrap();
        listener.remove();
        assert!(path.exists());
        second.remove();
        assert!(!path.exists());
    }
}
