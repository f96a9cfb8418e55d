//! Every bound and time limit, with its unit, the reason for the number, and what happens at it.

use std::time::Duration;

use super::Size;

mod client;
mod jobs;

pub use client::*;
pub use jobs::*;

// ---- wire ------------------------------------------------------------------------------------------------

/// Bytes of one frame between client and server. A full 500x200 screen with a style change at every cell is
/// about 4 MB. A peer that announces more is disconnected before anything is allocated.
pub const MAX_FRAME: usize = 8 << 20;

/// Bytes of command output in one frame; longer output is cut into several.
pub const OUTPUT_CHUNK: usize = 64 << 10;

/// Bytes of one frame between keeper and server: a spawn request carries argv and environment, which Linux
/// bounds at 2 MiB by default (ARG_MAX). A longer request is refused by the sender.
pub const MAX_PACKET: usize = 4 << 20;

/// Descriptors beside one packet: what Linux lets one sendmsg(2) carry (SCM_MAX_FD).
pub const MAX_PACKET_FDS: usize = 253;

/// Bytes read at a time from the link between keeper and server; nearly every packet is shorter.
pub const PACKET_READ: usize = 8 << 10;

/// Packets that wait for the other end of that link. The server's next one is refused; the keeper reads no
/// further request until it has said what it has to say.
pub const KEEPER_QUEUE: usize = 4096;

/// Words of one command line, and bytes of all of them, that a client may send. Linux allows 2 MiB.
pub const MAX_ARGV_WORDS: usize = 65_536;

/// Bytes of one pasted text in one message; the client cuts longer pastes into several.
pub const PASTE_CHUNK: usize = 64 << 10;

/// How long either side waits for the other's hello. A peer that says nothing is dropped.
pub const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

/// Messages that wait for a client that does not read. Feeds send only against credit, so what can queue is
/// answers and views; at the bound the client is no longer read, and after [`CLIENT_STALL`] dropped.
pub const CLIENT_QUEUE: usize = 256;

/// A client that was sent something and has shown no sign of life for this long is disconnected, and its size counts
/// no more: it is stopped, or its terminal's connection hangs. Long enough for a machine that swaps and for a radio
/// link that comes back; nobody loses anything, because a client that lives attaches again by itself.
pub const CLIENT_STALL: Duration = Duration::from_secs(30);

/// An acknowledgement of input goes with whatever else the client is sent, or alone after this time: soon enough that a
/// paste is not held up for it, and nobody is woken for one while keys are echoed.
pub const SETTLE_DELAY: Duration = Duration::from_millis(100);

/// How long a program has to print nothing before a plain client shows the line that it has begun: a prompt comes at
/// once for a person, and what is being written is not read out in pieces.
pub const PLAIN_PAUSE: Duration = Duration::from_millis(100);

/// Lines that were read from standard input and wait for a plain client; then no more are read.
pub const PLAIN_QUEUE: usize = 16;

/// Pause after a client could not be accepted: the socket stays ready, and descriptors come back when somebody closes
/// one, which nothing announces. Ten looks a second cost nothing, and a client does not notice the wait.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Messages from all connections that wait for the core; a connection whose message does not fit waits.
pub const CORE_QUEUE: usize = 256;

/// Messages that the core takes before it writes, answers and refreshes: bounds what a flood of events delays.
pub const TURN: usize = 256;

/// How long a command waits for what panes know about themselves. A pane answers between two chunks of output,
/// so this is a machine that swaps; the command then goes on without.
pub const FACTS_TIMEOUT: Duration = Duration::from_secs(2);

/// Pieces of output on their way to what a pane is connected with (`pipe-pane`). Beyond that they wait in the pane's
/// journal, and what that forgets is left out, with a line in the server's log: a pane never waits for a pipe.
pub const PIPE_QUEUE: usize = 16;

/// Bytes that are kept of what a line prints which a command has the shell run: a screen full is read by people, more
/// goes into files. The rest is left out.
pub const SHELL_OUTPUT: usize = 1 << 20;

/// Lines of the shell that all status lines together may have (`#(…)`): a status line has a handful. Of more, nothing is
/// shown.
pub const STATUS_SHELLS: usize = 64;

