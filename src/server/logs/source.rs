//! A log read from a place on, through all its files, and on as it grows.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::files;
use super::index::{self, Mark, Record};
use crate::base::limits::{LOG_MARGIN, LOG_READ};
use crate::base::{Size, Timestamp};

/// Where reading begins: a file by its number, and an offset in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub number: u32,
    pub offset: u64,
}

/// Bytes that came together.
pub struct Piece<'a> {
    pub bytes: &'a [u8],
    pub at: Option<Timestamp>,
    pub run: u32,
    /// A run begins with it.
    pub begins: bool,
    /// The terminal has this size from here on.
    pub size: Option<Size>,
}

/// One of a log's files.
struct Part {
    number: u32,
    reader: Box<dyn Read + Send>,
    records: VecDeque<Record>,
    /// The file itself, and its index, where more may come.
    live: Option<Live>,
}

struct Live {
    file: File,
    index: Option<File>,
}

pub struct Source {
    log: PathBuf,
    /// Files up to this number have been read.
    done: u32,
    start: Place,
    part: Option<Part>,
    buffer: Vec<u8>,
    /// What of the buffer is not given yet, and where it lies in the file.
    left: std::ops::Range<usize>,
    offset: u64,
    at: Option<Timestamp>,
    run: u32,
}

impl Source {
    pub fn open(log: PathBuf, start: Place) -> Self {
        let done = start.number.saturating_sub(1);
        Self { log, done, start, part: None, buffer: vec![0; LOG_READ], left: 0..0, offset: 0, at: None, run: 0 }
    }

    pub fn path(&self) -> &Path {
        &self.log
    }

    /// What comes next; none where there is nothing, now.
    pub fn piece(&mut self) -> io::Result<Option<Piece<'_>>> {
        if self.left.is_empty() && !self.fill()? {
            return Ok(None);
        }
        let (mut begins, mut size) = (false, None);
        let Some(part) = &mut self.part else { return Ok(None) };
        while let Some(record) = part.records.front().filter(|record| record.offset <= self.offset).cloned() {
            part.records.pop_front();
            match record.mark {
                Mark::Head(_) => {}
                Mark::Time(run) => (self.at, self.run) = (Some(record.at), run),
                Mark::Run(run) => {
                    (self.at, self.run) = (Some(record.at), run);
                    begins = true;
                }
                Mark::Size(new) => size = Some(new),
            }
        }
        let end = part.records.front().map_or(u64::MAX, |next| next.offset - self.offset);
        let count = self.left.len().min(usize::try_from(end).unwrap_or(usize::MAX));
        let from = self.left.start;
        self.left.start += count;
        self.offset += count as u64;
        let bytes = &self.buffer[from..from + count];
        Ok(Some(Piece { bytes, at: self.at, run: self.run, begins, size }))
    }

    /// Reads on; false where there is nothing more, now.
    fn fill(&mut self) -> io::Result<bool> {
        loop {
            if self.part.is_none() && !self.next_part()? {
                return Ok(false);
            }
            let Some(part) = &mut self.part else { return Ok(false) };
            // Before it is read to its end: what was written after that would be missed.
            let over = part.live.as_ref().is_none_or(|live| live.is_over(&self.log, self.offset));
            let count = read_some(&mut part.reader, &mut self.buffer)?;
            if count > 0 {
                self.left = 0..count;
                part.catch_up()?;
                return Ok(true);
            }
            if !over {
                return Ok(false);
            }
            self.done = part.number;
            self.part = None;
        }
    }

    /// Opens the file that follows; false where there is none.
    fn next_part(&mut self) -> io::Result<bool> {
        let next = files::all_older(&self.log).into_iter().find(|older| older.number > self.done);
        let part = match next {
            Some(older) => match Part::of_older(&self.log, &older) {
                // It was packed or removed meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return self.next_part_again(older.number),
                part => part?,
            },
            None => match Part::of_live(&self.log, self.done) {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error),
            },
        };
        self.offset = 0;
        let skip = if part.number == self.start.number { self.start.offset } else { 0 };
        self.part = Some(part);
        self.skip(skip)?;
        Ok(true)
    }

    fn next_part_again(&mut self, missing: u32) -> io::Result<bool> {
        let there = files::all_older(&self.log).iter().any(|older| older.number == missing);
        if !there {
            self.done = self.done.max(missing);
        }
        self.next_part()
    }

    fn skip(&mut self, count: u64) -> io::Result<()> {
        let Some(part) = &mut self.part else { return Ok(()) };
        let mut left = count;
        while left > 0 {
            let room = self.buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            match read_some(&mut part.reader, &mut self.buffer[..room])? {
                0 => break,
                read => left -= read as u64,
            }
        }
        self.offset = count - left;
        Ok(())
    }
}

