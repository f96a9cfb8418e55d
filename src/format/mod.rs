//! Templates (`#{…}`) and styles (`#[…]`), in tmux's language: what status lines, `-F` and `display-message -p` are
//! written in.
//!
//! Knows no variable by itself: whoever asks brings them as [`Vars`]. Runs no shell (`#(…)` expands to nothing),
//! asks no clock, and leaves the conversions of strftime(3) alone. A template may be nonsense or hostile: depth,
//! steps and output are bounded, and what cannot be read ends the output where it stands, as it does in tmux.

mod expand;
mod glob;
mod modifier;
mod pieces;
mod plain;
mod style;
mod value;

#[cfg(test)]
mod tests;

use crate::base::Style;

pub use glob::fnmatch;
pub use plain::{cells, cut, pad};

/// The variables of a template.
pub trait Vars {
    /// None when there is no variable of that name. Options count as variables too; `now` is the present in
    /// seconds since the epoch, for relative times.
    fn get(&self, name: &str) -> Option<String>;
}

/// Expands a template. Styles in it stay as they are, for [`styled`].
pub fn expand(template: &str, vars: &dyn Vars) -> String {
    expand::Expander::new(vars).run(template)
}

/// Whether a template may come to one of these variables. One that expands what an option holds may come to any.
pub fn names_any(template: &str, variables: &[&str]) -> bool {
    template.contains("E:") || template.contains("T:") || variables.iter().any(|name| template.contains(name))
}

/// What counts as yes in a condition: anything but nothing and `0`.
pub fn is_true(text: &str) -> bool {
    !text.is_empty() && text != "0"
}

/// Whether the whole text fits a pattern with `*`, `?` and `[…]` (fnmatch(3) without flags).
pub fn fits(pattern: &str, text: &str) -> bool {
    glob::matches(pattern, text, "")
}

/// Reads `fg=red,bg=#112233,bold,nodim,…` over a style, to which `default` goes back. The error names the word.
pub fn parse_style(text: &str, over: Style) -> Result<Style, String> {
    style::parse(text, over)
}

/// Cuts `a #[fg=red]b` into runs of one style each. Words of a style that are not known count as nothing.
pub fn styled(text: &str, base: Style) -> Vec<(String, Style)> {
    style::runs(text, base)
}

/// The columns that a text takes, its styles apart.
pub fn width(text: &str) -> usize {
    pieces::width(text)
}
