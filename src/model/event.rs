//! What happens to the state from outside, apart from commands.

use std::path::PathBuf;

use super::supervise::Reason;
use crate::base::{ClientId, ExitStatus, Input, PaneId, Size, Timestamp};

/// One thing that has happened. Given to [`super::State::apply`] in the order in which it happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The connection has ended. It need not have been a user's terminal.
    ClientGone { client: ClientId },
    /// An attached client's terminal has this size now.
    ClientResized { client: ClientId, size: Size },
    /// What an attached client's terminal calls itself, and what it can.
    ClientTerminal { client: ClientId, name: String, features: String },
    /// From an attached client; without a pane it is for the active one. Counts as the client's activity.
    ClientInput { client: ClientId, pane: Option<PaneId>, input: Input },
    /// The keeper has started the program that [`super::Effect::Spawn`] asked for.
    PaneStarted { pane: PaneId, pid: u32, tty: PathBuf, started: Timestamp },
    /// The program could not be started. What was built for it is taken back.
    PaneFailed { pane: PaneId, message: String },
    /// The program has ended and all its output has been drained. Also sent for panes that were closed, so that
    /// their end is recorded and who waits for it is answered.
    PaneExited { pane: PaneId, status: ExitStatus, at: Timestamp },
    /// The program has set its terminal's title.
    PaneTitle { pane: PaneId, title: String },
    /// The line that a pane was connected with has ended.
    PipeEnded { pane: PaneId },
    /// The program has rung the bell.
    PaneBell { pane: PaneId },
    /// The program has something to tell whoever looks elsewhere (OSC 9, 777, 99).
    PaneNotified { pane: PaneId, text: String },
    /// The program has written something; at most a few a second and pane.
    PaneOutput { pane: PaneId },
    /// Nothing of a job's set lives any more, or these processes do, while it is being ended.
    JobSet { job: String, left: Vec<u32> },
    /// The check for readiness of this run has passed.
    JobReady { job: String, run: u32 },
    /// A check says that it is ill, as often as it may.
    JobIll { job: String, run: u32, reason: Reason, detail: String },
    /// Somebody has looked whether it is well; milliseconds that the answer took.
    JobHealth { job: String, run: u32, well: bool, took: u32, at: Timestamp },
    /// It has printed a line that is worth a notice.
    JobAlert { job: String, run: u32, line: String },
    /// Files that are watched for it have changed; this one was the first.
    JobChanged { job: String, path: PathBuf },
    /// The kernel had no memory left for the pane's program, or so it seems; how it ended follows.
    PaneStarved { pane: PaneId, reason: Reason },
    /// It is (about) [`super::State::deadline`].
    Time,
    /// The name of the pane's foreground program, when somebody had reason to look.
    PaneCommand { pane: PaneId, name: String },
}
