//! One window in several sessions.

use rustix::process::Signal;

use crate::harness::{Terminal, World, until};

/// Sessions `one` and `two` on a terminal each, a large one and a small one. The window of `one` is the fifth of `two` too.
fn linked(world: &World) -> (Terminal, Terminal) {
    let large = world.sized(100, 30, "new -s one -n shared");
    large.prompt();
    let small = world.sized(60, 20, "new -s two -n own");
    small.prompt();
    world.ok("link-window -d -s one:shared -t two:5");
    small.wait_for("the window that has come", |s| s.status().contains("1:own* 5:shared"));
    (large, small)
}

#[test]
fn both_sessions_show_it_and_type_into_it() {
    let world = World::new();
    let (mut large, mut small) = linked(&world);
    large.enter("seen=here; echo from-$((1+0))");
    small.press("C-b 5");
    small.prints("from-1");
    small.enter("echo $seen-$((1+1))");
    large.prints("here-2");
    // It has the size of who typed last, whichever session he is in.
    small.enter("clear; stty size");
    small.prints("19 60");
    large.enter("clear; stty size");
    large.prints("29 100");
    // What happens to it happens in both; which window is current is each session's.
    small.press("C-b %");
    large.wait_for("two panes", |s| s.border(0).is_some());
    small.press("C-b 1");
    small.wait_for("its own window", |s| s.status().contains("1:own*"));
    assert!(large.screen().status().contains("1:shared*"), "{}", large.screen());
    world.ok("rename-window -t two:5 both");
    large.wait_for("the new name", |s| s.status().contains("1:both*"));
}

#[test]
fn it_stays_with_who_is_left() {
    let world = World::new();
    let (large, small) = linked(&world);
    let shell = world.pane("one");
    let refused = world.fails(1, "unlink-window -t two:own");
    assert!(refused.contains("window only linked to one session") && refused.contains("-k closes it"), "{refused}");
    let twice = world.fails(1, "link-window -s one:shared -t two:9");
    assert!(twice.contains("window is there already: two:5"), "{twice}");
    world.ok("kill-session -t one");
    large.exits();
    assert!(shell.alive(), "the other session has it");
    assert_eq!(world.pane("two:5"), shell);
    assert_eq!(world.ok("list-windows -t two -F '#I #W #{window_linked}'"), "1 own 0\n5 shared 0\n");
    world.ok("unlink-window -k -t two:5");
    small.wait_for("one window", |s| !s.status().contains("shared"));
    until("its shell has gone", || (!shell.alive()).then_some(()));
}

#[test]
fn the_death_of_the_server_changes_nothing() {
    let world = World::new();
    let (mut large, mut small) = linked(&world);
    large.enter("seen=before; echo one-$((1+1))");
    large.prints("one-2");
    let (shell, server) = (world.pane("one"), world.server());
    let list = "list-windows -a -F '#{session_name}#I #W #{window_id} #{window_linked_sessions_list}'";
    let before = world.ok(list);
    server.kill(Signal::KILL);
    until("another server", || (world.server() != server).then_some(()));
    assert_eq!(world.ok(list), before);
    assert_eq!((world.pane("one"), world.pane("two:5")), (shell, shell));
    small.press("C-b 5");
    small.wait_for("the shared window", |s| s.status().contains("5:shared*") && s.shows("one-2"));
    small.enter("echo $seen-still");
    large.prints("before-still");
}

#[test]
fn a_bell_marks_it_where_nobody_looks() {
    let world = World::new();
    let (mut large, small) = linked(&world);
    large.enter("printf '\\a'; echo rung-$((1+0))");
    large.prints("rung-1");
    small.wait_for("the mark", |s| s.status().contains("5:shared!"));
    assert!(!large.screen().status().contains('!'), "{}", large.screen());
}

#[test]
fn what_it_tells_reaches_the_terminals_of_both_once_and_marks_it() {
    let mut world = World::new();
    // What they are sent is kept where they are of a kind.
    world.be(&[(b"\x1b[>q", b"")]);
    let (mut large, small) = linked(&world);
    large.enter(r"printf '\033]9;to-both\007'; echo told-$((1+0))");
    large.prints("told-1");
    for terminal in [&large, &small] {
        terminal.was_sent(b"\x1b]9;mux: to-both\x07");
    }
    small.wait_for("the mark", |s| s.status().contains("5:shared!"));
    assert!(!large.screen().status().contains('!'), "{}", large.screen());
    // A session of the group of one of them is told too; what it is told next says that it was told once.
    let mut third = world.terminal("new -t two -s third");
    third.wait_for("the windows of the group", |s| s.status().contains("5:shared") && s.prompt());
    for text in ["again", "end"] {
        large.enter(&format!(r"printf '\033]9;{text}\007'"));
        let told = format!("\x1b]9;mux: {text}\x07");
        for terminal in [&large, &small, &third] {
            terminal.was_sent(told.as_bytes());
        }
    }
    assert_eq!([&large, &small, &third].map(|terminal| terminal.times_sent(b"\x1b]9;mux: again\x07")), [1, 1, 1]);
    third.wait_for("the mark", |s| s.status().contains("5:shared!"));
    third.press("C-b 5");
    third.wait_for("the mark gone", |s| s.status().contains("5:shared*"));
    assert!(small.screen().status().contains("5:shared!"), "{}", small.screen());
    // Who may not be marked is not.
    third.press("C-b 1");
    third.wait_for("its own window", |s| s.status().contains("1:own*"));
    world.ok("set -w -t one:shared monitor-bell off");
    large.enter(r"printf '\033]9;quiet\007'");
    third.was_sent(b"\x1b]9;mux: quiet\x07");
    assert!(!third.screen().status().contains("5:shared!"), "{}", third.screen());
}

#[test]
fn the_tree_shows_it_in_both_and_goes_to_the_one_that_is_chosen() {
    let world = World::new();
    let (_large, mut small) = linked(&world);
    small.press("C-b w");
    let screen = small.wait_for("the tree", |s| s.count("shared") >= 2);
    assert!(screen.shows("one") && screen.shows("5: shared"), "{screen}");
    small.types("/5 shared");
    small.press("Enter");
    small.wait_for("the window of its own session", |s| s.status().contains("5:shared*"));
    assert_eq!(world.ok("list-clients -F '#{client_width} #{client_session}'"), "100 one\n60 two\n");
}
