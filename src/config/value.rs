//! The types that options have, each with its text form.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::base::limits::{MAX_SCREEN, MIN_PANE};
use crate::base::terminal;
use crate::base::{Key, Size};

/// What an option belongs to in tmux's terms. Here each has one value for all; the scope says which commands and
/// flags name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Server,
    Session,
    Window,
    Pane,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scope::Server => "server",
            Scope::Session => "session",
            Scope::Window => "window",
            Scope::Pane => "pane",
        })
    }
}

/// What an option takes. Its text form completes the sentence "expected …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Flag,
    Number {
        least: u32,
        most: u32,
        unit: &'static str,
    },
    Choice(&'static [&'static str]),
    Key,
    KeyOrNone,
    Size,
    /// Each side in cells or as a part of the window.
    FloatSize,
    Text,
    /// A program's absolute path, or nothing.
    Program,
    /// Names with blanks or commas between them.
    Words,
    /// Text with `#{…}`.
    Template,
    /// The name of a file in the user's directory, without its end.
    Name,
    /// Terminals and what they can.
    Features,
    /// Terminals and their capabilities.
    Overrides,
    /// `fg=red,bold`. Only what shows it can read it: see `format::parse_style`.
    Style,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Flag => f.write_str("on or off"),
            Kind::Number { least, most, unit: "" } => write!(f, "a number from {least} to {most}"),
            Kind::Number { least, most, unit } => write!(f, "{unit} from {least} to {most}"),
            Kind::Choice(choices) => write!(f, "one of {}", choices.join(", ")),
            Kind::Key => f.write_str("a key like C-b"),
            Kind::KeyOrNone => f.write_str("a key like C-b, or None"),
            Kind::Name => f.write_str("a name like tmux"),
            Kind::Size => write!(f, "columns and rows like 80x24, up to {MAX_SCREEN}"),
            Kind::FloatSize => f.write_str("columns and rows like 80x24 or 60%x50%"),
            Kind::Text => f.write_str("text"),
            Kind::Program => f.write_str("an absolute path, or nothing"),
            Kind::Words => f.write_str("names of variables with blanks between them"),
            Kind::Template => f.write_str("text with #{…}"),
            Kind::Style => f.write_str("a style like fg=red,bold"),
            Kind::Features => write!(f, "terminals like xterm*:RGB:sync, of {}", terminal::feature_names()),
            Kind::Overrides => {
                write!(f, "terminals like *256col*:Tc or xterm*:RGB@, of colors=, {}", terminal::capability_names())
            }
        }
    }
}

/// A field's type: read from text by the bounds of its row, and printed so that it reads back.
pub(super) trait Value: Sized {
    fn read(text: &str, kind: &Kind) -> Result<Self, ()>;
    fn print(&self) -> String;
}

impl Value for bool {
    fn read(text: &str, _: &Kind) -> Result<Self, ()> {
        match text.to_ascii_lowercase().as_str() {
            "on" | "yes" | "true" | "1" => Ok(true),
            "off" | "no" | "false" | "0" => Ok(false),
            _ => Err(()),
        }
    }

    fn print(&self) -> String {
        if *self { "on" } else { "off" }.to_owned()
    }
}

