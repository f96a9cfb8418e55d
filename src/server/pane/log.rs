//! A job's log: its output as it came, in a file of its own.
//!
//! A full disk or a removed directory never stops the job: the log notes how much is missing as soon as it can
//! write again. What is about to be appended is noted where it survives this process ([`LogNote`]), so that the next
//! server knows how much of it was done.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::server::survival::LogNote;

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

    /// Goes on where another server has been killed, as its note and the file tell; the position of the first byte
    /// that the log has not got. None where the log had been closed.
    pub fn resume(path: PathBuf, note: LogNote) -> Option<(Self, u64)> {
        if note.is_closed() {
            return None;
        }
        let mut log = Self::new(path);
        let file = log.file.as_ref().and_then(|file| file.metadata().ok());
        let taken = match file {
            // Somebody has put another file there meanwhile: it hardly happened within one append.
            Some(file) if (file.dev(), file.ino()) != (note.device, note.inode) => note.count,
            Some(file) => {
                let grown = file.len().saturating_sub(note.length);
                let remark = if note.lost > 0 { remark(note.lost).len() as u64 } else { 0 };
                if grown < remark {
                    log.lost = note.lost;
                }
                grown.saturating_sub(remark).min(note.count)
            }
            None => {
                log.lost = note.lost;
                0
            }
        };
        Some((log, note.position + taken))
    }

    /// What has to be noted before so many bytes from this position on are appended.
    pub fn note(&mut self, position: u64, count: usize) -> LogNote {
        let file = self.open().and_then(|file| file.metadata()).ok();
        let (device, inode, length) = file.map_or((0, 0, 0), |file| (file.dev(), file.ino(), file.len()));
        LogNote { device, inode, length, position, lost: self.lost, count: count as u64 }
    }

    /// Changes with every append, until the log is closed.
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.appended.subscribe()
    }

    /// So many bytes of output are not known any more.
    pub fn miss(&mut self, bytes: u64) {
        self.lost += bytes;
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
        let lost = std::mem::take(&mut self.lost);
        let result = self.open().and_then(|file| {
            if lost > 0 {
                file.write_all(remark(lost).as_bytes())?;
            }
            Ok(file)
        });
        match result {
            Ok(file) => file.write_all(bytes),
            Err(error) => {
                self.lost = lost;
                Err(error)
            }
        }
    }

    fn open(&mut self) -> io::Result<&mut File> {
        match &mut self.file {
            Some(file) => Ok(file),
            none => Ok(none.insert(open(&self.path)?)),
        }
    }
}

/// What stands in the log instead of output that it could not take.
fn remark(lost: u64) -> String {
    format!("\r\n[mux: {lost} bytes of output are missing here]\r\n")
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

    /// Whatever part of an append was done when the server was killed, the rest follows.
    #[test]
    fn an_append_that_was_cut_off_is_ended_by_the_next_server() {
        let folder = tempfile::tempdir().unwrap();
        for (lost, done) in [(0, 0), (0, 3), (0, 6), (7, 0), (7, 10), (7, 50), (7, 54)] {
            let path = folder.path().join(format!("{lost}-{done}.log"));
            let whole = if lost > 0 { remark(lost) + "second" } else { "second".to_owned() };
            let mut log = JobLog::new(path.clone());
            let _ = log.note(0, 5);
            log.append(b"first");
            log.miss(lost);
            let note = log.note(5 + lost, 6);
            let done = done.min(whole.len());
            log.open().unwrap().write_all(&whole.as_bytes()[..done]).unwrap();
            drop(log);
            let (mut log, position) = JobLog::resume(path.clone(), note).unwrap();
            let rest = &b"second"[(position - note.position) as usize..];
            let _ = log.note(position, rest.len());
            log.append(rest);
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.starts_with("first") && text.ends_with(&whole), "{lost} {done} {text:?}");
            // Only a remark that was cut off itself is written once more.
            let again = if lost > 0 && done < remark(lost).len() { done } else { 0 };
            assert_eq!(text.len(), 5 + whole.len() + again, "{lost} {done} {text:?}");
        }
        assert!(JobLog::resume(folder.path().join("closed"), LogNote::closed()).is_none());
    }
}
