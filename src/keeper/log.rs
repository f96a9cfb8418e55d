//! Where the last words of a server, and of the keeper itself, are found: `server.log` in the state directory.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

use crate::base::{Paths, Timestamp, limits};

/// Opens it for appending, for its owner only. A long one makes room first.
pub(super) fn open(paths: &Paths) -> io::Result<File> {
    DirBuilder::new().recursive(true).mode(0o700).create(&paths.state_dir)?;
    let path = paths.server_log();
    if fs::metadata(&path).is_ok_and(|log| log.len() >= limits::SERVER_LOG) {
        fs::rename(&path, path.with_extension("log.old"))?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// One line with the time. A log that cannot be written stops nothing.
pub(super) fn note(paths: &Paths, line: &str) {
    if let Ok(mut log) = open(paths) {
        let _ = writeln!(log, "{} keeper: {line}", Timestamp::now().0);
    }
}

/// A panic of the keeper is written here, because it has no standard error.
pub(super) fn panics_to(paths: Paths) {
    std::panic::set_hook(Box::new(move |panic| note(&paths, &panic.to_string())));
}
