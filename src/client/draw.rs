//! From what the client holds to one picture: which plates lie where, what each pane shows, where the cursor is.

use std::collections::HashMap;
use std::time::Instant;

use ratatui::text::{Line as UiLine, Span};
use ratatui::widgets::Paragraph;

use crate::base::{Attrs, Color, ExitStatus, Line, PaneId, Point, Rect, Size, Style};
use crate::config::Features;
use crate::format::Range;
use crate::proto::message::{Cursor, PaneView, View};

use super::app::{App, Now};
use super::area::Division;
use super::borders::{Borders, Frame};
use super::compose::{Content, Part, Raised, Scene};
use super::copy::CopyMode;
use super::floats::Tinted;
use super::frame::Cell;
use super::layer::{Room, WhichKey};
use super::mirror::{Mirror, Pane};
use super::modes::MouseMode;
use super::notify::notification;
use super::pan::{Cut, Panned};
use super::picking::preview;
use super::plate::{Plate, ui};
use super::status::look;

/// What is mux's own on the screen, as it was drawn last.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// Something about the plates may have changed.
    stale: bool,
    /// The borders have to be laid anew.
    stale_borders: bool,
    borders: Option<Plate>,
    plates: Vec<(Level, Plate)>,
    /// How the terminal was divided for the view that came last.
    pub(super) division: Division,
    /// What clicks on the status lines are about.
    ranges: Vec<(Rect, Range)>,
    next_tick: Option<Instant>,
}

/// How high a plate lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// Under the cells of a pane that floats.
    Below(PaneId),
    /// On the cells of this pane.
    On(PaneId),
    /// On everything.
    Top,
}

impl Drawing {
    /// The plates at a level.
    fn at(&self, level: Level) -> impl Iterator<Item = &Plate> {
        self.plates.iter().filter(move |(at, _)| *at == level).map(|(_, plate)| plate)
    }

    pub(super) fn stale(&mut self) {
        self.stale = true;
    }

    pub(super) fn new_view(&mut self) {
        self.stale = true;
        self.stale_borders = true;
    }

    /// The terminal is another now.
    pub(super) fn forget(&mut self) {
        *self = Self { stale: true, stale_borders: true, ..Self::default() };
    }

    /// When the clock in the status line changes.
    pub(super) fn next_tick(&self) -> Option<Instant> {
        self.next_tick
    }

    /// The column in which the tab of this window begins.
    pub(super) fn tab_left(&self, index: u32) -> Option<u16> {
        let wanted = Range::Window(index.to_string());
        self.ranges.iter().find(|(_, range)| *range == wanted).map(|(place, _)| place.left())
    }

    pub(super) fn status_range(&self, at: Point) -> Option<&Range> {
        self.ranges.iter().find(|(place, _)| place.contains(at)).map(|(_, range)| range)
    }
}

