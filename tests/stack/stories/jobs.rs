//! `mux run --nohup`: a job, its log, its status.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use rustix::process::Signal;

use crate::harness::{PATIENCE, Process, World, until};

/// A job that works in steps: each is let go by [`step`]. A read of the FIFO may find the end of the last writer first.
const TRAIN: &str = "echo args: $*
n=0
while :; do
    until read go < \"$HOME/steps\"; do :; done
    n=$((n+1)); echo epoch $n
    [ $go = end ] && exit 3
done";

/// A world with ./train.sh and its steps.
fn workshop() -> World {
    let mut world = World::new();
    // As on a machine where nobody has set it: the default places are what the manual speaks of.
    world.unset("XDG_STATE_HOME");
    world.script("home/train.sh", TRAIN);
    assert_eq!(world.sh("mkfifo steps").status, 0);
    world
}

/// Lets the job do a step. Writing to a FIFO waits for its reader.
fn step(world: &World, word: &str) {
    let (done, wait) = std::sync::mpsc::channel();
    let path = world.path("home/steps");
    let word = format!("{word}\n");
    std::thread::spawn(move || {
        let mut fifo = OpenOptions::new().write(true).open(path)?;
        fifo.write_all(word.as_bytes())?;
        drop(fifo);
        done.send(()).map_err(std::io::Error::other)
    });
    wait.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("the job reads no step\n{}", world.report()));
}

/// The pid in `job NAME: pid N, log PATH`.
fn job(line: &str) -> Process {
    let pid = line.split("pid ").nth(1).and_then(|rest| rest.split(',').next()).and_then(|pid| pid.parse().ok());
    Process::of(pid.unwrap_or_else(|| panic!("{line}"))).unwrap_or_else(|| panic!("no such process: {line}"))
}

fn log_says(log: &Path, text: &str) -> String {
    until(&format!("'{text}' in {}", log.display()), || {
        let log = std::fs::read_to_string(log).unwrap_or_default();
        log.contains(text).then_some(log)
    })
}

#[test]
fn a_job_runs_detached_with_a_log() {
    let world = workshop();
    let said = world.ok("run --nohup ./train.sh --epochs 9");
    let train = job(&said);
    assert_eq!(said, format!("job train: pid {}, log ~/.local/state/mux/logs/train.log\n", train.pid));

    let log = world.path("home/.local/state/mux/logs/train.log");
    log_says(&log, "args: --epochs 9");
    assert!(train.command_line().ends_with("train.sh --epochs 9"), "{train}");
    assert!(train.ignores(Signal::HUP), "as nohup(1) does");
    step(&world, "go");
    log_says(&log, "epoch 1");

    let listed = world.ok("ps");
    let line = listed.lines().find(|line| line.contains("train")).unwrap_or_else(|| panic!("{listed}"));
    assert!(line.contains(&train.pid.to_string()) && line.contains("running"), "{listed}");
    assert!(world.ok("logs train").contains("epoch 1"));

    // On the screen as well as in the log.
    let terminal = world.terminal("attach -t train");
    terminal.prints("epoch 1");
    step(&world, "go");
    terminal.prints("epoch 2");

    step(&world, "end");
    assert_eq!(world.mux("wait train").status, 3);
    let listed = world.ok("ps");
    assert!(listed.lines().any(|line| line.contains("train") && line.contains("exit 3")), "{listed}");
    assert!(log_says(&log, "epoch 3").starts_with("args: --epochs 9"));
}

#[test]
fn the_log_is_followed_to_the_end_of_the_job() {
    let world = workshop();
    world.ok("run --nohup ./train.sh");
    let follower = world.terminal("logs -f train");
    follower.prints("args:");
    step(&world, "go");
    follower.prints("epoch 1");
    step(&world, "end");
    follower.prints("epoch 2");
    assert_eq!(follower.exits(), 0);
    // And it can be read afterwards, without line ends of a terminal.
    assert_eq!(world.ok("logs train"), "args:\nepoch 1\nepoch 2\n");
}

#[test]
fn waiting_ends_with_the_status_of_the_job() {
    let world = workshop();
    world.ok("run --nohup ./train.sh");
    let waiter = world.terminal("wait train");
    step(&world, "end");
    assert_eq!(waiter.exits(), 3);
    assert_eq!(world.mux("wait train").status, 3, "and still does when the job has long ended");
}

#[test]
fn a_signal_is_told_as_a_shell_tells_it() {
    let world = workshop();
    let train = job(&world.ok("run --nohup ./train.sh"));
    train.kill(Signal::KILL);
    assert_eq!(world.mux("wait train").status, 137);
    let listed = world.ok("ps");
    assert!(listed.lines().any(|line| line.contains("train") && line.contains("SIGKILL")), "{listed}");
}

#[test]
fn a_job_is_ended_by_its_user() {
    let world = workshop();
    let train = job(&world.ok("run --nohup ./train.sh"));
    world.ok("kill-session -t train");
    until("the job has ended", || (!train.alive()).then_some(()));
    assert!(world.mux("has-session -t train").status != 0);
}

#[test]
fn a_job_may_have_a_name_of_its_own() {
    let world = workshop();
    let said = world.ok("run --nohup -s second ./train.sh");
    assert!(said.starts_with("job second: pid "), "{said}");
    world.ok("has-session -t second");
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let world = workshop();
    world.ok("run --nohup ./train.sh");
    let said = world.ok("run --nohup ./train.sh");
    let name = said.strip_prefix("job ").and_then(|rest| rest.split(':').next()).unwrap_or_default().to_owned();
    assert!(name != "train" && name.starts_with("train"), "{said}");
    assert!(said.contains(&format!("logs/{name}.log")), "{said}");
    assert_eq!(world.ok("ls -F '#{session_name}'").lines().count(), 2);
}

#[test]
fn a_job_goes_on_through_a_hangup() {
    let world = workshop();
    let mut terminal = world.on_terminal(80, 24, "/bin/sh", &[], "sh");
    terminal.prompt();
    terminal.enter("mux run --nohup ./train.sh");
    terminal.shows("job train: pid ");
    terminal.prompt();
    terminal.hang_up();
    terminal.exits();

    step(&world, "go");
    let log = world.path("home/.local/state/mux/logs/train.log");
    log_says(&log, "epoch 1");
    step(&world, "end");
    assert_eq!(world.mux("wait train").status, 3);
}

#[test]
fn a_job_s_log_is_its_user_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = workshop();
    world.ok("run --nohup ./train.sh");
    let log = world.path("home/.local/state/mux/logs/train.log");
    log_says(&log, "args:");
    let mode = std::fs::metadata(&log).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn a_job_that_nobody_knows_is_no_job() {
    let world = workshop();
    world.ok("new -d -s other");
    for line in ["wait nope", "logs nope"] {
        assert!(world.fails(1, line).contains("nope"));
    }
}
