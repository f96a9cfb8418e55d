//! What comes back after a reboot, which is played by ending keeper and server at once and starting anew under another
//! boot id.
//!
//! The stand-in for a machine is in builds with debug assertions only.

#![cfg(debug_assertions)]

use rustix::process::Signal;

use crate::harness::{World, until};

/// A world whose machine has a boot id of its own.
fn machine() -> World {
    let mut world = World::new();
    world.set("MUX_TEST_MACHINE", &world.place("machine"));
    boot(&world, "first");
    world
}

fn boot(world: &World, id: &str) {
    world.write("machine/proc/sys/kernel/random/boot_id", &format!("{id}\n"));
}

/// The power is cut, and comes back.
fn reboot(world: &World) {
    // Stopped, neither of the two can start the other again.
    let (keeper, server) = (world.keeper(), world.server());
    [keeper, server].iter().for_each(|process| process.kill(Signal::STOP));
    world.processes().into_iter().for_each(|process| process.kill(Signal::KILL));
    until("all has gone", || world.processes().is_empty().then_some(()));
    boot(world, &format!("after {:?}", std::time::Instant::now()));
}

/// Waits until a generation on the disk satisfies this; it is looked at through the list.
fn synced(world: &World, what: &str, holds: impl Fn(&serde_json::Value) -> bool) {
    until(what, || {
        let list = world.mux("restore --list --json").out;
        let list: serde_json::Value = serde_json::from_str(&list).ok()?;
        holds(list.get(0)?).then_some(())
    });
}

/// Waits until all these panes have been recorded.
fn recorded(world: &World, panes: &[&str]) {
    until("the panes are recorded", || {
        let names: Vec<String> = std::fs::read_dir(world.path("state/mux/generations/parts"))
            .ok()?
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        let has = |pane: &&str| names.iter().any(|name| name.starts_with(&format!("pane-{pane}.")));
        panes.iter().all(has).then_some(())
    });
}

fn sessions(newest: &serde_json::Value) -> usize {
    newest["sessions"].as_array().map_or(0, Vec::len)
}

#[test]
fn sessions_come_back_after_a_reboot() {
    let world = machine();
    world.write("config/mux/config.toml", "[restore]\nprograms = [\"watcher *\"]\n");
    world.write("home/deep/file", "");
    let watcher = world.script("bin/watcher", "echo watching $1; exec sleep 1000");
    let mut terminal = world.sized(160, 40, "new -s web -n first");
    terminal.prompt();
    terminal.enter("cd deep; printf '\\033[31mred\\033[m-mark\\n'");
    terminal.prints("red-mark");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0).is_some() && s.prompt());
    terminal.enter("exec sleep 1001");
    world.ok(&format!("new-window -d -t web -n second {watcher} x"));
    world.captured("web:second", "watching x");
    world.ok("new -d -s notes");
    world.ok("select-pane -t web:1.1 -T the-title");
    world.ok("run --nohup -s job -- sleep 1002");
    let layout = world.display("web:first", "#{window_layout}");
    let shape = |layout: &str| layout.split_once(',').map(|(_, shape)| shape.to_owned());
    recorded(&world, &["0", "1", "2", "3"]);
    synced(&world, "three sessions on the disk", |newest| sessions(newest) == 3);
    reboot(&world);

    let said = world.fails(1, "ls");
    assert!(said.contains("2 sessions from before the reboot") && said.contains("mux restore"), "{said}");
    assert!(world.processes().is_empty(), "nothing was started for it");
    let terminal_after = world.terminal("attach");
    let screen = terminal_after.shows("no sessions");
    assert!(screen.shows("mux restore"), "{screen}");

    let plan = world.mux("restore --dry-run");
    assert!(plan.out.contains("watcher x: would be run again"), "{plan:?}");
    assert!(world.mux("ls").err.contains("no server") || world.mux("ls").err.contains("no sessions"));
    let report = world.mux("restore");
    assert_eq!(report.status, 0, "{report:?}");
    for line in ["web: 3 panes", "notes: 1 pane", "watcher x: run again", "2 sessions are back"] {
        assert!(report.out.contains(line), "{line}: {report:?}");
    }
    assert_eq!(world.ok("list-windows -t web -F '#{window_name}'"), "first\nsecond\n");
    let layout_after = world.display("web:first", "#{window_layout}");
    assert_eq!(layout_after.matches(',').count(), layout.matches(',').count(), "{layout} {layout_after}");
    assert_eq!(shape(&layout).map(|s| s.len()), shape(&layout_after).map(|s| s.len()), "{layout} {layout_after}");
    let first = world.captured("web:first.1", "restored ");
    assert!(first.contains("red-mark") && !first.contains("\x1b"), "{first}");
    assert!(world.ok("capture-pane -e -p -t web:first.1").contains("\x1b[0;31mred\x1b[0m-mark"), "with its colours");
    assert_eq!(world.display("web:first.1", "#{pane_title}"), "the-title");
    until("the shell stands where it stood", || {
        (world.display("web:first.1", "#{pane_current_path}") == world.place("home/deep")).then_some(())
    });
    world.captured("web:second", "watching x");
    world.captured("web:first.2", "not run again: sleep 1001");
    let jobs = world.ok("ps");
    assert!(jobs.lines().any(|line| line.contains("job") && line.contains("lost in reboot")), "{jobs}");
    assert!(!world.ok("ls").contains("job"), "a job's session has its record");

    assert!(world.fails(1, "restore").contains("nothing waits"));
    let again = world.ok("restore web");
    assert!(again.contains("web as web-1"), "{again}");
}

