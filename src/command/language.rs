//! How command lines are cut into words and commands, before any command looks at them.

use std::str::Chars;

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
            '\'' => cutter.quoted(single_quoted(&mut chars, line)?),
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

/// A line that [`words`] cuts into these words again.
pub fn line(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    quoted.join(" ")
}

fn quoted(word: &str) -> String {
    if word == ";" {
        return word.to_owned();
    }
    // What marks a `;` that belongs to the word is put there again.
    let bare = word.strip_suffix("\\;").map(|rest| format!("{rest};"));
    let bare = bare.as_deref().unwrap_or(word);
    format!("'{}'", bare.replace('\'', "'\\''"))
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

fn single_quoted(chars: &mut Chars<'_>, line: &str) -> Result<String> {
    let (text, rest) = chars.as_str().split_once('\'').ok_or_else(|| unclosed('\'', line))?;
    *chars = rest.chars();
    Ok(text.to_owned())
}

fn double_quoted(chars: &mut Chars<'_>, line: &str) -> Result<String> {
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
    let trailing = clap.get_positionals().any(|arg| arg.is_trailing_var_arg_set());
    let mut out = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match Word::of(word) {
            Word::End => {
                out.push(word.clone());
                break;
            }
            Word::Plain if trailing => {
                out.extend(["--".to_owned(), word.clone()]);
                break;
            }
            Word::Plain => out.push(word.clone()),
            Word::Long(name) => {
                out.push(word.clone());
                out.extend(long_value(clap, name, &mut rest));
            }
            Word::Short(flags) => out.push(short_flags(clap, flags, &mut rest)),
        }
    }
    out.extend(rest.cloned());
    out
}

/// The words with other values of short flags, where `change` gives one for a flag and its value.
pub fn with_values(
    clap: &clap::Command,
    words: &[String],
    change: impl Fn(char, &str) -> Option<String>,
) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = getopt(clap, words).into_iter();
    for word in rest.by_ref() {
        let joined = match Word::of(&word) {
            Word::Short(flags) => flags.split_once('='),
            _ => None,
        };
        let valued = joined.and_then(|(names, value)| Some((names, names.chars().last()?, value)));
        match valued.filter(|(_, flag, _)| takes_value(clap, *flag)) {
            Some((names, flag, value)) => {
                out.extend([format!("-{names}"), change(flag, value).unwrap_or_else(|| value.to_owned())]);
            }
            None => out.push(word.clone()),
        }
        if word == "--" {
            break;
        }
    }
    out.extend(rest);
    out
}

enum Word<'a> {
    /// `--`
    End,
    /// Without its dashes.
    Long(&'a str),
    /// Without its dash.
    Short(&'a str),
    Plain,
}

impl<'a> Word<'a> {
    fn of(word: &'a str) -> Self {
        match (word.strip_prefix("--"), word.strip_prefix('-')) {
            (Some(""), _) => Word::End,
            (Some(name), _) => Word::Long(name),
            (None, Some(flags)) if !flags.is_empty() => Word::Short(flags),
            _ => Word::Plain,
        }
    }
}

type Words<'a> = std::slice::Iter<'a, String>;

/// The next word, where it is this long flag's value.
fn long_value(clap: &clap::Command, name: &str, rest: &mut Words<'_>) -> Option<String> {
    let arg = clap.get_arguments().find(|arg| arg.get_long() == Some(name))?;
    if arg.get_action().takes_values() { rest.next().cloned() } else { None }
}

fn takes_value(clap: &clap::Command, flag: char) -> bool {
    clap.get_arguments().any(|arg| arg.get_short() == Some(flag) && arg.get_action().takes_values())
}

/// Flags in one word, the last of which may take the rest, or the next word, as its value.
fn short_flags(clap: &clap::Command, flags: &str, rest: &mut Words<'_>) -> String {
    let Some((at, c)) = flags.char_indices().find(|&(_, c)| takes_value(clap, c)) else { return format!("-{flags}") };
    let (names, glued) = flags.split_at(at + c.len_utf8());
    let value = if glued.is_empty() { rest.next().map(String::as_str) } else { Some(glued) };
    value.map_or_else(|| format!("-{names}"), |value| format!("-{names}={value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str) -> Vec<Vec<String>> {
        split(&words(line).unwrap())
    }

    #[test]
    fn values_of_flags_are_changed_however_they_are_written() {
        let flags = ["x", "y"].map(|name| clap::Arg::new(name).short(name.chars().next()));
        let all = clap::Arg::new("all").short('a').action(clap::ArgAction::SetTrue);
        let program = clap::Arg::new("program").num_args(0..).trailing_var_arg(true);
        let clap = clap::Command::new("place").args(flags).arg(all).arg(program);
        let changed = |line: &str| {
            let words = words(line).unwrap();
            with_values(&clap, &words, |flag, value| (value == "M").then(|| format!("{flag}5"))).join(" ")
        };
        assert_eq!(changed("-x M -y 3"), "-x x5 -y 3");
        assert_eq!(changed("-axM -yM"), "-ax x5 -y y5");
        assert_eq!(changed("-a -x =M -- -x M"), "-a -x =M -- -x M");
        assert_eq!(changed("-x M sh -x M"), "-x x5 -- sh -x M");
        assert_eq!(changed("-a=M"), "-a=M");
        assert_eq!(changed(""), "");
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
    fn words_become_a_line_again() {
        for text in ["a ; b", "rename 'it''s; x;' y\\;", "x '' \"a'b\"", "x \\\\ #W"] {
            let first = words(text).unwrap();
            assert_eq!(words(&line(&first)).unwrap(), first, "{text}");
        }
    }

    #[test]
    fn a_shell_s_words_are_split_at_semicolons() {
        let argv: Vec<String> = ["a;", "b", "\\;", "c\\;", ";", "d"].map(String::from).into();
        assert_eq!(split(&argv), [vec!["a"], vec!["b", ";", "c;"], vec!["d"]]);
        assert!(split(&[";".into()]).is_empty());
    }
}
