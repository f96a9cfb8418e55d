//! A client inside a pane.

use crate::harness::World;

#[test]
fn attaching_inside_a_pane_is_refused_and_the_message_says_how_to_force_it() {
    let world = World::new();
    world.ok("new -d -s inner");
    let mut terminal = world.sized(120, 24, "new -s worker");
    terminal.prompt();
    terminal.enter("mux attach -t inner; echo status-$?");
    let screen = terminal.prints("status-1");
    let said = screen.rows().into_iter().find(|row| row.contains("nested")).unwrap_or_else(|| panic!("{screen}"));
    assert!(screen.shows("--nested"), "how to force it\n{screen}\n{said}");
    assert_eq!(world.ok("list-clients").lines().count(), 1);

    // A variable alone makes nothing nested: an editor's terminal that inherited it is no pane.
    let mut other = World::new();
    other.set("MUX", "/nowhere,1,0");
    other.set("MUX_PANE", "%0");
    let terminal = other.terminal("new -s worker");
    terminal.prompt();
}

#[test]
fn forced_it_works_and_the_inner_prefix_is_pressed_twice() {
    let world = World::new();
    let mut terminal = world.terminal("new -s outer");
    terminal.prompt();
    terminal.enter("mux new --nested -s inner");
    terminal.wait_for("two status lines", |s| s.status().contains("outer") && s.row(22).contains("inner"));
    terminal.enter("stty size");
    terminal.prints("22 80");
    terminal.press("C-b C-b d");
    terminal.shows("[detached (from session inner)]");
    terminal.press("C-b d");
    terminal.shows("[detached (from session outer)]");
}
