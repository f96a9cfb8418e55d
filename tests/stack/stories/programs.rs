//! Real programs, as they look in a pane.

use crate::harness::{World, program, until};
use crate::skip;

#[test]
fn bash() {
    let Some(bash) = program("bash") else { skip!("bash is not installed") };
    let world = World::new();
    world.write("home/.inputrc", "set enable-bracketed-paste on\n");
    let mut terminal = world.terminal(&format!("new -s worker -- {} --norc -i", bash.display()));
    terminal.prompt();
    // Its line editor: left, insert, the end of the line, back in the history.
    terminal.types("echo ac");
    terminal.press("Left");
    terminal.types("b");
    terminal.press("C-e");
    terminal.types("d");
    terminal.shows("$ echo abcd");
    terminal.press("Enter");
    terminal.prints("abcd");
    terminal.press("Up");
    terminal.wait_for("the line again", |s| s.count("echo abcd") == 2);
    terminal.press("C-u");
    terminal.enter("clear");
    terminal.wait_for("a clear screen", |s| s.prompt() && s.cursor().0 == 0);
    terminal.paste("echo pasted-$((1+1))\necho twice");
    terminal.shows("echo twice");
    assert!(!terminal.screen().has_line("pasted-2"), "a bracketed paste waits for Enter\n{}", terminal.screen());
    terminal.press("Enter");
    terminal.prints("pasted-2");
    terminal.prints("twice");
    // A line that is longer than the screen is wide.
    let long = "x".repeat(100);
    terminal.enter(&format!("clear; echo {long}-end"));
    terminal
        .wait_for("a wrapped line", |s| s.row(0) == "x".repeat(80) && s.row(1) == format!("{}-end", "x".repeat(20)));
    // Job control: the shell has its terminal.
    terminal.enter("clear; sleep 1000");
    terminal.wait_for("it runs", |s| s.status().contains("1:sleep"));
    terminal.press("C-z");
    terminal.shows("Stopped");
    terminal.enter("kill %1; clear; exit 0");
    terminal.shows("[exited]");
}

#[test]
fn vim() {
    let Some(vim) = program("vim").or_else(|| program("vi")) else { skip!("neither vim nor vi is installed") };
    let world = World::new();
    let lines: String = (1..=100).map(|n| format!("line {n}\n")).collect();
    world.write("home/text", &lines);
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("echo before");
    terminal.prints("before");
    terminal.enter(&format!("{} -u NONE -N text", vim.display()));
    terminal.wait_for("the file", |s| s.row(0) == "line 1" && s.row(21) == "line 22");
    terminal.types("G");
    terminal.wait_for("its end", |s| s.row(21) == "line 100" && s.cursor().0 == 21);
    terminal.types("ggonew text");
    terminal.press("Escape");
    terminal.wait_for("the new line", |s| s.row(0) == "line 1" && s.row(1) == "new text" && s.row(2) == "line 2");
    terminal.types("dd/line 50");
    terminal.press("Enter");
    terminal.wait_for("the line that was looked for", |s| s.has_line("line 50") && !s.has_line("new text"));
    terminal.resize(60, 15);
    terminal
        .wait_for("its own last row above the status line", |s| s.has_line("line 50") && s.status().contains("worker"));
    terminal.resize(80, 24);
    terminal.wait_for("the larger size", |s| s.row(21).starts_with("line ") && s.status().contains("worker"));
    terminal.types("ggoend");
    terminal.press("Escape");
    terminal.wait_for("a whole screen", |s| s.row(0) == "line 1" && s.row(1) == "end" && s.row(21) == "line 21");
    terminal.enter(":wq");
    let screen = terminal.wait_for("the shell as it was", |s| s.has_line("before") && s.prompt());
    assert!(!screen.has_line("line 1"), "{screen}");
    assert!(world.read("home/text").starts_with("line 1\nend\nline 2\n"));
}

#[test]
fn less() {
    let Some(less) = program("less") else { skip!("less is not installed") };
    let world = World::new();
    let lines: String = (1..=500).map(|n| format!("line {n}\n")).collect();
    world.write("home/text", &lines);
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter(&format!("{} text", less.display()));
    terminal.wait_for("the first page", |s| s.row(0) == "line 1" && s.row(21) == "line 22");
    terminal.press("Space");
    terminal.wait_for("the second page", |s| s.row(0) == "line 23" && s.row(21) == "line 44");
    terminal.press("PPage");
    terminal.wait_for("the first page", |s| s.row(0) == "line 1");
    terminal.press("Down");
    terminal.wait_for("a line further", |s| s.row(0) == "line 2" && s.row(21) == "line 23");
    terminal.types("/line 300");
    terminal.press("Enter");
    let screen = terminal.wait_for("what was looked for", |s| s.row(0) == "line 300");
    assert!(screen.cell(0, 0).is_some_and(vt100::Cell::inverse), "highlighted\n{screen}");
    terminal.types("G");
    terminal.wait_for("the end", |s| s.row(21) == "line 500");
    terminal.types("q");
    terminal.wait_for("the shell", |s| s.prompt() && !s.has_line("line 500"));
}

