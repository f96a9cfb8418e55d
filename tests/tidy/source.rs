//! A Rust file as far as the checks need it: code without comments and strings, comments alone, which lines are tests.

/// One file. Lines are counted from 1.
pub struct Source {
    /// Its path from the root of the repository.
    pub name: String,
    /// Every line, with comments and the insides of strings blanked out.
    code: Vec<String>,
    /// Every line's comment.
    comments: Vec<String>,
    /// Whether the line belongs to a `#[cfg(test)]` item.
    test: Vec<bool>,
}

impl Source {
    pub fn new(name: String, text: &str) -> Self {
        let (code, comments) = part(text);
        let test = test_lines(&code);
        Self { name, code, comments, test }
    }

    pub fn is_test(&self, line: usize) -> bool {
        self.test.get(line - 1).copied().unwrap_or(false)
    }

    /// All of it belongs to tests.
    pub fn mark_as_test(&mut self) {
        self.test.fill(true);
    }

    /// Paths, without an ending, of modules in files of their own that are declared under `#[cfg(test)]`.
    pub fn test_modules(&self) -> Vec<String> {
        let file = self.name.trim_end_matches(".rs");
        let folder = match file.rsplit_once('/') {
            Some((folder, "mod" | "lib" | "main")) => folder,
            _ => file,
        };
        let declared = numbered(&self.code).filter(|(number, _)| self.is_test(*number)).filter_map(|(_, line)| {
            let line = line.trim();
            let line = line.strip_prefix("#[cfg(test)]").map_or(line, str::trim);
            line.trim_start_matches("pub ").trim_start_matches("pub(crate) ").strip_prefix("mod ")?.strip_suffix(';')
        });
        declared.map(|name| format!("{folder}/{name}")).collect()
    }

    /// Lines without those of tests.
    pub fn code_lines(&self) -> usize {
        self.test.iter().filter(|test| !**test).count()
    }

    /// It begins with a `//!`.
    pub fn has_head(&self) -> bool {
        self.comments.first().is_some_and(|comment| comment.starts_with("//!"))
    }

