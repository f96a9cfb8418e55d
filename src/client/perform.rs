//! The commands whose place is the client. The command table says which they are.

use std::time::Duration;

use super::app::{App, Now};
use super::compose::Content;
use super::copy::Order;
use super::layer::{AskKey, Buffers, Choice, Clock, Confirm, Hints, Number, Numbers, Prompt, Purpose};
use crate::base::{Input, Line, PaneId, Point};

impl App {
    /// Does the client command of this full name.
    pub(super) fn perform(&mut self, name: &str, words: &[String], now: Now) {
        match name {
            "choose-buffer" => self.choose_buffer(words, now),
            "copy-mode" => self.copy_mode(words, now),
            "command-prompt" => self.command_prompt(words),
            "keys" => self.show_keys(words),
            "switch-client" => self.key_table(words, now),
            "confirm-before" => self.confirm_before(words),
            "hints" => self.hints(words, now),
            "send-prefix" => self.send_prefix(words),
            "list-keys" => self.list_keys(words, now),
            "send-keys" => self.copy_keys(words, now),
            "display-panes" => self.display_panes(words, now),
            "clock-mode" => self.clock_mode(words, now),
            "choose-tree" | "choose-client" | "choose-job" | "choose-command" => self.pick(name, words, now),
            _ => self.say(format!("{name} does not work here"), true, now),
        }
    }

    fn copy_mode(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, "ts");
        let Some(id) = self.target(&flags) else { return };
        if flags.has('q') {
            return self.leave_copy(id);
        }
        if flags.has('w') {
            return self.scroll_page(id, flags.has('d'), now);
        }
        self.enter_copy(id, flags.has('e'));
        for (flag, name) in [('u', "page-up"), ('d', "page-down")] {
            if flags.has(flag) {
                self.copy_command(id, name, now);
            }
        }
    }

    fn choose_buffer(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, "FfKOt");
        let text = |letter| flags.value(letter).map(str::to_owned);
        let choice = Choice {
            template: (!flags.rest.is_empty()).then(|| flags.rest.join(" ")),
            target: text('t'),
            order: text('O'),
            reversed: flags.has('r'),
            hides_preview: flags.has('N'),
            filter: text('f'),
            format: text('F'),
        };
        let buffers = Buffers::new(choice);
        let question = buffers.question();
        self.push_layer(buffers);
        self.act(vec![question], now);
    }

    fn hints(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, "t");
        let Some(id) = self.target(&flags) else { return };
        let lines = self.shown_lines(id);
        match Hints::new(lines.iter().map(|(at, line)| (*at, line)), flags.has('o')) {
            Some(hints) => self.push_layer(hints),
            None => self.say("no URL, path, hash or address is on the screen".into(), false, now),
        }
    }

    /// What a pane shows, live or scrolled back, each line with where it begins on the terminal.
    fn shown_lines(&self, id: PaneId) -> Vec<(Point, Line)> {
        let view = self.mirror.view().and_then(|view| view.panes.iter().find(|pane| pane.id == id));
        let (Some(view), Some(pane)) = (view, self.mirror.pane(id)) else { return Vec::new() };
        let place = self.division().place(view.rect);
        let copy = self.copies.get(&id).map(|copy| copy.content(pane));
        let line = |row| match &copy {
            Some(copy) => copy.line(row),
            None => pane.rows.get(usize::from(row)),
        };
        let shown = |row| Some((Point::new(place.top() + row, place.left()), line(row)?.clone()));
        (0..place.size.rows).filter_map(shown).collect()
    }

    /// The pane of `-t %N`, else the active one.
    fn target(&self, flags: &Flags) -> Option<PaneId> {
        flags.value('t').and_then(|text| text.parse().ok()).or_else(|| self.active())
    }

    fn command_prompt(&mut self, words: &[String]) {
        let flags = Flags::parse(words, "IpTtF");
        let template = flags.rest.join(" ");
        let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let labels = match flags.value('p') {
            Some(labels) => list(labels).iter().map(|label| format!("{label} ")).collect(),
            None if template.is_empty() => vec![":".to_owned()],
            None => vec![format!("({}) ", first_word(&template))],
        };
        if flags.has('k') || flags.has('1') {
            return self.push_layer(AskKey::new(labels.concat(), template));
        }
        let initial = flags.value('I').map(|text| list(&self.expand(text))).unwrap_or_default();
        let (history, vi) = (self.prompting.history(), self.vi_prompt());
        self.push_layer(Prompt::new(Purpose::Command(template), labels, initial, history).with_vi(vi));
    }

    fn confirm_before(&mut self, words: &[String]) {
        let flags = Flags::parse(words, "ptc");
        let argv = match flags.rest.as_slice() {
            [line] => crate::command::words(line).unwrap_or_default(),
            words => words.to_vec(),
        };
        let question = match flags.value('p') {
            Some(question) => format!("{} ", self.expand(question)),
            None => format!("Confirm '{}'? ({}/n) ", argv.join(" "), flags.value('c').unwrap_or("y")),
        };
        let key = flags.value('c').and_then(|key| key.chars().next());
        self.push_layer(Confirm::new(question, argv, flags.has('y')).with_key(key));
    }

    fn send_prefix(&mut self, words: &[String]) {
        let flags = Flags::parse(words, "t");
        let pane = flags.value('t').and_then(|text| text.parse().ok());
        if let Some(prefix) = self.prefix_to_send(flags.has('2')) {
            self.send_input(pane, Input::Key(prefix));
        }
    }

    /// `send-keys -X NAME`: a command of copy mode.
    fn copy_keys(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, SEND_KEYS_VALUED);
        let (Some(id), Some((name, args))) = (self.target(&flags), flags.rest.split_first()) else { return };
        // tmux's keys write the end of the flags behind the name.
        let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
        let times = flags.value('N').and_then(|times| times.parse().ok());
        self.copy_order(id, Order { name, args, times, emacs: self.options.emacs }, now);
    }

    fn clock_mode(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, "t");
        let Some(id) = self.target(&flags) else { return };
        let pane = self.mirror.view().and_then(|view| view.panes.iter().find(|pane| pane.id == id));
        if let Some(place) = pane.map(|pane| self.division().place(pane.rect)) {
            self.push_layer(Clock::new(place, now.instant, now.wall));
        }
    }

    fn display_panes(&mut self, words: &[String], now: Now) {
        let flags = Flags::parse(words, "dt");
        let time = flags.value('d').and_then(|time| time.parse().ok()).unwrap_or(DISPLAY_PANES_TIME);
        let number = |pane: &crate::proto::message::PaneView| Number {
            pane: pane.id,
            index: pane.index,
            place: self.uncovered(pane),
            active: pane.active,
        };
        let panes = self.mirror.view().map(|view| view.panes.iter().map(number).collect()).unwrap_or_default();
        let until = now.instant + Duration::from_millis(time);
        self.push_layer(Numbers::new(panes, until).choosing(!flags.has('N'), flags.rest.first().cloned()));
    }

    /// The short forms that stand in prompts: `#W`, `#I`, `#S`, `#P`, `#T`.
    fn expand(&self, text: &str) -> String {
        let Some(view) = self.mirror.view() else { return text.to_owned() };
        let tab = view.windows.iter().find(|tab| tab.current);
        let pane = self.mirror.active();
        text.replace("#W", tab.map_or("", |tab| &tab.name))
            .replace("#I", &tab.map(|tab| tab.index.to_string()).unwrap_or_default())
            .replace("#P", &pane.map(|pane| pane.index.to_string()).unwrap_or_default())
            .replace("#T", pane.map_or("", |pane| &pane.title))
            .replace("#S", &view.session_name)
    }
}

