//! Panes that float: opened, moved, hidden, pinned, and kept through whatever happens. And the scratch terminal.

use rustix::process::Signal;

use crate::harness::{MUX, Screen, Terminal, World, until};

fn attached(world: &World) -> Terminal {
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal
}

/// The upper left corner of the topmost frame that has this title.
fn frame(screen: &Screen, title: &str) -> Option<(usize, usize)> {
    let rows = screen.rows();
    let find = |(at, row): (usize, &String)| {
        let left = row.find(&format!("┌─ {title} "))?;
        Some((at, row[..left].chars().count()))
    };
    rows.iter().enumerate().find_map(find)
}

fn place(world: &World, pane: &str) -> String {
    world.display(pane, "#{pane_x},#{pane_y} #{pane_width}x#{pane_height}")
}

fn placed(world: &World, pane: &str, wanted: &str) {
    until(&format!("pane {pane} at {wanted}, not at {}", place(world, pane)), || {
        (place(world, pane) == wanted).then_some(())
    });
}

#[test]
fn one_is_opened_used_hidden_and_pinned() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.enter("echo below-$((1+1))");
    terminal.prints("below-2");
    terminal.press("C-b *");
    terminal.wait_for("a frame with a prompt in it", |s| {
        frame(s, "sh") == Some((5, 19)) && s.prompt() && s.cursor().1 > 19
    });
    terminal.enter("stty size; echo floats-$((1+1))");
    let screen = terminal.shows("floats-2");
    assert!(screen.shows("│11 40") && screen.has_line("below-2"), "{screen}");
    assert_eq!(
        world.ok("list-panes -t worker -F '#{pane_index} #{pane_floating_flag} #{pane_active}'"),
        "1 0 0\n2 1 1\n"
    );
    world.captured("worker:1.2", "floats-2");

    terminal.press("C-b F");
    terminal.wait_for("nothing above the pane", |s| frame(s, "sh").is_none() && s.cursor().1 < 10);
    terminal.press("C-b F");
    terminal.wait_for("it is there again", |s| frame(s, "sh").is_some() && s.shows("floats-2"));
    terminal.press("C-b P");
    terminal.shows("sh (pinned)");
    terminal.click(1, 1);
    let screen = terminal.wait_for("it stays", |s| s.shows("(pinned)") && s.cursor().1 < 10);
    assert!(frame(&screen, "sh").is_some(), "{screen}");
    terminal.enter("echo typed-$((2+2))");
    terminal.prints("typed-4");
    // Over a zoomed pane there is nothing.
    terminal.press("C-b %");
    terminal.wait_for("two below", |s| s.border(0).is_some());
    terminal.press("C-b z");
    terminal.wait_for("one alone", |s| frame(s, "sh").is_none() && s.border(0).is_none());
}

#[test]
fn a_pane_floats_and_tiles_again() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b @");
    terminal.shows("the only pane of a window cannot float");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0) == Some(40) && s.prompt());
    terminal.enter("echo moves-$((1+1))");
    terminal.shows("moves-2");
    let shell = world.pane("worker:1.2");
    terminal.press("C-b @");
    terminal.wait_for("it floats", |s| frame(s, "sh").is_some() && s.shows("│moves-2"));
    assert_eq!(world.display("worker:1.1", "#{pane_width}"), "80");
    terminal.press("C-b %");
    terminal.shows("floats and cannot be split");
    terminal.press("C-b @");
    terminal.wait_for("it does not", |s| frame(s, "sh").is_none() && s.border(0) == Some(40));
    assert_eq!(world.pane("worker:1.2"), shell);
}

#[test]
fn keys_and_the_mouse_move_and_resize() {
    let world = World::new();
    let mut terminal = attached(&world);
    world.ok("new-pane -t worker -x 30 -y 8 -X 10 -Y 4");
    terminal.wait_for("a frame", |s| frame(s, "sh") == Some((3, 9)));
    terminal.press("C-b g");
    terminal.press("Right");
    terminal.wait_for("further right", |s| frame(s, "sh") == Some((3, 13)));
    terminal.press("C-b g");
    terminal.press("Up");
    terminal.wait_for("further up", |s| frame(s, "sh") == Some((1, 13)));
    terminal.press("C-b M-Right");
    placed(&world, "worker:1.2", "14,2 35x8");

    // By its title, beyond the edge.
    terminal.hold(1, 20);
    terminal.drag(9, 25);
    terminal.wait_for("under the mouse", |s| frame(s, "sh") == Some((9, 18)));
    terminal.drag(22, 79);
    terminal.release(22, 79);
    placed(&world, "worker:1.2", "44,14 35x8");
    // By its corner, its right and its lower side.
    world.ok("move-pane -t worker:1.2 -X 10 -Y 2");
    terminal.wait_for("elsewhere", |s| frame(s, "sh") == Some((1, 9)));
    terminal.hold(10, 45);
    terminal.drag(12, 40);
    terminal.release(12, 40);
    placed(&world, "worker:1.2", "10,2 30x10");
    terminal.wait_for("smaller", |s| s.row(12).ends_with('┘'));
    terminal.hold(5, 40);
    terminal.drag(5, 50);
    terminal.release(5, 50);
    placed(&world, "worker:1.2", "10,2 40x10");
    // The program knows.
    terminal.enter("stty size");
    terminal.shows("│10 40");
}

