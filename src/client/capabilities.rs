//! What the outer terminal can: by its name and the variables that it sets, then by what it answers, at last by what
//! the user says of it. Nothing waits for an answer: until one comes, the terminal is taken for one that ignores
//! sequences which it does not know, and is sent nothing that it could show wrongly.

use crate::base::limits::MAX_TERMINAL_NAME;
use crate::base::{Color, Style, Underline};
use crate::config::Features;
use crate::proto::message::Looks;

use super::color::Depth;
use super::input::Answer;

/// Asked of a terminal, in this order: its name (XTVERSION), whether it shows a picture at once and knows clusters (DECRQM
/// 2026, 2027), whether it has kitty's keyboard protocol. DA1, which every terminal answers, comes after them: see
/// [`super::tty`].
pub(super) const QUESTIONS: &[u8] = b"\x1b[>q\x1b[?2026$p\x1b[?2027$p\x1b[?u";

/// Asked of one that has a name, and is not known to show direct colours: XTGETTCAP for RGB, Tc and Smulx.
pub(super) const MORE_QUESTIONS: &[u8] = b"\x1bP+q524742;5463;536D756C78\x1b\\";

/// What drawing has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    pub(super) depth: Depth,
    pub(super) features: Features,
}

impl From<Depth> for Abilities {
    /// A terminal that can everything in these colours.
    fn from(depth: Depth) -> Self {
        Self { depth, features: Features::all() }
    }
}

impl Abilities {
    pub(super) fn can(self, feature: Features) -> bool {
        self.features.contains(feature)
    }

    /// The nearest that the terminal shows.
    pub(super) fn fit_style(self, style: Style) -> Style {
        use crate::base::Attrs;
        let mut style = self.depth.fit_style(style);
        if !self.can(Features::UNDERLINES) {
            style.underline_color = Color::Default;
            if style.underline != Underline::None {
                style.underline = Underline::Single;
            }
        }
        style.attrs.set(Attrs::STRIKE, style.attrs.contains(Attrs::STRIKE) && self.can(Features::STRIKE));
        style.attrs.set(Attrs::OVERLINE, style.attrs.contains(Attrs::OVERLINE) && self.can(Features::OVERLINE));
        style
    }
}

/// All that is known of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Capabilities {
    /// `TERM`.
    term: String,
    /// What it calls itself.
    name: String,
    /// By its names and answers.
    found: Features,
    /// With what the user says.
    features: Features,
    /// `terminal-features` and `terminal-overrides`.
    said: (String, String),
    /// The user wants no colours.
    colourless: bool,
    /// It may be asked: what is not understood is not shown as text.
    answers: bool,
}

impl Capabilities {
    /// From the variables by which terminals say it.
    pub(super) fn of(var: impl Fn(&str) -> Option<String>) -> Self {
        let term = var("TERM").unwrap_or_default();
        let colourless = var("NO_COLOR").is_some_and(|value| !value.is_empty());
        let plain = matches!(term.as_str(), "" | "dumb" | "linux") || term.starts_with("vt");
        // It shows the end of a DECRQM as text.
        let answers = !plain && var("TERM_PROGRAM").as_deref() != Some("Apple_Terminal");
        let found = if plain { Features::ALTERNATE } else { USUAL } | by_variables(&term, &var);
        let mut capabilities =
            Self { term, name: String::new(), found, features: found, said: Default::default(), colourless, answers };
        if is_xterm(&capabilities.term, &var) {
            capabilities.name = var("XTERM_VERSION").unwrap_or_default();
        }
        capabilities
    }

    /// Of a terminal that can everything and answers nothing.
    #[cfg(test)]
    pub(super) fn full() -> Self {
        let features = Features::all();
        Self { found: features, features, answers: false, ..Self::of(|_| None) }
    }

    pub(super) fn answers(&self) -> bool {
        self.answers
    }