impl App {
    /// Appends what brings the terminal up to date.
    pub(super) fn draw(&mut self, now: Now, out: &mut Vec<u8>) {
        self.follow_pan();
        let mouse = self.mouse_mode();
        let features = self.capabilities.features();
        self.outer.set_mouse(if features.contains(Features::MOUSE) { mouse } else { MouseMode::Off }, out);
        self.outer.set_keyboard(self.key_reports(), out);
        if features.contains(Features::TITLE) {
            self.outer.set_title(self.options.title.as_deref(), out);
        }
        out.append(&mut self.extra);
        if let Some(text) = self.notification.take() {
            out.extend(notification(&text, |name| std::env::var(name).ok()));
        }
        if !self.scroll_main_screen(out) {
            return;
        }
        if std::mem::take(&mut self.drawing.stale_borders) {
            self.lay_borders();
        }
        if std::mem::take(&mut self.drawing.stale) {
            self.lay_plates(now);
        }
        let division = self.division();
        // A pane's own is not seen where something of mux's own lies over all panes.
        let covered = |cursor: &Cursor| self.drawing.at(Level::Top).any(|plate| plate.covers(cursor.at));
        let cursor = self.cursor(&division).filter(|cursor| !self.layers.is_empty() || !covered(cursor));
        let on_tiled = self.mirror.tiled().flat_map(|pane| self.drawing.at(Level::On(pane.id)));
        let part = |pane: &PaneView| part(pane, &division, &self.mirror, &self.copies);
        let raised = |pane: &PaneView| {
            let above = self.drawing.at(Level::On(pane.id)).collect();
            Some(Raised { below: self.drawing.at(Level::Below(pane.id)).next()?, part: part(pane), above })
        };
        let scene = Scene {
            parts: self.mirror.tiled().filter_map(part).collect(),
            low: self.drawing.borders.iter().chain(on_tiled).collect(),
            raised: self.mirror.floating().filter_map(|(pane, _)| raised(pane)).collect(),
            plates: self.drawing.at(Level::Top).collect(),
            over: self.live(&self.room()).and_then(|(id, place)| preview(id, place, &self.mirror)),
            cursor,
        };
        self.canvas.draw(&scene, out);
        drop(scene);
        self.end_main_screen(out);
    }

    pub(super) fn room(&self) -> Room {
        let division = self.division();
        let usual = self.mirror.view().map_or("reverse", |view| &view.settings.message_style);
        let message_style = self.style("message-style", usual, Style::DEFAULT);
        Room { size: division.size, line: division.line(), message_style }
    }

    // ---- plates --------------------------------------------------------------------------------------------------

    fn lay_borders(&mut self) {
        let division = self.division();
        let laid = borders(&self.mirror, &division, self.frame(self.mirror.tiled()));
        if laid != self.drawing.borders {
            self.canvas.mark_all();
            self.drawing.borders = laid;
        }
    }

    /// Draws the plates anew and marks the rows of those that have changed.
    fn lay_plates(&mut self, now: Now) {
        let plates = self.plates(now);
        let old = std::mem::take(&mut self.drawing.plates);
        for (_, plate) in old.iter().filter(|plate| !plates.contains(plate)) {
            self.canvas.mark(plate.rows());
        }
        for (_, plate) in plates.iter().filter(|plate| !old.contains(plate)) {
            self.canvas.mark(plate.rows());
        }
        self.drawing.plates = plates;
    }

    fn plates(&mut self, now: Now) -> Vec<(Level, Plate)> {
        let of_panes = self.plates_of_panes();
        of_panes.into_iter().chain(self.top_plates(now).into_iter().map(|plate| (Level::Top, plate))).collect()
    }

    fn plates_of_panes(&self) -> Vec<(Level, Plate)> {
        let (room, division) = (self.room(), self.division());
        let mut plates = Vec::new();
        if self.mirror.floating().next().is_some() {
            let frame = self.frame(std::iter::empty());
            let frames = self.mirror.floating();
            plates.extend(frames.map(|(pane, float)| (Level::Below(pane.id), self.float_plate(pane, float, &frame))));
        }
        for pane in self.mirror.view().map_or(&[][..], |view| &view.panes) {
            let modal = self.mirror.float(pane.id).is_some_and(|float| float.modal);
            let on = dead_plate(pane, modal, &division).into_iter().chain(self.copy_plate(pane, &division, &room));
            plates.extend(on.map(|plate| (Level::On(pane.id), plate)));
        }
        plates
    }

    fn top_plates(&mut self, now: Now) -> Vec<Plate> {
        let room = self.room();
        let division = self.division();
        let mut plates = Vec::new();
        if let Some(view) = self.mirror.view() {
            plates.extend(self.smaller_plate(view, &division));
        }
        plates.extend(self.status_plates(&division, now));
        plates.extend(self.hint_line().map(|line| line.plate(&room)));
        let choices = self.keys.choices(now.instant);
        plates.extend(choices.and_then(|choices| WhichKey { choices: &choices }.plate(&room)));
        for layer in &self.layers {
            plates.extend(layer.plates(&room));
        }
        plates.extend(self.notice_plate(&room));
        plates
    }