/// How long such a line may take: what hangs is ended, shows what it showed before, and is begun again in time.
pub const STATUS_SHELL_TIME: Duration = Duration::from_secs(30);

/// Characters of what it prints: more has no room on any terminal.
pub const STATUS_SHELL_TEXT: usize = 1024;

/// How long the output of a line of the shell is waited for once it has ended: what it has left behind may hold on to it.
pub const SHELL_DRAIN: Duration = Duration::from_millis(200);

/// The longest that `run-shell -d` waits: what is to happen later than in a week is a job's schedule.
pub const LONGEST_DELAY: Duration = Duration::from_secs(7 * 86_400);

/// Bytes of a layout file: a line or two for each of hundreds of panes. A longer one is refused.
pub const LAYOUT_FILE: u64 = 1 << 20;

/// Bytes of one file of commands. People's tmux.conf have some kilobytes; a longer one is refused.
pub const SOURCE_FILE: u64 = 1 << 20;

/// Files of commands that one command line may lead to: a file that runs itself ends there.
pub const SOURCE_FILES: usize = 100;

/// Channels of `wait-for` that are in use at a time: scripts name each after what they do. The next one is refused.
pub const CHANNELS: usize = 10_000;

/// Lines shown to clients that `show-messages` can repeat; the oldest goes first. tmux's default for `message-limit` is
/// a thousand; nobody reads back further than some screens.
pub const KEPT_MESSAGES: usize = 200;

/// Clients connected at a time; the next one is turned away with a message.
pub const MAX_CLIENTS: usize = 1024;

// ---- panes -----------------------------------------------------------------------------------------------

/// Smallest terminal that a pane may have; xterm's smallest usable one. Smaller rooms show a cut of it.
pub const MIN_PANE: Size = Size::new(1, 1);

/// Smallest window in which a floating pane has a frame: three cells of it are the frame's and the pane's least. In a
/// smaller one the pane has all of the room.
pub const LEAST_FRAMED: Size = Size::new(3, 3);

/// Largest terminal that a client may ask for, in cells: beyond any monitor, and it bounds a screen's memory.
pub const MAX_SCREEN: Size = Size::new(2000, 1000);

/// A session that has never been seen has the size of a VT100.
pub const DEFAULT_SIZE: Size = Size::new(80, 24);

/// Bytes read from a PTY before its task lets others have their turn: a little more than the kernel holds for one
/// (about 12 KiB on Linux 6), parsed in a tenth of a millisecond, which is what a key elsewhere waits for.
pub const PTY_READ: usize = 16 << 10;

/// Bytes of input waiting for a program that does not read. Beyond it further input is refused with a bell.
pub const INPUT_QUEUE: usize = 1 << 20;

/// Inputs of known authors that wait for a program that does not read, each with some tens of bytes about it: more
/// keys than anybody types ahead. Beyond it their clients are not read.
pub const INPUT_RUNS: usize = 16 << 10;

/// Messages kept for a pane whose program is being started, which takes about a millisecond.
pub const SPAWN_MAIL: usize = 4096;

/// Room for a read in a flood: twice what n_tty(4) holds, so that it is never cut.
pub const FLOOD_ROOM: usize = 8 << 10;

/// Bytes of a flood after which is looked at what it takes to parse them: some ms of one.
pub const AHEAD_PORTION: usize = 256 << 10;

/// The percentage of a flood's time that parsing has to take for a thread of its own to read ahead of the parser. Where
/// it takes less, as with plain text (14), the kernel's part of the terminal is what everybody waits for, and one more
/// thread is one more to wait for. Coloured lines take 35, wide characters 50 to 70.
pub const AHEAD_PERCENT: u128 = 30;

/// Bytes that such a thread may be ahead: what stays in a processor's second cache, and is parsed in 5 ms after a Ctrl-C.
pub const READ_AHEAD: u64 = 256 << 10;

/// Bytes that it has to have for the parser to begin, unless that was all for now: waking costs as much as parsing a
/// thousand.
pub const AHEAD_BATCH: u64 = 16 << 10;

/// How long the parser looks again and again for the next of them before it sleeps, while other tasks have their turn.
/// Sleeping would leave its processor to the kernel's part of the terminal, which then takes turns with the program
/// and the reader over both processors, and all three wait for one another.
pub const AHEAD_SPIN: Duration = Duration::from_micros(200);

