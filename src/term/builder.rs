//! Gathers neighbouring cells into the spans of a [`Line`].

use std::sync::Arc;

use crate::base::{Line, Span, SpanKind, Style};

/// Builds one line from left to right. Blank cells at the end become the line's `fill` where they share a style.
#[derive(Default)]
pub(super) struct LineBuilder {
    line: Line,
    /// Blank cells that may turn out to be the end of the line.
    blanks: usize,
    blank_style: Style,
}

impl LineBuilder {
    /// One character or cluster that takes `width` cells.
    pub fn push(&mut self, text: &str, width: u8, style: Style, link: Option<&Arc<str>>) {
        self.flush_blanks();
        let kind = match (single_char(text), width) {
            (true, 1) => SpanKind::Narrow,
            (true, 2) => SpanKind::Wide,
            _ => SpanKind::Cluster(width),
        };
        self.append(text, kind, style, link);
    }

    /// Characters of ASCII, one cell each.
    pub fn push_ascii(&mut self, text: impl Iterator<Item = u8>, style: Style, link: Option<&Arc<str>>) {
        self.flush_blanks();
        self.append("", SpanKind::Narrow, style, link);
        if let Some(span) = self.line.spans.last_mut() {
            span.text.extend(text.map(char::from));
        }
    }

    /// Cells that nothing is written in.
    pub fn push_blanks(&mut self, count: usize, style: Style) {
        if self.blanks > 0 && self.blank_style != style {
            self.flush_blanks();
        }
        self.blank_style = style;
        self.blanks += count;
    }

    pub fn finish(mut self, wrapped: bool) -> Line {
        if self.blanks > 0 {
            self.line.fill = self.blank_style;
        }
        self.line.wrapped = wrapped;
        self.line
    }

    fn flush_blanks(&mut self) {
        let count = std::mem::take(&mut self.blanks);
        if count > 0 {
            self.append(&" ".repeat(count), SpanKind::Narrow, self.blank_style, None);
        }
    }

    fn append(&mut self, text: &str, kind: SpanKind, style: Style, link: Option<&Arc<str>>) {
        let joins = |span: &Span| span.kind == kind && span.style == style && span.link.as_ref() == link;
        match self.line.spans.last_mut() {
            Some(span) if !matches!(kind, SpanKind::Cluster(_)) && joins(span) => span.text.push_str(text),
            _ => self.line.spans.push(Span { style, kind, link: link.cloned(), text: text.to_owned() }),
        }
    }
}

fn single_char(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some() && chars.next().is_none()
}
