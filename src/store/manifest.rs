//! A manifest: what one generation consists of, when and why it was written.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::checksum;
use crate::base::Timestamp;

/// Of manifests. Fields may be added; a change that this build would misread counts it up, and such a manifest is
/// left alone with all that it names.
pub(super) const VERSION: u32 = 1;

/// One consistent whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub version: u32,
    pub generation: u64,
    pub at: Timestamp,
    pub why: Why,
    pub run: Run,
    /// By the names of the parts. Most of them are those of the generation before.
    pub parts: BTreeMap<String, Arc<Entry>>,
}

/// Why a generation was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Something had changed.
    Change,
    /// `kill-server`, or nothing was left: what it holds was ended on purpose.
    End,
    /// The server was told to end, as at a shutdown of the machine.
    Shutdown,
    /// A later start found this as the last word of a server side that was gone.
    Found,
    /// A reason that only a later version knows.
    #[serde(other)]
    Other,
}

impl Why {
    pub fn name(self) -> &'static str {
        match self {
            Why::Change => "change",
            Why::End => "end",
            Why::Shutdown => "shutdown",
            Why::Found => "found",
            Why::Other => "other",
        }
    }
}

/// One life of a server side: from the start of a keeper to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The kernel's boot id.
    pub boot: String,
    pub keeper: u32,
    pub since: Timestamp,
}

/// A part in a generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// In the folder of the parts.
    pub file: String,
    pub bytes: u64,
    pub checksum: u64,
    /// What there is to be said of a session without reading it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Brief>,
}

/// A session in few words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    pub name: String,
    pub windows: usize,
    pub panes: usize,
    /// It was made for a job.
    #[serde(default)]
    pub job: bool,
}

impl Entry {
    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes.len() as u64 && self.checksum == checksum(bytes)
    }
}

impl Manifest {
    /// JSON, and below it the checksum of that.
    pub(super) fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        let sum = checksum(&bytes);
        bytes.extend_from_slice(format!("\n{sum:016x}\n").as_bytes());
        Ok(bytes)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Damaged)?;
        let (json, sum) = text.trim_end_matches('\n').rsplit_once('\n').ok_or(Unreadable::Damaged)?;
        if u64::from_str_radix(sum, 16) != Ok(checksum(json.as_bytes())) {
            return Err(Unreadable::Damaged);
        }
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        match serde_json::from_str::<Versioned>(json) {
            Ok(Versioned { version }) if version > VERSION => Err(Unreadable::Later(version)),
            _ => serde_json::from_str(json).map_err(|_| Unreadable::Damaged),
        }
    }

    /// The sessions in it, by their parts' names.
    pub fn sessions(&self) -> impl Iterator<Item = (&str, &Brief)> {
        self.parts.iter().filter_map(|(name, entry)| Some((name.as_str(), entry.session.as_ref()?)))
    }

    pub fn panes(&self) -> usize {
        self.sessions().map(|(_, brief)| brief.panes).sum()
    }
}

/// Why a manifest says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    Damaged,
    /// It is of a later version.
    Later(u32),
}
