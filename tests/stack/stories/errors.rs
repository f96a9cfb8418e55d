//! Bad input: one line that says what is wrong and what to do, a status that is not 0, and nothing lost.

use crate::harness::{MUX, World, until};

#[test]
fn there_is_no_server() {
    let world = World::new();
    for line in ["ls", "attach", "attach -t worker", "kill-server", "has-session -t worker", "ps", "wait x"] {
        let said = world.fails(1, line);
        assert!(said.contains("no server running"), "$ mux {line}: {said}");
    }
    assert!(world.processes().is_empty(), "looking starts nothing");
    assert!(!world.path("run/mux/default").exists());
}

#[test]
fn there_is_no_such_session() {
    let world = World::new();
    world.ok("new -d -s worker");
    for line in ["attach -t nope", "has-session -t nope", "kill-session -t nope", "send-keys -t nope x"] {
        let said = world.fails(1, line);
        assert!(said.contains("nope"), "$ mux {line}: {said}");
    }
    let terminal = world.terminal("attach -t nope");
    let screen = terminal.shows("can't find session: nope");
    assert!(!screen.alternate(), "{screen}");
    assert_eq!(terminal.exits(), 1);
}

#[test]
fn there_is_no_such_window_or_pane() {
    let world = World::new();
    world.ok("new -d -s worker");
    for (line, name) in [
        ("select-window -t worker:7", "7"),
        ("select-window -t worker:editor", "editor"),
        ("kill-pane -t worker:1.5", "5"),
        ("send-keys -t %99 x", "%99"),
        ("kill-window -t @99", "@99"),
    ] {
        let said = world.fails(1, line);
        assert!(said.contains(name), "$ mux {line}: {said}");
    }
}

#[test]
fn a_name_is_taken() {
    let world = World::new();
    world.ok("new -d -s worker");
    let before = world.pane("worker");
    assert!(world.fails(1, "new -d -s worker").contains("duplicate session: worker"));
    world.ok("new -d -s other");
    assert!(world.fails(1, "rename-session -t other worker").contains("duplicate session: worker"));
    assert_eq!(world.pane("worker"), before);
    assert_eq!(world.ok("ls -F '#{session_name}'"), "other\nworker\n");
}

#[test]
fn a_command_cannot_be_executed() {
    let world = World::new();
    world.write("home/data", "no program");
    for program in ["/no/such/program", "no-such-program", "./data", "."] {
        for line in [format!("new -d -s worker -- {program} -x"), format!("run -- {program} -x")] {
            let output = world.mux(&line);
            assert!(output.status != 0, "$ mux {line}: {output:?}");
            assert_eq!(output.err.lines().count(), 1, "$ mux {line}: {output:?}");
            assert!(output.err.contains(program), "$ mux {line}: {output:?}");
        }
        let output = world.mux(&format!("run --nohup -- {program}"));
        assert!(output.status != 0 && output.err.contains(program), "{output:?}");
    }
    let sessions = world.mux("ls -F '#{session_name}'");
    assert_eq!(sessions.out, "", "nothing is left of it");
}

#[test]
fn a_directory_does_not_exist() {
    let world = World::new();
    world.write("home/file", "");
    for dir in ["/no/such/dir", "file"] {
        let said = world.fails(1, &format!("new -d -s worker -c {dir}"));
        assert!(said.contains(dir), "{said}");
    }
    assert!(world.mux("has-session -t worker").status != 0);
}

#[test]
fn there_is_no_terminal() {
    let world = World::new();
    let said = world.fails(1, "new -s worker");
    assert!(said.contains("terminal"), "{said}");
    assert!(said.contains("-d"), "what to do: {said}");
    world.ok("new -d -s worker");
    let said = world.fails(1, "attach -t worker");
    assert!(said.contains("terminal"), "{said}");
    assert_eq!(world.display("worker", "#{window_width}x#{window_height}"), "80x24");
}

#[test]
fn a_terminal_without_a_name_is_told_apart() {
    let mut world = World::new();
    world.set("TERM", "dumb");
    let terminal = world.terminal("new -s worker");
    // Either it works or it says why not; it does not hang.
    terminal.wait_for("an answer", |s| s.prompt() || s.shows("TERM"));
}

