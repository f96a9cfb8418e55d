//! Paste buffers to choose from, and pastes that are asked about.

use crate::harness::{Terminal, World, until};

/// Pastes are to be asked about.
fn careful() -> World {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nconfirm-paste = true\n");
    world
}

fn shell(world: &World) -> Terminal {
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal
}

#[test]
fn a_buffer_is_chosen_by_what_is_in_it() {
    let world = World::new();
    let mut terminal = shell(&world);
    for text in ["first text", "second text", "third text"] {
        world.ok(&format!("set-buffer '{text}'"));
    }
    terminal.press("C-b =");
    let screen = terminal.wait_for("the newest, with what is in it", |s| s.shows("│third text"));
    assert!(screen.row(0).contains("buffer2") && screen.row(2).contains("buffer0"), "{screen}");
    terminal.press("j");
    terminal.shows("│second text");
    terminal.press("d");
    terminal.wait_for("it is gone", |s| !s.shows("second text") && s.shows("│first text"));
    assert_eq!(world.ok("list-buffers -F '#{buffer_name}'"), "buffer2\nbuffer0\n");
    terminal.press("/");
    terminal.types("third");
    terminal.wait_for("the one that fits", |s| s.shows("│third text") && !s.shows("first text"));
    terminal.press("Enter Enter");
    terminal.wait_for("it is typed into the shell", |s| s.shows("$ third text"));
    terminal.press("C-u C-b = q");
    terminal.prompt();
}

#[test]
fn there_may_be_no_buffer() {
    let world = World::new();
    let mut terminal = world.sized(20, 5, "new -s worker");
    terminal.prompt();
    terminal.press("C-b =");
    terminal.shows("there is none");
    terminal.press("Enter");
    terminal.prompt();
    world.ok("choose-buffer -N");
    terminal.shows("there is none");
    terminal.press("q");
    terminal.prompt();
    assert!(world.fails(2, "choose-buffer -O weight").contains("weight"));
}

#[test]
fn several_lines_are_pasted_after_a_question_where_that_is_wanted() {
    let world = careful();
    let mut terminal = shell(&world);
    terminal.enter("cat > pasted; echo end-$((1+1))");
    terminal.shows("echo end-");
    terminal.paste("one line");
    terminal.shows("one line");
    terminal.paste("a\nb\n");
    terminal.shows("Paste 2 lines");
    terminal.press("n");
    terminal.wait_for("no question", |s| !s.shows("Paste 2"));
    terminal.paste("c\nd\n");
    terminal.shows("Paste 2 lines");
    terminal.press("y");
    until("the paste", || (world.read("home/pasted") == "one linec\nd\n").then_some(()));
    world.ok("set-buffer 'e\nf\n'");
    terminal.press("C-b ]");
    terminal.shows("Paste 2 lines");
    terminal.press("y");
    until("the buffer", || (world.read("home/pasted") == "one linec\nd\ne\nf\n").then_some(()));
    world.ok("set-buffer 'short'");
    terminal.press("C-b ]");
    terminal.shows("short");
    terminal.press("Enter C-d");
    terminal.prints("end-2");
}

#[test]
fn a_program_that_asks_for_marks_is_not_asked_about() {
    let world = careful();
    let mut terminal = shell(&world);
    terminal
        .enter("printf '\\033[?2004h'; echo marks-$((1+1)); cat > pasted; printf '\\033[?2004l'; echo end-$((1+1))");
    // What is shown came after the mode: the client knows it.
    terminal.prints("marks-2");
    terminal.enter("ready");
    until("cat", || (world.read("home/pasted") == "ready\n").then_some(()));
    terminal.paste("a\nb\n");
    until("the paste", || world.read("home/pasted").contains("~a\nb\n").then_some(()));
    world.ok("set-buffer 'c\nd\n'");
    terminal.press("C-b ]");
    until("the buffer", || world.read("home/pasted").contains("~c\nd\n").then_some(()));
    terminal.press("Enter C-d");
    terminal.prints("end-2");
}
