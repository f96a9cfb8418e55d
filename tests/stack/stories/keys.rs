//! Keymaps, key tables, and keys that are changed while mux runs.

use rustix::process::Signal;

use crate::harness::{Terminal, World, until};

/// Waits until the client has heard of what was changed before.
fn heard(world: &World, terminal: &Terminal) {
    world.ok("display-message 'so far heard'");
    terminal.shows("so far heard");
}

/// The keymap by the configuration, and a session with a shell.
fn with_keymap(name: &str) -> (World, Terminal) {
    let world = World::new();
    world.write("config/mux/config.toml", &format!("keymap = \"{name}\"\n"));
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    (world, terminal)
}

#[test]
fn screens_keys_are_behind_its_own_prefix() {
    let (world, mut terminal) = with_keymap("screen");
    terminal.press("C-a c");
    terminal.wait_for("a second window", |s| s.status().contains("2:sh*") && s.prompt());
    terminal.press("C-a C-a");
    terminal.wait_for("the first window is back", |s| s.status().contains("1:sh*"));
    terminal.press("C-a S");
    until("two regions", || (world.display("worker", "#{window_panes}") == "2").then_some(()));
    terminal.press("C-a X");
    until("one is out of sight", || (world.display("worker", "#{window_panes}") == "1").then_some(()));
    assert_eq!(world.display("worker", "#{session_windows}"), "3");
    terminal.press("C-a Escape");
    terminal.shows("[0/0]");
    terminal.press("q");
    terminal.prompt();
    terminal.enter("cat -v");
    terminal.press("C-b C-a a Enter");
    terminal.prints("^B^A");
    terminal.interrupt();
    terminal.press("C-a d");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn zellijs_modes_have_a_hint_line_and_stay() {
    let (world, mut terminal) = with_keymap("zellij");
    terminal.press("C-p");
    let screen = terminal.wait_for("the mode's line", |s| s.status().starts_with(" PANE "));
    assert!(screen.status().contains("n New") && screen.status().contains("d Down"), "{screen}");
    terminal.press("d");
    terminal.wait_for("the status line", |s| s.status().starts_with("[worker]"));
    until("two panes", || (world.display("worker", "#{window_panes}") == "2").then_some(()));
    // A mode stays while its keys are used, and another mode's key goes there.
    terminal.press("C-p k");
    until("the pane above", || (world.display("worker", "#{pane_index}") == "1").then_some(()));
    terminal.press("j");
    until("the pane below", || (world.display("worker", "#{pane_index}") == "2").then_some(()));
    terminal.press("C-n");
    terminal.wait_for("the line of sizes", |s| s.status().starts_with(" RESIZE "));
    let height = world.display("worker", "#{pane_height}");
    terminal.press("k k");
    until("a larger pane", || (world.display("worker", "#{pane_height}") != height).then_some(()));
    terminal.press("Enter C-t n");
    until("a second window", || (world.display("worker", "#{session_windows}") == "2").then_some(()));
    // Without a prefix, wherever one is.
    terminal.types("\x1bn");
    until("another pane", || (world.display("worker", "#{window_panes}") == "2").then_some(()));
    // C-b is zellij's tmux mode.
    terminal.press("C-b z");
    until("zoomed", || (world.display("worker", "#{window_zoomed_flag}") == "1").then_some(()));
    terminal.press("C-o d");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn locked_all_keys_are_the_programs() {
    let (_world, mut terminal) = with_keymap("zellij");
    terminal.enter("cat -v");
    terminal.press("C-g");
    let screen = terminal.wait_for("the lock", |s| s.status().contains(" LOCKED "));
    assert!(screen.status().starts_with("[worker]"), "the status line stays: {screen}");
    terminal.press("C-p C-b C-t Enter");
    terminal.prints("^P^B^T");
    terminal.press("C-g");
    terminal.wait_for("no lock", |s| !s.status().contains("LOCKED"));
    terminal.press("C-p");
    terminal.wait_for("the mode's line", |s| s.status().starts_with(" PANE "));
}

#[test]
fn scrolling_is_a_mode_that_ends_with_copy_mode() {
    let (_world, mut terminal) = with_keymap("zellij");
    terminal.enter("seq 100");
    terminal.prints("100");
    terminal.press("C-s");
    terminal.wait_for("the mode's line", |s| s.status().starts_with(" SCROLL "));
    terminal.press("u u u");
    terminal.shows("[33/");
    // What the mode has not bound is copy mode's.
    terminal.press("g");
    terminal.wait_for("the oldest line", |s| s.row(0).starts_with("$ seq") || s.row(0).starts_with('1'));
    terminal.press("V y");
    terminal.wait_for("the status line", |s| s.status().starts_with("[worker]"));
    terminal.enter("echo typed-$((1+1))");
    terminal.prints("typed-2");
}

#[test]
fn a_users_file_goes_over_any_keymap_key_by_key() {
    let world = World::new();
    world.write("config/mux/config.toml", "keymap = \"zellij\"\n");
    world.write(
        "config/mux/keymaps/zellij.toml",
        "[modes]\nwindows = \"WINDOWS\"\n[root]\n\"C-t\" = \"\"\n\"M-w\" = \"switch-client -T windows\"\n\
         [windows]\n\"n\" = { run = \"new-window -n made\", note = \"Make\" }\n\"Escape\" = \"switch-client -T root\"\n\
         [pane]\n\"d\" = \"\"\n\"D\" = \"split-window -v ; switch-client -T root\"\n",
    );
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.types("\x1bw");
    let screen = terminal.wait_for("a mode of one's own", |s| s.status().starts_with(" WINDOWS "));
    assert!(screen.status().contains("n Make"), "{screen}");
    terminal.press("n n Escape");
    until("two windows more", || (world.display("worker", "#{session_windows}") == "3").then_some(()));
    terminal.press("C-p d D");
    until("one split", || (world.display("worker", "#{window_panes}") == "2").then_some(()));
    terminal.enter("cat -v");
    terminal.press("C-t Enter");
    terminal.prints("^T");
}

#[test]
fn keys_are_bound_for_every_client_and_outlive_the_server() {
    let world = World::new();
    let mut one = world.terminal("new -s worker");
    one.prompt();
    let mut two = world.terminal("attach -t worker");
    two.prompt();
    world.ok("bind-key -N 'Made here' y new-window -n bound");
    world.ok("bind -n M-y 'rename-window named'");
    world.ok("unbind c");
    let old = world.server();
    old.kill(Signal::KILL);
    until("another server", || (world.server() != old).then_some(()));
    for (terminal, windows) in [(&mut one, "2"), (&mut two, "3")] {
        terminal.wait_for("the session again", |s| s.status().starts_with("[worker]") && s.prompt());
        terminal.press("C-b c C-b y");
        until("one more window", || (world.display("worker", "#{session_windows}") == windows).then_some(()));
        terminal.wait_for("it", |s| s.status().contains("bound"));
    }
    one.types("\x1by");
    until("another name", || (world.display("worker", "#{window_name}") == "named").then_some(()));
    assert_eq!(world.ok("list-keys -N -T prefix y"), "C-b y           Made here\n");
    assert!(world.fails(1, "list-keys -T prefix c").contains("'c'"));
    assert!(world.ok("bind-key").starts_with("bind-key -N 'Made here' -T prefix y "));
    // A client that comes later has them too, and what is taken back is as it was.
    world.ok("unbind y");
    world.ok("bind c new-window -n again");
    let mut three = world.terminal("attach -t worker");
    three.prompt();
    three.press("C-b y C-b c");
    until("a window", || (world.display("worker", "#{window_name}") == "again").then_some(()));
    assert_eq!(world.display("worker", "#{session_windows}"), "4");
}

#[test]
fn a_key_leads_to_a_table_and_keys_in_it_repeat() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g repeat-time 60000");
    world.ok("bind w switch-client -T windows");
    world.ok("bind -T windows -r n new-window");
    world.ok("bind -T windows 'a b' 'rename-window by-two-keys'");
    heard(&world, &terminal);
    terminal.press("C-b w n n n");
    until("three windows more", || (world.display("worker", "#{session_windows}") == "4").then_some(()));
    // Any other key ends it, and is the program's.
    terminal.prompt();
    terminal.enter("echo typed-$((1+1))");
    terminal.prints("typed-2");
    terminal.press("C-b w a b");
    until("the name", || (world.display("worker", "#{window_name}") == "by-two-keys").then_some(()));
    world.ok("switch-client -T windows");
    heard(&world, &terminal);
    terminal.press("n");
    until("another one", || (world.display("worker", "#{session_windows}") == "5").then_some(()));
    terminal.wait_for("it", |s| s.prompt());
    world.ok("switch-client -T nope");
    terminal.shows("table nope doesn't exist");
}

#[test]
fn there_are_two_prefixes_and_both_can_be_sent() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g prefix C-a");
    world.ok("set -g prefix2 C-e");
    world.ok("bind s send-prefix");
    world.ok("bind t send-prefix -2");
    heard(&world, &terminal);
    terminal.enter("cat -v");
    terminal.press("C-b C-a s C-e t Enter");
    terminal.prints("^B^A^E");
    world.ok("set -g prefix2 None");
    heard(&world, &terminal);
    terminal.press("C-e Enter");
    terminal.prints("^E");
    assert!(world.fails(2, "set -g prefix2 Foo").contains("a key like C-b, or None"));
}

