//! What a pane showed and where it stood, for the time after a reboot.

use std::io::{self, Read};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::Timestamp;
use crate::base::limits::{RECORD_BYTES, RECORD_HEAD};

/// zstd's own default: a megabyte takes about five milliseconds.
const LEVEL: i32 = 3;

/// A pane at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PaneRecord {
    pub at: Timestamp,
    /// Where its foreground program was.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// The words of its foreground program, where that is not the pane's own shell.
    #[serde(default)]
    pub argv: Vec<String>,
    #[serde(default)]
    pub title: String,
    /// Its last lines, with SGR.
    #[serde(skip)]
    pub text: String,
}

impl PaneRecord {
    /// One line of JSON and the text, compressed.
    pub fn pack(&self) -> io::Result<Vec<u8>> {
        let mut plain = serde_json::to_vec(self)?;
        plain.push(b'\n');
        plain.extend_from_slice(last_lines(&self.text, RECORD_BYTES).as_bytes());
        zstd::bulk::compress(&plain, LEVEL)
    }

    pub fn unpack(bytes: &[u8]) -> io::Result<Self> {
        let most = (RECORD_BYTES + RECORD_HEAD) as u64;
        let mut plain = Vec::new();
        zstd::stream::read::Decoder::new(bytes)?.take(most).read_to_end(&mut plain)?;
        let end = plain.iter().position(|byte| *byte == b'\n').ok_or(io::ErrorKind::InvalidData)?;
        let record: Self = serde_json::from_slice(&plain[..end])?;
        Ok(Self { text: String::from_utf8_lossy(&plain[end + 1..]).into_owned(), ..record })
    }
}

/// The end of a text, from the beginning of a line.
fn last_lines(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = &text.as_bytes()[text.len() - most..];
    end.iter().position(|byte| *byte == b'\n').map_or("", |at| &text[text.len() - most + at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        let record = PaneRecord {
            at: Timestamp(5),
            cwd: Some("/tmp".into()),
            argv: vec!["vim".into(), "a b".into()],
            title: "t".into(),
            text: "\x1b[1mbold\x1b[0m\nß\n".into(),
        };
        assert_eq!(PaneRecord::unpack(&record.pack().unwrap()).unwrap(), record);
        assert!(PaneRecord::unpack(b"nonsense").is_err());
    }

    #[test]
    fn a_long_text_is_cut_at_a_line() {
        let text = "é line\n".repeat(RECORD_BYTES / 4);
        let record = PaneRecord { text, ..PaneRecord::default() };
        let back = PaneRecord::unpack(&record.pack().unwrap()).unwrap().text;
        assert!(back.len() <= RECORD_BYTES && back.len() > RECORD_BYTES - 16);
        assert!(back.starts_with("é line\n"));
    }
}
