//! `mux up --foreground`: the first process of a container.

use std::process::Stdio;

use rustix::process::Signal;

use crate::harness::{MUX, Process, World, spawning, until};

/// Two services and what they do at their end; each leaves orphans behind, as daemons do.
const SERVICES: &str = r#"
[defaults]
min_uptime = "0s"
[job.db]
cmd = "trap 'echo db ends >> order; exit 0' TERM; echo db up; (setsid true &); (setsid true &); read never < never"
[job.web]
cmd = "trap 'echo web ends >> order; exit 7' TERM; echo web up; (setsid true &); read never < never"
needs = "db"
"#;

/// `mux up --foreground` in the background of a story.
struct Foreground {
    child: std::process::Child,
    out: std::path::PathBuf,
}

impl Foreground {
    /// `program` and `args` come before mux.
    fn start(world: &World, program: &str, args: &[&str], rest: &[&str]) -> Self {
        let out = world.path("out");
        let file = std::fs::File::create(&out).expect("the story can run it");
        let mut command = world.command(program);
        command
            .args(args)
            .args(rest)
            .stdout(file.try_clone().expect("the story can run it"))
            .stderr(file)
            .stdin(Stdio::null());
        let _alone = spawning();
        Self { child: command.spawn().expect("the story can run it"), out }
    }

    fn says(&self, text: &str) -> String {
        until(&format!("'{text}'"), || {
            let out = std::fs::read_to_string(&self.out).unwrap_or_default();
            out.contains(text).then_some(out)
        })
    }

    fn ends(mut self) -> i32 {
        let status = until("mux up --foreground to end", || self.child.try_wait().expect("the story can run it"));
        status.code().unwrap_or(-1)
    }
}

fn world(text: &str) -> World {
    let world = World::new();
    world.write("home/mux.toml", text);
    assert_eq!(world.sh("mkfifo never").status, 0);
    world
}

#[test]
fn term_ends_the_jobs_in_the_order_of_their_needs() {
    let world = world(SERVICES);
    let foreground = Foreground::start(&world, MUX, &[], &["up", "--foreground"]);
    let said = foreground.says("web | web up");
    assert!(said.contains("+ start db\n+ start web\n") && said.contains("db | db up\n"), "{said}");
    Process::of(foreground.child.id()).unwrap().kill(Signal::TERM);
    assert_eq!(foreground.ends(), 0);
    assert_eq!(world.read("home/order"), "web ends\ndb ends\n");
    until("nothing to be left", || world.processes().is_empty().then_some(()));
}

#[test]
fn the_status_is_that_of_the_job_that_was_named() {
    let world = world(SERVICES);
    let foreground = Foreground::start(&world, MUX, &[], &["up", "--foreground", "--exit-with", "web"]);
    foreground.says("web | web up");
    Process::of(foreground.child.id()).unwrap().kill(Signal::INT);
    assert_eq!(foreground.ends(), 7);
    let foreground = Foreground::start(&world, MUX, &[], &["up", "--foreground", "--exit-with", "wbe"]);
    let said = foreground.says("no job is called wbe");
    assert!(said.contains("--exit-with takes one of db, web"), "{said}");
    assert_eq!(foreground.ends(), 1);
}

#[test]
fn it_ends_with_the_first_job_that_fails_for_good_or_when_all_are_done() {
    let text = "[job.a]\nkind = \"task\"\ncmd = \"echo a done\"\n[job.b]\nkind = \"task\"\nneeds = \"a\"\ncmd = \"echo b done\"\n";
    let world = world(text);
    let foreground = Foreground::start(&world, MUX, &[], &["up", "--foreground"]);
    foreground.says("b | b done");
    assert_eq!(foreground.ends(), 0);
    let bad = format!("{SERVICES}\n[job.bad]\nneeds = \"web\"\nrestart = \"no\"\ncmd = \"echo last words; exit 5\"\n");
    world.write("home/mux.toml", &bad);
    let foreground = Foreground::start(&world, MUX, &[], &["up", "--foreground"]);
    let said = foreground.says("job bad: exit 5");
    assert!(said.contains("bad | last words\n"), "{said}");
    assert_eq!(foreground.ends(), 5);
    assert_eq!(world.read("home/order"), "web ends\ndb ends\n");
}

