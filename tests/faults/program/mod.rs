//! The programs that run in the panes. They are this very binary, started again with a role in its environment: what
//! a machine has (perl, python) does not matter, and nothing has to be built beside the tests.
//!
//! A program keeps a copy of every byte that it prints in a file, which is what an undisturbed twin is fed with, and
//! of every byte that it is typed in another. A socket of the test, which mux knows nothing of, tells it when to
//! pause; when that closes, the program is dead. It puts its terminal into raw mode, so that what it prints is what
//! comes out at the other end.

mod paint;
mod roles;
mod words;

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::termios::{OptionalActions, tcgetattr, tcgetwinsize, tcsetattr};

use crate::chance::Chance;

pub use roles::{ROLES, sum};

/// The role, the program's name, the directory of its files and the test's socket.
const ROLE: &str = "MUX_FAULT_ROLE";
const NAME: &str = "MUX_FAULT_NAME";
const PLACE: &str = "MUX_FAULT_PLACE";
const SEED: &str = "MUX_FAULT_PROGRAM_SEED";
pub const SOCKET: &str = "control";

/// A shell script that becomes a program. Standard output is the test harness's, the terminal is `/dev/tty`; it stays
/// open as descriptor 3 until the program has opened that, so that it does not hang up.
pub fn script(role: &str, name: &str, place: &str, seed: u64) -> String {
    let binary = std::env::current_exe().expect("a test knows its binary");
    format!(
        "{ROLE}={role} {NAME}={name} {PLACE}={place} {SEED}={seed} \
         exec '{}' --exact program::the_program --nocapture --test-threads=1 3>&1 >/dev/null 2>{place}/{name}.err",
        binary.display()
    )
}

/// Not a test of its own: what runs in the panes.
#[test]
fn the_program() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let var = |name| std::env::var(name).expect("it is started by a script of ours");
    let mut player = Player::new(var(NAME), PathBuf::from(var(PLACE)), var(SEED).parse().expect("a number"));
    let (_, play) = ROLES.iter().find(|(name, _)| *name == role).expect("a role of the table");
    // Its window has a size first.
    player.pause();
    play(&mut player);
}

/// What the test orders.
enum Order {
    Pause,
    Go,
    Exit(i32),
}

/// A program at work.
pub struct Player {
    pub name: String,
    pub chance: Chance,
    tty: File,
    copy: File,
    /// Bytes printed so far.
    written: u64,
    orders: Receiver<Order>,
    answers: UnixStream,
    /// What `where` is answered with: a number of the role's own.
    pub at: Arc<AtomicU64>,
}

impl Player {
    fn new(name: String, place: PathBuf, seed: u64) -> Self {
        let mut tty = OpenOptions::new().read(true).write(true).open("/dev/tty").expect("it runs in a pane");
        let mut modes = tcgetattr(&tty).expect("a terminal");
        modes.make_raw();
        tcsetattr(&tty, OptionalActions::Now, &modes).expect("a terminal");
        let file = |ending| {
            let path = place.join(format!("{name}.{ending}"));
            OpenOptions::new().create(true).append(true).open(path).expect("the test's directory")
        };
        let mut answers = UnixStream::connect(place.join(SOCKET)).expect("the test listens");
        let (send, orders) = channel();
        let at = Arc::new(AtomicU64::new(0));
        let mut listener = Listener {
            answers: answers.try_clone().expect("a descriptor is left"),
            tty: tty.try_clone().expect("a descriptor is left"),
            at: Arc::clone(&at),
            windows: winch_counter(),
        };
        let heard = BufReader::new(answers.try_clone().expect("a descriptor is left"));
        std::thread::spawn(move || {
            for line in heard.lines().map_while(Result::ok) {
                let order = match line.split_once(' ').unwrap_or((&line, "")) {
                    ("pause", _) => Order::Pause,
                    ("go", _) => Order::Go,
                    ("exit", status) => Order::Exit(status.parse().expect("a status")),
                    _ => {
                        listener.tell();
                        continue;
                    }
                };
                if send.send(order).is_err() {
                    return;
                }
            }
            // The test is gone.
            std::process::exit(99);
        });
        let mut typed = file("in");
        let keyboard = tty.try_clone().expect("a descriptor is left");
        std::thread::spawn(move || record(keyboard, &mut typed));
        writeln!(answers, "{name} {}", std::process::id()).expect("the test listens");
        tty.flush().expect("nothing is buffered");
        Self { copy: file("out"), name, chance: Chance::new(seed), tty, written: 0, orders, answers, at }
    }

    /// Prints, in pieces that are cut anywhere, and remembers.
    pub fn print(&mut self, bytes: impl AsRef<[u8]>) {
        let mut rest = bytes.as_ref();
        while !rest.is_empty() {
            let most = if self.chance.percent(80) { rest.len() } else { 1 + self.chance.below(40) as usize };
            let (piece, behind) = rest.split_at(most.min(rest.len()));
            self.copy.write_all(piece).expect("the test's directory");
            self.tty.write_all(piece).expect("the terminal is held by somebody");
            self.written += piece.len() as u64;
            rest = behind;
            if !rest.is_empty() {
                self.turn(Duration::from_micros(200));
            }
        }
    }

    /// Does for this long what the test orders; longer while it is told to pause.
    pub fn turn(&mut self, wait: Duration) {
        let deadline = Instant::now() + wait;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.orders.recv_timeout(left) {
                Err(_) => return,
                Ok(Order::Go) => {}
                Ok(Order::Exit(status)) => std::process::exit(status),
                Ok(Order::Pause) => {
                    writeln!(self.answers, "paused {}", self.written).expect("the test listens");
                    self.pause();
                }
            }
        }
    }

    /// Does nothing until it is told to go on, or to exit.
    fn pause(&mut self) {
        while let Ok(order) = self.orders.recv() {
            match order {
                Order::Go => return,
                Order::Exit(status) => std::process::exit(status),
                Order::Pause => writeln!(self.answers, "paused {}", self.written).expect("the test listens"),
            }
        }
    }

    /// Between two things that it prints: mostly short, sometimes nothing, sometimes long.
    pub fn breath(&mut self) {
        let micros = match self.chance.below(10) {
            0 | 1 => 0,
            2..=7 => 1000 + self.chance.below(9000),
            8 => 20_000,
            _ => 50_000,
        };
        self.turn(Duration::from_micros(micros));
    }
}

/// Answers for a program that may be blocked.
struct Listener {
    answers: UnixStream,
    tty: File,
    at: Arc<AtomicU64>,
    windows: Arc<AtomicU64>,
}

impl Listener {
    /// Its number, how many changes of its window's size it was told of, and that size.
    fn tell(&mut self) {
        let size = tcgetwinsize(&self.tty).expect("a terminal");
        let (at, windows) = (self.at.load(Ordering::Acquire), self.windows.load(Ordering::Acquire));
        writeln!(self.answers, "at {at} {windows} {}x{}", size.ws_col, size.ws_row).expect("the test listens");
    }
}

/// Counts the SIGWINCHs.
fn winch_counter() -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGWINCH]).expect("it may be caught");
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for _ in signals.forever() {
            counted.fetch_add(1, Ordering::AcqRel);
        }
    });
    count
}

/// Keeps what is typed.
fn record(mut keyboard: File, typed: &mut File) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = keyboard.read(&mut buffer) {
        typed.write_all(&buffer[..count]).expect("the test's directory");
    }
}
