//! The end of a log as a terminal would show it, for jobs that have no terminal any more.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::capture;
use crate::base::Size;
use crate::base::limits::{DEFAULT_SIZE, TAIL_BYTES};
use crate::model::{Capture, Edge};
use crate::term::Terminal;

/// The last lines of a file of output; none where it cannot be read.
pub fn last_lines(path: &Path, count: u16) -> Vec<String> {
    let Ok(bytes) = read_end(path) else { return Vec::new() };
    let size = Size::new(DEFAULT_SIZE.cols, count.max(1));
    // Empty lines at the end do not count, and there may be as many as bytes.
    let mut terminal = Terminal::new(size, bytes.len());
    // What is cut at the beginning is a part of a line. A file that a terminal did not write ends lines with LF alone.
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        terminal.feed(line);
        terminal.feed(b"\r");
    }
    let text = capture::text(&terminal, &Capture { start: Edge::Limit, join: true, ..Capture::default() });
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    let skipped = lines.len().saturating_sub(usize::from(count));
    lines.into_iter().skip(skipped).map(str::to_owned).collect()
}

fn read_end(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_its_last_state_and_colours_are_gone() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "a\r\n10%\r50%\r\x1b[32m100%\x1b[0m\r\nplain\nlast\n\n").unwrap();
        assert_eq!(last_lines(file.path(), 3), ["100%", "plain", "last"]);
        assert_eq!(last_lines(file.path(), 1), ["last"]);
        assert_eq!(last_lines(Path::new("/nowhere"), 3), Vec::<String>::new());
    }
}
