//! The command prompt: asks for one line or several, one after the other, and makes a command of them.

use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use crate::base::{Key, KeyCode, Mods, Point, Rect, Size};
use crate::client::mirror::plain_cursor;
use crate::client::plate::{Plate, ui};
use crate::command;
use crate::proto::message::Cursor;

use super::edit::LineEdit;
use super::{Action, Layer, Room, Search, Taken, Typed};

/// What becomes of the answers.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::client) enum Purpose {
    /// A command in which `%%` and `%1` … stand for the answers; empty: the answer is the command.
    Command(String),
    /// A text to look for in copy mode.
    Search {
        forward: bool,
        regex: bool,
        /// The keys of emacs go on to the next and back.
        incremental: bool,
    },
}

pub(in crate::client) struct Prompt {
    purpose: Purpose,
    /// Text before the input, for each answer.
    labels: Vec<String>,
    /// What the input begins with, for each answer.
    initial: Vec<String>,
    answers: Vec<String>,
    edit: LineEdit,
    history: Vec<String>,
    /// Where in the history the user is; its length is "not in it".
    place: usize,
    /// What was typed before going into the history.
    draft: String,
}

impl Prompt {
    /// `labels` and `initial` hold one item per answer; `history` the newest last.
    pub(in crate::client) fn new(
        purpose: Purpose,
        labels: Vec<String>,
        initial: Vec<String>,
        history: Vec<String>,
    ) -> Self {
        let first = initial.first().map_or("", String::as_str);
        let edit = LineEdit::new(first);
        let place = history.len();
        Self { edit, purpose, labels, initial, answers: Vec::new(), history, place, draft: String::new() }
    }

    fn label(&self) -> &str {
        self.labels.get(self.answers.len()).map_or("", String::as_str)
    }

    fn enter(&mut self) -> Taken {
        self.answers.push(self.edit.text());
        if self.answers.len() < self.labels.len() {
            let initial = self.initial.get(self.answers.len()).cloned().unwrap_or_default();
            self.edit.set(&initial);
            return Taken::Stay;
        }
        Taken::Close(self.outcome())
    }

    fn outcome(&self) -> Vec<Action> {
        let typed = self.answers.first().cloned().unwrap_or_default();
        let action = match &self.purpose {
            Purpose::Search { .. } => self.search(Typed::Entered),
            Purpose::Command(template) if is_plain(template) && typed.trim().is_empty() => return Vec::new(),
            Purpose::Command(template) if is_plain(template) => Action::Run(typed.clone()),
            Purpose::Command(template) => match filled(template, &self.answers) {
                Ok(words) => Action::Words(words),
                Err(error) => Action::Say(error.to_string()),
            },
        };
        vec![Action::Remember(typed), action]
    }

    /// The search for what is typed so far.
    fn search(&self, typed: Typed) -> Action {
        let (forward, regex) = match self.purpose {
            Purpose::Search { forward, regex, .. } => (forward, regex),
            Purpose::Command(_) => (true, false),
        };
        Action::Search(Search { text: self.edit.text(), forward, regex, typed })
    }

    fn is_search(&self) -> bool {
        matches!(self.purpose, Purpose::Search { .. })
    }

    /// Left without an answer.
    fn give_up(&self) -> Taken {
        Taken::Close(if self.is_search() { vec![self.search(Typed::GivenUp)] } else { Vec::new() })
    }

    /// What has been typed is looked for at once.
    fn edited(&self) -> Taken {
        if self.is_search() { Taken::Do(vec![self.search(Typed::Going)]) } else { Taken::Stay }
    }

    /// C-s and C-r of emacs go to the next one and back.
    fn steps(&self, key: Key) -> Option<Taken> {
        let Purpose::Search { forward, incremental: true, .. } = self.purpose else { return None };
        let on = match (key.code, key.mods) {
            (KeyCode::Char('s'), Mods::CTRL) => forward,
            (KeyCode::Char('r'), Mods::CTRL) => !forward,
            _ => return None,
        };
        let name = if on { "search-again" } else { "search-reverse" };
        let words = ["send-keys", "-X", name].map(str::to_owned).to_vec();
        Some(Taken::Do(vec![Action::Words(words)]))
    }

    fn go_back(&mut self) {
        if self.place == self.history.len() {
            self.draft = self.edit.text();
        }
        if let Some(place) = self.place.checked_sub(1) {
            self.place = place;
            self.edit.set(&self.history[place]);
        }
    }

    fn go_forward(&mut self) {
        if self.place < self.history.len() {
            self.place += 1;
            let text = self.history.get(self.place).unwrap_or(&self.draft).clone();
            self.edit.set(&text);
        }
    }
}

/// The answer itself is the command.
fn is_plain(template: &str) -> bool {
    matches!(template, "" | "%%" | "%1")
}

/// The template in words, with the answers put in after it was cut, so that an answer is never cut itself.
pub(super) fn filled(template: &str, answers: &[String]) -> crate::base::Result<Vec<String>> {
    let words = command::words(template)?;
    Ok(words.iter().map(|word| fill(word, answers)).collect())
}

