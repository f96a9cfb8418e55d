//! Selecting and taking what is selected.

use super::motion::{self, Place};
use super::select::{self, Kind, Selection};
use super::{Ask, Copied, CopyMode, Outcome, Pane};
use crate::base::Point;

impl CopyMode {
    pub(super) fn select(&mut self, kind: Kind) {
        let kind = if self.rect && kind == Kind::Chars { Kind::Rect } else { kind };
        self.selection = Some(Selection { exclusive: self.emacs, ..Selection::new(self.cursor, kind) });
    }

    pub(super) fn is_rect(&self) -> bool {
        self.selection.is_some_and(|selection| selection.kind == Kind::Rect)
    }

    /// Whether a selection is a block; one that is there is begun anew in the other shape.
    pub(super) fn set_rect(&mut self, rect: bool) {
        self.rect = rect;
        match &mut self.selection {
            Some(selection) => selection.kind = if rect { Kind::Rect } else { Kind::Chars },
            // vi begins one with the same key.
            None if rect && !self.emacs => self.select(Kind::Rect),
            None => {}
        }
    }

    pub(super) fn clear_selection(&mut self) {
        self.selection = None;
        self.rect = false;
    }

    /// The selection stays as it is while the cursor goes on.
    pub(super) fn stop_selection(&mut self) {
        if let Some(selection) = &mut self.selection {
            selection.end.get_or_insert(self.cursor);
        }
    }

    pub(super) fn other_end(&mut self, pane: &Pane) {
        if let Some(selection) = &mut self.selection {
            std::mem::swap(&mut selection.anchor, selection.end.as_mut().unwrap_or(&mut self.cursor));
            self.wish = self.cursor.col;
            self.show_cursor(pane);
        }
    }

    pub(super) fn select_lines(&mut self, count: u32, pane: &Pane) {
        self.select(Kind::Lines);
        if count > 1 {
            self.vertical(i64::from(count) - 1, pane);
        }
    }

    pub(super) fn select_to_line_end(&mut self, count: u32, pane: &Pane) {
        self.selection = Some(Selection::new(self.cursor, Kind::Chars));
        if count > 1 {
            self.vertical(i64::from(count) - 1, pane);
        }
        self.go(motion::Motion::LineEnd, pane);
    }

    /// The word under the cursor, and then whole words.
    pub(super) fn select_word(&mut self, pane: &Pane) {
        if let Some((start, end)) = select::word_at(&self.book(pane), self.cursor) {
            let anchor = Place { col: start, ..self.cursor };
            self.selection = Some(Selection::new(anchor, Kind::Words));
            self.cursor.col = end;
        }
    }

    /// `selection-mode char|word|line`: by what the selection grows.
    pub(super) fn selection_mode(&mut self, args: &[String]) -> Outcome {
        let kind = match args.first().map_or("char", String::as_str) {
            "char" | "c" => Kind::Chars,
            "word" | "w" => Kind::Words,
            "line" | "l" => Kind::Lines,
            other => return Outcome::Say(format!("no selection mode '{other}': expected char, word or line")),
        };
        match &mut self.selection {
            Some(selection) => selection.kind = kind,
            None => self.select(kind),
        }
        Outcome::Stay
    }

    /// Puts the cursor where the mouse is, within the pane.
    pub(in crate::client) fn point(&mut self, at: Point, pane: &Pane) {
        let line = (self.top + u64::from(at.row.0)).min(pane.last_line());
        self.cursor = Place { line, col: at.col.0 };
        self.wish = at.col.0;
        self.clamp(pane);
    }

    /// Selects with the mouse from here: characters, and whole words or lines after a second or third press.
    pub(in crate::client) fn press(&mut self, at: Point, presses: u8, pane: &Pane) {
        self.point(at, pane);
        self.clear_selection();
        match presses {
            2 => self.select_word(pane),
            3 => self.selection = Some(Selection::new(self.cursor, Kind::Lines)),
            _ => {}
        }
    }

    /// Drags a selection to a place of the pane; it began at `from`.
    pub(in crate::client) fn drag(&mut self, from: Point, to: Point, pane: &Pane) {
        if self.selection.is_none() {
            self.point(from, pane);
            self.selection = Some(Selection::new(self.cursor, Kind::Chars));
        }
        self.pull(to, pane);
        self.point(to, pane);
    }

    /// Scrolls on when the mouse is at the edge; true while there is more that way.
    pub(in crate::client) fn pull(&mut self, to: Point, pane: &Pane) -> bool {
        let before = self.top;
        if to.row.0 == 0 {
            self.scroll(-1, pane);
        } else if to.row.0 + 1 >= pane.size.rows {
            self.scroll(1, pane);
        }
        self.top != before
    }

    /// Takes what is selected, now or when its lines are here.
    pub(super) fn copy(&mut self, copied: Copied, pane: &Pane) -> Outcome {
        let Some(selection) = self.selection else {
            return if copied.leave { Outcome::Leave } else { Outcome::Stay };
        };
        let (first, last) = selection.lines(self.cursor);
        if last - first >= crate::base::limits::HISTORY_CACHE as u64 {
            return Outcome::Say("the selection is too long to copy".into());
        }
        if self.first_missing(first, last, pane).is_some() {
            self.waiting = Some(copied);
            return Outcome::Stay;
        }
        let text = selection.text(self.cursor, &self.book(pane));
        if !copied.keep {
            self.clear_selection();
        }
        Outcome::Copied(Copied { text, ..copied })
    }

    /// The first line of a range that can still be had and is not here.
    fn first_missing(&self, first: u64, last: u64, pane: &Pane) -> Option<u64> {
        let end = (last + 1).min(pane.screen_line);
        let missing = |line: &u64| !self.history.has(*line) && !self.history.is_hole(*line);
        (first.max(pane.first_line)..end).find(missing)
    }

    /// What a copy waits for.
    pub(super) fn ask_for_copy(&mut self, pane: &Pane) -> Option<Ask> {
        self.waiting.as_ref()?;
        let (first, last) = self.selection?.lines(self.cursor);
        let line = self.first_missing(first, last, pane)?;
        self.history.want_many(line, pane)
    }
}
