//! What is on the screen and above it lives through the end of the server, to the letter.

use rustix::process::Signal;

use crate::harness::{Process, World, until};

/// Kills the server and waits for the next one.
fn kill_server(world: &World) {
    let old = world.server();
    old.kill(Signal::KILL);
    until("another server", || {
        let pid = world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?;
        (Process::of(pid)? != old).then_some(())
    });
}

/// All that can be seen of a pane: text with colours from the first line of the history, cursor, modes, title.
fn picture(world: &World, target: &str) -> String {
    let text = world.ok(&format!("capture-pane -e -p -S - -t {target}"));
    let facts = "#{cursor_x},#{cursor_y} #{cursor_flag} #{alternate_on} #{mouse_any_flag} #{history_size} #{pane_title} \
                 #{pane_width}x#{pane_height}";
    format!("{}\n{text}", world.display(target, facts))
}

/// A program that counts the changes of its window's size.
fn counting(body: &str) -> String {
    format!("trap 'echo changed >> winch' WINCH\n{body}\necho ready-$((1+1)); while :; do read line; done")
}

#[test]
fn a_shell_s_screen_comes_back_from_its_journal() {
    let world = World::new();
    let program = world.script("bin/program", &counting("printf '\\033]2;name\\007\\033[31mred\\033[m plain\\n'"));
    world.ok(&format!("new -d -s work {program}"));
    world.captured("work", "ready-2");
    let before = picture(&world, "work");
    assert!(before.contains("\x1b[0;31mred"), "{before}");
    for _ in 0..3 {
        kill_server(&world);
        assert_eq!(picture(&world, "work"), before);
    }
    assert_eq!(world.read("home/winch"), "", "the program has noticed");
}

fn with_history(lines: u32) -> World {
    let world = World::new();
    world.write("config/mux/config.toml", &format!("[options]\nhistory-limit = {lines}\n"));
    world
}

/// The numbers in a pane's history and on its screen, a line each.
fn numbers(world: &World, target: &str) -> Vec<u64> {
    world.ok(&format!("capture-pane -p -S - -t {target}")).lines().filter_map(|line| line.parse().ok()).collect()
}

#[test]
fn a_long_history_is_complete() {
    let world = with_history(100_000);
    let program = world.script("bin/program", &counting("seq 1 20000"));
    world.ok(&format!("new -d -s work {program}"));
    world.captured("work", "ready-2");
    let before = picture(&world, "work");
    for _ in 0..3 {
        kill_server(&world);
        assert!(picture(&world, "work") == before);
    }
    assert!(numbers(&world, "work").into_iter().eq(1..=20_000));
    world.ok("clear-history -t work");
    world.ok("resize-window -t work -x 60 -y 20");
    let before = picture(&world, "work");
    kill_server(&world);
    assert_eq!(picture(&world, "work"), before, "what was done to the pane is not undone");
}

/// The server is killed again and again at whatever it is doing.
#[test]
fn a_flood_has_no_gap_and_nothing_twice() {
    let world = with_history(1_000_000);
    let program = world.script("bin/program", &counting("while [ ! -e go ]; do :; done; seq 1 300000"));
    let job = world.script("bin/job", "while [ ! -e go ]; do :; done; seq 1 100000; exec sleep 1000");
    world.ok(&format!("new -d -s work {program}"));
    world.ok(&format!("run --nohup -s job -- {job}"));
    world.write("home/go", "");
    let mut kills = 0;
    while !world.mux("capture-pane -p -t work").out.contains("ready-2") {
        kill_server(&world);
        kills += 1;
    }
    assert!(kills > 0, "it was over before it could be disturbed");
    assert!(numbers(&world, "work").into_iter().eq(1..=300_000), "after {kills} kills");
    world.captured("job", "100000");
    let log: Vec<u64> = world.ok("logs job").lines().filter_map(|line| line.parse().ok()).collect();
    assert!(log.into_iter().eq(1..=100_000), "the log, after {kills} kills");
    world.ok("kill-session -t job");
}

/// A flood that is hard to parse is read by another thread, ahead of the parser, on a machine that has another processor.
#[test]
fn what_is_read_ahead_is_not_lost() {
    if std::thread::available_parallelism().map_or(1, std::num::NonZero::get) == 1 {
        eprintln!("skipped: with one processor nothing is read ahead");
        return;
    }
    let mut world = with_history(150_000);
    world.set("MUX_TEST_PORTION", "16384");
    const LAST: u64 = 300_000;
    let lines: String = (1..=LAST).map(|number| format!("\x1b[3{}m{number}\x1b[m\n", number % 8)).collect();
    world.write("home/numbers", &lines);
    let program = world.script("bin/program", &counting("while [ ! -e stop ]; do cat numbers; done"));
    world.ok(&format!("new -d -s work {program}"));
    let reads_ahead = || world.server().threads().iter().any(|name| name == "mux-read");
    let begins = || until("a thread that reads ahead", || reads_ahead().then_some(()));
    for _ in 0..3 {
        begins();
        kill_server(&world);
    }
    begins();
    world.ok("resize-window -t work -x 100 -y 30");
    begins();
    // Whatever is to have all of the output from here on: the task reads by itself.
    world.ok("pipe-pane -t work 'cat > piped'");
    until("nobody to read ahead", || (!reads_ahead()).then_some(()));
    until("the pipe's reader to have some", || (world.read("home/piped").len() > 100_000).then_some(()));
    world.ok("pipe-pane -t work");
    begins();
    world.write("home/stop", "");
    world.captured("work", "ready-2");
    until("the thread's end", || (!reads_ahead()).then_some(()));
    let numbers = numbers(&world, "work");
    assert!(numbers.len() > 100_000, "{}", numbers.len());
    let gap = numbers.windows(2).find(|pair| pair[1] != pair[0] % LAST + 1);
    assert_eq!(gap, None);
}

