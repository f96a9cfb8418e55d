//! `set-option`: changes an option.

use super::prelude::*;
use crate::config;

#[derive(Args)]
pub struct SetOption {
    /// For everything; options have no other scope so far
    #[arg(short = 'g')]
    global: bool,
    /// An option of the server, as with -g
    #[arg(short = 's')]
    server: bool,
    /// An option of windows, with -g
    #[arg(short = 'w')]
    window: bool,
    /// Add to the value
    #[arg(short = 'a')]
    append: bool,
    /// Back to the default
    #[arg(short = 'u')]
    unset: bool,
    /// Say nothing about an option that is not known
    #[arg(short = 'q')]
    quiet: bool,
    /// The option
    #[arg(value_name = "OPTION")]
    name: String,
    /// Its value; one that is on or off is changed to the other where none is given
    #[arg(value_name = "VALUE")]
    value: Option<String>,
}

impl Command for SetOption {
    const NAME: &'static str = "set-option";
    const ALIAS: &'static [&'static str] = &["set", "set-window-option", "setw"];
    const SUMMARY: &'static str = "Change an option";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if !self.global && !self.server {
            let error = Error::refused(format!("options are set for everything so far: {}", self.name));
            return Err(error.hint(format!("`mux set-option -g {}` does", self.name)));
        }
        let name = match config::find(&self.name) {
            Ok(spec) => spec.name,
            Err(_) if self.quiet => return Ok(Answer::Done),
            Err(error) => return Err(error),
        };
        let known = call.state.options().get(name).unwrap_or_default();
        let value = match (self.unset, self.value, known.as_str()) {
            (true, ..) => None,
            (false, Some(value), _) if self.append => Some(known + &value),
            (false, Some(value), _) => Some(value),
            (false, None, "on") => Some("off".to_owned()),
            (false, None, "off") => Some("on".to_owned()),
            (false, None, _) => return Err(Error::usage(format!("{name} wants a value"))),
        };
        call.state.set_option(name, value.as_deref()).map(|()| Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn options_are_set_added_to_and_reset() {
        let mut world = World::new();
        world.ok("set -g status-left hello");
        world.ok("set -ag status-left ' you'");
        assert_eq!(world.ok("show -gv status-left"), "hello you\n");
        world.ok("set -g mouse");
        assert_eq!(world.ok("show -gv mouse"), "off\n");
        world.ok("set -gu mouse");
        assert_eq!(world.ok("show -gv mouse"), "on\n");
        world.ok("set -g mous off");
        assert_eq!(world.ok("show -gv mouse"), "off\n");
        assert!(world.hint("set mouse on").contains("-g"));
        assert!(!world.fails("set -g mose on").is_empty());
        world.ok("set -gq mose on");
    }
}
