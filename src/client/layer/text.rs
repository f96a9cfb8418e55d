//! A text to read, over everything: what a command printed, or the table of keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::{Paragraph, Widget};

use crate::base::{Key, KeyCode, Mods, Rect, Size};
use crate::client::plate::{Plate, ui};

use super::{Layer, Room, Taken};

pub(in crate::client) struct TextView {
    title: String,
    lines: Vec<String>,
    /// The first line that is shown.
    top: usize,
    /// Only lines with this in them are shown; `None` while nobody searches.
    filter: Option<String>,
    /// How many rows it had when it was drawn last; scrolling goes by it.
    page: std::cell::Cell<u16>,
}

impl TextView {
    pub(in crate::client) fn new(title: impl Into<String>, text: &str) -> Self {
        let lines = text.lines().map(|line| line.replace('\t', "    ")).collect();
        Self { title: title.into(), lines, top: 0, filter: None, page: std::cell::Cell::new(1) }
    }

    fn shown(&self) -> Vec<&str> {
        let wanted = self.filter.as_deref().unwrap_or("").to_lowercase();
        self.lines.iter().map(String::as_str).filter(|line| line.to_lowercase().contains(&wanted)).collect()
    }

    fn scroll(&mut self, by: isize) {
        let most = self.shown().len().saturating_sub(usize::from(self.page.get()));
        self.top = self.top.saturating_add_signed(by).min(most);
    }

    fn filter_key(&mut self, key: Key) -> bool {
        let Some(filter) = &mut self.filter else { return false };
        match key.code {
            KeyCode::Char(c) if key.mods.is_empty() => filter.push(c),
            KeyCode::Backspace => {
                filter.pop();
            }
            KeyCode::Enter | KeyCode::Escape => return false,
            _ => return false,
        }
        self.top = 0;
        true
    }

    fn footer(&self, shown: usize) -> String {
        let place = format!("{} [{}/{}]", self.title, (self.top + 1).min(shown), shown);
        match &self.filter {
            Some(filter) => format!("/{filter}  {place}"),
            None => format!("{place}  q closes, / searches"),
        }
    }
}

impl Layer for TextView {
    fn key(&mut self, key: Key) -> Taken {
        if self.filter_key(key) {
            return Taken::Stay;
        }
        let page = isize::from(u8::try_from(self.page.get()).unwrap_or(u8::MAX));
        match (key.code, key.mods) {
            (KeyCode::Escape, _) if self.filter.take().is_some() => self.top = 0,
            (KeyCode::Char('q') | KeyCode::Escape | KeyCode::Enter, _) | (KeyCode::Char('c'), Mods::CTRL) => {
                return Taken::Close(Vec::new());
            }
            (KeyCode::Char('/'), _) => self.filter = Some(String::new()),
            (KeyCode::Up | KeyCode::Char('k'), _) => self.scroll(-1),
            (KeyCode::Down | KeyCode::Char('j'), _) => self.scroll(1),
            (KeyCode::PageUp, _) | (KeyCode::Char('b'), Mods::CTRL) => self.scroll(-page),
            (KeyCode::PageDown | KeyCode::Char(' '), _) | (KeyCode::Char('f'), Mods::CTRL) => self.scroll(page),
            (KeyCode::Home | KeyCode::Char('g'), _) => self.scroll(isize::MIN),
            (KeyCode::End | KeyCode::Char('G'), _) => self.scroll(isize::MAX),
            _ => {}
        }
        Taken::Stay
    }

    fn wheel(&mut self, up: bool) {
        self.scroll(if up { -3 } else { 3 });
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let place = Rect::new(0, 0, room.size);
        let page = room.size.rows.saturating_sub(1).max(1);
        self.page.set(page);
        vec![Plate::new(place, Page { view: self, page, room })]
    }
}

struct Page<'a> {
    view: &'a TextView,
    page: u16,
    room: &'a Room,
}

impl Widget for Page<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let shown = self.view.shown();
        let rows = shown.iter().skip(self.view.top).take(usize::from(self.page));
        for (row, line) in (area.y..area.bottom()).zip(rows) {
            buffer.set_stringn(area.x, row, line, usize::from(area.width), ratatui::style::Style::reset());
        }
        if area.height > 1 {
            let foot = Area::new(area.x, area.bottom() - 1, area.width, 1);
            Paragraph::new(self.view.footer(shown.len())).style(ui(self.room.message_style)).render(foot, buffer);
        }
    }
}

impl TextView {
    /// Whether a text needs a view of its own on a terminal of this size, or fits the message line.
    pub(in crate::client) fn is_needed(text: &str, size: Size) -> bool {
        text.trim_end().contains('\n')
            || unicode_width::UnicodeWidthStr::width(text.trim_end()) > usize::from(size.cols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> TextView {
        let text: String = (0..50).map(|n| format!("line {n}\n")).collect();
        let view = TextView::new("keys", &text);
        view.page.set(10);
        view
    }

    #[test]
    fn scrolling_stays_within_the_text() {
        let mut view = view();
        for (key, top) in [("j", 1), ("NPage", 11), ("G", 40), ("j", 40), ("k", 39), ("g", 0), ("k", 0)] {
            assert_eq!(view.key(key.parse().unwrap()), Taken::Stay);
            assert_eq!(view.top, top, "{key}");
        }
        assert_eq!(view.key(Key::char('q')), Taken::Close(vec![]));
    }

    #[test]
    fn a_search_narrows_it_down() {
        let mut view = view();
        for key in ["/", "q", "BSpace", "4", "9"] {
            assert_eq!(view.key(key.parse().unwrap()), Taken::Stay);
        }
        assert_eq!(view.shown(), ["line 49"]);
        view.key(Key::code(KeyCode::Escape));
        assert_eq!(view.shown().len(), 50);
    }
}
