//! The keys as lines for a shell: what `mux list-keys` prints.

use std::fmt::Write;

use super::Keymap;

/// Every binding of `table`, or of all tables: as tmux's commands, or with notes (`-N`) as keys and what they do.
pub fn listing(keymap: &Keymap, table: Option<&str>, notes: bool) -> String {
    let mut text = String::new();
    for name in keymap.tables().filter(|name| table.is_none_or(|wanted| wanted == *name)) {
        for (keys, binding) in keymap.table(name) {
            let keys = keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            let meaning = if binding.note.is_empty() { &binding.command } else { &binding.note };
            let repeat = if binding.repeat { "-r" } else { "" };
            // Writing to a String cannot fail.
            let _ = match notes {
                true => writeln!(text, "{name:<8}{keys:<12}{meaning}"),
                false => writeln!(text, "bind-key {repeat:<2} -T {name:<8}{keys:<12}{}", binding.command),
            };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_listed_as_commands_or_as_notes() {
        let keymap = Keymap::builtin("tmux").unwrap();
        let commands = listing(&keymap, Some("prefix"), false);
        assert!(commands.lines().any(|line| line == "bind-key    -T prefix  c           new-window"), "{commands}");
        assert!(commands.lines().all(|line| line.contains("-T prefix")));
        assert!(listing(&keymap, None, true).contains("Open a window"));
        assert_eq!(listing(&keymap, Some("nosuch"), true), "");
    }
}