    pub(super) fn features(&self) -> Features {
        self.features
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn abilities(&self) -> Abilities {
        let depth = match self.features {
            _ if self.colourless => Depth::Monochrome,
            features if features.contains(Features::RGB) => Depth::Direct,
            features if features.contains(Features::PALETTE) => Depth::Palette,
            _ => Depth::Sixteen,
        };
        Abilities { depth, features: self.features }
    }

    /// It tells keys apart when asked by XTMODKEYS, and has not heard of kitty's protocol.
    pub(super) fn has_modify_other_keys(&self) -> bool {
        ["XTerm(", "mintty "].iter().any(|name| self.name.starts_with(name))
    }

    /// It has answered.
    pub(super) fn hear(&mut self, answer: &Answer) {
        match answer {
            Answer::Name(name) => {
                self.name = name.chars().take(MAX_TERMINAL_NAME).collect();
                self.found |= by_name(&self.name);
            }
            // 1: set, 2: not set, 3: for ever set.
            Answer::Mode { mode: 2026, state: 1..=3 } => self.found |= Features::SYNC,
            Answer::Mode { mode: 2027, state: 1 | 3 } => self.found |= Features::CLUSTERS,
            Answer::Keyboard => self.found |= Features::KEYS,
            Answer::Capabilities(names) => {
                self.found |= names.iter().filter_map(|name| Features::of_capability(name)).collect::<Features>();
            }
            // 4: sixel graphics, 52: the clipboard.
            Answer::Attributes(numbers) => {
                self.found.set(Features::SIXEL, self.found.contains(Features::SIXEL) || numbers.contains(&4));
            }
            _ => {}
        }
        self.combine();
    }

    /// More may be asked: it has a name and is not known to show all colours.
    pub(super) fn wants_more(&self, answer: &Answer) -> bool {
        matches!(answer, Answer::Name(_)) && !self.features.contains(Features::RGB)
    }

    /// What the user says of it counts more than what it says itself.
    pub(super) fn follow(&mut self, looks: &Looks) {
        let text = |name: &str| looks.option(name).unwrap_or_default().to_owned();
        self.said = (text("terminal-features"), text("terminal-overrides"));
        self.combine();
    }

    fn combine(&mut self) {
        self.features = self.found.overridden(&self.said.0, &self.said.1, &self.term);
    }
}

/// What a terminal has that goes by ECMA-48 and xterm: it knows these, or ignores them.
const USUAL: Features = Features::PASTE
    .union(Features::CURSOR_COLOUR)
    .union(Features::CLIPBOARD)
    .union(Features::CURSOR_STYLE)
    .union(Features::FOCUS)
    .union(Features::HYPERLINKS)
    .union(Features::MOUSE)
    .union(Features::OVERLINE)
    .union(Features::STRIKE)
    .union(Features::TITLE)
    .union(Features::ALTERNATE);

/// What all terminals of the last years have.
const MODERN: Features = Features::RGB.union(Features::PALETTE).union(Features::UNDERLINES);

/// With all that is beyond that, but for clusters, of which the terminal itself has to say that it knows them: many of
/// these have learned that late (kitty 0.26 shows each character for itself).
const ALL: Features = MODERN.union(Features::SYNC).union(Features::KEYS);

fn by_variables(term: &str, var: &impl Fn(&str) -> Option<String>) -> Features {
    let mut found = Features::empty();
    let direct = matches!(var("COLORTERM").as_deref(), Some("truecolor" | "24bit"));
    if direct || term.contains("direct") || term.contains("truecolor") {
        found |= Features::RGB | Features::PALETTE;
    }
    if term.contains("256") {
        found |= Features::PALETTE;
    }
    if let Some((_, features)) = BY_TERM.iter().find(|(name, _)| term == *name || term.starts_with(&format!("{name}-")))
    {
        found |= *features;
    }
    // Since 5202 VTE has underlines with styles; within another multiplexer the variable is only inherited.
    let vte = var("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    if !is_inside(term, var) && (vte.is_some_and(|version| version >= 5202) || var("WT_SESSION").is_some()) {
        found |= MODERN;
    }
    found
}

/// Terminals that are known by `TERM` alone.
const BY_TERM: &[(&str, Features)] = &[
    ("alacritty", MODERN.union(Features::SYNC).union(Features::KEYS)),
    ("foot", ALL),
    ("xterm-ghostty", ALL),
    ("xterm-kitty", ALL),
    ("wezterm", MODERN.union(Features::SYNC)),
];

/// By the beginning of what they answer to XTVERSION; tmux knows most of them by the same.
const BY_NAME: &[(&str, Features)] = &[
    ("ghostty ", ALL),
    ("kitty(", ALL),
    ("foot(", ALL),
    ("WezTerm ", MODERN.union(Features::SYNC)),
    ("iTerm2 ", MODERN.union(Features::SYNC)),
    ("mintty ", MODERN.union(Features::KEYS)),
    ("contour ", MODERN.union(Features::SYNC)),
    ("Konsole ", Features::RGB.union(Features::PALETTE)),
    ("VTE(", MODERN),
    ("tmux ", MODERN),
    ("mux ", ALL),
    ("XTerm(", Features::PALETTE.union(Features::KEYS)),
];

fn by_name(name: &str) -> Features {
    BY_NAME.iter().filter(|(known, _)| name.starts_with(known)).map(|(_, features)| *features).collect()
}

/// Another multiplexer is between us and the terminal whose variables are here.
fn is_inside(term: &str, var: &impl Fn(&str) -> Option<String>) -> bool {
    let inside = ["TMUX", "STY", "MUX"].iter().any(|name| var(name).is_some());
    inside || term.starts_with("screen") || term.starts_with("tmux")
}

fn is_xterm(term: &str, var: &impl Fn(&str) -> Option<String>) -> bool {
    let named = var("XTERM_VERSION").is_some_and(|version| version.starts_with("XTerm("));
    named && term.starts_with("xterm") && !is_inside(term, var)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Attrs;

    fn of(vars: &[(&str, &str)]) -> Capabilities {
        Capabilities::of(|name| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn variables_decide_about_colours() {
        let depth = |vars: &[(&str, &str)]| of(vars).abilities().depth;
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Palette);
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::Direct);
        assert_eq!(depth(&[("TERM", "xterm-direct")]), Depth::Direct);
        assert_eq!(depth(&[("TERM", "foot-extra")]), Depth::Direct);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), Depth::Monochrome);
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Depth::Palette);
    }

    #[test]
    fn answers_add_to_it_and_the_user_has_the_last_word() {
        let mut terminal = of(&[("TERM", "xterm-256color")]);
        assert!(!terminal.features().intersects(Features::SYNC | Features::RGB | Features::UNDERLINES));
        terminal.hear(&Answer::Mode { mode: 2026, state: 0 });
        assert!(!terminal.features().contains(Features::SYNC));
        terminal.hear(&Answer::Mode { mode: 2026, state: 2 });
        assert!(terminal.features().contains(Features::SYNC));
        let name = Answer::Name("foot(1.16)".into());
        terminal.hear(&name);
        assert!(terminal.features().contains(MODERN) && !terminal.wants_more(&name));
        let option = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let options = vec![option("terminal-overrides", "xterm*:RGB@"), option("terminal-features", "xterm*:sixel")];
        terminal.follow(&Looks { options, titles: Vec::new() });
        assert!(terminal.features().contains(Features::SIXEL) && !terminal.features().contains(Features::RGB));
        terminal.follow(&Looks::default());
        assert!(terminal.features().contains(Features::RGB));
    }

    #[test]
    fn an_xterm_is_known_by_what_it_sets() {
        assert!(of(&[("TERM", "xterm-256color"), ("XTERM_VERSION", "XTerm(398)")]).has_modify_other_keys());
        assert!(!of(&[("TERM", "xterm-256color")]).has_modify_other_keys());
        assert!(!of(&[("TERM", "tmux-256color"), ("XTERM_VERSION", "XTerm(398)")]).has_modify_other_keys());
        let inherited = [("TERM", "xterm"), ("XTERM_VERSION", "XTerm(398)"), ("TMUX", "/tmp/x,1,0")];
        assert!(!of(&inherited).has_modify_other_keys());
        let mut named = of(&[("TERM", "xterm")]);
        named.hear(&Answer::Name("XTerm(379)".into()));
        assert!(named.has_modify_other_keys());
    }

    #[test]
    fn what_a_terminal_cannot_show_becomes_the_next_best() {
        let style = Style {
            fg: Color::Rgb(255, 0, 0),
            underline: Underline::Curly,
            underline_color: Color::Indexed(1),
            attrs: Attrs::BOLD | Attrs::STRIKE | Attrs::OVERLINE,
            ..Style::DEFAULT
        };
        let console = of(&[("TERM", "linux")]).abilities().fit_style(style);
        assert_eq!((console.fg, console.underline, console.attrs), (Color::Indexed(9), Underline::Single, Attrs::BOLD));
        assert_eq!(console.underline_color, Color::Default);
        assert_eq!(of(&[("TERM", "xterm-kitty")]).abilities().fit_style(style), style);
        assert!(!of(&[("TERM", "linux")]).answers() && of(&[("TERM", "xterm")]).answers());
    }
}
