//! What a mode of the keymap has, on one line: its name, then keys and what they do. Takes no keys itself.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use crate::base::{Key, Rect, Size};
use crate::client::plate::{Plate, ui};

use super::Room;

pub(in crate::client) struct HintLine {
    pub(in crate::client) title: String,
    /// Only the name and the keys themselves, at the right: the status line stays.
    pub(in crate::client) short: bool,
    pub(in crate::client) choices: Vec<(Key, String)>,
}

impl HintLine {
    pub(in crate::client) fn plate(&self, room: &Room) -> Plate {
        let width = usize::from(room.size.cols);
        let style = ui(room.message_style);
        let title = format!(" {} ", self.title);
        let mut used = title.width();
        let mut spans = vec![Span::styled(title, style.add_modifier(Modifier::BOLD | Modifier::REVERSED))];
        for (key, meaning) in self.distinct() {
            let (key, meaning) = (format!(" {key}"), format!(" {meaning} "));
            let needs = key.width() + meaning.width();
            if used + needs > width {
                let more = " …";
                if used + more.width() <= width {
                    used += more.width();
                    spans.push(Span::styled(more, style));
                }
                break;
            }
            used += needs;
            spans.push(Span::styled(key, style.add_modifier(Modifier::BOLD)));
            spans.push(Span::styled(meaning, style));
        }
        let shown = (if self.short { used.min(width) } else { width }) as u16;
        let place = Rect::new(room.line, room.size.cols - shown, Size::new(shown, 1));
        Plate::new(place, Paragraph::new(Line::from(spans)).style(style))
    }

    /// Keys that do the same are shown once, by the first of them.
    fn distinct(&self) -> Vec<(&Key, &str)> {
        let mut seen: Vec<(&Key, &str)> = Vec::new();
        for (key, meaning) in &self.choices {
            if !seen.iter().any(|(_, known)| known == meaning) {
                seen.push((key, meaning));
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Style;

    fn line(short: bool) -> HintLine {
        let choices = [('n', "New"), ('h', "Left"), ('H', "Left"), ('x', "Close")];
        let choices = choices.map(|(key, note)| (Key::char(key), note.to_owned())).to_vec();
        HintLine { title: "PANE".into(), short, choices }
    }

    #[test]
    fn it_fits_any_room_and_names_each_meaning_once() {
        for (cols, rows) in [(80, 24), (20, 5), (8, 3), (2, 1), (1, 1)] {
            for short in [false, true] {
                let room = Room { size: Size::new(cols, rows), line: rows - 1, message_style: Style::DEFAULT };
                assert_eq!(line(short).plate(&room).rows(), rows - 1..rows, "{cols}x{rows}");
            }
        }
        let line = line(false);
        let shown: Vec<&str> = line.distinct().into_iter().map(|(_, meaning)| meaning).collect();
        assert_eq!(shown, ["New", "Left", "Close"]);
    }
}
