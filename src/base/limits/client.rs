//! Bounds and times of what the user sees and types: the client, and what it asks for.

use std::time::Duration;

/// How long the user hesitates after the prefix before what can follow is shown: longer than practised hands
/// take, short enough to be found.
pub const WHICH_KEY_DELAY: Duration = Duration::from_millis(500);

/// How often somebody presses the prefix before the hints for newcomers go: once may be chance, and to detach is one.
pub const NEWCOMER_PREFIXES: u32 = 3;

/// How long these hints stay at most: who has not looked at them in that time will not.
pub const NEWCOMER_TIME: Duration = Duration::from_secs(600);

/// Grapheme clusters and hyperlinks that the client remembers for drawing. Beyond it everything is forgotten and
/// drawn once anew.
pub const MAX_SYMBOLS: usize = 20_000;

/// Lines of history that a client keeps while the user reads back; those farthest from the view go first. Also
/// the longest selection that can be copied.
pub const HISTORY_CACHE: usize = 50_000;

/// Places of a search that are kept, counted and shown: some megabytes in the client. Of more, the newest.
pub const MAX_HITS: usize = 100_000;

/// Lines that are searched between two looks at what the pane's program and its clients want: some milliseconds.
pub const SEARCH_SLICE: u64 = 20_000;

/// Hits that are told in one message: some hundred kilobytes. Of more, the rest comes in the next.
pub const SEARCH_PIECE: usize = 20_000;

/// Lines that the screen's edge broke over which one hit is followed; of a longer one, the rest is not shown.
pub const MAX_WRAPPED: u64 = 32;

/// Bytes of a pattern to search for; nobody types more, and a longer one is refused with a message.
pub const MAX_PATTERN: usize = 4096;

/// Bytes of what a pattern is compiled to, for each search; one that takes more is refused with a message.
pub const MAX_PATTERN_COMPILED: usize = 1 << 20;

/// Searches of one pane that wait for their turn; a client has one at a time. What comes above that is not searched.
pub const MAX_SEARCHES: usize = 64;

/// Presses of a button within this time of each other are a double or triple click, as on most desktops.
pub const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// Between two lines by which a selection held at the edge of its pane goes on: as fast as can still be read.
pub const PULL_PAUSE: Duration = Duration::from_millis(50);

/// Lines that one scroll of history asks for at a time: several screens, and well within a frame.
pub const HISTORY_BLOCK: u16 = 500;

/// Bytes of text that a selection may copy: what terminals take as OSC 52, and a buffer holds without harm.
pub const MAX_COPY: usize = 1 << 20;

/// Bytes of a command's output that the client shows. The rest is cut with a note.
pub const MAX_SHOWN_OUTPUT: usize = 1 << 20;

/// How long an Escape may be the beginning of a key's sequence where nothing else is said (option escape-time): what a
/// terminal sends at once comes well within it, and nobody notices it. tmux's.
pub const ESCAPE_TIME: Duration = Duration::from_millis(10);

/// How long a terminal's answer or a key's sequence may pause once it has begun; over a slow link it comes in pieces.
/// What has not ended then is dropped, as no key is so slow.
pub const ANSWER_GAP: Duration = Duration::from_millis(500);

/// How long answers of the terminal are expected after it was asked: the slowest link's there and back. What begins like
/// one may pause within that time; one that comes later is understood all the same.
pub const ANSWERS_EXPECTED: Duration = Duration::from_secs(3);

/// Bytes of a terminal's answer or a key's sequence; XTVERSION's are some dozens. A longer one is dropped.
pub const MAX_ANSWER: usize = 4096;

/// Characters of the name by which a terminal calls itself; what is longer is cut.
pub const MAX_TERMINAL_NAME: usize = 100;

/// Characters of the title that the terminal is given; its window shows fewer.
pub const MAX_TITLE_SHOWN: usize = 300;

/// How long a terminal that is given back is waited for where it still owes an answer: what comes later is typed into the
/// shell. Only one that answers nothing at all costs that, and only within [`ANSWERS_EXPECTED`].
pub const LAST_ANSWERS: Duration = Duration::from_millis(100);

/// Characters of what it can: all names that there are fit.
pub const MAX_TERMINAL_FEATURES: usize = 300;

/// Bytes of a paste that are held until its end; a larger one comes as several.
pub const MAX_PASTED: usize = 16 << 20;

/// How long after the configuration was saved it is read: an editor may write it in several steps, and nobody notices a
/// tenth of a second.
pub const CONFIG_SETTLES: Duration = Duration::from_millis(100);

/// Bytes of a command's output that the client takes as a list to choose from: some 50,000 panes. The rest is not listed.
pub const MAX_LIST: usize = 8 << 20;

/// Characters of a notice that the outer terminal is given: desktops show a line or two.
pub const NOTIFICATION: usize = 200;

/// Lines that the command prompt remembers, on disk too; the oldest go first. tmux's `prompt-history-limit`.
pub const PROMPT_HISTORY: usize = 100;

/// Bytes of the file that they are in: that many lines of ten screen rows each. Of a longer one the end is read.
pub const PROMPT_HISTORY_BYTES: u64 = 80 << 10;

/// Completions that the command prompt shows: more than a screen is read by nobody, and another letter leaves fewer.
pub const MAX_COMPLETIONS: usize = 200;

/// Changes of keys by commands that the server keeps: every key there is in several tables. A further one is refused.
pub const MAX_KEY_CHANGES: usize = 1000;

/// Bytes of a command that a key is bound to by one: all changes together stay well within a frame.
pub const MAX_BOUND_COMMAND: usize = 4 << 10;

/// Bytes of what the user typed, and the server has not taken or not acknowledged; beyond it the keyboard is not read.
pub const CLIENT_BACKLOG: usize = 1 << 20;

/// Bytes read from the server in one turn before the screen is drawn.
pub const READ_BATCH: usize = 1 << 20;

/// Bytes taken from the terminal at once: as many as Linux has of it (N_TTY_BUF_SIZE).
pub const TTY_READ: usize = 4096;

/// How often that is done before anything else has its turn: a large paste is taken quickly, and a flood of it stops
/// nothing.
pub const TTY_READS: usize = 16;

/// How long a terminal that does not read is given to take its restoration.
pub const RESTORE_TIMEOUT: Duration = Duration::from_millis(500);

/// Pause before a command line is asked for again, of a server that has closed the connection: nothing beside the time
/// that another one takes to start, and enough not to spin on one that turns everybody away.
pub const RECONNECT_SOON: Duration = Duration::from_millis(10);

/// Pause between two attempts to reach a server that has gone.
pub const RECONNECT_PAUSE: Duration = Duration::from_millis(100);

/// How long a client knocks at a socket where nobody listens: the keeper itself has gone, and only the user can
/// start another.
pub const GONE_TIMEOUT: Duration = Duration::from_secs(3);
