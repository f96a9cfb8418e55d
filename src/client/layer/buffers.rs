//! The paste buffers to choose from, with what is in the chosen one: paste, delete, tag, sort, filter, as tmux's
//! choose-buffer does.

use std::cell::Cell;
use std::cmp::Reverse;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::style::{Modifier, Style as UiStyle};
use ratatui::widgets::{Block, Paragraph, Widget};

use crate::base::{Key, KeyCode, Mods, Rect, Size, role};
use crate::client::plate::{Plate, ui};

use super::prompt::{filled, unseparated};
use super::{Action, Layer, Room, Taken};

/// What `choose-buffer` was told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::client) struct Choice {
    /// The command for the chosen buffer, in which `%%` stands for its name; else it is pasted.
    pub(in crate::client) template: Option<String>,
    /// The pane to paste into.
    pub(in crate::client) target: Option<String>,
    /// `time`, `name` or `size`.
    pub(in crate::client) order: Option<String>,
    pub(in crate::client) reversed: bool,
    pub(in crate::client) hides_preview: bool,
    /// Only those for which this is true.
    pub(in crate::client) filter: Option<String>,
    /// What is shown of each behind its name.
    pub(in crate::client) format: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Time,
    Name,
    Size,
}

impl Order {
    const ALL: [(Order, &'static str); 3] = [(Order::Time, "time"), (Order::Name, "name"), (Order::Size, "size")];

    fn of(name: &str) -> Option<Order> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(order, _)| *order)
    }

    fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    fn next(self) -> Order {
        Self::ALL[(self as usize + 1) % Self::ALL.len()].0
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    name: String,
    size: usize,
    sample: String,
    tagged: bool,
}

pub(in crate::client) struct Buffers {
    choice: Choice,
    order: Order,
    /// As the server lists them: the newest first.
    entries: Vec<Entry>,
    /// The list has come.
    known: bool,
    /// The chosen one of those that are shown.
    current: usize,
    /// Only buffers with this in their name or text are shown.
    filter: String,
    filtering: bool,
    /// A buffer's name and what is in it.
    preview: Option<(String, String)>,
    /// Rows of the list when it was drawn last; paging goes by it.
    page: Cell<u16>,
}

/// What is asked of the server for the list; the answer is read by [`Buffers::read`].
const LIST: &str = "list-buffers";

/// What is shown of a buffer behind its name.
const USUAL: &str = "#{buffer_size} bytes: \"#{buffer_sample}\"";

const NONE: Mods = Mods::empty();

/// With fewer rows than this there is a list and no preview.
const PREVIEW_ROWS: u16 = 12;

impl Buffers {
    pub(in crate::client) fn new(choice: Choice) -> Self {
        let order = choice.order.as_deref().and_then(Order::of).unwrap_or(Order::Time);
        Self {
            choice,
            order,
            entries: Vec::new(),
            known: false,
            current: 0,
            filter: String::new(),
            filtering: false,
            preview: None,
            page: Cell::new(1),
        }
    }

    /// What it needs to know before it shows anything.
    pub(in crate::client) fn question(&self) -> Action {
        let shown = self.choice.format.as_deref().unwrap_or(USUAL);
        let fields = format!("#{{buffer_name}}\t#{{buffer_size}}\t{shown}");
        let filter = self.choice.filter.iter().flat_map(|filter| ["-f".to_owned(), filter.clone()]);
        Action::Ask([LIST, "-F"].map(str::to_owned).into_iter().chain([fields]).chain(filter).collect())
    }

    /// Opens an editor on the chosen one in a window of its own, which puts what was written back.
    fn edit(&self) -> Taken {
        let Some(name) = self.chosen().map(|entry| quoted(&entry.name)) else { return Taken::Stay };
        let mux = quoted(&role::own_executable().display().to_string());
        let line = format!(
            "file=$(mktemp) && {mux} save-buffer -b {name} \"$file\" && ${{VISUAL:-${{EDITOR:-vi}}}} \"$file\" \
             && {mux} load-buffer -b {name} \"$file\"; rm -f \"$file\""
        );
        Taken::Close(vec![Action::Words(["new-window", "-n", "edit", &line].map(str::to_owned).to_vec())])
    }