fn read_some(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl Live {
    /// Nothing more comes: another file has its name, or it was emptied.
    fn is_over(&self, log: &Path, read: u64) -> bool {
        let Ok(own) = self.file.metadata() else { return true };
        let there = fs::metadata(log).is_ok_and(|file| (file.dev(), file.ino()) == (own.dev(), own.ino()));
        !there || own.len() < read
    }
}

impl Part {
    fn of_older(log: &Path, older: &files::Older) -> io::Result<Self> {
        let file = File::open(&older.path)?;
        let reader: Box<dyn Read + Send> =
            if older.packed { Box::new(zstd::Decoder::new(file)?) } else { Box::new(file) };
        let records = records_of(&files::older_index(log, older.number));
        Ok(Self { number: older.number, reader, records: about_bytes(records), live: None })
    }

    /// The file that is written, when it comes after number `done`.
    fn of_live(log: &Path, done: u32) -> io::Result<Option<Self>> {
        let file = File::open(log)?;
        let of = file.metadata()?;
        let mut index = File::open(files::index(log)).ok();
        let mut records = index.as_mut().map_or_else(|| Ok(Vec::new()), index::read)?;
        let number = match records.first() {
            Some(Record { offset, mark: Mark::Head(number), .. }) if *offset == of.ino() => *number,
            // It has just been made, and gets its index before it gets any bytes.
            _ if of.len() == 0 => return Ok(None),
            _ => {
                // The index is about another file: this one has none yet, or never will.
                (records, index) = (Vec::new(), None);
                done + 1
            }
        };
        // A file was ended between the look at the older ones and this: it is the next one, under its new name.
        let missed = files::all_older(log).iter().any(|older| older.number > done && older.number < number);
        if number <= done || missed {
            return Ok(None);
        }
        let reader = Box::new(file.try_clone()?);
        Ok(Some(Self { number, reader, records: about_bytes(records), live: Some(Live { file, index }) }))
    }

    /// Takes in what the index has got since.
    fn catch_up(&mut self) -> io::Result<()> {
        if let Some(index) = self.live.as_mut().and_then(|live| live.index.as_mut()) {
            self.records.extend(index::read(index)?);
        }
        Ok(())
    }
}

/// Without the first, which is about the file.
fn about_bytes(mut records: Vec<Record>) -> VecDeque<Record> {
    records.retain(|record| !matches!(record.mark, Mark::Head(_)));
    records.into()
}

fn records_of(path: &Path) -> Vec<Record> {
    File::open(path).and_then(|mut file| index::read(&mut file)).unwrap_or_default()
}

/// The files of a log with their indexes, the oldest first; the one that is written last.
fn catalog(log: &Path) -> Vec<(u32, PathBuf, bool, Vec<Record>)> {
    let older = files::all_older(log);
    let last = older.last().map_or(0, |older| older.number);
    let mut all: Vec<_> = older
        .into_iter()
        .map(|older| (older.number, older.path, older.packed, records_of(&files::older_index(log, older.number))))
        .collect();
    let records = records_of(&files::index(log));
    let inode = fs::metadata(log).map(|file| file.ino()).ok();
    match records.first() {
        Some(Record { offset, mark: Mark::Head(number), .. }) if Some(*offset) == inode => {
            all.push((*number, log.to_owned(), false, records));
        }
        _ if inode.is_some() => all.push((last + 1, log.to_owned(), false, Vec::new())),
        _ => {}
    }
    all
}

/// A run's beginning.
pub struct Begun {
    pub place: Place,
    pub run: u32,
}

/// Where runs begin, the oldest first.
pub fn runs(log: &Path) -> Vec<Begun> {
    let begun = |number: u32, record: &Record| match record.mark {
        Mark::Run(run) => Some(Begun { place: Place { number, offset: record.offset }, run }),
        _ => None,
    };
    catalog(log)
        .iter()
        .flat_map(|(number, _, _, records)| {
            records.iter().filter_map(|record| begun(*number, record)).collect::<Vec<_>>()
        })
        .collect()
}

/// A place from which all lines that were ended at this time or later are found whole, as long as none is longer than
/// one read.
pub fn before(log: &Path, time: Timestamp) -> Place {
    let all = catalog(log);
    let later = |records: &[Record]| records.iter().position(|record| record.at >= time && record.mark.is_time());
    let found = all.iter().enumerate().find_map(|(at, (_, _, _, records))| Some((at, later(records)?)));
    let Some((at, record)) = found else {
        // Only the end of what came last may belong to it.
        return all.last().map_or_else(Place::default, |(number, ..)| Place { number: *number, offset: 0 });
    };
    let (number, _, _, records) = &all[at];
    let offset = records[record].offset.saturating_sub(LOG_READ as u64);
    match at.checked_sub(1) {
        // The line may have begun in the file before.
        Some(earlier) if offset == 0 => Place { number: all[earlier].0, offset: 0 },
        _ => Place { number: *number, offset },
    }
}

/// A place before the last `lines` lines: exactly where they begin as they were written, or some lines before, as
/// redraws take several for one.
pub fn tail(log: &Path, lines: usize, exactly: bool) -> io::Result<Place> {
    let all = catalog(log);
    // A last line without an end is one too.
    let open = all.last().is_some_and(|(_, path, packed, _)| !packed && !ends_a_line(path));
    let mut wanted = match exactly {
        true => (lines as u64).saturating_sub(u64::from(open)),
        false => lines as u64 + LOG_MARGIN,
    };
    for (number, path, packed, _) in all.iter().rev() {
        let count = count_lines(path, *packed, u64::MAX)?.0;
        if count >= wanted {
            let (_, offset) = count_lines(path, *packed, count - wanted)?;
            return Ok(Place { number: *number, offset });
        }
        wanted -= count;
    }
    Ok(Place::default())
}

fn ends_a_line(path: &Path) -> bool {
    let last = || {
        let file = File::open(path).ok()?;
        let mut last = [0];
        let end = file.metadata().ok()?.len().checked_sub(1)?;
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut last, end).ok()?;
        Some(last[0])
    };
    last().is_none_or(|last| last == b'\n')
}

