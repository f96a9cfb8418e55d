//! Which style holds: what the user has set, else what the theme says, else what the server says. And which theme that
//! is, where the user leaves it to the terminal's background.
//!
//! A terminal is asked for its background (OSC 11, ctlseqs) and not waited for.

use std::collections::BTreeMap;

use crate::base::{Attrs, Color, Style};
use crate::config::Theme;
use crate::proto::message::Looks;

use super::input::Answer;
use super::status::look;

/// Whether a background is dark or light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Dark,
    Light,
}

/// What the terminal is asked.
pub(super) const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

/// The themes, and what is known of the terminal.
#[derive(Debug, Default)]
pub(super) struct Themes {
    known: BTreeMap<String, Theme>,
    scheme: Option<Scheme>,
    /// It shows no colours: what they say is said by attributes.
    colourless: bool,
    /// It may be asked.
    answers: bool,
    /// It was asked and has not answered.
    waiting: bool,
}

impl Themes {
    pub(super) fn new(known: BTreeMap<String, Theme>, colourless: bool, term: &str) -> Self {
        // The console of Linux takes what it does not know for text.
        let answers = !matches!(term, "" | "dumb" | "linux") && !term.starts_with("vt");
        Self { known, colourless, answers, ..Self::default() }
    }

    /// They were read anew.
    pub(super) fn replace(&mut self, known: BTreeMap<String, Theme>) {
        self.known = known;
    }

    /// Whether the terminal is to be asked now.
    pub(super) fn ask(&mut self, looks: Option<&Looks>) -> bool {
        let asks = self.answers && !self.waiting && looks.is_some_and(|looks| name(looks) == AUTO);
        self.waiting |= asks;
        asks
    }

    /// A theme that is asked for and not there.
    pub(super) fn missing<'a>(&self, looks: &'a Looks) -> Option<&'a str> {
        Some(name(looks)).filter(|name| *name != AUTO && !self.known.contains_key(*name))
    }

    /// The style of this option. `usual` is what holds without themes.
    pub(super) fn style(&self, option: &str, looks: Option<&Looks>, usual: &str, over: Style) -> Style {
        self.seen(look(self.text(option, looks, usual), over))
    }

    /// The same in words, as for any option.
    pub(super) fn text<'a>(&'a self, option: &str, looks: Option<&'a Looks>, usual: &'a str) -> &'a str {
        let own = looks.and_then(|looks| looks.option(option));
        let theme = looks.and_then(|looks| self.known.get(self.chosen(looks)));
        own.or_else(|| theme.and_then(|theme| theme.style(option))).unwrap_or(usual)
    }

    /// A style as this terminal is to show it.
    pub(super) fn seen(&self, style: Style) -> Style {
        if self.colourless { without_colours(style) } else { style }
    }

    fn chosen<'a>(&self, looks: &'a Looks) -> &'a str {
        match (name(looks), self.scheme) {
            (AUTO, Some(Scheme::Dark)) => "dark",
            (AUTO, Some(Scheme::Light)) => "light",
            (AUTO, None) => "plain",
            (name, _) => name,
        }
    }

    // ---- the terminal's answer -----------------------------------------------------------------------------------

    /// Takes the terminal's answer, if this is it; gives whether the scheme is another now.
    pub(super) fn hear(&mut self, answer: &Answer) -> bool {
        let Answer::Color { number: 11, value } = answer else { return false };
        self.waiting = false;
        background(value).is_some_and(|scheme| self.scheme.replace(scheme) != Some(scheme))
    }
}

const AUTO: &str = "auto";

fn name(looks: &Looks) -> &str {
    looks.option("theme").unwrap_or(AUTO)
}

/// Of `rgb:RRRR/GGGG/BBBB`, one to four digits each (XParseColor(3)): by how bright it is to the eye.
fn background(text: &str) -> Option<Scheme> {
    let parts: Vec<&str> = text.strip_prefix("rgb:")?.split('/').collect();
    let [r, g, b] = parts[..] else { return None };
    let level = |hex: &str| {
        let most = 16u32.checked_pow(u32::try_from(hex.len()).ok().filter(|length| (1..=4).contains(length))?)? - 1;
        Some(f64::from(u32::from_str_radix(hex, 16).ok()?) / f64::from(most))
    };
    // ITU-R BT.709.
    let light = 0.2126 * level(r)? + 0.7152 * level(g)? + 0.0722 * level(b)?;
    Some(if light < 0.5 { Scheme::Dark } else { Scheme::Light })
}

