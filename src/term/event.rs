//! What a program tells its terminal beside cells.

use serde::{Deserialize, Serialize};

/// The marks of OSC 133 (FinalTerm's, as iTerm2, kitty and VS Code document them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PromptMark {
    /// `A`: a prompt begins.
    PromptStart,
    /// `B`: the prompt ends, the command line begins.
    CommandStart,
    /// `C`: the command runs, its output begins.
    OutputStart,
    /// `D`: the command has ended, with this status where the shell tells it.
    OutputEnd(Option<i32>),
}

/// Something that happened and is more than cells. All text is valid, free of control characters and bounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TermEvent {
    /// BEL outside of any string. Bells in a row are one event.
    Bell,
    /// OSC 0 and 2.
    Title(String),
    /// OSC 0 and 1.
    IconName(String),
    /// OSC 52 with data, already decoded. Reading the clipboard is never answered.
    Clipboard { selection: String, text: Vec<u8> },
    /// OSC 9, 777;notify and 99.
    Notify { title: Option<String>, body: String },
    /// OSC 7: a `file://` URL as the program wrote it.
    WorkingDirectory(String),
    /// OSC 133, with the number of the line that it stands in.
    PromptMark { mark: PromptMark, line: u64 },
    /// OSC 9;4: state (0 none, 1 normal, 2 error, 3 indeterminate, 4 paused) and percent, as ConEmu has it.
    Progress { state: u8, percent: u8 },
}
