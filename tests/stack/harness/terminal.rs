//! A terminal with a person at it: a real PTY with a program in it, its screen kept by `vt100`.
//!
//! Two threads beside the story's own: one reads what the program draws into the screen, one waits for the program's
//! end. Both wake who waits in [`Terminal::wait_for`].

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::event::{PollFd, PollFlags, poll};

use super::world::Tree;
use super::{PATIENCE, Process, Screen, keys, world};

pub struct Terminal {
    /// None once hung up.
    pty: Option<Pty>,
    shared: Arc<Shared>,
    program: Process,
    tree: Tree,
    title: String,
}

struct Pty {
    master: Box<dyn MasterPty + Send>,
    keyboard: File,
    /// A byte tells the reader to look at `State::reading`; closing it ends the reader.
    wake: OwnedFd,
    reader: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<Option<State>>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser<Outer>,
    /// The reader takes what the program draws; else the PTY fills up.
    reading: bool,
    /// Bytes drawn so far.
    drawn: u64,
    exit: Option<u32>,
}

/// Lines that the outer terminal keeps to scroll back in.
const SCROLLBACK: usize = 5000;

/// What the outer terminal does beside showing text.
#[derive(Default)]
struct Outer {
    answers: Vec<u8>,
    bells: usize,
    /// Told where it is asked for (OSC 11).
    background: Option<String>,
    /// Where the hyperlinks lead that were opened (OSC 8).
    links: Vec<String>,
    /// Flags of the kitty keyboard protocol, the newest last.
    keyboard: Vec<u16>,
    /// What was put into its clipboard (OSC 52), in base64.
    clipboard: Vec<String>,
    /// Further questions that it answers, and everything that it was sent, where it has any.
    kind: Kind,
    sent: Vec<u8>,
    /// Bytes of that in which questions were looked for.
    looked: usize,
}

/// What a terminal answers beside DA1 and the cursor's place: each question as it is sent, and its answer.
pub type Kind = Vec<(&'static [u8], &'static [u8])>;

impl Outer {
    fn has(&self, bytes: &[u8]) -> bool {
        self.sent.windows(bytes.len()).any(|window| window == bytes)
    }

    /// Looks for questions in what has come.
    fn listen(&mut self, bytes: &[u8]) {
        if self.kind.is_empty() {
            return;
        }
        self.sent.extend(bytes);
        let mut found: Vec<(usize, &[u8])> = Vec::new();
        for (question, answer) in &self.kind {
            let from = self.looked.saturating_sub(question.len() - 1);
            let at = self.sent[from..].windows(question.len()).position(|window| window == *question);
            found.extend(at.map(|at| (at, *answer)));
        }
        found.sort_by_key(|(at, _)| *at);
        self.looked = self.sent.len();
        // Before that of DA1, which was asked last.
        let answers: Vec<u8> = found.iter().flat_map(|(_, answer)| answer.iter().copied()).collect();
        self.answers.splice(0..0, answers);
    }
}

impl vt100::Callbacks for Outer {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], text: &[u8]) {
        self.clipboard.push(String::from_utf8_lossy(text).into_owned());
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        if let [b"8", _, target @ ..] = params {
            self.links.push(String::from_utf8_lossy(&target.join(&b";"[..])).into_owned());
        }
        if let ([b"11", b"?"], Some(background)) = (params, &self.background) {
            self.answers.extend(format!("\x1b]11;rgb:{background}\x1b\\").bytes());
        }
    }

    /// DA1 and the report of the cursor, which every terminal answers.
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        mark: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        last: char,
    ) {
        match (mark, last, params) {
            (Some(b'>'), 'u', [[flags]]) => self.keyboard.push(*flags),
            (Some(b'='), 'u', [[flags], ..]) => {
                self.keyboard.pop();
                self.keyboard.push(*flags);
            }
            (Some(b'<'), 'u', _) => drop(self.keyboard.pop()),
            (None, 'c', _) if self.kind.iter().all(|(question, _)| *question != b"\x1b[c") => {
                self.answers.extend(b"\x1b[?62;22c");
            }
            (None, 'n', [[6]]) => {
                let (row, col) = screen.cursor_position();
                self.answers.extend(format!("\x1b[{};{}R", row + 1, col + 1).bytes());
            }
            _ => {}
        }
    }
}

