//! Jobs that misbehave, and what becomes of them.

use std::path::Path;

use crate::harness::{Process, World, until};

/// The pid that `mux ps` shows for a job.
fn pid(world: &World, job: &str) -> Option<u32> {
    world.ok(&format!("ps -f '#{{==:#{{job_name}},{job}}}' -F '#{{job_pid}}'")).trim().parse().ok()
}

fn state(world: &World, job: &str) -> String {
    world.ok(&format!("ps -f '#{{==:#{{job_name}},{job}}}' -F '#{{job_state}}'")).trim().to_owned()
}

fn comes_to(world: &World, job: &str, wanted: &str) {
    until(&format!("job {job} to be {wanted}"), || (state(world, job) == wanted).then_some(()));
}

/// Process ids that a script has written, a line each.
fn noted(file: &Path, count: usize) -> Vec<Process> {
    until(&format!("{count} pids in {}", file.display()), || {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let pids: Vec<Process> = text.lines().filter_map(|line| Process::of(line.parse().ok()?)).collect();
        (pids.len() >= count).then_some(pids)
    })
}

#[test]
fn a_job_that_exits_at_once_is_restarted_with_pauses_and_says_why() {
    let world = World::new();
    world.script("home/flaky.sh", "echo run >> \"$HOME/runs\"; exit 3");
    world.ok("run -d --restart on-failure ./flaky.sh");
    until("a second run", || {
        let runs = std::fs::read_to_string(world.path("home/runs")).unwrap_or_default();
        (runs.lines().count() >= 2).then_some(())
    });
    let why = until("the pause", || {
        let why = world.ok("why flaky");
        why.contains("started again in").then_some(why)
    });
    assert!(why.contains("ended: exit 3") && why.contains("short runs in a row"), "{why}");
    assert!(world.ok("history flaky").lines().nth(1).is_some_and(|line| line.ends_with("exit 3")));
    let told = world.ok("motd");
    assert!(told.contains("job flaky failed: exit 3; it is being restarted"), "{told}");
    assert_eq!(told.lines().count(), 1, "one notice, however many restarts: {told}");
    world.ok("stop flaky");
    assert_eq!(state(&world, "flaky"), "stopped");
    world.ok("new -d -s other");
    world.ok("rm flaky");
    assert_eq!(world.ok("ps -F '#{job_name}'"), "");
}

#[test]
fn stopping_a_job_ends_all_that_it_has_started() {
    let world = World::new();
    // The first ignores TERM; one child has a session of its own, one was left by its parent.
    let script = "trap '' TERM
setsid sh -c 'echo $$ >> \"$HOME/pids\"; exec sleep 1000' &
(sh -c 'echo $$ >> \"$HOME/pids\"; exec sleep 1000' &)
echo $$ >> \"$HOME/pids\"
while :; do sleep 1000; done";
    world.script("home/stubborn.sh", script);
    world.ok("run -d --stop 'TERM/300ms KILL' ./stubborn.sh");
    let pids = noted(&world.path("home/pids"), 3);
    world.ok("stop stubborn");
    assert_eq!(state(&world, "stubborn"), "stopped");
    for process in &pids {
        assert!(!process.alive(), "{process} is still there");
    }
    let how = world.ok("history stubborn");
    assert!(how.contains("killed, as it did not stop in time"), "{how}");
}

#[test]
fn a_stopped_job_stays_stopped_and_a_running_one_runs_when_the_server_is_killed() {
    let world = World::new();
    world.ok("run -d --name a --restart always -- sleep 1000");
    world.ok("run -d --name b --restart always -- sleep 1000");
    world.ok("stop b");
    let before = pid(&world, "a");
    world.server().kill(rustix::process::Signal::KILL);
    comes_to(&world, "a", "running");
    assert_eq!(pid(&world, "a"), before);
    assert_eq!(state(&world, "b"), "stopped");
    world.ok("restart a");
    comes_to(&world, "a", "running");
    assert_ne!(pid(&world, "a"), before);
}

