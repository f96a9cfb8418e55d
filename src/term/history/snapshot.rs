//! The history in a snapshot: where its chunks lie in the vault, and the lines of the open one.

use super::chunk::{Chunk, Form, LARGEST, MOST_LINES};
use super::{History, Open, RefCell};
use crate::term::snapshot::{Coded as _, Fields, SnapshotError, Writer, codes};
use crate::term::vault::{Slot, Vault};

codes!(Form { Unknown = 0, Raw = 1, Quick = 2, Thorough = 3 });

impl History {
    /// `epoch`: that of the screen's tables.
    pub fn save(&self, writer: &mut Writer<'_>, epoch: u64) {
        // The bytes that the chunks take are told with each.
        let Self { limit, first, chunks, vault: _, held: _, open, open_start, cache: _ } = self;
        writer.count(1, *limit);
        writer.number(2, *first);
        writer.records(3, chunks.iter().map(Chunk::save));
        writer.number(4, *open_start);
        writer.part(5, |part| open.save(part, epoch));
    }

    /// What the vault does not own to is given up, and all that is older.
    pub fn load(fields: Fields<'_>, epoch: u64, vault: Box<dyn Vault>) -> Result<Self, SnapshotError> {
        let open_start = fields.counter(4)?;
        let mut history = Self {
            limit: fields.count(1),
            first: 0,
            chunks: Default::default(),
            vault,
            held: 0,
            open: Open::load(fields.part(5)?, epoch)?,
            open_start,
            cache: RefCell::default(),
        };
        let mut start = open_start;
        let records: Vec<_> = fields.records(3).collect();
        for record in records.into_iter().rev() {
            let Some(chunk) = Chunk::load(record, start) else { break };
            if !history.vault.claim(chunk.slot) {
                break;
            }
            start = chunk.start;
            history.held += chunk.slot.length as usize;
            history.chunks.push_front(chunk);
        }
        let first = fields.number(2).clamp(start, history.end());
        history.forget_before(first);
        history.trim();
        Ok(history)
    }
}

impl Chunk {
    fn save(&self) -> [u64; 4] {
        // The start follows from what is behind it.
        let Self { start: _, lines, slot, form, size, widest, wraps } = self;
        let Slot { offset, length } = *slot;
        let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        [offset, pair(length, *size), pair(*lines, *widest), form.code() | u64::from(*wraps) << 8]
    }

    /// `end`: the number behind its last line.
    fn load([offset, sizes, lines, kind]: [u64; 4], end: u64) -> Option<Self> {
        let (length, size) = (sizes as u32, (sizes >> 32) as u32);
        let (lines, widest) = (lines as u32, (lines >> 32) as u32);
        if !(1..=MOST_LINES).contains(&lines) || !(1..=LARGEST).contains(&length) {
            return None;
        }
        Some(Self {
            start: end.checked_sub(lines.into())?,
            lines,
            slot: Slot { offset, length },
            form: Form::from_code(kind & 0xff),
            size,
            widest,
            wraps: kind >> 8 & 1 == 1,
        })
    }
}
