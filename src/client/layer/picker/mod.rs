//! The picker: sessions with their windows and panes, clients, jobs or commands, to go to one, to look at it, or to do
//! something with several. Keys are those of tmux's choose-tree; `/` searches through gaps.
//!
//! It asks for its list by a command, as a shell would, and again after anything was done. What the meant one shows is
//! the pane's live screen, which the client puts into the place that [`Layer::live`] names.

mod draw;
mod items;
mod list;

use std::cell::Cell;

use crate::base::{Key, KeyCode, Mods, PaneId, Point, Rect};
use crate::client::mirror::plain_cursor;
use crate::command;
use crate::proto::message::Cursor;

use super::prompt::filled;
use super::{Action, Layer, LineEdit, Room, Taken};
use items::{Item, Kind};
pub(in crate::client) use items::{Opened, Subject};
use list::List;

const PLAIN: Mods = Mods::empty();

/// How it begins.
#[derive(Clone, Debug)]
pub(in crate::client) struct Order {
    pub(in crate::client) subject: Subject,
    /// The command for what is chosen; empty for the usual one.
    pub(in crate::client) template: String,
    /// Only those for which this is true.
    pub(in crate::client) filter: Option<String>,
    pub(in crate::client) preview: bool,
    /// All sessions of a group, not one alone.
    pub(in crate::client) grouped: bool,
    /// What is meant at first.
    pub(in crate::client) start: Vec<String>,
}

pub(in crate::client) struct Picker {
    order: Order,
    list: List,
    /// What is searched for, while that is typed.
    query: Option<LineEdit>,
    /// An answer is on its way, and whether another one is wanted after it.
    asked: bool,
    again: bool,
    /// The list is there.
    filled: bool,
    /// The first row that is shown, and how many there were; scrolling goes by it.
    top: Cell<usize>,
    page: Cell<usize>,
}

impl Picker {
    pub(in crate::client) fn new(order: Order) -> Self {
        let opened = match order.subject {
            Subject::Tree(opened) => opened,
            _ => Opened::Sessions,
        };
        // A list that nobody knows by heart is searched at once.
        let query = (order.subject == Subject::Commands).then(|| LineEdit::new(""));
        let mut picker = Self {
            order,
            list: List::new(opened),
            query,
            asked: false,
            again: false,
            filled: false,
            top: Cell::new(0),
            page: Cell::new(1),
        };
        if picker.order.subject == Subject::Commands {
            picker.take("");
        }
        picker
    }

    fn take(&mut self, answer: &str) {
        let subject = self.order.subject;
        let squashed = matches!(subject, Subject::Tree(_)) && !self.order.grouped;
        self.list.set(match squashed {
            true => subject.items(&items::squash(answer, self.order.start.first().map(String::as_str))),
            false => subject.items(answer),
        });
        if !std::mem::replace(&mut self.filled, true) {
            self.order.start.iter().for_each(|target| self.list.go_to(target));
        }
    }

    /// Asks for the list, if it is to be asked for and is not yet.
    fn ask(&mut self) -> Vec<Action> {
        let question = self.order.subject.question(self.order.filter.as_deref());
        if question.is_some() && std::mem::replace(&mut self.asked, true) {
            self.again = true;
            return Vec::new();
        }
        question.map(Action::Ask).into_iter().collect()
    }

    // ---- keys --------------------------------------------------------------------------------------------------

    /// A key while what is searched for is typed.
    fn query_key(&mut self, key: Key) -> Option<Taken> {
        let query = self.query.as_mut()?;
        match (key.code, key.mods) {
            (KeyCode::Escape, _) | (KeyCode::Char('c' | 'g'), Mods::CTRL) => {
                self.query = None;
                self.list.search("");
                let over = self.order.subject == Subject::Commands;
                return Some(if over { Taken::Close(Vec::new()) } else { Taken::Stay });
            }
            (KeyCode::Backspace, _) if query.is_empty() => self.query = None,
            (KeyCode::Enter | KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown | KeyCode::Tab, _)
            | (KeyCode::Char('n' | 'p' | 'j' | 'm'), Mods::CTRL) => return None,
            _ => {
                let before = query.text();
                query.key(key);
                let text = query.text();
                if text != before {
                    self.list.search(&text);
                }
            }
        }
        Some(Taken::Stay)
    }

