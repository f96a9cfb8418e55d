//! The keys' page in the documentation.

use std::fmt::Write;

use super::Keymap;
use crate::base::Key;

const HEAD: &str = "\
# Keys

<!-- Generated from keymaps/: UPDATE_DOCS=1 cargo test reference_is_fresh -->

To change some, write them into `keymaps/tmux.toml` in mux's configuration directory (`~/.config/mux`). Those of copy
mode may also stand in `vi-copy.toml` and `emacs-copy.toml` there; `mode-keys` chooses between them.
";

/// What each table is, for people.
const TITLES: &[(&str, &str)] = &[
    ("root", "Without the prefix"),
    ("prefix", "After the prefix"),
    ("copy-mode-vi", "While reading back (copy mode), in the way of vi"),
    ("copy-mode", "While reading back, in the way of emacs"),
];

/// A page in Markdown. Tables without keys are left out.
pub fn reference(keymap: &Keymap) -> String {
    let mut page = String::from(HEAD);
    for table in keymap.tables() {
        let bindings = keymap.table(table);
        if bindings.is_empty() {
            continue;
        }
        let title = TITLES.iter().find(|(name, _)| *name == table).map_or(table, |(_, title)| title);
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {title}\n\n`[{table}]`\n\n| Key | What it does | Command |\n| --- | --- | --- |\n");
        for (keys, binding) in bindings {
            let note = format!("{}{}", binding.note, if binding.repeat { " (repeats)" } else { "" });
            let _ = writeln!(page, "| {} | {} | {} |", code(&chain(&keys)), cell(&note), code(&binding.command));
        }
    }
    page
}

fn chain(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

/// Bars would end a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn code(text: &str) -> String {
    let text = cell(text);
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
