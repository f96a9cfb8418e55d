//! Nothing is done when nothing happens.

use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};

use crate::harness::{PATIENCE, Process, World};

/// Lets time pass. Only for this story: that nothing happens can be seen only by watching for a while.
fn watch_for(milliseconds: i64) {
    let timer = rustix::time::timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC).expect("a timer");
    let once = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec { tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000 },
    };
    rustix::time::timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once).expect("a timer");
    rustix::io::read(&timer, &mut [0; 8]).expect("it rings");
}

fn awakenings(processes: &[Process]) -> Vec<u64> {
    processes.iter().map(|process| process.awakenings()).collect()
}

#[test]
fn no_process_wakes_up_but_for_the_clock() {
    let world = World::new();
    // No clock, which would be the one thing that moves.
    world.write("config/mux/config.toml", "[options]\nstatus-right = \"\"\n");
    for number in 0..5 {
        world.ok(&format!("new -d -s s{number}"));
    }
    world.ok("run --nohup -s job -- sh -c 'exec sleep 1000'");
    let terminal = world.terminal("attach -t s0");
    terminal.prompt();
    // Every shell has come to its prompt; a late one would wake the server rightly.
    for number in 0..5 {
        world.captured(&format!("s{number}"), "$");
    }
    let processes = [world.keeper(), world.server(), terminal.program()];

    // What is under way comes to its end first.
    let started = std::time::Instant::now();
    loop {
        let before = awakenings(&processes);
        watch_for(2000);
        if awakenings(&processes) == before {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "it never comes to rest: keeper, server, client {before:?}");
    }
    let before = awakenings(&processes);
    watch_for(4000);
    assert_eq!(awakenings(&processes), before, "times that keeper, server and client were awake");
}

/// A session of 80x24 that has printed nothing costs 16 KiB in the server at most, 4 of them the page that outlives it.
/// Where code is not optimised a little more is left lying about.
#[test]
fn an_idle_session_costs_little_memory() {
    const SESSIONS: u64 = 100;
    const MOST: u64 = if cfg!(debug_assertions) { 18 << 10 } else { 16 << 10 };
    let world = World::new();
    let open = |name: &str, count: u64| {
        (0..count).for_each(|number| drop(world.ok(&format!("new -d -s {name}{number} sleep 1000"))));
        // The server has nothing left to do for them.
        world.ok("list-sessions");
        world.server().memory() + world.server().shared_memory()
    };
    // What any number of sessions needs is there after some.
    let before = open("first", 20);
    let each = (open("s", SESSIONS) - before) * 1024 / SESSIONS;
    assert!(each <= MOST, "{each} bytes for each session");
    assert!(each > 4096, "{each} bytes are less than the page that outlives the server");
}

#[test]
fn the_clock_wakes_the_client_alone() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nstatus-right = \"%H:%M:%S\"\n");
    let terminal = world.terminal("new -s worker");
    let clock = |screen: &crate::harness::Screen| screen.status().chars().rev().take(8).collect::<String>();
    let first = clock(&terminal.wait_for("a clock", |s| s.prompt() && s.status().matches(':').count() >= 3));
    let others = [world.keeper(), world.server()];
    let tick = |last: &str| clock(&terminal.wait_for("the next second", |s| clock(s) != last));
    let mut last = tick(&first);
    let mut quiet = false;
    // One second in which neither keeper nor server moved is enough: they may still be at what came before.
    for _ in 0..8 {
        let before = awakenings(&others);
        last = tick(&last);
        quiet |= awakenings(&others) == before;
    }
    assert!(quiet, "keeper and server wake up with the client's clock");
}
