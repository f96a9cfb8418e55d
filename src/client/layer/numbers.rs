//! The number of each pane on it, for a moment; typing one selects that pane.

use std::time::Instant;

use ratatui::widgets::Paragraph;

use crate::base::{Attrs, Color, Key, KeyCode, PaneId, Rect, Size, Style};
use crate::client::plate::{Plate, ui};

use super::digits::large;
use super::prompt::filled;
use super::{Action, Layer, Room, Taken};

/// A pane with its number, at its place on the terminal.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Number {
    pub(in crate::client) pane: PaneId,
    pub(in crate::client) index: u32,
    pub(in crate::client) place: Rect,
    pub(in crate::client) active: bool,
}

pub(in crate::client) struct Numbers {
    panes: Vec<Number>,
    until: Instant,
    /// A digit chooses the pane.
    chooses: bool,
    /// The command for it, with `%%` for its name; else it is made the active one.
    template: Option<String>,
}

impl Numbers {
    pub(in crate::client) fn new(panes: Vec<Number>, until: Instant) -> Self {
        Self { panes, until, chooses: true, template: None }
    }

    /// Whether a digit does anything, and what.
    pub(in crate::client) fn choosing(self, chooses: bool, template: Option<String>) -> Self {
        Self { chooses, template, ..self }
    }

    fn select(&self, pane: &Number) -> Action {
        let name = pane.pane.to_string();
        match &self.template {
            None => Action::Words(vec!["select-pane".into(), "-t".into(), name]),
            Some(template) => match filled(template, &[name]) {
                Ok(words) => Action::Words(words),
                Err(error) => Action::Say(error.to_string()),
            },
        }
    }
}

/// The rows of a number, large where the pane has room for that.
fn picture(index: u32, size: Size) -> Vec<String> {
    let text = index.to_string();
    if usize::from(size.cols) < text.len() * 4 + 1 || size.rows < 7 { vec![text] } else { large(&text) }
}

impl Layer for Numbers {
    fn key(&mut self, key: Key) -> Taken {
        let KeyCode::Char(c) = key.code else { return Taken::Pass };
        if !self.chooses {
            return Taken::Pass;
        }
        let Some(index) = c.to_digit(10).filter(|_| key.mods.is_empty()) else { return Taken::Pass };
        let chosen = self.panes.iter().find(|pane| pane.index == index);
        Taken::Close(chosen.map(|pane| self.select(pane)).into_iter().collect())
    }

    fn plates(&self, _room: &Room) -> Vec<Plate> {
        self.panes.iter().map(plate).collect()
    }

    fn ends_at(&self) -> Option<Instant> {
        Some(self.until)
    }
}

fn plate(number: &Number) -> Plate {
    let rows = picture(number.index, number.place.size);
    let width = rows.first().map_or(0, |row| row.chars().count()) as u16;
    let size = Size::new(width.min(number.place.size.cols), (rows.len() as u16).min(number.place.size.rows));
    let top = number.place.top() + (number.place.size.rows - size.rows) / 2;
    let left = number.place.left() + (number.place.size.cols - size.cols) / 2;
    let fg = if number.active { Color::Indexed(1) } else { Color::Indexed(4) };
    let style = Style { fg, attrs: Attrs::BOLD, ..Style::DEFAULT };
    Plate::open(Rect::new(top, left, size), Paragraph::new(rows.join("\n")).style(ui(style)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_selects_and_another_key_goes_on() {
        let place = Rect::new(0, 0, Size::new(20, 10));
        let number = Number { pane: PaneId(7), index: 1, place, active: true };
        let mut numbers = Numbers::new(vec![number], Instant::now());
        let words = ["select-pane", "-t", "%7"].map(str::to_owned).to_vec();
        assert_eq!(numbers.key(Key::char('1')), Taken::Close(vec![Action::Words(words)]));
        assert_eq!(numbers.key(Key::char('5')), Taken::Close(vec![]));
        assert_eq!(numbers.key(Key::char('x')), Taken::Pass);
    }

    #[test]
    fn numbers_fit_the_pane() {
        assert_eq!(picture(12, Size::new(20, 10)).len(), 5);
        assert_eq!(picture(12, Size::new(8, 10)), ["12"]);
        let number = Number { pane: PaneId(7), index: 12, place: Rect::new(3, 3, Size::new(1, 1)), active: false };
        assert_eq!(plate(&number).rows(), 3..4);
    }
}
