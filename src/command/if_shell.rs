//! `if-shell`: runs one command or another, by how a line of the shell ends or by a format.

use super::prelude::*;
use super::shell::{ask, begin, check_line};
use crate::model::{ShellThen, Unasked};

#[derive(Args)]
pub struct IfShell {
    /// Do not wait for the shell
    #[arg(short = 'b')]
    background: bool,
    /// The condition is a format: nothing and 0 are a no
    #[arg(short = 'F')]
    format: bool,
    /// The pane that formats are about
    #[arg(short = 't', value_name = "PANE")]
    target: Option<String>,
    /// A line for the shell; formats in it are filled in
    #[arg(value_name = "CONDITION")]
    condition: String,
    /// What runs where the line ends well
    #[arg(value_name = "COMMAND")]
    yes: String,
    /// What runs where it does not
    #[arg(value_name = "ELSE")]
    no: Option<String>,
}

impl Command for IfShell {
    const NAME: &'static str = "if-shell";
    const ALIAS: &'static [&'static str] = &["if"];
    const SUMMARY: &'static str = "Run one command or another, as a condition is";
    const FACTS: bool = true;

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        check_line(&self.yes)?;
        self.no.as_deref().map_or(Ok(()), check_line)?;
        let no = self.no.unwrap_or_default();
        let mut order = begin(call, self.target.as_deref(), None)?;
        let lens = call.lens();
        let lens = order.pane.map_or(lens, |pane| lens.pane(pane));
        let condition = format::expand(&self.condition, &lens);
        if !self.format {
            order.line = condition;
            order.then = ShellThen::Choose(self.yes, no);
            return ask(call, order, self.background);
        }
        let line = if format::is_true(&condition) { self.yes } else { no };
        if self.background {
            let (pane, client) = (order.pane, order.client);
            call.ask(Effect::Commands(Box::new(Unasked { lines: vec![line], pane, client, hook: false })));
        } else {
            call.ask(Effect::Insert { request: call.origin.request, line });
        }
        Ok(Answer::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use crate::model::{Effect, ShellThen};

    #[test]
    fn a_format_decides_at_once() {
        let mut world = World::new();
        world.ok("new -d -s x -n one");
        world.ok("if -F '#{==:#{session_name},x}' 'rename-window -t x yes' 'rename-window -t x no'");
        assert_eq!(world.ok("display -p -t x '#W'"), "yes\n");
        world.ok("if -F 0 'rename-window -t x yes' 'rename-window -t x no'");
        assert_eq!(world.ok("display -p -t x '#W'"), "no\n");
        world.ok("if -F 0 'rename-window -t x yes'");
        assert_eq!(world.ok("display -p -t x '#W'"), "no\n");
        assert!(world.fails("if -F 1 nonsense").contains("nonsense"));
    }

    #[test]
    fn the_shell_is_asked() {
        let mut world = World::new();
        world.ok("new -d -s x");
        world.later("if 'test -e /' 'rename-session y'");
        let Some(Effect::Shell(order)) = world.seen.last() else { panic!("{:?}", world.seen.last()) };
        assert_eq!(order.line, "test -e /");
        assert_eq!(order.then, ShellThen::Choose("rename-session y".into(), String::new()));
    }
}
