//! The status line: left, tabs, right, and when the clock in it changes next.

use std::ops::Range;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::text::Line as UiLine;
use ratatui::widgets::Widget;

use crate::base::{Style, Timestamp, WindowId};
use crate::format::{parse_style, styled};
use crate::proto::message::{Tab, View};

use super::plate::{ui, ui_line};

/// The conversions of strftime(3) that change with every second.
const SECONDS: [u8; 9] = *b"STrcXs+fN";

/// How long what the patterns show stays true; `None` where they show no time.
pub(super) fn next_tick(patterns: [&str; 2], now: Timestamp) -> Option<Duration> {
    let period = patterns.iter().filter_map(|pattern| period(pattern)).min()?;
    Some(Duration::from_millis((period - now.0.rem_euclid(period)).unsigned_abs()))
}

/// Milliseconds after which a pattern shows something else.
fn period(pattern: &str) -> Option<i64> {
    let mut bytes = pattern.bytes();
    let mut found = None;
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            continue;
        }
        // Flags and a width may stand between, as in %-H or %03d.
        let conversion = bytes.by_ref().find(|b| !matches!(b, b'-' | b'_' | b'^' | b'#' | b'.' | b':' | b'0'..=b'9'));
        match conversion {
            Some(c) if SECONDS.contains(&c) => return Some(1_000),
            Some(b'%') | None => {}
            Some(_) => found = Some(60_000),
        }
    }
    found
}

/// Text in its looks.
type Runs = Vec<(String, Style)>;

/// A window's tab.
#[derive(Clone, Debug, PartialEq)]
struct Label {
    window: WindowId,
    current: bool,
    text: Runs,
}

/// Ready to be drawn, and where its tabs are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StatusLine {
    style: Style,
    left: Runs,
    tabs: Vec<Label>,
    right: Runs,
}

/// What a status line and its tabs look like where their templates say nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StatusStyles {
    pub(super) line: Style,
    pub(super) tab: Style,
    pub(super) current: Style,
}

impl StatusLine {
    /// `notice` stands in the place of the right part while there is something to say.
    pub(super) fn new(view: &View, styles: StatusStyles, notice: Option<&str>, now: Timestamp) -> Self {
        let base = styles.line;
        let text = |template: &str| styled(&strftime(template, now), base);
        let tab = |tab: &Tab| Label {
            window: tab.id,
            current: tab.current,
            text: styled(&tab.label, if tab.current { styles.current } else { styles.tab }),
        };
        Self {
            style: base,
            left: text(&view.status_left),
            tabs: view.windows.iter().map(tab).collect(),
            right: notice.map_or_else(|| text(&view.status_right), |notice| vec![(format!(" {notice}"), base)]),
        }
    }

    /// The columns of each tab that is at least partly on a line this wide.
    pub(super) fn tab_columns(&self, width: u16) -> Vec<(Range<u16>, WindowId)> {
        let plan = self.plan(width);
        let mut col = 0;
        let mut found = Vec::new();
        for tab in &self.tabs {
            let end = col + line_width(&tab.text);
            let visible = col.max(plan.skip)..end.min(plan.skip + plan.tabs);
            if !visible.is_empty() {
                let shift = |c: u16| c - plan.skip + plan.left;
                found.push((shift(visible.start)..shift(visible.end), tab.window));
            }
            col = end + 1;
        }
        found
    }

    /// The tabs come first, then the left part, then the right.
    fn plan(&self, width: u16) -> Plan {
        let (left, right) = (line_width(&self.left), line_width(&self.right));
        let (list, current) = self.tab_extent();
        let left = left.min(width.saturating_sub(list.min(width / 2)));
        let right = right.min((width - left).saturating_sub(list));
        let tabs = list.min(width - left - right);
        let skip = current.end.saturating_sub(tabs).min(current.start);
        Plan { left, tabs, skip, right }
    }

    /// How wide all tabs are with a space between, and where in it the current one is.
    fn tab_extent(&self) -> (u16, Range<u16>) {
        let mut end = 0u16;
        let mut current = 0..0;
        for (place, tab) in self.tabs.iter().enumerate() {
            let start = end + u16::from(place > 0);
            end = start.saturating_add(line_width(&tab.text)).min(u16::MAX - 1);
            if tab.current {
                current = start..end;
            }
        }
        (end, current)
    }

