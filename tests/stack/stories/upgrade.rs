//! Another binary takes over while everything runs. Another version is played by the same binary at another place, and a
//! broken one by a script. Linux only: /proc tells what a process is of.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use crate::harness::{MUX, Process, World, until};

/// The file that a process runs.
fn file_of(process: Process) -> PathBuf {
    fs::read_link(format!("/proc/{}/exe", process.pid)).unwrap_or_default()
}

fn copy(world: &World, name: &str) -> String {
    let place = world.path(name);
    fs::copy(MUX, &place).expect("our own directory");
    world.place(name)
}

/// The server and its keeper, once both are of this file.
fn run_from(world: &World, binary: &str) -> (Process, Process) {
    until("server and keeper of the other binary", || {
        let server = Process::of(world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?)?;
        let keeper = Process::of(server.parent())?;
        [server, keeper].iter().all(|process| file_of(*process) == Path::new(binary)).then_some((server, keeper))
    })
}

#[test]
fn another_binary_takes_over_and_the_old_one_again() {
    let world = World::new();
    world.ok("run --nohup -s job -- sh -c 'echo started; read x < /dev/tty; exit 3'");
    world.captured("job", "started");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    let (job, shell, keeper) = (world.pane("job"), world.pane("worker"), world.keeper());
    let new = copy(&world, "bin/mux-new");
    for (round, binary) in [new.as_str(), MUX, new.as_str()].into_iter().enumerate() {
        let before = world.server();
        let said = world.ok(&format!("server upgrade --to {binary}"));
        assert!(said.starts_with("mux ") && said.ends_with(" runs now\n"), "{said}");
        let (server, heir) = run_from(&world, binary);
        assert_ne!(server, before);
        assert_eq!(heir.pid, keeper.pid, "the keeper has only become another program");
        terminal.enter(&format!("clear; echo round-$(({round}+0))"));
        terminal.prints(&format!("round-{round}"));
    }
    assert_eq!((world.pane("job"), world.pane("worker")), (job, shell));
    assert_eq!(shell.parent(), keeper.pid);
    world.ok("send-keys -t job Enter");
    assert_eq!(world.mux("wait job").status, 3, "ends are still seen");
    assert_eq!(world.ok("list-clients").lines().count(), 1);
    // What is of the new binary survives as the old did.
    let (server, _) = run_from(&world, &new);
    server.kill(Signal::KILL);
    run_from(&world, &new);
    world.keeper().kill(Signal::KILL);
    terminal.enter("clear; echo after-$((1+1))");
    terminal.prints("after-2");
    assert_eq!(world.pane("worker"), shell);
}

#[test]
fn the_binary_that_the_command_is_takes_over_also_when_the_old_one_is_gone() {
    let world = World::new();
    let old = copy(&world, "bin/mux-old");
    assert_eq!(world.sh(&format!("{old} new -d -s worker")).status, 0);
    let shell = world.pane("worker");
    fs::remove_file(&old).expect("it is there");
    world.ok("server upgrade");
    run_from(&world, MUX);
    assert_eq!(world.pane("worker"), shell);
}

#[test]
fn a_binary_that_cannot_take_over_is_refused_before_anything_is_changed() {
    let world = World::new();
    world.ok("new -d -s worker");
    let (server, shell) = (world.server(), world.pane("worker"));
    world.write("home/text", "text");
    world.script("bin/stranger", "echo hello");
    let gone = world.fails(1, "server upgrade --to /no/such/mux");
    assert_eq!(gone, "cannot upgrade to /no/such/mux: no such file or directory");
    assert!(world.fails(1, "server upgrade --to text").contains("it is not a program that can be run"));
    let stranger = format!("server upgrade --to {}", world.place("bin/stranger"));
    assert!(world.fails(1, &stranger).ends_with("it does not say that it is mux"));
    assert!(world.fails(2, "server sing").contains("'sing'"));
    assert_eq!((world.server(), world.pane("worker")), (server, shell));
}

#[test]
fn a_binary_whose_server_does_not_start_is_rolled_back() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    let (keeper, shell) = (world.keeper(), world.pane("worker"));
    let broken = world.script("bin/broken", &format!("[ \"$1\" = @probe ] && exec {MUX} @probe\nexit 9"));
    let said = world.fails(1, &format!("server upgrade --to {broken}"));
    assert!(
        said.starts_with(&format!("cannot upgrade to {broken}: it ended before it served: exit 9; mux ")),
        "{said}"
    );
    assert!(said.ends_with(" runs on"), "{said}");
    let (_, heir) = run_from(&world, MUX);
    assert_eq!((heir, world.pane("worker")), (keeper, shell));
    terminal.enter("clear; echo after-$((1+1))");
    terminal.prints("after-2");
}

#[test]
fn a_keeper_that_cannot_become_the_other_binary_stays_as_it_was() {
    let world = World::new();
    world.ok("new -d -s worker");
    let (keeper, shell) = (world.keeper(), world.pane("worker"));
    // Its server takes its own file away, as an upgrade that is undone in the middle would.
    let odd = world
        .script("bin/odd", &format!("case $1 in @server) rm -f {}/bin/odd;; esac\nexec {MUX} \"$@\"", world.place("")));
    let said = world.fails(1, &format!("server upgrade --to {odd}"));
    assert!(said.contains("the keeper stays as it was: No such file or directory"), "{said}");
    assert_eq!((world.keeper(), world.pane("worker")), (keeper, shell));
    let server = world.server();
    server.kill(Signal::KILL);
    let (heir, _) = run_from(&world, MUX);
    assert_ne!(heir, server);
    assert_eq!(world.pane("worker"), shell);
}

/// How often a keeper has taken over from another.
fn handovers(world: &World) -> usize {
    let log = fs::read_to_string(world.path("state/mux/server.log")).unwrap_or_default();
    log.matches("keeps what another keeper held").count()
}

/// The older version is played by a server that is told to speak an older protocol.
#[test]
#[cfg(debug_assertions)]
fn a_newer_client_offers_to_upgrade_the_server() {
    let world = World::new();
    let older = world.sh(&format!("MUX_TEST_PROTOCOL=2 {MUX} new -d -s worker"));
    assert_eq!(older.status, 0, "{older:?}");
    let (server, shell) = (world.server(), world.pane("worker"));
    // A command just works.
    assert!(world.ok("ls").starts_with("worker: "));
    let mut terminal = world.terminal("attach -t worker");
    terminal.shows("The server is older: mux 0.1.0 (protocol 2). Upgrade it? Nothing ends. (y/n)");
    // No is no.
    terminal.press("n");
    terminal.enter("echo still-$((1+1))");
    terminal.prints("still-2");
    assert_eq!(world.server(), server);
    let mut other = world.terminal("attach -t worker");
    other.shows("Upgrade it? Nothing ends. (y/n)");
    other.press("y");
    until("another server", || {
        let pid: u32 = world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?;
        (pid != server.pid).then_some(())
    });
    other.enter("echo after-$((1+1))");
    other.prints("after-2");
    assert_eq!(world.pane("worker"), shell);
    // Once, although the server that was asked could not answer any more.
    other.press("C-b :");
    other.types("server upgrade");
    other.press("Enter");
    until("one upgrade for each time that it was asked for", || (handovers(&world) >= 2).then_some(()));
    other.enter("echo again-$((1+1))");
    other.prints("again-2");
    assert_eq!(handovers(&world), 2);
    until("both clients", || (world.ok("list-clients").lines().count() == 2).then_some(()));
}
