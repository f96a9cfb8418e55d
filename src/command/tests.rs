//! What holds of all commands together.

use std::collections::BTreeSet;
use std::path::Path;

use super::testing::World;
use super::{TABLE, check, find, help, reference, run_here};

#[test]
fn names_and_aliases_are_unique_and_every_command_explains_itself() {
    let mut names = BTreeSet::new();
    for spec in TABLE {
        for name in [&[spec.name], spec.alias].concat() {
            assert!(names.insert(name), "{name} is there twice");
            assert_eq!(find(name).unwrap().name, spec.name);
        }
        assert!(!spec.summary.is_empty() && !spec.summary.ends_with('.'), "{}", spec.name);
        (spec.clap)().debug_assert();
        let text = help(Some(spec.name)).unwrap();
        assert!(text.contains(spec.summary) && text.contains(&format!("mux {}", spec.name)), "{text}");
        for arg in (spec.clap)().get_arguments() {
            assert!(arg.get_help().is_some(), "{} {} is not explained", spec.name, arg.get_id());
        }
    }
    assert!(TABLE.is_sorted_by_key(|spec| spec.name));
}

#[test]
fn a_command_s_file_has_its_name() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command");
    for spec in TABLE {
        let file = dir.join(format!("{}.rs", spec.name.replace('-', "_")));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert!(text.contains(&format!("const NAME: &'static str = \"{}\";", spec.name)), "{}", file.display());
        assert!(text.contains("#[test]"), "{} has no test", file.display());
    }
}

#[test]
fn a_command_is_found_by_an_unambiguous_beginning() {
    assert_eq!(find("new-s").unwrap().name, "new-session");
    assert_eq!(find("new").unwrap().name, "new-session");
    let error = find("kill").unwrap_err();
    assert_eq!(error.message, "ambiguous command: kill, could be: kill-pane, kill-server, kill-session, kill-window");
    assert_eq!(find("nwe-session").unwrap_err().hint.unwrap(), "did you mean 'new-session'?");
    assert!(find("").is_err());
}

#[test]
fn flags_that_are_not_there_are_never_ignored() {
    let mut world = World::new();
    let error = world.error("new -d -q");
    assert_eq!(error.message, "new-session: unexpected argument '-q' found");
    assert_eq!(error.exit_code(), 2);
    for line in ["attach -Z", "detach -Z", "kill-session -q", "select-window -q", "swap-pane -q", "set -Z x y"] {
        assert!(world.fails(line).contains("unexpected argument"), "{line}");
    }
    assert!(world.fails("rename-session").contains("<NAME>"), "what is missing is named");
}

#[test]
fn what_follows_a_command_to_run_is_its_own() {
    let mut world = World::new();
    world.ok("new -d -s x sleep -t=5 -d");
    assert_eq!(world.ok("display -p -t x '#{pane_start_command}'"), "sleep -t=5 -d\n");
    world.ok("new -d -s y -- -odd");
    assert_eq!(world.ok("display -p -t y '#{pane_start_command}'"), "-odd\n");
}

#[test]
fn command_lines_are_checked_without_running() {
    assert!(check("split-window -h ; select-pane -L").is_ok());
    assert!(check("").is_ok());
    assert!(check("split-window -h ; nonsense").unwrap_err().message.contains("nonsense"));
    assert!(check("split-window --nope").is_err());
    assert!(check("kill-pane 'x").is_err());
}

#[test]
fn every_key_s_command_is_one() {
    // TOML's basic strings are JSON's.
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("keymaps/tmux.toml")).unwrap();
    let string = |at: &str| serde_json::Deserializer::from_str(at).into_iter().next()?.ok();
    let lines: Vec<String> = text.split("run = ").skip(1).filter_map(string).collect();
    assert!(lines.len() > 50);
    for line in lines {
        assert_eq!(check(&line), Ok(()), "{line}");
    }
}

#[test]
fn help_needs_no_server() {
    let words = |line: &str| line.split(' ').map(String::from).collect::<Vec<_>>();
    assert!(run_here(&words("help new")).out.contains("mux new-session"));
    assert_eq!(run_here(&words("list-commands")).error, None);
    assert_eq!(run_here(&words("ls")).status, 70);
}

#[test]
fn the_reference_is_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/commands.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, reference()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == reference(), "run UPDATE_DOCS=1 cargo test reference");
}
