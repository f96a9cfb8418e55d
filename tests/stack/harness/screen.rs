//! What is to be seen on a terminal at one moment.

use std::fmt;

/// A picture of the outer terminal.
#[derive(Clone)]
pub struct Screen(vt100::Screen);

impl Screen {
    pub fn new(screen: &vt100::Screen) -> Self {
        Self(screen.clone())
    }

    pub fn cols(&self) -> u16 {
        self.0.size().1.get()
    }

    pub fn rows(&self) -> Vec<String> {
        self.0.rows(0, self.cols()).map(|row| row.trim_end().to_owned()).collect()
    }

    pub fn row(&self, number: usize) -> String {
        self.rows().get(number).cloned().unwrap_or_default()
    }

    /// What has scrolled off the terminal, the oldest line first.
    pub fn scrolled_off(&self) -> Vec<String> {
        let mut screen = self.0.clone();
        screen.set_scrollback(usize::MAX);
        let mut lines = Vec::new();
        for back in (1..=screen.scrollback()).rev() {
            screen.set_scrollback(back);
            lines.extend(screen.rows(0, self.cols()).next().map(|row| row.trim_end().to_owned()));
        }
        lines
    }

    /// The last row.
    pub fn status(&self) -> String {
        self.rows().pop().unwrap_or_default()
    }

    /// Some row contains this.
    pub fn shows(&self, text: &str) -> bool {
        self.rows().iter().any(|row| row.contains(text))
    }

    /// Some row, or a part of it between borders, is this and nothing more. A prompt before it does not count: the
    /// command was typed before the shell was ready.
    pub fn has_line(&self, text: &str) -> bool {
        // Dots fill what lies outside of a window that is smaller than the terminal.
        let parts = |row: &String| {
            row.split('│').any(|part| part.trim_end_matches('·').trim().trim_start_matches("$ ") == text)
        };
        self.rows().iter().any(parts)
    }

    /// How many rows contain this.
    pub fn count(&self, text: &str) -> usize {
        self.rows().iter().filter(|row| row.contains(text)).count()
    }

    /// Row and column of the cursor, from 0.
    pub fn cursor(&self) -> (u16, u16) {
        self.0.cursor_position()
    }

    /// A shell waits: the prompt stands before the cursor.
    pub fn prompt(&self) -> bool {
        let (row, col) = self.cursor();
        let before: String = self.0.rows(0, col).nth(row.into()).unwrap_or_default();
        before.ends_with("$ ") || before.ends_with('$')
    }

    /// Column of the first vertical border that goes through this row.
    pub fn border(&self, row: usize) -> Option<usize> {
        self.row(row).chars().position(|c| c == '│')
    }

    pub fn alternate(&self) -> bool {
        self.0.alternate_screen()
    }

    pub fn cursor_hidden(&self) -> bool {
        self.0.hide_cursor()
    }

    pub fn mouse(&self) -> bool {
        self.0.mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    pub fn bracketed_paste(&self) -> bool {
        self.0.bracketed_paste()
    }

    pub fn cell(&self, row: u16, col: u16) -> Option<&vt100::Cell> {
        self.0.cell(row, col)
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = "─".repeat(self.cols().into());
        writeln!(f, "┌{line}┐")?;
        for row in self.rows() {
            let pad = usize::from(self.cols()).saturating_sub(row.chars().count());
            writeln!(f, "│{row}{}│", " ".repeat(pad))?;
        }
        let (row, col) = self.cursor();
        write!(f, "└{line}┘ cursor at row {row}, column {col}")
    }
}
