use std::path::{Path, PathBuf};

use super::*;

fn keys(text: &str) -> Vec<Key> {
    text.split(' ').map(|key| key.parse().unwrap()).collect()
}

/// Lays a text over the built-in keys; `bogus` is no command.
fn overlaid(text: &str) -> (Keymap, Vec<String>) {
    let mut keymap = Keymap::builtin("tmux").unwrap();
    let check = |command: &str| match command.split(' ').next() {
        Some("bogus") => Err(format!("no command is called '{command}'")),
        _ => Ok(()),
    };
    let problems = keymap.overlay(text, Path::new("my.toml"), &check);
    (keymap, problems.iter().map(Problem::to_string).collect())
}

fn command<'k>(keymap: &'k Keymap, table: &str, typed: &str) -> Option<&'k str> {
    match keymap.lookup(table, &keys(typed)) {
        Match::Bound(binding) => Some(&binding.command),
        _ => None,
    }
}

#[test]
fn builtin_keymaps_are_whole() {
    for (name, text) in BUILTIN {
        let mut keymap = Keymap::bare(name);
        assert_eq!(keymap.overlay(text, Path::new(name), &|_| Ok(())), [], "{name}");
        assert!(TABLES.iter().all(|table| keymap.tables().any(|known| known == *table)), "{name}");
        let modes: Vec<&str> = keymap.modes.iter().map(|(mode, _)| mode.as_str()).collect();
        assert!(modes.iter().all(|mode| !keymap.table(mode).is_empty()), "{name}");
        assert!(modes.iter().all(|mode| keymap.leads_to(mode)), "{name}");
        for table in keymap.tables() {
            for (keys, binding) in keymap.table(table) {
                assert!(binding.note.starts_with(char::is_uppercase), "{name}: {table}: {keys:?} has no note");
            }
        }
    }
    assert!(Keymap::names().eq(["tmux", "screen", "zellij"]));
    assert_eq!(Keymap::builtin("nope"), None);
}

#[test]
fn tmuxs_keys_are_bound() {
    let keymap = Keymap::builtin("tmux").unwrap();
    for (typed, expected) in [
        ("c", "new-window"),
        ("\"", "split-window -v"),
        ("%", "split-window -h"),
        ("5", "select-window -t :5"),
        ("C-b", "send-prefix"),
        ("M-Left", "resize-pane -L 5"),
        ("Space", "next-layout"),
        ("$", "command-prompt -I \"#S\" \"rename-session -- '%%'\""),
    ] {
        assert_eq!(command(&keymap, "prefix", typed), Some(expected), "{typed}");
    }
    assert_eq!(command(&keymap, "copy-mode-vi", "y"), Some("send-keys -X copy-selection-and-cancel"));
    assert_eq!(keymap.lookup("prefix", &keys("F9")), Match::None);
    assert_eq!(keymap.lookup("prefix", &keys("c c")), Match::None);
    assert_eq!(keymap.lookup("nope", &keys("c")), Match::None);
    let repeats = keymap.table("prefix").into_iter().filter(|(_, binding)| binding.repeat).count();
    assert_eq!(repeats, 17, "arrows, plain and with Control, Meta and Shift; Delete");
}