#[test]
fn a_file_of_jobs_is_made_true_in_the_order_of_its_needs() {
    let world = World::new();
    let file = world.path("home/mux.toml");
    let text = "[job.migrate]\nkind = \"task\"\ncmd = \"echo migrate >> order\"\n\
                [job.web]\ncmd = \"echo web >> order; exec sleep 1000\"\nneeds = \"migrate\"\nmin_uptime = \"0s\"\n\
                env = { PORT = 8000 }\n";
    std::fs::write(&file, text).unwrap();
    assert_eq!(world.ok("check"), "2 jobs, nothing wrong\n");
    let said = world.ok("up");
    assert_eq!(said, "+ start migrate\n+ start web\n");
    comes_to(&world, "web", "running");
    // It runs before it has said so.
    let order = until("web's line", || {
        std::fs::read_to_string(world.path("home/order")).ok().filter(|order| order.contains("web\n"))
    });
    assert_eq!(order, "migrate\nweb\n");
    let first = pid(&world, "web");
    assert_eq!(world.ok("up"), "+ start migrate\n= web\n");
    assert_eq!(pid(&world, "web"), first);
    std::fs::write(&file, text.replace("8000", "9000")).unwrap();
    assert!(world.ok("up web").contains("~ restart web (env changed)"));
    comes_to(&world, "web", "running");
    assert_ne!(pid(&world, "web"), first);
    world.ok("down");
    assert_eq!(state(&world, "web"), "stopped");
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_place_and_nothing_is_done() {
    let world = World::new();
    let text = "[job.web]\ncmd = [\"no-such-program\"]\nautorestart = true\nuser = \"no-such-user\"\n\
                [job.db]\ncmd = [\"no-such-program\"]\nchdir = \"nowhere\"\n";
    std::fs::write(world.path("home/mux.toml"), text).unwrap();
    let output = world.mux("check");
    assert_eq!(output.status, 1);
    let lines: Vec<&str> = output.out.lines().collect();
    assert!(
        lines.iter().any(|line| line.contains("mux.toml:3:1:") && line.contains("here that is 'restart'")),
        "{lines:#?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("mux.toml:6:7:") && line.contains("no program no-such-program")),
        "{lines:#?}"
    );
    assert!(lines.iter().any(|line| line.contains("mux.toml:7:9:") && line.contains("no directory")), "{lines:#?}");
    assert_eq!(world.mux("up").status, 1);
    assert_eq!(world.ok("ps -F '#{job_name}'"), "");
}

#[test]
fn a_job_is_ready_when_it_says_so_and_fails_when_it_never_does() {
    let world = World::new();
    let text = "[defaults]\nrestart = \"no\"\n\
                [job.fd]\ncmd = \"sleep 0.2; echo >&3; exec sleep 1000\"\nready = \"fd=3\"\n\
                [job.log]\ncmd = \"echo starting; sleep 0.2; echo listening on 80; exec sleep 1000\"\nready = \"log:/^listening/\"\n\
                [job.exec]\ncmd = \"sleep 0.2; touch up; exec sleep 1000\"\nready = \"exec:test -e up\"\n\
                [job.never]\ncmd = \"exec sleep 1000\"\nready = \"unix:/nowhere.sock\"\nstart_timeout = \"500ms\"\n";
    std::fs::write(world.path("home/mux.toml"), text).unwrap();
    let output = world.mux("up");
    assert_eq!(output.status, 1, "{output:?}");
    assert!(output.err.contains("job never failed: not ready in time"), "{output:?}");
    for job in ["fd", "log", "exec"] {
        assert_eq!(state(&world, job), "running", "{}", world.ok(&format!("why {job}")));
    }
    assert_eq!(state(&world, "never"), "failed");
    world.ok("down");
}

#[test]
fn what_its_owner_gives_a_job_it_has() {
    let world = World::new();
    std::fs::write(world.path("home/web.env"), "# for web\nCOLOR=blue\n").unwrap();
    std::fs::write(world.path("home/input"), "from a file\n").unwrap();
    let text = "[job.web]\ncmd = \"{ nice; ulimit -n; umask; echo $COLOR; cat; } > seen; exec sleep 1000\"\n\
                nice = 5\nlimits = { nofile = \"64:128\" }\numask = \"027\"\nenv_file = \"web.env\"\nstdin = \"input\"\n\
                min_uptime = \"0s\"\n";
    std::fs::write(world.path("home/mux.toml"), text).unwrap();
    world.ok("up");
    let seen = until("what the job has seen", || {
        let seen = std::fs::read_to_string(world.path("home/seen")).unwrap_or_default();
        seen.contains("from a file").then_some(seen)
    });
    assert_eq!(seen, "5\n64\n0027\nblue\nfrom a file\n");
    world.ok("down");
}

#[test]
fn an_ill_job_is_restarted() {
    let world = World::new();
    let text = "[job.web]\ncmd = \"exec sleep 1000\"\nmin_uptime = \"0s\"\nrestart_delay = \"10ms\"\n\
                health = { check = \"exec:test ! -e ill\", every = \"50ms\", retries = 2 }\n";
    std::fs::write(world.path("home/mux.toml"), text).unwrap();
    world.ok("up");
    let first = pid(&world, "web");
    std::fs::write(world.path("home/ill"), "").unwrap();
    until("another run", || pid(&world, "web").filter(|pid| Some(*pid) != first));
    std::fs::remove_file(world.path("home/ill")).unwrap();
    let history = world.ok("history web");
    assert!(history.contains("failed its health check: exec:test ! -e ill"), "{history}");
    world.ok("down");
}

#[test]
fn users_and_groups_that_there_are_not_are_said_at_check() {
    let world = World::new();
    let text = "[job.a]\ncmd = \"sleep 9\"\nuser = \"no-such-user\"\n\
                [job.b]\ncmd = \"sleep 9\"\nuser = \"root:no-such-group\"\n";
    std::fs::write(world.path("home/mux.toml"), text).unwrap();
    let output = world.mux("check");
    assert_eq!(output.status, 1);
    for said in
        ["mux.toml:3:8: job a: there is no user no-such-user", "mux.toml:6:8: job b: there is no group no-such-group"]
    {
        assert!(output.out.contains(said), "{said}: {}", output.out);
    }
}
