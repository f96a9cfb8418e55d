//! Programs: started, held, signalled, outliving their server, recorded.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use mux::base::{ExitStatus, PaneId, Timestamp};
use mux::proto::packet::{FromKeeper, SpawnFlags, SpawnRequest, ToKeeper};
use rustix::process::Signal;

use crate::rig::{Keeper, MUX, Pane, Process, Site, shell};

fn parent(pid: u32) -> u32 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let behind_name = stat.rsplit(')').next().unwrap();
    behind_name.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_program_prints_ends_and_is_recorded() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let before = Timestamp::now();
    let mut pane = server.spawn(shell(1, "echo $PPID; test -t 0 && stty size && printf 'a\\nb\\n'; exit 3"));
    assert_eq!(pane.line(), keeper.pid().to_string(), "its parent");
    assert_eq!(pane.rest(), ["24 80", "a", "b"]);
    let ended = server.exited(&pane);
    assert_eq!(ended.status, ExitStatus::Code(3));
    assert!(ended.at >= before && ended.at <= Timestamp::now());
}

#[test]
fn a_signal_reaches_its_program_and_is_recorded() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    for (number, group) in [(15, false), (9, true)] {
        let pane = server.spawn(shell(number, "exec sleep 600"));
        server.send(ToKeeper::Signal { pane: pane.id, signal: number, group });
        let status = server.exited(&pane).status;
        assert_eq!(status, ExitStatus::Signal { signal: number as u8, core: false });
        server.send(ToKeeper::Signal { pane: pane.id, signal: 15, group });
    }
    server.send(ToKeeper::Signal { pane: PaneId(77), signal: 15, group: true });
    server.send(ToKeeper::Signal { pane: PaneId(77), signal: 9999, group: true });
    server.round_trips();
}

#[test]
fn a_killed_server_is_replaced_and_finds_every_pane_again() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    server.send(ToKeeper::Ready);
    let mut living = server.spawn(shell(1, "read line; echo got $line; exec sleep 600"));
    let ended = server.spawn(shell(2, "exit 7"));
    let record = server.exited(&ended);
    let unread = server.spawn(shell(3, "kill -KILL $$"));
    server.kill();

    let mut server = keeper.site.server();
    let mut held = server.greeted().into_iter();
    let Some(FromKeeper::Held { pane: PaneId(1), pid, ended: None, master, .. }) = held.next() else { panic!() };
    assert_eq!(pid, living.pid);
    living.terminal = Pane::new(PaneId(1), pid, master).terminal;
    living.types("here\n");
    assert_eq!([living.line(), living.line()], ["here", "got here"]);
    let Some(FromKeeper::Held { pane: PaneId(2), ended: Some(told), .. }) = held.next() else { panic!() };
    assert_eq!(told, record);
    // Told to the old server or not: the exit that it never read is told to the new one, now or as it happens.
    let Some(FromKeeper::Held { pane: PaneId(3), ended, .. }) = held.next() else { panic!() };
    let status = ended.map_or_else(|| server.exited(&unread).status, |ended| ended.status);
    assert_eq!(status, ExitStatus::Signal { signal: 9, core: false });
}

#[test]
fn memory_that_a_server_gives_reaches_the_next_even_if_it_was_its_last_word() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    server.send(ToKeeper::Ready);
    let _pane = server.spawn(shell(1, "exec sleep 600"));
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"what was on the screen").unwrap();
    server.send(ToKeeper::Keep { pane: PaneId(1), memory: file.into() });
    server.kill();

    let mut server = keeper.site.server();
    let held = server.greeted().into_iter().next();
    let Some(FromKeeper::Held { memory: Some(memory), .. }) = held else { panic!("{held:?}") };
    let mut text = [0; 22];
    rustix::io::pread(&memory, &mut text, 0).unwrap();
    assert_eq!(&text, b"what was on the screen");
}

#[test]
fn output_waits_while_there_is_no_server() {
    const LINES: u32 = 100_000;
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let mut pane = server.spawn(shell(1, &format!("seq 1 {LINES}; exec sleep 600")));
    assert_eq!(pane.line(), "1");
    let read = pane.terminal.buffer().to_vec();
    drop(pane);
    server.kill();
    let mut server = keeper.site.server();
    let held = server.greeted().pop();
    let Some(FromKeeper::Held { pane, pid, master, .. }) = held else { panic!("{held:?}") };
    let mut pane = Pane::new(pane, pid, master);
    // What the dead server had read is its own matter; what it had not read is all there.
    let mut text = String::from_utf8(read).unwrap();
    while !text.ends_with(&format!("\n{LINES}\r\n")) {
        text += &pane.raw_line();
    }
    let numbers: Vec<u32> = text.lines().map(|line| line.parse().unwrap()).collect();
    assert!(numbers.into_iter().eq(2..=LINES));
}

