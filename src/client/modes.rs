//! The modes of the outer terminal: what is switched on while mux has it, and how everything goes back.

use std::fmt::{self, Write};

use crossterm::cursor::{SetCursorStyle, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{Command, queue};

use super::pen::SetLink;

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

/// What of it is switched on just now.
#[derive(Debug, Default)]
pub(super) struct OuterModes {
    mouse: MouseMode,
}

impl OuterModes {
    /// Appends the change to this mouse mode, if it is one.
    pub(super) fn set_mouse(&mut self, mouse: MouseMode, out: &mut Vec<u8>) {
        if self.mouse != mouse {
            self.mouse = mouse;
            let _ = queue!(out, SetMouse(mouse));
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
