//! Asks before what destroys or may surprise: `y` does it, anything else does not.

use ratatui::widgets::Paragraph;

use crate::base::{Key, KeyCode, Point, Rect, Size};
use crate::client::mirror::plain_cursor;
use crate::client::plate::{Plate, ui};
use crate::proto::message::Cursor;

use super::{Action, Layer, Room, Taken};

pub(in crate::client) struct Confirm {
    question: String,
    actions: Vec<Action>,
    /// Enter is a yes too.
    enter_is_yes: bool,
    /// The letter that is a yes.
    yes: char,
}

impl Confirm {
    pub(in crate::client) fn new(question: String, argv: Vec<String>, enter_is_yes: bool) -> Self {
        Self { question, actions: vec![Action::Words(argv)], enter_is_yes, yes: 'y' }
    }

    /// Another letter than y, where one is given.
    pub(in crate::client) fn with_key(mut self, key: Option<char>) -> Self {
        self.yes = key.unwrap_or(self.yes);
        self
    }

    /// For something else than a command.
    pub(in crate::client) fn doing(question: String, actions: Vec<Action>) -> Self {
        Self { question, actions, enter_is_yes: false, yes: 'y' }
    }
}

impl Layer for Confirm {
    fn key(&mut self, key: Key) -> Taken {
        let yes = match key.code {
            KeyCode::Char(c) => key.mods.is_empty() && c.to_ascii_lowercase() == self.yes.to_ascii_lowercase(),
            KeyCode::Enter => self.enter_is_yes,
            _ => false,
        };
        Taken::Close(if yes { self.actions.clone() } else { Vec::new() })
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let place = Rect::new(room.line, 0, Size::new(room.size.cols, 1));
        vec![Plate::new(place, Paragraph::new(self.question.clone()).style(ui(room.message_style)))]
    }

    fn cursor(&self, room: &Room) -> Option<Cursor> {
        let col = unicode_width::UnicodeWidthStr::width(self.question.as_str()) as u16;
        Some(plain_cursor(Point::new(room.line, col.min(room.size.cols.saturating_sub(1)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_runs_it() {
        let argv = vec!["kill-pane".to_owned()];
        let press = |key: Key| Confirm::new("kill? (y/n) ".into(), argv.clone(), false).key(key);
        assert_eq!(press(Key::char('y')), Taken::Close(vec![Action::Words(argv.clone())]));
        assert_eq!(press(Key::char('n')), Taken::Close(vec![]));
        assert_eq!(press(Key::code(KeyCode::Enter)), Taken::Close(vec![]));
    }
}
