//! Starting with the machine, and living through a logout: with what such a machine has, or a stand-in for it.
//!
//! The stand-in for a machine is in builds with debug assertions only.

#![cfg(debug_assertions)]

use std::process::Command;

use crate::harness::{World, program, until};
use crate::skip;

/// A machine that systemd runs, as far as its files tell.
fn with_systemd() -> World {
    let mut world = World::new();
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    world.write("machine/run/systemd/system/.there", "");
    world.write("machine/etc/passwd", &format!("me:x:{}:1::/:/bin/sh\n", rustix::process::getuid().as_raw()));
    world.script("bin/systemctl", "exit 0");
    world
}

#[test]
fn a_systemd_unit_is_written_checked_and_removed() {
    let world = with_systemd();
    let unit = "config/systemd/user/mux.service";
    let dry = world.ok("boot enable --dry-run");
    assert!(dry.contains("ExecStart=") && dry.contains("lingering is off for me"), "{dry}");
    assert_eq!(world.read(unit), "", "nothing is written");
    let status = world.mux("boot status");
    assert!(status.status == 1 && status.out.contains("mux boot enable"), "{status:?}");

    let said = world.ok("boot enable");
    assert!(said.contains(&world.place(unit)) && said.contains("loginctl enable-linger"), "{said}");
    let text = world.read(unit);
    assert!(text.contains("start-server --restore\n") && text.contains("KillMode=process\n"), "{text}");
    let link = std::fs::read_link(world.path("config/systemd/user/default.target.wants/mux.service"));
    assert_eq!(link.expect("it is enabled").to_str(), Some("../mux.service"));
    world.write("machine/var/lib/systemd/linger/me", "");
    assert!(world.ok("boot status").contains("lingering is on"));
    world.ok("boot enable");
    assert_eq!(world.read(unit), text, "once more changes nothing");

    assert!(world.ok("boot disable").contains("removed"));
    assert_eq!(world.read(unit), "");
    assert!(world.ok("boot disable").contains("was not enabled"));
    world.write(unit, "[Service]\nExecStart=/mine\n");
    assert!(world.fails(1, "boot enable").contains("is not mux's own"));
    assert!(world.fails(1, "boot disable").contains("is not mux's own"));
    assert!(world.read(unit).contains("/mine"));
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let Some(analyze) = program("systemd-analyze") else { skip!("no systemd-analyze here") };
    let mut world = with_systemd();
    world.set("XDG_STATE_HOME", &world.place("a state"));
    world.ok("-L work boot enable");
    let unit = world.path("config/systemd/user/mux-work.service");
    let mut command = world.command(analyze.to_str().expect("ASCII"));
    let output = world.run(command.args(["--user", "verify", "--man=no"]).arg(&unit), "systemd-analyze");
    let about_it: Vec<_> = output.err.lines().filter(|line| line.contains("mux")).collect();
    assert!(about_it.is_empty(), "{output:?}");
}

#[test]
fn without_systemd_a_line_of_the_crontab_does_it() {
    let mut world = World::new();
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    let crontab = "case $1 in -l) cat $HOME/tab 2>/dev/null || { echo no crontab for me >&2; exit 1; } ;; \
                   -) cat > $HOME/tab ;; esac";
    world.script("bin/crontab", crontab);
    assert!(world.ok("boot enable -n").contains("@reboot"));
    assert_eq!(world.read("home/tab"), "");
    world.ok("boot enable");
    assert_eq!(world.read("home/tab").lines().count(), 1);
    world.write("home/tab", &format!("MAILTO=me\n{}5 4 * * * backup\n", world.read("home/tab")));
    world.ok("boot enable");
    let tab = world.read("home/tab");
    assert_eq!((tab.lines().count(), tab.matches("@reboot").count()), (3, 1), "{tab}");
    assert_eq!(world.mux("boot status").status, 0);
    // What the line says is what brings the server up.
    let line = tab.lines().find_map(|line| line.strip_prefix("@reboot ")).expect("it is there");
    assert_eq!(world.sh(&line.replace("\\%", "%")).status, 0);
    world.ok("new -d -s worker");
    world.ok("boot disable");
    assert_eq!(world.read("home/tab"), "MAILTO=me\n5 4 * * * backup\n");
    assert_eq!(world.mux("boot status").status, 1);
    world.script("bin/crontab", "echo you may not use crontab >&2; exit 1");
    assert!(world.fails(1, "boot enable").contains("you may not use crontab"));
    assert!(world.fails(1, "-S /tmp/some/socket boot enable").contains("only a server with a name"));
}

/// A machine whose logout kills, in a login session, with this for systemd-run.
fn killing(systemd_run: &str) -> World {
    let world = with_systemd();
    world.write("machine/proc/self/cgroup", "0::/user.slice/user-1.slice/session-3.scope\n");
    world.write("machine/etc/systemd/logind.conf", "[Login]\nKillUserProcesses=yes\n");
    world.write("run/systemd/private", "");
    world.script("bin/systemd-run", systemd_run);
    world
}

#[test]
fn where_a_logout_kills_the_server_side_gets_a_scope_of_its_own() {
    let world = killing("echo \"$@\" >> $HOME/asked; while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"");
    world.ok("new -d -s worker");
    let asked = world.read("home/asked");
    assert!(asked.starts_with("--user --scope --quiet --collect"), "{asked}");
    assert_eq!(asked.lines().count(), 1);
    world.ok("new -d -s another");
    assert_eq!(world.read("home/asked"), asked, "it runs already");
    assert_eq!(world.read("state/mux/server.log"), "");
}

#[test]
fn where_it_would_bind_programs_to_a_shorter_life_there_is_no_scope() {
    let world = killing("echo asked >> $HOME/asked; exit 1");
    world.write("machine/etc/systemd/logind.conf", "[Login]\n#KillUserProcesses=no\n");
    world.ok("new -d -s worker");
    assert_eq!(world.read("home/asked"), "");
}

#[test]
fn a_systemd_that_refuses_or_hangs_stops_nothing() {
    for stand_in in ["exit 1", "echo nonsense", "echo $$ > $HOME/hangs; exec sleep 1000"] {
        let world = killing(stand_in);
        world.ok("new -d -s worker");
        assert!(world.read("state/mux/server.log").contains("no scope of its own"), "{stand_in}");
        let hangs = world.read("home/hangs");
        if !hangs.is_empty() {
            let gone = || !Command::new("kill").args(["-0", hangs.trim()]).output().expect("kill(1)").status.success();
            until("what hung has been ended", || gone().then_some(()));
        }
    }
}
