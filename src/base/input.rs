//! What a user does at a terminal, apart from which terminal it is.

use serde::{Deserialize, Serialize};

use super::{Key, Mods, Point};

/// Something for a pane's program, not yet encoded: how depends on the modes that the program has set by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    Key(Key),
    /// Text that was pasted: bracketed where the program asked for that (mode 2004).
    Paste(String),
    Mouse(MouseEvent),
    /// The terminal gained (true) or lost focus; told to programs that asked (mode 1004).
    Focus(bool),
    /// Bytes that go as they are (`send-keys -l`, `-H`).
    Bytes(Vec<u8>),
    /// A key that is held down comes again; to a program that has not asked for the difference it is [`Input::Key`].
    /// Since protocol 3.
    Repeat(Key),
    /// A key has come up; told to programs that asked (kitty keyboard protocol, flag 2). Since protocol 3.
    Release(Key),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MouseButton {
    Left,
    Middle,
    Right,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MouseKind {
    Press(MouseButton),
    Release(MouseButton),
    /// Moved with the button down.
    Drag(MouseButton),
    /// Moved with none down.
    Move,
    WheelUp,
    WheelDown,
    WheelLeft,
    WheelRight,
}

/// A mouse event; `at` is relative to the pane it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MouseEvent {
    pub kind: MouseKind,
    pub at: Point,
    pub mods: Mods,
}
