//! The rectangle operations of the VT420.

use super::{Margins, Screen};
use crate::base::{Attrs, Style, Underline};
use crate::term::cell::{Cell, Glyph, Look};
use crate::term::width::char_width;

/// Rows `top..bottom`, columns `left..right`, on the screen and not empty.
#[derive(Clone, Copy, Debug)]
pub(in crate::term) struct Area {
    pub top: usize,
    pub left: usize,
    pub bottom: usize,
    pub right: usize,
}

impl Screen {
    /// What areas may reach: the screen, in origin mode what is within the margins.
    fn reach(&self) -> Area {
        let Margins { top, left, bottom, right } = self.margins;
        match self.flow.origin {
            true => Area { top, left, bottom, right },
            false => Area { top: 0, left: 0, bottom: self.rows, right: self.cols },
        }
    }

    /// The area that `Pt;Pl;Pb;Pr` name, from 1 and inclusive, in origin mode relative to the margins and within them.
    pub fn area(&self, top: u16, left: u16, bottom: u16, right: u16) -> Option<Area> {
        let reach = self.reach();
        let edge = |value: u16, start: usize, end: usize| match value {
            0 => end,
            value => (usize::from(value) + start).min(end),
        };
        let area = Area {
            top: usize::from(top.max(1)) - 1 + reach.top,
            left: usize::from(left.max(1)) - 1 + reach.left,
            bottom: edge(bottom, reach.top, reach.bottom),
            right: edge(right, reach.left, reach.right),
        };
        (area.top < area.bottom && area.left < area.right).then_some(area)
    }

    /// The same as a stream of cells, from the upper left corner through all columns to the lower right one.
    pub fn stream(&self, top: u16, left: u16, bottom: u16, right: u16) -> Option<Area> {
        let rows = self.area(top, 1, bottom, 0)?;
        let first = self.area(top, left, 0, 0)?;
        let last = self.area(1, 1, bottom, right)?;
        let one_row = rows.top + 1 == rows.bottom;
        let area = Area { left: first.left, right: last.right, ..rows };
        (!one_row || area.left < area.right).then_some(area)
    }

    /// DECERA: whatever the protection.
    pub fn erase_area(&mut self, area: Area) {
        let blank = self.blank();
        for row in area.top..area.bottom {
            self.grid.row_mut(row).erase(area.left, area.right, self.cols, blank);
        }
    }

    /// DECSERA: spares what DECSCA protects and leaves all looks as they are (VT420 Programmer Reference).
    pub fn empty_area(&mut self, area: Area) {
        let spare = !self.flow.guarded;
        for row in area.top..area.bottom {
            self.grid.row_mut(row).empty(area.left, area.right, spare);
        }
    }

    /// DECFRA
    pub fn fill_area(&mut self, area: Area, c: char) {
        if char_width(c) != 1 {
            return;
        }
        let cells = vec![Cell::char(c, self.look()); area.right - area.left];
        for row in area.top..area.bottom {
            self.grid.row_mut(row).overwrite(area.left, &cells);
        }
    }

    /// DECCRA: `to` begins where the upper left corner goes; what does not fit in it is left out.
    pub fn copy_area(&mut self, area: Area, to: Area) {
        let height = (area.bottom - area.top).min(to.bottom - to.top);
        let width = (area.right - area.left).min(to.right - to.left);
        let copy = |screen: &mut Self, offset: usize| {
            let source = screen.grid.row(area.top + offset);
            let cells: Vec<Cell> = (area.left..area.left + width).map(|col| source.get(col)).collect();
            screen.grid.row_mut(to.top + offset).overwrite(to.left, &cells);
        };
        if to.top > area.top {
            (0..height).rev().for_each(|offset| copy(self, offset));
        } else {
            (0..height).for_each(|offset| copy(self, offset));
        }
    }

    /// DECCARA, DECRARA: another style for each cell of the rectangle or, where DECSACE says so, of the stream.
    pub fn restyle_area(&mut self, area: Area, rectangle: bool, change: impl Fn(Style) -> Style) {
        self.collect_if_due();
        let reach = self.reach();
        for row in area.top..area.bottom {
            let left = if rectangle || row == area.top { area.left } else { reach.left };
            let right = if rectangle || row + 1 == area.bottom { area.right } else { reach.right };
            if left >= right {
                continue;
            }
            let tables = &mut self.tables;
            self.grid.row_mut(row).repaint(left, right, |cell| {
                let style = change(tables.style_of(cell.style()));
                Look::new(tables.style(&style), cell.link(), cell.is_protected())
            });
        }
    }

    /// What the looks of all cells of an area have in common (XTREPORTSGR).
    pub fn common_style(&self, area: Area) -> Style {
        let cells = (area.top..area.bottom).flat_map(|row| (area.left..area.right).map(move |col| (row, col)));
        let mut styles = cells.map(|(row, col)| self.tables.style_of(self.grid.row(row).get(col).style()));
        let first = styles.next().unwrap_or_default();
        styles.fold(first, |common, style| Style {
            attrs: common.attrs & style.attrs,
            fg: if common.fg == style.fg { common.fg } else { Style::DEFAULT.fg },
            bg: if common.bg == style.bg { common.bg } else { Style::DEFAULT.bg },
            underline: if common.underline == style.underline { common.underline } else { Underline::None },
            underline_color: if common.underline_color == style.underline_color {
                common.underline_color
            } else {
                Style::DEFAULT.underline_color
            },
        })
    }

    /// DECRQCRA as xterm computes it for VT420s: the negated sum of characters and the weights of attributes, without
    /// the blanks at the rows' ends, but for the very first cell.
    pub fn checksum(&self, area: Area) -> u16 {
        let mut sum = 0u32;
        for row in area.top..area.bottom {
            let mut blanks = 0;
            for col in area.left..area.right {
                let weight = self.weight(self.grid.row(row).get(col));
                let first = (row, col) == (area.top, area.left);
                if weight == u32::from(' ') && !first {
                    blanks += weight;
                } else {
                    sum = sum.wrapping_add(weight + blanks);
                    blanks = 0;
                }
            }
        }
        (sum as u16).wrapping_neg()
    }

    fn weight(&self, cell: Cell) -> u32 {
        let style = self.tables.style_of(cell.style());
        let weights = [
            (cell.is_protected(), 0x04),
            (style.attrs.contains(Attrs::CONCEAL), 0x08),
            (style.underline != Underline::None, 0x10),
            (style.attrs.contains(Attrs::REVERSE), 0x20),
            (style.attrs.contains(Attrs::BLINK), 0x40),
            (style.attrs.contains(Attrs::BOLD), 0x80),
        ];
        let attributes: u32 = weights.into_iter().filter_map(|(on, weight)| on.then_some(weight)).sum();
        let character = match cell.glyph() {
            Glyph::Char(c) => c.into(),
            Glyph::Cluster(id) => {
                self.tables.clusters.value(id).and_then(|text| text.chars().next()).map_or(0, u32::from)
            }
            Glyph::Blank => ' '.into(),
            Glyph::Tail => 0,
        };
        character + attributes
    }
}