/// How long the reader waits for more at a time; as long may the parser have to wait for it to end.
pub const AHEAD_PAUSE: Duration = Duration::from_millis(1);

/// How long a flood may stumble before the reader ends: some turns of a busy machine's scheduler.
pub const AHEAD_LOOK: Duration = Duration::from_millis(4);

/// Bytes that have to come in that time for it to be a flood: 8 MB a second, which one thread reads and parses alone.
pub const AHEAD_TRICKLE: u64 = 32 << 10;

/// Least time between two updates of one pane to one client while output goes on: a frame at 60 Hz, which is what
/// most monitors show. An answer to a key does not wait for it.
pub const FRAME_INTERVAL: Duration = Duration::from_millis(16);

/// The same once more than [`FLOOD_BYTES`] have come since the last update: nobody reads that, and drawing it would
/// take the time that the program needs.
pub const FLOOD_INTERVAL: Duration = Duration::from_millis(40);

/// A flood that brings nothing for this long has paused or ended: its last screen does not wait.
pub const FLOOD_PAUSE: Duration = Duration::from_millis(2);

/// Bytes between two updates that make a flood: many screens full.
pub const FLOOD_BYTES: usize = 256 << 10;

/// Output that comes this soon after input counts as its echo and is sent at once.
pub const ECHO_WINDOW: Duration = Duration::from_millis(100);

/// A synchronized update (mode 2026) that is not ended by then is shown as it is, so that a program that died in
/// one does not freeze its pane. The specification suggests 100 ms to 1 s.
pub const SYNCHRONIZED_LIMIT: Duration = Duration::from_millis(150);

/// A pane reports that it has output at most this often: it sets a mark and a name that people look at.
pub const ACTIVITY_INTERVAL: Duration = Duration::from_millis(500);

/// How long a window stays one row smaller when its program is asked to draw itself anew: long enough to be
/// noticed by programs that compare sizes, short enough to be no flicker.
pub const REDRAW_PULSE: Duration = Duration::from_millis(50);

/// Between two looks at a terminal that nobody has open while its program lives: the kernel tells when the last one
/// closes it, not when somebody opens it again. Not noticed by who waits for a prompt; and hardly any program does it.
pub const HUNG_UP_LOOK: Duration = Duration::from_millis(100);

/// Chunks of raw output that wait for a foreground run's reader; then the program waits, as for a full pipe.
pub const TAP_QUEUE: usize = 16;

/// Bytes of such a chunk: what n_tty(4) gives at a time; and the journal still holds all that is on its way in such ones.
pub const TAP_CHUNK: usize = 2 << 10;

/// A pane that has been quiet for this long has its history packed: long enough that nobody waits for the next
/// output just then.
pub const PACK_AFTER: Duration = Duration::from_secs(2);

/// Keys that a client takes to be down at once, so that it knows whose their releases are: more than hands have fingers.
/// Beyond them the release of the one that is down longest is dropped.
pub const HELD_KEYS: usize = 16;

/// Lines of new history that are worth packing: some hundred kilobytes.
pub const PACK_LINES: u64 = 1000;

/// Pause between two steps of packing, each of which takes about ten milliseconds.
pub const PACK_PAUSE: Duration = Duration::from_millis(50);

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

/// Looks that a program can push (XTPUSHSGR); xterm keeps ten. The oldest goes first.
pub const TERM_LOOKS: usize = 10;

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

/// Prompts (OSC 133) of which a terminal knows the line; the oldest are forgotten first.
pub const MAX_PROMPTS: usize = 10_000;

/// Descriptors that the server has to have left to start a pane: its terminal's, another of that, its memory's, its log's,
/// and one each for a client and a file that come meanwhile.
pub const PANE_DESCRIPTORS: usize = 6;

/// Panes for which that is looked for at most, of those that are being started: the keeper starts one in a millisecond, and
/// to look takes as long for a hundred.
pub const STARTING_PANES: usize = 8;

/// Bytes of history that are compressed as one. Larger chunks compress better (23 bytes a log line at 128 KiB, 24 at
/// 64) and take longer to open (0.1 ms). A fuzzer's, whose input is short, are small, so that it fills some.
pub const HISTORY_CHUNK: usize = if cfg!(fuzzing) { 1 << 10 } else { 128 << 10 };

