//! Files of command lines, as `source-file` reads them: tmux's form, as far as it is plain commands.
//!
//! A `#` at the beginning of a word begins a comment, a backslash at the end of a line goes on in the next one, quotes may go
//! over lines, and `{ … }` with blanks round the braces is one word, for a command within a command.

use super::language;
use crate::base::Error;

/// A command and the line on which it begins, from 1.
pub type Step = (usize, Vec<String>);

/// The commands of a text, and what cannot be read of it, by line.
pub fn parse(text: &str) -> (Vec<Step>, Vec<(usize, Error)>) {
    let (mut steps, mut problems) = (Vec::new(), Vec::new());
    for (line, command) in logical_lines(text) {
        if command.starts_with('%') {
            problems.push((line, Error::usage(format!("conditions are not offered: {}", first_word(&command)))));
            continue;
        }
        match language::words(&command) {
            Ok(words) => steps.extend(language::split(&words).into_iter().map(|argv| (line, argv))),
            Err(error) => problems.push((line, error)),
        }
    }
    (steps, problems)
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

/// Lines without comments, those that belong together in one, blocks as quoted words.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
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
        let (steps, problems) = parse(text);
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
        let (steps, problems) = parse("ls\n%if 1\nls\nx 'open\n");
        assert_eq!(steps.len(), 2);
        assert_eq!(problems[0], (2, Error::usage("conditions are not offered: %if")));
        assert_eq!(problems[1].0, 4);
    }
}