impl Terminal {
    /// Starts a program on a new terminal.
    pub fn start(
        command: CommandBuilder,
        (cols, rows): (u16, u16),
        (background, kind): (Option<String>, Kind),
        title: String,
        tree: Tree,
    ) -> Self {
        let system = native_pty_system();
        let outer = Outer { background, kind, ..Outer::default() };
        let size = PtySize { cols, rows, pixel_width: 0, pixel_height: 0 };
        let (pair, mut child) = {
            let _alone = world::spawning();
            let pair = system.openpty(size).expect("a PTY");
            let child = pair.slave.spawn_command(command).expect("the program starts");
            (pair, child)
        };
        drop(pair.slave);
        let program = Process::of(child.process_id().expect("an id")).expect("it is there until it is waited for");
        let parser = vt100::Parser::new_with_callbacks(cells(rows), cells(cols), SCROLLBACK, outer);
        let shared = Arc::new(Shared::default());
        *shared.lock() = Some(State { parser, reading: true, drawn: 0, exit: None });

        let waiter = Arc::clone(&shared);
        std::thread::spawn(move || {
            let status = child.wait().map_or(u32::MAX, |status| status.exit_code());
            waiter.change(|state| state.exit = Some(status));
        });
        let pty = Pty::start(pair.master, &shared);
        Self { pty: Some(pty), shared, program, tree, title }
    }

    /// The process on the terminal.
    pub fn program(&self) -> Process {
        self.program
    }

    pub fn screen(&self) -> Screen {
        self.shared.look(|state| Screen::new(state.parser.screen()))
    }

    /// Waits until a hyperlink that leads there was opened.
    #[track_caller]
    pub fn links(&self, target: &str) {
        self.wait(&format!("a link to {target}"), |state| {
            state.parser.callbacks().links.iter().any(|link| link == target).then_some(())
        });
    }

    /// Waits until these bytes were sent to it; only where it is of a kind of its own ([`super::World::be`]).
    #[track_caller]
    pub fn was_sent(&self, bytes: &[u8]) {
        let what = format!("{:?} to be sent", String::from_utf8_lossy(bytes));
        self.wait(&what, |state| state.parser.callbacks().has(bytes).then_some(()));
    }

    /// Whether they were.
    pub fn has_been_sent(&self, bytes: &[u8]) -> bool {
        self.shared.look(|state| state.parser.callbacks().has(bytes))
    }

    /// How often they were.
    pub fn times_sent(&self, bytes: &[u8]) -> usize {
        self.shared.look(|state| state.parser.callbacks().sent.windows(bytes.len()).filter(|at| at == &bytes).count())
    }

    /// Says something by itself, as bytes.
    pub fn says(&mut self, bytes: &[u8]) {
        self.send(bytes);
    }

    /// Waits until the program has asked for these flags of the kitty keyboard protocol; 0 for none.
    #[track_caller]
    pub fn wants_keys(&self, flags: u16) {
        self.wait(&format!("keyboard flags {flags}"), |state| {
            (state.parser.callbacks().keyboard.last().copied().unwrap_or(0) == flags).then_some(())
        });
    }

    /// Waits until this text, in base64, was put into the terminal's clipboard.
    #[track_caller]
    pub fn clipboard(&self, base64: &str) {
        self.wait(&format!("'{base64}' in the clipboard"), |state| {
            state.parser.callbacks().clipboard.iter().any(|text| text == base64).then_some(())
        });
    }

    /// Waits until it has rung this often.
    #[track_caller]
    pub fn rings(&self, times: usize) {
        self.wait("a bell", |state| (state.parser.callbacks().bells >= times).then_some(()));
    }

    /// Bytes that the program has drawn so far.
    pub fn drawn(&self) -> u64 {
        self.shared.look(|state| state.drawn)
    }

