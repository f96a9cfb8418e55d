//! Every bound and time limit, with its unit, the reason for the number, and what happens at it.

use std::time::Duration;

use super::Size;

// ---- wire ------------------------------------------------------------------------------------------------

/// Bytes of one frame between client and server. A full 500x200 screen with a style change at every cell is
/// about 4 MB. A peer that announces more is disconnected before anything is allocated.
pub const MAX_FRAME: usize = 8 << 20;

/// Bytes of command output in one frame; longer output is cut into several.
pub const OUTPUT_CHUNK: usize = 64 << 10;

/// Bytes of one frame between keeper and server: a spawn request carries argv and environment, which Linux
/// bounds at 2 MiB by default (ARG_MAX). A longer request is refused by the sender.
pub const MAX_PACKET: usize = 4 << 20;

/// Words of one command line, and bytes of all of them, that a client may send. Linux allows 2 MiB.
pub const MAX_ARGV_WORDS: usize = 65_536;

/// Bytes of one pasted text in one message; the client cuts longer pastes into several.
pub const PASTE_CHUNK: usize = 64 << 10;

/// How long either side waits for the other's hello. A peer that says nothing is dropped.
pub const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

/// Messages that wait for a client that does not read. Feeds send only against credit, so what can queue is
/// answers and views; at the bound the client is no longer read, and after [`CLIENT_STALL`] dropped.
pub const CLIENT_QUEUE: usize = 256;

/// A client that takes nothing for this long while its queue is full is disconnected.
pub const CLIENT_STALL: Duration = Duration::from_secs(30);

/// Clients connected at a time; the next one is turned away with a message.
pub const MAX_CLIENTS: usize = 1024;

// ---- panes -----------------------------------------------------------------------------------------------

/// Smallest terminal that a pane may have; xterm's smallest usable one. Smaller rooms show a cut of it.
pub const MIN_PANE: Size = Size::new(1, 1);

/// Largest terminal that a client may ask for, in cells: beyond any monitor, and it bounds a screen's memory.
pub const MAX_SCREEN: Size = Size::new(2000, 1000);

/// A session that has never been seen has the size of a VT100.
pub const DEFAULT_SIZE: Size = Size::new(80, 24);

/// Bytes read from a PTY before its task looks at anything else: what the kernel buffers for one.
pub const PTY_READ: usize = 64 << 10;

/// Bytes of input waiting for a program that does not read. Beyond it further input is refused with a bell.
pub const INPUT_QUEUE: usize = 1 << 20;

/// Least time between two updates of one pane to one client while output floods: a frame at 100 Hz, above what
/// monitors show; an answer to a key does not wait for it.
pub const FRAME_INTERVAL: Duration = Duration::from_millis(10);

/// Output that comes this soon after input counts as its echo and is sent at once.
pub const ECHO_WINDOW: Duration = Duration::from_millis(100);

/// Lines of history that one request may ask for.
pub const MAX_FETCH: u16 = 2000;

/// Bytes of a window or pane title; longer ones are cut.
pub const MAX_TITLE: usize = 1024;

// ---- terminals ------------------------------------------------------------------------------------------------

/// Parameters of one control sequence; xterm keeps 30. Further ones are dropped.
pub const TERM_PARAMS: usize = 31;

/// Bytes of an operating system command: a clipboard of 768 KiB in base64. A longer one is ignored as a whole.
pub const TERM_OSC: usize = 1 << 20;

/// Bytes of a device control string: requests (DECRQSS, XTGETTCAP) are short. A longer one, as every picture is,
/// is read to its end and ignored.
pub const TERM_DCS: usize = 4 << 10;

/// Styles that one terminal tells apart at a time: more than its screen has cells, but for the very largest, and
/// as many as a cell has bits for. Text in a style too many has the default one.
pub const TERM_STYLES: usize = 1 << 18;

/// Hyperlinks likewise. Text of a link too many has none.
pub const TERM_LINKS: usize = 1 << 16;

/// Grapheme clusters likewise; texts use some hundreds. Of one too many only the first character is shown.
pub const TERM_CLUSTERS: usize = 1 << 16;

/// Events of a terminal that wait for its owner, who takes them after every read; the oldest goes first.
pub const TERM_EVENTS: usize = 256;

/// Bytes of those events: two clipboards. The oldest goes first.
pub const TERM_EVENT_BYTES: usize = 2 << 20;

/// Bytes of replies that wait. A program that asks more before it reads gets no answer.
pub const TERM_REPLIES: usize = 64 << 10;

/// Bytes of a grapheme cluster. The longest emoji of Unicode take 35; further combining marks are dropped.
pub const TERM_CLUSTER: usize = 64;

/// Rows that a line on the screen is followed into the history, to be flowed anew as one at another width; beyond
/// that it breaks.
pub const TERM_JOINED: usize = 10_000;

/// Titles that a program can push (XTWINOPS 22); xterm keeps ten. The oldest goes first.
pub const TERM_TITLES: usize = 10;

/// Entries of the kitty keyboard stack of one screen. The oldest goes first, as the protocol asks.
pub const TERM_KEYBOARDS: usize = 16;

/// Bytes of a hyperlink; VTE and iTerm2 allow as many. A longer one is no link.
pub const TERM_LINK: usize = 2083;

/// Bytes of a hyperlink's id, as VTE allows; longer ones are cut.
pub const TERM_LINK_ID: usize = 250;

/// Bytes of a notification, more than desktops show; longer ones are cut.
pub const TERM_NOTIFICATION: usize = 4 << 10;

/// Bytes of a working directory (OSC 7): the longest path of Linux, percent-encoded in part.
pub const TERM_DIRECTORY: usize = 8 << 10;

/// Bytes of history that are compressed as one. Larger chunks compress better (23 bytes a log line at 128 KiB, 24 at
/// 64) and take longer to open (0.1 ms).
pub const HISTORY_CHUNK: usize = 128 << 10;

/// A chunk ends between two lines of the program unless it grew to this; then within one.
pub const HISTORY_CHUNK_MOST: usize = 2 * HISTORY_CHUNK;

/// Bytes of history that a terminal keeps uncompressed while output comes, so that a flood which runs through a
/// short history never waits for the compressor: ten thousand lines of 180 characters.
pub const HISTORY_OPEN: usize = 2 << 20;

// ---- names and state ---------------------------------------------------------------------------------------

/// Bytes of a session, window or job name: what fits a file name with an extension and a status line.
pub const MAX_NAME: usize = 128;

/// Panes held at a time: each needs two descriptors in each of two processes.
pub const MAX_PANES: usize = 10_000;

/// Ended jobs whose record is kept; the oldest goes first.
pub const KEPT_JOBS: usize = 200;

// ---- processes -----------------------------------------------------------------------------------------------

/// How long a client waits for a server side that it has started. Spawning takes milliseconds; this is a
/// machine that swaps.
pub const START_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client tries to get back to a server that has gone before it gives up.
pub const RECONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Server starts that may fail in a row before the keeper waits [`SERVER_RETRY`] between two.
pub const SERVER_FAST_STARTS: u32 = 5;

/// Pause between server starts when they keep failing at once.
pub const SERVER_RETRY: Duration = Duration::from_secs(1);

/// A server that lived this long was no failed start.
pub const SERVER_HEALTHY: Duration = Duration::from_secs(5);

/// How long kill-server waits after SIGHUP for programs to end before it leaves them to the kernel's hang-up.
pub const KILL_GRACE: Duration = Duration::from_millis(500);
