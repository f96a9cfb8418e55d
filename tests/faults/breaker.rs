//! Who breaks things, and knows which processes they are.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::{PATIENCE, Process, Terminal, World, until};
use crate::measure::Times;
use crate::schedule::Fault;
use crate::stage::LOOKS;

pub struct Breaker {
    pub keeper: Process,
    pub server: Process,
    /// Attached to the twins.
    pub client: Terminal,
    pub tally: Tally,
    killed: Instant,
    pub handed_over: Times,
    /// The other build, and which one runs now.
    builds: [PathBuf; 2],
}

/// What was done.
#[derive(Default, Debug)]
pub struct Tally {
    pub rounds: u64,
    pub server_kills: u64,
    pub keeper_kills: u64,
    pub client_kills: u64,
    pub upgrades: u64,
    /// Lines of history that were compared.
    pub lines: u64,
    pub commands: usize,
}

/// A terminal that shows the twins.
fn attach(world: &World) -> Terminal {
    let client = begin_to_attach(world);
    client.wait_for("the status line", |screen| screen.status().contains(LOOKS[0].0));
    client
}

fn begin_to_attach(world: &World) -> Terminal {
    let (session, size) = LOOKS[0];
    world.sized(size.cols, size.rows, &format!("attach -t {session}"))
}

impl Breaker {
    /// `MUX_OTHER_BINARY` names a really different build; else it is the same one under another name.
    pub fn new(world: &World) -> Self {
        let ours = PathBuf::from(crate::harness::MUX);
        let other = std::env::var_os("MUX_OTHER_BINARY").map_or_else(|| copy(world, &ours), PathBuf::from);
        let (server, keeper) = (world.server(), world.keeper());
        Self {
            keeper,
            server,
            client: attach(world),
            tally: Tally::default(),
            killed: Instant::now(),
            handed_over: Times::default(),
            builds: [other, ours],
        }
    }

    /// Does it; the moment of the last blow.
    pub fn strike(&mut self, world: &World, fault: Fault) -> Instant {
        match fault {
            Fault::Nothing => Instant::now(),
            Fault::Server => self.kill_server(Signal::KILL),
            Fault::ServerAborts => self.kill_server(Signal::ABORT),
            Fault::ServerTwice(pause) => {
                self.kill_server(Signal::KILL);
                self.heir(world);
                spin(pause);
                self.kill_server(Signal::KILL)
            }
            Fault::Keeper => self.kill_keeper(),
            Fault::KeeperAndServer(pause) => {
                self.kill_keeper();
                self.next_keeper(world);
                spin(pause);
                self.kill_server(Signal::KILL)
            }
            Fault::Client => self.lose_client(world, |client| client.program().kill(Signal::KILL)),
            Fault::HangUp => self.lose_client(world, Terminal::hang_up),
            Fault::WhileAttaching(pause) => {
                self.client = begin_to_attach(world);
                spin(pause);
                let since = self.kill_server(Signal::KILL);
                self.client.wait_for("the status line", |screen| screen.status().contains(LOOKS[0].0));
                since
            }
            Fault::ClientStops => {
                self.client.program().kill(Signal::STOP);
                let since = self.kill_server(Signal::KILL);
                self.heir(world);
                self.client.program().kill(Signal::CONT);
                since
            }
            Fault::Upgrade => self.upgrade(world),
        }
    }

    fn kill_server(&mut self, signal: Signal) -> Instant {
        self.tally.server_kills += 1;
        let now = Instant::now();
        self.server.kill(signal);
        now
    }

    fn kill_keeper(&mut self) -> Instant {
        self.tally.keeper_kills += 1;
        self.killed = Instant::now();
        let now = Instant::now();
        self.keeper.kill(Signal::KILL);
        now
    }

    fn lose_client(&mut self, world: &World, lose: impl FnOnce(&mut Terminal)) -> Instant {
        self.tally.client_kills += 1;
        let now = Instant::now();
        lose(&mut self.client);
        self.client = attach(world);
        now
    }

    fn upgrade(&mut self, world: &World) -> Instant {
        self.tally.upgrades += 1;
        let now = Instant::now();
        world.ok(&format!("server upgrade --to {}", self.builds[0].display()));
        self.builds.swap(0, 1);
        now
    }

    /// Waits until the keeper has started another server, which may not be ready by far.
    fn heir(&mut self, world: &World) {
        let deadline = Instant::now() + PATIENCE;
        let former = self.server;
        loop {
            let next = children(self.keeper.pid).into_iter().find(|child| *child != former && is(*child, "@server"));
            if let Some(server) = next {
                self.server = server;
                return;
            }
            assert!(Instant::now() < deadline, "no other server\n{}", world.report());
            std::hint::spin_loop();
        }
    }

    /// Waits until a server answers, and learns who serves now.
    pub fn served(&mut self, world: &World) {
        let pid: u32 = until("the answer of a server", || {
            let output = world.mux("display-message -p '#{pid}'");
            output.out.trim().parse().ok().filter(|_| output.status == 0)
        });
        self.server = Process::of(pid).expect("it has just answered");
        if !self.keeper.alive() {
            self.next_keeper(world);
        }
    }

    /// Waits until there is another keeper and it has all that the last one had: until then the server is the only one
    /// that has it, and must not die.
    fn next_keeper(&mut self, world: &World) {
        let former = self.keeper;
        let keeper = || world.processes().into_iter().find(|process| *process != former && is_keeper(*process));
        self.keeper = until("another keeper", keeper);
        // A terminal and a memory for each program that lives; what the last one still held of others may be gone.
        let living = || world.mux("list-panes -a -F '#{pane_dead}'").out.lines().filter(|dead| *dead == "0").count();
        until("a keeper that holds everything", || (held(self.keeper) >= 2 * living()).then_some(()));
        self.handed_over.note(self.killed.elapsed());
    }
}

/// A moment too short to be waited for.
fn spin(pause: Duration) {
    let until = Instant::now() + pause;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
}

fn copy(world: &World, binary: &Path) -> PathBuf {
    let other = world.path("bin/mux-other");
    std::fs::copy(binary, &other).expect("our own directory");
    other
}

fn children(parent: u32) -> Vec<Process> {
    let text = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| Process::of(pid.parse().ok()?)).collect()
}

/// Terminals and memories of panes in a process.
fn held(process: Process) -> usize {
    let links = process.descriptors();
    links.iter().filter(|(_, link)| link.ends_with("/ptmx") || link.starts_with("/memfd:")).count()
}

fn is_keeper(process: Process) -> bool {
    ["@keeper", "@successor", "@resume"].iter().any(|role| is(process, role))
}

fn is(process: Process, role: &str) -> bool {
    process.command_line().split(' ').nth(1) == Some(role)
}