#[test]
fn the_terminal_is_tiny() {
    let world = World::new();
    let mut terminal = world.sized(2, 1, "new -s worker");
    until("the session is there", || (world.mux("has-session -t worker").status == 0).then_some(()));
    terminal.enter("echo tiny > tiny");
    until("the shell works", || (world.read("home/tiny") == "tiny\n").then_some(()));
    terminal.resize(80, 24);
    terminal.wait_for("a whole screen", |s| s.status().contains("worker") && s.prompt());
    for (cols, rows) in [(1, 1), (2, 1), (3, 2), (10, 3), (5, 24), (80, 1)] {
        terminal.resize(cols, rows);
        terminal.enter(&format!("echo {cols}x{rows} > size"));
        until("the shell works", || (world.read("home/size") == format!("{cols}x{rows}\n")).then_some(()));
    }
    terminal.resize(60, 2);
    terminal.resize(80, 24);
    terminal.wait_for("a whole screen", |s| s.status().contains("worker") && s.prompt());
    terminal.press("C-b d");
    terminal.shows("[detached (from session worker)]");
}

#[test]
fn a_terminal_that_sees_nothing_of_the_active_pane_says_what_it_needs() {
    let world = World::new();
    let mut large = world.sized(200, 50, "new -s worker");
    large.prompt();
    large.press("C-b %");
    large.wait_for("a second pane", |s| s.border(0) == Some(100) && s.prompt());
    let mut small = world.sized(60, 10, "attach -t worker");
    small.wait_for("both panes", |s| s.border(0).is_some());
    // The window has the size of who typed last; its right half is beyond the small terminal.
    large.enter("echo here-$((1+1))");
    large.prints("here-2");
    small.shows("too small: needs 102x2");
    small.resize(2, 1);
    small.resize(120, 20);
    small.enter("echo again-$((1+1))");
    small.prints("again-2");
}

#[test]
fn the_command_is_unknown() {
    let world = World::new();
    let said = world.fails(2, "no-such-command");
    assert!(said.contains("unknown command: no-such-command"), "{said}");
    let said = world.fails(2, "n");
    assert!(said.contains("ambiguous command: n, could be: ") && said.contains("new-session"), "{said}");
    let said = world.fails(2, "lss");
    assert!(said.contains("lss"), "{said}");
    assert!(world.processes().is_empty());
}

#[test]
fn the_flags_are_wrong() {
    let world = World::new();
    world.ok("new -d -s worker");
    for line in ["new -Q", "kill-session worker extra words", "send-keys -t", "--no-such", "resize-window -x many"] {
        let output = world.mux(line);
        assert_eq!(output.status, 2, "$ mux {line}: {output:?}");
        assert!(!output.err.trim().is_empty() && output.out.is_empty(), "$ mux {line}: {output:?}");
    }
    world.ok("has-session -t worker");
}

#[test]
fn help_is_printed_where_it_is_asked_for() {
    let world = World::new();
    for line in ["--help", "help", "new-session --help", "-V", "--version"] {
        let output = world.mux(line);
        assert_eq!(output.status, 0, "$ mux {line}: {output:?}");
        assert!(output.out.contains("mux"), "$ mux {line}: {output:?}");
        assert_eq!(output.err, "");
    }
    assert!(world.processes().is_empty());
}

#[test]
fn a_closed_pipe_is_no_crash() {
    let world = World::new();
    world.ok("new -d -s worker");
    let output = world.sh("mux list-keys | head -1; mux --help | head -1; mux ls | true");
    assert!(!output.err.contains("panic"), "{output:?}");
}

#[test]
fn bytes_that_are_no_text_are_refused_or_taken_but_crash_nothing() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    world.ok("new -d -s worker");
    let server = world.server();
    let odd = OsStr::from_bytes(b"\xff\xfe");
    let output = world.run(world.command(MUX).args(["new", "-d", "-s"]).arg(odd), "new -d -s \\xff\\xfe");
    assert!(!output.err.contains("panic"), "{output:?}");
    let output = world.run(world.command(MUX).args(["has-session", "-t"]).arg(odd), "has-session -t \\xff\\xfe");
    assert!(output.status != 0 && !output.err.contains("panic"), "{output:?}");
    assert_eq!(world.server(), server);
}
