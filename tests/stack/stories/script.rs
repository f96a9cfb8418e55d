//! What scripts and tests use: listings with formats, keys, captures.

use crate::harness::{World, until};

#[test]
fn listings_take_formats() {
    let world = World::new();
    world.ok("new -d -s worker -n shell -x 100 -y 30");
    world.ok("split-window -t worker -h");
    world.ok("new-window -t worker -n second");
    world.ok("new -d -s other");

    assert_eq!(
        world.ok("list-sessions -F '#{session_name} #{session_windows} #{session_attached}'"),
        "other 1 0\nworker 2 0\n"
    );
    assert_eq!(
        world.ok("list-windows -t worker -F '#{window_index}:#{window_name}:#{window_panes}:#{window_active}'"),
        "1:shell:2:0\n2:second:1:1\n"
    );
    let panes =
        world.ok("list-panes -t worker:1 -F '#{pane_index} #{pane_active} #{pane_dead} #{pane_width}x#{pane_height}'");
    assert_eq!(panes, "1 0 0 50x30\n2 1 0 49x30\n");
    assert_eq!(world.ok("list-panes -a -F '#{session_name}:#{window_index}.#{pane_index}'").lines().count(), 4);
    assert_eq!(world.ok("list-panes -s -t worker -F x").lines().count(), 3);
    assert_eq!(world.ok("list-windows -a -F '#{session_name}'").lines().count(), 3);

    let ids = world.ok("list-panes -a -F '#{session_id} #{window_id} #{pane_id}'");
    for line in ids.lines() {
        let signs: String = line.split(' ').filter_map(|id| id.chars().next()).collect();
        assert_eq!(signs, "$@%", "{ids}");
    }
}

#[test]
fn listings_have_tmux_s_lines() {
    let world = World::new();
    world.ok("new -d -s worker -n shell -x 80 -y 24");
    let windows = world.ok("list-windows -t worker");
    assert!(
        windows.starts_with("1: shell* (1 panes) [80x23] ") || windows.starts_with("1: shell* (1 panes) [80x24] "),
        "{windows}"
    );
    let panes = world.ok("list-panes -t worker");
    assert!(panes.starts_with("1: [80x2") && panes.trim_end().ends_with("%0 (active)"), "{panes}");
}

#[test]
fn facts_of_a_pane() {
    let world = World::new();
    world.write("home/deep/file", "");
    world.ok(&format!("new -d -s worker -c {}", world.place("home/deep")));
    world.captured("worker", "$");
    assert_eq!(world.display("worker", "#{pane_current_path}"), world.place("home/deep"));
    assert_eq!(world.display("worker", "#{pane_current_command}"), "sh");
    assert!(world.display("worker", "#{pane_tty}").starts_with("/dev/pts/"));
    assert_eq!(world.display("worker", "#{cursor_x},#{cursor_y}"), "2,0");
    world.ok("send-keys -t worker 'cd ..; cat' Enter");
    until("what runs and where", || {
        let facts = world.display("worker", "#{pane_current_command} #{pane_current_path}");
        (facts == format!("cat {}", world.place("home"))).then_some(())
    });
    let shell = world.pane("worker");
    assert_eq!(shell.parent(), world.keeper().pid, "the keeper is the parent of every program");
    assert_eq!(world.display("worker", "#{?pane_dead,dead,alive} #{==:#{session_name},worker}"), "alive 1");
}

#[test]
fn keys_are_sent_by_name_or_as_they_are() {
    let world = World::new();
    world.ok("new -d -s worker -- cat -v");
    world.ok("send-keys -t worker Up C-a F1 M-x Enter");
    world.captured("worker", "^[[A^A^[OP^[x");
    world.ok("send-keys -t worker -l 'Enter Up'");
    world.ok("send-keys -t worker Enter");
    until("the words themselves, echoed and printed", || {
        (world.ok("capture-pane -p -t worker").matches("Enter Up").count() == 2).then_some(())
    });
    world.ok("send-keys -t worker Space two Space words BSpace Tab Enter");
    world.captured("worker", " two word\t".trim_end());
    world.ok("send-keys -t worker C-d");
    until("it has ended", || (world.mux("has-session -t worker").status != 0).then_some(()));
}

#[test]
fn a_pane_is_captured() {
    let world = World::new();
    world.ok("new -d -s worker -x 40 -y 11");
    world.captured("worker", "$");
    world.ok(
        "send-keys -t worker \"PS1=; clear; seq 1 30; printf '\\033[31mred\\033[0m\\n'; printf '%060d\\n' 7\" Enter",
    );
    world.captured("worker", "007");

    let plain = world.ok("capture-pane -p -t worker");
    let lines: Vec<_> = plain.lines().collect();
    let height: usize = world.display("worker", "#{pane_height}").parse().expect("a number");
    assert!(lines.len() <= height, "the screen only: {lines:?}");
    assert!(lines.contains(&"30") && lines.contains(&"red") && !lines.contains(&"1"), "{lines:?}");
    assert!(!plain.contains('\x1b'));
    assert!(lines.contains(&"0".repeat(40).as_str()), "a long line is two rows: {lines:?}");

    let joined = world.ok("capture-pane -p -J -t worker");
    assert!(joined.lines().any(|line| line.trim_end() == format!("{}7", "0".repeat(59))), "{joined}");

    let coloured = world.ok("capture-pane -p -e -t worker");
    let red = coloured.lines().find(|line| line.contains("red")).unwrap_or_default();
    let (before, behind) = red.split_once("red").unwrap_or_default();
    assert!(before.starts_with('\x1b') && before.ends_with("31m"), "{coloured:?}");
    assert!(behind.starts_with('\x1b'), "the colour ends with its line: {coloured:?}");

    let all = world.ok("capture-pane -p -S - -t worker");
    assert!(all.lines().any(|line| line == "1") && all.contains("30"), "{all}");
    let some = world.ok("capture-pane -p -S -3 -E -2 -t worker");
    assert_eq!(some.lines().count(), 2, "{some:?}");
    let first = world.ok("capture-pane -p -S 0 -E 0 -t worker");
    assert_eq!(first.trim_end(), lines[0]);
}

