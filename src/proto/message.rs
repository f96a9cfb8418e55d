//! What client and server say to each other. Variants are numbered by their place: new ones go to the end, and a
//! retired one keeps its place. A message that an older peer does not know counts [`super::hello::PROTOCOL`] up and is
//! sent to nobody who speaks less. The fields of a message never change: bincode cannot skip what it does not know.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::base::{
    ClientId, ExitStatus, Identity, Input, Key, KeyChange, Line, PaneId, Point, Rect, SessionId, Size, WindowId,
};

/// From a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToServer {
    /// A command line; answered with any number of [`ToClient::Output`] and one [`ToClient::Done`], or with
    /// [`ToClient::Attached`], after which the connection is a user's terminal until [`ToClient::Leave`].
    Run(Run),
    /// What the user did. Without a pane it is for the active one. Numbers count up, since protocol 2 over all
    /// connections of an [`Identity`]: what comes a second time is given to no program a second time.
    Input { seq: u64, pane: Option<PaneId>, input: Input },
    /// The outer terminal has this size now.
    Resize(Size),
    /// Everything of the pane up to this generation is on the user's terminal; the next update may come.
    Ack { pane: PaneId, generation: u64 },
    /// Lines by number, for reading back; answered with [`ToClient::Lines`].
    Fetch { pane: PaneId, from: u64, count: u16 },
    /// More standard input for a command that reads it (none does so far), or its end when empty.
    Stdin { number: u32, bytes: Vec<u8> },
    /// Who this is; the first message on a connection. Command lines and inputs that come again under the same numbers
    /// are done only where that has not been done. Since protocol 2.
    Identity(Identity),
    /// The next command line of this number was answered up to this [`ToClient::Position`] on an earlier connection:
    /// the answer goes on there. Since protocol 2.
    Resume { number: u32, position: u64 },
    /// This pane's rows are wanted too, wherever it is; none: no more. Since protocol 4.
    Preview { pane: Option<PaneId> },
    /// Look for a pattern in these lines of a pane, the newest first or the oldest (`forward`); answered with
    /// [`ToClient::Found`] until that is done. A pattern without capitals finds both cases. Since protocol 4.
    Search { pane: PaneId, number: u32, pattern: String, regex: bool, forward: bool, from: u64, to: u64 },
    /// Where are the prompts of a pane? Answered with [`ToClient::Prompts`]. Since protocol 4.
    Prompts { pane: PaneId },
    /// What the outer terminal calls itself, and what it can, by tmux's names with commas between them; whenever more is
    /// known of it. Since protocol 5.
    Terminal { name: String, features: String },
}

/// A command line, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The client's number for it, echoed in the answers.
    pub number: u32,
    pub argv: Vec<String>,
    /// Where it was typed; sent with the first command of a connection, and kept for the following ones.
    pub context: Option<Box<Context>>,
}

/// Where a command was typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    pub cwd: PathBuf,
    pub env: Vec<(OsString, OsString)>,
    pub pid: u32,
    /// File mode bits that its programs leave out (umask(2)).
    pub umask: u32,
    /// The terminal that it really runs in (not what a variable says); tells whether that is one of our panes.
    pub tty: Option<PathBuf>,
    /// That terminal's size, where there is one.
    pub size: Option<Size>,
    /// Standard input and output are a terminal, so that it can be attached.
    pub interactive: bool,
}

