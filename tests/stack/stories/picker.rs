//! The picker: finding, looking, and doing something with several.

use std::time::Instant;

use crate::harness::{Screen, Terminal, World, until};

/// Three sessions: `work` with two windows and the terminal on it, `build`, whose pane says so, and `notes`.
fn sessions(world: &World) -> Terminal {
    world.ok("new -d -s build -x 80 -y 24 -- sh -c 'echo this is the build; cat'");
    world.ok("new -d -s notes -x 80 -y 24 -- sh -c 'echo these are notes; cat'");
    let mut terminal = world.terminal("new -s work");
    terminal.prompt();
    terminal.press("C-b c");
    terminal.wait_for("a second window", |s| s.status().contains(" 2:") && s.prompt());
    terminal
}

fn foot(screen: &Screen) -> bool {
    screen.status().contains("Enter goes")
}

#[test]
fn a_session_is_picked_by_what_it_shows() {
    let world = World::new();
    let mut terminal = sessions(&world);
    terminal.press("C-b s");
    let screen = terminal.wait_for("the sessions", |s| foot(s) && s.shows("build") && s.shows("notes"));
    assert!(!screen.shows("1: "), "only sessions at first: {screen}");
    assert!(screen.shows("2 windows, attached"), "{screen}");
    // What is meant is where the user is; what it shows is below.
    terminal.press("k");
    terminal.shows("these are notes");
    terminal.press("k");
    let screen = terminal.shows("this is the build");
    assert!(!screen.shows("these are notes"), "{screen}");
    // It is live.
    world.ok("send-keys -t build 'typed elsewhere' Enter");
    terminal.wait_for("what comes meanwhile, with its echo", |s| s.count("typed elsewhere") == 2);
    terminal.press("Enter");
    terminal.wait_for("that session", |s| s.status().starts_with("[build]") && s.has_line("this is the build"));
    assert_eq!(world.ok("list-clients -F '#{client_session}'"), "build\n");
}

#[test]
fn the_tree_opens_down_to_panes() {
    let world = World::new();
    let mut terminal = sessions(&world);
    world.ok("split-window -t work:1");
    terminal.press("C-b w");
    terminal.wait_for("windows of all sessions", |s| foot(s) && s.shows("1: ") && s.shows("2: ") && s.shows("2 panes"));
    terminal.press("k Right");
    terminal.shows("- 1: ");
    terminal.press("j j Enter");
    terminal.wait_for("the first window with its second pane", |s| {
        s.status().starts_with("[work]") && s.prompt() && s.cursor().0 > 11
    });
    assert_eq!(world.display("work", "#{window_index}.#{pane_index}"), "1.2");
    // Escape changes nothing.
    terminal.press("C-b w");
    terminal.wait_for("the picker", foot);
    terminal.press("Escape");
    terminal.wait_for("the panes again", |s| s.status().starts_with("[work]") && s.prompt());
}

#[test]
fn a_search_finds_through_gaps() {
    let world = World::new();
    let mut terminal = sessions(&world);
    world.ok("rename-window -t notes:1 shopping-list");
    terminal.press("C-b s");
    terminal.wait_for("the sessions", |s| foot(s) && s.shows("notes"));
    terminal.press("/");
    terminal.types("shplst");
    terminal.wait_for("the one that fits", |s| s.status().starts_with("/shplst") && s.status().contains("[1]"));
    terminal.shows("notes:1 shopping-list");
    terminal.press("Enter");
    terminal.wait_for("that window", |s| s.status().starts_with("[notes]") && s.has_line("these are notes"));
}

#[test]
fn several_are_marked_and_ended_after_one_question() {
    let world = World::new();
    let mut terminal = sessions(&world);
    terminal.press("C-b s");
    terminal.wait_for("the sessions", |s| foot(s) && s.shows("notes"));
    terminal.press("g Tab t");
    terminal.shows("2 marked");
    terminal.press("x");
    terminal.shows("end 2 sessions? (y/n)");
    terminal.press("n");
    terminal.wait_for("the marks still", |s| s.status().starts_with("2 marked"));
    terminal.press("x");
    terminal.shows("(y/n)");
    terminal.press("y");
    terminal.wait_for("what is left", |s| foot(s) && s.shows("[1/1]") && !s.shows("build") && !s.shows("notes"));
    assert_eq!(world.ok("ls -F '#S'"), "work\n");
}