#[test]
fn a_smaller_terminal_keeps_them_inside_and_a_larger_one_brings_them_back() {
    let world = World::new();
    let mut terminal = world.sized(120, 40, "new -s worker");
    terminal.prompt();
    world.ok("new-pane -t worker -x 40 -y 10 -X 70 -Y 25");
    terminal.wait_for("a frame", |s| frame(s, "sh") == Some((24, 69)));
    terminal.resize(20, 5);
    terminal.wait_for("all of it is the frame", |s| frame(s, "sh") == Some((0, 0)) && s.row(3).ends_with('┘'));
    assert_eq!(place(&world, "worker:1.2"), "1,1 18x2");
    terminal.resize(200, 50);
    terminal.wait_for("where it was", |s| frame(s, "sh") == Some((24, 69)));
    placed(&world, "worker:1.2", "70,25 40x10");
    terminal.enter("printf '\\033]2;a-title\\007'");
    terminal.wait_for("what the program calls it", |s| frame(s, "a-title").is_some());
}

#[test]
fn wide_characters_are_cut_clean_and_what_is_below_goes_on() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.enter("for i in 1 2 3 4 5 6 7 8 9; do echo 漢字漢字漢字漢字漢字漢字; done");
    terminal.wait_for("nine rows", |s| s.rows().iter().filter(|row| row.starts_with("漢字漢字漢字漢字")).count() == 9);
    // Its frame covers columns 3 to 8: halves of two characters are left of it and right of it.
    world.ok("new-pane -t worker -x 4 -y 3 -X 4 -Y 3");
    let screen = terminal.wait_for("the frame", |s| s.row(2).starts_with("漢 ┌"));
    assert!(screen.row(2).starts_with("漢 ┌────┐ 字"), "{screen}");
    let at = |col| screen.cell(4, col).map(|cell| cell.contents().trim().to_owned()).unwrap_or_default();
    assert_eq!((at(2), at(9), at(10)), (String::new(), String::new(), "字".to_owned()), "{screen}");
    // What is below is drawn on, and not through.
    world.ok("send-keys -t worker:1.1 'clear; seq -s , 30 60' Enter");
    terminal.wait_for("numbers round it", |s| s.row(0).starts_with("30,31") && s.row(2).starts_with("$  ┌"));
}

#[test]
fn only_what_has_changed_is_drawn() {
    let world = World::new();
    let mut terminal = attached(&world);
    world.ok("new-pane -d -p -t worker -x 30 -y 8 -X 40 -Y 0");
    terminal.shows("(pinned)");
    let before = terminal.drawn();
    terminal.types("x");
    terminal.wait_for("the key's echo", |s| s.row(0).starts_with("$ x"));
    let drawn = terminal.drawn() - before;
    assert!(drawn < 200, "{drawn} bytes for one character beside what floats");
}

#[test]
fn the_panes_numbers_are_beside_each_other() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b *");
    terminal.wait_for("a frame with a prompt in it", |s| frame(s, "sh").is_some() && s.prompt());
    terminal.press("C-b q");
    // Large digits, of which none stands in the other.
    let columns = |s: &Screen| {
        let rows = s.rows();
        let all = rows.iter().flat_map(|row| row.chars().enumerate()).filter(|(_, c)| *c == '█').map(|(at, _)| at);
        (all.clone().min().unwrap_or(0), all.max().unwrap_or(0))
    };
    terminal.wait_for("a number in the frame and one beside it", |s| columns(s).0 < 60 && columns(s).1 > 61);
    terminal.press("1");
    terminal.wait_for("the pane below", |s| frame(s, "sh").is_none());
}

#[test]
fn reading_back_searching_and_selecting_in_one_and_below_it() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.enter("seq -f low-%g 100");
    terminal.prints("low-100");
    world.ok("new-pane -t worker -x 30 -y 6 -X 20 -Y 8");
    terminal.wait_for("a frame", |s| frame(s, "sh") == Some((7, 19)));
    terminal.enter("seq -f high-%g 50");
    terminal.shows("│high-50");
    terminal.press("C-b [");
    terminal.press("? h i g h - 2 1 Enter");
    let screen = terminal.wait_for("the line that was found", |s| s.shows("│high-21"));
    assert!(screen.has_line("low-100"), "below it nothing has moved\n{screen}");
    terminal.press("q");
    // The wheel scrolls what is under it.
    terminal.wheel_up(2, 2);
    terminal.wait_for("below", |s| !s.has_line("low-100") && s.shows("│high-50"));
    terminal.click(2, 70);
    terminal.wait_for("it is below that", |s| frame(s, "sh").is_none());
    terminal.press("q");
    terminal.wait_for("back", |s| s.has_line("low-100"));
    // A selection by the mouse stays within the pane.
    terminal.press("C-b F");
    terminal.shows("│high-50");
    terminal.hold(9, 20);
    terminal.drag(9, 60);
    terminal.release(9, 60);
    until("what was selected is copied", || {
        let copied = world.mux("show-buffer").out;
        (copied.starts_with("high-") && !copied.contains("low")).then_some(())
    });
}

