//! Where a command was typed, and what is known about the panes at that moment.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::usage::Usage;
use crate::base::{PaneId, Point, RequestId, Size, Timestamp};

/// A client's surroundings when it sent its first command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    pub cwd: PathBuf,
    pub env: Vec<(OsString, OsString)>,
    /// The size of its terminal, where it has one.
    pub size: Option<Size>,
    /// Standard input and output are a terminal.
    pub interactive: bool,
    pub tty: Option<PathBuf>,
    pub pid: u32,
    /// File mode bits that its programs leave out (umask(2)).
    pub umask: u32,
}

impl Context {
    /// A variable of its environment.
    pub fn var(&self, name: &str) -> Option<&OsStr> {
        self.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }
}

/// What only the pane's task and the kernel know. Gathered for commands that want it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaneFacts {
    pub cursor: Point,
    pub cursor_visible: bool,
    pub history_size: u64,
    pub history_bytes: u64,
    pub alternate_on: bool,
    /// The name of the foreground program.
    pub current_command: String,
    pub current_path: PathBuf,
    /// The program has asked for the mouse.
    pub mouse: bool,
    pub title: String,
}

/// One request, as a command sees it.
#[derive(Clone, Debug)]
pub struct Origin {
    pub request: RequestId,
    pub context: Context,
    /// It came from a client that is attached.
    pub attached: bool,
    /// The pane on whose terminal it was typed.
    pub pane: Option<PaneId>,
    /// What an earlier command of the same line has made: it is current for the rest of the line, as in tmux.
    pub made: Option<PaneId>,
    pub now: Timestamp,
    pub facts: HashMap<PaneId, PaneFacts>,
    /// What jobs use, by their names, once it has been looked at.
    pub usage: Option<HashMap<String, Usage>>,
}

impl Origin {
    /// Columns that an answer may take: those of the terminal that it is printed on; without bound for a pipe.
    pub fn columns(&self) -> usize {
        self.context.size.filter(|_| self.context.interactive).map_or(usize::MAX, |size| usize::from(size.cols))
    }
}
