//! A session: made, left, listed, come back to.

use crate::harness::{World, until};

#[test]
fn a_shell_is_left_and_found_again_as_it_was() {
    let world = World::new();

    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("seen=before; echo one-$((1+1))");
    terminal.prints("one-2");
    terminal.press("C-b d");
    terminal.shows("[detached (from session worker)]");
    assert_eq!(terminal.exits(), 0);

    let listed = world.ok("ls");
    assert!(listed.starts_with("worker: 1 windows (created "), "{listed}");

    let mut terminal = world.terminal("attach -t worker");
    terminal.prints("one-2");
    terminal.enter("echo $seen-still");
    terminal.prints("before-still");
}

#[test]
fn the_listing_is_tmux_s() {
    let world = World::new();
    world.ok("new -d -s worker");
    let listed = world.ok("ls");
    let line = listed.trim_end();
    let created = line.strip_prefix("worker: 1 windows (created ").and_then(|rest| rest.strip_suffix(')'));
    let words: Vec<_> = created.unwrap_or_else(|| panic!("{line}")).split_whitespace().collect();
    let [weekday, month, day, time, year] = words[..] else { panic!("ctime(3) has five parts: {line}") };
    assert!(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&weekday), "{line}");
    assert_eq!(month.len(), 3, "{line}");
    assert!((1..=31).contains(&day.parse().unwrap_or(0)), "{line}");
    assert_eq!(time.split(':').count(), 3, "{line}");
    assert!(year.parse::<u32>().is_ok_and(|year| year > 2000), "{line}");

    let terminal = world.terminal("attach -t worker");
    terminal.prompt();
    assert!(world.ok("ls").trim_end().ends_with(") (attached)"), "{}", world.ok("ls"));
}

#[test]
fn the_terminal_is_given_back_as_it_was() {
    let world = World::new();
    let shell = ["-c", "echo before; mux new -s worker; stty -a; echo after-$?"].map(str::to_owned);
    let mut terminal = world.on_terminal(80, 24, "/bin/sh", &shell, "sh");
    terminal.wait_for("the client's screen", |s| s.alternate() && s.prompt());
    terminal.press("C-b d");
    let screen = terminal.prints("after-0");
    assert!(screen.has_line("before"), "what was on the screen is there again\n{screen}");
    assert!(!screen.alternate() && !screen.cursor_hidden(), "{screen}");
    assert!(!screen.mouse() && !screen.bracketed_paste(), "{screen}");
    assert!(screen.shows(" icanon ") && screen.shows(" echo "), "no raw mode is left\n{screen}");
    assert_eq!(terminal.exits(), 0);
}

#[test]
fn the_whole_terminal_is_the_client_and_the_last_row_its_status_line() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    let screen = terminal.wait_for("session, window and clock in the status line", |s| {
        let status = s.status();
        status.contains("worker") && status.contains("1:") && has_clock(&status)
    });
    assert!(screen.row(0).starts_with('$'), "the shell begins at the top\n{screen}");
    terminal.enter("stty size");
    terminal.prints("23 80");
}

/// Two digits, a colon, two digits.
fn has_clock(text: &str) -> bool {
    text.as_bytes().windows(5).any(|w| w[2] == b':' && [0, 1, 3, 4].iter().all(|&i| w[i].is_ascii_digit()))
}

#[test]
fn a_command_starts_detached_in_a_directory() {
    let world = World::new();
    world.write("home/src/Makefile", "all:");
    let make = world.script("bin/make-like", "pwd; echo \"args: $*\"; ls; read line");
    world.ok(&format!("new -d -s build -c {} -- {make} -j4 'two words'", world.place("home/src")));
    let text = world.captured("build", "Makefile");
    assert!(text.contains(&world.place("home/src")), "{text}");
    assert!(text.contains("args: -j4 two words"), "{text}");
    assert!(world.ok("ls").starts_with("build: "));

    let mut terminal = world.terminal("attach -t build");
    terminal.prints("Makefile");
    terminal.press("Enter");
    terminal.shows("[exited]");
    assert_eq!(terminal.exits(), 0);
}

#[test]
fn the_end_of_the_shell_ends_the_session() {
    let world = World::new();
    world.ok("new -d -s other");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("exit");
    terminal.shows("[exited]");
    assert_eq!(terminal.exits(), 0);
    until("one session is left", || (world.ok("ls -F '#{session_name}'") == "other\n").then_some(()));
}

#[test]
fn attach_without_a_name_takes_the_last_used_session() {
    let world = World::new();
    world.ok("new -d -s first");
    world.ok("new -d -s second");
    let mut terminal = world.terminal("attach -t first");
    terminal.prompt();
    terminal.enter("echo here");
    terminal.prints("here");
    terminal.press("C-b d");
    terminal.exits();

    let terminal = world.terminal("attach");
    terminal.wait_for("the first session", |s| s.has_line("here") && s.status().contains("first"));
}

#[test]
fn a_client_can_be_sent_away_from_outside() {
    let world = World::new();
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("detach-client -s worker");
    terminal.shows("[detached (from session worker)]");
    assert_eq!(terminal.exits(), 0);
    world.ok("has-session -t worker");
}

#[test]
fn kill_server_ends_everything_and_says_so_to_who_is_attached() {
    let world = World::new();
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("new -d -s other");
    let before = world.processes();
    world.ok("kill-server");
    terminal.shows("[server exited]");
    terminal.exits();
    until("all processes have ended", || before.iter().all(|process| !process.alive()).then_some(()));
    let line = world.fails(1, "ls");
    assert!(line.contains("no server running"), "{line}");
}

#[test]
fn a_name_is_made_up_where_none_is_given() {
    let world = World::new();
    world.ok("new -d");
    world.ok("new -d");
    assert_eq!(world.ok("ls -F '#{session_name}'"), "0\n1\n");
}

#[test]
fn a_session_that_exists_is_attached_with_a_flag() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.ok("send-keys -t worker 'echo was-$((6+1))' Enter");
    world.captured("worker", "was-7");
    let terminal = world.terminal("new -A -s worker");
    terminal.prints("was-7");
}