#[test]
fn floating_panes_come_back_where_they_were() {
    let world = machine();
    world.ok("new -d -s web -x 100 -y 40");
    world.ok("new-pane -p -t web -x 30 -y 8 -X 50 -Y 20");
    world.ok("scratch -t web");
    world.ok("send-keys -t web:1.2 'echo mark-$((1+1))' Enter");
    world.captured("web:1.2", "mark-2");
    // Another session has the window too, and a third one is in a group with that.
    world.ok("new -d -s notes ; link-window -d -s web:1 -t notes:7 ; new -d -t notes -s team");
    recorded(&world, &["0", "1", "2", "3"]);
    synced(&world, "the sessions on the disk", |newest| sessions(newest) == 3);
    let facts =
        "#{pane_floating_flag}#{pane_pinned_flag}#{pane_scratch_flag}#{pane_active} #{pane_x},#{pane_y} #{pane_width}";
    let panes = |window: &str| world.ok(&format!("list-panes -t {window} -F '{facts}'"));
    let all = || ["web:1", "notes:7", "team:7"].map(panes).concat();
    let before = all();
    assert_eq!(before.lines().count(), 9);
    assert!(before.contains("1100 50,20 30\n"), "{before}");
    reboot(&world);
    let report = world.mux("restore");
    assert!(report.out.contains("web: 3 panes"), "{report:?}");
    assert_eq!(all(), before);
    assert!(world.captured("web:1.2", "restored ").contains("mark-2"));
}

#[test]
fn who_says_yes_gets_them_back_without_asking() {
    let world = machine();
    world.write("config/mux/config.toml", "[restore]\nsessions = \"yes\"\n");
    world.ok("new -d -s web");
    synced(&world, "the session on the disk", |newest| sessions(newest) == 1);
    reboot(&world);
    let mut terminal = world.terminal("attach -t web");
    terminal.wait_for("the session", |s| s.status().contains("web") && s.shows("restored "));
    terminal.enter("echo still-$((1+1))");
    terminal.prints("still-2");
}

#[test]
fn who_says_no_is_not_asked() {
    let world = machine();
    world.write("config/mux/config.toml", "[restore]\nsessions = \"no\"\n");
    world.ok("new -d -s web");
    synced(&world, "the session on the disk", |newest| sessions(newest) == 1);
    reboot(&world);
    assert_eq!(world.ok("start-server --restore"), "");
    world.ok("new -d -s other");
    assert_eq!(world.ok("ls").lines().count(), 1);
    assert!(world.ok("restore").contains("web: 1 pane"), "by hand it works");
}

