//! A line in parts: `#[align=…]`, `#[list=…]` and `#[range=…]` (tmux(1), STYLES) say where on the line a text belongs
//! and what a click on it is about. What is shown of each part where room is short is for who draws it.

use super::pieces::{Piece, pieces};
use super::style::{Pen, Place};
use crate::base::{Color, Style};

/// At which end of the line, or where between them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    /// Between what is at the left and at the right.
    Centre,
    Right,
    /// In the middle of the line, over everything else.
    AbsoluteCentre,
}

impl Align {
    /// As `status-justify` has it too.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "left" => Self::Left,
            "centre" => Self::Centre,
            "right" => Self::Right,
            "absolute-centre" => Self::AbsoluteCentre,
            _ => return None,
        })
    }

    fn section(self) -> Section {
        match self {
            Self::Left => Section::Left,
            Self::Centre => Section::Centre,
            Self::Right => Section::Right,
            Self::AbsoluteCentre => Section::AbsoluteCentre,
        }
    }
}

/// What `#[list=…]` says of the text behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ListPart {
    #[default]
    Off,
    On,
    /// Of the list, this is to be seen.
    Focus,
    /// Stands where the list is cut at its left.
    LeftMarker,
    RightMarker,
}

impl ListPart {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "on" => Self::On,
            "focus" => Self::Focus,
            "left-marker" => Self::LeftMarker,
            "right-marker" => Self::RightMarker,
            _ => return None,
        })
    }
}

/// What a click is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    Left,
    Right,
    /// By its index.
    Window(String),
    Session(String),
    Pane(String),
    /// The user's own name for it.
    User(String),
}

impl Range {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (kind, about) = text.split_once('|').map_or((text, None), |(kind, about)| (kind, Some(about.to_owned())));
        Some(match (kind.to_ascii_lowercase().as_str(), about) {
            ("left", None) => Self::Left,
            ("right", None) => Self::Right,
            ("window", Some(index)) => Self::Window(index),
            ("session", Some(id)) => Self::Session(id),
            ("pane", Some(id)) => Self::Pane(id),
            ("user", Some(name)) => Self::User(name),
            _ => return None,
        })
    }
}

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Left,
    Centre,
    Right,
    AbsoluteCentre,
    List,
    LeftMarker,
    RightMarker,
    /// What stands behind the list, on its side of the line.
    After,
}

/// Text of one look in one part of the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub section: Section,
    pub text: String,
    pub style: Style,
    pub range: Option<Range>,
    /// Of the list, this is to be seen.
    pub focus: bool,
}

/// A line in parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// In the order in which they were written.
    pub runs: Vec<Run>,
    /// Where the list is, if there is one.
    pub list: Option<Align>,
    /// What the line is filled with.
    pub fill: Option<Color>,
}

impl Placed {
    /// Appends text; what is like the end before it becomes part of that.
    pub fn push(&mut self, run: Run) {
        match self.runs.last_mut() {
            Some(last) if Run { text: String::new(), ..last.clone() } == Run { text: String::new(), ..run.clone() } => {
                last.text.push_str(&run.text);
            }
            _ => self.runs.push(run),
        }
    }
}

/// Where a list stands that is being read. There is one on a line: what would be a second one is not.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    Before,
    List(Align),
    Behind(Align),
}

/// Cuts an expanded line into its parts. As in tmux the list is on the side on which it begins, and what follows it on
/// that side stands behind it.
pub fn placed(text: &str, base: Style) -> Placed {
    let mut pen = Pen::new(base);
    let mut line = Placed::default();
    let mut reading = Reading::Before;
    let mut section = Section::Left;
    let mut focus = false;
    for piece in pieces(text) {
        match piece {
            Piece::Style { words, .. } => {
                pen.apply_known(words);
                reading = read_on(reading, &pen.place);
                focus = matches!(reading, Reading::List(_)) && pen.place.list == ListPart::Focus;
                section = section_of(reading, &pen.place);
            }
            Piece::Text { shown, .. } => {
                line.push(Run {
                    section,
                    text: shown.to_owned(),
                    style: pen.now,
                    range: pen.place.range.clone(),
                    focus,
                });
            }
        }
    }
    line.list = match reading {
        Reading::Before => None,
        Reading::List(align) | Reading::Behind(align) => Some(align),
    };
    line.fill = pen.place.fill;
    line
}

fn read_on(reading: Reading, place: &Place) -> Reading {
    match (place.list, reading) {
        (ListPart::On, Reading::Before) => Reading::List(place.align.unwrap_or_default()),
        (ListPart::Off, Reading::List(align)) => Reading::Behind(align),
        _ => reading,
    }
}

fn section_of(reading: Reading, place: &Place) -> Section {
    let align = place.align.unwrap_or_default();
    match (reading, place.list) {
        (Reading::List(_), ListPart::LeftMarker) => Section::LeftMarker,
        (Reading::List(_), ListPart::RightMarker) => Section::RightMarker,
        (Reading::List(_), _) => Section::List,
        (Reading::Behind(list), _) if align == list => Section::After,
        _ => align.section(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(Section, String)> {
        placed(text, Style::DEFAULT).runs.into_iter().map(|run| (run.section, run.text)).collect()
    }

    #[test]
    fn a_line_is_cut_into_its_parts() {
        let text = "a#[align=right]z#[align=centre]m#[list=on]1#[list=left-marker]<#[list=right-marker]>#[list=on] \
                    #[list=focus]2#[list=on]3#[nolist]x#[align=left]b";
        let expected = [
            (Section::Left, "a"),
            (Section::Right, "z"),
            (Section::Centre, "m"),
            (Section::List, "1"),
            (Section::LeftMarker, "<"),
            (Section::RightMarker, ">"),
            (Section::List, " "),
            (Section::List, "2"),
            (Section::List, "3"),
            (Section::After, "x"),
            (Section::Left, "b"),
        ];
        assert_eq!(parts(text), expected.map(|(section, text)| (section, text.to_owned())));
        let line = placed(text, Style::DEFAULT);
        assert_eq!(line.list, Some(Align::Centre));
        let focus: Vec<&str> = line.runs.iter().filter(|run| run.focus).map(|run| run.text.as_str()).collect();
        assert_eq!(focus, ["2"]);
    }

    #[test]
    fn a_range_is_about_what_it_names() {
        let line =
            placed("#[range=window|3]a#[norange]b#[range=pane|%4]c#[range=user|My]d#[range=nope|1]e", Style::DEFAULT);
        let ranges: Vec<_> = line.runs.iter().map(|run| run.range.clone()).collect();
        let user = Some(Range::User("My".into()));
        assert_eq!(ranges, [Some(Range::Window("3".into())), None, Some(Range::Pane("%4".into())), user]);
        assert_eq!(line.runs[3].text, "de", "a range that cannot be read changes nothing");
    }

    #[test]
    fn the_whole_line_may_be_filled() {
        assert_eq!(placed("#[fill=red]x", Style::DEFAULT).fill, Some(Color::Indexed(1)));
    }
}
