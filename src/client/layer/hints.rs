//! Two letters over every URL, path, hash and address on a pane: typed, they copy it; with the second as a capital,
//! they open it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::{Paragraph, Widget};

use crate::base::{Attrs, Color, Key, KeyCode, Line, Point, Rect, Size, Style, Underline};
use crate::client::copy::spots;
use crate::client::plate::{Plate, ui};

use super::{Action, Layer, Room, Taken};

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
struct Target {
    text: String,
    /// Its characters, each with its place on the terminal.
    cells: Vec<(Point, String)>,
    label: [char; 2],
}

pub(in crate::client) struct Hints {
    targets: Vec<Target>,
    first: Option<char>,
    /// Small letters open, capitals copy.
    opens: bool,
}

/// The letters of labels, those under the fingers first.
const LETTERS: &str = "asdfghjklqwertyuiopzxcvbnm";

impl Hints {
    /// For these lines, each with where it begins on the terminal; `None` where there is nothing to choose.
    pub(in crate::client) fn new<'a>(lines: impl Iterator<Item = (Point, &'a Line)>, opens: bool) -> Option<Self> {
        let mut targets = found(lines);
        label(&mut targets);
        (!targets.is_empty()).then_some(Self { targets, first: None, opens })
    }

    fn choose(&self, first: char, second: char) -> Vec<Action> {
        let label = [first, second.to_ascii_lowercase()];
        let Some(target) = self.targets.iter().find(|target| target.label == label) else { return Vec::new() };
        let text = target.text.clone();
        vec![if second.is_ascii_uppercase() == self.opens { Action::Copy(text) } else { Action::Open(text) }]
    }
}

impl Layer for Hints {
    fn key(&mut self, key: Key) -> Taken {
        let KeyCode::Char(c) = key.code else { return Taken::Close(Vec::new()) };
        if !c.is_ascii_alphabetic() || !key.mods.is_empty() {
            return Taken::Close(Vec::new());
        }
        match self.first {
            Some(first) => Taken::Close(self.choose(first, c)),
            None if self.targets.iter().any(|target| target.label[0] == c.to_ascii_lowercase()) => {
                self.first = Some(c.to_ascii_lowercase());
                Taken::Stay
            }
            None => Taken::Close(Vec::new()),
        }
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        let (small, capital) = if self.opens { ("opens", "copies") } else { ("copies", "opens") };
        let help = format!("two letters: the second {small}, as a capital {capital}; another key leaves");
        let line = Rect::new(room.line, 0, Size::new(room.size.cols, 1));
        let foot = Plate::new(line, Paragraph::new(help).style(ui(room.message_style)));
        vec![Plate::open(Rect::new(0, 0, room.size), Labels(self)), foot]
    }
}

struct Labels<'a>(&'a Hints);

const TARGET: Style = Style { fg: Color::Indexed(6), underline: Underline::Single, ..Style::DEFAULT };

impl Widget for Labels<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let mut put = |at: Point, text: &str, style: Style| {
            if area.contains((at.col.0, at.row.0).into()) {
                buffer.set_stringn(at.col.0, at.row.0, text, usize::from(area.right() - at.col.0), ui(style));
            }
        };
        let label = Style { fg: Color::Indexed(0), bg: Color::Indexed(3), attrs: Attrs::BOLD, ..Style::DEFAULT };
        let typed = Style { attrs: Attrs::DIM, ..label };
        let chosen = |target: &&Target| self.0.first.is_none_or(|first| target.label[0] == first);
        for target in self.0.targets.iter().filter(chosen) {
            target.cells.iter().for_each(|(at, text)| put(*at, text, TARGET));
            let first = if self.0.first.is_some() { typed } else { label };
            for ((at, _), (letter, style)) in target.cells.iter().zip(target.label.iter().zip([first, label])) {
                put(*at, letter.encode_utf8(&mut [0; 4]), style);
            }
        }
    }
}

/// The same text has the same label; the lowest of the screen have the letters that are nearest.
fn label(targets: &mut Vec<Target>) {
    let labels = LETTERS.chars().flat_map(|first| LETTERS.chars().map(move |second| [first, second]));
    let mut labels = labels.into_iter();
    let mut known: HashMap<String, [char; 2]> = HashMap::new();
    for target in targets.iter_mut().rev() {
        let label = known.get(&target.text).copied().or_else(|| labels.next());
        // More than there are letters for are on no screen that can be read.
        target.label = label.unwrap_or_default();
        known.insert(target.text.clone(), target.label);
    }
    targets.retain(|target| target.label != ['\0'; 2]);
}

