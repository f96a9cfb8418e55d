//! `set-hook`: has a command run when something happens.

use super::prelude::*;
use super::shell::check_line;
use crate::model::{HookScope, State, hook_name};

#[derive(Args)]
#[command(after_long_help = EVENTS)]
pub struct SetHook {
    /// Behind those that are set already
    #[arg(short = 'a')]
    append: bool,
    /// For all sessions that have none of their own
    #[arg(short = 'g')]
    global: bool,
    /// Take it away
    #[arg(short = 'u', conflicts_with = "command")]
    unset: bool,
    /// Run it now
    #[arg(short = 'R', conflicts_with = "command")]
    run: bool,
    /// The session
    #[arg(short = 't', value_name = "SESSION", conflicts_with = "global")]
    target: Option<String>,
    /// What happens: alert-activity, alert-bell, alert-silence, client-attached, client-detached, client-resized,
    /// client-session-changed, pane-died, pane-exited, session-closed, session-created, session-renamed,
    /// session-window-changed, window-layout-changed, window-linked, window-pane-changed, window-renamed, window-resized,
    /// window-unlinked, or after- and a command's name; with [NUMBER] for one of several
    #[arg(value_name = "HOOK")]
    name: String,
    /// The command line
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

impl Command for SetHook {
    const NAME: &'static str = "set-hook";
    const SUMMARY: &'static str = "Have a command run when something happens";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        let (name, index) = hook_name(&self.name)?;
        check_name(name)?;
        let scope = match self.global {
            true => HookScope::Global,
            false => HookScope::Session(call.session_to_change(self.target.as_deref())?),
        };
        if self.run {
            let here = call.here();
            let session = if let HookScope::Session(id) = scope { Some(id) } else { here.map(|here| here.session) };
            let client = call.own_client();
            call.state.fire(name, session, here.map(|here| here.pane), client);
            return Ok(Answer::Done);
        }
        let (name, append) = (name.to_owned(), self.append);
        if self.unset {
            call.state.change_hooks(scope, |hooks| match index {
                None => drop(hooks.remove(&name)),
                Some(index) => {
                    hooks.entry(name.clone()).or_default().retain(|(at, _)| *at != index);
                    hooks.retain(|_, lines| !lines.is_empty());
                }
            });
            return Ok(Answer::Done);
        }
        let line = self.command.ok_or_else(|| Error::usage(format!("set-hook: what is to run at {name}?")))?;
        check_line(&line)?;
        call.state.change_hooks(scope, |hooks| {
            let lines = hooks.entry(name).or_default();
            let next = lines.last().map_or(0, |(last, _)| last.saturating_add(1));
            if !append && index.is_none() {
                lines.clear();
            }
            let index = index.unwrap_or(if append { next } else { 0 });
            lines.retain(|(at, _)| *at != index);
            lines.push((index, line));
            lines.sort_unstable();
        });
        Ok(Answer::Done)
    }
}

const EVENTS: &str = "A command runs with the pane, window and session at hand in which it happened.";

pub fn check_name(name: &str) -> Result<()> {
    let is_command = |name: &str| super::TABLE.iter().any(|spec| spec.name == name && spec.place == Place::Server);
    State::check_hook(name, is_command)
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::Effect;

    fn called(world: &mut World, line: &str) -> Vec<String> {
        world.seen.clear();
        world.ok(line);
        let lines = world.seen.iter().filter_map(|effect| match effect {
            Effect::Commands(unasked) => Some(unasked.lines.clone()),
            _ => None,
        });
        lines.flatten().collect()
    }

    #[test]
    fn what_happens_calls_the_session_s_own_or_else_those_for_all() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("set-hook -g window-renamed 'display -p one'");
        world.ok("set-hook -ag window-renamed 'display -p two'");
        assert_eq!(called(&mut world, "rename-window -t x a"), ["display -p one", "display -p two"]);
        world.ok("set-hook -t x window-renamed 'display -p own'");
        assert_eq!(called(&mut world, "rename-window -t x b"), ["display -p own"]);
        assert_eq!(called(&mut world, "set-hook -t x -R window-renamed"), ["display -p own"]);
        world.ok("set-hook -t x -u window-renamed");
        world.ok("set-hook -g -u window-renamed[0]");
        assert_eq!(called(&mut world, "rename-window -t x c"), ["display -p two"]);
        world.ok("set-hook -g after-new-window 'ls'");
        assert_eq!(called(&mut world, "neww -t x"), ["ls"]);
        assert_eq!(called(&mut world, "rename-session -t x y"), Vec::<String>::new());
    }

    #[test]
    fn a_hook_that_is_never_called_is_refused() {
        let mut world = World::new();
        assert!(world.fails("set-hook -g pane-focus-in ls").contains("pane-focus-in is not offered"));
        assert_eq!(world.hint("set-hook -g pane-exite ls"), "did you mean 'pane-exited'?");
        assert!(world.fails("set-hook -g after-nonsense ls").contains("after-nonsense"));
        assert!(world.fails("set-hook -g pane-exited nonsense").contains("nonsense"));
        assert!(world.fails("set-hook -g pane-exited").contains("what is to run"));
    }
}
