//! The modes of the outer terminal: what is switched on while mux has it, and how everything goes back.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use crossterm::cursor::{MoveTo, SetCursorStyle, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{Command, queue};

use super::pen::SetLink;
use crate::base::limits::MAX_TITLE_SHOWN;
use crate::proto::message::KeyReports;

/// What the terminal reports of the mouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MouseMode {
    #[default]
    Off,
    /// Buttons, the wheel, and motion with a button down (1002). Without motion an idle client is not woken.
    Buttons,
    /// All motion (1003).
    Motion,
}

struct SetMouse(MouseMode);

impl Command for SetMouse {
    fn write_ansi(&self, f: &mut impl Write) -> fmt::Result {
        f.write_str(match self.0 {
            MouseMode::Off => "\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1006l",
            MouseMode::Buttons => "\x1b[?1003l\x1b[?1000h\x1b[?1002h\x1b[?1006h",
            MouseMode::Motion => "\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1006h",
        })
    }
}

/// Flags of the kitty keyboard protocol are on the terminal's stack, and have to be taken off it by whoever gives the
/// terminal back. A terminal that has never heard of them gets nothing that it could misunderstand.
static KEYBOARD: AtomicBool = AtomicBool::new(false);

/// The terminal has not heard of the kitty protocol, but of modifyOtherKeys: it is xterm, or does as that does.
static MODIFY_OTHER_KEYS: AtomicBool = AtomicBool::new(false);

pub(super) fn modify_other_keys() -> bool {
    MODIFY_OTHER_KEYS.load(Ordering::SeqCst)
}

/// Whether it is one of those, as is known now. xterm makes of Alt with a letter another letter, unless it is told to
/// send an Escape before it (mode 1036); what it did before is kept (XTSAVE), and set when it is given back.
pub(super) fn set_modify_other_keys(on: bool, out: &mut Vec<u8>) {
    if MODIFY_OTHER_KEYS.swap(on, Ordering::SeqCst) != on {
        out.extend(if on { META_ESCAPES } else { META_BACK });
    }
}

const META_ESCAPES: &[u8] = b"\x1b[?1036s\x1b[?1036h";
const META_BACK: &[u8] = b"\x1b[?1036r";

/// The terminal has a title of ours, and whoever gives it back has to set its own.
static TITLED: AtomicBool = AtomicBool::new(false);

/// XTWINOPS 23: the title that was kept.
const TITLE_BACK: &[u8] = b"\x1b[23;2t";

struct SetKeyboard {
    from: KeyReports,
    to: KeyReports,
}

impl Command for SetKeyboard {
    /// Alternate keys (4) tell what Shift makes of a key.
    fn write_ansi(&self, f: &mut impl Write) -> fmt::Result {
        if modify_other_keys() {
            // XTMODKEYS, resource 4, and as it was.
            f.write_str(if self.to == KeyReports::Legacy { "\x1b[>4m" } else { "\x1b[>4;2m" })?;
        }
        let flags = match self.to {
            KeyReports::Legacy => return f.write_str("\x1b[<u"),
            KeyReports::Distinct => 5,
            KeyReports::Events => 7,
        };
        match self.from {
            KeyReports::Legacy => write!(f, "\x1b[>{flags}u"),
            KeyReports::Distinct | KeyReports::Events => write!(f, "\x1b[={flags}u"),
        }
    }
}

/// What of it is switched on just now.
#[derive(Debug, Default)]
pub(super) struct OuterModes {
    mouse: MouseMode,
    keyboard: KeyReports,
    /// The title that the terminal was given.
    title: Option<String>,
}

impl OuterModes {
    /// The terminal's own title (OSC 2). The one that it had before is kept (XTWINOPS 22), and set when there is to be
    /// none of ours, or the terminal is given back.
    pub(super) fn set_title(&mut self, title: Option<&str>, out: &mut Vec<u8>) {
        if self.title.as_deref() == title {
            return;
        }
        if !TITLED.swap(title.is_some(), Ordering::SeqCst) {
            out.extend(b"\x1b[22;2t");
        }
        match title {
            Some(title) => {
                let clean: String = title.chars().filter(|c| !c.is_control()).take(MAX_TITLE_SHOWN).collect();
                out.extend(format!("\x1b]2;{clean}\x07").bytes());
            }
            None => out.extend(TITLE_BACK),
        }
        self.title = title.map(str::to_owned);
    }