/// What a coloured bar says is said by reversing it, and what a coloured text says by boldness.
fn without_colours(style: Style) -> Style {
    let attrs = match (style.bg, style.fg) {
        (Color::Default, Color::Default) => Attrs::empty(),
        (Color::Default, _) => Attrs::BOLD,
        _ => Attrs::REVERSE,
    };
    Style { attrs: style.attrs | attrs, ..style }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn themes() -> Themes {
        Themes::new(Theme::builtin(), false, "xterm-256color")
    }

    fn hears(themes: &mut Themes, number: u32, value: &str) -> bool {
        themes.hear(&Answer::Color { number, value: value.to_owned() })
    }

    #[test]
    fn the_terminal_says_how_bright_it_is() {
        let mut themes = themes();
        assert!(themes.ask(Some(&Looks::default())));
        assert!(!themes.ask(Some(&Looks::default())), "one question at a time");
        assert!(hears(&mut themes, 11, "rgb:ffff/ffff/eeee"));
        assert_eq!(themes.scheme, Some(Scheme::Light));
        assert!(!hears(&mut themes, 11, "rgb:ff/ff/ff"), "that was known");
        assert!(themes.ask(Some(&Looks::default())), "it has answered");
        assert!(!hears(&mut themes, 10, "rgb:00/00/00"), "that is the text's colour");
        for nonsense in ["rgb:zz/0/0", "", "rgb:0/0", "rgb:00000/0/0", "red"] {
            assert!(!hears(&mut themes, 11, nonsense), "{nonsense}");
        }
        assert!(hears(&mut themes, 11, "rgb:00/10/20"));
        assert_eq!(themes.scheme, Some(Scheme::Dark));
    }

    #[test]
    fn what_is_set_counts_more_than_the_theme() {
        let mut themes = themes();
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let bg =
            |themes: &Themes, looks: &Looks| themes.style("status-style", Some(looks), "bg=red", Style::DEFAULT).bg;
        assert_eq!(bg(&themes, &Looks::default()), Color::Indexed(2), "plain while nothing is known");
        themes.scheme = Some(Scheme::Dark);
        assert_eq!(bg(&themes, &Looks::default()), Color::Rgb(0x26, 0x2b, 0x36));
        let looks = Looks { options: vec![set("theme", "light"), set("status-style", "bg=blue")], titles: vec![] };
        assert_eq!(bg(&themes, &looks), Color::Indexed(4));
        let looks = Looks { options: vec![set("theme", "nope")], titles: vec![] };
        assert_eq!((bg(&themes, &looks), themes.missing(&looks)), (Color::Indexed(1), Some("nope")));
        assert_eq!(
            themes.style("status-style", None, "bg=red", Style::DEFAULT).bg,
            Color::Indexed(1),
            "an older server"
        );
    }

    /// The contrast of two colours by WCAG 2.
    fn contrast(a: Color, b: Color) -> f64 {
        let light = |color: Color| {
            let Color::Rgb(r, g, b) = color else { panic!("{color:?}") };
            let part = |level: u8| {
                let level = f64::from(level) / 255.0;
                if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b) + 0.05
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_text_can_be_read() {
        for (name, least) in [("dark", 4.5), ("light", 4.5), ("high-contrast", 15.0)] {
            let theme = &Theme::builtin()[name];
            let style = |option: &str, over| look(theme.style(option).unwrap(), over);
            let line = style("status-style", Style::DEFAULT);
            for (option, over) in [
                ("status-style", Style::DEFAULT),
                ("window-status-style", line),
                ("window-status-current-style", line),
                ("message-style", Style::DEFAULT),
            ] {
                let style = style(option, over);
                assert!(contrast(style.fg, style.bg) >= least, "{name}: {option}");
            }
        }
    }
}
