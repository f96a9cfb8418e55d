//! The files of one log: their names, which there are, and which have to go.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::job::LogSpec;

/// A file that is written no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    pub number: u32,
    pub path: PathBuf,
    pub packed: bool,
}

const PACKED: &str = ".zst";

/// The index of the file that is written.
pub fn index(log: &Path) -> PathBuf {
    with(log, ".idx")
}

pub fn older(log: &Path, number: u32) -> PathBuf {
    with(log, &format!(".{number:08}"))
}

pub fn older_index(log: &Path, number: u32) -> PathBuf {
    with(log, &format!(".{number:08}.idx"))
}

pub fn packed(log: &Path, number: u32) -> PathBuf {
    with(log, &format!(".{number:08}{PACKED}"))
}

fn with(log: &Path, end: &str) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// All older files, the oldest first. Of one that is there both packed and not, the packed one, which is whole.
pub fn all_older(log: &Path) -> Vec<Older> {
    let Some((folder, name)) = log.parent().zip(log.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let mut found: Vec<Older> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let rest = file.to_str().and_then(|file| file.strip_prefix(name)?.strip_prefix('.'));
        let Some(rest) = rest else { continue };
        let digits = rest.strip_suffix(PACKED).unwrap_or(rest);
        if let (true, Ok(number)) = (digits.bytes().all(|digit| digit.is_ascii_digit()), digits.parse()) {
            found.push(Older { number, path: entry.path(), packed: digits.len() < rest.len() });
        }
    }
    found.sort_by_key(|older| (older.number, !older.packed));
    found.dedup_by_key(|older| older.number);
    found
}

pub fn open_to_append(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(path)
}

/// Removes an older file with all that belongs to it.
pub fn remove(log: &Path, number: u32) {
    for path in [older(log, number), packed(log, number), older_index(log, number)] {
        let _ = fs::remove_file(path);
    }
}

/// Removes the oldest older file, to make room; false where there is none.
pub fn remove_oldest(log: &Path) -> bool {
    let oldest = all_older(log).first().map(|older| older.number);
    oldest.inspect(|number| remove(log, *number)).is_some()
}

/// Removes what these rules do not keep.
pub fn prune(log: &Path, rules: &LogSpec) {
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let age = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok().map(since);
    let most_age = rules.max_age.map(Duration::from);
    let mut total = size(log) + size(&index(log));
    for (newer, older) in all_older(log).iter().rev().enumerate() {
        total += size(&older.path) + size(&older_index(log, older.number));
        let many = newer as u64 >= u64::from(rules.keep);
        let much = rules.max_total.is_some_and(|most| total > most.0);
        let old = most_age.zip(age(&older.path)).is_some_and(|(most, age)| age > most);
        if many || much || old {
            remove(log, older.number);
        }
    }
}

fn since(time: SystemTime) -> Duration {
    SystemTime::now().duration_since(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Period;
    use crate::job::Bytes;

    fn numbers(log: &Path) -> Vec<u32> {
        all_older(log).iter().map(|older| older.number).collect()
    }

    #[test]
    fn files_are_told_apart_and_the_oldest_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("web.log");
        for name in ["", ".idx", ".00000001.zst", ".00000002", ".00000002.zst", ".00000002.idx", ".00000010", ".x"] {
            fs::write(with(&log, name), [b'x'; 100]).unwrap();
        }
        fs::write(folder.path().join("web.err.log.00000003"), "another's").unwrap();
        assert_eq!(numbers(&log), [1, 2, 10]);
        assert!(all_older(&log)[1].packed, "the packed one counts");
        prune(&log, &LogSpec { keep: 2, ..LogSpec::default() });
        assert_eq!(numbers(&log), [2, 10]);
        // Log and index, 100 each; then 10 without an index, then 2 with one.
        prune(&log, &LogSpec { max_total: Some(Bytes(499)), ..LogSpec::default() });
        assert_eq!(numbers(&log), [10]);
        assert!(!with(&log, ".00000002.idx").exists());
        prune(&log, &LogSpec { max_age: Some(Period::from_secs(3600)), ..LogSpec::default() });
        assert_eq!(numbers(&log), [10]);
        let past = SystemTime::now() - Duration::from_secs(7200);
        File::options().write(true).open(older(&log, 10)).unwrap().set_modified(past).unwrap();
        prune(&log, &LogSpec { max_age: Some(Period::from_secs(3600)), ..LogSpec::default() });
        assert_eq!(numbers(&log), [] as [u32; 0]);
        assert!(log.exists() && !remove_oldest(&log));
    }
}