#[test]
fn what_is_released_is_forgotten_and_its_number_is_free() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let pane = server.spawn(shell(1, "trap '' HUP; exec sleep 600"));
    assert_eq!(server.spawn_failed(shell(1, "")), "pane %1 is in use");
    server.send(ToKeeper::Release { pane: pane.id });
    let second = server.spawn(shell(1, "exit 0"));
    server.exited(&second);
    let left = Process::new(pane.pid);
    drop(pane);
    left.kill(Signal::KILL);
    left.wait_end();
    server.round_trips();
    assert!(!Path::new(&format!("/proc/{}", left.pid.as_raw_nonzero())).exists(), "reaped, without a report");
}

#[test]
fn orphans_come_to_the_keeper_and_are_reaped() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let mut pane = server.spawn(shell(1, "trap '' HUP; sleep 600 >/dev/null 2>&1 </dev/null & echo $!"));
    let orphan: u32 = pane.line().parse().unwrap();
    let process = Process::new(orphan);
    server.exited(&pane);
    assert_eq!(parent(orphan), keeper.pid());
    process.kill(Signal::KILL);
    process.wait_end();
    server.round_trips();
    assert!(!Path::new(&format!("/proc/{orphan}")).exists());
}

#[test]
fn a_program_gets_what_the_request_says_and_nothing_else() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let script = "pwd; umask; env | grep -v -e ^PWD= -e ^OLDPWD= -e ^SHLVL= -e ^_= | sort | tr '\\n' ' '; echo; \
                  ls /proc/self/fd | tr '\\n' ' '; echo; grep SigIgn /proc/self/status";
    let mut request = shell(1, script);
    request.cwd = "/usr".into();
    request.umask = 0o27;
    request.env.push(("A".into(), "b c".into()));
    let mut lines = server.spawn(request).rest();
    let ignored = u64::from_str_radix(lines.pop().unwrap().trim_start_matches("SigIgn:\t"), 16).unwrap();
    assert_eq!(ignored & 0x7fff_ffff, 0, "of the signals that have a name (from 32 on they are the C library's)");
    // `ls` itself has the directory open as 3.
    assert_eq!(lines, ["/usr", "0027", "A=b c PATH=/usr/bin:/bin SHELL=/bin/sh", "0 1 2 3"]);
}

#[test]
fn no_command_is_a_login_shell() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    for (pane, flags) in [(1, SpawnFlags::empty()), (2, SpawnFlags::IGNORE_HUP)] {
        let mut pane = server.spawn(SpawnRequest { argv: Vec::new(), flags, ..shell(pane, "") });
        pane.types("stty -echo; echo name=$0=\n");
        let named = std::iter::repeat_with(|| pane.line()).find(|line| line.contains("=-sh="));
        assert!(named.is_some());
        pane.types("exit 0\n");
        server.exited(&pane);
    }
}

#[test]
fn hang_up_can_be_ignored_and_input_be_empty() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let script = "kill -HUP $$; cat; test -t 1 && echo alive";
    let mut pane = server.spawn(shell(1, script));
    pane.rest();
    assert_eq!(server.exited(&pane).status, ExitStatus::Signal { signal: 1, core: false });
    let flags = SpawnFlags::IGNORE_HUP | SpawnFlags::STDIN_NULL;
    let mut pane = server.spawn(SpawnRequest { flags, ..shell(2, script) });
    assert_eq!(pane.rest(), ["alive"]);
    assert_eq!(server.exited(&pane).status, ExitStatus::Code(0));
}

#[test]
fn what_cannot_be_started_is_answered_with_its_reason() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    let mut failed = |argv: &[&str], cwd: &str| {
        let argv = argv.iter().map(|word| word.into()).collect();
        server.spawn_failed(SpawnRequest { argv, cwd: cwd.into(), ..shell(1, "") })
    };
    assert_eq!(failed(&["nosuchcommand"], "/"), "command not found: nosuchcommand");
    assert_eq!(failed(&["ls"], "/no/such"), "no such directory: /no/such");
    assert_eq!(failed(&["/usr"], "/"), "is a directory: /usr");
    assert_eq!(failed(&["/etc/passwd"], "/"), "permission denied: /etc/passwd");
    assert!(failed(&["sh", "nul\0byte"], "/").starts_with("cannot run sh: "), "the library's own words");
}

/// More panes than the soft limit of open files: the keeper raises its own and gives programs the old one back.
#[test]
fn many_panes_raise_the_limit_for_the_keeper_only() {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "ulimit -S -n 64; exec \"$0\" \"$@\"", MUX]);
    let keeper = Keeper::start_through(&mut command, Site::new());
    let mut server = keeper.server();
    let panes: Vec<Pane> = (0..80).map(|pane| server.spawn(shell(pane, "ulimit -S -n; read x"))).collect();
    for mut pane in panes {
        assert_eq!(pane.line(), "64");
    }
}

#[test]
fn a_server_that_breaks_the_protocol_is_replaced() {
    let keeper = Keeper::start();
    let server = keeper.server();
    server.send_raw(b"\xff\xff\xff\xff\x00\x00\x00\x00");
    server.process.wait_end();
    keeper.server();
}

#[test]
fn a_server_that_lives_on_without_its_link_is_replaced() {
    let keeper = Keeper::start();
    let mut server = keeper.server();
    server.close_link();
    server.process.wait_end();
    keeper.server();
}
