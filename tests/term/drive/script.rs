//! A terminal to which is done what bytes say.

use mux::base::{Input, Key, KeyCode, Mods, MouseButton, MouseEvent, MouseKind, Point, Row, Size};
use mux::term::{HostColors, TermEvent, Terminal};

use super::kept::Kept;
use super::mirror::Mirror;
use super::{Seen, saved};

/// Lines of history at first.
const HISTORY: usize = 40;

/// Bytes that a terminal may hold beside its history and its cells: the tables of styles, links and clusters at their
/// fullest that short input can fill, replies, events, strings.
const MEMORY: usize = 16 << 20;

/// Bytes of history beside what lies in the vault: a chunk that is open, before it is looked whether it is full, and
/// what a vector has in reserve.
const OPEN: usize = 4 << 20;

/// Pieces at most that a run of text is cut into where that costs much.
const CUTS: usize = 10;

/// Of two terminals that were driven in any of these manners but the last one nothing is different.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Manner {
    /// What the program prints comes in at once.
    Whole,
    /// Byte by byte.
    Bytes,
    /// In odd pieces; after each the next process goes on with it.
    Restored,
    /// Likewise, in memory that has hardly any room and is asked to take less.
    Cramped,
}

pub struct Driven {
    pub terminal: Terminal,
    pub kept: Kept,
    manner: Manner,
    mirror: Mirror,
    /// Lines of history that there may be; none is known for a terminal whose snapshot was damaged.
    limit: Option<usize>,
    /// It goes on from a snapshot that may be damaged: a cell may name a look that there is not.
    #[cfg_attr(not(fuzzing), expect(dead_code, reason = "looks are verified by a fuzzer alone"))]
    doubtful: bool,
    replies: Vec<u8>,
    events: Vec<TermEvent>,
}

impl Driven {
    pub fn new(manner: Manner) -> Self {
        let kept = Kept::default();
        let terminal = Terminal::in_vault(Size::new(20, 6), HISTORY, kept.vault(room(manner)));
        Self { manner, limit: Some(HISTORY), doubtful: false, ..Self::of(terminal, kept) }
    }

    pub fn of(terminal: Terminal, kept: Kept) -> Self {
        let (replies, events) = (Vec::new(), Vec::new());
        let mirror = Mirror::default();
        Self { terminal, kept, manner: Manner::Whole, mirror, limit: None, doubtful: true, replies, events }
    }

    pub fn play(&mut self, data: &[u8]) {
        for (index, part) in data.split(|&byte| byte == 0xff).enumerate() {
            let text = match part {
                [what, how, text @ ..] if index > 0 => {
                    self.mirror.update(&self.terminal);
                    self.step(*what, *how, text);
                    self.check();
                    text
                }
                text => text,
            };
            self.print(text);
            self.check();
        }
    }

    /// What is left to see in the end, with all that has come out.
    pub fn end(mut self) -> (Seen, Vec<u8>, Vec<TermEvent>) {
        self.take_out();
        (Seen::of(&self.terminal), self.replies, self.events)
    }

    fn print(&mut self, text: &[u8]) {
        let length = match self.manner {
            Manner::Whole => usize::MAX,
            Manner::Bytes => 1,
            Manner::Restored | Manner::Cramped => (text.len() / CUTS).max(7),
        };
        for (index, piece) in text.chunks(length).enumerate() {
            self.terminal.feed(piece);
            self.take_out();
            match self.manner {
                Manner::Whole => {}
                Manner::Bytes if index % 32 > 0 => {}
                Manner::Bytes => self.mirror.update(&self.terminal),
                Manner::Restored | Manner::Cramped => self.take_over(),
            }
        }
    }

