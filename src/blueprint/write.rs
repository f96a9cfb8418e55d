//! From a [`Blueprint`] to the text of a file.

use std::fmt::Write;
use std::path::Path;

use toml::Value;

use super::{Arrangement, Blueprint, Pairs, PanePlan, WindowPlan};

/// As a person would write it: what is as usual is left out.
pub fn text(blueprint: &Blueprint) -> String {
    let mut out = String::from("# `mux new --layout FILE` starts this session.\n");
    if let Some(name) = &blueprint.name {
        line(&mut out, "name", &quoted(name));
    }
    line(&mut out, "directory", &path(&blueprint.directory));
    pairs(&mut out, "env", &blueprint.env);
    pairs(&mut out, "options", &blueprint.options);
    for window in &blueprint.windows {
        write_window(&mut out, window, &blueprint.directory);
    }
    out
}

fn write_window(out: &mut String, window: &WindowPlan, base: &Path) {
    out.push_str("\n[[window]]\n");
    if let Some(index) = window.index {
        line(out, "index", &index.to_string());
    }
    if let Some(name) = &window.name {
        line(out, "name", &quoted(name));
    }
    match &window.arrangement {
        Arrangement::Splits => {}
        Arrangement::Preset(preset) => line(out, "layout", &quoted(preset.name())),
        Arrangement::Text(layout) => line(out, "layout", &quoted(layout)),
    }
    for (name, set) in [("focus", window.focus), ("zoom", window.zoom)] {
        if set {
            line(out, name, "true");
        }
    }
    pairs(out, "options", &window.options);
    for pane in &window.panes {
        write_pane(out, pane, base);
    }
}

fn write_pane(out: &mut String, pane: &PanePlan, base: &Path) {
    out.push_str("\n[[window.pane]]\n");
    if let Some(note) = &pane.note {
        let note: String = note.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        let _ = writeln!(out, "# ran in its shell: {note}");
    }
    if pane.directory != base {
        line(out, "directory", &path(&pane.directory));
    }
    match pane.command.as_slice() {
        [] => {}
        [only] => line(out, "command", &quoted(only)),
        words => {
            let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            line(out, "command", &format!("[{}]", words.join(", ")));
        }
    }
    if let Some(run) = &pane.run {
        line(out, "run", &quoted(run));
    }
    if pane.focus {
        line(out, "focus", "true");
    }
    pairs(out, "env", &pane.env);
    pairs(out, "options", &pane.options);
}

fn line(out: &mut String, key: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{key} = {value}");
}

fn pairs(out: &mut String, key: &str, pairs: &Pairs) {
    if !pairs.is_empty() {
        let one = |(name, value): &(String, String)| format!("{} = {}", name_of(name), quoted(value));
        line(out, key, &format!("{{ {} }}", pairs.iter().map(one).collect::<Vec<_>>().join(", ")));
    }
}

/// Bare where TOML allows it.
fn name_of(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { name.to_owned() } else { quoted(name) }
}

/// On one line: an inline table has no room for more.
fn quoted(text: &str) -> String {
    let value = Value::String(text.to_owned()).to_string();
    if !value.contains('\n') {
        return value;
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => drop(write!(out, "\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

fn path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}
