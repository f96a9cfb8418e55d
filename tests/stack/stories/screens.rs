//! The main views as they look: text and styles, kept as snapshots beside this file. `INSTA_UPDATE=always` takes them
//! anew; then they want to be looked at.

use std::fmt::Write;

use crate::harness::{Screen, Terminal, World, until};
use crate::skip;

const SIZES: [(u16, u16); 3] = [(80, 24), (200, 50), (20, 5)];

/// The rows, and below them for each the columns that are not plain.
fn looks(screen: &Screen) -> String {
    let rows = screen.rows();
    let mut out: String = rows.iter().map(|row| format!("|{row}\n")).collect();
    for row in 0..rows.len() as u16 {
        let mut col = 0;
        while col < screen.cols() {
            let style = style(screen, row, col);
            let end =
                (col..screen.cols()).find(|&next| self::style(screen, row, next) != style).unwrap_or(screen.cols());
            if !style.is_empty() {
                writeln!(out, "{row}:{col}-{}{style}", end - 1).expect("a string takes all");
            }
            col = end;
        }
    }
    let (row, col) = screen.cursor();
    let cursor = if screen.cursor_hidden() { "no cursor".to_owned() } else { format!("cursor {row}:{col}") };
    out + &cursor
}

fn style(screen: &Screen, row: u16, col: u16) -> String {
    let Some(cell) = screen.cell(row, col) else { return String::new() };
    let color = |name: &str, color: vt100::Color| match color {
        vt100::Color::Default => String::new(),
        vt100::Color::Idx(index) => format!(" {name}={index}"),
        vt100::Color::Rgb(r, g, b) => format!(" {name}=#{r:02x}{g:02x}{b:02x}"),
    };
    let mut style = color("fg", cell.fgcolor()) + &color("bg", cell.bgcolor());
    let attributes = [
        (cell.bold(), " bold"),
        (cell.dim(), " dim"),
        (cell.italic(), " italic"),
        (cell.underline(), " underline"),
        (cell.inverse(), " reverse"),
    ];
    attributes.iter().filter(|(set, _)| *set).for_each(|(_, name)| style += name);
    style
}

/// Keys of our own, so that what is bound by default may change.
const KEYS: &str = r##"
[prefix]
"?" = { run = "list-keys -N -T prefix", note = "Show the keys, and search them" }
":" = { run = "command-prompt", note = "Type a command" }
"%" = { run = "split-window -h", note = "Split the pane, side by side" }
"&" = { run = "confirm-before -p \"kill-window #W? (y/n)\" kill-window", note = "Kill the window, after a question" }
">" = { run = "display-menu -T 'a menu' -x P -y P 'Horizontal Split' h 'split-window -h' '' '-Not now' n '' Kill X kill-pane", note = "A menu of what can be done with the pane, and of much more" }
"[" = { run = "copy-mode", note = "Scroll back, search and copy" }
"q" = { run = "display-panes", note = "Show the panes' numbers" }
"s" = { run = "choose-tree -Zs", note = "Pick a session" }
"t" = { run = "clock-mode", note = "Show a clock" }
"u" = { run = "hints", note = "Copy or open something by two letters" }
"1" = { run = "select-window -t :1", note = "Go to window 1" }
"2" = { run = "select-window -t :2", note = "Go to window 2" }
"M-Left" = { run = "resize-pane -L 5", note = "Move the border left by 5", repeat = true }
"##;

/// A world in which nothing changes by itself, with a session of two windows, one of them split.
fn world(cols: u16, rows: u16) -> (World, Terminal) {
    session(World::new(), cols, rows)
}

fn session(world: World, cols: u16, rows: u16) -> (World, Terminal) {
    world.write(
        "config/mux/config.toml",
        "keymap = \"mine\"\n[options]\nstatus-right = \"at the right\"\nmessage-style = \"bg=yellow,fg=black\"\nautomatic-rename = false\n\
         newcomer-hints = false\npane-border-format = \"#P of #{window_panes}\"\n",
    );
    world.write("config/mux/keymaps/mine.toml", KEYS);
    let terminal = world.sized(cols, rows, "new -s worker -n edit");
    terminal.prompt();
    world.ok("new-window -d -n logs 'sleep 1000'");
    (world, terminal)
}

/// There is no room for all of it.
fn small(screen: &Screen) -> bool {
    screen.rows().len() < 10
}

