//! The model on disk: one JSON file a part, each replaced whole, so that a reader finds the old or the new one.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::model::{Part, Saved};

/// Bytes of one part; a file beyond that is none of ours.
const MAX_PART: u64 = 64 << 20;

pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// In `folder`, which is made where it is missing (0700).
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, part: Part) -> PathBuf {
        match part {
            Part::Session(id) | Part::SessionGone(id) => self.folder.join("sessions").join(format!("{}.json", id.0)),
            Part::Jobs => self.folder.join("jobs.json"),
            Part::Server => self.folder.join("server.json"),
        }
    }

    /// Replaces a part, or removes it when there is nothing to save.
    pub fn write(&self, part: Part, saved: Option<&Saved>) -> io::Result<()> {
        let path = self.path(part);
        match saved {
            Some(saved) => replace(&path, &serde_json::to_vec(saved)?),
            None => match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        }
    }

    /// All parts that can be read, and a line for each that cannot; such a file is set aside, not deleted.
    pub fn read(&self) -> (Vec<Saved>, Vec<String>) {
        let sessions = fs::read_dir(self.folder.join("sessions"));
        let mut paths: Vec<PathBuf> = sessions.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths.extend([self.path(Part::Jobs), self.path(Part::Server)]);
        let (mut parts, mut problems) = (Vec::new(), Vec::new());
        for path in paths {
            match read_part(&path) {
                Ok(part) => parts.push(part),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let _ = fs::rename(&path, path.with_extension("unreadable"));
                    problems.push(format!("{}: {error}; set aside", path.display()));
                }
            }
        }
        (parts, problems)
    }

    /// Forgets the sessions, which end with the server; the records of jobs stay.
    pub fn clear_sessions(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.folder.join("sessions")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn read_part(path: &Path) -> io::Result<Saved> {
    if fs::metadata(path)?.len() > MAX_PART {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "too large"));
    }
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let fresh = path.with_extension("new");
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    fs::rename(&fresh, path)
}
