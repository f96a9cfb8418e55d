//! A server side with everything on it that must survive: panes with twins, a program that is typed into, windows
//! that come and go, a job with a log, and attached clients.
//!
//! ```text
//!   session twins, 161x49                 session words     session keys         session play
//!   ┌ flood 80x24 ┬ asks 80x49 ┐          ┌ words 80x24┐    typed ◄─ client      the tide, and windows
//!   │             │            │          │            │    wired ◄─ send-keys   that come and go; its
//!   ├ paint 80x24 ┤            │          └────────────┘                         client changes its size
//!   │             │            │            ▲ eye           jobN (--nohup, log)
//!   └─────────────┴────────────┘ ◄─ client, eye
//! ```

use std::time::Duration;

use mux::base::{PaneId, Size};

use crate::breaker::Breaker;
use crate::chance::Chance;
use crate::hands::{Hands, Job};
use crate::harness::{Process, Terminal, World};
use crate::measure::Times;
use crate::program;
use crate::schedule::Kinds;
use crate::troupe::{Actor, Troupe};
use crate::twin::Twin;

/// The programs that have a twin, where they run and the size that they come to have.
const TWINS: &[(&str, &str, Size)] = &[
    ("flood", "new -d -s twins -x 161 -y 49", Size { cols: 80, rows: 24 }),
    ("asks", "splitw -h -t twins:", Size { cols: 80, rows: 49 }),
    ("paint", "splitw -v -t twins:1.1", Size { cols: 80, rows: 24 }),
    ("words", "new -d -s words -x 80 -y 24", Size { cols: 80, rows: 24 }),
];

/// Who looks at them: sessions and sizes of terminals, one line of which is the status line.
pub const LOOKS: &[(&str, Size)] = &[("twins", Size { cols: 161, rows: 50 }), ("words", Size { cols: 80, rows: 25 })];

/// Where a twin is to be seen on the first of these terminals: row and column.
pub fn corner(role: &str) -> Option<(u16, u16)> {
    match role {
        "flood" => Some((0, 0)),
        "asks" => Some((0, 81)),
        "paint" => Some((25, 0)),
        _ => None,
    }
}

/// More lines than are printed in a run.
const HISTORY: usize = 2_000_000;

/// A run that takes longer has hung.
pub const RUN: Duration = Duration::from_secs(6 * 3600);

pub struct Stage {
    pub world: World,
    pub kinds: Kinds,
    /// Logs could not be written for a while.
    pub logs_may_lack: bool,
    pub troupe: Troupe,
    pub twins: Vec<Twin>,
    pub hands: Hands,
    pub breaker: Breaker,
    /// Attached to the program `typed`.
    pub keys: Terminal,
    pub typed: Actor,
    pub wired: Actor,
    /// Keys typed so far.
    pub pressed: u64,
    /// A flood in a window that changes its size; it has no twin, but its numbers tell.
    pub tide: Actor,
    /// Its pane, the one in the session of comings and goings that stays.
    pub home: String,
    /// Programs of panes that nothing ends.
    pub residents: Vec<Process>,
    /// From the fault to the first answer of a command, and to fresh output on an attached client's screen.
    pub answered: Times,
    pub fresh: Times,
}

impl Stage {
    pub fn new(seed: u64, kinds: Kinds) -> Self {
        Self::on(World::lasting(RUN), seed, kinds)
    }

    /// In a world that has been prepared.
    pub fn on(world: World, seed: u64, kinds: Kinds) -> Self {
        world.write(
            "config/mux/config.toml",
            &format!("[options]\nautomatic-rename = false\nhistory-limit = {HISTORY}\n"),
        );
        let troupe = Troupe::new(&world.path("run"));
        let mut chance = Chance::new(seed);
        let mut twins = Vec::new();
        let place = world.place("run");
        let script = |role: &str, name: &str, seed| {
            world.script(&format!("bin/{name}"), &program::script(role, name, &place, seed))
        };
        for (role, line, size) in TWINS {
            let program = script(role, role, chance.below(1 << 40));
            world.ok(&format!("{line} {program} on"));
            let actor = troupe.enters(role).unwrap_or_else(|| panic!("{role} does not start\n{}", world.report()));
            let pane = pane_of(&world, &actor);
            let session = world.display(&pane.to_string(), "#{session_name}");
            twins.push(Twin::new(actor, pane, session, *size, HISTORY));
        }
        world.ok(&format!("new -d -s keys {} on", script("waits", "typed", 1)));
        let mut typed = troupe.enters("typed").expect("it starts");
        world.ok(&format!("neww -d -t keys: -n wired {} on", script("waits", "wired", 2)));
        let mut wired = troupe.enters("wired").expect("it starts");
        world.ok(&format!("new -d -s play -x 100 -y 40 {} on", script("flood", "tide", seed)));
        let mut tide = troupe.enters("tide").expect("it starts");
        let home = world.display("play", "#{pane_id}");
        let job = Job::start(&world, &troupe, 0).unwrap_or_else(|name| panic!("{name} is not started"));

        let breaker = Breaker::new(&world);
        let keys = world.terminal("attach -t keys");
        let play = world.sized(100, 41, "attach -t play");
        for (twin, (_, _, size)) in twins.iter_mut().zip(TWINS) {
            twin.actor.begin(&format!("{}x{}", size.cols, size.rows));
        }
        typed.begin("80x23");
        wired.begin("80x23");
        tide.begin("100x40");
        keys.shows("typed waits");
        play.shows("f 0");
        let fixed = twins.iter_mut().map(|twin| &mut twin.actor).chain([&mut typed, &mut wired]);
        fixed.for_each(Actor::leave_alone);
        let residents = world.ok("list-panes -a -F '#{pane_pid}'");
        let residents = residents.lines().filter_map(|pid| Process::of(pid.parse().ok()?));
        let residents: Vec<_> = residents.filter(|process| *process != job.actor.process).collect();
        assert_eq!(residents.len(), 7, "four with twins, two that are typed into, and the tide");
        let hands = Hands::new(&world, job, play);
        Self {
            world,
            kinds,
            logs_may_lack: false,
            troupe,
            twins,
            hands,
            breaker,
            keys,
            typed,
            wired,
            pressed: 0,
            tide,
            home,
            residents,
            answered: Times::default(),
            fresh: Times::default(),
        }
    }

    pub fn socket(&self) -> std::path::PathBuf {
        self.world.display("twins", "#{socket_path}").into()
    }

    /// The user types into the program `typed`, without looking.
    pub fn press(&mut self, times: u64) {
        for _ in 0..times {
            self.pressed += 1;
            let word = format!("<{}>", self.pressed);
            self.keys.types(&word);
        }
    }
}

/// The pane whose program this is.
fn pane_of(world: &World, actor: &Actor) -> PaneId {
    let panes = world.ok("list-panes -a -F '#{pane_pid} #{pane_id}'");
    let pid = actor.process.pid.to_string();
    let pane = panes.lines().find_map(|line| line.split_once(' ').filter(|(found, _)| *found == pid));
    let (_, pane) = pane.unwrap_or_else(|| panic!("no pane has process {pid}:\n{panes}"));
    pane.parse().expect("a pane's id")
}
