//! `show-options`: prints options.

use super::prelude::*;

#[derive(Args)]
pub struct ShowOptions {
    /// Those for everything; there are no others so far
    #[arg(short = 'g')]
    global: bool,
    /// Those of the server, as with -g
    #[arg(short = 's')]
    server: bool,
    /// Those of windows, with -g
    #[arg(short = 'w')]
    window: bool,
    /// Only the value
    #[arg(short = 'v')]
    value: bool,
    /// Say nothing about an option that is not known
    #[arg(short = 'q')]
    quiet: bool,
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
        let names: Vec<&str> = match &self.name {
            Some(name) => vec![name],
            None => config::TABLE.iter().map(|option| option.name).collect(),
        };
        let mut text = String::new();
        for name in names {
            match call.state.options().get(name) {
                Some(value) if self.value => text += &format!("{value}\n"),
                Some(value) => text += &format!("{name} {}\n", quoted(&value)),
                None if self.quiet => {}
                None => return Err(no_option(call, name)),
            }
        }
        Ok(Answer::Text(text))
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
}