#[test]
fn another_keymap_is_taken_while_mux_runs() {
    let world = World::new();
    let mut terminal = world.sized(120, 24, "new -s worker");
    terminal.prompt();
    world.ok("set -g keymap zellij");
    until("zellij's keys", || {
        terminal.press("C-g");
        terminal.screen().status().contains("LOCKED").then_some(())
    });
    world.ok("set -g keymap nope");
    terminal.shows("no keymap is called 'nope'");
    // The keys stay as they are.
    until("the lock and none again", || {
        terminal.press("C-g");
        (!terminal.screen().status().contains("LOCKED")).then_some(())
    });
    assert!(world.fails(2, "set -g keymap ../x").contains("a name like tmux"));
    world.ok("set -g keymap tmux");
    world.write("config/mux/keymaps/tmux.toml", "[prefix]\nD = \"detach-client\"\nc = \"no-such-command\"\n");
    world.ok("keys --reload");
    terminal.shows("tmux.toml:3:");
    terminal.press("C-b c");
    terminal.wait_for("a window by the key that stays", |s| s.status().contains("2:"));
    terminal.press("C-b D");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn the_table_of_keys_is_printed_for_every_keymap() {
    let world = World::new();
    let own = world.ok("keys");
    assert!(own.starts_with("Keys of the keymap tmux, prefix C-b\n"), "{own}");
    assert!(own.lines().any(|line| line == "  c            Open a window"), "{own}");
    let screen = world.ok("keys --keymap screen");
    assert!(screen.contains("After the prefix, C-a") && screen.contains("C-c          Open a window"), "{screen}");
    let zellij = world.ok("keys --keymap zellij");
    assert!(zellij.contains("In the mode PANE") && zellij.contains("  d            Down"), "{zellij}");
    assert!(world.fails(1, "keys --keymap nope").contains("expected tmux, screen, zellij"));
    assert!(world.fails(1, "list-keys -T nope").contains("root, prefix"));
    assert_eq!(world.ok("list-keys -1N").lines().count(), 1);
    assert!(world.ok("list-keys -N -P 'CB ' c").starts_with("CB c"));
    world.write(
        "config/mux/keymaps/tmux.toml",
        "[prefix]\n\"c\" = \"nonsense\"\n\"^c\" = \"\"\n\"C-c\" = \"\"\n[root]\nC-b = \"new-window\"\n",
    );
    let output = world.mux("keys");
    for told in [
        "tmux.toml:2:7: unknown command: nonsense",
        "tmux.toml:4:1: 'C-c' is bound here already",
        "tmux.toml:6:1: 'C-b' is a prefix",
    ] {
        assert!(output.err.contains(told), "{told}: {output:?}");
    }
    assert!(output.out.contains("c            Open a window"), "the old key stays: {output:?}");
}

#[test]
fn the_keys_are_searched_and_run_from_the_list() {
    for (cols, rows) in [(80, 24), (20, 5)] {
        let world = World::new();
        let mut terminal = world.sized(cols, rows, "new -s worker");
        terminal.prompt();
        terminal.press("C-b ?");
        terminal.shows("After the prefix");
        terminal.press("/");
        terminal.types("open a win");
        let screen = terminal.wait_for("one key", |s| s.status().starts_with("/open a win") && s.shows("C-b c"));
        assert!(!screen.shows("C-b n"), "{screen}");
        terminal.press("Enter Enter");
        until("a window", || (world.display("worker", "#{session_windows}") == "2").then_some(()));
        terminal.prompt();
        world.ok("bind -N 'Mine alone' Y new-window");
        heard(&world, &terminal);
        terminal.press("C-b ?");
        terminal.press("/");
        terminal.types("mine");
        terminal.shows("C-b Y");
        // Together they would be Alt-q.
        terminal.press("Escape");
        terminal.wait_for("all keys", |s| !s.status().starts_with("/mine"));
        terminal.press("q");
        terminal.wait_for("the shell", |s| s.prompt() && !s.shows("After the prefix"));
    }
}

#[test]
fn what_can_follow_is_shown_with_every_keymap_and_size() {
    for (keymap, prefix, shown) in [("tmux", "C-b", "C-b"), ("screen", "C-a", "a"), ("zellij", "C-b", "C-b")] {
        for (cols, rows) in [(80, 24), (20, 5)] {
            let world = World::new();
            world.write("config/mux/config.toml", &format!("keymap = \"{keymap}\"\n"));
            let mut terminal = world.sized(cols, rows, "new -s worker");
            terminal.prompt();
            terminal.press(prefix);
            let screen = terminal.shows("what can follow");
            assert!(screen.shows(&format!("{shown}  Send the")), "{keymap} {cols}x{rows}:\n{screen}");
            // It goes with the key that was waited for.
            terminal.press("c");
            terminal.wait_for("a window", |s| !s.shows("what can follow") && s.prompt());
            until("two", || (world.display("worker", "#{session_windows}") == "2").then_some(()));
        }
    }
}

#[test]
fn keys_that_terminals_confuse_reach_a_program_that_asks() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.wants_keys(0);
    // kitty's way.
    terminal.enter("stty -icanon -echo; printf '\\033[>1u'; stty -icrnl; cat -v");
    terminal.wants_keys(5);
    // Ctrl-Enter, Shift-Enter, Alt-x, Ctrl-i, Shift-Up, and Enter as ever.
    terminal.types("\x1b[13;5u\x1b[13;2u\x1b[120;3u\x1b[105;5u\x1b[1;2A\r");
    terminal.prints("^[[13;5u^[[13;2u^[[120;3u^[[105;5u^[[1;2A^M");
    world.ok("new-window");
    terminal.wait_for("another shell", |s| s.status().contains("2:sh*") && s.prompt());
    terminal.wants_keys(0);
    // xterm's way: the same keys, in its own form.
    terminal.enter("stty -icanon -echo; printf '\\033[>4;2m'; cat -v");
    terminal.wants_keys(5);
    terminal.types("\x1b[13;5u\x1b[120;3u\x1b[1;2A.");
    terminal.shows("^[[27;5;13~^[[27;3;120~^[[1;2A.");
}

