//! A status line with its parts in their places: how much of each is shown where room is short, and where.
//!
//! tmux's rules, but that of a list something is shown as long as there is any room: its current part.

use std::ops::Range as Span;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use crate::base::Style;
use crate::format::{Align, Placed, Range, Run, Section, placed};

use super::plate::{ui, ui_line};

/// Ready to be drawn, and where on it is what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StatusLine {
    style: Style,
    line: Placed,
}

/// A part of a section at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slice {
    section: Section,
    /// Its column on the line.
    at: u16,
    /// Columns of the section that are left out before it.
    from: u16,
    width: u16,
}

/// Columns by section.
#[derive(Clone, Copy)]
struct Widths([u16; 8]);

impl Widths {
    fn of(&self, section: Section) -> u16 {
        self.0[section as usize]
    }

    fn of_all(&self, sections: &[Section]) -> u16 {
        sections.iter().map(|section| self.of(*section)).sum()
    }

    /// Shortens these one after the other, until all fit together; the list not below `least` at first.
    fn fit(&mut self, sections: &[Section], least: u16, room: u16) {
        let floors = [least, 0];
        for floor in floors {
            for section in sections {
                let over = self.of_all(sections).saturating_sub(room);
                let floor = if *section == Section::List { floor } else { 0 };
                let width = &mut self.0[*section as usize];
                *width -= over.min(width.saturating_sub(floor));
            }
        }
    }
}

impl Widths {
    /// Where the list is cut already, and what stands behind it too, that is of no use any more: the list has its room.
    fn prefer_list(&mut self, whole: &Widths, room: u16) {
        use Section::{After, Centre, Left, List, Right};
        if self.of(List) >= whole.of(List) {
            return;
        }
        for section in [Right, After] {
            if self.of(section) < whole.of(section) {
                self.0[section as usize] = 0;
            }
        }
        let others = self.of_all(&[Left, Centre, Right, After]);
        self.0[List as usize] = whole.of(List).min(room.saturating_sub(others));
    }
}

impl StatusLine {
    /// From an expanded template; `seen` makes of a style what this terminal can show.
    pub(super) fn new(text: &str, base: Style, seen: impl Fn(Style) -> Style) -> Self {
        let mut line = placed(text, base);
        line.runs.iter_mut().for_each(|run| run.style = seen(run.style));
        let style = line.fill.map_or(base, |fill| seen(Style { bg: fill, ..Style::DEFAULT }));
        Self { style, line }
    }

    /// What clicks on a line of this width are about.
    pub(super) fn ranges(&self, width: u16) -> Vec<(Span<u16>, Range)> {
        let mut found: Vec<(Span<u16>, Range)> = Vec::new();
        for slice in self.slices(width) {
            let mut col = 0u16;
            for run in self.runs(slice.section) {
                let end = col.saturating_add(columns(&run.text));
                let seen = col.max(slice.from)..end.min(slice.from + slice.width);
                col = end;
                let Some(range) = run.range.clone().filter(|_| !seen.is_empty()) else { continue };
                let place = |col: u16| col - slice.from + slice.at;
                let span = place(seen.start)..place(seen.end);
                match found.last_mut() {
                    Some((last, known)) if last.end == span.start && *known == range => last.end = span.end,
                    _ => found.push((span, range)),
                }
            }
        }
        found
    }

    fn runs(&self, section: Section) -> impl Iterator<Item = &Run> {
        self.line.runs.iter().filter(move |run| run.section == section)
    }

    fn widths(&self) -> Widths {
        let mut widths = Widths([0; 8]);
        for run in &self.line.runs {
            let width = &mut widths.0[run.section as usize];
            *width = width.saturating_add(columns(&run.text)).min(MOST);
        }
        widths
    }

    /// The columns of the list that are to be seen.
    fn focus(&self) -> Option<Span<u16>> {
        let (mut col, mut focus) = (0u16, None::<Span<u16>>);
        for run in self.runs(Section::List) {
            let end = col.saturating_add(columns(&run.text)).min(MOST);
            if run.focus {
                focus = Some(focus.map_or(col, |focus| focus.start)..end);
            }
            col = end;
        }
        focus
    }

