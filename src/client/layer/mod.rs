//! What can lie over the panes and takes keys first: one file each, with its keys, its drawing and its test.
//!
//! A layer knows neither the server nor the other layers. It answers a key with what is to be done.

mod ask_key;
mod buffers;
mod clock;
mod completions;
mod confirm;
mod digits;
mod edit;
mod hint_line;
mod hints;
mod key_list;
mod numbers;
mod picker;
mod popup_menu;
mod prompt;
mod text;
mod which_key;

use std::time::Instant;

use crate::base::{Key, PaneId, Point, Rect, Size, Style, Timestamp};
use crate::proto::message::Cursor;

use super::plate::Plate;

pub(super) use ask_key::AskKey;
pub(super) use buffers::{Buffers, Choice};
pub(super) use clock::Clock;
pub(super) use confirm::Confirm;
pub(super) use edit::LineEdit;
pub(super) use hint_line::HintLine;
pub(super) use hints::Hints;
pub(super) use key_list::{KeyList, KeyRow};
pub(super) use numbers::{Number, Numbers};
pub(super) use picker::{Opened, Order as PickerOrder, Picker, Subject};
pub(super) use popup_menu::PopupMenu;
pub(super) use prompt::{Prompt, Purpose, unseparated};
pub(super) use text::TextView;
pub(super) use which_key::WhichKey;

/// Where layers may draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) size: Size,
    /// The row of prompts and messages.
    pub(super) line: u16,
    pub(super) message_style: Style,
}

/// What is to be done once a layer has its answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// A command line as it would be typed.
    Run(String),
    /// A command in words.
    Words(Vec<String>),
    /// A command in words, as it is.
    Send(Vec<String>),
    /// Paste this text.
    Paste(String),
    /// Copy this text.
    Copy(String),
    /// Open this URL or file.
    Open(String),
    /// Look for this in copy mode.
    Search(Search),
    /// Show the user a line.
    Say(String),
    /// This was typed at the prompt and may be wanted again.
    Remember(String),
    /// A command in words, what it prints is for the layer: [`Layer::answered`].
    Ask(Vec<String>),
    /// A command in words, after a question.
    Confirm { question: String, words: Vec<String> },
    /// The names of sessions and the like are wanted: see [`Layer::learn`].
    Names,
}

/// A text to look for in copy mode, as far as it is typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Search {
    pub(super) text: String,
    pub(super) forward: bool,
    pub(super) regex: bool,
    pub(super) typed: Typed,
}

/// How far a text is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// It goes on.
    Going,
    Entered,
    /// It is not to count.
    GivenUp,
}

/// What a layer made of a key.
#[derive(Debug, PartialEq)]
pub(super) enum Taken {
    /// The layer stays.
    Stay,
    /// The layer stays, and this is to be done.
    Act(Vec<Action>),
    /// The layer is done.
    Close(Vec<Action>),
    /// The layer goes, and the key is for what is below.
    Pass,
}

/// See the module.
pub(super) trait Layer {
    fn key(&mut self, key: Key) -> Taken;

    fn paste(&mut self, _text: &str) {}

    /// The names that it has asked for.
    fn learn(&mut self, _names: &crate::command::Names) {}

    /// The wheel moved over it.
    fn wheel(&mut self, _up: bool) {}

    /// The left button went down on it.
    fn press(&mut self, _at: Point, _room: &Room) -> Taken {
        Taken::Stay
    }

    /// What it needs to begin with.
    fn opened(&mut self) -> Vec<Action> {
        Vec::new()
    }

    /// What a command that it asked ([`Action::Ask`]), in these words, has printed; nothing where it failed.
    fn answered(&mut self, _words: &[String], _answer: &str) -> Vec<Action> {
        Vec::new()
    }

    /// Something was done: what it was answered may be no more so.
    fn outdated(&mut self) -> Vec<Action> {
        Vec::new()
    }

    /// A pane whose screen it shows, and where; what does not fit is cut at the top and on the right.
    fn live(&self, _room: &Room) -> Option<(PaneId, Rect)> {
        None
    }

    fn plates(&self, room: &Room) -> Vec<Plate>;

    fn cursor(&self, _room: &Room) -> Option<Cursor> {
        None
    }

    /// When it goes away by itself.
    fn ends_at(&self) -> Option<Instant> {
        None
    }

    /// When it will show something else, though nothing happens.
    fn changes_at(&self) -> Option<Instant> {
        None
    }

    /// That time has come.
    fn change(&mut self, _now: Instant, _time: Timestamp) {}
}