#[test]
fn a_program_that_does_not_ask_gets_keys_as_ever() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    // The user's own key needs the terminal to tell keys apart.
    world.ok("bind -n C-Enter new-window -n made");
    terminal.wants_keys(5);
    terminal.enter("stty -icanon -echo; cat -v");
    // What a terminal sends that was asked: Ctrl-a, Alt-x, Ctrl-i, Shift-Up.
    terminal.types("\x1b[97;5u\x1b[120;3u\x1b[1;2Ax.");
    terminal.shows("^A^[x^[[1;2Ax.");
    // And one that has never heard of it.
    terminal.types("\x01\x1bx.");
    terminal.shows("^A^[x.");
    terminal.types("\x1b[13;5u");
    terminal.wait_for("the window", |s| s.status().contains("made"));
    world.ok("unbind -n C-Enter");
    terminal.wants_keys(0);
}

#[test]
fn a_session_may_have_its_own_prefix() {
    let world = World::new();
    world.ok("new -d -s one");
    world.ok("new -d -s two");
    world.ok("set -t two prefix C-a");
    world.ok("set -t two prefix2 C-g");
    let (mut one, mut two) = (world.terminal("attach -t one"), world.terminal("attach -t two"));
    one.prompt();
    two.prompt();
    for (keys, count) in [("C-a c", 2), ("C-g c", 3)] {
        two.press(keys);
        until("a window of its own prefix", || {
            (world.ok("list-windows -t two").lines().count() == count).then_some(())
        });
    }
    one.press("C-b c");
    until("the usual prefix elsewhere", || (world.ok("list-windows -t one").lines().count() == 2).then_some(()));
}
