//! What starts jobs beside people: time, files, the machine; and who is told of them.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::harness::{World, until};

fn format(world: &World, job: &str, template: &str) -> String {
    world.ok(&format!("ps -f '#{{==:#{{job_name}},{job}}}' -F '{template}'")).trim().to_owned()
}

fn write_jobs(world: &World, text: &str) {
    world.write("home/mux.toml", &format!("[defaults]\nmin_uptime = \"0s\"\nrestart = \"no\"\n{text}"));
}

fn lines(world: &World, file: &str) -> Vec<String> {
    world.read(file).lines().map(str::to_owned).collect()
}

#[test]
fn a_job_runs_when_its_schedule_says_and_when_somebody_wants_it() {
    let world = World::new();
    write_jobs(
        &world,
        "[job.often]\ncmd = \"echo run >> runs\"\nschedule = \"every 1s\"\n\
                        [job.yearly]\ncmd = \"echo run >> yearly\"\nschedule = \"0 4 1 1 *\"\n",
    );
    assert_eq!(world.ok("up"), "+ often waits for its time\n+ yearly waits for its time\n");
    assert_eq!(format(&world, "yearly", "#{job_state} #{job_run}"), "waiting 0");
    until("three runs", || (lines(&world, "home/runs").len() >= 3).then_some(()));
    assert!(world.ok("why yearly").contains("waits for its time: "), "{}", world.ok("why yearly"));
    let status = world.mux("status yearly").out;
    assert!(status.contains("0 4 1 1 *") && status.contains("started at 2"), "{status}");
    world.ok("start yearly");
    until("the run that was wanted", || (lines(&world, "home/yearly").len() == 1).then_some(()));
    until("its end", || (format(&world, "yearly", "#{job_state}") == "exited").then_some(()));
    assert_ne!(format(&world, "yearly", "#{job_next_start}"), "");
    world.ok("stop often");
    assert_eq!(format(&world, "often", "#{job_state} #{job_next_start}"), "stopped");
}

#[test]
fn a_schedule_survives_the_server_and_makes_up_once_for_what_was_missed() {
    let world = World::new();
    world.ok("new -d -s other");
    let said = world.ok("run --every 1s --name tick 'echo run >> runs'");
    assert!(said.contains("next start") || said.contains("waits for its time"), "{said}");
    until("a run", || (!lines(&world, "home/runs").is_empty()).then_some(()));
    let before = lines(&world, "home/runs").len();
    world.server().kill(rustix::process::Signal::KILL);
    until("runs of the next server", || (lines(&world, "home/runs").len() > before + 1).then_some(()));
    world.ok("stop tick");
}

#[test]
fn a_job_is_restarted_when_its_files_change_and_not_for_others() {
    let world = World::new();
    world.write("home/src/a.conf", "1");
    world.write("home/src/.git/index", "1");
    write_jobs(
        &world,
        "[job.web]\ncmd = \"echo $$ >> runs; exec sleep 1000\"\n\
                        watch = { paths = [\"src\"], ignore = [\"*.tmp\"], debounce = \"100ms\" }\n",
    );
    world.ok("up");
    until("the first run", || (lines(&world, "home/runs").len() == 1).then_some(()));
    world.write("home/src/x.tmp", "2");
    world.write("home/src/.git/index", "2");
    // The watch may stand a moment later than the job: something that counts is changed until it is noticed.
    until("another run", || {
        world.write("home/src/new/b.conf", "x");
        (lines(&world, "home/runs").len() >= 2).then_some(())
    });
    assert!(world.ok("history web").contains("a watched file has changed"), "{}", world.ok("history web"));
    world.ok("stop web");
    let runs = lines(&world, "home/runs").len();
    world.write("home/src/a.conf", "3");
    world.ok("start web");
    until("a run by hand", || (lines(&world, "home/runs").len() == runs + 1).then_some(()));
    world.ok("down");
}

