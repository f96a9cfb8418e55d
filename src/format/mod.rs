//! Templates (`#{…}`) and styles (`#[…]`), in tmux's language: what status lines, `-F` and `display-message -p` are
//! written in.
//!
//! Knows no variable by itself: whoever asks brings them as [`Vars`]. Runs no shell (`#(…)` is asked of [`Vars`] too),
//! asks no clock, and leaves the conversions of strftime(3) alone. A template may be nonsense or hostile: depth,
//! steps and output are bounded, and what cannot be read ends the output where it stands, as it does in tmux.

mod expand;
mod glob;
mod modifier;
mod pieces;
mod placed;
mod plain;
mod style;
mod value;

#[cfg(test)]
mod tests;

use crate::base::Style;

pub use glob::fnmatch;
pub use placed::{Align, Placed, Range, Run, Section, placed};
pub use plain::{cells, cut, pad};

/// The variables of a template.
pub trait Vars {
    /// None when there is no variable of that name. Options count as variables too; `now` is the present in
    /// seconds since the epoch, for relative times.
    fn get(&self, name: &str) -> Option<String>;

    /// What a line of the shell has printed last; nothing where there is none or none is to be had.
    fn shell(&self, _line: &str) -> Option<String> {
        None
    }

    /// What a loop goes through, in order.
    fn each(&self, _what: Loop) -> Vec<Turn<'_>> {
        Vec::new()
    }
}

/// What `#{W:…}`, `#{S:…}` and `#{P:…}` go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loop {
    /// The windows of the session.
    Windows,
    Sessions,
    /// The panes of the window.
    Panes,
}

/// One turn of a loop.
pub struct Turn<'a> {
    pub vars: Box<dyn Vars + 'a>,
    /// It is the current one: the second template is for it, where there is one.
    pub current: bool,
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

/// The same regardless of case, or by a regular expression (`regex`); one that cannot be read fits nothing.
pub fn fits_as(pattern: &str, text: &str, regex: bool, ignore_case: bool) -> bool {
    let flags = [(regex, "r"), (ignore_case, "i")];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag).collect();
    glob::matches(pattern, text, &flags)
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

/// What fits into so many columns from the left, with every style.
pub fn keep(text: &str, columns: usize) -> String {
    pieces::keep_left(text, columns)
}
