//! The state as it is written to files and read again. Serde types of their own: a field may be added (with a
//! default), never reused; a change that older builds would misread counts the version up.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::base::{ExitStatus, PaneId, Timestamp};
use crate::config::Options;

use super::{Effect, Part, Setup, State};

/// One part, as its file holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum Saved {
    Session(SavedSession),
    Jobs(SavedJobs),
    Server(SavedServer),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedSession {
    pub version: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedJobs {
    pub version: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedServer {
    pub version: u32,
}

/// What the keeper holds for a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub pid: u32,
    pub started: Timestamp,
    /// The program has ended while no server was there.
    pub exit: Option<(ExitStatus, Timestamp)>,
}

/// A state brought back from files.
pub struct Restored {
    pub state: State,
    pub effects: Vec<Effect>,
    /// What could not be brought back, for the log.
    pub problems: Vec<String>,
}

impl State {
    /// The part as it is to be written; `None` when it is gone.
    pub fn save(&self, _part: &Part) -> Option<Saved> {
        None
    }

    /// Brings back what was saved. Panes that the keeper does not hold are gone.
    pub fn restore(
        options: Options,
        setup: Setup,
        _saved: Vec<Saved>,
        _held: &HashMap<PaneId, Held>,
        _now: Timestamp,
    ) -> Restored {
        Restored { state: State::new(options, setup), effects: Vec::new(), problems: Vec::new() }
    }
}
