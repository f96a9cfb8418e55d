//! What programs live through: lost terminals, killed clients, killed servers.

use rustix::process::Signal;

use crate::harness::{Process, World, until};

#[test]
fn the_outer_terminal_hangs_up() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("seen=before; echo one-$((1+1))");
    terminal.prints("one-2");
    let shell = world.pane("worker");
    let client = terminal.program();
    terminal.hang_up();
    terminal.exits();
    assert!(!client.alive());
    assert!(shell.alive());
    until("nobody is attached", || (world.display("worker", "#{session_attached}") == "0").then_some(()));

    let mut terminal = world.terminal("attach -t worker");
    terminal.prints("one-2");
    terminal.enter("echo $seen-still");
    terminal.prints("before-still");
    assert_eq!(world.pane("worker"), shell);
}

#[test]
fn the_client_is_killed() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("echo one-$((1+1))");
    terminal.prints("one-2");
    let shell = world.pane("worker");
    terminal.program().kill(Signal::KILL);
    terminal.exits();
    assert!(shell.alive());
    until("nobody is attached", || world.ok("list-clients").is_empty().then_some(()));
    world.terminal("attach -t worker").prints("one-2");
}

#[test]
fn the_client_is_asked_to_end() {
    let world = World::new();
    let shell = ["-c", "mux new -s worker; echo after-$?; read line"].map(str::to_owned);
    let mut terminal = world.on_terminal(80, 24, "/bin/sh", &shell, "sh");
    terminal.wait_for("the client's screen", |s| s.alternate() && s.prompt());
    let pid = world.ok("list-clients -F '#{client_pid}'");
    let client = Process::of(pid.trim().parse().expect("a pid")).expect("the client runs");
    client.kill(Signal::TERM);
    let screen = terminal.shows("after-");
    assert!(!screen.alternate() && !screen.mouse() && !screen.cursor_hidden(), "{screen}");
    world.ok("has-session -t worker");
    terminal.press("Enter");
    terminal.exits();
}

/// A new server, not this one, answers.
fn successor(world: &World, old: Process) -> Process {
    until("another server", || {
        let pid = world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?;
        let server = Process::of(pid)?;
        (server != old).then_some(server)
    })
}

#[test]
fn the_server_is_killed() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.press("C-b c");
    terminal.wait_for("a second window", |s| s.status().contains(" 2:") && s.prompt());
    terminal.enter("seen=before");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0).is_some() && s.prompt());
    world.ok("rename-window -t worker:1 first");
    let format = "'#{window_index}.#{pane_index} #{window_name} #{pane_id} #{pane_pid} #{pane_width}x#{pane_height}'";
    let facts = || world.ok(&format!("list-panes -a -F {format}"));
    let before = facts();
    assert_eq!(before.lines().count(), 3, "{before}");
    let server = world.server();
    let keeper = world.keeper();

    server.kill(Signal::KILL);
    let heir = successor(&world, server);
    assert_eq!(heir.parent(), keeper.pid, "the keeper lives and has started it");
    assert_eq!(facts(), before, "same panes, same programs, same names and sizes");

    // The client found back by itself: nobody attached anew.
    assert_eq!(terminal.program(), Process::of(terminal.program().pid).expect("the client runs"));
    terminal.press("C-b Left");
    terminal.wait_for("the left pane", |s| {
        s.border(0).is_some_and(|border| usize::from(s.cursor().1) < border) && s.status().contains("worker")
    });
    terminal.enter("echo $seen-still");
    terminal.prints("before-still");
    assert_eq!(world.ok("list-clients").lines().count(), 1);
}

#[test]
fn the_server_is_killed_again_and_again() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    let shell = world.pane("worker");
    for round in 1..=3 {
        let server = world.server();
        server.kill(Signal::KILL);
        successor(&world, server);
        terminal.enter(&format!("clear; echo round-$(({round}+0))"));
        terminal.prints(&format!("round-{round}"));
    }
    assert_eq!(world.pane("worker"), shell);
}

#[test]
fn what_is_on_the_screen_comes_back_when_programs_are_asked_to_redraw() {
    let world = World::new();
    let redraw = "draw() { printf '\\033[2J\\033[Hsize %s' \"$(stty size)\"; }; trap draw WINCH; draw
while :; do read line && echo got-$line; done";
    let editor = world.script("bin/redraw", redraw);
    let terminal = world.terminal(&format!("new -s worker {editor}"));
    terminal.prints("size 23 80");
    let server = world.server();
    server.kill(Signal::KILL);
    successor(&world, server);
    world.captured("worker", "size 23 80");
    terminal.prints("size 23 80");
}

