//! Every key of tmux's default prefix table does what it does there: a row for each, with what comes of it. Where tmux
//! is installed the same is done to tmux, and windows and panes must come out the same.

use std::process::Command;
use std::time::Duration;

use crate::harness::{Terminal, World, until, words};

/// A key of tmux's, and how its effect is seen.
struct Row {
    /// As tmux's list-keys names it.
    key: &'static str,
    /// Commands that make what the key needs, in the language that mux and tmux share; `! text` waits until the
    /// screen shows that, `? target format` until the format is 1.
    before: &'static [&'static str],
    /// Pressed after the key.
    then: &'static str,
    effect: Effect,
}

enum Effect {
    /// This format of the attached session is this then.
    Is(&'static str, &'static str),
    /// This command prints this then.
    Prints(&'static str, &'static str),
    /// mux's screen shows this; tmux says it in other words.
    Shows(&'static str),
    /// The user reads this where mux was.
    Leaves(&'static str),
}

use Effect::{Is, Leaves, Prints, Shows};

const fn row(key: &'static str, before: &'static [&'static str], effect: Effect) -> Row {
    Row { key, before, then: "", effect }
}

const fn answered(key: &'static str, before: &'static [&'static str], then: &'static str, effect: Effect) -> Row {
    Row { key, before, then, effect }
}

const CAT: &[&str] = &[];
const SPLIT: &[&str] = &["split-window -t w: 'exec cat'"];
const BESIDE: &[&str] = &["split-window -h -t w: 'exec cat'"];
const THREE: &[&str] = &["split-window -h -t w: 'exec cat'", "split-window -v -t w: 'exec cat'"];
const TITLED: &[&str] = &[
    "split-window -h -t w: 'exec cat'",
    "split-window -v -t w: 'exec cat'",
    "select-pane -t w:0.0 -T t0",
    "select-pane -t w:0.1 -T t1",
    "select-pane -t w:0.2 -T t2",
];
const WINDOWS: &[&str] =
    &["new-window -d -t w:1 -n one 'exec cat'", "new-window -d -t w:2 -n two 'exec cat'", "! 2:two"];
const SESSIONS: &[&str] = &["new-session -d -s v -x 80 -y 23 'exec cat'", "new-session -d -s x -x 80 -y 23 'exec cat'"];
const SEQ: &[&str] = &["respawn-pane -k -t w: 'seq 100; exec cat'", "! 100"];
const NAMED: &[&str] = &["rename-window -t w: name", "! 0:name"];

const ACTIVE: &str = "#{pane_index}";
const TITLE: &str = "#{pane_index} #{pane_title}";
const PANES: &str = "#{window_panes}";
const WINDOW: &str = "#{window_index}";
const SIZE: &str = "#{pane_width}x#{pane_height}";
const PLACE: &str = "#{pane_left},#{pane_top}";

/// In the order in which tmux lists them.
const TABLE: &[Row] = &[
    row("C-b", CAT, Shows("^B")),
    row("C-o", TITLED, Is(TITLE, "2 t0")),
    row("Space", THREE, Is(PLACE, "54,0")),
    row("!", SPLIT, Is("#{session_windows}", "2")),
    row("\"", CAT, Is("#{window_panes} #{pane_at_top}", "2 0")),
    row("#", &["set-buffer -b one first", "set-buffer -b two second"], Shows("one: 5 bytes: \"first\"")),
    answered("$", CAT, "x Enter", Is("#{session_name}", "wx")),
    row("%", CAT, Is("#{window_panes} #{pane_at_left}", "2 0")),
    answered("&", WINDOWS, "y", Is(WINDOW, "2")),
    answered("'", WINDOWS, "2 Enter", Is(WINDOW, "2")),
    row("(", SESSIONS, Shows("[v]")),
    row(")", SESSIONS, Shows("[x]")),
    answered(",", NAMED, "x Enter", Is("#{window_name}", "namex")),
    row("-", &["set-buffer first"], Prints("list-buffers", "")),
    answered(".", WINDOWS, "7 Enter", Is(WINDOW, "7")),
    answered("/", CAT, "c", Shows("C-b c ")),
    row("0", &["new-window -t w:1 'exec cat'"], Is(WINDOW, "0")),
    row("1", WINDOWS, Is(WINDOW, "1")),
    row("2", WINDOWS, Is(WINDOW, "2")),
    row("3", &["new-window -d -t w:3 'exec cat'"], Is(WINDOW, "3")),
    row("4", &["new-window -d -t w:4 'exec cat'"], Is(WINDOW, "4")),
    row("5", &["new-window -d -t w:5 'exec cat'"], Is(WINDOW, "5")),
    row("6", &["new-window -d -t w:6 'exec cat'"], Is(WINDOW, "6")),
    row("7", &["new-window -d -t w:7 'exec cat'"], Is(WINDOW, "7")),
    row("8", &["new-window -d -t w:8 'exec cat'"], Is(WINDOW, "8")),
    row("9", &["new-window -d -t w:9 'exec cat'"], Is(WINDOW, "9")),
    answered(":", CAT, "n e w w Enter", Is("#{session_windows}", "2")),
    row(";", THREE, Is(ACTIVE, "1")),
    answered("<", WINDOWS, "W", Is("#{session_windows}", "4")),
    answered(">", CAT, "h", Is(PANES, "2")),
    row("?", CAT, Shows("Open a window")),
    row("E", &["split-window -v -l 5 -t w: 'exec cat'"], Is(SIZE, "80x11")),
    row("L", &["new-session -d -s v -x 80 -y 23 'exec cat'", "switch-client -t v", "! [v]"], Shows("[w]")),
    row("M", &["split-window -t w: 'exec cat'", "select-pane -m -t w:0.0"], Is("#{pane_marked_set}", "0")),
    answered("[", SEQ, "PPage", Shows("60")),
    row("]", &["set-buffer pasted"], Shows("pasted")),
    row("c", CAT, Is(WINDOW, "1")),
    row("d", CAT, Leaves("[detached (from session w)]")),
    answered("f", WINDOWS, "t w o Enter", Is(WINDOW, "2")),
    row("i", CAT, Shows("current pane 0")),
    row("l", &["new-window -t w:1 'exec cat'"], Is(WINDOW, "0")),
    row("m", CAT, Is("#{pane_marked}", "1")),
    row("n", WINDOWS, Is(WINDOW, "1")),
    row("o", THREE, Is(ACTIVE, "0")),
    row("p", WINDOWS, Is(WINDOW, "2")),
    answered("q", THREE, "0", Is(ACTIVE, "0")),
    row("r", CAT, Is(PANES, "1")),
    row("t", CAT, Shows("███")),
    answered("x", SPLIT, "y", Is(PANES, "1")),
    row("z", SPLIT, Is("#{window_zoomed_flag}", "1")),
    row("{", THREE, Is(ACTIVE, "1")),
    row("}", THREE, Is(ACTIVE, "0")),
    row("~", &["display-message remembered"], Shows("message: remembered")),
    row("DC", CAT, Is(PANES, "1")),
    row("PPage", SEQ, Shows("60")),
    row("Up", THREE, Is(ACTIVE, "1")),
    row("Down", THREE, Is(ACTIVE, "1")),
    row("Left", BESIDE, Is(ACTIVE, "0")),
    row("Right", BESIDE, Is(ACTIVE, "0")),
    row("M-1", SPLIT, Is(PLACE, "40,0")),
    row("M-2", BESIDE, Is(PLACE, "0,12")),
    row("M-3", BESIDE, Is("#{pane_left}", "0")),
    row("M-4", SPLIT, Is("#{pane_top}", "0")),
    row("M-5", THREE, Is(PLACE, "0,12")),
    row(
        "M-n",
        &[
            "new-window -d -t w:1 'exec cat'",
            "new-window -d -t w:2 'printf \"\\a\"; exec cat'",
            "? w:2 #{window_bell_flag}",
        ],
        Is(WINDOW, "2"),
    ),
    row("M-o", TITLED, Is(TITLE, "2 t1")),
    row(
        "M-p",
        &[
            "new-window -d -t w:1 'printf \"\\a\"; exec cat'",
            "new-window -d -t w:2 'exec cat'",
            "? w:1 #{window_bell_flag}",
        ],
        Is(WINDOW, "1"),
    ),
    row("M-Up", SPLIT, Is(SIZE, "80x16")),
    row("M-Down", SPLIT, Is(SIZE, "80x6")),
    row("M-Left", BESIDE, Is(SIZE, "44x23")),
    row("M-Right", BESIDE, Is(SIZE, "34x23")),
    row("C-Up", SPLIT, Is(SIZE, "80x12")),
    row("C-Down", SPLIT, Is(SIZE, "80x10")),
    row("C-Left", BESIDE, Is(SIZE, "40x23")),
    row("C-Right", BESIDE, Is(SIZE, "38x23")),
    row("S-Up", CAT, Is(PANES, "1")),
    row("S-Down", CAT, Is(PANES, "1")),
    row("S-Left", CAT, Is(PANES, "1")),
    row("S-Right", CAT, Is(PANES, "1")),
];

/// Keys that have stories of their own: the client that is stopped, and what is chosen from lists.
const ELSEWHERE: &[&str] = &["C-z", "=", "C", "D", "s", "w"];

/// Here tmux shows a list in which the user goes on, where mux is at its end.
const OTHERWISE: &[&str] = &["f"];

/// Everything of windows and panes that a key may change.
const LISTED: &str = "#{session_name}:#{window_index}.#{pane_index} #{pane_width}x#{pane_height} #{pane_left},#{pane_top} \
                      #{session_attached} #{window_active}#{pane_active}#{window_zoomed_flag}#{pane_marked}";

/// A session that keeps the server between two keys.
const KEPT: &str = "zz";

/// mux or tmux.
struct Multiplexer<'a> {
    world: &'a World,
    program: &'static str,
    /// Before each command.
    flags: &'static [&'static str],
}

impl Multiplexer<'_> {
    fn argv(&self, line: &str) -> Vec<String> {
        self.flags.iter().map(|flag| (*flag).to_owned()).chain(words::split(line)).collect()
    }

    /// What a command prints.
    fn run(&self, line: &str) -> String {
        self.world.run(self.world.command(self.program).args(self.argv(line)), line).out.trim_end().to_owned()
    }

    fn terminal(&self, line: &str) -> Terminal {
        self.world.on_terminal(80, 24, self.program, &self.argv(line), line)
    }

    /// A session `w` on a terminal, prepared for the row, and the key pressed.
    fn press(&self, row: &Row) -> Terminal {
        let mut terminal = self.terminal("new-session -s w -n main 'exec cat'");
        terminal.shows("0:main");
        for line in row.before {
            match line.split_once(' ') {
                Some(("!", text)) => drop(terminal.shows(text)),
                Some(("?", flag)) => self.becomes(&format!("display-message -p -t {flag}"), "1"),
                _ => drop(self.run(line)),
            }
        }
        let before = self.settled(&terminal);
        terminal.press(&format!("C-b {}", row.key));
        if !row.then.is_empty() {
            terminal.wait_for("an answer to the key", |screen| screen.rows() != before);
            terminal.press(row.then);
        }
        terminal
    }

    /// The screen once it stays as it is while a command is answered: all that was done before is drawn.
    fn settled(&self, terminal: &Terminal) -> Vec<String> {
        until("a screen that stays", || {
            let before = terminal.screen().rows();
            (0..2).for_each(|_| drop(self.run("display-message -p settled")));
            (terminal.screen().rows() == before).then_some(before)
        })
    }

    fn becomes(&self, command: &str, expected: &str) {
        until(&format!("{expected:?} of {} {command}", self.program), || (self.run(command) == expected).then_some(()));
    }

    /// Waits for the effect; what there is then.
    fn effect(&self, row: &Row, terminal: &Terminal) -> String {
        match row.effect {
            Is(format, expected) => self.becomes(&format!("display-message -p '{format}'"), expected),
            Prints(command, expected) => self.becomes(command, expected),
            Shows(text) if self.program != "tmux" => drop(terminal.shows(text)),
            Leaves(text) => drop(terminal.shows(text)),
            Shows(_) => {}
        }
        let listed = self.run(&format!("list-panes -a -F '{LISTED}'"));
        let mut listed: Vec<&str> = listed.lines().filter(|line| !line.starts_with(KEPT)).collect();
        listed.sort_unstable();
        listed.join("\n")
    }

    fn clean(&self) {
        let sessions = self.run("list-sessions -F '#{session_name}'");
        for session in sessions.lines().filter(|session| *session != KEPT) {
            self.run(&format!("kill-session -t '={session}'"));
        }
        for buffer in self.run("list-buffers -F '#{buffer_name}'").lines() {
            self.run(&format!("delete-buffer -b {buffer}"));
        }
    }
}

/// Numbers as in tmux, whatever mux's own defaults are.
const CONFIG: &str = "[options]\nbase-index = 0\npane-base-index = 0\nrenumber-windows = false\n";

#[test]
fn each_key_of_tmux_s_prefix_table_does_what_it_does_there() {
    let mut world = World::lasting(Duration::from_secs(400));
    world.write("config/mux/config.toml", CONFIG);
    world.set("TMUX_TMPDIR", &world.place("run"));
    let mux = Multiplexer { world: &world, program: "mux", flags: &[] };
    let tmux = Multiplexer { world: &world, program: "tmux", flags: &["-f/dev/null"] };
    let others: Vec<Multiplexer<'_>> = match Command::new("tmux").arg("-V").output() {
        Ok(_) => vec![tmux],
        Err(error) => {
            eprintln!("not compared with tmux, which cannot be run here: {error}");
            Vec::new()
        }
    };
    for multiplexer in others.iter().chain([&mux]) {
        multiplexer.run(&format!("new-session -d -s {KEPT} 'exec cat'"));
    }
    if let [tmux] = others.as_slice() {
        every_key_is_known(&tmux.run("list-keys -T prefix"));
    }
    let mut complaints = Vec::new();
    for row in TABLE {
        let results: Vec<String> = others
            .iter()
            .filter(|_| !OTHERWISE.contains(&row.key))
            .chain([&mux])
            .map(|multiplexer| {
                let terminal = multiplexer.press(row);
                let listed = multiplexer.effect(row, &terminal);
                multiplexer.clean();
                listed
            })
            .collect();
        if let [tmux, mux] = results.as_slice()
            && tmux != mux
        {
            complaints.push(format!("{}: tmux has\n{tmux}\nand mux\n{mux}", row.key));
        }
    }
    others.iter().for_each(|tmux| drop(tmux.run("kill-server")));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// By `list-keys`: `bind-key -r -T prefix KEY command`.
fn every_key_is_known(listed: &str) {
    let key = |line: &str| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "prefix").skip(1);
        words.next().map(|key| key.strip_prefix('\\').filter(|rest| !rest.is_empty()).unwrap_or(key).to_owned())
    };
    let keys: Vec<String> = listed.lines().filter_map(key).collect();
    assert!(keys.len() > 80, "{listed}");
    let known = |key: &&String| TABLE.iter().any(|row| row.key == **key) || ELSEWHERE.contains(&key.as_str());
    let unknown: Vec<&String> = keys.iter().filter(|key| !known(key)).collect();
    assert!(unknown.is_empty(), "tmux binds keys that no row is about: {unknown:?}");
}

