//! What the user does at the terminal: crossterm's events, in our words.
//!
//! crossterm reads and parses on this thread, when the loop says that the terminal is readable. Its source for
//! that (feature `use-dev-tty`) waits level-triggered and survives a hang-up, which its default does not: that one
//! leaves what is beyond a kilobyte lying until the next key, and spins for ever on a terminal that is gone.
//! Two traits of it matter here: asked with no time at all it does not even look, hence [`TTY_LOOK`]; and a read
//! of half a sequence would block, hence the terminal is opened non-blocking (see `tty.rs`).

use std::io;
use std::time::Duration;

use crossterm::event::{self, Event, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};

use crate::base::limits::{EVENT_BATCH, TTY_LOOK};
use crate::base::{Key, KeyCode, Mods, MouseButton, MouseEvent, MouseKind, Point};

/// Something the user did.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Gesture {
    Key(Key),
    /// A key that is held down comes again; told only by a terminal that was asked for it.
    Repeat(Key),
    /// A key has come up; the same.
    Release(Key),
    Paste(String),
    /// `at` is on the whole terminal.
    Mouse(MouseEvent),
    Focus(bool),
}

/// Takes one event, where the caller knows that there is no more than that: to look for another one that is not
/// there costs more than all else that a key needs.
pub(super) fn read_one(mut each: impl FnMut(Gesture)) -> io::Result<()> {
    let found = event::poll(TTY_LOOK)? || event::poll(TTY_LOOK)?;
    if found && let Some(gesture) = translated(event::read()?) {
        each(gesture);
    }
    Ok(())
}

/// Takes what the terminal has, up to a batch; `each` may be called before all is read. True when nothing is left:
/// what crossterm has read and not told is no more to be seen at the terminal.
pub(super) fn read(mut each: impl FnMut(Gesture)) -> io::Result<bool> {
    let mut misses = 0;
    for _ in 0..EVENT_BATCH {
        if !event::poll(TTY_LOOK)? {
            // A look that was interrupted for its whole short time tells nothing: only two in a row do.
            misses += 1;
            if misses == 2 {
                return Ok(true);
            }
            continue;
        }
        misses = 0;
        if let Some(gesture) = translated(event::read()?) {
            each(gesture);
        }
    }
    Ok(false)
}

/// Makes crossterm set itself up, so that what goes wrong with that is told at the start.
pub(super) fn prepare() -> io::Result<()> {
    event::poll(Duration::ZERO).map(drop)
}

fn translated(event: Event) -> Option<Gesture> {
    match event {
        Event::Key(event) => key_of(event).map(|key| match event.kind {
            KeyEventKind::Press => Gesture::Key(key),
            KeyEventKind::Repeat => Gesture::Repeat(key),
            KeyEventKind::Release => Gesture::Release(key),
        }),
        Event::Paste(text) => Some(Gesture::Paste(text)),
        Event::Mouse(mouse) => Some(Gesture::Mouse(MouseEvent {
            kind: mouse_kind(mouse.kind),
            at: Point::new(mouse.row, mouse.column),
            mods: mods(mouse.modifiers),
        })),
        Event::FocusGained => Some(Gesture::Focus(true)),
        Event::FocusLost => Some(Gesture::Focus(false)),
        Event::Resize(..) => None, // SIGWINCH tells it to the loop
    }
}

fn key_of(event: KeyEvent) -> Option<Key> {
    let mods = mods(event.modifiers);
    use crossterm::event::KeyCode as Their;
    let code = match event.code {
        Their::BackTab => return Some(Key::new(KeyCode::Tab, mods | Mods::SHIFT)),
        Their::Char(c) => return Some(char_key(c, mods)),
        Their::Enter => KeyCode::Enter,
        Their::Tab => KeyCode::Tab,
        Their::Backspace => KeyCode::Backspace,
        Their::Esc => KeyCode::Escape,
        Their::Up => KeyCode::Up,
        Their::Down => KeyCode::Down,
        Their::Left => KeyCode::Left,
        Their::Right => KeyCode::Right,
        Their::Home => KeyCode::Home,
        Their::End => KeyCode::End,
        Their::PageUp => KeyCode::PageUp,
        Their::PageDown => KeyCode::PageDown,
        Their::Insert => KeyCode::Insert,
        Their::Delete => KeyCode::Delete,
        Their::F(number) => KeyCode::F(number),
        _ => return None,
    };
    Some(Key::new(code, mods))
}

