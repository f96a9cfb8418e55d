//! Terminals of all kinds: what they answer, what they can, what they are given.

use crate::harness::{Terminal, World, until};

const NAME: &[u8] = b"\x1b[>q";
const SYNC: &[u8] = b"\x1b[?2026$p";
const KEYBOARD: &[u8] = b"\x1b[?u";
const ATTRIBUTES: &[u8] = b"\x1b[c";
const COLOURS: &[u8] = b"\x1bP+q524742;5463;536D756C78\x1b\\";

/// A terminal that has everything.
const FOOT: &[(&[u8], &[u8])] =
    &[(NAME, b"\x1bP>|foot(1.16.2)\x1b\\"), (SYNC, b"\x1b[?2026;2$y"), (KEYBOARD, b"\x1b[?0u")];
/// One that says nothing at all.
const SILENT: &[(&[u8], &[u8])] = &[(ATTRIBUTES, b"")];
/// One that is heard, and says no more than every other.
const PLAIN: &[(&[u8], &[u8])] = &[(NAME, b"")];

fn known(world: &World) -> String {
    world.ok("show-messages -T")
}

/// Waits until this is known of the only terminal.
#[track_caller]
fn is_known(world: &World, text: &str) {
    until(&format!("{text} of the terminal"), || known(world).contains(text).then_some(()));
}

#[track_caller]
fn looks_on(terminal: &mut Terminal) {
    terminal.enter("stty raw -echo; cat -v");
    // Raw mode is set once this comes back without an echo by the terminal.
    terminal.types("~~go");
    terminal.shows("~~go");
}

#[test]
fn a_terminal_that_answers_nothing_is_not_waited_for() {
    let mut world = World::new();
    world.be(SILENT);
    let mut terminal = world.terminal("new -s x");
    // The picture is there, and it was asked, while nothing has come.
    terminal.prompt();
    terminal.was_sent(b"\x1b[>q\x1b[?2026$p\x1b[?2027$p\x1b[?u");
    terminal.was_sent(ATTRIBUTES);
    assert!(known(&world).contains("unknown"), "{}", known(&world));
    terminal.enter("echo a$((1+1))");
    terminal.prints("a2");
    // Late, and in pieces.
    for piece in [&b"\x1b"[..], b"P>", b"|foot(1.", b"16.2)", b"\x1b", b"\\\x1b[?20", b"26;2$", b"y\x1b[?62c"] {
        terminal.says(piece);
    }
    is_known(&world, "foot(1.16.2)");
    is_known(&world, "sync");
    terminal.enter("echo b$((1+1))");
    let screen = terminal.prints("b2");
    assert!(!screen.shows("foot") && !screen.shows("2026"), "{screen}");
    terminal.press("C-b d");
    assert_eq!(terminal.exits(), 0);
    world.ok("kill-server");
}

#[test]
fn what_a_terminal_says_is_no_key_whatever_it_is() {
    let mut world = World::new();
    world.be(FOOT);
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    is_known(&world, "foot(1.16.2)");
    looks_on(&mut terminal);
    for answer in [
        &b"\x1b[?62;22;52c"[..],
        b"\x1b[>1;95;0c",
        b"\x1b[?2027;0$y",
        b"\x1b[?9999;7$y",
        b"\x1b]11;rgb:zz/0/0\x07",
        b"\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
        b"\x1b]52;c;YWJj\x07",
        b"\x1bP1+r524742=3838\x1b\\",
        b"\x1bP0+r\x1b\\",
        b"\x1bP>|\xff\xfe\x1b\\",
        b"\x1b[?1;2;3;4;5;6;7;8;9u",
        b"\x1b[?997;2n",
    ] {
        terminal.says(answer);
    }
    terminal.types("!end");
    let screen = terminal.shows("!end");
    assert!(screen.shows("~~go!end"), "something was typed between: {screen}");
    world.ok("kill-server");
}

