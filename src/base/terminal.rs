//! What terminals can, by tmux's names, and what a user says of them: `terminal-features` (`xterm*:RGB:usstyle`) and
//! `terminal-overrides` (`*256col*:Tc`), in which capabilities of terminfo stand for the same.

use bitflags::bitflags;

bitflags! {
    /// What an outer terminal can beside showing text.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Features: u32 {
        /// 256 colours.
        const PALETTE = 1;
        /// Pastes are marked.
        const PASTE = 1 << 1;
        /// The cursor's colour can be set.
        const CURSOR_COLOUR = 1 << 2;
        /// Its clipboard can be written (OSC 52).
        const CLIPBOARD = 1 << 3;
        /// The cursor's shape can be set.
        const CURSOR_STYLE = 1 << 4;
        /// Keys can be told apart that were one.
        const KEYS = 1 << 5;
        /// It tells when it has the focus.
        const FOCUS = 1 << 6;
        const HYPERLINKS = 1 << 7;
        const MARGINS = 1 << 8;
        const MOUSE = 1 << 9;
        const OVERLINE = 1 << 10;
        /// Direct colours.
        const RGB = 1 << 11;
        const STRIKE = 1 << 12;
        /// A picture can be shown at once (mode 2026).
        const SYNC = 1 << 13;
        const TITLE = 1 << 14;
        /// Underlines have styles and colours.
        const UNDERLINES = 1 << 15;
        const SIXEL = 1 << 16;
        /// It has a second screen. tmux has no name for that, but for its absence (`smcup@`).
        const ALTERNATE = 1 << 17;
        /// It shows a grapheme cluster in the cells that Unicode gives it (mode 2027). tmux has no name for that either.
        const CLUSTERS = 1 << 18;
    }
}

/// By tmux's names, sorted.
const NAMES: &[(&str, Features)] = &[
    ("256", Features::PALETTE),
    ("RGB", Features::RGB),
    ("bpaste", Features::PASTE),
    ("ccolour", Features::CURSOR_COLOUR),
    ("clipboard", Features::CLIPBOARD),
    ("cstyle", Features::CURSOR_STYLE),
    ("extkeys", Features::KEYS),
    ("focus", Features::FOCUS),
    ("hyperlinks", Features::HYPERLINKS),
    ("margins", Features::MARGINS),
    ("mouse", Features::MOUSE),
    ("overline", Features::OVERLINE),
    ("sixel", Features::SIXEL),
    ("strikethrough", Features::STRIKE),
    ("sync", Features::SYNC),
    ("title", Features::TITLE),
    ("usstyle", Features::UNDERLINES),
];

/// Capabilities of terminfo, among them those of tmux's own (tmux(1), "TERMINFO EXTENSIONS").
const CAPABILITIES: &[(&str, Features)] = &[
    ("Cr", Features::CURSOR_COLOUR),
    ("Cs", Features::CURSOR_COLOUR),
    ("Dsbp", Features::PASTE),
    ("Dseks", Features::KEYS),
    ("Dsfcs", Features::FOCUS),
    ("Enbp", Features::PASTE),
    ("Eneks", Features::KEYS),
    ("Enfcs", Features::FOCUS),
    ("Hls", Features::HYPERLINKS),
    ("Ms", Features::CLIPBOARD),
    ("RGB", Features::RGB),
    ("Se", Features::CURSOR_STYLE),
    ("Setulc", Features::UNDERLINES),
    ("Setulc1", Features::UNDERLINES),
    ("Smol", Features::OVERLINE),
    ("Smulx", Features::UNDERLINES),
    ("Ss", Features::CURSOR_STYLE),
    ("Sxl", Features::SIXEL),
    ("Sync", Features::SYNC),
    ("TS", Features::TITLE),
    ("Tc", Features::RGB),
    ("fsl", Features::TITLE),
    ("kmous", Features::MOUSE),
    ("rmcup", Features::ALTERNATE),
    ("smcup", Features::ALTERNATE),
    ("smxx", Features::STRIKE),
    ("tsl", Features::TITLE),
];

impl Features {
    /// By tmux's name.
    pub fn named(name: &str) -> Option<Self> {
        lookup(NAMES, name)
    }

    /// By terminfo's name.
    pub fn of_capability(name: &str) -> Option<Self> {
        lookup(CAPABILITIES, name)
    }

    /// tmux's names with commas between them.
    pub fn list(self) -> String {
        let held: Vec<&str> = NAMES.iter().filter(|(_, flag)| self.contains(*flag)).map(|&(name, _)| name).collect();
        held.join(",")
    }