/// A chunk ends between two lines of the program unless it grew to this; then within one.
pub const HISTORY_CHUNK_MOST: usize = 2 * HISTORY_CHUNK;

/// Bytes of history of one terminal, whatever its limit of lines allows: ten million log lines. The oldest go.
pub const HISTORY_BYTES: usize = 256 << 20;

/// Bytes of history of all terminals of a server. The one that grows gives up its oldest lines.
pub const ALL_HISTORY_BYTES: usize = 1 << 30;

/// Bytes of history that a terminal keeps uncompressed while output comes, so that a flood which runs through the
/// usual history (`history-limit`) never waits for the compressor, which takes more time than all else that is done
/// with log lines: fifty thousand lines of 240 bytes. A quiet pane's are compressed. A fuzzer's: some chunks.
pub const HISTORY_OPEN: usize = if cfg!(fuzzing) { 4 << 10 } else { 12 << 20 };

/// Threads that look through one terminal's history at most: a search is to take no more of a large machine.
pub const SEARCH_THREADS: usize = 4;

// ---- what survives the server -------------------------------------------------------------------------------------

/// Bytes of a pane's survival memory before its checkpoints: the header and the journal of output. When the journal
/// is half full the screen is saved, which takes some 0.1 ms; a larger one would have to be replayed for longer after
/// a crash (10 ms a megabyte) and would not stay in the processor's cache. Only an output flood ever fills it.
pub const SURVIVAL_JOURNAL: usize = 1 << 20;

/// The same for a pane that got no such memory: only what lies between a read and the parser.
pub const PLAIN_JOURNAL: usize = 32 << 10;

/// Bytes of journal that a quiet pane keeps instead of a checkpoint: saved, its screen and the newest history take
/// about as much.
pub const QUIET_JOURNAL: u64 = 64 << 10;

/// Changes other than by output (sizes, limits) between two checkpoints: more than a window that is dragged makes in
/// a second. One more makes a checkpoint.
pub const SURVIVAL_EVENTS: usize = 32;

/// Bytes of a pane's packed history that have been freed and keep their memory for what comes next: several chunks,
/// so that a flood which runs through its history takes no new pages.
pub const SURVIVAL_SPARE: u64 = 2 << 20;

/// Bytes of notes about clients' input that survive the server.
pub const SURVIVAL_LEDGER: usize = 512;

/// Bytes of one checkpoint: the largest screen twice, with every table full. One that is larger is not made, and
/// the pane's screen does not survive until it fits again.
pub const MAX_CHECKPOINT: u64 = 256 << 20;

/// Servers that may end during the replay of one pane's journal before it is set aside: the first may have been
/// killed by chance.
pub const REPLAY_TRIES: u64 = 2;

/// Journals set aside that are kept for a report; the oldest goes first.
pub const KEPT_ASIDE: usize = 8;

/// Bytes of a checkpoint that are set aside with a journal: a large screen. The rest is cut off.
pub const ASIDE_CHECKPOINT: u64 = 8 << 20;

// ---- names and state ---------------------------------------------------------------------------------------

/// Bytes of a session, window or job name: what fits a file name with an extension and a status line.
pub const MAX_NAME: usize = 128;

/// Panes held at a time: each needs three descriptors in the keeper and some more in the server.
pub const MAX_PANES: usize = 10_000;

/// Ended jobs whose record is kept; the oldest goes first.
pub const KEPT_JOBS: usize = 200;

/// How long the server sleeps at most while a job waits for a time of day: a clock that was set is noticed by then.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How often the processes of a job are looked for anew while it is being ended: those that are known are waited for,
/// so this is for those that came meanwhile.
pub const SET_LOOK: Duration = Duration::from_secs(1);

/// How often a set is looked at again for one signal: a program that forks faster than it is found keeps ahead, and
/// the next step of its plan finds it again.
pub const SWEEP_STEPS: usize = 8;

/// Bytes of a file of variables: what a program may be given is less.
pub const MAX_ENV_FILE: u64 = 1 << 20;

/// Bytes of a file of jobs: thousands of them.
pub const MAX_JOB_FILE: u64 = 1 << 20;

