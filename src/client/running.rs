//! What goes to the server: input, and commands, but for those whose place is the client.

use super::app::{App, Now};
use super::asking::Asked;
use super::perform::{Flags, SEND_KEYS_VALUED, SWITCH_CLIENT_VALUED};
use crate::base::{Input, PaneId};
use crate::command::{self, Place};
use crate::proto::message::{Run, ToServer};

impl App {
    pub(super) fn send_input(&mut self, pane: Option<PaneId>, input: Input) {
        self.seq += 1;
        self.outbox.push(ToServer::Input { seq: self.seq, pane, input });
    }

    /// The number of the command, by which its answer is known.
    pub(super) fn send_run(&mut self, argv: Vec<String>) -> u32 {
        self.number = self.number.wrapping_add(1);
        self.outbox.push(ToServer::Run(Run { number: self.number, argv, context: None }));
        self.number
    }

    /// The same, with what it prints for somebody who waits for it.
    pub(super) fn inquire(&mut self, argv: Vec<String>, asked: Asked) {
        let number = self.send_run(argv);
        self.asked.insert(number, asked);
    }

    /// A command line as a key binding or the prompt has it.
    pub(super) fn run_line(&mut self, line: &str, now: Now) {
        match command::words(line) {
            Ok(words) => self.run_words(&words, now),
            Err(error) => self.say(error.to_string(), true, now),
        }
    }

    /// Commands in words, in order; those whose place is the client are done here.
    pub(super) fn run_words(&mut self, words: &[String], now: Now) {
        for argv in command::split(words) {
            match argv.first().and_then(|name| client_command(name, &argv[1..])) {
                Some(name) => self.perform(name, &argv[1..], now),
                None if self.holds_paste(&argv) => {}
                None => drop(self.send_run(self.popup_in_cells(argv))),
            }
        }
    }
}

/// The full name of a command, if its place is the client. A name that is not known here may be known at the server.
fn client_command(name: &str, words: &[String]) -> Option<&'static str> {
    let spec = command::find(name).ok()?;
    let ours = match spec.name {
        "send-keys" => Flags::parse(words, SEND_KEYS_VALUED).has('X'),
        "switch-client" => Flags::parse(words, SWITCH_CLIENT_VALUED).has('T'),
        _ => spec.place == Place::Client,
    };
    ours.then_some(spec.name)
}
