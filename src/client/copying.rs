//! Copy mode as the client runs it: who enters it, which keys are its, where copies go.

use std::time::Duration;

use crate::base::limits::ESCAPE_TIME;
use crate::base::{Key, KeyCode, PaneId};
use crate::config::{ExtendedKeys, MouseCopy};
use crate::keymap::Match;
use crate::proto::message::{Hit, Looks, ToServer};

use super::app::{App, Now};
use super::copy::{Copied, CopyMode, Order, Outcome, Quest};
use super::layer::{Prompt, Purpose, Search, Typed, unseparated};
use super::mirror::Touched;
pub(super) use super::pipe::Pipe;
use super::pipe::To;

impl App {
    /// Enters copy mode in a pane, or stays in it. `by_wheel`: it ends when scrolled back to the end.
    pub(super) fn enter_copy(&mut self, id: PaneId, by_wheel: bool) {
        let Some(pane) = self.mirror.pane(id) else { return };
        if !self.copies.contains_key(&id) {
            self.outbox.push(ToServer::Prompts { pane: id });
        }
        let copy = self.copies.entry(id).or_insert_with(|| {
            let mut copy = CopyMode::new(pane);
            copy.leaves_at_end = by_wheel;
            copy
        });
        copy.leaves_at_end &= by_wheel;
        copy.scrolls = false;
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    pub(super) fn leave_copy(&mut self, id: PaneId) {
        self.copies.remove(&id);
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    /// Whether copy mode of the active pane has taken the key. In copy mode the program gets none; where the user has
    /// only scrolled, the program gets it and the live screen is shown again.
    pub(super) fn copy_key(&mut self, key: Key, now: Now) -> bool {
        let Some(id) = self.active().filter(|id| self.copies.contains_key(id)) else { return false };
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return false };
        if copy.scrolls {
            let bound = matches!(self.keys.keymap().lookup("root", &[key]), Match::Bound(_));
            if !bound {
                self.leave_copy(id);
            }
            return false;
        }
        if let (KeyCode::Char(c), true) = (key.code, key.mods.is_empty())
            && (copy.jump_to(c.encode_utf8(&mut [0; 4]), pane) || c.to_digit(10).is_some_and(|n| copy.count_digit(n)))
        {
            self.copy_outcome(id, Outcome::Stay, now);
            return true;
        }
        if let Match::Bound(binding) = self.keys.keymap().lookup(self.copy_table(), &[key]) {
            let line = binding.command.clone();
            self.run_line(&line, now);
        } else if let Some(name) = fallback(key) {
            self.copy_command(id, name, now);
        }
        true
    }

    /// The key table of copy mode, as tmux calls it.
    fn copy_table(&self) -> &'static str {
        if self.options.emacs { "copy-mode" } else { "copy-mode-vi" }
    }

    pub(super) fn copy_command(&mut self, id: PaneId, name: &str, now: Now) {
        self.copy_order(id, Order { name, args: &[], times: None, emacs: self.options.emacs }, now);
    }

    pub(super) fn copy_order(&mut self, id: PaneId, order: Order<'_>, now: Now) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        let asks = order.name.ends_with("-prompt");
        match copy.command(order, pane) {
            Outcome::Unknown => self.say(format!("copy mode knows no command '{}'", order.name), true, now),
            outcome => self.copy_outcome(id, outcome, now),
        }
        if asks {
            // There may be more of them by the next time.
            self.outbox.push(ToServer::Prompts { pane: id });
        }
    }

    /// Scrolls without a mode, by a page.
    pub(super) fn scroll_page(&mut self, id: PaneId, down: bool, now: Now) {
        if self.copies.get(&id).is_some_and(|copy| !copy.scrolls) {
            let name = if down { "page-down" } else { "page-up" };
            return self.copy_command(id, name, now);
        }
        let rows = self.mirror.pane(id).map_or(1, |pane| i64::from(pane.size.rows));
        let page = (rows - 1).max(1);
        self.scroll_freely(id, if down { page } else { -page });
    }

    /// Scrolls a pane, whether it is in copy mode or not.
    pub(super) fn scroll_freely(&mut self, id: PaneId, by: i64) {
        let Some(pane) = self.mirror.pane(id) else { return };
        if !self.copies.contains_key(&id) {
            if by > 0 || pane.screen_line == pane.first_line {
                return;
            }
            self.enter_copy(id, true);
            if let Some(copy) = self.copies.get_mut(&id) {
                copy.scrolls = true;
            }
        }
        self.copy_scroll(id, by);
    }

