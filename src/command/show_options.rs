//! `show-options`: prints options, those for all or those that are set in one place.

use super::prelude::*;
use super::set_option::{Flags, place};
use crate::config::{OptionSpec, Scope};

#[derive(Args)]
pub struct ShowOptions {
    /// Those for all
    #[arg(short = 'g')]
    global: bool,
    /// Those of the server
    #[arg(short = 's')]
    server: bool,
    /// Those of windows
    #[arg(short = 'w')]
    window: bool,
    /// Those of the pane of -t
    #[arg(short = 'p')]
    pane: bool,
    /// Also what is inherited, with a * behind its name
    #[arg(short = 'A')]
    all: bool,
    /// Only the value
    #[arg(short = 'v')]
    value: bool,
    /// Say nothing about an option that is not known
    #[arg(short = 'q')]
    quiet: bool,
    /// The session, window or pane
    #[arg(short = 't', value_name = "TARGET")]
    target: Option<String>,
    /// The option; all where none is given
    #[arg(value_name = "OPTION")]
    name: Option<String>,
}

impl Command for ShowOptions {
    const NAME: &'static str = "show-options";
    const ALIAS: &'static [&'static str] = &["show", "show-window-options", "showw"];
    const SUMMARY: &'static str = "Print options";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let specs: Vec<&OptionSpec> = match &self.name {
            Some(name) => match config::spec(name) {
                Some(spec) => vec![spec],
                None => match config::elements(name) {
                    elements if !elements.is_empty() => elements,
                    _ if self.quiet => Vec::new(),
                    _ => return Err(no_option(call, name)),
                },
            },
            None => config::TABLE.iter().filter(|spec| self.wants(spec)).collect(),
        };
        let mut text = String::new();
        for spec in specs {
            text += &self.line(call, spec)?;
        }
        Ok(Answer::Text(text))
    }
}

impl ShowOptions {
    /// Without the option's name: all for -g, else those of one scope.
    fn wants(&self, spec: &OptionSpec) -> bool {
        match spec.scope {
            Scope::Server => self.server || (self.global && !self.window && !self.pane),
            Scope::Session => !(self.server || self.window || self.pane),
            Scope::Window => self.window || (self.global && !self.server && !self.pane),
            Scope::Pane => self.window || self.pane || (self.global && !self.server),
        }
    }

    fn line(&self, call: &Call<'_>, spec: &OptionSpec) -> Result<String> {
        let flags = Flags { global: self.global, server: self.server, window: self.window, pane: self.pane };
        // To look at something it may be guessed.
        let target = self.target.clone().or_else(|| call.pane(None).ok().map(|pane| pane.to_string()));
        let place = place(call, flags, spec.scope, spec.name, target.as_deref())?;
        let own = call.state.set_at(place).map(|set| set.contains_key(spec.name));
        let inherited = own == Some(false);
        if inherited && !self.all {
            return Ok(String::new());
        }
        let value = call.state.options_at(place).get(spec.name).unwrap_or_default();
        let star = if inherited { "*" } else { "" };
        Ok(match self.value {
            true => format!("{value}\n"),
            false => format!("{}{star} {}\n", spec.name, quoted(&value)),
        })
    }
}

/// The options know best how to say which name was meant.
fn no_option(call: &Call<'_>, name: &str) -> Error {
    let mut options = call.state.options().clone();
    options.reset(name).err().unwrap_or_else(|| Error::usage(format!("invalid option: {name}")))
}

/// In a form that reads back as one word.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:,+@%".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn all_or_one_with_or_without_its_name() {
        let mut world = World::new();
        assert_eq!(world.ok("show -g base-index"), "base-index 0\n");
        assert_eq!(world.ok("show -gv base-index"), "0\n");
        assert!(world.ok("show -g").contains("base-index 0\n"));
        assert_eq!(world.ok("show -gq nope"), "");
        assert!(!world.fails("show -g nope").is_empty());
    }

    #[test]
    fn an_option_of_several_elements_is_all_of_them() {
        let mut world = World::new();
        world.ok("set -g status-format[1] one");
        let shown = world.ok("show -g status-format");
        assert!(shown.contains("\nstatus-format[1] one\nstatus-format[2] \"\"\n"), "{shown}");
        assert_eq!(world.ok("show -gv status-format[1]"), "one\n");
        world.ok("set -gu status-format");
        assert!(world.ok("show -gv status-format[1]").contains("pane_index"));
        let error = world.fails("set -g status-format x");
        assert!(error.starts_with("'status-format' could be status-format[0], status-format[1]"), "{error}");
    }

    #[test]
    fn one_place_has_what_is_set_there_and_what_it_inherits() {
        let mut world = World::new();
        world.ok("new -d -s x");
        assert_eq!(world.ok("show -t x"), "");
        world.ok("set -t x status off");
        assert_eq!(world.ok("show -t x"), "status off\n");
        assert!(world.ok("show -A -t x").contains("\nmouse* on\n"));
        assert_eq!(world.ok("show -A -v -t x mouse"), "on\n");
        world.ok("set -p -t %0 remain-on-exit on");
        assert_eq!(world.ok("show -p -t %0"), "remain-on-exit on\n");
        assert_eq!(world.ok("show -w -t x"), "");
        let server = world.ok("show -s");
        assert!(server.contains("default-terminal") && !server.contains("mouse"), "{server}");
    }
}
