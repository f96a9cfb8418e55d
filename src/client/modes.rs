//! The modes of the outer terminal: what is switched on while mux has it, and how everything goes back.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use crossterm::cursor::{MoveTo, SetCursorStyle, Show};
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

/// The terminal is an xterm that tells keys apart in a form that can be read here: see [`is_new_xterm`].
static XTERM: AtomicBool = AtomicBool::new(false);

/// xterm has not heard of the kitty protocol, but of modifyOtherKeys, whose own form (`CSI 27 ; … ~`) crossterm cannot
/// read. Since XTFMTKEYS it can be asked for `CSI … u` instead. Its version is in `XTERM_VERSION`; what runs within
/// another multiplexer has only inherited that.
fn is_new_xterm(env: impl Fn(&str) -> Option<String>) -> bool {
    /// The first whose manual (ctlseqs) was seen to have XTFMTKEYS.
    const NEW: u32 = 397;
    let number = |text: String| text.strip_prefix("XTerm(")?.strip_suffix(')')?.parse::<u32>().ok();
    let inside = ["TMUX", "STY", "MUX"].iter().any(|name| env(name).is_some());
    let term = env("TERM").is_some_and(|term| term.starts_with("xterm"));
    term && !inside && env("XTERM_VERSION").and_then(number).is_some_and(|number| number >= NEW)
}

struct SetKeyboard {
    from: KeyReports,
    to: KeyReports,
}

impl Command for SetKeyboard {
    /// Alternate keys (4) tell what Shift makes of a key.
    fn write_ansi(&self, f: &mut impl Write) -> fmt::Result {
        if XTERM.load(Ordering::SeqCst) {
            // XTFMTKEYS and XTMODKEYS, resource 4 (formatOtherKeys, modifyOtherKeys), and both as they were.
            let legacy = self.to == KeyReports::Legacy;
            f.write_str(if legacy { "\x1b[>4m\x1b[>4f" } else { "\x1b[>4;1f\x1b[>4;2m" })?;
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
    XTERM.store(is_new_xterm(|name| std::env::var(name).ok()), Ordering::SeqCst);
    let mut out = Vec::new();
    if !inline {
        set_alternate(true, &mut out);
    }
    let _ = queue!(out, EnableBracketedPaste, EnableFocusChange);
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
    fn an_xterm_is_known_by_what_it_sets() {
        let env = |pairs: &'static [(&str, &str)]| {
            is_new_xterm(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(env(&[("TERM", "xterm-256color"), ("XTERM_VERSION", "XTerm(398)")]));
        assert!(!env(&[("TERM", "xterm-256color"), ("XTERM_VERSION", "XTerm(366)")]), "it would send what is not read");
        assert!(!env(&[("TERM", "xterm-256color")]));
        assert!(!env(&[("TERM", "tmux-256color"), ("XTERM_VERSION", "XTerm(398)")]));
        assert!(!env(&[("TERM", "xterm"), ("XTERM_VERSION", "XTerm(398)"), ("TMUX", "/tmp/x,1,0")]));
    }
}
