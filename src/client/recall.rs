//! What was typed at the command prompt, in a file: a line each, the newest last. Whoever attaches next has it too.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::base::limits::{PROMPT_HISTORY, PROMPT_HISTORY_BYTES};

/// The newest lines. A file that is not there, or cannot be read, has none: nobody is kept from working by that.
pub(super) fn load(file: &Path) -> Vec<String> {
    tail(file).unwrap_or_default()
}

fn tail(file: &Path) -> io::Result<Vec<String>> {
    let mut open = File::open(file)?;
    let length = open.metadata()?.len();
    let from = length.saturating_sub(PROMPT_HISTORY_BYTES);
    open.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    open.take(PROMPT_HISTORY_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let clean = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>();
    // The first line of a part is no whole one.
    let lines: Vec<String> = text.lines().skip(usize::from(from > 0)).map(clean).collect();
    Ok(lines[lines.len().saturating_sub(PROMPT_HISTORY)..].to_vec())
}

/// Adds lines. They are for the user alone (0600): passwords have been typed at prompts.
pub(super) fn keep(file: &Path, lines: &[String]) {
    if let Err(error) = add(file, lines) {
        tracing::warn!(%error, "what was typed at the prompt cannot be kept");
    }
}

fn add(file: &Path, lines: &[String]) -> io::Result<()> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let mut open = OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    open.write_all(text.as_bytes())?;
    if open.metadata()?.len() > PROMPT_HISTORY_BYTES {
        shorten(file)?;
    }
    Ok(())
}

/// Leaves the newest lines alone in it. Replaced as a whole, so that no reader finds half of it.
fn shorten(file: &Path) -> io::Result<()> {
    let text: String = tail(file)?.iter().map(|line| format!("{line}\n")).collect();
    let next = file.with_extension(format!("{}.new", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&next)
        .and_then(|mut open| open.write_all(text.as_bytes()));
    let done = written.and_then(|()| fs::rename(&next, file));
    if done.is_err() {
        let _ = fs::remove_file(&next);
    }
    done
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn lines_are_kept_for_the_user_alone_and_not_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("history");
        assert_eq!(load(&file), [""; 0]);
        keep(&file, &["one".into(), "two".into()]);
        keep(&file, &["three".into()]);
        assert_eq!(load(&file), ["one", "two", "three"]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let long = "x".repeat(1000);
        (0..200).for_each(|n| keep(&file, &[format!("{n} {long}")]));
        let kept = load(&file);
        assert!(kept.len() <= PROMPT_HISTORY && kept.last().unwrap().starts_with("199 "), "{}", kept.len());
        assert!(fs::metadata(&file).unwrap().len() <= PROMPT_HISTORY_BYTES);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        keep(Path::new("/nowhere/at/all"), &["lost".into()]);
    }
}
