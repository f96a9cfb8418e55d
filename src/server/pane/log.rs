//! A job's log: its output as it came, in a file of its own.
//!
//! A full disk or a removed directory never stops the job: the log notes how much is missing as soon as it can
//! write again.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tokio::sync::watch;

pub struct JobLog {
    path: PathBuf,
    file: Option<File>,
    /// Bytes that could not be written since the last that could.
    lost: u64,
    /// Counts appends, for who follows the file; closed with the log.
    appended: watch::Sender<u64>,
}

impl JobLog {
    pub fn new(path: PathBuf) -> Self {
        let file = open(&path).map_err(|error| tracing::warn!(path = %path.display(), %error, "no log")).ok();
        Self { path, file, lost: 0, appended: watch::Sender::new(0) }
    }

    /// Changes with every append, until the log is closed.
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.appended.subscribe()
    }

    /// Adds bytes, or counts them as lost.
    pub fn append(&mut self, bytes: &[u8]) {
        if let Err(error) = self.try_append(bytes) {
            if self.lost == 0 {
                tracing::warn!(path = %self.path.display(), %error, "the log takes nothing");
            }
            self.lost += bytes.len() as u64;
            self.file = None;
        }
        self.appended.send_modify(|count| *count += 1);
    }

    fn try_append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(open(&self.path)?),
        };
        if self.lost > 0 {
            write!(file, "\r\n[mux: {} bytes of output are missing here]\r\n", self.lost)?;
            self.lost = 0;
        }
        file.write_all(bytes)
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_said_when_the_log_can_be_written_again() {
        let tree = tempfile::tempdir().unwrap();
        let folder = tree.path().join("logs");
        std::fs::write(&folder, "in the way").unwrap();
        let path = folder.join("job.log");
        let mut log = JobLog::new(path.clone());
        log.append(b"lost!");
        std::fs::remove_file(&folder).unwrap();
        log.append(b"kept");
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text, "\r\n[mux: 5 bytes of output are missing here]\r\nkept");
    }
}