    /// Keys that go from one to another; whether it was one.
    fn travel(&mut self, key: Key) -> bool {
        let page = isize::try_from(self.page.get()).unwrap_or(1);
        match (key.code, key.mods) {
            (KeyCode::Up | KeyCode::Char('k'), PLAIN) | (KeyCode::Char('p'), Mods::CTRL) => self.list.move_by(-1),
            (KeyCode::Down | KeyCode::Char('j'), PLAIN) | (KeyCode::Char('n'), Mods::CTRL) => self.list.move_by(1),
            (KeyCode::PageUp, _) | (KeyCode::Char('b'), Mods::CTRL) => self.list.move_by(-page),
            (KeyCode::PageDown, _) | (KeyCode::Char('f'), Mods::CTRL) => self.list.move_by(page),
            (KeyCode::Home | KeyCode::Char('g'), PLAIN) => self.list.move_by(isize::MIN),
            (KeyCode::End, _) | (KeyCode::Char('G'), _) => self.list.move_by(isize::MAX),
            (KeyCode::Right | KeyCode::Char('l' | '+'), PLAIN) => self.list.expand(),
            (KeyCode::Left | KeyCode::Char('h' | '-'), PLAIN) => self.list.collapse(),
            (KeyCode::Char('+'), Mods::ALT) => self.list.open_all(true),
            (KeyCode::Char('-'), Mods::ALT) => self.list.open_all(false),
            _ => return false,
        }
        true
    }

    fn choose(&self) -> Taken {
        let Some(item) = self.list.current() else { return Taken::Stay };
        let template = match self.order.template.as_str() {
            // Where a job runs it is shown.
            "" if item.kind == Kind::Job && item.pane.is_some() => return Taken::Close(vec![show(item)]),
            "" => self.order.subject.usual(),
            template => template,
        };
        Taken::Close(vec![match filled(template, std::slice::from_ref(&item.target)) {
            Ok(words) => Action::Words(words),
            Err(error) => Action::Say(error.to_string()),
        }])
    }

    // ---- with several ------------------------------------------------------------------------------------------

    /// Ends what is chosen, after a question.
    fn kill(&self) -> Taken {
        let command = |kind| match kind {
            Kind::Session => Some(["kill-session", "-t"]),
            Kind::Window => Some(["kill-window", "-t"]),
            Kind::Pane => Some(["kill-pane", "-t"]),
            Kind::Client => Some(["detach-client", "-t"]),
            Kind::Job => Some(["stop", "--"]),
            Kind::Command => None,
        };
        self.after_question("end", command)
    }

    /// Gives terminals back.
    fn detach(&self) -> Taken {
        let command = |kind| match kind {
            Kind::Session => Some(["detach-client", "-s"]),
            Kind::Client => Some(["detach-client", "-t"]),
            _ => None,
        };
        self.after_question("detach", command)
    }