    pub fn lines_with_word<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        numbered(&self.code).filter(move |(_, line)| words(line).any(|found| found == word)).map(|(number, _)| number)
    }

    pub fn comments_with_word<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        numbered(&self.comments)
            .filter(move |(_, line)| words(line).any(|found| found == word))
            .map(|(number, _)| number)
    }

    pub fn lines_calling_macro<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        let called = move |line: &str| positions(line, name).any(|at| line[at + name.len()..].starts_with('!'));
        numbered(&self.code).filter(move |(_, line)| called(line)).map(|(number, _)| number)
    }

    /// Lines outside of tests that name this crate: `use x`, `x::`, `::x`.
    pub fn lines_naming_crate<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        let names = move |line: &str| {
            positions(line, name).any(|at| {
                let before = line[..at].trim_end();
                let path = line[at + name.len()..].starts_with("::") && !before.ends_with("::");
                path || before.ends_with("use") && !line[at + name.len()..].starts_with('(')
            })
        };
        numbered(&self.code)
            .filter(move |(number, line)| !self.is_test(*number) && names(line))
            .map(|(number, _)| number)
    }

    /// What it takes from the crate's root, with the line: the first name behind `crate::`, or behind as many
    /// `super::` as lead there.
    pub fn imports(&self) -> Vec<(usize, String)> {
        let depth = self.depth();
        let mut found = Vec::new();
        for (number, line) in numbered(&self.code) {
            for (at, start) in paths(line) {
                let supers = start.matches("super::").count();
                if supers > 0 && supers < depth {
                    continue;
                }
                let rest = &line[at + start.len()..];
                found.extend(self.first_names(rest, number).into_iter().map(|name| (number, name)));
            }
        }
        found
    }

    /// How many `super::` lead from its top to the root of the crate.
    fn depth(&self) -> usize {
        let inside = self.name.strip_prefix("src/").unwrap_or(&self.name);
        let folders = inside.matches('/').count();
        if inside.ends_with("/mod.rs") { folders } else { folders + 1 }
    }

    /// The name at the start of a path, or the first names of all paths in a `{…}` that may go over several lines.
    fn first_names(&self, rest: &str, line: usize) -> Vec<String> {
        let Some(group) = rest.strip_prefix('{') else {
            return words(rest).next().map(str::to_owned).into_iter().collect();
        };
        let mut text = group.to_owned();
        for more in self.code.iter().skip(line) {
            if balance(&text) < 0 {
                break;
            }
            text.push(' ');
            text.push_str(more);
        }
        let mut names = Vec::new();
        let mut depth = 0;
        for item in text.split_inclusive([',', '{', '}']) {
            if depth == 0 {
                names.extend(words(item).next().map(str::to_owned));
            }
            depth += item.matches('{').count() as i32 - item.matches('}').count() as i32;
            if depth < 0 {
                break;
            }
        }
        names
    }

    /// Functions outside of tests and how many lines each has.
    pub fn functions(&self) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        for (number, line) in numbered(&self.code) {
            if self.is_test(number) {
                continue;
            }
            for at in positions(line, "fn") {
                let name = words(&line[at + 2..]).next();
                let Some(name) = name.filter(|_| line[at + 2..].starts_with(' ')) else { continue };
                found.extend(self.body_end(number, at).map(|end| (name.to_owned(), end + 1 - number)));
            }
        }
        found
    }

    /// The line on which the body of what begins here ends; None where it has no body.
    fn body_end(&self, line: usize, column: usize) -> Option<usize> {
        let mut depth = 0;
        let mut brackets = 0;
        for (number, text) in numbered(&self.code).skip(line - 1) {
            let text = if number == line { &text[column..] } else { text };
            for c in text.chars() {
                match c {
                    '(' | '[' => brackets += 1,
                    ')' | ']' => brackets -= 1,
                    ';' if depth == 0 && brackets == 0 => return None,
                    '{' => depth += 1,
                    '}' => {
                        depth -= 1;
                        if depth == 0 {
                            return Some(number);
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }

    /// Public constants: name, line, and whether a doc comment stands above.
    pub fn constants(&self) -> Vec<(String, usize, bool)> {
        let constant = |(number, line): (usize, &str)| {
            let name = words(line.trim_start().strip_prefix("pub const ")?).next()?.to_owned();
            let above = number.checked_sub(2).and_then(|index| self.comments.get(index));
            Some((name, number, above.is_some_and(|comment| comment.starts_with("///"))))
        };
        numbered(&self.code).filter(|(number, _)| !self.is_test(*number)).filter_map(constant).collect()
    }
}

fn numbered(lines: &[String]) -> impl Iterator<Item = (usize, &str)> {
    lines.iter().enumerate().map(|(index, line)| (index + 1, line.as_str()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Where a whole word begins.
fn positions<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = line[..*at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

/// Starts of paths that lead up: `crate::`, `super::super::`, with their place.
fn paths(line: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<_> =
        positions(line, "crate").filter(|at| line[at + 5..].starts_with("::")).map(|at| (at, "crate::")).collect();
    let mut end = 0;
    for at in positions(line, "super") {
        if at < end {
            continue;
        }
        let rest = &line[at..];
        let length = rest.len() - rest.trim_start_matches("super::").len();
        if length > 0 {
            found.push((at, &rest[..length]));
            end = at + length;
        }
    }
    found
}

fn balance(text: &str) -> i32 {
    text.matches('{').count() as i32 - text.matches('}').count() as i32
}

/// Marks the lines of items under `#[cfg(test)]`.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut marks = vec![false; code.len()];
    let mut index = 0;
    while index < code.len() {
        if !code[index].trim_start().starts_with("#[cfg(test)]") {
            index += 1;
            continue;
        }
        let mut depth = 0;
        let mut opened = false;
        while index < code.len() {
            marks[index] = true;
            let line = &code[index];
            opened |= line.contains('{');
            depth += balance(line);
            let ends = if opened { depth <= 0 } else { line.trim_end().ends_with(';') };
            index += 1;
            if ends {
                break;
            }
        }
    }
    marks
}

/// What the reader of a file is in.
enum Inside {
    Code,
    Line,
    /// Block comments nest.
    Block(usize),
    Text,
    /// A raw string with so many `#`.
    Raw(usize),
}

/// Parts code from comments, line by line. Strings and characters lose their insides.
fn part(text: &str) -> (Vec<String>, Vec<String>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut comments) = (vec![String::new()], vec![String::new()]);
    let mut inside = Inside::Code;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let mut step = 1;
        if c == '\n' {
            if matches!(inside, Inside::Line) {
                inside = Inside::Code;
            }
            code.push(String::new());
            comments.push(String::new());
            at += 1;
            continue;
        }
        let line = code.len() - 1;
        match inside {
            Inside::Code => match (c, next) {
                ('/', Some('/')) => {
                    inside = Inside::Line;
                    comments[line].push(c);
                }
                ('/', Some('*')) => {
                    inside = Inside::Block(1);
                    step = 2;
                }
                ('"', _) => inside = Inside::Text,
                ('\'', _) => step = character(&chars[at..]),
                ('r', Some('"' | '#')) if starts_raw(&chars, at) => {
                    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                    inside = Inside::Raw(hashes);
                    step = hashes + 2;
                }
                _ => code[line].push(c),
            },
            Inside::Line => comments[line].push(c),
            Inside::Block(depth) => {
                match (c, next) {
                    ('*', Some('/')) => {
                        inside = if depth == 1 { Inside::Code } else { Inside::Block(depth - 1) };
                        step = 2;
                    }
                    ('/', Some('*')) => {
                        inside = Inside::Block(depth + 1);
                        step = 2;
                    }
                    _ => comments[line].push(c),
                };
            }
            Inside::Text => match c {
                '\\' if next != Some('\n') => step = 2,
                '"' => inside = Inside::Code,
                _ => {}
            },
            Inside::Raw(hashes) => {
                let closes = c == '"' && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
                if closes {
                    inside = Inside::Code;
                    step = hashes + 1;
                }
            }
        }
        at += step;
    }
    (code, comments)
}

/// How long a character literal is; 1 for the tick of a lifetime.
fn character(chars: &[char]) -> usize {
    match (chars.get(1), chars.get(2)) {
        (Some('\\'), _) => chars.iter().skip(3).position(|c| *c == '\'').map_or(1, |end| end + 4),
        (Some(_), Some('\'')) => 3,
        _ => 1,
    }
}

/// `r"` or `r#"`, and not the end of a name.
fn starts_raw(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|index| chars.get(index));
    let name = before.is_some_and(|c| (c.is_alphanumeric() || *c == '_') && *c != 'b');
    !name && chars[at + 1..].iter().find(|c| **c != '#') == Some(&'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r##"//! Head.
use crate::{base::{ids, Key}, proto};
use super::other::Thing; // crate::model
/// Doc.
pub const LIMIT: usize = 3;
fn long<'a>(x: &'a str) -> char {
    let text = "fn inner() { sleep } // no comment";
    let raw = r#"crate::client " "#;
    match x { _ => '{' }
}
trait T { fn none(&self) -> [u8; 2]; }
/* block { TODO
*/ fn after() {}
#[cfg(test)]
mod tests {
    fn helper() { crate::server::x() }
}
"##;

    fn sample(name: &str) -> Source {
        Source::new(name.to_owned(), SAMPLE)
    }

    #[test]
    fn strings_and_comments_are_no_code() {
        let source = sample("src/model/state.rs");
        assert_eq!(source.lines_with_word("sleep").count(), 0);
        assert_eq!(source.comments_with_word("TODO").collect::<Vec<_>>(), [12]);
        assert!(source.has_head());
        assert_eq!(source.constants(), [("LIMIT".to_owned(), 5, true)]);
    }

    #[test]
    fn imports_are_found_in_groups_and_through_super() {
        let imports = |name: &str| sample(name).imports().into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(imports("src/model/state.rs"), ["base", "proto", "server"]);
        assert_eq!(imports("src/model/mod.rs"), ["base", "proto", "other", "server"], "super is the root there");
    }

    #[test]
    fn functions_have_their_lines_and_tests_are_not_counted() {
        let source = sample("src/model/state.rs");
        assert_eq!(source.functions(), [("long".to_owned(), 5), ("after".to_owned(), 1)]);
        assert_eq!(source.code_lines(), 14, "the empty one behind the last line break included");
        assert!(source.is_test(15) && !source.is_test(13));
    }

    #[test]
    fn modules_of_tests_may_have_a_file_of_their_own() {
        let text = "#[cfg(test)]\nmod tests;\nmod other;\n#[cfg(test)] mod testing;";
        let modules = |name: &str| Source::new(name.into(), text).test_modules();
        assert_eq!(modules("src/term/mod.rs"), ["src/term/tests", "src/term/testing"]);
        assert_eq!(modules("src/term/grid.rs"), ["src/term/grid/tests", "src/term/grid/testing"]);
    }

    #[test]
    fn a_crate_is_named_by_path_or_use() {
        let source = Source::new("x".into(), "use toml;\nlet a = toml::from_str(b);\nlet toml = x.toml();\nx::toml::y");
        assert_eq!(source.lines_naming_crate("toml").collect::<Vec<_>>(), [1, 2]);
    }
}