/// Characters that belong together, as the program wrote them: a line that the margin broke is one.
#[derive(Default)]
struct Text {
    text: String,
    /// Where each character begins in the text, and its place on the terminal.
    places: Vec<(usize, Point)>,
}

fn found<'a>(lines: impl Iterator<Item = (Point, &'a Line)>) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut text = Text::default();
    for (at, line) in lines {
        for spot in spots(line) {
            text.places.push((text.text.len(), Point::new(at.row.0, at.col.0 + spot.col)));
            text.text.push_str(spot.text);
        }
        if !line.wrapped {
            std::mem::take(&mut text).find(&mut targets);
        }
        links(at, line, &mut targets);
    }
    text.find(&mut targets);
    targets
}

/// Hyperlinks (OSC 8), whose text need not tell where they lead.
fn links(at: Point, line: &Line, targets: &mut Vec<Target>) {
    let mut col = at.col.0;
    for span in &line.spans {
        let width = span.cells() as u16;
        if let Some(link) = &span.link {
            let place = Point::new(at.row.0, col);
            targets.retain(|target| !target.cells.iter().any(|(cell, _)| *cell == place));
            targets.push(Target { text: link.to_string(), cells: vec![(place, span.text.clone())], label: ['\0'; 2] });
        }
        col = col.saturating_add(width);
    }
}

impl Text {
    fn find(self, targets: &mut Vec<Target>) {
        let mut ranges = urls(&self.text);
        for word in words(&self.text) {
            let covered = ranges.iter().any(|range| range.start < word.end && word.start < range.end);
            if !covered && is_wanted(&self.text[word.clone()]) {
                ranges.push(word);
            }
        }
        ranges.sort_by_key(|range| range.start);
        for range in ranges {
            let cells = self.places.iter().enumerate().filter(|(_, (at, _))| range.contains(at));
            let cell = |(index, (at, place)): (usize, &(usize, Point))| {
                let end = self.places.get(index + 1).map_or(self.text.len(), |next| next.0);
                (*place, self.text[*at..end].to_owned())
            };
            let cells = cells.map(cell).collect();
            targets.push(Target { text: self.text[range].to_owned(), cells, label: ['\0'; 2] });
        }
    }
}

/// Characters that may stand in no URL (RFC 3986, section 2), though browsers take more.
const NOT_IN_URLS: &str = "<>\"`'{}|\\^│";

/// What parts words that are no URLs.
const PARTS: &str = "<>\"`'{}|()[],;=│";

fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (colon, _) in text.match_indices("://") {
        let scheme = |c: &char| c.is_ascii_alphanumeric() || "+-.".contains(*c);
        let start = colon - text[..colon].chars().rev().take_while(scheme).count();
        let ends = |c: char| c.is_whitespace() || c.is_control() || NOT_IN_URLS.contains(c);
        let behind = colon + "://".len();
        let end = text[behind..].find(ends).map_or(text.len(), |length| behind + length);
        let end = start + without_tail(&text[start..end]).len();
        if start < colon && end > behind && found.last().is_none_or(|last| last.end <= start) {
            found.push(start..end);
        }
    }
    found
}

/// Without what ends a sentence, and without a bracket that was opened before it.
fn without_tail(mut text: &str) -> &str {
    loop {
        let tail = text.chars().next_back();
        let opened = |open, close| text.matches(open).count() < text.matches(close).count();
        match tail {
            Some('.' | ',' | ';' | ':' | '!' | '?') => text = &text[..text.len() - 1],
            Some(')') if opened('(', ')') => text = &text[..text.len() - 1],
            Some(']') if opened('[', ']') => text = &text[..text.len() - 1],
            _ => return text,
        }
    }
}

/// Words between blanks, quotes and brackets, without what ends a sentence.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_whitespace() || PARTS.contains(c) {
            let word = text[start..at].trim_end_matches(['.', ':', '!', '?']);
            found.push(start..start + word.len());
            start = at + c.len_utf8();
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

