//! The test's hold on its programs: a socket of its own to each, past mux.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::harness::{PATIENCE, Process, until};
use crate::program::SOCKET;

/// Where programs report when they have started.
pub struct Troupe {
    listener: UnixListener,
    place: PathBuf,
}

/// A program that has reported.
pub struct Actor {
    pub name: String,
    pub process: Process,
    orders: UnixStream,
    answers: BufReader<UnixStream>,
    place: PathBuf,
    /// How often it had been told of a size when it began to be left alone.
    winches: u64,
}

/// What a program tells of itself at any moment, also while its terminal does not take what it prints.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// How far it is; the role says in what.
    pub at: u64,
    /// How often it was told that its window has another size.
    pub winches: u64,
    /// That size, as `80x24`.
    pub size: String,
}

impl Troupe {
    /// The directory takes the programs' files.
    pub fn new(place: &Path) -> Self {
        let listener = UnixListener::bind(place.join(SOCKET)).expect("our own directory");
        Self { listener, place: place.to_path_buf() }
    }

    /// The program of this name, once it reports, within the time limit. One that reports and is not waited for any
    /// more (its start was taken back) is dismissed: it ends when its socket is closed.
    pub fn enters(&self, name: &str) -> Option<Actor> {
        std::iter::from_fn(|| self.next()).find(|actor| actor.name == name)
    }

    fn next(&self) -> Option<Actor> {
        let limit = Timespec::try_from(PATIENCE).expect("a short time");
        let ready = poll(&mut [PollFd::new(&self.listener, PollFlags::IN)], Some(&limit));
        if ready != Ok(1) {
            return None;
        }
        let (orders, _) = self.listener.accept().expect("a descriptor is left");
        orders.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut answers = BufReader::new(orders.try_clone().expect("a descriptor is left"));
        let mut line = String::new();
        answers.read_line(&mut line).ok()?;
        let (name, pid) = line.trim().split_once(' ')?;
        let process = Process::of(pid.parse().ok()?)?;
        Some(Actor { name: name.to_owned(), process, orders, answers, place: self.place.clone(), winches: 0 })
    }
}

impl Actor {
    /// Stops it between two writes. How many bytes it has printed in all; it may take as long as its terminal.
    pub fn pause(&mut self) -> Result<u64, String> {
        let answer = self.ask("pause")?;
        answer.strip_prefix("paused ").and_then(|count| count.parse().ok()).ok_or(answer)
    }

    /// Lets it play once its window has this size.
    pub fn begin(&mut self, size: &str) {
        until(&format!("a window of {size} for {}", self.name), || {
            self.report().ok().filter(|report| report.size == size)
        });
        self.go().unwrap_or_else(|error| panic!("{error}"));
    }

    /// From now on it is not to be told of a size. A signal may come a moment after the size is there.
    pub fn leave_alone(&mut self) {
        self.winches = self.report().unwrap_or_else(|error| panic!("{error}")).winches;
    }

    /// How often it has been told of a size since then.
    pub fn disturbed(&mut self) -> Result<u64, String> {
        Ok(self.report()?.winches - self.winches)
    }

    pub fn go(&mut self) -> Result<(), String> {
        self.order("go")
    }

    /// Lets it end with this status.
    pub fn exit(&mut self, status: i32) -> Result<(), String> {
        self.order(&format!("exit {status}"))
    }

    pub fn report(&mut self) -> Result<Report, String> {
        let answer = self.ask("where")?;
        let mut words = answer.split(' ').skip(1);
        let mut next = || words.next().ok_or_else(|| answer.clone());
        let number = |text: &str| text.parse().map_err(|_| answer.clone());
        Ok(Report { at: number(next()?)?, winches: number(next()?)?, size: next()?.to_owned() })
    }

    fn order(&mut self, order: &str) -> Result<(), String> {
        writeln!(self.orders, "{order}").map_err(|error| format!("program {} is dead: {error}", self.name))
    }

    fn ask(&mut self, order: &str) -> Result<String, String> {
        self.order(order)?;
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(1..) => Ok(line.trim_end().to_owned()),
            Ok(0) => Err(format!("program {} has died: {}", self.name, self.said())),
            Err(error) => Err(format!(
                "program {} does not answer '{order}' for {} s ({error}): its terminal takes nothing; {}",
                self.name,
                PATIENCE.as_secs(),
                self.process,
            )),
        }
    }

    /// Its last words.
    fn said(&self) -> String {
        std::fs::read_to_string(self.place.join(format!("{}.err", self.name))).unwrap_or_default()
    }

    /// What it has printed from this byte on.
    pub fn printed(&self, from: u64) -> Vec<u8> {
        self.file("out", from)
    }

    /// What it was typed.
    pub fn typed(&self, from: u64) -> Vec<u8> {
        self.file("in", from)
    }

    fn file(&self, ending: &str, from: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut file = File::open(self.place.join(format!("{}.{ending}", self.name))).expect("the program made it");
        file.seek(SeekFrom::Start(from)).expect("a file");
        file.read_to_end(&mut bytes).expect("a file");
        bytes
    }
}