fn fill(word: &str, answers: &[String]) -> String {
    let mut text = String::new();
    let mut rest = word;
    let mut filled = false;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let number = after.chars().next().and_then(|c| c.to_digit(10)).filter(|n| *n > 0);
        let answer = |n: u32| answers.get(n as usize - 1).map_or("", String::as_str);
        rest = match (after.strip_prefix('%'), number) {
            (Some(behind), _) => {
                text.push_str(answer(1));
                filled = true;
                behind.strip_prefix('%').unwrap_or(behind)
            }
            (None, Some(n)) => {
                text.push_str(answer(n));
                filled = true;
                &after[1..]
            }
            (None, None) => {
                text.push('%');
                after
            }
        };
    }
    text.push_str(rest);
    if filled { unseparated(text) } else { text }
}

/// A `;` at the end of a word would begin the next command.
pub(in crate::client) fn unseparated(mut word: String) -> String {
    if word.ends_with(';') {
        word.insert(word.len() - 1, '\\');
    }
    word
}

impl Layer for Prompt {
    fn key(&mut self, key: Key) -> Taken {
        if let Some(taken) = self.steps(key) {
            return taken;
        }
        match (key.code, key.mods) {
            (KeyCode::Enter, _) | (KeyCode::Char('j' | 'm'), Mods::CTRL) => return self.enter(),
            (KeyCode::Escape, _) | (KeyCode::Char('c' | 'g'), Mods::CTRL) => return self.give_up(),
            (KeyCode::Backspace, _) if self.edit.is_empty() => return self.give_up(),
            (KeyCode::Up, _) | (KeyCode::Char('p'), Mods::CTRL) => self.go_back(),
            (KeyCode::Down, _) | (KeyCode::Char('n'), Mods::CTRL) => self.go_forward(),
            _ => {
                self.edit.key(key);
            }
        }
        self.edited()
    }

    fn paste(&mut self, text: &str) {
        self.edit.insert(text.trim_end_matches(['\r', '\n']));
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let width = room.size.cols;
        let (text, _) = self.edit.window(self.input_width(width));
        let line = Line::from(vec![Span::raw(self.shown_label(width)), Span::raw(text)]);
        let place = Rect::new(room.line, 0, Size::new(width, 1));
        vec![Plate::new(place, Paragraph::new(line).style(ui(room.message_style)))]
    }

    fn cursor(&self, room: &Room) -> Option<Cursor> {
        let width = room.size.cols;
        let (_, col) = self.edit.window(self.input_width(width));
        let label = width - self.input_width(width);
        Some(plain_cursor(Point::new(room.line, (label + col).min(width.saturating_sub(1)))))
    }
}

impl Prompt {
    /// The label gives way where there is hardly room to type.
    fn shown_label(&self, width: u16) -> String {
        if self.input_width(width) == width { String::new() } else { self.label().to_owned() }
    }

    fn input_width(&self, width: u16) -> u16 {
        let label = self.label().width() as u16;
        if label + MIN_INPUT <= width { width - label } else { width }
    }
}

/// Cells for typing before the label gives way.
const MIN_INPUT: u16 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(template: &str, text: &str) -> Vec<Action> {
        let mut prompt = Prompt::new(Purpose::Command(template.into()), vec![":".into()], vec![text.into()], vec![]);
        match prompt.key(Key::code(KeyCode::Enter)) {
            Taken::Close(actions) => actions,
            other => panic!("{other:?}"),
        }
    }

    fn words(words: &[&str]) -> Action {
        Action::Words(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn without_a_template_the_line_is_the_command() {
        let run = Action::Run("new-window ; ls".into());
        assert_eq!(answer("", "new-window ; ls"), [Action::Remember("new-window ; ls".into()), run]);
        assert_eq!(answer("", "  "), []);
    }

    #[test]
    fn an_answer_fills_its_place_whatever_is_in_it() {
        assert_eq!(answer("rename-window -- '%%'", "a 'b\" ;")[1], words(&["rename-window", "--", "a 'b\" \\;"]));
        assert_eq!(answer("select-window -t ':%1'", "3")[1], words(&["select-window", "-t", ":3"]));
        assert_eq!(answer("x 100%", "3")[1], words(&["x", "100%"]));
    }

    #[test]
    fn several_answers_are_asked_for_in_turn() {
        let labels = vec!["a".into(), "b".into()];
        let mut prompt = Prompt::new(Purpose::Command("x %1 %2".into()), labels, vec!["1".into(), "2".into()], vec![]);
        assert_eq!(prompt.key(Key::code(KeyCode::Enter)), Taken::Stay);
        assert_eq!(prompt.label(), "b");
        let Taken::Close(actions) = prompt.key(Key::code(KeyCode::Enter)) else { panic!() };
        assert_eq!(actions[1], words(&["x", "1", "2"]));
    }

    #[test]
    fn history_goes_back_and_returns_to_the_draft() {
        let history = vec!["old".into(), "new".into()];
        let mut prompt = Prompt::new(Purpose::Command(String::new()), vec![":".into()], vec!["dr".into()], history);
        let mut shown = |key: &str| {
            prompt.key(key.parse().unwrap());
            prompt.edit.text()
        };
        assert_eq!(
            ["Up", "Up", "Up", "Down", "Down", "Down"].map(&mut shown),
            ["new", "old", "old", "new", "dr", "dr"]
        );
    }
}
