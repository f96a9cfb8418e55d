//! Options and keys of the user's own, also broken ones.

use crate::harness::{World, until};

#[test]
fn options_come_from_the_config_file() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nprefix = \"C-a\"\nbase-index = 5\nstatus-left = \"<#S> \"\n");
    let mut terminal = world.terminal("new -s worker");
    terminal.wait_for("the status line as it is configured", |s| {
        s.status().starts_with("<worker> ") && s.status().contains(" 5:") && s.prompt()
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
    terminal.wait_for("the window of the root table", |s| s.status().contains("2:from-root"));
    terminal.press("C-b g");
    terminal.shows("Another window");
    terminal.press("w");
    terminal.wait_for("the window of the nested key", |s| s.status().contains("3:gone"));
    // Unbound: it is swallowed, as tmux does with what it does not know behind the prefix.
    terminal.press("C-b c");
    // Not overridden: still there.
    terminal.press("C-b 1");
    terminal.wait_for("the first window", |s| s.status().contains("1:sh") && s.prompt());
    assert_eq!(world.display("worker", "#{session_windows}"), "3");
    terminal.press("C-b D");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn keymaps_and_themes_count_as_soon_as_they_are_saved() {
    let world = World::new();
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    // There was no such folder.
    world.write("config/mux/keymaps/tmux.toml", "[prefix]\n\"Y\" = \"rename-window first\"\n");
    until("the key of the new file", || {
        terminal.press("C-b Y");
        (world.display("x", "#W") == "first").then_some(())
    });
    world.write("config/mux/keymaps/tmux.toml", "[prefix]\n\"Y\" = \"rename-window second\"\n");
    until("the key of the file as it is now", || {
        terminal.press("C-b Y");
        (world.display("x", "#W") == "second").then_some(())
    });
    world.write("config/mux/keymaps/tmux.toml", "[prefix]\n\"Y\" = \"rename-windows third\"\n");
    terminal.shows("tmux.toml:2:");
    world.ok("set -s theme mine");
    terminal.shows("no theme is called 'mine'");
    world.write("config/mux/themes/mine.toml", "[styles]\nstatus-style = \"bg=blue,fg=white\"\n");
    let blue = |screen: &crate::harness::Screen| {
        screen.cell(23, 40).is_some_and(|cell| cell.bgcolor() == vt100::Color::Idx(4))
    };
    terminal.wait_for("the theme's line", blue);
    world.ok("kill-server");
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

#[test]
fn what_is_saved_holds_at_once_and_a_mistake_changes_nothing() {
    let world = World::new();
    let mut terminal = world.sized(140, 24, "new -s worker");
    terminal.prompt();
    world.write("config/mux/config.toml", "[options]\nstatus-left = \"first \"\nstatus-position = \"top\"\n");
    terminal.wait_for("the status line as it was saved", |s| s.row(0).starts_with("first "));
    // Written as editors do: beside it, and renamed into its place.
    world.write("config/mux/new", "[options]\nstatus-left = \"second \"\nstatus-style = \"bg=rde\"\n");
    std::fs::rename(world.path("config/mux/new"), world.path("config/mux/config.toml")).unwrap();
    let screen = terminal.shows("config.toml:3:16: 'bg=rde' is no value for status-style");
    assert!(screen.shows("settings stay as they were: "), "{screen}");
    assert_eq!(world.ok("show -gv status-left"), "first \n");
    world.write("config/mux/config.toml", "[options]\nstatus-left = \"third \"\n");
    terminal.wait_for("what is right again", |s| s.status().starts_with("third "));
    // What a command has set holds until the file says something new of it.
    world.ok("set -g status-right here");
    world.write("config/mux/config.toml", "[options]\nstatus-left = \"fourth \"\n");
    terminal.wait_for("both", |s| s.status().starts_with("fourth ") && s.status().ends_with("here"));
    world.write("config/mux/config.toml", "[options]\nstatus-right = \"there\"\n");
    terminal.wait_for("the newest", |s| s.status().starts_with("[worker] ") && s.status().ends_with("there"));
    terminal.enter("echo works-$((1+1))");
    terminal.prints("works-2");
}

#[test]
fn the_default_configuration_is_printed_and_can_be_used() {
    let world = World::new();
    let file = world.place("config/mux/config.toml");
    assert_eq!(world.ok("config path"), format!("{file}\n"));
    assert_eq!(world.ok("-f other.toml config path"), format!("{}\n", world.place("home/other.toml")));
    assert_eq!(world.ok("config check"), format!("{file}: not there; the defaults hold\n"));
    let text = world.ok("config default");
    for line in ["# keymap = \"tmux\"", "[options]", "# mouse = true", "# history-limit = 50000", "[restore]"] {
        assert!(text.lines().any(|known| known == line), "{line} in\n{text}");
    }
    world.write("config/mux/config.toml", &text.replace("# status-left = ", "status-left = 'own ' # "));
    assert_eq!(world.ok("config check"), format!("{file}: all well\n"));
    let terminal = world.terminal("new -s worker");
    terminal.wait_for("what was changed in it", |s| s.status().starts_with("own "));
}

#[test]
fn a_configuration_is_checked_with_lines_and_marks() {
    let world = World::new();
    world.write("home/bad.toml", "[options]\nmouse = \"maybe\"\nstatus-style = \"fg=gren\"\n");
    let output = world.mux("config check bad.toml");
    assert_eq!((output.status, output.err.as_str()), (1, ""), "{output:?}");
    let expected = "bad.toml:2:9: 'maybe' is no value for mouse: expected on or off\n  2 | mouse = \"maybe\"\n    |         ^\n\
        bad.toml:3:16: 'fg=gren' is no value for status-style: 'gren' is no colour: expected red, brightred, colour0 to \
        colour255 or #rrggbb\n  3 | status-style = \"fg=gren\"\n    |                ^\n";
    assert_eq!(output.out, expected);
    assert!(world.fails(1, "config check absent.toml").contains("absent.toml"));
    assert!(world.fails(2, "config path x").contains("takes no file"));
}
