//! What the state wants done. The server carries effects out in order; the state itself does nothing.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::base::{ClientId, Error, Input, PaneId, RequestId, SessionId, Size};
use crate::job::{Reload, StopPlan, Watch};

use super::answer::Told as JobTold;
use super::build::LayoutOrder;
use super::hook::HookCall;
use super::log::{LogQuery, LogTarget};
use super::menu::Menu;
use super::unasked::{PipeOrder, ShellOrder, SourceOrder, Unasked};
use super::up::UpOptions;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Have the keeper start it; `PaneStarted` or `PaneFailed` follows. Where the pane is known already its
    /// former program has ended: the screen starts anew, the pane keeps its number (`respawn-pane`).
    Spawn { pane: PaneId, spec: Box<SpawnSpec> },
    /// The pane is gone from the model: hang its program up, see that it ends, release everything. `PaneExited`
    /// still follows.
    Close { pane: PaneId },
    /// Send a signal to the pane's program, or to its whole process group.
    Signal { pane: PaneId, signal: u8, group: bool },
    /// Send a signal to all that the pane's program has started, wherever it has gone, and to itself.
    SignalSet { pane: PaneId, signal: u8 },
    /// Look at the same set until it is empty; `JobSet` tells.
    WatchSet { job: String, pane: PaneId },
    /// End what a run has left behind, by this plan, then tell by `JobSet`.
    SweepSet { job: String, pane: PaneId, plan: StopPlan },
    /// Tell programs to read their settings anew. The server replies itself.
    Reload { request: RequestId, order: ReloadOrder },
    /// A run of this job has begun that is to be looked after: readiness, health, memory, what it prints.
    Tend { job: String },
    /// That is over.
    Untend { job: String },
    /// Watch files for this job from now on, or none any more; `JobChanged` tells.
    Watch { job: String, watch: Option<Watch> },
    /// Run the command that a job's owner wants run now. Once what has happened is written, so that it is never run
    /// twice for it.
    Hook(Box<HookCall>),
    /// A line of a job's for an attached client's user, who may be looking elsewhere.
    Notice { client: ClientId, text: String, error: bool },
    /// Read these files of jobs, and do with them what is asked. The server replies itself.
    /// With `directory`, those of the user's jobs directory too, and the ones that are named may be missing.
    JobFiles { request: RequestId, files: Vec<PathBuf>, directory: bool, purpose: FilePurpose },
    /// Put what is in a file into a buffer, a new one where none is named. The server replies itself.
    LoadBuffer { request: RequestId, name: Option<String>, path: PathBuf },
    /// Write a buffer's text into a file, or behind what is there. The server replies itself.
    SaveBuffer { request: RequestId, text: Vec<u8>, path: PathBuf, append: bool },
    /// See what these jobs use, then run the command again that asks, with that in [`super::Origin::usage`].
    Look { request: RequestId, look: Look },
    /// The pane's terminal has this size from now on.
    ResizePane { pane: PaneId, size: Size },
    /// Something typed for the pane's program.
    Input { pane: PaneId, input: Input },
    /// Forget the lines that have scrolled off.
    ClearHistory { pane: PaneId },
    /// This client's view may have changed.
    Refresh { client: ClientId },
    /// The connection that asked is a user's terminal from now on.
    Attached { request: RequestId, session: SessionId },
    /// The connection is a user's terminal no more. `text` is what its user reads below.
    Leave { client: ClientId, status: u8, text: String },
    /// A line for an attached client's user.
    Message { client: ClientId, text: String, error: bool },
    /// A command that runs in the client (`copy-mode`, `command-prompt`, …).
    Perform { client: ClientId, argv: Vec<String> },
    /// Draw a client's terminal anew, with another part of a large window in view.
    Redraw { client: ClientId, pan: Option<Pan> },
    /// Let a client's user choose.
    Menu { client: ClientId, menu: Box<Menu> },
    /// Stop the client's process, until its shell continues it.
    Suspend { client: ClientId },
    /// Show the client's user a text, be it long.
    Show { client: ClientId, text: String },
    /// Have the shell run a line, and see what that leads to; the server replies itself.
    Shell(Box<ShellOrder>),
    /// A command line that comes right behind this request's command, before the rest of its line.
    Insert { request: RequestId, line: String },
    /// Read files of commands and go on with those; the server replies itself.
    Source { request: RequestId, order: SourceOrder },
    /// Read a layout file and make a session of it; the server replies where that cannot be.
    Layout { request: RequestId, order: Box<LayoutOrder> },
    /// Write a file, also over one that is there where `force` is set; the server replies itself.
    Write { request: RequestId, file: PathBuf, text: String, force: bool },
    /// Type a line into the pane once its shell has said something.
    TypeOnce { pane: PaneId, line: String },
    /// Connect the pane with a line of the shell from now on, or with none any more; `PipeEnded` tells.
    Pipe { pane: PaneId, order: Option<Box<PipeOrder>> },
    /// Commands that nobody waits for.
    Commands(Box<Unasked>),
    /// The process that started a client is hung up when that ends, which it does next (`detach-client -P`).
    HangUp { client: ClientId },
    /// Ring a client's bell.
    Bell { client: ClientId, pane: PaneId },
    /// Let a client's terminal tell what a program wants to be known.
    Notify { client: ClientId, text: String },
    /// The answer to a request that was [`crate::command::Outcome::Later`].
    Reply { request: RequestId, reply: Reply },
    /// The server reads the pane's screen and replies itself.
    Capture { request: RequestId, pane: PaneId, capture: Capture },
    /// Print what is asked of logs; the server replies itself.
    PrintLogs(Box<LogQuery>),
    /// Send the pane's raw output to the client that asked until the program ends. The state replies then, with
    /// the program's status.
    StreamPane { request: RequestId, pane: PaneId },
    /// The same for one run of a job, each line behind its name; others of the request may go on.
    StreamJob { request: RequestId, pane: PaneId, label: String },
    /// Send the request this, and go on with it.
    Tell { request: RequestId, text: String },
    /// Re-point the session's stable SSH agent link; `None` removes it.
    AgentLink { session: SessionId, target: Option<PathBuf> },
    /// A part to write through before the replies of this turn go out.
    Save(Part),
    /// An option has changed.
    OptionsChanged,
    /// Bring back sessions of before, or list what there is; the server reads it and replies itself.
    Restore { request: RequestId, order: RestoreOrder },
    /// Another binary is to serve instead of this one; `id` is what the user asks for it by. Answered in time.
    Upgrade { request: RequestId, binary: Option<PathBuf>, id: Option<String> },
    /// `kill-server`: end everything.
    Shutdown,
}

