//! A menu: a box of lines, each with a key that chooses it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect as Area};
use ratatui::text::Line as UiLine;
use ratatui::widgets::{Block, Clear, Widget};

use crate::base::{Attrs, Key, KeyCode, Mods, Point, Rect, Size, Style};
use crate::client::plate::{Plate, ui};
use crate::format;
use crate::proto::message::MenuItem;

use super::{Action, Layer, Room, Taken};

pub(in crate::client) struct PopupMenu {
    title: String,
    items: Vec<MenuItem>,
    /// Where it is, borders and all; cut where the terminal has become too small for it.
    place: Rect,
    chosen: Option<usize>,
}

/// Columns of the borders and of a blank beside each.
const FRAME: u16 = 4;

impl PopupMenu {
    /// At its place, once that is known: see [`PopupMenu::moved`].
    pub(in crate::client) fn new(title: &str, items: Vec<MenuItem>) -> Self {
        let title: String = format::styled(title, Style::DEFAULT).into_iter().map(|(text, _)| text).collect();
        let widest = items.iter().map(item_width).max().unwrap_or(0).max(format::width(&title));
        let size = Size::new((widest as u16).saturating_add(FRAME), (items.len() as u16).saturating_add(2));
        let mut menu = Self { title, items, place: Rect::new(0, 0, size), chosen: None };
        menu.step(1);
        menu
    }

    pub(in crate::client) fn size(&self) -> Size {
        self.place.size
    }

    pub(in crate::client) fn moved(self, top: u16, left: u16) -> Self {
        Self { place: Rect::new(top, left, self.place.size), ..self }
    }

    /// To the next item that can be chosen, round the end.
    fn step(&mut self, by: isize) {
        let count = self.items.len();
        let start = self.chosen.unwrap_or(if by > 0 { count.saturating_sub(1) } else { 0 });
        let order = (1..=count).map(|far| {
            let far = if by > 0 { far } else { count - far };
            (start + far) % count
        });
        self.chosen = order.into_iter().find(|place| command(&self.items[*place]).is_some()).or(self.chosen);
    }

    fn choose(&self, place: Option<usize>) -> Taken {
        let command = place.and_then(|place| self.items.get(place)).and_then(command);
        command.map_or(Taken::Stay, |command| Taken::Close(vec![Action::Run(command.to_owned())]))
    }

    /// The item on a row of the terminal.
    fn item_at(&self, row: u16) -> Option<usize> {
        row.checked_sub(self.place.top() + 1).map(usize::from).filter(|place| *place < self.items.len())
    }
}

fn command(item: &MenuItem) -> Option<&str> {
    match item {
        MenuItem::Command { command, .. } => Some(command),
        MenuItem::Separator | MenuItem::Disabled { .. } => None,
    }
}

fn item_width(item: &MenuItem) -> usize {
    match item {
        MenuItem::Separator => 0,
        MenuItem::Disabled { name } | MenuItem::Command { name, key: None, .. } => format::width(name),
        MenuItem::Command { name, key: Some(key), .. } => format::width(name) + key_label(*key).len() + 1,
    }
}

fn key_label(key: Key) -> String {
    format!("({key})")
}

impl Layer for PopupMenu {
    fn key(&mut self, key: Key) -> Taken {
        let is = |item: &MenuItem| matches!(item, MenuItem::Command { key: Some(known), .. } if *known == key);
        if let Some(place) = self.items.iter().position(is) {
            return self.choose(Some(place));
        }
        match (key.code, key.mods) {
            (KeyCode::Enter, _) => return self.choose(self.chosen),
            (KeyCode::Escape | KeyCode::Char('q'), _) | (KeyCode::Char('c' | 'g'), Mods::CTRL) => {
                return Taken::Close(Vec::new());
            }
            (KeyCode::Up | KeyCode::Char('k'), _) => self.step(-1),
            (KeyCode::Down | KeyCode::Char('j') | KeyCode::Tab, _) => self.step(1),
            _ => {}
        }
        Taken::Stay
    }

    fn wheel(&mut self, up: bool) {
        self.step(if up { -1 } else { 1 });
    }

