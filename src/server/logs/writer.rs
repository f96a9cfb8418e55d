//! A job's log as it is written: its output as it came, cut into files between lines.
//!
//! A full disk or a removed directory never stops the job: older files make room, and what cannot be written after
//! that is counted, and noted as missing as soon as the log can be written again. What is about to be appended is noted
//! where it survives this process ([`LogNote`]), so that the next server knows how much of it was done. A new file is
//! begun between two appends only: then the note is about a file that has all that it speaks of.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use tokio::sync::watch;

use super::copies::Copies;
use super::index::Index;
use super::{Archiver, LogNote, files};
use crate::base::limits::{LOG_AGE_LOOK, LOG_LOOK, LOG_OVERRUN};
use crate::base::{Size, Timestamp};
use crate::job::LogSpec;
use crate::model::LogTarget;

pub struct JobLog {
    target: LogTarget,
    size: Size,
    archiver: Archiver,
    open: Option<Open>,
    copies: Copies,
    /// Bytes that could not be written since the last that could.
    lost: u64,
    /// Older files that were removed to make room, and of which the log does not tell yet.
    removed: u64,
    /// The path was looked at, and the age of older files.
    looked: Timestamp,
    aged: Timestamp,
    /// Counts appends, for who follows the file; closed with the log.
    appended: watch::Sender<u64>,
}

/// The file that is written.
struct Open {
    file: File,
    device: u64,
    inode: u64,
    length: u64,
    /// None where that cannot be written: the log goes on without times.
    index: Option<Index>,
    /// The last byte was a line's end, or there is none.
    at_line: bool,
    /// No further line has room here.
    full: bool,
    day_ends: Timestamp,
}

impl Open {
    fn new(path: &Path, run: u32, now: Timestamp) -> io::Result<Self> {
        let file = files::open_to_append(path)?;
        let of = file.metadata()?;
        let mut last = [0];
        let at_line = of.len() == 0
            || std::os::unix::fs::FileExt::read_at(&file, &mut last, of.len() - 1).is_ok_and(|_| last[0] == b'\n');
        let index = Index::open(path, &of, run, now);
        let index = index.map_err(|error| tracing::warn!(path = %path.display(), %error, "a log without times")).ok();
        let begun = index.as_ref().and_then(Index::begun).unwrap_or(now);
        Ok(Self {
            device: of.dev(),
            inode: of.ino(),
            length: of.len(),
            at_line,
            full: false,
            day_ends: begun.next_midnight(),
            index,
            file,
        })
    }

    fn is_at(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|file| (file.dev(), file.ino()) == (self.device, self.inode))
    }

    /// It has to be ended before anything is added.
    fn is_over(&self, rules: &LogSpec, now: Timestamp) -> bool {
        let day_over = rules.daily && now >= self.day_ends && self.at_line;
        self.length > 0 && (self.full || day_over)
    }
}

impl JobLog {
    fn new(target: LogTarget, size: Size, pid: u32, archiver: Archiver) -> Self {
        let now = Timestamp::now();
        let copies = Copies::new(&target, pid);
        let mut log = Self {
            target,
            size,
            archiver,
            open: None,
            copies,
            lost: 0,
            removed: 0,
            looked: now,
            aged: now,
            appended: watch::Sender::new(0),
        };
        if !log.target.outside {
            if let Err(error) = log.open(now) {
                tracing::warn!(path = %log.target.path.display(), %error, "no log");
            }
            // What a killed server has not come to.
            log.archiver.tidy(&log.target.path, &log.target.rules);
        }
        log
    }

    fn mark_run(&mut self) {
        let (run, size, now) = (self.target.run, self.size, Timestamp::now());
        if let Some(open) = self.open.as_mut().filter(|_| !self.target.outside)
            && let Some(index) = &mut open.index
            && index.begin_run(open.length, run, size, now).is_err()
        {
            open.index = None;
        }
    }

