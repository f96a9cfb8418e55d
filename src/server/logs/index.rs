//! The index beside a log: when its bytes came, where a run begins, how large the terminal was.
//!
//! Records of 24 bytes, in the order of what they speak of; the first one tells which file it is about:
//! ```text
//!   0        8        16     20   21  24
//!   │ offset │ time   │ value│kind│ 0 │      all little-endian; time in milliseconds since the epoch
//!   HEAD: the log file's inode, when it was begun, its number
//!   TIME: bytes from `offset` on came at this time; value: of which run they are
//!   RUN:  the same, and the run begins here
//!   SIZE: columns and rows (16 bits each) of the terminal from here on
//! ```
//! A record is written before the bytes that it speaks of, so that whoever finds the bytes finds their time.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use super::files;
use crate::base::limits::{LOG_TICK, LOG_TICKS};
use crate::base::{Size, Timestamp};

pub const RECORD: usize = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The number of the file.
    Head(u32),
    /// The number of the run.
    Time(u32),
    Run(u32),
    Size(Size),
}

impl Mark {
    /// It tells when the bytes behind it came.
    pub fn is_time(self) -> bool {
        matches!(self, Mark::Time(_) | Mark::Run(_))
    }
}

/// For a head, `offset` is the inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    pub offset: u64,
    pub at: Timestamp,
    pub mark: Mark,
}

impl Record {
    fn encode(self) -> [u8; RECORD] {
        let (kind, value) = match self.mark {
            Mark::Head(number) => (1, number),
            Mark::Time(run) => (2, run),
            Mark::Run(run) => (3, run),
            Mark::Size(size) => (4, u32::from(size.cols) << 16 | u32::from(size.rows)),
        };
        let mut bytes = [0; RECORD];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.at.0.to_le_bytes());
        bytes[16..20].copy_from_slice(&value.to_le_bytes());
        bytes[20] = kind;
        bytes
    }

    fn decode(bytes: &[u8; RECORD]) -> Option<Self> {
        let offset = u64::from_le_bytes(*bytes.first_chunk()?);
        let at = Timestamp(i64::from_le_bytes(*bytes[8..].first_chunk()?));
        let value = u32::from_le_bytes(*bytes[16..].first_chunk()?);
        let mark = match bytes[20] {
            1 => Mark::Head(value),
            2 => Mark::Time(value),
            3 => Mark::Run(value),
            4 => Mark::Size(Size::new((value >> 16) as u16, value as u16)),
            _ => return None,
        };
        Some(Self { offset, at, mark })
    }
}

/// Whole records from here to the file's end, and the position behind them. A record of a kind that is not known is
/// passed over.
pub fn read(file: &mut File) -> io::Result<Vec<Record>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let torn = bytes.len() % RECORD;
    if torn > 0 {
        io::Seek::seek_relative(file, -(torn as i64))?;
    }
    let (records, _) = bytes.as_chunks::<RECORD>();
    Ok(records.iter().filter_map(Record::decode).collect())
}

/// The index of the file that is written.
pub struct Index {
    file: File,
    number: u32,
    records: u32,
    /// The time of the last record about time.
    last: Timestamp,
}

