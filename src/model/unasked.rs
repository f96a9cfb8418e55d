//! What commands have the server do besides: lines for the shell, files of commands, commands that nobody has typed.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::base::{ClientId, PaneId, Period, RequestId};

/// A line for the shell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShellOrder {
    /// Who is answered; none where it goes on in the background.
    pub request: Option<RequestId>,
    /// Nothing where only the time is waited for.
    pub line: String,
    pub cwd: PathBuf,
    pub env: Vec<(OsString, OsString)>,
    /// It is begun after this.
    pub delay: Period,
    /// Where it belongs to: what follows in the background takes that for the present pane.
    pub pane: Option<PaneId>,
    /// Whose user is shown what it prints in the background.
    pub client: Option<ClientId>,
    pub then: ShellThen,
}

/// A line for the shell that is connected with a pane (`pipe-pane`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PipeOrder {
    pub line: String,
    pub cwd: PathBuf,
    pub env: Vec<(OsString, OsString)>,
    /// It reads what the pane's program writes.
    pub reads: bool,
    /// What it prints is typed into the pane.
    pub types: bool,
}

/// What its end leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ShellThen {
    /// What it printed is shown.
    #[default]
    Print,
    /// The first command line where it ended well, else the other.
    Choose(String, String),
}

/// Files of commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceOrder {
    pub files: Vec<PathBuf>,
    /// Files that are not there are passed over.
    pub quiet: bool,
    /// Only look whether they can be read and their commands are known.
    pub check: bool,
    /// What conditions are about.
    pub pane: Option<PaneId>,
}

/// Commands that nobody waits for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unasked {
    /// Command lines.
    pub lines: Vec<String>,
    /// What they take for the present pane.
    pub pane: Option<PaneId>,
    /// For whom they run: who is shown what they print, and what they call the present client.
    pub client: Option<ClientId>,
    /// They are a hook's, and call no hooks by themselves.
    pub hook: bool,
}
