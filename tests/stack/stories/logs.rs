//! What jobs have written: kept, cut into files, read again.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

use rustix::process::Signal;

use super::disk::Mount;
use crate::harness::{World, spawning, until};
use crate::skip;

fn ends(world: &World, job: &str) {
    world.mux(&format!("wait {job}"));
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// Older files of a log.
fn older(world: &World, folder: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(world.path(folder)).into_iter().flatten().flatten().map(|entry| entry.path());
    all.filter(|path| path.to_string_lossy().contains(".log.0") && path.extension().is_none_or(|end| end != "idx"))
        .collect()
}

#[test]
fn a_log_reads_as_text_or_as_it_was_written() {
    let world = World::new();
    let script = "printf 'start\\n'; printf '\\r 10%%'; printf '\\r100%%\\n'; printf '\\033[31mred\\033[m\\n'; \
                  printf 'one\\ntwo\\n\\033[2A\\033[2KONE\\n\\n'; printf end";
    world.script("home/job.sh", script);
    world.ok("run -d ./job.sh");
    ends(&world, "job");
    assert_eq!(lines(&world.ok("logs job")), ["start", "100%", "red", "ONE", "two", "end"]);
    assert_eq!(lines(&world.ok("logs --color --grep red job")), ["\x1b[31mred\x1b[m"]);
    assert_eq!(lines(&world.ok("logs -n 2 job")), ["two", "end"]);
    let raw = world.ok("logs --raw job");
    assert_eq!(raw, world.read("state/mux/logs/job.log"));
    assert!(raw.starts_with("start\r\n\r 10%\r100%\r\n"), "{raw:?}");
    assert_eq!(world.ok("logs --path job").trim(), world.place("state/mux/logs/job.log"));
    let timed = world.ok("logs -t -n 1 job");
    assert!(timed.starts_with("20") && timed.ends_with("Z end\n"), "{timed}");
    let object: serde_json::Value = serde_json::from_str(&world.ok("logs --json -n 1 job")).unwrap();
    assert_eq!(
        (object["job"].as_str(), object["run"].as_u64(), object["text"].as_str()),
        (Some("job"), Some(1), Some("end"))
    );
}

#[test]
fn one_run_or_the_time_since_is_shown_also_after_the_server_was_killed() {
    let world = World::new();
    world.script(
        "home/job.sh",
        "echo run $MUX_TEST_STEP >> runs; echo run $(wc -l < runs); [ -e stop ] || exec sleep 1000",
    );
    world.write("home/mux.toml", "[job.job]\ncmd = \"./job.sh\"\nmin_uptime = \"0s\"\nrestart = \"no\"\n");
    world.ok("up");
    let says = |text: &str| until(text, || world.ok("logs job").contains(text).then_some(()));
    says("run 1\n");
    world.ok("restart job");
    says("run 2\n");
    world.server().kill(Signal::KILL);
    until("another server", || world.mux("logs job").out.contains("run 2").then_some(()));
    let stamps = world.ok("logs -t job");
    let second = stamps.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
    world.ok("restart job");
    says("run 3\n");
    assert_eq!(world.ok("logs --run 2 job"), "run 2\n");
    assert_eq!(world.ok("logs --run -1 job"), "run 3\n");
    assert_eq!(world.ok("logs --run -3 --raw job"), "run 1\r\n");
    assert_eq!(world.ok(&format!("logs --since {second} job")), "run 2\nrun 3\n");
    assert_eq!(world.ok(&format!("logs --until {second} job")), "run 1\nrun 2\n");
    assert_eq!(world.ok("logs --since 1h job"), "run 1\nrun 2\nrun 3\n");
    assert!(world.fails(1, "logs --run 7 job").contains("has no run 7: it has 1 to 3"));
    world.ok("down");
}

#[test]
fn a_flood_through_small_files_has_no_gap_and_nothing_twice_however_often_the_server_is_killed() {
    let world = World::new();
    world.script("home/flood.sh", "while [ ! -e go ]; do :; done; seq 1 200000; exec sleep 1000");
    world.ok("run -d --log logs/flood.log --log-size 64K --log-keep 10000 ./flood.sh");
    let mut server = world.server();
    world.write("home/go", "");
    let mut kills = 0;
    let last = || world.mux("logs -n 1 flood").out;
    loop {
        server.kill(Signal::KILL);
        kills += 1;
        until("another server", || {
            let pid: u32 = world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?;
            (pid != server.pid).then_some(())
        });
        if last().contains("200000") {
            break;
        }
        server = world.server();
    }
    let numbers = world.ok("logs flood").lines().map(|line| line.parse().unwrap()).collect::<Vec<u64>>();
    assert!(numbers.into_iter().eq(1..=200_000), "after {kills} kills");
    // What a person would do with the files themselves.
    until("all older ones are packed", || {
        older(&world, "home/logs").iter().all(|path| path.extension().is_some_and(|end| end == "zst")).then_some(())
    });
    let mut files = older(&world, "home/logs");
    files.sort();
    assert!(files.len() > 15, "{files:?}");
    let mut all: Vec<u8> = Vec::new();
    for file in &files {
        all.extend(zstd::decode_all(fs::File::open(file).unwrap()).unwrap());
    }
    all.extend(fs::read(world.path("home/logs/flood.log")).unwrap());
    let expected: Vec<u8> = (1..=200_000).flat_map(|number| format!("{number}\r\n").into_bytes()).collect();
    assert!(all == expected, "after {kills} kills");
    world.ok("stop flood");
}

#[test]
fn only_so_many_older_files_are_kept() {
    let world = World::new();
    world.ok("run -d --name x --log logs/x.log --log-size 16K --log-keep 3 -- seq 1 100000");
    ends(&world, "x");
    until("three are left", || (older(&world, "home/logs").len() == 3).then_some(()));
    let kept = world.ok("logs x");
    let numbers: Vec<u64> = kept.lines().map(|line| line.parse().unwrap()).collect();
    let first = numbers[0];
    assert!(first > 90_000 && numbers.into_iter().eq(first..=100_000), "the last ones, without a gap");
}

#[test]
fn a_full_disk_costs_the_oldest_files_and_the_log_says_so() {
    let world = World::new();
    let Some(_mount) = Mount::tmpfs(world.path("home/logs")) else { skip!("nothing can be mounted here") };
    world.script("home/big.sh", "head -c 3000000 /dev/urandom | base64; echo the end");
    world.ok("run -d --log logs/big.log --log-size 64K --log-keep 1000 ./big.sh");
    ends(&world, "big");
    assert!(world.ok("ps").contains("big"));
    let text = world.ok("logs big");
    assert!(text.ends_with("the end\n"), "the last line is there: {:?}", text.lines().last());
    let said = text.lines().filter(|line| line.starts_with("[mux: the disk is full:")).count();
    assert!(said > 0, "it is said that something was removed");
    assert!(
        !text.contains("bytes of output are missing"),
        "nothing that came was lost while there was something older"
    );
}

#[test]
fn many_jobs_are_one_stream_by_time() {
    let world = World::new();
    for name in ["web", "db"] {
        let script = format!("echo {name} starts; while [ ! -e go-{name} ]; do sleep 0.02; done; echo {name} ends");
        world.script(&format!("home/{name}.sh"), &script);
        world.ok(&format!("run -d ./{name}.sh"));
        until("it has begun", || world.mux(&format!("logs {name}")).out.contains("starts").then_some(()));
    }
    let follower = world.terminal("logs -f 'w*' db");
    follower.prints("db  | db starts");
    world.write("home/go-db", "");
    follower.prints("db  | db ends");
    world.write("home/go-web", "");
    follower.prints("web | web ends");
    assert_eq!(follower.exits(), 0);
    assert_eq!(lines(&world.ok("logs")), ["web | web starts", "db  | db starts", "db  | db ends", "web | web ends"]);
    assert!(world.fails(2, "logs --raw web db").contains("--raw prints the bytes of one job"));
}

#[test]
fn a_log_is_followed_from_file_to_file_and_from_run_to_run() {
    let world = World::new();
    world.script(
        "home/job.sh",
        "echo begins >> runs; seq 1 5000; while [ ! -e go ]; do sleep 0.02; done; rm go; exit 1",
    );
    let text =
        "[job.job]\ncmd = \"./job.sh\"\nmin_uptime = \"0s\"\nrestart_delay = \"10ms\"\nlog = { max_size = \"8K\" }\n";
    world.write("home/mux.toml", text);
    world.ok("up");
    let mut follower = {
        let _guard = spawning();
        world.command("sh").args(["-c", "exec mux logs -f job > seen"]).spawn().unwrap()
    };
    until("it follows", || world.read("home/seen").contains("5000").then_some(()));
    for run in 2..=3 {
        world.write("home/go", "");
        until("another run", || (world.read("home/runs").lines().count() >= run).then_some(()));
        until("it has printed", || world.ok("logs -n 1 job").contains("5000").then_some(()));
    }
    until("three runs", || (world.ok("logs job").lines().filter(|line| *line == "5000").count() == 3).then_some(()));
    world.ok("stop job");
    assert!(follower.wait().unwrap().success(), "it ends with the job");
    for text in [world.read("home/seen"), world.ok("logs job")] {
        let numbers: Vec<u64> = text.lines().filter_map(|line| line.parse().ok()).collect();
        assert!(numbers.into_iter().eq((1..=5000).chain(1..=5000).chain(1..=5000)));
    }
    assert_eq!(world.ok("logs --run 2 job").lines().count(), 5000);
}

#[test]
fn output_that_goes_straight_into_files_is_shown_and_cut_at_the_next_start() {
    let world = World::new();
    world.script("home/job.sh", "seq 1 2000; echo oops >&2; exec sleep 1000");
    let text = "[job.job]\ncmd = \"./job.sh\"\npty = false\nmin_uptime = \"0s\"\nlog = { path = \"logs/job.log\", max_size = \"4K\" }\n";
    world.write("home/mux.toml", text);
    world.ok("up");
    let complete = |runs: usize| {
        until("the run has printed", || {
            let text = world.ok("logs job");
            (text.lines().filter(|line| *line == "2000").count() == runs && text.matches("oops").count() == runs)
                .then_some(())
        });
    };
    complete(1);
    assert_eq!(older(&world, "home/logs").len(), 0, "a file that the program has open is left alone");
    world.ok("restart job");
    complete(2);
    assert_eq!(older(&world, "home/logs").len(), 1);
    assert_eq!(world.ok("logs --run -1 --grep '^1$|oops' job"), "1\noops\n");
    world.ok("down");
}

#[test]
fn lines_go_to_syslog_and_journald_too() {
    let world = World::new();
    let journald = UnixDatagram::bind(world.path("home/journald")).unwrap();
    let syslog = UnixDatagram::bind(world.path("home/syslog")).unwrap();
    let log = format!(
        "log = {{ journald = \"{}\", syslog = \"{}\" }}",
        world.place("home/journald"),
        world.place("home/syslog")
    );
    world.write(
        "home/mux.toml",
        &format!("[job.web]\ncmd = \"echo listening; exec sleep 1000\"\nmin_uptime = \"0s\"\n{log}\n"),
    );
    world.ok("up");
    let read = |socket: &UnixDatagram| {
        let mut bytes = [0; 4096];
        let count = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    };
    let entry = read(&journald);
    assert!(entry.contains("MUX_JOB=web\n") && entry.ends_with("MESSAGE=listening\n"), "{entry}");
    let line = read(&syslog);
    assert!(line.starts_with("<14>") && line.contains(" web[") && line.ends_with("]: listening"), "{line}");
    world.ok("down");
}

#[test]
fn a_log_that_logrotate_has_moved_goes_on_in_its_place() {
    let world = World::new();
    world.script("home/job.sh", "while :; do echo line; sleep 0.05; done");
    world.ok("run -d --log logs/job.log ./job.sh");
    until("it writes", || world.read("home/logs/job.log").contains("line").then_some(()));
    fs::rename(world.path("home/logs/job.log"), world.path("home/logs/job.log.old")).unwrap();
    until("it is there again", || world.read("home/logs/job.log").contains("line").then_some(()));
    fs::remove_file(world.path("home/logs/job.log")).unwrap();
    until("and again", || world.read("home/logs/job.log").contains("line").then_some(()));
    world.ok("stop job");
}
