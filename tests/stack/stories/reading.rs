//! Reading back: two people at once, searching, scrolling without a mode, selecting with the mouse, copying elsewhere.

use rustix::process::Signal;

use crate::harness::{Screen, Terminal, World, until};

/// Sets an option before anything runs.
fn set(world: &World, option: &str, value: &str) {
    world.write("config/mux/config.toml", &format!("[options]\n{option} = \"{value}\"\n"));
}

/// A shell that has printed the numbers from 1 to 300.
fn with_numbers(world: &World) -> Terminal {
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("seq 1 300");
    terminal.wait_for("the last number and a prompt", |s| s.has_line("300") && s.prompt());
    terminal
}

/// Waits until the newest paste buffer is this.
#[track_caller]
fn copied(world: &World, text: &str) {
    let mut last = String::new();
    until(&format!("a copy of {text:?}"), || {
        last = world.mux("show-buffer").out;
        (last == text).then_some(())
    });
}

/// The background of a cell, as a palette's number.
fn background(screen: &Screen, row: u16, col: u16) -> Option<u8> {
    match screen.cell(row, col)?.bgcolor() {
        vt100::Color::Idx(index) => Some(index),
        _ => None,
    }
}

#[test]
fn two_people_read_and_copy_in_a_pane_that_goes_on() {
    let world = World::new();
    let mut one = with_numbers(&world);
    let mut other = world.terminal("attach -t worker");
    other.prints("300");
    one.enter("while echo tick; do sleep 0.1; done");
    one.prints("tick");
    one.press("C-b PPage H V");
    other.press("C-b PPage PPage PPage H V");
    let (upper, lower) = (row(&other, 0, 3), row(&one, 0, 1));
    assert!(upper < lower, "each is where he went: {upper} and {lower}");
    let ticks = world.mux("capture-pane -p -S - -t worker").out.matches("tick").count();
    until("the pane goes on", || {
        (world.mux("capture-pane -p -S - -t worker").out.matches("tick").count() > ticks + 3).then_some(())
    });
    assert_eq!((row(&other, 0, 3), row(&one, 0, 1)), (upper, lower), "and there he stays");
    one.press("y");
    copied(&world, &format!("{lower}\n"));
    one.wait_for("the present", |s| s.has_line("tick"));
    assert_eq!(row(&other, 0, 3), upper);
    other.press("j y");
    copied(&world, &format!("{upper}\n{}\n", upper + 1));
    one.press("C-c");
}

/// The number in a row that has one, once copy mode is that many pages up or more.
fn row(terminal: &Terminal, row: usize, pages: usize) -> u64 {
    let number = |s: &Screen| s.row(row).split(' ').next().and_then(|word| word.parse::<u64>().ok());
    let screen = terminal.wait_for("a number", |s| number(s).is_some_and(|n| n < 300 - 20 * pages as u64));
    number(&screen).expect("it was waited for")
}

#[test]
fn a_search_counts_and_shows_all_that_it_finds() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    terminal.press("C-b [");
    terminal.shows("[0/");
    terminal.types("?2[0-9]5");
    let screen = terminal.shows("(10 of 10)");
    let rows = screen.rows();
    let place =
        |text: &str| rows.iter().position(|row| row.split(' ').next() == Some(text)).expect("it is shown") as u16;
    assert_eq!(background(&screen, place("295"), 0), Some(5), "the one that was gone to\n{screen}");
    assert_eq!(background(&screen, place("285"), 0), Some(6), "another one\n{screen}");
    assert_eq!(background(&screen, place("286"), 0), None);
    terminal.press("Enter n");
    terminal.shows("(9 of 10)");
    terminal.press("n");
    terminal.wait_for("one that was not on the screen", |s| s.shows("(8 of 10)") && s.has_line("275"));
    terminal.press("N N N");
    terminal.shows("(1 of 10)");
    terminal.wait_for("round the end, at the oldest", |s| s.has_line("205"));
    terminal.press("?");
    terminal.enter("(");
    terminal.shows("not a pattern: (");
    terminal.press("/");
    terminal.enter("nowhere");
    terminal.shows("not found: nowhere");
    // Downwards from the end, the first one is the oldest.
    terminal.press("G /");
    terminal.enter("^1[0-9]$");
    terminal.shows("(1 of 10)");
    terminal.press("V y");
    copied(&world, "10\n");
}

