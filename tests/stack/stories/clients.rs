//! Several terminals on one session.

use crate::harness::{World, until};

#[test]
fn two_terminals_show_the_same() {
    let world = World::new();
    let mut desk = world.terminal("new -s worker");
    desk.prompt();
    let mut lap = world.terminal("attach -t worker");
    lap.prompt();
    desk.enter("echo from-$((1+0))-desk");
    desk.prints("from-1-desk");
    lap.prints("from-1-desk");
    lap.enter("echo from-$((1+1))-lap");
    lap.prints("from-2-lap");
    desk.prints("from-2-lap");

    let clients = world.ok("list-clients -t worker -F '#{client_session} #{client_width}x#{client_height}'");
    assert_eq!(clients, "worker 80x24\nworker 80x24\n");
    assert_eq!(world.display("worker", "#{session_attached}"), "2");
    desk.press("C-b d");
    desk.exits();
    lap.enter("echo alone-$((1+2))");
    lap.prints("alone-3");
    until("one client is left", || (world.display("worker", "#{session_attached}") == "1").then_some(()));
}

#[test]
fn terminals_in_two_sessions_do_not_disturb_each_other() {
    let world = World::new();
    let mut one = world.terminal("new -s one");
    let mut two = world.terminal("new -s two");
    one.prompt();
    two.prompt();
    one.enter("echo in-$((0+1))");
    two.enter("echo in-$((0+2))");
    assert!(!one.prints("in-1").shows("in-2"));
    assert!(!two.prints("in-2").shows("in-1"));
}

#[test]
fn the_window_has_the_size_of_who_typed_last() {
    let world = World::new();
    let mut large = world.sized(100, 30, "new -s worker");
    large.prompt();
    let mut small = world.sized(60, 20, "attach -t worker");
    small.prompt();
    small.enter("clear; stty size");
    small.prints("19 60");
    large.enter("clear; stty size");
    large.prints("29 100");
    // Who sees a part only still has the status line, and can go on.
    small.wait_for("the status line", |s| s.status().contains("worker"));
    small.enter("clear; stty size");
    small.prints("19 60");
    large.prints("19 60");
}

#[test]
fn attaching_may_send_the_others_away() {
    let world = World::new();
    let desk = world.terminal("new -s worker");
    desk.prompt();
    let lap = world.terminal("attach -d -t worker");
    lap.prompt();
    desk.shows("[detached (from session worker)]");
    assert_eq!(desk.exits(), 0);
}

/// The promise of flow control: a terminal that takes nothing costs the server nothing, and nobody else anything.
#[test]
fn a_terminal_that_takes_nothing_slows_nobody_and_grows_nothing() {
    let mut world = World::new();
    world.set("COUNT", "400000");
    let mut desk = world.terminal("new -s worker");
    desk.prompt();
    let mut stuck = world.terminal("attach -t worker");
    stuck.prompt();
    // The history is full before, so that what grows later is not the history.
    desk.enter("seq 1 60000; echo full-$((1+1))");
    desk.prints("full-2");
    stuck.prints("full-2");
    let server = world.server();
    let before = server.memory();

    stuck.stop_reading();
    desk.enter("clear; seq 1 $COUNT; echo through-$((1+1))");
    desk.prints("through-2");
    desk.enter("clear; echo keys-$((1+2))");
    desk.prints("keys-3");
    world.ok("ls");
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 8 << 10, "the server grew by {grown} KiB while a client took nothing");

    // And it is shown the newest state when it takes something again, not all that it has missed.
    let drawn = stuck.drawn();
    stuck.read_on();
    stuck.prints("keys-3");
    let drawn = stuck.drawn() - drawn;
    assert!(drawn < 1 << 20, "{drawn} bytes were drawn to catch up");
    stuck.enter("echo stuck-$((1+3))");
    stuck.prints("stuck-4");
}

#[test]
fn a_flood_in_one_window_does_not_hold_up_another() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("yes");
    terminal.wait_for("the flood", |s| s.count("y") > 20);
    terminal.press("C-b c");
    terminal.wait_for("a new window", |s| s.status().contains(" 2:") && s.prompt());
    terminal.enter("echo answer-$((1+1))");
    terminal.prints("answer-2");
    terminal.press("C-b 1");
    terminal.wait_for("the flood", |s| s.count("y") > 20);
    terminal.interrupt();
}
