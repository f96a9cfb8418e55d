//! What people's tmux scripts and configurations use: the shell, conditions, files of commands, hooks, variables,
//! channels, options of one place.

use crate::harness::{World, until};

/// A world in which windows and panes are counted from 0, as scripts for tmux expect.
fn counted() -> World {
    let world = World::new();
    let config = "[options]\nbase-index = 0\npane-base-index = 0\nrenumber-windows = false\n";
    world.write("config/mux/config.toml", config);
    world
}

fn session(world: &World) {
    world.ok("new-session -d -s w 'exec cat'");
}

#[test]
fn the_shell_runs_lines_and_tells_their_output_and_status() {
    let world = counted();
    session(&world);
    assert_eq!(world.ok("run-shell 'echo #{session_name}-$((1+1))'"), "w-2\n");
    assert_eq!(world.mux("run-shell 'exit 3'").status, 3);
    assert_eq!(world.ok("run-shell -d 0.1 ; display-message -p waited"), "waited\n");
    world.ok("run-shell -C 'new-window -t w: -n made cat'");
    assert_eq!(world.display("w", "#{window_name}"), "made");
    // In the background, where it calls mux itself.
    world.ok("run-shell -b 'mux rename-window -t w: background'");
    until("the new name", || (world.display("w", "#{window_name}") == "background").then_some(()));
    world.ok("run-shell -b -d 0.1 -C 'rename-window -t w: later'");
    until("the later name", || (world.display("w", "#{window_name}") == "later").then_some(()));
    // What goes on when the server ends does not stay behind: the world looks.
    world.ok("run-shell -b 'sleep 1000'");
    world.ok("run-shell -b 'sh -c \"sleep 1000; true\"; true'");
    until("both run", || (world.sh("pgrep -f 'slee[p] 1000' | wc -l").out.trim() != "0").then_some(()));
}

#[test]
fn a_condition_chooses_what_is_run() {
    let world = counted();
    session(&world);
    let line = "if-shell 'test -e /etc/passwd' 'rename-window -t w: yes' 'rename-window -t w: no' ; display-message -p -t w '#W'";
    assert_eq!(world.ok(line), "yes\n");
    assert_eq!(world.ok("if-shell false 'display-message -p yes' 'display-message -p no'"), "no\n");
    assert_eq!(
        world.ok("if-shell -F '#{==:1,1}' 'display-message -p a ; display-message -p b' ; display-message -p c"),
        "a\nb\nc\n"
    );
    world.ok("if-shell -b true 'rename-window -t w: background'");
    until("the new name", || (world.display("w", "#{window_name}") == "background").then_some(()));
    assert!(world.fails(2, "if-shell true nonsense").contains("unknown command: nonsense"));
}

#[test]
fn a_file_of_commands_goes_on_behind_what_fails_and_says_where() {
    let world = counted();
    session(&world);
    world.write(
        "home/good.conf",
        "# looks\nset -g status-left 'now ' # and so on\nif -F '#{==:1,1}' {\n  rename-window -t w: \"from a file\"\n}\n\
         new-window -d -t w:5 \\\n  -n five cat\nsource-file more.conf\n",
    );
    world.write("home/more.conf", "new-window -d -t w:6 -n six cat ; rename-window -t w:6 sixth\n");
    world.ok("source-file good.conf");
    assert_eq!(world.ok("list-windows -t w -F '#I #W'"), "0 from a file\n5 five\n6 sixth\n");
    assert_eq!(world.ok("show-options -gv status-left"), "now \n");

    world.write(
        "home/bad.conf",
        "kill-window -t w:6\nnew-window -t w:5 cat\nnonsense\nsplit-window --nope\nkill-window -t w:5\n",
    );
    let output = world.mux("source-file bad.conf");
    assert_eq!((output.status, output.out.as_str()), (1, ""));
    let place = world.place("home/bad.conf");
    let lines: Vec<&str> = output.err.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with(&format!("{place}:2: index in use: 5")), "{lines:?}");
    assert!(lines[1].starts_with(&format!("{place}:3: unknown command: nonsense")), "{lines:?}");
    assert!(lines[2].starts_with(&format!("{place}:4: split-window: ")), "{lines:?}");
    assert_eq!(world.ok("list-windows -t w -F '#I'"), "0\n", "the rest was done");

    let checked = world.mux("source-file -n bad.conf");
    assert_eq!((checked.status, checked.err.lines().count()), (1, 2), "{checked:?}");
    world.ok("source-file -q nowhere.conf");
    assert!(world.mux("source-file nowhere.conf").err.contains("nowhere.conf: No such file"));
    world.write("home/round.conf", "source-file round.conf\n");
    assert!(world.mux("source-file round.conf").err.contains("more than 100 files"));
}

