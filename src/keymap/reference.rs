//! The keys' page in the documentation.

use std::fmt::Write;

use super::{Keymap, heading};
use crate::base::Key;
use crate::base::binding::chain;

const HEAD: &str = "\
# Keys

<!-- Generated from keymaps/: UPDATE_DOCS=1 cargo test reference_is_fresh -->

To change some, write them into a file of the keymap's name in `keymaps/` in mux's configuration directory
(`~/.config/mux`), for this one: `keymaps/NAME.toml`.
";

/// A page in Markdown. Tables without keys are left out.
pub fn reference(keymap: &Keymap) -> String {
    let mut page = HEAD.replace("NAME", keymap.name());
    let prefix = keymap.prefix().unwrap_or(Key::ctrl('b'));
    for table in keymap.tables() {
        let bindings = keymap.table(table);
        if bindings.is_empty() {
            continue;
        }
        let title = heading(keymap, table, prefix);
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {title}\n\n`[{table}]`\n\n| Key | What it does | Command |\n| --- | --- | --- |\n");
        for (keys, binding) in bindings {
            let note = format!("{}{}", binding.note, if binding.repeat { " (repeats)" } else { "" });
            let _ = writeln!(page, "| {} | {} | {} |", code(&chain(&keys)), cell(&note), code(&binding.command));
        }
    }
    page
}

/// Bars would end a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn code(text: &str) -> String {
    let text = cell(text);
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