#[test]
fn keys_that_come_in_pieces_are_whole() {
    let world = World::new();
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    looks_on(&mut terminal);
    // Longer than any Escape is held: a sequence that has begun is waited for.
    terminal.says(b"\x1b[1;");
    world.ok("display -p x");
    terminal.says(b"5C");
    terminal.shows("~~go^[[1;5C");
    terminal.says(b"\x1b");
    terminal.shows("^[[1;5C^[");
    terminal.says("é".as_bytes());
    terminal.shows("^[[1;5C^[M-CM-)");
    world.ok("kill-server");
}

#[test]
fn a_terminal_is_given_what_it_can_show() {
    let mut world = World::new();
    let curly = r"printf '\033[4:3;58:2::255:0:0mcurly\033[0m \033[38;2;1;2;3mdirect\033[0m\n'";
    world.write("home/curly", &format!("{curly}\n"));

    world.be(FOOT);
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    is_known(&world, "RGB");
    terminal.enter("sh curly");
    terminal.prints("curly direct");
    terminal.was_sent(b"4:3;58:2::255:0:0m");
    terminal.was_sent(b"38;2;1;2;3m");
    terminal.was_sent(b"\x1b[?2026h");
    let features = world.ok("list-clients -F '#{client_termname} #{client_termtype} #{client_termfeatures}'");
    assert!(features.starts_with("xterm-256color foot(1.16.2) 256,RGB,") && features.contains("usstyle"), "{features}");
    terminal.press("C-b d");
    assert_eq!(terminal.exits(), 0);

    // The same picture, on one that is not known to have any of it.
    world.be(PLAIN);
    let mut terminal = world.terminal("attach -t x");
    terminal.prints("curly direct");
    terminal.was_sent(b"\x1b[4m");
    terminal.was_sent(b"38;5;16m");
    for bytes in [&b"4:3"[..], b"58:2", b"38;2;", b"\x1b[?2026h"] {
        assert!(!terminal.has_been_sent(bytes), "{:?}", String::from_utf8_lossy(bytes));
    }
    // Its user knows better.
    world.ok("set -as terminal-features ',xterm*:usstyle:sync'");
    terminal.was_sent(b"4:3;58");
    terminal.was_sent(b"\x1b[?2026h");
    assert!(!terminal.has_been_sent(b"38;2;"));
    world.ok("set -as terminal-overrides ',*256col*:Tc'");
    terminal.was_sent(b"38;2;1;2;3m");
    assert!(world.fails(2, "set -s terminal-features 'xterm*:sparkle'").contains("RGB"));
    terminal.press("C-b d");
    assert_eq!(terminal.exits(), 0);
    world.ok("kill-server");
}

#[test]
fn a_terminal_with_another_name_for_colours_is_asked_further() {
    let mut world = World::new();
    world.be(&[(NAME, b"\x1bP>|Newterm 1\x1b\\"), (COLOURS, b"\x1bP1+r524742=3838\x1b\\\x1bP0+r5463\x1b\\")]);
    let terminal = world.terminal("new -s x");
    terminal.prompt();
    is_known(&world, "Newterm 1; 256,RGB");
    world.ok("kill-server");
}

#[test]
fn a_terminal_has_its_title_and_gets_it_back() {
    let mut world = World::new();
    world.be(PLAIN);
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    world.ok("set -g set-titles-string 'at #S:#I'");
    assert!(!terminal.has_been_sent(b"\x1b]2;"));
    world.ok("set -g set-titles on");
    terminal.was_sent(b"\x1b[22;2t\x1b]2;at x:1\x07");
    terminal.press("C-b c");
    terminal.was_sent(b"\x1b]2;at x:2\x07");
    terminal.press("C-b d");
    assert_eq!(terminal.exits(), 0);
    terminal.was_sent(b"\x1b[23;2t");
    world.ok("kill-server");
}