    fn status_plates(&mut self, division: &Division, now: Now) -> Vec<Plate> {
        self.drawing.next_tick = None;
        self.drawing.ranges.clear();
        let cols = division.size.cols;
        let (mut plates, mut waits) = (Vec::new(), Vec::new());
        for number in 0..division.status_rows {
            let Some((line, wait)) = self.status_line(number, now) else { continue };
            waits.extend(wait);
            let row = division.status_top + number;
            let place = |cols: std::ops::Range<u16>| Rect::new(row, cols.start, Size::new(cols.end - cols.start, 1));
            self.drawing.ranges.extend(line.ranges(cols).into_iter().map(|(cols, range)| (place(cols), range)));
            plates.push(Plate::new(place(0..cols), &line));
        }
        self.drawing.next_tick = waits.into_iter().min().map(|wait| now.instant + wait);
        plates
    }

    fn notice_plate(&self, room: &Room) -> Option<Plate> {
        let notice = self.notice.as_ref()?;
        let mut style = room.message_style;
        if notice.error {
            style.attrs |= Attrs::BOLD;
        }
        let text: String = notice.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let place = Rect::new(room.line, 0, Size::new(room.size.cols, 1));
        Some(Plate::new(place, Paragraph::new(text).style(ui(style))))
    }

    /// The position in the history, at the top right of a pane in copy mode.
    fn copy_plate(&self, view: &PaneView, division: &Division, room: &Room) -> Option<Plate> {
        let (copy, pane) = (self.copies.get(&view.id)?, self.mirror.pane(view.id)?);
        let text = copy.indicator(pane);
        let place = division.place(view.rect);
        let width = (unicode_width::UnicodeWidthStr::width(text.as_str()) as u16).min(place.size.cols);
        if width == 0 || place.size.rows == 0 {
            return None;
        }
        let place = Rect::new(place.top(), place.right() - width, Size::new(width, 1));
        Some(Plate::new(place, Paragraph::new(text).style(ui(room.message_style))))
    }

    /// Where the window leaves room, it says why.
    fn smaller_plate(&self, view: &View, division: &Division) -> Option<Plate> {
        let why = self.smaller.as_ref()?;
        let room = division.room();
        let mut used = view.window_size;
        let mut tiled = self.mirror.tiled();
        if let (Some(only), None) = (tiled.next(), tiled.next()) {
            // It has the room here, and its program has less of it.
            let size = self.mirror.pane(only.id)?.size;
            used = Size::new(used.cols.min(size.cols), used.rows.min(size.rows));
        }
        let text = format!(" {why} ");
        let width = u16::try_from(text.chars().count()).ok()?;
        let place = if used.rows < room.size.rows {
            Rect::new(room.bottom() - 1, room.size.cols.saturating_sub(width), Size::new(width.min(room.size.cols), 1))
        } else {
            let beside = room.size.cols.checked_sub(used.cols).filter(|beside| *beside > 0)?;
            let width = width.min(beside);
            Rect::new(room.bottom() - 1, room.size.cols - width, Size::new(width, 1))
        };
        let style = self.style("pane-border-style", &view.settings.pane_border_style, Style::DEFAULT);
        Some(Plate::new(place, Paragraph::new(text).style(ui(style))))
    }

    // ---- the cursor ----------------------------------------------------------------------------------------------

