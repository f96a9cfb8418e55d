//! What the server has last said: the view, and the visible panes row by row. Pure; holds facts, decides nothing.

use std::collections::HashMap;

use crate::base::limits::{MAX_PANES, MAX_SCREEN, MIN_PANE};
use crate::base::{Line, PaneId, Point, Size};
use crate::proto::message::{Cursor, CursorShape, FloatView, KeyReports, Looks, PaneModes, PaneView, Rows, View};

/// A pane's screen.
#[derive(Clone, Debug, Default)]
pub(super) struct Pane {
    pub(super) size: Size,
    pub(super) rows: Vec<Line>,
    pub(super) cursor: Option<Cursor>,
    pub(super) modes: PaneModes,
    /// How its program wants keys.
    pub(super) reports: KeyReports,
    /// Its program wants pastes marked (mode 2004).
    pub(super) bracketed: bool,
    pub(super) first_line: u64,
    pub(super) screen_line: u64,
}

/// What an update has touched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Touched {
    Rows(Vec<u16>),
    All,
}

/// Lines that have left a pane's screen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// The first line of the screen before.
    pub(super) from: u64,
    /// As they were seen last.
    pub(super) lines: Vec<Line>,
}

impl Pane {
    /// A line by number, while it is on the screen.
    pub(super) fn line(&self, number: u64) -> Option<&Line> {
        let row = number.checked_sub(self.screen_line)?;
        self.rows.get(usize::try_from(row).ok()?)
    }

    /// The number of the last row.
    pub(super) fn last_line(&self) -> u64 {
        self.screen_line + (self.rows.len() as u64).saturating_sub(1)
    }

    fn apply(&mut self, update: Rows) -> Touched {
        let size = update.size.clamp(MIN_PANE, MAX_SCREEN);
        let resized = size != self.size;
        let mut all = resized || self.modes.reverse != update.modes.reverse;
        if resized {
            self.size = size;
            self.rows = vec![Line::default(); usize::from(size.rows)];
        }
        all |= update.rows.len() >= self.rows.len();
        let Point { row, col } = update.cursor.at;
        let at = Point::new(row.0.min(size.rows - 1), col.0.min(size.cols));
        self.cursor = Some(Cursor { at, ..update.cursor });
        self.modes = update.modes;
        self.first_line = update.first_line.min(update.screen_line);
        self.screen_line = update.screen_line;
        let mut touched = Vec::with_capacity(update.rows.len());
        for (row, line) in update.rows {
            if let Some(place) = self.rows.get_mut(usize::from(row)) {
                *place = line;
                touched.push(row);
            }
        }
        if all { Touched::All } else { Touched::Rows(touched) }
    }
}

#[derive(Debug, Default)]
pub(super) struct Mirror {
    view: Option<View>,
    /// The last panes of the view, which float above the others.
    floats: Vec<FloatView>,
    looks: Option<Looks>,
    panes: HashMap<PaneId, Pane>,
    /// A pane that is shown wherever it is; see [`Mirror::watch`].
    watched: Option<PaneId>,
}

impl Mirror {
    pub(super) fn view(&self) -> Option<&View> {
        self.view.as_ref()
    }

    /// None from a server that does not tell.
    pub(super) fn looks(&self) -> Option<&Looks> {
        self.looks.as_ref()
    }

    pub(super) fn set_looks(&mut self, looks: Looks) {
        self.looks = Some(looks);
    }

    pub(super) fn pane(&self, id: PaneId) -> Option<&Pane> {
        self.panes.get(&id)
    }

    /// The pane that keys go to.
    pub(super) fn active(&self) -> Option<&PaneView> {
        self.view.as_ref()?.panes.iter().find(|pane| pane.active)
    }

    /// What a pane that floats has beside its view; none for one that does not.
    pub(super) fn float(&self, id: PaneId) -> Option<&FloatView> {
        self.floats.iter().find(|float| float.pane == id)
    }

    /// The panes that float, those on top last.
    pub(super) fn floating(&self) -> impl DoubleEndedIterator<Item = (&PaneView, &FloatView)> {
        self.panes().iter().filter_map(|pane| Some((pane, self.float(pane.id)?)))
    }

    /// The panes that tile the window.
    pub(super) fn tiled(&self) -> impl Iterator<Item = &PaneView> {
        self.panes().iter().filter(|pane| self.float(pane.id).is_none())
    }

    fn panes(&self) -> &[PaneView] {
        self.view.as_ref().map_or(&[], |view| &view.panes)
    }