#[track_caller]
fn snap(name: &str, terminal: &Terminal, what: &str, seen: impl Fn(&Screen) -> bool) {
    let screen = terminal.wait_for(what, seen);
    let name = format!("{name}-{}x{}", screen.cols(), screen.rows().len());
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "screens" }, {
        insta::assert_snapshot!(name, looks(&screen));
    });
}

#[test]
fn panes_with_borders_and_titles() {
    for (cols, rows) in SIZES {
        let (world, mut terminal) = world(cols, rows);
        terminal.press("C-b %");
        terminal.wait_for("two panes", |s| s.border(0).is_some() && s.prompt());
        world.ok("split-window 'echo below; exec sleep 1000'");
        world.ok("set -g pane-border-status top");
        snap("panes", &terminal, "three panes", |s| s.shows("3 of") && (s.shows("below") || small(s)));
        world.ok("set -g status-justify centre");
        world.ok("set -g status 2");
        world.ok("set -g pane-border-indicators both");
        // What is waited for comes last.
        world.ok("set -g pane-border-lines heavy");
        snap("panes-heavy", &terminal, "other borders", |s| s.shows("┃") && (s.shows("3[") || small(s)));
    }
}

#[test]
fn picker_tree_and_menu() {
    for (cols, rows) in SIZES {
        let (world, mut terminal) = world(cols, rows);
        world.ok("new -d -s notes -n text 'echo these are notes; exec sleep 1000'");
        terminal.press("C-b s");
        snap("picker", &terminal, "the picker with what is live", |s| {
            let live = s.rows().iter().any(|row| row.contains("│$"));
            s.status().starts_with("[1/2]") && s.shows("notes") && (live || small(s))
        });
        terminal.press("Escape");
        terminal.wait_for("no picker", |s| s.status().starts_with("[worker]"));
        terminal.press("C-b >");
        snap("menu", &terminal, "a menu", |s| s.shows("Horizontal") && s.shows("└"));
        terminal.press("Escape");
    }
}

#[test]
fn prompt_completions_and_questions() {
    for (cols, rows) in SIZES {
        let (_world, mut terminal) = world(cols, rows);
        terminal.press("C-b :");
        terminal.wait_for("the prompt", |s| s.status().starts_with(':'));
        terminal.types("rotate");
        terminal.press("Tab");
        terminal.types("-");
        terminal.press("Tab");
        snap("prompt", &terminal, "what can follow", |s| {
            s.status().starts_with(":rotate-window -") && s.shows("Each takes")
        });
        terminal.press("C-c");
        terminal.wait_for("no prompt", |s| s.status().starts_with("[worker]"));
        terminal.press("C-b &");
        snap("question", &terminal, "a question", |s| s.status().contains("kill") || s.status().contains("lose"));
        terminal.press("n");
    }
}

#[test]
fn keys_and_numbers() {
    for (cols, rows) in SIZES {
        let (world, mut terminal) = world(cols, rows);
        world.ok("set -g display-time 0");
        terminal.press("C-b");
        snap("which-key", &terminal, "what can follow", |s| s.shows("what can follow") && s.shows("└"));
        terminal.press("Escape");
        terminal.wait_for("nothing more", |s| !s.shows("└") && s.prompt());
        terminal.press("C-b ?");
        snap("keys", &terminal, "the keys", |s| s.status().starts_with("[1/13]"));
        terminal.press("q");
        terminal.wait_for("no keys", |s| s.status().starts_with("[worker]") && s.prompt());
        terminal.press("C-b %");
        terminal.wait_for("two panes", |s| s.border(0).is_some() && s.prompt());
        terminal.press("C-b q");
        snap("numbers", &terminal, "numbers", |s| {
            s.count("█") == 5 || small(s) && s.rows()[..4].iter().any(|row| row.contains('2'))
        });
    }
}

/// A time zone in which it is half past twelve now.
fn where_it_is_half_past_twelve() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time after 1970");
    let west = (now.as_secs() % 86_400) as i64 - (12 * 3600 + 30 * 60);
    let (sign, west) = if west < 0 { ("-", -west) } else { ("", west) };
    format!("HERE{sign}{}:{:02}:{:02}", west / 3600, west / 60 % 60, west % 60)
}

