//! What is typed arrives once and in order, whoever is killed meanwhile.

use std::time::Instant;

use rustix::process::Signal;

use crate::harness::{PATIENCE, Process, Terminal, World, until};

/// A pane whose program writes every byte that it reads into the file `home/read`.
fn recorder(world: &World, reading: &str) -> Terminal {
    let program = world.script("bin/record", &format!("stty raw -echo; printf '\\033[?2004hready'; {reading}"));
    let terminal = world.terminal(&format!("new -s work {program}"));
    terminal.shows("ready");
    terminal
}

/// Kills the server whatever it is doing, if it has not been killed before; the keeper starts the next one.
fn kill(keeper: Process) {
    for process in keeper.family().into_iter().filter(|process| process.command_line().contains("@server")) {
        process.kill(Signal::KILL);
    }
}

/// Compares what the program has read, once it has read as much or no more comes.
fn assert_read(world: &World, terminal: &Terminal, all: &str) {
    let plain = |text: String| text.replace("\x1b[200~", "").replace("\x1b[201~", "");
    let read = || plain(world.read("home/read"));
    let deadline = Instant::now() + PATIENCE;
    while read().len() < all.len() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    let read = read();
    if read != all {
        let at = read.bytes().zip(all.bytes()).take_while(|(one, other)| one == other).count();
        let part = |text: &str| text.get(at.saturating_sub(30)..(at + 60).min(text.len())).map(str::to_owned);
        let (came, wanted) = (part(&read), part(all));
        panic!(
            "of {} bytes {} came, other from byte {at}: {came:?} for {wanted:?}\n{}\n{}",
            all.len(),
            read.len(),
            terminal.screen(),
            world.report()
        );
    }
}

#[test]
fn keys_arrive_once_and_in_order_though_the_server_is_killed() {
    let world = World::new();
    let mut terminal = recorder(&world, "exec cat > read");
    let keeper = world.keeper();
    let mut all = String::new();
    for number in 1..=4000 {
        let word = format!("{number} ");
        terminal.types(&word);
        all += &word;
        // Prime, so that it meets different moments. Not more often than the keeper takes for an accident.
        if number % 797 == 0 {
            kill(keeper);
        }
    }
    assert_read(&world, &terminal, &all);
}

#[test]
fn a_paste_arrives_once_though_the_server_is_killed_in_the_midst_of_it() {
    let world = World::new();
    let slow = "touch read; while dd bs=2048 count=1 of=part 2> dd && [ -s part ]; do cat part >> read; done";
    let mut terminal = recorder(&world, slow);
    let keeper = world.keeper();
    let text: String = (0..50_000).map(|number| format!("{number:05} ")).collect();
    terminal.paste(&text);
    terminal.types("end");
    let all = format!("{text}end");
    for part in 1..=5 {
        until("the program to read on", || (world.read("home/read").len() > part * 40_000).then_some(()));
        kill(keeper);
    }
    assert_read(&world, &terminal, &all);
}

/// More events than the client takes in one turn, in fewer bytes than it reads in three: what it has read and not taken
/// in must not wait for the next key.
#[test]
fn keys_typed_while_the_client_is_stopped_all_arrive() {
    let world = World::new();
    let mut terminal = recorder(&world, "exec cat > read");
    terminal.program().kill(Signal::STOP);
    until("the client to stop", || terminal.program().status("State").starts_with('T').then_some(()));
    let all = format!("{}{}", "x".repeat(100), "\x1b[A".repeat(950));
    terminal.types(&all);
    terminal.program().kill(Signal::CONT);
    assert_read(&world, &terminal, &all);
}
