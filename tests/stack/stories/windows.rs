//! Windows, their names, and the prompt.

use crate::harness::{Terminal, World, until};

fn attached(world: &World) -> Terminal {
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal
}

/// Opens another window and marks it by what it shows.
fn open(terminal: &mut Terminal, number: usize) {
    terminal.press("C-b c");
    terminal
        .wait_for("a new window", |s| s.status().contains(&format!(" {number}:")) && s.prompt() && s.cursor().0 == 0);
    terminal.enter(&format!("echo window-$(({number}+0))"));
    terminal.prints(&format!("window-{number}"));
}

#[test]
fn windows_are_opened_and_moved_between() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.enter("echo window-$((1+0))");
    terminal.prints("window-1");
    open(&mut terminal, 2);
    open(&mut terminal, 3);

    for (keys, number) in [("C-b n", 1), ("C-b n", 2), ("C-b p", 1), ("C-b p", 3), ("C-b 2", 2), ("C-b 1", 1)] {
        terminal.press(keys);
        terminal.wait_for(&format!("window {number} after {keys}"), |s| {
            s.has_line(&format!("window-{number}")) && s.status().contains(&format!(" {number}:"))
        });
        assert_eq!(world.display("worker", "#{window_index}"), number.to_string());
    }
    assert_eq!(world.ok("list-windows -t worker -F '#{window_index}#{window_active}'"), "11\n20\n30\n");
}

#[test]
fn windows_are_counted_from_one_and_leave_no_gap() {
    let world = World::new();
    world.ok("new -d -s worker -n one");
    world.ok("new-window -t worker -n two");
    world.ok("new-window -t worker -n three");
    world.ok("kill-window -t worker:1");
    assert_eq!(world.ok("list-windows -t worker -F '#I:#W'"), "1:two\n2:three\n");
    world.ok("set -g renumber-windows off");
    world.ok("kill-window -t worker:1");
    assert_eq!(world.ok("list-windows -t worker -F '#I:#W.#P'"), "2:three.1\n");
}

#[test]
fn what_is_opened_by_a_key_starts_where_the_user_is() {
    let world = World::new();
    world.write("home/deep/file", "");
    let mut terminal = attached(&world);
    terminal.enter("cd deep; echo in-$((1+1))");
    terminal.prints("in-2");
    terminal.press("C-b c");
    terminal.wait_for("a new window", |s| s.status().contains(" 2:") && s.prompt());
    assert_eq!(world.display("worker", "#{pane_current_path}"), world.place("home/deep"));
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0).is_some() && s.prompt());
    assert_eq!(world.display("worker", "#{pane_current_path}"), world.place("home/deep"));
    // One that is gone is no place to be: as before, where the session began.
    terminal.enter("mkdir gone && cd gone && rmdir ../gone; echo left-$((1+1))");
    terminal.prints("left-2");
    terminal.press("C-b c");
    terminal.wait_for("another window", |s| s.status().contains(" 3:") && s.prompt());
    assert_eq!(world.display("worker", "#{pane_current_path}"), world.place("home"));
}

#[test]
fn closing_a_window_asks_first() {
    let world = World::new();
    let mut terminal = attached(&world);
    open(&mut terminal, 2);
    let doomed = world.pane("worker:2");
    terminal.press("C-b &");
    terminal.wait_for("the question", |s| s.status().contains("kill-window") && s.status().contains("(y/n)"));
    terminal.press("n");
    terminal.wait_for("the status line", |s| s.status().contains(" 2:"));
    terminal.press("C-b &");
    terminal.wait_for("the question", |s| s.status().contains("(y/n)"));
    terminal.press("y");
    terminal.wait_for("the other window", |s| !s.has_line("window-2") && !s.status().contains(" 2:") && s.prompt());
    until("its program has ended", || (!doomed.alive()).then_some(()));
}

#[test]
fn a_window_gets_a_name() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b ,");
    terminal.wait_for("the prompt with the present name", |s| s.status().contains("(rename-window) sh"));
    terminal.press("C-u");
    terminal.types("editor");
    terminal.wait_for("what was typed", |s| s.status().contains("(rename-window) editor"));
    terminal.press("Enter");
    terminal.wait_for("the new name", |s| s.status().contains("1:editor"));
    assert_eq!(world.display("worker", "#{window_name}"), "editor");
    // A name that was given stays, whatever runs in it.
    terminal.enter("cat");
    terminal.types("x");
    assert_eq!(world.display("worker", "#{window_name}"), "editor");
    terminal.press("C-c");
}

#[test]
fn a_session_gets_a_name() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b $");
    terminal.wait_for("the prompt with the present name", |s| s.status().contains("(rename-session) worker"));
    terminal.press("BSpace BSpace BSpace");
    terminal.types("shop");
    terminal.press("Enter");
    terminal.wait_for("the new name", |s| s.status().contains("worshop"));
    world.ok("has-session -t =worshop");
    assert!(world.mux("has-session -t =worker").status != 0);
}

#[test]
fn a_prompt_can_be_left() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b $");
    terminal.wait_for("the prompt", |s| s.status().contains("(rename-session)"));
    terminal.types("nonsense");
    terminal.press("Escape");
    terminal.wait_for("the status line", |s| s.status().contains("worker") && !s.status().contains("rename"));
    terminal.enter("echo keys-$((1+1))");
    terminal.prints("keys-2");
    world.ok("has-session -t =worker");
}

#[test]
fn a_command_is_typed_at_the_prompt() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b :");
    terminal.wait_for("the prompt", |s| s.status().starts_with(':'));
    terminal.enter("new-window -n 'two words' ; rename-session shop");
    terminal.wait_for("what both commands did", |s| s.status().contains("2:two words") && s.status().contains("shop"));

    terminal.press("C-b :");
    terminal.wait_for("the prompt", |s| s.status().starts_with(':'));
    terminal.enter("new-widow");
    terminal.shows("unknown command: new-widow");
    terminal.press("C-b :");
    terminal.wait_for("the prompt", |s| s.status().starts_with(':'));
    terminal.enter("detach");
    terminal.shows("[detached (from session shop)]");
}

#[test]
fn what_a_command_prints_at_the_prompt_is_shown() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b :");
    terminal.wait_for("the prompt", |s| s.status().starts_with(':'));
    terminal.enter("display-message 'in #{session_name}'");
    terminal.shows("in worker");
    terminal.press("C-b :");
    terminal.wait_for("the prompt", |s| s.status().starts_with(':'));
    terminal.enter("list-sessions");
    terminal.shows("worker: 1 windows (created");
}

#[test]
fn a_window_is_called_after_what_runs_in_it() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.wait_for("the shell's name", |s| s.status().contains("1:sh"));
    terminal.enter("cat");
    terminal.wait_for("the program's name", |s| s.status().contains("1:cat"));
    terminal.press("C-d");
    terminal.wait_for("the shell's name again", |s| s.status().contains("1:sh"));
}

#[test]
fn the_prefix_reaches_the_program_when_pressed_twice() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.enter("cat -v");
    terminal.press("C-b C-b Enter");
    terminal.prints("^B");
    terminal.press("C-c");
}
