//! What the client asks the server for itself: commands whose output is not shown but used.

use super::app::{App, Now};
use super::pipe::{Pipe, To};

/// Who wants to know what a command prints.
#[derive(Debug)]
pub(super) enum Asked {
    /// The layer at this place from the bottom, which is told its words with it.
    Layer { place: usize, words: Vec<String> },
    /// The prompt, which completes names.
    Names,
    /// This paste, which is made once it is known what it is.
    Paste(Vec<String>),
    /// This file, which is opened once it is known where its pane's program is.
    Open(String),
    /// Who has asked is gone.
    Nobody,
}

impl App {
    /// What was asked is answered, or failed for this reason.
    pub(super) fn told(&mut self, asked: Asked, text: &str, error: Option<String>, now: Now) {
        self.drawing.stale();
        match asked {
            Asked::Layer { place, words } => self.answer_layer(place, &words, text, now),
            Asked::Names => return self.learn_names(text),
            Asked::Paste(argv) if error.is_none() => self.paste_buffer(argv, text),
            Asked::Open(name) if error.is_none() => {
                let place = format!("{}/{name}", text.trim_end_matches('\n'));
                self.pipes.push(Pipe { to: To::Open { command: self.options.open_command.clone(), place } });
            }
            Asked::Paste(_) | Asked::Open(_) | Asked::Nobody => {}
        }
        if let Some(error) = error {
            self.say(error, true, now);
        }
    }

    /// Opens a URL or a file with what the user's machine has for it. A name without a folder is in its pane's.
    pub(super) fn open(&mut self, text: &str, now: Now) {
        let name = without_line(text);
        if text.contains("://") || name.starts_with(['/', '~']) {
            let place = if text.contains("://") { text } else { name }.to_owned();
            self.pipes.push(Pipe { to: To::Open { command: self.options.open_command.clone(), place } });
        } else {
            let words = ["display-message", "-p", "#{pane_current_path}"].map(str::to_owned).to_vec();
            self.inquire(words, Asked::Open(name.to_owned()));
        }
        self.say(format!("opening {text}"), false, now);
    }
}

/// A name without the line and column that a compiler puts behind it.
fn without_line(text: &str) -> &str {
    let bare = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':');
    if bare.len() < text.len() && text[bare.len()..].starts_with(':') { bare } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_file_is_the_file() {
        for (text, name) in [("a/b.rs:12:5", "a/b.rs"), ("a/b.rs:12", "a/b.rs"), ("a/b2", "a/b2"), ("/x:y", "/x:y")] {
            assert_eq!(without_line(text), name);
        }
    }
}
