//! The options' page in the documentation.

use std::fmt::Write;

use super::TABLE;

/// A page in Markdown, generated from the table.
pub fn reference() -> String {
    let mut page = String::from(HEAD);
    for spec in TABLE {
        let default = if spec.default.is_empty() { "empty".to_owned() } else { code(spec.default) };
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            spec.name,
            spec.scope,
            cell(&spec.kind.to_string()),
            default,
            cell(spec.sentence)
        );
    }
    page.push_str(RESTORE);
    page
}

const HEAD: &str = "\
# Options

<!-- Generated from src/config/table.rs: UPDATE_DOCS=1 cargo test reference_is_fresh -->

Set in `config.toml` under `[options]`, or with `set-option`. Styles, templates and keys are written as in tmux.

| Option | Scope | Takes | Default | What it is for |
| --- | --- | --- | --- | --- |
";

const RESTORE: &str = "
## What comes back after a reboot

Set in `config.toml` under `[restore]`.

| Key | Takes | Default | What it is for |
| --- | --- | --- | --- |
| `sessions` | one of ask, yes, no | `\"ask\"` | Whether sessions of before come back by themselves when a server starts, are offered (`mux restore` brings them back), or are not even offered. |
| `programs` | a list of patterns | `[]` | What may be run again. A pattern of one word names a program, with whatever words; one with blanks is for the whole command line, with `*` and `?`: `[\"vim\", \"ssh *\"]`. Anything else comes back as a shell in the same directory, with a note of what ran there. |
| `history` | lines from 0 to 100000 | `2000` | Lines of each pane that are kept as text for the time after a reboot; one megabyte at most. |
";

/// Bars would end a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}