#[test]
fn htop_or_top() {
    let Some(top) = program("htop").or_else(|| program("top")) else { skip!("neither htop nor top is installed") };
    let world = World::new();
    let mut terminal = world.sized(120, 40, "new -s worker");
    terminal.prompt();
    terminal.enter(&format!("{}", top.display()));
    terminal.wait_for("the header of its table", |s| {
        s.rows()
            .iter()
            .any(|row| row.contains("PID") && row.contains("USER") && row.contains("CPU%") || row.contains("%CPU"))
    });
    terminal.wait_for("a process", |s| s.count("root") + s.count("mux") > 0);
    terminal.resize(80, 24);
    terminal.wait_for("itself at the new size", |s| {
        s.status().contains("worker") && s.rows().iter().any(|row| row.contains("PID") && row.contains("USER"))
    });
    terminal.types("q");
    terminal.prompt();
}

#[test]
fn colours_and_attributes_reach_the_outer_terminal() {
    let mut world = World::new();
    world.set("COLORTERM", "truecolor");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("clear; printf '\\033[1;31mA\\033[0;4;38;5;200mB\\033[0;7;48;2;1;2;3mC\\033[0m漢é\\n'");
    let screen = terminal.wait_for("the letters", |s| s.row(0) == "ABC漢é");
    let cell = |col| screen.cell(0, col).expect("it is on the screen");
    assert!(cell(0).bold());
    assert_eq!(cell(0).fgcolor(), vt100::Color::Idx(1));
    assert!(cell(1).underline());
    assert_eq!(cell(1).fgcolor(), vt100::Color::Idx(200));
    assert!(cell(2).inverse());
    assert_eq!(cell(2).bgcolor(), vt100::Color::Rgb(1, 2, 3));
    assert!(cell(3).is_wide());
    assert_eq!(cell(5).contents(), "é");

    // A terminal that does not know direct colours is given the nearest of its palette.
    world.unset("COLORTERM");
    let terminal = world.terminal("attach -t worker");
    let screen = terminal.wait_for("the letters", |s| s.row(0) == "ABC漢é");
    assert!(matches!(screen.cell(0, 2).map(vt100::Cell::bgcolor), Some(vt100::Color::Idx(_))), "{screen}");
}

#[test]
fn a_program_can_ask_the_terminal() {
    let world = World::new();
    let ask = world.script(
        "bin/ask",
        "stty raw -echo min 0 time 100; printf '\\033[5;7H\\033[6n'
answer=$(dd bs=1 count=6 2>/dev/null); stty sane; clear; printf '%s' \"$answer\" | cat -v; read x",
    );
    let terminal = world.terminal(&format!("new -s worker {ask}"));
    terminal.prints("^[[5;7R");
}

#[test]
fn a_hyperlink_reaches_the_outer_terminal() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("printf '\\033]8;;https://example.org/a;b\\033\\\\there\\033]8;;\\033\\\\\\n'");
    terminal.prints("there");
    terminal.links("https://example.org/a;b");
}

#[test]
fn a_long_line_is_wrapped_anew_when_the_terminal_changes() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("clear; seq -s, 1 40");
    let numbers = (1..=40).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let wrapped = |cols: usize| numbers.as_bytes().chunks(cols).map(|row| String::from_utf8_lossy(row).into_owned());
    for cols in [80, 50, 120, 80] {
        terminal.resize(cols, 24);
        let rows: Vec<_> = wrapped(cols.into()).collect();
        terminal.wait_for(&format!("the numbers {cols} wide"), |s| s.rows()[..rows.len()] == rows[..]);
    }
}

#[test]
fn a_bell_rings_the_outer_terminal() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("printf '\\a'");
    terminal.rings(1);
}

/// As a program does that closes all descriptors, and asks for a password later.
#[test]
fn a_program_may_let_its_terminal_go_and_open_it_again() {
    let world = World::new();
    // Two: one opened again while its writer has yet to close it would be at its end at once.
    assert_eq!(world.sh("mkfifo first second").status, 0);
    let program = world.script(
        "bin/quiet",
        "exec <&- >&- 2>&-; read word < first; echo back-$word > /dev/tty; read word < second; exec < /dev/tty > /dev/tty; \
         echo asks; read line; echo got-$line; exit 6",
    );
    world.ok(&format!("new -d -s work {program}"));
    world.ok("set-option -g remain-on-exit on");
    assert_eq!(world.sh("echo once > first").status, 0);
    world.captured("work", "back-once");
    world.ok("send-keys -t work early Enter");
    assert_eq!(world.sh("echo again > second").status, 0);
    world.captured("work", "asks");
    world.captured("work", "got-early");
    until("its end", || (world.display("work", "#{pane_dead_status}") == "6").then_some(()));
}