    /// `0x00` to `0xef`: another size, else as said with each. `text`: what will be printed next.
    fn step(&mut self, what: u8, how: u8, text: &[u8]) {
        let terminal = &mut self.terminal;
        match what {
            ..0xf0 => terminal.resize(Size::new(what.into(), how.into())),
            0xf0 => self.take_over(),
            0xf1 => {
                let limit = usize::from(how) * usize::from(how) / 4;
                terminal.set_history_limit(limit);
                self.limit = Some(limit);
            }
            0xf2 => {
                terminal.clear_history();
                assert_eq!(terminal.first_line(), terminal.screen_line());
            }
            0xf3 => terminal.reset(),
            0xf4 => assert!((0..10_000).any(|_| !terminal.compact()), "compacting comes to no end"),
            0xf5 if self.manner == Manner::Cramped => terminal.shrink_history(usize::from(how) << 10),
            0xf6 => {
                let generation = terminal.generation() + u64::from(how);
                terminal.outdate(generation);
                assert!(terminal.generation() > generation);
            }
            0xf7 => {
                terminal.end_synchronized();
                assert!(!terminal.synchronized());
            }
            0xf8 => terminal.set_host_colors(colors(how)),
            0xf9 => self.move_house(),
            0xfa => self.search(how),
            0xfb => self.input(how, text),
            0xfc => terminal.resize(Size::new(u16::from(how) * 8, 3)),
            0xfd => terminal.resize(Size::new(3, u16::from(how) * 4)),
            _ => {}
        }
    }

    pub fn take_out(&mut self) {
        self.terminal.take_replies(&mut self.replies);
        // What a terminal that is asked less often tells once.
        for event in self.terminal.take_events() {
            if self.events.last() != Some(&event) {
                self.events.push(event);
            }
        }
    }

    /// The next process takes the terminal over. Nothing of it can be seen, but where there was no room for history.
    fn take_over(&mut self) {
        self.take_out();
        let stamps = |terminal: &Terminal| -> Vec<u64> {
            (0..terminal.size().rows).map(|row| terminal.row_generation(Row(row))).collect()
        };
        let bytes = saved(&self.terminal);
        let next = Terminal::restore(&bytes, self.kept.vault(room(self.manner)));
        let next = next.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((next.generation(), next.size()), (self.terminal.generation(), self.terminal.size()));
        assert_eq!(stamps(&next), stamps(&self.terminal));
        assert!(saved(&next) == bytes, "it is saved otherwise than it was");
        self.mirror.update(&self.terminal);
        self.terminal = next;
        self.mirror.update(&self.terminal);
    }

    fn move_house(&mut self) {
        let kept = Kept::default();
        if self.terminal.move_to(kept.vault(room(self.manner))) {
            self.kept = kept;
        } else {
            assert_eq!(self.manner, Manner::Cramped, "there is room");
        }
    }

    /// The newest places where a byte is in the history are those that its lines have.
    fn search(&self, how: u8) {
        let terminal = &self.terminal;
        let byte = b' ' + how % 0x5f;
        let find = |text: &[u8]| text.iter().position(|&other| other == byte).map(|at| at..at + 1);
        let lines = terminal.screen_line().saturating_sub(500)..terminal.screen_line() + 10;
        let found = terminal.search_history(lines.clone(), usize::from(how), find);
        let places = |number: u64| -> Vec<(u64, usize)> {
            let line = terminal.line(number).map(|line| line.spans).unwrap_or_default();
            let text: String = line.iter().map(|span| span.text.as_str()).collect();
            text.bytes().enumerate().filter(|(_, other)| *other == byte).map(|(at, _)| (number, at)).rev().collect()
        };
        let there = lines.start.max(terminal.first_line())..terminal.screen_line();
        let expected: Vec<_> = there.rev().flat_map(places).take(how.into()).collect();
        assert_eq!(found.iter().map(|found| (found.line, found.start)).collect::<Vec<_>>(), expected);
        assert!(found.iter().all(|found| found.length == 1));
    }

    /// Something that the user does, by the next bytes of the program's.
    fn input(&mut self, how: u8, text: &[u8]) {
        let [one, two] = [0, 1].map(|at| text.get(at).copied().unwrap_or_default());
        let key = Key::new(key_code(one), Mods::from_bits_truncate(two));
        let at = Point::new(u16::from(one) * 4, u16::from(two) * 8);
        let input = match how % 8 {
            0 => Input::Key(key),
            1 => Input::Repeat(key),
            2 => Input::Release(key),
            3 => Input::Focus(one & 1 == 0),
            4 => Input::Paste(String::from_utf8_lossy(text).into_owned()),
            5 => Input::Bytes(text.to_vec()),
            _ => Input::Mouse(MouseEvent { kind: mouse_kind(one), at, mods: Mods::from_bits_truncate(how >> 4) }),
        };
        let before = self.replies.len();
        self.terminal.encode(&input, &mut self.replies);
        assert!(self.replies.len() - before <= 64 + 3 * text.len());
    }