    fn press(&mut self, at: Point, _room: &Room) -> Taken {
        match self.place.contains(at) {
            true => self.choose(self.item_at(at.row.0)),
            false => Taken::Close(Vec::new()),
        }
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let cols = self.place.size.cols.min(room.size.cols.saturating_sub(self.place.left()));
        let rows = self.place.size.rows.min(room.size.rows.saturating_sub(self.place.top()));
        let place = Rect::new(self.place.top(), self.place.left(), Size::new(cols, rows));
        if place.size.is_empty() { Vec::new() } else { vec![Plate::new(place, Drawn { menu: self, room })] }
    }
}

struct Drawn<'a> {
    menu: &'a PopupMenu,
    room: &'a Room,
}

impl Widget for Drawn<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        Clear.render(area, buffer);
        let title = UiLine::from(self.menu.title.clone()).alignment(Alignment::Center);
        let block = Block::bordered().title(title);
        let inside = block.inner(area);
        block.render(area, buffer);
        for ((place, item), row) in self.menu.items.iter().enumerate().zip(inside.y..inside.bottom()) {
            let line = Area::new(inside.x, row, inside.width, 1);
            self.item(item, self.menu.chosen == Some(place), line, buffer);
        }
    }
}

impl Drawn<'_> {
    fn item(&self, item: &MenuItem, chosen: bool, line: Area, buffer: &mut Buffer) {
        let style = match item {
            MenuItem::Disabled { .. } => Style { attrs: Attrs::DIM, ..Style::DEFAULT },
            _ if chosen => self.room.message_style,
            _ => Style::DEFAULT,
        };
        buffer.set_style(line, ui(style));
        let width = usize::from(line.width.saturating_sub(1));
        match item {
            MenuItem::Separator => {
                buffer.set_stringn(line.x, line.y, "─".repeat(line.width.into()), line.width.into(), ui(style));
            }
            MenuItem::Disabled { name } => drop(buffer.set_stringn(line.x + 1, line.y, name, width, ui(style))),
            MenuItem::Command { name, key, .. } => {
                buffer.set_stringn(line.x + 1, line.y, name, width, ui(style));
                let label = key.map(key_label).unwrap_or_default();
                let at = line.right().saturating_sub(label.len() as u16 + 1).max(line.x);
                buffer.set_stringn(at, line.y, &label, label.len(), ui(style));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu() -> PopupMenu {
        let command = |name: &str, key| MenuItem::Command {
            name: name.into(),
            key: Some(Key::char(key)),
            command: format!("do {name}"),
        };
        let disabled = MenuItem::Disabled { name: "never".into() };
        PopupMenu::new(
            "#[align=centre]all",
            vec![disabled, command("one", 'o'), MenuItem::Separator, command("two", 't')],
        )
    }

    fn runs(line: &str) -> Taken {
        Taken::Close(vec![Action::Run(line.into())])
    }

    #[test]
    fn keys_choose_and_arrows_pass_over_what_cannot_be_chosen() {
        assert_eq!(menu().key(Key::char('t')), runs("do two"));
        let mut menu = menu();
        assert_eq!(menu.size(), Size::new(11, 6));
        assert_eq!(menu.chosen, Some(1));
        for (key, chosen) in [("Down", 3), ("Down", 1), ("Up", 3), ("k", 1)] {
            assert_eq!(menu.key(key.parse().unwrap()), Taken::Stay);
            assert_eq!(menu.chosen, Some(chosen), "{key}");
        }
        assert_eq!(menu.key(Key::code(KeyCode::Enter)), runs("do one"));
        assert_eq!(menu.key(Key::char('q')), Taken::Close(Vec::new()));
    }

    #[test]
    fn the_mouse_chooses_or_leaves() {
        let mut menu = menu().moved(5, 10);
        let style = Style::DEFAULT;
        let room = Room { size: Size::new(80, 24), line: 23, message_style: style };
        assert_eq!(menu.press(Point::new(6, 12), &room), Taken::Stay, "it cannot be chosen");
        assert_eq!(menu.press(Point::new(7, 12), &room), runs("do one"));
        assert_eq!(menu.press(Point::new(0, 0), &room), Taken::Close(Vec::new()));
    }
}
