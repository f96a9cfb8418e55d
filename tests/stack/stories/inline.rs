//! Attached without taking the terminal over: on its main screen, and as plain lines.

use std::io::Write;
use std::process::Stdio;

use crate::harness::{MUX, Terminal, World, spawning, until};

/// A shell on a terminal, whose user attaches from there.
fn shell(world: &World, rows: u16) -> Terminal {
    let mut shell = world.on_terminal(60, rows, "/bin/sh", &[], "sh");
    shell.prompt();
    shell.enter("echo before-$((1+0))");
    shell.prints("before-1");
    shell
}

#[test]
fn inline_output_scrolls_into_the_terminal_s_own_history() {
    let world = World::new();
    world.ok("new -d -s worker");
    let mut shell = shell(&world, 10);
    shell.enter("mux attach --inline -t worker");
    shell.wait_for("the pane's prompt alone", |s| s.prompt() && !s.shows("attach"));
    shell.enter("seq 1 300; echo done-$((1+1))");
    let screen = shell.wait_for("the whole history", |s| {
        s.has_line("done-2") && s.prompt() && s.scrolled_off().iter().any(|line| line == "292")
    });
    assert!(!screen.alternate() && !screen.mouse() && !screen.status().contains("[worker]"), "{screen}");
    let off = screen.scrolled_off();
    let numbers: Vec<&String> = off.iter().filter(|line| line.parse::<u32>().is_ok()).collect();
    let wanted: Vec<String> = (1..=numbers.len()).map(|number| number.to_string()).collect();
    assert_eq!(numbers, wanted.iter().collect::<Vec<_>>(), "each line once and in order");
    assert!(off.iter().any(|line| line == "before-1"), "what the shell showed is still there: {off:?}");
    // Typing costs no redraw.
    let drawn = shell.drawn();
    shell.types("x");
    shell.wait_for("the key", |s| s.row(usize::from(s.cursor().0)).ends_with("$ x"));
    assert!(shell.drawn() - drawn < 100, "{} bytes for a key", shell.drawn() - drawn);
    shell.press("BSpace C-b d");
    shell.prints("[detached (from session worker)]");
    let screen = shell.prompt();
    assert!(screen.has_line("done-2"), "what was shown stays: {screen}");
}

#[test]
fn a_split_brings_the_full_view_and_its_end_the_main_screen_back() {
    let world = World::new();
    world.ok("new -d -s worker");
    let mut shell = shell(&world, 12);
    shell.enter("mux attach --inline -t worker");
    shell.wait_for("the pane's prompt alone", |s| s.prompt() && !s.shows("attach"));
    shell.enter("stty size");
    shell.prints("12 60");
    shell.press("C-b %");
    let screen = shell.wait_for("two panes", |s| s.border(0) == Some(30) && s.prompt());
    assert!(screen.alternate() && screen.status().contains("[worker]"), "{screen}");
    shell.enter("exit");
    let screen = shell.wait_for("the main screen", |s| !s.alternate() && s.prompt() && s.has_line("12 60"));
    assert!(screen.border(0).is_none() && !screen.status().contains("[worker]"), "{screen}");
    // A program on the alternate screen has the terminal's.
    shell.enter("printf '\\033[?1049hfull'; read x; printf '\\033[?1049l'");
    shell.wait_for("the alternate screen", |s| s.alternate() && s.shows("full"));
    shell.press("Enter");
    shell.wait_for("the main screen", |s| !s.alternate() && s.prompt());
    shell.enter("seq 1 40");
    let screen = shell.wait_for("the history", |s| s.prompt() && s.scrolled_off().iter().any(|line| line == "28"));
    assert!(!screen.scrolled_off().iter().any(|line| line == "full"));
}

#[test]
fn plain_lines_come_once_and_in_order() {
    let world = World::new();
    world.ok("new -d -s worker");
    let mut desk = world.on_terminal(60, 200, "/bin/sh", &[], "sh");
    desk.prompt();
    desk.enter("TERM=dumb mux attach --plain -t worker");
    desk.wait_for("the pane's prompt", |s| s.cursor().0 > 0 && s.prompt());
    desk.enter("seq 1 100; echo done-$((1+1))");
    let screen = desk.wait_for("all of it", |s| s.has_line("done-2") && s.prompt());
    let numbers: Vec<u32> = screen.rows().iter().filter_map(|row| row.parse().ok()).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>(), "{screen}");
    assert_eq!(screen.count("seq 1 100"), 1, "what is typed is shown by the program alone: {screen}");
    desk.enter("sleep 1000");
    until("it runs", || (world.display("worker", "#{pane_current_command}") == "sleep").then_some(()));
    desk.press("C-c");
    desk.enter("~:new-window -n second");
    desk.prints("[window 1:second, pane 0]");
    desk.enter("~~ echo not-mine");
    desk.shows("$ ~ echo not-mine");
    desk.enter("~.");
    desk.prints("[detached (from session worker)]");
    desk.prompt();
    desk.enter("echo echoed-$((1+1))");
    desk.prints("echoed-2");
    desk.shows("echo echoed-$((1+1))");
}

#[test]
fn plain_lines_go_through_pipes_without_a_single_escape() {
    let world = World::new();
    world.ok("new -d -s worker -x 80 -y 24");
    world.captured("worker", "$");
    world.write("lines", "");
    let file = std::fs::File::create(world.path("lines")).unwrap();
    let mut command = world.command(MUX);
    command.args(["attach", "--plain", "-t", "worker"]).stdin(Stdio::piped()).stdout(file);
    let mut child = {
        let _alone = spawning();
        command.spawn().unwrap()
    };
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"printf '\\033[31mred\\033[0m\\n'; seq 1 3000\n").unwrap();
    until("all of it", || world.read("lines").contains("\n3000\n").then_some(()));
    input.write_all(b"exit\n").unwrap();
    let status = child.wait().unwrap();
    let text = world.read("lines");
    assert!(status.success() && !text.contains('\x1b'), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.contains(&"red"), "{text}");
    let numbers: Vec<u32> = lines.iter().filter_map(|line| line.parse().ok()).collect();
    assert!(numbers == (1..=3000).collect::<Vec<_>>(), "{} numbers", numbers.len());
    assert!(text.ends_with("[exited]\n"), "{text}");
}

#[test]
fn plain_lines_go_on_with_the_next_server() {
    let world = World::new();
    world.ok("new -d -s worker");
    let mut desk = world.terminal("attach --plain -t worker");
    desk.wait_for("the pane's prompt", crate::harness::Screen::prompt);
    world.server().kill(rustix::process::Signal::KILL);
    desk.prints("[the server has gone: reconnecting]");
    desk.enter("echo again-$((1+1))");
    desk.prints("again-2");
}
