//! A run of lines that is complete and lies in the vault: as it came at first, later compressed to one zstd frame.

use super::open::Open;
use crate::base::limits;
use crate::term::vault::{Slot, Vault};

/// zstd's level while output floods: 300 MB/s.
const QUICK: i32 = 1;
/// zstd's level for what will be kept: a sixth smaller, 12 MB/s, and opened as quickly.
const THOROUGH: i32 = 15;

/// Bytes of a chunk before compression: [`limits::HISTORY_CHUNK_MOST`] and one row more, of the widest screen and with
/// a longest hyperlink in each cell. What claims to be larger is damaged.
pub(super) const LARGEST: u32 = 8 << 20;

/// Lines of a chunk: each counts eight bytes when it is asked whether that is full.
pub(super) const MOST_LINES: u32 = limits::HISTORY_CHUNK_MOST as u32 / 8 + 1;

#[derive(Debug)]
pub(super) struct Chunk {
    /// The number of its first line.
    pub start: u64,
    pub lines: u32,
    pub slot: Slot,
    pub form: Form,
    /// Bytes before compression.
    pub size: u32,
    /// Cells of the longest line.
    pub widest: u32,
    /// Some line is wrapped.
    pub wraps: bool,
}

/// How a chunk lies in the vault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// By a later mux, in a way that this one does not know.
    #[default]
    Unknown,
    /// As [`Open::seal`] leaves it.
    Raw,
    /// That, compressed by zstd.
    Quick,
    Thorough,
}

/// What reads chunk after chunk without taking memory anew.
#[derive(Default)]
pub(super) struct Memory {
    decompressor: Option<zstd::bulk::Decompressor<'static>>,
    bytes: Vec<u8>,
}

impl Memory {
    fn unpacked(&mut self, frame: &[u8], size: u32) -> Option<&[u8]> {
        if self.decompressor.is_none() {
            self.decompressor = zstd::bulk::Decompressor::new().ok();
        }
        self.bytes.clear();
        self.bytes.reserve(size.min(LARGEST) as usize);
        self.decompressor.as_mut()?.decompress_to_buffer(frame, &mut self.bytes).ok()?;
        Some(&self.bytes)
    }
}

impl Chunk {
    /// The number behind its last line.
    pub fn end(&self) -> u64 {
        self.start + u64::from(self.lines)
    }

    /// No line of it changes on a screen of this width.
    pub fn fits(&self, cols: usize) -> bool {
        !self.wraps && self.widest as usize <= cols
    }

    /// Its lines; blank ones in the place of what cannot be read.
    pub fn read(&self, vault: &dyn Vault) -> Open {
        self.opened(vault.get(self.slot))
    }

    /// The same, of what lies in its slot.
    pub fn opened(&self, bytes: &[u8]) -> Open {
        let open = match self.form {
            Form::Raw => Open::unsealed(bytes),
            Form::Unknown => None,
            Form::Quick | Form::Thorough => self.unpacked(bytes).and_then(|bytes| Open::unsealed(&bytes)),
        };
        open.filter(|open| open.len() == self.lines as usize).unwrap_or_else(|| Open::blank(self.lines as usize))
    }

    /// The texts of its lines alone, one after the other, as they may be damaged.
    pub fn text<'a>(&self, bytes: &'a [u8], memory: &'a mut Memory) -> Option<&'a [u8]> {
        Open::sealed_text(match self.form {
            Form::Raw => bytes,
            Form::Unknown => return None,
            Form::Quick | Form::Thorough => memory.unpacked(bytes, self.size)?,
        })
    }

    fn unpacked(&self, frame: &[u8]) -> Option<Vec<u8>> {
        zstd::bulk::decompress(frame, self.size.min(LARGEST) as usize).ok()
    }

    pub fn pack_quickly(&mut self, vault: &mut dyn Vault) -> bool {
        self.form == Form::Raw && self.pack(Form::Quick, QUICK, vault)
    }

    /// True where there was something to do.
    pub fn pack_thoroughly(&mut self, vault: &mut dyn Vault) -> bool {
        matches!(self.form, Form::Raw | Form::Quick) && self.pack(Form::Thorough, THOROUGH, vault)
    }

    /// Puts a compressed copy in the place of what is there. False where that cannot be had.
    fn pack(&mut self, form: Form, level: i32, vault: &mut dyn Vault) -> bool {
        let bytes = vault.get(self.slot);
        let frame = match self.form {
            Form::Raw => zstd::bulk::compress(bytes, level).ok(),
            _ => self.unpacked(bytes).and_then(|bytes| zstd::bulk::compress(&bytes, level).ok()),
        };
        let Some(slot) = frame.and_then(|frame| vault.put(&frame)) else { return false };
        vault.free(self.slot);
        self.slot = slot;
        self.form = form;
        true
    }
}
