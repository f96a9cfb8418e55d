//! The command prompt: asks for one line or several, one after the other, and makes a command of them. A command line
//! is completed by Tab, and what is being typed is explained above it.

use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use crate::base::{Key, KeyCode, Mods, Point, Rect, Size};
use crate::client::mirror::plain_cursor;
use crate::client::plate::{Plate, ui};
use crate::command::{self, NameKind, Names};
use crate::proto::message::Cursor;

use super::completions::Completions;
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
    /// It has vi's keys, and is in command mode.
    vi: Option<bool>,
    /// Names that only the server knows, once it was asked.
    names: Option<Vec<(NameKind, String)>>,
    /// What the word before the cursor may become.
    completions: Option<Completions>,
    /// A line for which nothing was found while names were still to come.
    unfound: Option<String>,
}

impl Prompt {
    /// `labels` and `initial` hold one item per answer; `history` the newest last.
    pub(in crate::client) fn new(
        purpose: Purpose,
        labels: Vec<String>,
        initial: Vec<String>,
        history: Vec<String>,
    ) -> Self {
        let edit = LineEdit::new(initial.first().map_or("", String::as_str));
        let place = history.len();
        Self {
            purpose,
            labels,
            initial,
            answers: Vec::new(),
            edit,
            history,
            place,
            draft: String::new(),
            vi: None,
            names: None,
            completions: None,
            unfound: None,
        }
    }

    /// With vi's keys (`status-keys`). It begins in the mode in which keys are text.
    pub(in crate::client) fn with_vi(mut self, vi: bool) -> Self {
        self.vi = vi.then_some(false);
        self
    }

    fn label(&self) -> &str {
        self.labels.get(self.answers.len()).map_or("", String::as_str)
    }

