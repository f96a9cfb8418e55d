//! Lines that a job prints, read from its log as it grows.

use std::collections::VecDeque;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use regex::bytes::Regex;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::mailbox::ToCore;
use super::Run;
use crate::base::limits::WATCHED_LINE;
use crate::job::Alert;

/// Ends when a line fits, or when no more can come.
pub async fn find(pattern: &str, log: &Path, follow: Option<watch::Receiver<u64>>) {
    let Ok(pattern) = Regex::new(pattern) else { return };
    let Some(lines) = Lines::open(log, follow).await else { return std::future::pending().await };
    until(&pattern, lines).await;
}

async fn until(pattern: &Regex, mut lines: Lines) {
    while let Some(line) = lines.next().await {
        if pattern.is_match(&line) {
            return;
        }
    }
    std::future::pending().await
}

/// Tells of lines that are worth it, at most once in each alert's time.
pub async fn alert(
    run: Run,
    alerts: Vec<Alert>,
    log: std::path::PathBuf,
    follow: impl Future<Output = Option<watch::Receiver<u64>>>,
) {
    let Some(mut lines) = Lines::open(&log, follow.await).await else { return };
    let patterns = alerts.iter().map(|alert| Regex::new(&alert.pattern).ok());
    let mut watched: Vec<(Option<Regex>, &Alert, Recent)> =
        patterns.zip(&alerts).map(|(pattern, alert)| (pattern, alert, Recent::default())).collect();
    while let Some(line) = lines.next().await {
        for (pattern, alert, recent) in &mut watched {
            if pattern.as_ref().is_some_and(|pattern| pattern.is_match(&line)) && recent.count(alert) {
                let line = String::from_utf8_lossy(&line).into_owned();
                let _ = run.core.send(ToCore::JobAlert { job: run.job.clone(), run: run.number, line });
            }
        }
    }
}

/// When lines came that fit an alert.
#[derive(Default)]
struct Recent {
    times: VecDeque<Instant>,
    told: Option<Instant>,
}

impl Recent {
    /// One more; true when that makes it worth telling.
    fn count(&mut self, alert: &Alert) -> bool {
        let (now, within) = (Instant::now(), Duration::from(alert.within));
        self.times.push_back(now);
        while self.times.len() > alert.times as usize {
            self.times.pop_front();
        }
        let enough = self.times.len() >= alert.times as usize;
        let close = self.times.front().is_some_and(|first| now - *first <= within);
        let told = self.told.is_some_and(|told| now - told < within);
        if enough && close && !told {
            self.told = Some(now);
        }
        enough && close && !told
    }
}

/// A log from where it is now.
struct Lines {
    log: PathBuf,
    file: File,
    follow: watch::Receiver<u64>,
    bytes: Vec<u8>,
    done: usize,
}

impl Lines {
    async fn open(log: &Path, follow: Option<watch::Receiver<u64>>) -> Option<Self> {
        let mut file = File::open(log).await.ok()?;
        file.seek(std::io::SeekFrom::End(0)).await.ok()?;
        Some(Self { log: log.to_owned(), file, follow: follow?, bytes: Vec::new(), done: 0 })
    }

    /// Reads on; at a file's end in the one that has been begun since.
    async fn read(&mut self, chunk: &mut [u8]) -> Option<usize> {
        let own = self.file.metadata().await.ok()?;
        let there = tokio::fs::metadata(&self.log).await;
        let over = there.is_ok_and(|there| (there.dev(), there.ino()) != (own.dev(), own.ino()));
        // Looked at before it is read: what is written to it was written before it got another name.
        match self.file.read(chunk).await.ok()? {
            0 if over => {
                self.file = File::open(&self.log).await.ok()?;
                self.file.read(chunk).await.ok()
            }
            count => Some(count),
        }
    }

    /// The next whole line without its end and without escape sequences; a longer one is cut.
    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let rest = &self.bytes[self.done..];
            if let Some(end) = memchr::memchr(b'\n', rest) {
                let line = plain(&rest[..end]);
                self.done += end + 1;
                return Some(line);
            }
            if rest.len() > WATCHED_LINE {
                let line = plain(rest);
                self.done = self.bytes.len();
                return Some(line);
            }
            self.bytes.drain(..self.done);
            self.done = 0;
            let mut chunk = [0; 4096];
            match self.read(&mut chunk).await? {
                0 => self.follow.changed().await.ok()?,
                count => self.bytes.extend_from_slice(&chunk[..count]),
            }
        }
    }
}

/// Without escape sequences and controls, as far as a pattern cares.
pub fn plain(line: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match (byte, after.first()) {
            (0x1b, Some(b'[')) => {
                let end = after.iter().skip(1).position(|byte| (0x40..=0x7e).contains(byte));
                end.map_or(&[][..], |end| &after[end + 2..])
            }
            (0x1b, Some(0x20..=0x2f)) => after.get(2..).unwrap_or_default(),
            (0x1b, Some(_)) => &after[1..],
            (0..=0x1f | 0x7f, _) if byte != b'\t' => after,
            _ => {
                text.push(byte);
                after
            }
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::base::Period;

    #[test]
    fn colours_are_not_part_of_a_line() {
        assert_eq!(plain(b"\x1b[1;31mERROR\x1b[m: \x1b(Bfull\r"), b"ERROR: full");
        assert_eq!(plain(b"\x1b[31"), b"");
    }

    #[tokio::test]
    async fn a_line_is_found_however_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = std::fs::File::create(&path).unwrap();
        log.write_all(b"ready, but that was before\n").unwrap();
        let (grown, follow) = watch::channel(0);
        let lines = Lines::open(&path, Some(follow)).await.unwrap();
        let found = tokio::spawn(async move { until(&Regex::new("^ready").unwrap(), lines).await });
        for (number, part) in ["not re", "ady\nrea", "dy now\n"].iter().enumerate() {
            log.write_all(part.as_bytes()).unwrap();
            grown.send_replace(number as u64 + 1);
            tokio::task::yield_now().await;
        }
        tokio::time::timeout(Duration::from_secs(10), found).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn lines_go_on_in_the_file_that_follows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = std::fs::File::create(&path).unwrap();
        let (_grown, follow) = watch::channel(0);
        let mut lines = Lines::open(&path, Some(follow)).await.unwrap();
        log.write_all(b"one\ntw").unwrap();
        assert_eq!(lines.next().await.unwrap(), b"one");
        log.write_all(b"o\n").unwrap();
        std::fs::rename(&path, folder.path().join("log.1")).unwrap();
        std::fs::write(&path, "three\n").unwrap();
        assert_eq!(lines.next().await.unwrap(), b"two");
        assert_eq!(lines.next().await.unwrap(), b"three");
    }

    #[test]
    fn an_alert_is_told_once_in_its_time() {
        let alert = Alert { pattern: "x".into(), times: 3, within: Period::from_secs(60) };
        let mut recent = Recent::default();
        let told: Vec<bool> = (0..5).map(|_| recent.count(&alert)).collect();
        assert_eq!(told, [false, false, true, false, false]);
    }
}
