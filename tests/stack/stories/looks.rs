//! Themes, borders and titles.

use vt100::Color;

use crate::harness::{Screen, Terminal, World};

fn attached(world: &World) -> Terminal {
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal
}

fn background(screen: &Screen, row: u16, col: u16) -> Color {
    screen.cell(row, col).map_or(Color::Default, vt100::Cell::bgcolor)
}

#[test]
fn the_theme_follows_the_terminal_s_background() {
    let mut world = World::new();
    world.set("COLORTERM", "truecolor");
    world.tell_background("ffff/ffff/ffff");
    let mut light = attached(&world);
    light.wait_for("the light theme", |s| background(s, 23, 79) == Color::Rgb(0xdf, 0xe3, 0xea));
    world.tell_background("0000/1111/2222");
    let dark = world.terminal("attach -t worker");
    dark.wait_for("the dark theme", |s| background(s, 23, 79) == Color::Rgb(0x26, 0x2b, 0x36));
    // What the terminal has answered was not typed into the pane.
    light.enter("echo works-$((1+1))");
    let screen = light.prints("works-2");
    assert!(!screen.shows("rgb:"), "{screen}");
    // What the user sets counts more than the theme, for everybody.
    world.ok("set -g status-style bg=red");
    light.wait_for("red", |s| background(s, 23, 79) == Color::Idx(1));
    dark.wait_for("red", |s| background(s, 23, 79) == Color::Idx(1));
    world.ok("set -gu status-style");
    world.ok("set -g theme plain");
    light.wait_for("the plain theme", |s| background(s, 23, 79) == Color::Idx(2));
    world.ok("set -g theme high-contrast");
    light.wait_for("the one of high contrast", |s| background(s, 23, 79) == Color::Rgb(0, 0, 0));
    world.ok("set -g theme nonsense");
    light.shows("no theme is called 'nonsense'");
}

#[test]
fn a_terminal_that_answers_nothing_is_not_waited_for_and_plain() {
    let world = World::new();
    let terminal = attached(&world);
    terminal.wait_for("tmux's colours", |s| background(s, 23, 79) == Color::Idx(2));
}

#[test]
fn a_theme_of_the_user_s_own() {
    let world = World::new();
    world.write("config/mux/themes/mine.toml", "[styles]\nstatus-style = \"bg=blue\"\npane-border-stile = \"x\"\n");
    world.write("config/mux/config.toml", "[options]\ntheme = \"mine\"\n");
    let terminal = world.sized(120, 24, "new -s worker");
    terminal.shows("mine.toml:3:1: no style is called 'pane-border-stile'");
    terminal.wait_for("what is right in it", |s| background(s, 23, 119) == Color::Idx(4));
}

#[test]
fn without_colours_the_bar_is_reversed() {
    let mut world = World::new();
    world.set("NO_COLOR", "1");
    let terminal = attached(&world);
    terminal.wait_for("a bar without colour", |s| {
        background(s, 23, 79) == Color::Default && s.cell(23, 79).is_some_and(vt100::Cell::inverse)
    });
}

#[test]
fn panes_have_titles_on_their_borders() {
    let world = World::new();
    let mut terminal = attached(&world);
    world.ok("set -g pane-border-status top");
    terminal.wait_for("a title above the only pane", |s| s.row(0).starts_with("──1 \"") && s.prompt());
    assert_eq!(world.display("worker", "#{pane_height}"), "22");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.row(0).contains("┬──2 \"") && s.prompt());
    world.ok("select-pane -t worker:1.1 -T the-title");
    terminal.wait_for("its title", |s| s.row(0).starts_with("──1 \"the-title\"──"));
    assert_eq!(world.display("worker:1.1", "#{pane_width}x#{pane_height}"), "40x22");
    world.ok("set -g pane-border-format '#P of #{window_panes}'");
    world.ok("set -g pane-border-status bottom");
    terminal.wait_for("titles below", |s| s.row(22).starts_with("──1 of 2──") && !s.row(0).contains("of 2"));
    terminal.press("C-b z");
    terminal.wait_for("one of them, zoomed", |s| {
        s.row(22).starts_with("──1 of 2──") || s.row(22).starts_with("──2 of 2──")
    });
    terminal.press("C-b z");
    world.ok("set -g pane-border-status off");
    terminal.wait_for("no titles", |s| !s.shows("of 2") && s.border(22).is_some());
    assert_eq!(world.display("worker:1.1", "#{pane_height}"), "23");
}

#[test]
fn borders_are_drawn_as_the_user_wants() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0).is_some() && s.prompt());
    let color = |s: &Screen, row: u16| s.cell(row, 40).map(vt100::Cell::fgcolor);
    // The lower half is the right pane's.
    terminal
        .wait_for("half of it green", |s| color(s, 20) == Some(Color::Idx(2)) && color(s, 2) == Some(Color::Default));
    for (lines, border) in [("double", "║"), ("heavy", "┃"), ("simple", "|"), ("single", "│")] {
        world.ok(&format!("set -g pane-border-lines {lines}"));
        terminal.wait_for(lines, |s| s.cell(5, 40).is_some_and(|cell| cell.contents() == border));
    }
    world.ok("set -g pane-border-indicators arrows");
    terminal.wait_for("an arrow, and all of it green", |s| {
        s.cell(1, 40).is_some_and(|cell| cell.contents() == "→") && color(s, 2) == Some(Color::Idx(2))
    });
}