#[test]
fn what_programs_tell_who_looks_elsewhere_reaches_the_terminal() {
    let mut world = World::new();
    world.be(PLAIN);
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    for (sequence, text) in [
        (r"\033]9;built\007", "mux: built"),
        (r"\033]777;notify;cargo;tested\007", "mux: cargo: tested"),
        (r"\033]99;;published\033\134", "mux: published"),
    ] {
        terminal.enter(&format!("printf '{sequence}'"));
        terminal.was_sent(format!("\x1b]9;{text}\x07").as_bytes());
    }
    // Also where nobody sees the pane.
    terminal.enter(r"mkfifo go; (read line < go; printf '\033]9;afar\007') &");
    terminal.press("C-b c");
    terminal.wait_for("another window", |s| s.status().contains("2:sh*") && s.prompt());
    terminal.enter("echo > go");
    terminal.was_sent(b"\x1b]9;mux: afar\x07");
    world.ok("kill-server");
}

#[test]
fn flags_given_later_are_there_after_the_server_s_death() {
    let world = World::new();
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    world.ok("refresh-client -f ignore-size");
    let flags = || world.ok("list-clients -F '#{client_flags}'").trim().to_owned();
    assert_eq!(flags(), "ignore-size");
    // The client knows it when it shows what came later.
    world.ok("set -g status-left later");
    terminal.shows("later");
    world.server().kill(rustix::process::Signal::KILL);
    until("the client at the next server", || (flags() == "ignore-size").then_some(()));
    terminal.enter("echo a$((1+1))");
    terminal.prints("a2");
    world.ok("kill-server");
}

#[test]
fn programs_are_told_of_the_focus_as_the_user_likes() {
    let mut world = World::new();
    world.be(PLAIN);
    let mut terminal = world.terminal("new -s x");
    terminal.prompt();
    terminal.enter(r"printf '\033[?1004h'; stty raw -echo; cat -v");
    terminal.types("~~go");
    terminal.shows("~~go");
    terminal.says(b"\x1b[O\x1b[I");
    terminal.shows("~~go^[[O^[[I");
    world.ok("set -s focus-events off");
    // It has come to the client when that has drawn something later.
    world.ok("set -g status-left later");
    terminal.shows("later");
    terminal.says(b"\x1b[O\x1b[I.");
    terminal.shows("~~go^[[O^[[I.");
    world.ok("kill-server");
}

#[test]
fn a_terminal_keeps_its_own_scrollback_where_its_user_has_it_so() {
    let world = World::new();
    world.ok("new -d -s x");
    world.ok("set -s terminal-overrides ',xterm*:smcup@:rmcup@'");
    let mut terminal = world.terminal("attach -t x");
    terminal.wait_for("its main screen", |s| !s.alternate() && !s.mouse() && s.prompt());
    terminal.enter("seq 1 100");
    let screen = terminal.wait_for("the end", |s| s.has_line("100") && s.prompt() && s.status().starts_with("[x]"));
    assert!(!screen.has_line("50"), "{screen}");
    terminal.wait_for("what has scrolled off", |s| s.scrolled_off().iter().any(|line| line == "50"));
    // What needs all of the terminal has it meanwhile.
    terminal.press("C-b %");
    terminal.wait_for("two panes", |s| s.alternate() && s.mouse() && s.border(3).is_some());
    terminal.enter("exit");
    terminal.wait_for("one pane", |s| !s.alternate() && !s.mouse() && s.has_line("100"));
    terminal.press("C-b d");
    assert_eq!(terminal.exits(), 0);
    world.ok("kill-server");
}

#[test]
fn a_terminal_without_mouse_is_the_user_s_to_select_in() {
    let world = World::new();
    let mut terminal = world.terminal("new -s x");
    terminal.wait_for("the mouse", |s| s.prompt() && s.mouse());
    world.ok("set -g mouse off");
    terminal.wait_for("no mouse", |s| !s.mouse());
    terminal.enter(r"printf '\033[?1002h\033[?1006h'; echo r$((1+1))");
    terminal.prints("r2");
    assert!(!terminal.screen().mouse());
    world.ok("set -g mouse on");
    terminal.wait_for("the mouse again", |s| s.mouse());
    world.ok("kill-server");
}
