//! A layout as text: tmux's `window_layout`, which scripts keep and give back to `select-layout`.
//!
//! ```text
//!  8205,80x24,0,0{40x24,0,0,0,39x24,41,0,1}
//!  │    │     │ │ └─ {…} side by side, […] one above the other, separated by commas
//!  │    │     └─┴── column and row      └ a pane: its id follows
//!  │    └ size
//!  └ checksum over all that follows its comma
//! ```

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Kind, borders, places};
use super::{Axis, Layout};
use crate::base::limits::{MAX_LAYOUT_DEPTH, MAX_LAYOUT_TEXT, MAX_SCREEN};
use crate::base::{PaneId, Point, Size};

/// What a layout is stored as: it is checked like any text when it is read back.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    size: Size,
    wanted: String,
}

impl From<Layout> for Saved {
    fn from(layout: Layout) -> Self {
        Self { size: layout.size, wanted: dump(&layout.wanted) }
    }
}

impl TryFrom<Saved> for Layout {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Self, String> {
        let wanted = parse(&saved.wanted)?;
        let mut layout = Self { size: saved.size, shown: wanted.clone(), wanted };
        layout.resize(saved.size);
        Ok(layout)
    }
}

pub(super) fn dump(root: &Cell) -> String {
    let mut body = String::new();
    write_cell(&mut body, root, Point::default());
    format!("{:04x},{body}", checksum(&body))
}

pub(super) fn checksum(body: &str) -> u16 {
    body.bytes().fold(0u16, |sum, byte| sum.rotate_right(1).wrapping_add(byte.into()))
}

fn write_cell(out: &mut String, cell: &Cell, at: Point) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{},{},{}", cell.size, at.col.0, at.row.0);
    match &cell.kind {
        Kind::Pane(pane) => {
            let _ = write!(out, ",{}", pane.0);
        }
        Kind::Split { axis, cells } => {
            let (open, close) = brackets(*axis);
            for (index, (cell, at)) in cells.iter().zip(places(*axis, cells, at)).enumerate() {
                out.push(if index == 0 { open } else { ',' });
                write_cell(out, cell, at);
            }
            out.push(close);
        }
    }
}

fn brackets(axis: Axis) -> (char, char) {
    match axis {
        Axis::Horizontal => ('{', '}'),
        Axis::Vertical => ('[', ']'),
    }
}

/// Reads a tree and checks that it is one: checksum, brackets, sizes that add up. The panes are those that the
/// text names, or %0 where it names none.
pub(super) fn parse(text: &str) -> Result<Cell, String> {
    if text.len() > MAX_LAYOUT_TEXT {
        return Err(format!("a layout is at most {MAX_LAYOUT_TEXT} bytes long"));
    }
    let (sum, body) = text.trim().split_once(',').ok_or("a layout begins with a checksum and a comma")?;
    if u16::from_str_radix(sum, 16) != Ok(checksum(body)) {
        return Err(format!("the layout's checksum is {:04x}, not '{sum}'", checksum(body)));
    }
    let mut reader = Reader { rest: body, whole: body.len() };
    let root = reader.cell(0)?;
    if !reader.rest.is_empty() {
        return Err(reader.wrong("the end"));
    }
    if root.size.cols > MAX_SCREEN.cols || root.size.rows > MAX_SCREEN.rows {
        return Err(format!("a window is at most {MAX_SCREEN}"));
    }
    Ok(root)
}

struct Reader<'a> {
    rest: &'a str,
    whole: usize,
}

impl Reader<'_> {
    fn cell(&mut self, depth: usize) -> Result<Cell, String> {
        if depth > MAX_LAYOUT_DEPTH {
            return Err(format!("splits are nested deeper than {MAX_LAYOUT_DEPTH}"));
        }
        let cols = self.number()?;
        self.expect('x')?;
        let size = Size::new(cols, self.number()?);
        for _ in 0..2 {
            self.expect(',')?;
            self.number::<u16>()?;
        }
        let pane = self.pane_id();
        let axis = [Axis::Horizontal, Axis::Vertical].into_iter().find(|axis| self.skip(brackets(*axis).0));
        let cell = match axis {
            Some(axis) => self.split(axis, size, depth)?,
            None => Cell::pane(pane.unwrap_or(PaneId(0)), size),
        };
        consistent(&cell).then_some(cell).ok_or_else(|| format!("the sizes within {size} do not add up"))
    }

    fn split(&mut self, axis: Axis, size: Size, depth: usize) -> Result<Cell, String> {
        let mut cells = vec![self.cell(depth + 1)?];
        while self.skip(',') {
            cells.push(self.cell(depth + 1)?);
        }
        self.expect(brackets(axis).1)?;
        Ok(Cell { size, kind: Kind::Split { axis, cells } })
    }

    /// A comma and digits, unless an `x` shows that it is the next cell's size.
    fn pane_id(&mut self) -> Option<PaneId> {
        let after = self.rest.strip_prefix(',')?;
        let (digits, after) = after.split_at(digits(after));
        let id = digits.parse().ok().filter(|_| !after.starts_with('x'))?;
        self.rest = after;
        Some(PaneId(id))
    }

    fn number<T: std::str::FromStr>(&mut self) -> Result<T, String> {
        let (digits, after) = self.rest.split_at(digits(self.rest));
        let number = digits.parse().map_err(|_| self.wrong("a number of cells"))?;
        self.rest = after;
        Ok(number)
    }

    fn skip(&mut self, wanted: char) -> bool {
        let after = self.rest.strip_prefix(wanted);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.skip(wanted) { Ok(()) } else { Err(self.wrong(&format!("'{wanted}'"))) }
    }

    fn wrong(&self, wanted: &str) -> String {
        format!("expected {wanted} at character {} of the layout", self.whole - self.rest.len() + 1)
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// What the head of `cell.rs` says of a cell holds for this one, its children apart.
fn consistent(cell: &Cell) -> bool {
    let Kind::Split { axis, cells } = &cell.kind else { return !cell.size.is_empty() };
    let lengths: u32 = cells.iter().map(|cell| u32::from(axis.of(cell.size))).sum();
    let across = axis.across();
    cells.len() > 1
        && lengths + u32::from(borders(cells.len())) == u32::from(axis.of(cell.size))
        && cells.iter().all(|child| across.of(child.size) == across.of(cell.size))
}

impl Cell {
    /// Called on the root. Puts the panes into the places in order; places left over at the end go.
    pub(super) fn seat(&mut self, panes: &[PaneId]) -> Result<(), String> {
        let mut count = 0;
        self.number_panes(&mut count);
        if panes.is_empty() || panes.len() > count as usize {
            return Err(format!("the layout has places for {count} panes, the window has {}", panes.len()));
        }
        for place in (panes.len()..count as usize).rev() {
            self.remove(PaneId(u32::try_from(place).unwrap_or(u32::MAX)));
        }
        self.rename(&|place| panes.get(place.0 as usize).copied().unwrap_or(place));
        Ok(())
    }

    /// Names the places 0, 1, 2 … for [`Cell::seat`].
    fn number_panes(&mut self, count: &mut u32) {
        match &mut self.kind {
            Kind::Pane(pane) => {
                *pane = PaneId(*count);
                *count += 1;
            }
            Kind::Split { cells, .. } => cells.iter_mut().for_each(|cell| cell.number_panes(count)),
        }
    }
}
