//! A screen in a snapshot, with its tables and its history.

use super::print::Joining;
use super::{Flow, Grid, History, Margins, Pen, Place, Prompts, Saved, Screen, Tables, Tabs};
use crate::base::{Size, Style, limits};
use crate::term::cell::{Cell, Look};
use crate::term::charset::Charsets;
use crate::term::intern::StyleBits;
use crate::term::snapshot::{Fields, SnapshotError, Writer};
use crate::term::vault::Vault;

impl Screen {
    pub fn save(&self, writer: &mut Writer<'_>) {
        let Self {
            // The terminal's size.
            cols: _,
            rows: _,
            grid,
            hidden,
            // What is hidden is then the primary one.
            alternate: _,
            at,
            saved,
            margins,
            flow,
            pen,
            charsets,
            tabs,
            tables,
            history,
            prompts,
            pushed_lines,
            last_char,
            joins,
            joinable,
            // Of use to who asks twice.
            skimmed: _,
        } = self;
        writer.part(1, |part| tables.save(part));
        writer.part(2, |part| grid.save(part));
        if let Some(hidden) = hidden {
            writer.part(3, |part| hidden.save(part));
        }
        writer.part(4, |part| at.save(part));
        for (tag, saved) in (5..).zip(saved) {
            writer.part(tag, |part| saved.save(part));
        }
        let Margins { top, bottom, left, right } = *margins;
        writer.records(7, std::iter::once([top, bottom, left, right].map(|edge| edge as u64)));
        writer.part(8, |part| flow.save(part));
        writer.part(9, |part| pen.save(part));
        writer.part(10, |part| charsets.save(part));
        writer.part(11, |part| tabs.save(part));
        writer.part(12, |part| history.save(part, tables.epoch));
        writer.count(13, *pushed_lines);
        writer.number(14, last_char.map_or(0, |c| u64::from(c) + 1));
        writer.records(15, joins.iter().map(Joining::save));
        writer.flag(16, *joinable);
        prompts.save(writer, 17);
    }

    /// `stamp`: the newest that a row may have.
    pub fn load(fields: Fields<'_>, size: Size, stamp: u64, vault: Box<dyn Vault>) -> Result<Self, SnapshotError> {
        let (cols, rows) = (usize::from(size.cols), usize::from(size.rows));
        let tables = Tables::load(fields.part(1)?)?;
        let grid = |part| Grid::load(part, rows, cols, &tables, stamp);
        let (shown, hidden) = (grid(fields.part(2)?), fields.optional_part(3)?.map(grid));
        let mut margins = Margins { top: 0, bottom: rows, left: 0, right: cols };
        if let Some(edges) = fields.records(7).next() {
            let [top, bottom, left, right] = edges.map(|edge| usize::try_from(edge).unwrap_or(usize::MAX));
            if top < bottom && bottom <= rows && left < right && right <= cols {
                margins = Margins { top, bottom, left, right };
            }
        }
        let at = Place::load(fields.part(4)?);
        let mut joins: Vec<Joining> = fields.records(15).map(|words| Joining::load(words, &tables)).collect();
        if joins.len() != super::print::JOINS {
            joins.clear();
        }
        Ok(Self {
            cols,
            rows,
            grid: shown,
            alternate: hidden.is_some(),
            hidden,
            at: Place { row: at.row.min(rows - 1), col: at.col.min(cols - 1), ..at },
            saved: [Saved::load(fields.part(5)?)?, Saved::load(fields.part(6)?)?],
            margins,
            flow: Flow::load(fields.part(8)?),
            pen: Pen::load(fields.part(9)?, &tables),
            charsets: Charsets::load(fields.part(10)?),
            tabs: Tabs::load(fields.part(11)?, cols),
            history: History::load(fields.part(12)?, tables.epoch, vault)?,
            tables,
            prompts: Prompts::load(fields, 17),
            pushed_lines: fields.number(13).min(u32::MAX.into()) as usize,
            last_char: load_char(fields.number(14)),
            joins,
            joinable: fields.flag(16),
            skimmed: 0,
        })
    }
}