#[test]
fn the_client_stops_and_goes_on_where_it_was() {
    let world = World::new();
    let mut shell = world.on_terminal(80, 24, "/bin/sh", &["-i".into()], "sh -i");
    shell.prompt();
    shell.enter("mux new -s worker");
    shell.wait_for("the status line", |screen| screen.status().contains("[worker]") && screen.prompt());
    shell.enter("echo before-$((1+1))");
    shell.prints("before-2");
    shell.press("C-b C-z");
    shell.wait_for("the shell again", |screen| !screen.alternate() && screen.prompt());
    shell.enter("echo stopped-$((1+1)); jobs");
    shell.prints("stopped-2");
    shell.shows("Stopped");
    shell.enter("fg");
    let screen = shell.wait_for("the session", |screen| screen.alternate() && screen.has_line("before-2"));
    assert!(screen.status().contains("[worker]"), "{screen}");
    shell.enter("echo after-$((1+1))");
    shell.prints("after-2");
    shell.press("C-b d");
    shell.shows("[detached (from session worker)]");
    shell.enter("exit");
    shell.exits();
}

#[test]
fn another_part_of_a_large_window_is_seen() {
    let world = World::new();
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("resize-window -t worker -x 160 -y 60");
    terminal.enter("clear; seq 40; echo -n here-$((1+1))");
    terminal.shows("here-2");
    let screen = terminal.screen();
    assert!(!screen.has_line("1"), "the part round the cursor\n{screen}");
    terminal.press("C-b S-Up S-Up S-Up S-Up");
    terminal.wait_for("the first lines", |screen| screen.has_line("1") && screen.row(0).starts_with('1'));
    terminal.press("C-b DC");
    terminal.shows("here-2");
}
