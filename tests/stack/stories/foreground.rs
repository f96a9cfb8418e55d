//! `mux run` in the foreground: attached, with the job's own status.

use crate::harness::{World, until};

#[test]
fn the_status_is_the_job_s_on_a_terminal() {
    let world = World::new();
    let terminal = world.terminal("run -- sh -c 'echo work-$((1+1)); exit 7'");
    assert_eq!(terminal.exits(), 7);
}

#[test]
fn the_status_and_the_output_come_through_a_pipe() {
    let world = World::new();
    let output = world.mux("run -- sh -c 'echo work; exit 7'");
    assert_eq!(output.status, 7, "{output:?}");
    assert!(output.out.contains("work"), "{output:?}");
    assert_eq!(world.mux("run -- true").status, 0);
    let piped = world.sh("mux run -- echo through | tr a-z A-Z");
    assert!(piped.out.contains("THROUGH"), "{piped:?}");
}

#[test]
fn a_signal_is_told_as_a_shell_tells_it() {
    let world = World::new();
    assert_eq!(world.mux("run -- sh -c 'kill -9 $$'").status, 137);
    let terminal = world.terminal("run -- sh -c 'kill -TERM $$'");
    assert_eq!(terminal.exits(), 143, "{}", terminal.screen());
}

#[test]
fn one_can_type_at_the_job() {
    let world = World::new();
    let mut terminal = world.terminal("run -- sh -c 'echo ready; read line; echo got-$line; read line; exit 5'");
    terminal.prints("ready");
    terminal.enter("this");
    terminal.prints("got-this");
    terminal.press("Enter");
    assert_eq!(terminal.exits(), 5);
}

#[test]
fn losing_the_terminal_does_not_end_the_job() {
    let world = World::new();
    assert_eq!(world.sh("mkfifo go").status, 0);
    let build = world.script("home/build", "echo started; read go < go; echo finished > result; exit 4");
    let mut terminal = world.terminal(&format!("run -- {build}"));
    terminal.prints("started");
    let job = world.pane("build");
    terminal.hang_up();
    terminal.exits();
    assert!(job.alive());

    assert_eq!(world.sh("echo go > go").status, 0);
    assert_eq!(world.mux("wait build").status, 4);
    assert_eq!(world.read("home/result"), "finished\n");
}

#[test]
fn detaching_leaves_the_job_and_says_where_it_is() {
    let world = World::new();
    let mut terminal = world.terminal("run -s watch -- sh -c 'echo started; read line; exit 9'");
    terminal.prints("started");
    terminal.press("C-b d");
    terminal.shows("[detached (from session watch)]");
    terminal.exits();
    world.ok("send-keys -t watch Enter");
    assert_eq!(world.mux("wait watch").status, 9);
}

#[test]
fn what_the_job_printed_last_is_not_lost() {
    let world = World::new();
    let output = world.mux("run -- sh -c 'seq 1 20000; echo last'");
    assert_eq!(output.status, 0);
    let lines: Vec<_> = output.out.lines().map(str::trim_end).collect();
    assert_eq!(lines.len(), 20_001, "every line, in order, to the end");
    assert_eq!((lines[0], lines[19_999], lines[20_000]), ("1", "20000", "last"));
}

#[test]
fn the_job_is_no_longer_a_session_when_it_has_ended() {
    let world = World::new();
    world.ok("new -d -s other");
    assert_eq!(world.mux("run -s brief -- true").status, 0);
    until("the job's session is gone", || (world.ok("ls -F '#{session_name}'") == "other\n").then_some(()));
    let listed = world.ok("ps");
    assert!(listed.lines().any(|line| line.contains("brief") && line.contains("exit 0")), "{listed}");
}

#[test]
fn what_is_piped_in_reaches_the_job_whole() {
    let world = World::new();
    let sums = world.sh("seq 200000 | mux run -- cksum; seq 200000 | cksum");
    let (job, own) = sums.out.split_once('\n').unwrap();
    assert_eq!(job, own.trim_end(), "{sums:?}");
    // A file that somebody has read in goes on where it stands.
    world.write("home/lines", "one\ntwo\nthree\n");
    let rest = world.sh("(sh -c 'read line'; mux run -- cat) < lines");
    assert_eq!(rest.out, "two\nthree\n", "{rest:?}");
    world.write("home/in", "from a file\n");
    assert_eq!(world.sh("mux run --stdin in -- cat").out, "from a file\n");
}

#[test]
fn signals_are_passed_to_the_job() {
    let world = World::new();
    let script = "trap 'echo told; exit 9' TERM; echo > \"$HOME/ready\"; while :; do sleep 0.05; done";
    world.script("home/job.sh", script);
    let told = world.sh(
        "mux run ./job.sh & run=$!; while [ ! -e ready ]; do sleep 0.05; done; kill -TERM $run; wait $run; echo $?",
    );
    assert_eq!(told.out, "told\n9\n", "{told:?}");
}

#[test]
fn without_a_terminal_of_its_own_output_and_errors_are_apart() {
    let world = World::new();
    let told = world.ok("run --no-pty --name plain -- sh -c 'test -t 1 || echo out; echo err >&2'");
    assert!(told.starts_with("job plain: pid "), "{told}");
    assert_eq!(world.mux("wait plain").status, 0);
    assert_eq!(world.read("state/mux/logs/plain.log"), "out\n");
    assert_eq!(world.read("state/mux/logs/plain.err.log"), "err\n");
}
