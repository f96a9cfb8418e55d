//! The modes of the outer terminal: what is switched on while mux has it, and how everything goes back.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{SetCursorStyle, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{Command, queue};

use super::pen::SetLink;
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

struct SetKeyboard {
    from: KeyReports,
    to: KeyReports,
}

impl Command for SetKeyboard {
    /// Alternate keys (4) tell what Shift makes of a key.
    fn write_ansi(&self, f: &mut impl Write) -> fmt::Result {
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
}

impl OuterModes {
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

/// What is sent first.
pub(super) fn enter() -> Vec<u8> {
    let mut out = Vec::new();
    let _ = queue!(out, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange);
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
    let _ = queue!(
        out,
        EndSynchronizedUpdate,
        SetLink(None),
        SetMouse(MouseMode::Off),
        DisableFocusChange,
        DisableBracketedPaste,
        ResetColor,
        SetCursorStyle::DefaultUserShape,
        LeaveAlternateScreen,
        Show
    );
    out
}
