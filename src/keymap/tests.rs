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
        let mut keymap = Keymap::default();
        for (name, text) in std::iter::once(&(*name, *text)).chain(COPY) {
            assert_eq!(keymap.overlay(text, Path::new(name), &|_| Ok(())), [], "{name}");
        }
        assert!(TABLES.iter().copied().eq(keymap.tables()), "{name}");
        for table in TABLES {
            for (keys, binding) in keymap.table(table) {
                assert!(binding.note.starts_with(char::is_uppercase), "{name}: {table}: {keys:?} has no note");
            }
        }
    }
    assert!(Keymap::names().eq(["tmux"]));
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
    assert_eq!(repeats, 12, "arrows, plain and with Control and Meta");
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
    assert_eq!(keymap.table("prefix").last().unwrap().0, keys("g r i"));
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
         f = { keys = { 'Foo' = 'x', g = { run = 'bogus' } } }\nz = 'y'\nk = { keys = { a = 'x' } }\no = { keys = { a = 'bogus' } }\n[perfix]\n[copy]\n",
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
        "my.toml:15:2: 'perfix' is no key table: expected root, prefix, copy-mode-vi, copy-mode; did you mean 'prefix'?",
    ];
    assert_eq!(problems, expected);
    assert_eq!(command(&keymap, "prefix", "c"), Some("new-window"), "a bad line leaves what was there");
    assert_eq!(command(&keymap, "prefix", "z"), Some("y"));
    assert_eq!(command(&keymap, "prefix", "o"), Some("select-pane -t :.+"));
    assert_eq!(keymap.lookup("prefix", &keys("f")), Match::None, "an empty chain is none");
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
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/reference/keys.md");
    let page = reference(&Keymap::builtin("tmux").unwrap());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, page, "stale: run UPDATE_DOCS=1 cargo test reference_is_fresh");
}