#[test]
fn hooks_run_when_something_happens_and_live_on_with_the_next_server() {
    let world = counted();
    session(&world);
    let log = world.place("home/log");
    world.ok(&format!("set-hook -g window-renamed 'run-shell \"echo renamed #W >> {log}\"'"));
    world.ok(&format!("set-hook -g after-split-window 'run-shell \"echo split #{{window_panes}} >> {log}\"'"));
    world.ok(&format!("set-hook -g pane-exited 'run-shell \"echo exited >> {log}\"'"));
    let logged =
        |text: &str| until(&format!("'{text}' in the log"), || world.read("home/log").contains(text).then_some(()));
    world.ok("rename-window -t w: one");
    logged("renamed one\n");
    world.ok("split-window -t w: 'exec cat'");
    logged("split 2\n");
    world.ok("respawn-pane -k -t w: true");
    logged("exited\n");
    assert!(world.ok("show-hooks -g").contains("window-renamed[0] "));
    let server = world.server();
    server.kill(rustix::process::Signal::KILL);
    until("the next server", || (!server.alive() && world.mux("has-session -t w").status == 0).then_some(()));
    world.ok("rename-window -t w: two");
    logged("renamed two\n");
    world.ok("set-hook -gu window-renamed");
    assert!(world.fails(1, "set-hook -g pane-focus-in ls").contains("not offered"));
}

#[test]
fn variables_are_given_to_programs_that_start_later() {
    let world = counted();
    session(&world);
    world.ok("set-environment -g COLOUR blue");
    world.ok("set-environment -t w COLOUR green");
    world.ok("set-environment -t w -r LANG");
    world.ok("new-window -t w: 'echo colour-$COLOUR [$LANG]; exec cat'");
    world.captured("w", "colour-green []");
    world.ok("new-session -d -s v 'echo colour-$COLOUR; exec cat'");
    world.captured("v", "colour-blue");
    assert_eq!(world.ok("show-environment -t w"), "COLOUR=green\n-LANG\n");
    assert_eq!(world.ok("run-shell -t w: 'echo $COLOUR'"), "green\n");
}

#[test]
fn scripts_wait_for_each_other() {
    let world = counted();
    session(&world);
    world.ok("new-window -d -t w: 'mux wait-for go; echo went > went; exec cat'");
    world.ok("new-window -d -t w: 'mux wait-for -L door && mux wait-for -S locked; mux wait-for open; mux wait-for -U door; exec cat'");
    world.ok("wait-for locked");
    world.ok("wait-for -S go");
    until("who waited goes on", || (world.read("home/went") == "went\n").then_some(()));
    world.ok("wait-for -S open");
    world.ok("wait-for -L door");
    world.ok("wait-for -U door");
    assert!(world.fails(1, "wait-for -U door").contains("not locked"));
}

