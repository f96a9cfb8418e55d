//! Something that listens where an SSH agent would.

use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// A socket under a name in a directory; gone when dropped.
pub struct Agent {
    path: PathBuf,
    _listener: UnixListener,
}

impl Agent {
    pub fn new(dir: &Path, name: &str) -> Self {
        let path = dir.join(name);
        let _listener = UnixListener::bind(&path).expect("a socket in our own directory");
        Self { path, _listener }
    }

    pub fn path(&self) -> &str {
        self.path.to_str().expect("the path is ASCII")
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // The directory goes away anyhow.
        let _ = std::fs::remove_file(&self.path);
    }
}
