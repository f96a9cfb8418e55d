//! What is wrong in a TOML file that a person wrote, and where: configuration, keymaps.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One thing that is wrong; the rest of the file counts all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// In one line: what is wrong, with what was typed, and what was expected.
    pub message: String,
}

impl Problem {
    /// As [`fmt::Display`], and the line of the text with a mark under the place.
    pub fn with_line(&self, text: &str) -> String {
        let Some(line) = text.lines().nth(self.line.saturating_sub(1)) else { return format!("{self}\n") };
        let number = self.line.to_string();
        // A tab takes as much room under itself.
        let under = line.chars().take(self.column.saturating_sub(1)).map(|c| if c == '\t' { '\t' } else { ' ' });
        let (under, room) = (under.collect::<String>(), " ".repeat(number.len()));
        format!(
            "{self}\n  {number} | {}\n  {room} | {under}^\n",
            line.replace(|c: char| c.is_control() && c != '\t', " ")
        )
    }

    /// As [`fmt::Display`], with the home directory as `~`: it has to fit a terminal's last line.
    pub fn for_user(&self) -> String {
        let text = self.to_string();
        let home = std::env::home_dir().filter(|home| home.components().count() > 1);
        let rest = home.and_then(|home| text.strip_prefix(home.to_str()?).map(|rest| format!("~{rest}")));
        rest.unwrap_or(text)
    }
}

impl fmt::Display for Problem {
    /// `file:line:column: message`, as compilers write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)
    }
}

/// A file's text, with the problems found so far.
pub struct Source<'a> {
    text: &'a str,
    file: &'a Path,
    problems: Vec<Problem>,
}

impl<'a> Source<'a> {
    /// Reads as much of the TOML as can be read.
    pub fn parse(text: &'a str, file: &'a Path) -> (Self, DeTable<'a>) {
        let mut source = Self { text, file, problems: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            source.report(error.span().unwrap_or(0..0), message);
        }
        (source, table.into_inner())
    }

    /// Line and column of where something begins, from 1.
    pub fn place(&self, at: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        (line, column)
    }

    pub fn report(&mut self, at: Range<usize>, message: impl Into<String>) {
        let (line, column) = self.place(&at);
        self.report_at(line, column, message);
    }

    /// The same for a place that is known by line and column.
    pub fn report_at(&mut self, line: usize, column: usize, message: impl Into<String>) {
        self.problems.push(Problem { file: self.file.to_owned(), line, column, message: message.into() });
    }

    /// The value if it is a table; else it is reported as not being one.
    pub fn table<'v>(&mut self, name: &str, value: &'v Spanned<DeValue<'a>>) -> Option<&'v DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(name, value, "a table");
        }
        table
    }

    pub fn wrong_type(&mut self, name: &str, value: &Spanned<DeValue<'a>>, expected: &str) {
        let message = format!("{name} is {}: expected {expected}", kind_of(value.get_ref()));
        self.report(value.span(), message);
    }

    /// In the order of the file.
    pub fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        self.problems
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `; did you mean 'mouse'?` where one of the names is near what was typed, else nothing.
pub fn suggestion<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(typed, names).map_or_else(String::new, |name| format!("; did you mean '{name}'?"))
}

/// The name that takes the fewest changes, up to one in three characters.
pub fn nearest<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let changes = names.into_iter().map(|name| (distance(typed, name), name));
    let (changes, name) = changes.min_by_key(|(changes, _)| *changes)?;
    (changes <= typed.chars().count().max(3) / 3).then_some(name)
}

/// Characters to insert, remove or replace (Levenshtein's distance).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
