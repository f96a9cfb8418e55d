//! The root of all facts.

use std::path::PathBuf;

use crate::base::{PaneId, Timestamp};
use crate::config::Options;

use super::{Effect, Event};

/// What does not change while a server lives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setup {
    pub socket: PathBuf,
    pub server_pid: u32,
    /// Holds the sessions' stable SSH agent links, `agent-N`.
    pub agent_dir: PathBuf,
    pub host: String,
    /// The user's shell.
    pub shell: PathBuf,
    pub home: PathBuf,
    /// Holds the logs of jobs.
    pub log_dir: PathBuf,
    pub version: String,
}

/// Sessions, windows, panes, clients, jobs.
pub struct State {
    pub(super) setup: Setup,
    pub(super) options: Options,
    pub(super) out: Vec<Effect>,
}

impl State {
    pub fn new(options: Options, setup: Setup) -> Self {
        Self { setup, options, out: Vec::new() }
    }

    /// Takes in what has happened; returns what is to be done about it, in order.
    pub fn apply(&mut self, _event: Event, _now: Timestamp) -> Vec<Effect> {
        std::mem::take(&mut self.out)
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The configuration was loaded anew.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    /// The pane whose terminal this is: tells whether a command was typed in one of our own panes.
    pub fn pane_of_tty(&self, _tty: &std::path::Path) -> Option<PaneId> {
        None
    }

    /// Puts text into a paste buffer, a new one where no name is given (for `capture-pane` without `-p`).
    pub fn set_buffer(&mut self, _name: Option<&str>, _text: Vec<u8>, _now: Timestamp) {}

    /// No session is left.
    pub fn is_empty(&self) -> bool {
        true
    }

    /// The panes whose program runs or is being started.
    pub fn live_panes(&self) -> Vec<PaneId> {
        Vec::new()
    }
}
impl State { pub fn pane_spec(&self, _pane: PaneId) -> Option<super::SpawnSpec> { None } }