    fn slices(&self, room: u16) -> Vec<Slice> {
        use Section::{AbsoluteCentre, After, Centre, LeftMarker, List, Right, RightMarker};
        let whole = self.widths();
        let focus = self.focus();
        // The current one with both markers.
        let least = focus.as_ref().map_or(0, |focus| focus.end - focus.start);
        let least = (least + whole.of_all(&[LeftMarker, RightMarker])).min(whole.of(List));
        let mut widths = whole;
        match self.line.list {
            None => widths.fit(&[Centre, Right, Section::Left], 0, room),
            Some(Align::Left | Align::Right) => widths.fit(&[Centre, List, Right, After, Section::Left], least, room),
            Some(Align::Centre) => widths.fit(&[List, After, Centre, Right, Section::Left], least, room),
            Some(Align::AbsoluteCentre) => {
                widths.fit(&[Centre, Right, Section::Left], 0, room);
                widths.fit(&[List, After, AbsoluteCentre], least, room);
            }
        }
        if self.line.list != Some(Align::AbsoluteCentre) {
            widths.prefer_list(&whole, room);
        }
        let absolute = &mut widths.0[AbsoluteCentre as usize];
        *absolute = room.min(*absolute);
        let mut slices = self.places(&whole, &widths, room);
        let list = slices.iter().position(|slice| slice.section == List).map(|place| slices.remove(place));
        if let Some(list) = list {
            slices.extend(cut_list(list, &whole, focus, self.line.list));
        }
        slices.retain(|slice| slice.width > 0);
        slices
    }

    /// Each section at its place; the list as if it began with its first column.
    fn places(&self, whole: &Widths, widths: &Widths, room: u16) -> Vec<Slice> {
        use Section::{AbsoluteCentre, After, Centre, Left, List, Right};
        let width = |section| widths.of(section);
        let slice = |section, at: u16| Slice { section, at, from: 0, width: width(section) };
        let at_end = |section, at: u16| Slice { from: whole.of(section) - width(section), ..slice(section, at) };
        let amid = |section, at: u16| Slice { from: (whole.of(section) - width(section)) / 2, ..slice(section, at) };
        let (left, list, after, right) = (width(Left), width(List), width(After), width(Right));
        // The middle of what is between these two, for something of this width.
        let between =
            |start: u16, end: u16, width: u16| (start + end.saturating_sub(start) / 2).saturating_sub(width / 2);
        let mut slices = vec![slice(Left, 0)];
        let mut absolute = room.saturating_sub(width(AbsoluteCentre)) / 2;
        match self.line.list {
            None => {
                slices.extend([at_end(Right, room - right), amid(Centre, between(left, room - right, width(Centre)))])
            }
            Some(Align::Left) => slices.extend([
                at_end(Right, room - right),
                slice(After, left + list),
                slice(List, left),
                amid(Centre, between(left + list + after, room - right, width(Centre))),
            ]),
            Some(Align::Centre) => {
                let start = between(left, room - right, list);
                slices.extend([
                    at_end(Right, room - right),
                    slice(Centre, start.saturating_sub(width(Centre))),
                    slice(List, start),
                    slice(After, start + list),
                ]);
            }
            Some(Align::Right) => slices.extend([
                at_end(Right, room - right - list - after),
                slice(List, room - list - after),
                at_end(After, room - after),
                amid(Centre, between(left, room - right - list - after, width(Centre))),
            ]),
            Some(Align::AbsoluteCentre) => {
                let middle = between(left, room - right, 0);
                absolute = room.saturating_sub(list + width(AbsoluteCentre)) / 2;
                let start = absolute + width(AbsoluteCentre);
                slices.extend([
                    at_end(Right, room - right),
                    slice(Centre, middle.saturating_sub(width(Centre))),
                    slice(List, start),
                    slice(After, start + list),
                ]);
            }
        }
        slices.push(slice(AbsoluteCentre, absolute));
        slices
    }
}

/// What of a list is shown in this room: what is to be seen in the middle, and markers where something is left out.
fn cut_list(list: Slice, whole: &Widths, focus: Option<Span<u16>>, align: Option<Align>) -> Vec<Slice> {
    let all = whole.of(Section::List);
    if list.width >= all {
        return vec![list];
    }
    let middle = focus.map_or(0, |focus| focus.start + (focus.end - focus.start) / 2);
    let middle =
        if middle == 0 && matches!(align, Some(Align::Centre | Align::AbsoluteCentre)) { all / 2 } else { middle };
    let from = middle.saturating_sub(list.width / 2).min(all - list.width);
    let mut shown = Slice { from, ..list };
    let mut slices = Vec::new();
    let marker = |section, at| Slice { section, at, from: 0, width: whole.of(section) };
    let (left, right) = (whole.of(Section::LeftMarker), whole.of(Section::RightMarker));
    if shown.from > 0 && shown.width > left {
        slices.push(marker(Section::LeftMarker, shown.at));
        shown = Slice { at: shown.at + left, from: shown.from + left, width: shown.width - left, ..shown };
    }
    if shown.from + shown.width < all && shown.width > right {
        shown.width -= right;
        slices.push(marker(Section::RightMarker, shown.at + shown.width));
    }
    slices.push(shown);
    slices
}

