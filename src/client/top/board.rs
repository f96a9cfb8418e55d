//! The dashboard as a state: what the user has selected, sorted and opened, and what each key and click makes of it.
//! Pure: what is to be asked of the server comes out as [`Ask`]s.

use std::cmp::Ordering;

use crate::base::{Key, KeyCode, Mods, MouseButton, MouseEvent, MouseKind, Size};

use super::super::layer::LineEdit;
use super::data::{Detail, Done, Row};
use super::draw::{self, Places};

/// What the user wants of somebody else.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    /// A command about a job, answered with what has become of it.
    Act(Vec<String>),
    /// Show its screen: its pane.
    Attach(String),
    /// Look again at once.
    Look,
    Leave,
}

/// A column that can be sorted by. In the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    State,
    Uptime,
    Cpu,
    Memory,
    Restarts,
    Health,
}

impl Column {
    pub(super) const ALL: [Column; 7] =
        [Column::Name, Column::State, Column::Uptime, Column::Cpu, Column::Memory, Column::Restarts, Column::Health];
}

/// What lies over the dashboard and takes keys first.
#[derive(Debug)]
pub(super) enum Over {
    Help,
    /// Which signal; the selected place.
    Signals(usize),
    Filter(LineEdit),
    /// A question, and the command for a yes.
    Confirm(String, Vec<String>),
}

/// Signals that are offered, with what they are for.
pub(super) const SIGNALS: &[(&str, &str)] = &[
    ("HUP", "read settings anew, or end"),
    ("INT", "as Ctrl-C"),
    ("QUIT", "end with a core"),
    ("TERM", "end"),
    ("KILL", "end at once"),
    ("USR1", ""),
    ("USR2", ""),
    ("STOP", "freeze"),
    ("CONT", "go on"),
];

/// Keys and what they do, for the help.
pub(super) const HELP: &[(&str, &str)] = &[
    ("Up Down j k", "select a job (PgUp PgDn Home End too)"),
    ("Enter, a", "attach: its screen; detach comes back"),
    ("l", "its last lines on the whole screen"),
    ("s", "start"),
    ("t", "stop"),
    ("r", "restart"),
    ("p", "freeze, or let go on"),
    ("g", "send a signal"),
    ("/", "show only names with this in them"),
    ("< >", "sort by the column before, behind"),
    ("!", "sort the other way round"),
    ("n c m u", "sort by name, cpu, memory, uptime"),
    ("Esc", "close what is open, end the filter"),
    ("q", "leave"),
];

#[derive(Debug)]
pub(super) struct Board {
    pub(super) size: Size,
    /// In the order in which they are shown.
    pub(super) rows: Vec<Row>,
    pub(super) selected: Option<String>,
    /// The first row that is shown.
    pub(super) top: usize,
    pub(super) sort: Column,
    pub(super) reverse: bool,
    pub(super) filter: String,
    pub(super) detail: Option<Detail>,
    /// The log has the whole screen.
    pub(super) log_only: bool,
    pub(super) over: Option<Over>,
    /// The latest word, and whether it is a bad one.
    pub(super) message: Option<(String, bool)>,
    /// Why there is no server to be asked.
    pub(super) away: Option<String>,
    /// Something was heard of the jobs.
    pub(super) loaded: bool,
    all: Vec<Row>,
    now: i64,
}

impl Board {
    pub(super) fn new(size: Size) -> Self {
        Self {
            size,
            rows: Vec::new(),
            selected: None,
            top: 0,
            sort: Column::Name,
            reverse: false,
            filter: String::new(),
            detail: None,
            log_only: false,
            over: None,
            message: None,
            away: None,
            loaded: false,
            all: Vec::new(),
            now: 0,
        }
    }

