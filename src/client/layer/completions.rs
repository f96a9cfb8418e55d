//! The completions of what is typed at the prompt: one is chosen by Tab after Tab.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::{Modifier, Style as UiStyle};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::base::{Rect, Size};
use crate::client::plate::{Plate, ui};
use crate::command::{Choice, Completion};
use crate::format::cut;

use super::Room;

pub(in crate::client) struct Completions {
    /// The line before the word.
    before: String,
    choices: Vec<Choice>,
    /// The one that stands on the line.
    chosen: Option<usize>,
}

/// Rows of the list at most; it goes along with what is chosen.
const ROWS: u16 = 8;

impl Completions {
    /// The line with as much as is certain, and a list where there is a choice. `None` where nothing fits.
    pub(in crate::client) fn of(line: &str, completion: Completion) -> Option<(String, Option<Self>)> {
        let Completion { start, choices } = completion;
        let before = line[..start].to_owned();
        let first = &choices.first()?.word;
        if choices.len() == 1 {
            return Some((format!("{before}{first} "), None));
        }
        let common = choices.iter().fold(first.as_str(), |common, choice| shared(common, &choice.word));
        Some((format!("{before}{common}"), Some(Self { before, choices, chosen: None })))
    }

    /// The line with the next one, or the one before.
    pub(in crate::client) fn next(&mut self, back: bool) -> String {
        let count = self.choices.len();
        let at = match (self.chosen, back) {
            (None, false) => 0,
            (None, true) => count - 1,
            (Some(at), false) => (at + 1) % count,
            (Some(at), true) => (at + count - 1) % count,
        };
        self.chosen = Some(at);
        format!("{}{}", self.before, self.choices[at].word)
    }

    /// Beside the prompt's line, and `used` rows that lie next to it; nothing where no row is left.
    pub(in crate::client) fn plate(&self, room: &Room, used: u16) -> Option<Plate> {
        let (above, below) = (room.line.saturating_sub(used), room.size.rows.saturating_sub(room.line + 1 + used));
        let at_top = room.line == 0;
        let rows = (self.choices.len() as u16).min(ROWS).min(if at_top { below } else { above });
        if rows == 0 {
            return None;
        }
        let top = if at_top { 1 + used } else { above - rows };
        let place = Rect::new(top, 0, Size::new(room.size.cols, rows));
        let from = self.chosen.unwrap_or(0).saturating_sub(usize::from(rows) - 1);
        Some(Plate::new(place, List { of: self, from, style: ui(room.message_style) }))
    }
}

/// The beginning that both have.
fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    &one[..same]
}

struct List<'a> {
    of: &'a Completions,
    from: usize,
    style: UiStyle,
}

impl Widget for List<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        Clear.render(area, buffer);
        let widest = self.of.choices.iter().map(|choice| choice.word.width()).max().unwrap_or(0) as u16 + 2;
        let column = widest.min(area.width.max(2) / 2);
        let shown = self.of.choices.iter().enumerate().skip(self.from);
        for (row, (at, choice)) in (area.y..area.bottom()).zip(shown) {
            let chosen = Some(at) == self.of.chosen;
            let style = if chosen { self.style.add_modifier(Modifier::REVERSED) } else { self.style };
            buffer.set_style(Area::new(area.x, row, area.width, 1), style);
            buffer.set_stringn(area.x, row, &choice.word, area.width.into(), style.add_modifier(Modifier::BOLD));
            let from = column.max(choice.word.width() as u16 + 1);
            let room = usize::from(area.width.saturating_sub(from));
            if room > 0 {
                buffer.set_stringn(area.x + from, row, cut(&choice.note, room), room, style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_is_typed_at_once() {
        let choices = |words: &[&str]| Completion {
            start: 2,
            choices: words.iter().map(|word| Choice { word: (*word).into(), note: String::new() }).collect(),
        };
        assert!(Completions::of("x a", choices(&[])).is_none());
        assert_eq!(Completions::of("x a", choices(&["abc"])).unwrap().0, "x abc ");
        let (line, menu) = Completions::of("x ä", choices(&["äbc", "äbd"])).unwrap();
        let mut menu = menu.unwrap();
        assert_eq!((line.as_str(), menu.next(true).as_str(), menu.next(false).as_str()), ("x äb", "x äbd", "x äbc"));
    }
}
