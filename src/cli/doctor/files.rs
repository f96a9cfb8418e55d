//! The directories, and the state on the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Finding;
use crate::base::limits::LOW_DISK;
use crate::base::{Paths, Timestamp, machine};
use crate::store::{Files, Generations, waiting};

pub(super) fn look(paths: &Paths) -> Vec<Finding> {
    let folder = &paths.state_dir;
    let mut findings = vec![writable(folder)];
    findings.extend(space(folder));
    findings.extend(synced(folder));
    findings.extend(aside(folder));
    let offer = waiting(folder, &machine::boot_id());
    let unserved = crate::cli::start::connect(paths).is_ok_and(|socket| socket.is_none());
    findings.extend(offer.filter(|_| unserved).map(|offer| Finding::note("restore", offer.sentence())));
    findings
}

/// The state directory, or the one above it that is there.
fn existing(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|folder| folder.exists());
    there.unwrap_or(Path::new("/")).to_path_buf()
}

/// Tried by doing it.
fn writable(folder: &Path) -> Finding {
    let there = existing(folder);
    let probe = there.join(format!(".mux-doctor-{}", std::process::id()));
    let tried = fs::write(&probe, "x").and_then(|()| fs::remove_file(&probe));
    let name = folder.display();
    match tried {
        Ok(()) if there == *folder => Finding::fine("state", format!("{name} can be written")),
        Ok(()) => Finding::fine("state", format!("{name} is not there yet and can be made")),
        Err(error) => {
            let _ = fs::remove_file(&probe);
            let advice =
                "sessions go on, but would not survive a crash: make room, or give the directory back to yourself";
            Finding::problem("state", format!("{name} cannot be written: {}", plain(&error)), advice)
        }
    }
}

fn space(folder: &Path) -> Option<Finding> {
    let stat = rustix::fs::statvfs(existing(folder)).ok()?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let text = format!("{} free where the state is", human(free));
    Some(match free < LOW_DISK {
        true => Finding::problem("space", text, "make room: a full disk costs what changes from then on"),
        false => Finding::fine("space", text),
    })
}

fn human(bytes: u64) -> String {
    match bytes >> 20 {
        megabytes @ 0..=9999 => format!("{megabytes} MiB"),
        more => format!("{} GiB", more >> 10),
    }
}

fn synced(folder: &Path) -> Option<Finding> {
    let all = Generations::look(Files, folder);
    let newest = all.values().next_back()?;
    let text = format!(
        "the state was synced last at {}; {} older states are kept (`mux restore --list`)",
        newest.at.ctime(),
        all.len() - 1
    );
    // Written by a clock that was ahead; nothing depends on it but what is said.
    let late = newest.at > Timestamp::now();
    Some(if late {
        Finding::note("sync", format!("{text}; that is in the future"))
    } else {
        Finding::fine("sync", text)
    })
}

fn aside(folder: &Path) -> Option<Finding> {
    let folder = folder.join("aside");
    let count = fs::read_dir(&folder).ok()?.flatten().count();
    let text = format!("{count} files of the state could not be read and were set aside");
    let advice = format!("look at {}; remove it when you miss nothing", folder.display());
    (count > 0).then(|| Finding::problem("aside", text, advice))
}

fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_directory_that_is_not_there_can_be_made_and_a_file_in_its_place_cannot() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(writable(&dir.path().join("a/b")).level, Level::Fine);
        assert_eq!(writable(dir.path()).level, Level::Fine);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing stays");
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let finding = writable(&file);
        assert!(finding.level == Level::Problem && finding.text.contains("not a directory"), "{finding:?}");
    }

    #[test]
    fn what_was_set_aside_is_a_problem() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(aside(dir.path()), None);
        fs::create_dir(dir.path().join("aside")).unwrap();
        fs::write(dir.path().join("aside/jobs.json.1"), "").unwrap();
        assert!(aside(dir.path()).unwrap().text.starts_with("1 files"));
        assert_eq!(human(64 << 20), "64 MiB");
        assert_eq!(human(64 << 30), "64 GiB");
    }
}
