//! The walls of the house, checked on every run: who imports whom, where each outside crate lives, how long a file
//! and a function may be, and a few words that must not occur. ARCHITECTURE.md draws them; this is their referee.
//!
//! It reads the source line by line, without comments and strings (see [`source`]), and knows no more of Rust than
//! that.

#[path = "tidy/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use source::Source;

/// Who may import whom, besides itself. `lib.rs` and `main.rs` put the parts together and may import all.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("proto", &["base"]),
    ("term", &["base"]),
    ("layout", &["base"]),
    ("keymap", &["base"]),
    ("config", &["base"]),
    ("format", &["base"]),
    ("job", &["base"]),
    ("foreign", &["base", "job"]),
    ("store", &["base"]),
    ("blueprint", &["base", "layout", "config", "format"]),
    ("model", &["base", "layout", "config", "format", "job", "blueprint"]),
    ("command", &["base", "model", "config", "format", "job", "blueprint"]),
    ("keeper", &["base", "proto"]),
    ("server", &["base", "proto", "term", "config", "format", "job", "command", "model", "store", "blueprint"]),
    ("client", &["base", "proto", "keymap", "config", "format", "command"]),
    ("cli", &["base", "proto", "config", "job", "foreign", "command", "store"]),
];

/// Where an outside crate may be named. `*`: anywhere. A crate of Cargo.toml that is not here fails the test.
const HOMES: &[(&str, &[&str])] = &[
    ("base64", &["client"]),
    ("bincode", &["proto"]),
    ("bitflags", &["base", "proto", "term"]),
    ("clap", &["command", "cli", "lib.rs", "main.rs"]),
    ("croner", &["job"]),
    ("crossterm", &["client"]),
    ("globset", &["job", "server"]),
    ("jiff", &["base", "job"]),
    ("libc", &["base"]),
    ("memchr", &["*"]),
    ("notify", &["server"]),
    ("nucleo_matcher", &["client"]),
    ("portable_pty", &["keeper"]),
    ("ratatui", &["client"]),
    ("regex", &["format", "job", "server"]),
    ("rustix", &["base", "proto", "store", "keeper", "server", "client", "cli", "lib.rs"]),
    ("serde", &["*"]),
    ("serde_json", &["command", "model", "server", "client", "cli", "store"]),
    ("signal_hook", &["base", "cli", "keeper"]),
    ("thiserror", &["*"]),
    ("tokio", &["base", "server", "client", "cli", "lib.rs"]),
    ("toml", &["base", "blueprint", "config", "job", "keymap"]),
    ("tracing", &["keeper", "server", "client", "cli", "lib.rs"]),
    ("tracing_subscriber", &["server", "keeper", "client", "lib.rs"]),
    ("unicode_segmentation", &["base", "term", "client", "format"]),
    ("unicode_width", &["base", "term", "client", "format"]),
    // Beside `server/logs`, tests alone: see `vt100_is_for_tests_and_logs_only`.
    ("vt100", &["*"]),
    ("zstd", &["term", "store", "server"]),
];

/// Lines of a file without its tests, and of a function.
const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 60;

/// Files that are longer, with the length that they may not pass. The list may only shrink: an entry that is no
/// longer needed, or that allows much more than there is, fails the test.
const LONG_FILES: &[(&str, usize)] = &[];

/// The same for functions: `file: function`.
const LONG_FUNCTIONS: &[(&str, usize)] = &[
    // A table: one line for each sequence.
    ("src/term/sequences/csi.rs: control_sequence", 77),
];

/// How far an entry may be above what is there before it must be lowered.
const SLACK: usize = 20;