    #[cfg(fuzzing)]
    fn verify(&self) {
        self.terminal.verify();
        if !self.doubtful {
            self.terminal.verify_looks();
        }
    }

    /// What holds at any time.
    fn check(&mut self) {
        #[cfg(fuzzing)]
        self.verify();
        self.mirror.update(&self.terminal);
        let terminal = &self.terminal;
        let size = terminal.size();
        for row in 0..size.rows {
            assert!(terminal.row(Row(row)).cells() <= size.cols.into());
        }
        let cursor = terminal.cursor().at;
        assert!(cursor.row.0 < size.rows && cursor.col.0 < size.cols);
        let kept = terminal.screen_line() - terminal.first_line();
        assert!(self.limit.is_none_or(|limit| kept <= limit as u64), "{kept} lines");
        assert!(some_lines(terminal).all(|number| terminal.line(number).is_some()));
        assert_eq!(terminal.line(end(terminal)), None);
        assert!(terminal.first_line() == 0 || terminal.line(terminal.first_line() - 1).is_none());
        assert!(terminal.prompts().is_sorted_by(|one, two| one < two));
        assert!(terminal.prompts().all(|line| (terminal.first_line()..end(terminal)).contains(&line)), "no such line");
        is_bounded(terminal);
    }
}

/// Bytes of vault that a terminal has.
fn room(manner: Manner) -> usize {
    if manner == Manner::Cramped { 40_000 } else { usize::MAX }
}

fn colors(how: u8) -> HostColors {
    let background = (how > 20).then_some((how, how, 7));
    let foreground = background.map(|(r, g, b)| (b, r, g));
    HostColors { background, foreground, cursor: foreground }
}

fn key_code(byte: u8) -> KeyCode {
    const NAMED: [KeyCode; 14] = [
        KeyCode::Enter,
        KeyCode::Tab,
        KeyCode::Backspace,
        KeyCode::Escape,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Insert,
        KeyCode::Delete,
    ];
    match byte {
        0x80..0xc0 => KeyCode::F(byte - 0x80),
        byte => NAMED.get(usize::from(byte)).copied().unwrap_or(KeyCode::Char(byte.into())),
    }
}

fn mouse_kind(byte: u8) -> MouseKind {
    let button = [MouseButton::Left, MouseButton::Middle, MouseButton::Right][usize::from(byte / 8 % 3)];
    match byte % 8 {
        0 => MouseKind::Press(button),
        1 => MouseKind::Release(button),
        2 => MouseKind::Drag(button),
        3 => MouseKind::Move,
        4 => MouseKind::WheelUp,
        5 => MouseKind::WheelDown,
        6 => MouseKind::WheelLeft,
        _ => MouseKind::WheelRight,
    }
}

fn end(terminal: &Terminal) -> u64 {
    terminal.screen_line() + u64::from(terminal.size().rows)
}

/// The lines on the screen and, of a long history, the oldest, the newest and some between.
pub fn some_lines(terminal: &Terminal) -> impl Iterator<Item = u64> + use<> {
    let (first, screen) = (terminal.first_line(), terminal.screen_line());
    let between = (screen - first).saturating_sub(120) as usize / 30 + 1;
    let oldest = first..screen.min(first + 60);
    let newest = screen.saturating_sub(60).max(oldest.end)..end(terminal);
    oldest.clone().chain((oldest.end..newest.start).step_by(between)).chain(newest)
}

/// It holds no more memory than there may be.
pub fn is_bounded(terminal: &Terminal) {
    let Size { cols, rows } = terminal.size();
    let cells = 2 * 64 * usize::from(rows) + 2 * 8 * usize::from(rows) * usize::from(cols);
    let history = terminal.history_memory();
    let rest = terminal.memory() - history;
    assert!(rest <= MEMORY + 2 * cells, "{rest} bytes");
    let most = OPEN + 32 * usize::from(cols) * (terminal.screen_line() - terminal.first_line()) as usize;
    assert!(history <= most.max(OPEN), "{history} bytes of history");
}
