//! Files of command lines, as `source-file` reads them: tmux's form, as far as it is plain commands.
//!
//! A `#` at the beginning of a word begins a comment, a backslash at the end of a line goes on in the next one, quotes may go
//! over lines, and `{ … }` with blanks round the braces is one word, for a command within a command.
//!
//! Lines between `%if FORMAT`, `%elif`, `%else` and `%endif` count where the format is true. `%hidden NAME=VALUE` and
//! `NAME=VALUE` give a name that later lines use as `$NAME` or `${NAME}`, outside single quotes; the second one is also set
//! in the environment of all sessions. Each of these stands on a line of its own.

use std::collections::BTreeMap;

use super::language;
use crate::base::Error;

/// A command and the line on which it begins, from 1.
pub type Step = (usize, Vec<String>);

/// The commands of a text's lines, where `is_true` tells which conditions hold, and what cannot be read of them, by line.
pub fn commands(lines: Vec<(usize, String)>, is_true: impl Fn(&str) -> bool) -> (Vec<Step>, Vec<(usize, Error)>) {
    let mut taken = Taken { is_true, open: Vec::new(), names: BTreeMap::new(), steps: Vec::new() };
    let mut problems = Vec::new();
    for (line, text) in lines {
        if let Err(error) = taken.line(line, &text) {
            problems.push((line, error));
        }
    }
    problems.extend(taken.open.iter().map(|open| (open.line, Error::usage("%if without its %endif"))));
    (taken.steps, problems)
}

/// A condition whose end has not come.
struct Open {
    line: usize,
    /// What follows counts.
    counts: bool,
    /// A part of it has counted, or none is to: it stands in what does not.
    done: bool,
    /// Its %else has come.
    last: bool,
}

struct Taken<F> {
    is_true: F,
    open: Vec<Open>,
    names: BTreeMap<String, String>,
    steps: Vec<Step>,
}

impl<F: Fn(&str) -> bool> Taken<F> {
    fn line(&mut self, line: usize, text: &str) -> Result<(), Error> {
        if let Some(directive) = text.strip_prefix('%') {
            let (name, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
            return self.directive(line, name, rest.trim());
        }
        if !self.counts() {
            return Ok(());
        }
        let filled = fill(text, &self.names);
        let words = language::words(&filled)?;
        if let [word] = words.as_slice()
            && let Some((name, value)) = assignment(word)
        {
            self.names.insert(name.to_owned(), value.to_owned());
            let set = ["set-environment", "-g", "--", name, value].map(str::to_owned).to_vec();
            self.steps.push((line, set));
            return Ok(());
        }
        self.steps.extend(language::split(&words).into_iter().map(|argv| (line, argv)));
        Ok(())
    }

    fn counts(&self) -> bool {
        self.open.iter().all(|open| open.counts)
    }

    fn directive(&mut self, line: usize, name: &str, rest: &str) -> Result<(), Error> {
        match name {
            "if" => {
                let around = self.counts();
                let counts = around && self.holds(rest)?;
                self.open.push(Open { line, counts, done: counts || !around, last: false });
            }
            "elif" => {
                let wanted = self.open.last().is_some_and(|open| !open.done);
                let holds = wanted && self.holds(rest)?;
                let open = self.part(name)?;
                open.counts = holds;
                open.done |= holds;
            }
            "else" => {
                let open = self.part(name)?;
                (open.counts, open.last) = (!open.done, true);
            }
            "endif" => drop(self.open.pop().ok_or_else(|| outside(name))?),
            "hidden" => {
                let words = language::words(&fill(rest, &self.names))?;
                let wrong = || Error::usage(format!("%hidden takes NAME=VALUE: {rest}"));
                let (name, value) = words.first().and_then(|word| assignment(word)).ok_or_else(wrong)?;
                if words.len() > 1 {
                    return Err(wrong());
                }
                if self.counts() {
                    self.names.insert(name.to_owned(), value.to_owned());
                }
            }
            _ => {
                let error = Error::usage(format!("unknown directive: %{name}"));
                return Err(error.hint("there are %if, %elif, %else, %endif and %hidden"));
            }
        }
        Ok(())
    }

    /// The next part of the condition that is open.
    fn part(&mut self, name: &str) -> Result<&mut Open, Error> {
        self.open.last_mut().filter(|open| !open.last).ok_or_else(|| outside(name))
    }

    fn holds(&self, text: &str) -> Result<bool, Error> {
        let text = fill(text, &self.names);
        if text.starts_with("#{") {
            return Ok((self.is_true)(&text));
        }
        match language::words(&text)?.as_slice() {
            [condition] => Ok((self.is_true)(condition)),
            _ => Err(Error::usage(format!("a condition is one format: {text}")).hint("quote it where it has blanks")),
        }
    }
}

fn outside(name: &str) -> Error {
    Error::usage(format!("%{name} without its %if"))
}

/// `NAME=VALUE`.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = name.chars().next().is_some_and(|first| !first.is_ascii_digit());
    (begins && name.chars().all(plain)).then_some((name, value))
}

