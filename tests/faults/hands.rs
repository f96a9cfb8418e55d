//! The user's hands: commands that are given while things break, and the ledger of what they were answered.

use std::collections::BTreeMap;

use crate::harness::{Process, Terminal, World};
use crate::ledger::Ledger;
use crate::program;
use crate::schedule::Action;
use crate::troupe::{Actor, Troupe};

/// Windows in the session of comings and goings; beyond it windows are closed instead.
const MOST_WINDOWS: usize = 10;

/// Names of buffers, and options with the values that they take.
const BUFFERS: &[&str] = &["alpha", "beta", "gamma", "delta"];
const OPTIONS: &[(&str, u64)] = &[("display-time", 3000), ("repeat-time", 800), ("base-index", 5)];

pub struct Hands {
    pub ledger: Ledger,
    pub job: Job,
    /// Jobs that were told to end, and with which status.
    pub ended: Vec<(String, i32)>,
    /// A job whose start was not answered.
    pub unsettled: Option<String>,
    /// What was sent to the program `wired`, and whether that was answered.
    pub sent: Vec<(u64, bool)>,
    /// The terminal of a user who changes its size.
    pub play: Terminal,
    /// A window was asked for and not answered: there may be one that the ledger does not know.
    pub unknown_window: bool,
    /// Programs that must have ended, because their pane was closed.
    pub closed: Vec<Process>,
    pub log: Vec<String>,
    number: u64,
}

pub struct Job {
    pub name: String,
    pub actor: Actor,
}

impl Job {
    /// Starts one; none where that was not answered.
    pub fn start(world: &World, troupe: &Troupe, number: u64) -> Result<Self, String> {
        let name = format!("job{number}");
        let script =
            world.script(&format!("bin/{name}"), &program::script("counts", &name, &world.place("run"), number));
        let output = world.mux(&format!("run --nohup -s {name} -- {script} on"));
        if output.status != 0 {
            return Err(name);
        }
        let mut actor = troupe.enters(&name).unwrap_or_else(|| panic!("{name} was answered and does not start"));
        actor.go().unwrap_or_else(|error| panic!("{error}"));
        Ok(Self { name, actor })
    }
}

impl Hands {
    pub fn new(world: &World, job: Job, play: Terminal) -> Self {
        let mut ledger = Ledger::default();
        for (name, _) in OPTIONS {
            ledger.said(&format!("option {name}"), Some(world.ok(&format!("show-options -gv {name}")).trim()));
        }
        Self {
            ledger,
            job,
            ended: Vec::new(),
            unsettled: None,
            sent: Vec::new(),
            play,
            unknown_window: false,
            closed: Vec::new(),
            log: Vec::new(),
            number: 0,
        }
    }

    pub fn act(&mut self, world: &World, troupe: &Troupe, action: &Action) {
        self.next_number();
        let windows = self.windows();
        match *action {
            Action::NewWindow if windows.len() < MOST_WINDOWS => self.new_window(world),
            Action::NewWindow => self.kill_window(world, self.number),
            Action::KillWindow(which) => self.kill_window(world, which),
            Action::Split(which) => self.split(world, which),
            Action::KillPane(which) => self.kill_pane(world, which),
            Action::Rename(which) => {
                if let Some(window) = choose(&windows, which) {
                    let name = format!("r{}", self.number);
                    let done = self.command(world, &format!("rename-window -t {window} {name}")).is_some();
                    self.note(done, &format!("window {window}"), Some(&name));
                }
            }
            Action::Resize(which, by) => {
                if let Some(pane) = choose(&self.panes(), which) {
                    let direction = ["-L", "-R", "-U", "-D"][by as usize % 4];
                    self.command(world, &format!("resize-pane -t {pane} {direction} {}", 1 + by % 5));
                }
            }
            Action::Layout(which, layout) => {
                if let Some(window) = choose(&windows, which) {
                    let name = ["tiled", "even-horizontal", "main-vertical"][layout as usize % 3];
                    self.command(world, &format!("select-layout -t {window} {name}"));
                }
            }
            Action::SetBuffer(which) => {
                let name = BUFFERS[which as usize % BUFFERS.len()];
                let text = format!("text-{}", self.number);
                let done = self.command(world, &format!("set-buffer -b {name} {text}")).is_some();
                self.note(done, &format!("buffer {name}"), Some(&text));
            }
            Action::SetOption(which) => {
                let (name, most) = OPTIONS[which as usize % OPTIONS.len()];
                let value = (self.number % most).to_string();
                let done = self.command(world, &format!("set-option -g {name} {value}")).is_some();
                self.note(done, &format!("option {name}"), Some(&value));
            }
            Action::SendKeys => {
                let line = format!("send-keys -t keys:wired -l <{}>", self.number);
                let done = self.command(world, &line).is_some();
                self.sent.push((self.number, done));
            }
            Action::Ask => {
                let line = "list-panes -a -F '#{pane_id} #{pane_current_command}'";
                let answer = self.command(world, line);
                assert!(answer.is_some(), "a question can be asked again: {:?}", self.log.last());
            }
            Action::ClientSize(which) => {
                let (cols, rows) = (90 + which as u16 % 40, 30 + which as u16 % 20);
                self.log.push(format!("the client of play is {cols}x{rows}"));
                self.play.resize(cols, rows);
            }
            Action::JobEnds(status) => self.end_job(world, troupe, (status % 200) as i32),
        }
    }

