//! Reading back, and pasting.

use crate::harness::{Terminal, World};

/// A shell that has printed the numbers from 1 to 200.
fn with_numbers(world: &World) -> Terminal {
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("seq 1 200");
    terminal.wait_for("the last number and a prompt", |s| s.has_line("200") && s.prompt());
    terminal
}

#[test]
fn copy_mode_pages_through_the_history() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    terminal.press("C-b [");
    terminal.shows("[0/");
    terminal.press("PPage");
    let screen = terminal.wait_for("a page further up", |s| s.has_line("170") && !s.has_line("200"));
    assert!(!screen.shows("[0/"), "{screen}");
    terminal.press("PPage PPage PPage PPage PPage PPage PPage PPage PPage PPage");
    terminal.wait_for("the first number", |s| s.has_line("1") && s.has_line("2"));
    terminal.press("NPage");
    terminal.wait_for("a page down", |s| !s.has_line("1") && s.has_line("30"));
    terminal.press("q");
    terminal.wait_for("the present", |s| s.has_line("200") && s.prompt() && !s.shows("[0/"));
    terminal.enter("echo back-$((1+1))");
    terminal.prints("back-2");
}

#[test]
fn prefix_page_up_is_both_at_once() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    terminal.press("C-b PPage");
    terminal.wait_for("a page further up", |s| s.has_line("170") && !s.has_line("200"));
}

#[test]
fn the_wheel_scrolls_back_and_forth() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    for _ in 0..4 {
        terminal.wheel_up(5, 5);
    }
    terminal.wait_for("older numbers", |s| s.has_line("170") && !s.has_line("200"));
    for _ in 0..10 {
        terminal.wheel_down(5, 5);
    }
    terminal.wait_for("the present, out of copy mode", |s| s.has_line("200") && s.prompt() && !s.shows("[0/"));
    terminal.enter("echo back-$((1+1))");
    terminal.prints("back-2");
}

#[test]
fn new_output_does_not_move_what_is_read() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    terminal.press("C-b PPage");
    let before = terminal.wait_for("a page further up", |s| s.has_line("170") && !s.has_line("200"));
    world.ok("send-keys -t worker 'seq 1000 1100; echo end' Enter");
    world.captured("worker", "\nend\n");
    let body = |screen: &crate::harness::Screen| screen.rows()[1..23].to_vec();
    terminal.press("Up");
    terminal.wait_for("the cursor a row higher in the same lines", |s| {
        s.cursor() != before.cursor() && body(s) == body(&before)
    });
    terminal.press("q");
    terminal.prints("end");
}

#[test]
fn each_client_reads_back_for_itself() {
    let world = World::new();
    let mut reader = with_numbers(&world);
    let mut other = world.terminal("attach -t worker");
    other.prints("200");
    reader.press("C-b PPage");
    reader.wait_for("a page further up", |s| s.has_line("170") && !s.has_line("200"));
    other.enter("echo other-$((1+1))");
    let screen = other.prints("other-2");
    assert!(screen.has_line("200"), "{screen}");
    assert!(reader.screen().has_line("170"), "{}", reader.screen());
}

#[test]
fn what_is_selected_can_be_pasted() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("clear; echo some-$((40+2))-words");
    terminal.wait_for("the words", |s| s.has_line("some-42-words") && s.prompt());
    terminal.press("C-b [");
    terminal.shows("[0/");
    terminal.press("Up 0 v $ y");
    terminal.wait_for("the present", |s| s.prompt() && !s.shows("[0/"));
    terminal.types("echo ");
    terminal.press("C-b ]");
    terminal.shows("echo some-42-words");
    terminal.press("Enter");
    terminal.wait_for("it was printed again", |s| s.rows().iter().filter(|row| *row == "some-42-words").count() == 2);
}

#[test]
fn a_paste_reaches_the_program_whole() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("cat > pasted; echo end-$((1+1))");
    terminal.shows("echo end-");
    terminal.paste("first line\nsecond line é 漢\n");
    terminal.press("C-d");
    terminal.prints("end-2");
    assert_eq!(world.read("home/pasted"), "first line\nsecond line é 漢\n");
}

#[test]
fn a_paste_is_marked_for_who_asks_and_not_for_others() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("printf '\\033[?2004h'; cat -v");
    terminal.shows("cat -v");
    terminal.wait_for("nothing but the command", |s| s.row(1).is_empty());
    // The mode is set when cat runs; its echo shows that.
    terminal.enter("ready");
    terminal.wait_for("cat", |s| s.count("ready") == 2);
    terminal.paste("text");
    terminal.press("Enter");
    terminal.prints("^[[200~text^[[201~");
    terminal.press("C-d");
    terminal.prompt();
    terminal.enter("printf '\\033[?2004l'; clear; cat -v");
    terminal.wait_for("a clear screen", |s| s.row(1).is_empty() && !s.shows("200~"));
    terminal.enter("ready");
    terminal.wait_for("cat", |s| s.count("ready") == 2);
    terminal.paste("plain");
    terminal.press("Enter");
    terminal.wait_for("the text alone, echoed and printed", |s| {
        s.rows().iter().filter(|row| *row == "plain").count() == 2 && !s.shows("~")
    });
    terminal.press("C-c");
}

#[test]
fn a_long_paste_arrives_complete() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("stty -echo; cat > pasted; stty echo; wc -l < pasted");
    terminal.wait_for("the command", |s| s.shows("wc -l < pasted"));
    let text: String = (0..5000).map(|n| format!("line {n} of a long paste\n")).collect();
    terminal.paste(&text);
    terminal.press("C-d");
    terminal.prints("5000");
    assert_eq!(world.read("home/pasted"), text);
}
