//! Where the cursor and the view go.

use super::motion::{self, Jump, Motion, Place};
use super::{CopyMode, Pane};

impl CopyMode {
    pub(super) fn go(&mut self, motion: Motion, pane: &Pane) {
        self.cursor = motion::moved(&self.book(pane), self.cursor, motion);
        self.wish = self.cursor.col;
        self.show_cursor(pane);
    }

    /// Whether a jump has taken this character as its target.
    pub(in crate::client) fn jump_to(&mut self, target: &str, pane: &Pane) -> bool {
        let Some((jump, times)) = self.jumping.take() else { return false };
        self.jumped = Some((target.to_owned(), jump));
        (0..times).for_each(|_| self.jump_again(false, pane));
        true
    }

    pub(super) fn jump_again(&mut self, reverse: bool, pane: &Pane) {
        let Some((target, jump)) = self.jumped.clone() else { return };
        let jump = Jump { forward: jump.forward != reverse, ..jump };
        if let Some(place) = motion::jump(&self.book(pane), self.cursor, jump, &target) {
            self.cursor = place;
            self.wish = place.col;
        }
    }

    pub(super) fn vertical(&mut self, by: i64, pane: &Pane) {
        self.go_to_line(self.cursor.line.saturating_add_signed(by), pane);
    }

    pub(super) fn go_to_line(&mut self, line: u64, pane: &Pane) {
        let line = line.clamp(pane.first_line, pane.last_line());
        let book = self.book(pane);
        let col = self.wish.min(motion::last_col(&book, line).max(if self.is_rect() { self.wish } else { 0 }));
        self.cursor = motion::snap(&book, Place { line, col });
        self.show_cursor(pane);
    }

    /// Scrolls so that the cursor is in view.
    pub(super) fn show_cursor(&mut self, pane: &Pane) {
        let rows = u64::from(pane.size.rows.max(1));
        if self.cursor.line < self.top {
            self.top = self.cursor.line;
        } else if self.cursor.line >= self.top + rows {
            self.top = self.cursor.line + 1 - rows;
        }
        self.clamp(pane);
    }

    pub(super) fn clamp(&mut self, pane: &Pane) {
        self.top = self.top.clamp(pane.first_line, pane.screen_line);
        let rows = u64::from(pane.size.rows.max(1));
        self.cursor.line = self.cursor.line.clamp(self.top, self.top + rows - 1);
        self.cursor.col = self.cursor.col.min(pane.size.cols.saturating_sub(1));
    }

    /// Moves the view; the cursor keeps its line as long as that is in view.
    pub(in crate::client) fn scroll(&mut self, by: i64, pane: &Pane) {
        self.top = self.top.saturating_add_signed(by);
        self.clamp(pane);
    }

    /// Moves the view and the cursor with it.
    pub(super) fn page(&mut self, by: i64, pane: &Pane) {
        let before = self.top;
        self.top = self.top.saturating_add_signed(by).clamp(pane.first_line, pane.screen_line);
        let moved = self.top as i64 - before as i64;
        let line = self.cursor.line.saturating_add_signed(if moved == 0 { by } else { moved });
        self.go_to_line(line, pane);
    }

    /// The view shows the newest line again.
    pub(in crate::client) fn is_at_end(&self, pane: &Pane) -> bool {
        self.top >= pane.screen_line
    }

    /// Puts the cursor's line at this row of the pane, as far as the history goes.
    pub(super) fn show_at(&mut self, row: u64, pane: &Pane) {
        let line = self.cursor.line;
        self.top = line.saturating_sub(row).clamp(pane.first_line, pane.screen_line);
        self.clamp(pane);
    }

    /// The middle, then the top, then the bottom, then the middle again.
    pub(super) fn recentre(&mut self, pane: &Pane) {
        let rows = u64::from(pane.size.rows.max(1));
        let row = match self.cursor.line.saturating_sub(self.top) {
            row if row == rows / 2 => 0,
            0 => rows - 1,
            _ => rows / 2,
        };
        self.show_at(row, pane);
    }

    /// Scrolls so that this many lines lie below the pane, as tmux counts lines in copy mode.
    pub(super) fn go_to_offset(&mut self, lines: u64, pane: &Pane) {
        let row = self.cursor.line.saturating_sub(self.top);
        self.top = pane.screen_line.saturating_sub(lines).clamp(pane.first_line, pane.screen_line);
        self.go_to_line(self.top + row, pane);
    }

    /// Marks the cursor's place; going there marks the place that was left.
    pub(super) fn swap_mark(&mut self, pane: &Pane) {
        if let Some(mark) = self.mark.replace(self.cursor) {
            self.cursor = mark;
            self.wish = mark.col;
            self.show_cursor(pane);
        }
    }

    /// The next prompt in this direction, by the marks that the shell has set (OSC 133).
    pub(super) fn go_to_prompt(&mut self, forward: bool, pane: &Pane) {
        let here = self.cursor.line;
        let Some(prompts) = &self.prompts else { return self.ways.push(forward) };
        let mut prompts = prompts.iter().copied();
        let found = if forward { prompts.find(|line| *line > here) } else { prompts.rfind(|line| *line < here) };
        let Some(line) = found.filter(|line| *line >= pane.first_line) else { return };
        self.cursor.col = 0;
        self.wish = 0;
        self.go_to_line(line, pane);
    }
}
