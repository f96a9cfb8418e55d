//! From one look to the next in the fewest bytes: SGR and OSC 8, as commands that crossterm queues.

use std::fmt::{self, Write};

use crossterm::Command;

use crate::base::{Attrs, Color, Style, Underline};

/// Changes the look of what is printed next. Without `from` the present look is not known.
pub(super) struct SetLook {
    pub(super) from: Option<Style>,
    pub(super) to: Style,
}

/// Opens a hyperlink, or ends it.
pub(super) struct SetLink<'a>(pub(super) Option<&'a str>);

impl Command for SetLook {
    fn write_ansi(&self, f: &mut impl Write) -> fmt::Result {
        let mut sgr = Sgr { out: f, started: false };
        let from = match self.from {
            Some(from) if only_adds(from, self.to) => from,
            _ => {
                sgr.item(format_args!("0"))?;
                Style::DEFAULT
            }
        };
        sgr.attributes(self.to.attrs - from.attrs)?;
        if self.to.underline != from.underline {
            sgr.underline(self.to.underline)?;
        }
        if self.to.fg != from.fg {
            sgr.color(self.to.fg, 30)?;
        }
        if self.to.bg != from.bg {
            sgr.color(self.to.bg, 40)?;
        }
        if self.to.underline_color != from.underline_color {
            sgr.color(self.to.underline_color, 50)?;
        }
        sgr.end()
    }
}

/// No attribute has to be taken away, for which the sequences are less widely known than a reset.
fn only_adds(from: Style, to: Style) -> bool {
    to.attrs.contains(from.attrs) && (from.underline == Underline::None || from.underline == to.underline)
}

/// One `CSI … m` in the making.
struct Sgr<'a, W> {
    out: &'a mut W,
    started: bool,
}

/// SGR parameters by attribute.
const ATTRIBUTES: [(Attrs, u8); 8] = [
    (Attrs::BOLD, 1),
    (Attrs::DIM, 2),
    (Attrs::ITALIC, 3),
    (Attrs::BLINK, 5),
    (Attrs::REVERSE, 7),
    (Attrs::CONCEAL, 8),
    (Attrs::STRIKE, 9),
    (Attrs::OVERLINE, 53),
];

impl<W: Write> Sgr<'_, W> {
    fn item(&mut self, parameter: fmt::Arguments<'_>) -> fmt::Result {
        self.out.write_str(if self.started { ";" } else { "\x1b[" })?;
        self.started = true;
        self.out.write_fmt(parameter)
    }

    fn attributes(&mut self, attrs: Attrs) -> fmt::Result {
        for (_, number) in ATTRIBUTES.iter().filter(|(attr, _)| attrs.contains(*attr)) {
            self.item(format_args!("{number}"))?;
        }
        Ok(())
    }

    fn underline(&mut self, underline: Underline) -> fmt::Result {
        match underline {
            Underline::None => self.item(format_args!("24")),
            Underline::Single => self.item(format_args!("4")),
            Underline::Double => self.item(format_args!("4:2")),
            Underline::Curly => self.item(format_args!("4:3")),
            Underline::Dotted => self.item(format_args!("4:4")),
            Underline::Dashed => self.item(format_args!("4:5")),
        }
    }

    /// `base` is 30 for the foreground, 40 for the background, 50 for the underline.
    fn color(&mut self, color: Color, base: u8) -> fmt::Result {
        match color {
            Color::Default => self.item(format_args!("{}", base + 9)),
            Color::Indexed(index @ 0..8) if base < 50 => self.item(format_args!("{}", base + index)),
            Color::Indexed(index @ 8..16) if base < 50 => self.item(format_args!("{}", base + 52 + index)),
            // Terminals that do not know 58 skip it only when it is one parameter.
            Color::Indexed(index) if base == 50 => self.item(format_args!("58:5:{index}")),
            Color::Rgb(r, g, b) if base == 50 => self.item(format_args!("58:2::{r}:{g}:{b}")),
            Color::Indexed(index) => self.item(format_args!("{};5;{index}", base + 8)),
            Color::Rgb(r, g, b) => self.item(format_args!("{};2;{r};{g};{b}", base + 8)),
        }
    }

    fn end(self) -> fmt::Result {
        if self.started { self.out.write_str("m") } else { Ok(()) }
    }
}

impl Command for SetLink<'_> {
    fn write_ansi(&self, f: &mut impl Write) -> fmt::Result {
        match self.0 {
            // The id joins the pieces of a link that is drawn in several runs.
            Some(target) => write!(f, "\x1b]8;id={:x};{target}\x1b\\", checksum(target)),
            None => f.write_str("\x1b]8;;\x1b\\"),
        }
    }
}

/// FNV-1a: the same number for the same target, nothing more.
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sgr(from: Option<Style>, to: Style) -> String {
        let mut out = String::new();
        SetLook { from, to }.write_ansi(&mut out).unwrap();
        out
    }

    #[test]
    fn looks_are_changed_in_few_bytes() {
        let red = Style { fg: Color::Indexed(1), ..Style::DEFAULT };
        let bold = Style { attrs: Attrs::BOLD, ..red };
        assert_eq!(sgr(Some(Style::DEFAULT), red), "\x1b[31m");
        assert_eq!(sgr(Some(red), bold), "\x1b[1m");
        assert_eq!(sgr(Some(bold), red), "\x1b[0;31m");
        assert_eq!(sgr(Some(red), Style::DEFAULT), "\x1b[39m");
        assert_eq!(sgr(None, Style::DEFAULT), "\x1b[0m");
        assert_eq!(sgr(Some(red), red), "");
    }

    #[test]
    fn colours_take_their_shortest_form() {
        let look = Style {
            fg: Color::Indexed(9),
            bg: Color::Indexed(100),
            underline: Underline::Curly,
            underline_color: Color::Rgb(1, 2, 3),
            ..Style::DEFAULT
        };
        assert_eq!(sgr(Some(Style::DEFAULT), look), "\x1b[4:3;91;48;5;100;58:2::1:2:3m");
    }
}