    fn after_question(&self, verb: &str, command: impl Fn(Kind) -> Option<[&'static str; 2]>) -> Taken {
        let chosen = self.list.chosen();
        let mut lines = Vec::new();
        for item in &chosen {
            let Some(words) = command(item.kind) else {
                return Taken::Act(vec![Action::Say(format!("a {} has nothing to {verb}", item.kind.noun(1)))]);
            };
            lines.push(words.iter().map(|word| (*word).to_owned()).chain([item.target.clone()]).collect::<Vec<_>>());
        }
        if lines.is_empty() {
            return Taken::Stay;
        }
        let question = format!("{verb} {}? (y/n) ", names(&chosen));
        Taken::Act(vec![Action::Confirm { question, words: lines.join(&";".to_owned()) }])
    }

    /// Asks where the chosen windows or panes are to go.
    fn transfer(&self) -> Taken {
        let chosen = self.list.chosen();
        let line = |item: &&Item| match item.kind {
            Kind::Window => Some(format!("move-window -d -s {} -t '%1:'", item.target)),
            Kind::Pane => Some(format!("join-pane -d -s {} -t '%1'", item.target)),
            _ => None,
        };
        let Some(lines) = chosen.iter().map(line).collect::<Option<Vec<_>>>().filter(|lines| !lines.is_empty()) else {
            return Taken::Act(vec![Action::Say("only windows and panes can be moved".to_owned())]);
        };
        let panes = chosen.iter().any(|item| item.kind == Kind::Pane);
        let label = format!("move {} to {}:", names(&chosen), if panes { "pane" } else { "session" });
        let words = ["command-prompt", "-p", &label, &lines.join(" ; ")].map(str::to_owned).to_vec();
        Taken::Act(vec![Action::Words(words)])
    }
}

/// `session web`, or `2 windows and 1 pane`.
fn names(chosen: &[&Item]) -> String {
    if let [item] = chosen {
        let name = item.label.split('\t').next().unwrap_or(&item.label);
        return format!("{} {name}", item.kind.noun(1));
    }
    let mut kinds: Vec<Kind> = chosen.iter().map(|item| item.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let count = |kind: &Kind| {
        let count = chosen.iter().filter(|item| item.kind == *kind).count();
        format!("{count} {}", kind.noun(count))
    };
    kinds.iter().map(count).collect::<Vec<_>>().join(" and ")
}

fn show(item: &Item) -> Action {
    let pane = item.pane.map(|pane| pane.to_string()).unwrap_or_default();
    Action::Words(vec!["switch-client".to_owned(), "-t".to_owned(), pane])
}

impl Layer for Picker {
    fn key(&mut self, key: Key) -> Taken {
        if let Some(taken) = self.query_key(key) {
            return taken;
        }
        if self.travel(key) {
            return Taken::Stay;
        }
        match (key.code, key.mods) {
            (KeyCode::Enter, _) | (KeyCode::Char('j' | 'm'), Mods::CTRL) => return self.choose(),
            (KeyCode::Char('q') | KeyCode::Escape, _) | (KeyCode::Char('c' | 'g'), Mods::CTRL) => {
                return Taken::Close(Vec::new());
            }
            (KeyCode::Char('/' | 'f'), PLAIN) | (KeyCode::Char('s'), Mods::CTRL) => {
                self.query = Some(LineEdit::new(""));
            }
            (KeyCode::Tab | KeyCode::Char('t'), PLAIN) => {
                self.list.toggle_mark();
                self.list.move_by(1);
            }
            (KeyCode::Char('t'), Mods::CTRL) => self.list.mark_all(),
            (KeyCode::Char('T'), _) => self.list.marked.clear(),
            (KeyCode::Char('x' | 'X'), _) => return self.kill(),
            (KeyCode::Char('d'), PLAIN) => return self.detach(),
            (KeyCode::Char('m'), PLAIN) => return self.transfer(),
            (KeyCode::Char('v'), PLAIN) => self.order.preview = !self.order.preview,
            (KeyCode::Char('z'), PLAIN) => self.list.toggle_flat(),
            (KeyCode::Char(digit @ '0'..='9'), PLAIN)
                if self.query.is_none() && self.list.move_to(digit.to_digit(10).unwrap_or(0) as usize) =>
            {
                return self.choose();
            }
            _ => {}
        }
        Taken::Stay
    }

    fn paste(&mut self, text: &str) {
        if let Some(query) = &mut self.query {
            query.insert(text.trim_end_matches(['\r', '\n']));
            let text = query.text();
            self.list.search(&text);
        }
    }

    fn wheel(&mut self, up: bool) {
        self.list.move_by(if up { -3 } else { 3 });
    }

    fn press(&mut self, at: Point, room: &Room) -> Taken {
        let rows = self.places(room).list;
        if !rows.contains(at) {
            return Taken::Stay;
        }
        let row = self.top.get() + usize::from(at.row.0 - rows.top());
        let twice = row == self.list.at();
        if self.list.move_to(row) && twice { self.choose() } else { Taken::Stay }
    }

    fn opened(&mut self) -> Vec<Action> {
        self.ask()
    }

    fn answered(&mut self, _words: &[String], answer: &str) -> Vec<Action> {
        self.asked = false;
        self.take(answer);
        if std::mem::take(&mut self.again) { self.ask() } else { Vec::new() }
    }

    fn outdated(&mut self) -> Vec<Action> {
        self.ask()
    }

    fn plates(&self, room: &Room) -> Vec<crate::client::plate::Plate> {
        self.draw(room)
    }

    fn live(&self, room: &Room) -> Option<(PaneId, Rect)> {
        let place = self.places(room).preview.filter(|place| !place.size.is_empty())?;
        Some((self.list.current()?.pane?, place))
    }

    fn cursor(&self, room: &Room) -> Option<Cursor> {
        let query = self.query.as_ref()?;
        let (_, col) = query.window(room.size.cols.saturating_sub(1));
        Some(plain_cursor(Point::new(room.line, (col + 1).min(room.size.cols.saturating_sub(1)))))
    }
}

/// What is to be read of a command beside the list of them.
fn help(item: &Item) -> String {
    command::help(Some(&item.target)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::items::tests::ANSWER;
    use super::*;

    fn picker(subject: Subject) -> Picker {
        let order = Order {
            subject,
            template: String::new(),
            filter: None,
            preview: true,
            grouped: false,
            start: vec!["$0".into()],
        };
        let mut picker = Picker::new(order);
        assert_eq!(picker.opened().len(), usize::from(subject != Subject::Commands));
        picker.answered(&[], ANSWER);
        picker
    }

    fn press(picker: &mut Picker, keys: &str) -> Taken {
        let mut taken = Taken::Stay;
        for key in keys.split(' ') {
            taken = picker.key(key.parse().unwrap());
        }
        taken
    }

    fn words(line: &str) -> Action {
        Action::Words(line.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn enter_goes_to_what_is_meant() {
        let mut picker = picker(Subject::Tree(Opened::Panes));
        assert_eq!(press(&mut picker, "j j j Enter"), Taken::Close(vec![words("switch-client -t %1")]));
        assert_eq!(press(&mut picker, "5"), Taken::Close(vec![words("switch-client -t $1")]));
        assert_eq!(press(&mut picker, "/ t a i l Enter"), Taken::Close(vec![words("switch-client -t @1")]));
    }

    #[test]
    fn marked_ones_are_ended_after_one_question() {
        let mut picker = picker(Subject::Tree(Opened::Windows));
        let Taken::Act(actions) = press(&mut picker, "j Tab t t x") else { panic!("no question") };
        let question = "end 1 session and 2 windows? (y/n) ".to_owned();
        let line = "kill-window -t @0 ; kill-window -t @1 ; kill-session -t $1";
        let line = line.split(' ').map(str::to_owned).collect();
        assert_eq!(actions, [Action::Confirm { question, words: line }]);
        let Taken::Act(actions) = press(&mut picker, "T g d") else { panic!("no question") };
        let line = "detach-client -s $0".split(' ').map(str::to_owned).collect();
        assert_eq!(actions, [Action::Confirm { question: "detach session web? (y/n) ".into(), words: line }]);
    }

    #[test]
    fn windows_are_moved_where_the_user_says() {
        let mut picker = picker(Subject::Tree(Opened::Windows));
        let Taken::Act(actions) = press(&mut picker, "j m") else { panic!("no prompt") };
        let Action::Words(words) = &actions[0] else { panic!("{actions:?}") };
        assert_eq!(words[3], "move-window -d -s @0 -t '%1:'");
        assert!(matches!(press(&mut picker, "g m"), Taken::Act(actions) if matches!(actions[0], Action::Say(_))));
    }

    #[test]
    fn a_list_that_is_outdated_is_asked_for_once_at_a_time() {
        let mut picker = picker(Subject::Tree(Opened::Windows));
        assert_eq!(picker.outdated().len(), 1);
        assert_eq!(picker.outdated().len(), 0, "one is on its way");
        assert_eq!(picker.answered(&[], ANSWER).len(), 1, "and another one after it");
        assert_eq!(picker.answered(&[], ANSWER).len(), 0);
    }

    #[test]
    fn commands_are_searched_at_once() {
        let mut picker = picker(Subject::Commands);
        let taken = press(&mut picker, "s p l i t w Enter");
        assert_eq!(
            taken,
            Taken::Close(vec![Action::Words(vec!["command-prompt".into(), "-I".into(), "split-window ".into()])])
        );
        assert_eq!(press(&mut picker, "Escape"), Taken::Close(vec![]));
    }
}