    pub(super) fn copy_scroll(&mut self, id: PaneId, by: i64) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        copy.scroll(by, pane);
        if by > 0 && copy.leaves_at_end && copy.is_at_end(pane) && !copy.has_selection() {
            return self.leave_copy(id);
        }
        self.fetch_for_copy(id);
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    pub(super) fn copy_search(&mut self, search: Search, now: Now) {
        let Some(id) = self.active() else { return };
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        if !self.searches {
            return self.say("the server is of an older mux, which does not search".into(), true, now);
        }
        let Search { text, forward, regex, typed } = search;
        let outcome = match typed {
            Typed::Going => {
                copy.search_typed(text, forward, regex, pane);
                Outcome::Stay
            }
            Typed::Entered => copy.search_entered(text, forward, regex, pane),
            Typed::GivenUp => {
                copy.search_given_up(pane);
                Outcome::Stay
            }
        };
        self.copy_outcome(id, outcome, now);
    }

    /// The server has found something, or nothing.
    pub(super) fn found(&mut self, id: PaneId, found: (u32, &[Hit], bool), problem: Option<String>, now: Now) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        let (number, hits, done) = found;
        let outcome = copy.found(number, hits, done, problem, pane);
        self.copy_outcome(id, outcome, now);
    }

    pub(super) fn prompts(&mut self, id: PaneId, lines: Vec<u64>, now: Now) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        copy.set_prompts(lines, pane);
        self.copy_outcome(id, Outcome::Stay, now);
    }

    /// What a copy-mode command has come to.
    pub(super) fn copy_outcome(&mut self, id: PaneId, outcome: Outcome, now: Now) {
        match outcome {
            Outcome::Stay | Outcome::Unknown => {}
            Outcome::Leave => self.leave_copy(id),
            Outcome::Copied(copied) => {
                self.copied(&copied);
                if copied.leave {
                    self.leave_copy(id);
                }
            }
            Outcome::AskSearch { forward, regex, incremental } => self.ask_search(forward, regex, incremental),
            Outcome::Ask(label, command) => {
                let purpose = Purpose::Command(format!("send-keys -X {command} -- '%%'"));
                let (history, vi) = (self.prompting.history(), self.vi_prompt());
                self.push_layer(Prompt::new(purpose, vec![label], vec![String::new()], history).with_vi(vi));
            }
            Outcome::Say(text) => self.say(text, false, now),
        }
        self.fetch_for_copy(id);
        self.mark_pane(id, &Touched::All);
        self.drawing.stale();
    }

    /// Into the server's paste buffers, the outer terminal's clipboard, the display's, and to a command.
    fn copied(&mut self, copied: &Copied) {
        let text = &copied.text;
        if text.is_empty() {
            return;
        }
        if copied.buffer {
            self.clipboard(text.as_bytes());
            let mut words = vec!["set-buffer".to_owned()];
            words.extend(copied.append.then(|| "-a".to_owned()));
            words.extend(["--".to_owned(), unseparated(text.clone())]);
            self.send_run(words);
            if self.options.system_clipboard {
                self.pipes.push(Pipe { to: To::Clipboard(text.clone()) });
            }
        }
        if copied.pipes {
            let command = copied.pipe.clone().unwrap_or_else(|| self.options.copy_command.clone());
            if !command.is_empty() {
                self.pipes.push(Pipe { to: To::Command { command, text: text.clone() } });
            }
        }
    }

    /// Copies a text that was chosen otherwise than by selecting it.
    pub(super) fn copy_text(&mut self, text: String, now: Now) {
        self.say(format!("copied {text}"), false, now);
        self.copied(&Copied { text, leave: false, keep: true, buffer: true, append: false, pipes: false, pipe: None });
    }

    fn ask_search(&mut self, forward: bool, regex: bool, incremental: bool) {
        let label = if forward { "(search down) " } else { "(search up) " };
        let purpose = Purpose::Search { forward, regex, incremental };
        let (history, vi) = (self.prompting.history(), self.vi_prompt());
        self.push_layer(Prompt::new(purpose, vec![label.into()], vec![String::new()], history).with_vi(vi));
    }

    /// Asks the server for what copy mode shows or needs and does not have.
    pub(super) fn fetch_for_copy(&mut self, id: PaneId) {
        let (Some(copy), Some(pane)) = (self.copies.get_mut(&id), self.mirror.pane(id)) else { return };
        for ask in copy.asks(pane) {
            self.outbox.push(ToServer::Fetch { pane: id, from: ask.from, count: ask.count });
        }
        if self.searches
            && let Some(Quest { number, pattern, regex, forward, lines }) = copy.quest(pane)
        {
            let (from, to) = (lines.start, lines.end);
            self.outbox.push(ToServer::Search { pane: id, number, pattern, regex, forward, from, to });
        }
    }
}