#[test]
fn a_program_that_prints_meanwhile_is_held_up_not_ended() {
    let world = World::new();
    let numbers = world.script("bin/numbers", "read go; seq 1 300000; echo all-$((1+1)); read go; exit 6");
    world.ok(&format!("run --nohup -s numbers -- sh -c 'exec < {}; exec {numbers}'", fifo(&world, "go")));
    let program = world.pane("numbers");
    let mut go = until("the program opens its input", || writer(&world, "go"));
    std::io::Write::write_all(&mut go, b"go\n").expect("it reads");
    world.captured("numbers", "0");
    let server = world.server();
    server.kill(Signal::KILL);
    successor(&world, server);
    world.captured("numbers", "all-2");
    assert_eq!(world.pane("numbers"), program);
    std::io::Write::write_all(&mut go, b"go\n").expect("it reads");
    assert_eq!(world.mux("wait numbers").status, 6);
}

fn fifo(world: &World, name: &str) -> String {
    assert_eq!(world.sh(&format!("mkfifo {name}")).status, 0);
    world.place(&format!("home/{name}"))
}

/// Opens a FIFO for writing, if somebody reads it.
fn writer(world: &World, name: &str) -> Option<std::fs::File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(world.path(&format!("home/{name}")), flags, Mode::empty());
    file.ok().map(std::fs::File::from)
}

#[test]
fn the_end_of_a_program_while_there_is_no_server_is_recorded() {
    let world = World::new();
    world.ok("run --nohup -s ends -- sh -c 'exec sleep 1000'");
    let program = world.pane("ends");
    let server = world.server();
    // Stopped, it can note nothing.
    server.kill(Signal::STOP);
    program.kill(Signal::TERM);
    until("the program has ended", || (!program.alive()).then_some(()));
    server.kill(Signal::KILL);
    successor(&world, server);
    assert_eq!(world.mux("wait ends").status, 143);
    let listed = world.ok("ps");
    assert!(listed.lines().any(|line| line.contains("ends") && line.contains("SIGTERM")), "{listed}");
}

#[test]
fn a_wait_lives_through_the_end_of_the_server() {
    let world = World::new();
    world.ok("run --nohup -s long -- sh -c 'exec sleep 1000'");
    let program = world.pane("long");
    let waiter = world.terminal("wait long");
    // The server is answering it when the client is known there; a listing after that has been served behind it.
    until("the waiting command's connection", || (!world.ok("ps").is_empty()).then_some(()));
    let server = world.server();
    server.kill(Signal::KILL);
    successor(&world, server);
    program.kill(Signal::TERM);
    assert_eq!(waiter.exits(), 143);
}

#[test]
fn a_shell_gets_the_hangup_when_its_pane_is_closed_and_a_job_does_not_mind_one() {
    let world = World::new();
    let shell = world.script("bin/shell", "trap 'echo hup > hup; exit' HUP; echo trapped; while :; do read x; done");
    world.ok(&format!("new -d -s shell {shell}"));
    world.captured("shell", "trapped");
    world.ok("kill-session -t shell");
    until("it heard the hangup", || (world.read("home/hup") == "hup\n").then_some(()));

    world.ok("run --nohup -s job -- sh -c 'echo started; exec sleep 1000'");
    world.captured("job", "started");
    let job = world.pane("job");
    job.kill(Signal::HUP);
    job.kill(Signal::CONT);
    assert!(world.ok("ps").lines().any(|line| line.contains("job") && line.contains("running")));
    assert!(job.alive());
}

#[test]
fn a_job_in_the_foreground_lives_through_the_end_of_the_server() {
    let world = World::new();
    let mut terminal = world.terminal("run -s job -- sh -c 'echo started; read line; exit 7'");
    terminal.prints("started");
    let server = world.server();
    server.kill(Signal::KILL);
    successor(&world, server);
    until("the client is back", || (world.ok("list-clients").lines().count() == 1).then_some(()));
    terminal.press("Enter");
    assert_eq!(terminal.exits(), 7);
}

/// What both hold is lost with both; that is said, and nothing else is.
#[test]
fn keeper_and_server_are_killed_together() {
    let world = World::new();
    world.ok("run --nohup -s job -- sh -c 'echo started; exec sleep 1000'");
    world.captured("job", "started");
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    let (job, shell) = (world.pane("job"), world.pane("worker"));
    let (keeper, server) = (world.keeper(), world.server());
    // Stopped, the server can start no other keeper.
    server.kill(Signal::STOP);
    keeper.kill(Signal::KILL);
    server.kill(Signal::KILL);
    terminal.exits();
    until("a shell is hung up", || (!shell.alive()).then_some(()));
    assert!(job.alive(), "a job does not mind a hangup");

    let output = world.mux("new -d -s next");
    assert!(
        output.status == 0 && output.err.contains("1 session from before the end of the last server"),
        "{output:?}"
    );
    let listed = world.ok("ps");
    assert!(listed.lines().any(|line| line.contains("job") && line.contains("lost")), "{listed}");
    assert!(world.ok("logs job").contains("started"));
    job.kill(Signal::KILL);
}
