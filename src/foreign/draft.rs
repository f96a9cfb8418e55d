//! A `mux.toml` in the making: jobs with their keys as TOML, and what could not be said.

use std::collections::BTreeSet;
use std::fmt;

use crate::job;

/// Something of a file that has no counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub file: String,
    /// From 1; 0 where it is of no line.
    pub line: usize,
    /// What stands there.
    pub text: String,
    pub why: String,
}

impl fmt::Display for Note {
    /// `file:line: text: why`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: ", self.file)?,
            line => write!(f, "{}:{line}: ", self.file)?,
        }
        match self.text.is_empty() {
            true => f.write_str(&self.why),
            false => write!(f, "{}: {}", self.text, self.why),
        }
    }
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cmd {
    Words(Vec<String>),
    Shell(String),
}

/// Another job that is named by what its own tool calls it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// `needs` or `after`.
    pub key: &'static str,
    pub other: String,
    /// `:done` and the like.
    pub condition: &'static str,
    pub file: String,
    pub line: usize,
    pub text: String,
}

/// One job.
#[derive(Clone, Debug, Default)]
pub(super) struct JobDraft {
    /// As its own tool calls it.
    pub id: String,
    pub name: String,
    /// Said about it, above it.
    pub about: Vec<String>,
    pub cmd: Option<Cmd>,
    keys: Vec<(&'static str, String)>,
    pub env: Vec<(String, String)>,
    pub links: Vec<Link>,
    pub notes: Vec<Note>,
}

/// A file, or several that belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub jobs: Vec<JobDraft>,
    /// What belongs to no job.
    pub notes: Vec<Note>,
}

impl JobDraft {
    /// `id` is what its own tool calls it; the name is made of what a name may hold.
    pub fn new(id: &str, file: &str, line: usize) -> Self {
        let name = job_name(id);
        let mut job = Self { id: id.to_owned(), ..Self::default() };
        if name != id {
            job.note(file, line, id, &format!("is called {name} here: names are made of letters, digits, '-' and '_'"));
        }
        job.name = name;
        job
    }

    /// A later value takes the place of an earlier one.
    pub fn set(&mut self, key: &'static str, toml: String) {
        self.unset(key);
        self.keys.push((key, toml));
    }

    pub fn unset(&mut self, key: &str) {
        self.keys.retain(|(known, _)| *known != key);
    }

