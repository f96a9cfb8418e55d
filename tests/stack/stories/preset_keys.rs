//! The keymaps that come with mux: every binding is a command that there is, and the keys of screen and zellij that are
//! used most do what they say. (Those of tmux are in `prefix_keys`, one by one.)

use crate::harness::{World, until, words};

const KEYMAPS: [&str; 3] = ["tmux", "screen", "zellij"];

fn with_keymap(name: &str) -> World {
    let world = World::new();
    world.write("config/mux/config.toml", &format!("keymap = \"{name}\"\n"));
    world
}

/// Of `bind-key -T TABLE KEY COMMAND` the command; the key may have backslashes.
fn command(line: &str) -> &str {
    let (_, table) = line.split_once(" -T ").expect("a table");
    let (_, key) = table.trim_start().split_once(' ').expect("a key");
    let key = key.trim_start();
    let ends = |(at, _): &(usize, &str)| !key[..*at].ends_with('\\') || key[..*at].ends_with("\\\\");
    let (end, _) = key.match_indices(' ').find(ends).expect("a command");
    key[end..].trim_start()
}

/// The command lines that a command line has among its words, to be run later.
fn inner(line: &str) -> Vec<String> {
    line.split(" \\; ").flat_map(|command| inner_of(&words::split(command))).collect()
}

