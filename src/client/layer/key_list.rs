//! All keys with what they are for, over everything: searched by `/`, and the one that is marked can be run.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::{Modifier, Style as UiStyle};
use ratatui::widgets::{Paragraph, Widget};
use unicode_width::UnicodeWidthStr;

use crate::base::{Key, KeyCode, Mods, Rect};
use crate::client::plate::{Plate, ui};

use super::{Action, Layer, LineEdit, Room, Taken};

/// A line of it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::client) enum KeyRow {
    Heading(String),
    Key { keys: String, note: String, command: String },
}

pub(in crate::client) struct KeyList {
    rows: Vec<KeyRow>,
    /// Which of the shown rows is marked.
    at: usize,
    /// The first shown row that is on the screen.
    top: Cell<usize>,
    /// What is searched for; `None` while nobody does.
    search: Option<LineEdit>,
    /// Keys go to the search.
    typing: bool,
    /// Rows that were drawn last; paging goes by it.
    page: Cell<usize>,
}

impl KeyList {
    pub(in crate::client) fn new(rows: Vec<KeyRow>) -> Self {
        let mut list = Self { rows, at: 0, top: Cell::new(0), search: None, typing: false, page: Cell::new(1) };
        list.step(0);
        list
    }

    /// The rows in which all that is searched for is found, and their headings.
    fn shown(&self) -> Vec<&KeyRow> {
        let text = self.search.as_ref().map(LineEdit::text).unwrap_or_default().to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut shown: Vec<&KeyRow> = Vec::new();
        for row in &self.rows {
            match row {
                KeyRow::Heading(_) => {
                    shown.pop_if(|last| matches!(last, KeyRow::Heading(_)));
                    shown.push(row);
                }
                KeyRow::Key { keys, note, command } => {
                    let all = format!("{keys} {note} {command}").to_lowercase();
                    shown.extend(words.iter().all(|word| all.contains(word)).then_some(row));
                }
            }
        }
        shown.pop_if(|last| matches!(last, KeyRow::Heading(_)));
        shown
    }

    /// Marks the key that is so many rows further, past headings.
    fn step(&mut self, by: isize) {
        let shown = self.shown();
        let is_key = |at: &usize| matches!(shown.get(*at), Some(KeyRow::Key { .. }));
        let goal = self.at.saturating_add_signed(by).min(shown.len().saturating_sub(1));
        let further = (goal..shown.len()).find(is_key);
        let back = (0..=goal).rev().find(is_key);
        let found = if by < 0 { back.or(further) } else { further.or(back) };
        let first = (0..shown.len()).find(is_key);
        self.at = found.unwrap_or(0);
        if Some(self.at) == first {
            // Its heading is to be seen too.
            self.top.set(0);
        }
    }

    fn search_key(&mut self, key: Key) -> bool {
        if !self.typing {
            return false;
        }
        match (key.code, key.mods) {
            (KeyCode::Enter, _) => self.typing = false,
            (KeyCode::Escape, _) | (KeyCode::Char('c' | 'g'), Mods::CTRL) => self.no_search(),
            (KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown, _) => return false,
            (KeyCode::Backspace, _) if self.search.as_ref().is_some_and(LineEdit::is_empty) => self.no_search(),
            _ => {
                self.search.get_or_insert_default().key(key);
                self.go_to_top();
            }
        }
        true
    }

    fn no_search(&mut self) {
        self.search = None;
        self.typing = false;
        self.go_to_top();
    }

    fn go_to_top(&mut self) {
        self.at = 0;
        self.step(0);
    }

    fn marked(&self) -> Option<&str> {
        match self.shown().get(self.at) {
            Some(KeyRow::Key { command, .. }) => Some(command),
            _ => None,
        }
    }

    fn footer(&self, width: usize) -> String {
        let text = self.search.as_ref().map(LineEdit::text);
        let search = text.map(|text| format!("/{text}  ")).unwrap_or_default();
        let keys = |row: &&&KeyRow| matches!(row, KeyRow::Key { .. });
        let shown = self.shown();
        let place = match shown.iter().filter(keys).count() {
            0 => "nothing found".to_owned(),
            count => format!("[{}/{count}]", shown[..=self.at].iter().filter(keys).count()),
        };
        let help = if self.typing { "" } else { "  / searches, Enter runs, q closes" };
        let command = self.marked().map(|command| format!("  {command}")).unwrap_or_default();
        let whole = format!("{search}{place}{help}");
        if whole.width() + command.width() <= width { whole + &command } else { whole }
    }
}

impl Layer for KeyList {
    fn key(&mut self, key: Key) -> Taken {
        if self.search_key(key) {
            return Taken::Stay;
        }
        let page = isize::try_from(self.page.get()).unwrap_or(isize::MAX);
        match (key.code, key.mods) {
            (KeyCode::Escape, _) if self.search.is_some() => self.no_search(),
            (KeyCode::Char('q') | KeyCode::Escape, _) | (KeyCode::Char('c'), Mods::CTRL) => {
                return Taken::Close(Vec::new());
            }
            (KeyCode::Enter, _) => {
                return Taken::Close(self.marked().map(|line| Action::Run(line.to_owned())).into_iter().collect());
            }
            (KeyCode::Char('/'), _) | (KeyCode::Char('s'), Mods::CTRL) => {
                self.search.get_or_insert_default();
                self.typing = true;
            }
            (KeyCode::Up | KeyCode::Char('k'), _) => self.step(-1),
            (KeyCode::Down | KeyCode::Char('j'), _) => self.step(1),
            (KeyCode::PageUp, _) | (KeyCode::Char('b'), Mods::CTRL) => self.step(-page),
            (KeyCode::PageDown | KeyCode::Char(' '), _) | (KeyCode::Char('f'), Mods::CTRL) => self.step(page),
            (KeyCode::Home | KeyCode::Char('g'), _) => self.step(isize::MIN),
            (KeyCode::End | KeyCode::Char('G'), _) => self.step(isize::MAX),
            _ => {}
        }
        Taken::Stay
    }