    fn tab_line(&self) -> UiLine<'static> {
        let mut runs = Vec::new();
        for (place, tab) in self.tabs.iter().enumerate() {
            if place > 0 {
                runs.push((" ".to_owned(), self.style));
            }
            runs.extend(tab.text.iter().cloned());
        }
        ui_line(runs)
    }
}

/// Columns for each part; `skip` of the tabs are scrolled out on the left.
struct Plan {
    left: u16,
    tabs: u16,
    skip: u16,
    right: u16,
}

impl Widget for &StatusLine {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let plan = self.plan(area.width);
        buffer.set_style(area, ui(self.style));
        buffer.set_line(area.x, area.y, &ui_line(self.left.clone()), plan.left);
        let mut list = Buffer::empty(Area::new(0, 0, plan.skip + plan.tabs, 1));
        list.set_line(0, 0, &self.tab_line(), plan.skip + plan.tabs);
        for col in 0..plan.tabs {
            if let Some(cell) = buffer.cell_mut((area.x + plan.left + col, area.y)) {
                *cell = list[(plan.skip + col, 0)].clone();
            }
        }
        let at = area.right() - plan.right;
        buffer.set_line(at, area.y, &ui_line(self.right.clone()), plan.right);
    }
}

fn line_width(runs: &[(String, Style)]) -> u16 {
    let width: usize = runs.iter().map(|(text, _)| unicode_width::UnicodeWidthStr::width(text.as_str())).sum();
    width.min(usize::from(u16::MAX / 4)) as u16
}

fn strftime(template: &str, now: Timestamp) -> String {
    if template.contains('%') { now.strftime(template) } else { template.to_owned() }
}

/// A style option; what cannot be read changes nothing.
pub(super) fn look(text: &str, over: Style) -> Style {
    parse_style(text, over).unwrap_or(over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_wakes_only_when_what_it_shows_changes() {
        let at = Timestamp(1_700_000_000_250); // 20.25 s into its minute
        let wait = |left, right| next_tick([left, right], at).map(|wait| wait.as_millis());
        assert_eq!(wait("[#S]", "no time"), None);
        assert_eq!(wait("100%%", ""), None);
        assert_eq!(wait("", "%H:%M"), Some(39_750));
        assert_eq!(wait("%-d", ""), Some(39_750));
        assert_eq!(wait("%H:%M", "%H:%M:%S"), Some(750));
        assert_eq!(wait("%T", ""), Some(750));
    }

    fn line(left: &str, tabs: &[(&str, bool)], right: &str) -> StatusLine {
        let runs = |text: &str| vec![(text.to_owned(), Style::DEFAULT)];
        let tab = |(&(label, current), id)| Label { window: WindowId(id), current, text: runs(label) };
        let tabs = tabs.iter().zip(0..).map(tab).collect();
        StatusLine { style: Style::DEFAULT, left: runs(left), tabs, right: runs(right) }
    }

    fn drawn(line: &StatusLine, width: u16) -> String {
        let mut buffer = Buffer::empty(Area::new(0, 0, width, 1));
        line.render(buffer.area, &mut buffer);
        buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn parts_are_laid_out_and_tabs_can_be_clicked() {
        let line = line("[s] ", &[("0:a", false), ("1:b*", true)], "12:00");
        assert_eq!(drawn(&line, 20), "[s] 0:a 1:b*   12:00");
        assert_eq!(line.tab_columns(20), [(4..7, WindowId(0)), (8..12, WindowId(1))]);
    }

    #[test]
    fn where_room_is_short_the_current_tab_stays() {
        let line = line("[session] ", &[("0:aaaa", false), ("1:bbbb", false), ("2:cc*", true)], "12:00");
        assert!(drawn(&line, 20).ends_with("2:cc*"), "{}", drawn(&line, 20));
        assert_eq!(drawn(&line, 5).chars().count(), 5);
        assert_eq!(drawn(&line, 1).chars().count(), 1);
    }
}