    /// Begins, or goes on where another server has been killed, as its note and the file tell; the position of the first
    /// byte that the log has not got. None where the log had been closed.
    pub fn resume(target: LogTarget, size: Size, pid: u32, archiver: Archiver, note: LogNote) -> Option<(Self, u64)> {
        if note.is_closed() {
            return None;
        }
        let mut log = Self::new(target, size, pid, archiver);
        if note == LogNote::default() {
            log.mark_run();
        }
        let taken = match &log.open {
            // There is another file: the note's was ended, which is not done within one append.
            Some(open) if (open.device, open.inode) != (note.device, note.inode) => note.count,
            Some(open) => {
                let grown = open.length.saturating_sub(note.length);
                let remarks =
                    if note.remarks == 0 && note.lost > 0 { missing(note.lost).len() as u64 } else { note.remarks };
                if grown < remarks {
                    log.lost = note.lost;
                }
                grown.saturating_sub(remarks).min(note.count)
            }
            None => {
                log.lost = note.lost;
                0
            }
        };
        Some((log, note.position + taken))
    }

    /// How many of these bytes are to be appended next: up to where another file begins.
    pub fn portion(&mut self, bytes: &[u8]) -> usize {
        let now = Timestamp::now();
        self.look(now);
        loop {
            let most = match self.target.rules.max_size.0 {
                0 => u64::MAX - LOG_OVERRUN,
                most => most,
            };
            let Some(open) = &mut self.open else { return bytes.len() };
            if open.is_over(&self.target.rules, now) {
                if !self.rotate(now) {
                    return bytes.len();
                }
                continue;
            }
            let room = |limit: u64| usize::try_from(limit.saturating_sub(open.length)).unwrap_or(usize::MAX);
            let (left, limit) = (room(most), room(most + LOG_OVERRUN));
            if bytes.len() <= left {
                return bytes.len();
            }
            let whole_lines = memchr::memrchr(b'\n', &bytes[..left]).map(|end| end + 1);
            let overrun = &bytes[left..bytes.len().min(limit)];
            open.full = true;
            return match whole_lines {
                Some(lines) => lines,
                None if open.at_line && open.length > 0 => continue,
                None => match memchr::memchr(b'\n', overrun) {
                    Some(end) => left + end + 1,
                    None if bytes.len() < limit => {
                        open.full = false;
                        bytes.len()
                    }
                    None if limit > 0 => limit,
                    None => continue,
                },
            };
        }
    }

    /// What has to be noted before so many bytes from this position on are appended.
    pub fn note(&mut self, position: u64, count: usize) -> LogNote {
        let now = Timestamp::now();
        let _ = self.open(now);
        if let Some(open) = &mut self.open {
            match open.file.metadata() {
                // Somebody has emptied it, as logrotate's copytruncate does: what is known of it is about what it was.
                Ok(file) if file.len() < open.length => {
                    open.length = file.len();
                    open.index = Index::open(&self.target.path, &file, self.target.run, now).ok();
                }
                Ok(file) => open.length = file.len(),
                Err(_) => self.open = None,
            }
        }
        let (device, inode, length) =
            self.open.as_ref().map_or((0, 0, 0), |open| (open.device, open.inode, open.length));
        let remarks = self.remarks().len() as u64;
        LogNote { device, inode, length, position, lost: self.lost, count: count as u64, remarks }
    }

