//! The tables in a snapshot. Ids are kept, as cells name them; so is the order in which they will be given out.

use std::hash::Hash;
use std::sync::Arc;

use super::{FIRST_COLLECTION, Link, MISSES, STYLE_BYTES, StyleBits, Table, Tables};
use crate::base::limits;
use crate::term::snapshot::{Fields, SnapshotError, Writer, clean_text};

/// A value that is written one behind the other.
pub(in crate::term) trait Stored: Clone + Eq + Hash + Default {
    fn put(&self, out: &mut Vec<u8>);
    /// Takes one from the front; none where that is not whole.
    fn take(bytes: &mut &[u8]) -> Option<Self>;
}

impl Stored for StyleBits {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (now, later) = bytes.split_at_checked(STYLE_BYTES)?;
        *bytes = later;
        Some(Self::from_bytes(now))
    }
}

impl Stored for Box<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        take_text(bytes, limits::TERM_CLUSTER).map(Box::from)
    }
}

impl Stored for Link {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { id, uri } = self;
        put_text(id.as_deref().unwrap_or_default(), out);
        put_text(uri, out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let id = take_text(bytes, limits::TERM_LINK_ID)?;
        let uri = take_text(bytes, limits::TERM_LINK)?;
        // An id is never empty.
        Some(Self { id: (!id.is_empty()).then(|| id.into()), uri: Arc::from(uri) })
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(text.len() as u16).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Empty where it is not what it should be.
fn take_text<'a>(bytes: &mut &'a [u8], limit: usize) -> Option<&'a str> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (now, later) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
    *bytes = later;
    Some(clean_text(now, limit).unwrap_or_default())
}

impl<T: Stored> Table<T> {
    fn save(&self, writer: &mut Writer<'_>) {
        let Self { values, ids: _, free, bound: _, collect_at, missed } = self;
        writer.value(1, |out| values.iter().for_each(|value| value.put(out)));
        writer.records(2, free.iter().map(|&id| [u64::from(id)]));
        writer.count(3, *collect_at);
        writer.count(4, *missed);
    }

    fn load(fields: Fields<'_>, bound: usize) -> Self {
        let mut bytes = fields.bytes(1);
        let values = std::iter::from_fn(|| T::take(&mut bytes)).take(bound - 1).collect();
        let mut table = Self { values, ..Self::new(bound) };
        let mut is_free = vec![false; table.values.len()];
        for [id] in fields.records(2) {
            let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
            if let Some(place) = place.filter(|&place| is_free.get(place) == Some(&false)) {
                is_free[place] = true;
                table.values[place] = T::default();
                table.free.push(id as u32);
            }
        }
        for (place, value) in table.values.iter().enumerate().filter(|&(place, _)| !is_free[place]) {
            table.ids.entry(value.clone()).or_insert(place as u32 + 1);
        }
        table.collect_at = fields.count(3).clamp(FIRST_COLLECTION, 2 * bound);
        table.missed = fields.count(4).min(MISSES);
        table
    }
}

impl Tables {
    pub fn save(&self, writer: &mut Writer<'_>) {
        let Self { styles, links, clusters, epoch } = self;
        writer.part(1, |part| styles.save(part));
        writer.part(2, |part| links.save(part));
        writer.part(3, |part| clusters.save(part));
        writer.number(4, *epoch);
    }

    pub fn load(fields: Fields<'_>) -> Result<Self, SnapshotError> {
        Ok(Self {
            styles: Table::load(fields.part(1)?, limits::TERM_STYLES),
            links: Table::load(fields.part(2)?, limits::TERM_LINKS),
            clusters: Table::load(fields.part(3)?, limits::TERM_CLUSTERS),
            epoch: fields.counter(4)?,
        })
    }
}