/// No section is longer: sums of all of them are numbers still.
const MOST: u16 = u16::MAX / 16;

fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(MOST).min(MOST)
}

impl Widget for &StatusLine {
    fn render(self, area: Area, buffer: &mut Buffer) {
        buffer.set_style(area, ui(self.style));
        let slices = self.slices(area.width);
        for slice in &slices {
            let end = slice.from + slice.width;
            let mut strip = Buffer::empty(Area::new(0, 0, end, 1));
            let runs = self.runs(slice.section).map(|run| (run.text.clone(), run.style)).collect();
            strip.set_line(0, 0, &ui_line(runs), end);
            for col in 0..slice.width {
                if let Some(cell) = buffer.cell_mut((area.x + slice.at + col, area.y)) {
                    *cell = strip[(slice.from + col, 0)].clone();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> StatusLine {
        StatusLine::new(text, Style::DEFAULT, |style| style)
    }

    fn drawn(text: &str, width: u16) -> String {
        let mut buffer = Buffer::empty(Area::new(0, 0, width, 1));
        line(text).render(buffer.area, &mut buffer);
        buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect()
    }

    /// As the usual line is written.
    fn usual(left: &str, justify: &str, tabs: &[(&str, bool)], right: &str) -> String {
        let tab = |(place, (label, current)): (usize, &(&str, bool))| match current {
            true => format!("#[range=window|{place} list=focus]{label}#[norange list=on default]"),
            false => format!("#[range=window|{place}]{label}#[norange default]"),
        };
        let tabs = tabs.iter().enumerate().map(tab).collect::<Vec<_>>().join(" ");
        format!(
            "#[align=left]{left}#[list=on align={justify}]#[list=left-marker]<#[list=right-marker]>#[list=on]{tabs}\
             #[nolist align=right]{right}"
        )
    }

    #[test]
    fn parts_are_laid_out_and_tabs_can_be_clicked() {
        let tabs = [("0:a", false), ("1:b*", true)];
        let text = usual("[s] ", "left", &tabs, "12:00");
        assert_eq!(drawn(&text, 20), "[s] 0:a 1:b*   12:00");
        let window = |index: &str| Range::Window(index.into());
        assert_eq!(line(&text).ranges(20), [(4..7, window("0")), (8..12, window("1"))]);
        assert_eq!(drawn(&usual("[s] ", "centre", &tabs, "12:00"), 25), "[s]     0:a 1:b*    12:00");
        assert_eq!(drawn(&usual("[s] ", "right", &tabs, "12:00"), 25), "[s]         0:a 1:b*12:00");
        assert_eq!(drawn(&usual("[s] ", "absolute-centre", &tabs, "12:00"), 26), "[s]      0:a 1:b*    12:00");
    }

    #[test]
    fn a_long_list_shows_the_current_one_between_markers() {
        let tabs: Vec<(String, bool)> = (0..10).map(|n| (format!("{n}:w"), n == 5)).collect();
        let tabs: Vec<(&str, bool)> = tabs.iter().map(|(label, current)| (label.as_str(), *current)).collect();
        let text = usual("[s] ", "left", &tabs, "12:00");
        assert_eq!(drawn(&text, 24), "[s] < 4:w 5:w 6:w >12:00");
        assert_eq!(drawn(&text, 8), "[s]<5:w>");
        // What little there would be of the right part is the list's.
        assert_eq!(drawn(&text, 14), "[s] <5:w>12:00");
        assert!(drawn(&text, 12).starts_with("[s] <") && drawn(&text, 12).ends_with('>'), "{}", drawn(&text, 12));
        for width in 0..60 {
            let shown = drawn(&text, width);
            assert_eq!(shown.chars().count(), usize::from(width));
            assert!(width < 5 || shown.contains("5:w"), "{width}: {shown}");
        }
    }

    #[test]
    fn parts_without_a_list_share_the_line() {
        assert_eq!(drawn("ab#[align=centre]MID#[align=right]yz", 15), "ab    MID    yz");
        assert_eq!(drawn("ab#[align=centre]MID#[align=right]yz", 6), "abMIyz");
        assert_eq!(drawn("ab#[align=centre]MID#[align=right]yz", 3), "abz");
        assert_eq!(drawn("ab#[align=absolute-centre]MID", 9), "ab MID   ");
    }
}
