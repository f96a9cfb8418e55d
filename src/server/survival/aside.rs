//! Journals that the terminal engine fails on: kept in files, so that the failure can be reproduced.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::journal::Journal;
use crate::base::limits::{ASIDE_CHECKPOINT, KEPT_ASIDE};
use crate::base::{PaneId, Timestamp};

/// Writes header, journal and the last checkpoint to a file of its own in `folder`; its path.
pub fn keep(folder: &Path, pane: PaneId, journal: &Journal) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let path = folder.join(format!("{}-pane-{}.journal", Timestamp::now().0, pane.0));
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&path)?;
    file.write_all(journal.raw())?;
    if let Some(mut saved) = journal.saved().ok().flatten() {
        saved.truncate(ASIDE_CHECKPOINT as usize);
        file.write_all(&saved)?;
    }
    remove_oldest(folder)?;
    Ok(path)
}

fn remove_oldest(folder: &Path) -> io::Result<()> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let excess = paths.len().saturating_sub(KEPT_ASIDE);
    paths.iter().take(excess).try_for_each(fs::remove_file)
}