#[test]
fn another_signal_kills_what_does_not_end() {
    let text = "[job.stubborn]\nmin_uptime = \"0s\"\nstop = \"TERM/1h KILL\"\ncmd = \"trap '' TERM; echo up; while :; do read never < never; done\"\n";
    let world = world(text);
    let foreground = Foreground::start(&world, MUX, &[], &["up", "--foreground"]);
    foreground.says("stubborn | up");
    let process = Process::of(foreground.child.id()).unwrap();
    process.kill(Signal::TERM);
    foreground.says("another one kills them");
    until("the job to be ended", || world.ok("ps -F '#{job_state}'").contains("stopping").then_some(()));
    process.kill(Signal::TERM);
    assert_eq!(foreground.ends(), 0);
}

/// A server that dies takes nothing along: the jobs go on, and so does their output.
#[test]
fn the_death_of_the_server_ends_nothing() {
    let world = world(
        "[job.a]\nmin_uptime = \"0s\"\ncmd = \"while read word < never; do echo got $word; done; exit 3\"\nrestart = \"no\"\n",
    );
    let foreground = Foreground::start(&world, MUX, &[], &["up", "--foreground"]);
    until("the job", || world.mux("ps -F '#{job_state}'").out.contains("running").then_some(()));
    let job = world.pane("a");
    world.server().kill(Signal::KILL);
    until("the next server", || {
        let said = std::fs::read_to_string(&foreground.out).unwrap_or_default();
        (said.matches("= a\n").count() == 1).then_some(())
    });
    assert!(job.alive());
    assert_eq!(world.sh("echo one > never").status, 0);
    foreground.says("a | got one");
    Process::of(foreground.child.id()).unwrap().kill(Signal::TERM);
    foreground.ends();
}

/// As in a container: process 1 of its own namespace, everything read-only but /tmp, and no home.
#[test]
fn it_is_a_good_first_process() {
    let world = world(SERVICES);
    if world.sh("unshare --user --map-root-user --pid --fork --mount-proc true").status != 0 {
        eprintln!("no namespaces here: nothing is known of process 1");
        return;
    }
    let script = format!(
        "mkdir -p -m 700 /tmp/mux-0 && mount -t tmpfs -o mode=700 tmpfs /tmp/mux-0 && \
         mount --bind {home} {home} && mount -t tmpfs tmpfs /dev/shm && mount -o remount,bind,ro {run} {run} 2> /dev/null; \
         unset HOME XDG_RUNTIME_DIR XDG_STATE_HOME; export HOME=/nowhere XDG_RUNTIME_DIR=/proc/none XDG_STATE_HOME=/proc/none; \
         exec {MUX} up --foreground",
        home = world.place("home"),
        run = world.place("run"),
    );
    let flags =
        ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child", "/bin/sh", "-c", &script];
    let foreground = Foreground::start(&world, "unshare", &flags, &[]);
    let said = foreground.says("web | web up");
    assert!(said.contains("reaches the jobs; their state is in "), "{said}");
    let outer = foreground.child.id();
    let first = until("process 1", || {
        world.processes().into_iter().find(|process| {
            let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid)).unwrap_or_default();
            let number = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
            process.pid != outer && number.is_some_and(|line| line.split_whitespace().nth(1) == Some("1"))
        })
    });
    until("no zombie to be left", || {
        let zombies = std::fs::read_dir("/proc").unwrap().flatten().filter(|entry| {
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let mine = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            let parent = format!("PPid:\t{}\n", first.pid);
            stat.rsplit_once(')').is_some_and(|(_, rest)| rest.starts_with(" Z")) && mine.contains(&parent)
        });
        (zombies.count() == 0).then_some(())
    });
    first.kill(Signal::TERM);
    assert_eq!(foreground.ends(), 0);
    assert_eq!(world.read("home/order"), "web ends\ndb ends\n");
    assert!(world.processes().is_empty());
}
