//! Keys by tmux's names: `C-b`, `M-Left`, `S-F5`, `PPage`, `a`, `Space`.

use std::fmt;
use std::str::FromStr;

use bitflags::bitflags;
use serde::{Deserialize, Serialize};

bitflags! {
    /// Modifiers held with a key.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub struct Mods: u8 {
        const SHIFT = 1;
        /// Alt; tmux's `M-`.
        const ALT = 1 << 1;
        const CTRL = 1 << 2;
        const SUPER = 1 << 3;
    }
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyCode {
    /// The character that it types, with Shift already applied (`A`, not Shift-a).
    Char(char),
    Enter,
    Tab,
    Backspace,
    Escape,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Insert,
    Delete,
    /// F1 is 1.
    F(u8),
}

/// A key with its modifiers. Build it with [`Key::new`], which brings the spellings of one key to one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub code: KeyCode,
    pub mods: Mods,
}

impl Key {
    /// Shift with a character is the character itself, and Ctrl with a letter is the small letter, as a legacy
    /// terminal sends them; so `C-B` and `C-b` are one key.
    pub fn new(code: KeyCode, mods: Mods) -> Self {
        match code {
            KeyCode::Char(c) if mods.contains(Mods::CTRL) && c.is_ascii_alphabetic() => {
                Self { code: KeyCode::Char(c.to_ascii_lowercase()), mods: mods - Mods::SHIFT }
            }
            KeyCode::Char(_) => Self { code, mods: mods - Mods::SHIFT },
            _ => Self { code, mods },
        }
    }

    pub fn char(c: char) -> Self {
        Self::new(KeyCode::Char(c), Mods::empty())
    }

    pub fn ctrl(c: char) -> Self {
        Self::new(KeyCode::Char(c), Mods::CTRL)
    }

    pub fn code(code: KeyCode) -> Self {
        Self::new(code, Mods::empty())
    }
}

/// Names as tmux's manual lists them, the first of each code is the one printed.
const NAMES: &[(&str, KeyCode)] = &[
    ("Enter", KeyCode::Enter),
    ("Tab", KeyCode::Tab),
    ("BSpace", KeyCode::Backspace),
    ("Escape", KeyCode::Escape),
    ("Space", KeyCode::Char(' ')),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PPage", KeyCode::PageUp),
    ("PageUp", KeyCode::PageUp),
    ("PgUp", KeyCode::PageUp),
    ("NPage", KeyCode::PageDown),
    ("PageDown", KeyCode::PageDown),
    ("PgDn", KeyCode::PageDown),
    ("IC", KeyCode::Insert),
    ("Insert", KeyCode::Insert),
    ("DC", KeyCode::Delete),
    ("Delete", KeyCode::Delete),
];

/// The text is no key's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no key is called '{0}'")]
pub struct UnknownKey(pub String);

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        let (mods, name) = split_mods(text);
        let code = named(name).or_else(|| function_key(name)).or_else(|| single_char(name));
        if name.eq_ignore_ascii_case("BTab") {
            return Ok(Key::new(KeyCode::Tab, mods | Mods::SHIFT));
        }
        code.map(|code| Key::new(code, mods)).ok_or_else(|| UnknownKey(text.to_owned()))
    }
}

/// Splits `C-M-x` into its modifiers and `x`; also `^x`.
fn split_mods(text: &str) -> (Mods, &str) {
    let mut mods = Mods::empty();
    let mut rest = text;
    loop {
        let bytes = rest.as_bytes();
        if bytes.len() >= 3 && bytes[1] == b'-' {
            let flag = match bytes[0] {
                b'C' | b'c' => Mods::CTRL,
                b'M' | b'm' => Mods::ALT,
                b'S' | b's' => Mods::SHIFT,
                _ => break,
            };
            mods |= flag;
            rest = &rest[2..];
        } else if bytes.len() >= 2 && bytes[0] == b'^' {
            mods |= Mods::CTRL;
            rest = &rest[1..];
        } else {
            break;
        }
    }
    (mods, rest)
}

fn named(name: &str) -> Option<KeyCode> {
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, code)| code)
}

fn function_key(name: &str) -> Option<KeyCode> {
    let number: u8 = name.strip_prefix(['F', 'f'])?.parse().ok()?;
    (1..=24).contains(&number).then_some(KeyCode::F(number))
}

fn single_char(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    let c = chars.next()?;
    (chars.next().is_none() && !c.is_control()).then_some(KeyCode::Char(c))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code == KeyCode::Tab && self.mods == Mods::SHIFT {
            return f.write_str("BTab");
        }
        for (flag, text) in [(Mods::CTRL, "C-"), (Mods::ALT, "M-"), (Mods::SHIFT, "S-")] {
            if self.mods.contains(flag) {
                f.write_str(text)?;
            }
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tmux_s() {
        for (text, key) in [
            ("C-b", Key::ctrl('b')),
            ("^b", Key::ctrl('b')),
            ("C-B", Key::ctrl('b')),
            ("M-Left", Key::new(KeyCode::Left, Mods::ALT)),
            ("PPage", Key::code(KeyCode::PageUp)),
            ("%", Key::char('%')),
            ("-", Key::char('-')),
            ("C-Space", Key::ctrl(' ')),
            ("F12", Key::code(KeyCode::F(12))),
            ("BTab", Key::new(KeyCode::Tab, Mods::SHIFT)),
            ("^", Key::char('^')),
        ] {
            assert_eq!(text.parse::<Key>(), Ok(key), "{text}");
        }
        assert!("Foo".parse::<Key>().is_err());
        assert!("".parse::<Key>().is_err());
        assert!("F25".parse::<Key>().is_err());
    }

    #[test]
    fn every_key_prints_a_name_that_reads_back() {
        let codes = NAMES.iter().map(|&(_, code)| code).chain([KeyCode::Char('x'), KeyCode::F(5)]);
        for code in codes {
            for bits in 0..8 {
                let key = Key::new(code, Mods::from_bits_truncate(bits));
                assert_eq!(key.to_string().parse(), Ok(key), "{key}");
            }
        }
    }
}