#[test]
fn a_users_file_goes_over_key_by_key() {
    let (keymap, problems) = overlaid(
        "[prefix]\nc = 'new-window -a'\nx = ''\n\"|\" = { run = 'split-window -h', note = 'Split', repeat = true }\n\
         [root]\nM-Left = 'select-pane -L'\n",
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(command(&keymap, "prefix", "c"), Some("new-window -a"));
    assert_eq!(command(&keymap, "prefix", "x"), None);
    assert_eq!(command(&keymap, "prefix", "n"), Some("next-window"));
    assert_eq!(command(&keymap, "root", "M-Left"), Some("select-pane -L"));
    let bound = Binding { command: "split-window -h".into(), note: "Split".into(), repeat: true };
    assert_eq!(keymap.lookup("prefix", &keys("|")), Match::Bound(&bound));
}

#[test]
fn a_chain_shows_what_may_follow() {
    let git = "[prefix]\n'g' = { note = 'Git', keys = { 's' = { run = 'a', note = 'Status' }, 'l' = 'b', \
               'r' = { note = 'Rebase', keys = { 'i' = 'c' } } } }";
    let (mut keymap, problems) = overlaid(git);
    assert_eq!(problems, [""; 0]);
    let label = |key: char, text: &str| (Key::char(key), text.to_owned());
    let expected = vec![label('s', "Status"), label('l', "b"), label('r', "Rebase")];
    assert_eq!(keymap.lookup("prefix", &keys("g")), Match::Pending(expected));
    assert_eq!(command(&keymap, "prefix", "g r i"), Some("c"));
    assert_eq!(keymap.lookup("prefix", &keys("g x")), Match::None);
    assert!(keymap.table("prefix").iter().any(|(path, _)| *path == keys("g r i")));
    keymap.overlay("[prefix]\ng = { keys = { l = '', x = 'd' } }", Path::new("x"), &|_| Ok(()));
    let Match::Pending(follow) = keymap.lookup("prefix", &keys("g")) else { panic!("no chain") };
    assert_eq!(follow, [label('s', "Status"), label('r', "Rebase"), label('x', "d")], "chains merge");
    let Match::Pending(all) = keymap.lookup("prefix", &[]) else { panic!("no table") };
    assert!(all.contains(&label('g', "Git")) && all.contains(&label('c', "Open a window")));
}

#[test]
fn keys_are_bound_and_unbound() {
    let mut keymap = Keymap::default();
    let binding = |command: &str| Some(Binding { command: command.into(), note: String::new(), repeat: false });
    keymap.bind("mine", &keys("a b c"), binding("one"));
    keymap.bind("mine", &keys("a d"), binding("two"));
    keymap.bind("mine", &[], binding("nothing"));
    assert_eq!(command(&keymap, "mine", "a b c"), Some("one"));
    keymap.bind("mine", &keys("a b c"), None);
    keymap.bind("mine", &keys("a d d"), None);
    assert_eq!(keymap.table("mine").len(), 1);
    assert_eq!(keymap.lookup("mine", &keys("a b")), Match::None, "an empty chain goes");
    keymap.bind("mine", &keys("a"), binding("three"));
    assert_eq!(command(&keymap, "mine", "a"), Some("three"), "over a chain");
    keymap.bind("mine", &keys("a e"), binding("four"));
    assert_eq!(keymap.table("mine"), [(keys("a e"), &binding("four").unwrap())], "over a binding");
}

#[test]
fn what_is_wrong_is_told_and_the_rest_counts() {
    let (keymap, problems) = overlaid(
        "[prefix]\nC-Foo = 'x'\nc = 'bogus -x'\nn = 5\np = { run = 1, note = 'No' }\n\
         a = { run = 'x', keys = { b = 'y' } }\nC-q = 'x'\n'^q' = { keys = { b = 'y' } }\n\
         d = { run = 'y', note = 1, repeat = 'no', nte = 'x' }\ne = { note = 'E' }\n\
         U = { keys = { 'Foo' = 'x', g = { run = 'bogus' } } }\nz = 'y'\nk = { keys = { a = 'x' } }\no = { keys = { a = 'bogus' } }\n[perfix]\n[copy]\n",
    );
    let expected = [
        "my.toml:2:1: no key is called 'C-Foo': expected one like c, C-b, M-Left, F5 or Space",
        "my.toml:3:5: no command is called 'bogus -x'",
        "my.toml:4:5: n is a number: expected a command, or { run = …, note = … }",
        "my.toml:5:13: run is a number: expected a command",
        "my.toml:6:25: 'a' both runs a command and begins a chain: expected run or keys",
        "my.toml:8:1: '^q' is bound here already, as 'C-q'",
        "my.toml:9:25: note is a number: expected a sentence",
        "my.toml:9:37: repeat is a string: expected true or false",
        "my.toml:9:43: 'nte' says nothing of a key: expected run, note, repeat, keys; did you mean 'note'?",
        "my.toml:10:5: 'e' does nothing: expected run or keys in it",
        "my.toml:11:16: no key is called 'Foo': expected one like c, C-b, M-Left, F5 or Space",
        "my.toml:11:41: no command is called 'bogus'",
        "my.toml:14:20: no command is called 'bogus'",
        "my.toml:15:2: 'perfix' is no key table: expected root, prefix, copy-mode-vi, copy-mode, or one that a key leads to (switch-client -T); did you mean 'prefix'?",
    ];
    assert_eq!(problems, expected);
    assert_eq!(command(&keymap, "prefix", "c"), Some("new-window"), "a bad line leaves what was there");
    assert_eq!(command(&keymap, "prefix", "z"), Some("y"));
    assert_eq!(command(&keymap, "prefix", "o"), Some("select-pane -t :.+"));
    assert_eq!(keymap.lookup("prefix", &keys("U")), Match::None, "an empty chain is none");
}

#[test]
fn broken_toml_is_a_problem_with_its_place() {
    let (keymap, problems) = overlaid("[prefix\nc = 'x'\nroot = 3\n");
    assert!(problems[0].starts_with("my.toml:1:8: "), "{problems:?}");
    assert_eq!(command(&keymap, "prefix", "n"), Some("next-window"));
    assert_eq!(overlaid("root = 3").1, ["my.toml:1:8: root is a number: expected a table"]);
}

#[test]
fn the_keys_reference_is_fresh() {
    for name in Keymap::names() {
        let file = if name == DEFAULT { "keys.md".to_owned() } else { format!("keys-{name}.md") };
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/reference").join(file);
        let page = reference(&Keymap::builtin(name).unwrap());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&file, &page).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(kept, page, "stale: run UPDATE_DOCS=1 cargo test reference_is_fresh");
    }
}