/// From the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToClient {
    /// Something that the command prints.
    Output {
        number: u32,
        stream: Stream,
        bytes: Vec<u8>,
    },
    /// The command has ended. `error` is one line for standard error, already in its final form.
    Done {
        number: u32,
        status: u8,
        error: Option<String>,
    },
    /// The command has made this connection a user's terminal.
    Attached {
        number: u32,
        client: ClientId,
        session: SessionId,
    },
    /// What is around the panes, in full, whenever any of it has changed.
    View(Box<View>),
    /// What has changed in a pane since the generation that the client acknowledged last.
    Rows(Rows),
    /// Answer to [`ToServer::Fetch`]: consecutive lines, as many as there are.
    Lines {
        pane: PaneId,
        from: u64,
        first_line: u64,
        screen_line: u64,
        lines: Vec<Line>,
    },
    Bell {
        pane: PaneId,
    },
    /// A program wants this in the clipboard (OSC 52).
    Clipboard {
        text: Vec<u8>,
    },
    /// A line for the user.
    Message {
        text: String,
        error: bool,
    },
    /// A command whose place is the client (copy-mode, command-prompt, …), given elsewhere.
    Perform {
        argv: Vec<String>,
    },
    /// The user's terminal is given back. `text` is what to print below, such as `[detached (from session x)]`.
    Leave {
        status: u8,
        text: String,
    },
    /// All inputs up to this number are with their programs, or will never be: they need not be kept. Since protocol 2.
    Settled {
        seq: u64,
    },
    /// With its next output this command has come to this place of what it reads. Since protocol 2.
    Position {
        number: u32,
        position: u64,
    },
    /// How a pane's program wants keys from now on; [`KeyReports::Legacy`] until this is said. Since protocol 3.
    Keyboard {
        pane: PaneId,
        reports: KeyReports,
    },
    /// What has become of a job: for the user, and for the outer terminal to tell who is looking elsewhere. Since
    /// protocol 3.
    Notice {
        text: String,
        error: bool,
    },
    /// Why the window leaves some of the room that the client has, when that changes. Since protocol 4.
    Smaller {
        why: Option<String>,
    },
    /// What comes is the end, and the process that started the client is to be hung up after it (`detach-client -P`).
    /// Since protocol 4.
    HangUp,
    /// What of the keys is not in the client's own files, in full, whenever any of it has changed. Since protocol 4.
    Keys(Box<Keys>),
    /// How things look beside what the view says. Since protocol 4.
    Looks(Box<Looks>),
    /// Draw everything anew, after a change of what is seen of a window that is larger than the terminal, where there
    /// is one. Since protocol 4.
    Redraw {
        pan: Option<Pan>,
    },
    /// Let the user choose from this. Since protocol 4.
    Menu(Box<Menu>),
    /// Give the terminal back and stop, until somebody continues you. Since protocol 4.
    Suspend,
    /// Answer to [`ToServer::Search`], a piece at a time. `problem` is one line: why that cannot be searched for.
    /// Since protocol 4.
    Found {
        pane: PaneId,
        number: u32,
        hits: Vec<Hit>,
        done: bool,
        problem: Option<String>,
    },
    /// Answer to [`ToServer::Prompts`]: the lines in which they begin (OSC 133), in order. Since protocol 4.
    Prompts {
        pane: PaneId,
        lines: Vec<u64>,
    },
    /// Retired: these options come with [`Self::Looks`]. The number stays taken.
    Options {
        options: Vec<(String, String)>,
    },
    /// Whether a pane's program wants pastes marked (mode 2004); not until this is said. Since protocol 4.
    Bracketed {
        pane: PaneId,
        bracketed: bool,
    },
    /// A [`Self::View`] in which panes float above those that tile the window. Since protocol 5.
    Floating {
        view: Box<View>,
        floats: Vec<FloatView>,
    },
    /// The status lines beside what the view has of them, right before the view whenever any of it has changed. Since
    /// protocol 5.
    Status(Box<Status>),
    /// A program has something to tell whoever looks elsewhere (OSC 9, 777, 99), for the outer terminal. Since protocol 5.
    Notify {
        text: String,
    },
}

/// Status lines beside what a view has of the usual one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// From the first to the last, `status-format` expanded as `status_left` of the view is; none for the usual line.
    pub lines: Vec<Option<String>>,
    pub tabs: Vec<TabMarks>,
}

/// What the style of a window's tab goes by, beside its being the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TabMarks {
    pub window: WindowId,
    pub last: bool,
    pub bell: bool,
    pub activity: bool,
}

/// What a pane that floats has beside its [`PaneView`]. Those are the last ones of a view, the last on top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FloatView {
    pub pane: PaneId,
    /// One cell round it is its frame.
    pub framed: bool,
    pub pinned: bool,
    /// Nothing else in the window can be used.
    pub modal: bool,
    /// What stands on its frame, with `#[…]` styles.
    pub title: String,
    /// What cells have that have no colour of their own; this and what follows is empty where options say it.
    pub style: String,
    pub border_style: String,
    /// As `pane-border-lines` names them, or `rounded`.
    pub lines: String,
}