#[test]
fn windows_are_moved_to_another_session() {
    let world = World::new();
    let mut terminal = sessions(&world);
    world.ok("rename-window -t work:1 mover");
    terminal.press("C-b w");
    terminal.wait_for("the windows", |s| foot(s) && s.shows("1: mover"));
    terminal.press("/");
    terminal.types("mover");
    terminal.shows("[1]");
    terminal.press("Tab BSpace BSpace BSpace BSpace BSpace BSpace");
    terminal.shows("1 marked");
    terminal.press("m");
    terminal.wait_for("the question", |s| s.status().starts_with("move window"));
    terminal.enter("notes");
    until("it is there", || (world.ok("list-windows -t notes -F '#W'").contains("mover")).then_some(()));
    assert_eq!(world.ok("list-windows -t work -F x").lines().count(), 1);
}

#[test]
fn terminals_are_picked_to_be_detached() {
    let world = World::new();
    world.ok("new -d -s other");
    let other = world.terminal("attach -t other");
    other.prompt();
    let mut terminal = world.terminal("new -s work");
    terminal.prompt();
    terminal.press("C-b D");
    terminal.wait_for("both terminals", |s| foot(s) && s.shows("other, 80x24") && s.shows("work, 80x24"));
    terminal.press("/");
    terminal.types("other");
    terminal.shows("[1]");
    terminal.press("Enter");
    other.shows("[detached (from session other)]");
    terminal.wait_for("the pane", |s| s.status().starts_with("[work]"));
}

#[test]
fn jobs_and_commands_are_picked_too() {
    let world = World::new();
    world.ok("run -d -s builder -- sh -c 'echo at work; cat'");
    let mut terminal = world.terminal("new -s work");
    terminal.prompt();
    terminal.press("C-b J");
    terminal.wait_for("the job, and what it shows", |s| foot(s) && s.shows("builder") && s.has_line("at work"));
    terminal.press("q C-b :");
    terminal.wait_for("the prompt", |s| s.status().starts_with(':'));
    terminal.enter("choose-command");
    terminal.shows("attach-session");
    terminal.types("renmses");
    terminal.wait_for("its help", |s| s.shows("rename-session") && s.shows("Usage: mux rename-session"));
    terminal.press("Enter");
    terminal.wait_for("the prompt with it", |s| s.status().starts_with(":rename-session"));
    terminal.enter("renamed");
    terminal.wait_for("what it did", |s| s.status().starts_with("[renamed]"));
}

#[test]
fn it_fits_any_terminal() {
    let world = World::new();
    drop(sessions(&world));
    for (cols, rows) in [(20, 5), (1, 1), (200, 50)] {
        let mut terminal = world.sized(cols, rows, "attach -t work");
        terminal.wait_for("something", |s| cols < 20 || s.shows("$"));
        terminal.press("C-b w");
        if cols >= 20 {
            let screen = terminal.wait_for("the picker", |s| s.shows("(4)") && s.shows("work"));
            assert_eq!(screen.shows("┌"), rows > 5, "{screen}");
        }
        terminal.press("q C-b d");
        assert_eq!(terminal.exits(), 0);
    }
}

#[test]
fn a_thousand_sessions_are_listed_at_once() {
    let world = World::new();
    let mut terminal = world.terminal("new -s work");
    terminal.prompt();
    for _ in 0..10 {
        let line: Vec<String> = (0..100).map(|_| "new-session -d true".to_owned()).collect();
        world.ok("set -g remain-on-exit on");
        world.ok(&line.join(" ; "));
    }
    terminal.press("C-b z");
    let start = Instant::now();
    terminal.press("C-b s");
    terminal.wait_for("the sessions", |s| s.status().contains("/1001]"));
    println!("opened over 1,001 sessions in {:?}", start.elapsed());
    terminal.press("/");
    terminal.types("999");
    terminal.shows("999:1");
}
