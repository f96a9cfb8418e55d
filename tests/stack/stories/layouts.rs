//! Sessions as files: read by `new --layout`, written by `save-layout`.

use crate::harness::{World, until};

const FILE: &str = r#"
name = "web"
directory = "src"
env = { FLAVOUR = "sweet" }
options = { status-left = "<#S> " }

[[window]]
name = "edit"
layout = "even-horizontal"
options = { pane-border-lines = "double" }

[[window.pane]]
command = "echo edits $FLAVOUR; exec sleep 1000"

[[window.pane]]
run = "echo typed-$((1+1))"
focus = true

[[window.pane]]
directory = "deep"
command = ["sleep", "2000"]
env = { MORE = "yes" }

[[window]]
index = 7
focus = true

[[window.pane]]

[[window.pane]]
split = "right"
size = "25%"
"#;

/// All that a file says of panes, as the server has it.
const PANES: &str = "list-panes -s -t web -F '#{window_index} #{window_name} #{window_active} #{pane_index} \
                     #{pane_active} #{pane_current_path} #{pane_start_command} #{pane_width}x#{pane_height}'";

fn world() -> World {
    let world = World::new();
    world.write("home/src/deep/.keep", "");
    world.write("home/web.toml", FILE);
    world
}

#[test]
fn a_file_becomes_a_session() {
    let world = world();
    let mut terminal = world.terminal("new --layout web.toml");
    terminal.wait_for("the window with the focus", |s| s.status().starts_with("<web> 1:edit  7:sh*") && s.prompt());
    let panes = world.ok(PANES);
    let src = world.place("home/src");
    let expected = [
        format!("1 edit 0 1 0 {src} echo edits $FLAVOUR; exec sleep 1000 26x23"),
        format!("1 edit 0 2 1 {src}  26x23"),
        format!("1 edit 0 3 0 {src}/deep sleep 2000 26x23"),
        format!("7 sh 1 1 1 {src}  59x23"),
        format!("7 sh 1 2 0 {src}  20x23"),
    ];
    assert_eq!(panes.lines().collect::<Vec<_>>(), expected);
    terminal.press("C-b p");
    terminal.wait_for("what runs there", |s| s.shows("edits sweet") && s.shows("typed-2") && s.shows("║"));
    assert_eq!(world.ok("show-environment -t web FLAVOUR"), "FLAVOUR=sweet\n");
    terminal.enter("echo still-$FLAVOUR");
    terminal.shows("still-sweet");
}

#[test]
fn what_is_saved_brings_the_session_back() {
    let world = world();
    world.ok("new -d -x 120 -y 40 --layout web.toml");
    world.ok("resize-pane -t web:1.1 -x 30");
    world.ok("select-pane -t web:1.3");
    world.ok("set -w -t web:7 remain-on-exit on");
    until("where all of them are is known", || world.ok(PANES).contains("/deep sleep 2000").then_some(()));
    let before = world.ok(PANES);
    let printed = world.ok("save-layout -t web");
    assert!(printed.contains("\noptions = { remain-on-exit = \"on\" }\n"), "{printed}");
    world.ok("save-layout -t web saved.toml");
    assert_eq!(world.read("home/saved.toml"), printed);
    let there = world.fails(1, "save-layout -t web saved.toml");
    assert!(there.contains("saved.toml is there already"), "{there}");
    world.ok("save-layout -f -t web saved.toml");
    assert!(world.fails(1, "new -d --layout saved.toml").starts_with("duplicate session: web"));
    world.ok("kill-session -t web");
    world.ok("new -d -x 120 -y 40 --layout saved.toml");
    until("the same panes", || (world.ok(PANES) == before).then_some(()));
    assert_eq!(world.ok("save-layout -t web"), printed);
    world.ok("new -d -s more --layout saved.toml");
    assert_eq!(world.ok("list-sessions -F '#{session_name} #{session_windows}'"), "more 2\nweb 2\n");
}

#[test]
fn a_file_with_anything_wrong_in_it_starts_nothing() {
    let world = world();
    world.write(
        "home/bad.toml",
        "nam = 'x'\n[[window]]\nlayout = 'tilde'\n[[window.pane]]\ncommand = 'no-such-program'\n",
    );
    let output = world.mux("new -d --layout bad.toml");
    assert_eq!((output.status, output.err.lines().count()), (2, 1), "{output:?}");
    let file = world.place("home/bad.toml");
    assert!(output.err.starts_with(&format!("{file}:1:1: a layout file has no 'nam'")), "{output:?}");
    assert!(output.err.contains("(and 2 more)") && output.err.contains("nothing was started"), "{output:?}");
    assert!(
        output.out.contains(&format!("{file}:5:11: there is no program 'no-such-program'\n  5 | command")),
        "{output:?}"
    );
    let gone = world.fails(1, "new -d --layout gone.toml");
    assert!(gone.ends_with("gone.toml: no such file or directory"), "{gone}");
    assert_eq!(world.mux("list-sessions").out, "");
    world.write("home/many.toml", &format!("[[window]]\n{}", "[[window.pane]]\n".repeat(30)));
    let many = world.fails(1, "new -d --layout many.toml");
    assert!(many.starts_with("window 1 cannot be laid out: 80x24 has no room for its 30 panes"), "{many}");
    assert_eq!(world.mux("list-sessions").out, "");
}