#[test]
fn they_live_through_a_killed_server_and_a_killed_client() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b *");
    terminal.wait_for("a frame", |s| frame(s, "sh").is_some() && s.prompt() && s.cursor().1 > 19);
    terminal.enter("kept=yes; echo before-$((1+1))");
    terminal.shows("before-2");
    terminal.press("C-b P");
    terminal.shows("(pinned)");
    let facts =
        "list-panes -a -F '#{pane_id} #{pane_pid} #{pane_floating_flag}#{pane_pinned_flag} #{pane_x} #{pane_width}'";
    let (before, server) = (world.ok(facts), world.server());
    server.kill(Signal::KILL);
    until("another server", || {
        (world.mux("display-message -p '#{pid}'").out.trim() != server.pid.to_string()).then_some(())
    });
    assert_eq!(world.ok(facts), before);
    terminal.enter("echo $kept-still");
    terminal.shows("yes-still");
    terminal.program().kill(Signal::KILL);
    terminal.exits();
    let again = world.terminal("attach -t worker");
    again.wait_for("all of it", |s| s.shows("(pinned)") && s.shows("yes-still") && s.shows("before-2"));
}

#[test]
fn the_scratch_terminal_comes_and_goes_by_one_key() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b `");
    terminal.wait_for("it is there", |s| frame(s, "scratch").is_some() && s.prompt() && s.cursor().1 > 10);
    terminal.enter("kept=yes; echo scratch-$((1+1))");
    terminal.shows("scratch-2");
    assert_eq!(world.display("worker", "#{pane_scratch_flag} #{pane_width}x#{pane_height}"), "1 56x13");
    terminal.press("C-b `");
    terminal.wait_for("it is put away", |s| frame(s, "scratch").is_none() && !s.shows("scratch-2"));
    terminal.press("C-b c");
    terminal.wait_for("another window", |s| s.status().contains(" 2:") && s.prompt());
    terminal.press("C-b `");
    terminal.wait_for("the same one here", |s| frame(s, "scratch").is_some() && s.shows("scratch-2"));
    terminal.enter("echo $kept-here");
    terminal.shows("yes-here");
    // When it ends by itself, the next one is a new one.
    terminal.enter("exit");
    terminal.wait_for("it is gone", |s| frame(s, "scratch").is_none());
    world.ok("set -g scratch-size 30x5");
    world.ok("scratch -t worker 'echo other; exec sleep 1000'");
    terminal.shows("│other");
    assert_eq!(world.display("worker", "#{pane_width}x#{pane_height}"), "30x5");
}

#[test]
fn zellijs_keys_know_them() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nkeymap = \"zellij\"\n");
    let mut terminal = attached(&world);
    terminal.press("C-p w");
    terminal.wait_for("one is made", |s| frame(s, "sh").is_some() && s.prompt() && s.cursor().1 > 19);
    terminal.press("C-p i");
    terminal.shows("(pinned)");
    terminal.press("C-h");
    terminal.press("Left");
    terminal.wait_for("further left", |s| frame(s, "sh").is_some_and(|(_, left)| left < 19));
    terminal.press("Enter C-p e");
    terminal.wait_for("it tiles", |s| frame(s, "sh").is_none() && s.border(0).is_some());
}

/// The older build is played by a client that is told to speak an older protocol.
#[test]
#[cfg(debug_assertions)]
fn an_older_client_sees_the_one_that_is_active_alone() {
    let world = World::new();
    world.ok("new -d -s worker 'echo below; exec sleep 1000'");
    world.ok("new-pane -t worker -x 40 -y 5 'echo above; exec sleep 1000'");
    let words = ["-c".to_owned(), format!("MUX_TEST_PROTOCOL=4 {MUX} attach -t worker")];
    let mut terminal = world.on_terminal(80, 24, "/bin/sh", &words, "older");
    let screen = terminal.wait_for("the floating pane", |s| s.has_line("above") || s.row(0).starts_with("above"));
    assert!(!screen.shows("below"), "{screen}");
    terminal.press("C-b o");
    let screen = terminal.wait_for("the other one", |s| s.has_line("below"));
    assert!(!screen.shows("above"), "{screen}");
}