#[test]
fn a_boot_unit_brings_them_back() {
    let world = machine();
    world.ok("new -d -s web");
    synced(&world, "the session on the disk", |newest| sessions(newest) == 1);
    reboot(&world);
    let output = world.mux("start-server --restore");
    assert_eq!(output.status, 0, "{output:?}");
    world.ok("has-session -t web");
    assert_eq!(world.ok("start-server --restore"), "", "once");
}

#[test]
fn what_was_ended_on_purpose_is_not_offered_but_listed() {
    let world = machine();
    world.ok("new -d -s web");
    let shell = world.pane("web");
    world.ok("kill-server");
    until("the server has gone", || (!shell.alive() && world.processes().is_empty()).then_some(()));
    let said = world.fails(1, "ls");
    assert!(!said.contains("restore"), "{said}");
    let list: serde_json::Value = serde_json::from_str(&world.ok("restore --list --json")).expect("JSON");
    assert_eq!((list[0]["why"].as_str(), list[0]["sessions"][0]["name"].as_str()), (Some("end"), Some("web")));
    assert!(world.fails(1, "restore").contains("nothing waits"));
    assert!(world.ok("restore web").contains("web: 1 pane"));
    world.ok("has-session -t web");
}

#[test]
fn a_shutdown_that_ends_programs_one_by_one_forgets_no_session() {
    let world = machine();
    world.ok("new -d -s web");
    world.ok("new -d -s notes");
    synced(&world, "two sessions on the disk", |newest| sessions(newest) == 2);
    // As init does it: everything gets the signal, in any order.
    let (server, keeper) = (world.server(), world.keeper());
    let web = world.pane("web");
    web.kill(Signal::HUP);
    until("its session is noticed to be gone", || (world.ok("ls").lines().count() == 1).then_some(()));
    server.kill(Signal::TERM);
    keeper.kill(Signal::TERM);
    until("all has gone", || world.processes().is_empty().then_some(()));
    boot(&world, "second");
    let said = world.fails(1, "ls");
    assert!(said.contains("2 sessions from before the reboot"), "{said}");
}

#[test]
fn a_generation_is_chosen_and_mistakes_are_named() {
    let world = machine();
    world.ok("new -d -s web");
    synced(&world, "the session on the disk", |newest| sessions(newest) == 1);
    world.ok("new -d -s other");
    world.ok("kill-session -t web");
    let report = world.ok("restore web");
    assert!(report.contains("web: 1 pane"), "one that was closed by mistake: {report}");
    assert!(world.fails(1, "restore wbe").contains("did you mean 'web'?"));
    assert!(world.fails(1, "restore --from 99999").contains("no generation 99999"));
    assert!(world.fails(2, "restore --list web").contains("--list shows all there is"));
    let report: serde_json::Value = serde_json::from_str(&world.ok("restore --json -n web --from 1")).expect("JSON");
    assert_eq!((report["generation"].as_u64(), report["sessions"][0]["name"].as_str()), (Some(1), Some("web-1")));
}

#[test]
fn torn_files_fall_back_to_the_last_synced_state_and_are_set_aside() {
    let world = machine();
    world.ok("new -d -s web");
    synced(&world, "the session on the disk", |newest| sessions(newest) == 1);
    world.ok("new -d -s notes");
    synced(&world, "both on the disk", |newest| sessions(newest) == 2);
    reboot(&world);
    // A power loss in the middle: live files are torn, and the newest manifest is.
    world.write("state/mux/sessions/0.json", "");
    world.write("state/mux/jobs.json", "\0\0\0\0");
    let manifests = std::fs::read_dir(world.path("state/mux/generations")).expect("it is there").flatten();
    let newest = manifests.map(|entry| entry.path()).filter(|path| path.is_file()).max().expect("there is one");
    std::fs::write(&newest, "{\"version\":1,\"gener").expect("ours");
    let output = world.mux("restore");
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.err.contains("set aside as"), "{output:?}");
    world.ok("has-session -t web");
    let aside = std::fs::read_dir(world.path("state/mux/aside")).expect("it is there").flatten();
    let aside: Vec<_> = aside.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    for name in ["0.json.", "jobs.json.", "000000"] {
        assert!(aside.iter().any(|file| file.starts_with(name)), "nothing is deleted: {aside:?}");
    }
}