    /// Appends the change to this mouse mode, if it is one.
    pub(super) fn set_mouse(&mut self, mouse: MouseMode, out: &mut Vec<u8>) {
        if self.mouse != mouse {
            self.mouse = mouse;
            let _ = queue!(out, SetMouse(mouse));
        }
    }

    /// The same for what is told of keys.
    pub(super) fn set_keyboard(&mut self, keyboard: KeyReports, out: &mut Vec<u8>) {
        let from = std::mem::replace(&mut self.keyboard, keyboard);
        if from != keyboard {
            KEYBOARD.store(keyboard != KeyReports::Legacy, Ordering::SeqCst);
            let _ = queue!(out, SetKeyboard { from, to: keyboard });
        }
    }
}

/// The terminal shows its alternate screen, and whoever gives it back has to leave that.
static ALTERNATE: AtomicBool = AtomicBool::new(false);

/// On the main screen, the rows that are used: the shell goes on below them.
static USED: AtomicU16 = AtomicU16::new(0);

/// Changes to the alternate screen, or back to the main one.
pub(super) fn set_alternate(on: bool, out: &mut Vec<u8>) {
    ALTERNATE.store(on, Ordering::SeqCst);
    let _ = if on { queue!(out, EnterAlternateScreen) } else { queue!(out, LeaveAlternateScreen) };
}

/// So many rows of the main screen are used.
pub(super) fn set_used(rows: u16) {
    USED.store(rows, Ordering::SeqCst);
}

/// What is sent first.
pub(super) fn enter(inline: bool) -> Vec<u8> {
    let mut out = Vec::new();
    if !inline {
        set_alternate(true, &mut out);
    }
    let _ = queue!(out, EnableBracketedPaste, EnableFocusChange);
    if modify_other_keys() {
        out.extend(META_ESCAPES);
    }
    out
}

/// What gives the terminal back as it was, whatever it was in the middle of.
pub(super) fn leave() -> Vec<u8> {
    // ST ends a string sequence that may have been cut.
    let mut out = b"\x1b\\".to_vec();
    if KEYBOARD.swap(false, Ordering::SeqCst) {
        // Before the alternate screen is left, which has a stack of its own.
        let _ = queue!(out, SetKeyboard { from: KeyReports::Events, to: KeyReports::Legacy });
    }
    if modify_other_keys() {
        out.extend(META_BACK);
    }
    if TITLED.swap(false, Ordering::SeqCst) {
        out.extend(TITLE_BACK);
    }
    let _ = queue!(
        out,
        EndSynchronizedUpdate,
        SetLink(None),
        SetMouse(MouseMode::Off),
        DisableFocusChange,
        DisableBracketedPaste,
        ResetColor,
        SetCursorStyle::DefaultUserShape
    );
    let used = USED.swap(0, Ordering::SeqCst);
    if ALTERNATE.swap(false, Ordering::SeqCst) {
        let _ = queue!(out, LeaveAlternateScreen);
    }
    if used > 0 {
        let _ = queue!(out, MoveTo(0, used - 1));
        out.extend(b"\r\n");
    }
    let _ = queue!(out, Show);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_gets_its_title_back() {
        let mut modes = OuterModes::default();
        let mut out = Vec::new();
        modes.set_title(None, &mut out);
        assert!(out.is_empty());
        modes.set_title(Some("a\x07b"), &mut out);
        modes.set_title(Some("a\x07b"), &mut out);
        modes.set_title(Some("c"), &mut out);
        modes.set_title(None, &mut out);
        assert_eq!(out, b"\x1b[22;2t\x1b]2;ab\x07\x1b]2;c\x07\x1b[23;2t");
    }
}
