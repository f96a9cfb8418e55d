//! Options and keys of the user's own, also broken ones.

use crate::harness::World;

#[test]
fn options_come_from_the_config_file() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nprefix = \"C-a\"\nbase-index = 1\nstatus-left = \"<#S> \"\n");
    let mut terminal = world.terminal("new -s worker");
    terminal.wait_for("the status line as it is configured", |s| {
        s.status().starts_with("<worker> ") && s.status().contains(" 1:") && s.prompt()
    });
    terminal.press("C-a d");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn another_config_file_is_named_on_the_command_line() {
    let world = World::new();
    world.write("home/other.toml", "[options]\nstatus-left = \"other \"\n");
    let terminal = world.terminal("-f other.toml new -s worker");
    terminal.wait_for("its status line", |s| s.status().starts_with("other "));
}

#[test]
fn keys_come_from_the_keymap_file() {
    let world = World::new();
    world.write(
        "config/mux/keymaps/tmux.toml",
        "[root]\n\"M-x\" = \"new-window -n from-root\"\n\n[prefix]\n\"D\" = \"detach-client\"\n\"c\" = \"\"\n\
         \"g\" = { note = \"Go\", keys = { \"w\" = { run = \"new-window -n gone\", note = \"Another window\" } } }\n",
    );
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.types("\x1bx");
    terminal.wait_for("the window of the root table", |s| s.status().contains("1:from-root"));
    terminal.press("C-b g");
    terminal.shows("Another window");
    terminal.press("w");
    terminal.wait_for("the window of the nested key", |s| s.status().contains("2:gone"));
    // Unbound: it is swallowed, as tmux does with what it does not know behind the prefix.
    terminal.press("C-b c");
    // Not overridden: still there.
    terminal.press("C-b 0");
    terminal.wait_for("the first window", |s| s.status().contains("0:") && s.prompt());
    assert_eq!(world.display("worker", "#{session_windows}"), "3");
    terminal.press("C-b D");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn a_mistake_in_the_config_is_told_with_its_place_and_the_rest_counts() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nstatus-left = \"rest \"\nhistory-limit = \"many\"\n");
    let mut terminal = world.terminal("new -s worker");
    terminal.shows("config.toml:3:17: ");
    // The message goes by itself.
    terminal.wait_for("the rest of it", |s| s.status().starts_with("rest "));
    terminal.enter("echo works-$((1+1))");
    terminal.prints("works-2");
}

#[test]
fn a_config_that_is_no_toml_is_told_with_its_place() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nprefix = C-a\n");
    let terminal = world.terminal("new -s worker");
    terminal.shows("config.toml:2:");
    world.ok("has-session -t worker");
}

#[test]
fn an_option_that_does_not_exist_is_told_with_the_near_one() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nhistory-limits = 5\n");
    let terminal = world.terminal("new -s worker");
    let screen = terminal.shows("config.toml:2:1: ");
    assert!(screen.shows("history-limit"), "{screen}");
}

#[test]
fn a_mistake_in_a_keymap_is_told_with_its_place() {
    let world = World::new();
    world.write("config/mux/keymaps/tmux.toml", "[prefix]\n\"v\" = \"no-such-command\"\n\"D\" = \"detach-client\"\n");
    let mut terminal = world.sized(120, 24, "new -s worker");
    let screen = terminal.shows("tmux.toml:2:");
    assert!(screen.shows("no-such-command"), "{screen}");
    terminal.press("C-b D");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn a_broken_config_does_not_keep_a_script_from_its_session() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options\n");
    let output = world.mux("new -d -s worker");
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.err.contains("config.toml:1:"), "{output:?}");
    assert_eq!(output.err.lines().count(), 1, "{output:?}");
    world.ok("has-session -t worker");
}

#[test]
fn options_are_set_and_shown_at_run_time() {
    let world = World::new();
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set-option -g status-left 'now '");
    terminal.wait_for("the new status line", |s| s.status().starts_with("now "));
    assert_eq!(world.ok("show-options -g status-left"), "status-left \"now \"\n");
    world.ok("set -g status off");
    terminal.wait_for("no status line", |s| s.status().is_empty());
    assert_eq!(world.display("worker", "#{window_height}"), "24");
    world.ok("set -g status on");
    terminal.wait_for("the status line", |s| s.status().starts_with("now "));

    assert!(world.fails(1, "set -g no-such-option 1").contains("no-such-option"));
    assert!(world.fails(2, "set -g history-limit many").contains("many"));
}
