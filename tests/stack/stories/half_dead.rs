//! Clients that are there and do not live: stopped, cut off.

use rustix::process::Signal;

use crate::harness::{Terminal, World, until};

/// A server that loses patience soon, and two terminals on one session; the smaller one was used last.
fn two_terminals() -> (World, Terminal, Terminal) {
    let mut world = World::new();
    world.set("MUX_TEST_STALL", "300");
    let mut large = world.sized(100, 30, "new -s work");
    large.prompt();
    large.enter("echo large-$((1+1))");
    large.prints("large-2");
    let mut small = world.sized(60, 20, "attach -t work");
    small.prompt();
    small.enter("clear; stty size");
    small.prints("19 60");
    (world, large, small)
}

fn size(world: &World) -> String {
    world.display("work", "#{window_width}x#{window_height}")
}

/// Has something printed, which the clients have to acknowledge.
fn print(world: &World, text: &str) {
    world.ok(&format!("send-keys -t work 'echo {text}-$((1+1))' Enter"));
    world.captured("work", &format!("{text}-2"));
}

fn has_clients(world: &World, count: usize) -> bool {
    world.ok("list-clients").lines().count() == count
}

#[test]
fn a_stopped_client_is_let_go_and_comes_back_by_itself() {
    let (world, mut large, small) = two_terminals();
    small.program().kill(Signal::STOP);
    assert_eq!(size(&world), "60x19");
    print(&world, "meanwhile");
    until("the window to follow who lives", || (size(&world) == "100x29").then_some(()));
    assert!(has_clients(&world, 1));
    large.enter("clear; stty size");
    large.prints("29 100");

    small.program().kill(Signal::CONT);
    until("the client to be back", || has_clients(&world, 2).then_some(()));
    print(&world, "again");
    small.prints("again-2");
    assert!(small.program().alive());
}

#[test]
fn a_client_whose_terminal_is_cut_off_is_let_go_until_that_takes_something_again() {
    let (world, large, mut small) = two_terminals();
    small.stop_reading();
    // Whole pictures, until the terminal's buffer holds no more.
    let paint = "for i in $(seq 300); do printf '\\033[H'; seq $i 7 $((i+2000)) | tr '\\n' ' '; done";
    world.script("bin/paint", paint);
    world.ok("send-keys -t work 'clear; paint; clear' Enter");
    until("the window to follow who lives", || (size(&world) == "100x29").then_some(()));
    for round in 1..=5 {
        print(&world, &format!("round-{round}"));
        large.prints(&format!("round-{round}-2"));
        assert!(has_clients(&world, 1), "it is back though nobody sees it");
    }
    small.read_on();
    until("the client to be back", || has_clients(&world, 2).then_some(()));
    small.prints("round-5-2");
    small.enter("clear; stty size");
    small.prints("19 60");
}

#[test]
fn a_client_that_has_nothing_to_do_is_left_alone() {
    let (world, large, small) = two_terminals();
    let facts = || world.ok("list-clients -F '#{client_pid} #{client_created}'");
    let before = facts();
    let server = world.server();
    // Longer than the server's patience, in which both clients owe nothing.
    let quiet = world.sh("sleep 1");
    assert_eq!((quiet.status, facts()), (0, before.clone()));
    print(&world, "later");
    large.prints("later-2");
    small.prints("later-2");
    assert_eq!((world.server(), facts()), (server, before));
}
