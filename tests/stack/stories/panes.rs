//! Panes: split, moved between, zoomed, closed.

use crate::harness::{Screen, Terminal, World, until};

fn attached(world: &World) -> Terminal {
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal
}

/// The cursor is right of the border, where a prompt is.
fn in_right(screen: &Screen) -> bool {
    screen.border(0).is_some_and(|border| usize::from(screen.cursor().1) > border) && screen.prompt()
}

fn in_left(screen: &Screen) -> bool {
    screen.border(0).is_some_and(|border| usize::from(screen.cursor().1) < border) && screen.prompt()
}

#[test]
fn side_by_side() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b %");
    let screen = terminal.wait_for("a border and a prompt right of it", in_right);
    assert_eq!(screen.border(0), Some(40), "{screen}");
    assert_eq!(screen.border(22), Some(40), "down to the status line\n{screen}");

    terminal.enter("stty size");
    terminal.prints("23 39");
    terminal.press("C-b Left");
    terminal.wait_for("the cursor in the left pane", in_left);
    terminal.enter("stty size");
    terminal.prints("23 40");
}

#[test]
fn one_above_the_other() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b \"");
    let screen = terminal.wait_for("the cursor in the lower half", |s| s.cursor().0 >= 12 && s.prompt());
    assert!(screen.row(11).chars().all(|c| c == '─'), "{screen}");
    assert_eq!(screen.row(11).chars().count(), 80, "{screen}");
    terminal.enter("stty size");
    terminal.prints("11 80");
    terminal.press("C-b Up");
    terminal.wait_for("the cursor in the upper half", |s| s.cursor().0 < 11 && s.prompt());
}

#[test]
fn keys_go_to_the_active_pane_only() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b %");
    terminal.wait_for("a second pane", in_right);
    terminal.enter("who=right");
    terminal.press("C-b o");
    terminal.wait_for("the cursor in the left pane", in_left);
    terminal.enter("who=left; echo in-$who");
    terminal.prints("in-left");
    terminal.press("C-b o");
    terminal.wait_for("the cursor in the right pane", in_right);
    terminal.enter("echo in-$who");
    let screen = terminal.prints("in-right");
    assert!(screen.has_line("in-left"), "both are to be seen\n{screen}");
}

#[test]
fn arrows_find_the_neighbour() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b %");
    terminal.wait_for("a second pane", in_right);
    terminal.press("C-b \"");
    terminal.wait_for("a third pane below", |s| s.cursor().0 >= 12 && in_right(s));
    terminal.press("C-b Up");
    terminal.wait_for("the pane above", |s| s.cursor().0 < 11 && in_right(s));
    terminal.press("C-b Left");
    terminal.wait_for("the pane at the left", in_left);
    terminal.press("C-b Right");
    terminal.wait_for("the pane that was used last", |s| s.cursor().0 < 11 && in_right(s));
    terminal.press("C-b Down");
    terminal.wait_for("the pane below", |s| s.cursor().0 >= 12 && in_right(s));
}

#[test]
fn a_click_chooses_the_pane() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b %");
    terminal.wait_for("a second pane", in_right);
    terminal.click(5, 5);
    terminal.wait_for("the cursor in the left pane", in_left);
    terminal.click(5, 60);
    terminal.wait_for("the cursor in the right pane", in_right);
}

#[test]
fn zoom_gives_one_pane_all_the_room_and_takes_it_back() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.enter("echo left-$((1+1))");
    terminal.prints("left-2");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", in_right);
    terminal.press("C-b z");
    terminal.wait_for("one pane", |s| s.border(0).is_none() && !s.has_line("left-2"));
    assert_eq!(world.display("worker", "#{window_zoomed_flag}"), "1");
    terminal.enter("stty size");
    terminal.prints("23 80");
    terminal.press("C-b z");
    terminal.wait_for("both panes", |s| s.border(0) == Some(40) && s.has_line("left-2"));
    assert_eq!(world.display("worker", "#{window_zoomed_flag}"), "0");
}

#[test]
fn closing_asks_first() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b %");
    terminal.wait_for("a second pane", in_right);
    let doomed = world.pane("worker");
    terminal.press("C-b x");
    terminal.wait_for("the question", |s| s.status().contains("kill-pane") && s.status().contains("(y/n)"));
    terminal.press("n");
    terminal.wait_for("the status line again", |s| s.status().contains("worker") && s.border(0).is_some());
    assert!(doomed.alive());

    terminal.press("C-b x");
    terminal.wait_for("the question", |s| s.status().contains("(y/n)"));
    terminal.press("y");
    terminal.wait_for("one pane with all the room", |s| s.border(0).is_none() && s.prompt());
    until("its program has ended", || (!doomed.alive()).then_some(()));
    terminal.enter("stty size");
    terminal.prints("23 80");
}

#[test]
fn a_program_that_ends_closes_its_pane() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b \"");
    terminal.wait_for("a second pane", |s| s.cursor().0 >= 12 && s.prompt());
    terminal.enter("exit");
    terminal.wait_for("one pane", |s| !s.shows("────") && s.prompt());
    world.ok("has-session -t worker");
}

#[test]
fn a_window_without_room_refuses_a_split() {
    let world = World::new();
    let mut terminal = world.sized(60, 4, "new -s worker");
    terminal.prompt();
    terminal.press("C-b \"");
    terminal.wait_for("a second pane", |s| s.shows("────"));
    terminal.press("C-b \"");
    terminal.wait_for("why not", |s| s.shows("no space") || s.shows("no room") || s.shows("too small"));
    assert_eq!(world.display("worker", "#{window_panes}"), "2");
}

#[test]
fn the_outer_terminal_may_change_its_size() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.enter("stty size");
    terminal.prints("23 80");
    terminal.resize(100, 30);
    terminal.wait_for("the status line at the new bottom", |s| s.status().contains("worker"));
    terminal.enter("clear; stty size");
    terminal.prints("29 100");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", in_right);
    terminal.resize(60, 20);
    let narrow = |s: &Screen| in_right(s) && s.border(0).is_some_and(|b| (25..35).contains(&b));
    terminal.wait_for("a border in the middle", narrow);
    terminal.enter("clear; stty size");
    terminal.wait_for("the pane's new size", |s| s.has_line("19 29") || s.has_line("19 30"));
}

#[test]
fn a_detached_session_keeps_its_size() {
    let world = World::new();
    let mut terminal = world.sized(100, 30, "new -s worker");
    terminal.prompt();
    terminal.press("C-b d");
    terminal.exits();
    world.ok("send-keys -t worker 'stty size' Enter");
    world.captured("worker", "29 100");
}