impl Value for u32 {
    fn read(text: &str, kind: &Kind) -> Result<Self, ()> {
        let number = text.parse().map_err(drop)?;
        match kind {
            Kind::Number { least, most, .. } if !(least..=most).contains(&&number) => Err(()),
            _ => Ok(number),
        }
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

impl Value for String {
    fn read(text: &str, kind: &Kind) -> Result<Self, ()> {
        let misplaced = match kind {
            Kind::Program => !text.is_empty() && !Path::new(text).is_absolute(),
            Kind::Features => !terminal::are_features(text),
            Kind::Overrides => !terminal::are_overrides(text),
            Kind::Name => text.is_empty() || text.starts_with('.') || text.contains(['/', '\0']),
            _ => false,
        };
        if misplaced { Err(()) } else { Ok(text.to_owned()) }
    }

    fn print(&self) -> String {
        self.clone()
    }
}

impl Value for Key {
    fn read(text: &str, _: &Kind) -> Result<Self, ()> {
        text.parse().map_err(drop)
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

/// A key that there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MaybeKey(pub Option<Key>);

impl Value for MaybeKey {
    fn read(text: &str, kind: &Kind) -> Result<Self, ()> {
        match text {
            "" | "None" | "none" => Ok(Self(None)),
            text => Key::read(text, kind).map(Some).map(Self),
        }
    }

    fn print(&self) -> String {
        self.0.map_or_else(|| "None".to_owned(), |key| key.to_string())
    }
}

impl Value for Size {
    fn read(text: &str, _: &Kind) -> Result<Self, ()> {
        let (cols, rows) = text.split_once('x').ok_or(())?;
        let size = Size::new(cols.parse().map_err(drop)?, rows.parse().map_err(drop)?);
        if size == size.clamp(MIN_PANE, MAX_SCREEN) { Ok(size) } else { Err(()) }
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

/// A length, in cells or as a part of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Length {
    Cells(u16),
    Percent(u8),
}

impl Length {
    fn read(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| (1..=100).contains(percent)).map(Self::Percent),
            None => text.parse().ok().filter(|cells| (1..=MAX_SCREEN.cols).contains(cells)).map(Self::Cells),
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Length::Cells(cells) => write!(f, "{cells}"),
            Length::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// Columns and rows, each in cells or as a part of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FloatSize {
    pub cols: Length,
    pub rows: Length,
}

impl Value for FloatSize {
    fn read(text: &str, _: &Kind) -> Result<Self, ()> {
        let (cols, rows) = text.split_once('x').ok_or(())?;
        Ok(Self { cols: Length::read(cols).ok_or(())?, rows: Length::read(rows).ok_or(())? })
    }

    fn print(&self) -> String {
        format!("{}x{}", self.cols, self.rows)
    }
}

impl Value for Vec<String> {
    fn read(text: &str, _: &Kind) -> Result<Self, ()> {
        let words: Vec<_> = text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        if words.iter().any(|word| word.contains(['=', '\0'])) { Err(()) } else { Ok(words) }
    }

    fn print(&self) -> String {
        self.join(" ")
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub enum $name { $($(#[$word_doc])* $variant,)* }

        impl $name {
            pub const NAMES: &[&str] = &[$($word),*];
        }

        impl Value for $name {
            fn read(text: &str, _: &Kind) -> Result<Self, ()> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(()),
                }
            }

            fn print(&self) -> String {
                match self {
                    $(Self::$variant => $word.to_owned(),)*
                }
            }
        }
    };
}

choice!(
    /// Where the status line is.
    Edge { Top = "top", Bottom = "bottom", });

/// How many lines the status takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StatusLines(u8);

impl Value for StatusLines {
    /// Once it was on or off, in all ways in which that can be said.
    fn read(text: &str, kind: &Kind) -> Result<Self, ()> {
        match text.parse() {
            Ok(lines @ 2..=5) => Ok(Self(lines)),
            _ => bool::read(text, kind).map(|on| Self(u8::from(on))),
        }
    }

    fn print(&self) -> String {
        match self.0 {
            0 => "off".to_owned(),
            1 => "on".to_owned(),
            lines => lines.to_string(),
        }
    }
}

impl StatusLines {
    pub const NAMES: &[&str] = &["off", "on", "2", "3", "4", "5"];

    pub fn is_off(self) -> bool {
        self.0 == 0
    }

    pub fn count(self) -> usize {
        self.0.into()
    }

    /// So many that they leave a row for the window.
    pub fn rows(self, terminal: u16) -> u16 {
        u16::from(self.0).min(terminal.saturating_sub(1))
    }
}

choice!(
/// Where the list of windows is.
Justify {
    Left = "left",
    Centre = "centre",
    Right = "right",
    AbsoluteCentre = "absolute-centre",
});

choice!(
    /// Where a pane's title is, if anywhere.
    BorderStatus { Off = "off", Top = "top", Bottom = "bottom", });

choice!(
/// What borders are drawn with.
BorderLines {
    Single = "single",
    Double = "double",
    Heavy = "heavy",
    /// ASCII.
    Simple = "simple",
});

choice!(
/// How the border says which pane is the active one.
BorderIndicators {
    Off = "off",
    /// Between two panes only the half beside the active one has its colour.
    Colour = "colour",
    Arrows = "arrows",
    Both = "both",
});

choice!(
/// Whose keys the command prompt has.
StatusKeys {
    Emacs = "emacs",
    Vi = "vi",
});

choice!(
/// Whose terminal decides how large a session's windows are.
WindowSize {
    Largest = "largest",
    Smallest = "smallest",
    /// `resize-window` alone does.
    Manual = "manual",
    /// The client that was used last.
    Latest = "latest",
});

choice!(
/// Whose keys copy mode has.
ModeKeys {
    Vi = "vi",
    Emacs = "emacs",
});

choice!(
/// What becomes of a mouse selection when the button is let go.
MouseCopy {
    /// It is copied, and copy mode ends.
    Copy = "copy",
    /// It is copied, and stays.
    Stay = "stay",
    /// Nothing: a key copies it.
    Select = "select",
});

choice!(
/// Who may write to the clipboard of the outer terminal (OSC 52).
Clipboard {
    /// mux and the programs in panes.
    On = "on",
    /// mux itself, when a user copies.
    External = "external",
    Off = "off",
});

choice!(
/// When keys are told apart that were one.
ExtendedKeys {
    Off = "off",
    /// Where a program or a binding wants it.
    On = "on",
    Always = "always",
});
