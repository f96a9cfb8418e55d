//! The user's keys, from files: what is wrong in them is no reason not to attach, and is told.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::base::{Key, Paths, Problem, Style};
use crate::command;
use crate::config::{self, Config, Theme};
use crate::format::parse_style;
use crate::keymap::{self, Keymap};

use super::keys::effective_prefix;

/// A keymap, and a line for each problem with it.
type Read = (Keymap, Vec<String>);

/// The keymap that the configuration names, with the user's own keys over it, and a line for each problem.
/// `config` is `-f FILE`.
pub fn load_keymap(paths: &Paths, config: Option<&Path>) -> Read {
    let file = config.map_or_else(|| paths.config_file(), Path::to_path_buf);
    // The server reads the same file and tells its problems.
    let config = read(&file).ok().flatten().map_or_else(Config::default, |text| config::load(&text, &file).0);
    let options = config.options;
    let named = |name: &str| named_keymap(&paths.keymaps_dir(), name, options.prefix, options.prefix2.0);
    named(&options.keymap).unwrap_or_else(|problem| {
        let (keymap, mut problems) = named("tmux").unwrap_or_default();
        problems.insert(0, problem);
        (keymap, problems)
    })
}

/// The keymap of this name: one that is compiled in, the user's file of that name over it, or that file alone. The
/// prefixes are those of the user's options.
pub fn named_keymap(dir: &Path, name: &str, prefix: Key, prefix2: Option<Key>) -> Result<Read, String> {
    let file = dir.join(format!("{name}.toml"));
    let sound = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
    let text = if sound { read(&file) } else { Ok(None) };
    let builtin = Keymap::builtin(name);
    if builtin.is_none() && matches!(text, Ok(None)) {
        let known: Vec<&str> = Keymap::names().collect();
        return Err(format!("no keymap is called '{name}': expected {}, or a file in keymaps/", known.join(", ")));
    }
    let mut keymap = builtin.unwrap_or_else(|| Keymap::bare(name));
    keymap.reserve([effective_prefix(prefix, &keymap)].into_iter().chain(prefix2).collect());
    let copy = keymap::COPY.iter().map(|(name, _)| dir.join(format!("{name}.toml")));
    let mut files: Vec<_> = copy.map(|file| (read(&file), file)).collect();
    // The keymap's own file is the last word.
    files.push((text, file));
    let mut problems = Vec::new();
    for (text, file) in files {
        match text {
            Ok(Some(text)) => {
                let check = |line: &str| command::check(line).map_err(|error| error.to_string());
                problems.extend(keymap.overlay(&text, &file, &check).iter().map(Problem::for_user));
            }
            Ok(None) => {}
            Err(error) => problems.push(format!("{}: {error}", file.display())),
        }
    }
    Ok((keymap, problems))
}

/// The themes by name: those that come with mux, and the user's own of `dir` over them; with a line for each problem.
pub fn load_themes(dir: &Path) -> (BTreeMap<String, Theme>, Vec<String>) {
    let (mut themes, mut problems) = (Theme::builtin(), Vec::new());
    let check = |text: &str| parse_style(text, Style::DEFAULT).map(drop);
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let file = entry.path();
        let Some(name) = file.file_name().and_then(|name| name.to_str()?.strip_suffix(".toml")) else { continue };
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let (theme, wrong) = Theme::load(&text, &file, &check);
                problems.extend(wrong.iter().map(Problem::for_user));
                themes.insert(name.to_owned(), theme);
            }
            Err(error) => problems.push(format!("{}: {error}", file.display())),
        }
    }
    (themes, problems)
}

/// A file that is not there has nothing to say.
fn read(file: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(dir: &Path, name: &str) -> Result<Read, String> {
        named_keymap(dir, name, Key::ctrl('b'), None)
    }

    #[test]
    fn every_command_of_a_keymap_that_is_compiled_in_can_be_run() {
        for name in Keymap::names() {
            let keymap = Keymap::builtin(name).unwrap();
            for table in keymap.tables() {
                for (keys, binding) in keymap.table(table) {
                    let checked = command::check(&binding.command);
                    assert!(checked.is_ok(), "{name}: {table}: {keys:?}: {checked:?}");
                }
            }
        }
    }

    #[test]
    fn a_file_goes_over_what_is_compiled_in_or_stands_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("screen.toml"), "[prefix]\nd = ''\nz = 'no-such'\n[root]\nC-a = 'new-window'\n")
            .unwrap();
        std::fs::write(dir.path().join("mine.toml"), "[prefix]\nd = 'detach-client'\n").unwrap();
        let (screen, problems) = named(dir.path(), "screen").unwrap();
        let ends: Vec<&str> =
            problems.iter().filter_map(|problem| problem.split_once("screen.toml:")).map(|(_, end)| end).collect();
        assert!(ends[0].starts_with("3:5: unknown command: no-such"), "{problems:?}");
        assert!(ends[1].starts_with("5:1: 'C-a' is a prefix"), "{problems:?}");
        assert_eq!(screen.name(), "screen");
        let (mine, problems) = named(dir.path(), "mine").unwrap();
        assert_eq!((mine.table("prefix").len(), problems.len(), mine.name()), (1, 0, "mine"));
        assert!(!mine.table("copy-mode-vi").is_empty(), "copy mode's keys are there");
        for name in ["nope", "../mine", "", "."] {
            assert!(named(dir.path(), name).unwrap_err().contains("expected tmux, screen, zellij"), "{name}");
        }
    }
}