    fn read(&mut self, text: &str) {
        let tagged: Vec<String> = self.tagged().map(|entry| entry.name.clone()).collect();
        let chosen = self.chosen().map(|entry| entry.name.clone());
        let entry = |line: &str| {
            let mut fields = line.splitn(3, '\t');
            let (name, size) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?);
            let tagged = tagged.contains(&name);
            Some(Entry { name, size, sample: fields.next()?.to_owned(), tagged })
        };
        self.entries = text.lines().filter_map(entry).collect();
        self.known = true;
        // One that is gone leaves its place to the next.
        match self.shown().iter().position(|entry| Some(&entry.name) == chosen.as_ref()) {
            Some(place) => self.current = place,
            None => self.current = self.current.min(self.shown().len().saturating_sub(1)),
        }
    }

    /// Those that are listed, in order.
    fn shown(&self) -> Vec<&Entry> {
        let wanted = self.filter.to_lowercase();
        let fits = |entry: &&Entry| format!("{} {}", entry.name, entry.sample).to_lowercase().contains(&wanted);
        let mut shown: Vec<&Entry> = self.entries.iter().filter(fits).collect();
        match self.order {
            Order::Time => {}
            Order::Name => shown.sort_by(|one, other| one.name.cmp(&other.name)),
            Order::Size => shown.sort_by_key(|entry| Reverse(entry.size)),
        }
        if self.choice.reversed {
            shown.reverse();
        }
        shown
    }

    fn chosen(&self) -> Option<&Entry> {
        self.shown().get(self.current).copied()
    }

    fn tagged(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.tagged)
    }

    fn tag(&mut self, which: impl Fn(&Entry) -> bool, tag: impl Fn(bool) -> bool) {
        for entry in self.entries.iter_mut().filter(|entry| which(entry)) {
            entry.tagged = tag(entry.tagged);
        }
    }

    fn tag_chosen(&mut self) {
        let Some(name) = self.chosen().map(|entry| entry.name.clone()) else { return };
        self.tag(|entry| entry.name == name, |tagged| !tagged);
        self.step(1);
    }

    fn step(&mut self, by: isize) {
        let last = self.shown().len().saturating_sub(1);
        self.current = self.current.saturating_add_signed(by).min(last);
    }

    /// A digit chooses the row before which it stands.
    fn jump(&mut self, row: usize) {
        if row < self.shown().len() {
            self.current = row;
        }
    }

    // ---- what is done with them --------------------------------------------------------------------------------

    fn pasting(&self, entry: &Entry) -> Action {
        if let Some(template) = &self.choice.template {
            return match filled(template, std::slice::from_ref(&entry.name)) {
                Ok(words) => Action::Words(words),
                Err(error) => Action::Say(error.to_string()),
            };
        }
        let mut words = ["paste-buffer", "-p", "-b"].map(str::to_owned).to_vec();
        words.push(unseparated(entry.name.clone()));
        if let Some(target) = &self.choice.target {
            words.extend(["-t".to_owned(), unseparated(target.clone())]);
        }
        Action::Words(words)
    }

    fn delete<'a>(&self, entries: impl Iterator<Item = &'a Entry>) -> Taken {
        let delete =
            |entry: &Entry| Action::Words(vec!["delete-buffer".into(), "-b".into(), unseparated(entry.name.clone())]);
        let mut actions: Vec<Action> = entries.map(delete).collect();
        actions.push(self.question());
        Taken::Act(actions)
    }

    /// Asks for what is in the chosen one, unless that is known.
    fn look(&self) -> Taken {
        match self.missing_preview() {
            Some(name) => Taken::Act(vec![Action::Ask(vec!["show-buffer".into(), "-b".into(), name])]),
            None => Taken::Stay,
        }
    }

    fn missing_preview(&self) -> Option<String> {
        let chosen = self.chosen().filter(|_| !self.choice.hides_preview)?;
        let is_known = self.preview.as_ref().is_some_and(|(name, _)| *name == chosen.name);
        (!is_known).then(|| chosen.name.clone())
    }

    /// A key while the filter is typed; false once it has been.
    fn filter_key(&mut self, key: Key) -> bool {
        match key.code {
            KeyCode::Char(c) if key.mods.is_empty() => self.filter.push(c),
            KeyCode::Backspace => drop(self.filter.pop()),
            KeyCode::Escape => {
                self.filter.clear();
                self.filtering = false;
            }
            KeyCode::Enter => self.filtering = false,
            _ => return false,
        }
        self.current = 0;
        true
    }

    /// Keys that move through the list; false for another.
    fn move_key(&mut self, key: Key) -> bool {
        let page = isize::from(u8::try_from(self.page.get()).unwrap_or(u8::MAX));
        match (key.code, key.mods) {
            (KeyCode::Up | KeyCode::Char('k'), NONE) | (KeyCode::Char('p'), Mods::CTRL) => self.step(-1),
            (KeyCode::Down | KeyCode::Char('j'), NONE) | (KeyCode::Char('n'), Mods::CTRL) => self.step(1),
            (KeyCode::PageUp, _) | (KeyCode::Char('b'), Mods::CTRL) => self.step(-page),
            (KeyCode::PageDown, _) | (KeyCode::Char('f'), Mods::CTRL) => self.step(page),
            (KeyCode::Home | KeyCode::Char('g'), _) => self.step(isize::MIN),
            (KeyCode::End | KeyCode::Char('G'), _) => self.step(isize::MAX),
            (KeyCode::Char(c), NONE) if c.is_ascii_digit() => self.jump(usize::from(c as u8 - b'0')),
            _ => return false,
        }
        true
    }

    fn footer(&self, shown: usize) -> String {
        let place = format!("{}/{shown}", (self.current + 1).min(shown));
        let reversed = if self.choice.reversed { ", reversed" } else { "" };
        match self.filtering || !self.filter.is_empty() {
            true => format!("/{}  [{place}]", self.filter),
            false => format!(
                "buffers [{place}] by {}{reversed}: Enter paste, e edit, d delete, t tag, / filter, O sort, q close",
                self.order.name()
            ),
        }
    }
}