#[test]
fn a_flood_does_not_keep_a_search_from_its_turn() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("seq 1 1000000000");
    terminal.shows("100");
    terminal.press("C-b [");
    terminal.shows("/50000]");
    terminal.press("?");
    terminal.enter("[0-9]+77");
    terminal.wait_for("what was found", |s| s.shows("(1") || s.shows(" of "));
    terminal.press("q C-c");
    terminal.prompt();
}

#[test]
fn scrolling_needs_no_mode() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    terminal.press("S-PPage");
    let before = terminal.wait_for("a page up", |s| s.has_line("260") && !s.has_line("300"));
    world.ok("send-keys -t worker 'echo out-$((40+2))' Enter");
    let after = terminal.shows("↓ 2 new lines");
    assert_eq!(before.rows()[1..22], after.rows()[1..22], "what is read stays");
    terminal.types("echo typed");
    terminal.wait_for("the live screen and what was typed", |s| {
        s.shows("$ echo typed") && s.has_line("out-42") && !s.shows("new line")
    });
    terminal.press("S-PPage");
    terminal.wait_for("a page up", |s| s.has_line("262") && !s.has_line("out-42"));
    terminal.press("S-NPage S-NPage");
    terminal.wait_for("the live screen", |s| s.shows("$ echo typed") && !s.shows("/28"));
}

#[test]
fn the_wheel_is_arrows_where_a_full_screen_program_asks_for_no_mouse() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    terminal.enter("printf '\\033[?1049h'; cat > /dev/null; printf '\\033[?1049l'");
    terminal.wait_for("the other screen", |s| !s.has_line("300"));
    terminal.wheel_up(5, 5);
    terminal.shows("^[[A^[[A^[[A");
    terminal.wheel_down(5, 5);
    terminal.shows("^[[A^[[A^[[A^[[B^[[B^[[B");
    terminal.press("Enter C-d");
    terminal.wait_for("the shell's screen", |s| s.has_line("300") && s.prompt());
}

#[test]
fn the_mouse_selects_as_everywhere() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("clear; printf 'alpha beta-%s/delta (x)\\nsecond line\\n' gamma");
    terminal.wait_for("the words", |s| s.has_line("second line") && s.prompt());
    terminal.hold(0, 6);
    terminal.drag(0, 8);
    terminal.drag(1, 5);
    let screen = terminal.wait_for("what is selected", |s| background(s, 1, 5) == Some(3));
    assert_eq!((background(&screen, 0, 5), background(&screen, 0, 6)), (None, Some(3)), "{screen}");
    assert_eq!(background(&screen, 1, 6), None, "{screen}");
    terminal.release(1, 5);
    copied(&world, "beta-gamma/delta (x)\nsecond");
    terminal.clipboard("YmV0YS1nYW1tYS9kZWx0YSAoeCkKc2Vjb25k");
    terminal.wait_for("the selection is gone", |s| background(s, 1, 5).is_none());
    terminal.click(0, 8);
    terminal.click(0, 8);
    copied(&world, "beta-gamma/delta");
    terminal.click(0, 8);
    copied(&world, "alpha beta-gamma/delta (x)\n");
    terminal.enter("echo back-$((1+1))");
    terminal.prints("back-2");
}

#[test]
fn the_mouse_selects_beyond_the_edge_and_never_borders() {
    let world = World::new();
    let mut terminal = with_numbers(&world);
    terminal.press("C-b %");
    terminal.wait_for("two panes", |s| s.border(3).is_some() && s.prompt());
    terminal.hold(20, 3);
    terminal.drag(10, 3);
    // At the edge it goes on by itself, and beyond the border it stays in its pane.
    terminal.drag(0, 70);
    terminal.wait_for("what had scrolled off", |s| s.has_line("250"));
    terminal.release(0, 70);
    let text = until("the copy", || Some(world.mux("show-buffer").out).filter(|text| text.contains("\n270\n")));
    assert!(!text.contains('│') && !text.contains('$'), "{text}");
    let numbers: Vec<u64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]) && numbers.len() > 30, "{text}");
}

#[test]
fn a_copy_goes_to_a_command() {
    let world = World::new();
    set(&world, "copy-command", &format!("cat > {}", world.place("piped")));
    let mut terminal = with_numbers(&world);
    terminal.press("C-b [");
    terminal.shows("[0/");
    terminal.press("k k Y");
    until("the text of the option's command", || (world.read("piped") == "299\n").then_some(()));
    copied(&world, "299\n");
    terminal.wait_for("the present", |s| !s.shows("[0/"));
    terminal.press("C-b [");
    terminal.shows("[0/");
    terminal.press("k 0 v $ C-b :");
    terminal.enter(&format!("send-keys -X copy-pipe-and-cancel 'tr 0 x > {}'", world.place("other")));
    until("the text of the named command", || (world.read("other") == "3xx").then_some(()));
}