#[test]
fn screens_keys_are_bound() {
    let keymap = Keymap::builtin("screen").unwrap();
    assert_eq!(keymap.prefix(), Some(Key::ctrl('a')));
    for (typed, expected) in [
        ("a", "send-prefix"),
        ("C-a", "last-window"),
        ("C-c", "new-window"),
        ("S", "split-window -v"),
        ("Tab", "select-pane -t :.+"),
        ("D D", "detach-client -a ; detach-client"),
        ("+", "new-pane"),
        ("`", "scratch"),
    ] {
        assert_eq!(command(&keymap, "prefix", typed), Some(expected), "{typed}");
    }
    assert_eq!(
        command(&keymap, "copy-mode-vi", "y"),
        Some("send-keys -X copy-selection-and-cancel"),
        "shared with tmux's"
    );
}

#[test]
fn zellijs_modes_stay() {
    let keymap = Keymap::builtin("zellij").unwrap();
    assert_eq!(command(&keymap, "root", "C-p"), Some("switch-client -T pane"));
    assert_eq!(keymap.mode("pane").unwrap(), &Mode { title: "PANE".into(), ..Mode::default() });
    assert!(keymap.mode("locked").unwrap().pass && keymap.mode("scroll").unwrap().copy);
    assert_eq!(keymap.mode("root"), None);
}

#[test]
fn a_table_of_ones_own_is_one_that_a_key_leads_to() {
    let (keymap, problems) = overlaid("[root]\nM-w = 'switch-client -T window'\n[window]\nn = 'new-window'\n");
    assert_eq!(problems, [""; 0]);
    assert_eq!(command(&keymap, "window", "n"), Some("new-window"));
    assert!(keymap.has_table("window") && !keymap.has_table("nope"));
    let (keymap, problems) = overlaid(
        "prefix-key = 'C-a'\n[modes]\nwindow = 'WINDOW'\ngame = { pass = true }\nx = 5\ny = { titl = 'Y' }\n\
         [window]\nn = 'new-window'\n[game]\n[modes2]\n",
    );
    let expected = [
        "my.toml:5:5: x is a number: expected a title, or { title = …, pass = … }",
        "my.toml:6:7: 'titl' says nothing of a mode: expected title, pass, copy; did you mean 'title'?",
        "my.toml:10:2: 'modes2' is no key table: expected root, prefix, copy-mode-vi, copy-mode, or one that a key leads to (switch-client -T)",
    ];
    assert_eq!(problems, expected);
    assert_eq!(keymap.prefix(), Some(Key::ctrl('a')));
    assert_eq!(keymap.mode("game"), Some(&Mode { title: "GAME".into(), pass: true, copy: false }));
    assert_eq!(command(&keymap, "window", "n"), Some("new-window"));
    assert_eq!(overlaid("prefix-key = 'Foo'").1.len(), 1);
}

#[test]
fn what_is_never_reached_is_told() {
    let mut keymap = Keymap::builtin("tmux").unwrap();
    keymap.reserve(keys("C-b C-a"));
    let problems =
        keymap.overlay("[root]\nC-a = 'new-window'\n[prefix]\nC-a = 'last-window'\n", Path::new("x"), &|_| Ok(()));
    let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
    assert_eq!(told, ["x:2:1: 'C-a' is a prefix: what is bound to it here is never reached"]);
}

#[test]
fn changes_of_commands_go_over_the_files() {
    let mut keymap = Keymap::builtin("tmux").unwrap();
    let binding = Binding { command: "kill-server".into(), note: String::new(), repeat: false };
    keymap.apply(&[
        KeyChange::Clear { table: "copy-mode-vi".into() },
        KeyChange::Unbind { table: "prefix".into(), keys: keys("c") },
        KeyChange::Bind { table: "prefix".into(), keys: keys("x"), binding },
    ]);
    assert!(keymap.table("copy-mode-vi").is_empty());
    assert_eq!(command(&keymap, "prefix", "c"), None);
    assert_eq!(command(&keymap, "prefix", "x"), Some("kill-server"));
}
