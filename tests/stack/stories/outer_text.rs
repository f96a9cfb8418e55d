//! What is on the outer terminal: text of all scripts beside borders, the cost of a change, and terminals of any size.

use crate::harness::{Screen, Terminal, World, until};

/// Waits until nothing more is drawn than what is there: the shell and the status line have come to rest.
#[track_caller]
fn rests(world: &World, terminal: &Terminal) -> u64 {
    let mut last = terminal.drawn();
    until("a terminal at rest", || {
        // The client has drawn what it was sent before when it answers this.
        (0..5).for_each(|_| drop(world.ok("display -p ''")));
        let now = terminal.drawn();
        (std::mem::replace(&mut last, now) == now).then_some(now)
    })
}

#[test]
fn one_changed_cell_of_a_large_screen_costs_tens_of_bytes() {
    let world = World::new();
    world.write("config/mux/config.toml", "[options]\nstatus-right = \"\"\nautomatic-rename = false\n");
    let mut terminal = world.sized(200, 50, "new -s x");
    terminal.prompt();
    terminal.enter("stty -echo raw; seq 1 60; cat");
    terminal.shows("60");
    terminal.types("~go");
    terminal.shows("~go");
    let before = rests(&world, &terminal);
    terminal.types("x");
    terminal.shows("~gox");
    let cost = rests(&world, &terminal) - before;
    assert!((1..=60).contains(&cost), "{cost} bytes for one cell");
    // At another place, in another colour.
    let before = rests(&world, &terminal);
    // "\e[5;100H\e[1;31my\e[0m"
    world.ok("send-keys -t x -H 1b 5b 35 3b 31 30 30 48 1b 5b 31 3b 33 31 6d 79 1b 5b 30 6d");
    terminal.wait_for("a letter in red", |s| s.row(4).chars().nth(99) == Some('y'));
    let cost = rests(&world, &terminal) - before;
    assert!((1..=100).contains(&cost), "{cost} bytes for one cell elsewhere");
    world.ok("kill-server");
}

#[test]
fn what_a_slow_terminal_has_missed_is_not_sent_to_it_later() {
    let world = World::new();
    let mut terminal = world.sized(80, 24, "new -s x");
    terminal.prompt();
    let before = rests(&world, &terminal);
    terminal.stop_reading();
    // Some megabytes; the last line is told by another way.
    terminal.enter("seq 1 300000; echo done$((1+1))");
    world.captured("x", "done2");
    terminal.read_on();
    terminal.prints("done2");
    let cost = rests(&world, &terminal) - before;
    // A PTY holds some kilobytes, and what comes then are a few pictures of two kilobytes.
    assert!(cost < 200_000, "{cost} bytes of two megabytes");
    world.ok("kill-server");
}

/// Text that terminals disagree about.
const TEXTS: &[&str] = &[
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "a漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧",
    "x🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭🇨🇭",
    "e\u{301}e\u{301}e\u{301}\u{302}\u{303}o\u{338} n\u{303}",
    "שלום עולם مرحبا",
    "❤\u{fe0f}❤\u{fe0e}☺\u{fe0f}⚠\u{fe0f}1\u{fe0f}\u{20e3}",
    "ｶﾞ±§…“”①Ωя─│",
    "क्षि ไทย ᄒ\u{1161}ᆫ",
    "\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}zero",
];

/// Each row of the window, of which the right pane has `R` and its number in each, has both whole.
#[track_caller]
fn right_pane_is_whole(screen: &Screen, rows: usize) {
    for row in 0..rows {
        let text = screen.row(row);
        let mark = format!("│R{row}.");
        assert!(text.contains(&mark), "row {row} has no '{mark}': {screen}");
    }
}

#[test]
fn no_text_gets_over_a_border() {
    let world = World::new();
    let mut terminal = world.sized(81, 24, "new -s x");
    terminal.prompt();
    world.write("home/texts", &TEXTS.iter().map(|text| format!("{text}\n")).collect::<String>());
    world.ok(
        "split-window -h -t x 'i=0; while [ $i -lt 23 ]; do printf \"\\033[$((i+1));1HR$i.\"; i=$((i+1)); done; cat'",
    );
    terminal.shows("R22.");
    world.ok("select-pane -L -t x");
    terminal.enter("stty -echo; tput rmam 2>/dev/null; clear; cat texts; echo rea''dy");
    right_pane_is_whole(&terminal.prints("ready"), 23);
    // A border through the middle of wide characters, at every column.
    for _ in 0..6 {
        world.ok("resize-pane -L -t x:1.1 1");
        until("the border", || {
            let screen = terminal.screen();
            (0..23).all(|row| screen.row(row).contains(&format!("│R{row}."))).then_some(())
        });
    }
    // Over it and back.
    world.ok("resize-pane -R -t x:1.1 20");
    let screen = terminal.wait_for("the border again", |s| s.row(22).contains("│R22."));
    right_pane_is_whole(&screen, 23);
    world.ok("kill-server");
}

#[test]
fn a_terminal_may_be_resized_to_nothing_and_back() {
    let world = World::new();
    let mut terminal = world.sized(80, 24, "new -s x");
    terminal.prompt();
    world.ok("split-window -h -t x");
    world.ok("split-window -v -t x");
    let layers: &[&str] = &["", "C-b :", "C-b [", "C-b s", "C-b w", "C-b ?", "C-b =", "C-b q", "C-b t"];
    for keys in layers {
        if !keys.is_empty() {
            terminal.press(keys);
        }
        for (cols, rows) in [(1, 1), (2, 1), (1, 40), (300, 1), (3, 2), (20, 5), (200, 50), (1, 1)] {
            terminal.resize(cols, rows);
            // It goes on being drawn.
            world.ok("refresh-client");
        }
        terminal.resize(80, 24);
        for _ in 0..2 {
            terminal.press("Escape");
        }
        terminal.press("q");
        terminal.wait_for(&format!("a picture after {keys:?}"), |screen| {
            screen.row(5).contains('│') && screen.status().contains("[x]")
        });
    }
    // All sizes at once.
    for size in 1..80 {
        terminal.resize(size, 1 + size / 4);
    }
    terminal.resize(80, 24);
    terminal.press("C-b C-c");
    terminal.wait_for("a picture", |screen| screen.row(5).contains('│') && screen.status().contains("[x]"));
    terminal.press("C-b d");
    assert_eq!(terminal.exits(), 0);
    world.ok("kill-server");
}
