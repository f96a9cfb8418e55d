//! Colours that a program asks for or changes: OSC 4, 10 to 12, 104, 110 to 112, and colour schemes.

use std::collections::BTreeMap;

use super::Interpreter;
use super::osc::{number, split};

pub(super) type Rgb = (u8, u8, u8);

/// What the outer terminal looks like, as far as it has told; programs ask for it to choose readable colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostColors {
    pub foreground: Option<Rgb>,
    pub background: Option<Rgb>,
    pub cursor: Option<Rgb>,
}

/// Colours of one terminal: the host's, and what its program has set over them.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    pub host: HostColors,
    /// OSC 10, 11 and 12.
    pub set: HostColors,
    /// OSC 4: entries of the palette of 256.
    pub indexed: BTreeMap<u8, Rgb>,
}

impl Palette {
    pub(super) fn reset(&mut self) {
        *self = Self { host: self.host, ..Self::default() };
    }

    fn indexed(&self, index: u8) -> Rgb {
        self.indexed.get(&index).copied().unwrap_or_else(|| xterm_color(index))
    }

    /// The background is dark, where it is known.
    fn is_dark(&self) -> Option<bool> {
        let (r, g, b) = self.set.background.or(self.host.background)?;
        Some(u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114 < 128_000)
    }
}

/// xterm's palette of 256: 16 of its own, a cube of six levels, a ramp of grey.
fn xterm_color(index: u8) -> Rgb {
    const OWN: [Rgb; 16] = [
        (0, 0, 0),
        (205, 0, 0),
        (0, 205, 0),
        (205, 205, 0),
        (0, 0, 238),
        (205, 0, 205),
        (0, 205, 205),
        (229, 229, 229),
        (127, 127, 127),
        (255, 0, 0),
        (0, 255, 0),
        (255, 255, 0),
        (92, 92, 255),
        (255, 0, 255),
        (0, 255, 255),
        (255, 255, 255),
    ];
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match index {
        0..=15 => OWN[usize::from(index)],
        16..=231 => {
            let level = |value: u8| LEVELS[usize::from(value % 6)];
            let cube = index - 16;
            (level(cube / 36), level(cube / 6), level(cube))
        }
        232..=255 => {
            let grey = (index - 232) * 10 + 8;
            (grey, grey, grey)
        }
    }
}

impl Interpreter {
    /// What the host looks like; a change between dark and light is told to who asked (mode 2031).
    pub fn set_host_colors(&mut self, host: HostColors) {
        let before = self.palette.is_dark();
        self.palette.host = host;
        if self.report_scheme && self.palette.is_dark() != before {
            self.reply_scheme();
        }
    }

    /// `CSI ? 997 ; 1 n` is dark, 2 light.
    pub(super) fn reply_scheme(&mut self) {
        if let Some(dark) = self.palette.is_dark() {
            self.outbox.reply(format_args!("\x1b[?997;{}n", if dark { 1 } else { 2 }));
        }
    }

    /// OSC 4: pairs of index and colour.
    pub(super) fn palette_colors(&mut self, text: &[u8], bell: bool) {
        let mut rest = text;
        while !rest.is_empty() {
            let (index, after) = split(rest);
            let (color, after) = split(after);
            rest = after;
            let Some(index) = number(index).and_then(|index| u8::try_from(index).ok()) else { return };
            if color == b"?" {
                let color = self.palette.indexed(index);
                self.reply_color(&format!("4;{index}"), color, bell);
            } else if let Some(color) = parse(color) {
                self.palette.indexed.insert(index, color);
                self.changed = true;
            }
        }
    }

    pub(super) fn reset_palette_colors(&mut self, text: &[u8]) {
        self.changed = true;
        if text.is_empty() {
            return self.palette.indexed.clear();
        }
        for index in text.split(|&byte| byte == b';').filter_map(number) {
            if let Ok(index) = u8::try_from(index) {
                self.palette.indexed.remove(&index);
            }
        }
    }

    /// OSC 10 to 12; further colours in one command are those of the next numbers.
    pub(super) fn dynamic_colors(&mut self, first: &[u8], text: &[u8], bell: bool) {
        let Some(first) = number(first) else { return };
        for (number, color) in (first..=12).zip(text.split(|&byte| byte == b';')) {
            if color == b"?" {
                if let Some(color) = self.dynamic_color(number) {
                    self.reply_color(&number.to_string(), color, bell);
                }
            } else if let (Some(slot), Some(color)) = (self.dynamic_slot(number), parse(color)) {
                *slot = Some(color);
            }
        }
    }

    pub(super) fn reset_dynamic_color(&mut self, command: &[u8]) {
        if let Some(slot) = number(command).and_then(|number| self.dynamic_slot(number.saturating_sub(100))) {
            *slot = None;
        }
    }

    fn dynamic_slot(&mut self, number: u16) -> Option<&mut Option<Rgb>> {
        self.changed = true;
        let set = &mut self.palette.set;
        match number {
            10 => Some(&mut set.foreground),
            11 => Some(&mut set.background),
            12 => Some(&mut set.cursor),
            _ => None,
        }
    }

    fn dynamic_color(&self, number: u16) -> Option<Rgb> {
        let Palette { set, host, .. } = &self.palette;
        match number {
            10 => set.foreground.or(host.foreground),
            11 => set.background.or(host.background),
            _ => set.cursor.or(host.cursor).or(set.foreground).or(host.foreground),
        }
    }

    /// Ends as the question did.
    fn reply_color(&mut self, what: &str, (r, g, b): Rgb, bell: bool) {
        let end = if bell { "\x07" } else { "\x1b\\" };
        self.outbox.reply(format_args!("\x1b]{what};rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}{end}"));
    }
}

/// `#rgb` to `#rrrrggggbbbb` and `rgb:r/g/b` with one to four digits each (XParseColor(3)).
fn parse(text: &[u8]) -> Option<Rgb> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(digits) = text.strip_prefix('#') {
        if !digits.is_ascii() || !matches!(digits.len(), 3 | 6 | 9 | 12) {
            return None;
        }
        let size = digits.len() / 3;
        // Here short values are the high bits.
        let part = |index: usize| {
            let value = u32::from_str_radix(&digits[index * size..(index + 1) * size], 16).ok()?;
            Some((value << (16 - 4 * size) >> 8) as u8)
        };
        return Some((part(0)?, part(1)?, part(2)?));
    }
    let mut parts = text.strip_prefix("rgb:")?.split('/').map(|digits| {
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| (1..=4).contains(&digits.len()))?;
        let most = (1 << (4 * digits.len())) - 1;
        Some((value * 255 / most) as u8)
    });
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_x_reads_them() {
        for (text, color) in [
            ("#f00", Some((0xf0, 0, 0))),
            ("#0a0b0c", Some((10, 11, 12))),
            ("#ffff00008000", Some((255, 0, 128))),
            ("rgb:f/0/8", Some((255, 0, 136))),
            ("rgb:ffff/0000/8080", Some((255, 0, 128))),
            ("rgb:1/2", None),
            ("#12", None),
            ("red", None),
        ] {
            assert_eq!(parse(text.as_bytes()), color, "{text}");
        }
        assert_eq!(xterm_color(196), (255, 0, 0));
        assert_eq!(xterm_color(255), (238, 238, 238));
    }
}
