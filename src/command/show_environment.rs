//! `show-environment`: prints what `set-environment` has set.

use super::prelude::*;

#[derive(Args)]
pub struct ShowEnvironment {
    /// What is for all sessions
    #[arg(short = 'g')]
    global: bool,
    /// As commands for a shell
    #[arg(short = 's')]
    shell: bool,
    /// The session
    #[arg(short = 't', value_name = "SESSION", conflicts_with = "global")]
    target: Option<String>,
    /// The variable; all where none is given
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

impl Command for ShowEnvironment {
    const NAME: &'static str = "show-environment";
    const ALIAS: &'static [&'static str] = &["showenv"];
    const SUMMARY: &'static str = "Print the variables that commands have set";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let session = if self.global { None } else { Some(call.session(self.target.as_deref())?) };
        let variables = call.state.variables(session).ok_or_else(|| Error::not_found("can't find session"))?;
        let line = |(name, value): (&String, &Option<String>)| match (value, self.shell) {
            (Some(value), false) => format!("{name}={value}\n"),
            (None, false) => format!("-{name}\n"),
            (Some(value), true) => format!("{name}=\"{}\"; export {name};\n", escaped(value)),
            (None, true) => format!("unset {name};\n"),
        };
        let Some(name) = self.name else { return Ok(Answer::Text(variables.iter().map(line).collect())) };
        let found = variables.get_key_value(&name);
        found
            .map(|found| Answer::Text(line(found)))
            .ok_or_else(|| Error::not_found(format!("unknown variable: {name}")))
    }
}

/// For double quotes (sh(1)).
fn escaped(value: &str) -> String {
    let special = |c| matches!(c, '$' | '`' | '"' | '\\');
    value.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn each_has_a_line() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("setenv -t x A 'a $b'");
        world.ok("setenv -t x -r B");
        world.ok("setenv -g C c");
        assert_eq!(world.ok("showenv -t x"), "A=a $b\n-B\n");
        assert_eq!(world.ok("showenv -s -t x"), "A=\"a \\$b\"; export A;\nunset B;\n");
        assert_eq!(world.ok("showenv -g C"), "C=c\n");
        assert_eq!(world.fails("showenv -g D"), "unknown variable: D");
    }
}