impl Place {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { row, col, wrap_pending } = *self;
        writer.count(1, row);
        writer.count(2, col);
        writer.flag(3, wrap_pending);
    }

    /// On the largest screen; a saved cursor may lie beyond the edge of a smaller one.
    fn load(fields: Fields<'_>) -> Self {
        Self {
            row: fields.count(1).min(limits::MAX_SCREEN.rows.into()),
            col: fields.count(2).min(limits::MAX_SCREEN.cols.into()),
            wrap_pending: fields.flag(3),
        }
    }
}

/// One more than the character, 0 for none.
fn load_char(number: u64) -> Option<char> {
    let code = u32::try_from(number.checked_sub(1)?).ok()?;
    char::from_u32(code).filter(|c| !c.is_control())
}

fn save_style(writer: &mut Writer<'_>, tag: u16, style: &Style) {
    writer.bytes(tag, &StyleBits::new(style).to_bytes());
}

fn load_style(fields: Fields<'_>, tag: u16) -> Style {
    StyleBits::from_bytes(fields.bytes(tag)).style()
}

impl Saved {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { at, style, protected, origin, charsets } = self;
        writer.part(1, |part| at.save(part));
        save_style(writer, 2, style);
        writer.flag(3, *protected);
        writer.flag(4, *origin);
        writer.part(5, |part| charsets.save(part));
    }

    fn load(fields: Fields<'_>) -> Result<Self, SnapshotError> {
        Ok(Self {
            at: Place::load(fields.part(1)?),
            style: load_style(fields, 2),
            protected: fields.flag(3),
            origin: fields.flag(4),
            charsets: Charsets::load(fields.part(5)?),
        })
    }
}

impl Pen {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { style, link, protected, look, look_stale, blank, blank_stale } = self;
        save_style(writer, 1, style);
        writer.number(2, (*link).into());
        writer.flag(3, *protected);
        // What is stale may name what the tables have no more.
        writer.number(4, if *look_stale { 0 } else { look.bits() });
        writer.flag(5, *look_stale);
        writer.number(6, if *blank_stale { 0 } else { blank.bits() });
        writer.flag(7, *blank_stale);
    }

    fn load(fields: Fields<'_>, tables: &Tables) -> Self {
        let link = fields.number(2) as u32;
        Self {
            style: load_style(fields, 1),
            link: if tables.links.has(link) { link } else { 0 },
            protected: fields.flag(3),
            look: Look::from_bits(fields.number(4), tables),
            look_stale: fields.flag(5),
            blank: Cell::from_bits(fields.number(6), tables).emptied(),
            blank_stale: fields.flag(7),
        }
    }
}

impl Flow {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { autowrap, insert, origin, reverse_wrap, side_margins, newline, clusters, reverse_wrap_far, guarded } =
            *self;
        let first = [autowrap, insert, origin, reverse_wrap, side_margins, newline, clusters];
        let flags = first.into_iter().chain([reverse_wrap_far, guarded]);
        (1..).zip(flags).for_each(|(tag, flag)| writer.flag(tag, flag));
    }

    fn load(fields: Fields<'_>) -> Self {
        Self {
            autowrap: fields.flag(1),
            insert: fields.flag(2),
            origin: fields.flag(3),
            reverse_wrap: fields.flag(4),
            side_margins: fields.flag(5),
            newline: fields.flag(6),
            clusters: fields.flag(7),
            reverse_wrap_far: fields.flag(8),
            guarded: fields.flag(9),
        }
    }
}

impl Joining {
    fn save(&self) -> [u64; 2] {
        let Self { key, id, wide } = *self;
        [key, u64::from(id) | u64::from(wide) << 32]
    }

    fn load([key, word]: [u64; 2], tables: &Tables) -> Self {
        let id = word as u32;
        let known = id == 0 || tables.clusters.has(id);
        if known { Self { key, id, wide: word >> 32 & 1 == 1 } } else { Self::default() }
    }
}
