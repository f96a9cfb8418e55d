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

/// Cells of a column in which not all is whole, the fewest that tell anything.
const LEAST: usize = 16;

/// Cells of a choice beside its key and its note: on both sides of the key, before the note and behind it.
const AROUND: usize = 4;

impl WhichKey<'_> {
    /// At the bottom, as low as it can be with all choices whole, or else in as many columns as it takes to show all, if
    /// that leaves them legible; nothing where there is no room for a frame and a line. What has no room is counted in the
    /// frame.
    pub(in crate::client) fn plate(&self, room: &Room) -> Option<Plate> {
        let width = room.size.cols.saturating_sub(2);
        let most = room.size.rows.saturating_sub(3);
        let rows = self.rows();
        if rows.is_empty() || most == 0 || room.size.cols < 8 {
            return None;
        }
        let (height, columns) = arranged(&rows, width.into(), most.into());
        let more = rows.len().saturating_sub(height * columns.len());
        let height = u16::try_from(height).unwrap_or(most);
        let top = if room.line == 0 { 1 } else { room.line.saturating_sub(height + 2) };
        let place = Rect::new(top, 0, Size::new(room.size.cols, height + 2));
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

/// Choices one below the other.
struct Column {
    width: usize,
    /// Cells of its keys where its notes stand below each other; where room is short they do not.
    keys: usize,
}

impl Column {
    /// With all of them whole.
    fn of(rows: &[(String, String)]) -> Self {
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let keys = widest(&mut rows.iter().map(|(key, _)| key.width()));
        let notes = widest(&mut rows.iter().map(|(_, note)| note.width()));
        Self { width: keys + notes + AROUND, keys }
    }

    /// With the notes right behind the keys.
    fn tight(rows: &[(String, String)]) -> Self {
        let width = rows.iter().map(|(key, note)| key.width() + note.width() + AROUND).max().unwrap_or(0);
        Self { width, keys: 0 }
    }
}

/// How many rows of choices there are in this room, and in which columns.
fn arranged(rows: &[(String, String)], width: usize, most: usize) -> (usize, Vec<Column>) {
    let whole = |height: usize| rows.chunks(height).map(Column::of).collect::<Vec<_>>();
    let mut lowest = (1..=most).map(|height| (height, whole(height)));
    if let Some(found) = lowest.find(|(_, columns)| columns.iter().map(|column| column.width).sum::<usize>() <= width) {
        return found;
    }
    let columns = rows.len().div_ceil(most).clamp(1, (width / LEAST).max(1));
    let height = rows.len().div_ceil(columns).min(most);
    let mut columns: Vec<Column> = rows.chunks(height).take(columns).map(Column::tight).collect();
    // What the narrow ones do not need is the wide ones'.
    let used = |cap: usize| columns.iter().map(|column| column.width.min(cap)).sum::<usize>();
    let cap = (0..=width).rev().find(|cap| used(*cap) <= width).unwrap_or(0);
    columns.iter_mut().for_each(|column| column.width = column.width.min(cap));
    (height, columns)
}

struct Choices<'a> {
    rows: Vec<(String, String)>,
    room: &'a Room,
    columns: Vec<Column>,
    /// Choices that have no room.
    more: usize,
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
        let key_style = ui(self.room.message_style).add_modifier(Modifier::BOLD);
        let mut x = inner.x;
        for (column, rows) in self.columns.iter().zip(self.rows.chunks(inner.height.into())) {
            for (y, (key, note)) in (inner.y..).zip(rows) {
                buffer.set_stringn(x, y, format!(" {key} "), column.width, key_style);
                let used = column.keys.max(key.width()) + AROUND - 1;
                let rest = column.width.saturating_sub(used + 1);
                let at = x.saturating_add(used.min(column.width) as u16);
                buffer.set_stringn(at, y, cut(note, rest), rest, ratatui::style::Style::reset());
            }
            x = x.saturating_add(column.width as u16);
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
    fn notes_are_whole_where_they_can_be_and_take_room_from_narrow_ones_where_not() {
        let long = "something that needs a lot of room to be said";
        let choices = [("a", "one"), ("b", "two"), ("C-M-x", long), ("d", "four")];
        let choices = choices.map(|(key, note)| (key.parse().unwrap(), note.to_owned()));
        let text = |cols, rows| {
            let room = Room { size: Size::new(cols, rows), line: rows - 1, message_style: Style::DEFAULT };
            WhichKey { choices: &choices }.plate(&room).unwrap().text()
        };
        let lines = |text: &str| text.lines().map(str::trim_end).map(str::to_owned).collect::<Vec<_>>();
        let wide = text(100, 30);
        assert_eq!(lines(&wide).len(), 3, "{wide}");
        assert!(wide.contains(long) && wide.contains("  four"), "{wide}");
        let narrow = text(64, 30);
        assert_eq!(lines(&narrow).len(), 4, "{narrow}");
        assert!(narrow.contains(" C-M-x  some") && narrow.contains(" d      four"), "{narrow}");
        // Two rows in 50 columns: the first column is as narrow as it can be.
        let short = text(50, 5);
        assert!(short.contains("│ a  one  C-M-x  something that needs a lot of … │"), "{short}");
        assert!(short.contains("│ b  two  d  four"), "{short}");
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
