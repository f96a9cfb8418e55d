//! What the tasks of the server say to each other. The core is the only one that changes state; panes and
//! connections tell it what happened and do as they are told.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::{mpsc, oneshot, watch};

use super::buffer_files::BufferFile;
use super::clients::Shown;
use super::job_files::Loaded;
use super::keeper_link::KeeperSender;
use super::logs::Awaited;
use super::pane::{Chunk, Tap, Typed};
use super::receipts::Receipt;
use super::restore::{Found, Wanted};
use super::shell::Ended;
use super::source::Sourced;
use super::store::Storage;
use super::usage::Looked;
use crate::base::{ClientId, Error, ExitStatus, Identity, Input, PaneId, RequestId, Size, Timestamp};
use crate::blueprint::Blueprint;
use crate::command::PaneFacts;
use crate::model::supervise::Reason;
use crate::model::{Capture, FilePurpose, JobTold, LayoutOrder, Reply, ShellOrder};
use crate::proto::message::{Context, Looks, ToClient};

/// To the core.
pub enum ToCore {
    Connected {
        client: ClientId,
        link: ConnLink,
    },
    Gone {
        client: ClientId,
        /// It has left by itself, or was told to.
        content: bool,
    },
    /// Who the client is.
    Identity {
        client: ClientId,
        identity: Identity,
    },
    /// The client has had the answer to the next command line of this number up to this position.
    Resume {
        client: ClientId,
        number: u32,
        position: u64,
    },
    Run {
        request: RequestId,
        argv: Vec<String>,
        context: Option<Box<Context>>,
    },
    Input {
        client: ClientId,
        seq: u64,
        /// Dropped when it is through.
        receipt: Receipt,
        pane: Option<PaneId>,
        input: Input,
    },
    Resize {
        client: ClientId,
        size: Size,
    },
    Ack {
        client: ClientId,
        pane: PaneId,
        generation: u64,
    },
    Fetch {
        client: ClientId,
        pane: PaneId,
        from: u64,
        count: u16,
    },
    /// The client shows this pane beside those of its view.
    Preview {
        client: ClientId,
        pane: Option<PaneId>,
    },
    Search {
        client: ClientId,
        pane: PaneId,
        wanted: Sought,
    },
    Prompts {
        client: ClientId,
        pane: PaneId,
    },
    /// What a client's terminal is.
    Terminal {
        client: ClientId,
        name: String,
        features: String,
    },
    /// The facts that a command waits for have been gathered.
    Facts {
        request: RequestId,
        facts: HashMap<PaneId, PaneFacts>,
    },
    /// A line that a command has had the shell run has ended.
    Shell {
        order: Box<ShellOrder>,
        ended: Ended,
    },
    /// What a pane is connected with has printed this, to be typed.
    Piped {
        pane: PaneId,
        input: Input,
    },
    /// It has ended.
    PipeEnded {
        pane: PaneId,
        number: u32,
    },
    /// Files of commands have been read.
    /// A buffer's file is read or written.
    BufferFile {
        request: RequestId,
        done: BufferFile,
    },
    Sourced {
        request: RequestId,
        sourced: Sourced,
    },
    /// A line of the shell in a status line has printed this.
    StatusShell {
        line: String,
        out: Option<String>,
    },
    /// It is time to run it again.
    StatusShellDue {
        line: String,
    },
    /// A layout file has been read.
    LayoutRead {
        request: RequestId,
        order: Box<LayoutOrder>,
        read: Box<Result<Blueprint, Reply>>,
    },
    /// A command is answered by what was done apart from the core.
    Answered {
        request: RequestId,
        reply: Reply,
    },
    /// What a command has typed is with its programs, or they do not read.
    Typed {
        request: RequestId,
        reply: Reply,
    },
    /// What a command wants to know of jobs has been looked at.
    Looked {
        request: RequestId,
        looked: Looked,
    },
    /// What has become of each job that a request was about.
    Told {
        request: RequestId,
        told: Vec<JobTold>,
        json: bool,
    },
    /// A task that served a request has ended.
    Finished {
        request: RequestId,
        status: u8,
        error: Option<String>,
    },
    /// A pane's text, or none when the pane is gone; with the buffer that it goes to, if any, by name or a new one.
    Captured {
        request: RequestId,
        text: Option<String>,
        buffer: Option<Option<String>>,
    },
    /// What a pane showed has been packed, for the time after a reboot.
    Recorded {
        pane: PaneId,
        packed: Vec<u8>,
    },
    /// How it goes with the disk.
    Storage(Storage),
    /// What is to be brought back has been looked for.
    Found {
        request: RequestId,
        wanted: Box<Wanted>,
        found: Result<Found, Error>,
    },
    /// What a binary says of itself, or why an upgrade to it is refused.
    Probed {
        request: RequestId,
        found: Result<(), Error>,
    },
    Title {
        pane: PaneId,
        title: String,
    },
    Bell {
        pane: PaneId,
    },
    /// A pane's program has begun, or done something; where it has written something, `output`.
    Activity {
        pane: PaneId,
        output: bool,
    },
    Clipboard {
        pane: PaneId,
        text: Vec<u8>,
    },
    Notify {
        pane: PaneId,
        title: Option<String>,
        body: String,
    },
    /// Files of jobs have been read.
    JobFiles {
        /// None where nobody waits: at boot.
        request: Option<RequestId>,
        loaded: Box<crate::base::Result<Loaded>>,
        purpose: FilePurpose,
    },
    JobReady {
        job: String,
        run: u32,
    },
    JobIll {
        job: String,
        run: u32,
        reason: Reason,
        detail: String,
    },
    /// A look at a job's health: whether it was well, and milliseconds that the answer took.
    JobHealth {
        job: String,
        run: u32,
        well: bool,
        took: u32,
        at: Timestamp,
    },
    /// A job has printed a line that is worth a notice.
    JobAlert {
        job: String,
        run: u32,
        line: String,
    },
    /// Who of a job's set still lives while it is being ended.
    JobSet {
        job: String,
        left: Vec<u32>,
    },
    /// Files that are watched for a job have changed; this one was the first.
    JobChanged {
        job: String,
        path: PathBuf,
    },
    /// The user's configuration was saved.
    ConfigSaved,
    /// A file was that only clients read: a keymap or a theme.
    LooksSaved,
    /// Files cannot be watched as they should.
    WatchTrouble {
        text: String,
    },
    /// Why the pane's screen would not survive this server; none: it would again.
    Exposed {
        pane: PaneId,
        why: Option<String>,
    },
    /// Something that whoever is attached, or attaches next, has to know.
    Trouble {
        text: String,
    },
    /// A pane has given this memory to the keeper.
    Kept {
        pane: PaneId,
        memory: OwnedFd,
    },
    /// Somebody follows the log of a job.
    FollowLog(Awaited),
    /// The pane's output has been drained after its program's end.
    Drained {
        pane: PaneId,
        status: ExitStatus,
        at: Timestamp,
    },
}

