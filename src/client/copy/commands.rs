//! The commands of copy mode by name: tmux's, as `send-keys -X NAME` gives them.

use super::motion::{Jump, Motion, Words};
use super::select::Kind;
use super::{Copied, CopyMode, Outcome, Pane};
use crate::base::limits::MAX_REPEAT;

/// A command with all that was given with it.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Order<'a> {
    pub(in crate::client) name: &'a str,
    pub(in crate::client) args: &'a [String],
    /// How often, where it was said; a count that was typed before counts too.
    pub(in crate::client) times: Option<u32>,
    /// In the ways of emacs, where they differ from vi's.
    pub(in crate::client) emacs: bool,
}

const BIG: Words = Words::Blanks;
const SMALL: Words = Words::Signs;

impl CopyMode {
    /// Does what tmux's `send-keys -X NAME` does.
    pub(in crate::client) fn command(&mut self, order: Order<'_>, pane: &Pane) -> Outcome {
        if order.name == "count" {
            self.count = order.args.first().and_then(|digit| digit.parse().ok());
            return Outcome::Stay;
        }
        self.emacs = order.emacs;
        let typed = self.count.take();
        let order = Order { times: order.times.or(typed), ..order };
        let times = order.times.unwrap_or(1).clamp(1, MAX_REPEAT);
        let (name, leaves) = match order.name.strip_suffix("-and-cancel") {
            Some(name) if DOWNWARDS.contains(&name) => (name, true),
            _ => (order.name, false),
        };
        if self.motion(name, pane) || self.view_motion(name, pane) {
            for _ in 1..times {
                let _ = self.motion(name, pane) || self.view_motion(name, pane);
            }
            return if leaves && self.is_at_end(pane) { Outcome::Leave } else { Outcome::Stay };
        }
        match self.place_command(order, pane) {
            Outcome::Unknown => {}
            outcome => return outcome,
        }
        match self.select_command(order, pane) {
            Outcome::Unknown => {}
            outcome => return outcome,
        }
        match self.copy_command(order, pane) {
            Outcome::Unknown => self.search_command(order, times, pane),
            outcome => outcome,
        }
    }

    /// A digit behind a count that has begun.
    pub(in crate::client) fn count_digit(&mut self, digit: u32) -> bool {
        let Some(count) = self.count else { return false };
        self.count = Some(count.saturating_mul(10).saturating_add(digit).min(MAX_REPEAT));
        true
    }

    /// Commands that move the cursor through the text.
    fn motion(&mut self, name: &str, pane: &Pane) -> bool {
        let motion = match name {
            "cursor-left" => Motion::Left,
            "cursor-right" => Motion::Right,
            "start-of-line" => Motion::LineStart,
            "back-to-indentation" => Motion::Indent,
            "end-of-line" if self.emacs => Motion::LineBehind,
            "end-of-line" => Motion::LineEnd,
            "next-word" => Motion::WordStart(SMALL),
            "next-space" => Motion::WordStart(BIG),
            "previous-word" => Motion::WordBack(SMALL),
            "previous-space" => Motion::WordBack(BIG),
            "next-word-end" if self.emacs => Motion::WordBehind(SMALL),
            "next-space-end" if self.emacs => Motion::WordBehind(BIG),
            "next-word-end" => Motion::WordEnd(SMALL),
            "next-space-end" => Motion::WordEnd(BIG),
            "previous-paragraph" => Motion::ParagraphBack,
            "next-paragraph" => Motion::ParagraphOn,
            "next-matching-bracket" => Motion::BracketOn,
            "previous-matching-bracket" => Motion::BracketBack,
            _ => return false,
        };
        self.go(motion, pane);
        true
    }

    /// Commands that go by lines and pages.
    fn view_motion(&mut self, name: &str, pane: &Pane) -> bool {
        let page = i64::from(pane.size.rows);
        match name {
            "cursor-up" => self.vertical(-1, pane),
            "cursor-down" => self.vertical(1, pane),
            "page-up" => self.page(-(page - 2).max(1), pane),
            "page-down" => self.page((page - 2).max(1), pane),
            "halfpage-up" => self.page(-(page / 2).max(1), pane),
            "halfpage-down" => self.page((page / 2).max(1), pane),
            "scroll-up" => self.scroll(-1, pane),
            "scroll-down" => self.scroll(1, pane),
            "previous-prompt" => self.go_to_prompt(false, pane),
            "next-prompt" => self.go_to_prompt(true, pane),
            _ => return false,
        }
        true
    }

    /// Commands that go to a place, which to do twice changes nothing.
    fn place_command(&mut self, order: Order<'_>, pane: &Pane) -> Outcome {
        let rows = u64::from(pane.size.rows.max(1));
        match order.name {
            "cancel" => return Outcome::Leave,
            "top-line" => self.go_to_line(self.top, pane),
            "middle-line" => self.go_to_line(self.top + rows / 2, pane),
            "bottom-line" => self.go_to_line(self.top + rows - 1, pane),
            "history-top" => self.go_to_line(pane.first_line, pane),
            "history-bottom" => self.go_to_line(pane.last_line(), pane),
            "scroll-top" => self.show_at(0, pane),
            "scroll-middle" | "cursor-centre-vertical" => self.show_at(rows / 2, pane),
            "scroll-bottom" => self.show_at(rows - 1, pane),
            "recentre-top-bottom" => self.recentre(pane),
            "cursor-centre-horizontal" => self.cursor.col = pane.size.cols / 2,
            "set-mark" => self.mark = Some(self.cursor),
            "jump-to-mark" => self.swap_mark(pane),
            "toggle-position" => self.hides_position = !self.hides_position,
            "refresh-from-pane" => self.go_to_line(pane.last_line(), pane),
            "scroll-exit-on" => self.leaves_at_end = true,
            "scroll-exit-off" => self.leaves_at_end = false,
            "scroll-exit-toggle" => self.leaves_at_end = !self.leaves_at_end,
            "goto-line" => return self.goto_line(order, pane),
            _ => return Outcome::Unknown,
        }
        Outcome::Stay
    }

