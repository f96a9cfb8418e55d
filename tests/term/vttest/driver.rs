//! vttest on a PTY, with the engine as its terminal.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use mux::base::{Input, Key, KeyCode, Mods, Row, Size};
use mux::term::Terminal;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::screen;

pub const ROWS: u16 = 24;

/// How long vttest may take for a page. It waits for some answers with pauses of its own.
const PATIENCE: Duration = Duration::from_secs(20);
/// When nothing has come for so long behind a prompt, nothing does.
const QUIET: Duration = Duration::from_millis(20);

/// What stands before the cursor when vttest waits for a key.
const PROMPTS: [&str; 3] = ["Push <RETURN>", "Push the RETURN key:", "): "];
/// On this page the cursor is elsewhere then.
const ANSWERBACK: &str = "Finish this test with RETURN.";

pub struct Vttest {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    /// What it draws, from the thread that reads the PTY.
    screen: Receiver<Vec<u8>>,
    pub terminal: Terminal,
    /// Something has come since the last key.
    drawn: bool,
}

impl Vttest {
    /// Its version, where it is installed.
    pub fn version() -> Option<String> {
        let output = Command::new("vttest").arg("-V").output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Started in its main menu.
    pub fn start(cols: u16) -> Self {
        let size = PtySize { cols, rows: ROWS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new("vttest");
        command.arg("24x80.132");
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let keyboard = pair.master.take_writer().unwrap();
        let mut master = pair.master.try_clone_reader().unwrap();
        let (drawn, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = master.read(&mut bytes) {
                if drawn.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let terminal = Terminal::new(Size::new(cols, ROWS), 0);
        let mut vttest = Self { child, keyboard, screen, terminal, drawn: false };
        vttest.settle();
        vttest
    }

    /// Types a choice or nothing, and Return.
    pub fn enter(&mut self, choice: &str) {
        let mut bytes = Vec::new();
        for code in choice.chars().map(KeyCode::Char).chain([KeyCode::Enter]) {
            self.terminal.encode(&Input::Key(Key::new(code, Mods::empty())), &mut bytes);
        }
        self.drawn = false;
        self.keyboard.write_all(&bytes).unwrap();
        self.settle();
    }

    /// Reads on until the page is as `expected`, or until the time for that is over.
    pub fn await_page(&mut self, expected: &str) {
        let deadline = Instant::now() + PATIENCE / 10;
        while self.page() != expected && Instant::now() < deadline {
            self.read(QUIET);
        }
    }

    pub fn page(&self) -> String {
        let reversed = if self.terminal.modes().reverse_screen { "reversed screen\n" } else { "" };
        format!("{}{reversed}{}", screen::text(&self.terminal), screen::looks(&self.terminal))
    }

    pub fn in_menu(&self) -> bool {
        self.line_to_cursor().contains("Enter choice number")
    }

    /// The number of the menu that is shown, as `11.3.6`; nothing in the main menu.
    pub fn menu(&self) -> String {
        let page = self.page();
        let number = page.split_once(" Menu ").and_then(|(_, rest)| rest.split_once(':'));
        number.map_or(String::new(), |(number, _)| format!("{number}."))
    }

    fn settle(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while !(self.drawn && self.is_prompting() && !self.read(QUIET)) {
            self.read(QUIET);
            assert!(Instant::now() < deadline, "vttest waits for something else:\n{}", self.page());
        }
    }

    fn is_prompting(&self) -> bool {
        let line = self.line_to_cursor();
        let answerback = || {
            let above = self.terminal.cursor().at.row.0.checked_sub(2);
            above.is_some_and(|row| self.terminal.row(Row(row)).text().ends_with(ANSWERBACK))
        };
        PROMPTS.iter().any(|prompt| line.ends_with(prompt.trim_end())) || line.is_empty() && answerback()
    }

    fn line_to_cursor(&self) -> String {
        let cursor = self.terminal.cursor().at;
        let line = self.terminal.row(Row(cursor.row.0)).text();
        line.chars().take(cursor.col.0.into()).collect::<String>().trim_end().to_owned()
    }

    /// Takes in what comes within `time`, and answers. False where nothing has come.
    fn read(&mut self, time: Duration) -> bool {
        let Ok(bytes) = self.screen.recv_timeout(time) else { return false };
        self.drawn = true;
        self.terminal.feed(&bytes);
        let mut replies = Vec::new();
        self.terminal.take_replies(&mut replies);
        self.keyboard.write_all(&replies).unwrap();
        true
    }
}

impl Drop for Vttest {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
