//! The keeper ends, and nothing else does. Linux only: processes are watched by their descriptors.

use rustix::process::Signal;

use crate::harness::{Process, World, until};

/// The keeper, whoever has started it.
fn keeper(world: &World) -> Process {
    until("a keeper", || {
        let is_keeper = |process: &Process| {
            let line = process.command_line();
            line.contains(" @keeper ") || line.contains(" @successor ")
        };
        world.processes().into_iter().find(is_keeper)
    })
}

/// Kills it, and gives the one that comes after.
fn kill_keeper(world: &World) -> Process {
    let old = keeper(world);
    old.kill(Signal::KILL);
    until("another keeper", || Some(keeper(world)).filter(|new| *new != old))
}

#[test]
fn the_keeper_is_killed_and_nobody_notices() {
    let world = World::new();
    world.ok("run --nohup -s job -- sh -c 'echo started; read x < /dev/tty; exit 3'");
    world.captured("job", "started");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    let (job, shell, server) = (world.pane("job"), world.pane("worker"), world.server());
    for round in 1..=3 {
        let new = kill_keeper(&world);
        terminal.enter(&format!("clear; echo round-$(({round}+0))"));
        terminal.prints(&format!("round-{round}"));
        assert!(new.alive());
    }
    assert_eq!((world.pane("job"), world.pane("worker"), world.server()), (job, shell, server));

    // What only a keeper can do, the new one does: spawn, see an end, signal.
    terminal.press("C-b c");
    terminal.wait_for("a second window", |s| s.status().contains(" 2:") && s.prompt());
    world.ok("send-keys -t job Enter");
    assert_eq!(world.mux("wait job").status, 3);
    world.ok("run --nohup -s next -- sh -c 'exit 5'");
    assert_eq!(world.mux("wait next").status, 5);
    assert_eq!(world.ok("list-clients").lines().count(), 1);
    let found = world.mux("doctor").out;
    assert!(found.contains(&format!("the keeper is process {}", keeper(&world).pid)), "{found}");
}

#[test]
fn the_server_is_killed_after_the_keeper() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    let shell = world.pane("worker");
    for round in 1..=2 {
        let new = kill_keeper(&world);
        let server = world.server();
        terminal.enter(&format!("clear; echo round-$(({round}+0))"));
        terminal.prints(&format!("round-{round}"));
        server.kill(Signal::KILL);
        let heir = until("another server", || {
            let pid = world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?;
            Process::of(pid).filter(|heir| *heir != server)
        });
        assert_eq!(heir.parent(), new.pid);
        terminal.enter(&format!("clear; echo again-$(({round}+0))"));
        terminal.prints(&format!("again-{round}"));
    }
    assert_eq!(world.pane("worker"), shell);
}

#[test]
fn ends_of_programs_while_there_is_no_keeper_are_recorded() {
    let world = World::new();
    world.ok("run --nohup -s ends -- sh -c 'exec sleep 1000'");
    world.ok("run --nohup -s stays -- sh -c 'exec sleep 1000'");
    let (program, other) = (world.pane("ends"), world.pane("stays"));
    let (server, old) = (world.server(), keeper(&world));
    // Stopped, it can start no other keeper, nor can that one be told.
    server.kill(Signal::STOP);
    old.kill(Signal::KILL);
    until("the keeper has ended", || (!old.alive()).then_some(()));
    program.kill(Signal::TERM);
    until("the program has ended", || (!program.alive()).then_some(()));
    server.kill(Signal::CONT);
    let status = world.mux("wait ends").status;
    // 255: a kernel that does not tell, and says so.
    assert!(status == 143 || status == 255, "{status}");
    other.kill(Signal::TERM);
    assert!([143, 255].contains(&world.mux("wait stays").status));
}

#[test]
fn a_keeper_that_is_told_to_end_takes_everything_with_it() {
    let world = World::new();
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    let (shell, server) = (world.pane("worker"), world.server());
    kill_keeper(&world).kill(Signal::TERM);
    terminal.exits();
    until("nothing is left", || (!shell.alive() && !server.alive()).then_some(()));
    assert!(!world.path("run/mux/default").exists(), "the socket's file is removed");
}
