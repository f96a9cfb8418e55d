//! Sessions that have all their windows in common.

use rustix::process::Signal;

use crate::harness::{Terminal, World, until};

const WINDOWS: &str = "list-windows -a -F '#{session_name}#I #W#F'";

/// Sessions `team` and `mine` on a terminal each.
fn grouped(world: &World) -> (Terminal, Terminal) {
    let one = world.terminal("new -s team -n first");
    one.prompt();
    let two = world.terminal("new -t team -s mine");
    two.wait_for("the same window", |s| s.status().contains("1:first*") && s.prompt());
    (one, two)
}

#[test]
fn windows_come_and_go_in_all_and_each_has_its_own_current_one() {
    let world = World::new();
    let (mut one, mut two) = grouped(&world);
    two.press("C-b c");
    two.wait_for("a second window", |s| s.status().contains("2:sh*"));
    one.wait_for("it is there too, behind", |s| s.status().contains("1:first*") && s.status().contains("2:sh"));
    world.ok("rename-window -t mine:2 second");
    assert_eq!(world.ok(WINDOWS), "team1 first*\nteam2 second\nmine1 first-\nmine2 second*\n");
    one.enter("echo in-$((0+1))");
    one.prints("in-1");
    assert!(!two.screen().shows("in-1"), "{}", two.screen());
    world.ok("move-window -d -s team:2 -t team:9");
    assert_eq!(world.ok(WINDOWS), "team1 first*\nteam9 second\nmine1 first-\nmine9 second*\n");
    world.ok("swap-window -s mine:1 -t mine:9");
    let listed = world.ok("list-windows -a -F '#{session_name}#I #W'");
    assert_eq!(listed, "team1 second\nteam9 first\nmine1 second\nmine9 first\n");
    // What is current stays so by its index.
    two.wait_for("the first window", |s| s.status().contains("9:first*") && s.prompt());
    two.enter("exit");
    two.wait_for("the other window", |s| s.status().contains("second*") && !s.status().contains("first"));
    one.wait_for("the other window", |s| s.status().contains("second*") && !s.status().contains("first"));
    assert_eq!(world.ok("list-windows -a -F '#{session_name} #W'"), "team second\nmine second\n");
}

#[test]
fn formats_and_lists_tell_of_it_as_tmux_s_do() {
    let world = World::new();
    world.ok("new -d -s team -n first ; new -d -t team ; new -d -t team -s mine ; new -d -t fresh");
    let list = world.ok("ls");
    assert!(list.lines().filter(|line| line.contains(") (group team)")).count() == 3, "{list}");
    let about =
        "#{session_group} #{session_grouped} #{session_group_list} #{session_group_size} #{session_group_attached}";
    let told = world.ok(&format!("ls -F '#{{session_name}} {about}'"));
    let expected = "fresh-3 fresh 1 fresh-3 1 0\nmine team 1 team,team-1,mine 3 0\nteam team 1 team,team-1,mine 3 0\n\
        team-1 team 1 team,team-1,mine 3 0\n";
    assert_eq!(told, expected);
    assert!(world.fails(1, "link-window -s team:1 -t mine:5").contains("sessions are grouped"));
    assert!(world.fails(2, "new -d -t team -n name").contains("cannot be used with"));
    assert!(world.fails(1, "unlink-window -t mine:first").contains("window only linked to one session"));
}

#[test]
fn the_end_of_one_leaves_the_windows_to_the_others() {
    let world = World::new();
    let (mut one, two) = grouped(&world);
    one.enter("seen=still; echo one-$((1+1))");
    one.prints("one-2");
    let shell = world.pane("team");
    world.ok("kill-session -t team");
    one.exits();
    assert!(shell.alive());
    assert_eq!(world.pane("mine"), shell);
    let mut two = two;
    two.enter("echo $seen-there");
    two.prints("still-there");
}

#[test]
fn the_group_is_there_after_the_death_of_the_server() {
    let world = World::new();
    let (_one, mut two) = grouped(&world);
    two.press("C-b c");
    two.wait_for("a second window", |s| s.status().contains("2:sh*") && s.prompt());
    let (server, before) = (world.server(), world.ok(WINDOWS));
    server.kill(Signal::KILL);
    until("another server", || (world.server() != server).then_some(()));
    assert_eq!(world.ok(WINDOWS), before);
    assert_eq!(world.ok("ls -F '#{session_name} #{session_group_list}'"), "mine team,mine\nteam team,mine\n");
    two.press("C-b c");
    two.wait_for("a third window", |s| s.status().contains("3:sh*"));
    assert_eq!(world.ok("list-windows -t team -F '#I'"), "1\n2\n3\n");
}

#[test]
fn the_tree_shows_one_session_of_a_group() {
    let world = World::new();
    let (_one, mut two) = grouped(&world);
    two.press("C-b s");
    let screen = two.wait_for("the session at hand", |s| s.shows("(group"));
    assert!(screen.shows("(group team: team,mine)"), "{screen}");
    assert_eq!(screen.count("(group"), 1, "{screen}");
    two.press("q");
    world.ok("choose-tree -G -s -t mine");
    two.wait_for("both", |s| s.count("(group team: team,mine)") == 2);
}