impl Layer for Buffers {
    fn key(&mut self, key: Key) -> Taken {
        if (self.filtering && self.filter_key(key)) || self.move_key(key) {
            return self.look();
        }
        match (key.code, key.mods) {
            (KeyCode::Escape | KeyCode::Char('q'), _) | (KeyCode::Char('c' | 'g'), Mods::CTRL) => {
                return Taken::Close(Vec::new());
            }
            (KeyCode::Enter | KeyCode::Char('p'), NONE) => {
                return Taken::Close(self.chosen().map(|entry| self.pasting(entry)).into_iter().collect());
            }
            (KeyCode::Char('P'), _) => return Taken::Close(self.tagged().map(|entry| self.pasting(entry)).collect()),
            (KeyCode::Char('d'), NONE) => return self.delete(self.chosen().into_iter()),
            (KeyCode::Char('D'), _) => return self.delete(self.tagged()),
            (KeyCode::Char('e'), NONE) => return self.edit(),
            (KeyCode::Char('t'), NONE) => self.tag_chosen(),
            (KeyCode::Char('T'), _) => self.tag(|_| true, |_| false),
            (KeyCode::Char('t'), Mods::CTRL) => self.tag(|_| true, |_| true),
            (KeyCode::Char('O'), _) => self.order = self.order.next(),
            (KeyCode::Char('r'), NONE) => self.choice.reversed = !self.choice.reversed,
            (KeyCode::Char('v'), NONE) => self.choice.hides_preview = !self.choice.hides_preview,
            (KeyCode::Char('/' | 'f'), NONE) => self.filtering = true,
            _ => {}
        }
        self.look()
    }

    fn paste(&mut self, text: &str) {
        if self.filtering {
            self.filter.extend(text.chars().filter(|c| !c.is_control()));
        }
    }

    fn wheel(&mut self, up: bool) {
        self.step(if up { -3 } else { 3 });
    }

