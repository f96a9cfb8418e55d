//! Commands of the client's machine that are given a text: what copying starts. They run beside the client, in a
//! thread each that waits for them, and say nothing on its terminal.

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A text on its way out of mux.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pipe {
    pub(super) to: To,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum To {
    /// The display's clipboard, where there is a display.
    Clipboard(String),
    /// A shell's command line, which reads the text.
    Command { command: String, text: String },
    /// What opens a URL or a file: this command, or where it is empty what the machine has for that.
    Open { command: String, place: String },
}

impl Pipe {
    /// Starts it. A command that is not there does nothing, as a pipe's reader may end early.
    pub(super) fn start(self) {
        let is_set = |name: &str| env::var_os(name).is_some();
        let (line, place, text) = match self.to {
            To::Clipboard(text) => (clipboard(&is_set, &is_program).map(str::to_owned), None, text),
            To::Command { command, text } => (Some(command), None, text),
            To::Open { command, place } if command.is_empty() => {
                (opener(&is_program).map(str::to_owned), Some(place), String::new())
            }
            To::Open { command, place } => (Some(command), Some(place), String::new()),
        };
        let Some(line) = line else { return };
        std::thread::spawn(move || give(&line, place.as_deref(), &text));
    }
}

/// Runs a command line, with a place as its last word and the text as its input.
fn give(line: &str, place: Option<&str>, text: &str) {
    let mut command = Command::new("/bin/sh");
    match place {
        // In its own word, whatever is in it.
        Some(place) => command.args(["-c", &format!("{line} \"$1\""), "sh", &from_home(place)]),
        None => command.args(["-c", line]),
    };
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return tracing::debug!(line, %error, "a copy goes nowhere"),
    };
    if let Some(mut stdin) = child.stdin.take() {
        // It need not read all.
        let _ = stdin.write_all(text.as_bytes());
    }
    let _ = child.wait();
}

/// A leading `~` is the home directory.
fn from_home(place: &str) -> String {
    match (place.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')), env::var("HOME")) {
        (Some(rest), Ok(home)) => home + rest,
        _ => place.to_owned(),
    }
}

/// What opens files and URLs here.
fn opener(program: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    ["xdg-open", "open"].into_iter().find(|name| program(name))
}

/// The command that fills the display's clipboard. Over SSH the display is not the user's: there OSC 52 serves.
fn clipboard(set: &dyn Fn(&str) -> bool, program: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    if set("SSH_CONNECTION") {
        return None;
    }
    let fits = |(name, needs, _): &&(&str, &str, &str)| (needs.is_empty() || set(needs)) && program(name);
    CLIPBOARDS.iter().find(fits).map(|(.., line)| *line)
}

/// Programs, the variable without which they have no display, and how they are called.
const CLIPBOARDS: &[(&str, &str, &str)] = &[
    ("wl-copy", "WAYLAND_DISPLAY", "wl-copy"),
    ("xclip", "DISPLAY", "xclip -selection clipboard"),
    ("xsel", "DISPLAY", "xsel -ib"),
    ("pbcopy", "", "pbcopy"),
];

fn is_program(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| Path::new(&folder).join(name).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_display_decides() {
        let choose = |variables: &[&str], programs: &[&str]| {
            clipboard(&|name| variables.contains(&name), &|name| programs.contains(&name))
        };
        let all = ["wl-copy", "xclip", "xsel"];
        assert_eq!(choose(&["DISPLAY", "WAYLAND_DISPLAY"], &all), Some("wl-copy"));
        assert_eq!(choose(&["DISPLAY"], &all), Some("xclip -selection clipboard"));
        assert_eq!(choose(&["DISPLAY"], &["xsel"]), Some("xsel -ib"));
        assert_eq!(choose(&[], &all), None);
        assert_eq!(choose(&[], &["pbcopy"]), Some("pbcopy"));
        assert_eq!(choose(&["DISPLAY", "SSH_CONNECTION"], &all), None);
    }
}
