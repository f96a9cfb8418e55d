//! The command prompt: completion, history, help, and whose keys it has.

use crate::harness::{World, until};

#[test]
fn tab_completes_commands_flags_targets_and_options() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("new -d -s web-server");
    world.ok("new -d -s web-client");
    terminal.press("C-b :");
    terminal.types("switch-c\t");
    let screen = terminal.wait_for("the command", |s| s.status() == ":switch-client");
    assert!(screen.row(22).starts_with("switch-client [-npl]"), "{screen}");
    terminal.types("-t we\t");
    terminal.wait_for("what they have in common", |s| s.status() == ":switch-client -t web-");
    let screen = terminal.shows("web-server ");
    assert!(screen.shows("web-client ") && screen.row(22).starts_with("-t TARGET: "), "{screen}");
    terminal.types("\t");
    terminal.wait_for("the first of them", |s| s.status() == ":switch-client -t web-client");
    terminal.types("\x1b[Z");
    terminal.types("\x1b[Z");
    terminal.wait_for("round to the last", |s| !s.status().ends_with("web-client"));
    terminal.press("C-u");
    terminal.types("switch-client -t web-s\t\r");
    until("there", || world.ok("lsc -F '#{client_session}'").starts_with("web-server").then_some(()));
    terminal.press("C-b :");
    terminal.types("set -g status-po\tto\t");
    terminal.wait_for("option and value", |s| s.status() == ":set -g status-position top");
    terminal.types("\r");
    until("it is set", || (world.ok("show -gv status-position") == "top\n").then_some(()));
    // At the top there is room below.
    terminal.press("C-b :");
    terminal.types("rename-\t");
    let screen = terminal.shows("rename-window ");
    assert!(screen.row(0).starts_with(":rename-"), "{screen}");
}

#[test]
fn what_was_typed_comes_back_in_another_client() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    for name in ["one", "two"] {
        terminal.press("C-b :");
        terminal.types(&format!("rename-window {name}\r"));
        until("renamed", || (world.display("worker", "#{window_name}") == name).then_some(()));
    }
    terminal.press("C-b d");
    terminal.exits();
    assert_eq!(world.read("state/mux/prompt-history"), "rename-window one\nrename-window two\n");
    let mut terminal = world.terminal("attach -t worker");
    terminal.prompt();
    terminal.press("C-b :");
    terminal.types("draft");
    terminal.press("Up");
    terminal.wait_for("the last", |s| s.status() == ":rename-window two");
    terminal.press("Up Up");
    terminal.wait_for("the first", |s| s.status() == ":rename-window one");
    terminal.press("Down Down");
    terminal.wait_for("what was being typed", |s| s.status() == ":draft");
    terminal.press("Up Up Enter");
    until("renamed", || (world.display("worker", "#{window_name}") == "one").then_some(()));
}

#[test]
fn it_has_vis_keys_where_the_user_wants_them() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g status-keys vi");
    world.ok("display-message 'so far heard'");
    terminal.shows("so far heard");
    terminal.press("C-b :");
    terminal.types("xrename-window a-bcX");
    terminal.press("Escape");
    // A lone Escape is told from Alt by what follows it.
    terminal.wait_for("the line", |s| s.status() == ":xrename-window a-bcX");
    terminal.press("X 0 x A d Enter");
    until("renamed", || (world.display("worker", "#{window_name}") == "a-bcd").then_some(()));
    terminal.press("C-b :");
    terminal.press("x Escape");
    terminal.wait_for("the line", |s| s.status() == ":x");
    terminal.press("q");
    terminal.wait_for("the status line", |s| s.status().starts_with("[worker]"));
}

#[test]
fn it_fits_a_small_terminal() {
    let world = World::new();
    let mut terminal = world.sized(20, 5, "new -s worker");
    terminal.prompt();
    terminal.press("C-b :");
    terminal.types("rename-\t\t");
    let screen = terminal.wait_for("the first", |s| s.status() == ":rename-session");
    assert!(screen.row(3).starts_with("rename-session [-t"), "{screen}");
    assert!(screen.row(1).starts_with("rename-session") && screen.row(2).starts_with("rename-window"), "{screen}");
    // Together they would be one key.
    terminal.press("Escape");
    terminal.wait_for("the line alone", |s| !s.row(2).starts_with("rename"));
    terminal.press("Escape");
    terminal.wait_for("the shell", |s| s.prompt() && !s.shows("rename"));
}