/// Words for work that is not done.
const UNFINISHED: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder, by their path from the root, in order.
fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned();
        Source::new(name, &fs::read_to_string(path).unwrap_or_default())
    };
    let mut sources: Vec<_> = paths.iter().map(read).collect();
    let tests: Vec<_> = sources.iter().flat_map(Source::test_modules).collect();
    for source in &mut sources {
        if tests.iter().any(|path| source.name == format!("{path}.rs") || source.name.starts_with(&format!("{path}/")))
        {
            source.mark_as_test();
        }
    }
    sources
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn check(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// The room that a file of `src/` belongs to: its folder, or its own name for those at the top.
fn room(name: &str) -> &str {
    let inside = name.strip_prefix("src/").unwrap_or(name);
    inside.split('/').next().unwrap_or(inside)
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut complaints = Vec::new();
    for source in sources("src") {
        let room = room(&source.name);
        if matches!(room, "lib.rs" | "main.rs") {
            continue;
        }
        let room = room.trim_end_matches(".rs");
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == room) else {
            complaints.push(format!("{}: the room '{room}' is not in the table of layers", source.name));
            continue;
        };
        for (line, import) in source.imports() {
            let known = LAYERS.iter().any(|(name, _)| *name == import);
            if known && import != room && !allowed.contains(&import.as_str()) {
                complaints.push(format!("{}:{line}: {room} may not import {import}", source.name));
            }
        }
    }
    check(complaints);
}

#[test]
fn an_outside_crate_has_one_home() {
    let mut complaints = Vec::new();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap_or_default();
    let crates = dependencies(&manifest);
    assert!(crates.len() > 10, "Cargo.toml has not been understood: {crates:?}");
    for name in &crates {
        if !HOMES.iter().any(|(known, _)| known == name) {
            complaints.push(format!("Cargo.toml: '{name}' has no home in the table"));
        }
    }
    let sources = sources("src");
    for (name, homes) in HOMES {
        if !crates.contains(*name) {
            complaints.push(format!("tests/tidy: '{name}' has a home, but Cargo.toml does not have it"));
        }
        if homes.contains(&"*") {
            continue;
        }
        for source in &sources {
            let room = room(&source.name);
            if homes.contains(&room) || homes.contains(&room.trim_end_matches(".rs")) {
                continue;
            }
            for line in source.lines_naming_crate(name) {
                complaints.push(format!("{}:{line}: {name} lives in {}", source.name, homes.join(", ")));
            }
        }
    }
    check(complaints);
}

/// The names under `[dependencies]`, as code writes them.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let table = manifest.lines().skip_while(|line| line.trim() != "[dependencies]").skip(1);
    table
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.trim().replace('-', "_")))
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .collect()
}

#[test]
fn files_are_short() {
    let lengths = sources("src").iter().map(|source| (source.name.clone(), source.code_lines())).collect();
    check(too_long(&lengths, FILE_LINES, LONG_FILES, "split it along a noun"));
}

#[test]
fn functions_are_short() {
    let mut lengths = BTreeMap::new();
    for source in sources("src") {
        for (function, lines) in source.functions() {
            let longest = lengths.entry(format!("{}: {function}", source.name)).or_insert(0);
            *longest = lines.max(*longest);
        }
    }
    check(too_long(&lengths, FUNCTION_LINES, LONG_FUNCTIONS, "it does more than one thing"));
}

fn too_long(lengths: &BTreeMap<String, usize>, most: usize, listed: &[(&str, usize)], hint: &str) -> Vec<String> {
    let exception = |name: &str| listed.iter().find(|(listed, _)| *listed == name).map(|(_, lines)| *lines);
    let mut complaints: Vec<_> = lengths
        .iter()
        .filter(|(name, lines)| **lines > exception(name).unwrap_or(most))
        .map(|(name, lines)| format!("{name}: {lines} lines, may be {}: {hint}", exception(name).unwrap_or(most)))
        .collect();
    for (name, allowed) in listed {
        match lengths.get(*name) {
            None => complaints.push(format!("{name}: listed as too long, and is not there")),
            Some(lines) if *lines <= most => complaints.push(format!("{name}: short again, no longer an exception")),
            Some(lines) if lines + SLACK < *allowed => {
                complaints.push(format!("{name}: has {lines} lines, lower the exception from {allowed}"));
            }
            Some(_) => {}
        }
    }
    complaints
}