/// crossterm names the control characters 0x1c to 0x1f after digits; terminals and tmux after signs.
fn char_key(c: char, mods: Mods) -> Key {
    let c = match c {
        '4' if mods.contains(Mods::CTRL) => '\\',
        '5' if mods.contains(Mods::CTRL) => ']',
        '6' if mods.contains(Mods::CTRL) => '^',
        '7' if mods.contains(Mods::CTRL) => '_',
        _ => c,
    };
    Key::new(KeyCode::Char(c), mods)
}

fn mods(theirs: KeyModifiers) -> Mods {
    let table = [
        (KeyModifiers::SHIFT, Mods::SHIFT),
        (KeyModifiers::ALT, Mods::ALT),
        (KeyModifiers::META, Mods::ALT),
        (KeyModifiers::CONTROL, Mods::CTRL),
        (KeyModifiers::SUPER, Mods::SUPER),
    ];
    table.iter().filter(|(flag, _)| theirs.contains(*flag)).fold(Mods::empty(), |all, (_, ours)| all | *ours)
}

fn mouse_kind(kind: MouseEventKind) -> MouseKind {
    match kind {
        MouseEventKind::Down(button) => MouseKind::Press(button_of(button)),
        MouseEventKind::Up(button) => MouseKind::Release(button_of(button)),
        MouseEventKind::Drag(button) => MouseKind::Drag(button_of(button)),
        MouseEventKind::Moved => MouseKind::Move,
        MouseEventKind::ScrollUp => MouseKind::WheelUp,
        MouseEventKind::ScrollDown => MouseKind::WheelDown,
        MouseEventKind::ScrollLeft => MouseKind::WheelLeft,
        MouseEventKind::ScrollRight => MouseKind::WheelRight,
    }
}

fn button_of(button: event::MouseButton) -> MouseButton {
    match button {
        event::MouseButton::Left => MouseButton::Left,
        event::MouseButton::Middle => MouseButton::Middle,
        event::MouseButton::Right => MouseButton::Right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyCode as Their;

    #[test]
    fn keys_get_tmux_s_names() {
        for (code, modifiers, name) in [
            (Their::Char('a'), KeyModifiers::NONE, "a"),
            (Their::Char('A'), KeyModifiers::SHIFT, "A"),
            (Their::Char('b'), KeyModifiers::CONTROL, "C-b"),
            (Their::Char('x'), KeyModifiers::ALT, "M-x"),
            (Their::Char('x'), KeyModifiers::ALT | KeyModifiers::CONTROL, "C-M-x"),
            (Their::Char(' '), KeyModifiers::CONTROL, "C-Space"),
            (Their::Char('4'), KeyModifiers::CONTROL, "C-\\"),
            (Their::Char('7'), KeyModifiers::CONTROL, "C-_"),
            (Their::BackTab, KeyModifiers::SHIFT, "BTab"),
            (Their::PageUp, KeyModifiers::NONE, "PPage"),
            (Their::Left, KeyModifiers::CONTROL | KeyModifiers::SHIFT, "C-S-Left"),
            (Their::F(5), KeyModifiers::NONE, "F5"),
            (Their::Esc, KeyModifiers::NONE, "Escape"),
        ] {
            let event = Event::Key(KeyEvent::new(code, modifiers));
            assert_eq!(translated(event), Some(Gesture::Key(name.parse().unwrap())), "{name}");
        }
    }

    #[test]
    fn what_a_key_does_is_told() {
        let release = KeyEvent::new_with_kind(Their::Char('a'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(translated(Event::Key(release)), Some(Gesture::Release(Key::char('a'))));
        let repeat = KeyEvent::new_with_kind(Their::Char('a'), KeyModifiers::NONE, KeyEventKind::Repeat);
        assert_eq!(translated(Event::Key(repeat)), Some(Gesture::Repeat(Key::char('a'))));
    }
}