    fn goto_line(&mut self, order: Order<'_>, pane: &Pane) -> Outcome {
        let Some(text) = order.args.first() else {
            return match order.times {
                Some(line) => {
                    self.go_to_offset(line.into(), pane);
                    Outcome::Stay
                }
                None => Outcome::Ask("(goto line) ".into(), "goto-line".into()),
            };
        };
        match text.trim().parse() {
            Ok(lines) => {
                self.go_to_offset(lines, pane);
                Outcome::Stay
            }
            Err(_) => Outcome::Say(format!("not a line number: {text}")),
        }
    }

    fn select_command(&mut self, order: Order<'_>, pane: &Pane) -> Outcome {
        match order.name {
            "begin-selection" => self.select(Kind::Chars),
            "select-line" => self.select_lines(order.times.unwrap_or(1), pane),
            "rectangle-toggle" => self.set_rect(!self.rect),
            "rectangle-on" => self.set_rect(true),
            "rectangle-off" => self.set_rect(false),
            "clear-selection" => self.clear_selection(),
            "stop-selection" => self.stop_selection(),
            "other-end" => self.other_end(pane),
            "select-word" => self.select_word(pane),
            "selection-mode" => return self.selection_mode(order.args),
            _ => return Outcome::Unknown,
        }
        Outcome::Stay
    }

    /// `copy-`, `append-` and `pipe-` commands: what is taken, where it goes, and what becomes of the selection.
    fn copy_command(&mut self, order: Order<'_>, pane: &Pane) -> Outcome {
        let (name, leave) = match order.name.strip_suffix("-and-cancel") {
            Some(name) => (name, true),
            None => (order.name, false),
        };
        let (name, keep) = match name.strip_suffix("-no-clear") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let pipes = name.starts_with("copy-pipe") || name.starts_with("pipe");
        let pipe = order.args.first().filter(|_| pipes).cloned();
        let copied = Copied { leave, keep, append: false, buffer: true, pipe, pipes, text: String::new() };
        match name {
            "copy-selection" | "copy-pipe" => self.copy(copied, pane),
            "append-selection" => self.copy(Copied { append: true, ..copied }, pane),
            "pipe" => self.copy(Copied { buffer: false, ..copied }, pane),
            "copy-end-of-line" | "copy-pipe-end-of-line" => {
                self.select_to_line_end(order.times.unwrap_or(1), pane);
                self.copy(copied, pane)
            }
            "copy-line" | "copy-pipe-line" => {
                self.select_lines(order.times.unwrap_or(1), pane);
                self.copy(copied, pane)
            }
            _ => Outcome::Unknown,
        }
    }

    fn search_command(&mut self, order: Order<'_>, times: u32, pane: &Pane) -> Outcome {
        let jump = |forward, beside| Jump { forward, beside };
        match order.name {
            "jump-forward" => return self.start_jump(jump(true, false), order, times, pane),
            "jump-backward" => return self.start_jump(jump(false, false), order, times, pane),
            "jump-to-forward" => return self.start_jump(jump(true, true), order, times, pane),
            "jump-to-backward" => return self.start_jump(jump(false, true), order, times, pane),
            "jump-again" => (0..times).for_each(|_| self.jump_again(false, pane)),
            "jump-reverse" => (0..times).for_each(|_| self.jump_again(true, pane)),
            "search-again" => return self.search_again(false, times, pane),
            "search-reverse" => return self.search_again(true, times, pane),
            "search-word-forward" => return self.search_word(true, pane),
            "search-word-backward" => return self.search_word(false, pane),
            name => return self.search_named(name, order, pane),
        }
        Outcome::Stay
    }

    fn search_named(&mut self, name: &str, order: Order<'_>, pane: &Pane) -> Outcome {
        let Some(name) = name.strip_prefix("search-") else { return Outcome::Unknown };
        let (forward, way) = match name.split_once('-').unwrap_or((name, "")) {
            ("forward", way) => (true, way),
            ("backward", way) => (false, way),
            _ => return Outcome::Unknown,
        };
        let (regex, incremental) = match way {
            "" => (true, false),
            "text" => (false, false),
            "incremental" => (false, true),
            _ => return Outcome::Unknown,
        };
        match order.args.first() {
            Some(text) => self.search(text.clone(), forward, regex, pane),
            None => Outcome::AskSearch { forward, regex, incremental },
        }
    }

    fn start_jump(&mut self, jump: Jump, order: Order<'_>, times: u32, pane: &Pane) -> Outcome {
        self.jumping = Some((jump, times));
        if let Some(target) = order.args.first() {
            self.jump_to(target, pane);
        }
        Outcome::Stay
    }
}

/// Those that may leave at the end, with `-and-cancel`.
const DOWNWARDS: &[&str] = &["cursor-down", "halfpage-down", "page-down", "scroll-down"];