/// Boxed: an empty channel keeps room for 32 messages, for every pane.
pub type Inbox = mpsc::UnboundedReceiver<Box<ToPane>>;

/// To a pane's task. Dropping the sender ends the task and closes the server's hold on the PTY.
pub enum ToPane {
    Input(Typed),
    Resize(Size),
    HistoryLimit(usize),
    ClearHistory,
    /// The program has ended: read what is left, then report.
    Exited {
        status: ExitStatus,
        at: Timestamp,
    },
    /// Send this client the pane's rows from now on, starting with all of them.
    Watch {
        client: ClientId,
        rows: mpsc::UnboundedSender<ToClient>,
    },
    Unwatch {
        client: ClientId,
    },
    Ack {
        client: ClientId,
        generation: u64,
    },
    Fetch {
        from: u64,
        count: u16,
        answer: mpsc::Sender<ToClient>,
    },
    /// With the text of its screen, where that is asked for.
    Facts {
        screen: bool,
        answer: oneshot::Sender<PaneFacts>,
    },
    Search {
        wanted: Sought,
        answer: mpsc::Sender<ToClient>,
    },
    Prompts(mpsc::Sender<ToClient>),
    Capture(Capture, oneshot::Sender<String>),
    /// Pass the raw output on, as far as the receiver takes it; used by a foreground run without a terminal.
    Tap(Tap),
    /// Pass the output on from now on, as far as the receiver keeps up; to nobody any more without one.
    Pipe(Option<mpsc::Sender<Chunk>>),
    /// How to follow the job's log, while there is one.
    FollowLog(oneshot::Sender<Option<watch::Receiver<u64>>>),
    /// There is another keeper: give it what survives this server.
    Keep(KeeperSender),
    /// Show this above what the program prints: what the pane showed before a reboot, and a note.
    Preface {
        packed: Option<Vec<u8>>,
        note: String,
    },
}

/// What a client looks for in a pane.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The client's number for it.
    pub number: u32,
    pub pattern: String,
    pub regex: bool,
    /// The oldest lines come first, not the newest.
    pub forward: bool,
    pub lines: std::ops::Range<u64>,
}

/// The core's hold on a connection. What is sent here is bounded: `control` by its queue, `rows` by each feed's
/// credit of one, `view` by keeping the latest only.
#[derive(Clone)]
pub struct ConnLink {
    pub control: mpsc::Sender<ToClient>,
    pub rows: mpsc::UnboundedSender<ToClient>,
    pub view: watch::Sender<Option<Box<Shown>>>,
    pub looks: watch::Sender<Option<Box<Looks>>>,
    /// Set to a pane's congestion while the client's input cannot be taken; the connection is not read meanwhile.
    pub hold: watch::Sender<Option<watch::Receiver<bool>>>,
    /// What is spoken with it.
    pub protocol: u16,
    /// It is sent a stream, and may take its time with that as the reader of a pipe may.
    pub patient: Arc<AtomicBool>,
}
