//! What the keeper costs. `cargo test --release --test keeper figures -- --nocapture` prints the figures.

use std::fs;
use std::time::Instant;

use mux::proto::packet::{FromKeeper, ToKeeper};
use rustix::process::Signal;

use crate::rig::{Keeper, Pane, Server, shell};

/// KiB: its own (written to, no file behind it), and all that no other process maps at this moment. The second
/// counts pages of the binary too, unless a server of the same binary shares them.
fn private_memory(pid: u32) -> (u64, u64) {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let figures = |prefix: &'static str| rollup.lines().filter(move |line| line.starts_with(prefix));
    let sum =
        |prefix| figures(prefix).map(|line| line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()).sum();
    (sum("Anonymous:"), sum("Private_"))
}

/// A server that the keeper leaves in peace, however long the machine takes for what follows: one that does not say so
/// has a minute.
fn serving(keeper: &Keeper) -> Server {
    let server = keeper.server();
    server.send(ToKeeper::Ready);
    server
}

/// How often it has been woken.
fn switches(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
    line.trim().parse().unwrap()
}

#[test]
fn the_keeper_stays_within_two_mebibytes() {
    const PANES: u32 = 100;
    let keeper = Keeper::start();
    let mut server = serving(&keeper);
    let empty = private_memory(keeper.pid());
    let filler = ("FILLER".into(), "x".repeat(100_000).into());
    let _panes: Vec<Pane> = (0..PANES)
        .map(|pane| {
            let mut request = shell(pane, "exec cat");
            request.env.push(filler.clone());
            server.spawn(request)
        })
        .collect();
    let mut server = Server::replaced(&keeper.site, server);
    assert_eq!(server.greeted().len(), PANES as usize);
    server.round_trips();
    let full = private_memory(keeper.pid());
    println!("KiB (own, private): {empty:?} with no pane, {full:?} with {PANES} panes");
    assert!(full.0 <= 2048, "{full:?} KiB");
}

/// All of them come back to the next server, and a keeper that has them is still small.
#[test]
fn five_hundred_panes_come_back() {
    const PANES: u32 = 500;
    let keeper = Keeper::start();
    let mut server = serving(&keeper);
    let empty = private_memory(keeper.pid());
    let panes: Vec<Pane> = (0..PANES)
        .map(|pane| {
            let held = server.spawn(shell(pane, "exec cat"));
            let memory = tempfile::tempfile().unwrap().into();
            server.send(ToKeeper::Keep { pane: held.id, memory });
            held
        })
        .collect();
    let mut server = Server::replaced(&keeper.site, server);
    let held = server.greeted();
    assert_eq!(held.len(), PANES as usize);
    for (held, pane) in held.iter().zip(&panes) {
        let FromKeeper::Held { pid, memory: Some(_), .. } = held else { panic!("{held:?}") };
        assert_eq!(*pid, pane.pid);
    }
    server.round_trips();
    let full = private_memory(keeper.pid());
    println!("KiB (own, private): {empty:?} with no pane, {full:?} with {PANES} panes");
    assert!(full.0 <= 2048, "{full:?} KiB");
}

#[test]
fn the_keeper_is_not_on_the_data_path() {
    const BYTES: usize = 10_000_000;
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let mut pane = server.spawn(shell(1, &format!("read go; head -c {BYTES} /dev/zero; exec cat")));
    server.round_trips();
    let before = switches(keeper.pid());
    pane.types("go\n");
    pane.skip(BYTES);
    // One: it may still have been on its way to sleep.
    assert!(switches(keeper.pid()) <= before + 1);
}

/// From the kill until the next server has been told everything.
#[test]
fn a_server_is_back_soon() {
    const KILLS: usize = 20;
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let mut panes: Vec<Pane> = (0..20).map(|pane| server.spawn(shell(pane, "exec cat"))).collect();
    let mut times = Vec::new();
    for _ in 0..KILLS {
        server.send(ToKeeper::Ready);
        server.round_trips();
        let start = Instant::now();
        server.process.kill(Signal::KILL);
        server = Server::replaced(&keeper.site, server);
        server.greeted();
        times.push(start.elapsed());
    }
    times.sort();
    println!("a killed server is back after {:?} (median), {:?} (longest)", times[KILLS / 2], times[KILLS - 1]);
    panes[0].types("x\n");
    assert_eq!(panes[0].line(), "x");
}