#[test]
fn hooks_are_told_what_happened_and_delay_nothing() {
    let world = World::new();
    world.script("home/hook.sh", "{ echo \"$MUX_EVENT $MUX_JOB $MUX_RUN ${MUX_EXIT_CODE:-$MUX_SIGNAL} $MUX_REASON\"; } >> \"$HOME/told\"; cat > \"$HOME/json-$MUX_EVENT\"\nuntil [ -e \"$HOME/release\" ]; do sleep 0.05; done\necho over >> \"$HOME/told\"");
    write_jobs(
        &world,
        "[job.bad]\ncmd = \"echo the last word; exit 3\"\non_fail = \"./hook.sh\"\non_exit = [\"./hook.sh\"]\n\
                        [job.good]\ncmd = \"exec sleep 1000\"\nneeds = \"bad:started\"\n",
    );
    let output = world.mux("up --no-wait");
    assert_eq!(output.status, 0, "{output:?}");
    let mut told = until("both hooks", || Some(lines(&world, "home/told")).filter(|lines| lines.len() == 2));
    told.sort();
    assert_eq!(told, ["exit bad 1 3 exited", "gave-up bad 1 3 exited"]);
    let json =
        until("what it was given", || serde_json::from_str::<serde_json::Value>(&world.read("home/json-exit")).ok());
    assert_eq!((&json["job"], &json["code"], &json["v"]), (&"bad".into(), &3.into(), &1.into()));
    assert_eq!(json["lines"].as_array().and_then(|lines| lines.last()), Some(&"the last word".into()));
    assert_eq!(format(&world, "bad", "#{job_state}"), "failed", "though its hooks still run");
    world.write("home/release", "");
    until("the end of both", || (lines(&world, "home/told").len() == 4).then_some(()));
}

#[test]
fn the_webhook_reaches_a_web_service() {
    let world = World::new();
    if world.sh("command -v curl").status != 0 {
        eprintln!("skipped: there is no curl here");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it has one").port();
    let (send, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let Ok(mut stream) = stream else { return };
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            // The body of JSON ends with its brace.
            while !request.ends_with(b"}") {
                match stream.read(&mut chunk) {
                    Ok(count @ 1..) => request.extend_from_slice(&chunk[..count]),
                    _ => break,
                }
            }
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = send.send(String::from_utf8_lossy(&request).into_owned());
        }
    });
    let hook = format!("{}/assets/hooks/webhook.sh", env!("CARGO_MANIFEST_DIR"));
    write_jobs(
        &world,
        &format!(
            "[job.bad]\ncmd = \"exit 3\"\non_fail = [\"{hook}\"]\nenv = {{ MUX_WEBHOOK = \"http://127.0.0.1:{port}/hook\" }}\n\
         [job.chat]\ncmd = \"exit 4\"\non_fail = [\"{hook}\"]\n\
         env = {{ MUX_WEBHOOK = \"http://127.0.0.1:{port}/chat\", MUX_WEBHOOK_FORM = \"text\" }}\n"
        ),
    );
    world.ok("up --no-wait");
    for _ in 0..2 {
        let request = received.recv_timeout(Duration::from_secs(20)).expect("a request");
        let (head, body) = request.split_once("\r\n\r\n").expect("head and body");
        let json: serde_json::Value = serde_json::from_str(body).expect("JSON");
        match head.starts_with("POST /hook ") {
            true => assert_eq!((&json["event"], &json["code"]), (&"gave-up".into(), &3.into()), "{json}"),
            false => {
                assert!(
                    json["text"].as_str().is_some_and(|text| text.contains("job chat failed for good: exit 4")),
                    "{json}"
                )
            }
        }
    }
}