    /// Changes with every append, until the log is closed.
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.appended.subscribe()
    }

    /// So many bytes of output are not known any more.
    pub fn miss(&mut self, bytes: u64) {
        self.lost += bytes;
    }

    /// The terminal has this size from now on.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        if let Some(open) = &mut self.open
            && let Some(index) = &mut open.index
        {
            let _ = index.resize(open.length, size, Timestamp::now());
        }
    }

    /// Adds bytes, or counts them as lost.
    pub fn append(&mut self, bytes: &[u8]) {
        if self.target.outside {
            return;
        }
        let now = Timestamp::now();
        self.copies.take(bytes, now);
        let mut left = bytes;
        if let Err(error) = self.try_append(&mut left, now) {
            if self.lost == 0 {
                tracing::warn!(path = %self.target.path.display(), %error, "the log takes nothing");
            }
            self.lost += left.len() as u64;
            self.open = None;
        }
        self.appended.send_modify(|count| *count += 1);
    }

    fn try_append(&mut self, bytes: &mut &[u8], now: Timestamp) -> io::Result<()> {
        self.open(now)?;
        let run = self.target.run;
        if let Some(open) = &mut self.open
            && let Some(index) = &mut open.index
            && memchr::memchr(b'\n', bytes).is_some()
            && index.note(open.length, run, now).is_err()
        {
            open.index = None;
        }
        let remarks = self.remarks();
        if !remarks.is_empty() {
            self.write(&mut remarks.as_bytes())?;
            self.lost = 0;
            self.removed = 0;
        }
        let last = bytes.last().copied();
        self.write(bytes)?;
        if let (Some(open), Some(last)) = (&mut self.open, last) {
            open.at_line = last == b'\n';
        }
        Ok(())
    }

    /// Writes all of it, and leaves what is not written. Where the disk is full the oldest of the log goes first.
    fn write(&mut self, bytes: &mut &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let Some(open) = &mut self.open else { return Err(io::ErrorKind::NotFound.into()) };
            match open.file.write(bytes) {
                Ok(count) => {
                    open.length += count as u64;
                    *bytes = &bytes[count..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if self.make_room(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn make_room(&mut self, error: &io::Error) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        let made = matches!(error.kind(), StorageFull | QuotaExceeded) && files::remove_oldest(&self.target.path);
        self.removed += u64::from(made);
        made
    }

    /// What stands in the log before what comes next.
    fn remarks(&self) -> String {
        let removed = match self.removed {
            0 => String::new(),
            1 => remark("the disk is full: the oldest file of this log was removed"),
            many => remark(&format!("the disk is full: the {many} oldest files of this log were removed")),
        };
        if self.lost > 0 { removed + &missing(self.lost) } else { removed }
    }

    fn open(&mut self, now: Timestamp) -> io::Result<()> {
        if self.target.outside {
            return Err(io::ErrorKind::Unsupported.into());
        }
        while self.open.is_none() {
            match Open::new(&self.target.path, self.target.run, now) {
                Ok(mut open) => {
                    if open.length == 0
                        && let Some(index) = &mut open.index
                    {
                        let _ = index.resize(0, self.size, now);
                    }
                    self.open = Some(open);
                }
                Err(error) if self.make_room(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether somebody has moved the file away, and whether some are too old.
    fn look(&mut self, now: Timestamp) {
        let since = |then: Timestamp| std::time::Duration::from(now.since(then));
        if since(self.looked) >= LOG_LOOK {
            self.looked = now;
            self.open.take_if(|open| !open.is_at(&self.target.path));
            let _ = self.open(now);
        }
        if self.target.rules.max_age.is_some() && since(self.aged) >= LOG_AGE_LOOK {
            self.aged = now;
            self.archiver.tidy(&self.target.path, &self.target.rules);
        }
    }

    /// Ends the file and begins another one. False where that cannot be: then it grows.
    fn rotate(&mut self, now: Timestamp) -> bool {
        let Some(open) = self.open.take() else { return false };
        let done = put_away(&self.target.path, open.index.as_ref(), open.is_at(&self.target.path));
        if let Err(error) = &done {
            tracing::warn!(path = %self.target.path.display(), %error, "no new log file can be begun");
            self.open = Some(Open { full: false, day_ends: now.next_midnight(), ..open });
            return false;
        }
        self.archiver.tidy(&self.target.path, &self.target.rules);
        self.open(now).is_ok()
    }
}

impl Drop for JobLog {
    fn drop(&mut self) {
        self.copies.end(Timestamp::now());
    }
}

/// Gives the file its number. One that somebody else has moved meanwhile is left alone.
fn put_away(log: &Path, index: Option<&Index>, there: bool) -> io::Result<()> {
    if !there {
        return Ok(());
    }
    let known = files::all_older(log).last().map_or(0, |older| older.number);
    let number = index.map_or(0, Index::number).max(known + 1);
    fs::rename(log, files::older(log, number))?;
    if index.is_some() {
        fs::rename(files::index(log), files::older_index(log, number))?;
    }
    Ok(())
}

/// Before a run that writes its files itself: begins new ones where that is due, and notes where the run begins.
pub fn prepare(target: &LogTarget, archiver: &Archiver) -> io::Result<()> {
    let now = Timestamp::now();
    for path in [target.path.clone(), LogSpec::errors_beside(&target.path)] {
        let mut open = Open::new(&path, target.run, now)?;
        let most = target.rules.max_size.0;
        open.full = most > 0 && open.length >= most;
        open.at_line = true;
        if open.is_over(&target.rules, now) {
            put_away(&path, open.index.as_ref(), true)?;
            archiver.tidy(&path, &target.rules);
            open = Open::new(&path, target.run, now)?;
        }
        if let Some(index) = &mut open.index {
            index.begin_run(open.length, target.run, crate::base::limits::LOG_SCREEN, now)?;
        }
    }
    Ok(())
}

/// What stands in the log instead of output that it could not take.
fn missing(lost: u64) -> String {
    remark(&format!("{lost} bytes of output are missing here"))
}

fn remark(text: &str) -> String {
    format!("\r\n[mux: {text}]\r\n")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::base::limits::LEAST_LOG;
    use crate::job::Bytes;
    use crate::server::logs::source::{self, Place, Source};

    fn target(path: &Path, rules: LogSpec) -> LogTarget {
        LogTarget { path: path.to_owned(), rules, job: "x".into(), run: 1, outside: false }
    }

    fn resume(target: LogTarget, note: LogNote) -> Option<(JobLog, u64)> {
        JobLog::resume(target, Size::new(80, 24), 1, Archiver::start().unwrap(), note)
    }

    fn begin(path: &Path, rules: LogSpec) -> JobLog {
        resume(target(path, rules), LogNote::default()).unwrap().0
    }

    fn small(keep: u32) -> LogSpec {
        LogSpec { max_size: Bytes(LEAST_LOG), keep, ..LogSpec::default() }
    }

    /// As a pane's task does it.
    fn write(log: &mut JobLog, bytes: &[u8]) {
        let mut done = 0;
        while done < bytes.len() {
            let count = log.portion(&bytes[done..]);
            let _ = log.note(done as u64, count);
            log.append(&bytes[done..done + count]);
            done += count;
        }
    }

    fn read(path: &Path) -> Vec<u8> {
        let mut source = Source::open(path.to_owned(), Place::default());
        let mut all = Vec::new();
        while let Some(piece) = source.piece().unwrap() {
            all.extend_from_slice(piece.bytes);
        }
        all
    }

    fn lines(count: usize) -> Vec<u8> {
        (0..count).flat_map(|line| format!("{line:06} {}\r\n", "x".repeat(line % 90)).into_bytes()).collect()
    }

    #[test]
    fn what_is_lost_is_said_when_the_log_can_be_written_again() {
        let tree = tempfile::tempdir().unwrap();
        let folder = tree.path().join("logs");
        std::fs::write(&folder, "in the way").unwrap();
        let path = folder.join("job.log");
        let mut log = begin(&path, LogSpec::default());
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
            let whole = if lost > 0 { missing(lost) + "second" } else { "second".to_owned() };
            let mut log = begin(&path, LogSpec::default());
            let _ = log.note(0, 5);
            log.append(b"first");
            log.miss(lost);
            let note = log.note(5 + lost, 6);
            let done = done.min(whole.len());
            log.open.as_mut().unwrap().file.write_all(&whole.as_bytes()[..done]).unwrap();
            drop(log);
            let (mut log, position) = resume(target(&path, LogSpec::default()), note).unwrap();
            let rest = &b"second"[(position - note.position) as usize..];
            let _ = log.note(position, rest.len());
            log.append(rest);
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("first") && text.ends_with(&whole), "{lost} {done} {text:?}");
            // Only a remark that was cut off itself is written once more.
            let again = if lost > 0 && done < missing(lost).len() { done } else { 0 };
            assert_eq!(text.len(), 5 + whole.len() + again, "{lost} {done} {text:?}");
        }
        assert!(resume(target(&folder.path().join("closed"), LogSpec::default()), LogNote::closed()).is_none());
    }

    #[test]
    fn files_end_with_lines_and_together_are_what_came() {
        let folder = tempfile::tempdir().unwrap();
        for chunk in [1, 100, 4095, 5000, 70_000] {
            let path = folder.path().join(format!("{chunk}.log"));
            let mut log = begin(&path, small(1000));
            let input = lines(1000);
            input.chunks(chunk).for_each(|chunk| write(&mut log, chunk));
            assert!(read(&path) == input, "chunks of {chunk}");
            let older = files::all_older(&path);
            assert!(older.len() >= 10, "{}", older.len());
            let numbers: Vec<u32> = older.iter().map(|older| older.number).collect();
            assert_eq!(numbers, (1..=older.len() as u32).collect::<Vec<_>>());
            assert!(std::fs::metadata(&path).unwrap().len() <= LEAST_LOG);
        }
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.log");
        let mut log = begin(&path, small(1000));
        let input = vec![b'x'; 5 * (LOG_OVERRUN + LEAST_LOG) as usize];
        input.chunks(4096).for_each(|chunk| write(&mut log, chunk));
        assert!(read(&path) == input);
        assert_eq!(files::all_older(&path).len(), 4);
    }

    /// Wherever the server was killed while it began a new file, the next one goes on.
    #[test]
    fn a_rotation_that_was_cut_off_loses_nothing_and_doubles_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for steps in 0..4 {
            let path = folder.path().join(format!("{steps}.log"));
            let first = lines(30);
            let mut log = begin(&path, LogSpec::default());
            let note = log.note(0, first.len());
            log.append(&first);
            drop(log);
            // What `rotate` does, up to some step.
            let moves: [(PathBuf, PathBuf); 2] =
                [(path.clone(), files::older(&path, 1)), (files::index(&path), files::older_index(&path, 1))];
            for (from, to) in moves.iter().take(steps) {
                fs::rename(from, to).unwrap();
            }
            if steps == 3 {
                files::open_to_append(&path).unwrap();
            }
            let (mut log, position) = resume(target(&path, LogSpec::default()), note).unwrap();
            assert_eq!(position, first.len() as u64, "after {steps} steps");
            write(&mut log, b"second\r\n");
            assert!(read(&path) == [&first[..], b"second\r\n"].concat(), "after {steps} steps");
            assert_eq!(source::runs(&path).len(), 1, "after {steps} steps");
        }
    }

    #[test]
    fn a_log_that_was_moved_or_emptied_by_others_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.log");
        let mut log = begin(&path, LogSpec::default());
        write(&mut log, b"one\r\n");
        fs::rename(&path, folder.path().join("x.log.old")).unwrap();
        log.looked = Timestamp(0);
        write(&mut log, b"two\r\n");
        assert_eq!(fs::read(&path).unwrap(), b"two\r\n");
        File::create(&path).unwrap();
        write(&mut log, b"three\r\n");
        assert_eq!(read(&path), b"three\r\n");
        assert!(log.open.as_ref().unwrap().index.is_some());
    }

    #[test]
    fn a_day_ends_a_file_that_has_something() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.log");
        let mut log = begin(&path, LogSpec { daily: true, ..LogSpec::default() });
        let midnight = |log: &mut JobLog| log.open.as_mut().unwrap().day_ends = Timestamp(0);
        midnight(&mut log);
        write(&mut log, b"monday, no line's end");
        midnight(&mut log);
        write(&mut log, b" yet\r\n");
        midnight(&mut log);
        write(&mut log, b"tuesday\r\n");
        assert_eq!(fs::read(&path).unwrap(), b"tuesday\r\n");
        assert_eq!(files::all_older(&path).len(), 1);
        assert_eq!(read(&path), b"monday, no line's end yet\r\ntuesday\r\n");
    }
}