    /// What is typed is a command line, and not a part of one.
    fn takes_command(&self) -> bool {
        matches!(&self.purpose, Purpose::Command(template) if is_plain(template))
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

    // ---- completion ------------------------------------------------------------------------------------------------

    /// Tab: what all completions have in common, then one after the other. Names are asked for once.
    fn complete(&mut self, back: bool) -> Taken {
        if let Some(menu) = &mut self.completions {
            let line = menu.next(back);
            self.edit.set_before(&line);
            return Taken::Stay;
        }
        let line = self.edit.before();
        self.unfound = (!self.open_menu()).then_some(line);
        match self.names {
            Some(_) => Taken::Stay,
            None => {
                self.names = Some(Vec::new());
                Taken::Act(vec![Action::Names])
            }
        }
    }

    /// Whether anything fits.
    fn open_menu(&mut self) -> bool {
        let line = self.edit.before();
        let found = command::complete(&line, self.names.as_deref().unwrap_or_default());
        let Some((line, menu)) = Completions::of(&line, found) else { return false };
        self.edit.set_before(&line);
        self.completions = menu;
        true
    }

    /// Keys in vi's command mode, by those that mean the same in emacs' way, as tmux has them.
    fn translated(&mut self, key: Key) -> Option<Key> {
        let Some(command) = &mut self.vi else { return Some(key) };
        if !*command {
            *command = key == Key::code(KeyCode::Escape);
            return (!*command).then_some(key);
        }
        let KeyCode::Char(c) = key.code else {
            return (key.code != KeyCode::Escape).then_some(key);
        };
        if !key.mods.is_empty() {
            return Some(key);
        }
        *command = !"AIaiCsS".contains(c);
        let name = match c {
            'A' | '$' => "End",
            'I' | '0' | '^' => "Home",
            'C' | 'D' => "C-k",
            'X' => "BSpace",
            'b' | 'B' => "M-b",
            'w' | 'W' | 'e' | 'E' => "M-f",
            'd' | 'S' => {
                self.edit.clear();
                return None;
            }
            's' | 'x' => "DC",
            'p' => "C-y",
            'h' => "Left",
            'l' | 'a' => "Right",
            'j' => "Down",
            'k' => "Up",
            'q' => "C-c",
            _ => return None,
        };
        name.parse().ok()
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
        if self.is_search() { Taken::Act(vec![self.search(Typed::Going)]) } else { Taken::Stay }
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
        Some(Taken::Act(vec![Action::Words(words)]))
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
        if self.completions.is_some() && key == Key::code(KeyCode::Escape) {
            self.completions = None;
            return Taken::Stay;
        }
        let Some(key) = self.translated(key) else { return Taken::Stay };
        if key.code == KeyCode::Tab && self.takes_command() {
            return self.complete(key.mods.contains(Mods::SHIFT));
        }
        self.completions = None;
        match (key.code, key.mods) {
            (KeyCode::Enter, _) | (KeyCode::Char('j' | 'm'), Mods::CTRL) => return self.enter(),
            (KeyCode::Escape, _) | (KeyCode::Char('c' | 'g'), Mods::CTRL) => return self.give_up(),
            (KeyCode::Backspace, _) if self.edit.is_empty() && self.vi.is_none() => return self.give_up(),
            (KeyCode::Up, _) | (KeyCode::Char('p'), Mods::CTRL) => self.go_back(),
            (KeyCode::Down, _) | (KeyCode::Char('n'), Mods::CTRL) => self.go_forward(),
            _ => {
                self.edit.key(key);
            }
        }
        self.edited()
    }

    fn paste(&mut self, text: &str) {
        self.completions = None;
        self.edit.insert(text.trim_end_matches(['\r', '\n']));
    }

    fn learn(&mut self, names: &Names) {
        self.names = Some(names.to_vec());
        // Unless another key has been typed meanwhile.
        if self.unfound.take().is_some_and(|line| line == self.edit.before()) {
            self.open_menu();
        }
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let width = room.size.cols;
        let (text, _) = self.edit.window(self.input_width(width));
        let line = Line::from(vec![Span::raw(self.shown_label(width)), Span::raw(text)]);
        let place = Rect::new(room.line, 0, Size::new(width, 1));
        let mut plates = vec![Plate::new(place, Paragraph::new(line).style(ui(room.message_style)))];
        let help = if self.takes_command() { command::usage(&self.edit.before()) } else { None };
        let used = u16::from(help.is_some());
        plates.extend(help.and_then(|help| help_plate(&help, room)));
        plates.extend(self.completions.as_ref().and_then(|menu| menu.plate(room, used)));
        plates
    }

    fn cursor(&self, room: &Room) -> Option<Cursor> {
        let width = room.size.cols;
        let (_, col) = self.edit.window(self.input_width(width));
        let label = width - self.input_width(width);
        Some(plain_cursor(Point::new(room.line, (label + col).min(width.saturating_sub(1)))))
    }
}

/// What the command wants, beside the prompt; not where that is all there is.
fn help_plate(help: &str, room: &Room) -> Option<Plate> {
    let row = if room.line == 0 { 1 } else { room.line - 1 };
    if room.size.rows < 3 {
        return None;
    }
    let mut style = room.message_style;
    style.attrs |= crate::base::Attrs::ITALIC;
    let place = Rect::new(row, 0, Size::new(room.size.cols, 1));
    Some(Plate::new(place, Paragraph::new(help.to_owned()).style(ui(style))))
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

    fn typed(prompt: &mut Prompt, keys: &str) -> Taken {
        keys.split(' ').map(|key| prompt.key(key.parse().unwrap())).last().unwrap()
    }

    fn prompt(text: &str) -> Prompt {
        Prompt::new(Purpose::Command(String::new()), vec![":".into()], vec![text.into()], vec!["old".into()])
    }

    #[test]
    fn tab_completes_and_goes_round() {
        let mut commands = prompt("rename");
        assert_eq!(typed(&mut commands, "Tab"), Taken::Act(vec![Action::Names]));
        assert_eq!(commands.edit.text(), "rename-", "what they have in common");
        let mut shown = |keys: &str| {
            assert_eq!(typed(&mut commands, keys), Taken::Stay, "names are asked for once");
            commands.edit.text()
        };
        assert_eq!(shown("Tab"), "rename-session");
        assert_eq!(shown("Tab"), "rename-window");
        assert_eq!(shown("Tab"), "rename-session");
        assert_eq!(shown("BTab"), "rename-window");
        assert_eq!(shown("Escape"), "rename-window", "the list alone goes");
        assert_eq!(shown("C-u s p l i t - Tab"), "split-window ", "there is only this one");
        assert_eq!(typed(&mut prompt("nonsen"), "Tab Tab"), Taken::Stay);
    }

    #[test]
    fn names_that_come_later_are_completed_then() {
        let mut prompt = prompt("switch-client -t wo");
        typed(&mut prompt, "Tab");
        assert_eq!(prompt.edit.text(), "switch-client -t wo");
        let names = [(NameKind::Session, "work".into()), (NameKind::Session, "web".into())];
        prompt.learn(&names);
        assert_eq!(prompt.edit.text(), "switch-client -t work ");
        prompt.learn(&names);
        assert_eq!(prompt.edit.text(), "switch-client -t work ", "nobody has asked for more");
        let mut rename = Prompt::new(Purpose::Command("x '%%'".into()), vec!["name ".into()], vec![], vec![]);
        assert_eq!(typed(&mut rename, "a Tab"), Taken::Stay, "a name is no command line");
    }

    #[test]
    fn vi_has_two_modes() {
        let mut vi = prompt("ab cd").with_vi(true);
        for (keys, text) in [
            ("x", "ab cdx"),
            ("Escape X", "ab cd"),
            ("0 x", "b cd"),
            ("A !", "b cd!"),
            ("Escape b D", "b "),
            ("k", "old"),
            ("j i y", "b y"),
            ("Escape d", ""),
            ("i z Escape Escape", "z"),
        ] {
            assert_eq!(typed(&mut vi, keys), Taken::Stay, "{keys}");
            assert_eq!(vi.edit.text(), text, "{keys}");
        }
        assert_eq!(typed(&mut vi, "q"), Taken::Close(vec![]));
        let mut vi = prompt("ls").with_vi(true);
        assert!(matches!(typed(&mut vi, "Escape Enter"), Taken::Close(actions) if actions.len() == 2));
    }

    #[test]
    fn it_fits_any_room() {
        let mut prompt = prompt("");
        typed(&mut prompt, "Tab");
        for (cols, rows) in [(80, 24), (20, 5), (8, 3), (2, 2), (1, 1)] {
            for line in [0, rows - 1] {
                let room = Room { size: Size::new(cols, rows), line, message_style: crate::base::Style::DEFAULT };
                for plate in prompt.plates(&room) {
                    assert!(plate.rows().end <= rows, "{cols}x{rows}");
                }
            }
        }
    }
}