    /// For a new name.
    pub fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Gives a command; what it printed where it was answered with success.
    fn command(&mut self, world: &World, line: &str) -> Option<String> {
        let output = world.mux(line);
        self.log.push(format!("$ mux {line} -> {} {}{}", output.status, output.out.trim_end(), output.err.trim_end()));
        if output.status != 0 {
            assert_eq!(output.err.lines().count(), 1, "$ mux {line}: one clear line, not {output:?}");
            return None;
        }
        Some(output.out.trim_end().to_owned())
    }

    fn note(&mut self, done: bool, fact: &str, value: Option<&str>) {
        if done {
            self.ledger.said(fact, value);
        } else {
            self.ledger.perhaps(fact, value);
        }
    }

    /// The pane is in the ledger.
    pub fn knows(&self, pane: &str) -> bool {
        self.ledger.of_kind("pane").any(|(known, _)| known == pane)
    }

    fn windows(&self) -> Vec<String> {
        self.ledger.of_kind("window").map(|(window, _)| window.to_owned()).collect()
    }

    fn panes(&self) -> Vec<String> {
        self.ledger.of_kind("pane").map(|(pane, _)| pane.to_owned()).collect()
    }

    fn new_window(&mut self, world: &World) {
        let name = format!("n{}", self.number);
        let line = format!("new-window -d -t play: -n {name} -P -F '#{{window_id}} #{{pane_id}} #{{pane_pid}}'");
        let Some(answer) = self.command(world, &line) else {
            self.unknown_window = true;
            return;
        };
        let words: Vec<&str> = answer.split(' ').collect();
        let [window, pane, pid] = words[..] else { panic!("$ mux {line}: {answer}") };
        self.ledger.said(&format!("window {window}"), Some(&name));
        self.ledger.said(&format!("pane {pane}"), Some(&format!("{window} {pid}")));
    }

    fn split(&mut self, world: &World, which: u64) {
        let Some(window) = choose(&self.windows(), which) else { return };
        let line = format!("split-window -d -t {window} -P -F '#{{pane_id}} #{{pane_pid}}'");
        match self.command(world, &line) {
            Some(answer) => {
                let (pane, pid) = answer.split_once(' ').unwrap_or_else(|| panic!("$ mux {line}: {answer}"));
                self.ledger.said(&format!("pane {pane}"), Some(&format!("{window} {pid}")));
            }
            None => self.unknown_window = true,
        }
    }

    fn kill_window(&mut self, world: &World, which: u64) {
        let Some(window) = choose(&self.windows(), which) else { return };
        let done = self.command(world, &format!("kill-window -t {window}")).is_some();
        for (pane, value) in self.members(&window) {
            self.closes(done, &pane, &value);
        }
        self.note(done, &format!("window {window}"), None);
    }

    fn kill_pane(&mut self, world: &World, which: u64) {
        let Some(pane) = choose(&self.panes(), which) else { return };
        let Some(value) =
            self.ledger.of_kind("pane").find(|(name, _)| *name == pane).map(|(_, value)| value.to_owned())
        else {
            return;
        };
        let window = value.split(' ').next().unwrap_or_default().to_owned();
        let last = self.members(&window).len() == 1;
        let done = self.command(world, &format!("kill-pane -t {pane}")).is_some();
        self.closes(done, &pane, &value);
        if last && !self.unknown_window {
            self.note(done, &format!("window {window}"), None);
        } else if last {
            self.ledger.perhaps(&format!("window {window}"), None);
        }
    }

    fn closes(&mut self, done: bool, pane: &str, value: &str) {
        self.note(done, &format!("pane {pane}"), None);
        let pid = value.split(' ').next_back().and_then(|pid| pid.parse().ok());
        if let Some(process) = pid.and_then(Process::of).filter(|_| done) {
            self.closed.push(process);
        }
    }

    /// The panes of a window, with what the ledger has of them.
    fn members(&self, window: &str) -> BTreeMap<String, String> {
        let inside = |value: &str| value.split(' ').next() == Some(window);
        let panes = self.ledger.of_kind("pane").filter(|(_, value)| inside(value));
        panes.map(|(pane, value)| (pane.to_owned(), value.to_owned())).collect()
    }

    fn end_job(&mut self, world: &World, troupe: &Troupe, status: i32) {
        if self.unsettled.is_some() {
            return;
        }
        self.log.push(format!("{} ends with {status}", self.job.name));
        self.job.actor.exit(status).unwrap_or_else(|error| panic!("{error}"));
        self.ended.push((self.job.name.clone(), status));
        match Job::start(world, troupe, self.number) {
            Ok(job) => {
                self.log.push(format!("{} starts", job.name));
                self.job = job;
            }
            Err(name) => {
                self.log.push(format!("{name} may have been started"));
                self.unsettled = Some(name);
            }
        }
    }
}

fn choose(all: &[String], which: u64) -> Option<String> {
    (!all.is_empty()).then(|| all[which as usize % all.len()].clone())
}