/// A line with what its names stand for, each as a part of one word.
fn fill(line: &str, names: &BTreeMap<String, String>) -> String {
    if names.is_empty() {
        return line.to_owned();
    }
    let (mut out, mut rest, mut quote) = (String::new(), line, None);
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '$'
            && quote != Some('\'')
            && let Some((value, behind)) = named(after, names)
        {
            out.push_str(&as_part(value, quote.is_some()));
            rest = behind;
            continue;
        }
        out.push(c);
        rest = after;
        match (c, quote) {
            ('\\', None | Some('"')) => {
                let next = rest.chars().next();
                out.extend(next);
                rest = &rest[next.map_or(0, char::len_utf8)..];
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    out
}

/// What the name behind a `$` stands for, where it is one, and what follows it.
fn named<'a>(text: &'a str, names: &'a BTreeMap<String, String>) -> Option<(&'a str, &'a str)> {
    let (name, behind) = match text.strip_prefix('{') {
        Some(inner) => inner.split_once('}')?,
        None => {
            let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
            text.split_at(end)
        }
    };
    Some((names.get(name)?, behind))
}

/// A value in a form that is cut as a part of the word that it stands in.
fn as_part(value: &str, in_double_quotes: bool) -> String {
    match in_double_quotes {
        true => value.replace('\\', "\\\\").replace('"', "\\\""),
        false => format!("'{}'", value.replace('\'', "'\\''")),
    }
}

/// Lines without comments, those that belong together in one, blocks as quoted words.
pub fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut reader = Reader { chars: text.chars().peekable(), line: 1 };
    let mut lines = Vec::new();
    while reader.chars.peek().is_some() {
        let (number, line) = reader.logical_line(0);
        if !line.trim().is_empty() {
            lines.push((number, line.trim().to_owned()));
        }
    }
    lines
}

struct Reader<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.chars.next()?;
        self.line += usize::from(next == '\n');
        Some(next)
    }

    /// Up to the end of the line, or within a block to its end.
    fn logical_line(&mut self, depth: usize) -> (usize, String) {
        let (mut out, mut start) = (String::new(), None);
        let mut at_word = true;
        while let Some(c) = self.next() {
            if !c.is_whitespace() && start.is_none() {
                start = Some(self.line);
            }
            match c {
                '\n' if depth == 0 => break,
                '\n' => out.push_str(" ; "),
                // A condition may be a bare format.
                '#' if at_word && self.chars.peek() == Some(&'{') && out.trim_start().starts_with('%') => out.push(c),
                '#' if at_word => while self.chars.next_if(|c| *c != '\n').is_some() {},
                '\\' if self.chars.peek() == Some(&'\n') => drop(self.next()),
                '\\' => {
                    out.push(c);
                    out.extend(self.next());
                }
                '\'' | '"' => self.quoted(c, &mut out),
                '{' if at_word && self.chars.peek().is_none_or(|next| next.is_whitespace()) => {
                    let (_, block) = self.logical_line(depth + 1);
                    out.push_str(&as_word(&block));
                }
                '}' if at_word && depth > 0 => return (start.unwrap_or(self.line), out),
                c => out.push(c),
            }
            at_word = c.is_whitespace() || c == ';';
        }
        (start.unwrap_or(self.line), out)
    }

    /// A quoted part as it stands, its line ends too.
    fn quoted(&mut self, quote: char, out: &mut String) {
        out.push(quote);
        while let Some(c) = self.next() {
            out.push(c);
            match c {
                '\\' if quote == '"' => out.extend(self.next()),
                c if c == quote => return,
                _ => {}
            }
        }
    }
}

