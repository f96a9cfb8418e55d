//! One thread of low priority that compresses and removes older files of logs.
//!
//! It is told of a log, not of what to do: that it finds out from the files, so that nothing is forgotten when this
//! server is killed in the middle of it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::files::{self, Older};
use crate::base::limits::{LOG_NICE, LOG_PACKING};
use crate::job::LogSpec;

/// Hands logs to the thread. The thread ends with the last of these.
#[derive(Clone)]
pub struct Archiver {
    orders: Sender<(PathBuf, LogSpec)>,
    waiting: Arc<AtomicUsize>,
}

impl Archiver {
    pub fn start() -> io::Result<Self> {
        let (orders, inbox) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&waiting);
        std::thread::Builder::new().name("logs".into()).spawn(move || serve(&inbox, &count))?;
        Ok(Self { orders, waiting })
    }

    /// This log has one older file more, or it is time to look at their age.
    pub fn tidy(&self, log: &Path, rules: &LogSpec) {
        if self.waiting.load(Ordering::Relaxed) >= LOG_PACKING {
            return files::prune(log, rules);
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if self.orders.send((log.to_owned(), rules.clone())).is_err() {
            files::prune(log, rules);
        }
    }
}

fn serve(inbox: &Receiver<(PathBuf, LogSpec)>, waiting: &AtomicUsize) {
    // On Linux that is this thread's own (sched(7)); elsewhere the whole process would stand behind.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, LOG_NICE);
    while let Ok((log, rules)) = inbox.recv() {
        waiting.fetch_sub(1, Ordering::Relaxed);
        tidy(&log, &rules);
    }
}

/// Removes what is not kept, and compresses the rest.
fn tidy(log: &Path, rules: &LogSpec) {
    files::prune(log, rules);
    for older in files::all_older(log).iter().filter(|_| rules.compress) {
        if let Err(error) = settle(log, older) {
            // It is readable as it is, and the next rotation tries again.
            tracing::warn!(path = %older.path.display(), %error, "an older log could not be compressed");
        }
    }
    // Compressed they take less, but a limit of the whole size may have been passed meanwhile.
    files::prune(log, rules);
}

fn settle(log: &Path, older: &Older) -> io::Result<()> {
    let plain = files::older(log, older.number);
    if older.packed {
        // Both are there where a server was killed between the two.
        return match fs::remove_file(plain) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let half = log.with_extension("packing");
    let packed = pack(&plain, &half).and_then(|()| fs::rename(&half, files::packed(log, older.number)));
    match packed {
        Ok(()) => fs::remove_file(plain),
        Err(error) => {
            let _ = fs::remove_file(half);
            if plain.exists() { Err(error) } else { Ok(()) }
        }
    }
}

/// On the disk before the other is removed: fsync(2) first.
fn pack(from: &Path, to: &Path) -> io::Result<()> {
    let _ = fs::remove_file(to);
    let mut from = File::open(from)?;
    let to = files::open_to_append(to)?;
    let mut encoder = zstd::Encoder::new(&to, zstd::DEFAULT_COMPRESSION_LEVEL)?;
    encoder.include_checksum(true)?;
    io::copy(&mut from, &mut encoder)?;
    encoder.finish()?;
    to.set_modified(from.metadata()?.modified()?)?;
    to.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_interrupted_is_done_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        fs::write(files::older(&log, 1), "packed, not removed").unwrap();
        fs::write(files::packed(&log, 1), zstd::encode_all(&b"packed, not removed"[..], 3).unwrap()).unwrap();
        fs::write(files::older(&log, 2), "half packed").unwrap();
        fs::write(log.with_extension("packing"), "half").unwrap();
        tidy(&log, &LogSpec::default());
        let older = files::all_older(&log);
        assert_eq!(older.iter().map(|older| (older.number, older.packed)).collect::<Vec<_>>(), [(1, true), (2, true)]);
        let text: Vec<u8> =
            older.iter().flat_map(|older| zstd::decode_all(File::open(&older.path).unwrap()).unwrap()).collect();
        assert_eq!(text, b"packed, not removedhalf packed");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    }
}