#[test]
fn a_window_is_given_a_size() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.ok("resize-window -t worker -x 132 -y 43");
    assert_eq!(world.display("worker", "#{window_width}x#{window_height}"), "132x43");
    world.captured("worker", "$");
    world.ok("send-keys -t worker 'stty size' Enter");
    world.captured("worker", "43 132");
}

#[test]
fn a_pane_is_started_again() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.captured("worker", "$");
    let first = world.pane("worker");
    let said = world.fails(1, "respawn-pane -t worker");
    assert!(said.contains("active") || said.contains("-k"), "{said}");
    assert!(first.alive());
    world.ok("respawn-pane -k -t worker -- sh -c 'echo again-$((1+1)); read x'");
    world.captured("worker", "again-2");
    until("the first program has ended", || (!first.alive()).then_some(()));
    assert_ne!(world.pane("worker"), first);
}

#[test]
fn a_dead_pane_stays_where_that_is_wanted() {
    let world = World::new();
    world.ok("new -d -s other");
    world.ok("set-option -g remain-on-exit on");
    world.ok("new -d -s worker -- sh -c 'echo last words; exit 3'");
    until("it is dead", || (world.display("worker", "#{pane_dead}") == "1").then_some(()));
    assert_eq!(world.display("worker", "#{pane_dead_status}"), "3");
    assert!(world.ok("capture-pane -p -t worker").contains("last words"));
    world.ok("respawn-pane -t worker -- sh -c 'echo again; read x'");
    world.captured("worker", "again");
}

#[test]
fn sessions_are_asked_for() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.ok("has-session -t worker");
    world.ok("has -t worker");
    assert_eq!(world.mux("has-session -t nope").status, 1);
}

#[test]
fn commands_may_be_shortened_and_strung_together() {
    let world = World::new();
    world.ok("new -d -s worker ; new-window -n second ; rename-window third");
    assert_eq!(world.ok("lsw -t worker -F '#{window_name}'").lines().last(), Some("third"));
    assert_eq!(world.ok("list-w -t worker").lines().count(), 2);
    // The first failure ends the line.
    let output = world.mux("rename-session -t nope x ; kill-server");
    assert_eq!(output.status, 1, "{output:?}");
    world.ok("has-session -t worker");
}

#[test]
fn a_new_thing_is_printed_where_that_is_asked_for() {
    let world = World::new();
    assert_eq!(world.ok("new -d -s worker -P -F '#{session_name}:#{window_index}'"), "worker:1\n");
    assert_eq!(world.ok("new-window -t worker -P"), "worker:2.1\n");
    let pane = world.ok("split-window -t worker -P -F '#{pane_id}'");
    assert!(pane.starts_with('%'), "{pane}");
}

#[test]
fn panes_are_chosen_and_closed_by_command() {
    let world = World::new();
    world.ok("new -d -s worker -x 80 -y 24");
    world.ok("split-window -t worker -h");
    world.ok("split-window -t worker -v");
    assert_eq!(world.display("worker", "#{pane_index}"), "3");
    world.ok("select-pane -t worker -L");
    assert_eq!(world.display("worker", "#{pane_index}"), "1");
    world.ok("select-pane -t worker:1.2");
    assert_eq!(world.display("worker", "#{pane_index}"), "2");
    world.ok("resize-pane -t worker -Z");
    assert_eq!(world.display("worker", "#{window_zoomed_flag} #{pane_width}"), "1 80");
    world.ok("kill-pane -t worker:1.2");
    assert_eq!(world.ok("list-panes -t worker -F '#{pane_index}'"), "1\n2\n");
    world.ok("kill-window -t worker:1");
    until("the session is gone with its last window", || {
        (world.mux("has-session -t worker").status != 0).then_some(())
    });
}

#[test]
fn many_sessions_can_be_made_quickly() {
    let world = World::new();
    for number in 0..20 {
        world.ok(&format!("new -d -s s{number} -- cat"));
    }
    assert_eq!(world.ok("ls").lines().count(), 20);
    world.ok("kill-server");
}

#[test]
fn the_commands_are_listed() {
    let world = World::new();
    let listed = world.ok("list-commands");
    for name in ["new-session", "attach-session", "run", "capture-pane", "kill-server"] {
        assert!(listed.lines().any(|line| line.starts_with(name)), "{listed}");
    }
    let keys = world.ok("list-keys");
    assert!(keys.lines().any(|line| line.contains("detach-client")), "{keys}");
}
