//! How command lines are cut into words and commands, before any command looks at them.

use crate::base::{Error, Result};

/// Splits at `;`: a word of its own, or the end of one. With a backslash before it, it belongs to the word.
pub fn split(argv: &[String]) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut add = |word: Option<String>, ends: bool| {
        if let Some(last) = commands.last_mut() {
            last.extend(word);
        }
        if ends {
            commands.push(Vec::new());
        }
    };
    for word in argv {
        match word.strip_suffix(';').map(|rest| (rest, rest.strip_suffix('\\'))) {
            None => add(Some(word.clone()), false),
            Some((_, Some(escaped))) => add(Some(format!("{escaped};")), false),
            Some(("", _)) => add(None, true),
            Some((rest, _)) => add(Some(rest.to_owned()), true),
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// The words of a command line as typed at the prompt or written in a keymap. Quotes and backslashes work as in
/// a shell; nothing is expanded. A `;` outside of quotes is a word of its own, any other is marked for [`split`]
/// by a backslash where it ends a word.
pub fn words(line: &str) -> Result<Vec<String>> {
    let mut cutter = Cutter::default();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => cutter.quoted(chars.by_ref().take_until('\'', line)?),
            '"' => cutter.quoted(double_quoted(&mut chars, line)?),
            '\\' => {
                let next = chars.next().ok_or_else(|| Error::usage("nothing follows the '\\' at the end"))?;
                cutter.quoted(next.to_string());
            }
            ';' => cutter.semicolon(),
            c if c.is_whitespace() => cutter.end(),
            c => cutter.quoted(c.to_string()),
        }
    }
    cutter.end();
    Ok(cutter.words)
}

#[derive(Default)]
struct Cutter {
    words: Vec<String>,
    word: Option<String>,
}

impl Cutter {
    fn quoted(&mut self, text: String) {
        self.word.get_or_insert_default().push_str(&text);
    }

    fn semicolon(&mut self) {
        self.end();
        self.words.push(";".into());
    }

    fn end(&mut self) {
        let Some(mut word) = self.word.take() else { return };
        if word.ends_with(';') {
            word.insert(word.len() - 1, '\\');
        }
        self.words.push(word);
    }
}

trait TakeUntil {
    fn take_until(self, end: char, line: &str) -> Result<String>;
}

impl<I: Iterator<Item = char>> TakeUntil for I {
    fn take_until(self, end: char, line: &str) -> Result<String> {
        let mut text = String::new();
        for c in self {
            if c == end {
                return Ok(text);
            }
            text.push(c);
        }
        Err(unclosed(end, line))
    }
}

fn double_quoted(chars: &mut std::str::Chars<'_>, line: &str) -> Result<String> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some('"') => return Ok(text),
            Some('\\') => match chars.next() {
                Some(c @ ('"' | '\\' | '$' | '`')) => text.push(c),
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('e') => text.push('\u{1b}'),
                Some(c) => text.extend(['\\', c]),
                None => return Err(unclosed('"', line)),
            },
            Some(c) => text.push(c),
            None => return Err(unclosed('"', line)),
        }
    }
}

fn unclosed(quote: char, line: &str) -> Error {
    Error::usage(format!("a {quote} is not closed: {line}"))
}

/// Brings words to a form that clap reads as getopt(3) would: a short flag's value is what follows it, whatever
/// that begins with (`-t=name` is the exact target `=name`, `-S -10` a number), and where a command to run
/// follows, flags end at its first word.
pub fn getopt(clap: &clap::Command, words: &[String]) -> Vec<String> {
    let short = |c: char| clap.get_arguments().find(|arg| arg.get_short() == Some(c));
    let long = |name: &str| clap.get_arguments().find(|arg| arg.get_long() == Some(name));
    let trailing = clap.get_positionals().any(|arg| arg.is_trailing_var_arg_set());
    let mut out = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let flags = word.strip_prefix('-').filter(|flags| !flags.is_empty());
        match flags {
            None if trailing => {
                out.push("--".into());
                out.push(word.clone());
                break;
            }
            None => out.push(word.clone()),
            Some("-") => {
                out.push(word.clone());
                break;
            }
            Some(flags) => match flags.strip_prefix('-') {
                Some(name) => {
                    let wants = long(name).is_some_and(|arg| arg.get_action().takes_values());
                    out.push(word.clone());
                    if wants && !name.contains('=') {
                        out.extend(rest.next().cloned());
                    }
                }
                None => {
                    let value = flags
                        .char_indices()
                        .find(|&(_, c)| short(c).is_some_and(|arg| arg.get_action().takes_values()));
                    out.extend(match value {
                        None => Some(word.clone()),
                        Some((at, c)) => {
                            let (before, after) = flags.split_at(at + c.len_utf8());
                            let value = if after.is_empty() { rest.next().map(String::as_str) } else { Some(after) };
                            Some(value.map_or_else(|| word.clone(), |value| format!("-{before}={value}")))
                        }
                    });
                }
            },
        }
    }
    out.extend(rest.cloned());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str) -> Vec<Vec<String>> {
        split(&words(line).unwrap())
    }

    #[test]
    fn lines_are_cut_as_in_a_shell() {
        assert_eq!(cut("a 'b c' \"d\\\"e\" f\\ g"), [["a", "b c", "d\"e", "f g"]]);
        assert_eq!(cut("a ; b;c"), [["a"], ["b"], ["c"]]);
        assert_eq!(cut("send ';' x"), [["send", ";", "x"]]);
        assert_eq!(cut("send \\; x"), [["send", ";", "x"]]);
        assert_eq!(cut("a ''"), [["a", ""]]);
        assert!(words("a 'b").is_err());
        assert!(words("a \\").is_err());
    }

    #[test]
    fn a_shell_s_words_are_split_at_semicolons() {
        let argv: Vec<String> = ["a;", "b", "\\;", "c\\;", ";", "d"].map(String::from).into();
        assert_eq!(split(&argv), [vec!["a"], vec!["b", ";", "c;"], vec!["d"]]);
        assert!(split(&[";".into()]).is_empty());
    }
}