    /// Waits until the screen is so, and gives it. Fails the story at the deadline, with the screen as it is.
    #[track_caller]
    pub fn wait_for(&self, what: &str, condition: impl Fn(&Screen) -> bool) -> Screen {
        self.wait(what, |state| {
            let screen = Screen::new(state.parser.screen());
            condition(&screen).then_some(screen)
        })
    }

    /// Waits until some row contains the text.
    #[track_caller]
    pub fn shows(&self, text: &str) -> Screen {
        self.wait_for(&format!("'{text}' on the screen"), |screen| screen.shows(text))
    }

    /// Waits until a row (or a pane's part of it) is this text alone: output, not the echo of a command.
    #[track_caller]
    pub fn prints(&self, line: &str) -> Screen {
        self.wait_for(&format!("a line '{line}'"), |screen| screen.has_line(line))
    }

    /// Waits until a shell's prompt stands before the cursor.
    #[track_caller]
    pub fn prompt(&self) -> Screen {
        self.wait_for("a shell's prompt before the cursor", Screen::prompt)
    }

    /// Presses C-c and waits for the shell. Linux loses what is printed right behind a C-c now and then, in any terminal:
    /// it empties the terminal's output as it signals (`isig` of n_tty). So the prompt is asked for again.
    #[track_caller]
    pub fn interrupt(&mut self) {
        self.press("C-c");
        let prompt = |state: &State| Screen::new(state.parser.screen()).prompt().then_some(());
        for _ in 0..PATIENCE.as_secs() {
            if self.within(Duration::from_secs(1), prompt).is_some() {
                return;
            }
            self.press("Enter");
        }
        self.prompt();
    }

    /// Waits for the end of the program and gives its exit status (1 for an end by a signal, as portable-pty has it).
    #[track_caller]
    pub fn exits(&self) -> u32 {
        self.wait("the program's end", |state| state.exit)
    }

    #[track_caller]
    fn wait<T>(&self, what: &str, condition: impl Fn(&State) -> Option<T>) -> T {
        let complain = || {
            let (screen, exit) = self.shared.look(|state| (Screen::new(state.parser.screen()), state.exit));
            panic!("{}", self.complaint(what, &screen, exit))
        };
        self.within(PATIENCE, condition).unwrap_or_else(complain)
    }

    fn within<T>(&self, limit: Duration, condition: impl Fn(&State) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + limit;
        let mut guard = self.shared.lock();
        loop {
            if let Some(answer) = condition(guard.as_ref().expect("set at the start")) {
                return Some(answer);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            guard = self.shared.changed.wait_timeout(guard, left).expect(UNPOISONED).0;
        }
    }

    fn complaint(&self, what: &str, screen: &Screen, exit: Option<u32>) -> String {
        let end = exit.map_or_else(|| "runs".to_owned(), |status| format!("has ended with {status}"));
        format!(
            "waited {} s in vain for: {what}\n$ {}  ({end})\n{screen}\n{}",
            PATIENCE.as_secs(),
            self.title,
            self.tree.report()
        )
    }

    /// Presses keys: their names, parted by blanks (`C-b d`).
    pub fn press(&mut self, names: &str) {
        self.send(&keys::bytes(names));
    }

    /// Types text as it is.
    pub fn types(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Types a line and Enter.
    pub fn enter(&mut self, line: &str) {
        self.send(format!("{line}\r").as_bytes());
    }

    /// Pastes with the terminal's own paste.
    pub fn paste(&mut self, text: &str) {
        self.send(&keys::pasted(text));
    }

    pub fn wheel_up(&mut self, row: u16, col: u16) {
        self.send(&keys::wheel(true, row, col));
    }

    pub fn wheel_down(&mut self, row: u16, col: u16) {
        self.send(&keys::wheel(false, row, col));
    }

    pub fn click(&mut self, row: u16, col: u16) {
        self.send(&keys::click(row, col));
    }

    /// Presses the left button at a cell (from 0).
    pub fn hold(&mut self, row: u16, col: u16) {
        self.send(&keys::mouse(0, row, col, 'M'));
    }

    /// Moves with the button down.
    pub fn drag(&mut self, row: u16, col: u16) {
        self.send(&keys::mouse(32, row, col, 'M'));
    }

    /// Lets the button go.
    pub fn release(&mut self, row: u16, col: u16) {
        self.send(&keys::mouse(0, row, col, 'm'));
    }

    fn send(&mut self, bytes: &[u8]) {
        let pty = self.pty.as_mut().expect("not hung up");
        pty.keyboard.write_all(bytes).expect("the terminal takes keys");
    }

    /// Changes the size, as dragging the window's corner does.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        let pty = self.pty.as_ref().expect("not hung up");
        // The picture first: what the program draws for the new size must find it.
        self.shared.change(|state| state.parser.set_size(cells(rows), cells(cols)));
        let size = PtySize { cols, rows, pixel_width: 0, pixel_height: 0 };
        pty.master.resize(size).expect("a PTY can be resized");
    }

    /// Stops taking what the program draws, as a terminal behind a dead link does.
    pub fn stop_reading(&mut self) {
        self.read(false);
    }

    pub fn read_on(&mut self) {
        self.read(true);
    }

    fn read(&mut self, on: bool) {
        self.shared.change(|state| state.reading = on);
        let pty = self.pty.as_ref().expect("not hung up");
        rustix::io::write(&pty.wake, b"!").expect("the reader listens");
    }

    /// The terminal goes away, as when its window is closed or the connection is lost.
    pub fn hang_up(&mut self) {
        if let Some(pty) = self.pty.take() {
            pty.close();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.hang_up();
    }
}

const UNPOISONED: &str = "no thread panics with the lock";

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().expect(UNPOISONED)
    }

    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(self.lock().as_ref().expect("set at the start"))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(self.lock().as_mut().expect("set at the start"));
        self.changed.notify_all();
        result
    }
}

