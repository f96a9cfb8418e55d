//! What can follow the keys typed so far. Takes no keys itself: it is only drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::Modifier;
use ratatui::widgets::{Block, Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::base::{Key, KeyCode, Rect, Size};
use crate::client::plate::{Plate, ui};
use crate::format::cut;

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
        let rows = self.rows();
        let count = rows.len() as u16;
        if count == 0 || most == 0 || room.size.cols < 8 {
            return None;
        }
        let comfortable = (width / COMFORTABLE).max(1);
        let columns = count.div_ceil(most).clamp(comfortable, (width / LEAST).max(comfortable));
        let height = count.div_ceil(columns).min(most);
        let top = if room.line == 0 { 1 } else { room.line.saturating_sub(height + 2) };
        let place = Rect::new(top, 0, Size::new(room.size.cols, height + 2));
        let more = count.saturating_sub(height * columns);
        Some(Plate::new(place, Choices { rows, room, columns, more }))
    }

    /// A key with what it does in each; digits that do the same, each for its number, in one.
    fn rows(&self) -> Vec<(String, String)> {
        let mut rows: Vec<(String, String)> = Vec::new();
        let mut run = None;
        for (key, meaning) in self.choices {
            let digit = match key.code {
                KeyCode::Char(c) if key.mods.is_empty() => c.to_digit(10),
                _ => None,
            };
            let plain = digit.map(|digit| (digit, meaning.replace(&digit.to_string(), "")));
            match (&plain, &run, rows.last_mut()) {
                (Some((digit, text)), Some((first, before, same)), Some(row))
                    if before + 1 == *digit && text == same =>
                {
                    let range = format!("{first}-{digit}");
                    *row = (range.clone(), meaning.replace(&digit.to_string(), &range));
                    run = Some((*first, *digit, text.clone()));
                }
                _ => {
                    rows.push((key.to_string(), meaning.clone()));
                    run = plain.map(|(digit, text)| (digit, digit, text));
                }
            }
        }
        rows
    }
}

struct Choices<'a> {
    rows: Vec<(String, String)>,
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
        for (place, (name, meaning)) in self.rows.iter().enumerate() {
            let place = place as u16;
            let (row, col) = (place % inner.height, place / inner.height * column);
            if col + column > inner.width {
                break;
            }
            let (x, y) = (inner.x + col, inner.y + row);
            buffer.set_stringn(x, y, format!(" {name} "), usize::from(column), name_style);
            let used = name.width() as u16 + 3;
            let rest = usize::from(column.saturating_sub(used + 1));
            buffer.set_stringn(x + used.min(column), y, cut(meaning, rest), rest, ratatui::style::Style::reset());
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
            let digits = |key: &Key| matches!(key.code, KeyCode::Char('0'..='9'));
            let rows = choices.iter().filter(|(key, _)| !digits(key)).map(|(key, _)| key.to_string());
            for row in rows.chain(["0-9".to_owned()].into_iter().filter(|_| choices.iter().any(|(key, _)| digits(key))))
            {
                assert!(shown.contains(&format!(" {row} ")), "{name}, {row}:\n{shown}");
            }
        }
    }
}