#[test]
fn options_of_one_place_and_panes_in_step() {
    let world = counted();
    let mut terminal = world.terminal("new-session -s w 'exec cat'");
    terminal.shows("[w]");
    world.ok("new-session -d -s v 'exec cat'");
    world.ok("set -t w status-left 'own '");
    terminal.wait_for("its own status line", |s| s.status().starts_with("own "));
    assert_eq!(world.ok("show-options -t v"), "");
    world.ok("split-window -h -t w: 'exec cat'");
    terminal.wait_for("two panes", |s| s.border(0).is_some());
    world.ok("set -w -t w: synchronize-panes on");
    terminal.enter("to both");
    terminal.wait_for("both panes with it", |s| s.rows().iter().any(|row| row.matches("to both").count() == 2));
    world.ok("set -p -t w:0.0 synchronize-panes off");
    terminal.enter("one");
    terminal.wait_for("one pane with it", |s| s.rows().iter().filter(|row| row.contains("one")).count() == 2);
    assert!(!world.ok("capture-pane -p -t w:0.0").contains("one"));
    let server = world.server();
    server.kill(rustix::process::Signal::KILL);
    until("the next server", || (!server.alive() && world.mux("has-session -t w").status == 0).then_some(()));
    assert_eq!(world.ok("show-options -t w"), "status-left \"own \"\n");
    assert_eq!(world.ok("show-options -p -t w:0.0"), "synchronize-panes off\n");
    world.ok("set -p -t w:0.1 remain-on-exit on");
    world.ok("respawn-pane -k -t w:0.1 'exit 3'");
    terminal.shows("Pane is dead (status 3)");
}

#[test]
fn windows_are_marked_when_something_happens_in_them() {
    let world = counted();
    let terminal = world.terminal("new-session -s w 'exec cat'");
    terminal.shows("[w]");
    world.ok("set -g monitor-activity on");
    world.ok("new-window -d -t w:1 -n loud 'read x; echo said; exec cat'");
    world.ok("new-window -d -t w:2 -n rings 'read x; printf \"\\a\"; exec cat'");
    world.ok("new-window -d -t w:3 -n still 'exec cat'");
    world.ok("set -w -t w:2 monitor-activity off");
    world.ok("set -w -t w:3 monitor-silence 1");
    terminal.shows("3:still");
    world.ok("send-keys -t w:1 x Enter");
    world.ok("send-keys -t w:2 x Enter");
    terminal.wait_for("the three marks", |s| {
        let line = s.status();
        line.contains("1:loud#") && line.contains("2:rings!") && line.contains("3:still~")
    });
    world.ok("next-window -a -t w");
    assert_eq!(world.display("w", "#I #{window_activity_flag}"), "1 0");
    world.ok("next-window -a -t w");
    world.ok("next-window -a -t w");
    assert_eq!(world.display("w", "#I #{window_silence_flag}"), "3 0");
}

#[test]
fn a_pane_is_connected_with_a_line_of_the_shell() {
    let world = counted();
    session(&world);
    let log = world.place("home/w.log");
    world.ok(&format!("pipe-pane -t w: 'cat >> {log}'"));
    assert_eq!(world.display("w", "#{pane_pipe}"), "1");
    world.ok("send-keys -t w: first Enter");
    until("the first line in the log", || world.read("home/w.log").contains("first\r\nfirst").then_some(()));
    world.ok("pipe-pane -t w:");
    world.ok("send-keys -t w: second Enter");
    world.captured("w", "second\nsecond");
    assert!(!world.read("home/w.log").contains("second"));
    // A line that reads nothing keeps nobody.
    world.ok("respawn-pane -k -t w: 'read x; seq 200000; echo all-$((1+1)); exec cat'");
    world.ok("pipe-pane -t w: 'sleep 1000'");
    world.ok("send-keys -t w: x Enter");
    world.captured("w", "all-2");
    world.ok("pipe-pane -o -t w: 'cat'");
    assert_eq!(world.display("w", "#{pane_pipe}"), "0", "it is let go");
    world.ok("pipe-pane -I -t w: 'echo typed by a pipe'");
    world.captured("w", "typed by a pipe\ntyped by a pipe");
    until("its end", || (world.display("w", "#{pane_pipe}") == "0").then_some(()));
}
