//! Status lines in all their forms: as tmux draws them, and what clicks on them do.

use std::time::Instant;

use crate::harness::{PATIENCE, Screen, Terminal, World, program};
use crate::skip;

/// The last rows of a screen, or the first ones: text and looks of each cell.
fn cells(screen: &Screen, rows: u16, at_top: bool) -> Vec<String> {
    let first = if at_top { 0 } else { 24 - rows };
    let cell = |row: u16, col: u16| {
        let Some(cell) = screen.cell(row, col) else { return String::new() };
        let text = if cell.contents().is_empty() { " " } else { cell.contents() };
        let looks = (cell.fgcolor(), cell.bgcolor(), cell.bold(), cell.inverse(), cell.underline());
        format!("{text}{looks:?}")
    };
    (first..first + rows).map(|row| (0..screen.cols()).map(|col| cell(row, col)).collect()).collect()
}

fn shown(screen: &Screen) -> String {
    screen.rows().join("\n")
}

/// A session of mux beside one of tmux, both told the same.
struct Pair {
    world: World,
    mux: Terminal,
    tmux: Terminal,
    step: usize,
}

impl Pair {
    fn new(tmux: &std::path::Path) -> Self {
        let mut world = World::new();
        let place = world.place("run");
        world.set("TMUX_TMPDIR", &place);
        world.write("home/conf", "set -g base-index 1\nset -g status-right-length 20\nset -g status-right 'right'\n");
        // It has no like in tmux.
        world.write("config/mux/config.toml", "[options]\nnewcomer-hints = false\n");
        let args = ["-u", "-f", &world.place("home/conf"), "new", "-s", "worker", "-n", "one", "sleep 1000"];
        let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
        let tmux = world.on_terminal(80, 24, tmux.to_str().expect("its path is ASCII"), &args, "tmux");
        tmux.shows("1:one*");
        let mux = world.terminal("new -s worker -n one 'sleep 1000'");
        mux.shows("1:one*");
        let mut pair = Self { world, mux, tmux, step: 0 };
        pair.both("source-file ~/conf");
        pair
    }

    fn both(&mut self, line: &str) {
        self.world.ok(line);
        let output = self.world.sh(&format!("tmux {line}"));
        assert_eq!(output.status, 0, "$ tmux {line}\n{output:?}");
    }

    /// Both show the same once they have done these commands.
    #[track_caller]
    fn same(&mut self, rows: u16, lines: &[&str]) {
        self.same_at(rows, false, lines);
    }

    #[track_caller]
    fn same_at(&mut self, rows: u16, at_top: bool, lines: &[&str]) {
        lines.iter().for_each(|line| self.both(line));
        self.step += 1;
        let mark = format!("L{}:", self.step);
        self.both(&format!("set -g status-left '{mark} '"));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (ours, theirs) = (self.mux.shows(&mark), self.tmux.shows(&mark));
            if cells(&ours, rows, at_top) == cells(&theirs, rows, at_top) {
                return;
            }
            let (ours, theirs) = (shown(&ours), shown(&theirs));
            assert!(Instant::now() < deadline, "{lines:?}\nmux:\n{ours}\ntmux:\n{theirs}");
            std::thread::yield_now();
        }
    }
}

#[test]
fn status_lines_are_as_tmux_draws_them() {
    let Some(tmux) = program("tmux") else { skip!("tmux is not installed") };
    let mut pair = Pair::new(&tmux);
    pair.same(1, &[]);
    pair.same(1, &["neww -d -n two 'sleep 1000'", "neww -n three 'sleep 1000'"]);
    for justify in ["centre", "right", "absolute-centre", "left"] {
        pair.same(1, &[&format!("set -g status-justify {justify}")]);
    }
    pair.same(1, &["set -g window-status-separator ' | '", "set -g window-status-current-style fg=white,bg=blue,bold"]);
    pair.same(1, &["set -g status-left-style bg=cyan", "set -g status-right-style fg=yellow,bg=black"]);
    pair.same(1, &["set -g window-status-last-style underscore", "set -g window-status-style fg=blue"]);
    pair.same(1, &["set -g status-right 'a#[fg=red,bold]b#[default]c a text that is longer than there is room for'"]);
    pair.same(1, &["set -g window-status-format '#[fg=red]#I#[default] #W'", "set -g status-right ''"]);
    for name in ["four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"] {
        pair.both(&format!("neww -d -n {name} 'sleep 1000'"));
    }
    for window in [1, 2, 6, 11, 12] {
        pair.same(1, &[&format!("select-window -t :{window}")]);
    }
    // In the middle of the line it lies over all else, and over the mark too.
    for justify in ["centre", "right"] {
        pair.same(1, &[&format!("set -g status-justify {justify}"), "select-window -t :6"]);
    }
    pair.same(1, &["set -g status-left-length 4", "set -g status-right 'something at the right'"]);
    pair.world.sh("tmux kill-server");
}

