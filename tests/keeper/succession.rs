//! A keeper that has died, and the one after it.

use std::path::Path;
use std::time::Duration;

use mux::base::{ExitStatus, PaneId};
use mux::proto::packet::{FromKeeper, ToKeeper, Welcome};
use rustix::process::Signal;

use crate::rig::{Keeper, Pane, Process, Server, shell};

/// What a server has been told at its start.
type Told = (Welcome, Vec<FromKeeper>);

/// A keeper with these programs, killed, and all that its server had of it.
fn killed(scripts: &[&str]) -> (Keeper, Server, Told) {
    let mut keeper = Keeper::start();
    let mut server = keeper.server();
    server.send(ToKeeper::Ready);
    for (pane, script) in scripts.iter().enumerate() {
        server.spawn(shell(pane as u32, script));
    }
    let mut server = Server::replaced(&keeper.site, server);
    let told = server.met();
    server.send(ToKeeper::Ready);
    server.round_trips();
    keeper.kill();
    (keeper, server, told)
}

fn pid_of(held: &FromKeeper) -> u32 {
    let FromKeeper::Held { pid, pidfd: Some(_), .. } = held else { panic!("{held:?}") };
    *pid
}

/// A terminal of what is held, to type in.
fn terminal(held: &FromKeeper) -> Pane {
    let FromKeeper::Held { pane, pid, master, .. } = held else { panic!("{held:?}") };
    Pane::new(*pane, *pid, master.try_clone().unwrap())
}

/// Its parent has reaped it, whoever that is by now.
fn wait_reaped(pid: u32) {
    let path = format!("/proc/{pid}");
    let gone = std::iter::repeat_with(|| std::thread::park_timeout(Duration::from_millis(20)));
    assert!(gone.take(1000).any(|()| !Path::new(&path).exists()), "{pid} is never reaped");
}

/// The ends that are told, by pane.
fn ends(server: &mut Server, count: usize) -> Vec<(u32, ExitStatus)> {
    let mut ends: Vec<_> = std::iter::repeat_with(|| match server.recv() {
        FromKeeper::Exited { pane, ended } => (pane.0, ended.status),
        other => panic!("{other:?}"),
    })
    .take(count)
    .collect();
    ends.sort_by_key(|(pane, _)| *pane);
    ends
}

/// PIDFD_INFO_EXIT is there.
fn kernel_tells_ends() -> bool {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|text| text.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(15))
}

#[test]
fn programs_outlive_their_keeper_and_their_ends_are_seen() {
    let scripts =
        ["read x; exit 7", "exec sleep 600", "exec sleep 600", "trap 'exit 3' USR1; while :; do read x; done"];
    let (keeper, mut server, (welcome, held)) = killed(&scripts);
    let mut typing = terminal(&held[0]);
    let (late, early) = (pid_of(&held[1]), pid_of(&held[2]));
    Process::new(early).kill(Signal::KILL);
    wait_reaped(early);

    let new = server.hand_over(&keeper.site, welcome, held, true);
    let (welcome, told) = server.met();
    assert!(told.is_empty() && welcome.pid != keeper.pid());
    let expected =
        if kernel_tells_ends() { ExitStatus::Signal { signal: 9, core: false } } else { ExitStatus::Unknown };
    assert_eq!(ends(&mut server, 1), [(2, expected)]);

    typing.types("go\n");
    Process::new(late).kill(Signal::TERM);
    // A zombie shows its status until its parent takes it; then only a new kernel knows it.
    let seen = ends(&mut server, 2);
    let known = [(0, ExitStatus::Code(7)), (1, ExitStatus::Signal { signal: 15, core: false })];
    assert!(seen == known || !kernel_tells_ends(), "{seen:?}");

    server.send(ToKeeper::Signal { pane: PaneId(3), signal: Signal::USR1.as_raw() as u32, group: true });
    assert_eq!(ends(&mut server, 1)[0].0, 3);
    let mut fresh = server.spawn(shell(9, "echo $PPID; exit 4"));
    assert_eq!(fresh.line(), welcome.pid.to_string(), "its parent");
    assert_eq!(server.exited(&fresh).status, ExitStatus::Code(4));
    assert!(keeper.socket().exists());
    server.send(ToKeeper::Stop);
    new.0.wait_end();
    assert!(!keeper.socket().exists(), "the file was known for its own");
}

#[test]
fn a_server_that_dies_after_its_keeper_is_replaced() {
    let (keeper, mut server, (welcome, held)) = killed(&["exec cat"]);
    let mut typing = terminal(&held[0]);
    let _new = server.hand_over(&keeper.site, welcome, held, true);
    server.met();
    server.send(ToKeeper::Ready);
    server.round_trips();
    let mut server = Server::replaced(&keeper.site, server);
    let (_, held) = server.met();
    assert_eq!(held.len(), 1);
    typing.types("here\n");
    assert_eq!(typing.line(), "here");
    // And once more: the keeper's own child this time.
    let mut server = Server::replaced(&keeper.site, server);
    assert_eq!(server.met().1.len(), 1);
    server.send(ToKeeper::Stop);
}

#[test]
fn what_a_server_had_handed_over_when_it_died_lives_on() {
    let (keeper, mut server, (welcome, mut held)) = killed(&["exec cat", "exec cat"]);
    let mut typing = terminal(&held[0]);
    held.truncate(1);
    let new = server.hand_over(&keeper.site, welcome, held, false);
    server.kill();
    let mut server = keeper.site.server();
    let (_, held) = server.met();
    assert_eq!(held.len(), 1);
    typing.types("here\n");
    assert_eq!(typing.line(), "here");
    server.send(ToKeeper::Stop);
    new.0.wait_end();
}

#[test]
fn a_keeper_that_is_told_to_end_says_so() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    server.send(ToKeeper::Ready);
    server.round_trips();
    Process::new(keeper.pid()).kill(Signal::TERM);
    assert!(matches!(server.recv(), FromKeeper::Stopping));
}