#[test]
fn the_other_hooks_say_what_is_missing_and_mail_is_a_mail() {
    let world = World::new();
    for hook in ["webhook", "mail", "desktop"] {
        let file = format!("{}/assets/hooks/{hook}.sh", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(world.sh(&format!("sh -n {file}")).status, 0, "{hook}");
        let bare = world.sh(&format!(
            "MUX_EVENT=failed MUX_TEXT=x MUX_HOST=h MUX_MAIL_TO=x PATH=/nowhere SENDMAIL=/nowhere {file} </dev/null"
        ));
        assert!(bare.status != 0 && bare.err.lines().count() == 1, "{hook}: {bare:?}");
    }
    world.script("bin/sendmail", "cat > \"$HOME/mail\"; echo \"$@\" > \"$HOME/to\"");
    let hook = format!("{}/assets/hooks/mail.sh", env!("CARGO_MANIFEST_DIR"));
    let sendmail = world.place("bin/sendmail");
    write_jobs(
        &world,
        &format!(
            "[job.bad]\ncmd = \"echo last words; exit 3\"\non_fail = [\"{hook}\"]\n\
        env = {{ MUX_MAIL_TO = \"me@example.org\", SENDMAIL = \"{sendmail}\" }}\n"
        ),
    );
    world.ok("up --no-wait");
    until("the mail", || world.read("home/to").contains("me@example.org").then_some(()));
    let mail = world.read("home/mail");
    assert!(mail.contains("job bad failed") && mail.contains("last words") && mail.starts_with("To: me@"), "{mail}");
}

#[test]
fn whoever_is_attached_is_told_and_the_badge_stays_until_somebody_has_looked() {
    let world = World::new();
    let mut terminal = world.terminal("new -s main");
    terminal.prompt();
    terminal.enter("mux run -d --name crash -- sh -c 'sleep 0.2; exit 7'");
    terminal.shows("job crash failed: exit 7");
    // The message is in its place for a moment.
    terminal.shows("jobs: 1");
    assert_eq!(world.ok("display -p '#{jobs_told}'").trim(), "1");
    let told = world.ok("motd --keep");
    assert!(told.lines().count() == 1 && told.contains("job crash failed: exit 7"), "{told}");
    world.ok("motd -q");
    terminal.wait_for("no badge", |screen| !screen.shows("jobs: 1"));
    assert_eq!(world.ok("motd"), "");
}

#[test]
fn a_login_is_never_held_up_by_motd() {
    let world = World::new();
    let output = world.mux("motd --quiet");
    assert_eq!((output.status, output.out.as_str(), output.err.as_str()), (0, "", ""));
    assert!(world.fails(1, "motd").contains("no server running"));
}

#[test]
fn the_directory_of_jobs_is_part_of_up_and_starts_at_boot() {
    let world = World::new();
    let all = "[defaults]\nmin_uptime = \"0s\"\n";
    world.write(
        "config/mux/jobs/a.toml",
        &format!("{all}[job.always]\ncmd = \"exec sleep 1000\"\n[job.hand]\ncmd = \"exec sleep 1000\"\nboot = false\n"),
    );
    world.ok("start-server --restore");
    until("the job of boot", || (format(&world, "always", "#{job_state}") == "running").then_some(()));
    assert_eq!(format(&world, "hand", "#{job_state}"), "");
    write_jobs(&world, "[job.here]\ncmd = \"exec sleep 1000\"\n");
    assert_eq!(world.ok("up"), "= always\n+ start hand\n+ start here\n");
    std::fs::remove_file(world.path("config/mux/jobs/a.toml")).expect("it is there");
    let dry = world.ok("up --dry-run");
    assert!(dry.contains("? always runs on, though") && dry.contains("a.toml is gone (--prune ends it)"), "{dry}");
    let pruned = world.ok("up --prune");
    assert!(pruned.contains("- stop always (") && !pruned.contains("stop here"), "{pruned}");
    until("its end", || (format(&world, "always", "#{job_state}") == "stopped").then_some(()));
    assert_eq!(format(&world, "here", "#{job_state}"), "running");
}

#[test]
fn a_limit_of_memory_that_cannot_be_kept_is_said_at_check() {
    let mut world = World::new();
    world.write("machine/proc/self/cgroup", "0::/user.slice/x.scope\n");
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    write_jobs(&world, "[job.big]\ncmd = \"exec sleep 1000\"\nmemory_max = \"64M\"\n");
    let told = world.mux("check");
    assert!(told.status == 1 && told.out.contains("mux.toml:6:14:"), "{told:?}");
    assert!(told.out.contains("cannot be enforced here: this machine has no cgroups of version 2"), "{told:?}");
    assert!(told.out.contains("memory_restart"), "what to do instead: {told:?}");
}

#[test]
fn a_job_that_the_kernel_ends_for_want_of_memory_says_so() {
    let mut world = World::new();
    world.write("machine/proc/vmstat", "nr_free_pages 1\noom_kill 3\n");
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    write_jobs(&world, "[job.big]\ncmd = \"exec sleep 1000\"\n[job.other]\ncmd = \"exec sleep 1000\"\n");
    world.ok("up");
    let end = |job: &str| {
        let pid: i32 = until(&format!("the pid of {job}"), || format(&world, job, "#{job_pid}").parse().ok());
        let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("ours");
        until("its end", || (format(&world, job, "#{job_state}") == "failed").then_some(()));
        format(&world, job, "#{job_reason}")
    };
    assert_eq!(end("other"), "signaled", "somebody's kill -9");
    world.write("machine/proc/vmstat", "nr_free_pages 1\noom_kill 4\n");
    assert_eq!(end("big"), "oom-probable");
}
