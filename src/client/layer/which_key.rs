//! What can follow the keys typed so far. Takes no keys itself: it is only drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::Modifier;
use ratatui::widgets::{Block, Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::base::{Key, Rect, Size};
use crate::client::plate::{Plate, ui};

use super::Room;

pub(in crate::client) struct WhichKey<'a> {
    pub(in crate::client) choices: &'a [(Key, String)],
}

/// Cells of a choice: as many as are comfortable, and no fewer than tell anything.
const COMFORTABLE: u16 = 30;
const LEAST: u16 = 16;

impl WhichKey<'_> {
    /// At the bottom, in as many columns as it takes to show all, if that leaves them legible; nothing where there is no
    /// room for a frame and a line. What has no room is counted in the frame.
    pub(in crate::client) fn plate(&self, room: &Room) -> Option<Plate> {
        let width = room.size.cols.saturating_sub(2);
        let most = room.size.rows.saturating_sub(3);
        let count = self.choices.len() as u16;
        if count == 0 || most == 0 || room.size.cols < 8 {
            return None;
        }
        let comfortable = (width / COMFORTABLE).max(1);
        let columns = count.div_ceil(most).clamp(comfortable, (width / LEAST).max(comfortable));
        let rows = count.div_ceil(columns).min(most);
        let top = if room.line == 0 { 1 } else { room.line.saturating_sub(rows + 2) };
        let place = Rect::new(top, 0, Size::new(room.size.cols, rows + 2));
        let more = count.saturating_sub(rows * columns);
        Some(Plate::new(place, Choices { which: self, room, columns, more }))
    }
}

struct Choices<'a> {
    which: &'a WhichKey<'a>,
    room: &'a Room,
    columns: u16,
    /// Choices that have no room.
    more: u16,
}

impl Widget for Choices<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        Clear.render(area, buffer);
        let mut block = Block::bordered().title(" what can follow ");
        if self.more > 0 {
            block = block.title_bottom(format!(" {} more ", self.more));
        }
        let inner = block.inner(area);
        block.render(area, buffer);
        let column = inner.width / self.columns;
        let name_style = ui(self.room.message_style).add_modifier(Modifier::BOLD);
        for (place, (key, meaning)) in self.which.choices.iter().enumerate() {
            let place = place as u16;
            let (row, col) = (place % inner.height, place / inner.height * column);
            if col + column > inner.width {
                break;
            }
            let (x, y) = (inner.x + col, inner.y + row);
            let name = key.to_string();
            buffer.set_stringn(x, y, format!(" {name} "), usize::from(column), name_style);
            let used = name.width() as u16 + 3;
            let rest = usize::from(column.saturating_sub(used + 1));
            buffer.set_stringn(x + used.min(column), y, meaning, rest, ratatui::style::Style::reset());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Style;

    #[test]
    fn it_fits_any_room() {
        let choices: Vec<_> = ('a'..='z').map(|c| (Key::char(c), format!("Do {c}"))).collect();
        for (cols, rows) in [(80, 24), (200, 50), (20, 5), (8, 3), (2, 1), (30, 4)] {
            let room = Room { size: Size::new(cols, rows), line: rows - 1, message_style: Style::DEFAULT };
            if let Some(plate) = (WhichKey { choices: &choices }).plate(&room) {
                assert!(plate.rows().end <= rows, "{cols}x{rows}");
            }
        }
    }

    #[test]
    fn every_keymap_fits_a_common_terminal() {
        let room = Room { size: Size::new(80, 24), line: 23, message_style: Style::DEFAULT };
        for name in crate::keymap::Keymap::names() {
            let keymap = crate::keymap::Keymap::builtin(name).unwrap();
            let crate::keymap::Match::Pending(choices) = keymap.lookup("prefix", &[]) else { panic!("{name}") };
            let plate = WhichKey { choices: &choices }.plate(&room).unwrap();
            let shown = plate.text();
            assert!(!shown.contains(" more "), "{name}:\n{shown}");
            assert!(choices.iter().all(|(key, _)| shown.contains(&format!(" {key} "))), "{name}:\n{shown}");
        }
    }
}