/// What is to be seen of a window that is larger than the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pan {
    /// What is so many cells further down and right.
    By { rows: i16, cols: i16 },
    /// What is round the cursor.
    Cursor,
}

/// What a command has to know of jobs that only the kernel and their panes know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// By their names; nothing is seen of those that do not run but their last lines.
    pub jobs: Vec<String>,
    /// Each process, and what is listened on.
    pub detail: bool,
    /// Of what they have shown last.
    pub lines: u16,
}

/// Programs that are told to read their settings anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReloadOrder {
    pub reloads: Vec<(PaneId, Reload, String)>,
    /// Send the signal also where it is not caught.
    pub force: bool,
    /// What is to be said of other jobs.
    pub told: Vec<JobTold>,
    pub json: bool,
}

/// What files of jobs are read for.
#[derive(Clone, Debug, PartialEq)]
pub enum FilePurpose {
    Up(UpOptions),
    Down {
        names: Vec<String>,
        kill: bool,
    },
    Check {
        json: bool,
    },
    /// What is to start with the machine; nobody waits.
    Boot,
}

/// What `restore` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreOrder {
    /// Sessions by name; all that wait where none is named.
    pub names: Vec<String>,
    pub list: bool,
    /// From this generation instead of what waits.
    pub from: Option<u64>,
    pub dry_run: bool,
    pub json: bool,
    /// As at boot: only what waits, unless the user has decided against it, and nothing is no error.
    pub at_boot: bool,
}

/// A program to start on a new terminal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpawnSpec {
    /// The program and its words; empty: the user's login shell.
    pub argv: Vec<String>,
    pub cwd: PathBuf,
    /// The complete environment.
    pub env: Vec<(OsString, OsString)>,
    pub size: Size,
    /// SIGHUP is ignored and standard input is `/dev/null`.
    pub nohup: bool,
    /// File mode bits that it leaves out (umask(2)).
    pub umask: u32,
    /// Output goes here as well as to the screen.
    pub log: Option<LogTarget>,
    /// Words for the step before the program: [`crate::job::JobSpec::step_words`].
    pub step: Vec<String>,
    /// Files of variables, read when it is started.
    pub env_files: Vec<PathBuf>,
    /// Lines.
    pub history_limit: u32,
}

/// How a command has ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// For standard output.
    pub out: String,
    pub status: u8,
    pub error: Option<Error>,
}

impl Reply {
    pub fn text(out: impl Into<String>) -> Self {
        Self { out: out.into(), ..Self::default() }
    }

    pub fn status(status: u8) -> Self {
        Self { status, ..Self::default() }
    }

    /// The status is the error's.
    pub fn error(error: Error) -> Self {
        Self { out: String::new(), status: error.exit_code(), error: Some(error) }
    }
}

/// A piece of the state that is written on its own. In the order of writing: how a program has ended comes before the
/// removal of its session, else a server that dies in between would leave nobody who knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Jobs,
    Server,
    Session(SessionId),
    SessionGone(SessionId),
    /// The options that have been set by commands.
    Options,
    /// A paste buffer, by its number.
    Buffer(u64),
    BufferGone(u64),
}

/// What `capture-pane` wants of a pane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// With SGR sequences (`-e`).
    pub styles: bool,
    /// Wrapped rows are one line and trailing blanks stay (`-J`).
    pub join: bool,
    /// The first line: 0 is the screen's first row, negative ones are history (`-S`).
    pub start: Edge,
    /// The last line (`-E`).
    pub end: Edge,
    /// Where the text goes: to standard output (`-p`), else into this buffer (`-b`), else into a new one. For the
    /// latter two the server gives the text to [`super::State::set_buffer`].
    pub target: CaptureTarget,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CaptureTarget {
    #[default]
    Output,
    Buffer(Option<String>),
}

/// One end of a captured range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edge {
    /// The screen's first row for the start, its last for the end.
    #[default]
    Screen,
    /// `-`: the first line of the history for the start, the screen's last row for the end.
    Limit,
    /// 0 is the screen's first row, -1 the line above it.
    Line(i32),
}