/// Half of what a program does is done before the server is killed, half after it; a twin is left alone.
#[test]
fn modes_margins_and_character_sets_go_on() {
    let world = World::new();
    let first = "printf '\\033]2;name\\007\\033[?1002h\\033[?1006h\\033[?2004h\\033[?1h\\033[4 q\\033[3;9r\\033[5;1H'
        printf '\\033(0lqqk\\033[1;35m\\033[3g\\033[20G\\033H\\0337'";
    let second =
        "printf 'mqqj\\033(B\\tat a tab\\033[9;1H\\nscrolls\\nin\\nmargins\\0338saved\\033(B\\033[r\\033[20;1H'";
    let program = counting(&format!("{first}; while [ ! -e $1 ]; do :; done\n{second}"));
    let program = world.script("bin/program", &program);
    let twin = |name: &str| {
        world.ok(&format!("new -d -s {name} {program} go-{name}"));
        until("the first half is done", || (world.display(name, "#{mouse_any_flag}") == "1").then_some(()));
        world.captured(name, "┌──┐");
    };
    twin("one");
    world.write("home/go-one", "");
    world.captured("one", "ready-2");
    let undisturbed = picture(&world, "one");
    twin("two");
    kill_server(&world);
    world.write("home/go-two", "");
    world.captured("two", "ready-2");
    assert_eq!(picture(&world, "two"), undisturbed);
    assert_eq!(picture(&world, "one"), undisturbed);
    assert_eq!(world.read("home/winch"), "");
}

#[test]
fn a_program_on_the_alternate_screen_notices_nothing() {
    let world = World::new();
    if crate::harness::program("less").is_none() {
        crate::skip!("no less here");
    }
    assert_eq!(world.sh("seq 1 500 > numbers").status, 0);
    let mut terminal = world.terminal("new -s work less numbers");
    terminal.prints("22");
    terminal.types("100g");
    terminal.prints("121");
    let before = picture(&world, "work");
    kill_server(&world);
    assert_eq!(picture(&world, "work"), before);
    terminal.types("200g");
    terminal.prints("221");
    terminal.types("q");
    terminal.exits();
}

/// Journals that the engine has failed on.
fn failures(world: &World) -> usize {
    std::fs::read_dir(world.path("state/mux/failures")).map_or(0, Iterator::count)
}

#[test]
fn output_that_the_engine_panics_at_costs_one_screen() {
    let mut world = World::new();
    world.set("MUX_TEST_FEED", "panic:POI-SON");
    let mut terminal = world.terminal("new -s work");
    terminal.prompt();
    world.ok("new -d -s other 'echo healthy; exec sleep 1000'");
    world.captured("other", "healthy");
    let server = world.server();
    terminal.enter("x=SON; echo POI-$x");
    terminal.wait_for("a word about it", |s| s.shows("cleared its screen"));
    assert_eq!(world.server(), server, "it lives on");
    assert_eq!(failures(&world), 1);
    world.captured("other", "healthy");
    terminal.enter("clear; echo works-$((1+1))");
    terminal.prints("works-2");
    kill_server(&world);
    world.captured("work", "works-2");
}

/// Also of what another thread has read by then.
#[test]
fn what_comes_behind_such_output_is_logged_and_shown() {
    let mut world = with_history(100_000);
    world.set("MUX_TEST_PORTION", "16384");
    world.set("MUX_TEST_FEED", "panic:POI-SON");
    let line = |number: u32| match number {
        60_000 => "POI-SON\n".to_owned(),
        _ => format!("\x1b[3{}m{number}\x1b[m\n", number % 8),
    };
    world.write("home/numbers", &(1..=120_000).map(line).collect::<String>());
    world.ok("run --nohup -s job -- sh -c 'cat numbers; echo all-$((1+1)); exec sleep 1000'");
    world.captured("job", "all-2");
    assert_eq!(failures(&world), 1);
    let numbers_of = |text: String| -> Vec<u64> { text.lines().filter_map(|line| line.parse().ok()).collect() };
    let logged = numbers_of(world.ok("logs job"));
    assert!(logged.into_iter().eq((1..=120_000).filter(|number| *number != 60_000)));
    // The piece that it was in is not parsed: 16 KiB, which may end within a number.
    let shown = numbers(&world, "job").split_off(1);
    assert!(shown.len() > 58_000, "{}", shown.len());
    assert!(shown.iter().rev().copied().eq((0..shown.len() as u64).map(|before| 120_000 - before)));
    world.ok("kill-session -t job");
}

#[test]
fn output_that_ends_every_server_is_given_up() {
    let mut world = World::new();
    world.set("MUX_TEST_FEED", "abort:POI-SON");
    let mut terminal = world.terminal("new -s work");
    terminal.prompt();
    world.ok("new -d -s other 'echo healthy; exec sleep 1000'");
    world.captured("other", "healthy");
    let other = world.pane("other");
    terminal.enter("x=SON; echo POI-$x");
    until("it is set aside", || (failures(&world) == 1).then_some(()));
    world.captured("other", "healthy");
    assert_eq!(world.pane("other"), other);
    terminal.enter("clear; echo works-$((1+1))");
    terminal.prints("works-2");
    assert_eq!(failures(&world), 1);
}