/// What a view of protocol 4 has beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Looks {
    /// Options that are not as they are by default, by name. A client leaves out what it does not know.
    pub options: Vec<(String, String)>,
    /// What stands on the borders of visible panes, where titles are shown, with `#[…]` styles.
    pub titles: Vec<(PaneId, String)>,
}

impl Looks {
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What is seen of a window that is larger than the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pan {
    /// What is so many cells further down and right.
    By { rows: i16, cols: i16 },
    /// What is round the cursor.
    Cursor,
}

/// A menu: a line for each item, with the key that chooses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    pub title: String,
    /// Where it is, as `display-menu` says it: a letter or a number.
    pub x: String,
    pub y: String,
    /// The pane that `P` is about.
    pub pane: Option<PaneId>,
    pub items: Vec<MenuItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MenuItem {
    Separator,
    Command {
        name: String,
        key: Option<Key>,
        command: String,
    },
    /// It cannot be chosen now.
    Disabled {
        name: String,
    },
}

/// Where a search has found something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The line that it begins in.
    pub line: u64,
    /// Bytes of that line's text before it.
    pub start: u32,
    /// Bytes that it is long; more than the line has left where it goes on in the next.
    pub length: u32,
}

/// What a client's keys go by, beside its [`Settings`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keys {
    /// The name of the keymap: one that is compiled in, or a file's.
    pub keymap: String,
    pub prefix2: Option<Key>,
    /// The table in which keys are looked up while none was entered.
    pub table: String,
    /// The command prompt has vi's keys.
    pub vi_prompt: bool,
    /// Over what is in files, in order.
    pub changes: Vec<KeyChange>,
}

/// What the outer terminal is asked to tell of keys, in the kitty keyboard protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyReports {
    /// As ever.
    #[default]
    Legacy,
    /// Keys that were one are told apart (flags 1 and 4).
    Distinct,
    /// Beside that, which are held down and when they come up (flag 2).
    Events,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    Out,
    Err,
}

/// All that a client shows beside the cells of panes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    pub session: SessionId,
    pub session_name: String,
    pub windows: Vec<Tab>,
    /// The visible panes of the current window. Between them is one cell of border.
    pub panes: Vec<PaneView>,
    /// The room that the window takes; smaller than the client's where another client sets the size.
    pub window_size: Size,
    /// `status-left` and `status-right` with everything expanded but the conversions of strftime(3), which the
    /// client fills in as its clock ticks, and with `#[…]` styles.
    pub status_left: String,
    pub status_right: String,
    pub settings: Settings,
}

/// A window in the status line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    pub id: WindowId,
    pub index: u32,
    pub name: String,
    pub current: bool,
    /// `window-status-format` or `window-status-current-format`, expanded.
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaneView {
    pub id: PaneId,
    pub index: u32,
    pub rect: Rect,
    pub active: bool,
    pub title: String,
    /// The program has ended, and this is how.
    pub dead: Option<ExitStatus>,
}

/// The options that concern the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub prefix: Key,
    pub mouse: bool,
    /// A status line is shown.
    pub status: bool,
    pub status_at_top: bool,
    pub status_style: String,
    pub message_style: String,
    pub pane_border_style: String,
    pub pane_active_border_style: String,
    /// Milliseconds in which a repeatable key may follow without the prefix.
    pub repeat_time: u32,
    /// Milliseconds that a message stays.
    pub display_time: u32,
}

/// Rows of a pane that have changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    pub pane: PaneId,
    /// To be acknowledged once drawn.
    pub generation: u64,
    pub size: Size,
    pub first_line: u64,
    pub screen_line: u64,
    pub cursor: Cursor,
    pub modes: PaneModes,
    /// Row number and content. All rows come after a change of size and for a new viewer.
    pub rows: Vec<(u16, Line)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub at: Point,
    pub visible: bool,
    pub shape: CursorShape,
    pub blink: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CursorShape {
    #[default]
    Default,
    Block,
    Underline,
    Bar,
}

/// What of a program's modes changes how the client understands the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneModes {
    /// It asked for the mouse: clicks and the wheel are its.
    pub mouse: bool,
    /// It also wants motion with no button down (mode 1003).
    pub mouse_motion: bool,
    pub alternate_screen: bool,
    /// The whole screen is shown with fore- and background exchanged (DECSCNM).
    pub reverse: bool,
}