/// Lines' ends in a file, up to so many; and the offset behind the last of them.
fn count_lines(path: &Path, packed: bool, most: u64) -> io::Result<(u64, u64)> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, 0)),
        file => file?,
    };
    let mut reader: Box<dyn Read> = if packed { Box::new(zstd::Decoder::new(file)?) } else { Box::new(file) };
    let mut buffer = vec![0; LOG_READ];
    let (mut lines, mut offset) = (0, 0);
    while lines < most {
        let count = read_some(&mut reader, &mut buffer)?;
        if count == 0 {
            break;
        }
        for end in memchr::memchr_iter(b'\n', &buffer[..count]) {
            lines += 1;
            if lines == most {
                return Ok((lines, offset + end as u64 + 1));
            }
        }
        offset += count as u64;
    }
    Ok((lines, if most == 0 { 0 } else { offset }))
}

/// There is a file, or there has been one.
pub fn exists(log: &Path) -> bool {
    log.exists() || !files::all_older(log).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::logs::index::Index;
    use std::io::Write;

    /// A log whose bytes came at these times, begun anew after each `None`.
    fn log(folder: &Path, writes: &[Option<(u32, i64, &str)>]) -> PathBuf {
        let path = folder.join("x.log");
        let mut run = 0;
        let mut file = files::open_to_append(&path).unwrap();
        let mut index = Index::open(&path, &file.metadata().unwrap(), 1, Timestamp(0)).unwrap();
        for write in writes {
            let Some((of, at, text)) = write else {
                fs::rename(&path, files::older(&path, index.number())).unwrap();
                fs::rename(files::index(&path), files::older_index(&path, index.number())).unwrap();
                file = files::open_to_append(&path).unwrap();
                index = Index::open(&path, &file.metadata().unwrap(), run, Timestamp(0)).unwrap();
                continue;
            };
            let length = file.metadata().unwrap().len();
            if *of != run {
                run = *of;
                index.begin_run(length, run, Size::new(100, 30), Timestamp(*at)).unwrap();
            }
            index.note(length, run, Timestamp(*at)).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
        path
    }

    fn pieces(source: &mut Source) -> Vec<(String, i64, u32)> {
        let mut all = Vec::new();
        while let Some(piece) = source.piece().unwrap() {
            let text = String::from_utf8_lossy(piece.bytes).into_owned();
            all.push((text, piece.at.map_or(-1, |at| at.0), piece.run));
        }
        all
    }

    #[test]
    fn bytes_come_with_their_time_and_run_from_all_files() {
        let folder = tempfile::tempdir().unwrap();
        let writes = [
            Some((1, 1000, "a\n")),
            Some((1, 2000, "b\n")),
            None,
            Some((1, 3000, "c\n")),
            Some((2, 4000, "d\n")),
            None,
            Some((2, 5000, "e\n")),
        ];
        let path = log(folder.path(), &writes);
        let expected = [("a\n", 1000, 1), ("b\n", 2000, 1), ("c\n", 3000, 1), ("d\n", 4000, 2), ("e\n", 5000, 2)];
        let expected = expected.map(|(text, at, run)| (text.to_owned(), at, run));
        assert_eq!(pieces(&mut Source::open(path.clone(), Place::default())), expected);
        let runs = runs(&path);
        assert_eq!(runs.iter().map(|begun| begun.run).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(pieces(&mut Source::open(path.clone(), runs[1].place)), expected[3..]);
        // Enough before, not more than a file.
        let from = before(&path, Timestamp(4500));
        assert_eq!(pieces(&mut Source::open(path.clone(), from)), expected[2..]);
        let wanted = tail(&path, 2, true).unwrap();
        assert_eq!(pieces(&mut Source::open(path, wanted)), expected[3..]);
    }

    #[test]
    fn a_reader_goes_on_in_the_files_that_follow() {
        let folder = tempfile::tempdir().unwrap();
        let path = log(folder.path(), &[Some((1, 1000, "a\n"))]);
        let mut source = Source::open(path.clone(), Place::default());
        assert_eq!(pieces(&mut source).len(), 1);
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"b\n").unwrap();
        let more = log(folder.path(), &[None, Some((1, 3000, "c\n")), None, Some((1, 4000, "d\n"))]);
        assert_eq!(more, path);
        let texts: Vec<String> = pieces(&mut source).into_iter().map(|piece| piece.0).collect();
        assert_eq!(texts, ["b\n", "c\n", "d\n"]);
    }
}
