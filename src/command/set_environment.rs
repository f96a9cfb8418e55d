//! `set-environment`: sets a variable for programs that are started from now on.

use super::prelude::*;

#[derive(Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("which").args(["remove", "unset", "value"]).required(true))]
pub struct SetEnvironment {
    /// Fill formats in
    #[arg(short = 'F')]
    format: bool,
    /// For all sessions
    #[arg(short = 'g')]
    global: bool,
    /// Programs are not given it, whoever else has set it
    #[arg(short = 'r')]
    remove: bool,
    /// As if it had never been set here
    #[arg(short = 'u')]
    unset: bool,
    /// The session
    #[arg(short = 't', value_name = "SESSION", conflicts_with = "global")]
    target: Option<String>,
    /// The variable
    #[arg(value_name = "NAME")]
    name: String,
    /// Its value
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
}

impl Command for SetEnvironment {
    const NAME: &'static str = "set-environment";
    const ALIAS: &'static [&'static str] = &["setenv"];
    const SUMMARY: &'static str = "Set a variable for programs that are started from now on";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        if self.name.is_empty() || self.name.contains(['=', '\0']) {
            return Err(Error::usage(format!("no variable is called '{}'", self.name.escape_debug())));
        }
        let session = if self.global { None } else { Some(call.session_to_change(self.target.as_deref())?) };
        let value = match (&self.value, self.format) {
            (Some(value), true) => {
                let lens = session.map_or_else(|| call.lens(), |session| call.lens().session(session));
                Some(format::expand(value, &lens))
            }
            (value, _) => value.clone(),
        };
        if value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err(Error::usage("a variable's value has no NUL"));
        }
        call.state.change_variables(session, |variables| {
            if self.unset {
                variables.remove(&self.name);
            } else {
                variables.insert(self.name, value);
            }
        });
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    fn given(world: &mut World, name: &str) -> Option<String> {
        world.ok("neww -t x");
        let spec = world.seen.iter().rev().find_map(|effect| match effect {
            Effect::Spawn { spec, .. } => Some(spec.clone()),
            _ => None,
        });
        let env = spec.unwrap().env;
        env.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn programs_are_given_the_session_s_before_what_is_for_all() {
        let mut world = World::new();
        world.env.push(("EDITOR".into(), "ed".into()));
        world.ok("new -d -s x");
        assert_eq!(given(&mut world, "EDITOR").as_deref(), Some("ed"));
        world.ok("setenv -g EDITOR vi");
        assert_eq!(given(&mut world, "EDITOR").as_deref(), Some("vi"));
        world.ok("setenv -t x -F EDITOR '#{session_name}-edit'");
        assert_eq!(given(&mut world, "EDITOR").as_deref(), Some("x-edit"));
        world.ok("setenv -t x -r EDITOR");
        assert_eq!(given(&mut world, "EDITOR"), None);
        world.ok("setenv -t x -u EDITOR");
        assert_eq!(given(&mut world, "EDITOR").as_deref(), Some("vi"));
        assert_eq!(world.fails("setenv EDITOR vi"), "no current session");
        assert_eq!(world.fails("setenv -g A=B x"), "no variable is called 'A=B'");
        assert!(!world.fails("setenv -g A").is_empty(), "a value is wanted");
    }
}
