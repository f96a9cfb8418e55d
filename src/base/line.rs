//! A row of a terminal as it travels: text in spans of one style, each knowing how many cells its text takes.
//!
//! The engine decides widths; nobody after it measures text again, so that server and client always agree.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::style::Style;

/// How a span's text maps to cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpanKind {
    /// Every `char` takes one cell.
    Narrow,
    /// Every `char` takes two cells.
    Wide,
    /// The whole text is one grapheme cluster that takes this many cells (1 or 2).
    Cluster(u8),
}

/// Neighbouring cells of one style (and one hyperlink).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    pub style: Style,
    pub kind: SpanKind,
    /// Where a click leads (OSC 8), if anywhere.
    pub link: Option<Arc<str>>,
    pub text: String,
}

impl Span {
    /// How many cells it takes.
    pub fn cells(&self) -> usize {
        match self.kind {
            SpanKind::Narrow if self.text.is_ascii() => self.text.len(),
            SpanKind::Narrow => self.text.chars().count(),
            SpanKind::Wide => 2 * self.text.chars().count(),
            SpanKind::Cluster(width) => width as usize,
        }
    }
}

/// A row, from its first cell. Cells behind the last span are blank in `fill`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Line {
    pub spans: Vec<Span>,
    /// The look of the blank cells behind the last span (background of an erase).
    pub fill: Style,
    /// The text goes on in the next row, because it reached the margin.
    pub wrapped: bool,
}

impl Line {
    /// Its text without trailing blanks.
    pub fn text(&self) -> String {
        let mut text: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        text.truncate(text.trim_end_matches(' ').len());
        text
    }

    /// How many cells its spans take.
    pub fn cells(&self) -> usize {
        self.spans.iter().map(Span::cells).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(kind: SpanKind, text: &str) -> Span {
        Span { style: Style::DEFAULT, kind, link: None, text: text.into() }
    }

    #[test]
    fn cells_follow_the_kind_not_the_bytes() {
        assert_eq!(span(SpanKind::Narrow, "é─a").cells(), 3);
        assert_eq!(span(SpanKind::Wide, "漢字").cells(), 4);
        assert_eq!(span(SpanKind::Cluster(2), "👩‍👩‍👧").cells(), 2);
    }

    #[test]
    fn text_drops_trailing_blanks_only() {
        let line = Line { spans: vec![span(SpanKind::Narrow, "  a b  ")], ..Line::default() };
        assert_eq!(line.text(), "  a b");
    }
}
