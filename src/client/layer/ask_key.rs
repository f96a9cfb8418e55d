//! Asks for one key, and runs a command with its name.

use ratatui::widgets::Paragraph;

use crate::base::{Key, Point, Rect, Size};
use crate::client::mirror::plain_cursor;
use crate::client::plate::{Plate, ui};
use crate::proto::message::Cursor;

use super::prompt::filled;
use super::{Action, Layer, Room, Taken};

pub(in crate::client) struct AskKey {
    label: String,
    /// The command, with `%%` for the key.
    template: String,
}

impl AskKey {
    pub(in crate::client) fn new(label: String, template: String) -> Self {
        Self { label, template }
    }
}

impl Layer for AskKey {
    fn key(&mut self, key: Key) -> Taken {
        let action = match filled(&self.template, &[key.to_string()]) {
            Ok(words) => Action::Words(words),
            Err(error) => Action::Say(error.to_string()),
        };
        Taken::Close(vec![action])
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let place = Rect::new(room.line, 0, Size::new(room.size.cols, 1));
        vec![Plate::new(place, Paragraph::new(self.label.clone()).style(ui(room.message_style)))]
    }

    fn cursor(&self, room: &Room) -> Option<Cursor> {
        let col = unicode_width::UnicodeWidthStr::width(self.label.as_str()) as u16;
        Some(plain_cursor(Point::new(room.line, col.min(room.size.cols.saturating_sub(1)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_s_name_fills_its_place() {
        let ask = |key: &str| {
            let mut layer = AskKey::new("key ".into(), "list-keys -1N '%%'".into());
            layer.key(key.parse().unwrap())
        };
        let words = |key: &str| Taken::Close(vec![Action::Words(["list-keys", "-1N", key].map(String::from).to_vec())]);
        assert_eq!(ask("C-o"), words("C-o"));
        assert_eq!(ask("Escape"), words("Escape"));
        assert_eq!(ask(";"), words("\\;"), "it does not end the command");
    }
}
