//! Which style holds: what the user has set, else what the theme says, else what the server says. And which theme that
//! is, where the user leaves it to the terminal's background.
//!
//! A terminal is asked for its background (OSC 11, ctlseqs) and not waited for. crossterm has no name for the answer
//! and tells it as keys: Alt-], the text, Alt-\. They are taken out of what the user types here.

use std::collections::BTreeMap;

use crate::base::limits::THEME_ANSWER;
use crate::base::{Attrs, Color, KeyCode, Mods, Style};
use crate::config::Theme;
use crate::proto::message::Looks;

use super::input::Gesture;
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
    /// The beginning of what may be its answer.
    held: Vec<Gesture>,
}

impl Themes {
    pub(super) fn new(known: BTreeMap<String, Theme>, colourless: bool, term: &str) -> Self {
        // The console of Linux takes what it does not know for text.
        let answers = !matches!(term, "" | "dumb" | "linux") && !term.starts_with("vt");
        Self { known, colourless, answers, ..Self::default() }
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

    /// Takes the answer out of what the user does; gives what is the user's, and whether the scheme is another now.
    pub(super) fn hear(&mut self, gesture: Gesture) -> (Vec<Gesture>, bool) {
        if !self.waiting || (self.held.is_empty() && !is_key(&gesture, ']', Mods::ALT)) {
            return (vec![gesture], false);
        }
        let ends = is_key(&gesture, '\\', Mods::ALT) || is_key(&gesture, 'g', Mods::CTRL);
        self.held.push(gesture);
        let text: String = self.held.iter().skip(1).map_while(typed).collect();
        if ends {
            let answer = background(&text);
            let held = std::mem::take(&mut self.held);
            let Some(scheme) = answer else { return (held, false) };
            self.waiting = false;
            return (Vec::new(), self.scheme.replace(scheme) != Some(scheme));
        }
        let begins = ANSWER.starts_with(&text) || text.starts_with(ANSWER);
        if text.chars().count() + 1 == self.held.len() && begins && self.held.len() < THEME_ANSWER {
            return (Vec::new(), false);
        }
        (std::mem::take(&mut self.held), false)
    }
}

const AUTO: &str = "auto";
/// How an answer begins, behind its introducer.
const ANSWER: &str = "11;rgb:";

fn name(looks: &Looks) -> &str {
    looks.option("theme").unwrap_or(AUTO)
}

fn is_key(gesture: &Gesture, c: char, mods: Mods) -> bool {
    matches!(gesture, Gesture::Key(key) if key.code == KeyCode::Char(c) && key.mods == mods)
}

fn typed(gesture: &Gesture) -> Option<char> {
    match gesture {
        Gesture::Key(key) if key.mods.is_empty() => match key.code {
            KeyCode::Char(c) => Some(c),
            _ => None,
        },
        _ => None,
    }
}

/// Of `11;rgb:RRRR/GGGG/BBBB`, one to four digits each (XParseColor(3)): by how bright it is to the eye.
fn background(text: &str) -> Option<Scheme> {
    let parts: Vec<&str> = text.strip_prefix(ANSWER)?.split('/').collect();
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
    use crate::base::Key;

    fn themes() -> Themes {
        Themes::new(Theme::builtin(), false, "xterm-256color")
    }

    fn keys(text: &str) -> Vec<Gesture> {
        let key = |name: &str| Gesture::Key(name.parse().unwrap());
        let middle = text.chars().map(|c| Gesture::Key(Key::char(c)));
        [key("M-]")].into_iter().chain(middle).chain([key("M-\\")]).collect()
    }

    fn hears(themes: &mut Themes, gestures: &[Gesture]) -> Vec<Gesture> {
        gestures.iter().flat_map(|gesture| themes.hear(gesture.clone()).0).collect()
    }

    #[test]
    fn the_answer_is_taken_out_of_what_is_typed() {
        let mut themes = themes();
        let answer = keys("11;rgb:ffff/ffff/eeee");
        assert_eq!(hears(&mut themes, &answer), answer, "nobody has asked");
        assert!(themes.ask(Some(&Looks::default())));
        assert!(!themes.ask(Some(&Looks::default())), "one question at a time");
        let x = Gesture::Key(Key::char('x'));
        let all: Vec<Gesture> = [x.clone()].into_iter().chain(answer).chain([x.clone()]).collect();
        assert_eq!(hears(&mut themes, &all), [x.clone(), x]);
        assert_eq!(themes.scheme, Some(Scheme::Light));
    }

    #[test]
    fn what_only_looks_like_one_is_typed() {
        let mut themes = themes();
        themes.ask(Some(&Looks::default()));
        for text in ["11;rgb:zz/0/0", "12;rgb:0/0/0", "", "11;rgb:0/0"] {
            let typed = keys(text);
            assert_eq!(hears(&mut themes, &typed), typed, "{text}");
        }
        let answer = keys("11;rgb:00/10/20");
        assert_eq!(hears(&mut themes, &answer), []);
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
