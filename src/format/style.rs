//! Styles in words, by tmux's names (tmux(1), STYLES).

use super::pieces::{Piece, pieces};
use super::placed::{Align, ListPart, Range};
use crate::base::{Attrs, Color, Style, Underline};

#[derive(Clone, Copy)]
enum Effect {
    Attr(Attrs),
    Line(Underline),
    /// Known, and without a meaning here: a terminal's alternate character set.
    Nothing,
}

const ATTRIBUTES: &[(&str, Effect)] = &[
    ("acs", Effect::Nothing),
    ("blink", Effect::Attr(Attrs::BLINK)),
    ("bold", Effect::Attr(Attrs::BOLD)),
    ("bright", Effect::Attr(Attrs::BOLD)),
    ("curly-underscore", Effect::Line(Underline::Curly)),
    ("dashed-underscore", Effect::Line(Underline::Dashed)),
    ("dim", Effect::Attr(Attrs::DIM)),
    ("dotted-underscore", Effect::Line(Underline::Dotted)),
    ("double-underscore", Effect::Line(Underline::Double)),
    ("hidden", Effect::Attr(Attrs::CONCEAL)),
    ("italics", Effect::Attr(Attrs::ITALIC)),
    ("overline", Effect::Attr(Attrs::OVERLINE)),
    ("reverse", Effect::Attr(Attrs::REVERSE)),
    ("strikethrough", Effect::Attr(Attrs::STRIKE)),
    ("underscore", Effect::Line(Underline::Single)),
];

/// Words of tmux's that mean nothing here.
const NOTHING: &[&str] = &["ignore", "noignore", "noattr"];
const NOTHING_WITH_VALUE: &[&str] = &["width=", "pad="];

const COLOURS: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// Where on a line text is, and what a click on it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) align: Option<Align>,
    pub(super) list: ListPart,
    pub(super) range: Option<Range>,
    /// What the whole line is filled with.
    pub(super) fill: Option<Color>,
}

/// What words change, and what they go back to.
pub(super) struct Pen {
    base: Style,
    /// `base`, or what `push-default` set.
    default: Style,
    pub(super) now: Style,
    pub(super) place: Place,
}

pub(super) fn parse(text: &str, over: Style) -> Result<Style, String> {
    let mut pen = Pen::new(over);
    words(text).try_for_each(|word| pen.apply(word))?;
    Ok(pen.now)
}

pub(super) fn runs(text: &str, base: Style) -> Vec<(String, Style)> {
    let mut pen = Pen::new(base);
    let mut runs: Vec<(String, Style)> = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Style { words, .. } => pen.apply_known(words),
            Piece::Text { shown, .. } => match runs.last_mut() {
                Some((run, style)) if *style == pen.now => run.push_str(shown),
                _ => runs.push((shown.to_owned(), pen.now)),
            },
        }
    }
    runs
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\n']).filter(|word| !word.is_empty())
}

impl Pen {
    pub(super) fn new(base: Style) -> Self {
        Self { base, default: base, now: base, place: Place::default() }
    }

    /// Those words that mean something; the others count as nothing.
    pub(super) fn apply_known(&mut self, text: &str) {
        words(text).for_each(|word| self.apply(word).unwrap_or(()));
    }

    fn apply(&mut self, word: &str) -> Result<(), String> {
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "default" => self.now = self.default,
            "none" => self.clear(),
            "push-default" => self.default = self.now,
            "pop-default" => self.default = self.base,
            "noalign" => self.place.align = None,
            "nolist" => self.place.list = ListPart::Off,
            "norange" => self.place.range = None,
            known if NOTHING.contains(&known) => {}
            known if NOTHING_WITH_VALUE.iter().any(|name| known.starts_with(name)) => {}
            other => return self.placing(other, word).unwrap_or_else(|| self.colour_or_attribute(other)),
        }
        Ok(())
    }

    /// The words that place text; `None` for another one.
    fn placing(&mut self, lower: &str, word: &str) -> Option<Result<(), String>> {
        let (name, value) = lower.split_once('=')?;
        let known = match name {
            "align" => Align::named(value).map(|align| self.place.align = Some(align)),
            "list" => ListPart::named(value).map(|list| self.place.list = list),
            // What a range is about may have capitals.
            "range" => Range::read(&word[name.len() + 1..]).map(|range| self.place.range = Some(range)),
            "fill" => return Some(colour(value).map(|colour| self.place.fill = Some(colour))),
            _ => return None,
        };
        Some(known.ok_or_else(|| format!("'{word}' is no style: {name} has no '{value}'")))
    }

    fn clear(&mut self) {
        self.now.attrs = Attrs::empty();
        self.now.underline = Underline::None;
    }

    fn colour_or_attribute(&mut self, word: &str) -> Result<(), String> {
        let Some((part, name)) = word.split_once('=') else {
            return word.split('|').try_for_each(|name| self.attribute(name));
        };
        let (slot, default) = match part {
            "fg" => (&mut self.now.fg, self.default.fg),
            "bg" => (&mut self.now.bg, self.default.bg),
            "us" => (&mut self.now.underline_color, self.default.underline_color),
            _ => return Err(format!("'{word}' is no style: expected fg=, bg= or us= and a colour")),
        };
        *slot = if name == "default" { default } else { colour(name)? };
        Ok(())
    }

    fn attribute(&mut self, word: &str) -> Result<(), String> {
        let (name, on) = word.strip_prefix("no").map_or((word, true), |name| (name, false));
        let known = ATTRIBUTES.iter().find(|(known, _)| *known == name);
        let (_, effect) = known.ok_or_else(|| format!("'{word}' is no style: expected bold, fg=red and the like"))?;
        self.set(*effect, on);
        Ok(())
    }

    fn set(&mut self, effect: Effect, on: bool) {
        match effect {
            Effect::Attr(attr) => self.now.attrs.set(attr, on),
            Effect::Line(line) if on => self.now.underline = line,
            Effect::Line(line) if self.now.underline == line => self.now.underline = Underline::None,
            Effect::Line(_) | Effect::Nothing => {}
        }
    }
}

/// A colour by its name in lower case. `terminal` is the terminal's own, whatever `default` means here.
fn colour(name: &str) -> Result<Color, String> {
    let number = name.strip_prefix("colour").or_else(|| name.strip_prefix("color"));
    let found = match (name.strip_prefix('#'), number) {
        (Some(hex), _) => direct(hex),
        (_, Some(number)) => number.parse().ok().map(Color::Indexed),
        _ if name == "terminal" => Some(Color::Default),
        _ => basic(name).map(Color::Indexed),
    };
    found.ok_or_else(|| format!("'{name}' is no colour: expected red, brightred, colour0 to colour255 or #rrggbb"))
}

fn direct(hex: &str) -> Option<Color> {
    let number = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6 && !hex.starts_with('+'))?;
    let [_, r, g, b] = number.to_be_bytes();
    Some(Color::Rgb(r, g, b))
}

/// The sixteen with names, also by their SGR-like numbers 0 to 7 and 90 to 97.
fn basic(name: &str) -> Option<u8> {
    let (plain, bright) = name.strip_prefix("bright").map_or((name, 0), |plain| (plain, 8));
    if let Some(index) = COLOURS.iter().position(|known| *known == plain) {
        return u8::try_from(index).ok().map(|index| index + bright);
    }
    match name.parse() {
        Ok(index @ 0..=7) => Some(index),
        Ok(index @ 90..=97) => Some(index - 90 + 8),
        _ => None,
    }
}
