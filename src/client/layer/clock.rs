//! A clock in the place of a pane, until a key is pressed.

use std::time::{Duration, Instant};

use ratatui::widgets::{Clear, Paragraph};

use crate::base::{Attrs, Color, Key, Rect, Size, Style, Timestamp};
use crate::client::plate::{Plate, ui};

use super::digits::large;
use super::{Layer, Room, Taken};

pub(in crate::client) struct Clock {
    place: Rect,
    time: Timestamp,
    changes_at: Instant,
}

/// Milliseconds that the time stays what it is.
const MINUTE: i64 = 60_000;

impl Clock {
    pub(in crate::client) fn new(place: Rect, now: Instant, time: Timestamp) -> Self {
        let left = u64::try_from(MINUTE - time.0.rem_euclid(MINUTE)).unwrap_or(0);
        Self { place, time, changes_at: now + Duration::from_millis(left) }
    }

    /// Large where the pane has room for that.
    fn rows(&self) -> Vec<String> {
        let text = self.time.strftime("%H:%M");
        let rows = large(&text);
        let fits = |row: &String| row.chars().count() <= usize::from(self.place.size.cols);
        if rows.len() <= usize::from(self.place.size.rows) && rows.iter().all(fits) { rows } else { vec![text] }
    }
}

impl Layer for Clock {
    fn key(&mut self, _key: Key) -> Taken {
        Taken::Close(Vec::new())
    }

    fn plates(&self, _room: &Room) -> Vec<Plate> {
        let rows = self.rows();
        let width = rows.first().map_or(0, |row| row.chars().count()) as u16;
        let room = self.place.size;
        let size = Size::new(width.min(room.cols), (rows.len() as u16).min(room.rows));
        let top = self.place.top() + (room.rows - size.rows) / 2;
        let left = self.place.left() + (room.cols - size.cols) / 2;
        // tmux's clock-mode-colour.
        let style = Style { fg: Color::Indexed(4), attrs: Attrs::BOLD, ..Style::DEFAULT };
        let time = Paragraph::new(rows.join("\n")).style(ui(style));
        vec![Plate::new(self.place, Clear), Plate::new(Rect::new(top, left, size), time)]
    }

    fn changes_at(&self) -> Option<Instant> {
        Some(self.changes_at)
    }

    fn change(&mut self, now: Instant, time: Timestamp) {
        *self = Self::new(self.place, now, time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_changes_with_the_minute_and_goes_with_a_key() {
        let now = Instant::now();
        let mut clock = Clock::new(Rect::new(0, 0, Size::new(80, 23)), now, Timestamp(59_000));
        assert_eq!(clock.changes_at(), Some(now + Duration::from_secs(1)));
        assert_eq!(clock.rows().len(), 5);
        let before = clock.rows();
        clock.change(now, Timestamp(60_000));
        assert_ne!(clock.rows(), before);
        assert_eq!(clock.key(Key::char('q')), Taken::Close(Vec::new()));
        clock.place.size = Size::new(6, 3);
        assert_eq!(clock.rows().len(), 1);
    }
}
