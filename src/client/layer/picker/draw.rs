//! How the picker looks: the list, beside or below it what the meant one shows, and a line of help.

use nucleo_matcher::{Config, Matcher};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::{Modifier, Style as UiStyle};
use ratatui::widgets::{Block, Paragraph, Widget};

use super::items::{Item, Kind};
use super::{Picker, help};
use crate::base::{Rect, Size};
use crate::client::layer::Room;
use crate::client::plate::{Plate, ui};

/// Columns from which on the preview is beside the list, and not below.
const BESIDE: u16 = 120;
/// Rows of the list and its neighbour below which there is no preview.
const FEWEST: u16 = 12;

/// Where its parts are.
pub(super) struct Places {
    pub(super) list: Rect,
    frame: Option<Rect>,
    /// Within the frame.
    pub(super) preview: Option<Rect>,
}

impl Picker {
    pub(super) fn places(&self, room: &Room) -> Places {
        let size = room.size;
        let top = u16::from(room.line == 0 && size.rows > 1);
        let rows = size.rows.saturating_sub(1).max(1);
        let whole = Rect::new(top, 0, Size::new(size.cols, rows));
        if !self.order.preview || rows < FEWEST || size.cols < 4 {
            return Places { list: whole, frame: None, preview: None };
        }
        let (list, frame) = if size.cols >= BESIDE {
            let cols = size.cols * 2 / 5;
            (Size::new(cols, rows), Rect::new(top, cols, Size::new(size.cols - cols, rows)))
        } else {
            let needed = u16::try_from(self.list.rows().len()).unwrap_or(u16::MAX);
            let above = needed.clamp(3, rows / 2);
            (Size::new(size.cols, above), Rect::new(top + above, 0, Size::new(size.cols, rows - above)))
        };
        let inner = Size::new(frame.size.cols.saturating_sub(2), frame.size.rows.saturating_sub(2));
        let preview = Rect::new(frame.top() + 1, frame.left() + 1, inner);
        Places { list: Rect::new(top, 0, list), frame: Some(frame), preview: Some(preview) }
    }

    pub(super) fn draw(&self, room: &Room) -> Vec<Plate> {
        let places = self.places(room);
        let foot = Rect::new(room.line, 0, Size::new(room.size.cols, 1));
        let mut plates = vec![Plate::new(places.list, Rows { picker: self, room })];
        if let Some(frame) = places.frame {
            plates.push(Plate::new(frame, Preview { picker: self }));
        }
        plates.push(Plate::new(foot, Paragraph::new(self.foot()).style(ui(room.message_style))));
        plates
    }

    fn foot(&self) -> String {
        if let Some(query) = &self.query {
            let found = self.list.rows().len();
            return format!("/{}   [{found}]", query.text());
        }
        let marked = match self.list.marked.len() {
            0 => String::new(),
            count => format!("{count} marked  "),
        };
        let place = (self.list.at() + 1).min(self.list.rows().len());
        let count = self.list.rows().len();
        format!(
            "{marked}[{place}/{count}]  Enter goes, / searches, Tab marks, x ends, d detaches, m moves, v preview, q"
        )
    }
}

struct Rows<'a> {
    picker: &'a Picker,
    room: &'a Room,
}

impl Widget for Rows<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let Self { picker, room } = self;
        let height = usize::from(area.height.max(1));
        picker.page.set(height);
        let at = picker.list.at();
        let top = picker.top.get().clamp((at + 1).saturating_sub(height), at);
        picker.top.set(top);
        let mut matcher = picker.list.is_searching().then(|| Matcher::new(Config::DEFAULT));
        for (row, (place, item)) in picker.list.rows().enumerate().skip(top).take(height).enumerate() {
            let line = Area::new(area.x, area.y + row as u16, area.width, 1);
            let base = if place == at { ui(room.message_style) } else { UiStyle::reset() };
            buffer.set_style(line, base);
            picker.row(line, buffer, (place, item), base, matcher.as_mut());
        }
        if picker.list.rows().len() == 0 {
            let text = if picker.filled { "nothing here" } else { "" };
            buffer.set_stringn(area.x, area.y, text, usize::from(area.width), UiStyle::reset());
        }
    }
}

impl Picker {
    fn row(
        &self,
        area: Area,
        buffer: &mut Buffer,
        (place, item): (usize, &Item),
        base: UiStyle,
        matcher: Option<&mut Matcher>,
    ) {
        let mark = if self.list.marked.contains(&item.target) { '*' } else { ' ' };
        let number = if place < 10 { format!("({place})") } else { "   ".to_owned() };
        let mut head = format!("{mark}{number} ");
        let flat = self.list.is_flat();
        if !flat {
            head += &"  ".repeat(usize::from(item.depth));
            head.push_str(match (item.has_children, self.list.is_open(item)) {
                (true, true) => "- ",
                (true, false) => "+ ",
                (false, _) => "  ",
            });
        }
        let width = usize::from(area.width);
        let (start, _) = buffer.set_stringn(area.x, area.y, &head, width, base);
        let text = if flat { &item.path } else { &item.label };
        let bold = if item.kind == Kind::Session && !flat { base.add_modifier(Modifier::BOLD) } else { base };
        let (end, _) = buffer.set_stringn(start, area.y, text, width.saturating_sub(usize::from(start - area.x)), bold);
        if let Some(matcher) = matcher {
            let found = self.list.found_in(&item.path, matcher);
            emphasize(buffer, Area::new(start, area.y, end - start, 1), text, &found);
        }
        if flat && item.path.ends_with(&item.note) {
            return;
        }
        let note = end.saturating_add(2).min(area.right());
        let dim = base.add_modifier(Modifier::DIM);
        buffer.set_stringn(note, area.y, &item.note, usize::from(area.right() - note), dim);
    }
}

/// Marks the characters of a text that a search has found.
fn emphasize(buffer: &mut Buffer, area: Area, text: &str, found: &[u32]) {
    let mut col = area.x;
    for (place, c) in text.chars().enumerate() {
        let width = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0) as u16;
        if col + width > area.right() {
            return;
        }
        if found.binary_search(&(place as u32)).is_ok() {
            let look = UiStyle::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
            buffer.set_style(Area::new(col, area.y, width, 1), look);
        }
        col += width;
    }
}

struct Preview<'a> {
    picker: &'a Picker,
}

impl Widget for Preview<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let item = self.picker.list.current();
        let title = item.map_or_else(String::new, |item| format!(" {} ", item.label));
        let block = Block::bordered().title(title);
        let inner = block.inner(area);
        block.render(area, buffer);
        let Some(item) = item else { return };
        let text = match item.kind {
            Kind::Command => help(item),
            _ if item.pane.is_none() => item.note.clone(),
            _ => return,
        };
        Paragraph::new(text).render(inner, buffer);
    }
}
