//! Bounds and times of jobs: their logs, checks, triggers and what is told of them.

use std::time::Duration;

use crate::base::Size;

/// The least bytes of a job's log at which a new file may be begun: some reads of a terminal. Less is refused.
pub const LEAST_LOG: u64 = 4 << 10;

/// Bytes that a log's file may be longer than its limit, so that it ends with a line. A longer line is cut there.
pub const LOG_OVERRUN: u64 = 64 << 10;

/// Times in a log are exact to this, so that a flood needs 50 records of 24 bytes a second, not one for each line.
pub const LOG_TICK: Duration = Duration::from_millis(20);

/// Times of one log file after which [`LOG_TICK`] counts double, and so on: its index stays below some megabytes
/// however slowly the file grows.
pub const LOG_TICKS: u32 = 16_384;

/// How often it is looked whether somebody has moved or removed a log that is written.
pub const LOG_LOOK: Duration = Duration::from_secs(1);

/// How often older files are looked at for their age while a job prints.
pub const LOG_AGE_LOOK: Duration = Duration::from_secs(3600);

/// Logs that wait to be compressed. Beyond that the next ones only lose what is too old, and are compressed later.
pub const LOG_PACKING: usize = 64;

/// How the compressing thread stands behind others for the processor (nice(2)).
pub const LOG_NICE: i32 = 10;

/// Bytes of a line in a log that is rendered to text as one; a longer one is broken.
pub const LOG_LINE: usize = 256 << 10;

/// Bytes read at a time from a log, and sent at a time of what is made of it.
pub const LOG_READ: usize = 64 << 10;

/// Raw lines before those asked for by `-n` that are rendered too, as redraws take several for one.
pub const LOG_MARGIN: u64 = 256;

/// Lines that `-n` may ask for, as they are held to find out which are the last. More are refused.
pub const LOG_TAIL: usize = 1_000_000;

/// Columns and rows that a log is rendered with where it does not tell its terminal's.
pub const LOG_SCREEN: Size = Size::new(80, 24);

/// Bytes of a job's line that a notice repeats.
pub const ALERT_LINE: usize = 300;

/// Looks at a job's health that are kept to be shown.
pub const KEPT_LOOKS: usize = 60;

/// Between two looks at what a job uses, where it was not looked at before: the kernel counts processor time in steps
/// of 10 ms, so that a shorter span tells little, and a longer one keeps who asked waiting.
pub const USAGE_SPAN: Duration = Duration::from_millis(200);

/// An earlier look that is older tells nothing about now; a new pair is made.
pub const USAGE_FRESH: Duration = Duration::from_secs(10);

/// Looks at what a job uses that are kept for a plot: two minutes of `mux top`.
pub const KEPT_USAGES: usize = 120;

/// Processes of one job that are told one by one. Their sums count all.
pub const SHOWN_PROCESSES: usize = 1000;

/// Descriptors of one process that are searched for sockets.
pub const SHOWN_FILES: usize = 10_000;

/// Least time between two looks of `mux top`: the kernel's counts tell nothing of less, and nobody reads faster.
pub const TOP_INTERVAL_LEAST: Duration = Duration::from_millis(200);

/// Commands of one `mux top` that the server has not answered yet; further ones are dropped, as a key that is held
/// down makes them.
pub const TOP_ANSWER: usize = 64;

/// Lines of a job's screen that `mux status` may be asked for: a large terminal full.
pub const SHOWN_LINES: u16 = 1000;

/// Bytes at the end of a log in which its last lines are looked for: some screens.
pub const TAIL_BYTES: u64 = 64 << 10;

/// Ended runs of one job that `mux history` knows; the oldest goes first. s6's death tally keeps as many.
pub const KEPT_RUNS: usize = 100;

/// Directories that are watched for one job, and entries that are looked at for that: inotify(7) allows a user 8192 by
/// default, and a tree beyond that is one whose paths say more than what is meant. The rest goes unwatched, and that
/// is told.
pub const WATCH_DIRS: usize = 4096;

/// Files that are looked at for one job where the kernel cannot tell of changes.
pub const WATCH_FILES: usize = 20_000;

/// How often they are looked at there.
pub const WATCH_LOOK: Duration = Duration::from_secs(2);

/// A burst of changes is taken for done after this, also when it goes on: a file that is written all the time.
pub const WATCH_LONGEST: Duration = Duration::from_secs(10);

/// Changes that wait to be looked at; when there are more, that there were some is enough.
pub const WATCH_QUEUE: usize = 256;

/// How long a hook may take before it is killed with all that it has started. A mail or a message takes a second; who
/// needs longer starts something of its own.
pub const HOOK_TIME: Duration = Duration::from_secs(30);

/// How long the output of a hook is waited for once it has ended: what it has left behind may hold on to it.
pub const HOOK_DRAIN: Duration = Duration::from_millis(200);

/// Hooks that run at a time.
pub const HOOKS_AT_ONCE: usize = 4;

/// Hooks that wait for that; further ones are left out, with a line in the server's log.
pub const HOOKS_WAITING: usize = 100;

/// Bytes of a hook's output that go to the server's log.
pub const HOOK_OUTPUT: usize = 4096;

/// Lines of a job's log that a hook is given: a mail's worth.
pub const HOOK_LINES: usize = 20;

/// Bytes at the end of the log in which they are looked for; what does not fit is left out.
pub const HOOK_LOG: u64 = 64 << 10;

/// Notices of jobs that are kept to be looked at; the oldest goes first.
pub const KEPT_NOTICES: usize = 200;

/// Ends of programs that are remembered for `mux wait` after pane and session are gone; the oldest goes first.
pub const KEPT_EXITS: usize = 1000;

/// Paste buffers without a name of the user's own, tmux's default for `buffer-limit`; the oldest goes first.
pub const MAX_BUFFERS: usize = 50;

/// Bytes of one paste buffer: longer than anything that people paste; the rest is cut off.
pub const MAX_BUFFER: usize = 16 << 20;

/// How long the answer to a command waits for the terminals that it has typed into. They take it at once unless their
/// programs have not read for some kilobytes; such a program is not waited for, and what waits for it ends with the
/// server.
pub const TYPED_TIMEOUT: Duration = Duration::from_millis(100);

/// Command lines whose answers are kept for clients that ask again: more than are ever under way at one moment. Beyond
/// it the oldest is forgotten.
pub const KEPT_ANSWERS: usize = 64;

/// Bytes of what a command line has printed that are kept with its answer: commands that change something print a line
/// if anything. Of a longer answer only the status is given again, and that is said.
pub const KEPT_ANSWER: usize = 4 << 10;

/// How often `send-keys -N` may repeat: a full screen of one key, and it bounds what one command queues.
pub const MAX_REPEAT: u32 = 10_000;