    /// Seconds since the epoch, as of the latest look.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        self.follow();
    }

    /// All jobs, whatever is shown of them.
    pub(super) fn all(&self) -> &[Row] {
        &self.all
    }

    pub(super) fn take_rows(&mut self, rows: Vec<Row>, now: i64) {
        self.all = rows;
        self.now = now;
        self.loaded = true;
        self.arrange();
    }

    pub(super) fn take_detail(&mut self, detail: Detail) {
        if self.selected.as_ref() == Some(&detail.name) {
            self.detail = Some(detail);
        }
    }

    pub(super) fn take_done(&mut self, done: &[Done]) {
        let bad = done.iter().find(|done| !done.ok).or(done.first());
        self.message = bad.map(|done| (format!("{}: {}", done.name, done.result), !done.ok));
    }

    /// Filters and sorts anew. The selected job stays selected while it is shown.
    fn arrange(&mut self) {
        let place = self.place();
        let shown = |row: &&Row| row.name.contains(&self.filter);
        self.rows = self.all.iter().filter(shown).cloned().collect();
        let (sort, reverse, now) = (self.sort, self.reverse, self.now);
        self.rows.sort_by(|a, b| {
            let order = compare(sort, a, b, now);
            (if reverse { order.reverse() } else { order }).then_with(|| a.name.cmp(&b.name))
        });
        if !self.rows.iter().any(|row| Some(&row.name) == self.selected.as_ref()) {
            let near = place.unwrap_or(0).min(self.rows.len().saturating_sub(1));
            self.choose(near);
        }
        self.follow();
    }

    /// Where the selected job stands.
    pub(super) fn place(&self) -> Option<usize> {
        self.rows.iter().position(|row| Some(&row.name) == self.selected.as_ref())
    }

    pub(super) fn row(&self) -> Option<&Row> {
        self.rows.get(self.place()?)
    }

    fn choose(&mut self, place: usize) {
        let name = self.rows.get(place).map(|row| row.name.clone());
        if name != self.selected {
            self.selected = name;
            self.detail = None;
        }
        self.follow();
    }

    fn go(&mut self, by: isize) -> Vec<Ask> {
        let last = self.rows.len().saturating_sub(1);
        let place = self.place().unwrap_or(0).saturating_add_signed(by).min(last);
        self.choose(place);
        vec![Ask::Look]
    }

    /// Scrolls so that the selected row is seen.
    fn follow(&mut self) {
        let room = usize::from(self.places().table.height).saturating_sub(1).max(1);
        let place = self.place().unwrap_or(0);
        self.top = self.top.min(place).max((place + 1).saturating_sub(room)).min(self.rows.len().saturating_sub(1));
    }

    pub(super) fn places(&self) -> Places {
        draw::places(self.size, self.rows.len(), self.log_only)
    }

    /// Lines of the log that can be shown.
    pub(super) fn lines(&self) -> u16 {
        self.places().log.height.saturating_sub(1).max(1)
    }

    fn sort_by(&mut self, column: Column) {
        self.reverse = self.sort == column && !self.reverse;
        self.sort = column;
        self.arrange();
    }

    fn sort_beside(&mut self, by: isize) {
        let place = Column::ALL.iter().position(|column| *column == self.sort).unwrap_or(0);
        let place = place.saturating_add_signed(by).min(Column::ALL.len() - 1);
        self.sort = Column::ALL[place];
        self.arrange();
    }

    fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.filter);
        self.arrange();
    }

    // ---- keys ------------------------------------------------------------------------------------------------

    pub(super) fn key(&mut self, key: Key) -> Vec<Ask> {
        if key == Key::ctrl('c') {
            return vec![Ask::Leave];
        }
        match self.over.take() {
            Some(over) => self.key_over(over, key),
            None => self.key_below(key),
        }
    }

    fn key_over(&mut self, over: Over, key: Key) -> Vec<Ask> {
        match over {
            Over::Help => Vec::new(),
            Over::Signals(place) => self.key_signals(place, key),
            Over::Filter(edit) => self.key_filter(edit, key),
            Over::Confirm(_, words) => {
                if key == Key::char('y') {
                    self.act(words)
                } else {
                    Vec::new()
                }
            }
        }
    }

    fn key_signals(&mut self, place: usize, key: Key) -> Vec<Ask> {
        let last = SIGNALS.len() - 1;
        let place = match key.code {
            KeyCode::Up | KeyCode::Char('k') => place.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => (place + 1).min(last),
            KeyCode::Home => 0,
            KeyCode::End => last,
            KeyCode::Enter => {
                let Some(name) = self.selected.clone() else { return Vec::new() };
                return self.act(words(&["signal", "--json", SIGNALS[place].0, "--", &name]));
            }
            _ => return Vec::new(),
        };
        self.over = Some(Over::Signals(place));
        Vec::new()
    }

    fn key_filter(&mut self, mut edit: LineEdit, key: Key) -> Vec<Ask> {
        match key.code {
            KeyCode::Enter => return vec![Ask::Look],
            KeyCode::Escape => {
                self.set_filter("");
                return vec![Ask::Look];
            }
            _ => drop(edit.key(key)),
        }
        self.set_filter(&edit.text());
        self.over = Some(Over::Filter(edit));
        Vec::new()
    }

    fn key_below(&mut self, key: Key) -> Vec<Ask> {
        if key.mods.contains(Mods::CTRL) || key.mods.contains(Mods::ALT) {
            return Vec::new();
        }
        let page = isize::try_from(self.places().table.height.saturating_sub(1)).unwrap_or(1).max(1);
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => return self.go(-1),
            KeyCode::Down | KeyCode::Char('j') => return self.go(1),
            KeyCode::PageUp => return self.go(-page),
            KeyCode::PageDown => return self.go(page),
            KeyCode::Home => return self.go(isize::MIN),
            KeyCode::End => return self.go(isize::MAX),
            KeyCode::Escape if self.log_only => self.log_only = false,
            KeyCode::Escape => self.set_filter(""),
            KeyCode::Enter => return self.attach(),
            KeyCode::Char(c) => return self.letter(c),
            _ => {}
        }
        Vec::new()
    }

    fn letter(&mut self, c: char) -> Vec<Ask> {
        match c {
            'q' if self.log_only => self.log_only = false,
            'q' => return vec![Ask::Leave],
            '?' | 'h' => self.over = Some(Over::Help),
            '/' => self.over = Some(Over::Filter(LineEdit::new(&self.filter))),
            '<' => self.sort_beside(-1),
            '>' => self.sort_beside(1),
            '!' => {
                self.reverse = !self.reverse;
                self.arrange();
            }
            'n' => self.sort_by(Column::Name),
            'c' => self.sort_by(Column::Cpu),
            'm' => self.sort_by(Column::Memory),
            'u' => self.sort_by(Column::Uptime),
            'l' => {
                self.log_only = !self.log_only;
                return vec![Ask::Look];
            }
            'a' => return self.attach(),
            's' | 't' | 'r' | 'p' | 'g' => return self.letter_for_job(c),
            _ => {}
        }
        Vec::new()
    }

    fn letter_for_job(&mut self, c: char) -> Vec<Ask> {
        let Some(row) = self.row() else { return Vec::new() };
        let (name, paused) = (row.name.clone(), row.paused);
        let command = |command: &str| words(&[command, "--json", "--", &name]);
        match c {
            's' => return self.act(command("start")),
            'p' => return self.act(command(if paused { "resume" } else { "pause" })),
            't' => self.over = Some(Over::Confirm(format!("stop {name}? (y/n)"), command("stop"))),
            'r' => self.over = Some(Over::Confirm(format!("restart {name}? (y/n)"), command("restart"))),
            _ => self.over = Some(Over::Signals(0)),
        }
        Vec::new()
    }

    fn act(&mut self, words: Vec<String>) -> Vec<Ask> {
        let what = words.first().map_or("", String::as_str);
        let name = words.last().map_or("", String::as_str);
        self.message = Some((format!("{name}: {what} …"), false));
        vec![Ask::Act(words), Ask::Look]
    }

    fn attach(&mut self) -> Vec<Ask> {
        match self.row().map(|row| (row.name.clone(), row.pane.clone())) {
            Some((_, Some(pane))) => vec![Ask::Attach(pane)],
            Some((name, None)) => {
                self.message = Some((format!("{name} has no screen"), true));
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(Over::Filter(edit)) = &mut self.over {
            edit.insert(text.trim_end_matches(['\r', '\n']));
            let text = edit.text();
            self.set_filter(&text);
        }
    }

    // ---- mouse -----------------------------------------------------------------------------------------------

    pub(super) fn mouse(&mut self, event: MouseEvent) -> Vec<Ask> {
        let places = self.places();
        let (row, col) = (event.at.row.0, event.at.col.0);
        let table = places.table;
        match event.kind {
            MouseKind::WheelUp => return self.go(-1),
            MouseKind::WheelDown => return self.go(1),
            MouseKind::Press(MouseButton::Left) if self.over.is_some() => self.over = None,
            MouseKind::Press(MouseButton::Left) if table.height > 0 && row == table.y => {
                if let Some(column) = draw::column_at(table.width, col) {
                    self.sort_by(column);
                }
            }
            MouseKind::Press(MouseButton::Left) if (table.y + 1..table.y + table.height).contains(&row) => {
                let place = self.top + usize::from(row - table.y - 1);
                if place < self.rows.len() {
                    self.choose(place);
                    return vec![Ask::Look];
                }
            }
            _ => {}
        }
        Vec::new()
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Names and states upwards, what is used and what fails with the most first, as people look for it.
fn compare(column: Column, a: &Row, b: &Row, now: i64) -> Ordering {
    match column {
        Column::Name => a.name.cmp(&b.name),
        Column::State => a.state().cmp(b.state()),
        Column::Uptime => b.uptime(now).cmp(&a.uptime(now)),
        Column::Cpu => b.cpu_percent.unwrap_or(-1.0).total_cmp(&a.cpu_percent.unwrap_or(-1.0)),
        Column::Memory => b.memory.cmp(&a.memory),
        Column::Restarts => b.restarts.cmp(&a.restarts),
        Column::Health => a.health.cmp(&b.health),
    }
}
