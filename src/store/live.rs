//! The live copy: each part a file, replaced whole as soon as it changes, so that a reader finds the old or the new one.

use std::io;
use std::path::{Path, PathBuf};

use super::{Disk, buffer_of, buffer_part, session_of, session_part};
use crate::base::Timestamp;
use crate::base::limits::MAX_STATE_PART;

#[derive(Debug)]
pub struct Live<D> {
    disk: D,
    folder: PathBuf,
}

impl<D: Disk> Live<D> {
    pub fn new(disk: D, folder: PathBuf) -> Self {
        Self { disk, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        match session_of(name) {
            Some(id) => self.sessions().join(format!("{id}.json")),
            None => self.folder.join(name),
        }
    }

    fn sessions(&self) -> PathBuf {
        self.folder.join("sessions")
    }

    /// Replaces a part. True when its folder had to be made for it: then all others have been lost with that.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<bool> {
        let path = self.path(name);
        let new = path.with_extension("new");
        let made = match self.disk.write(&new, bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.disk.make_dir(path.parent().unwrap_or(&self.folder))?;
                self.disk.write(&new, bytes)?;
                true
            }
            written => written.map(|()| false)?,
        };
        self.disk.rename(&new, &path)?;
        Ok(made)
    }

    pub fn remove(&self, name: &str) -> io::Result<()> {
        match self.disk.remove(&self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.disk.read(&self.path(name), MAX_STATE_PART)
    }

    /// The names of the sessions' parts.
    pub fn session_parts(&self) -> Vec<String> {
        let names = self.disk.list(&self.sessions()).unwrap_or_default();
        let mut ids: Vec<u32> = names.iter().filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect();
        ids.sort_unstable();
        ids.into_iter().map(session_part).collect()
    }

    /// The names of the buffers' parts.
    pub fn buffer_parts(&self) -> Vec<String> {
        let names = self.disk.list(&self.folder).unwrap_or_default();
        let mut ids: Vec<u64> = names.iter().filter_map(|name| buffer_of(name)).collect();
        ids.sort_unstable();
        ids.into_iter().map(buffer_part).collect()
    }

    /// Moves a part that cannot be used out of the way; says where to.
    pub fn set_aside(&self, name: &str) -> String {
        set_aside(&self.disk, &self.folder, &self.path(name))
    }
}

/// Moves a file to where nothing is deleted. Says what has become of it.
pub(super) fn set_aside(disk: &impl Disk, folder: &Path, path: &Path) -> String {
    let aside = folder.join("aside");
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let target = aside.join(format!("{name}.{}", Timestamp::now().0));
    match disk.make_dir(&aside).and_then(|()| disk.rename(path, &target)) {
        Ok(()) => format!("set aside as {}", target.display()),
        Err(error) => format!("it stays where it is: {error}"),
    }
}