#[test]
fn a_block_is_selected_and_copied() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("clear; printf 'a1 b1 c1\\na2 b2 c2\\na3 b3 c3\\n'");
    terminal.wait_for("the table", |s| s.has_line("a3 b3 c3") && s.prompt());
    terminal.press("C-b [ k 0 w C-v k k l");
    let screen = terminal.wait_for("a block", |s| background(s, 0, 4) == Some(3));
    assert_eq!([2, 3, 4, 5].map(|col| background(&screen, 1, col)), [None, Some(3), Some(3), None], "{screen}");
    terminal.press("y");
    copied(&world, "b1\nb2\nb3");
}

#[test]
fn prompts_are_gone_to() {
    let world = World::new();
    world.write("home/.profile", "PS1=$(printf '\\033]133;A\\007$ ')\n");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    for name in ["one", "two"] {
        terminal.enter(&format!("echo {name}-begins; seq 1 50; echo {name}-ends"));
        terminal.wait_for("its end", |s| s.has_line(&format!("{name}-ends")) && s.prompt());
    }
    terminal.press("C-b [");
    terminal.shows("[0/");
    let line = |s: &Screen| s.row(s.cursor().0.into());
    terminal.press("[");
    terminal.wait_for("the second prompt", |s| line(s).starts_with("$ echo two-begins"));
    terminal.press("[");
    terminal.wait_for("the first prompt", |s| line(s).starts_with("$ echo one-begins"));
    terminal.press("]");
    terminal.wait_for("the second prompt", |s| line(s).starts_with("$ echo two-begins"));

    // Their places outlive the server, and lines that are broken anew.
    terminal.press("q");
    world.server().kill(Signal::KILL);
    world.ok("has-session -t worker");
    terminal.resize(24, 20);
    terminal.wait_for("a narrow screen", |s| s.cols() == 24 && s.row(18) == "$");
    terminal.press("C-b [");
    terminal.shows("[0/");
    terminal.press("[");
    terminal.wait_for("the second prompt", |s| line(s).starts_with("$ echo two-begins"));
    terminal.press("[");
    terminal.wait_for("the first prompt", |s| line(s).starts_with("$ echo one-begins"));
}

#[test]
fn emacs_has_its_keys() {
    let world = World::new();
    set(&world, "mode-keys", "emacs");
    let mut terminal = with_numbers(&world);
    terminal.press("C-b [");
    terminal.shows("[0/");
    terminal.press("C-r");
    terminal.types("250");
    terminal.wait_for("the place, while it is typed", |s| s.has_line("250") && s.shows("(1 of 1)"));
    terminal.press("Enter C-a C-@ C-n C-e Escape w");
    copied(&world, "250\n251");
    terminal.wait_for("the present", |s| s.has_line("300") && !s.shows("/28"));
}

#[test]
fn two_letters_copy_or_open() {
    let world = World::new();
    let opener = world.script("bin/opener", &format!("echo \"$1\" > {}", world.place("opened")));
    set(&world, "open-command", &opener);
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("clear; printf 'see https://%s.org/a?b=c (1f0c3e9)\\n' example");
    terminal.wait_for("the line", |s| s.shows("see https://example.org/a?b=c (1f0c3e9)") && s.prompt());
    terminal.press("C-b u");
    terminal.shows("(aa0c3e9)");
    terminal.press("a");
    terminal.press("a");
    terminal.shows("copied 1f0c3e9");
    copied(&world, "1f0c3e9");
    terminal.press("C-b u");
    terminal.shows("(aa0c3e9)");
    terminal.press("a S");
    until("the URL is opened", || (world.read("opened") == "https://example.org/a?b=c\n").then_some(()));
    terminal.press("C-b u");
    terminal.shows("(aa0c3e9)");
    terminal.press("Escape");
    terminal.wait_for("no letters", |s| s.shows("(1f0c3e9)"));
    terminal.enter("clear");
    terminal.wait_for("nothing", |s| !s.shows("see"));
    terminal.press("C-b u");
    terminal.shows("no URL, path, hash or address");
}