impl Index {
    /// Goes on with the index of a log of this description, or begins one. `run` is whose bytes come.
    pub fn open(log: &Path, of: &Metadata, run: u32, now: Timestamp) -> io::Result<Self> {
        let path = files::index(log);
        let former = fs::read(&path).unwrap_or_default();
        let (records, _) = former.as_chunks::<RECORD>();
        let head = records.first().and_then(Record::decode).filter(|head| matches!(head.mark, Mark::Head(_)));
        let end = records.last().and_then(Record::decode);
        if let (Some(Record { offset, mark: Mark::Head(number), .. }), Some(end)) = (head, end) {
            let end_of_times = if records.len() > 1 { end.offset } else { 0 };
            if offset == of.ino() && end_of_times <= of.len() {
                let file = files::open_to_append(&path)?;
                file.set_len((records.len() * RECORD) as u64)?;
                return Ok(Self { file, number, records: records.len() as u32, last: end.at });
            }
            set_aside(log, number, offset);
        }
        let known = files::all_older(log).last().map_or(0, |older| older.number);
        let former = match head.map(|head| head.mark) {
            Some(Mark::Head(number)) => number,
            _ => 0,
        };
        let _ = fs::remove_file(&path);
        let mut index =
            Self { file: files::open_to_append(&path)?, number: known.max(former) + 1, records: 0, last: now };
        index.write(Record { offset: of.ino(), at: now, mark: Mark::Head(index.number) })?;
        if of.len() > 0 {
            let at = Timestamp(of.mtime() * 1000 + of.mtime_nsec() / 1_000_000);
            index.write(Record { offset: 0, at, mark: Mark::Time(0) })?;
        } else {
            index.write(Record { offset: 0, at: now, mark: Mark::Time(run) })?;
        }
        Ok(index)
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    /// When the file was begun.
    pub fn begun(&self) -> Option<Timestamp> {
        let mut bytes = [0; RECORD];
        self.file.read_exact_at(&mut bytes, 0).ok()?;
        Record::decode(&bytes).map(|head| head.at)
    }

    /// A run begins at this offset. Said once, however often a server begins to write it.
    pub fn begin_run(&mut self, offset: u64, run: u32, size: Size, now: Timestamp) -> io::Result<()> {
        let last = self.records.checked_sub(2).and_then(|at| {
            let mut bytes = [0; RECORD];
            self.file.read_exact_at(&mut bytes, u64::from(at) * RECORD as u64).ok()?;
            Record::decode(&bytes)
        });
        if last.is_some_and(|last| last.offset == offset && last.mark == Mark::Run(run)) {
            return Ok(());
        }
        self.write(Record { offset, at: now, mark: Mark::Run(run) })?;
        self.last = now;
        self.resize(offset, size, now)
    }

    pub fn resize(&mut self, offset: u64, size: Size, now: Timestamp) -> io::Result<()> {
        self.write(Record { offset, at: now, mark: Mark::Size(size) })
    }

    /// Bytes with a line's end come now at this offset. Times of one tick are one.
    pub fn note(&mut self, offset: u64, run: u32, now: Timestamp) -> io::Result<()> {
        let tick = (LOG_TICK.as_millis() as i64) << (self.records / LOG_TICKS).min(20);
        // A clock that was set back is told at once.
        if (0..tick).contains(&(now.0 - self.last.0)) {
            return Ok(());
        }
        self.last = now;
        self.write(Record { offset, at: now, mark: Mark::Time(run) })
    }

    fn write(&mut self, record: Record) -> io::Result<()> {
        let bytes = record.encode();
        let count = self.file.write(&bytes)?;
        if count < RECORD {
            // The disk is full: a torn record would shift all that follow.
            self.file.set_len(u64::from(self.records) * RECORD as u64)?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.records += 1;
        Ok(())
    }
}

/// The file that the index is about has got its number already, and whoever did that was killed before it gave the
/// index the same.
fn set_aside(log: &Path, number: u32, inode: u64) {
    let moved = fs::metadata(files::older(log, number)).is_ok_and(|file| file.ino() == inode);
    let target = files::older_index(log, number);
    if moved && !target.exists() {
        let _ = fs::rename(files::index(log), target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_and_torn_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        let meta = || files::open_to_append(&log).unwrap().metadata().unwrap();
        let mut index = Index::open(&log, &meta(), 7, Timestamp(1000)).unwrap();
        index.begin_run(0, 7, Size::new(80, 24), Timestamp(1000)).unwrap();
        index.note(0, 7, Timestamp(1001)).unwrap();
        index.note(5, 7, Timestamp(1020)).unwrap();
        drop(index);
        fs::write(&log, [b'x'; 9]).unwrap();
        let mut file = files::open_to_append(&files::index(&log)).unwrap();
        file.write_all(b"torn").unwrap();
        let mut index = Index::open(&log, &meta(), 7, Timestamp(2000)).unwrap();
        index.note(9, 7, Timestamp(2000)).unwrap();
        let records = read(&mut File::open(files::index(&log)).unwrap()).unwrap();
        let marks: Vec<(u64, i64, Mark)> = records[1..].iter().map(|r| (r.offset, r.at.0, r.mark)).collect();
        let size = Mark::Size(Size::new(80, 24));
        assert_eq!(
            marks,
            [
                (0, 1000, Mark::Time(7)),
                (0, 1000, Mark::Run(7)),
                (0, 1000, size),
                (5, 1020, Mark::Time(7)),
                (9, 2000, Mark::Time(7))
            ]
        );
        assert_eq!(records[0].mark, Mark::Head(1));
        // Somebody has cut the log: what is known of it is wrong.
        File::create(&log).unwrap();
        assert_eq!(Index::open(&log, &meta(), 7, Timestamp(3000)).unwrap().number(), 2);
    }

    #[test]
    fn an_index_does_not_grow_with_time_alone() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        let meta = files::open_to_append(&log).unwrap().metadata().unwrap();
        let mut index = Index::open(&log, &meta, 1, Timestamp(0)).unwrap();
        for second in 0..1_000_000 {
            index.note(second, 1, Timestamp(second as i64 * 1000)).unwrap();
        }
        assert!(index.records < 16 * LOG_TICKS, "{}", index.records);
    }
}
