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
    page
}

const HEAD: &str = "\
# Options

<!-- Generated from src/config/table.rs: UPDATE_DOCS=1 cargo test reference_is_fresh -->

Set in `config.toml` under `[options]`, or with `set-option`. Styles, templates and keys are written as in tmux.

| Option | Scope | Takes | Default | What it is for |
| --- | --- | --- | --- | --- |
";

/// Bars would end a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}