    pub fn text(&mut self, key: &'static str, text: &str) {
        self.set(key, string(text));
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    pub fn variable(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    pub fn note(&mut self, file: &str, line: usize, text: &str, why: &str) {
        self.notes.push(Note { file: file.to_owned(), line, text: one_line(text), why: why.to_owned() });
    }

    /// By what is known of the keys, so that nothing is written that this mux cannot read.
    pub fn set_if_known(&mut self, key: &'static str, toml: String) -> bool {
        let known = job::KEYS.iter().any(|row| row.name == key);
        if known {
            self.set(key, toml);
        }
        known
    }

    fn render(&self, text: &mut String) {
        for line in &self.about {
            comment(text, line);
        }
        *text += &format!("[job.{}]\n", self.name);
        match &self.cmd {
            Some(Cmd::Words(words)) => *text += &format!("cmd = {}\n", strings(words)),
            Some(Cmd::Shell(line)) => *text += &format!("cmd = {}\n", string(line)),
            None => comment(text, "there is nothing to run"),
        }
        for (key, value) in &self.keys {
            *text += &format!("{key} = {value}\n");
        }
        if !self.env.is_empty() {
            let pairs: Vec<String> =
                self.env.iter().map(|(name, value)| format!("{} = {}", key(name), string(value))).collect();
            let inline = format!("env = {{ {} }}\n", pairs.join(", "));
            match inline.len() <= WIDE {
                true => *text += &inline,
                false => *text += &format!("[job.{}.env]\n{}\n", self.name, pairs.join("\n")),
            }
        }
        for note in &self.notes {
            comment(text, &shown(note));
        }
    }
}

/// Columns of a line that is still easily read.
const WIDE: usize = 100;

impl Draft {
    /// Names are made unique, links become needs where the other is here, and all of it becomes text.
    pub fn finish(mut self, made_of: &str) -> (String, Vec<Note>) {
        self.make_unique();
        self.link();
        let mut text = String::new();
        comment(&mut text, &format!("Made by `mux import` of {made_of}. What is not said here is as mux has it."));
        comment(&mut text, "Look through it, try it with `mux check` and `mux up --dry-run`.");
        for note in &self.notes {
            comment(&mut text, &shown(note));
        }
        for job in &self.jobs {
            text.push('\n');
            job.render(&mut text);
        }
        let notes = self.notes.into_iter().chain(self.jobs.into_iter().flat_map(|job| job.notes)).collect();
        (text, notes)
    }

    fn make_unique(&mut self) {
        let mut taken = BTreeSet::new();
        for job in &mut self.jobs {
            let first = job.name.clone();
            let mut number = 2;
            while !taken.insert(job.name.clone()) {
                job.name = format!("{}-{number}", cut(&first, MAX_NAME - 6));
                number += 1;
            }
        }
    }

    fn link(&mut self) {
        let known: Vec<(String, String)> = self.jobs.iter().map(|job| (job.id.clone(), job.name.clone())).collect();
        for job in &mut self.jobs {
            for key in ["needs", "after"] {
                let mut found: Vec<String> = Vec::new();
                for link in job.links.iter().filter(|link| link.key == key) {
                    let others = known.iter().filter(|(id, name)| *id == link.other && *name != job.name);
                    found.extend(others.map(|(_, name)| format!("{name}{}", link.condition)));
                }
                found.sort();
                found.dedup();
                if !found.is_empty() {
                    job.set(key, strings(&found));
                }
            }
            let here = |link: &Link| known.iter().any(|(id, name)| *id == link.other && *name != job.name);
            let absent: Vec<Link> = job.links.iter().filter(|link| !here(link)).cloned().collect();
            for link in absent {
                let why = format!("{} is none of the jobs here", link.other);
                job.note(&link.file, link.line, &link.text, &why);
            }
            job.notes.sort_by_key(|note| note.line);
        }
    }
}

fn shown(note: &Note) -> String {
    match (note.line, note.text.is_empty()) {
        (0, true) => note.why.clone(),
        (0, false) => format!("{}: {}", note.text, note.why),
        (line, _) => format!("line {line}: {}: {}", note.text, note.why),
    }
}

fn comment(text: &mut String, line: &str) {
    *text += &format!("# {}\n", one_line(line));
}

/// As a comment has it.
fn one_line(text: &str) -> String {
    text.trim().replace(char::is_control, " ")
}

const MAX_NAME: usize = 63;

fn cut(name: &str, most: usize) -> &str {
    &name[..name.len().min(most)]
}

/// A name as mux allows it, of any text.
pub(super) fn job_name(id: &str) -> String {
    let fine = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = id.chars().map(fine).collect();
    let name = name.trim_matches(['-', '_']);
    if name.is_empty() { "job".into() } else { cut(name, MAX_NAME).to_owned() }
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_owned() } else { basic(name) }
}

/// As a TOML string; of several lines where it has several, and can be written so.
pub(super) fn string(text: &str) -> String {
    let plain = |c: char| c == '\n' || c == '\t' || !c.is_control();
    if text.contains('\n') && !text.contains("'''") && !text.ends_with('\'') && text.chars().all(plain) {
        return format!("'''\n{text}'''");
    }
    let quotes = text.contains(['"', '\\']) && !text.contains('\'');
    if quotes && text.chars().all(|c| !c.is_control()) { format!("'{text}'") } else { basic(text) }
}

fn basic(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            c if c.is_control() => quoted += &format!("\\u{:04X}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

pub(super) fn strings(list: &[String]) -> String {
    let quoted: Vec<String> = list.iter().map(|text| string_in_line(text)).collect();
    format!("[{}]", quoted.join(", "))
}

fn string_in_line(text: &str) -> String {
    if text.contains('\n') { basic(text) } else { string(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_what_mux_allows() {
        for (id, name) in [("web", "web"), ("my app@1.service", "my-app-1-service"), ("--", "job"), ("é", "job")] {
            assert_eq!(job_name(id), name);
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back_from_toml(text in "\\PC*|[\\x00-\\x7f]*") {
            let text = text.replace('\0', "");
            let mut job = JobDraft::new("x", "f", 1);
            job.cmd = Some(Cmd::Words(vec!["true".into(), text.clone()]));
            job.variable("A B", &text);
            let (toml, _) = Draft { jobs: vec![job], notes: Vec::new() }.finish("f");
            let (file, problems) = job::load(&toml, "/srv/mux.toml".as_ref());
            prop_assert_eq!(problems, []);
            prop_assert_eq!(&file.jobs["x"].env["A B"], &text);
            prop_assert_eq!(&file.jobs["x"].command, &job::Command::Words(vec!["true".into(), text]));
        }
    }
}
