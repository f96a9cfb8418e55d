//! Which run the live files belong to, and what of an earlier one waits to be brought back.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Files, Generations, Live, Manifest, Run, Why};
use crate::base::Timestamp;

/// `run.json`, by which the next server knows how the last one went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    pub run: Run,
    /// It has come to its end on purpose: nothing of it waits.
    #[serde(default)]
    pub ended: bool,
    #[serde(default)]
    pub offer: Option<Offer>,
}

/// Sessions of an earlier run that wait to be brought back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub generation: u64,
    pub gone: Gone,
    pub at: Timestamp,
    /// The parts of those that have not come back yet.
    pub left: Vec<String>,
}

/// How their server side came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gone {
    /// The machine was started anew.
    Reboot,
    /// The keeper was ended, and all programs with it.
    Keeper,
}

impl RunFile {
    pub const NAME: &'static str = "run.json";

    /// Of the last run, as its file says or, where that is torn or older, the newest generation.
    pub fn read(live: &Live<Files>, newest: Option<&Manifest>) -> Option<Self> {
        let file = live.read(Self::NAME).ok().and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        let Some(newest) = newest else { return file };
        let ended = newest.why == Why::End;
        match file {
            Some(file) if file.run == newest.run => Some(Self { ended: file.ended || ended, ..file }),
            Some(file) if file.run.since > newest.run.since => Some(file),
            file => Some(Self { run: newest.run.clone(), ended, offer: file.and_then(|file| file.offer) }),
        }
    }
}

impl Offer {
    /// What a generation has to offer: its sessions, but for those of jobs, which have a record of their own.
    pub fn of(manifest: &Manifest, gone: Gone) -> Option<Self> {
        let sessions = manifest.sessions().filter(|(_, brief)| !brief.job);
        let left: Vec<String> = sessions.map(|(name, _)| name.to_owned()).collect();
        let (generation, at) = (manifest.generation, manifest.at);
        (!left.is_empty()).then_some(Self { generation, gone, at, left })
    }

    /// `2 sessions from before the reboot, as of Fri Nov 20 23:51:07 2026`.
    pub fn describe(&self) -> String {
        let count = self.left.len();
        let noun = if count == 1 { "session" } else { "sessions" };
        let since = match self.gone {
            Gone::Reboot => "the reboot",
            Gone::Keeper => "the end of the last server",
        };
        format!("{count} {noun} from before {since}, as of {}", self.at.ctime())
    }

    /// The same, and how they come back.
    pub fn sentence(&self) -> String {
        let them = if self.left.len() == 1 { "it" } else { "them" };
        format!("{}: `mux restore` brings {them} back", self.describe())
    }
}

/// What waits in a state directory whose server side does not run. Only looks.
pub fn waiting(folder: &Path, boot: &str) -> Option<Offer> {
    let newest = Generations::look(Files, folder).into_values().next_back();
    let file = RunFile::read(&Live::new(Files, folder.to_path_buf()), newest.as_ref())?;
    if file.ended {
        return file.offer;
    }
    let gone = if file.run.boot == boot { Gone::Keeper } else { Gone::Reboot };
    newest.and_then(|newest| Offer::of(&newest, gone)).or(file.offer)
}