    /// Panes that are no longer visible are forgotten: the server sends all of a pane that comes back.
    pub(super) fn set_view(&mut self, view: View, floats: Vec<FloatView>) {
        self.view = Some(view);
        self.floats = floats;
        self.forget_unseen();
    }

    /// From now on this pane is sent too, whether the view shows it or not. Whether it is another one than before.
    pub(super) fn watch(&mut self, pane: Option<PaneId>) -> bool {
        let changed = std::mem::replace(&mut self.watched, pane) != pane;
        self.forget_unseen();
        changed
    }

    fn forget_unseen(&mut self) {
        let Self { view, panes, watched, .. } = self;
        let seen = |id: PaneId| view.as_ref().is_some_and(|view| view.panes.iter().any(|pane| pane.id == id));
        panes.retain(|id, _| *watched == Some(*id) || seen(*id));
    }

    /// Takes an update; says which of the pane's rows it has touched, and which lines have left its screen.
    pub(super) fn apply(&mut self, update: Rows) -> Option<(Touched, Left)> {
        if self.panes.len() >= MAX_PANES && !self.panes.contains_key(&update.pane) {
            return None;
        }
        let pane = self.panes.entry(update.pane).or_default();
        let gone = update.screen_line.saturating_sub(pane.screen_line).min(pane.rows.len() as u64) as usize;
        let left = Left { from: pane.screen_line, lines: pane.rows[..gone].to_vec() };
        Some((pane.apply(update), left))
    }

    pub(super) fn set_reports(&mut self, id: PaneId, reports: KeyReports) {
        if let Some(pane) = self.panes.get_mut(&id) {
            pane.reports = reports;
        }
    }

    /// The next server says anew how keys and pastes are wanted.
    pub(super) fn forget_reports(&mut self) {
        for pane in self.panes.values_mut() {
            pane.reports = KeyReports::Legacy;
            pane.bracketed = false;
        }
    }

    pub(super) fn set_bracketed(&mut self, id: PaneId, bracketed: bool) {
        if let Some(pane) = self.panes.get_mut(&id) {
            pane.bracketed = bracketed;
        }
    }

    /// How the program that keys go to wants them.
    pub(super) fn reports(&self) -> KeyReports {
        self.active().and_then(|active| self.pane(active.id)).map_or(KeyReports::Legacy, |pane| pane.reports)
    }

    /// The cursor of a pane within it, if the pane shows one.
    pub(super) fn cursor(&self, id: PaneId) -> Option<Cursor> {
        self.pane(id)?.cursor.filter(|cursor| cursor.visible)
    }
}

/// A cursor of mux's own, such as the prompt's.
pub(super) fn plain_cursor(at: Point) -> Cursor {
    Cursor { at, visible: true, shape: CursorShape::Default, blink: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Span, SpanKind, Style};

    fn line(text: &str) -> Line {
        let span = Span { style: Style::DEFAULT, kind: SpanKind::Narrow, link: None, text: text.into() };
        Line { spans: vec![span], ..Line::default() }
    }

    fn update(size: Size, screen_line: u64, rows: &[(u16, &str)]) -> Rows {
        Rows {
            pane: PaneId(1),
            generation: 1,
            size,
            first_line: 0,
            screen_line,
            cursor: plain_cursor(Point::default()),
            modes: PaneModes::default(),
            rows: rows.iter().map(|&(row, text)| (row, line(text))).collect(),
        }
    }

    #[test]
    fn rows_are_replaced_and_counted() {
        let size = Size::new(5, 3);
        let mut mirror = Mirror::default();
        let (touched, left) = mirror.apply(update(size, 0, &[(0, "a"), (1, "b"), (2, "c")])).unwrap();
        assert_eq!((touched, left), (Touched::All, Left::default()));
        let (touched, left) = mirror.apply(update(size, 2, &[(1, "x"), (9, "beyond")])).unwrap();
        assert_eq!(touched, Touched::Rows(vec![1]));
        assert_eq!(left, Left { from: 0, lines: vec![line("a"), line("b")] });
        assert_eq!(mirror.pane(PaneId(1)).unwrap().line(3), Some(&line("x")));
        assert_eq!(mirror.pane(PaneId(1)).unwrap().line(1), None);
        let (_, left) = mirror.apply(update(size, 100, &[])).unwrap();
        assert_eq!((left.from, left.lines.len()), (2, 3), "the others were never here");
    }

    #[test]
    fn a_size_from_outside_is_bounded() {
        let mut mirror = Mirror::default();
        mirror.apply(update(Size::new(u16::MAX, u16::MAX), 0, &[]));
        assert_eq!(mirror.pane(PaneId(1)).unwrap().size, MAX_SCREEN);
    }
}