    /// Where the terminal's cursor goes: a layer's, else the active pane's.
    fn cursor(&self, division: &Division) -> Option<Cursor> {
        if let Some(layer) = self.layers.last() {
            return layer.cursor(&self.room());
        }
        let view = self.mirror.active()?;
        let place = division.place(view.rect);
        let cursor = match self.copies.get(&view.id) {
            Some(copy) => copy.cursor(),
            None if view.dead.is_some() => return None,
            None => self.mirror.cursor(view.id)?,
        };
        let hidden = division.hidden(view.rect);
        let row = cursor.at.row.0.checked_sub(hidden.row.0)?;
        let at = Point::new(place.top() + row, place.left() + cursor.at.col.0.checked_sub(hidden.col.0)?);
        let last = place.right().saturating_sub(1);
        // A cursor behind the last column stands on it.
        let at = Point::new(at.row.0, at.col.0.min(last));
        (place.contains(at) && !self.is_covered(view.id, at)).then_some(Cursor { at, ..cursor })
    }
}

fn part<'a>(
    view: &PaneView,
    division: &Division,
    mirror: &'a Mirror,
    copies: &'a HashMap<PaneId, CopyMode>,
) -> Option<Part<'a>> {
    let pane = mirror.pane(view.id)?;
    let content: Box<dyn Content + 'a> = match copies.get(&view.id) {
        Some(copy) => Box::new(copy.content(pane)),
        None => Box::new(pane),
    };
    let style = mirror.float(view.id).map(|float| look(&float.style, Style::DEFAULT));
    let content = match style.filter(|style| *style != Style::DEFAULT) {
        Some(style) => Box::new(Tinted { content, style }),
        None => content,
    };
    let (place, hidden) = (division.place(view.rect), division.hidden(view.rect));
    let cut = hidden != Point::default();
    Some(Part { place, content: if cut { Box::new(Cut { content, hidden }) } else { content } })
}

impl Content for &Pane {
    fn line(&self, row: u16) -> Option<&Line> {
        self.rows.get(usize::from(row))
    }

    fn reversed(&self) -> bool {
        self.modes.reverse
    }

    fn mark(&self, _row: u16, _cells: &mut [Cell]) {}
}

/// What of a window is no pane; nothing where one pane fills the room.
fn borders(mirror: &Mirror, division: &Division, frame: Frame) -> Option<Plate> {
    let view = mirror.view()?;
    let rects: Vec<Rect> = mirror.tiled().map(|pane| pane.rect).collect();
    let room = division.room();
    let fills = |rect: &Rect| division.place(*rect) == room;
    if rects.is_empty() || rects.iter().any(fills) || room.size.is_empty() {
        return None;
    }
    let pan = division.pan();
    let borders = Borders {
        panes: &rects,
        active: mirror.tiled().find(|pane| pane.active && rects.len() > 1).map(|pane| pane.rect),
        window: Size::new(
            view.window_size.cols.min(room.size.cols.saturating_add(pan.col.0)),
            view.window_size.rows.min(room.size.rows.saturating_add(pan.row.0)),
        ),
        frame,
    };
    Some(match pan == Point::default() {
        true => Plate::open(room, borders),
        false => Plate::open(room, Panned { widget: borders, pan }),
    })
}

pub(super) fn dead_text(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("Pane is dead (status {code})"),
        ExitStatus::Signal { signal, .. } => format!("Pane is dead ({})", crate::base::exit::signal_name(signal)),
        ExitStatus::Unknown => "Pane is dead".to_owned(),
    }
}

/// The last row of a pane whose program has ended says so.
fn dead_plate(pane: &PaneView, modal: bool, division: &Division) -> Option<Plate> {
    let closed = if modal { ": Escape closes it" } else { "" };
    let text = dead_text(pane.dead?) + closed;
    let place = division.place(pane.rect);
    if place.size.is_empty() {
        return None;
    }
    let row = Rect::new(place.bottom() - 1, place.left(), Size::new(place.size.cols, 1));
    let style = Style { fg: Color::Indexed(1), attrs: Attrs::BOLD, ..Style::DEFAULT };
    Some(Plate::new(row, Paragraph::new(UiLine::from(Span::styled(text, ui(style))))))
}
