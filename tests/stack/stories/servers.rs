//! Several servers, and the names that the binary is called by.

use std::os::unix::fs::symlink;

use crate::harness::{MUX, World, until};

#[test]
fn a_server_has_a_name() {
    let world = World::new();
    world.ok("new -d -s one");
    world.ok("-L work new -d -s two");
    assert_eq!(world.ok("ls -F '#{session_name}'"), "one\n");
    assert_eq!(world.ok("-L work ls -F '#{session_name}'"), "two\n");
    assert!(world.path("run/mux/work").exists());
    world.ok("-L work kill-server");
    world.ok("has-session -t one");
    assert!(world.fails(1, "-L work ls").contains("no server running"));
    assert!(world.fails(2, "-L ../x ls").contains("../x"));
}

#[test]
fn a_server_has_a_socket_of_its_own() {
    let world = World::new();
    let socket = world.place("run/s");
    world.ok(&format!("-S {socket} new -d -s there"));
    assert!(world.path("run/s").exists());
    assert_eq!(world.ok(&format!("-S {socket} ls -F '#{{session_name}}'")), "there\n");
    assert!(world.fails(1, "ls").contains("no server running"));
    world.ok(&format!("-S {socket} kill-server"));
}

#[test]
fn jobs_of_two_servers_do_not_share_a_log() {
    let world = World::new();
    world.ok("run --nohup -s job -- sh -c 'echo first; exec sleep 1000'");
    let said = world.ok("-L work run --nohup -s job -- sh -c 'echo second; exec sleep 1000'");
    assert!(said.contains("servers/work/logs/job.log"), "{said}");
    until("both logs", || {
        let first = world.ok("logs job") == "first\n";
        (first && world.ok("-L work logs job") == "second\n").then_some(())
    });
    world.ok("-L work kill-server");
}

#[test]
fn a_pane_s_own_server_is_meant_inside_it() {
    let world = World::new();
    world.ok("new -d -s default");
    let mut terminal = world.terminal("-L work new -s inside");
    terminal.prompt();
    terminal.enter("mux ls -F 'sees #{session_name}'");
    terminal.prints("sees inside");
    world.ok("-L work kill-server");
    terminal.exits();
}

#[test]
fn the_binary_works_under_the_name_tmux() {
    let world = World::new();
    symlink(MUX, world.path("bin/tmux")).expect("our own directory");
    let tmux = world.place("bin/tmux");
    let terminal =
        world.on_terminal(80, 24, &tmux, &["new".into(), "-s".into(), "worker".into()], "tmux new -s worker");
    terminal.prompt();
    let listed = world.run(world.command(&tmux).arg("ls"), "tmux ls");
    assert!(listed.status == 0 && listed.out.starts_with("worker: 1 windows (created "), "{listed:?}");
    let output =
        world.run(world.command(&tmux).args(["new", "-d", "-s", "other", ";", "kill-session", "-t", "other"]), "tmux");
    assert_eq!(output.status, 0, "{output:?}");
    let none = world.run(world.command(&tmux).args(["-L", "none", "ls"]), "tmux -L none ls");
    assert_eq!(none.status, 1, "{none:?}");
}

#[test]
fn without_a_command_there_is_a_session() {
    let world = World::new();
    let terminal = world.terminal("");
    terminal.prompt();
    assert_eq!(world.ok("ls -F '#{session_name} #{session_attached}'"), "0 1\n");
}
