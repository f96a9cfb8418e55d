//! What a program has switched on that others than the engine need to know.

use bitflags::bitflags;
use serde::{Deserialize, Serialize};

use super::snapshot::{Fields, Writer, codes};
use crate::base::Point;

/// DECSCUSR's shapes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CursorShape {
    /// The outer terminal's own.
    #[default]
    Default,
    Block,
    Underline,
    Bar,
}

/// The text cursor of a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    pub at: Point,
    /// DECTCEM.
    pub visible: bool,
    pub shape: CursorShape,
    pub blink: bool,
}

/// Which mouse events the program wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MouseMode {
    #[default]
    Off,
    /// Mode 9: presses only, no modifiers.
    X10,
    /// Mode 1000: presses and releases.
    Press,
    /// Mode 1002: also motion with a button down.
    Drag,
    /// Mode 1003: all motion.
    Motion,
}

/// How mouse events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MouseEncoding {
    /// One byte per value, up to column 223.
    #[default]
    X10,
    /// Mode 1005: one UTF-8 character per value, up to column 2015.
    Utf8,
    /// Mode 1006: decimal, with a final that tells a release.
    Sgr,
    /// Mode 1015: urxvt's decimal form.
    Urxvt,
    /// Mode 1016: as 1006 but in pixels, of which a cell is taken to have [`CELL_PIXELS`].
    SgrPixels,
}

bitflags! {
    /// Progressive enhancements of the kitty keyboard protocol.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct KittyFlags: u8 {
        const DISAMBIGUATE = 1;
        const EVENT_TYPES = 1 << 1;
        const ALTERNATE_KEYS = 1 << 2;
        const ALL_AS_ESCAPES = 1 << 3;
        const ASSOCIATED_TEXT = 1 << 4;
    }
}

/// The modes that decide about input and drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Modes {
    /// Modes 47, 1047, 1049.
    pub alternate_screen: bool,
    /// DECCKM.
    pub application_cursor: bool,
    /// DECNKM, DECKPAM.
    pub application_keypad: bool,
    /// Mode 2004.
    pub bracketed_paste: bool,
    pub mouse: MouseMode,
    pub mouse_encoding: MouseEncoding,
    /// Mode 1004.
    pub focus_events: bool,
    /// Mode 1007: the wheel sends cursor keys on the alternate screen.
    pub alternate_scroll: bool,
    /// DECSCNM: the whole screen in reverse.
    pub reverse_screen: bool,
    /// LNM: Enter sends CR LF.
    pub newline: bool,
    /// DECBKM: Backspace sends BS rather than DEL.
    pub backspace_sends_bs: bool,
    /// xterm's modifyOtherKeys: 0, 1 or 2.
    pub modify_other_keys: u8,
    pub kitty: KittyFlags,
}

codes!(CursorShape { Default = 0, Block = 1, Underline = 2, Bar = 3 });
codes!(MouseMode { Off = 0, X10 = 1, Press = 2, Drag = 3, Motion = 4 });
codes!(MouseEncoding { X10 = 0, Utf8 = 1, Sgr = 2, Urxvt = 3, SgrPixels = 4 });

impl Modes {
    pub(super) fn save(&self, writer: &mut Writer<'_>) {
        let Self {
            alternate_screen,
            application_cursor,
            application_keypad,
            bracketed_paste,
            mouse,
            mouse_encoding,
            focus_events,
            alternate_scroll,
            reverse_screen,
            newline,
            backspace_sends_bs,
            modify_other_keys,
            kitty,
        } = self;
        writer.flag(1, *alternate_screen);
        writer.flag(2, *application_cursor);
        writer.flag(3, *application_keypad);
        writer.flag(4, *bracketed_paste);
        writer.code(5, mouse);
        writer.code(6, mouse_encoding);
        writer.flag(7, *focus_events);
        writer.flag(8, *alternate_scroll);
        writer.flag(9, *reverse_screen);
        writer.flag(10, *newline);
        writer.flag(11, *backspace_sends_bs);
        writer.number(12, (*modify_other_keys).into());
        writer.number(13, kitty.bits().into());
    }

    pub(super) fn load(fields: Fields<'_>) -> Self {
        Self {
            alternate_screen: fields.flag(1),
            application_cursor: fields.flag(2),
            application_keypad: fields.flag(3),
            bracketed_paste: fields.flag(4),
            mouse: fields.code(5),
            mouse_encoding: fields.code(6),
            focus_events: fields.flag(7),
            alternate_scroll: fields.flag(8),
            reverse_screen: fields.flag(9),
            newline: fields.flag(10),
            backspace_sends_bs: fields.flag(11),
            modify_other_keys: fields.number(12).min(2) as u8,
            kitty: KittyFlags::from_bits_truncate(fields.number(13) as u8),
        }
    }
}

/// Width and height of a cell in pixels as reports tell it. The engine has no font; these are a VT340's.
pub const CELL_PIXELS: (u16, u16) = (10, 20);