    /// What is said of a terminal counts more than what is known of it.
    pub fn overridden(self, features: &str, overrides: &str, term: &str) -> Self {
        let said = entries(features).filter(|(pattern, _)| fits(pattern, term));
        let more = said.flat_map(|(_, names)| names).filter_map(Self::named);
        let mut all = more.fold(self, |all, feature| all | feature);
        for (_, changes) in entries(overrides).filter(|(pattern, _)| fits(pattern, term)) {
            for (feature, on) in changes.filter_map(change) {
                all.set(feature, on);
            }
        }
        all
    }
}

fn lookup(table: &[(&str, Features)], name: &str) -> Option<Features> {
    table.iter().find(|(known, _)| *known == name).map(|&(_, feature)| feature)
}

/// Each terminal's pattern, and what follows it.
fn entries(text: &str) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(|entry| {
        let mut parts = entry.split(':');
        (parts.next().unwrap_or_default(), parts)
    })
}

/// `Tc`, `smcup@` (without it), `Ms=…` (however it is done) and `colors=256`.
fn change(text: &str) -> Option<(Features, bool)> {
    match text.split_once('=') {
        Some(("colors", number)) => Some((Features::PALETTE, number.parse::<u32>().ok()? >= 256)),
        Some((name, _)) => Some((Features::of_capability(name)?, true)),
        None => Some(match text.strip_suffix('@') {
            Some(name) => (Features::of_capability(name)?, false),
            None => (Features::of_capability(text)?, true),
        }),
    }
}

/// Whether `terminal-features` can say this.
pub fn are_features(text: &str) -> bool {
    entries(text).all(|(_, mut names)| names.all(|name| Features::named(name).is_some()))
}

/// Whether `terminal-overrides` can.
pub fn are_overrides(text: &str) -> bool {
    entries(text).all(|(_, mut changes)| changes.all(|text| change(text).is_some()))
}

/// The names that can be given, for people.
pub fn feature_names() -> String {
    NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

pub fn capability_names() -> String {
    CAPABILITIES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// A name against a pattern with `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = rest.as_str();
            name.char_indices().any(|(at, _)| fits(rest, &name[at..])) || fits(rest, "")
        }
        Some(c) => {
            let mut chars = name.chars();
            chars.next().is_some_and(|first| c == '?' || c == first) && fits(rest.as_str(), chars.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tmux_s_users_have_in_their_files_counts() {
        let of = |features: &str, overrides: &str, term: &str| {
            Features::ALTERNATE.overridden(features, overrides, term) - Features::ALTERNATE
        };
        assert_eq!(of(",xterm*:RGB", "", "xterm-256color"), Features::RGB);
        assert_eq!(of(",xterm*:RGB", "", "foot"), Features::empty());
        assert_eq!(of("foot:RGB:usstyle,xterm*:sync", "", "foot"), Features::RGB | Features::UNDERLINES);
        assert_eq!(of("", ",*256col*:Tc", "xterm-256color"), Features::RGB);
        assert_eq!(
            of("", ",*:Smulx=\\E[4::%p1%dm,*:Ss=\\E[%p1%d q:Se=\\E[2 q", "x"),
            Features::UNDERLINES | Features::CURSOR_STYLE
        );
        assert_eq!(of("*:RGB", "*:RGB@", "x"), Features::empty());
        assert_eq!(of("", "x*:colors=256", "xterm"), Features::PALETTE);
        let without = Features::all().overridden("", "xterm*:smcup@:rmcup@", "xterm");
        assert_eq!(without, Features::all() - Features::ALTERNATE);
    }

    #[test]
    fn what_is_not_known_is_told() {
        assert!(are_features("xterm*:RGB,,foot:sync") && are_features("xterm") && !are_features("xterm*:rgb"));
        assert!(are_overrides(",*:Tc:smcup@,x:Ms=\\E]52;c;%p2%s\\7") && !are_overrides("*:Foo"));
        assert!(!are_overrides("*:colors=many"));
    }

    #[test]
    fn tables_can_be_read() {
        let sorted = |table: &[(&str, Features)]| table.is_sorted_by_key(|(name, _)| *name);
        assert!(sorted(NAMES) && sorted(CAPABILITIES));
        assert_eq!((Features::SYNC | Features::RGB).list(), "RGB,sync");
    }

    #[test]
    fn patterns_are_those_of_files() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("*", "xterm", true),
            ("xterm*", "xterm", true),
            ("*256col*", "xterm-256color", true),
            ("x?erm", "xterm", true),
            ("xterm", "xterm-256color", false),
            ("?", "", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