/// How long one look at whether a job is ready may take; it is looked again, so a slow start costs nothing.
pub const READY_LOOK: Duration = Duration::from_secs(2);

/// Between two looks at whether a job is ready: a start seems to take no longer than it does.
pub const PROBE_PAUSE: Duration = Duration::from_millis(250);

/// Bytes of an HTTP answer in which its first line must end.
pub const HTTP_HEAD: usize = 4096;

/// How often the memory of a job with a limit is looked at.
pub const MEMORY_LOOK: Duration = Duration::from_secs(5);

/// Bytes of a job's line that patterns are tried on; a longer one is cut into such pieces.
pub const WATCHED_LINE: usize = 16 << 10;

// ---- state on disk --------------------------------------------------------------------------------------------

/// Bytes of one file of the state directory; a longer one is none of ours and is not read.
pub const MAX_STATE_PART: u64 = 64 << 20;

/// How long a change may wait for the disk, so that a burst of them is one generation. A power loss takes what
/// is younger. Also, a session that goes within this time before the server is told to end has been swept away
/// by the same shutdown and is kept.
pub const SYNC_DELAY: Duration = Duration::from_secs(1);

/// Pause after a state that could not be written before it is tried again.
pub const SYNC_RETRY: Duration = Duration::from_secs(5);

/// How long an ending server waits for its last generation: a disk that takes longer hangs.
pub const SYNC_LAST: Duration = Duration::from_secs(3);

/// Generations of the state that are kept whatever their age: undoing what was done by mistake a moment ago.
pub const KEPT_GENERATIONS: usize = 4;

/// Hours, among those in which anything changed, whose last generation is kept.
pub const KEPT_GENERATION_HOURS: usize = 6;

/// Days likewise: a week.
pub const KEPT_GENERATION_DAYS: usize = 7;

/// Server sides whose last generation is kept, so that restarts in a row do not wear the useful one out.
pub const KEPT_GENERATION_RUNS: usize = 4;

/// Bytes of all generations together; the oldest go. The newest stays, and the one that waits to be restored.
pub const KEPT_GENERATION_BYTES: u64 = 256 << 20;

/// Bytes of a pane's text that is kept for a reboot: its last ten thousand lines, or fewer long ones. The rest of
/// its history is not.
pub const RECORD_BYTES: usize = 1 << 20;

/// Bytes of what else is kept of a pane: the words of its program, which Linux bounds at 2 MiB, and its directory.
pub const RECORD_HEAD: usize = 4 << 20;

/// A pane is recorded when nothing has come for this long: what stands there then is worth keeping.
pub const RECORD_QUIET: Duration = Duration::from_secs(3);

/// One that is never quiet is recorded this often, and none more often.
pub const RECORD_INTERVAL: Duration = Duration::from_secs(60);

/// How long an ending server waits for its panes' last records: they answer in milliseconds.
pub const RECORD_LAST: Duration = Duration::from_secs(1);

// ---- processes -----------------------------------------------------------------------------------------------

/// Bytes of the line by which a started server side says how that went: what one write to a pipe keeps whole
/// (PIPE_BUF). A longer reason is cut.
pub const READINESS_LINE: usize = 4096;

/// Bytes of argv and environment for a program, pointers included: a quarter of the usual stack limit of 8 MiB,
/// which is where execve(2) says E2BIG. Beyond it the spawn is refused with the reason.
pub const MAX_EXEC: usize = 2 << 20;

/// Bytes of one word or variable for a program, its final NUL included (Linux: MAX_ARG_STRLEN). Treated alike.
pub const MAX_EXEC_WORD: usize = 128 << 10;

/// Characters of a name that a message repeats; the rest is cut.
pub const SHOWN_NAME: usize = 200;

/// Bytes of the server's own log at which the next server starts a new one and keeps this one as `.old`.
pub const SERVER_LOG: u64 = 4 << 20;

/// Descriptors that the keeper has for each pane: its terminal, its memory, its first process.
pub const KEEPER_PANE_FILES: u64 = 3;

/// Descriptors that the keeper keeps free of panes: link, signals, listener, and what one spawn takes.
pub const KEEPER_SPARE_FILES: u64 = 32;

