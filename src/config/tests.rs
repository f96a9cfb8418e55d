use std::path::PathBuf;

use super::*;
use crate::base::{ErrorKind, Key, Size};

fn read(text: &str) -> (Config, Vec<String>) {
    let (config, problems) = load(text, Path::new("config.toml"));
    (config, problems.iter().map(Problem::to_string).collect())
}

#[test]
fn every_row_reads_its_default_and_prints_it() {
    let options = Options::default();
    for spec in TABLE {
        assert_eq!(options.get(spec.name).as_deref(), Some(spec.default), "{}", spec.name);
        assert!(spec.sentence.ends_with('.') && !spec.sentence.contains('\n'), "{}", spec.name);
    }
    assert!(TABLE.is_sorted_by_key(|spec| spec.name));
}

#[test]
fn an_option_can_be_set_read_and_reset() {
    let mut options = Options::default();
    for (name, value, printed) in [
        ("prefix", "^a", "C-a"),
        ("mouse", "no", "off"),
        ("history-limit", "999999999", "999999999"),
        ("status-position", "top", "top"),
        ("default-size", "132x50", "132x50"),
        ("default-shell", "/bin/sh", "/bin/sh"),
        ("update-environment", "A,B  C", "A B C"),
        ("set-clipboard", "external", "external"),
        ("hist", "3", "3"),
    ] {
        options.set(name, value).unwrap();
        assert_eq!(options.get(find(name).unwrap().name).as_deref(), Some(printed));
    }
    assert_eq!(options.prefix, Key::ctrl('a'));
    assert_eq!(options.default_size, Size::new(132, 50));
    TABLE.iter().for_each(|spec| options.reset(spec.name).unwrap());
    assert_eq!(options, Options::default());
}

#[test]
fn a_bad_value_says_what_is_expected() {
    let mut options = Options::default();
    for (name, value, expected) in [
        ("mouse", "maybe", "'maybe' is no value for mouse: expected on or off"),
        ("prefix", "C-", "'C-' is no value for prefix: expected a key"),
        ("base-index", "-1", "a number from 0 to 9999"),
        ("display-time", "99999999", "milliseconds from 0"),
        ("window-size", "huge", "one of largest, smallest, manual, latest"),
        ("default-size", "80", "like 80x24"),
        ("default-size", "0x24", "like 80x24"),
        ("default-size", "9000x24", "up to 2000x1000"),
        ("default-shell", "zsh", "an absolute path"),
        ("update-environment", "A=1", "names of variables"),
    ] {
        let error = options.set(name, value).unwrap_err();
        assert!(error.message.contains(expected), "{error}");
        assert_eq!(error.kind, ErrorKind::Usage);
    }
    assert_eq!(options, Options::default());
}

#[test]
fn an_unknown_option_names_the_nearest() {
    let mut options = Options::default();
    let error = options.set("mose", "on").unwrap_err();
    assert_eq!(error.to_string(), "no option is called 'mose' (did you mean 'mouse'?)");
    assert_eq!(options.reset("xyzzy").unwrap_err().hint, None);
    assert!(options.set("window-status", "x").unwrap_err().message.contains("window-status-format"));
    assert_eq!(options.get("mose"), None);
}

#[test]
fn a_file_sets_options_and_keymap() {
    let (config, problems) = read(
        "keymap = 'mine'\n[options]\nmouse = false\nset-clipboard = true\nhistory-limit = 50_000\nprefix = 'C-a'\n\
         update-environment = ['DISPLAY', 'FOO']\nstatus-left = '#S'\nstatus = 'off'\n",
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.options.keymap, "mine");
    assert_eq!(config.options.get("mouse").as_deref(), Some("off"));
    assert_eq!(config.options.history_limit, 50_000);
    assert_eq!(config.options.update_environment, ["DISPLAY", "FOO"]);
    assert!(config.options.status.is_off());
}

#[test]
fn what_is_wrong_is_told_and_the_rest_counts() {
    let (config, problems) = read(
        "keymap = 5\nmouse = true\nfoo = 1\n\n[options]\nmose = true\nhistory-limit = 'x'\n  status = [1]\n\
         base-index = 1.5\nprefix = true\npane-base-index = 1\n[optoins]\n",
    );
    let expected = [
        "config.toml:1:10: keymap is a number: expected a name like \"tmux\"",
        "config.toml:2:1: 'mouse' is nothing that mux knows: expected keymap, [options] or [restore]; options stand under [options]",
        "config.toml:3:1: 'foo' is nothing that mux knows: expected keymap, [options] or [restore]",
        "config.toml:6:1: no option is called 'mose'; did you mean 'mouse'?",
        "config.toml:7:17: 'x' is no value for history-limit: expected lines from 0 to 2147483647",
        "config.toml:8:12: status is a list: expected one of off, on, 2, 3, 4, 5",
        "config.toml:9:14: base-index is a fraction: expected a number from 0 to 9999",
        "config.toml:10:10: prefix is true or false: expected a key like C-b",
        "config.toml:12:2: 'optoins' is nothing that mux knows: expected keymap, [options] or [restore]; did you mean 'options'?",
    ];
    assert_eq!(problems, expected);
    assert_eq!(config.options.pane_base_index, 1);
}

#[test]
fn broken_toml_is_a_problem_with_its_place() {
    let (config, problems) = read("[options]\nbase-index = 1\nmouse = \nstatus = off\nrepeat-time = 1\n");
    assert!(problems.iter().any(|problem| problem.starts_with("config.toml:3:9: ")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.starts_with("config.toml:4:10: ")), "{problems:?}");
    assert!(problems.iter().all(|problem| !problem.contains('\n')));
    assert_eq!((config.options.base_index, config.options.repeat_time), (1, 1));
    let (config, problems) = read("\u{0}[[[");
    assert!(!problems.is_empty());
    assert_eq!(config, Config::default());
}

#[test]
fn a_keymaps_name_is_a_files_name() {
    for name in ["../x", "", ".x", "a/b"] {
        let (config, problems) = read(&format!("keymap = '{name}'"));
        assert_eq!((config.options.keymap.as_str(), problems.len()), ("tmux", 1), "{name}");
    }
}

#[test]
fn columns_are_characters() {
    let (_, problems) = read("[options]\n'ö' = 1\nstatus-left = 'äö'\nmouse = 'ä'\n x = 1");
    assert!(problems[2].starts_with("config.toml:5:2: "), "{problems:?}");
}

#[test]
fn the_options_reference_is_fresh() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/reference/options.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, reference()).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, reference(), "stale: run UPDATE_DOCS=1 cargo test reference_is_fresh");
}
