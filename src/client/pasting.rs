//! Pastes: the terminal's own, and of paste buffers; asked about before they run something (option confirm-paste).

use super::app::{App, Now};
use super::asking::Asked;
use super::layer::{Action, Confirm};
use super::perform::Flags;
use crate::base::limits::PASTE_CHUNK;
use crate::base::{Input, PaneId};
use crate::command;

impl App {
    /// A paste by the terminal.
    pub(super) fn paste(&mut self, text: String, now: Now) {
        if let Some(layer) = self.layers.last_mut() {
            layer.paste(&text);
            return self.drawing.stale();
        }
        match self.active().is_some_and(|pane| self.asks_before(pane, true, &text)) {
            true => self.ask_to_paste(&text, Action::Paste(text.clone())),
            false => self.act(vec![Action::Paste(text)], now),
        }
    }

    pub(super) fn send_paste(&mut self, text: &str) {
        for chunk in chunks(text, PASTE_CHUNK) {
            self.send_input(None, Input::Paste(chunk.to_owned()));
        }
    }

    /// Whether a command is a paste that waits until it is known what it pastes.
    pub(super) fn holds_paste(&mut self, argv: &[String]) -> bool {
        let is_paste = argv.first().is_some_and(|name| command::find(name).is_ok_and(|spec| spec.name == PASTE));
        if !is_paste || !self.options.confirm_paste {
            return false;
        }
        let flags = Flags::parse(&argv[1..], PASTE_VALUED);
        let Some(pane) = self.pasted_into(&flags) else { return false };
        if !self.asks_before(pane, flags.has('p'), "\n") {
            return false;
        }
        let mut words = vec!["show-buffer".to_owned()];
        words.extend(flags.value('b').into_iter().flat_map(|name| ["-b".to_owned(), name.to_owned()]));
        self.inquire(words, Asked::Paste(argv.to_vec()));
        true
    }

    /// The pane that a paste goes to, where this client shows it.
    fn pasted_into(&self, flags: &Flags) -> Option<PaneId> {
        match flags.value('t') {
            Some(target) => target.parse().ok(),
            None => self.active(),
        }
    }

    /// It is known now what a buffer has.
    pub(super) fn paste_buffer(&mut self, argv: Vec<String>, text: &str) {
        let flags = Flags::parse(&argv[1..], PASTE_VALUED);
        match self.pasted_into(&flags).is_some_and(|pane| self.asks_before(pane, flags.has('p'), text)) {
            true => self.ask_to_paste(text, Action::Send(argv)),
            false => drop(self.send_run(argv)),
        }
    }

    /// Several lines, for a program that cannot tell them from what is typed. `marked`: it could if it wanted to.
    fn asks_before(&self, pane: PaneId, marked: bool, text: &str) -> bool {
        let Some(pane) = self.mirror.pane(pane) else { return false };
        self.options.confirm_paste && !(marked && pane.bracketed) && text.contains(['\n', '\r'])
    }

    fn ask_to_paste(&mut self, text: &str, action: Action) {
        let lines = text.lines().count();
        let question = match lines {
            1 => "Paste a line with its end, which may run it? (y/n) ".to_owned(),
            lines => format!("Paste {lines} lines, which may run them? (y/n) "),
        };
        self.push_layer(Confirm::doing(question, vec![action]));
    }
}

const PASTE: &str = "paste-buffer";

/// The flags of paste-buffer that take a value.
const PASTE_VALUED: &str = "bst";

/// Cuts a text into pieces of at most `most` bytes, between characters.
fn chunks(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, behind) = rest.split_at(super::typed::floor_char_boundary(rest, most).max(1));
        rest = behind;
        Some(piece)
    })
}
