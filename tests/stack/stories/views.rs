//! Jobs as people and scripts look at them: what they use, how they stand, waiting for them, and the dashboard.

use std::net::TcpListener;

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::{World, until};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A loop that uses a processor, in a child, beside one that sleeps.
const BUSY: &str = "sleep 1000 &
echo busy now
while :; do :; done";

#[test]
fn what_a_job_uses_is_that_of_all_that_it_has_started() {
    let world = World::new();
    world.script("home/busy.sh", BUSY);
    world.ok("run -d ./busy.sh");
    world.ok("run -d -s idle -- sh -c 'setsid sleep 1000 & exec sleep 1000'");
    let busy = until("a busy processor", || {
        let status = json(&world.ok("status --json busy"));
        status["usage"]["cpu_percent"].as_f64().is_some_and(|percent| percent > 5.0).then_some(status)
    });
    assert_eq!(busy["usage"]["processes"], 2, "{busy:#}");
    assert!(busy["usage"]["memory"].as_u64().is_some_and(|bytes| bytes > 10_000), "{busy:#}");
    assert!(busy["lines"].as_array().unwrap().contains(&"busy now".into()), "{busy:#}");
    let commands: Vec<&str> =
        busy["processes"].as_array().unwrap().iter().filter_map(|p| p["command"].as_str()).collect();
    assert!(
        commands.iter().any(|command| command.contains("busy.sh")) && commands.contains(&"sleep 1000"),
        "{commands:?}"
    );
    let idle = json(&world.ok("status --json idle"));
    assert_eq!(idle["usage"]["processes"], 2, "also what has a session of its own: {idle:#}");
    let listed = world.ok("ps -v --sort cpu -F '#{job_name}'");
    assert_eq!(listed, "busy\nidle\n");
    let text = world.ok("status busy");
    for part in ["busy runs, for", "% of a processor", "2 processes", "└ ", "sleep 1000", "  | busy now"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(world.mux("status nope").status, 4);
    world.ok("stop busy idle");
    assert_eq!(world.mux("status idle").status, 3);
}

#[test]
fn the_ports_of_a_job_are_found() {
    let world = World::new();
    // The listener is ours, and the job inherits it: no program that listens need be installed.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    let program = std::env::current_exe().expect("this test");
    let words = format!(
        "run -d -s web -e MUX_TEST_LISTEN=1 -- {} stories::views::listens --exact --ignored",
        program.display()
    );
    world.ok(&words);
    let found = until("what it listens on", || {
        let status = json(&world.ok("status --json web"));
        status["ports"].as_array().and_then(|ports| ports.first().cloned())
    });
    assert_eq!(found["protocol"], "tcp");
    assert_ne!(found["address"], Value::from(address), "ours is none of its");
    world.ok("stop web");
}

/// No test: what the job of the one above runs.
#[test]
#[ignore = "it is a job of another test"]
fn listens() {
    if std::env::var_os("MUX_TEST_LISTEN").is_some() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let _ = listener.accept();
    }
}

#[test]
fn several_jobs_are_answered_one_by_one() {
    let world = World::new();
    for name in ["web-1", "web-2", "db"] {
        world.ok(&format!("run -d -s {name} -- sleep 1000"));
    }
    assert_eq!(world.ok("stop 'web-*'"), "web-1: stopped\nweb-2: stopped\n");
    let output = world.mux("pause --all");
    assert_eq!(output.status, 1);
    assert_eq!(output.out, "web-1: does not run\nweb-2: does not run\ndb: frozen\n");
    assert!(output.err.starts_with("job web-1 does not run (and 1 more)"), "{output:?}");
    assert_eq!(world.ok("resume db"), "db: goes on\n");
    let told = json(&world.ok("start --json 'web-*'"));
    assert_eq!(
        (&told[0]["name"], &told[0]["ok"], &told[1]["state"]),
        (&"web-1".into(), &true.into(), &"running".into())
    );
    assert_eq!(world.fails(1, "stop 'wep-*'"), "no job matches wep-* (did you mean 'web-1'?)");
    let states = json(&world.ok("ps --json --state running --sort -name"));
    assert_eq!(states.as_array().map(Vec::len), Some(3));
    assert_eq!(states[0]["name"], "web-2");
}

#[test]
fn waiting_survives_the_server_and_does_not_begin_anew() {
    let world = World::new();
    let text =
        "[job.web]\ncmd = \"until test -e go; do sleep 0.05; done; echo >&3; exec sleep 1000\"\nready = \"fd=3\"\n";
    std::fs::write(world.path("home/mux.toml"), text).unwrap();
    world.ok("up --no-wait");
    assert_eq!(world.fails(124, "wait --for ready --timeout 100ms web"), "timed out: job web is starting");
    let waiter = world.terminal("wait --for ready --timeout 60s web");
    until("who waits is heard", || (!world.ok("ps").is_empty()).then_some(()));
    world.server().kill(Signal::KILL);
    std::fs::write(world.path("home/go"), "").unwrap();
    assert_eq!(waiter.exits(), 0);
    world.ok("stop web");
    assert_eq!(world.mux("wait --for ready web").status, 1);
    assert_eq!(world.mux("wait --for stopped web").status, 0);
}

#[test]
fn the_dashboard_is_driven_by_keys() {
    let world = World::new();
    world.script("home/busy.sh", BUSY);
    world.ok("run -d ./busy.sh");
    world.ok("run -d -s idle -- sh -c 'echo nothing to do; exec sleep 1000'");
    let mut top = world.terminal("top -d 300ms");
    top.shows("2 jobs, 2 run, 0 failed");
    top.shows("busy now");
    top.press("j");
    top.shows("nothing to do");
    top.press("c");
    top.wait_for("the busy one first", |screen| screen.row(2).starts_with("busy"));
    top.press("t");
    top.shows("stop idle? (y/n)");
    top.press("y");
    top.shows("idle: stopped");
    top.shows("2 jobs, 1 run, 0 failed");
    top.press("s");
    top.shows("idle: running, pid");
    top.press("g Down Down Down Enter");
    top.shows("idle: SIGTERM sent");
    top.shows("1 failed");
    top.press("?");
    top.shows("select a job");
    top.resize(20, 5);
    top.press("q");
    top.wait_for("a small table", |screen| screen.shows("NAME") && !screen.shows("select a job"));
    top.resize(80, 24);
    top.shows("2 jobs, 1 run, 1 failed");
    top.press("/ b u s");
    top.wait_for("only one", |screen| screen.shows("/bus") && !screen.shows("idle  "));
    top.press("Enter");
    world.server().kill(Signal::KILL);
    until("another server", || (world.mux("ps").status == 0).then_some(()));
    top.wait_for("the jobs again", |screen| screen.shows("2 jobs, 1 run") && !screen.shows("reconnecting"));
    top.press("Enter");
    top.wait_for("its screen", |screen| screen.shows("busy now") && !screen.shows("mux top"));
    top.press("C-b d");
    top.shows("mux top");
    top.press("q");
    assert_eq!(top.exits(), 0);
    assert_eq!(world.fails(1, "top"), "top needs a terminal (`mux ps -v` prints the same once)");
}
