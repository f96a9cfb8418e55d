//! Each terminal on a session has its own window, pane, zoom and size.

use crate::harness::{Terminal, World, until};

/// A session with two windows on two terminals, a large one and a small one.
fn two(world: &World) -> (Terminal, Terminal) {
    let mut large = world.sized(100, 30, "new -s worker");
    large.prompt();
    large.press("C-b c");
    large.wait_for("the second window", |s| s.status().contains("1:sh*") && s.prompt());
    let small = world.sized(60, 20, "attach -t worker");
    small.wait_for("the second window", |s| s.status().contains("1:sh*") && s.prompt());
    (large, small)
}

#[test]
fn two_terminals_look_at_different_windows() {
    let world = World::new();
    let (mut large, mut small) = two(&world);
    small.press("C-b 0");
    small.wait_for("the first window", |s| s.status().contains("0:sh*") && s.prompt());
    large.enter("clear; echo in-$((1+0)); stty size");
    large.prints("29 100");
    assert!(large.screen().status().contains("1:sh*"), "{}", large.screen());
    small.enter("clear; echo in-$((0+0)); stty size");
    let screen = small.prints("19 60");
    assert!(screen.has_line("in-0") && !screen.shows("in-1"), "{screen}");
    assert!(large.screen().has_line("in-1") && !large.screen().shows("in-0"));
    // What is shown elsewhere costs this terminal nothing.
    let drawn = large.drawn();
    small.enter("seq 1 2000; echo through-$((1+1))");
    small.prints("through-2");
    assert_eq!(large.drawn(), drawn, "{}", large.screen());
    let shown = world.ok("list-clients -t worker -F '#{client_width} #{window_index}'");
    assert_eq!(shown, "100 1\n60 0\n");
}

#[test]
fn panes_and_zoom_are_each_terminal_s_own() {
    let world = World::new();
    let mut one = world.terminal("new -s worker");
    one.prompt();
    one.press("C-b %");
    one.wait_for("two panes", |s| s.border(0) == Some(40) && s.prompt());
    let mut other = world.terminal("attach -t worker");
    other.wait_for("two panes", |s| s.border(0) == Some(40) && s.prompt());
    other.press("C-b Left");
    other.enter("echo on-the-$((1+0))-left");
    one.prints("on-the-1-left");
    one.enter("echo on-the-$((1+1))-right");
    let screen = other.prints("on-the-2-right");
    assert!(screen.rows().iter().any(|row| row.find("on-the-2-right").is_some_and(|at| at > 40)), "{screen}");
    one.press("C-b z");
    one.wait_for("one pane alone", |s| s.border(0).is_none() && s.shows("on-the-2-right"));
    assert_eq!(other.screen().border(0), Some(40));
    assert!(one.screen().status().contains("*Z") && !other.screen().status().contains('Z'));
    // Its program has the size of who types there.
    one.enter("clear; stty size");
    one.prints("23 80");
    other.press("C-b Right");
    other.enter("clear; stty size");
    other.prints("23 39");
    one.shows("39x23: ");
}

#[test]
fn a_window_that_is_smaller_than_its_room_says_why() {
    let world = World::new();
    let (mut large, mut small) = two(&world);
    let tty = world.ok("list-clients -f '#{==:#{client_width},60}' -F '#{client_name}'");
    large.shows(&format!("60x19: {} typed last", tty.trim()));
    large.press("x BSpace");
    let screen = large.wait_for("all of its room", |s| !s.shows("typed last"));
    assert!(!screen.shows("··"), "{screen}");
    world.ok("resize-window -t worker -x 50 -y 10");
    large.shows("50x10: set by resize-window");
    // Who is idle takes nothing, whatever becomes of his terminal.
    small.press("x BSpace");
    large.shows("typed last");
    large.press("x BSpace");
    large.wait_for("all of its room", |s| !s.shows("typed last"));
    small.resize(40, 12);
    small.wait_for("a part of it", |s| s.cols() == 40);
    large.enter("clear; stty size");
    large.prints("29 100");
}

#[test]
fn who_only_looks_on_shrinks_nothing_and_types_nothing() {
    let world = World::new();
    let mut desk = world.sized(100, 30, "new -s worker");
    desk.prompt();
    let mut guest = world.sized(60, 20, "attach -r -t worker");
    guest.wait_for("the session", |s| s.status().contains("0:sh*"));
    desk.enter("clear; stty size");
    desk.prints("29 100");
    guest.prints("29 100");
    guest.enter("echo not-$((1+1))");
    guest.press("C-b c");
    guest.shows("this terminal is read-only: new-window is not for it");
    desk.press("C-b c");
    desk.wait_for("another window", |s| s.status().contains("1:sh*") && s.prompt());
    guest.wait_for("the same", |s| s.status().contains("1:sh*"));
    assert!(!world.ok("capture-pane -p -t worker:0").contains("not-2"));
    assert_eq!(
        world.ok("list-clients -F '#{client_readonly} #{client_flags}'"),
        "0 \n1 read-only,ignore-size,follow\n"
    );
    guest.press("C-b d");
    guest.shows("[detached (from session worker)]");
    assert_eq!(guest.exits(), 0);
    let text = world.fails(2, "attach -f quiet -t worker");
    assert!(text.contains("unknown client flag: quiet"), "{text}");
}

#[test]
fn with_follow_all_terminals_go_together() {
    let world = World::new();
    let (mut large, mut small) = two(&world);
    small.press("C-b 0");
    small.wait_for("the first window", |s| s.status().contains("0:sh*"));
    world.ok("set -g follow on");
    large.wait_for("the same window", |s| s.status().contains("0:sh*"));
    large.press("C-b 1");
    small.wait_for("the same window", |s| s.status().contains("1:sh*"));
    // From the shell it is for the one that was used last, where nobody follows.
    world.ok("set -g follow off");
    large.press("x");
    world.ok("select-window -t worker:0");
    large.wait_for("the first window", |s| s.status().contains("0:sh*"));
    small.shows("1:sh*");
}

#[test]
fn each_is_where_it_was_after_another_server_has_taken_over() {
    let world = World::new();
    let (mut large, mut small) = two(&world);
    small.press("C-b 0");
    small.wait_for("the first window", |s| s.status().contains("0:sh*") && s.prompt());
    large.press("x BSpace");
    let server = world.server();
    server.kill(rustix::process::Signal::KILL);
    until("another server", || (world.server().pid != server.pid).then_some(()));
    until("both are back", || (world.display("worker", "#{session_attached}") == "2").then_some(()));
    large.enter("clear; echo large-$((1+1)); stty size");
    let screen = large.prints("29 100");
    assert!(screen.has_line("large-2") && screen.status().contains("1:sh*"), "{screen}");
    small.enter("clear; echo small-$((1+1))");
    let screen = small.prints("small-2");
    assert!(screen.status().contains("0:sh*") && !screen.shows("large-2"), "{screen}");
}

#[test]
fn detaching_the_others_and_the_shell_that_attached() {
    let world = World::new();
    let mut desk = world.terminal("new -s worker");
    desk.prompt();
    let mut shell = world.on_terminal(80, 24, "/bin/sh", &[], "sh");
    shell.prompt();
    shell.enter("mux attach -t worker");
    shell.wait_for("the session", |s| s.status().contains("[worker]"));
    desk.press("C-b :");
    desk.enter("detach-client -a -P");
    // With its shell goes the terminal.
    shell.exits();
    desk.enter("echo still-$((1+1))");
    desk.prints("still-2");
    assert_eq!(world.display("worker", "#{session_attached}"), "1");
}
