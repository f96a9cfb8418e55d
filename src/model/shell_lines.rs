//! Lines of the shell in status lines (`#(…)`): what they have printed, and which are wanted. Who runs them is the server.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::State;

#[derive(Clone, Debug, Default)]
pub struct ShellLines {
    printed: BTreeMap<String, String>,
    /// Those that templates have come to since they were taken. They are found while a template is expanded, when the
    /// state is only looked at.
    wanted: RefCell<BTreeSet<String>>,
}

impl ShellLines {
    /// What the line has printed last; from now on it is wanted.
    pub(super) fn printed(&self, line: &str) -> Option<String> {
        self.wanted.borrow_mut().insert(line.to_owned());
        self.printed.get(line).cloned()
    }
}

impl State {
    pub fn take_wanted_shells(&mut self) -> BTreeSet<String> {
        self.shell_lines.wanted.take()
    }

    /// Keeps the last line that was printed, for a template: `%` would be a conversion of strftime(3) to the client. Says
    /// whether it is another one.
    pub fn shell_printed(&mut self, line: &str, out: &str) -> bool {
        let last = out.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let text: String =
            last.chars().filter(|c| !c.is_control()).take(crate::base::limits::STATUS_SHELL_TEXT).collect();
        let text = text.replace('%', "%%");
        self.shell_lines.printed.insert(line.to_owned(), text.clone()).is_none_or(|before| before != text)
    }

    /// Nobody wants it any more.
    pub fn forget_shell(&mut self, line: &str) {
        self.shell_lines.printed.remove(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;
    use crate::model::Setup;

    #[test]
    fn the_last_line_counts_and_does_nothing() {
        let mut state = State::new(Options::default(), Setup::default());
        assert!(state.shell_printed("x", "one\n50% \x1b[2Jfull\n\n"));
        assert_eq!(state.shell_lines.printed("x").as_deref(), Some("50%% [2Jfull"));
        assert!(!state.shell_printed("x", "50% \x1b[2Jfull\n"));
        assert_eq!(state.take_wanted_shells().into_iter().collect::<Vec<_>>(), ["x"]);
        assert!(state.take_wanted_shells().is_empty());
    }
}
