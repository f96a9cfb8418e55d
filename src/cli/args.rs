//! The words before the command: which server, which configuration.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::base::paths::Paths;
use crate::base::{Error, Result};

/// What the user typed.
#[derive(Debug)]
pub struct Invocation {
    pub paths: Paths,
    /// `-f FILE`.
    pub config: Option<PathBuf>,
    /// The command with its words; `new-session` when there is none, as in tmux.
    pub words: Vec<String>,
    pub action: Action,
    /// The terminal reads UTF-8, whatever the locale says.
    pub utf8: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Run,
    Version,
    Help,
}

pub const USAGE: &str = "usage: mux [-u] [-L NAME | -S PATH] [-f FILE] [COMMAND [WORDS…]]";

/// Takes the words of the command line apart, without the program's own name.
pub fn parse(words: impl Iterator<Item = OsString>) -> Result<Invocation> {
    let mut words = words.peekable();
    let (mut name, mut socket, mut config) = (None, None, None);
    let (mut action, mut utf8) = (Action::Run, false);
    while let Some(flag) = words.next_if(|word| word.as_encoded_bytes().starts_with(b"-")) {
        let flag = flag.into_string().map_err(|flag| bad_text(&flag))?;
        match flag.as_str() {
            "--" => break,
            "-V" | "--version" => action = Action::Version,
            "-h" | "--help" => action = Action::Help,
            // tmux's switch for what mux does by itself.
            "-2" => {}
            "-u" => utf8 = true,
            _ => match flag.split_at_checked(2) {
                Some(("-L", rest)) => name = Some(text(value(&flag, rest, &mut words)?)?),
                Some(("-S", rest)) => socket = Some(PathBuf::from(value(&flag, rest, &mut words)?)),
                Some(("-f", rest)) => config = Some(absolute(value(&flag, rest, &mut words)?)?),
                _ => return Err(Error::usage(format!("unknown flag '{flag}'")).hint(USAGE)),
            },
        }
    }
    let mut words = words.map(text).collect::<Result<Vec<String>>>()?;
    if words.is_empty() {
        words.push("new-session".to_owned());
    }
    let paths = match (&name, &socket) {
        (None, None) => own_server().map_or_else(|| Paths::from_env(None, None), Ok)?,
        _ => Paths::from_env(name.as_deref(), socket.as_deref())?,
    };
    Ok(Invocation { paths, config, words, action, utf8 })
}

/// In a pane, its own server is meant, as in tmux. The variable chooses whom to ask and nothing more: which pane it
/// is, that server sees from the terminal.
fn own_server() -> Option<Paths> {
    let value = std::env::var("MUX").ok()?;
    let socket = PathBuf::from(value.rsplitn(3, ',').nth(2)?);
    let named = Paths::from_env(socket.file_name()?.to_str(), None).ok();
    named.filter(|paths| paths.socket == socket).or_else(|| Paths::from_env(None, Some(&socket)).ok())
}

/// A flag's value: the rest of its word, or the next word.
fn value(flag: &str, rest: &str, words: &mut impl Iterator<Item = OsString>) -> Result<OsString> {
    if !rest.is_empty() {
        return Ok(rest.into());
    }
    words.next().ok_or_else(|| Error::usage(format!("{flag} needs a value")).hint(USAGE))
}

fn text(word: OsString) -> Result<String> {
    word.into_string().map_err(|word| bad_text(&word))
}

fn bad_text(word: &OsString) -> Error {
    Error::usage(format!("'{}' is not valid UTF-8", word.to_string_lossy())).hint("commands are UTF-8 text")
}

fn absolute(path: OsString) -> Result<PathBuf> {
    let path = PathBuf::from(path);
    std::path::absolute(&path).map_err(|e| Error::usage(format!("bad file name '{}': {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Invocation> {
        parse(line.split(' ').filter(|word| !word.is_empty()).map(OsString::from))
    }

    #[test]
    fn flags_stand_before_the_command_only() {
        let invocation = words("-Lwork -f conf new -s x -L y").unwrap();
        assert!(invocation.paths.socket.ends_with("work"));
        assert!(invocation.config.unwrap().is_absolute());
        assert_eq!(invocation.words, ["new", "-s", "x", "-L", "y"]);
    }

    #[test]
    fn nothing_means_a_new_session() {
        assert_eq!(words("").unwrap().words, ["new-session"]);
    }

    #[test]
    fn bad_flags_are_named() {
        assert!(words("-x ls").unwrap_err().message.contains("'-x'"));
        assert!(words("-L").unwrap_err().message.contains("-L"));
        assert!(words("-é").is_err());
    }
}