#[test]
fn several_status_lines_are_as_tmux_draws_them() {
    let Some(tmux) = program("tmux") else { skip!("tmux is not installed") };
    let mut pair = Pair::new(&tmux);
    pair.both("neww -d -n two 'sleep 1000'");
    pair.both("set -g pane-base-index 0");
    pair.same(2, &["set -g status 2", "split-window -h 'sleep 1000'", "split-window 'sleep 1000'"]);
    pair.same(
        3,
        &["set -g status 3", "set -g status-format[2] '#[align=centre]C#[align=right,fg=red]R#[align=left]L'"],
    );
    pair.same(3, &["set -g status-format[1] '#[fill=blue,bg=blue]#{W:#[range=window|#I]#I ,<#[bold]#W#[nobold]>}'"]);
    pair.same(
        3,
        &["set -g status-format[1] 'a#[list=on align=right]b #[list=focus]c#[list=on] d#[nolist]e#[align=right]f'"],
    );
    pair.same(3, &["set -gu status-format", "select-pane -t :.0"]);
    pair.same(5, &["set -g status 5", "set -g status-format[4] '#{S:#{session_name}}#[align=absolute-centre]mid'"]);
    pair.same_at(5, true, &["set -g status-position top"]);
    // The first line by its template, which is the one that holds anyway, and the same to the eye.
    let usual = pair.world.ok("show -gv status-format[0]");
    pair.world.write("home/more", &format!("set -g status-format[0] '{}#[default]'\n", usual.trim()));
    pair.same_at(5, true, &["source-file ~/more", "set -g status-left-length 20"]);
    pair.same_at(5, true, &["select-window -t :2", "set -g window-status-last-style bold"]);
    pair.same(1, &["set -g status on", "set -g status-position bottom"]);
    pair.both("set -g status off");
    pair.mux.wait_for("no status line", |s| !s.status().contains("worker") && !s.status().contains(':'));
    assert_eq!(pair.world.display("worker", "#{window_height}"), "24");
    pair.world.sh("tmux kill-server");
}

#[test]
fn a_click_on_a_status_line_goes_where_it_says() {
    let world = World::new();
    world.ok("new -d -s other");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("neww -n two");
    world.ok("splitw -h");
    world.ok("set -g status 3");
    world.ok("set -g status-format[2] '#[range=session|$0]other#[norange] #[range=pane|%2]pane#[norange] #[range=user|x]user'");
    let column = |s: &Screen, row: usize, text: &str| s.row(row).find(text).map(|at| at as u16);
    let screen = terminal.wait_for("three lines", |s| s.row(23).starts_with("other pane") && s.shows("2[39x21]"));
    assert_eq!(world.display("worker", "#{pane_id}"), "%3");
    // By its range, and by that of the list of panes, which is in the way of no window.
    terminal.click(23, column(&screen, 23, "pane").unwrap());
    terminal
        .wait_for("the left pane", |s| s.row(22).contains("1[40x21]") && world.display("worker", "#{pane_id}") == "%2");
    terminal.click(21, column(&screen, 21, "1:").unwrap());
    terminal.wait_for("the first window", |s| s.row(21).contains("1:sh*"));
    terminal.click(23, column(&screen, 23, "user").unwrap());
    terminal.click(23, 0);
    terminal.wait_for("the other session", |s| s.row(21).starts_with("[other]"));
}

#[test]
fn more_lines_than_there_is_room_for_leave_a_row() {
    let world = World::new();
    let mut terminal = world.sized(20, 5, "new -s worker");
    terminal.prompt();
    world.ok("set -g status 5");
    for line in 1..5 {
        world.ok(&format!("set -g status-format[{line}] 'line {line}'"));
    }
    terminal.wait_for("one row of the pane", |s| s.row(1).starts_with("[worker]") && s.row(4) == "line 3");
    assert_eq!(world.display("worker", "#{window_height}"), "1");
    terminal.press("C-b :");
    terminal.wait_for("the prompt on the last of them", |s| s.row(4) == ":" && s.row(3) == "line 2");
    terminal.press("Escape");
    assert_eq!(world.fails(2, "set -g status 6"), "'6' is no value for status: expected one of off, on, 2, 3, 4, 5");
}

#[test]
fn a_line_of_the_shell_is_run_while_somebody_sees_it() {
    let world = World::new();
    let terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g status-interval 1");
    world.script("home/count.sh", "echo run >> runs; echo not this; echo \"at $(wc -l < runs) 50% $1\"");
    world.ok("set -g status-right '#(./count.sh #{session_name}) end'");
    terminal.wait_for("what it prints last", |s| s.status().ends_with("at 1 50% worker end"));
    terminal.wait_for("what it prints when it is run again", |s| s.status().ends_with("at 3 50% worker end"));
    // One that hangs keeps nobody, and one in the second line counts too.
    world.ok("set -g status 2");
    world.ok("set -g status-format[1] '<#(echo second)#(sleep 1000)>'");
    terminal.wait_for("the second line", |s| s.row(23) == "<second>");
    assert_eq!(world.display("worker", "#(echo never)x"), "x", "only in status lines");
}

#[test]
fn an_older_client_has_its_one_line() {
    let mut world = World::new();
    world.ok("new -d -s worker");
    world.ok("set -g status 3");
    world.set("MUX_TEST_PROTOCOL", "4");
    let mut terminal = world.terminal("attach -t worker");
    terminal.wait_for("one line", |s| s.status().starts_with("[worker] 1:sh*") && s.prompt());
    terminal.enter("echo works-$((1+1))");
    let screen = terminal.prints("works-2");
    assert!(!screen.shows("1[80x21]"), "{screen}");
}