#[test]
fn a_clock() {
    for (cols, rows) in SIZES {
        let mut world = World::new();
        world.set("TZ", &where_it_is_half_past_twelve());
        let (_world, mut terminal) = session(world, cols, rows);
        terminal.press("C-b t");
        let digits = |s: &Screen| s.rows().iter().filter(|row| row.contains('█')).count();
        snap("clock", &terminal, "the time", |s| digits(s) == 5 || small(s) && s.shows("12:30"));
    }
}

#[test]
fn reading_back_with_a_search() {
    for (cols, rows) in SIZES {
        let (_world, mut terminal) = world(cols, rows);
        terminal.enter("clear; seq 100 160; printf 'end\\n'");
        terminal.wait_for("all of it", |s| s.has_line("end") && s.prompt());
        terminal.press("C-b [");
        terminal.press("?");
        terminal.types("15");
        terminal.press("Enter");
        snap("copy", &terminal, "the hits", |s| s.shows("of 11)") && s.row(s.cursor().0.into()).starts_with("159"));
        terminal.press("q");
    }
}

#[test]
fn hints_messages_and_a_dead_pane() {
    for (cols, rows) in SIZES {
        let (world, mut terminal) = world(cols, rows);
        world.ok("set -g display-time 0");
        terminal.enter("clear; echo http://a.b/c src/x.rs:3 10.0.0.1");
        terminal.wait_for("links", |s| s.shows("http://a.b/c") && s.prompt());
        terminal.press("C-b u");
        snap("hints", &terminal, "letters", |s| !s.status().starts_with("[worker]") || !s.shows("http://a.b/c"));
        terminal.press("Escape");
        terminal.wait_for("no letters", |s| s.status().starts_with("[worker]"));
        world.ok("display-message -t worker 'something to say'");
        snap("message", &terminal, "a message", |s| s.status().starts_with("something to say"));
        world.ok("set -g remain-on-exit on");
        terminal.enter("clear; exit 3");
        snap("dead", &terminal, "a dead pane", |s| s.shows("Pane is dead") && !s.shows("http"));
    }
}

/// Every cell of a screen without any but ASCII.
fn is_plain(screen: &Screen) -> bool {
    screen.rows().iter().all(|row| row.is_ascii())
}

#[test]
fn a_terminal_without_utf8_gets_ascii() {
    let mut world = World::new();
    world.set("LC_ALL", "C");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g display-time 0");
    terminal.press("C-b %");
    terminal.wait_for("a plain border", |s| s.cell(3, 40).is_some_and(|cell| cell.contents() == "|") && s.prompt());
    terminal.enter("printf 'caf\\303\\251 \\346\\274\\242 \\342\\224\\202\\n'");
    terminal.wait_for("what stands for the rest", |s| s.shows("caf_ __ |") && is_plain(s));
    for (keys, text) in
        [("C-b s", "Enter goes"), ("C-b ?", "C-b"), ("C-b >", "Horizontal Split"), ("C-b", "what can follow")]
    {
        terminal.press(keys);
        terminal.wait_for(keys, |s| s.shows(text) && is_plain(s));
        terminal.press("Escape");
        terminal.wait_for("nothing over the panes", |s| s.status().starts_with("[worker]") && s.prompt());
    }
    terminal.press("C-b :");
    terminal.enter("display-panes -d 60000");
    terminal.wait_for("numbers", |s| s.shows("###") && is_plain(s));
    let unicode = world.terminal("-u attach -t worker");
    unicode.wait_for("the switch of tmux", |s| s.shows("│") && s.shows("café 漢"));
}

#[test]
fn simple_borders_are_those_of_frames_too() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g pane-border-lines simple");
    terminal.enter("printf 'caf\\303\\251\\n'");
    terminal.prints("café");
    terminal.press("C-b s");
    terminal.wait_for("a plain frame", |s| s.shows("Enter goes") && !s.shows("─") && !s.shows("│") && s.shows("café"));
    terminal.press("Escape");
    terminal.wait_for("no picker", |s| s.status().starts_with("[worker]"));
    terminal.press("C-b >");
    terminal.wait_for("a plain menu", |s| s.shows("Horizontal Split") && s.shows("+--") && !s.shows("─"));
}

