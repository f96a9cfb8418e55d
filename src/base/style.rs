//! How a cell looks, in the terms of ECMA-48 SGR and its extensions by xterm and kitty.

use bitflags::bitflags;
use serde::{Deserialize, Serialize};

/// A colour as a program asked for it. What it becomes on the outer terminal is the client's matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Color {
    /// The terminal's own (SGR 39, 49, 59).
    #[default]
    Default,
    /// The palette of 256 (SGR 30..=37, 90..=97, 38;5;n).
    Indexed(u8),
    /// Direct colour (SGR 38;2;r;g;b).
    Rgb(u8, u8, u8),
}

bitflags! {
    /// SGR attributes that are on or off.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Attrs: u8 {
        /// SGR 1
        const BOLD = 1;
        /// SGR 2
        const DIM = 1 << 1;
        /// SGR 3
        const ITALIC = 1 << 2;
        /// SGR 5 and 6
        const BLINK = 1 << 3;
        /// SGR 7
        const REVERSE = 1 << 4;
        /// SGR 8
        const CONCEAL = 1 << 5;
        /// SGR 9
        const STRIKE = 1 << 6;
        /// SGR 53
        const OVERLINE = 1 << 7;
    }
}

/// SGR 4:0 to 4:5, 21 and 24.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Underline {
    #[default]
    None,
    Single,
    Double,
    Curly,
    Dotted,
    Dashed,
}

/// All of a cell's looks but its text and its hyperlink.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Style {
    pub fg: Color,
    pub bg: Color,
    pub underline_color: Color,
    pub underline: Underline,
    pub attrs: Attrs,
}

impl Style {
    pub const DEFAULT: Style = Style {
        fg: Color::Default,
        bg: Color::Default,
        underline_color: Color::Default,
        underline: Underline::None,
        attrs: Attrs::empty(),
    };
}
