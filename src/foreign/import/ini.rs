//! Supervisor's files: sections of `key = value`, as Python's ConfigParser reads them there.

use crate::base::{Error, Result};

/// A section, with its keys in small letters.
pub(super) struct Section {
    /// `program` of `[program:web]`.
    pub kind: String,
    /// `web`; empty where there is none.
    pub name: String,
    pub line: usize,
    pub entries: Vec<Entry>,
}

pub(super) struct Entry {
    pub key: String,
    pub value: String,
    pub line: usize,
}

impl Section {
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }
}

pub(super) fn sections(text: &str, file: &str) -> Result<Vec<Section>> {
    let mut sections: Vec<Section> = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(number, line)| (number + 1, line)) {
        let bad = |why: &str| Error::refused(format!("{file}:{number}: {why}: '{}'", line.trim()));
        let whole = line.trim();
        if whole.is_empty() || whole.starts_with([';', '#']) {
            continue;
        }
        if let Some(head) = whole.strip_prefix('[') {
            let head = head.split(']').next().unwrap_or(head);
            let (kind, name) = head.split_once(':').unwrap_or((head, ""));
            let (kind, name) = (kind.trim().to_owned(), name.trim().to_owned());
            sections.push(Section { kind, name, line: number, entries: Vec::new() });
            continue;
        }
        let section = sections.last_mut().ok_or_else(|| bad("this belongs to no [section]"))?;
        let value = without_comment(line);
        // A line that is further in goes on with the value before it.
        if line.starts_with([' ', '\t'])
            && let Some(entry) = section.entries.last_mut()
        {
            entry.value = format!("{} {}", entry.value, value.trim()).trim().to_owned();
            continue;
        }
        let (key, value) = value.split_once(['=', ':']).ok_or_else(|| bad("expected KEY = VALUE"))?;
        let key = key.trim().to_ascii_lowercase();
        section.entries.push(Entry { key, value: value.trim().to_owned(), line: number });
    }
    Ok(sections)
}

/// A `;` behind a blank begins a comment.
fn without_comment(line: &str) -> &str {
    let end = line.char_indices().zip(line.chars().skip(1)).find(|((_, c), next)| c.is_whitespace() && *next == ';');
    end.map_or(line, |((at, _), _)| &line[..at])
}