    fn answered(&mut self, words: &[String], text: &str) -> Vec<Action> {
        match words {
            [list, ..] if list == LIST => self.read(text),
            [show, _, name] if show == "show-buffer" => self.preview = Some((name.clone(), text.to_owned())),
            _ => return Vec::new(),
        }
        match self.look() {
            Taken::Act(actions) => actions,
            _ => Vec::new(),
        }
    }

    fn plates(&self, room: &Room) -> Vec<Plate> {
        vec![Plate::new(Rect::new(0, 0, room.size), Page { view: self, room })]
    }
}

/// As a shell reads it as one word.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

struct Page<'a> {
    view: &'a Buffers,
    room: &'a Room,
}

impl Page<'_> {
    /// The rows of the list, and of the preview below it.
    fn rows(&self, size: Size) -> (u16, u16) {
        let rows = size.rows.saturating_sub(1).max(1);
        if self.view.choice.hides_preview || rows < PREVIEW_ROWS {
            return (rows, 0);
        }
        (rows / 2, rows - rows / 2)
    }

    fn list(&self, area: Area, buffer: &mut Buffer, shown: &[&Entry]) {
        let rows = usize::from(area.height.max(1));
        let top = (self.view.current + 1).saturating_sub(rows);
        for (row, (index, entry)) in (area.y..area.bottom()).zip(shown.iter().enumerate().skip(top)) {
            let digit = if index < 10 { format!("({index}) ") } else { "    ".into() };
            let tag = if entry.tagged { "*" } else { "" };
            let text = format!("{digit}{}{tag}: {}", entry.name, entry.sample);
            let mut style = UiStyle::reset();
            if index == self.view.current {
                style = style.add_modifier(Modifier::REVERSED);
                buffer.set_style(Area::new(area.x, row, area.width, 1), style);
            }
            buffer.set_stringn(area.x, row, &text, usize::from(area.width), style);
        }
    }

    fn preview(&self, area: Area, buffer: &mut Buffer) {
        let Some((name, text)) = &self.view.preview else { return };
        let block = Block::bordered().title(format!(" {name} "));
        let inside = block.inner(area);
        block.render(area, buffer);
        let visible = |c: char| {
            if c == '\t' {
                ' '
            } else if c.is_control() {
                '·'
            } else {
                c
            }
        };
        for (row, line) in (inside.y..inside.bottom()).zip(text.lines()) {
            let line: String = line.chars().take(usize::from(inside.width)).map(visible).collect();
            buffer.set_stringn(inside.x, row, &line, usize::from(inside.width), UiStyle::reset());
        }
    }
}