fn is_wanted(word: &str) -> bool {
    is_address(word) || is_hash(word) || is_path(word)
}

/// An IP address, with a port or the length of a network where there is one.
fn is_address(word: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let alone = match word.split_once(['/', ':']) {
        Some((address, tail)) if address.contains('.') && number(tail) => address,
        _ => word,
    };
    let network = word.split_once('/').filter(|(_, tail)| number(tail)).map_or(word, |(address, _)| address);
    alone.parse::<Ipv4Addr>().is_ok() || (network.len() > 2 && network.parse::<Ipv6Addr>().is_ok())
}

/// From git's short names to SHA-256. Digits alone are numbers, letters alone are words.
fn is_hash(word: &str) -> bool {
    let bare = word.strip_prefix("sha256:").unwrap_or(word);
    (7..=64).contains(&bare.len())
        && bare.bytes().all(|b| b.is_ascii_hexdigit())
        && bare.bytes().any(|b| b.is_ascii_digit())
        && bare.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A path has a slash and a letter; a compiler's `file.c:12` has none.
fn is_path(word: &str) -> bool {
    let in_paths = |c: char| c.is_alphanumeric() || "/._-~+@#%:$".contains(c);
    if !word.chars().all(in_paths) || !word.chars().any(char::is_alphabetic) {
        return false;
    }
    let placed = |(name, line): (&str, &str)| {
        name.contains('.') && !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit() || b == b':')
    };
    word.contains('/') || word.split_once(':').is_some_and(placed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        let line = crate::client::copy::sample_line(line);
        let lines = [(Point::new(3, 0), &line)];
        found(lines.into_iter()).into_iter().map(|target| target.text).collect()
    }

    #[test]
    fn what_can_be_chosen_is_found() {
        for (line, expected) in [
            (
                "see https://example.org/a?b=(c)#d, or (http://x.y/z).",
                &["https://example.org/a?b=(c)#d", "http://x.y/z"][..],
            ),
            (
                "commit 1f0c3e9 and 242f14943fc70fde7f21b04f63e7bf212846568a",
                &["1f0c3e9", "242f14943fc70fde7f21b04f63e7bf212846568a"],
            ),
            ("1234567 effaced", &[]),
            ("error at src/main.rs:12:5: no", &["src/main.rs:12:5"]),
            ("main.c:7: error", &["main.c:7"]),
            ("--file=/etc/passwd '~/a b'", &["/etc/passwd", "~/a"]),
            (
                "10.0.0.1 10.0.0.1:80 10.1.0.0/16 fe80::1 12:30:45 1.2.3",
                &["10.0.0.1", "10.0.0.1:80", "10.1.0.0/16", "fe80::1"],
            ),
            ("plain words, and 3/4 of them", &[]),
        ] {
            assert_eq!(texts(line), expected, "{line}");
        }
    }

    #[test]
    fn two_letters_copy_and_a_capital_opens() {
        let line = crate::client::copy::sample_line("/a/b /c/d /a/b");
        let hints = || Hints::new([(Point::new(0, 0), &line)].into_iter(), false).unwrap();
        let press = |keys: [char; 2]| {
            let mut hints = hints();
            assert_eq!(hints.key(Key::char(keys[0])), Taken::Stay);
            hints.key(Key::char(keys[1]))
        };
        assert_eq!(press(['a', 'a']), Taken::Close(vec![Action::Copy("/a/b".into())]));
        assert_eq!(press(['a', 's']), Taken::Close(vec![Action::Copy("/c/d".into())]));
        assert_eq!(press(['a', 'S']), Taken::Close(vec![Action::Open("/c/d".into())]));
        assert_eq!(press(['a', 'd']), Taken::Close(vec![]), "the same text has one label");
        assert_eq!(hints().key(Key::code(KeyCode::Escape)), Taken::Close(vec![]));
    }

    #[test]
    fn a_broken_line_is_one() {
        let mut first = crate::client::copy::sample_line("go to http://x.y/lo");
        first.wrapped = true;
        let second = crate::client::copy::sample_line("ng/way now");
        let lines = [(Point::new(0, 5), &first), (Point::new(1, 5), &second)];
        let found = found(lines.into_iter());
        assert_eq!(found[0].text, "http://x.y/long/way");
        assert_eq!(found[0].cells[13], (Point::new(1, 5), "n".into()));
    }
}