#[test]
fn no_color_is_none_in_any_view() {
    let mut world = World::new();
    world.set("NO_COLOR", "1");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g status-right '#[fg=red,bg=blue]red#[default]'");
    world.ok("set -g status 2");
    terminal.press("C-b %");
    terminal.wait_for("a second pane", |s| s.border(0).is_some() && s.prompt());
    terminal.enter("printf '\\033[31mred\\033[0m\\n'");
    let colourless = |s: &Screen| {
        let cells = (0..24).flat_map(|row| (0..80).map(move |col| (row, col)));
        cells
            .filter_map(|(row, col)| s.cell(row, col))
            .all(|cell| cell.fgcolor() == vt100::Color::Default && cell.bgcolor() == vt100::Color::Default)
    };
    terminal.wait_for("no colours", |s| s.has_line("red") || s.shows("red") && colourless(s));
    // What is current is told all the same.
    terminal.wait_for("a reversed line", |s| s.cell(22, 0).is_some_and(vt100::Cell::inverse));
    for (keys, text) in [("C-b s", "Enter goes"), ("C-b ?", "C-b"), ("C-b >", "Horizontal Split"), ("C-b :", ":")] {
        terminal.press(keys);
        terminal.wait_for(keys, |s| s.shows(text) && colourless(s));
        terminal.press("Escape");
        terminal.wait_for("nothing over the panes", |s| s.row(22).starts_with("[worker]") && s.prompt());
    }
}

#[test]
fn who_is_new_is_told_a_few_keys_until_they_are_known() {
    let world = World::new();
    let mut terminal = world.sized(100, 24, "new -s worker");
    terminal.prompt();
    world.ok("set -g status-right ''");
    terminal.wait_for("the keys", |s| s.status().contains("Ctrl-b ? keys · d detach · c window · % split · : command"));
    // What is in force counts.
    world.ok("bind-key D detach-client");
    world.ok("unbind-key d");
    world.ok("set -g prefix C-a");
    terminal.wait_for("other keys", |s| s.status().contains("Ctrl-a ? keys · D detach"));
    world.ok("set -g status-right 'something that is longer and leaves less room'");
    terminal
        .wait_for("as many as fit", |s| s.status().contains("Ctrl-a ? keys · D detach · c window ") && !s.shows("%"));
    terminal.resize(20, 5);
    terminal.wait_for("none on a small one", |s| {
        s.rows().len() == 5 && s.status().contains("[worker]") && !s.shows("keys")
    });
    terminal.resize(100, 24);
    terminal.shows("? keys");
    world.ok("set -g newcomer-hints off");
    terminal.wait_for("none where they are not wanted", |s| !s.shows("? keys"));
    world.ok("set -g newcomer-hints on");
    terminal.shows("? keys");
    terminal.press("C-a c C-a n C-a n");
    terminal.wait_for("who knows the prefix needs none", |s| s.status().contains("2:") && !s.shows("? keys"));
    until("it is written down", || world.path("state/mux/greeted").exists().then_some(()));
    terminal.hang_up();
    let again = world.sized(100, 24, "attach -t worker");
    let screen = again.wait_for("the session", |s| s.status().contains("[worker]"));
    assert!(!screen.shows("? keys"), "{screen}");
}

#[test]
fn the_picker_over_a_thousand_sessions_opens_at_once() {
    if std::env::var_os("MUX_MEASURE").is_none() {
        skip!("MUX_MEASURE is not set");
    }
    let world = World::lasting(std::time::Duration::from_secs(600));
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    let open = |terminal: &mut Terminal, foot: &str| {
        let mut times: Vec<_> = (0..9)
            .map(|_| {
                let began = std::time::Instant::now();
                terminal.press("C-b s");
                terminal.wait_for("all in the picker", |s| s.status().contains(foot));
                let time = began.elapsed();
                terminal.press("Escape");
                terminal.wait_for("no picker", |s| s.status().contains("[worker]"));
                time
            })
            .collect();
        times.sort();
        times[4]
    };
    let few = open(&mut terminal, "/1]");
    for at in 0..20 {
        let line: Vec<String> = (0..50).map(|n| format!("new -d -s s{at}-{n} 'sleep 1000'")).collect();
        let made = world.sh(&format!("mux {}", line.join(" \\; ")));
        assert_eq!(made.status, 0, "{made:?}");
    }
    let many = open(&mut terminal, "/1001]");
    world.ok("kill-session -a -t worker");
    // To end so many takes longer than stories usually wait.
    while world.processes().len() > 10 {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
    }
    eprintln!("picker: 1 session {few:?}, 1001 sessions {many:?}, ratio {:.1}", many.as_secs_f64() / few.as_secs_f64());
}