impl Widget for Page<'_> {
    fn render(self, area: Area, buffer: &mut Buffer) {
        let (list, preview) = self.rows(self.room.size);
        self.view.page.set(list);
        let shown = self.view.shown();
        let (list, preview) = (
            Area::new(area.x, area.y, area.width, list.min(area.height)),
            Area::new(area.x, area.y + list, area.width, preview),
        );
        match shown.is_empty() && self.view.known {
            true => Paragraph::new("there is none").render(list, buffer),
            false => self.list(list, buffer, &shown),
        }
        if preview.height > 0 && !shown.is_empty() {
            self.preview(preview, buffer);
        }
        if area.height > 1 {
            let foot = Area::new(area.x, area.bottom() - 1, area.width, 1);
            Paragraph::new(self.view.footer(shown.len())).style(ui(self.room.message_style)).render(foot, buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffers() -> Buffers {
        let mut buffers = Buffers::new(Choice::default());
        let asked = [LIST.to_owned()];
        buffers.answered(&asked, "buffer2\t3\tsee\nmine\t40\ta long one\nbuffer0\t7\tolder\n");
        buffers
    }

    fn names(buffers: &Buffers) -> Vec<&str> {
        buffers.shown().iter().map(|entry| entry.name.as_str()).collect()
    }

    fn press(buffers: &mut Buffers, keys: &[&str]) -> Taken {
        keys.iter().map(|key| buffers.key(key.parse().unwrap())).last().unwrap()
    }

    fn words(line: &str) -> Action {
        Action::Words(line.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn the_chosen_one_is_pasted() {
        let mut buffers = buffers();
        assert_eq!(press(&mut buffers, &["j", "Enter"]), Taken::Close(vec![words("paste-buffer -p -b mine")]));
        assert_eq!(press(&mut buffers, &["2", "p"]), Taken::Close(vec![words("paste-buffer -p -b buffer0")]));
        assert_eq!(
            press(&mut buffers, &["g", "t", "t", "P"]),
            Taken::Close(vec![words("paste-buffer -p -b buffer2"), words("paste-buffer -p -b mine"),])
        );
        assert_eq!(press(&mut buffers, &["q"]), Taken::Close(vec![]));
    }

    #[test]
    fn a_command_of_ones_own_gets_the_name() {
        let mut buffers = buffers();
        buffers.choice.template = Some("delete-buffer -b '%%'".into());
        assert_eq!(press(&mut buffers, &["Enter"]), Taken::Close(vec![words("delete-buffer -b buffer2")]));
    }

    #[test]
    fn what_is_deleted_leaves_its_place_to_the_next() {
        let mut buffers = buffers();
        let list = buffers.question();
        assert_eq!(press(&mut buffers, &["j", "d"]), Taken::Act(vec![words("delete-buffer -b mine"), list]));
        buffers.answered(&[LIST.to_owned()], "buffer2\t3\tsee\nbuffer0\t7\tolder\n");
        assert_eq!(buffers.chosen().map(|entry| entry.name.as_str()), Some("buffer0"));
    }

    #[test]
    fn an_editor_gets_the_chosen_one_and_gives_it_back() {
        let mut buffers = buffers();
        let Taken::Close(actions) = press(&mut buffers, &["j", "e"]) else { panic!("it closes") };
        let [Action::Words(words)] = actions.as_slice() else { panic!("{actions:?}") };
        assert_eq!(words[..3], ["new-window", "-n", "edit"]);
        assert!(words[3].contains("save-buffer -b 'mine'") && words[3].contains("load-buffer -b 'mine'"), "{words:?}");
    }

    #[test]
    fn what_is_asked_for_is_filtered_and_shown_as_wanted() {
        let mut buffers = buffers();
        buffers.choice.filter = Some("#{m:m*,#{buffer_name}}".into());
        buffers.choice.format = Some("#{buffer_created}".into());
        let fields = "#{buffer_name}\t#{buffer_size}\t#{buffer_created}";
        let asked = ["list-buffers", "-F", fields, "-f", "#{m:m*,#{buffer_name}}"].map(str::to_owned).to_vec();
        assert_eq!(buffers.question(), Action::Ask(asked));
    }

    #[test]
    fn it_is_sorted_and_filtered() {
        let mut buffers = buffers();
        press(&mut buffers, &["O"]);
        assert_eq!(names(&buffers), ["buffer0", "buffer2", "mine"]);
        press(&mut buffers, &["O"]);
        assert_eq!(names(&buffers), ["mine", "buffer0", "buffer2"]);
        press(&mut buffers, &["r"]);
        assert_eq!(names(&buffers), ["buffer2", "buffer0", "mine"]);
        press(&mut buffers, &["/", "O", "L", "D"]);
        assert_eq!(names(&buffers), ["buffer0"], "'older' has it");
        press(&mut buffers, &["Escape"]);
        assert_eq!(names(&buffers).len(), 3);
    }

    #[test]
    fn what_is_in_it_is_asked_for_once() {
        let mut buffers = buffers();
        let ask = |name: &str| Taken::Act(vec![Action::Ask(vec!["show-buffer".into(), "-b".into(), name.into()])]);
        assert_eq!(press(&mut buffers, &["j"]), ask("mine"));
        let asked = ["show-buffer", "-b", "mine"].map(str::to_owned);
        assert_eq!(buffers.answered(&asked, "a long one\nwith lines"), []);
        assert_eq!(press(&mut buffers, &["T"]), Taken::Stay);
        assert_eq!(press(&mut buffers, &["k"]), ask("buffer2"));
    }
}