impl Pty {
    fn start(master: Box<dyn MasterPty + Send>, shared: &Arc<Shared>) -> Self {
        let keyboard = File::from(duplicate(master.as_ref()));
        let screen = File::from(duplicate(master.as_ref()));
        let answers = File::from(duplicate(master.as_ref()));
        let (ear, wake) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).expect("a pipe");
        let shared = Arc::clone(shared);
        let reader = std::thread::spawn(move || read(screen, answers, ear, &shared));
        Self { master, keyboard, wake, reader }
    }

    /// Every descriptor of the master is closed when this returns: the kernel has hung up.
    fn close(self) {
        drop(self.wake);
        drop(self.keyboard);
        drop(self.master);
        self.reader.join().expect("the reader does not panic");
    }
}

/// The reader's thread.
fn read(mut screen: File, mut answers: File, ear: OwnedFd, shared: &Shared) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let reading = shared.look(|state| state.reading);
        let mut polled = vec![PollFd::new(&ear, PollFlags::IN)];
        if reading {
            polled.push(PollFd::new(&screen, PollFlags::IN));
        }
        if poll(&mut polled, None).is_err() {
            continue;
        }
        let [woken, drawn] = [0, 1].map(|i| polled.get(i).is_some_and(|fd| !fd.revents().is_empty()));
        if woken && !matches!(rustix::io::read(&ear, &mut buffer[..64]), Ok(1..)) {
            return;
        }
        if !drawn {
            continue;
        }
        // EIO: nobody has the terminal open any more.
        let Ok(count @ 1..) = screen.read(&mut buffer) else { return };
        let reply = shared.change(|state| {
            state.parser.process(&buffer[..count]);
            state.parser.callbacks_mut().listen(&buffer[..count]);
            state.drawn += count as u64;
            std::mem::take(&mut state.parser.callbacks_mut().answers)
        });
        if answers.write_all(&reply).is_err() {
            return;
        }
    }
}

#[expect(unsafe_code, reason = "portable-pty only tells the number of the master's descriptor")]
fn duplicate(master: &dyn MasterPty) -> OwnedFd {
    let number = master.as_raw_fd().expect("a PTY of this system has one");
    // SAFETY: the number is the master's, which is borrowed and thus open for as long as this is used.
    let master = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
    master.as_fd().try_clone_to_owned().expect("a descriptor is left")
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has cells")
}