    fn paste(&mut self, text: &str) {
        if self.typing {
            self.search.get_or_insert_default().insert(text);
            self.go_to_top();
        }
    }

    fn wheel(&mut self, up: bool) {
        self.step(if up { -3 } else { 3 });
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let page = usize::from(room.size.rows.saturating_sub(1).max(1));
        self.page.set(page);
        let top = self.top.get().min(self.at).max((self.at + 1).saturating_sub(page));
        self.top.set(top);
        vec![Plate::new(Rect::new(0, 0, room.size), Page { list: self, room, top })]
    }
}

struct Page<'a> {
    list: &'a KeyList,
    room: &'a Room,
    top: usize,
}

/// Cells for the keys: as many as most need, and no more than a third of the screen.
const KEYS_WIDTH: u16 = 16;

impl Widget for Page<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let shown = self.list.shown();
        let width = usize::from(area.width);
        let keys_width = KEYS_WIDTH.min(area.width / 3);
        let plain = UiStyle::reset();
        let rows = shown.iter().enumerate().skip(self.top).take(self.list.page.get());
        for (row, (at, line)) in (area.y..area.bottom()).zip(rows) {
            match line {
                KeyRow::Heading(text) => {
                    buffer.set_stringn(
                        area.x,
                        row,
                        text,
                        width,
                        plain.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
                    );
                }
                KeyRow::Key { keys, note, .. } => {
                    let style = if at == self.list.at { plain.add_modifier(Modifier::REVERSED) } else { plain };
                    buffer.set_style(Area::new(area.x, row, area.width, 1), style);
                    let key = keys.as_str();
                    buffer.set_stringn(area.x, row, key, width, style.add_modifier(Modifier::BOLD));
                    let from = keys_width.max(key.width() as u16 + 1);
                    let room = usize::from(area.width.saturating_sub(from));
                    if room > 0 {
                        buffer.set_stringn(area.x + from, row, note, room, style);
                    }
                }
            }
        }
        if area.height > 1 {
            let foot = Area::new(area.x, area.bottom() - 1, area.width, 1);
            Paragraph::new(self.list.footer(width)).style(ui(self.room.message_style)).render(foot, buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Size, Style};

    fn list() -> KeyList {
        let key = |keys: &str, note: &str, command: &str| KeyRow::Key {
            keys: keys.into(),
            note: note.into(),
            command: command.into(),
        };
        KeyList::new(vec![
            KeyRow::Heading("After the prefix, C-b".into()),
            key("C-b c", "Open a window", "new-window"),
            key("C-b n", "Go to the next window", "next-window"),
            KeyRow::Heading("Without the prefix".into()),
            key("M-x", "Zoom", "resize-pane -Z"),
        ])
    }

    fn press(list: &mut KeyList, keys: &str) -> Taken {
        keys.split(' ').map(|key| list.key(key.parse().unwrap())).last().unwrap()
    }

    #[test]
    fn the_mark_goes_from_key_to_key() {
        let mut list = list();
        assert_eq!(list.marked(), Some("new-window"));
        for (keys, marked) in [
            ("Up", "new-window"),
            ("j", "next-window"),
            ("j", "resize-pane -Z"),
            ("j", "resize-pane -Z"),
            ("g", "new-window"),
            ("G", "resize-pane -Z"),
            ("k", "next-window"),
        ] {
            assert_eq!(press(&mut list, keys), Taken::Stay);
            assert_eq!(list.marked(), Some(marked), "{keys}");
        }
        assert_eq!(press(&mut list, "Enter"), Taken::Close(vec![Action::Run("next-window".into())]));
        assert_eq!(press(&mut list, "q"), Taken::Close(vec![]));
    }

    #[test]
    fn a_search_looks_at_keys_notes_and_commands() {
        let mut list = list();
        press(&mut list, "/ w i n d o");
        assert_eq!(list.shown().len(), 3, "without the heading of a table where nothing is found");
        press(&mut list, "C-u M-x");
        press(&mut list, "C-u r e s i z e");
        assert_eq!(list.marked(), Some("resize-pane -Z"));
        press(&mut list, "C-u q q");
        assert_eq!((list.marked(), list.footer(80).contains("nothing found")), (None, true));
        assert_eq!(press(&mut list, "Enter"), Taken::Stay, "the search stands");
        assert_eq!(press(&mut list, "Enter"), Taken::Close(vec![]));
        press(&mut list, "Escape");
        assert_eq!(list.shown().len(), 5);
    }

    #[test]
    fn it_fits_any_room() {
        let mut list = list();
        for (cols, rows) in [(80, 24), (20, 5), (8, 3), (2, 2), (1, 1)] {
            let room = Room { size: Size::new(cols, rows), line: rows - 1, message_style: Style::DEFAULT };
            for keys in ["G", "g"] {
                press(&mut list, keys);
                list.plates(&room);
                let (at, top) = (list.at, list.top.get());
                assert!((top..top + list.page.get()).contains(&at), "{cols}x{rows}: {at} from {top}");
            }
        }
    }
}
