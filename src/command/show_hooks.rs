//! `show-hooks`: prints what runs when something happens.

use super::language;
use super::prelude::*;
use crate::model::{HookScope, hook_name};

#[derive(Args)]
pub struct ShowHooks {
    /// Those for all sessions
    #[arg(short = 'g')]
    global: bool,
    /// The session
    #[arg(short = 't', value_name = "SESSION", conflicts_with = "global")]
    target: Option<String>,
    /// The hook; all where none is given
    #[arg(value_name = "HOOK")]
    name: Option<String>,
}

impl Command for ShowHooks {
    const NAME: &'static str = "show-hooks";
    const SUMMARY: &'static str = "Print what runs when something happens";
    const REPEATABLE: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let scope = match self.global {
            true => HookScope::Global,
            false => HookScope::Session(call.session(self.target.as_deref())?),
        };
        let wanted = self.name.as_deref().map(hook_name).transpose()?;
        if let Some((name, _)) = wanted {
            super::set_hook::check_name(name)?;
        }
        let mut text = String::new();
        for (name, lines) in call.state.hooks(scope) {
            for (index, line) in lines {
                let is = |(only, at): (&str, Option<u32>)| only == name && at.is_none_or(|at| at == *index);
                if wanted.is_none_or(is) {
                    let line = language::line(std::slice::from_ref(line));
                    text += &format!("{name}[{index}] {line}\n");
                }
            }
        }
        Ok(Answer::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;

    #[test]
    fn each_has_a_line_that_sets_it_again() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.ok("set-hook -g pane-died 'display \"gone\"'");
        world.ok("set-hook -ag pane-died ls");
        world.ok("set-hook -t x alert-bell ls");
        assert_eq!(world.ok("show-hooks -g"), "pane-died[0] 'display \"gone\"'\npane-died[1] 'ls'\n");
        assert_eq!(world.ok("show-hooks -t x"), "alert-bell[0] 'ls'\n");
        assert_eq!(world.ok("show-hooks -g pane-died[1]"), "pane-died[1] 'ls'\n");
        assert!(!world.fails("show-hooks -g nonsense").is_empty());
    }
}