fn inner_of(words: &[String]) -> Vec<String> {
    let values = |flags: &[&str]| {
        let mut rest = words[1..].iter();
        let mut values = Vec::new();
        while let Some(word) = rest.next() {
            match word.starts_with('-') && word.len() > 1 && values.is_empty() {
                true if flags.contains(&word.as_str()) => drop(rest.next()),
                true => {}
                false => values.push(word.clone()),
            }
        }
        values
    };
    match words[0].as_str() {
        "command-prompt" | "confirm-before" => values(&["-p", "-I", "-T", "-t"]),
        "if-shell" => values(&["-t"]).split_off(1),
        "display-menu" => {
            let mut items = values(&["-T", "-x", "-y", "-t"]).into_iter();
            let mut commands = Vec::new();
            while let Some(name) = items.next() {
                commands.extend((!name.is_empty()).then(|| items.nth(1)).flatten());
            }
            commands
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_binding_is_a_command_that_there_is() {
    for keymap in KEYMAPS {
        let world = with_keymap(keymap);
        let listed = world.ok("list-keys");
        assert!(listed.lines().count() > 150, "{keymap}:\n{listed}");
        // What is listed can be read back: each line is checked as if it had been typed. So are the commands that are
        // run once a question is answered or something chosen.
        let mut lines: Vec<String> = listed.lines().map(str::to_owned).collect();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let inner = inner(command(line));
            lines.extend(inner.iter().map(|command| format!("bind-key -T prefix F9 {}", command.replace("%%", "x"))));
            at += 1;
        }
        assert!(lines.len() > listed.lines().count() + 2, "{keymap} asks nothing");
        let read = |lines: &[String]| {
            world.write("home/keys.conf", &lines.join("\n"));
            world.mux(&format!("source-file {}", world.place("home/keys.conf")))
        };
        world.ok("new -d -s worker 'exec sleep 1000'");
        let output = read(&lines);
        assert_eq!((output.status, output.err.as_str()), (0, ""), "{keymap}");
        let count = lines.len();
        lines.push("bind-key -T prefix F9 rename-windov x".to_owned());
        let output = read(&lines);
        assert!(output.err.contains(&format!(":{}:", count + 1)) && output.err.contains("rename-windov"), "{output:?}");
        // All keys lead where they did.
        let keys = |text: &str| -> Vec<String> {
            let unquoted = text.replace(['\'', '"'], "");
            unquoted.lines().filter(|line| !line.contains(" F9 ")).map(str::to_owned).collect()
        };
        let (now, before) = (keys(&world.ok("list-keys")), keys(&listed));
        assert_eq!(now.len(), before.len(), "{keymap}");
        now.iter().zip(&before).for_each(|(now, before)| assert_eq!(now, before, "{keymap}"));
    }
}

enum Effect {
    /// This format of the attached session is this then.
    Is(&'static str, &'static str),
    /// This command prints this then.
    Prints(&'static str, &'static str),
    /// The screen shows this.
    Shows(&'static str),
    /// It does so no longer.
    Hides(&'static str),
}

use Effect::{Hides, Is, Prints, Shows};

const WINDOW: &str = "#{window_index}";
const WINDOWS: &str = "#{session_windows}";
const NAME: &str = "#{window_name}";
const PANE: &str = "#{pane_index}";
const PANES: &str = "#{window_panes}";
const ZOOMED: &str = "#{window_zoomed_flag}";
const FLOATS: &str = "#{pane_floating_flag}";

/// Keys one after the other in one session, each with what comes of it.
fn press(keymap: &str, rows: &[(&str, Effect)]) {
    let world = with_keymap(keymap);
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set -g display-time 0");
    for (keys, effect) in rows {
        terminal.press(keys);
        let what = format!("{keymap}: what {keys} does");
        match effect {
            Is(format, expected) => {
                until(&format!("{what}: {expected:?} of {format}"), || {
                    (world.display("worker", format) == *expected).then_some(())
                });
            }
            Prints(command, expected) => until(&what, || (world.mux(command).out == *expected).then_some(())),
            Shows(text) => drop(terminal.wait_for(&what, |s| s.shows(text))),
            Hides(text) => drop(terminal.wait_for(&what, |s| !s.shows(text))),
        }
    }
}

#[test]
fn the_keys_of_screen_that_are_used_most() {
    press(
        "screen",
        &[
            ("C-a c", Is(WINDOW, "2")),
            ("C-a p", Is(WINDOW, "1")),
            ("C-a n", Is(WINDOW, "2")),
            ("C-a BSpace", Is(WINDOW, "1")),
            ("C-a Space", Is(WINDOW, "2")),
            ("C-a 1", Is(WINDOW, "1")),
            ("C-a '", Shows("Switch to window:")),
            ("2 Enter", Is(WINDOW, "2")),
            ("C-a A", Shows("Set window's title to:")),
            ("x Enter", Is(NAME, "shx")),
            ("C-a N", Shows("This is window 2 (shx).")),
            ("C-a v", Shows("mux 0.")),
            ("C-a w", Shows("2: shx*")),
            ("q", Hides("2: shx*")),
            ("C-a *", Shows("worker [80x24")),
            ("q", Hides("worker [80x24")),
            ("C-a \"", Shows("Enter goes")),
            ("q", Hides("Enter goes")),
            ("C-a ?", Shows("After the prefix, C-a")),
            ("q", Hides("After the prefix, C-a")),
            ("C-a |", Is(PANES, "2")),
            ("C-a Tab", Is(PANE, "1")),
            ("C-a Q", Is(ZOOMED, "1")),
            ("C-a Q", Is(ZOOMED, "0")),
            ("C-a h", Prints("list-buffers -F captured", "captured\n")),
            ("C-a :", Shows(":")),
            ("r e n a m e w Space t y p e d Enter", Is(NAME, "typed")),
            ("C-a +", Is(FLOATS, "1")),
            ("C-a P", Shows("(pinned)")),
            ("C-a P", Hides("(pinned)")),
            ("C-a g", Shows("Above all others")),
            ("Left", Is("#{pane_left}", "16")),
            ("C-a o", Is(FLOATS, "0")),
            ("C-a o", Is(FLOATS, "1")),
            ("C-a @", Is("#{window_panes} #{pane_floating_flag}", "3 0")),
            ("C-a `", Is("#{pane_scratch_flag}", "1")),
            ("C-a `", Is("#{pane_scratch_flag}", "0")),
            ("C-a k", Shows("Really kill this window [y/n]")),
            ("y", Is(WINDOWS, "1")),
            ("C-a D D", Shows("[detached (from session worker)]")),
        ],
    );
}

#[test]
fn the_keys_of_zellij_that_are_used_most() {
    press(
        "zellij",
        &[
            ("C-p r", Is("#{window_panes} #{pane_index}", "2 2")),
            ("C-p h", Is(PANE, "1")),
            ("l", Is(PANE, "2")),
            ("p", Is(PANE, "1")),
            ("f", Is(ZOOMED, "1")),
            ("C-p f", Is(ZOOMED, "0")),
            ("C-p c", Shows("title")),
            ("t 1 Enter", Is("#{m:*t1,#{pane_title}}", "1")),
            ("M-l", Is(PANE, "2")),
            ("M-h", Is(PANE, "1")),
            ("C-n l", Is("#{pane_width}", "41")),
            ("H", Is("#{pane_width}", "36")),
            ("Escape", Shows("[worker]")),
            ("C-h n", Is(PANE, "2")),
            ("Enter", Shows("[worker]")),
            ("C-p x", Is(PANES, "1")),
            ("M-f", Is(FLOATS, "1")),
            ("M-f", Is(FLOATS, "0")),
            ("C-p `", Is("#{pane_scratch_flag}", "1")),
            ("C-b `", Is("#{pane_scratch_flag}", "0")),
            ("C-t n", Is(WINDOW, "2")),
            ("C-t h", Is(WINDOW, "1")),
            ("l", Is(WINDOW, "2")),
            ("Tab", Is(WINDOW, "1")),
            ("2", Is(WINDOW, "2")),
            ("C-t r", Shows("(rename-window)")),
            ("x Enter", Is(NAME, "shx")),
            ("M-n", Is(PANES, "2")),
            ("C-t b", Is("#{session_windows} #{window_panes}", "3 1")),
            ("M-i", Is(WINDOW, "2")),
            ("M-o", Is(WINDOW, "3")),
            ("C-t x", Shows("kill-window sh? (y/n)")),
            ("y", Is(WINDOWS, "2")),
            ("C-o w", Shows("Enter goes")),
            ("Escape", Hides("Enter goes")),
            ("C-o ?", Shows("/ searches")),
            ("q", Hides("/ searches")),
            ("C-o r", Shows("(rename-session)")),
            ("C-c", Hides("(rename-session)")),
            ("C-b d", Shows("[detached (from session worker)]")),
        ],
    );
}