/// How long `mux motd --quiet` waits for a server: whoever logs in must not wait for one that hangs.
pub const MOTD_PATIENCE: Duration = Duration::from_millis(300);

/// How long a client waits for a server side that it has started. Spawning takes milliseconds; this is a
/// machine that swaps.
pub const START_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client waits for another one that starts the server side: longer than that one waits itself. Beyond it,
/// it has been stopped, and that is said.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(15);

/// Between two looks whether it is done: starting takes some tens of milliseconds.
pub const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// How long systemd may take to make a scope for the server side; then it is started without one. It takes tens of
/// milliseconds.
pub const SCOPE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a tool of the machine may take that is asked something (loginctl, systemctl, crontab).
pub const TOOL_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes that a state directory should have free: a few generations of large sessions.
pub const LOW_DISK: u64 = 64 << 20;

/// How long a client tries to get back to a server that has gone before it gives up.
pub const RECONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Server starts that may fail in a row before the keeper waits [`SERVER_RETRY`] between two.
pub const SERVER_FAST_STARTS: u32 = 5;

/// How long a server of another binary may take until it serves, when it is tried in an upgrade: taking up every pane
/// takes milliseconds. Then it is killed and the old binary serves again.
pub const UPGRADE_TRIAL: Duration = Duration::from_secs(10);

/// How long any other server may take until it serves. A machine that swaps is slow, and there is no better server to
/// be had; but one that hangs is killed, and another is started.
pub const SERVER_READY: Duration = Duration::from_secs(60);

/// How long a binary may take to say what it is before an upgrade to it.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of that line; a longer one is none.
pub const PROBE_LINE: u64 = 4096;

/// Pause between server starts when they keep failing at once.
pub const SERVER_RETRY: Duration = Duration::from_secs(1);

/// How long a server may take to end after it has closed its link to the keeper, which is the last thing that it
/// does; then it is killed, because the next one must not start beside it.
pub const SERVER_EXIT: Duration = Duration::from_secs(1);

/// A server that lived this long was no failed start.
pub const SERVER_HEALTHY: Duration = Duration::from_secs(5);

/// How long a closed pane's program may take to end after SIGHUP (a job's after SIGTERM) before it is killed.
pub const CLOSE_GRACE: Duration = Duration::from_secs(5);

/// How long kill-server waits after SIGHUP for programs to end before it leaves them to the kernel's hang-up.
pub const KILL_GRACE: Duration = Duration::from_millis(500);

// ---- layouts, templates, settings ------------------------------------------------------------------------------

/// Bytes of a layout's text: 26 a pane at most, and every pane that there can be. A longer one is refused.
pub const MAX_LAYOUT_TEXT: usize = 32 * MAX_PANES;

/// Splits within splits. Each takes two cells of the window's height or width, so this is a 200x200 window cut to
/// single cells along one corner. Walking the tree is recursive, and this keeps it within a thread's stack. A
/// deeper split finds no room, a deeper text is refused.
pub const MAX_LAYOUT_DEPTH: usize = 200;

/// Templates within templates. tmux's own bound; a deeper part expands to nothing.
pub const MAX_FORMAT_DEPTH: usize = 100;

/// Templates expanded for one line of output. A long status line takes some hundreds; the bound keeps one that
/// expands itself (`#{E:…}`) from growing without end. What comes after it expands to nothing.
pub const MAX_FORMAT_STEPS: usize = 2000;

/// Bytes that a template may expand to: some hundred lines. The rest is cut.
pub const MAX_FORMAT_OUTPUT: usize = 64 << 10;

/// Bytes that a compiled regular expression of a template may take. A larger one matches nothing.
pub const MAX_FORMAT_PATTERN: usize = 1 << 20;

/// How deep lists and tables may stand in each other in a file of another tool: its reader calls itself for each, and a
/// thread's stack holds many more.
pub const MAX_DATA_DEPTH: usize = 64;

/// Servers that may go away under `mux up --foreground` before it gives up: the keeper starts the next one each time, and
/// one that always falls over is no server.
pub const FOREGROUND_TRIES: usize = 20;

/// How long `mux up --foreground` waits for what it has started to be gone, when the server was told to end: longer than
/// programs are given to end by the server itself.
pub const FOREGROUND_END: Duration = Duration::from_secs(10);