/// The commands of a block, as one word of the command round it.
fn as_word(block: &str) -> String {
    let commands = language::words(block).map(|words| {
        let commands = language::split(&words);
        commands.iter().map(|argv| language::line(&marked(argv))).collect::<Vec<_>>().join(" ; ")
    });
    // What cannot be cut is told by whoever reads the word as a command.
    let text = commands.unwrap_or_else(|_| block.trim().to_owned());
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Words of one command: none of them ends it.
fn marked(argv: &[String]) -> Vec<String> {
    let mark = |word: &String| word.strip_suffix(';').map_or_else(|| word.clone(), |rest| format!("{rest}\\;"));
    argv.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<(usize, Vec<String>)> {
        let (steps, problems) = commands(logical_lines(text), |condition| condition == "1");
        assert_eq!(problems, []);
        steps
    }

    fn step(line: usize, words: &[&str]) -> (usize, Vec<String>) {
        (line, words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn comments_quotes_and_continuations() {
        let text = "# all\nset -g status-left '#S # x' # why\n\nnew-window ; \\\n  split-window\nrename '#1'#2\nx \"a\nb\" c\n";
        let expected = [
            step(2, &["set", "-g", "status-left", "#S # x"]),
            step(4, &["new-window"]),
            step(4, &["split-window"]),
            step(6, &["rename", "#1#2"]),
            step(7, &["x", "a\nb", "c"]),
        ];
        assert_eq!(steps(text), expected);
    }

    #[test]
    fn a_block_is_a_word_that_is_a_command() {
        let text =
            "if -F 1 {\n  # yes\n  rename 'a b'\n  if -F 0 { display x\\; } { ls }\n} { ls }\nselect-pane -t {last}\n";
        let steps = steps(text);
        assert_eq!(steps.len(), 2, "{steps:?}");
        let (line, words) = &steps[0];
        assert_eq!((*line, words.len()), (1, 5));
        let inner = language::split(&language::words(&words[3]).unwrap());
        assert_eq!(inner[0], ["rename", "a b"]);
        assert_eq!(inner[1][..3], ["if", "-F", "0"]);
        assert_eq!(language::split(&language::words(&inner[1][3]).unwrap()), [["display", "x;"]]);
        assert_eq!(steps[1], step(6, &["select-pane", "-t", "{last}"]));
    }

    #[test]
    fn what_cannot_be_read_has_its_line() {
        let told = |text: &str| {
            let (_, problems) = commands(logical_lines(text), |_| true);
            problems.into_iter().map(|(line, error)| format!("{line}: {}", error.message)).collect::<Vec<_>>()
        };
        assert_eq!(told("ls\n%if 1\nls\nx 'open\n"), ["4: a ' is not closed: x 'open", "2: %if without its %endif"]);
        assert_eq!(
            told("%else\n%endif\n%while 1\n"),
            ["1: %else without its %if", "2: %endif without its %if", "3: unknown directive: %while"]
        );
        assert_eq!(
            told("%if 1 2\n%hidden a b\n"),
            ["1: a condition is one format: 1 2", "2: %hidden takes NAME=VALUE: a b"]
        );
    }

    #[test]
    fn conditions_choose_lines() {
        let text = "%if 1\na\n%if 0\nb\n%elif 1\nc\n%else\nd\n%endif\n%elif 1\ne\n%else\nf\n%endif\ng\n";
        let names: Vec<String> = steps(text).into_iter().map(|(_, argv)| argv[0].clone()).collect();
        assert_eq!(names, ["a", "c", "g"]);
        let bare = "%if #{==:#{host},a b} # why\nyes\n%else\nno\n%endif\n";
        let (steps, problems) = commands(logical_lines(bare), |condition| condition == "#{==:#{host},a b}");
        assert_eq!((steps, problems.len()), (vec![step(2, &["yes"])], 0));
        // What does not count is not read, nor are conditions in it looked at.
        let never = "%if 0\nx 'open\n%endif\n%if 0\n%if nonsense here\n%endif\n%endif\n";
        let (steps, problems) = commands(logical_lines(never), |condition| condition == "1");
        assert_eq!((steps.len(), problems.len()), (0, 1), "the quote swallows the rest: {problems:?}");
    }

    #[test]
    fn names_stand_for_what_they_were_given() {
        let text = "%hidden colour=\"#ff 00\"\nDIR=/tmp/a\nset -g x \"fg=$colour,${DIR}b\"\nset -g y $colour '$colour' $HOME \\$DIR\n";
        let expected = [
            step(2, &["set-environment", "-g", "--", "DIR", "/tmp/a"]),
            step(3, &["set", "-g", "x", "fg=#ff 00,/tmp/ab"]),
            step(4, &["set", "-g", "y", "#ff 00", "$colour", "$HOME", "$DIR"]),
        ];
        assert_eq!(steps(text), expected);
    }
}