/// The options of copying and pasting, as the server has told them.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) emacs: bool,
    copy_command: String,
    system_clipboard: bool,
    /// What opens URLs and files; empty: what the machine has for that.
    pub(super) open_command: String,
    /// Several lines are pasted after a question where the program could not tell them from typing.
    pub(super) confirm_paste: bool,
    /// What letting a mouse selection go does.
    pub(super) mouse_copy: MouseCopy,
    /// How long an Escape may be the beginning of something.
    pub(super) escape_time: Duration,
    /// Programs are told when the terminal has the focus.
    pub(super) focus_events: bool,
    /// What the terminal's own title is to be; filled in.
    pub(super) title: Option<String>,
    /// When the terminal is asked to tell keys apart.
    pub(super) extended_keys: ExtendedKeys,
    /// What is special about this client, as the server has it.
    pub(super) client_flags: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            emacs: false,
            copy_command: String::new(),
            system_clipboard: true,
            open_command: String::new(),
            confirm_paste: false,
            mouse_copy: MouseCopy::Copy,
            escape_time: ESCAPE_TIME,
            focus_events: true,
            title: None,
            extended_keys: ExtendedKeys::On,
            client_flags: None,
        }
    }
}

impl Options {
    /// As the server tells them, which leaves out what is as usual.
    pub(super) fn of(looks: &Looks) -> Self {
        let usual = Self::default();
        let flag = |name: &str, usual: bool| looks.option(name).map_or(usual, |value| value == "on");
        let text = |name: &str| looks.option(name).unwrap_or_default().to_owned();
        Self {
            emacs: looks.option("mode-keys") == Some("emacs"),
            copy_command: text("copy-command"),
            system_clipboard: flag("system-clipboard", usual.system_clipboard),
            open_command: text("open-command"),
            confirm_paste: flag("confirm-paste", usual.confirm_paste),
            mouse_copy: match looks.option("copy-mouse") {
                Some("stay") => MouseCopy::Stay,
                Some("select") => MouseCopy::Select,
                _ => usual.mouse_copy,
            },
            escape_time: looks
                .option("escape-time")
                .and_then(|value| value.parse().ok())
                .map_or(usual.escape_time, Duration::from_millis),
            focus_events: flag("focus-events", usual.focus_events),
            title: looks.option("set-titles-string").map(str::to_owned),
            extended_keys: match looks.option("extended-keys") {
                Some("off") => ExtendedKeys::Off,
                Some("always") => ExtendedKeys::Always,
                _ => usual.extended_keys,
            },
            client_flags: looks.option("client-flags").map(str::to_owned),
        }
    }
}

/// Keys that work in copy mode even where a keymap leaves them out: nobody gets stuck in it.
const FALLBACK: &[(&str, &str)] = &[
    ("q", "cancel"),
    ("Escape", "cancel"),
    ("C-c", "cancel"),
    ("Up", "cursor-up"),
    ("Down", "cursor-down"),
    ("Left", "cursor-left"),
    ("Right", "cursor-right"),
    ("k", "cursor-up"),
    ("j", "cursor-down"),
    ("h", "cursor-left"),
    ("l", "cursor-right"),
    ("PPage", "page-up"),
    ("NPage", "page-down"),
    ("C-b", "page-up"),
    ("C-f", "page-down"),
    ("C-u", "halfpage-up"),
    ("C-d", "halfpage-down"),
    ("C-y", "scroll-up"),
    ("C-e", "scroll-down"),
    ("g", "history-top"),
    ("G", "history-bottom"),
    ("Home", "start-of-line"),
    ("End", "end-of-line"),
    ("0", "start-of-line"),
    ("^", "back-to-indentation"),
    ("$", "end-of-line"),
    ("w", "next-word"),
    ("b", "previous-word"),
    ("e", "next-word-end"),
    ("{", "previous-paragraph"),
    ("}", "next-paragraph"),
    ("H", "top-line"),
    ("M", "middle-line"),
    ("L", "bottom-line"),
    ("Space", "begin-selection"),
    ("v", "begin-selection"),
    ("V", "select-line"),
    ("C-v", "rectangle-toggle"),
    ("o", "other-end"),
    ("Enter", "copy-selection-and-cancel"),
    ("y", "copy-selection-and-cancel"),
    ("/", "search-forward"),
    ("?", "search-backward"),
    ("n", "search-again"),
    ("N", "search-reverse"),
];

fn fallback(key: Key) -> Option<&'static str> {
    FALLBACK.iter().find(|(name, _)| name.parse() == Ok(key)).map(|(_, command)| *command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fallback_key_reads() {
        for (name, command) in FALLBACK {
            assert_eq!(fallback(name.parse().unwrap()), Some(*command));
        }
    }
}