#[test]
fn tests_do_not_sleep() {
    let mut complaints = Vec::new();
    for source in sources("tests").iter().chain(&sources("src")) {
        let inside = source.name.starts_with("tests/");
        for line in source.lines_with_word("sleep") {
            if inside || source.is_test(line) {
                complaints.push(format!("{}:{line}: wait for a condition, not for time", source.name));
            }
        }
    }
    check(complaints);
}

#[test]
fn nothing_is_left_unfinished() {
    let mut complaints = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for source in sources(folder) {
            for word in UNFINISHED {
                complaints
                    .extend(source.comments_with_word(word).map(|line| format!("{}:{line}: {word}", source.name)));
            }
            for word in ["todo", "unimplemented", "dbg"] {
                let called = source.lines_calling_macro(word);
                complaints.extend(called.map(|line| format!("{}:{line}: {word}!", source.name)));
            }
        }
    }
    check(complaints);
}

#[test]
fn unsafe_code_is_in_one_place() {
    let all = sources("src");
    let elsewhere = all.iter().filter(|source| source.name != "src/base/sys.rs");
    check(elsewhere.flat_map(|s| s.lines_with_word("unsafe").map(|line| format!("{}:{line}", s.name))).collect());
}

/// It was the first engine; now it is the outer terminal of the stories, a second opinion for the engine's tests, and
/// makes text of logs.
#[test]
fn vt100_is_for_tests_and_logs_only() {
    let all = sources("src");
    let elsewhere =
        all.iter().filter(|source| room(&source.name) != "term" && source.name != "src/server/logs/render.rs");
    let named = |source: &Source| {
        let lines: Vec<_> = source.lines_with_word("vt100").filter(|line| !source.is_test(*line)).collect();
        lines.into_iter().map(|line| format!("{}:{line}: vt100", source.name)).collect::<Vec<_>>()
    };
    check(elsewhere.flat_map(named).collect());
}

#[test]
fn every_limit_is_explained_and_used() {
    let sources = sources("src");
    let mut complaints = Vec::new();
    for limits in sources.iter().filter(|source| source.name.starts_with("src/base/limits")) {
        let constants = limits.constants();
        assert!(constants.len() > 10, "{} has not been understood", limits.name);
        for (name, line, explained) in constants {
            if !explained {
                complaints.push(format!("{}:{line}: {name} does not say why it is so", limits.name));
            }
            let elsewhere = sources.iter().filter(|source| source.name != limits.name);
            let in_code = |source: &&Source| source.lines_with_word(&name).any(|line| !source.is_test(line));
            let used = elsewhere.filter(in_code).count();
            let here = limits.lines_with_word(&name).filter(|found| *found != line).count();
            if used + here == 0 {
                complaints.push(format!("{}:{line}: {name} limits nothing", limits.name));
            }
        }
    }
    check(complaints);
}

#[test]
fn every_file_says_what_it_is_for() {
    let all = sources("src");
    let silent = all.iter().filter(|source| !source.has_head() && source.code_lines() > 0);
    check(silent.map(|source| format!("{}: begin with //!", source.name)).collect());
}

#[test]
fn the_map_shows_every_room() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap_or_default();
    let rooms: BTreeSet<_> = sources("src").iter().map(|source| room(&source.name).to_owned()).collect();
    let missing = rooms.iter().filter(|room| !map.contains(&format!("src/{room}")));
    check(missing.map(|room| format!("ARCHITECTURE.md does not show src/{room}")).collect());
}

#[test]
fn text_files_speak_of_mux_only() {
    let mut complaints = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", ".ci/run", "Cargo.toml"] {
        let text = fs::read_to_string(root().join(name)).unwrap_or_default();
        assert!(!text.is_empty(), "{name} is missing");
        for (number, line) in text.lines().enumerate() {
            if line.contains("/root/") || line.contains("/home/") {
                complaints.push(format!("{name}:{}: a path of one machine", number + 1));
            }
        }
    }
    check(complaints);
}
