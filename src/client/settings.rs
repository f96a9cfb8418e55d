//! The user's keys, from files: what is wrong in them is no reason not to attach, and is told.

use std::io;
use std::path::Path;

use crate::base::{Paths, Problem};
use crate::command;
use crate::config::{self, Config};
use crate::keymap::{self, Keymap};

/// The keymap that the configuration names, with the user's own keys over it, and a line for each problem.
/// `config` is `-f FILE`.
pub fn load_keymap(paths: &Paths, config: Option<&Path>) -> (Keymap, Vec<String>) {
    let file = config.map_or_else(|| paths.config_dir.join("config.toml"), Path::to_path_buf);
    // The server reads the same file and tells its problems.
    let name = read(&file).ok().flatten().map_or_else(Config::default, |text| config::load(&text, &file).0).keymap;
    let mut problems = Vec::new();
    let mut keymap = Keymap::builtin(&name).or_else(|| Keymap::builtin("tmux")).unwrap_or_default();
    // The keymap's own file is the last word.
    for name in keymap::COPY.iter().map(|(name, _)| *name).chain([name.as_str()]) {
        let file = paths.config_dir.join("keymaps").join(format!("{name}.toml"));
        match read(&file) {
            Ok(Some(text)) => {
                let check = |line: &str| command::check(line).map_err(|error| error.to_string());
                problems.extend(keymap.overlay(&text, &file, &check).iter().map(Problem::for_user));
            }
            Ok(None) => {}
            Err(error) => problems.push(format!("{}: {error}", file.display())),
        }
    }
    (keymap, problems)
}

/// A file that is not there has nothing to say.
fn read(file: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
