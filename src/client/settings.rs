//! The user's keys, from files: what is wrong in them is no reason not to attach, and is told.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::base::{Paths, Problem, Style};
use crate::command;
use crate::config::{self, Config, Theme};
use crate::format::parse_style;
use crate::keymap::Keymap;

/// The keymap that the configuration names, with the user's own keys over it, and a line for each problem.
/// `config` is `-f FILE`.
pub fn load_keymap(paths: &Paths, config: Option<&Path>) -> (Keymap, Vec<String>) {
    let file = config.map_or_else(|| paths.config_file(), Path::to_path_buf);
    // The server reads the same file and tells its problems.
    let name = read(&file).ok().flatten().map_or_else(Config::default, |text| config::load(&text, &file).0).keymap;
    let mut problems = Vec::new();
    let mut keymap = Keymap::builtin(&name).or_else(|| Keymap::builtin("tmux")).unwrap_or_default();
    let file = paths.config_dir.join("keymaps").join(format!("{name}.toml"));
    match read(&file) {
        Ok(Some(text)) => {
            let check = |line: &str| command::check(line).map_err(|error| error.to_string());
            problems.extend(keymap.overlay(&text, &file, &check).iter().map(Problem::for_user));
        }
        Ok(None) => {}
        Err(error) => problems.push(format!("{}: {error}", file.display())),
    }
    (keymap, problems)
}

/// The themes by name: those that come with mux, and the user's own over them; with a line for each problem.
pub fn load_themes(paths: &Paths) -> (BTreeMap<String, Theme>, Vec<String>) {
    let (mut themes, mut problems) = (Theme::builtin(), Vec::new());
    let check = |text: &str| parse_style(text, Style::DEFAULT).map(drop);
    for entry in std::fs::read_dir(paths.config_dir.join("themes")).into_iter().flatten().flatten() {
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
