//! The keys of a layout file, for its reader and for people.

use std::fmt::Write;

/// A key, what it takes, and what it is for.
pub(super) type KeyRow = (&'static str, &'static str, &'static str);

pub(super) const SESSION: &[KeyRow] = &[
    (
        "directory",
        "a path, from where the file is",
        "Where the session's programs start, also later ones. Where the file is, if it says none.",
    ),
    ("env", "a table of texts", "Variables of all programs of the session, also of later ones."),
    (
        "name",
        "text",
        "The session's name; `new -s NAME` counts more, and the file's own name serves where there is none.",
    ),
    ("options", "a table of options", "As `set-option -t` would set them."),
    ("window", "`[[window]]`, once for each", "Its windows. One with a shell where there is none."),
];

pub(super) const WINDOW: &[KeyRow] = &[
    ("directory", "a path, from the session's", "Where its panes start."),
    ("env", "a table of texts", "Variables of the programs in its panes."),
    ("focus", "true or false", "It is the current window; the first where none has it."),
    ("index", "a number", "Its number; the next one where it says none."),
    (
        "layout",
        "text",
        "even-horizontal, even-vertical, main-horizontal, main-vertical, tiled, or what `#{window_layout}` printed. Without it panes are where their `split` says.",
    ),
    ("name", "text", "Its name; after its program where it has none."),
    ("options", "a table of options", "As `set-option -w` would set them."),
    ("pane", "`[[window.pane]]`, once for each", "Its panes, in order. One with a shell where there is none."),
    ("zoom", "true or false", "The pane with the focus has the whole window."),
];

pub(super) const PANE: &[KeyRow] = &[
    (
        "command",
        "a line, or a list of words",
        "What runs in it instead of a shell: a line is the shell's, words are a program's. The pane goes when it ends, unless `remain-on-exit` is set.",
    ),
    ("directory", "a path, from the window's", "Where it starts."),
    ("env", "a table of texts", "Variables of its program."),
    ("focus", "true or false", "It is the active pane; the first where none has it."),
    ("options", "a table of options", "As `set-option -p` would set them."),
    ("run", "a line", "Is typed in its shell, which stays when that has ended."),
    (
        "size",
        "cells like `20`, or a share like `\"30%\"`",
        "How much it takes of the pane that it is split from; half where it says nothing.",
    ),
    ("split", "right, left, below or above", "On which side of the pane before it; below where it says nothing."),
];

/// The text of docs/reference/layouts.md.
pub fn reference() -> String {
    let mut text = String::from(HEAD);
    for (title, keys) in [("The session", SESSION), ("`[[window]]`", WINDOW), ("`[[window.pane]]`", PANE)] {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## {title}\n\n| Key | Takes | What it is for |\n| --- | --- | --- |\n");
        for (name, takes, sentence) in keys {
            let _ = writeln!(text, "| `{name}` | {takes} | {sentence} |");
        }
    }
    let _ = write!(text, "\n## An example\n\n```toml\n{EXAMPLE}```\n");
    text
}

const HEAD: &str = "# Layout files

<!-- Generated from src/blueprint/keys.rs: UPDATE_DOCS=1 cargo test reference_is_fresh -->

A session as a file. `mux new --layout FILE` starts it, and nothing of it where anything is wrong; `mux save-layout FILE`
writes the session that you are in.
";

/// Is read by a test.
pub(super) const EXAMPLE: &str = r#"name = "web"
directory = "~/src/web"
env = { RAILS_ENV = "development" }
options = { status = "2" }

# An editor on the left, two shells on the right; in the first of them something is run.
[[window]]
name = "edit"

[[window.pane]]
command = ["vim", "."]

[[window.pane]]
split = "right"
size = "40%"
run = "git status"
focus = true

[[window.pane]]
directory = "test"

# A log that takes a quarter, below the server.
[[window]]
name = "serve"

[[window.pane]]
command = "make serve"
options = { remain-on-exit = true }

[[window.pane]]
split = "below"
size = "25%"
command = "tail -F log/development.log"
"#;
