//! Commands that are under way when the server is killed: done once, or not done and said so.

use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::Signal;

use crate::harness::{Process, World, until};

/// Kills the server now and then, until what is done beside that has come to its end. Gives how often.
fn while_servers_die(world: &World, work: impl FnOnce()) -> usize {
    let keeper = world.keeper();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            let mut kills = 0;
            // So that two kills do not come at the same distance from a start.
            for pause in [130u64, 170, 230, 310, 410].into_iter().cycle() {
                std::thread::park_timeout(std::time::Duration::from_millis(pause));
                if done.load(Ordering::Relaxed) {
                    return kills;
                }
                kills += usize::from(kill(keeper));
            }
            kills
        });
        work();
        done.store(true, Ordering::Relaxed);
        killer.join().expect("it does not panic")
    })
}

fn kill(keeper: Process) -> bool {
    let servers = keeper.family().into_iter().filter(|process| process.command_line().contains("@server"));
    servers.map(|server| server.kill(Signal::KILL)).count() > 0
}

#[test]
fn each_is_done_once_or_said_not_to_be_done() {
    let world = World::new();
    let program = world.script("bin/record", "stty raw -echo; echo ready; exec cat > read");
    world.ok(&format!("new -d -s work {program}"));
    world.captured("work", "ready");
    let (mut windows, mut typed, mut buffers) = (Vec::new(), String::new(), Vec::new());
    let (mut name, mut option, mut jobs) = <(String, String, String)>::default();
    let kills = while_servers_die(&world, || {
        for number in 1..=25 {
            let window = world.mux(&format!("new-window -d -t work -n w{number} -P -F '#{{window_name}}' cat"));
            if window.status == 0 {
                assert_eq!(window.out, format!("w{number}\n"), "{window:?}");
                windows.push(format!("w{number}"));
            }
            if world.mux(&format!("rename-window -t work:1 first-{number}")).status == 0 {
                name = format!("first-{number}");
            }
            if world.mux(&format!("set-buffer -b b{number} text-{number}")).status == 0 {
                buffers.push(format!("b{number}: text-{number}"));
            }
            if world.mux(&format!("set-option -g status-left left-{number}")).status == 0 {
                option = format!("left-{number}\n");
            }
            let job = world.mux(&format!("run -d -s j{number} -- sh -c 'echo j{number} >> ran'"));
            if job.status == 0 {
                assert!(job.out.starts_with(&format!("job j{number}: pid ")), "{job:?}");
                jobs += &format!("j{number}\n");
            }
            if world.mux(&format!("send-keys -t work:1 'k{number} '")).status == 0 {
                typed += &format!("k{number} ");
            }
        }
    });
    assert!(kills > 3, "the server was killed {kills} times");
    let listed = world.ok("list-windows -t work -F '#{window_name}'");
    let listed: Vec<&str> = listed.lines().collect();
    assert_eq!(listed[0], name);
    assert_eq!(listed[1..], windows);
    let panes = world.ok("list-panes -a -F '#{session_name} #{pane_dead}'");
    assert_eq!(panes.matches("work 0\n").count(), windows.len() + 1, "{panes}");
    assert!(!panes.contains("work 1"), "{panes}");
    assert_eq!(world.ok("show-options -gv status-left"), option);
    until("all jobs to have run", || (world.read("home/ran").len() >= jobs.len()).then_some(()));
    let mut ran: Vec<String> = world.read("home/ran").lines().map(str::to_owned).collect();
    ran.sort_by_key(|job| job[1..].parse::<u32>().unwrap_or(0));
    assert_eq!(ran.join("\n") + "\n", jobs);
    until("all keys to be read", || (world.read("home/read").len() >= typed.len()).then_some(()));
    assert_eq!(world.read("home/read"), typed);
    let mut kept: Vec<String> = buffers.clone();
    kept.reverse();
    let listed = world.ok("list-buffers -F '#{buffer_name}: #{buffer_sample}'");
    assert_eq!(listed.lines().collect::<Vec<_>>(), kept);
}

/// At each moment of an attachment's beginning: before the greeting, before the answer, before the first picture.
#[test]
fn attaching_waits_for_the_next_server() {
    let world = World::new();
    world.ok("new -d -s work cat");
    let keeper = world.keeper();
    for moment in 0..16 {
        let mut terminal = world.terminal("attach -t work");
        std::thread::park_timeout(std::time::Duration::from_millis(3 * moment));
        kill(keeper);
        terminal.enter(&format!("typed-{moment}"));
        terminal.shows(&format!("typed-{moment}"));
        terminal.hang_up();
    }
}

/// To a pipe, at a pace that the pipe's reader sets: nothing is missing and nothing doubled, whenever servers die.
#[test]
fn a_pipe_goes_on_where_it_was() {
    let world = World::new();
    world.ok("new -d -s work cat");
    let keeper = world.keeper();
    let print =
        world.script("bin/print", "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo line $i; done; read end < go");
    assert_eq!(world.sh("mkfifo go").status, 0);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| world.sh(&format!("mux run -- {print} > piped; echo $? > status")));
        for part in 1..=6 {
            until("the pipe's reader to have more", || (world.read("home/piped").len() > part * 80_000).then_some(()));
            kill(keeper);
        }
        until("the last line", || world.read("home/piped").ends_with("line 60000\n").then_some(()));
        assert_eq!(world.sh("echo end > go").status, 0);
        reader.join().expect("it does not panic");
    });
    let lines = world.read("home/piped");
    let wrong = (1..).zip(lines.lines()).find(|(number, line)| *line != format!("line {number}"));
    assert_eq!(wrong, None);
    assert_eq!(lines.lines().count(), 60_000);
    assert_eq!(world.read("home/status"), "0\n");
}