/// The flags of send-keys that take a value.
pub(super) const SEND_KEYS_VALUED: &str = "Nt";

/// The same of switch-client.
pub(super) const SWITCH_CLIENT_VALUED: &str = "ctT";

/// Milliseconds that pane numbers are shown, as in tmux.
const DISPLAY_PANES_TIME: u64 = 1000;

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

/// Flags of one letter as getopt(3) reads them, and the words behind them. Unknown ones are taken as switches:
/// the table has refused them where the command was written.
pub(super) struct Flags {
    set: Vec<(char, Option<String>)>,
    pub(super) rest: Vec<String>,
}

impl Flags {
    /// `valued` are the letters that take a value.
    pub(super) fn parse(words: &[String], valued: &str) -> Self {
        let mut set = Vec::new();
        let mut words = words.iter().cloned();
        let mut rest = Vec::new();
        while let Some(word) = words.next() {
            let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                rest.push(word);
                break;
            };
            if letters == "-" {
                break;
            }
            for (at, letter) in letters.char_indices() {
                if !valued.contains(letter) {
                    set.push((letter, None));
                    continue;
                }
                let joined = &letters[at + letter.len_utf8()..];
                let value = if joined.is_empty() { words.next() } else { Some(joined.to_owned()) };
                set.push((letter, value));
                break;
            }
        }
        rest.extend(words);
        Self { set, rest }
    }

    pub(super) fn has(&self, letter: char) -> bool {
        self.set.iter().any(|(set, _)| *set == letter)
    }

    pub(super) fn rest(&self) -> &[String] {
        &self.rest
    }

    pub(super) fn value(&self, letter: char) -> Option<&str> {
        self.set.iter().find(|(set, _)| *set == letter)?.1.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Flags {
        Flags::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>(), "Ip")
    }

    #[test]
    fn flags_are_getopt_s() {
        let flags = parse("-u -I init -pask x -y");
        assert!(flags.has('u') && !flags.has('y'));
        assert_eq!((flags.value('I'), flags.value('p')), (Some("init"), Some("ask")));
        assert_eq!(flags.rest, ["x", "-y"]);
        assert_eq!(parse("-ue -- -x").rest, ["-x"]);
        assert_eq!(parse("-I").value('I'), None);
    }
}
